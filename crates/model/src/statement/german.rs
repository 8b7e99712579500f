//! The same sentences in German, for whoever reads German. They say what the English ones say, to which
//! consent is given.

use super::Sentence;
use crate::money::Permille;

// Texts that would not fit a line below.
const STARTS_AS_PLANNED: &str = "Ihre Zeit beginnt wie geplant, auch wenn Sie zu spät kommen; was Sie versäumen, weil der Gastgeber zu spät kommt, schulden Sie nicht, wenn es mehr als zwei Minuten sind.";
const FIXED_TIME_RUNS: &str = "Wenn Ihre Verbindung abbricht, läuft Ihre Zeit weiter, und Sie können bis zu ihrem Ende zurückkommen, ohne noch einmal zu zahlen, solange der Gastgeber da ist.";
const MINUTES_PAUSE: &str = "Minuten zählen nur, solange Sie und der Gastgeber beide da sind; ist einer von Ihnen beiden zwei Minuten lang fort, endet die Sitzung.";
const HOST_ENDS_EARLY: &str = "Wenn der Gastgeber früher aufhört, schulden Sie die fehlende Zeit nicht, wenn es mehr als zwei Minuten sind, und gar nichts, wenn es bis dahin weniger als eine Minute war.";
const SHORT_CALL_IS_FREE: &str =
    "Wenn der Gastgeber das Gespräch in der ersten Minute beendet, kostet es nichts.";
const HOST_MOVES: &str = "Wenn der Gastgeber die Sitzung auf eine andere Zeit legt, schulden Sie nichts, wenn Sie absagen, bevor sie beginnt, oder nicht kommen.";
const NO_CANCELLING: &str =
    "Wenn Sie eine geplante Sitzung absagen, geht nichts zurück; Sie schulden den vollen Preis.";
const WAITS_FOR_EXTENSION: &str = "Wenn Ihre Zeit vorbei ist, endet die Sitzung, falls Sie nicht innerhalb von zwei Minuten Zeit hinzufügen.";
const CANCEL_ANY_TIME: &str =
    "Wenn keine Zeit geplant war, können Sie bis zum Beginn absagen und schulden nichts.";
const SURPLUS_RETURNS: &str = "Was Sie mehr gezahlt haben, als Sie schulden, geht an Sie zurück.";
const PACK_IS_PAID_FIRST: &str =
    "Sie zahlen jetzt, und die Minuten gehören Ihnen, sobald das Geld eingegangen ist.";
const PACK_COUNTS_TOGETHER: &str = "Sie gelten in jedem Raum dieses Gastgebers, der mit Minuten bezahlt wird, und zählen nur, solange Sie und der Gastgeber beide da sind.";
const PACK_MONEY_STAYS: &str = "Geld für Minuten, die Sie nicht verbraucht haben, geht nur zurück, wenn der Gastgeber oder der Betreiber dieses Servers es zurückgibt.";
const PACK_NEEDS_ACCOUNTS: &str =
    "Wird Ihr Konto oder das des Gastgebers gelöscht, können Sie die übrigen Minuten nicht mehr verwenden.";
const PACK_IN_DISPUTE: &str =
    "Solange eine Bank den Preis zurückgeholt hat, können Sie die davon übrigen Minuten nicht verwenden.";

