//! What the events of a room mean for the paid sessions in it, and what those mean for the room, until
//! nothing more follows.
//!
//! ```text
//! room events ──▶ heard by each session ──▶ decided ──┐
//!      ▲                                              ├─ to be saved in one transaction
//!      └── the payer goes, for their session is over ◀┘
//! ```
//!
//! Values in, values out. Whoever changes a room (its actor, or a server that writes it in an actor's place)
//! saves both sides of it together, so that neither ever says something else of who is inside.

use domain::Room;
use domain::room::{self, Event};
use domain::session::{Command, Session, decide};
use model::{SessionId, UnixMillis};
use std::collections::BTreeMap;
use store::sessions::Change;

/// The sessions of a room that are not over.
pub(crate) type Sessions = BTreeMap<SessionId, Session>;

/// Everything that follows from `events` and `changes` at a time, with them.
pub(crate) fn spread(
    (room, sessions): (&Room, &Sessions),
    events: &[Event],
    mut changes: Vec<Change>,
    at: UnixMillis,
) -> (Vec<Event>, Vec<Change>) {
    let mut all = events.to_vec();
    if sessions.is_empty() && changes.is_empty() {
        return (all, changes);
    }
    let mut room = room.clone();
    let (mut next, mut sent_home) = (0, Vec::new());
    loop {
        while let Some(event) = all.get(next) {
            let_hear((&room, sessions), event, &mut changes, at);
            room.apply(event);
            next += 1;
        }
        // One after the other: whoever is the last to go empties the room.
        let over = changes.iter().find(|change| is_over(change) && !sent_home.contains(&change.before.id));
        let Some(over) = over else { return (all, changes) };
        sent_home.push(over.before.id);
        let (user, seats) = (over.before.payer_now(), over.before.presence.payer.seats());
        let command = room::Command::RunOut { user, seats };
        all.extend(room::decide(&room, &command, at).unwrap_or_default());
    }
}

/// Lets every open session hear what happened in the room.
fn let_hear((room, sessions): (&Room, &Sessions), event: &Event, changes: &mut Vec<Change>, at: UnixMillis) {
    for session in sessions.values() {
        let known = changes.iter().position(|change| change.before.id == session.id);
        let current = known.map_or(session, |index| &changes[index].after);
        let Some(command) = current.hears(room, event, at) else { continue };
        // Who is there matters from the moment that it is paid for.
        if matches!(command, Command::Enter { .. }) && !current.entitles_payer() {
            continue;
        }
        // Facts are never refused; a host who ends what nobody agreed to ends nothing.
        let events = decide(current, &command, at).unwrap_or_default();
        match known {
            _ if events.is_empty() => {}
            Some(index) => changes[index].and_then(events),
            None => changes.push(Change::new(session.clone(), events)),
        }
    }
}

/// Whether a session is over that let its payer in, so that they have to go. One that was never paid for lets
/// nobody in; whoever is inside all the same came by another way.
fn is_over(change: &Change) -> bool {
    change.before.entitles_payer() && change.after.is_closed()
}
