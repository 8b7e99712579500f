//! Accounts, and what becomes of what an account or a browser owns.
//!
//! | function | moves |
//! |---|---|
//! | [`adopt`] | what a browser without an account is to one room, to the account it signed in to |
//! | [`forget`] | what a user was to one room, to nobody, and their name away |
//! | [`delete`] | the account itself away |
//!
//! What is about a room is written by whoever owns the room, like everything else about it.
//!
//! Passwords are known here by their hash only, links by theirs. Not here: when any of it may happen.

use crate::heirs;
use crate::keeping::NOBODY;
use crate::owners::RoomTransaction;
use crate::rules;
use crate::statement::Statement;
use crate::{Error, Store, Transaction};
use model::{DisplayName, EmailAddress, RoomCode, UnixMillis, UserId};

/// One account as it stands in the database.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountRow {
    pub id: UserId,
    pub email: Option<EmailAddress>,
    pub name: DisplayName,
    /// An argon2id PHC string.
    pub password_hash: Option<String>,
    /// The language of mails.
    pub lang: String,
    /// Logins of an older epoch are nobody's.
    pub epoch: i64,
    pub created_at: UnixMillis,
    pub verified_at: Option<UnixMillis>,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    email: Option<String>,
    name: String,
    password_hash: Option<String>,
    lang: String,
    epoch: i64,
    created_at: i64,
    verified_at: Option<i64>,
}

/// Adds an account unless its id or its address is taken; says whether it was added.
pub async fn insert_new(tx: &mut Transaction, row: &AccountRow) -> Result<bool, Error> {
    const SQL: &str = "insert into accounts \
         (id, email, name, password_hash, lang, epoch, created_at, verified_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    let statement = Statement::new(SQL)
        .text(row.id.to_hex())
        .optional_text(row.email.clone().map(String::from))
        .text(row.name.as_str())
        .optional_text(row.password_hash.clone())
        .text(&row.lang)
        .integer(row.epoch)
        .time(row.created_at)
        .optional_time(row.verified_at);
    Ok(tx.execute(statement).await? == 1)
}

/// Reads an account by its id.
pub async fn load(store: &Store, id: UserId) -> Result<Option<AccountRow>, Error> {
    const SQL: &str = "select id, email, name, password_hash, lang, epoch, created_at, verified_at \
         from accounts where id = $1";
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(id.to_hex())).await?;
    raw.map(Raw::parse).transpose()
}

/// Reads an account by its address.
pub async fn load_by_email(store: &Store, email: &EmailAddress) -> Result<Option<AccountRow>, Error> {
    const SQL: &str = "select id, email, name, password_hash, lang, epoch, created_at, verified_at \
         from accounts where email = $1";
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(email.as_str())).await?;
    raw.map(Raw::parse).transpose()
}

/// Keeps others who lock it away from an account until the transaction ends; says whether there is one.
pub async fn lock(tx: &mut Transaction, id: UserId) -> Result<bool, Error> {
    const SQL: &str = "update accounts set epoch = epoch where id = $1";
    Ok(tx.execute(Statement::new(SQL).text(id.to_hex())).await? == 1)
}

/// Whether a login of this epoch counts; nobody ends it before the transaction does.
pub async fn lock_login(tx: &mut RoomTransaction, id: UserId, epoch: i64) -> Result<bool, Error> {
    const SQL: &str = "update accounts set epoch = epoch where id = $1 and epoch = $2";
    Ok(tx.tx.execute(Statement::new(SQL).text(id.to_hex()).integer(epoch)).await? == 1)
}

/// Sets a new password.
pub async fn save_password(tx: &mut Transaction, id: UserId, hash: &str) -> Result<(), Error> {
    const SQL: &str = "update accounts set password_hash = $2 where id = $1";
    tx.execute(Statement::new(SQL).text(id.to_hex()).text(hash)).await?;
    Ok(())
}

/// Forgets the password: nobody signs in by one until another is chosen.
pub async fn forget_password(tx: &mut Transaction, id: UserId) -> Result<(), Error> {
    const SQL: &str = "update accounts set password_hash = null where id = $1";
    tx.execute(Statement::new(SQL).text(id.to_hex())).await?;
    Ok(())
}

/// Notes that the person reads the mail to the account's address, unless that is known.
pub async fn save_verified(tx: &mut Transaction, id: UserId, at: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "update accounts set verified_at = $2 where id = $1 and verified_at is null";
    tx.execute(Statement::new(SQL).text(id.to_hex()).time(at)).await?;
    Ok(())
}

