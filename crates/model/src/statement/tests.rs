//! What is said, word for word, in every language.

use super::*;
use crate::money::Currency;
use crate::offer::{Cancellation, Length, Wait, Wishes};
use expect_test::{Expect, expect};

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

/// One of each, with numbers of which both languages have something to make.
fn every_sentence() -> Vec<Sentence> {
    let (price, some) = (price("12.50"), Permille::new(125).expect("an eighth"));
    let (wait_minutes, minutes) = (1, 30);
    vec![
        Sentence::Free,
        Sentence::Fixed { price, minutes },
        Sentence::PerCall { price },
        Sentence::Prepaid { minutes_most: 60 },
        Sentence::Pack { minutes, price },
        Sentence::Pack { minutes: 1, price },
        Sentence::PayBefore,
        Sentence::PayAfter,
        Sentence::Extension { price, minutes },
        Sentence::StartsAsPlanned,
        Sentence::StartsWhenBothAreIn,
        Sentence::FixedTimeRuns,
        Sentence::MinutesPause,
        Sentence::AbsenceEnds,
        Sentence::HostNoShow { wait_minutes: 15, refund: Permille::ALL },
        Sentence::PayerNoShow { wait_minutes, refund: Permille::NONE },
        Sentence::NobodyShows { wait_minutes: 15, refund: some },
        Sentence::HostEndsEarly,
        Sentence::ShortCallIsFree,
        Sentence::EndsOnTime,
        Sentence::RunsOn { free_minutes: 5 },
        Sentence::WaitsForExtension,
        Sentence::CancelUntil { hours: 24, refund: Permille::ALL },
        Sentence::CancelUntil { hours: 1, refund: some },
        Sentence::CancelLater,
        Sentence::CancelAnyTime,
        Sentence::HostIsLate { refund: Permille::ALL },
        Sentence::NoCancelling,
        Sentence::HostCancels,
        Sentence::HostMoves,
        Sentence::SurplusReturns,
        Sentence::UnusedMinutesReturn,
        Sentence::PackIsPaidFirst,
        Sentence::PackCountsTogether,
        Sentence::PackKeeps,
        Sentence::PackMoneyStays,
        Sentence::PackNeedsAccounts,
        Sentence::PackInDispute,
    ]
}

#[test]
fn no_sentence_is_missing_below() {
    let source = include_str!("../statement.rs");
    let (_, list) = source.split_once("pub enum Sentence {").expect("the list is there");
    let (list, _) = list.split_once("\n}").expect("the list ends");
    let name = |line: &str| line.trim().split([' ', ',', '(']).next().unwrap_or_default().to_owned();
    let listed: std::collections::BTreeSet<_> = list.lines().skip(1).map(name).collect();
    let shown = every_sentence().iter().map(|sentence| name(&format!("{sentence:?}"))).collect();
    assert_eq!(listed, shown);
}

