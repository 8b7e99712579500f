//! Why somebody reports a stranger whom they met. What they write about it is a
//! [`Complaint`](crate::Complaint).

/// Why somebody reports whom they met.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReportReason {
    /// Nakedness, or what leads there.
    Sexual,
    /// Threats, hatred, harassment.
    Abuse,
    /// Somebody who is too young to be here.
    Minor,
    /// Advertisement, fraud, a recording instead of a person.
    Spam,
    Other,
}

impl ReportReason {
    /// Every reason, in the order in which people are asked.
    pub const ALL: [Self; 5] = [Self::Sexual, Self::Abuse, Self::Minor, Self::Spam, Self::Other];

    /// The word by which it is stored and sent.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sexual => "sexual",
            Self::Abuse => "abuse",
            Self::Minor => "minor",
            Self::Spam => "spam",
            Self::Other => "other",
        }
    }

    /// Reads a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}
