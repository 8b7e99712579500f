//! Meeting a stranger: looking for somebody, the room for the two, and what one may say of the other.
//!
//! ```text
//! seek ──▶ nobody yet ──▶ seek again          a question stays open for a while, so that pages need no timer
//!   └────▶ a room for the two ──▶ report, avoid
//! ```
//!
//! People need no account, where the operator allows it, and learn nothing of each other but the name that
//! each has typed. Not here: how often one network address may ask, and what operators decide ([`desk`]).

mod desk;

pub use desk::Verdict;

use super::matcher::{Look, Matcher};
use super::{People, ringing, teller};
use crate::Error;
use crate::rooms::Identity;
use domain::encounter::{self as rules, Encounter, Party, Stage};
use domain::limits::{ENCOUNTERS_KEPT_MS, REPORTABLE_MS, REPORTS_KEPT_MS, STRANGER_BLOCKS_KEPT_MS};
use model::{Complaint, EncounterId, ReportReason, RoomCode, RoomName, UnixMillis, UserId};
use protocol::{AccountRefusal, Approach, ErrorCode, MeetView, SeekOutcome};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use store::encounters::{self, EncounterRow, Forgotten, ReportRow};
use store::rings;
use tokio::time::{Instant, timeout};

/// How long a question stays open where nobody is found.
const HOLD: Duration = Duration::from_secs(20);
/// How often it is looked again meanwhile: patience grows.
const AGAIN: Duration = Duration::from_secs(2);
/// How often it is tried to write an encounter that others write, too.
const TRIES: u32 = 5;
/// The longest before deadlines are read again, in milliseconds: a server that is gone may have made some.
const LOOK_MS: i64 = 10_000;

/// Who may meet strangers on this server.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Matching {
    #[default]
    Nobody,
    /// Whoever has an account.
    Members,
    Anyone,
}

/// What is needed for it.
pub(super) struct Strangers {
    matching: Matching,
    matcher: Arc<Matcher>,
    /// When to look for encounters of which something is due; early is harmless.
    next_due: AtomicI64,
}

/// Whom somebody met last, as they may still report it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LastMet {
    pub encounter: EncounterId,
    pub at: UnixMillis,
    pub is_reported: bool,
}

impl Strangers {
    pub(super) fn new(matching: Matching) -> Self {
        let next_due = AtomicI64::new(i64::MIN);
        Self { matching, matcher: Arc::new(Matcher::new()), next_due }
    }
}

impl People {
    /// Whether anybody may meet strangers here.
    pub fn brings_strangers_together(&self) -> bool {
        self.0.strangers.matching != Matching::Nobody
    }

    /// What the page of it shows.
    pub async fn meet_view(&self, visitor: Option<Identity>) -> Result<MeetView, Error> {
        let approach = match self.approach(visitor).await? {
            Ok(()) => Approach::Open,
            Err(approach) => approach,
        };
        let can_report = match visitor {
            Some(visitor) => self.last_met(visitor).await?.is_some_and(|last| !last.is_reported),
            None => false,
        };
        Ok(MeetView { approach, can_report })
    }

    /// Why somebody may not look, if they may not.
    async fn approach(&self, visitor: Option<Identity>) -> Result<Result<(), Approach>, Error> {
        let members_only = match self.0.strangers.matching {
            Matching::Nobody => return Err(Error::Refused(ErrorCode::RoomNotFound)),
            Matching::Members => true,
            Matching::Anyone => false,
        };
        if members_only && visitor.is_none_or(|visitor| visitor.epoch.is_none()) {
            return Ok(Err(Approach::SignIn));
        }
        let Some(visitor) = visitor else { return Ok(Ok(())) };
        let until = encounters::barred_until(&self.0.store, party(visitor), self.now()).await?;
        Ok(until.map_or(Ok(()), |until| Err(Approach::Barred { until })))
    }