/// Signs every browser out: no login so far counts any more. Returns the epoch that begins.
pub async fn sign_out_everywhere(tx: &mut Transaction, id: UserId) -> Result<Option<i64>, Error> {
    const BEGIN: &str = "update accounts set epoch = epoch + 1 where id = $1 returning epoch";
    const FORGET: &str = "delete from logins where user_id = $1";
    let begun: Option<(i64,)> = tx.fetch_optional(Statement::new(BEGIN).text(id.to_hex())).await?;
    tx.execute(Statement::new(FORGET).text(id.to_hex())).await?;
    Ok(begun.map(|(epoch,)| epoch))
}

/// The rooms that know a user by what they own, are or did there, ended ones too.
pub async fn load_rooms_touched(store: &Store, user: UserId) -> Result<Vec<RoomCode>, Error> {
    const SQL: &str = "select code from rooms where owner_id = $1 \
         or id in (select room_id from participants where user_id = $1) \
         or id in (select room_id from attendance where user_id = $1) \
         or id in (select room_id from members where user_id = $1) \
         or id in (select room_id from held where user_id = $1) \
         or id in (select room_id from barred where user_id = $1) \
         or id in (select room_id from banned where user_id = $1) \
         or id in (select room_id from sessions where host_id = $1 or payer_id = $1) \
         or id in (select room_id from sessions join heirs \
          on heirs.user_id in (sessions.host_id, sessions.payer_id) where heirs.heir_id = $1) \
         or id in (select room_id from invites where holder_id = $1)";
    load_rooms(store, SQL, user).await
}

/// The rooms in which somebody is by this user just now, or may come in.
pub async fn load_rooms_sat_in(store: &Store, user: UserId) -> Result<Vec<RoomCode>, Error> {
    const SQL: &str = "select code from rooms where id in \
         (select room_id from participants where user_id = $1 and standing <> 'gone')";
    load_rooms(store, SQL, user).await
}

/// Those of [`load_rooms_touched`], with those where only a line of the history tells of them.
pub async fn load_rooms_told(store: &Store, user: UserId) -> Result<Vec<RoomCode>, Error> {
    const SQL: &str = "select code from rooms where id in (select room_id from room_events \
         where (participant_id = $1 and name is not null) or (by_id = $1 and by_name is not null))";
    let mut rooms = load_rooms_touched(store, user).await?;
    rooms.extend(load_rooms(store, SQL, user).await?);
    rooms.sort_unstable();
    rooms.dedup();
    Ok(rooms)
}

async fn load_rooms(store: &Store, sql: &'static str, user: UserId) -> Result<Vec<RoomCode>, Error> {
    let raw: Vec<(String,)> = store.fetch_all(Statement::new(sql).text(user.to_hex())).await?;
    raw.into_iter().map(|(code,)| code.parse().map_err(|_| Error::Corrupt { table: "rooms" })).collect()
}

/// What goes on as somebody else's: personal invites that were used, invites that were mailed, and stays.
const INVITES: &str = "update invites set holder_id = $3 where room_id = $1 and holder_id = $2";
const MAILS: &str = "update invite_mails set by_id = $3 where room_id = $1 and by_id = $2";
const STAYS: &str = "update attendance set user_id = $3 where room_id = $1 and user_id = $2";

/// Moves everything that one user owns in a room to another, and all that the room knows of them: roles,
/// mutes, bars and bans. What it knew of the other already stays.
pub async fn adopt(tx: &mut RoomTransaction, from: UserId, to: UserId) -> Result<(), Error> {
    const ROOM: &str = "update rooms set owner_id = $3 where id = $1 and owner_id = $2";
    // The same tab may have sat in the room before, under the other name; then both seats stay.
    const SEATS: &str = "update participants set user_id = $3 where room_id = $1 and user_id = $2 \
         and not exists (select 1 from participants as other where other.room_id = participants.room_id \
          and other.user_id = $3 and other.key_hash = participants.key_hash)";
    const BARS: &str = "insert into barred (room_id, user_id, at) \
         select room_id, $3, at from barred where room_id = $1 and user_id = $2 \
         and not exists (select 1 from rooms where id = $1 and owner_id = $3) \
         and not exists (select 1 from members \
          where room_id = $1 and user_id = $3 and role = 'co_host') \
         on conflict (room_id, user_id) do nothing";
    const ROLES: &str = "insert into members (room_id, user_id, role, at, former, invite_id) \
         select room_id, $3, role, at, former, invite_id from members where room_id = $1 and user_id = $2 \
         and room_id not in (select id from rooms where owner_id = $3) \
         on conflict (room_id, user_id) do nothing";
    const MUTES: &str = "insert into held (room_id, user_id, at) \
         select room_id, $3, at from held where room_id = $1 and user_id = $2 \
         and not exists (select 1 from rooms where id = $1 and owner_id = $3) \
         and not exists (select 1 from members \
          where room_id = $1 and user_id = $3 and role = 'co_host') \
         on conflict (room_id, user_id) do nothing";
    const BANS: &str = "insert into banned (room_id, user_id, device_id, at) \
         select room_id, $3, device_id, at from banned where room_id = $1 and user_id = $2 \
         and not exists (select 1 from rooms where id = $1 and owner_id = $3) \
         and not exists (select 1 from members \
          where room_id = $1 and user_id = $3 and role = 'co_host') \
         on conflict (room_id, user_id) do nothing";
    heirs::inherit(tx, from, to).await?;
    for sql in [ROOM, SEATS, BARS, MUTES, BANS, ROLES, INVITES, MAILS, STAYS] {
        let statement = Statement::new(sql).text(tx.room.to_hex()).text(from.to_hex()).text(to.to_hex());
        tx.tx.execute(statement).await?;
    }
    Ok(())
}