/// What a sentence says.
pub(super) fn say(sentence: &Sentence) -> String {
    match *sentence {
        Sentence::Free => "Diese Sitzung ist kostenlos.".to_owned(),
        Sentence::Fixed { price, minutes } => format!("Sie zahlen {price} für {}.", count(minutes)),
        Sentence::PerCall { price } => {
            format!("Sie zahlen {price} für ein Gespräch, wie lange es auch dauert.")
        }
        Sentence::Prepaid { minutes_most } => format!(
            "Sie zahlen mit Minuten, die Sie zuvor gekauft haben, auf die Millisekunde genau, höchstens {minutes_most} für diese Sitzung."
        ),
        Sentence::Pack { minutes: 1, price } => format!("1 Minute kostet {price}."),
        Sentence::Pack { minutes, price } => format!("{minutes} Minuten kosten {price}."),
        Sentence::PayBefore => "Sie zahlen, bevor Sie hereinkommen.".to_owned(),
        Sentence::PayAfter => "Sie zahlen, wenn die Sitzung vorbei ist.".to_owned(),
        Sentence::Extension { price, minutes } => format!(
            "Während der Sitzung können Sie {} für {price} hinzufügen, jedes Mal mit einem eigenen Klick.",
            count(minutes)
        ),
        Sentence::StartsAsPlanned => STARTS_AS_PLANNED.to_owned(),
        Sentence::StartsWhenBothAreIn => {
            "Ihre Zeit beginnt, wenn Sie und der Gastgeber beide da sind.".to_owned()
        }
        Sentence::FixedTimeRuns => FIXED_TIME_RUNS.to_owned(),
        Sentence::MinutesPause => MINUTES_PAUSE.to_owned(),
        Sentence::AbsenceEnds => {
            "Ist einer von Ihnen beiden zwei Minuten lang fort, endet das Gespräch.".to_owned()
        }
        Sentence::HostEndsEarly => HOST_ENDS_EARLY.to_owned(),
        Sentence::ShortCallIsFree => SHORT_CALL_IS_FREE.to_owned(),
        Sentence::EndsOnTime => "Wenn Ihre Zeit vorbei ist, endet die Sitzung.".to_owned(),
        Sentence::RunsOn { free_minutes } => format!(
            "Wenn Ihre Zeit vorbei ist, geht die Sitzung insgesamt bis zu {} kostenlos weiter.",
            count(free_minutes)
        ),
        Sentence::WaitsForExtension => WAITS_FOR_EXTENSION.to_owned(),
        Sentence::SurplusReturns => SURPLUS_RETURNS.to_owned(),
        Sentence::UnusedMinutesReturn => "Minuten, die Sie nicht verbraucht haben, bleiben Ihre.".to_owned(),
        Sentence::PackIsPaidFirst => PACK_IS_PAID_FIRST.to_owned(),
        Sentence::PackCountsTogether => PACK_COUNTS_TOGETHER.to_owned(),
        Sentence::PackKeeps => "Minuten verfallen nicht.".to_owned(),
        Sentence::PackMoneyStays => PACK_MONEY_STAYS.to_owned(),
        Sentence::PackNeedsAccounts => PACK_NEEDS_ACCOUNTS.to_owned(),
        Sentence::PackInDispute => PACK_IN_DISPUTE.to_owned(),
        Sentence::HostNoShow { .. }
        | Sentence::PayerNoShow { .. }
        | Sentence::NobodyShows { .. }
        | Sentence::CancelUntil { .. }
        | Sentence::CancelLater
        | Sentence::CancelAnyTime
        | Sentence::HostIsLate { .. }
        | Sentence::NoCancelling
        | Sentence::HostCancels
        | Sentence::HostMoves => otherwise(sentence),
    }
}

/// What goes back if somebody does not come, or cancels.
fn otherwise(sentence: &Sentence) -> String {
    match *sentence {
        Sentence::HostNoShow { wait_minutes, refund } => format!(
            "Ist der Gastgeber nach {} nicht gekommen, schulden Sie {}.",
            count(wait_minutes),
            owed(refund)
        ),
        Sentence::PayerNoShow { wait_minutes, refund } => {
            format!("Sind Sie nach {} nicht gekommen, schulden Sie {}.", count(wait_minutes), owed(refund))
        }
        Sentence::NobodyShows { wait_minutes, refund } => format!(
            "Ist nach {} keiner von beiden gekommen, schulden Sie {}.",
            count(wait_minutes),
            owed(refund)
        ),
        Sentence::CancelUntil { hours, refund } => {
            let hours = if hours == 1 { "eine Stunde".to_owned() } else { format!("{hours} Stunden") };
            format!("Wenn Sie mindestens {hours} vorher absagen, schulden Sie {}.", owed(refund))
        }
        Sentence::CancelLater => "Wenn Sie später absagen, schulden Sie den vollen Preis.".to_owned(),
        Sentence::CancelAnyTime => CANCEL_ANY_TIME.to_owned(),
        Sentence::HostIsLate { refund } => format!(
            "Wenn Sie da sind und der Gastgeber nach dem geplanten Beginn zwei Minuten lang fort war, können Sie absagen und schulden {}.",
            owed(refund)
        ),
        Sentence::NoCancelling => NO_CANCELLING.to_owned(),
        Sentence::HostCancels => "Wenn der Gastgeber absagt, schulden Sie nichts.".to_owned(),
        _ => HOST_MOVES.to_owned(),
    }
}

fn count(minutes: u16) -> String {
    if minutes == 1 { "1 Minute".to_owned() } else { format!("{minutes} Minuten") }
}

/// What is owed of a price of which a share goes back.
fn owed(refund: Permille) -> String {
    match refund.rest() {
        Permille::NONE => "nichts".to_owned(),
        Permille::ALL => "den vollen Preis".to_owned(),
        some => format!("{some} des Preises").replacen('.', ",", 1),
    }
}