fn check(said: Vec<String>, expected: &Expect) {
    let lines = said.into_iter().map(|sentence| sentence + "\n");
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn every_sentence_in_english() {
    check(
        every_sentence().iter().map(ToString::to_string).collect(),
        &expect![[r#"
        This session is free.
        You pay 12.50 EUR for 30 minutes.
        You pay 12.50 EUR for one call, however long it lasts.
        You pay with minutes that you bought before, by the millisecond, at most 60 for this session.
        30 minutes cost 12.50 EUR.
        1 minutes cost 12.50 EUR.
        You pay before you come in.
        You pay when the session is over.
        During the session you can add 30 minutes for 12.50 EUR, each time by a click of your own.
        Your time starts as planned, also if you come late; what you miss because the host is late is not owed if it is more than two minutes.
        Your time starts when you and the host are both in.
        If your connection breaks, your time runs on, and you can come back until it is over without paying again, as long as the host is there.
        Minutes count only while you and the host are both in; if one of you is away for two minutes, the session ends.
        If one of you is away for two minutes, the call ends.
        If the host has not come after 15 minutes, you owe nothing.
        If you have not come after 1 minutes, you owe the full price.
        If neither has come after 15 minutes, you owe 87.5 % of the price.
        If the host ends early, you do not owe the missing time if it is more than two minutes, and nothing at all if it was less than a minute until then.
        If the host ends the call within its first minute, it costs nothing.
        When your time is over, the session ends.
        When your time is over, the session goes on for up to 5 minutes in all for free.
        When your time is over, the session ends unless you add time within two minutes.
        If you cancel at least 24 hours before, you owe nothing.
        If you cancel at least 1 hours before, you owe 87.5 % of the price.
        If you cancel later than that, you owe the full price.
        If no time was planned, you can cancel until it begins and owe nothing.
        If you are in and the host has been away for two minutes after the planned start, you can cancel and owe nothing.
        For cancelling a planned session nothing goes back; you owe the full price.
        If the host cancels, you owe nothing.
        If the host plans it for another time, you owe nothing if you cancel before it begins or do not come.
        What you paid beyond what you owe goes back to you.
        Minutes that you did not use stay yours.
        You pay now, and the minutes are yours once the money is there.
        They hold in every room of this host that is paid with minutes, and count only while you and the host are both in.
        Minutes do not expire.
        Money for minutes that you have not used goes back only if the host, or whoever runs this server, gives it back.
        If your account or the host's is deleted, you cannot use the minutes that are left any more.
        While a bank has taken the price back, you cannot use the minutes that are left of it.
    "#]],
    );
}

#[test]
fn every_sentence_in_german() {
    check(
        in_language(&every_sentence(), "de").expect("German is spoken"),
        &expect![[r#"
        Diese Sitzung ist kostenlos.
        Sie zahlen 12.50 EUR für 30 Minuten.
        Sie zahlen 12.50 EUR für ein Gespräch, wie lange es auch dauert.
        Sie zahlen mit Minuten, die Sie zuvor gekauft haben, auf die Millisekunde genau, höchstens 60 für diese Sitzung.
        30 Minuten kosten 12.50 EUR.
        1 Minute kostet 12.50 EUR.
        Sie zahlen, bevor Sie hereinkommen.
        Sie zahlen, wenn die Sitzung vorbei ist.
        Während der Sitzung können Sie 30 Minuten für 12.50 EUR hinzufügen, jedes Mal mit einem eigenen Klick.
        Ihre Zeit beginnt wie geplant, auch wenn Sie zu spät kommen; was Sie versäumen, weil der Gastgeber zu spät kommt, schulden Sie nicht, wenn es mehr als zwei Minuten sind.
        Ihre Zeit beginnt, wenn Sie und der Gastgeber beide da sind.
        Wenn Ihre Verbindung abbricht, läuft Ihre Zeit weiter, und Sie können bis zu ihrem Ende zurückkommen, ohne noch einmal zu zahlen, solange der Gastgeber da ist.
        Minuten zählen nur, solange Sie und der Gastgeber beide da sind; ist einer von Ihnen beiden zwei Minuten lang fort, endet die Sitzung.
        Ist einer von Ihnen beiden zwei Minuten lang fort, endet das Gespräch.
        Ist der Gastgeber nach 15 Minuten nicht gekommen, schulden Sie nichts.
        Sind Sie nach 1 Minute nicht gekommen, schulden Sie den vollen Preis.
        Ist nach 15 Minuten keiner von beiden gekommen, schulden Sie 87,5 % des Preises.
        Wenn der Gastgeber früher aufhört, schulden Sie die fehlende Zeit nicht, wenn es mehr als zwei Minuten sind, und gar nichts, wenn es bis dahin weniger als eine Minute war.
        Wenn der Gastgeber das Gespräch in der ersten Minute beendet, kostet es nichts.
        Wenn Ihre Zeit vorbei ist, endet die Sitzung.
        Wenn Ihre Zeit vorbei ist, geht die Sitzung insgesamt bis zu 5 Minuten kostenlos weiter.
        Wenn Ihre Zeit vorbei ist, endet die Sitzung, falls Sie nicht innerhalb von zwei Minuten Zeit hinzufügen.
        Wenn Sie mindestens 24 Stunden vorher absagen, schulden Sie nichts.
        Wenn Sie mindestens eine Stunde vorher absagen, schulden Sie 87,5 % des Preises.
        Wenn Sie später absagen, schulden Sie den vollen Preis.
        Wenn keine Zeit geplant war, können Sie bis zum Beginn absagen und schulden nichts.
        Wenn Sie da sind und der Gastgeber nach dem geplanten Beginn zwei Minuten lang fort war, können Sie absagen und schulden nichts.
        Wenn Sie eine geplante Sitzung absagen, geht nichts zurück; Sie schulden den vollen Preis.
        Wenn der Gastgeber absagt, schulden Sie nichts.
        Wenn der Gastgeber die Sitzung auf eine andere Zeit legt, schulden Sie nichts, wenn Sie absagen, bevor sie beginnt, oder nicht kommen.
        Was Sie mehr gezahlt haben, als Sie schulden, geht an Sie zurück.
        Minuten, die Sie nicht verbraucht haben, bleiben Ihre.
        Sie zahlen jetzt, und die Minuten gehören Ihnen, sobald das Geld eingegangen ist.
        Sie gelten in jedem Raum dieses Gastgebers, der mit Minuten bezahlt wird, und zählen nur, solange Sie und der Gastgeber beide da sind.
        Minuten verfallen nicht.
        Geld für Minuten, die Sie nicht verbraucht haben, geht nur zurück, wenn der Gastgeber oder der Betreiber dieses Servers es zurückgibt.
        Wird Ihr Konto oder das des Gastgebers gelöscht, können Sie die übrigen Minuten nicht mehr verwenden.
        Solange eine Bank den Preis zurückgeholt hat, können Sie die davon übrigen Minuten nicht verwenden.
    "#]],
    );
}

#[test]
fn only_translations_are_said_in_other_words() {
    for lang in TRANSLATIONS {
        let said = in_language(&every_sentence(), lang).expect("it is spoken");
        let pairs = every_sentence().into_iter().zip(said);
        assert!(pairs.into_iter().all(|(sentence, said)| sentence.to_string() != said), "{lang}");
    }
    assert_eq!(in_language(&every_sentence(), "en"), None);
}

#[test]
fn a_buyer_reads_all_that_holds_of_a_pack() {
    let pack = Pack { minutes: 30, price: price("12.50") };
    check(
        vec![canonical_pack(pack)],
        &expect![[r#"
        Pack, form 1
        30 minutes cost 12.50 EUR.
        You pay now, and the minutes are yours once the money is there.
        They hold in every room of this host that is paid with minutes, and count only while you and the host are both in.
        Minutes do not expire.
        Money for minutes that you have not used goes back only if the host, or whoever runs this server, gives it back.
        If your account or the host's is deleted, you cannot use the minutes that are left any more.
        While a bank has taken the price back, you cannot use the minutes that are left of it.

    "#]],
    );
    let other = Pack { minutes: 31, ..pack };
    assert_ne!(canonical_pack(pack), canonical_pack(other));
}
