//! Versions of the rules: what an event means is what it meant when it was decided.
//!
//! Sessions are played again for years (`anteroom verify-ledger`), and each has to come to what it came to.
//! So every event says by which version it was decided, and whatever works out what events come to asks for
//! it: the settlement ([`Session::settled_by`](super::Session::settled_by)), the ledger
//! ([`postings`](super::postings())) and the orders ([`orders`](super::orders())).
//!
//! | version | since then |
//! |---|---|
//! | 1 | events that name none |
//! | 2 | what was given back by hand of money whose capture failed before closing is not billed; mails tell that money which was kept ready is taken, or gone |
//! | 3 | of money that was kept ready and is gone before anything was taken of it, what it would have paid is billed, however much of something else was given back by hand; the mail says how much is taken |
//!
//! **To change a rule** of these three:
//!
//! 1. Add a version below, with its number and a line above, and make it [`Rules::NEWEST`].
//! 2. Where the rule is, `match` on the version, and leave the old arms as they are.
//! 3. In `tests/rules.rs`, play a history in which the two differ by both.
//!
//! What [`apply`](super::Session::apply) makes of an event changes for no version: it may note more than it
//! did. Commands are decided by the newest rules alone, for nobody decides them again.

/// A version of the rules.
#[derive(
    Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize,
)]
#[serde(into = "u8", try_from = "u8")]
pub enum Rules {
    #[default]
    One,
    Two,
    Three,
}

impl Rules {
    /// By which whatever happens from now on is decided.
    pub const NEWEST: Self = Self::Three;
    /// Every version, from the oldest to the newest.
    pub const ALL: [Self; 3] = [Self::One, Self::Two, Self::Three];

    /// Its number in the database.
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
        }
    }
}

/// A version that this program does not know: a newer one wrote it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("there are no rules {0}")]
pub struct UnknownRules(u8);

impl From<Rules> for u8 {
    fn from(rules: Rules) -> Self {
        rules.number()
    }
}

impl TryFrom<u8> for Rules {
    type Error = UnknownRules;

    fn try_from(number: u8) -> Result<Self, UnknownRules> {
        Self::ALL.into_iter().find(|rules| rules.number() == number).ok_or(UnknownRules(number))
    }
}
