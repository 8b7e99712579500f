//! Who takes a payment at the processor, and so where its money is and whose loss a dispute is.
//!
//! | | the operator | a host, in an account of their own |
//! |---|---|---|
//! | has it | processor_clearing | host_clearing |
//! | it becomes | host_payable, which the operator owes | host_earned, which nobody owes |
//! | while it is disputed | dispute_reserve | host_reserve |
//! | once that is lost | loss | host_loss |
//!
//! The operator's share is platform_fee either way. Of what a host takes it comes to processor_clearing by
//! itself, as the processor's fee for the operator, and goes back in the same way.

use super::Account;
use model::{MerchantId, Money, UserId};

/// Who takes a payment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Receiver {
    Operator,
    Host(MerchantId),
}

impl Receiver {
    /// Whoever it is: payments of hosts' own name their account.
    pub const fn of(merchant: Option<MerchantId>) -> Self {
        match merchant {
            None => Self::Operator,
            Some(merchant) => Self::Host(merchant),
        }
    }

    /// Where the money is.
    pub const fn clearing(self) -> Account {
        match self {
            Self::Operator => Account::ProcessorClearing,
            Self::Host(merchant) => Account::HostClearing(merchant),
        }
    }

    /// Where the two shares of an amount are that is earned at once.
    pub(super) fn split(self, host: Money, fee: Money) -> impl Iterator<Item = (Account, Money)> {
        let parts = match self {
            Self::Operator => {
                let whole = host.plus(fee).expect("both are shares of one amount");
                [Some((Account::ProcessorClearing, whole)), None]
            }
            Self::Host(_) => [Some((self.clearing(), host)), Some((Account::ProcessorClearing, fee))],
        };
        parts.into_iter().flatten()
    }

    /// What it becomes once a host has earned it.
    pub const fn earned(self, host: UserId) -> Account {
        match self {
            Self::Operator => Account::HostPayable(host),
            Self::Host(_) => Account::HostEarned(host),
        }
    }

    /// Where it is while a bank has it.
    pub const fn reserve(self) -> Account {
        match self {
            Self::Operator => Account::DisputeReserve,
            Self::Host(merchant) => Account::HostReserve(merchant),
        }
    }

    /// What it is once a bank has taken it away.
    pub const fn loss(self) -> Account {
        match self {
            Self::Operator => Account::Loss,
            Self::Host(merchant) => Account::HostLoss(merchant),
        }
    }
}
