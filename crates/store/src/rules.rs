//! What holds in a room: rules and plan, who is known to it, who is held, barred or banned, and invites.
//!
//! | table | holds |
//! |---|---|
//! | `rooms.policy`, `rooms.schedule` | the rules and the plan, as JSON |
//! | `members` | users whose role was decided |
//! | `held`, `barred`, `banned` | users who do not speak, who wait, who stay out |
//! | `invites` | links that give a role |
//!
//! Everything here belongs to one room and is read as a whole when the room is loaded. Not here: what any
//! of it means.

use crate::owners::RoomTransaction;
use crate::statement::Statement;
use crate::{Error, Store};
use domain::room::Invite;
use model::{DeviceId, DisplayName, InviteId, Policy, Role, RoomId, RoomName, Schedule, UnixMillis, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the people of a room besides their seats.
#[derive(Default)]
pub(crate) struct People {
    pub members: BTreeMap<UserId, Role>,
    pub former: BTreeMap<UserId, Role>,
    pub came_by: BTreeMap<UserId, InviteId>,
    pub held: BTreeSet<UserId>,
    pub barred: BTreeSet<UserId>,
    pub banned: BTreeMap<UserId, DeviceId>,
    pub invites: BTreeMap<InviteId, Invite>,
}

#[derive(sqlx::FromRow)]
struct RawInvite {
    id: String,
    label: Option<String>,
    role: String,
    personal: bool,
    max_uses: Option<i64>,
    expires_at: Option<i64>,
    made_at: i64,
    used: i64,
    holder_id: Option<String>,
    revoked: bool,
}

/// What a user is called in a room: the name under which they last came, else the one of their account.
const NAME: &str = "select name from (\
     select name, since as newest from participants where room_id = $1 and user_id = $2 and name <> '' \
     union all select name, -1 as newest from accounts where id = $2) as known order by newest desc limit 1";

/// What each user is called in a room: the name under which they last came, or the one of the account of
/// whoever runs the room or is known to it.
pub async fn names(store: &Store, room: RoomId) -> Result<BTreeMap<UserId, DisplayName>, Error> {
    const SQL: &str = "select id, name, -1 as newest from accounts where id in (\
         select owner_id from rooms where id = $1 union select user_id from members where room_id = $1 \
         union select user_id from banned where room_id = $1) \
         union all select user_id, name, since as newest from participants where room_id = $1 order by 3";
    let raw: Vec<(String, String, i64)> = store.fetch_all(Statement::new(SQL).text(room.to_hex())).await?;
    let corrupt = || Error::Corrupt { table: "participants" };
    let mut names = BTreeMap::new();
    for (user, name, _) in raw {
        // An erased name is no name.
        if let Ok(name) = DisplayName::parse(&name) {
            names.insert(user.parse().map_err(|_| corrupt())?, name);
        }
    }
    Ok(names)
}

/// What one user is called in a room.
pub async fn name_of(store: &Store, room: RoomId, user: UserId) -> Result<Option<DisplayName>, Error> {
    let statement = Statement::new(NAME).text(room.to_hex()).text(user.to_hex());
    let raw: Option<(String,)> = store.fetch_optional(statement).await?;
    Ok(raw.and_then(|(name,)| DisplayName::parse(&name).ok()))
}

/// The same while the room is being written.
pub(crate) async fn name_within(tx: &mut RoomTransaction, user: UserId) -> Result<Option<String>, Error> {
    let statement = Statement::new(NAME).text(tx.room.to_hex()).text(user.to_hex());
    let raw: Option<(String,)> = tx.tx.fetch_optional(statement).await?;
    Ok(raw.map(|(name,)| name))
}

/// Reads the rules from their column.
pub(crate) fn parse_policy(json: &str) -> Result<Policy, Error> {
    serde_json::from_str(json).map_err(|_| Error::Corrupt { table: "rooms" })
}

/// Reads the plan from its column.
pub(crate) fn parse_schedule(json: Option<&str>) -> Result<Option<Schedule>, Error> {
    json.map(serde_json::from_str).transpose().map_err(|_| Error::Corrupt { table: "rooms" })
}

/// The rules as their column holds them.
pub(crate) fn policy_json(policy: &Policy) -> String {
    serde_json::to_string(policy).expect("rules are plain values")
}

pub(crate) async fn load_people(store: &Store, room: RoomId) -> Result<People, Error> {
    let corrupt = |table| move || Error::Corrupt { table };
    let mut people = People::default();
    for (user, role) in pairs(store, room, "select user_id, role from members where room_id = $1").await? {
        let role = Role::parse(&role).ok_or_else(corrupt("members"))?;
        people.members.insert(user, role);
    }
    const FORMER: &str = "select user_id, former from members where room_id = $1 and former is not null";
    for (user, former) in pairs(store, room, FORMER).await? {
        people.former.insert(user, Role::parse(&former).ok_or_else(corrupt("members"))?);
    }
    const CAME_BY: &str =
        "select user_id, invite_id from members where room_id = $1 and invite_id is not null";
    for (user, invite) in pairs(store, room, CAME_BY).await? {
        people.came_by.insert(user, invite.parse().map_err(|_| corrupt("members")())?);
    }
    for (user, device) in
        pairs(store, room, "select user_id, device_id from banned where room_id = $1").await?
    {
        people.banned.insert(user, device.parse().map_err(|_| corrupt("banned")())?);
    }
    for (user, _) in pairs(store, room, "select user_id, user_id from held where room_id = $1").await? {
        people.held.insert(user);
    }
    for (user, _) in pairs(store, room, "select user_id, user_id from barred where room_id = $1").await? {
        people.barred.insert(user);
    }
    people.invites = load_invites(store, room).await?;
    Ok(people)
}

async fn pairs(store: &Store, room: RoomId, sql: &'static str) -> Result<Vec<(UserId, String)>, Error> {
    let raw: Vec<(String, String)> = store.fetch_all(Statement::new(sql).text(room.to_hex())).await?;
    let parse = |(user, other): (String, String)| {
        let user = user.parse().map_err(|_| Error::Corrupt { table: "members, held, barred or banned" })?;
        Ok((user, other))
    };
    raw.into_iter().map(parse).collect()
}

async fn load_invites(store: &Store, room: RoomId) -> Result<BTreeMap<InviteId, Invite>, Error> {
    const SQL: &str = "select id, label, role, personal, max_uses, expires_at, made_at, used, holder_id, \
         revoked from invites where room_id = $1";
    let raw: Vec<RawInvite> = store.fetch_all(Statement::new(SQL).text(room.to_hex())).await?;
    raw.into_iter().map(|raw| raw.parse().ok_or(Error::Corrupt { table: "invites" })).collect()
}

impl RawInvite {
    fn parse(self) -> Option<(InviteId, Invite)> {
        let invite = Invite {
            label: self.label.map(|label| DisplayName::parse(&label)).transpose().ok()?,
            role: Role::parse(&self.role)?,
            personal: self.personal,
            uses: self.max_uses.map(u16::try_from).transpose().ok()?,
            until: self.expires_at.map(UnixMillis),
            made_at: UnixMillis(self.made_at),
            used: u16::try_from(self.used).ok()?,
            holder: self.holder_id.map(|holder| holder.parse()).transpose().ok()?,
            revoked: self.revoked,
        };
        Some((self.id.parse().ok()?, invite))
    }
}

/// One change of what holds in a room.
pub(crate) enum RuleChange<'a> {
    Policy(&'a Policy),
    Name(&'a RoomName),
    Schedule(Option<&'a Schedule>),
    Owner(UserId),
    Member {
        user: UserId,
        role: Role,
        /// What the user goes back to when the role is taken back.
        former: Option<Role>,
        /// By which they became so, if by one.
        invite: Option<InviteId>,
    },
    Forget(UserId),
    Hold(UserId),
    Release(UserId),
    ReleaseAll,
    Bar(UserId),
    Unbar(UserId),
    Ban(UserId, DeviceId),
    Pardon(UserId),
    Invite(InviteId, &'a Invite),
    UseInvite(InviteId, UserId),
    RevokeInvite(InviteId),
    DropInvite(InviteId),
}

/// Saves one change.
pub(crate) async fn save(
    tx: &mut RoomTransaction,
    change: RuleChange<'_>,
    at: UnixMillis,
) -> Result<(), Error> {
    let room = tx.room.to_hex();
    let of_room = |sql: &'static str| Statement::new(sql).text(room.clone());
    let of_user = |sql: &'static str, user: UserId| of_room(sql).text(user.to_hex());
    let statement = match change {
        RuleChange::Policy(policy) => of_room("update rooms set policy = $2 where id = $1").text(policy_json(policy)),
        RuleChange::Name(name) => of_room("update rooms set name = $2 where id = $1").text(name.as_str()),
        RuleChange::Schedule(schedule) => {
            let json = |schedule| serde_json::to_string(schedule).expect("a plan is plain values");
            of_room("update rooms set schedule = $2, plan_sequence = plan_sequence + 1 where id = $1")
                .optional_text(schedule.map(json))
        }
        RuleChange::Owner(owner) => of_user("update rooms set owner_id = $2 where id = $1", owner),
        RuleChange::Member { user, role, former, invite } => of_user(
            "insert into members (room_id, user_id, role, at, former, invite_id) \
             values ($1, $2, $3, $4, $5, $6) on conflict (room_id, user_id) do update \
             set role = excluded.role, at = excluded.at, former = excluded.former, invite_id = excluded.invite_id",
            user,
        )
        .text(role.word())
        .time(at)
        .optional_text(former.map(|former| former.word().to_owned()))
        .optional_text(invite.map(InviteId::to_hex)),
        RuleChange::Forget(user) => of_user("delete from members where room_id = $1 and user_id = $2", user),
        RuleChange::Hold(user) => of_user(
            "insert into held (room_id, user_id, at) values ($1, $2, $3) on conflict (room_id, user_id) do nothing",
            user,
        )
        .time(at),
        RuleChange::Release(user) => of_user("delete from held where room_id = $1 and user_id = $2", user),
        RuleChange::ReleaseAll => of_room("delete from held where room_id = $1"),
        RuleChange::Bar(user) => of_user(
            "insert into barred (room_id, user_id, at) values ($1, $2, $3) on conflict (room_id, user_id) do nothing",
            user,
        )
        .time(at),
        RuleChange::Unbar(user) => of_user("delete from barred where room_id = $1 and user_id = $2", user),
        RuleChange::Ban(user, device) => of_user(
            "insert into banned (room_id, user_id, device_id, at) values ($1, $2, $3, $4) \
             on conflict (room_id, user_id) do update set device_id = excluded.device_id, at = excluded.at",
            user,
        )
        .text(device.to_hex())
        .time(at),
        RuleChange::Pardon(user) => of_user("delete from banned where room_id = $1 and user_id = $2", user),
        RuleChange::Invite(id, invite) => insert_invite(&room, id, invite),
        RuleChange::UseInvite(id, user) => of_room(
            "update invites set used = used + 1, holder_id = case when personal then $3 else null end \
             where room_id = $1 and id = $2",
        )
        .text(id.to_hex())
        .text(user.to_hex()),
        RuleChange::RevokeInvite(id) => {
            of_room("update invites set revoked = $3 where room_id = $1 and id = $2").text(id.to_hex()).boolean(true)
        }
        RuleChange::DropInvite(id) => {
            of_room("delete from invites where room_id = $1 and id = $2").text(id.to_hex())
        }
    };
    tx.tx.execute(statement).await?;
    Ok(())
}

fn insert_invite(room: &str, id: InviteId, invite: &Invite) -> Statement {
    const SQL: &str = "insert into invites \
         (room_id, id, label, role, personal, max_uses, expires_at, made_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    Statement::new(SQL)
        .text(room)
        .text(id.to_hex())
        .optional_text(invite.label.as_ref().map(|label| label.as_str().to_owned()))
        .text(invite.role.word())
        .boolean(invite.personal)
        .optional_integer(invite.uses.map(i64::from))
        .optional_time(invite.until)
        .time(invite.made_at)
}
