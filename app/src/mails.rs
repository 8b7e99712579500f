//! The words of a mail, in the language of the person. Server only.

use crate::papers;
use model::schedule::Repeat;
use model::{Money, Schedule};
use protocol::addresses;
use service::mail::{
    DisputeMail, DisputeNews, InvitedMail, Letter, Mail, MailAbout, MinutesMail, MoneyLetter, MoneyMail,
    PackMail, PaidFor, Party, When,
};
use ui::words::filled;
use ui::words::mails::{Letter as Words, Mails};

/// A mail as it is read.
pub struct Composed {
    pub subject: String,
    pub body: String,
}

/// Writes a mail. `origin` is the address of this site, without a slash at the end.
pub fn compose(mail: &Mail, origin: &str) -> Composed {
    let mails = Mails::of(&mail.lang);
    let plain = |letter: &Words, path: String| Composed {
        subject: letter.subject.to_owned(),
        body: filled(letter.text, &[("link", &format!("{origin}{path}"))]),
    };
    let Composed { subject, body } = match &mail.about {
        MailAbout::Confirm(token) => plain(&mails.confirm, format!("/verify/{}", token.to_hex())),
        MailAbout::Taken => plain(&mails.taken, "/sign-in".to_owned()),
        MailAbout::Reset(token) => plain(&mails.reset, format!("/reset/{}", token.to_hex())),
        MailAbout::PasswordChanged => plain(&mails.password_changed, "/forgot".to_owned()),
        MailAbout::Invited(invited) => invitation(mails, invited, origin),
        MailAbout::Money(money) => about_money(mails, money, origin),
        MailAbout::Pack(pack) => about_pack(mails, pack, origin),
        MailAbout::Minutes(minutes) => about_minutes(mails, minutes, origin),
        MailAbout::Dispute(dispute) => about_dispute(mails, dispute, origin),
    };
    let hello = match &mail.name {
        Some(name) => filled(mails.hello, &[("name", name.as_str())]),
        None => mails.hello_plain.to_owned(),
    };
    let stop = mail.stop.as_ref().map(|path| filled(mails.stop, &[("link", &format!("{origin}{path}"))]));
    Composed { subject, body: format!("{hello}\n\n{body}{}\n", stop.unwrap_or_default()) }
}

fn invitation(mails: &Mails, invited: &InvitedMail, origin: &str) -> Composed {
    let letter = match invited.letter {
        Letter::Invite => &mails.invited,
        Letter::Update => &mails.invite_changed,
        Letter::Cancel => &mails.invite_off,
    };
    let room = ("room", invited.room.as_str());
    let by = ("by", invited.by.as_ref().map_or(mails.when.somebody, |by| by.as_str()));
    let when = invited.when.as_ref().map(|when| sentence(mails, when)).unwrap_or_default();
    let link = format!("{origin}{}", invited.path);
    let parts = [room, by, ("when", when.as_str()), ("link", link.as_str())];
    Composed { subject: filled(letter.subject, &parts), body: filled(letter.text, &parts) }
}

fn about_money(mails: &Mails, mail: &MoneyMail, origin: &str) -> Composed {
    let (letter, due) = match mail.letter {
        MoneyLetter::Receipt => (&mails.receipt, None),
        MoneyLetter::Bill { due } => (&mails.bill, Some(due)),
        MoneyLetter::Paid { amount } => (&mails.bill_paid, Some(amount)),
        MoneyLetter::Refunded => (&mails.refunded, None),
        MoneyLetter::Moved => (&mails.moved, None),
        MoneyLetter::TakenEarly { amount } => (&mails.hold_taken, Some(amount)),
        MoneyLetter::HoldGone { to: Party::Host, is_off: true } => (&mails.host_call_off, None),
        MoneyLetter::HoldGone { to: Party::Host, is_off: false } => (&mails.host_hold_gone, None),
        MoneyLetter::HoldGone { is_off: true, .. } => (&mails.call_off, None),
        MoneyLetter::HoldGone { is_off: false, .. } => (&mails.hold_gone, None),
    };
    let [paid, owed, back] = mail.money.map(|money| money.to_string());
    let due = due.map(|due| due.to_string()).unwrap_or_default();
    let link = format!("{origin}{}", addresses::of_session(mail.session, addresses::RECEIPT));
    let parts = [
        ("room", mail.room.as_deref().unwrap_or("–")),
        ("paid", &paid),
        ("owed", &owed),
        ("back", &back),
        ("due", &due),
        ("link", &link),
    ];
    let note = if mail.is_test { mails.test_money } else { "" };
    Composed {
        subject: filled(letter.subject, &parts),
        body: format!("{}{note}", filled(letter.text, &parts)),
    }
}

