//! A sealed, balanced set of entries. Whoever holds one need not check it again.

use super::{Account, Unit};
use model::{Money, TransactionId};
use std::collections::{BTreeMap, BTreeSet};

/// One leg: so much onto or off one account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Entry {
    pub account: Account,
    pub unit: Unit,
    /// A debit is positive, a credit negative.
    pub amount: i64,
}

/// So much of something, never negative.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Value {
    pub amount: i64,
    pub unit: Unit,
}

/// What a transaction is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    Captured,
    /// What was posted as captured did not come.
    CaptureFailed,
    Refunded,
    /// The operator's share of a payment that a host takes themselves.
    FeeTaken,
    /// What of it went back to the host.
    FeeReturned,
    Delivered,
    Forgone,
    DisputeOpened,
    DisputeWon,
    DisputeLost,
    MinutesBought,
    MinutesSoldBack,
    MinutesReserved,
    MinutesSettled,
    MinutesReturned,
}

/// Entries that balance in every unit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Transaction {
    id: TransactionId,
    cause: Cause,
    entries: Vec<Entry>,
}

/// Why entries are no transaction.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TransactionError {
    #[error("a transaction has two to {} entries", Transaction::ENTRIES)]
    Count,
    #[error("an entry moves something")]
    Zero,
    #[error("an account is named once for each unit")]
    Repeated,
    #[error("money accounts hold money and time accounts time")]
    WrongUnit,
    #[error("debits and credits differ")]
    Unbalanced { unit: Unit },
}

impl Transaction {
    /// The most entries of one transaction.
    pub const ENTRIES: usize = 16;

    /// Seals the entries, if they balance.
    pub fn new(id: TransactionId, cause: Cause, entries: Vec<Entry>) -> Result<Self, TransactionError> {
        if entries.len() < 2 || entries.len() > Self::ENTRIES {
            return Err(TransactionError::Count);
        }
        let mut totals: BTreeMap<Unit, i128> = BTreeMap::new();
        let mut named = BTreeSet::new();
        for Entry { account, unit, amount } in &entries {
            if *amount == 0 {
                return Err(TransactionError::Zero);
            }
            if account.is_of_time() != (*unit == Unit::Time) {
                return Err(TransactionError::WrongUnit);
            }
            if !named.insert((*account, *unit)) {
                return Err(TransactionError::Repeated);
            }
            *totals.entry(*unit).or_default() += i128::from(*amount);
        }
        match totals.into_iter().find(|(_, total)| *total != 0) {
            Some((unit, _)) => Err(TransactionError::Unbalanced { unit }),
            None => Ok(Self { id, cause, entries }),
        }
    }

    /// Moves a value from where it is credited to where it is debited. Nothing is no transaction.
    pub(crate) fn transfer(
        id: TransactionId,
        cause: Cause,
        [debit, credit]: [Account; 2],
        value: impl Into<Value>,
    ) -> Option<Self> {
        let value = value.into();
        Self::of(id, cause, vec![Entry::debit(debit, value), Entry::credit(credit, value)])
    }

    /// Seals entries that are known to balance, leaving out those that move nothing.
    pub(crate) fn of(id: TransactionId, cause: Cause, mut entries: Vec<Entry>) -> Option<Self> {
        entries.retain(|entry| entry.amount != 0);
        if entries.is_empty() {
            return None;
        }
        Some(Self::new(id, cause, entries).expect("whoever splits a value keeps its sum"))
    }

    /// What makes it the same when it is posted again.
    pub const fn id(&self) -> TransactionId {
        self.id
    }

    /// What it is for.
    pub const fn cause(&self) -> Cause {
        self.cause
    }

    /// Its legs.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

impl Entry {
    /// A leg that adds to what is ours or takes from what is owed.
    pub fn debit(account: Account, value: impl Into<Value>) -> Self {
        let Value { amount, unit } = value.into();
        Self { account, unit, amount }
    }

    /// A leg that takes from what is ours or adds to what is owed.
    pub fn credit(account: Account, value: impl Into<Value>) -> Self {
        let Value { amount, unit } = value.into();
        Self { account, unit, amount: amount.checked_neg().expect("a value is not negative") }
    }
}

impl Value {
    /// So many milliseconds of prepaid time.
    pub const fn time(millis: i64) -> Self {
        assert!(millis >= 0, "a value is not negative");
        Self { amount: millis, unit: Unit::Time }
    }
}

impl From<Money> for Value {
    fn from(money: Money) -> Self {
        assert!(money.minor >= 0, "a value is not negative");
        Self { amount: money.minor, unit: Unit::Money(money.currency) }
    }
}

impl Cause {
    /// Its name in the database and in statements.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::CaptureFailed => "capture_failed",
            Self::Refunded => "refunded",
            Self::FeeTaken => "fee_taken",
            Self::FeeReturned => "fee_returned",
            Self::Delivered => "delivered",
            Self::Forgone => "forgone",
            Self::DisputeOpened => "dispute_opened",
            Self::DisputeWon => "dispute_won",
            Self::DisputeLost => "dispute_lost",
            Self::MinutesBought => "minutes_bought",
            Self::MinutesSoldBack => "minutes_sold_back",
            Self::MinutesReserved => "minutes_reserved",
            Self::MinutesSettled => "minutes_settled",
            Self::MinutesReturned => "minutes_returned",
        }
    }
}
