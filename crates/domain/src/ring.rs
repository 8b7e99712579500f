//! One direct call: one account rings another.
//!
//! ```text
//!            ┌─ decline, cancel, 45 s without an answer ─┐
//! call ─▶ ringing ──accept──▶ connected ─────────────────┴─▶ ended     for ever
//!   └─ the other is in a direct call, or rung by somebody ──────▲
//! ```
//!
//! Connected, the call is where the room says that people are: it is over when one of the two leaves after
//! both were inside, when the room has ended, and when the room was empty for [`RING_EMPTY_MS`].
//!
//! [`start`] says what pressing “Call” means, [`decide`] what follows, [`Ring::apply`] makes it so.
//! Invariants: nobody rings and is answered at once; what has ended stays as it ended; nothing rings past its
//! deadline. Not here: who is a contact, rooms, sounds.

use crate::limits::{RING_EMPTY_MS, RING_MS};
use crate::two::Two;
use model::{RingId, RoomCode, UnixMillis, UserId};

/// One direct call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ring {
    pub id: RingId,
    pub caller: UserId,
    pub callee: UserId,
    pub made_at: UnixMillis,
    pub stage: Stage,
}

/// How far a call has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    Ringing {
        until: UnixMillis,
    },
    Connected {
        room: RoomCode,
        /// Both have been inside at once.
        met: bool,
        /// When an empty room ends the call.
        until: Option<UnixMillis>,
    },
    Ended {
        how: Ending,
        at: UnixMillis,
    },
}

/// How a call ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ending {
    /// It was answered, and is over.
    Over,
    Declined,
    Cancelled,
    /// Nobody answered in time.
    Missed,
    /// It never rang: the other was in a direct call, or rung by somebody.
    Busy,
}

/// Please do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Command {
    /// Answer, to meet in this room.
    Accept {
        by: UserId,
        room: RoomCode,
    },
    Decline {
        by: UserId,
    },
    Cancel {
        by: UserId,
    },
    /// Take note of who is inside the room; the whole truth each time.
    Look(Two),
    /// Let a deadline that has passed take effect.
    Sweep,
}

/// It happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    Answered {
        room: RoomCode,
        until: UnixMillis,
    },
    /// Both are inside.
    Met,
    /// The room is empty until then, or not any more.
    Awaited {
        until: Option<UnixMillis>,
    },
    Ended {
        how: Ending,
        at: UnixMillis,
    },
}

/// Why a call refuses a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("the call is not there for this person")]
    NotYours,
    #[error("the call rings no more")]
    Over,
    #[error("whoever calls is in a call, or rung, already")]
    InCall,
}

/// What pressing “Call” means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Start {
    /// It rings.
    New(Ring),
    /// The other is busy; this is what they will find.
    Busy(Ring),
    /// The other rings already, so that this is the answer.
    Answers(RingId),
    /// These two are at it already.
    Known(Ring),
}

/// Says what it means that `caller` calls `callee`, where `live` are the calls under way of either.
pub fn start(
    id: RingId,
    (caller, callee): (UserId, UserId),
    live: &[Ring],
    now: UnixMillis,
) -> Result<Start, Refusal> {
    let between = live.iter().find(|ring| ring.has(caller) && ring.has(callee));
    if let Some(ring) = between {
        return Ok(match ring.stage {
            Stage::Ringing { .. } if ring.callee == caller => Start::Answers(ring.id),
            Stage::Ringing { .. } | Stage::Connected { .. } | Stage::Ended { .. } => {
                Start::Known(ring.clone())
            }
        });
    }
    if live.iter().any(|ring| ring.has(caller)) {
        return Err(Refusal::InCall);
    }
    let stage = match live.iter().any(|ring| ring.has(callee)) {
        true => Stage::Ended { how: Ending::Busy, at: now },
        false => Stage::Ringing { until: now.plus(RING_MS) },
    };
    let ring = Ring { id, caller, callee, made_at: now, stage };
    Ok(if ring.is_live() { Start::New(ring) } else { Start::Busy(ring) })
}

