//! Strangers who were brought together, and what they say of each other: `encounters`, `stranger_blocks`,
//! `stranger_reports`, `stranger_bars`.
//!
//! An encounter is written only as it was read: of two writers at once one begins anew ([`save`]).

use crate::statement::Statement;
use crate::{Error, Store, Transaction};
use domain::encounter::{Encounter, Party, Stage};
use domain::matching::Avoided;
use model::{Complaint, DeviceId, EncounterId, ReportReason, RoomCode, UnixMillis, UserId};

/// An encounter as it was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EncounterRow {
    pub encounter: Encounter,
    revision: i64,
}

/// What somebody said of whom they met.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReportRow {
    pub encounter: EncounterId,
    pub reporter: Party,
    pub reported: Party,
    pub at: UnixMillis,
    pub reason: ReportReason,
    pub complaint: Option<Complaint>,
}

/// A report as an operator reads it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OpenReport {
    pub reported: Party,
    pub at: UnixMillis,
    pub reason: ReportReason,
    pub complaint: Option<Complaint>,
    /// How many people have reported the same person, so far as it is remembered.
    pub reporters: u64,
    /// Until when the person is kept out.
    pub barred_until: Option<UnixMillis>,
}

/// Somebody who is kept out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BarRow {
    pub party: Party,
    pub at: UnixMillis,
    pub until: UnixMillis,
}

#[derive(sqlx::FromRow)]
struct Raw {
    id: String,
    first_id: String,
    first_device: String,
    second_id: String,
    second_device: String,
    room_code: String,
    made_at: i64,
    due_at: Option<i64>,
    first_came: bool,
    second_came: bool,
    ended_at: Option<i64>,
    revision: i64,
}

/// Adds an encounter.
pub async fn insert(store: &Store, encounter: &Encounter) -> Result<(), Error> {
    const SQL: &str = "insert into encounters (due_at, first_came, second_came, ended_at, id, first_id, \
         first_device, second_id, second_device, room_code, made_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let [first, second] = encounter.parties;
    let statement = staged(SQL, encounter.stage)
        .text(encounter.id.to_hex())
        .text(first.user.to_hex())
        .text(first.device.to_hex())
        .text(second.user.to_hex())
        .text(second.device.to_hex())
        .text(encounter.room)
        .time(encounter.made_at);
    store.execute(statement).await?;
    Ok(())
}

/// Writes how far an encounter has come; false if somebody else did so since it was read.
pub async fn save(store: &Store, row: &EncounterRow, stage: Stage) -> Result<bool, Error> {
    const SQL: &str = "update encounters set due_at = $1, first_came = $2, second_came = $3, ended_at = $4, \
         revision = revision + 1 where id = $5 and revision = $6";
    let statement = staged(SQL, stage).text(row.encounter.id.to_hex()).integer(row.revision);
    Ok(store.execute(statement).await? == 1)
}

/// Reads an encounter.
pub async fn load(store: &Store, id: EncounterId) -> Result<Option<EncounterRow>, Error> {
    const SQL: &str = "select id, first_id, first_device, second_id, second_device, room_code, made_at, \
         due_at, first_came, second_came, ended_at, revision from encounters where id = $1";
    one(store, Statement::new(SQL).text(id.to_hex())).await
}

/// The encounter in which somebody is.
pub async fn load_live(store: &Store, user: UserId) -> Result<Option<EncounterRow>, Error> {
    const SQL: &str = "select id, first_id, first_device, second_id, second_device, room_code, made_at, \
         due_at, first_came, second_came, ended_at, revision from encounters \
         where (first_id = $1 or second_id = $1) and ended_at is null order by made_at desc limit 1";
    one(store, Statement::new(SQL).text(user.to_hex())).await
}

/// The last encounter that somebody had since then in which both came.
pub async fn load_last(
    store: &Store,
    party: Party,
    since: UnixMillis,
) -> Result<Option<EncounterRow>, Error> {
    const SQL: &str = "select id, first_id, first_device, second_id, second_device, room_code, made_at, \
         due_at, first_came, second_came, ended_at, revision from encounters \
         where (first_id = $1 or second_id = $1 or first_device = $2 or second_device = $2) \
         and made_at > $3 and first_came and second_came order by made_at desc, id limit 1";
    one(store, by_party(SQL, party).time(since)).await
}

/// Every encounter that goes on.
pub async fn load_all_live(store: &Store) -> Result<Vec<EncounterRow>, Error> {
    const SQL: &str = "select id, first_id, first_device, second_id, second_device, room_code, made_at, \
         due_at, first_came, second_came, ended_at, revision from encounters \
         where ended_at is null order by made_at, id limit 10000";
    many(store, Statement::new(SQL)).await
}

