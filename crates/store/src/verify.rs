//! Walking the chains: whether the history of a room is what the server wrote.
//!
//! | what was done | what is found |
//! |---|---|
//! | a line was changed, moved or written by somebody else | [`Fault::Changed`], [`Fault::Link`] |
//! | a line was taken out, at the end too | [`Fault::Missing`] |
//! | a line was added behind the end | [`Fault::Extra`] |
//! | the end was moved | [`Fault::Seal`] |
//! | the secret is another | [`Fault::Key`] |
//! | a stay in the record of attendance was changed, taken out or added | [`Fault::ChangedStay`], [`Fault::MissingStay`], [`Fault::ExtraStay`] |
//! | the room was erased when its time was over | nothing; it is counted |
//!
//! It may run beside a server: lines that are added meanwhile are walked as well. Of each room the first
//! fault is told, for behind it nothing can be trusted. Attendance is held against the lines once they were
//! found whole.

mod stays;

use crate::audit::{self, AuditKey, GENESIS, Row, Sealed};
use crate::statement::Statement;
use crate::{Error, Store, journal};
use model::{RoomCode, RoomId};
use stays::Stays;

/// How many lines are held in memory at a time.
const PAGE: u32 = 500;
/// How many rooms are looked up at a time.
const ROOMS: u32 = 500;

/// What a walk through the histories found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// How many rooms were walked.
    pub rooms: u64,
    /// How many lines their chains hold.
    pub lines: u64,
    /// How many rooms were erased because their time was over; of their chains the sealed end is left.
    pub erased: u64,
    pub findings: Vec<Finding>,
}

/// A history that is not what the server wrote.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("room {room}: {fault}")]
pub struct Finding {
    pub room: RoomCode,
    pub fault: Fault,
}

/// What is wrong with a history.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Fault {
    #[error("line {position} was changed after it was written")]
    Changed { position: i64 },
    #[error("line {position} does not follow the line before it")]
    Link { position: i64 },
    #[error("line {position} is missing")]
    Missing { position: i64 },
    #[error("line {position} stands behind the end of the history")]
    Extra { position: i64 },
    #[error("the end of the history, at line {position}, does not match its seal")]
    Seal { position: i64 },
    #[error("the seal at the end of the history is missing; the last line is {position}")]
    Unsealed { position: i64 },
    #[error("nothing matches this key, from line {position} on; is it the secret of another installation?")]
    Key { position: i64 },
    #[error("the attendance says otherwise of the stay that began with line {position}")]
    ChangedStay { position: i64 },
    #[error("the attendance has lost the stay that began with line {position}")]
    MissingStay { position: i64 },
    #[error("the attendance has a stay from {entered_at} (milliseconds since 1970) that no line tells of")]
    ExtraStay { entered_at: i64 },
}

/// Walks the history of one room, or of all; `None` if there is no room of that code.
pub async fn walk(store: &Store, key: &AuditKey, room: Option<RoomCode>) -> Result<Option<Report>, Error> {
    let mut report = Report::default();
    if let Some(code) = room {
        const SQL: &str = "select id from rooms where code = $1";
        let found: Option<(String,)> = store.fetch_optional(Statement::new(SQL).text(code)).await?;
        let Some((id,)) = found else { return Ok(None) };
        let id = id.parse().map_err(|_| Error::Corrupt { table: "rooms" })?;
        report.walk_room(store, key, (code, id)).await?;
        return Ok(Some(report));
    }
    let mut after = String::new();
    loop {
        const SQL: &str = "select id, code from rooms where id > $1 order by id limit $2";
        let statement = Statement::new(SQL).text(after.as_str()).integer(i64::from(ROOMS));
        let page: Vec<(String, String)> = store.fetch_all(statement).await?;
        let Some((last, _)) = page.last() else { return Ok(Some(report)) };
        after.clone_from(last);
        for (id, code) in page {
            let (Ok(id), Ok(code)) = (id.parse(), code.parse()) else {
                return Err(Error::Corrupt { table: "rooms" });
            };
            report.walk_room(store, key, (code, id)).await?;
        }
    }
}

impl Report {
    async fn walk_room(
        &mut self,
        store: &Store,
        key: &AuditKey,
        (room, id): (RoomCode, RoomId),
    ) -> Result<(), Error> {
        self.rooms += 1;
        let mut walk = Walk::new(key, id);
        let mut fault = walk.verify(store).await?;
        // A room that was erased between two looks is none that somebody destroyed.
        if fault.is_some() && !walk.erased && is_anchored(store, id).await? {
            walk = Walk::new(key, id);
            fault = walk.verify(store).await?;
        }
        self.lines += walk.chained;
        self.erased += u64::from(walk.erased);
        self.findings.extend(fault.map(|fault| Finding { room, fault }));
        Ok(())
    }
}

