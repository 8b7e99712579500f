//! Addresses for receipts that were left before they could be withdrawn are still there.

use crate::sessions::addresses::{self, Left};
use crate::testing::TestDatabase;
use crate::{Store, migrations};
use model::{EmailAddress, RoomCode, SessionId};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;

/// The last migration before their table was made anew, and its own number.
const BEFORE: i64 = 33;
const OWN: i64 = 35;

/// A session whose payer has left an address twice.
fn old(session: SessionId) -> String {
    let (id, code) = (session.to_hex(), RoomCode::from_bits(7));
    format!(
        "insert into rooms (id, code, name, owner_id, policy, created_at, idle_since) \
             values ('{id}', '{code}', 'Choir', '{id}', '{{}}', 1, 1); \
         insert into terms (digest, words) values ('{id}', 'You pay.'); \
         insert into sessions (id, room_id, host_id, payer_id, offer, terms, made_at, status, revision) \
             values ('{id}', '{id}', '{id}', '{id}', '{{}}', '{id}', 1, 'live', 1); \
         insert into receipt_addresses (session_id, email, lang, times) \
             values ('{id}', 'bo@example.org', 'de', 2)"
    )
}

async fn make_old(url: &str, rows: String) {
    if url.starts_with("sqlite:") {
        let pool = SqlitePool::connect(&format!("{url}?mode=rwc")).await.expect("a file can be made");
        migrations::for_sqlite().run_to(BEFORE, &pool).await.expect("old migrations run");
        sqlx::raw_sql(AssertSqlSafe(rows)).execute(&pool).await.expect("old rows can be written");
        pool.close().await;
    } else {
        let pool = PgPool::connect(url).await.expect("the database answers");
        migrations::for_postgres().run_to(BEFORE, &pool).await.expect("old migrations run");
        sqlx::raw_sql(AssertSqlSafe(rows)).execute(&pool).await.expect("old rows can be written");
        pool.close().await;
    }
}

#[tokio::test]
async fn what_was_left_before_stays_and_can_be_withdrawn() {
    let session = SessionId::from_bits(7);
    assert!(migrations::for_sqlite().version_exists(OWN), "it is the migration that this is about");
    for database in TestDatabase::both() {
        make_old(&database.url, old(session)).await;
        let store = Store::open(&database.url).await.expect("an old database opens");
        let to = EmailAddress::parse("bo@example.org").expect("an address");
        let read = async || addresses::load(&store, session).await.expect("it can be read");
        let left = Left { to: Some(to.clone()), lang: "de".to_owned(), times: 2 };
        assert_eq!(read().await, Some(left.clone()));
        assert!(addresses::take_notice(&store, session, 1).await.expect("it can be counted"));
        assert!(addresses::withdraw(&store, session, &to, 0).await.expect("it can be withdrawn"));
        assert_eq!(read().await, Some(Left { to: None, ..left }));
        store.close().await;
    }
}
