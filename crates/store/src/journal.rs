//! What happened in a room: each event becomes one line of the journal, and one change to the tables.
//!
//! | event | journal | change |
//! |---|---|---|
//! | knocked | who | the seat's name, role and standing |
//! | entered | who | the same, and a segment of attendance opens |
//! | admitted | who, by whom | standing; the user is barred no longer |
//! | denied, revoked | who, by whom | the seat is gone |
//! | withdrew, lapsed | who, and whether they were lost | the seat is gone |
//! | left, removed | who, and by whom or whether lost | the seat is gone, the segment closes |
//! | dropped, returned | who, if they are inside | the state of the socket |
//! | linked | – | the state of the socket |
//! | excused | – | the seat is kept for whoever was lost |
//! | barred, opened, emptied | – | the bar; since when the room is open or idle |
//! | muted, unmuted, appointed, banned … | who, by whom | what the room knows of the user |
//! | rules, name, plan, invites | by whom; of whoever runs the server no name | the room |
//! | ended | by whom | the room is over, every seat is gone, every segment closes |
//!
//! [`record`] is the one place that says so. Lines are added and never changed, and
//! [`audit`](crate::audit) chains them; they go only when their room is
//! over and its time too, by [`keeping`](crate::keeping). Only names can be erased, by that, too, and by
//! [`erase_names`].

mod invites;
mod pricing;

pub use pricing::{PRICED, UNPRICED, load_priced};

use crate::attendance::{self, Exit};
use crate::audit::Row;
use crate::owners::RoomTransaction;
use crate::participants::{save_all_gone, save_arrival, save_gone, save_link, save_standing};
use crate::rooms::{save_ended, save_idle, save_open, unbar};
use crate::rules::{self, RuleChange};
use crate::statement::Statement;
use crate::{Error, Store};
use domain::room::{Departure, EndedBy, Link, Standing};
use domain::{Event, Room};
use model::{DisplayName, ParticipantId, Role, RoomId, Source, UnixMillis, UserId};

/// One line of the journal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// Counts up within the room.
    pub position: i64,
    pub at: UnixMillis,
    /// What happened, in one word.
    pub kind: String,
    /// To whom, and how they were called at that time.
    pub participant: Option<ParticipantId>,
    pub name: Option<String>,
    /// Who did it, if somebody did, and how they were called at that time.
    pub by: Option<ParticipantId>,
    pub by_name: Option<String>,
    /// The epoch of the owner who wrote the line.
    pub epoch: i64,
}

/// What an event means for the tables.
struct Record<'a> {
    line: Option<Named>,
    changes: Vec<Change<'a>>,
}