fn about_pack(mails: &Mails, mail: &PackMail, origin: &str) -> Composed {
    let (letter, (back_ms, back)) = match mail.back {
        Some(back) => (&mails.pack_back, back),
        None => (&mails.pack_bought, (0, Money::zero(mail.pack.price.money().currency))),
    };
    let link = format!("{origin}{}", papers::packs::of_purchase(mail.purchase, papers::PURCHASE));
    let parts = [
        ("host", mail.seller.as_ref().map_or(mails.when.somebody, |seller| seller.as_str())),
        ("minutes", &mail.pack.minutes.to_string()),
        ("amount", &mail.pack.price.money().to_string()),
        ("time", &minutes(back_ms)),
        ("back", &back.to_string()),
        ("link", &link),
    ];
    let note = if mail.is_test { mails.test_money } else { "" };
    Composed {
        subject: filled(letter.subject, &parts),
        body: format!("{}{note}", filled(letter.text, &parts)),
    }
}

fn about_minutes(mails: &Mails, mail: &MinutesMail, origin: &str) -> Composed {
    let letter = if mail.returned_ms.is_some() { &mails.minutes_back } else { &mails.minutes_receipt };
    let link = format!("{origin}{}", addresses::of_session(mail.session, addresses::RECEIPT));
    let parts = [
        ("room", mail.room.as_deref().unwrap_or("–")),
        ("used", &minutes(mail.used_ms)),
        ("unused", &minutes(mail.unused_ms)),
        ("back", &minutes(mail.returned_ms.unwrap_or_default())),
        ("link", &link),
    ];
    Composed { subject: filled(letter.subject, &parts), body: filled(letter.text, &parts) }
}

/// So many minutes and seconds.
fn minutes(millis: i64) -> String {
    format!("{}:{:02}", millis / 60_000, millis / 1_000 % 60)
}

fn about_dispute(mails: &Mails, mail: &DisputeMail, origin: &str) -> Composed {
    let letter = match mail.news {
        DisputeNews::Opened => &mails.dispute_opened,
        DisputeNews::Won => &mails.dispute_won,
        DisputeNews::Lost => &mails.dispute_lost,
    };
    let (what, path) = match &mail.paid_for {
        PaidFor::Session(id, room) => {
            let room = room.as_deref().unwrap_or("–");
            let path = addresses::of_session(*id, papers::EVIDENCE);
            (filled(mails.for_call, &[("room", room)]), path)
        }
        PaidFor::Purchase(id, minutes) => {
            let minutes = minutes.to_string();
            let path = papers::packs::of_purchase(*id, papers::PURCHASE_EVIDENCE);
            (filled(mails.for_pack, &[("minutes", &minutes)]), path)
        }
    };
    let until = match (mail.news, mail.until) {
        (DisputeNews::Opened, Some(until)) => {
            filled(mails.evidence_until, &[("time", &papers::plain(until))])
        }
        _ => String::new(),
    };
    let parts = [
        ("amount", &*mail.amount.to_string()),
        ("what", &what),
        ("until", &until),
        ("link", &format!("{origin}{path}")),
    ];
    let note = if mail.is_test { mails.test_money } else { "" };
    Composed {
        subject: filled(letter.subject, &parts),
        body: format!("{}{note}", filled(letter.text, &parts)),
    }
}

/// When it is, by the wall clock on which people agreed.
fn sentence(mails: &Mails, when: &When) -> String {
    let words = &mails.when;
    let (year, month, day) = when.starts.date().parts();
    let (hour, minute) = when.starts.clock();
    let date = [
        ("weekday", words.weekdays[when.weekday % 7]),
        ("day", &day.to_string()),
        ("month", words.months[usize::from(month.saturating_sub(1)) % 12]),
        ("year", &year.to_string()),
    ];
    let Schedule { zone, length, repeat, .. } = &when.schedule;
    let sentence = filled(
        words.sentence,
        &[
            ("day", &filled(words.date, &date)),
            ("time", &format!("{hour:02}:{minute:02}")),
            ("zone", zone.as_str()),
            ("minutes", &length.count().to_string()),
        ],
    );
    let again = match repeat {
        Repeat::Once => "",
        Repeat::Daily => words.daily,
        Repeat::Weekdays => words.on_weekdays,
        Repeat::Weekly => words.weekly,
        Repeat::Fortnightly => words.fortnightly,
        Repeat::Monthly => words.monthly,
    };
    format!("{sentence}{again}")
}
