//! One paid sitting of one payer in one room: from the offer to the last refund.
//!
//! ```text
//! offered ──consent──▶ awaiting payment ──paid, reserved──▶ confirmed ──both in──▶ live ⇄ grace
//!    │                        │                                 │                    │      │
//!    └──time over, cancelled──┴──────────cancelled, no show─────┴───────ended────────┴──────┴──▶ closed
//! ```
//!
//! [`decide`] says what a command means, [`Session::apply`] makes an event so, and nothing else changes a
//! session. [`postings()`] says what an event means for the ledger, [`orders()`] what the processor and the
//! mailer have to do; both are values with ids that follow from the session, so that a repeat is harmless.
//!
//! | module | holds |
//! |---|---|
//! | `event` | commands, events, refusals |
//! | `stage`, `presence`, `till` | what is known: the sitting, who is inside, the payments |
//! | `coming`, `paying`, `closing`, `aftermath` | what commands mean |
//! | `deadline` | what is due, and when |
//! | `bill`, `hold`, `rules` | what closing comes to; money that is kept ready until then; versions of rules |
//! | `hearing` | what the room's events mean for it |
//! | `postings`, `orders`, `platform` | what events mean outside; the share of what hosts take |
//! | `status` | the one word for people |
//!
//! Invariants: it closes once, and that event carries the one settlement; time counts only while host and
//! payer are both in, and only as far as it was paid for; money that came is earned, deferred, forgone or
//! went back, and nothing else; a payment that nobody needs goes back at once. Time never goes back: a
//! clock that was set back stands still. Not here: clocks, the processor, storage, whether minutes suffice.

mod aftermath;
mod bill;
mod closing;
mod coming;
mod deadline;
mod event;
mod hearing;
mod hold;
pub(crate) mod ids;
pub(crate) mod orders;
mod paying;
mod platform;
mod postings;
mod presence;
mod rules;
mod stage;
mod status;
mod story;
#[cfg(test)]
mod tests;
mod till;

pub use bill::{Act, Bill, MoneyBill, Move, Settlement};
pub use event::{Absent, Command, Confirmation, Ending, Event, Party, RefundOf, RefundPart, Refusal, What};
pub use hold::is_within_hold;
pub use orders::{Answerable, DisputeNews, Instruction, Letter, Order, orders};
pub use postings::postings;
pub use presence::{Departure, Fault, Presence, Side};
pub use rules::{Rules, UnknownRules};
pub use stage::{Clock, Consent, Sitting, Stage, Warned};
pub use status::Status;
pub use till::{Dispute, Payment, PaymentState, Purpose, Release, Share, Split, Takings, Till};

use crate::limits::{SESSION_GRACE_MS, SESSION_UNPLANNED_MS};
use model::offer::{Access, Point, SlotStart};
use model::{Money, Offer, RoomId, SessionId, TermsDigest, UnixMillis, UserId};
use story::Story;

/// One session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Session {
    pub id: SessionId,
    pub room: RoomId,
    /// Who sold it, as they were when it was offered. The books name them so for ever.
    pub host: UserId,
    /// Who pays, as they were then.
    pub payer: UserId,
    /// Who the two are now.
    pub heirs: Heirs,
    pub offer: Offer,
    /// The digest of the terms that the payer is shown.
    pub terms: TermsDigest,
    pub planned: Option<UnixMillis>,
    /// Whether the host moved it after it was sold.
    pub moved: bool,
    pub stage: Stage,
    pub presence: Presence,
    pub tally: Tally,
    pub till: Till,
    /// The time of the last event.
    pub as_of: UnixMillis,
    /// How many events there were.
    pub revision: u32,
}

/// Who host and payer became since, if they signed in to an account that was there before, or are nobody any
/// more. Not an event: it is said of a person once, not of each of their sessions.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Heirs {
    pub host: Option<UserId>,
    pub payer: Option<UserId>,
}

/// Time that was counted, up to the last event.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// How long host and payer were both in within the time that was paid for.
    pub attended_ms: i64,
    /// How much of a fixed length the payer missed without having gone first.
    pub missed_ms: i64,
}

/// What a session is made from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proposal {
    pub id: SessionId,
    pub room: RoomId,
    pub host: UserId,
    pub payer: UserId,
    pub offer: Offer,
    pub terms: TermsDigest,
    pub planned: Option<UnixMillis>,
}

