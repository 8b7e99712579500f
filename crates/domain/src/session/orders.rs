//! What an event means for the processor and the mailer: orders that are saved with the event and carried
//! out after it, as often as it takes. Their ids make every repeat the same order.

use super::Session;
use super::bill::{Act, Bill, Settlement};
use super::event::{Event, Party, What};
use super::ids;
use super::platform::FeeMove;
use super::rules::Rules;
use super::stage::Stage;
use super::till::{Payment, PaymentState, Release};
use model::{Money, OutboxId, PaymentId};

/// One order, to be carried out once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Order {
    pub id: OutboxId,
    pub what: Instruction,
}

/// What is to be done outside.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Instruction {
    /// Take so much of the money that is kept ready, and let the rest go.
    Capture {
        payment: PaymentId,
        amount: Money,
        /// What of it comes to the operator at once, where the host takes the rest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fee: Option<Money>,
    },
    /// Let money go that is kept ready.
    VoidHold {
        payment: PaymentId,
    },
    /// Send money back.
    Refund {
        payment: PaymentId,
        amount: Money,
    },
    /// Give a host back what came to the operator of money that the host took.
    ReturnFee {
        payment: PaymentId,
        amount: Money,
    },
    /// Close a checkout, so that nobody pays in vain.
    EndCheckout {
        payment: PaymentId,
    },
    Mail(Letter),
}

/// What somebody is told by mail: the payer, unless it says otherwise.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letter {
    /// The session is over, and this is what it came to; of a purchase: it is paid.
    Receipt,
    /// The same, and this is still to be paid.
    Bill { due: Money },
    /// The bill is paid.
    Paid { amount: Money },
    /// Money or minutes went back.
    Refunded,
    /// The host planned it for another time.
    Moved,
    /// Money that was kept ready is taken in full before the session is over. By the rules 2, which did not
    /// say how much.
    HoldTaken,
    /// The same with the amount.
    TakenEarly { amount: Money },
    /// Money that was kept ready is not there any more. That is the end of a session that has not begun; of
    /// any other what it comes to becomes a bill.
    HoldGone { to: Party, is_off: bool },
    /// A bank asked for money of a payment, or has decided about it.
    Dispute { payment: PaymentId, amount: Money, news: DisputeNews, to: Answerable },
}

/// How a dispute stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeNews {
    Opened,
    Won,
    Lost,
}

/// Who has to hear of a dispute.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answerable {
    /// Whoever sold what was paid for.
    Seller,
    /// Whoever runs the server.
    Operators,
}

/// The orders that belong to `event`. `session` is as it was before.
pub fn orders(session: &Session, event: &Event) -> Vec<Order> {
    let mut all = instructions(session, event);
    share(session, event, &mut all);
    all.into_iter().zip(ids::orders(session)).map(|(what, id)| Order { id, what }).collect()
}

/// The operator's share of what hosts take themselves. Of what was never charged nothing goes back.
fn share(session: &Session, event: &Event, all: &mut Vec<Instruction>) {
    for FeeMove { payment: of, taken, returned, .. } in session.fee_moves(event) {
        for what in all.iter_mut() {
            if let Instruction::Capture { payment, fee, .. } = what
                && *payment == of
            {
                *fee = Some(taken).filter(|taken| !taken.is_zero());
            }
        }
        if !returned.is_zero() && !matches!(event.what, What::CaptureFailed { .. }) {
            all.push(Instruction::ReturnFee { payment: of, amount: returned });
        }
    }
}

fn instructions(session: &Session, event: &Event) -> Vec<Instruction> {
    match &event.what {
        What::CheckoutEnded { payment, by_us: true } => vec![Instruction::EndCheckout { payment: *payment }],
        What::HoldRefused { payment } => vec![Instruction::VoidHold { payment: *payment }],
        What::SentBack { payment, amount } => {
            let refund = Instruction::Refund { payment: *payment, amount: *amount };
            vec![refund, Instruction::Mail(Letter::Refunded)]
        }
        What::CheckoutEnded { by_us: false, .. } | What::HoldTaken { .. } | What::CaptureFailed { .. } => {
            about_hold(session, event)
        }
        What::BillPaid { payment } => {
            vec![Instruction::Mail(Letter::Paid { amount: session.payment(*payment).amount })]
        }
        What::Closed { settlement, .. } => closing(session, settlement),
        What::Refunded { parts, .. } => {
            let refund =
                parts.iter().map(|part| Instruction::Refund { payment: part.payment, amount: part.amount });
            refund.chain([Instruction::Mail(Letter::Refunded)]).collect()
        }
        What::Moved { .. } => vec![Instruction::Mail(Letter::Moved)],
        What::MinutesReturned { .. } => vec![Instruction::Mail(Letter::Refunded)],
        What::DisputeOpened { payment, amount } => {
            disputed((*payment, *amount), None, (DisputeNews::Opened, event.rules))
        }
        What::DisputeWon { payment, amount, release } => {
            disputed((*payment, *amount), *release, (DisputeNews::Won, event.rules))
        }
        What::DisputeLost { payment, amount, release, .. } => {
            disputed((*payment, *amount), *release, (DisputeNews::Lost, event.rules))
        }
        What::Consented { .. }
        | What::CheckoutStarted { .. }
        | What::Declined { .. }
        | What::HoldPlaced { .. }
        | What::Captured { .. }
        | What::CaptureConfirmed { .. }
        | What::Forgiven { .. }
        | What::Reserved { .. }
        | What::Confirmed
        | What::Entered { .. }
        | What::Gone { .. }
        | What::Revived { .. }
        | What::Began { .. }
        | What::Paused
        | What::Resumed
        | What::Warned { .. }
        | What::PaidTimeOver
        | What::Extended => Vec::new(),
    }
}

