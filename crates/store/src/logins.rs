//! Logins: the records of signed-in browsers, as the session layer of the server keeps them.
//!
//! The id is a hash of what the browser holds, so a stolen database opens no session. The body is the
//! server's own text; nothing here looks inside it.

use crate::statement::Statement;
use crate::{Error, Store};
use model::{UnixMillis, UserId};

/// One login as it stands in the database.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoginRow {
    /// The hash of the secret that the browser holds.
    pub id: String,
    /// Whose login it is, once that is known.
    pub user: Option<UserId>,
    pub body: String,
    pub expires_at: UnixMillis,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    user_id: Option<String>,
    body: String,
    expires_at: i64,
}

/// Adds a login unless one with this id exists; says whether it was added.
pub async fn insert_new(store: &Store, row: &LoginRow) -> Result<bool, Error> {
    const SQL: &str = "insert into logins (id, user_id, body, expires_at) values ($1, $2, $3, $4) \
         on conflict (id) do nothing";
    Ok(store.execute(written(SQL, row)).await? == 1)
}

/// Writes a login, whether it exists or not.
pub async fn save(store: &Store, row: &LoginRow) -> Result<(), Error> {
    const SQL: &str = "insert into logins (id, user_id, body, expires_at) values ($1, $2, $3, $4) \
         on conflict (id) do update set user_id = excluded.user_id, body = excluded.body, \
         expires_at = excluded.expires_at";
    store.execute(written(SQL, row)).await?;
    Ok(())
}

/// Reads a login that has not expired.
pub async fn load(store: &Store, id: &str, now: UnixMillis) -> Result<Option<LoginRow>, Error> {
    const SQL: &str = "select id, user_id, body, expires_at from logins where id = $1 and expires_at > $2";
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(id).time(now)).await?;
    raw.map(Raw::parse).transpose()
}

/// Forgets a login; harmless if there is none.
pub async fn delete(store: &Store, id: &str) -> Result<(), Error> {
    const SQL: &str = "delete from logins where id = $1";
    store.execute(Statement::new(SQL).text(id)).await?;
    Ok(())
}

/// Forgets every login that has expired; says how many there were.
pub async fn delete_expired(store: &Store, now: UnixMillis) -> Result<u64, Error> {
    const SQL: &str = "delete from logins where expires_at <= $1";
    store.execute(Statement::new(SQL).time(now)).await
}

fn written(sql: &'static str, row: &LoginRow) -> Statement {
    let user = row.user.map(|user| user.to_hex());
    Statement::new(sql).text(&row.id).optional_text(user).text(&row.body).time(row.expires_at)
}

impl Raw {
    fn parse(self) -> Result<LoginRow, Error> {
        let user = self.user_id.map(|text| text.parse()).transpose();
        Ok(LoginRow {
            id: self.id,
            user: user.map_err(|_| Error::Corrupt { table: "logins" })?,
            body: self.body,
            expires_at: UnixMillis(self.expires_at),
        })
    }
}