    /// Looks for somebody; the answer takes a while where nobody is there. Whoever is in an encounter goes
    /// out of it by this.
    pub async fn seek(&self, visitor: Identity) -> Result<SeekOutcome, Error> {
        self.allow(|limits| &mut limits.seeks, visitor.user)?;
        match self.approach(Some(visitor)).await? {
            Ok(()) => {}
            Err(Approach::SignIn) => return Err(AccountRefusal::NotSignedIn.into()),
            Err(approach) => return Ok(SeekOutcome::Refused(approach)),
        }
        let me = party(visitor);
        // First the place, then a look at what there is: whatever comes later is told at the place.
        let place = self.0.strangers.matcher.sit(me);
        if let Some(room) = self.room_to_go_to(me.user).await? {
            return Ok(SeekOutcome::Met { room });
        }
        let avoids = encounters::load_avoided(&self.0.store, me).await?;
        let until = Instant::now() + HOLD;
        while !self.lines().is_stopping() {
            match place.look(&avoids) {
                Look::Found(other) => {
                    let this = self.clone();
                    // To its end, for the other waits for it.
                    let room = self.to_its_end(async move { this.bring_together([me, other]).await });
                    return Ok(SeekOutcome::Met { room: room.await? });
                }
                Look::Elsewhere => return Ok(SeekOutcome::Elsewhere),
                Look::Full => return Err(Error::Refused(ErrorCode::Overloaded)),
                Look::Nobody => {}
            }
            let woken = timeout(AGAIN, place.wake.notified()).await.is_ok();
            if woken && let Some(row) = encounters::load_live(&self.0.store, me.user).await? {
                return Ok(SeekOutcome::Met { room: row.encounter.room });
            }
            if Instant::now() >= until {
                break;
            }
        }
        Ok(SeekOutcome::Waiting)
    }

    /// The room to which somebody was sent and has not come yet. Any other encounter of theirs ends.
    async fn room_to_go_to(&self, user: UserId) -> Result<Option<RoomCode>, Error> {
        let Some(row) = encounters::load_live(&self.0.store, user).await? else { return Ok(None) };
        if row.encounter.awaits(user, self.now()) {
            return Ok(Some(row.encounter.room));
        }
        let now = self.now();
        self.settle_encounter(row.encounter.id, |encounter| encounter.leave(now)).await?;
        Ok(None)
    }

    /// Looks no more. Whoever was found meanwhile is not kept waiting.
    pub async fn stop_seeking(&self, user: UserId) -> Result<(), Error> {
        self.allow(|limits| &mut limits.seeks, user)?;
        self.0.strangers.matcher.leave(user);
        let Some(row) = encounters::load_live(&self.0.store, user).await? else { return Ok(()) };
        let now = self.now();
        if row.encounter.awaits(user, now) {
            self.settle_encounter(row.encounter.id, |encounter| encounter.leave(now)).await?;
        }
        Ok(())
    }

    /// Makes a room for two who were found for each other.
    async fn bring_together(&self, two: [Party; 2]) -> Result<RoomCode, Error> {
        let made = self.make_encounter(two).await;
        // Whatever came of it: nobody is held for it any longer.
        let is_wanted = self.0.strangers.matcher.release(two);
        let (id, room) = made?;
        if !is_wanted {
            // One of them has stopped looking meanwhile.
            let now = self.now();
            self.settle_encounter(id, |encounter| encounter.leave(now)).await?;
        }
        Ok(room)
    }

    async fn make_encounter(&self, two: [Party; 2]) -> Result<(EncounterId, RoomCode), Error> {
        let id = EncounterId::from_bits(self.0.ambient.draw());
        let name = RoomName::parse(ringing::ROOM).expect("it is short");
        let users = two.map(|party| party.user);
        let room = self.0.rooms.create_for_two(owner(id), users, name).await?;
        let encounter = Encounter::new(id, two, room, self.now());
        if let Err(error) = encounters::insert(&self.0.store, &encounter).await {
            self.end_room(owner(id), room).await;
            return Err(error.into());
        }
        if let Some(due) = encounter.due() {
            self.0.strangers.next_due.fetch_min(due.0, Ordering::SeqCst);
        }
        tracing::info!(encounter.id = %id, "Two strangers were brought together.");
        Ok((id, room))
    }

