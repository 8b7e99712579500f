//! The migrations, as each database needs them.
//!
//! ```text
//! migrations/0003_owner_and_audit.sql          both databases
//! migrations/sqlite/0003_append_only.sql       follows it on SQLite
//! migrations/postgres/0003_append_only.sql     follows it on PostgreSQL
//! ```
//!
//! A file in a database's own folder belongs to the common file of the same number: both are one migration
//! that is applied in one transaction. Only what the two databases write differently stands there.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, Migrator};
use std::borrow::Cow;

static COMMON: Migrator = sqlx::migrate!("../../migrations");
static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// What makes an SQLite file ready.
pub fn for_sqlite() -> Migrator {
    join(&SQLITE)
}

/// What makes a PostgreSQL database ready.
pub fn for_postgres() -> Migrator {
    join(&POSTGRES)
}

fn join(own: &Migrator) -> Migrator {
    let lonely = own.iter().find(|own| !COMMON.version_exists(own.version));
    assert!(lonely.is_none(), "a database's own migration follows a common one: {lonely:?}");
    let joined = COMMON.iter().map(|common| match own.iter().find(|own| own.version == common.version) {
        None => common.clone(),
        Some(own) => follow(common, own),
    });
    Migrator::with_migrations(joined.collect())
}

fn follow(common: &Migration, own: &Migration) -> Migration {
    let sql = format!("{}\n{}", common.sql.as_str(), own.sql.as_str());
    Migration::new(
        common.version,
        Cow::Owned(common.description.to_string()),
        common.migration_type,
        // Both parts were compiled in.
        sqlx::AssertSqlSafe(sql).into_sql_str(),
        common.no_tx,
    )
}
