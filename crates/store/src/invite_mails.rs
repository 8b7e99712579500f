//! Invites that went to somebody by mail: to whom, and what they were told.
//!
//! A row is what is to be known to tell somebody of a change. It goes when nothing is left to tell, so that
//! no address is kept longer. A mail is claimed before it is sent: of two servers that find it due, one
//! sends it. Not here: what is due, which is `domain::mailing`'s.

use crate::rules::{parse_policy, parse_schedule};
use crate::statement::Statement;
use crate::{Error, Store};
use domain::mailing::Told;
use model::{
    DisplayName, EmailAddress, InviteId, Notice, RoomCode, RoomId, RoomName, Schedule, UnixMillis, UserId,
};

/// How far the last mail has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// It is to be sent.
    Due,
    /// It is on its way.
    Waiting,
    Sent,
    /// The mail server did not take it.
    Refused,
    /// The mail server could not be reached.
    Failed,
}

/// Somebody who is invited by mail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Addressee {
    pub to: EmailAddress,
    /// The language of the mails.
    pub lang: String,
    /// Who invited.
    pub by: UserId,
}

/// One invite by mail, with what holds of its room now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InviteMail {
    pub room: RoomId,
    pub code: RoomCode,
    /// What the room is called, or was when its owner was still there.
    pub room_name: RoomName,
    pub notice: Option<Notice>,
    pub schedule: Option<Schedule>,
    /// How often the plan has changed.
    pub change: u32,
    /// What calendars compare: grows with each change, and with each invite that is taken back.
    pub sequence: u32,
    pub ended_at: Option<UnixMillis>,
    pub invite: InviteId,
    pub label: Option<DisplayName>,
    pub revoked: bool,
    pub addressee: Addressee,
    pub told: Told,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct Raw {
    room_id: String,
    code: String,
    name: String,
    policy: String,
    schedule: Option<String>,
    plan_sequence: i64,
    revoked_count: i64,
    ended_at: Option<i64>,
    invite_id: String,
    label: Option<String>,
    revoked: bool,
    email: String,
    lang: String,
    by_id: String,
    state: String,
    told_plan: Option<i64>,
    version: i64,
}

impl State {
    const ALL: [Self; 5] = [Self::Due, Self::Waiting, Self::Sent, Self::Refused, Self::Failed];

    const fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    fn parse(word: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|state| state.word() == word).ok_or(CORRUPT)
    }
}

const CORRUPT: Error = Error::Corrupt { table: "invite_mails" };

/// Notes that an invite goes to somebody; a repeat changes nothing.
pub async fn insert(
    store: &Store,
    room: RoomCode,
    invite: InviteId,
    whom: &Addressee,
    at: UnixMillis,
) -> Result<(), Error> {
    const SQL: &str = "insert into invite_mails (room_id, invite_id, email, lang, by_id, state, at) \
         select rooms.id, $2, $3, $4, $5, 'due', $6 from rooms where code = $1 \
         on conflict (room_id, invite_id) do nothing";
    let statement = Statement::new(SQL)
        .text(room)
        .text(invite.to_hex())
        .text(whom.to.as_str())
        .text(&whom.lang)
        .text(whom.by.to_hex())
        .time(at);
    store.execute(statement).await?;
    Ok(())
}

/// Has the invite mailed once more; says whether it is known.
pub async fn repeat(store: &Store, room: RoomCode, invite: InviteId) -> Result<bool, Error> {
    const SQL: &str = "update invite_mails set state = 'due', version = version + 1 \
         where invite_id = $2 and room_id in (select id from rooms where code = $1)";
    let statement = Statement::new(SQL).text(room).text(invite.to_hex());
    Ok(store.execute(statement).await? == 1)
}

/// Who is invited to a room by mail, and how far that has come.
pub async fn load_of_room(
    store: &Store,
    room: RoomCode,
) -> Result<Vec<(InviteId, EmailAddress, State)>, Error> {
    const SQL: &str = "select invite_id, email, state from invite_mails \
         where room_id in (select id from rooms where code = $1)";
    let raw: Vec<(String, String, String)> = store.fetch_all(Statement::new(SQL).text(room)).await?;
    let parse = |(invite, email, state): (String, String, String)| {
        let email = EmailAddress::parse(&email).map_err(|_| CORRUPT)?;
        Ok((invite.parse().map_err(|_| CORRUPT)?, email, State::parse(&state)?))
    };
    raw.into_iter().map(parse).collect()
}