/// Whether the chain of a room begins behind its end.
async fn is_anchored(store: &Store, room: RoomId) -> Result<bool, Error> {
    let sealed = audit::load_head(store, room).await?;
    Ok(sealed.is_some_and(|sealed| sealed.head.is_anchor()))
}

/// One room's walk.
struct Walk<'a> {
    key: &'a AuditKey,
    room: RoomId,
    /// The position of the last line that was walked.
    last: i64,
    /// What the next line must name as the hash before it.
    link: String,
    chained: u64,
    erased: bool,
    /// What the lines say of attendance.
    stays: Stays,
}

impl<'a> Walk<'a> {
    fn new(key: &'a AuditKey, room: RoomId) -> Self {
        let (link, stays) = (GENESIS.to_owned(), Stays::default());
        Self { key, room, last: 0, link, chained: 0, erased: false, stays }
    }

    /// Walks the lines, and holds the attendance against them.
    async fn verify(&mut self, store: &Store) -> Result<Option<Fault>, Error> {
        if let Some(fault) = self.run(store).await? {
            return Ok(Some(fault));
        }
        let (mut begun_by, mut last) = (None, None);
        loop {
            let Some(page) = stays::load_after(store, self.room, last.as_ref()).await? else {
                return Ok(Some(Fault::Unsealed { position: self.last }));
            };
            // The table knows of lines that were not there before.
            if page.position > self.last
                && let Some(fault) = self.run(store).await?
            {
                return Ok(Some(fault));
            }
            let mut segments = page.segments.iter();
            if let Some(fault) = segments.find_map(|segment| self.stays.compare(segment, page.position)) {
                return Ok(Some(fault));
            }
            let begun_by = *begun_by.get_or_insert(page.position);
            if !page.is_full {
                return Ok(self.stays.missing(begun_by));
            }
            last = page.segments.into_iter().next_back();
        }
    }

    async fn run(&mut self, store: &Store) -> Result<Option<Fault>, Error> {
        loop {
            let Some(sealed) = audit::load_head(store, self.room).await? else {
                let position = journal::last_position(store, self.room).await?;
                return Ok(Some(Fault::Unsealed { position }));
            };
            if let Some(fault) = self.walk_to(store, &sealed).await? {
                return Ok(Some(fault));
            }
            // Lines and head are written together: if there are more lines, so there is a newer head.
            let more = journal::load_after(store, self.room, self.last, 1).await?;
            let Some(next) = more.first() else { return Ok(None) };
            let head = audit::load_head(store, self.room).await?;
            if head.is_none_or(|newer| newer.head.position <= sealed.head.position) {
                return Ok(Some(Fault::Extra { position: next.position }));
            }
        }
    }

    /// Walks on to the head, and looks at its seal.
    async fn walk_to(&mut self, store: &Store, sealed: &Sealed) -> Result<Option<Fault>, Error> {
        let head = &sealed.head;
        let is_genuine = sealed.seal == self.key.seal(self.room, head);
        // A genuine seal of a chain that begins behind its end is an anchor: the lines before it were erased.
        if is_genuine && head.is_anchor() && self.last == 0 {
            let left = journal::load_after(store, self.room, 0, 1).await?;
            self.erased = true;
            self.last = head.position;
            return Ok(left.first().map(|row| Fault::Extra { position: row.position }));
        }
        while self.last < head.position {
            let page = journal::load_after(store, self.room, self.last, PAGE).await?;
            let page = page.into_iter().take_while(|row| row.position <= head.position);
            let before = self.last;
            for row in page {
                if let Some(fault) = self.step(&row, sealed) {
                    let is_first = row.position == head.first;
                    let other_key = is_first && !is_genuine && matches!(fault, Fault::Changed { .. });
                    return Ok(Some(if other_key { Fault::Key { position: row.position } } else { fault }));
                }
            }
            if self.last == before {
                return Ok(Some(Fault::Missing { position: self.last + 1 }));
            }
        }
        let is_sealed = is_genuine && (self.chained == 0 || self.link == head.hash);
        Ok((!is_sealed).then_some(Fault::Seal { position: head.position }))
    }

    fn step(&mut self, row: &Row, sealed: &Sealed) -> Option<Fault> {
        let position = row.position;
        if position != self.last + 1 {
            return Some(Fault::Missing { position: self.last + 1 });
        }
        self.last = position;
        // No chain begins behind lines that are there, unless somebody moved its beginning.
        if position < sealed.head.first || !self.key.vouches_for(self.room, row) {
            return Some(Fault::Changed { position });
        }
        if row.previous != self.link {
            return Some(Fault::Link { position });
        }
        self.chained += 1;
        self.link.clone_from(&row.hash);
        self.stays.hear(row);
        None
    }
}
