//! The only crate that knows SQL: SQLite or PostgreSQL behind one face.
//!
//! | module | tables |
//! |---|---|
//! | [`rooms`] | `rooms`, `barred` |
//! | [`participants`] | `participants`: seats, found by user and key hash, and their standing |
//! | [`owners`] | `room_owners`: who may write a room; every write of one goes through it |
//! | [`journal`] | `room_events`, and what each event does to the other tables of a room |
//! | [`attendance`] | `attendance`: who was inside, and for how long |
//! | [`audit`], [`verify`] | `room_chains`: the chain through the lines of the journal, and its proof |
//! | [`keeping`] | what is left of a room in all of these when it has been over for long, or of names in one that goes on |
//! | [`chat`] | `chat_messages` |
//! | [`logins`] | `logins` |
//! | [`accounts`] | `accounts`, and what they own in the tables above |
//! | [`disputes`] | `dispute_deadlines`: what no event says of disputes |
//! | [`contacts`] | `contacts`, `contact_requests`, `contact_blocks`, `contact_links` |
//! | [`encounters`] | `encounters`, `stranger_blocks`, `stranger_reports`, `stranger_bars` |
//! | [`rings`] | `rings`: direct calls under way, and missed ones |
//! | [`invite_mails`] | `invite_mails`: who was invited by mail, and what they were told |
//! | [`ledger`] | `ledger_accounts`, `ledger_transactions`, `ledger_entries`, `ledger_seals` |
//! | [`links`] | `sign_ups`, `password_resets` |
//! | [`identities`] | `passkeys`, `federated_identities` |
//! | [`refused_words`] | `refused_words`: what a processor said and was not taken |
//! | [`stripe_checkouts`] | `stripe_checkouts`: what is remembered of checkouts at Stripe |
//! | [`stripe_reads`] | `stripe_reads`: how far it is read what Stripe has told |
//! | [`merchants`] | `merchants`: accounts of hosts' own at Stripe |
//! | [`test_payments`] | `test_payments`: what the embedded processor remembers |
//! | [`sessions`] | `sessions`, `session_events`, `session_orders`, `terms`: paid sessions |
//! | [`purchases`] | `purchases`, `purchase_events`: packs of prepaid minutes |
//! | `testing` | none; databases for tests, behind the feature of that name |
//!
//! Each statement is one `&'static str` that runs unchanged on both databases, which the tests prove.
//! SQLite has one writing connection, so writers queue in this process and never meet a busy file.
//! Not here: rules. What is saved was decided elsewhere.

mod checkout_state;
mod deal;
mod heirs;
mod migrations;
mod replay;
mod statement;

pub mod accounts;
pub mod attendance;
pub mod audit;
pub mod chat;
pub mod contacts;
pub mod disputes;
pub mod encounters;
pub mod identities;
pub mod invite_mails;
pub mod journal;
pub mod keeping;
pub mod ledger;
pub mod links;
pub mod logins;
pub mod merchants;
pub mod owners;
pub mod participants;
pub mod plans;
pub mod purchases;
pub mod refused_words;
pub mod rings;
pub mod rooms;
pub mod rules;
pub mod sessions;
pub mod stripe_checkouts;
pub mod stripe_reads;
pub mod test_payments;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;
pub mod verify;

pub use deal::Deal;

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Postgres, Sqlite};
use std::str::FromStr;
use std::time::Duration;

const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 10;
const PATIENCE: Duration = Duration::from_secs(10);

/// The database failed, or holds what it should not.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database failed")]
    Sql(#[from] sqlx::Error),
    #[error("the migrations failed")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("a row of {table} does not parse")]
    Corrupt { table: &'static str },
    #[error("the room belongs to another owner by now; nothing was written")]
    Stale,
    #[error("the database did not confirm the end of a transaction")]
    Unconfirmed(#[source] sqlx::Error),
    #[error("the database address must begin with sqlite: or postgres:")]
    UnknownScheme,
}

/// The database: SQLite or PostgreSQL behind one face. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Store {
    /// One connection writes, several read: WAL lets them pass each other.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// Several statements that all take effect or none; dropping it undoes them.
#[derive(Debug)]
pub enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Store {
    /// Opens `sqlite:PATH` (made if missing, WAL) or `postgres://…` and applies the migrations.
    pub async fn open(url: &str) -> Result<Self, Error> {
        if url.starts_with("sqlite:") {
            return Self::open_sqlite(url).await;
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Self::open_postgres(url).await;
        }
        Err(Error::UnknownScheme)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        let statement = statement::Statement::new("select count(*) from rooms where id = ''");
        let _: Option<(i64,)> = self.fetch_optional(statement).await?;
        Ok(())
    }

    /// Begins several statements that belong together.
    pub async fn begin(&self) -> Result<Transaction, Error> {
        #[cfg(feature = "testing")]
        testing::live_on()?;
        Ok(match self {
            // A transaction that begins by reading could find the file taken when it comes to write.
            Self::Sqlite { writer, .. } => Transaction::Sqlite(writer.begin_with("begin immediate").await?),
            Self::Postgres(pool) => Transaction::Postgres(pool.begin().await?),
        })
    }

    /// Closes every connection; what was begun is finished first.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    async fn open_sqlite(url: &str) -> Result<Self, Error> {
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What was promised to somebody also survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            // What was deleted is overwritten, for it was deleted because it is nobody's business any more.
            .pragma("secure_delete", "on")
            // `insert or replace` deletes, and what is guarded against deletion must hear of it.
            .pragma("recursive_triggers", "on");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .connect_with(options.clone())
            .await?;
        migrations::for_sqlite().run(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await?;
        Ok(Self::Sqlite { writer, readers })
    }

    async fn open_postgres(url: &str) -> Result<Self, Error> {
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect(url)
            .await?;
        migrations::for_postgres().run(&pool).await?;
        Ok(Self::Postgres(pool))
    }
}

impl Transaction {
    /// Makes everything that was done in it lasting.
    pub async fn commit(self) -> Result<(), Error> {
        #[cfg(feature = "testing")]
        testing::live_on()?;
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        // It is saved, and nobody hears of it.
        #[cfg(feature = "testing")]
        testing::live_on()?;
        Ok(())
    }
}