/// Says what `command` means for `ring`, changing nothing.
pub fn decide(ring: &Ring, command: Command, now: UnixMillis) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Sweep => Ok(ring.sweep(now)),
        Command::Look(two) => Ok(ring.look(two, now)),
        Command::Accept { by, .. } | Command::Decline { by } if by != ring.callee => Err(Refusal::NotYours),
        Command::Cancel { by } if by != ring.caller => Err(Refusal::NotYours),
        Command::Accept { room, .. } => {
            ring.require_ringing(now)?;
            Ok(vec![Event::Answered { room, until: now.plus(RING_EMPTY_MS) }])
        }
        Command::Decline { .. } => ring.end_ringing(Ending::Declined, now),
        Command::Cancel { .. } => ring.end_ringing(Ending::Cancelled, now),
    }
}

impl Ring {
    /// Whether it rings, or is talked in.
    pub const fn is_live(&self) -> bool {
        !matches!(self.stage, Stage::Ended { .. })
    }

    /// Whether somebody is one of the two.
    pub fn has(&self, user: UserId) -> bool {
        self.caller == user || self.callee == user
    }

    /// When something is due.
    pub const fn due(&self) -> Option<UnixMillis> {
        match self.stage {
            Stage::Ringing { until } => Some(until),
            Stage::Connected { until, .. } => until,
            Stage::Ended { .. } => None,
        }
    }

    /// Makes an event so.
    pub fn apply(&mut self, event: Event) {
        assert!(self.is_live(), "what has ended stays as it ended");
        match (event, &mut self.stage) {
            (Event::Answered { room, until }, stage) => {
                assert!(matches!(stage, Stage::Ringing { .. }), "only what rings is answered");
                *stage = Stage::Connected { room, met: false, until: Some(until) };
            }
            (Event::Met, Stage::Connected { met, .. }) => *met = true,
            (Event::Awaited { until }, Stage::Connected { until: known, .. }) => *known = until,
            (Event::Ended { how, at }, stage) => *stage = Stage::Ended { how, at },
            (Event::Met | Event::Awaited { .. }, Stage::Ringing { .. } | Stage::Ended { .. }) => {
                unreachable!("only an answered call has a room")
            }
        }
    }

    fn require_ringing(&self, now: UnixMillis) -> Result<(), Refusal> {
        match self.stage {
            Stage::Ringing { until } if now < until => Ok(()),
            Stage::Ringing { .. } | Stage::Connected { .. } | Stage::Ended { .. } => Err(Refusal::Over),
        }
    }

    fn end_ringing(&self, how: Ending, now: UnixMillis) -> Result<Vec<Event>, Refusal> {
        self.require_ringing(now)?;
        Ok(vec![Event::Ended { how, at: now }])
    }

    fn sweep(&self, now: UnixMillis) -> Vec<Event> {
        let Some(due) = self.due().filter(|due| *due <= now) else { return Vec::new() };
        let how = match self.stage {
            Stage::Ringing { .. } => Ending::Missed,
            Stage::Connected { .. } | Stage::Ended { .. } => Ending::Over,
        };
        // It ended when it was due, however late somebody looks.
        vec![Event::Ended { how, at: due }]
    }

    fn look(&self, two: Two, now: UnixMillis) -> Vec<Event> {
        let Stage::Connected { met, until, .. } = self.stage else { return Vec::new() };
        let over = vec![Event::Ended { how: Ending::Over, at: now }];
        match two.inside {
            _ if !two.is_open => over,
            [true, true] => {
                let awaited = until.map(|_| Event::Awaited { until: None });
                let met = (!met).then_some(Event::Met);
                awaited.into_iter().chain(met).collect()
            }
            _ if met || two.met => over,
            [false, false] if until.is_none() => {
                vec![Event::Awaited { until: Some(now.plus(RING_EMPTY_MS)) }]
            }
            [false, false] => Vec::new(),
            [true, false] | [false, true] => {
                until.map(|_| Event::Awaited { until: None }).into_iter().collect()
            }
        }
    }
}

#[cfg(test)]
mod tests;
