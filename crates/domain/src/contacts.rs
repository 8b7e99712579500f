//! Contacts: who may ask whom, and what asking means.
//!
//! ```text
//! stranger ──ask──▶ asked ──accept──▶ contact          both of them, or neither
//!     ▲               └─decline, withdraw─▶ stranger
//!     └── remove ── contact             blocked: whatever there was is gone, and nothing comes of asking
//! ```
//!
//! Two people are contacts because one asked and the other said yes; who asks somebody that has asked them
//! says yes by it. Not here: who knows whose link, and how often somebody may ask.

use crate::limits::{CONTACT_REQUESTS, CONTACTS};

/// What there is between two people, as one of them sees it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Relation {
    Stranger,
    /// I asked, and wait for the answer.
    Asked,
    /// They asked me.
    AsksMe,
    Contact,
    /// I blocked them.
    Blocked,
    /// They blocked me. Nobody is told.
    BlockedMe,
    /// It is I.
    Myself,
}

/// How much there is already.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// My contacts, and theirs.
    pub contacts: (u64, u64),
    /// How many answers I wait for, and how many people wait for theirs.
    pub requests: (u64, u64),
}

/// What comes of asking.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Asking {
    /// The other is told, and decides.
    Ask,
    /// Both have asked: they are contacts.
    Accept,
    /// There is nothing to do.
    Done,
}

/// Why nothing comes of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("the link leads to nobody")]
    LinkUnknown,
    #[error("the link is one's own")]
    Yourself,
    #[error("the asker has blocked the other")]
    Blocked,
    #[error("one of the two has as many contacts as an account may have")]
    TooManyContacts,
    #[error("too many requests wait already")]
    TooManyRequests,
}

/// Says what asking means.
pub fn ask(relation: Relation, counts: Counts) -> Result<Asking, Refusal> {
    match relation {
        Relation::Myself => Err(Refusal::Yourself),
        Relation::BlockedMe => Err(Refusal::LinkUnknown),
        Relation::Blocked => Err(Refusal::Blocked),
        Relation::Asked | Relation::Contact => Ok(Asking::Done),
        Relation::AsksMe => accept(counts).map(|()| Asking::Accept),
        Relation::Stranger => {
            let (mine, theirs) = counts.requests;
            if mine >= CONTACT_REQUESTS || theirs >= CONTACT_REQUESTS {
                return Err(Refusal::TooManyRequests);
            }
            accept(counts).map(|()| Asking::Ask)
        }
    }
}

/// Whether both have room for one more contact.
pub const fn accept(counts: Counts) -> Result<(), Refusal> {
    let (mine, theirs) = counts.contacts;
    if mine >= CONTACTS || theirs >= CONTACTS { Err(Refusal::TooManyContacts) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_becomes_a_contact_without_having_asked_or_said_yes() {
        let asked = |relation| ask(relation, Counts::default());
        assert_eq!(asked(Relation::Stranger), Ok(Asking::Ask));
        assert_eq!(asked(Relation::AsksMe), Ok(Asking::Accept));
        assert_eq!(asked(Relation::Asked), Ok(Asking::Done));
        assert_eq!(asked(Relation::Contact), Ok(Asking::Done));
    }

    #[test]
    fn who_is_blocked_learns_no_more_than_that_the_link_is_worthless() {
        assert_eq!(ask(Relation::BlockedMe, Counts::default()), Err(Refusal::LinkUnknown));
        assert_eq!(ask(Relation::Blocked, Counts::default()), Err(Refusal::Blocked));
        assert_eq!(ask(Relation::Myself, Counts::default()), Err(Refusal::Yourself));
    }

    #[test]
    fn lists_have_an_end_on_both_sides() {
        for contacts in [(CONTACTS, 0), (0, CONTACTS)] {
            let counts = Counts { contacts, ..Counts::default() };
            assert_eq!(ask(Relation::Stranger, counts), Err(Refusal::TooManyContacts));
            assert_eq!(ask(Relation::AsksMe, counts), Err(Refusal::TooManyContacts));
        }
        for requests in [(CONTACT_REQUESTS, 0), (0, CONTACT_REQUESTS)] {
            let counts = Counts { requests, ..Counts::default() };
            assert_eq!(ask(Relation::Stranger, counts), Err(Refusal::TooManyRequests));
            assert_eq!(
                ask(Relation::AsksMe, counts),
                Ok(Asking::Accept),
                "saying yes makes the list shorter"
            );
        }
    }
}
