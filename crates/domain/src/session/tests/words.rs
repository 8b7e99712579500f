//! What a script can say, and how it is told what happened.

use super::*;
use ::model::{MerchantId, PaymentId, RefundId};
use expect_test::Expect;

/// Plays a script with a plan, in minutes, or without one.
pub(super) fn check(wishes: Wishes, planned: Option<i64>, script: &str, expected: Expect) {
    let mut scene = Scene::new(offer(wishes), planned.map(at_minute));
    let mut told = String::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        // What was told before is told by another test.
        if line == "..." {
            told.clear();
            continue;
        }
        told.push_str(format!("{line:<18} -> {}", scene.play(line)).trim_end());
        told.push('\n');
    }
    expected.assert_eq(&told);
}

impl Scene {
    /// Plays a script of which nothing is told.
    pub(super) fn run(&mut self, script: &str) {
        script.lines().for_each(|line| drop(self.play(line.trim())));
    }

    fn play(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["status"] => return format!("{:?}", self.session.status()),
            ["books"] => return self.books(),
            ["wait", span] => self.now = self.now.plus(millis(span)),
            ["back", span] => self.now = self.now.plus(-millis(span)),
            ["away", span] => {
                let last_alive = self.now;
                self.now = self.now.plus(millis(span));
                return self.tell(&Command::Revive { last_alive });
            }
            _ => {}
        }
        let command = self.command(&words).unwrap_or_else(|| panic!("a script cannot say {line:?}"));
        self.tell(&command)
    }

    fn tell(&mut self, command: &Command) -> String {
        let before = self.session.clone();
        match self.carry_out(command) {
            Ok(events) if events.is_empty() => "nothing".to_owned(),
            Ok(events) => {
                let mut session = before;
                let mut told = Vec::new();
                for event in &events {
                    told.push(self.told(event));
                    let orders = orders(&session, event);
                    told.extend(orders.iter().map(|order| format!("[{}]", self.ordered(&order.what))));
                    session.apply(event);
                }
                told.join(", ")
            }
            Err(refusal) => format!("refused: {refusal}"),
        }
    }

    fn command(&self, words: &[&str]) -> Option<Command> {
        Some(match words {
            ["wait" | "back", _] => Command::Tick,
            ["consent"] => Command::Consent { terms: TERMS },
            ["consent", "other"] => Command::Consent { terms: TermsDigest([8; 32]) },
            ["checkout", ..] => Command::StartCheckout { purpose: Purpose::Entry, merchant: merchant(words) },
            ["extend", ..] => {
                Command::StartCheckout { purpose: Purpose::Extension, merchant: merchant(words) }
            }
            ["pay-bill", ..] => Command::StartCheckout { purpose: Purpose::Bill, merchant: merchant(words) },
            ["reserve"] => {
                let account = Account::Minutes { seller: HOST, buyer: PAYER };
                Command::Reserve { available_ms: -self.ledger.balance(account, Unit::Time) }
            }
            ["minutes", available] => Command::Reserve { available_ms: millis(available) },
            ["captured", payment] => self.confirmed(payment, None, Confirmation::Captured),
            ["captured", payment, amount] => self.confirmed(payment, Some(amount), Confirmation::Captured),
            ["held", payment] => self.confirmed(payment, None, Confirmation::Held),
            ["declined", payment] => Command::PaymentDeclined { payment: self.payment(payment) },
            ["ended", payment] => Command::CheckoutEnded { payment: self.payment(payment) },
            [who, "in"] => Command::Enter { party: party(who)?, participant: seat(who) },
            [who, "drop"] => Command::Drop { participant: seat(who) },
            [who, "leave"] => Command::Leave { participant: seat(who) },
            ["move", "off"] => Command::Move { to: None },
            ["move", to] => Command::Move { to: Some(UnixMillis(millis(to))) },
            ["cancel", "by", who] => Command::Cancel { by: party(who)? },
            ["end", "by", who] => Command::EndRoom { by: party(who)? },
            ["forgive", "by", who] => Command::Forgive { by: party(who)? },
            ["refund", name, what, "by", who] => Command::Refund {
                refund: RefundId::from_bits(u128::from(name.as_bytes()[0])),
                by: party(who)?,
                what: match what.strip_suffix('m') {
                    Some(_) => RefundOf::Minutes { millis: millis(what) },
                    None if *what == "all" => RefundOf::All,
                    None => RefundOf::Part(euros(what)),
                },
            },
            ["disputed", payment, amount] => {
                Command::DisputeOpened { payment: self.payment(payment), amount: price(amount).money() }
            }
            ["won", payment, amount] => {
                Command::DisputeWon { payment: self.payment(payment), amount: price(amount).money() }
            }
            ["lost", payment, amount] => {
                Command::DisputeLost { payment: self.payment(payment), amount: price(amount).money() }
            }
            _ => return None,
        })
    }

    fn confirmed(&self, payment: &str, amount: Option<&str>, kind: Confirmation) -> Command {
        let payment = self.payment(payment);
        let asked = self.session.till.payment(payment).map(|payment| payment.amount);
        let amount = amount.map(|text| price(text).money()).or(asked).unwrap_or(price("1").money());
        Command::PaymentConfirmed { payment, amount, kind }
    }

    /// `p0` is the oldest payment; one that there is not yet has an id that nobody knows.
    fn payment(&self, name: &str) -> PaymentId {
        let place: usize = name.trim_start_matches('p').parse().expect("payments are counted");
        self.session.till.payments.get(place).map_or(PaymentId::from_bits(9), |payment| payment.id)
    }

    fn payment_name(&self, id: PaymentId) -> String {
        let place = self.session.till.payments.iter().position(|payment| payment.id == id);
        format!("p{}", place.expect("events name payments that exist"))
    }

    fn books(&self) -> String {
        let told =
            self.ledger.balances().filter(|(_, balance)| **balance != 0).map(|((account, unit), balance)| {
                let name = account.name();
                let name = name.split(':').next().unwrap_or_default();
                match unit {
                    Unit::Money(currency) => format!("{name} {}", Money::new(*balance, *currency)),
                    Unit::Time => format!("{name} {}", span(*balance)),
                }
            });
        told.collect::<Vec<_>>().join(", ")
    }

    fn ordered(&self, what: &Instruction) -> String {
        match what {
            Instruction::Capture { payment, amount, fee: None } => {
                format!("capture {amount} of {}", self.payment_name(*payment))
            }
            Instruction::Capture { payment, amount, fee: Some(fee) } => {
                format!("capture {amount} of {} with {fee}", self.payment_name(*payment))
            }
            Instruction::ReturnFee { payment, amount } => {
                format!("return fee {amount} of {}", self.payment_name(*payment))
            }
            Instruction::VoidHold { payment } => format!("void hold {}", self.payment_name(*payment)),
            Instruction::Refund { payment, amount } => {
                format!("refund {amount} of {}", self.payment_name(*payment))
            }
            Instruction::EndCheckout { payment } => format!("end checkout {}", self.payment_name(*payment)),
            Instruction::Mail(Letter::Receipt) => "mail receipt".to_owned(),
            Instruction::Mail(Letter::Bill { due }) => format!("mail bill {due}"),
            Instruction::Mail(Letter::Paid { amount }) => format!("mail paid {amount}"),
            Instruction::Mail(Letter::Refunded) => "mail refunded".to_owned(),
            Instruction::Mail(Letter::Moved) => "mail moved".to_owned(),
            Instruction::Mail(Letter::HoldTaken) => "mail taken".to_owned(),
            Instruction::Mail(Letter::TakenEarly { amount }) => format!("mail taken {amount}"),
            Instruction::Mail(Letter::HoldGone { to, is_off }) => {
                format!("mail {to:?} {}", if *is_off { "off" } else { "gone" }).to_lowercase()
            }
            Instruction::Mail(Letter::Dispute { payment, amount, news, to }) => {
                format!("mail {to:?} of {amount} of {} {news:?}", self.payment_name(*payment))
            }
        }
    }

    fn told(&self, event: &Event) -> String {
        let name = |payment: &PaymentId| self.payment_name(*payment);
        let what = match &event.what {
            What::Consented { .. } => "consented".to_owned(),
            What::CheckoutStarted { payment, amount, .. } => {
                format!("checkout {} for {amount}", name(payment))
            }
            What::Declined { payment } => format!("declined {}", name(payment)),
            What::CheckoutEnded { payment, .. } => format!("checkout {} ended", name(payment)),
            What::HoldPlaced { payment } => format!("held {}", name(payment)),
            What::HoldRefused { payment } => format!("hold refused {}", name(payment)),
            What::HoldTaken { payment } => format!("took {}", name(payment)),
            What::CaptureConfirmed { payment } => format!("confirmed capture of {}", name(payment)),
            What::CaptureFailed { payment } => format!("capture of {} failed", name(payment)),
            What::Captured { payment } => format!("captured {}", name(payment)),
            What::SentBack { payment, amount } => format!("sent back {amount} of {}", name(payment)),
            What::BillPaid { payment } => format!("bill paid by {}", name(payment)),
            What::Forgiven { .. } => "forgiven".to_owned(),
            What::Reserved { millis } => format!("reserved {}", span(*millis)),
            What::Confirmed => "confirmed".to_owned(),
            What::Moved { to } => to.map_or("moved off".to_owned(), |to| format!("moved to {}", span(to.0))),
            What::Entered { .. } | What::Gone { .. } => return told_of_people(&event.what),
            What::Revived { .. } => "revived".to_owned(),
            What::Began { clock: Clock::Slot { ends, .. } } => format!("began until {}", span(ends.0)),
            What::Began { .. } => "began".to_owned(),
            What::Paused => "paused".to_owned(),
            What::Resumed => "resumed".to_owned(),
            What::Warned { warned } => format!("{} left", span(warned.left_ms())),
            What::PaidTimeOver => "paid time over".to_owned(),
            What::Extended => "extended".to_owned(),
            What::Closed { ending, settlement } => {
                format!("closed ({})", told_of_closing(*ending, settlement))
            }
            What::Refunded { parts, .. } => {
                let parts: Vec<_> =
                    parts.iter().map(|part| format!("{} of {}", part.amount, name(&part.payment))).collect();
                format!("refunded {}", parts.join(" and "))
            }
            What::MinutesReturned { millis, .. } => format!("returned {}", span(*millis)),
            What::DisputeOpened { payment, .. } => format!("disputed {}", name(payment)),
            What::DisputeWon { payment, .. } => format!("won {}", name(payment)),
            What::DisputeLost { payment, forgone, .. } => {
                format!("lost {}, forgone {forgone}", name(payment))
            }
        };
        // What happened at another time than now says so.
        if event.at == self.now { what } else { format!("{what} at {}", span(event.at.0)) }
    }
}