/// The encounters for which something is due by then.
pub async fn load_due(store: &Store, by: UnixMillis) -> Result<Vec<EncounterRow>, Error> {
    const SQL: &str = "select id, first_id, first_device, second_id, second_device, room_code, made_at, \
         due_at, first_came, second_came, ended_at, revision from encounters \
         where ended_at is null and due_at <= $1 order by due_at, id limit 200";
    many(store, Statement::new(SQL).time(by)).await
}

/// Rooms that go on though their encounter is over. An encounter owns its room by its own id.
pub async fn load_stray_rooms(store: &Store) -> Result<Vec<(EncounterId, RoomCode)>, Error> {
    const SQL: &str = "select encounters.id, rooms.code from encounters \
         join rooms on rooms.owner_id = encounters.id \
         where rooms.ended_at is null and encounters.ended_at is not null limit 200";
    let raw: Vec<(String, String)> = store.fetch_all(Statement::new(SQL)).await?;
    let parse = |(id, code): (String, String)| {
        Ok((id.parse().map_err(|_| corrupt())?, code.parse().map_err(|_| corrupt())?))
    };
    raw.into_iter().map(parse).collect()
}

/// Whom somebody is never to be brought together with.
pub async fn load_avoided(store: &Store, party: Party) -> Result<Avoided, Error> {
    const SQL: &str = "select blocked_id, blocked_device from stranger_blocks \
         where user_id = $1 or user_device = $2 \
         union select user_id, user_device from stranger_blocks where blocked_id = $1 or blocked_device = $2";
    let raw: Vec<(String, Option<String>)> = store.fetch_all(by_party(SQL, party)).await?;
    let mut avoided = Avoided::default();
    for (user, device) in raw {
        avoided.users.insert(user.parse().map_err(|_| corrupt())?);
        let device: Option<DeviceId> = device.map(|id| id.parse().map_err(|_| corrupt())).transpose()?;
        avoided.devices.extend(device);
    }
    // What a household has of one browser keeps nobody from anybody else.
    avoided.users.remove(&party.user);
    avoided.devices.remove(&party.device);
    Ok(avoided)
}

/// Takes note of whom somebody wishes never to meet again.
pub async fn block(store: &Store, party: Party, blocked: Party, at: UnixMillis) -> Result<(), Error> {
    store.execute(blocking(party, blocked, at)).await?;
    Ok(())
}

fn blocking(party: Party, blocked: Party, at: UnixMillis) -> Statement {
    const SQL: &str = "insert into stranger_blocks (user_id, user_device, blocked_id, blocked_device, at) \
         values ($1, $2, $3, $4, $5) on conflict (user_id, blocked_id) do update set at = excluded.at, \
         user_device = excluded.user_device, blocked_device = excluded.blocked_device";
    by_party(SQL, party).text(blocked.user.to_hex()).text(blocked.device.to_hex()).time(at)
}

/// Takes a report down, and keeps the two apart from now on. A second one by the same person about the same
/// encounter changes nothing, and counts for nothing. Otherwise says how many people have reported the person
/// since then without an operator's decision.
pub async fn report(
    tx: &mut Transaction,
    report: &ReportRow,
    since: UnixMillis,
) -> Result<Option<u64>, Error> {
    const SQL: &str = "insert into stranger_reports (encounter_id, reporter_id, reported_id, \
         reported_device, at, reason, complaint, reporter_device) values ($1, $2, $3, $4, $5, $6, $7, $8) \
         on conflict (encounter_id, reporter_id) do nothing";
    const COUNT: &str = "select count(distinct coalesce(reporter_device, reporter_id)) from stranger_reports \
         where (reported_id = $1 or reported_device = $2) and at > $3 and decided_at is null";
    let Party { user, device } = report.reported;
    let statement = Statement::new(SQL)
        .text(report.encounter.to_hex())
        .text(report.reporter.user.to_hex())
        .text(user.to_hex())
        .text(device.to_hex())
        .time(report.at)
        .text(report.reason.word())
        .optional_text(report.complaint.as_ref().map(|complaint| complaint.as_str().to_owned()))
        .text(report.reporter.device.to_hex());
    let is_new = tx.execute(statement).await? > 0;
    tx.execute(blocking(report.reporter, report.reported, report.at)).await?;
    if !is_new {
        return Ok(None);
    }
    let count: Option<(i64,)> = tx.fetch_optional(by_party(COUNT, report.reported).time(since)).await?;
    Ok(count.map(|(count,)| count.unsigned_abs()))
}

