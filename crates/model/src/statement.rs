//! The terms of an offer in plain words, as the payer reads them before paying.
//!
//! The statement is a row of [`Sentence`]s, and [`in_language`] says each in the reader's language. Consent
//! is given to the [`canonical`] text, which is the English one: the same offer always gives the same
//! text, and two offers that differ for the payer give two texts. Its digest is computed elsewhere. A pack of
//! minutes is bought by itself, and has a statement of its own ([`of_pack`]).

mod german;
#[cfg(test)]
mod tests;

use crate::money::{Permille, Price};
use crate::offer::{Access, Offer, Overrun, Pack, Point, SlotStart};
use std::fmt;
use std::str::FromStr;

/// The SHA-256 of a canonical text.
#[derive(Clone, Copy, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TermsDigest(pub [u8; 32]);

/// The text was not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a digest is 64 hexadecimal digits")]
pub struct DigestError;

/// One thing that holds, with its numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sentence {
    Free,
    Fixed { price: Price, minutes: u16 },
    PerCall { price: Price },
    Prepaid { minutes_most: u16 },
    Pack { minutes: u16, price: Price },
    PayBefore,
    PayAfter,
    Extension { price: Price, minutes: u16 },
    StartsAsPlanned,
    StartsWhenBothAreIn,
    FixedTimeRuns,
    MinutesPause,
    AbsenceEnds,
    HostNoShow { wait_minutes: u16, refund: Permille },
    PayerNoShow { wait_minutes: u16, refund: Permille },
    NobodyShows { wait_minutes: u16, refund: Permille },
    HostEndsEarly,
    ShortCallIsFree,
    EndsOnTime,
    RunsOn { free_minutes: u16 },
    WaitsForExtension,
    CancelUntil { hours: u16, refund: Permille },
    CancelLater,
    CancelAnyTime,
    HostIsLate { refund: Permille },
    NoCancelling,
    HostCancels,
    HostMoves,
    SurplusReturns,
    UnusedMinutesReturn,
    PackIsPaidFirst,
    PackCountsTogether,
    PackKeeps,
    PackMoneyStays,
    PackNeedsAccounts,
    PackInDispute,
}

/// The languages besides English in which every sentence is said (BCP 47).
pub const TRANSLATIONS: [&str; 1] = ["de"];

/// The sentences in one of [`TRANSLATIONS`]; nothing in English, whose text is the canonical one.
pub fn in_language(sentences: &[Sentence], lang: &str) -> Option<Vec<String>> {
    (lang == TRANSLATIONS[0]).then(|| sentences.iter().map(german::say).collect())
}

/// Everything that holds for an offer, in the order in which it is read.
pub fn statement(offer: &Offer) -> Vec<Sentence> {
    let mut said = cost(offer);
    match offer.parts().access {
        Access::Free => {}
        Access::Fixed { .. } => {
            said.push(match offer.parts().start {
                SlotStart::Planned => Sentence::StartsAsPlanned,
                SlotStart::BothIn => Sentence::StartsWhenBothAreIn,
            });
            said.push(Sentence::FixedTimeRuns);
            said.push(overrun(offer));
            said.extend(otherwise(offer));
            said.push(Sentence::HostEndsEarly);
        }
        Access::PerCall { .. } => {
            said.push(Sentence::AbsenceEnds);
            said.extend(otherwise(offer));
            said.push(Sentence::ShortCallIsFree);
        }
        Access::Prepaid { .. } => {
            said.push(Sentence::MinutesPause);
            said.push(overrun(offer));
            said.push(Sentence::UnusedMinutesReturn);
        }
    }
    said
}

/// The text to which a payer consents.
pub fn canonical(offer: &Offer) -> String {
    written("Terms, form 1\n", &statement(offer))
}

/// Everything that holds for a pack of minutes, in the order in which it is read.
pub fn of_pack(pack: Pack) -> Vec<Sentence> {
    vec![
        Sentence::Pack { minutes: pack.minutes, price: pack.price },
        Sentence::PackIsPaidFirst,
        Sentence::PackCountsTogether,
        Sentence::PackKeeps,
        Sentence::PackMoneyStays,
        Sentence::PackNeedsAccounts,
        Sentence::PackInDispute,
    ]
}

/// The text to which the buyer of a pack consents.
pub fn canonical_pack(pack: Pack) -> String {
    written("Pack, form 1\n", &of_pack(pack))
}