/// Reads one invite by mail.
pub async fn load(store: &Store, room: RoomCode, invite: InviteId) -> Result<Option<InviteMail>, Error> {
    const SQL: &str = "select mails.room_id, rooms.code, coalesce(mails.room_name, rooms.name) as name, rooms.policy, \
         rooms.schedule, rooms.plan_sequence, \
         (select count(*) from invites as gone where gone.room_id = rooms.id and gone.revoked) as revoked_count, \
         rooms.ended_at, mails.invite_id, invites.label, invites.revoked, mails.email, mails.lang, \
         mails.by_id, mails.state, mails.told_plan, mails.version \
         from invite_mails as mails join rooms on rooms.id = mails.room_id \
         join invites on invites.room_id = mails.room_id and invites.id = mails.invite_id \
         where rooms.code = $1 and mails.invite_id = $2";
    let raw: Option<Raw> = store.fetch_optional(Statement::new(SQL).text(room).text(invite.to_hex())).await?;
    raw.map(Raw::parse).transpose()
}

/// Reads invites by mail about which something may be due, those that were told longest ago first.
pub async fn load_due(store: &Store, limit: u32) -> Result<Vec<InviteMail>, Error> {
    const SQL: &str = "select mails.room_id, rooms.code, coalesce(mails.room_name, rooms.name) as name, rooms.policy, \
         rooms.schedule, rooms.plan_sequence, \
         (select count(*) from invites as gone where gone.room_id = rooms.id and gone.revoked) as revoked_count, \
         rooms.ended_at, mails.invite_id, invites.label, invites.revoked, mails.email, mails.lang, \
         mails.by_id, mails.state, mails.told_plan, mails.version \
         from invite_mails as mails join rooms on rooms.id = mails.room_id \
         join invites on invites.room_id = mails.room_id and invites.id = mails.invite_id \
         where mails.state = 'due' or rooms.ended_at is not null or invites.revoked \
         or (rooms.schedule is null and mails.told_plan is not null) \
         or (rooms.schedule is not null and (mails.told_plan is null or mails.told_plan <> rooms.plan_sequence)) \
         order by mails.at, mails.invite_id limit $1";
    let raw: Vec<Raw> = store.fetch_all(Statement::new(SQL).integer(i64::from(limit))).await?;
    raw.into_iter().map(Raw::parse).collect()
}

/// Notes that a mail goes out which tells of this plan; says whether nobody else sends it already.
pub async fn claim(
    store: &Store,
    mail: &InviteMail,
    plan: Option<u32>,
    at: UnixMillis,
) -> Result<bool, Error> {
    const SQL: &str = "update invite_mails set state = 'waiting', told_plan = $4, version = version + 1, at = $5 \
         where room_id = $1 and invite_id = $2 and version = $3";
    let statement = of(SQL, mail).optional_integer(plan.map(i64::from)).time(at);
    Ok(store.execute(statement).await? == 1)
}

/// Forgets somebody; says whether nobody else did already.
pub async fn forget(store: &Store, mail: &InviteMail) -> Result<bool, Error> {
    const SQL: &str = "delete from invite_mails where room_id = $1 and invite_id = $2 and version = $3";
    Ok(store.execute(of(SQL, mail)).await? == 1)
}

/// Notes what became of the mail that was claimed, unless another one has gone out since.
pub async fn save_state(store: &Store, mail: &InviteMail, state: State) -> Result<(), Error> {
    const SQL: &str = "update invite_mails set state = $4 \
         where room_id = $1 and invite_id = $2 and version = $3 + 1 and state = 'waiting'";
    store.execute(of(SQL, mail).text(state.word())).await?;
    Ok(())
}

fn of(sql: &'static str, mail: &InviteMail) -> Statement {
    Statement::new(sql).text(mail.room.to_hex()).text(mail.invite.to_hex()).integer(mail.version)
}

impl Raw {
    fn parse(self) -> Result<InviteMail, Error> {
        let small = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
        let by = self.by_id.parse().map_err(|_| CORRUPT)?;
        let to = EmailAddress::parse(&self.email).map_err(|_| CORRUPT)?;
        Ok(InviteMail {
            room: self.room_id.parse().map_err(|_| CORRUPT)?,
            code: self.code.parse().map_err(|_| CORRUPT)?,
            room_name: RoomName::parse(&self.name).map_err(|_| CORRUPT)?,
            notice: parse_policy(&self.policy)?.notice,
            schedule: parse_schedule(self.schedule.as_deref())?,
            change: small(self.plan_sequence),
            sequence: small(self.plan_sequence.saturating_add(self.revoked_count)),
            ended_at: self.ended_at.map(UnixMillis),
            invite: self.invite_id.parse().map_err(|_| CORRUPT)?,
            label: self.label.map(|label| DisplayName::parse(&label)).transpose().map_err(|_| CORRUPT)?,
            revoked: self.revoked,
            addressee: Addressee { to, lang: self.lang, by },
            told: Told { invited: State::parse(&self.state)? != State::Due, plan: self.told_plan.map(small) },
            version: self.version,
        })
    }
}