    /// Whom somebody met last, if they may still report it.
    pub async fn last_met(&self, visitor: Identity) -> Result<Option<LastMet>, Error> {
        let now = self.now();
        // A call goes on for as long as people like; what counts is when it ended.
        let since = now.plus(-ENCOUNTERS_KEPT_MS);
        let Some(row) = encounters::load_last(&self.0.store, party(visitor), since).await? else {
            return Ok(None);
        };
        let Encounter { id, made_at, .. } = row.encounter;
        if !row.encounter.is_reportable(now) {
            return Ok(None);
        }
        let is_reported = encounters::has_reported(&self.0.store, id, party(visitor)).await?;
        Ok(Some(LastMet { encounter: id, at: made_at, is_reported }))
    }

    /// Reports whom somebody met, ends what goes on between the two, and keeps them apart.
    pub async fn report_stranger(
        &self,
        visitor: Identity,
        encounter: EncounterId,
        (reason, complaint): (ReportReason, Option<Complaint>),
    ) -> Result<(), Error> {
        let (row, reported) = self.met_by(visitor, encounter).await?;
        let now = self.now();
        let report = ReportRow { encounter, reporter: party(visitor), reported, at: now, reason, complaint };
        let mut tx = self.0.store.begin().await?;
        let reporters = encounters::report(&mut tx, &report, now.plus(-REPORTABLE_MS)).await?;
        let until = reporters.and_then(|reporters| rules::barred_until(reporters, now));
        if let Some(until) = until {
            encounters::bar(&mut tx, reported, now, until).await?;
        }
        tx.commit().await?;
        tracing::warn!(encounter.id = %encounter, reason = reason.word(), reporters, "A stranger was reported.");
        self.end(&row, now).await?;
        if until.is_some() { self.put_out(reported.user).await } else { Ok(()) }
    }

    /// Whoever is kept out looks no more, and is in no encounter.
    async fn put_out(&self, user: UserId) -> Result<(), Error> {
        self.0.strangers.matcher.leave(user);
        let Some(row) = encounters::load_live(&self.0.store, user).await? else { return Ok(()) };
        self.end(&row, self.now()).await
    }

    /// Keeps two who met apart from now on.
    pub async fn avoid_stranger(&self, visitor: Identity, encounter: EncounterId) -> Result<(), Error> {
        let (row, other) = self.met_by(visitor, encounter).await?;
        let now = self.now();
        encounters::block(&self.0.store, party(visitor), other, now).await?;
        self.end(&row, now).await
    }

    /// An encounter that somebody had and may still report, and whom they met.
    async fn met_by(&self, visitor: Identity, id: EncounterId) -> Result<(EncounterRow, Party), Error> {
        self.allow(|limits| &mut limits.seeks, visitor.user)?;
        let row = encounters::load(&self.0.store, id).await?;
        let row = row.filter(|row| row.encounter.is_reportable(self.now()));
        let found = row.and_then(|row| row.encounter.other(party(visitor)).map(|other| (row, other)));
        found.ok_or(Error::Refused(ErrorCode::NoSuchParticipant))
    }

    async fn end(&self, row: &EncounterRow, now: UnixMillis) -> Result<(), Error> {
        if row.encounter.is_live() {
            self.settle_encounter(row.encounter.id, |encounter| encounter.leave(now)).await?;
        }
        Ok(())
    }