/// Whether somebody has reported an encounter already.
pub async fn has_reported(store: &Store, encounter: EncounterId, party: Party) -> Result<bool, Error> {
    const SQL: &str = "select 1 from stranger_reports \
         where (reporter_id = $1 or reporter_device = $2) and encounter_id = $3 limit 1";
    let found: Option<(i32,)> = store.fetch_optional(by_party(SQL, party).text(encounter.to_hex())).await?;
    Ok(found.is_some())
}

/// Keeps somebody out until then, or for longer if they are kept out for longer already.
pub async fn bar(tx: &mut Transaction, party: Party, at: UnixMillis, until: UnixMillis) -> Result<(), Error> {
    const SQL: &str = "insert into stranger_bars (user_id, device_id, at, until) values ($1, $2, $3, $4) \
         on conflict (user_id) do update set device_id = excluded.device_id, at = excluded.at, \
         until = case when stranger_bars.until > excluded.until then stranger_bars.until \
         else excluded.until end";
    let statement =
        Statement::new(SQL).text(party.user.to_hex()).text(party.device.to_hex()).time(at).time(until);
    tx.execute(statement).await?;
    Ok(())
}

/// Lets somebody in again; says whether they were kept out.
pub async fn lift(store: &Store, user: UserId) -> Result<bool, Error> {
    const SQL: &str = "delete from stranger_bars where user_id = $1";
    Ok(store.execute(Statement::new(SQL).text(user.to_hex())).await? > 0)
}

/// Until when somebody, or their browser, is kept out.
pub async fn barred_until(store: &Store, party: Party, now: UnixMillis) -> Result<Option<UnixMillis>, Error> {
    const SQL: &str =
        "select max(until) from stranger_bars where (user_id = $1 or device_id = $2) and until > $3";
    let until: Option<(Option<i64>,)> = store.fetch_optional(by_party(SQL, party).time(now)).await?;
    Ok(until.and_then(|(until,)| until).map(UnixMillis))
}

/// Who is kept out, whoever came last first.
pub async fn load_bars(store: &Store, now: UnixMillis, limit: u32) -> Result<Vec<BarRow>, Error> {
    const SQL: &str = "select user_id, device_id, at, until from stranger_bars where until > $1 \
         order by at desc, user_id limit $2";
    let statement = Statement::new(SQL).time(now).integer(i64::from(limit));
    let raw: Vec<(String, String, i64, i64)> = store.fetch_all(statement).await?;
    let parse = |(user, device, at, until): (String, String, i64, i64)| {
        Ok(BarRow { party: party(&user, &device)?, at: UnixMillis(at), until: UnixMillis(until) })
    };
    raw.into_iter().map(parse).collect()
}

/// Reports on which nobody has decided, the oldest first.
pub async fn load_reports(store: &Store, now: UnixMillis, limit: u32) -> Result<Vec<OpenReport>, Error> {
    const SQL: &str = "select reported_id, reported_device, at, reason, complaint, \
         (select count(distinct coalesce(others.reporter_device, others.reporter_id)) \
          from stranger_reports as others where others.reported_id = reports.reported_id \
          or others.reported_device = reports.reported_device) as reporters, \
         (select max(until) from stranger_bars \
          where (user_id = reported_id or device_id = reported_device) and until > $1) as barred_until \
         from stranger_reports as reports where decided_at is null order by at, encounter_id, reporter_id limit $2";
    let statement = Statement::new(SQL).time(now).integer(i64::from(limit));
    let raw: Vec<RawReport> = store.fetch_all(statement).await?;
    raw.into_iter().map(RawReport::parse).collect()
}

/// Takes note that everything that was reported of somebody is decided; says whether anything was open.
pub async fn decide_reports(tx: &mut Transaction, reported: UserId, at: UnixMillis) -> Result<bool, Error> {
    const SQL: &str =
        "update stranger_reports set decided_at = $2 where reported_id = $1 and decided_at is null";
    Ok(tx.execute(Statement::new(SQL).text(reported.to_hex()).time(at)).await? > 0)
}

/// With which browser somebody was reported last.
pub async fn device_of_reported(tx: &mut Transaction, reported: UserId) -> Result<Option<DeviceId>, Error> {
    const SQL: &str =
        "select reported_device from stranger_reports where reported_id = $1 order by at desc limit 1";
    let raw: Option<(String,)> = tx.fetch_optional(Statement::new(SQL).text(reported.to_hex())).await?;
    raw.map(|(device,)| device.parse().map_err(|_| corrupt())).transpose()
}

