//! What calling a session off would do, as its payer is told before they press.

use super::{Bill, Command, Paper, Party, What};
use domain::session::{Act, MoneyBill, decide};
use model::Money;

/// What calling a session off would do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cancelling {
    Money {
        /// What came before.
        paid: Money,
        /// What of it goes back.
        back: Money,
        /// What is taken of the money that is kept ready; the rest of that is let go.
        taken: Money,
        /// What is to be paid then.
        due: Money,
    },
    /// So much prepaid time goes back to its balance.
    Minutes { back_ms: i64 },
}

impl Cancelling {
    /// What goes back less what is taken or to be paid, in minor units or milliseconds.
    pub const fn gain(&self) -> i64 {
        match self {
            Self::Money { back, taken, due, .. } => back.minor - taken.minor - due.minor,
            Self::Minutes { back_ms } => *back_ms,
        }
    }

    fn of(bill: &MoneyBill) -> Self {
        let captured = bill.moves.iter().map(|part| match part.act {
            Act::Capture { kept } => kept.total().minor,
            Act::Divide { .. } | Act::LetGo | Act::Freeze { .. } => 0,
        });
        let taken = Money::new(captured.sum(), bill.captured.currency);
        let paid = Money::new(bill.captured.minor - taken.minor, bill.captured.currency);
        Self::Money { paid, back: bill.refunded, taken, due: bill.due }
    }
}

impl Paper {
    /// What calling it off would do now, if its payer still may.
    pub fn cancelling(&self) -> Option<Cancelling> {
        let events = decide(&self.session, &Command::Cancel { by: Party::Payer }, self.at).ok()?;
        events.iter().find_map(|event| match &event.what {
            What::Closed { settlement, .. } => match &settlement.bill {
                Bill::Money(bill) => Some(Cancelling::of(bill)),
                Bill::Minutes { returned_ms, .. } => Some(Cancelling::Minutes { back_ms: *returned_ms }),
                Bill::Free => None,
            },
            _ => None,
        })
    }
}