/// Says what `command` means for `session`, changing nothing. Every rule about sessions starts here.
///
/// Whatever was due before `now` happens first, at its own time. A refusal leaves that to the next
/// [`Command::Tick`].
pub fn decide(session: &Session, command: &Command, now: UnixMillis) -> Result<Vec<Event>, Refusal> {
    let mut story = Story::new(session, now);
    match command {
        // While the server was away nobody was inside, so what was due then must not find them there.
        Command::Revive { last_alive } => story.revive(*last_alive),
        _ => {
            story.sweep();
            story.carry_out(command)?;
        }
    }
    story.follow_up();
    // What a command brings about may be over at once.
    story.sweep();
    Ok(story.events)
}

impl Session {
    /// A session that was just offered.
    pub fn offered(proposal: Proposal, now: UnixMillis) -> Self {
        let Proposal { id, room, host, payer, offer, terms, planned } = proposal;
        let mut session = Self {
            id,
            room,
            host,
            payer,
            heirs: Heirs::default(),
            offer,
            terms,
            planned,
            moved: false,
            stage: Stage::Offered { until: now },
            presence: Presence::nobody(),
            tally: Tally::default(),
            till: Till::default(),
            as_of: now,
            revision: 0,
        };
        let until = session.opens_until().unwrap_or(now.plus(SESSION_UNPLANNED_MS));
        session.stage = Stage::Offered { until };
        session
    }

    /// Whether the payer may come in: the entitlement. It lasts until the session is closed.
    pub const fn entitles_payer(&self) -> bool {
        match &self.stage {
            Stage::Confirmed { .. } | Stage::Live(_) | Stage::Grace(_) => true,
            Stage::Offered { .. } | Stage::Awaiting { .. } | Stage::Closed { .. } => false,
        }
    }

    /// Who a user is to this session.
    pub fn party_of(&self, user: UserId) -> Option<Party> {
        if user == self.host_now() {
            Some(Party::Host)
        } else if user == self.payer_now() {
            Some(Party::Payer)
        } else {
            None
        }
    }

    /// Who the host is now.
    pub fn host_now(&self) -> UserId {
        self.heirs.host.unwrap_or(self.host)
    }

    /// Who the payer is now.
    pub fn payer_now(&self) -> UserId {
        self.heirs.payer.unwrap_or(self.payer)
    }

    /// `from` is `to` from now on.
    pub fn inherit(&mut self, from: UserId, to: UserId) {
        if self.host_now() == from {
            self.heirs.host = Some(to);
        }
        if self.payer_now() == from {
            self.heirs.payer = Some(to);
        }
    }

    /// Whether it is over.
    pub const fn is_closed(&self) -> bool {
        matches!(self.stage, Stage::Closed { .. })
    }

    /// When it was closed, once it is.
    pub const fn closed_at(&self) -> Option<UnixMillis> {
        match &self.stage {
            Stage::Closed { at, .. } => Some(*at),
            Stage::Offered { .. }
            | Stage::Awaiting { .. }
            | Stage::Confirmed { .. }
            | Stage::Live(_)
            | Stage::Grace(_) => None,
        }
    }

    /// The bill that is not paid.
    pub const fn owing(&self) -> Option<Money> {
        match &self.stage {
            Stage::Closed { owing, .. } => *owing,
            Stage::Offered { .. }
            | Stage::Awaiting { .. }
            | Stage::Confirmed { .. }
            | Stage::Live(_)
            | Stage::Grace(_) => None,
        }
    }

    /// What the session came to, once it is closed.
    pub fn settlement(&self) -> Option<&Settlement> {
        match &self.stage {
            Stage::Closed { settlement, .. } => Some(settlement),
            Stage::Offered { .. }
            | Stage::Awaiting { .. }
            | Stage::Confirmed { .. }
            | Stage::Live(_)
            | Stage::Grace(_) => None,
        }
    }

    /// When the paid time is over if nothing happens before; of prepaid minutes only while they run.
    pub fn ends_at(&self) -> Option<UnixMillis> {
        let (sitting, runs) = match &self.stage {
            Stage::Live(sitting) => (sitting, true),
            Stage::Grace(sitting) => (sitting, false),
            Stage::Offered { .. }
            | Stage::Awaiting { .. }
            | Stage::Confirmed { .. }
            | Stage::Closed { .. } => return None,
        };
        match sitting.clock {
            Clock::Slot { ends, .. } => Some(ends),
            Clock::Minutes if runs => Some(self.as_of.plus(self.minutes_left_ms())),
            Clock::Minutes | Clock::Open | Clock::Overrun { .. } => None,
        }
    }

    /// Of the prepaid time that was set aside, what is left as of the last event.
    pub const fn minutes_left_ms(&self) -> i64 {
        self.till.reserved_ms - self.tally.attended_ms
    }

