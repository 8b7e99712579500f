//! A session while a command is being decided: each event is applied to a copy before the next is found.

use super::event::{Command, Ending, Event, Refusal, What};
use super::rules::Rules;
use super::stage::{Clock, Stage};
use super::{Session, deadline::Due};
use model::UnixMillis;
use model::offer::Access;

/// More than can happen by itself between two commands.
const STEPS_MOST: usize = 64;

pub(super) struct Story {
    pub session: Session,
    pub events: Vec<Event>,
    pub now: UnixMillis,
}

impl Story {
    /// A clock that was set back stands still.
    pub fn new(session: &Session, now: UnixMillis) -> Self {
        Self { session: session.clone(), events: Vec::new(), now: now.max(session.as_of) }
    }

    pub fn push(&mut self, what: What) {
        self.push_at(self.now, what);
    }

    pub fn push_at(&mut self, at: UnixMillis, what: What) {
        let event = Event { at: at.max(self.session.as_of), rules: Rules::NEWEST, what };
        self.session.apply(&event);
        self.events.push(event);
    }

    pub fn close(&mut self, ending: Ending) {
        self.close_at(self.now, ending);
    }

    fn close_at(&mut self, at: UnixMillis, ending: Ending) {
        let settlement = Box::new(self.session.settled(ending, at));
        self.push_at(at, What::Closed { ending, settlement });
    }

    pub fn carry_out(&mut self, command: &Command) -> Result<(), Refusal> {
        match *command {
            Command::Consent { terms } => self.consent(terms),
            Command::StartCheckout { purpose, merchant } => self.start_checkout(purpose, merchant),
            Command::Reserve { available_ms } => self.reserve(available_ms),
            Command::PaymentConfirmed { payment, amount, kind } => {
                self.payment_confirmed(payment, amount, kind)
            }
            Command::PaymentDeclined { payment } => self.payment_declined(payment),
            Command::CheckoutEnded { payment } => self.checkout_ended(payment),
            Command::Enter { party, participant } => {
                self.enter(party, participant);
                Ok(())
            }
            Command::Drop { participant } => {
                self.go(participant, super::Departure::Dropped);
                Ok(())
            }
            Command::Leave { participant } => {
                self.go(participant, super::Departure::Left);
                Ok(())
            }
            Command::Revive { .. } | Command::Tick => Ok(()),
            Command::Move { to } => {
                self.move_to(to);
                Ok(())
            }
            Command::Cancel { by } => self.cancel(by),
            Command::EndRoom { by } => {
                self.end_room(by);
                Ok(())
            }
            Command::Refund { refund, by, what } => self.refund(refund, by, what),
            Command::Forgive { by } => self.forgive(by),
            Command::DisputeOpened { payment, amount } => self.dispute_opened(payment, amount),
            Command::DisputeWon { payment, amount } => self.dispute_won(payment, amount),
            Command::DisputeLost { payment, amount } => self.dispute_lost(payment, amount),
        }
    }

    /// Lets everything happen that is due, in its order.
    pub fn sweep(&mut self) {
        self.sweep_until(self.now);
    }

    pub fn sweep_until(&mut self, now: UnixMillis) {
        for _ in 0..STEPS_MOST {
            match self.session.due() {
                Some((at, due)) if at <= now => self.let_happen(at, due),
                Some(_) | None => return,
            }
            self.follow_up();
        }
        panic!("what happens by itself comes to an end");
    }

    /// What follows from who is inside, and then from the clock.
    pub fn follow_up(&mut self) {
        let together = self.session.presence.is_together();
        match &self.session.stage {
            Stage::Confirmed { .. } if together => {
                let at = self.session.as_of;
                if self.session.planned_slot().is_none_or(|(from, _)| from <= at) {
                    self.begin(at);
                }
            }
            Stage::Live(_) if !together => self.push_at(self.session.as_of, What::Paused),
            Stage::Grace(_) if together => self.push_at(self.session.as_of, What::Resumed),
            Stage::Offered { .. }
            | Stage::Awaiting { .. }
            | Stage::Confirmed { .. }
            | Stage::Live(_)
            | Stage::Grace(_)
            | Stage::Closed { .. } => {}
        }
    }

    fn let_happen(&mut self, at: UnixMillis, due: Due) {
        match due {
            Due::Expire => self.close_at(at, Ending::Expired),
            Due::Begin => self.begin(at),
            Due::TakeHeld(payment) => self.push_at(at, What::HoldTaken { payment }),
            Due::NoShow(absent) => self.close_at(at, Ending::NoShow(absent)),
            Due::Warn(warned) => self.push_at(at, What::Warned { warned }),
            Due::PaidTimeOver => self.push_at(at, What::PaidTimeOver),
            // Of two things that are due soon after each other the first must not hide whose doing it is: a
            // short slot is over before the time in which its host may come back.
            Due::TimeUp | Due::GraceOver => {
                let ending = self.session.at(at).ending_without(self.session.presence.fault());
                self.close_at(at, ending);
            }
        }
    }

    fn begin(&mut self, at: UnixMillis) {
        let at = at.max(self.session.as_of);
        let clock = match (&self.session.offer.parts().access, self.session.planned_slot()) {
            (Access::Fixed { .. }, Some((from, ends))) => Clock::Slot { from, ends },
            (Access::Fixed { length, .. }, None) => Clock::Slot { from: at, ends: at.plus(length.millis()) },
            (Access::Prepaid { .. }, _) => Clock::Minutes,
            (Access::Free | Access::PerCall { .. }, _) => Clock::Open,
        };
        self.push_at(at, What::Began { clock });
    }
}

impl Session {
    /// The session at a later time, if nothing happens until then.
    pub fn at(&self, at: UnixMillis) -> Self {
        let mut then = self.clone();
        then.accrue(at);
        then
    }
}
