//! What is thrown away because its time is over.
//!
//! | what | when |
//! |---|---|
//! | logins, and with them the identities of guests | 60 days after the last visit |
//! | links of mails | when they have expired |
//! | direct calls that ended | at once; missed ones after 30 days |
//! | everything about people in rooms where strangers met | with the end of the room |
//! | encounters of strangers | 30 days after their end; with a report, 180 |
//! | everything about people in rooms that ended | after `keep-history-days` |
//! | names in what happened in rooms that go on | after `keep-history-days` |
//! | addresses to which receipts go | `keep-history-days` after the session |
//!
//! It happens when the server starts, and every hour. What fails is tried again in an hour. Not here: what is
//! left of a room; that is `store::keeping`'s.

use crate::config::Keep;
use crate::login::Logins;
use model::UnixMillis;
use service::{Error, Services};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(3_600);
const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// Sweeps again and again.
pub async fn run(logins: Logins, services: Services, keep: Keep) {
    loop {
        tell("logins", logins.sweep().await.map_err(Error::from));
        tell("calls", services.people.sweep().await);
        tell("rooms of strangers", erase_all(&services, Which::OfStrangers).await);
        tell("encounters", services.people.forget_encounters().await);
        tell("links", services.accounts.sweep().await);
        if let Keep::Days(days) = keep {
            let by = services.ambient.now().plus(-i64::from(days) * DAY_MS);
            tell("rooms", erase_all(&services, Which::EndedBy(by)).await);
            tell("names", services.rooms.fade(by).await);
            tell("addresses", services.rooms.forget_addresses(by).await);
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Which rooms are erased.
#[derive(Clone, Copy)]
enum Which {
    EndedBy(UnixMillis),
    OfStrangers,
}

/// Erases one batch of rooms after the other.
async fn erase_all(services: &Services, which: Which) -> Result<u64, Error> {
    let mut erased = 0;
    loop {
        let batch = match which {
            Which::EndedBy(by) => services.rooms.erase_ended(by).await?,
            Which::OfStrangers => services.rooms.erase_of_strangers().await?,
        };
        match batch {
            0 => return Ok(erased),
            some => erased += u64::try_from(some).expect("a batch is small"),
        }
    }
}

fn tell(what: &str, swept: Result<u64, Error>) {
    match swept {
        Ok(0) => {}
        Ok(count) => tracing::info!(what, count, "Something was thrown away, for its time is over."),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(what, error, "What is over could not be thrown away.");
        }
    }
}
