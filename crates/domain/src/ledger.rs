//! Double entry: what every unit of money and every millisecond of prepaid time is, at any time.
//!
//! | account | unit | balance | holds |
//! |---|---|---|---|
//! | processor_clearing | money | either | what the processor has of ours |
//! | deferred:{session} | money | credit, guarded | paid for a session that is not settled |
//! | host_payable:{user} | money | either | earned by a host, and owed to them by the operator |
//! | platform_fee | money | either | earned by the operator |
//! | dispute_reserve | money | debit, guarded | withdrawn by the processor while a dispute is open |
//! | loss | money | debit, guarded | lost disputes |
//! | host_clearing:{merchant} | money | either | what a host's own account at the processor has of it |
//! | host_earned:{user} | money | either | earned by a host in an account of their own |
//! | host_reserve:{merchant} | money | debit, guarded | withdrawn from there while a dispute is open |
//! | host_loss:{merchant} | money | debit, guarded | lost disputes of that account |
//! | issued | time | debit, guarded | all time that was sold |
//! | minutes:{seller}:{user} | time | credit, guarded | what a payer may still spend with that host |
//! | held:{session} | time | credit, guarded | reserved for a session |
//! | used | time | credit, guarded | spent |
//!
//! An [`Entry`] is one leg: a debit is positive, a credit negative. A [`Transaction`] is sealed: whatever
//! exists balances in every unit. A guarded account is never overdrawn. The others may be: a refund can come
//! before the processor pays out and after a host or the operator was paid out, and they then owe.
//! [`Receiver`] says which of two accounts it is: where the operator takes the money, or where the host does.
//!
//! Posting is idempotent by the transaction's id. [`Ledger`] keeps everything in memory, for tests and
//! simulations; the database holds the same rules. Not here: who is paid out, and when.

mod minutes;
mod receiver;
#[cfg(test)]
mod tests;
mod transaction;

pub(crate) use minutes::fee_within;
pub use minutes::{PackSale, minutes_bought, minutes_sold_back};
pub use receiver::Receiver;
pub use transaction::{Cause, Entry, Transaction, TransactionError, Value};

use model::{Currency, MerchantId, SessionId, TransactionId, UserId};
use std::collections::BTreeMap;
use std::collections::btree_map;

/// What a balance is of.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Unit {
    Money(Currency),
    /// Prepaid time, in milliseconds. It never balances against money.
    Time,
}

/// Where value is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Account {
    ProcessorClearing,
    Deferred(SessionId),
    HostPayable(UserId),
    PlatformFee,
    DisputeReserve,
    Loss,
    HostClearing(MerchantId),
    HostEarned(UserId),
    HostReserve(MerchantId),
    HostLoss(MerchantId),
    Issued,
    Minutes { seller: UserId, buyer: UserId },
    Held(SessionId),
    Used,
}

/// The side on which a balance may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Guard {
    Debit,
    Credit,
    Either,
}

/// All transactions, and what they come to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Ledger {
    transactions: BTreeMap<TransactionId, Transaction>,
    balances: BTreeMap<(Account, Unit), i64>,
}

/// What posting a transaction did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Posted {
    Now,
    /// It stands already, so that nothing changed.
    Before,
}

/// Why a transaction was not posted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PostError {
    #[error("another transaction has this id")]
    Conflict,
    #[error("the account would be overdrawn")]
    Overdrawn { account: Account },
    #[error("the balance would be too large")]
    TooLarge { account: Account },
}

impl Account {
    /// The side on which its balance must stay.
    pub const fn guard(self) -> Guard {
        match self {
            Self::ProcessorClearing
            | Self::HostPayable(_)
            | Self::PlatformFee
            | Self::HostClearing(_)
            | Self::HostEarned(_) => Guard::Either,
            Self::DisputeReserve | Self::Loss | Self::HostReserve(_) | Self::HostLoss(_) | Self::Issued => {
                Guard::Debit
            }
            Self::Deferred(_) | Self::Minutes { .. } | Self::Held(_) | Self::Used => Guard::Credit,
        }
    }