/// What follows when money that is kept ready is taken, or is not there any more.
fn about_hold(session: &Session, event: &Event) -> Vec<Instruction> {
    match &event.what {
        What::CheckoutEnded { payment, .. } if session.payment(*payment).state == PaymentState::Held => {
            hold_gone(session, event.rules)
        }
        What::HoldTaken { payment } => {
            let amount = session.payment(*payment).amount;
            let capture = Instruction::Capture { payment: *payment, amount, fee: None };
            let letter = match event.rules {
                Rules::One | Rules::Two => Letter::HoldTaken,
                Rules::Three => Letter::TakenEarly { amount },
            };
            [capture].into_iter().chain(since_two(event.rules, [letter])).collect()
        }
        What::CaptureFailed { payment } if session.is_closed() => {
            let Some(due) = session.owing_without(*payment) else { return Vec::new() };
            let host = Letter::HoldGone { to: Party::Host, is_off: false };
            [Instruction::Mail(Letter::Bill { due })]
                .into_iter()
                .chain(since_two(event.rules, [host]))
                .collect()
        }
        // Nobody knows yet what will be owed.
        What::CaptureFailed { .. } => hold_gone(session, event.rules),
        _ => Vec::new(),
    }
}

/// What both are told when money that was kept ready is gone, of a session that is not over.
fn hold_gone(session: &Session, rules: Rules) -> Vec<Instruction> {
    let is_off = matches!(session.stage, Stage::Confirmed { .. });
    let to = |to| Letter::HoldGone { to, is_off };
    since_two(rules, [to(Party::Payer), to(Party::Host)]).collect()
}

/// By the first rules nobody was told of disputes, nor of what becomes of money that is kept ready.
fn since_two<const N: usize>(rules: Rules, letters: [Letter; N]) -> impl Iterator<Item = Instruction> {
    letters.into_iter().filter(move |_| rules >= Rules::Two).map(Instruction::Mail)
}

/// What is told of a dispute.
pub(crate) fn dispute_told((payment, amount): (PaymentId, Money), news: DisputeNews) -> [Letter; 2] {
    [Answerable::Seller, Answerable::Operators].map(|to| Letter::Dispute { payment, amount, news, to })
}

/// What a dispute asks for: what was frozen goes where it belongs, and then everybody hears of it.
fn disputed(
    disputed: (PaymentId, Money),
    release: Option<Release>,
    (news, rules): (DisputeNews, Rules),
) -> Vec<Instruction> {
    let refund = release.filter(|release| !release.refund.is_zero());
    let refund =
        refund.map(|Release { refund: amount, .. }| Instruction::Refund { payment: disputed.0, amount });
    refund.into_iter().chain(since_two(rules, dispute_told(disputed, news))).collect()
}

/// Whoever never agreed to anything gets no mail.
fn closing(session: &Session, settlement: &Settlement) -> Vec<Instruction> {
    let asked = session.till.payments.iter().filter(|payment| payment.is_asked());
    let mut orders: Vec<_> = asked.map(|payment| Instruction::EndCheckout { payment: payment.id }).collect();
    if let Bill::Money(bill) = &settlement.bill {
        for part in &bill.moves {
            let payment = part.payment;
            match part.act {
                Act::Capture { kept } => {
                    orders.push(Instruction::Capture { payment, amount: kept.total(), fee: None });
                }
                Act::LetGo => orders.push(Instruction::VoidHold { payment }),
                Act::Divide { refund, .. } if !refund.is_zero() => {
                    orders.push(Instruction::Refund { payment, amount: refund });
                }
                Act::Divide { .. } | Act::Freeze { .. } => {}
            }
        }
    }
    let paid = |state| matches!(state, PaymentState::Held | PaymentState::Taken(_));
    let has_paid = session.till.payments.iter().any(|payment| paid(payment.state));
    match settlement.due() {
        Some(due) => orders.push(Instruction::Mail(Letter::Bill { due })),
        None if has_paid || session.till.reserved_ms > 0 => orders.push(Instruction::Mail(Letter::Receipt)),
        None => {}
    }
    orders
}

impl Session {
    fn payment(&self, id: PaymentId) -> &Payment {
        self.till.payment(id).expect("events name payments that exist")
    }
}