/// A word, whom it concerns, and who did it.
type Named = (&'static str, Option<Who>, Option<Who>);

/// Somebody in a line: by their seat, or as a user, where it was done to or by whoever had none.
#[derive(Clone, Copy)]
enum Who {
    Seat(ParticipantId),
    User(UserId),
    /// The same, of whoever runs the server: the room does not know them, and does not learn their name.
    Operator(UserId),
}

enum Change<'a> {
    Open(UnixMillis),
    Idle(UnixMillis),
    Seat {
        participant: ParticipantId,
        name: &'a DisplayName,
        standing: Standing,
    },
    Admit {
        participant: ParticipantId,
        until: UnixMillis,
    },
    Link {
        participant: ParticipantId,
        link: Link,
    },
    Go {
        participant: ParticipantId,
    },
    /// A segment of attendance opens.
    Enter(attendance::Entry<'a>),
    /// And closes.
    Exit {
        participant: ParticipantId,
        exit: Exit,
    },
    Rule(RuleChange<'a>),
    End {
        at: UnixMillis,
        expired: bool,
    },
}

/// Whether the event leaves a trace in the database; what does not need not be saved.
pub fn is_durable(event: &Event) -> bool {
    let record = record(event);
    record.line.is_some() || !record.changes.is_empty()
}

/// Saves an event of a room to which it has not been applied yet: its line, and what it changes.
pub async fn append(
    tx: &mut RoomTransaction,
    room: &Room,
    event: &Event,
    at: UnixMillis,
) -> Result<(), Error> {
    let Record { line, changes } = record(event);
    let line = line.filter(|_| !is_at_the_door(room, event));
    if let Some((kind, participant, by)) = line {
        // Whoever comes just now is not in the room yet, or was there under another name.
        let own = changes.iter().find_map(|change| match change {
            Change::Seat { name, .. } => Some(*name),
            _ => None,
        });
        let known = |who: Option<Who>| {
            let person = match who? {
                Who::Seat(participant) => room.people.get(&participant),
                Who::User(user) => room.people.values().find(|person| person.user == user),
                Who::Operator(_) => None,
            };
            person.map(|person| &person.name)
        };
        let name = |name: Option<&DisplayName>| name.map(|name| name.as_str().to_owned());
        let who_name = named(tx, participant, name(own.or_else(|| known(participant)))).await?;
        let by_name = named(tx, by, name(known(by))).await?;
        let row = Row {
            position: tx.head.position + 1,
            epoch: tx.epoch,
            at: at.0,
            kind: kind.to_owned(),
            participant_id: participant.map(Who::to_hex),
            name: who_name,
            name_seal: None,
            by_id: by.map(Who::to_hex),
            by_name,
            by_name_seal: None,
            previous: tx.head.link().to_owned(),
            hash: String::new(),
        };
        insert(tx, row).await?;
    }
    for change in changes {
        carry_out(tx, change, at).await?;
    }
    Ok(())
}

/// Whether it is about the line of somebody who only waits. They have entered nothing, and must not be able
/// to fill the history by coming and going.
fn is_at_the_door(room: &Room, event: &Event) -> bool {
    let (Event::Dropped { participant, .. } | Event::Returned { participant, .. }) = event else {
        return false;
    };
    room.people.get(participant).is_some_and(|person| person.standing.is_waiting())
}

/// The name of somebody in a line; of a user who is not here, the one that the room knows them by.
async fn named(
    tx: &mut RoomTransaction,
    who: Option<Who>,
    known: Option<String>,
) -> Result<Option<String>, Error> {
    match (known, who) {
        (None, Some(Who::User(user))) => rules::name_within(tx, user).await,
        (known, _) => Ok(known),
    }
}

/// What the journal calls an event, for those who tell the operator; not every event has a line.
pub fn word(event: &Event) -> Option<(&'static str, Option<ParticipantId>)> {
    record(event).line.map(|(word, who, _)| match who {
        Some(Who::Seat(participant)) => (word, Some(participant)),
        Some(Who::User(_) | Who::Operator(_)) | None => (word, None),
    })
}

/// The newest lines of a room's journal, oldest first.
pub async fn load_newest(store: &Store, room: RoomId, limit: u32) -> Result<Vec<Line>, Error> {
    const SQL: &str = "select position, epoch, at, kind, participant_id, name, name_seal, by_id, by_name, \
         by_name_seal, previous, hash from room_events where room_id = $1 order by position desc limit $2";
    let statement = Statement::new(SQL).text(room.to_hex()).integer(i64::from(limit));
    let raw: Vec<Row> = store.fetch_all(statement).await?;
    raw.into_iter().rev().map(told).collect()
}

/// The lines that follow `after`, at most `limit` of them, oldest first.
pub async fn load_next(store: &Store, room: RoomId, after: i64, limit: u32) -> Result<Vec<Line>, Error> {
    load_after(store, room, after, limit).await?.into_iter().map(told).collect()
}

fn told(row: Row) -> Result<Line, Error> {
    let id = |text: Option<String>| -> Result<Option<ParticipantId>, Error> {
        let parsed = text.map(|text| text.parse()).transpose();
        parsed.map_err(|_| Error::Corrupt { table: "room_events" })
    };
    Ok(Line {
        position: row.position,
        at: UnixMillis(row.at),
        kind: row.kind,
        participant: id(row.participant_id)?,
        name: row.name,
        by: id(row.by_id)?,
        by_name: row.by_name,
        epoch: row.epoch,
    })
}

/// Erases a user's names from a room's history and its record of attendance; that somebody was there stays.
/// To be called while the seats are still the user's.
pub async fn erase_names(tx: &mut RoomTransaction, user: UserId) -> Result<(), Error> {
    const NAMES: &str = "update room_events set name = null where room_id = $1 and name is not null and \
         (participant_id = $2 or participant_id in \
         (select id from participants where room_id = $1 and user_id = $2))";
    const BY: &str = "update room_events set by_name = null where room_id = $1 and by_name is not null and \
         (by_id = $2 or by_id in (select id from participants where room_id = $1 and user_id = $2))";
    const STAYS: &str = "update attendance set name = '' where room_id = $1 and user_id = $2";
    for sql in [NAMES, BY, STAYS] {
        tx.tx.execute(Statement::new(sql).text(tx.room.to_hex()).text(user.to_hex())).await?;
    }
    Ok(())
}

/// The lines that follow `after`, as they stand, at most `limit` of them.
pub(crate) async fn load_after(
    store: &Store,
    room: RoomId,
    after: i64,
    limit: u32,
) -> Result<Vec<Row>, Error> {
    const SQL: &str = "select position, epoch, at, kind, participant_id, name, name_seal, by_id, by_name, \
         by_name_seal, previous, hash from room_events where room_id = $1 and position > $2 order by position limit $3";
    let statement = Statement::new(SQL).text(room.to_hex()).integer(after).integer(i64::from(limit));
    store.fetch_all(statement).await
}

/// The position of the last line, zero if there is none.
pub(crate) async fn last_position(store: &Store, room: RoomId) -> Result<i64, Error> {
    const SQL: &str = "select coalesce(max(position), 0) from room_events where room_id = $1";
    let found: Option<(i64,)> = store.fetch_optional(Statement::new(SQL).text(room.to_hex())).await?;
    Ok(found.map_or(0, |(position,)| position))
}

/// What an event means for the tables. A new event does not compile until somebody says it here.
fn record(event: &Event) -> Record<'_> {
    match event {
        Event::Opened { at } => Record { line: None, changes: vec![Change::Open(*at)] },
        Event::Emptied { at } => Record { line: None, changes: vec![Change::Idle(*at)] },
        Event::Ended { by, at } => {
            let (word, who) = match by {
                EndedBy::Host(user) => ("ended", Some(Who::User(*user))),
                EndedBy::Expiry => ("expired", None),
                EndedBy::OwnerGone => ("ended", None),
            };
            Record {
                line: Some((word, None, who)),
                changes: vec![Change::End { at: *at, expired: *by == EndedBy::Expiry }],
            }
        }
        Event::Knocked { .. }
        | Event::Admitted { .. }
        | Event::Denied { .. }
        | Event::Withdrew { .. }
        | Event::Lapsed { .. }
        | Event::Revoked { .. }
        | Event::Excused { .. } => record_of_door(event),
        Event::Entered { .. }
        | Event::Linked { .. }
        | Event::Dropped { .. }
        | Event::Returned { .. }
        | Event::Left { .. }
        | Event::Removed { .. } => record_of_stay(event),
        Event::Barred { .. }
        | Event::Banned { .. }
        | Event::Pardoned { .. }
        | Event::Muted { .. }
        | Event::Unmuted { .. }
        | Event::Appointed { .. }
        | Event::HandedOver { .. }
        | Event::PolicySet { .. }
        | Event::Renamed { .. }
        | Event::Planned { .. }
        | Event::Invited { .. }
        | Event::InviteUsed { .. }
        | Event::InviteRevoked { .. } => record_of_rules(event),
    }
}

fn line(kind: &'static str, participant: &ParticipantId) -> Option<Named> {
    Some((kind, Some(Who::Seat(*participant)), None))
}

fn done(kind: &'static str, participant: &ParticipantId, by: &ParticipantId) -> Option<Named> {
    Some((kind, Some(Who::Seat(*participant)), Some(Who::Seat(*by))))
}

/// The same for events at the door.
fn record_of_door(event: &Event) -> Record<'_> {
    let go = |participant: &ParticipantId| vec![Change::Go { participant: *participant }];
    let (line, changes) = match event {
        Event::Knocked { participant, visitor, at, link } => {
            let standing = Standing::Waiting { since: *at, link: *link };
            let seat = Change::Seat { participant: *participant, name: &visitor.name, standing };
            (line("knocked", participant), vec![seat])
        }
        Event::Admitted { participant, by, until } => {
            let admit = Change::Admit { participant: *participant, until: *until };
            (done("admitted", participant, by), vec![admit])
        }
        Event::Denied { participant, by } => (done("denied", participant, by), go(participant)),
        Event::Withdrew { participant, reason } => match reason {
            // Logins are nobody's business but their owner's.
            Departure::Left | Departure::SignedOut => (line("withdrew", participant), go(participant)),
            Departure::Lost => (line("withdrew_lost", participant), go(participant)),
            Departure::TimeUp => (line("time_up", participant), go(participant)),
        },
        Event::Lapsed { participant } => (line("lapsed", participant), go(participant)),
        Event::Revoked { participant, by } => (done("revoked", participant, by), go(participant)),
        Event::Excused { participant, visitor, until } => {
            let standing = Standing::Admitted { until: *until };
            (None, vec![Change::Seat { participant: *participant, name: &visitor.name, standing }])
        }
        _ => unreachable!("the other events are told of by their caller"),
    };
    Record { line, changes }
}