/// The first line names the form of the text.
fn written(form: &str, sentences: &[Sentence]) -> String {
    let said = sentences.iter().map(|sentence| format!("{sentence}\n"));
    [form.to_owned()].into_iter().chain(said).collect()
}

/// What it costs, and when it is paid.
fn cost(offer: &Offer) -> Vec<Sentence> {
    let mut said = match &offer.parts().access {
        Access::Free => vec![Sentence::Free],
        Access::Fixed { price, length } => vec![Sentence::Fixed { price: *price, minutes: length.count() }],
        Access::PerCall { price } => vec![Sentence::PerCall { price: *price }],
        Access::Prepaid { packs, most } => {
            let pack = |pack: &Pack| Sentence::Pack { minutes: pack.minutes, price: pack.price };
            let first = Sentence::Prepaid { minutes_most: most.count() };
            [first].into_iter().chain(packs.list().iter().map(pack)).collect()
        }
    };
    if offer.price().is_some() {
        match offer.parts().point {
            Point::Before => said.push(Sentence::PayBefore),
            Point::During { price, length } => {
                said.push(Sentence::PayBefore);
                said.push(Sentence::Extension { price, minutes: length.count() });
            }
            Point::After => said.push(Sentence::PayAfter),
        }
    }
    said
}

fn overrun(offer: &Offer) -> Sentence {
    match offer.parts().overrun {
        Overrun::Close => Sentence::EndsOnTime,
        Overrun::RunOn { free } => Sentence::RunsOn { free_minutes: free.count() },
        Overrun::Extension => Sentence::WaitsForExtension,
    }
}

/// What goes back if somebody does not come, or cancels.
fn otherwise(offer: &Offer) -> Vec<Sentence> {
    let no_show = offer.parts().no_show;
    let wait_minutes = no_show.wait.count();
    let steps = offer.parts().cancellation.steps();
    let mut said = vec![
        Sentence::HostNoShow { wait_minutes, refund: no_show.host },
        Sentence::PayerNoShow { wait_minutes, refund: no_show.payer },
        Sentence::NobodyShows { wait_minutes, refund: no_show.both },
        Sentence::HostCancels,
        Sentence::HostMoves,
    ];
    said.extend(steps.iter().map(|step| Sentence::CancelUntil { hours: step.hours, refund: step.refund }));
    said.push(if steps.is_empty() { Sentence::NoCancelling } else { Sentence::CancelLater });
    let host_is_late = Sentence::HostIsLate { refund: no_show.host };
    said.extend([host_is_late, Sentence::CancelAnyTime, Sentence::SurplusReturns]);
    said
}

// Texts that would not fit a line below.
const STARTS_AS_PLANNED: &str = "Your time starts as planned, also if you come late; what you miss because the host is late is not owed if it is more than two minutes.";
const FIXED_TIME_RUNS: &str = "If your connection breaks, your time runs on, and you can come back until it is over without paying again, as long as the host is there.";
const MINUTES_PAUSE: &str = "Minutes count only while you and the host are both in; if one of you is away for two minutes, the session ends.";
const HOST_ENDS_EARLY: &str = "If the host ends early, you do not owe the missing time if it is more than two minutes, and nothing at all if it was less than a minute until then.";
const HOST_MOVES: &str =
    "If the host plans it for another time, you owe nothing if you cancel before it begins or do not come.";
const NO_CANCELLING: &str = "For cancelling a planned session nothing goes back; you owe the full price.";
const WAITS_FOR_EXTENSION: &str =
    "When your time is over, the session ends unless you add time within two minutes.";
const PACK_COUNTS_TOGETHER: &str = "They hold in every room of this host that is paid with minutes, and count only while you and the host are both in.";
const PACK_MONEY_STAYS: &str = "Money for minutes that you have not used goes back only if the host, or whoever runs this server, gives it back.";
const PACK_NEEDS_ACCOUNTS: &str =
    "If your account or the host's is deleted, you cannot use the minutes that are left any more.";
const PACK_IN_DISPUTE: &str =
    "While a bank has taken the price back, you cannot use the minutes that are left of it.";

