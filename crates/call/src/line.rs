//! The line of a page that rings: when to open it, when it is dead, and when to open it again.
//!
//! ```text
//! begin ─▶ ask for a ticket ─▶ open ─▶ up ── silence, close ─▶ pause ─┐
//!              ▲                                                      │
//!              └──────────── the ladder of `recovery` ◀───────────────┘      signed out: over, for ever
//! ```
//!
//! Invariants: at most one ticket is asked for at a time; every pulse is answered at once, by no timer. Not
//! here: what the messages say.

use crate::recovery::pause_ms;
use model::{MonoMillis, ParticipantKey, Ticket};
use protocol::limits::LINE_SILENCE_MS;
use protocol::{AccountRefusal, ErrorCode, LineMessage, LineWord};

/// What happened to the line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LineInput {
    Begin,
    Ticket(Result<Ticket, ErrorCode>),
    Received(LineMessage),
    Closed,
    TimerFired,
    /// The browser says that there is a network again.
    Online,
}

/// What the shell must do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LineEffect {
    AskTicket,
    Open(Ticket),
    Close,
    Say(LineWord),
    /// Fire once after so many milliseconds; the one before is forgotten.
    Wait(u64),
    /// Tell the page what the server says.
    Tell(LineMessage),
    /// Tell the page whether calls reach it.
    Show(Reach),
}

/// Whether calls reach the page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reach {
    Up,
    Down,
    /// Nobody is signed in here any more.
    SignedOut,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Asking,
    Open { heard: MonoMillis },
    Pausing,
    Over,
}

/// The line.
#[derive(Debug)]
pub struct Line {
    /// Spreads the pauses, so that not all pages come back at once.
    seed: ParticipantKey,
    attempt: u32,
    state: State,
}

impl Line {
    /// A line that is not open yet.
    pub const fn new(seed: ParticipantKey) -> Self {
        Self { seed, attempt: 0, state: State::Pausing }
    }

    /// Takes in what happened; says what to do, in this order.
    pub fn handle(&mut self, input: LineInput, now: MonoMillis) -> Vec<LineEffect> {
        match (self.state, input) {
            (State::Pausing, LineInput::Begin | LineInput::TimerFired | LineInput::Online) => {
                self.state = State::Asking;
                vec![LineEffect::AskTicket]
            }
            (State::Asking, LineInput::Ticket(Ok(ticket))) => {
                self.state = State::Open { heard: now };
                vec![LineEffect::Open(ticket), LineEffect::Wait(LINE_SILENCE_MS)]
            }
            (State::Asking, LineInput::Ticket(Err(code))) => self.refused(code),
            (State::Open { .. }, LineInput::Received(message)) => self.receive(message, now),
            (State::Open { .. }, LineInput::Closed) => self.pause(),
            (State::Open { heard }, LineInput::TimerFired) => match now.since(heard) {
                silent if silent < LINE_SILENCE_MS => vec![LineEffect::Wait(LINE_SILENCE_MS - silent)],
                _ => {
                    let mut effects = vec![LineEffect::Close];
                    effects.extend(self.pause());
                    effects
                }
            },
            // What comes too late, or twice, changes nothing.
            (
                State::Asking | State::Open { .. } | State::Pausing | State::Over,
                LineInput::Begin
                | LineInput::Ticket(_)
                | LineInput::Received(_)
                | LineInput::Closed
                | LineInput::TimerFired
                | LineInput::Online,
            ) => Vec::new(),
        }
    }

    fn receive(&mut self, message: LineMessage, now: MonoMillis) -> Vec<LineEffect> {
        self.state = State::Open { heard: now };
        match message {
            LineMessage::Pulse => vec![LineEffect::Say(LineWord::Here)],
            LineMessage::Farewell => {
                self.state = State::Over;
                vec![LineEffect::Close, LineEffect::Show(Reach::SignedOut)]
            }
            LineMessage::Snapshot(_) => {
                self.attempt = 0;
                vec![LineEffect::Tell(message), LineEffect::Show(Reach::Up)]
            }
            LineMessage::Presence { .. } | LineMessage::Call(_) | LineMessage::Ended(_) => {
                vec![LineEffect::Tell(message)]
            }
        }
    }