/// The same for events of somebody inside.
fn record_of_stay(event: &Event) -> Record<'_> {
    let exit = |participant: &ParticipantId, exit| {
        let participant = *participant;
        vec![Change::Go { participant }, Change::Exit { participant, exit }]
    };
    let link =
        |participant: &ParticipantId, link: &Link| Change::Link { participant: *participant, link: *link };
    let (line, changes) = match event {
        Event::Entered { participant, visitor, role, at, link } => {
            let (participant, user, role, at) = (*participant, visitor.user, *role, *at);
            let name = &visitor.name;
            let standing = Standing::Present { since: at, link: *link };
            let enter = Change::Enter(attendance::Entry { participant, user, name, role, at });
            let seat = Change::Seat { participant, name, standing };
            (line("entered", &participant), vec![seat, enter])
        }
        Event::Linked { participant, link: now } => (None, vec![link(participant, now)]),
        Event::Dropped { participant, link: now } => {
            (line("dropped", participant), vec![link(participant, now)])
        }
        Event::Returned { participant, link: now } => {
            (line("returned", participant), vec![link(participant, now)])
        }
        Event::Left { participant, reason } => match reason {
            Departure::Left | Departure::SignedOut => {
                (line("left", participant), exit(participant, Exit::Left))
            }
            Departure::Lost => (line("lost", participant), exit(participant, Exit::Lost)),
            Departure::TimeUp => (line("time_up", participant), exit(participant, Exit::TimeUp)),
        },
        Event::Removed { participant, by } => {
            (done("removed", participant, by), exit(participant, Exit::Removed))
        }
        _ => unreachable!("the other events are told of by their caller"),
    };
    Record { line, changes }
}

