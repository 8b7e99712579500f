//! From what happened in a room to who hears of it, and to what the media threads must do.
//!
//! | event | the one concerned | everybody inside | hosts inside |
//! |---|---|---|---|
//! | knocked | | | knocked |
//! | admitted, denied, withdrew | admitted or farewell | | knock ended |
//! | entered, left, removed | farewell, unless entering | joined or left | |
//! | dropped, returned | | updated, if they are inside | |
//! | lapsed, revoked | farewell | | |
//! | muted | stopped | | |
//! | rules, roles | what changed for each, by `room_actor::desk` | | |
//! | ended | farewell, to every socket | | |
//!
//! Both matches are exhaustive: a new event does not compile until somebody says who hears of it.
//! Whoever is not inside hears of nothing but themselves.

use domain::Event;
use domain::room::Departure;
use model::{ParticipantId, PeerId, RoomId};
use protocol::{Change, Farewell, LeaveReason, ParticipantView, WaitingGuest};

/// Who hears a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Audience {
    /// One participant, inside or at the door.
    One(ParticipantId),
    /// Everybody inside.
    Inside,
    /// Everybody inside but one.
    Others(ParticipantId),
    /// The hosts inside.
    Hosts,
    /// Every open socket, at the door too.
    Everybody,
}

/// What they hear.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum News {
    Change(Change),
    Admitted,
    Farewell(Farewell),
}

/// Says who hears what of an event that has just been applied.
///
/// `banned` says that whoever is put out may not come back.
pub fn news(
    event: &Event,
    banned: bool,
    view: impl Fn(ParticipantId) -> Option<ParticipantView>,
) -> Vec<(Audience, News)> {
    let put_out = |kindly| if banned { Farewell::Banned } else { kindly };
    match event {
        Event::Knocked { participant, visitor, at, .. } => {
            let guest = WaitingGuest { id: *participant, name: visitor.name.clone(), since: *at };
            vec![(Audience::Hosts, News::Change(Change::Knocked(guest)))]
        }
        Event::Admitted { participant, .. } => {
            vec![one(participant, News::Admitted), knock_ended(participant)]
        }
        Event::Denied { participant, .. } => {
            vec![one(participant, News::Farewell(put_out(Farewell::Denied))), knock_ended(participant)]
        }
        Event::Withdrew { participant, reason } => {
            let (_, farewell) = departed(*reason);
            vec![one(participant, News::Farewell(farewell)), knock_ended(participant)]
        }
        Event::Lapsed { participant } => vec![one(participant, News::Farewell(Farewell::Gone))],
        Event::Revoked { participant, .. } => {
            vec![one(participant, News::Farewell(put_out(Farewell::Removed)))]
        }
        Event::Entered { participant, .. } => {
            let joined = view(*participant).map(|view| News::Change(Change::Joined(view)));
            joined.map(|joined| (Audience::Others(*participant), joined)).into_iter().collect()
        }
        // Whoever waits has no view, and nobody inside sees a door's sockets come and go.
        Event::Dropped { participant, .. } | Event::Returned { participant, .. } => {
            let updated = view(*participant).map(|view| News::Change(Change::Updated(view)));
            updated.map(|updated| (Audience::Inside, updated)).into_iter().collect()
        }
        Event::Left { participant, reason } => {
            let (reason, farewell) = departed(*reason);
            vec![one(participant, News::Farewell(farewell)), left(participant, reason)]
        }
        Event::Removed { participant, .. } => {
            let farewell = News::Farewell(put_out(Farewell::Removed));
            vec![one(participant, farewell), left(participant, LeaveReason::Removed)]
        }
        Event::Ended { .. } => vec![(Audience::Everybody, News::Farewell(Farewell::Ended))],
        Event::Muted { participant, source, held, by, .. } => {
            let stopped = Change::Stopped { source: *source, by: *by, held: *held };
            vec![one(participant, News::Change(stopped))]
        }
        // What these mean for each is told by comparing what they knew before with what they know after.
        Event::Unmuted { .. }
        | Event::Appointed { .. }
        | Event::HandedOver { .. }
        | Event::InviteUsed { .. }
        | Event::PolicySet { .. }
        | Event::Renamed { .. }
        | Event::Planned { .. } => Vec::new(),
        Event::Linked { .. }
        | Event::Excused { .. }
        | Event::Barred { .. }
        | Event::Banned { .. }
        | Event::Pardoned { .. }
        | Event::Invited { .. }
        | Event::InviteRevoked { .. }
        | Event::Opened { .. }
        | Event::Emptied { .. } => Vec::new(),
    }
}

fn one(participant: &ParticipantId, news: News) -> (Audience, News) {
    (Audience::One(*participant), news)
}

fn knock_ended(participant: &ParticipantId) -> (Audience, News) {
    (Audience::Hosts, News::Change(Change::KnockEnded { participant: *participant }))
}

fn left(participant: &ParticipantId, reason: LeaveReason) -> (Audience, News) {
    (Audience::Inside, News::Change(Change::Left { participant: *participant, reason }))
}

/// What the others hear of somebody who is gone, and what they hear themselves.
const fn departed(reason: Departure) -> (LeaveReason, Farewell) {
    match reason {
        Departure::Left => (LeaveReason::Left, Farewell::Gone),
        Departure::Lost => (LeaveReason::Lost, Farewell::Gone),
        Departure::TimeUp => (LeaveReason::TimeUp, Farewell::TimeUp),
        // To the others it is a leaving like any other.
        Departure::SignedOut => (LeaveReason::Left, Farewell::SignedOut),
    }
}

/// Says what the media threads must do about an event.
pub fn command(
    event: &Event,
    room: RoomId,
    peer: impl Fn(ParticipantId) -> Option<PeerId>,
) -> Option<sfu::Command> {
    match event {
        Event::Left { participant, .. } | Event::Removed { participant, .. } => {
            peer(*participant).map(|peer| sfu::Command::Close { peer })
        }
        Event::Ended { .. } => Some(sfu::Command::CloseRoom { room }),
        Event::Opened { .. }
        | Event::Emptied { .. }
        | Event::Excused { .. }
        | Event::Muted { .. }
        | Event::Unmuted { .. }
        | Event::Banned { .. }
        | Event::Pardoned { .. }
        | Event::Appointed { .. }
        | Event::HandedOver { .. }
        | Event::PolicySet { .. }
        | Event::Renamed { .. }
        | Event::Planned { .. }
        | Event::Invited { .. }
        | Event::InviteUsed { .. }
        | Event::InviteRevoked { .. }
        | Event::Knocked { .. }
        | Event::Admitted { .. }
        | Event::Denied { .. }
        | Event::Withdrew { .. }
        | Event::Lapsed { .. }
        | Event::Revoked { .. }
        | Event::Entered { .. }
        | Event::Linked { .. }
        | Event::Dropped { .. }
        | Event::Returned { .. }
        | Event::Barred { .. } => None,
    }
}
