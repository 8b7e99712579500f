//! What mails say. Apart from [`Words`](super::Words), so that the page's program does not carry it.
//!
//! `{name}` is the person, `{link}` a whole address on a line of its own; of an invite `{room}` is the room,
//! `{by}` who invites, and `{when}` the sentence about the time, or nothing.

/// The mails in one language; each has a subject and a text.
#[derive(Debug)]
pub struct Mails {
    /// The language as HTML names it (BCP 47).
    pub lang: &'static str,
    pub hello: &'static str,
    /// Where the person has no name.
    pub hello_plain: &'static str,
    pub confirm: Letter,
    pub taken: Letter,
    pub reset: Letter,
    pub password_changed: Letter,
    pub invited: Letter,
    pub invite_changed: Letter,
    /// Without a link: there is nothing to open any more.
    pub invite_off: Letter,
    /// What a paid call came to: `{room}`, `{paid}`, `{owed}`, `{back}`, `{link}`, as in the next four.
    pub receipt: Letter,
    /// `{due}` is not paid yet.
    pub bill: Letter,
    /// `{due}` has come.
    pub bill_paid: Letter,
    pub refunded: Letter,
    /// The host planned it for another time.
    pub moved: Letter,
    /// What a call used that is paid with minutes: `{room}`, `{used}`, `{unused}`, `{link}`.
    pub minutes_receipt: Letter,
    /// `{back}` of what it used was given back.
    pub minutes_back: Letter,
    /// Minutes were bought: `{host}`, `{minutes}`, `{amount}`, `{link}`.
    pub pack_bought: Letter,
    /// `{time}` of them was taken back, and `{back}` of the price goes back.
    pub pack_back: Letter,
    /// Of money that was kept ready `{due}` is taken before the call is over: `{room}`, `{link}`.
    pub hold_taken: Letter,
    /// It is gone, and what the call comes to will be a bill.
    pub hold_gone: Letter,
    /// It is gone, and the call is off.
    pub call_off: Letter,
    /// The same two to the host.
    pub host_hold_gone: Letter,
    pub host_call_off: Letter,
    /// A bank asks for money: `{amount}`, `{what}` it was paid for, `{until}` when it takes evidence, or
    /// nothing, and `{link}`, as in the next two.
    pub dispute_opened: Letter,
    pub dispute_won: Letter,
    pub dispute_lost: Letter,
    /// What was paid for: a call in `{room}`.
    pub for_call: &'static str,
    /// `{minutes}` in advance.
    pub for_pack: &'static str,
    /// `{time}`, in UTC.
    pub evidence_until: &'static str,
    /// Where no money moved.
    pub test_money: &'static str,
    /// At an address that nobody confirmed: by `{link}` it gets no more.
    pub stop: &'static str,
    pub when: When,
}