/// The same for events about what holds in the room.
fn record_of_rules(event: &Event) -> Record<'_> {
    let by_user = |kind, by: &UserId| Some((kind, None, Some(Who::User(*by))));
    let to_user = |kind, user: &UserId, by| Some((kind, Some(Who::User(*user)), Some(by)));
    let (line, rules) = match event {
        Event::Barred { user, .. } => (None, vec![RuleChange::Bar(*user)]),
        Event::Banned { user, device, by } => {
            let rules = vec![RuleChange::Ban(*user, *device), RuleChange::Unbar(*user)];
            (to_user("banned", user, Who::Seat(*by)), rules)
        }
        Event::Pardoned { user, by } => {
            (to_user("pardoned", user, Who::User(*by)), vec![RuleChange::Pardon(*user)])
        }
        Event::Muted { participant, user, source, held, by } => {
            let word = match source {
                Source::Microphone => "muted",
                Source::Camera => "camera_stopped",
                Source::Screen => "screen_stopped",
            };
            let line = Some((word, Some(Who::Seat(*participant)), Some(Who::Seat(*by))));
            (line, if *held { vec![RuleChange::Hold(*user)] } else { Vec::new() })
        }
        Event::Unmuted { participant, user, by } => {
            let line = Some(("let_speak", Some(Who::Seat(*participant)), Some(Who::Seat(*by))));
            (line, vec![RuleChange::Release(*user)])
        }
        Event::Appointed { user, role, former, by } => {
            let line = to_user(appointed(*role), user, Who::User(*by));
            (line, vec![RuleChange::Member { user: *user, role: *role, former: *former, invite: None }])
        }
        Event::HandedOver { from, to } => {
            let member = RuleChange::Member { user: *from, role: Role::CoHost, former: None, invite: None };
            let rules =
                vec![RuleChange::Owner(*to), RuleChange::Forget(*to), RuleChange::Release(*to), member];
            (to_user("handed_over", to, Who::User(*from)), rules)
        }
        Event::PolicySet { policy, by } => pricing::record(policy, *by),
        Event::Renamed { name, by } => (by_user("renamed", by), vec![RuleChange::Name(name)]),
        Event::Planned { schedule, by } => {
            let word = if schedule.is_some() { "planned" } else { "unplanned" };
            (by_user(word, by), vec![RuleChange::Schedule(schedule.as_ref())])
        }
        _ => invites::record(event),
    };
    Record { line, changes: rules.into_iter().map(Change::Rule).collect() }
}