fn told_of_people(what: &What) -> String {
    match what {
        What::Entered { party, .. } => format!("{party:?} came").to_lowercase(),
        What::Gone { party, how, .. } => format!("{party:?} {how:?}").to_lowercase(),
        _ => unreachable!("the other events are told of elsewhere"),
    }
}

fn told_of_closing(ending: Ending, settlement: &Settlement) -> String {
    let attended = span(settlement.attended_ms);
    match &settlement.bill {
        Bill::Free => format!("{ending:?}, {attended}"),
        Bill::Minutes { used_ms, returned_ms } => {
            format!("{ending:?}, used {}, returned {}", span(*used_ms), span(*returned_ms))
        }
        Bill::Money(bill) => format!(
            "{ending:?}, {attended}, owed {}, host {}, fee {}, due {}",
            bill.owed, bill.kept.host, bill.kept.fee, bill.due
        ),
    }
}

/// `checkout by 1` goes to the first of the host's own accounts.
fn merchant(words: &[&str]) -> Option<MerchantId> {
    match words {
        [_, "by", which] => Some(MerchantId::from_bits(which.parse().expect("accounts are counted"))),
        _ => None,
    }
}

fn party(who: &str) -> Option<Party> {
    match who.split('/').next()? {
        "host" => Some(Party::Host),
        "payer" => Some(Party::Payer),
        "operator" => Some(Party::Operator),
        _ => None,
    }
}

