//! Who is whose contact, who asks whom, who blocked whom, and the links by which people ask.
//!
//! Whoever changes what there is between two accounts locks both first ([`lock_both`]), so that limits and
//! consent hold whoever comes at the same time. Not here: when any of it may happen.

use crate::statement::Statement;
use crate::{Error, Store, Transaction, accounts};
use domain::contacts::{Counts, Relation};
use model::{ContactLinkId, DisplayName, UnixMillis, UserId};

/// Somebody, by the name of their account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PersonRow {
    pub user: UserId,
    pub name: DisplayName,
}

/// One of the lists of an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum List {
    /// By name.
    Contacts,
    /// Who waits for the account's answer.
    Asking,
    /// Whose answer it waits for.
    Asked,
    Blocked,
}

/// Locks two accounts, in an order that is always the same; says whether both are there.
pub async fn lock_both(tx: &mut Transaction, one: UserId, other: UserId) -> Result<bool, Error> {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    Ok(accounts::lock(tx, first).await? && accounts::lock(tx, second).await?)
}

/// Reads one of the lists.
pub async fn load(store: &Store, list: List, of: UserId) -> Result<Vec<PersonRow>, Error> {
    const CONTACTS: &str = "select id, name from accounts join contacts on contact_id = id \
         where account_id = $1 order by lower(name), id";
    const ASKING: &str = "select id, name from accounts join contact_requests on from_id = id \
         where to_id = $1 order by at, id";
    const ASKED: &str = "select id, name from accounts join contact_requests on to_id = id \
         where from_id = $1 order by at, id";
    const BLOCKED: &str = "select id, name from accounts join contact_blocks on blocked_id = id \
         where account_id = $1 order by lower(name), id";
    let sql = match list {
        List::Contacts => CONTACTS,
        List::Asking => ASKING,
        List::Asked => ASKED,
        List::Blocked => BLOCKED,
    };
    let raw: Vec<(String, String)> = store.fetch_all(Statement::new(sql).text(of.to_hex())).await?;
    raw.into_iter().map(parse).collect()
}

/// The contacts of an account, by their ids alone.
pub async fn load_ids(store: &Store, of: UserId) -> Result<Vec<UserId>, Error> {
    const SQL: &str = "select contact_id from contacts where account_id = $1";
    let raw: Vec<(String,)> = store.fetch_all(Statement::new(SQL).text(of.to_hex())).await?;
    raw.into_iter().map(|(id,)| id.parse().map_err(|_| corrupt())).collect()
}

/// Whether somebody is a contact, read by whoever locked both.
pub async fn are(tx: &mut Transaction, one: UserId, other: UserId) -> Result<bool, Error> {
    Ok(relation(tx, one, other).await? == Relation::Contact)
}

/// What there is between two, as the first sees it.
pub async fn relation(tx: &mut Transaction, me: UserId, other: UserId) -> Result<Relation, Error> {
    // Blocks come first: whatever was before they took away.
    const SQL: &str = "select kind from (\
         select 1 as kind from contact_blocks where account_id = $2 and blocked_id = $1 \
         union all select 2 from contact_blocks where account_id = $1 and blocked_id = $2 \
         union all select 3 from contacts where account_id = $1 and contact_id = $2 \
         union all select 4 from contact_requests where from_id = $1 and to_id = $2 \
         union all select 5 from contact_requests where from_id = $2 and to_id = $1) as known \
         order by kind limit 1";
    if me == other {
        return Ok(Relation::Myself);
    }
    let kind: Option<(i32,)> = tx.fetch_optional(between(SQL, me, other)).await?;
    Ok(match kind {
        Some((1,)) => Relation::BlockedMe,
        Some((2,)) => Relation::Blocked,
        Some((3,)) => Relation::Contact,
        Some((4,)) => Relation::Asked,
        Some((5,)) => Relation::AsksMe,
        _ => Relation::Stranger,
    })
}

/// How much there is of one side and of the other.
pub async fn counts(tx: &mut Transaction, me: UserId, other: UserId) -> Result<Counts, Error> {
    const SQL: &str = "select (select count(*) from contacts where account_id = $1), \
         (select count(*) from contacts where account_id = $2), \
         (select count(*) from contact_requests where from_id = $1), \
         (select count(*) from contact_requests where to_id = $2)";
    let raw: Option<(i64, i64, i64, i64)> = tx.fetch_optional(between(SQL, me, other)).await?;
    let (mine, theirs, asked, asking) = raw.ok_or_else(corrupt)?;
    let count = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(Counts { contacts: (count(mine), count(theirs)), requests: (count(asked), count(asking)) })
}

/// How many people an account blocks.
pub async fn count_blocked(tx: &mut Transaction, me: UserId) -> Result<u64, Error> {
    const SQL: &str = "select count(*) from contact_blocks where account_id = $1";
    let raw: Option<(i64,)> = tx.fetch_optional(Statement::new(SQL).text(me.to_hex())).await?;
    Ok(raw.map_or(0, |(count,)| u64::try_from(count).unwrap_or_default()))
}