const fn appointed(role: Role) -> &'static str {
    match role {
        Role::Owner => "made_owner",
        Role::CoHost => "made_co_host",
        Role::Participant => "made_participant",
        Role::Guest => "made_guest",
        Role::Viewer => "made_viewer",
    }
}

impl Who {
    fn to_hex(self) -> String {
        match self {
            Self::Seat(participant) => participant.to_hex(),
            Self::User(user) | Self::Operator(user) => user.to_hex(),
        }
    }
}

async fn insert(tx: &mut RoomTransaction, mut row: Row) -> Result<(), Error> {
    const SQL: &str = "insert into room_events (room_id, position, epoch, at, kind, participant_id, name, \
         name_seal, by_id, by_name, by_name_seal, previous, hash) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    tx.key.finish(tx.room, &mut row);
    tx.head.advance(&row);
    let statement = Statement::new(SQL)
        .text(tx.room.to_hex())
        .integer(row.position)
        .integer(row.epoch)
        .integer(row.at)
        .text(row.kind)
        .optional_text(row.participant_id)
        .optional_text(row.name)
        .optional_text(row.name_seal)
        .optional_text(row.by_id)
        .optional_text(row.by_name)
        .optional_text(row.by_name_seal)
        .text(row.previous)
        .text(row.hash);
    tx.tx.execute(statement).await?;
    Ok(())
}

async fn carry_out(tx: &mut RoomTransaction, change: Change<'_>, at: UnixMillis) -> Result<(), Error> {
    match change {
        Change::Open(since) => save_open(tx, since).await,
        Change::Idle(since) => save_idle(tx, since).await,
        Change::Seat { participant, name, standing } => save_arrival(tx, participant, name, standing).await,
        Change::Admit { participant, until } => {
            unbar(tx, participant).await?;
            save_standing(tx, participant, Standing::Admitted { until }, at).await
        }
        Change::Link { participant, link } => save_link(tx, participant, link).await,
        Change::Go { participant } => save_gone(tx, participant, at).await,
        Change::Enter(entry) => attendance::open(tx, &entry).await,
        Change::Exit { participant, exit } => attendance::close(tx, participant, exit, at).await,
        Change::Rule(change) => rules::save(tx, change, at).await,
        Change::End { at, expired } => {
            save_all_gone(tx, at).await?;
            attendance::close_all(tx, Exit::Ended, at).await?;
            save_ended(tx, at, expired).await
        }
    }
}
