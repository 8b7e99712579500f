//! `anteroom verify-ledger`: whether the ledger balances, and says what the paid sessions say.
//!
//! It reads the same settings as a server and may run beside one. Everything is added up again, and every
//! session and every purchase played again from its events. What is found is one sentence each.

use crate::ambient::Machine;
use crate::config::Settings;
use model::UnixMillis;
use service::Ambient;
use std::fmt;
use store::{Store, ledger, purchases, sessions};

/// What was found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verdict {
    ledger: ledger::verify::Report,
    sessions: sessions::verify::Report,
    purchases: purchases::verify::Report,
}

/// Adds up the ledger and plays every session again.
pub async fn verify(settings: &Settings) -> Result<Verdict, store::Error> {
    let store = Store::open(&settings.database).await?;
    let found = look(&store, Machine.now()).await;
    store.close().await;
    found
}

/// The same of a database that is open.
pub async fn look(store: &Store, now: UnixMillis) -> Result<Verdict, store::Error> {
    let sessions = sessions::verify::replay(store, now).await?;
    let purchases = purchases::verify::replay(store).await?;
    Ok(Verdict { ledger: ledger::verify::add_up(store).await?, sessions, purchases })
}

impl Verdict {
    /// Whether nothing was found.
    pub fn is_sound(&self) -> bool {
        self.count() == 0
    }

    /// How much was found.
    pub fn count(&self) -> usize {
        self.ledger.faults.len() + self.sessions.findings.len() + self.purchases.findings.len()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ledger, sessions, purchases } = self;
        for fault in &ledger.faults {
            writeln!(f, "The ledger is not sound: {fault}.")?;
        }
        for finding in &sessions.findings {
            writeln!(f, "The ledger does not say what happened: {finding}.")?;
        }
        for finding in &purchases.findings {
            writeln!(f, "The ledger does not say what was bought: {finding}.")?;
        }
        writeln!(
            f,
            "Paid sessions that were played again: {}, of them over: {}.",
            sessions.sessions, sessions.closed
        )?;
        writeln!(f, "Purchases of packs that were played again: {}.", purchases.purchases)?;
        writeln!(
            f,
            "Transactions that were added up: {}, in accounts: {}.",
            ledger.transactions, ledger.accounts
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fault_anywhere_is_enough() {
        let ledger = ledger::verify::Report { transactions: 3, accounts: 2, faults: Vec::new() };
        let sound = Verdict {
            ledger,
            sessions: sessions::verify::Report::default(),
            purchases: purchases::verify::Report::default(),
        };
        assert!(sound.is_sound());
        let total = ledger::verify::Fault::Total { unit: "EUR".to_owned(), off: 5 };
        let mut off = sound.clone();
        off.ledger.faults.push(total);
        assert!(!off.is_sound());
        let said = off.to_string();
        assert!(
            said.starts_with("The ledger is not sound: all accounts together are off by 5 EUR.\n"),
            "{said}"
        );
        let session = model::SessionId::from_bits(7);
        let fault = sessions::verify::Fault::Unreadable;
        let mut off = sound.clone();
        off.sessions.findings.push(sessions::verify::Finding { session, fault });
        assert!(!off.is_sound());
        let said = off.to_string();
        assert!(
            said.contains("session 00000000000000000000000000000007: its events are not those"),
            "{said}"
        );
        let purchase = model::PurchaseId::from_bits(8);
        let fault = purchases::verify::Fault::Unreadable;
        let mut off = sound;
        off.purchases.findings.push(purchases::verify::Finding { purchase, fault });
        assert!(!off.is_sound());
        let said = off.to_string();
        assert!(
            said.contains("purchase 00000000000000000000000000000008: its events are not those"),
            "{said}"
        );
    }
}