    /// The slot that runs by the plan, whoever is there.
    pub(super) fn planned_slot(&self) -> Option<(UnixMillis, UnixMillis)> {
        match (&self.offer.parts().access, self.offer.parts().start, self.planned) {
            (Access::Fixed { length, .. }, SlotStart::Planned, Some(from)) => {
                Some((from, from.plus(length.millis())))
            }
            _ => None,
        }
    }

    /// Until when somebody may still agree and pay: as long as there is something of it to be had.
    pub(super) fn opens_until(&self) -> Option<UnixMillis> {
        let slot = self.planned_slot().map(|(_, ends)| ends);
        slot.or(self.planned.map(|planned| planned.plus(self.offer.parts().no_show.wait.millis())))
    }

    /// How much time one extension adds.
    pub(super) const fn extension_ms(&self) -> i64 {
        match self.offer.parts().point {
            Point::During { length, .. } => length.millis(),
            Point::Before | Point::After => 0,
        }
    }

    /// Makes an event so.
    pub fn apply(&mut self, event: &Event) {
        assert!(event.at >= self.as_of, "the events of a session come in order");
        if let What::Revived { last_alive } = &event.what {
            self.accrue(*last_alive);
            self.lose_time(event.at);
        }
        self.accrue(event.at);
        match &event.what {
            What::CheckoutStarted { .. }
            | What::Declined { .. }
            | What::CheckoutEnded { .. }
            | What::HoldPlaced { .. }
            | What::HoldRefused { .. }
            | What::HoldTaken { .. }
            | What::Captured { .. }
            | What::CaptureConfirmed { .. }
            | What::CaptureFailed { .. }
            | What::SentBack { .. }
            | What::BillPaid { .. }
            | What::Forgiven { .. } => self.apply_payment(&event.what),
            What::Refunded { .. }
            | What::MinutesReturned { .. }
            | What::DisputeOpened { .. }
            | What::DisputeWon { .. }
            | What::DisputeLost { .. } => self.apply_aftermath(&event.what),
            What::Entered { .. } | What::Gone { .. } | What::Revived { .. } => {
                self.apply_presence(&event.what, event.at);
            }
            What::Moved { to } => self.move_to(*to),
            What::Consented { .. }
            | What::Confirmed
            | What::Reserved { .. }
            | What::Began { .. }
            | What::Paused
            | What::Resumed
            | What::Warned { .. }
            | What::PaidTimeOver
            | What::Extended
            | What::Closed { .. } => self.apply_stage(&event.what, event.at),
        }
        self.revision += 1;
    }

    /// Counts the time since the last event.
    pub(super) fn accrue(&mut self, to: UnixMillis) {
        let (from, to) = (self.as_of, to.max(self.as_of));
        self.as_of = to;
        match &self.stage {
            Stage::Live(Sitting { clock, .. }) => {
                self.tally.attended_ms += match *clock {
                    Clock::Slot { from: opens, ends } => to.min(ends).since(from.max(opens)),
                    Clock::Minutes => to.since(from).min(self.minutes_left_ms()),
                    Clock::Open => to.since(from),
                    Clock::Overrun { .. } => 0,
                };
            }
            Stage::Confirmed { .. } | Stage::Grace(_) => {
                if let Some(Fault::Host | Fault::Outage) = self.presence.fault() {
                    self.tally.missed_ms += self.within_slot(from, to);
                }
            }
            Stage::Offered { .. } | Stage::Awaiting { .. } | Stage::Closed { .. } => {}
        }
    }

    /// Counts the time that the server was away as missed, except by a payer who had gone for good.
    fn lose_time(&mut self, to: UnixMillis) {
        let from = self.as_of;
        if !self.presence.payer.has_left() {
            self.tally.missed_ms += self.within_slot(from, to);
        }
        self.as_of = to;
    }

    /// How much of a time lies within the fixed length that runs by the wall.
    fn within_slot(&self, from: UnixMillis, to: UnixMillis) -> i64 {
        let slot = match &self.stage {
            Stage::Confirmed { .. } => self.planned_slot(),
            Stage::Live(sitting) | Stage::Grace(sitting) => match sitting.clock {
                Clock::Slot { from, ends } => Some((from, ends)),
                Clock::Open | Clock::Minutes | Clock::Overrun { .. } => None,
            },
            Stage::Offered { .. } | Stage::Awaiting { .. } | Stage::Closed { .. } => None,
        };
        slot.map_or(0, |(opens, ends)| to.min(ends).since(from.max(opens)))
    }