    /// Somebody came into a room, or went out of one.
    pub(super) async fn look_at_encounter_of(&self, user: UserId) -> Result<(), Error> {
        if !self.brings_strangers_together() {
            return Ok(());
        }
        match encounters::load_live(&self.0.store, user).await? {
            Some(row) => self.look_at_encounter(&row.encounter).await,
            None => Ok(()),
        }
    }

    async fn look_at_encounter(&self, encounter: &Encounter) -> Result<(), Error> {
        let [first, second] = encounter.parties.map(|party| party.user);
        for _ in 0..TRIES {
            // First the encounter, then who is inside: what is written follows from what was read after it.
            let Some(row) = encounters::load(&self.0.store, encounter.id).await? else { return Ok(()) };
            let two = rings::look_inside(&self.0.store, encounter.room, (first, second)).await?;
            let Some(stage) = row.encounter.look(two, self.now()) else { return Ok(()) };
            if self.write(&row, stage).await? {
                return Ok(());
            }
        }
        Err(Error::Gone)
    }

    /// Ends the encounters whose two did not come in time.
    pub(super) async fn end_missed_encounters(&self) -> Result<(), Error> {
        let (now, next_due) = (self.now(), &self.0.strangers.next_due);
        if !self.brings_strangers_together() || now.0 < next_due.load(Ordering::SeqCst) {
            return Ok(());
        }
        next_due.store(now.0.saturating_add(LOOK_MS), Ordering::SeqCst);
        for row in encounters::load_due(&self.0.store, now).await? {
            self.look_at_encounter(&row.encounter).await?;
        }
        Ok(())
    }

    /// Looks after what nobody told, because a server died meanwhile or a room was not to be reached.
    pub(super) async fn mend_encounters(&self) -> Result<(), Error> {
        for row in encounters::load_all_live(&self.0.store).await? {
            // One that is written by many at once is looked at again the next time.
            if let Err(error) = self.look_at_encounter(&row.encounter).await {
                teller::report(&error);
            }
        }
        for (id, room) in encounters::load_stray_rooms(&self.0.store).await? {
            self.end_room(owner(id), room).await;
        }
        Ok(())
    }

    /// Forgets what has been kept for long enough; says how much it was.
    pub async fn forget_encounters(&self) -> Result<u64, Error> {
        let now = self.now();
        let by = Forgotten {
            encounters: now.plus(-ENCOUNTERS_KEPT_MS),
            reports: now.plus(-REPORTS_KEPT_MS),
            blocks: now.plus(-STRANGER_BLOCKS_KEPT_MS),
            bars: now,
        };
        Ok(encounters::forget(&self.0.store, by).await?)
    }

    /// Writes what `decide` says of an encounter as it stands; the room ends with it.
    async fn settle_encounter(
        &self,
        id: EncounterId,
        decide: impl Fn(&Encounter) -> Option<Stage>,
    ) -> Result<(), Error> {
        for _ in 0..TRIES {
            let Some(row) = encounters::load(&self.0.store, id).await? else { return Ok(()) };
            let Some(stage) = decide(&row.encounter) else { return Ok(()) };
            if self.write(&row, stage).await? {
                return Ok(());
            }
        }
        Err(Error::Gone)
    }

    /// Writes how far an encounter has come, unless somebody else did since it was read.
    async fn write(&self, row: &EncounterRow, stage: Stage) -> Result<bool, Error> {
        let Encounter { id, room, .. } = row.encounter;
        let is_written = encounters::save(&self.0.store, row, stage).await?;
        if let Stage::Ended { met, .. } = stage
            && is_written
        {
            tracing::info!(encounter.id = %id, met, "An encounter ended.");
            self.end_room(owner(id), room).await;
        }
        Ok(is_written)
    }
}

/// The owner of the room of an encounter, who is nobody.
const fn owner(id: EncounterId) -> UserId {
    UserId::from_bits(id.bits())
}

const fn party(visitor: Identity) -> Party {
    Party { user: visitor.user, device: visitor.device }
}
