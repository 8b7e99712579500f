//! A room's history as a file for its host: `/r/{code}/history.csv` and `.json`.
//!
//! | caller | answer |
//! |---|---|
//! | a browser without identity | 401 |
//! | anybody but the host | 403 |
//! | no such room | 404, which counts as a guess |
//!
//! In the CSV no cell is a formula ([`crate::csv`]): names come from strangers. Both files are made whole in
//! memory, which `service` bounds.

use crate::csv::{moment, write_row};
use crate::login::USER;
use crate::refusal::refuse;
use crate::routes::Shared;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use model::{RoomCode, UnixMillis, UserId};
use protocol::ErrorCode;
use serde::Serialize;
use service::history::{Happening, History, Stay};
use tower_sessions::Session;

/// The columns of the CSV; a happening fills some, a stay others.
const COLUMNS: [&str; 9] =
    ["record", "position", "at", "what", "who", "by", "role", "left_at", "duration_seconds"];

/// Answers with the history as CSV.
pub async fn csv(State(shared): State<Shared>, session: Session, Path(code): Path<String>) -> Response {
    match read(&shared, &session, &code).await {
        Ok(history) => {
            let name = format!("attachment; filename=\"anteroom-{}.csv\"", history.room);
            let kind = (CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned());
            ([kind, (CONTENT_DISPOSITION, name)], to_csv(&history)).into_response()
        }
        Err(code) => refuse(code),
    }
}

/// Answers with the history as JSON.
pub async fn json(State(shared): State<Shared>, session: Session, Path(code): Path<String>) -> Response {
    match read(&shared, &session, &code).await {
        Ok(history) => Json(Document::of(&history)).into_response(),
        Err(code) => refuse(code),
    }
}

async fn read(shared: &Shared, session: &Session, code: &str) -> Result<History, ErrorCode> {
    let user = session.get::<UserId>(USER).await.map_err(|error| failed(&error))?;
    let user = user.ok_or(ErrorCode::NoIdentity)?;
    let code: RoomCode = code.parse().map_err(|_| ErrorCode::RoomNotFound)?;
    shared.services.rooms.history(user, code).await.map_err(|error| match error {
        service::Error::Refused(code) => code,
        other => failed(&other),
    })
}

fn failed(error: &(dyn std::error::Error + 'static)) -> ErrorCode {
    tracing::error!(error, "A history could not be read.");
    ErrorCode::Internal
}

/// The JSON file.
#[derive(Serialize)]
struct Document<'a> {
    room: String,
    name: &'a str,
    /// When it was read, as all times in milliseconds since the Unix epoch.
    at: UnixMillis,
    /// Whether it goes back to the beginning.
    complete: bool,
    happenings: Vec<HappeningView<'a>>,
    attendance: Vec<StayView<'a>>,
}

#[derive(Serialize)]
struct HappeningView<'a> {
    position: i64,
    at: UnixMillis,
    what: &'a str,
    who: Option<&'a str>,
    by: Option<&'a str>,
}

#[derive(Serialize)]
struct StayView<'a> {
    who: &'a str,
    role: &'a str,
    entered_at: UnixMillis,
    left_at: Option<UnixMillis>,
    reason: Option<&'a str>,
    duration_ms: i64,
}

impl<'a> Document<'a> {
    fn of(history: &'a History) -> Self {
        Self {
            room: history.room.to_string(),
            name: history.name.as_str(),
            at: history.at,
            complete: history.is_complete,
            happenings: history.happenings.iter().map(HappeningView::of).collect(),
            attendance: history.stays.iter().map(StayView::of).collect(),
        }
    }
}

impl<'a> HappeningView<'a> {
    fn of(happening: &'a Happening) -> Self {
        let Happening { position, at, what, who, by } = happening;
        Self { position: *position, at: *at, what, who: who.as_deref(), by: by.as_deref() }
    }
}

impl<'a> StayView<'a> {
    fn of(stay: &'a Stay) -> Self {
        let Stay { who, role, entered_at, left_at, reason, duration_ms } = stay;
        let (entered_at, left_at, duration_ms) = (*entered_at, *left_at, *duration_ms);
        Self { who, role, entered_at, left_at, reason: *reason, duration_ms }
    }
}

fn to_csv(history: &History) -> String {
    let mut csv = String::new();
    write_row(&mut csv, &COLUMNS.map(str::to_owned));
    if !history.is_complete {
        let mut row: [String; 9] = Default::default();
        (row[0], row[3]) = ("note".to_owned(), "older records are left out".to_owned());
        write_row(&mut csv, &row);
    }
    for Happening { position, at, what, who, by } in &history.happenings {
        let (who, by) = (who.clone().unwrap_or_default(), by.clone().unwrap_or_default());
        let none = String::new;
        let record = "event".to_owned();
        let row = [record, position.to_string(), moment(*at), what.clone(), who, by, none(), none(), none()];
        write_row(&mut csv, &row);
    }
    for Stay { who, role, entered_at, left_at, reason, duration_ms } in &history.stays {
        let what = reason.unwrap_or("inside").to_owned();
        let left_at = left_at.map(moment).unwrap_or_default();
        let seconds = (duration_ms / 1_000).to_string();
        let record = "attendance".to_owned();
        let (none, entered) = (String::new, moment(*entered_at));
        write_row(
            &mut csv,
            &[record, none(), entered, what, who.clone(), none(), role.clone(), left_at, seconds],
        );
    }
    csv
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::RoomName;

    #[test]
    fn a_history_is_one_table() {
        let history = History {
            room: RoomCode::from_bits(7),
            name: RoomName::parse("Choir").expect("a name"),
            at: UnixMillis(1_700_000_060_000),
            is_complete: false,
            happenings: vec![Happening {
                position: 3,
                at: UnixMillis(1_700_000_000_123),
                what: "admitted".to_owned(),
                who: Some("=Bo".to_owned()),
                by: Some("Ana".to_owned()),
            }],
            stays: vec![Stay {
                who: "Ana".to_owned(),
                role: "host".to_owned(),
                entered_at: UnixMillis(1_700_000_000_000),
                left_at: None,
                reason: None,
                duration_ms: 60_500,
            }],
        };
        assert_eq!(
            to_csv(&history),
            "record,position,at,what,who,by,role,left_at,duration_seconds\r\n\
             note,,,older records are left out,,,,,\r\n\
             event,3,2023-11-14T22:13:20.123Z,admitted,\"'=Bo\",Ana,,,\r\n\
             attendance,,2023-11-14T22:13:20.000Z,inside,Ana,,host,,60\r\n"
        );
    }
}