    fn refused(&mut self, code: ErrorCode) -> Vec<LineEffect> {
        if code == ErrorCode::Account(AccountRefusal::NotSignedIn) {
            self.state = State::Over;
            return vec![LineEffect::Show(Reach::SignedOut)];
        }
        self.pause()
    }

    fn pause(&mut self) -> Vec<LineEffect> {
        self.state = State::Pausing;
        let pause = pause_ms(self.attempt, self.seed);
        self.attempt = self.attempt.saturating_add(1);
        // The first attempt comes at once, and then nobody needs to know.
        let shown = (self.attempt > 1).then_some(LineEffect::Show(Reach::Down));
        shown.into_iter().chain([LineEffect::Wait(pause)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKET: Ticket = Ticket::from_bits(7);

    fn fresh() -> Line {
        Line::new(ParticipantKey::from_bits(1))
    }

    fn opened() -> Line {
        let mut line = fresh();
        assert_eq!(line.handle(LineInput::Begin, MonoMillis(0)), [LineEffect::AskTicket]);
        let effects = line.handle(LineInput::Ticket(Ok(TICKET)), MonoMillis(10));
        assert_eq!(effects, [LineEffect::Open(TICKET), LineEffect::Wait(LINE_SILENCE_MS)]);
        line
    }

    #[test]
    fn a_pulse_is_answered_at_once_and_keeps_the_line() {
        let mut line = opened();
        let pulse = LineInput::Received(LineMessage::Pulse);
        assert_eq!(line.handle(pulse, MonoMillis(15_010)), [LineEffect::Say(LineWord::Here)]);
        let fired = line.handle(LineInput::TimerFired, MonoMillis(45_010));
        assert_eq!(fired, [LineEffect::Wait(15_000)]);
        let fired = line.handle(LineInput::TimerFired, MonoMillis(60_010));
        assert_eq!(fired, [LineEffect::Close, LineEffect::Wait(0)]);
    }

    #[test]
    fn a_line_that_breaks_is_opened_again_by_the_ladder() {
        let mut line = opened();
        assert_eq!(line.handle(LineInput::Closed, MonoMillis(20)), [LineEffect::Wait(0)]);
        assert_eq!(line.handle(LineInput::Closed, MonoMillis(20)), []);
        assert_eq!(line.handle(LineInput::TimerFired, MonoMillis(20)), [LineEffect::AskTicket]);
        let refused = LineInput::Ticket(Err(ErrorCode::Unreachable));
        let effects = line.handle(refused, MonoMillis(30));
        assert!(
            matches!(effects[..], [LineEffect::Show(Reach::Down), LineEffect::Wait(225..=375)]),
            "{effects:?}"
        );
        assert_eq!(line.handle(LineInput::Online, MonoMillis(31)), [LineEffect::AskTicket]);
        assert_eq!(line.handle(LineInput::Online, MonoMillis(32)), [], "one ticket at a time");
    }

    #[test]
    fn whoever_is_signed_out_does_not_come_back() {
        let mut line = opened();
        let effects = line.handle(LineInput::Received(LineMessage::Farewell), MonoMillis(20));
        assert_eq!(effects, [LineEffect::Close, LineEffect::Show(Reach::SignedOut)]);
        for input in [LineInput::Online, LineInput::TimerFired, LineInput::Closed, LineInput::Begin] {
            assert_eq!(line.handle(input, MonoMillis(30)), []);
        }
        let mut line = fresh();
        line.handle(LineInput::Begin, MonoMillis(0));
        let refused = ErrorCode::Account(AccountRefusal::NotSignedIn);
        let effects = line.handle(LineInput::Ticket(Err(refused)), MonoMillis(1));
        assert_eq!(effects, [LineEffect::Show(Reach::SignedOut)]);
    }
}