    fn apply_stage(&mut self, what: &What, at: UnixMillis) {
        match what {
            What::Consented { terms } => {
                let consent = Consent { at, terms: *terms };
                self.stage = Stage::Awaiting { consent, until: self.payable_until(at) };
            }
            What::Confirmed => {
                let consent = self.consent().expect("nothing is confirmed without consent");
                self.stage = Stage::Confirmed { consent, since: at };
            }
            What::Began { clock } => {
                let consent = self.consent().expect("nothing begins without consent");
                let warned = Warned::NotYet;
                let sitting = Sitting { consent, clock: *clock, warned, extended: 0, overrun_ms: 0 };
                self.stage = Stage::Live(sitting);
                self.set_warned();
            }
            What::Paused => self.stage = Stage::Grace(*self.sitting_mut()),
            What::Resumed => self.stage = Stage::Live(*self.sitting_mut()),
            What::Warned { warned } => self.sitting_mut().warned = *warned,
            What::PaidTimeOver => self.sitting_mut().clock = Clock::Overrun { since: at },
            What::Reserved { millis } => {
                self.till.reserved_ms += millis;
                if let Stage::Live(sitting) | Stage::Grace(sitting) = &mut self.stage {
                    sitting.go_on(Clock::Minutes, at);
                    self.set_warned();
                }
            }
            What::Extended => self.extend(at),
            What::Closed { ending, settlement } => self.close(*ending, settlement, at),
            _ => unreachable!("the other events are made so elsewhere"),
        }
    }

    /// What was missed of a time that is not the time any more was not missed.
    fn move_to(&mut self, planned: Option<UnixMillis>) {
        (self.planned, self.moved) = (planned, true);
        self.tally.missed_ms = 0;
    }

    /// Time that was asked for while the last ran counts from its end; later, from now.
    fn extend(&mut self, at: UnixMillis) {
        let more = self.extension_ms();
        let sitting = self.sitting_mut();
        let clock = match sitting.clock {
            Clock::Slot { from, ends } => Clock::Slot { from, ends: ends.plus(more) },
            Clock::Overrun { .. } => Clock::Slot { from: at, ends: at.plus(more) },
            Clock::Open | Clock::Minutes => unreachable!("only a fixed length is extended"),
        };
        sitting.go_on(clock, at);
        sitting.extended += 1;
        self.set_warned();
    }

    fn close(&mut self, ending: Ending, settlement: &Settlement, at: UnixMillis) {
        assert!(!self.is_closed(), "a session is closed once");
        let owing = self.apply_settlement(settlement);
        let settlement = Box::new(settlement.clone());
        self.stage = Stage::Closed { consent: self.consent(), at, ending, settlement, owing };
        self.presence = Presence::nobody();
    }

    /// What was worth a warning before need not be said again, unless there is more time now.
    fn set_warned(&mut self) {
        let left = match self.stage {
            Stage::Grace(Sitting { clock: Clock::Minutes, .. }) => Some(self.minutes_left_ms()),
            _ => self.ends_at().map(|ends| ends.since(self.as_of)),
        };
        if let (Some(left), Stage::Live(sitting) | Stage::Grace(sitting)) = (left, &mut self.stage) {
            sitting.warned = Warned::at(left);
        }
    }

    fn sitting_mut(&mut self) -> &mut Sitting {
        match &mut self.stage {
            Stage::Live(sitting) | Stage::Grace(sitting) => sitting,
            Stage::Offered { .. }
            | Stage::Awaiting { .. }
            | Stage::Confirmed { .. }
            | Stage::Closed { .. } => panic!("only a session that began goes on"),
        }
    }

    /// What the payer agreed to, if they did.
    pub const fn consent(&self) -> Option<Consent> {
        match &self.stage {
            Stage::Offered { .. } => None,
            Stage::Awaiting { consent, .. } | Stage::Confirmed { consent, .. } => Some(*consent),
            Stage::Live(sitting) | Stage::Grace(sitting) => Some(sitting.consent),
            Stage::Closed { consent, .. } => *consent,
        }
    }

    fn apply_presence(&mut self, what: &What, at: UnixMillis) {
        match what {
            What::Entered { party, participant } => {
                let side = self.presence.side_mut(*party).expect("an operator has no side");
                side.enter(*participant, at);
            }
            What::Gone { party, participant, how } => {
                let side = self.presence.side_mut(*party).expect("an operator has no side");
                side.lose(*participant, *how, at);
            }
            What::Revived { .. } => {
                self.presence.host.cut_off(at);
                self.presence.payer.cut_off(at);
                match &mut self.stage {
                    Stage::Offered { until } | Stage::Awaiting { until, .. } => {
                        *until = (*until).max(at.plus(SESSION_GRACE_MS));
                    }
                    Stage::Confirmed { since, .. } => *since = at,
                    Stage::Live(_) | Stage::Grace(_) | Stage::Closed { .. } => {}
                }
            }
            _ => unreachable!("the other events are made so elsewhere"),
        }
    }
}
