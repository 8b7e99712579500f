//! The terms of an offer in plain words, as the payer reads them before paying.
//!
//! The statement is a row of [`Sentence`]s, so that pages can say each in the reader's language. Consent
//! is given to the [`canonical`] text, which is the English one: the same offer always gives the same
//! text, and two offers that differ for the payer give two texts. Its digest is computed elsewhere.

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
    let mut text = "Terms, form 1\n".to_owned();
    for sentence in statement(offer) {
        text.push_str(&sentence.to_string());
        text.push('\n');
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use crate::offer::{Cancellation, Length, Wait, Wishes};

    fn price(text: &str) -> Price {
        let euro = Currency::parse("EUR").expect("the euro is known");
        Price::parse(text, euro).expect("it is a price")
    }

    fn hour() -> Wishes {
        let length = Length::new(60).expect("an hour is a length");
        Wishes::plain(Access::Fixed { price: price("60"), length })
    }

    #[test]
    fn a_payer_reads_all_that_holds() {
        let offer = Offer::new(hour()).expect("the plain offer fits together");
        assert_eq!(
            canonical(&offer),
            "Terms, form 1\n\
             You pay 60.00 EUR for 60 minutes.\n\
             You pay before you come in.\n\
             Your time starts when you and the host are both in.\n\
             If your connection breaks, your time runs on, and you can come back until it is over without paying again, as long as the host is there.\n\
             When your time is over, the session ends.\n\
             If the host has not come after 15 minutes, you owe nothing.\n\
             If you have not come after 15 minutes, you owe the full price.\n\
             If neither has come after 15 minutes, you owe nothing.\n\
             If the host cancels, you owe nothing.\n\
             If the host plans it for another time, you owe nothing if you cancel before it begins or do not come.\n\
             If you cancel at least 24 hours before, you owe nothing.\n\
             If you cancel later than that, you owe the full price.\n\
             If you are in and the host has been away for two minutes after the planned start, you can cancel and owe nothing.\n\
             If no time was planned, you can cancel until it begins and owe nothing.\n\
             What you paid beyond what you owe goes back to you.\n\
             If the host ends early, you do not owe the missing time if it is more than two minutes, and nothing at all if it was less than a minute until then.\n"
        );
    }

    #[test]
    fn without_a_step_nothing_goes_back_for_cancelling() {
        let never = Cancellation::new(Vec::new()).expect("no steps are in order");
        let offer = Offer::new(Wishes { cancellation: never, ..hour() }).expect("the offer fits together");
        let said = statement(&offer);
        assert!(said.contains(&Sentence::NoCancelling) && !said.contains(&Sentence::CancelLater));
    }

    #[test]
    fn a_digest_survives_text() {
        let digest = TermsDigest(std::array::from_fn(|place| u8::try_from(place * 8).unwrap_or(0)));
        assert_eq!(digest.to_hex().parse(), Ok(digest));
        for text in ["", "0", &"g".repeat(64), &"é".repeat(32), &"0".repeat(65)] {
            assert_eq!(text.parse::<TermsDigest>(), Err(DigestError), "{text}");
        }
    }

    #[test]
    fn other_terms_are_another_text() {
        let text = |wishes| canonical(&Offer::new(wishes).expect("the offer fits together"));
        let free = Wait::new(5).expect("five minutes are a wait");
        let others = [
            hour(),
            Wishes { overrun: Overrun::RunOn { free }, ..hour() },
            Wishes { start: SlotStart::Planned, ..hour() },
            Wishes { point: Point::After, ..hour() },
            Wishes::plain(Access::PerCall { price: price("60") }),
            Wishes::plain(Access::Free),
        ];
        let texts: std::collections::BTreeSet<_> = others.into_iter().map(text).collect();
        assert_eq!(texts.len(), 6);
    }
}