fn euros(text: &str) -> Money {
    let euro = Currency::parse("EUR").expect("the euro is known");
    Money::parse(text, euro).expect("a script writes an amount")
}

fn seat(who: &str) -> ParticipantId {
    ParticipantId::from_bits(who.bytes().fold(0, |bits, byte| bits << 8 | u128::from(byte)))
}

fn millis(span: &str) -> i64 {
    let number = |text: &str| text.parse::<i64>().expect("a script counts in whole numbers");
    if let Some(seconds) = span.strip_suffix('s') {
        number(seconds) * 1_000
    } else if let Some(hours) = span.strip_suffix('h') {
        number(hours) * 3_600_000
    } else {
        number(span.trim_end_matches('m')) * 60_000
    }
}

/// Minutes, seconds and milliseconds, as far as there are any.
fn span(millis: i64) -> String {
    let (sign, millis) = (if millis < 0 { "-" } else { "" }, millis.unsigned_abs());
    let (minutes, seconds, rest) = (millis / 60_000, millis / 1_000 % 60, millis % 1_000);
    match (seconds, rest) {
        (0, 0) => format!("{sign}{minutes}m"),
        (_, 0) => format!("{sign}{minutes}m{seconds}s"),
        _ => format!("{sign}{minutes}m{seconds}.{rest:03}s"),
    }
}