/// Asks.
pub async fn insert_request(
    tx: &mut Transaction,
    from: UserId,
    to: UserId,
    at: UnixMillis,
) -> Result<(), Error> {
    const SQL: &str = "insert into contact_requests (from_id, to_id, at) values ($1, $2, $3) \
         on conflict (from_id, to_id) do nothing";
    tx.execute(between(SQL, from, to).time(at)).await?;
    Ok(())
}

/// Takes back what one asked the other; says whether there was anything.
pub async fn delete_request(tx: &mut Transaction, from: UserId, to: UserId) -> Result<bool, Error> {
    const SQL: &str = "delete from contact_requests where from_id = $1 and to_id = $2";
    Ok(tx.execute(between(SQL, from, to)).await? == 1)
}

/// Makes two people contacts.
pub async fn join(tx: &mut Transaction, one: UserId, other: UserId, at: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "insert into contacts (account_id, contact_id, since) values ($1, $2, $3) \
         on conflict (account_id, contact_id) do nothing";
    for (account, contact) in [(one, other), (other, one)] {
        delete_request(tx, account, contact).await?;
        tx.execute(between(SQL, account, contact).time(at)).await?;
    }
    Ok(())
}

/// Takes away whatever there is between two people, but blocks.
pub async fn part(tx: &mut Transaction, one: UserId, other: UserId) -> Result<(), Error> {
    const SQL: &str = "delete from contacts where account_id = $1 and contact_id = $2";
    for (account, contact) in [(one, other), (other, one)] {
        delete_request(tx, account, contact).await?;
        tx.execute(between(SQL, account, contact)).await?;
    }
    Ok(())
}

/// Blocks somebody.
pub async fn block(tx: &mut Transaction, me: UserId, other: UserId, at: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "insert into contact_blocks (account_id, blocked_id, at) values ($1, $2, $3) \
         on conflict (account_id, blocked_id) do nothing";
    part(tx, me, other).await?;
    tx.execute(between(SQL, me, other).time(at)).await?;
    Ok(())
}

/// Blocks somebody no more.
pub async fn unblock(tx: &mut Transaction, me: UserId, other: UserId) -> Result<(), Error> {
    const SQL: &str = "delete from contact_blocks where account_id = $1 and blocked_id = $2";
    tx.execute(between(SQL, me, other)).await?;
    Ok(())
}

/// The personal link of an account; one that has none yet gets `fresh`.
pub async fn link_of(store: &Store, account: UserId, fresh: ContactLinkId) -> Result<ContactLinkId, Error> {
    const SQL: &str = "select link_id from contact_links where account_id = $1";
    const MAKE: &str = "insert into contact_links (account_id, link_id) values ($1, $2) \
         on conflict (account_id) do nothing";
    if let Some((link,)) =
        store.fetch_optional::<(String,)>(Statement::new(SQL).text(account.to_hex())).await?
    {
        return link.parse().map_err(|_| corrupt());
    }
    store.execute(Statement::new(MAKE).text(account.to_hex()).text(fresh.to_hex())).await?;
    // Somebody else may have been quicker.
    let raw: Option<(String,)> = store.fetch_optional(Statement::new(SQL).text(account.to_hex())).await?;
    raw.ok_or_else(corrupt)?.0.parse().map_err(|_| corrupt())
}

/// Puts another link in place of an account's.
pub async fn renew_link(store: &Store, account: UserId, fresh: ContactLinkId) -> Result<(), Error> {
    const SQL: &str = "insert into contact_links (account_id, link_id) values ($1, $2) \
         on conflict (account_id) do update set link_id = excluded.link_id";
    store.execute(Statement::new(SQL).text(account.to_hex()).text(fresh.to_hex())).await?;
    Ok(())
}

/// Whose link it is.
pub async fn load_by_link(store: &Store, link: ContactLinkId) -> Result<Option<PersonRow>, Error> {
    const SQL: &str =
        "select id, name from accounts join contact_links on account_id = id where link_id = $1";
    let raw: Option<(String, String)> = store.fetch_optional(Statement::new(SQL).text(link.to_hex())).await?;
    raw.map(parse).transpose()
}

fn between(sql: &'static str, one: UserId, other: UserId) -> Statement {
    Statement::new(sql).text(one.to_hex()).text(other.to_hex())
}

fn parse((id, name): (String, String)) -> Result<PersonRow, Error> {
    let name = DisplayName::parse(&name).map_err(|_| corrupt())?;
    Ok(PersonRow { user: id.parse().map_err(|_| corrupt())?, name })
}

const fn corrupt() -> Error {
    Error::Corrupt { table: "contacts" }
}