/// The sentence about a time.
#[derive(Debug)]
pub struct When {
    /// `{day}`, `{time}`, `{zone}`, `{minutes}`.
    pub sentence: &'static str,
    /// `{weekday}`, `{day}`, `{month}`, `{year}`.
    pub date: &'static str,
    /// From Monday on.
    pub weekdays: [&'static str; 7],
    pub months: [&'static str; 12],
    pub daily: &'static str,
    pub on_weekdays: &'static str,
    pub weekly: &'static str,
    pub fortnightly: &'static str,
    pub monthly: &'static str,
    /// Who invites, if they have no name.
    pub somebody: &'static str,
}

/// One mail.
#[derive(Debug)]
pub struct Letter {
    pub subject: &'static str,
    pub text: &'static str,
}

impl Mails {
    /// The mails in this language; English where it is none of ours.
    pub fn of(lang: &str) -> &'static Self {
        if lang == DE.lang { &DE } else { &EN }
    }
}

/// The mails in English.
pub static EN: Mails = Mails {
    lang: "en",
    hello: "Hello {name},",
    hello_plain: "Hello,",
    confirm: Letter {
        subject: "Confirm your address for Anteroom",
        text: "Somebody signed up for an account with this address. If it was you, open this link within a day \
               and enter the password that you chose:\n\n{link}\n\nIf it was not you, you need not do anything.",
    },
    taken: Letter {
        subject: "You have an account at Anteroom",
        text: "Somebody, probably you, wanted to make an account with this address. There is one already. \
               Sign in, or choose a new password, here:\n\n{link}\n\nIf it was not you, you need not do anything.",
    },
    reset: Letter {
        subject: "A new password for Anteroom",
        text: "Open this link within an hour to choose a new password:\n\n{link}\n\nIf you did not ask for it, \
               you need not do anything. Your password stays as it is.",
    },
    password_changed: Letter {
        subject: "Your password was changed",
        text: "The password of your account was changed, and every other browser was signed out.\n\nIf it was \
               not you, choose a new one at once:\n\n{link}",
    },
    invited: Letter {
        subject: "Invitation: {room}",
        text: "{by} invites you to the video call “{room}”.{when}\n\nOpen this link to join. It works in the \
               browser; you need no account and no program:\n\n{link}\n\nThe link is for you alone. If you do \
               not know who invites you, you need not do anything.",
    },
    invite_changed: Letter {
        subject: "New time: {room}",
        text: "The video call “{room}” has a new time.{when}\n\nYour link stays the same:\n\n{link}",
    },
    invite_off: Letter {
        subject: "Cancelled: {room}",
        text: "The video call “{room}”, to which you were invited, does not take place as planned. You need not do \
               anything.",
    },
    receipt: Letter {
        subject: "Receipt: {room}",
        text: "Your paid call “{room}” is over.\n\nPaid: {paid}\nIt came to: {owed}\nSent back: {back}\n\n\
               The receipt, with all times:\n\n{link}",
    },
    bill: Letter {
        subject: "Bill: {room}",
        text: "Your call “{room}” came to {owed}, and {due} is not paid yet.\n\nThe bill, with all times and a \
               button to pay it:\n\n{link}",
    },
    bill_paid: Letter {
        subject: "Paid: {room}",
        text: "Thank you: {due} for your call “{room}” has come.\n\nThe receipt:\n\n{link}",
    },
    refunded: Letter {
        subject: "Money goes back to you: {room}",
        text: "Money goes back to you for your call “{room}”.\n\nPaid: {paid}\nOn its way back so far: {back}\n\n\
               When it arrives is up to your bank. The receipt:\n\n{link}",
    },
    moved: Letter {
        subject: "Another time: {room}",
        text: "The host has planned your paid call “{room}” for another time.\n\nWhen it is now, and a way to cancel \
               and have all of your money back:\n\n{link}",
    },
    minutes_receipt: Letter {
        subject: "Receipt: {room}",
        text: "Your call “{room}” is over. It used {used} min of those that you had bought; {unused} min of what was \
               set aside for it are yours again.\n\nThe receipt, with all times:\n\n{link}",
    },
    minutes_back: Letter {
        subject: "Minutes go back to you: {room}",
        text: "Of the {used} min that your call “{room}” used, {back} min were given back to you so far.\n\nThe \
               receipt:\n\n{link}",
    },
    pack_bought: Letter {
        subject: "{minutes} minutes with {host}",
        text: "Thank you: {amount} has come, and {minutes} minutes with {host} are yours. They do not go bad, and \
               count in every room of this host.\n\nThe purchase, and what is left of it:\n\n{link}",
    },
    pack_back: Letter {
        subject: "Taken back: {minutes} minutes with {host}",
        text: "Of the {minutes} minutes with {host} that you bought for {amount}, {time} min were taken back so far, \
               and {back} of the price.\n\nWhen it arrives is up to your bank. The purchase:\n\n{link}",
    },
    hold_taken: Letter {
        subject: "Charged before the call: {room}",
        text: "For your call “{room}” your card kept an amount ready. Banks let such amounts go after some days, and \
               the call is not over, so that it is charged now: {due}. What the call does not come to goes back to \
               you when it is over.\n\nHow it stands, and a way to cancel:\n\n{link}",
    },
    hold_gone: Letter {
        subject: "To be paid later: {room}",
        text: "The amount that your card kept ready for your call “{room}” is not there any more. You need not do \
               anything now: when the call is over you get a bill for what it came to.\n\nHow it \
               stands:\n\n{link}",
    },
    call_off: Letter {
        subject: "Not paid any more, and off: {room}",
        text: "The amount that your card kept ready for your call “{room}” is not there any more, so that the call \
               is off. You owe nothing. Whoever still wants to come opens the room, and agrees and pays once \
               more.\n\nWhat happened:\n\n{link}",
    },
    host_hold_gone: Letter {
        subject: "To be paid later: {room}",
        text: "The amount that a card kept ready for your call “{room}” is not there any more. What the call comes \
               to is a bill, which its payer is asked to pay and you can let go.\n\nHow it stands:\n\n{link}",
    },
    host_call_off: Letter {
        subject: "Not paid any more, and off: {room}",
        text: "The amount that a card kept ready for your call “{room}” is not there any more, so that the call is \
               off. Its payer owes nothing, and may agree and pay once more; please tell them.\n\nWhat \
               happened:\n\n{link}",
    },
    dispute_opened: Letter {
        subject: "A bank asks for {amount} back: {what}",
        text: "The bank of whoever paid for {what} asks for {amount} back. Until it has decided, nobody has that \
               money. Whoever holds the account at the payment service answers the bank there.{until}\n\nWhat \
               this server knows of it, as evidence for the bank:\n\n{link}",
    },
    dispute_won: Letter {
        subject: "The bank has decided, {amount} came back: {what}",
        text: "The bank has decided about the {amount} that it asked back for {what}: the dispute is won, and the \
               money is there again.\n\nHow it stands:\n\n{link}",
    },
    dispute_lost: Letter {
        subject: "The bank has decided, {amount} is gone: {what}",
        text: "The bank has decided about the {amount} that it asked back for {what}: the dispute is lost, and \
               whoever paid has their money again.\n\nHow it stands:\n\n{link}",
    },
    for_call: "the call “{room}”",
    for_pack: "{minutes} prepaid minutes",
    evidence_until: " It takes evidence until {time}.",
    test_money: "\n\nThis was a test: no money moved.",
    stop: "\n\nWhoever paid left this address for the receipt. If you want no more mails about this call, open this link:\n\n{link}",
    when: When {
        sentence: "\n\nWhen: {day}, {time} ({zone}), for {minutes} minutes",
        date: "{weekday}, {day} {month} {year}",
        weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        months: [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        daily: ", every day",
        on_weekdays: ", Monday to Friday",
        weekly: ", every week",
        fortnightly: ", every two weeks",
        monthly: ", every month",
        somebody: "A host",
    },
};

/// The mails in German.
pub static DE: Mails = Mails {
    lang: "de",
    hello: "Guten Tag {name},",
    hello_plain: "Guten Tag,",
    confirm: Letter {
        subject: "Bestätigen Sie Ihre Adresse für Anteroom",
        text: "Jemand möchte mit dieser Adresse ein Konto anlegen. Wenn Sie das waren, öffnen Sie innerhalb eines \
               Tages diesen Link und geben Sie das gewählte Passwort ein:\n\n{link}\n\nWenn Sie es nicht waren, \
               brauchen Sie nichts zu tun.",
    },
    taken: Letter {
        subject: "Sie haben schon ein Konto bei Anteroom",
        text: "Jemand, vermutlich Sie, wollte mit dieser Adresse ein Konto anlegen. Es gibt schon eines. Melden Sie \
               sich hier an, oder wählen Sie ein neues Passwort:\n\n{link}\n\nWenn Sie es nicht waren, brauchen Sie \
               nichts zu tun.",
    },
    reset: Letter {
        subject: "Ein neues Passwort für Anteroom",
        text: "Öffnen Sie innerhalb einer Stunde diesen Link, um ein neues Passwort zu wählen:\n\n{link}\n\nWenn Sie \
               nicht darum gebeten haben, brauchen Sie nichts zu tun. Ihr Passwort bleibt, wie es ist.",
    },
    password_changed: Letter {
        subject: "Ihr Passwort wurde geändert",
        text: "Das Passwort Ihres Kontos wurde geändert, und jeder andere Browser ist abgemeldet.\n\nWenn Sie es nicht \
               waren, wählen Sie sofort ein neues:\n\n{link}",
    },
    invited: Letter {
        subject: "Einladung: {room}",
        text: "{by} lädt Sie zum Videogespräch „{room}“ ein.{when}\n\nMit diesem Link kommen Sie hinein. Er öffnet \
               sich im Browser; Sie brauchen kein Konto und kein Programm:\n\n{link}\n\nDer Link ist nur für Sie. \
               Wenn Sie nicht wissen, wer Sie einlädt, brauchen Sie nichts zu tun.",
    },
    invite_changed: Letter {
        subject: "Neuer Termin: {room}",
        text: "Das Videogespräch „{room}“ hat einen neuen Termin.{when}\n\nIhr Link bleibt derselbe:\n\n{link}",
    },
    invite_off: Letter {
        subject: "Abgesagt: {room}",
        text: "Das Videogespräch „{room}“, zu dem Sie eingeladen waren, findet nicht wie geplant statt. Sie brauchen \
               nichts zu tun.",
    },
    receipt: Letter {
        subject: "Beleg: {room}",
        text: "Ihr bezahltes Gespräch „{room}“ ist vorbei.\n\nBezahlt: {paid}\nGekostet: {owed}\n\
               Zurückgezahlt: {back}\n\nDer Beleg mit allen Zeiten:\n\n{link}",
    },
    bill: Letter {
        subject: "Rechnung: {room}",
        text: "Ihr Gespräch „{room}“ hat {owed} gekostet; {due} sind noch nicht bezahlt.\n\nDie Rechnung mit \
               allen Zeiten und einem Knopf zum Zahlen:\n\n{link}",
    },
    bill_paid: Letter {
        subject: "Bezahlt: {room}",
        text: "Danke: {due} für Ihr Gespräch „{room}“ sind da.\n\nDer Beleg:\n\n{link}",
    },
    refunded: Letter {
        subject: "Sie bekommen Geld zurück: {room}",
        text: "Sie bekommen für Ihr Gespräch „{room}“ Geld zurück.\n\nBezahlt: {paid}\nBisher auf dem Weg zurück: \
               {back}\n\nWann es ankommt, hängt von Ihrer Bank ab. Der Beleg:\n\n{link}",
    },
    moved: Letter {
        subject: "Anderer Termin: {room}",
        text: "Ihr bezahltes Gespräch „{room}“ wurde auf einen anderen Termin gelegt.\n\nWann es jetzt ist, und wie \
               Sie absagen und Ihr ganzes Geld zurückbekommen:\n\n{link}",
    },
    minutes_receipt: Letter {
        subject: "Beleg: {room}",
        text: "Ihr Gespräch „{room}“ ist vorbei. Es hat {used} min von denen verbraucht, die Sie gekauft hatten; \
               {unused} min von dem, was dafür zurückgelegt war, gehören wieder Ihnen.\n\nDer Beleg mit allen \
               Zeiten:\n\n{link}",
    },
    minutes_back: Letter {
        subject: "Sie bekommen Minuten zurück: {room}",
        text: "Von den {used} min, die Ihr Gespräch „{room}“ verbraucht hat, haben Sie bisher {back} min \
               zurückbekommen.\n\nDer Beleg:\n\n{link}",
    },
    pack_bought: Letter {
        subject: "{minutes} Minuten mit {host}",
        text: "Danke: {amount} sind da, und {minutes} Minuten mit {host} gehören Ihnen. Sie verfallen nicht und \
               gelten in jedem Raum dieser Person.\n\nDer Kauf, und was davon übrig ist:\n\n{link}",
    },
    pack_back: Letter {
        subject: "Zurückgenommen: {minutes} Minuten mit {host}",
        text: "Von den {minutes} Minuten mit {host}, die Sie für {amount} gekauft haben, wurden bisher {time} min \
               zurückgenommen und {back} des Preises zurückgezahlt.\n\nWann es ankommt, hängt von Ihrer Bank ab. Der \
               Kauf:\n\n{link}",
    },
    hold_taken: Letter {
        subject: "Schon vor dem Gespräch abgebucht: {room}",
        text: "Für Ihr Gespräch „{room}“ hat Ihre Karte einen Betrag bereitgehalten. Banken geben solche Beträge nach \
               einigen Tagen frei, und das Gespräch ist noch nicht vorbei; deshalb wird er jetzt abgebucht: {due}. \
               Was das Gespräch nicht kostet, bekommen Sie danach zurück.\n\nWie es steht, und wie Sie \
               absagen:\n\n{link}",
    },
    hold_gone: Letter {
        subject: "Später zu bezahlen: {room}",
        text: "Der Betrag, den Ihre Karte für Ihr Gespräch „{room}“ bereitgehalten hat, ist nicht mehr da. Sie müssen \
               jetzt nichts tun: Wenn das Gespräch vorbei ist, bekommen Sie eine Rechnung über das, was es gekostet \
               hat.\n\nWie es steht:\n\n{link}",
    },
    call_off: Letter {
        subject: "Nicht mehr bezahlt und abgesagt: {room}",
        text: "Der Betrag, den Ihre Karte für Ihr Gespräch „{room}“ bereitgehalten hat, ist nicht mehr da; deshalb \
               findet es nicht statt. Sie schulden nichts. Wenn Sie doch kommen möchten, öffnen Sie den Raum, stimmen \
               noch einmal zu und zahlen.\n\nWas geschehen ist:\n\n{link}",
    },
    host_hold_gone: Letter {
        subject: "Später zu bezahlen: {room}",
        text: "Der Betrag, den eine Karte für Ihr Gespräch „{room}“ bereitgehalten hat, ist nicht mehr da. Was das \
               Gespräch kostet, wird zu einer Rechnung, die noch zu bezahlen ist und die Sie erlassen \
               können.\n\nWie es steht:\n\n{link}",
    },
    host_call_off: Letter {
        subject: "Nicht mehr bezahlt und abgesagt: {room}",
        text: "Der Betrag, den eine Karte für Ihr Gespräch „{room}“ bereitgehalten hat, ist nicht mehr da; deshalb \
               findet es nicht statt. Ihr Gast schuldet nichts und kann noch einmal zustimmen und zahlen; bitte sagen \
               Sie es ihm.\n\nWas geschehen ist:\n\n{link}",
    },
    dispute_opened: Letter {
        subject: "Eine Bank verlangt {amount} zurück: {what}",
        text: "Die Bank der Person, die {amount} für {what} bezahlt hat, verlangt das Geld zurück. Bis sie \
               entschieden hat, hat es niemand. Wer das Konto beim Zahlungsdienst hat, antwortet ihr dort.{until}\
               \n\nWas dieser Server davon weiß, als Beleg für die Bank:\n\n{link}",
    },
    dispute_won: Letter {
        subject: "Die Bank hat entschieden, {amount} sind zurück: {what}",
        text: "Die Bank hat über die {amount} entschieden, die sie für {what} zurückverlangt hatte: Der Streit ist \
               gewonnen, und das Geld ist wieder da.\n\nWie es steht:\n\n{link}",
    },
    dispute_lost: Letter {
        subject: "Die Bank hat entschieden, {amount} sind weg: {what}",
        text: "Die Bank hat über die {amount} entschieden, die sie für {what} zurückverlangt hatte: Der Streit ist \
               verloren, und wer bezahlt hat, hat sein Geld wieder.\n\nWie es steht:\n\n{link}",
    },
    for_call: "das Gespräch „{room}“",
    for_pack: "{minutes} vorausbezahlte Minuten",
    evidence_until: " Sie nimmt Belege bis {time} an.",
    test_money: "\n\nDas war ein Test: Es ist kein Geld geflossen.",
    stop: "\n\nWer gezahlt hat, hat diese Adresse für den Beleg hinterlassen. Wenn Sie zu diesem Anruf keine E-Mails mehr möchten, öffnen Sie diesen Link:\n\n{link}",
    when: When {
        sentence: "\n\nWann: {day}, {time} Uhr ({zone}), {minutes} Minuten lang",
        date: "{weekday}, {day}. {month} {year}",
        weekdays: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        daily: ", jeden Tag",
        on_weekdays: ", montags bis freitags",
        weekly: ", jede Woche",
        fortnightly: ", alle zwei Wochen",
        monthly: ", jeden Monat",
        somebody: "Ein Gastgeber",
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_has_a_link_and_says_it_in_its_own_language() {
        // A mail that is added does not compile here until it is held to this.
        let letters = |mails: &'static Mails| {
            let Mails {
                confirm,
                taken,
                reset,
                password_changed,
                invited,
                invite_changed,
                receipt,
                bill,
                bill_paid,
                refunded,
                moved,
                minutes_receipt,
                minutes_back,
                pack_bought,
                pack_back,
                hold_taken,
                hold_gone,
                call_off,
                host_hold_gone,
                host_call_off,
                dispute_opened,
                dispute_won,
                dispute_lost,
                invite_off,
                lang: _,
                hello: _,
                hello_plain: _,
                for_call: _,
                for_pack: _,
                evidence_until: _,
                test_money: _,
                stop: _,
                when: _,
            } = mails;
            // There is nothing to open any more.
            assert!(!invite_off.text.contains("{link}"), "{}", invite_off.text);
            [
                confirm,
                taken,
                reset,
                password_changed,
                invited,
                invite_changed,
                receipt,
                bill,
                bill_paid,
                refunded,
                moved,
                minutes_receipt,
                minutes_back,
                pack_bought,
                pack_back,
                hold_taken,
                hold_gone,
                call_off,
                host_hold_gone,
                host_call_off,
                dispute_opened,
                dispute_won,
                dispute_lost,
            ]
        };
        for (en, de) in letters(&EN).into_iter().zip(letters(&DE)) {
            for letter in [en, de] {
                assert_eq!(letter.text.matches("\n\n{link}").count(), 1, "{}", letter.text);
                assert!(!letter.text.contains("  "), "{}", letter.text);
            }
            assert_ne!(en.text, de.text);
        }
        assert!(EN.hello.contains("{name}") && DE.hello.contains("{name}"));
        assert_eq!((Mails::of("de").lang, Mails::of("fr").lang), ("de", "en"));
    }
}