    /// Whether it holds time rather than money.
    pub const fn is_of_time(self) -> bool {
        match self {
            Self::Issued | Self::Minutes { .. } | Self::Held(_) | Self::Used => true,
            Self::ProcessorClearing
            | Self::Deferred(_)
            | Self::HostPayable(_)
            | Self::PlatformFee
            | Self::DisputeReserve
            | Self::Loss
            | Self::HostClearing(_)
            | Self::HostEarned(_)
            | Self::HostReserve(_)
            | Self::HostLoss(_) => false,
        }
    }

    /// Its name in the database and in statements.
    pub fn name(self) -> String {
        match self {
            Self::ProcessorClearing => "processor_clearing".to_owned(),
            Self::Deferred(session) => format!("deferred:{session}"),
            Self::HostPayable(host) => format!("host_payable:{host}"),
            Self::PlatformFee => "platform_fee".to_owned(),
            Self::DisputeReserve => "dispute_reserve".to_owned(),
            Self::Loss => "loss".to_owned(),
            Self::HostClearing(merchant) => format!("host_clearing:{merchant}"),
            Self::HostEarned(host) => format!("host_earned:{host}"),
            Self::HostReserve(merchant) => format!("host_reserve:{merchant}"),
            Self::HostLoss(merchant) => format!("host_loss:{merchant}"),
            Self::Issued => "issued".to_owned(),
            Self::Minutes { seller, buyer } => format!("minutes:{seller}:{buyer}"),
            Self::Held(session) => format!("held:{session}"),
            Self::Used => "used".to_owned(),
        }
    }
}

impl Guard {
    /// Whether a balance may be so; a debit is positive.
    pub const fn allows(self, balance: i64) -> bool {
        match self {
            Self::Debit => balance >= 0,
            Self::Credit => balance <= 0,
            Self::Either => true,
        }
    }
}

impl Ledger {
    /// Posts a transaction as a whole, or not at all.
    pub fn post(&mut self, transaction: &Transaction) -> Result<Posted, PostError> {
        if let Some(known) = self.transactions.get(&transaction.id()) {
            return if known == transaction { Ok(Posted::Before) } else { Err(PostError::Conflict) };
        }
        let mut changed = Vec::with_capacity(transaction.entries().len());
        for entry in transaction.entries() {
            let Entry { account, unit, amount } = *entry;
            let balance =
                self.balance(account, unit).checked_add(amount).ok_or(PostError::TooLarge { account })?;
            if !account.guard().allows(balance) {
                return Err(PostError::Overdrawn { account });
            }
            changed.push(((account, unit), balance));
        }
        self.balances.extend(changed);
        self.transactions.insert(transaction.id(), transaction.clone());
        Ok(Posted::Now)
    }

    /// The balance of an account in a unit: a debit is positive.
    pub fn balance(&self, account: Account, unit: Unit) -> i64 {
        self.balances.get(&(account, unit)).copied().unwrap_or(0)
    }

    /// Every balance that was ever touched.
    pub fn balances(&self) -> btree_map::Iter<'_, (Account, Unit), i64> {
        self.balances.iter()
    }

    /// Every transaction, by id.
    pub fn transactions(&self) -> btree_map::Values<'_, TransactionId, Transaction> {
        self.transactions.values()
    }

    /// Asserts what must always hold: every unit sums to zero, nothing guarded is overdrawn.
    pub fn assert_sound(&self) {
        let mut totals: BTreeMap<Unit, i128> = BTreeMap::new();
        for ((account, unit), balance) in &self.balances {
            *totals.entry(*unit).or_default() += i128::from(*balance);
            assert!(account.guard().allows(*balance), "{} is overdrawn", account.name());
        }
        assert!(totals.values().all(|total| *total == 0), "every unit sums to zero");
    }
}
