//! One SQL statement with its values, which runs unchanged on both databases.
//!
//! The text is `&'static str`, so nothing that came from outside can become SQL. Values are of the
//! four kinds that both databases store alike: text, whole numbers, truth values and absent text.

use crate::{Deal, Error, Store, Transaction};
use model::UnixMillis;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{FromRow, Postgres, Sqlite};

/// A statement and what stands in place of `$1`, `$2`, ….
pub struct Statement {
    sql: &'static str,
    values: Vec<Value>,
}

enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Boolean(bool),
}

/// A row that can be read from either database. Every `#[derive(sqlx::FromRow)]` of plain columns is one.
pub trait Row: ReadSqlite + ReadPostgres + Send + Unpin + 'static {}

impl<T: ReadSqlite + ReadPostgres + Send + Unpin + 'static> Row for T {}

/// A row that can be read from SQLite.
pub trait ReadSqlite: for<'r> FromRow<'r, SqliteRow> {}

impl<T: for<'r> FromRow<'r, SqliteRow>> ReadSqlite for T {}

/// A row that can be read from PostgreSQL.
pub trait ReadPostgres: for<'r> FromRow<'r, PgRow> {}

impl<T: for<'r> FromRow<'r, PgRow>> ReadPostgres for T {}

impl Statement {
    pub fn new(sql: &'static str) -> Self {
        Self { sql, values: Vec::new() }
    }

    pub fn text(self, text: impl Into<String>) -> Self {
        self.optional_text(Some(text.into()))
    }

    pub fn optional_text(mut self, text: Option<String>) -> Self {
        self.values.push(Value::Text(text));
        self
    }

    /// The two columns of what something is about.
    pub fn deal(self, deal: Deal) -> Self {
        deal.columns().into_iter().fold(self, Self::optional_text)
    }

    pub fn integer(mut self, integer: i64) -> Self {
        self.values.push(Value::Integer(Some(integer)));
        self
    }

    pub fn optional_integer(mut self, integer: Option<i64>) -> Self {
        self.values.push(Value::Integer(integer));
        self
    }

    pub fn time(self, time: UnixMillis) -> Self {
        self.integer(time.0)
    }

    pub fn optional_time(mut self, time: Option<UnixMillis>) -> Self {
        self.values.push(Value::Integer(time.map(|time| time.0)));
        self
    }

    pub fn boolean(mut self, boolean: bool) -> Self {
        self.values.push(Value::Boolean(boolean));
        self
    }

    fn for_sqlite(self) -> Query<'static, Sqlite, SqliteArguments> {
        self.values.into_iter().fold(sqlx::query(self.sql), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Integer(integer) => query.bind(integer),
            Value::Boolean(boolean) => query.bind(boolean),
        })
    }

    fn for_postgres(self) -> Query<'static, Postgres, PgArguments> {
        self.values.into_iter().fold(sqlx::query(self.sql), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Integer(integer) => query.bind(integer),
            Value::Boolean(boolean) => query.bind(boolean),
        })
    }

    fn rows_for_sqlite<T: Row>(self) -> QueryAs<'static, Sqlite, T, SqliteArguments> {
        self.values.into_iter().fold(sqlx::query_as(self.sql), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Integer(integer) => query.bind(integer),
            Value::Boolean(boolean) => query.bind(boolean),
        })
    }

    fn rows_for_postgres<T: Row>(self) -> QueryAs<'static, Postgres, T, PgArguments> {
        self.values.into_iter().fold(sqlx::query_as(self.sql), |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Integer(integer) => query.bind(integer),
            Value::Boolean(boolean) => query.bind(boolean),
        })
    }
}

impl Store {
    /// Runs a writing statement by itself; says how many rows it touched.
    pub(crate) async fn execute(&self, statement: Statement) -> Result<u64, Error> {
        #[cfg(feature = "testing")]
        crate::testing::live_on()?;
        Ok(match self {
            Self::Sqlite { writer, .. } => statement.for_sqlite().execute(writer).await?.rows_affected(),
            Self::Postgres(pool) => statement.for_postgres().execute(pool).await?.rows_affected(),
        })
    }

    /// Runs a writing statement that answers with at most one row.
    pub(crate) async fn write_returning<T: Row>(&self, statement: Statement) -> Result<Option<T>, Error> {
        #[cfg(feature = "testing")]
        crate::testing::live_on()?;
        Ok(match self {
            Self::Sqlite { writer, .. } => statement.rows_for_sqlite().fetch_optional(writer).await?,
            Self::Postgres(pool) => statement.rows_for_postgres().fetch_optional(pool).await?,
        })
    }

    /// Reads at most one row.
    pub(crate) async fn fetch_optional<T: Row>(&self, statement: Statement) -> Result<Option<T>, Error> {
        Ok(match self {
            Self::Sqlite { readers, .. } => statement.rows_for_sqlite().fetch_optional(readers).await?,
            Self::Postgres(pool) => statement.rows_for_postgres().fetch_optional(pool).await?,
        })
    }

    /// Reads every row.
    pub(crate) async fn fetch_all<T: Row>(&self, statement: Statement) -> Result<Vec<T>, Error> {
        Ok(match self {
            Self::Sqlite { readers, .. } => statement.rows_for_sqlite().fetch_all(readers).await?,
            Self::Postgres(pool) => statement.rows_for_postgres().fetch_all(pool).await?,
        })
    }
}

impl Transaction {
    /// Runs a writing statement; says how many rows it touched.
    pub(crate) async fn execute(&mut self, statement: Statement) -> Result<u64, Error> {
        #[cfg(feature = "testing")]
        crate::testing::live_on()?;
        Ok(match self {
            Self::Sqlite(tx) => statement.for_sqlite().execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx) => statement.for_postgres().execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Runs a statement that answers with at most one row.
    pub(crate) async fn fetch_optional<T: Row>(&mut self, statement: Statement) -> Result<Option<T>, Error> {
        #[cfg(feature = "testing")]
        crate::testing::live_on()?;
        Ok(match self {
            Self::Sqlite(tx) => statement.rows_for_sqlite().fetch_optional(&mut **tx).await?,
            Self::Postgres(tx) => statement.rows_for_postgres().fetch_optional(&mut **tx).await?,
        })
    }
}