impl fmt::Display for Sentence {
    /// The English text; the only one to which consent is given.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Free => f.write_str("This session is free."),
            Self::Fixed { price, minutes } => write!(f, "You pay {price} for {minutes} minutes."),
            Self::PerCall { price } => write!(f, "You pay {price} for one call, however long it lasts."),
            Self::Prepaid { minutes_most } => write!(
                f,
                "You pay with minutes that you bought before, by the millisecond, at most {minutes_most} for this session."
            ),
            Self::Pack { minutes, price } => write!(f, "{minutes} minutes cost {price}."),
            Self::PayBefore => f.write_str("You pay before you come in."),
            Self::PayAfter => f.write_str("You pay when the session is over."),
            Self::Extension { price, minutes } => write!(
                f,
                "During the session you can add {minutes} minutes for {price}, each time by a click of your own."
            ),
            Self::StartsAsPlanned => f.write_str(STARTS_AS_PLANNED),
            Self::StartsWhenBothAreIn => f.write_str("Your time starts when you and the host are both in."),
            Self::FixedTimeRuns => f.write_str(FIXED_TIME_RUNS),
            Self::MinutesPause => f.write_str(MINUTES_PAUSE),
            Self::AbsenceEnds => f.write_str("If one of you is away for two minutes, the call ends."),
            Self::HostNoShow { wait_minutes, refund } => {
                write!(f, "If the host has not come after {wait_minutes} minutes, you owe {}.", owed(*refund))
            }
            Self::PayerNoShow { wait_minutes, refund } => {
                write!(f, "If you have not come after {wait_minutes} minutes, you owe {}.", owed(*refund))
            }
            Self::NobodyShows { wait_minutes, refund } => {
                write!(f, "If neither has come after {wait_minutes} minutes, you owe {}.", owed(*refund))
            }
            Self::HostEndsEarly => f.write_str(HOST_ENDS_EARLY),
            Self::ShortCallIsFree => {
                f.write_str("If the host ends the call within its first minute, it costs nothing.")
            }
            Self::EndsOnTime => f.write_str("When your time is over, the session ends."),
            Self::RunsOn { free_minutes } => {
                write!(
                    f,
                    "When your time is over, the session goes on for up to {free_minutes} minutes in all for free."
                )
            }
            Self::WaitsForExtension => f.write_str(WAITS_FOR_EXTENSION),
            Self::CancelUntil { hours, refund } => {
                write!(f, "If you cancel at least {hours} hours before, you owe {}.", owed(*refund))
            }
            Self::CancelLater => f.write_str("If you cancel later than that, you owe the full price."),
            Self::NoCancelling => f.write_str(NO_CANCELLING),
            Self::HostIsLate { refund } => write!(
                f,
                "If you are in and the host has been away for two minutes after the planned start, you can cancel and owe {}.",
                owed(*refund)
            ),
            Self::CancelAnyTime => {
                f.write_str("If no time was planned, you can cancel until it begins and owe nothing.")
            }
            Self::HostCancels => f.write_str("If the host cancels, you owe nothing."),
            Self::HostMoves => f.write_str(HOST_MOVES),
            Self::SurplusReturns => f.write_str("What you paid beyond what you owe goes back to you."),
            Self::UnusedMinutesReturn => f.write_str("Minutes that you did not use stay yours."),
            about_pack => f.write_str(about_pack.of_a_pack()),
        }
    }
}

impl Sentence {
    /// The English text of what holds for a pack beside its price.
    const fn of_a_pack(self) -> &'static str {
        match self {
            Self::PackIsPaidFirst => "You pay now, and the minutes are yours once the money is there.",
            Self::PackCountsTogether => PACK_COUNTS_TOGETHER,
            Self::PackKeeps => "Minutes do not expire.",
            Self::PackMoneyStays => PACK_MONEY_STAYS,
            Self::PackNeedsAccounts => PACK_NEEDS_ACCOUNTS,
            // The others have texts above.
            _ => PACK_IN_DISPUTE,
        }
    }
}

/// What is owed of a price of which a share goes back.
fn owed(refund: Permille) -> String {
    match refund.rest() {
        Permille::NONE => "nothing".to_owned(),
        Permille::ALL => "the full price".to_owned(),
        some => format!("{some} of the price"),
    }
}

impl TermsDigest {
    /// The digest as hexadecimal digits.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl FromStr for TermsDigest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(DigestError);
        }
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            let digits = &text[2 * place..2 * place + 2];
            *byte = u8::from_str_radix(digits, 16).map_err(|_| DigestError)?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for TermsDigest {
    type Error = DigestError;

    fn try_from(text: String) -> Result<Self, DigestError> {
        text.parse()
    }
}

impl From<TermsDigest> for String {
    fn from(digest: TermsDigest) -> Self {
        digest.to_hex()
    }
}

impl fmt::Debug for TermsDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TermsDigest({})", self.to_hex())
    }
}