/// What is forgotten, and by when it must have been.
#[derive(Clone, Copy, Debug)]
pub struct Forgotten {
    pub encounters: UnixMillis,
    pub reports: UnixMillis,
    pub blocks: UnixMillis,
    pub bars: UnixMillis,
}

/// Forgets what has been kept for long enough; says how much it was.
pub async fn forget(store: &Store, by: Forgotten) -> Result<u64, Error> {
    const REPORTS: &str = "delete from stranger_reports where at <= $1";
    const ENCOUNTERS: &str = "delete from encounters where ended_at <= $1 \
         and not exists (select 1 from stranger_reports where encounter_id = encounters.id) \
         and not exists (select 1 from rooms where owner_id = encounters.id and rooms.ended_at is null)";
    const BLOCKS: &str = "delete from stranger_blocks where at <= $1";
    const BARS: &str = "delete from stranger_bars where until <= $1";
    let mut count = 0;
    for (sql, by) in
        [(REPORTS, by.reports), (ENCOUNTERS, by.encounters), (BLOCKS, by.blocks), (BARS, by.bars)]
    {
        count += store.execute(Statement::new(sql).time(by)).await?;
    }
    Ok(count)
}

async fn one(store: &Store, statement: Statement) -> Result<Option<EncounterRow>, Error> {
    let raw: Option<Raw> = store.fetch_optional(statement).await?;
    raw.map(Raw::parse).transpose()
}

async fn many(store: &Store, statement: Statement) -> Result<Vec<EncounterRow>, Error> {
    let raw: Vec<Raw> = store.fetch_all(statement).await?;
    raw.into_iter().map(Raw::parse).collect()
}

/// Where a stage stands in the columns.
fn staged(sql: &'static str, stage: Stage) -> Statement {
    // Of one that is over it is not known any more who came; `load_last` asks for both.
    let (due, came, ended) = match stage {
        Stage::Awaited { until, came } => (Some(until), came, None),
        Stage::Met => (None, [true; 2], None),
        Stage::Ended { at, met } => (None, [met; 2], Some(at)),
    };
    Statement::new(sql).optional_time(due).boolean(came[0]).boolean(came[1]).optional_time(ended)
}

/// A statement whose first two values are a user and a device.
fn by_party(sql: &'static str, party: Party) -> Statement {
    Statement::new(sql).text(party.user.to_hex()).text(party.device.to_hex())
}

fn party(user: &str, device: &str) -> Result<Party, Error> {
    let (user, device) = (user.parse().map_err(|_| corrupt())?, device.parse().map_err(|_| corrupt())?);
    Ok(Party { user, device })
}

const fn corrupt() -> Error {
    Error::Corrupt { table: "encounters" }
}

impl Raw {
    fn parse(self) -> Result<EncounterRow, Error> {
        let came = [self.first_came, self.second_came];
        let stage = match (self.ended_at.map(UnixMillis), self.due_at.map(UnixMillis)) {
            (Some(at), _) => Stage::Ended { at, met: came == [true; 2] },
            (None, Some(until)) => Stage::Awaited { until, came },
            (None, None) => Stage::Met,
        };
        let encounter = Encounter {
            id: self.id.parse().map_err(|_| corrupt())?,
            parties: [
                party(&self.first_id, &self.first_device)?,
                party(&self.second_id, &self.second_device)?,
            ],
            room: self.room_code.parse().map_err(|_| corrupt())?,
            made_at: UnixMillis(self.made_at),
            stage,
        };
        Ok(EncounterRow { encounter, revision: self.revision })
    }
}

#[derive(sqlx::FromRow)]
struct RawReport {
    reported_id: String,
    reported_device: String,
    at: i64,
    reason: String,
    complaint: Option<String>,
    reporters: i64,
    barred_until: Option<i64>,
}

impl RawReport {
    fn parse(self) -> Result<OpenReport, Error> {
        let complaint = self.complaint.map(|text| Complaint::parse(&text)).transpose();
        Ok(OpenReport {
            reported: party(&self.reported_id, &self.reported_device)?,
            at: UnixMillis(self.at),
            reason: ReportReason::parse(&self.reason).ok_or_else(corrupt)?,
            complaint: complaint.map_err(|_| corrupt())?,
            reporters: self.reporters.unsigned_abs(),
            barred_until: self.barred_until.map(UnixMillis),
        })
    }
}
