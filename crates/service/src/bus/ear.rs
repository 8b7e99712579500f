//! What a listener makes of numbered parcels of which some are missing.
//!
//! | state | a parcel in order | one after a gap | one that stands alone |
//! |---|---|---|---|
//! | in step | heard | withheld; ask for everything | heard |
//! | behind | withheld | withheld | heard, and in step again |
//!
//! The answer to a ping stands alone without telling anything: it is always heard, and whoever is still
//! behind then asks once more, because the first question or its answer may be lost too. So a lost parcel
//! is made up for after one round of pings at the latest, even if it was the last one.
//!
//! Not here: the line, and the question.

use super::Parcel;
use protocol::ServerMessage;

/// The state of one listener.
#[derive(Debug, Default)]
pub struct Ear {
    /// The number of the newest parcel.
    newest: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum State {
    #[default]
    InStep,
    Behind {
        asked: bool,
    },
}

/// What becomes of a parcel.
#[derive(Debug, PartialEq)]
pub enum Heard {
    Message(ServerMessage),
    /// It depends on one that is missing, or came too late.
    Nothing,
}

/// What a message needs of those before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// All of them.
    Change,
    /// None: it says everything, as far as its listener may know it.
    Whole,
    /// None, but it says nothing of the others.
    Sign,
}

impl Ear {
    /// Takes a parcel in.
    pub fn hear(&mut self, parcel: Parcel) -> Heard {
        if parcel.sequence <= self.newest {
            return Heard::Nothing;
        }
        let kind = kind(&parcel.message);
        if parcel.sequence != self.newest + 1 && self.state == State::InStep {
            self.state = State::Behind { asked: false };
        }
        self.newest = parcel.sequence;
        match (kind, self.state) {
            (Kind::Whole, _) => self.state = State::InStep,
            (Kind::Sign, State::Behind { .. }) => self.state = State::Behind { asked: false },
            (Kind::Change, State::Behind { .. }) => return Heard::Nothing,
            (Kind::Change | Kind::Sign, State::InStep) => {}
        }
        Heard::Message(parcel.message)
    }

    /// Whether everything must be asked for.
    pub fn must_ask(&self) -> bool {
        self.state == State::Behind { asked: false }
    }

    /// Takes note that it was.
    pub fn asked(&mut self) {
        self.state = State::Behind { asked: true };
    }
}

const fn kind(message: &ServerMessage) -> Kind {
    match message {
        ServerMessage::Change { .. } => Kind::Change,
        ServerMessage::Snapshot(_)
        | ServerMessage::Waiting { .. }
        | ServerMessage::Admitted
        | ServerMessage::Farewell(_) => Kind::Whole,
        ServerMessage::Pong => Kind::Sign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Change, Farewell};

    const CHANGE: ServerMessage = ServerMessage::Change { revision: 0, change: Change::Speaking(Vec::new()) };

    /// What is heard of parcels with these numbers, and whether everything must be asked for after each.
    fn heard(ear: &mut Ear, parcels: &[(u64, ServerMessage)]) -> Vec<(bool, bool)> {
        let hear = |(sequence, message): &(u64, ServerMessage)| {
            let heard = ear.hear(Parcel { sequence: *sequence, message: message.clone() });
            let asks = ear.must_ask();
            if asks {
                ear.asked();
            }
            (heard == Heard::Message(message.clone()), asks)
        };
        parcels.iter().map(hear).collect()
    }

    #[test]
    fn parcels_in_order_are_heard() {
        let parcels = [(1, ServerMessage::Admitted), (2, CHANGE), (3, ServerMessage::Pong), (4, CHANGE)];
        assert_eq!(heard(&mut Ear::default(), &parcels), [(true, false); 4]);
    }

    #[test]
    fn a_gap_is_asked_about_once_and_withholds_changes_until_all_is_told() {
        let parcels = [(1, CHANGE), (3, CHANGE), (4, CHANGE), (6, ServerMessage::Admitted), (7, CHANGE)];
        let expected = [(true, false), (false, true), (false, false), (true, false), (true, false)];
        assert_eq!(heard(&mut Ear::default(), &parcels), expected);
    }

    #[test]
    fn whoever_is_behind_asks_again_with_every_sign_of_life() {
        let parcels = [(2, ServerMessage::Pong), (3, CHANGE), (4, ServerMessage::Pong), (5, CHANGE)];
        let expected = [(true, true), (false, false), (true, true), (false, false)];
        assert_eq!(heard(&mut Ear::default(), &parcels), expected);
    }

    #[test]
    fn a_question_that_could_not_be_asked_is_asked_with_the_next_parcel() {
        let mut ear = Ear::default();
        for sequence in [2, 3] {
            ear.hear(Parcel { sequence, message: CHANGE });
            assert!(ear.must_ask());
        }
    }

    #[test]
    fn what_comes_twice_or_late_is_not_heard() {
        let farewell = ServerMessage::Farewell(Farewell::Removed);
        let parcels = [(1, CHANGE), (1, CHANGE), (3, farewell), (2, CHANGE)];
        let expected = [(true, false), (false, false), (true, false), (false, false)];
        assert_eq!(heard(&mut Ear::default(), &parcels), expected);
    }
}