/// Leaves nothing of a user in a room but that somebody was there, who is `ghost`, and nobody. What they
/// owned has no name any more, but for the mails that tell of its end to those who have it in their calendar.
pub async fn forget(tx: &mut RoomTransaction, user: UserId, ghost: UserId) -> Result<(), Error> {
    const CHAT: &str = "delete from chat_messages where room_id = $1 and (participant_id in \
         (select id from participants where room_id = $1 and user_id = $2) \
         or room_id in (select id from rooms where owner_id = $2))";
    const KNOWN: [&str; 3] = [
        "delete from barred where room_id = $1 and user_id = $2",
        "delete from members where room_id = $1 and user_id = $2",
        "delete from held where room_id = $1 and user_id = $2",
    ];
    const CALLED: &str = "update invite_mails set room_name = \
         (select name from rooms where id = $1 and owner_id = $2) \
         where room_id = $1 and told_plan is not null and room_name is null";
    // Who may not come back does not by being deleted: the browser stays out.
    const BANS: &str = "update banned set user_id = $3 where room_id = $1 and user_id = $2";
    const SEATS: &str = "update participants set user_id = $3, device_id = $3, name = $4 \
         where room_id = $1 and user_id = $2";
    const ROOM: &str = "update rooms set owner_id = $3, name = $4 where id = $1 and owner_id = $2";
    crate::journal::erase_names(tx, user).await?;
    heirs::inherit(tx, user, ghost).await?;
    erase_description(tx, user).await?;
    let room = tx.room.to_hex();
    let about = |sql| Statement::new(sql).text(&room).text(user.to_hex());
    // The mails remember the name before the room forgets it.
    for sql in [CHAT, CALLED].into_iter().chain(KNOWN) {
        tx.tx.execute(about(sql)).await?;
    }
    for sql in [STAYS, INVITES, MAILS, BANS] {
        tx.tx.execute(about(sql).text(ghost.to_hex())).await?;
    }
    for sql in [SEATS, ROOM] {
        tx.tx.execute(about(sql).text(ghost.to_hex()).text(NOBODY)).await?;
    }
    Ok(())
}

/// Takes away what an owner wrote about their room.
async fn erase_description(tx: &mut RoomTransaction, owner: UserId) -> Result<(), Error> {
    const READ: &str = "select policy from rooms where id = $1 and owner_id = $2";
    const WRITE: &str = "update rooms set policy = $2 where id = $1";
    let room = tx.room.to_hex();
    let read = Statement::new(READ).text(&room).text(owner.to_hex());
    let Some((json,)) = tx.tx.fetch_optional::<(String,)>(read).await? else { return Ok(()) };
    let policy = model::Policy { notice: None, ..rules::parse_policy(&json)? };
    tx.tx.execute(Statement::new(WRITE).text(&room).text(rules::policy_json(&policy))).await?;
    Ok(())
}

/// Deletes an account with its logins and all that opens it. What rooms know of it is [`forget`]'s.
pub async fn delete(tx: &mut Transaction, id: UserId) -> Result<(), Error> {
    // What was paid to an account of their own at Stripe can be given back only there: its name stays, and
    // nothing new is paid to it. What Stripe wants of its owner is nobody's business any more.
    const CLOSED: &str =
        "update merchants set reason = null, closed_at = coalesce(closed_at, asked_at) where user_id = $1";
    for sql in ["delete from logins where user_id = $1", CLOSED, "delete from accounts where id = $1"] {
        tx.execute(Statement::new(sql).text(id.to_hex())).await?;
    }
    Ok(())
}

impl Raw {
    fn parse(self) -> Result<AccountRow, Error> {
        let corrupt = || Error::Corrupt { table: "accounts" };
        let email = self.email.map(|text| EmailAddress::parse(&text)).transpose();
        Ok(AccountRow {
            id: self.id.parse().map_err(|_| corrupt())?,
            email: email.map_err(|_| corrupt())?,
            name: DisplayName::parse(&self.name).map_err(|_| corrupt())?,
            password_hash: self.password_hash,
            lang: self.lang,
            epoch: self.epoch,
            created_at: UnixMillis(self.created_at),
            verified_at: self.verified_at.map(UnixMillis),
        })
    }
}
