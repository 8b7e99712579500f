//! Where a checkout is, at whichever processor.

/// Where a checkout is, as far as its session was told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    Open,
    Paid,
    /// It expired, was cancelled, or is of no use any more.
    Ended,
}

impl State {
    /// The word of a column.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Ended => "ended",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Paid, Self::Ended].into_iter().find(|state| state.word() == word)
    }
}
