//! A room's history as a file for its host: `/r/{code}/history.csv` and `.json`.
//!
//! | caller | answer |
//! |---|---|
//! | a browser without identity | 401 |
//! | anybody but the host | 403 |
//! | no such room | 404, which counts as a guess |
//!
//! In the CSV no cell is a formula ([`crate::csv`]): names come from strangers. Both files are whole,
//! whatever their length, and written page by page while they are sent. When the database fails on the way,
//! the connection breaks off; of the JSON the end is missing then, and with it `complete`.

use crate::csv::{moment, write_row};
use crate::login::USER;
use crate::refusal::refuse;
use crate::routes::Shared;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use futures_util::stream::try_unfold;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use model::{RoomCode, UnixMillis, UserId};
use protocol::ErrorCode;
use serde::Serialize;
use service::history::{Happening, History, Page, Stay};
use tower_sessions::Session;

/// The columns of the CSV; a happening fills some, a stay others.
const COLUMNS: [&str; 9] =
    ["record", "position", "at", "what", "who", "by", "role", "left_at", "duration_seconds"];

/// Answers with the history as CSV.
pub async fn csv(State(shared): State<Shared>, session: Session, Path(code): Path<String>) -> Response {
    match open(&shared, &session, &code).await {
        Ok(history) => {
            let name = format!("attachment; filename=\"anteroom-{}.csv\"", history.room);
            let kind = (CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned());
            ([kind, (CONTENT_DISPOSITION, name)], sent(history, Csv)).into_response()
        }
        Err(code) => refuse(code),
    }
}

/// Answers with the history as JSON.
pub async fn json(State(shared): State<Shared>, session: Session, Path(code): Path<String>) -> Response {
    match open(&shared, &session, &code).await {
        Ok(history) => {
            let file = Json { is_in_stays: false, is_first: true };
            ([(CONTENT_TYPE, "application/json")], sent(history, file)).into_response()
        }
        Err(code) => refuse(code),
    }
}

async fn open(shared: &Shared, session: &Session, code: &str) -> Result<History, ErrorCode> {
    let user = session.get::<UserId>(USER).await.map_err(|error| failed(&error))?;
    let user = user.ok_or(ErrorCode::NoIdentity)?;
    let code: RoomCode = code.parse().map_err(|_| ErrorCode::RoomNotFound)?;
    shared.services.rooms.history(user, code).await.map_err(|error| match error {
        service::Error::Refused(code) => code,
        other => failed(&other),
    })
}

/// A file in the making.
trait File: Send + 'static {
    /// What stands before the first page.
    fn head(&mut self, history: &History) -> String;
    fn page(&mut self, page: &Page) -> String;
    /// What stands behind the last one.
    fn end(&mut self) -> String;
}

/// Where a file is that is just being sent.
enum Step<F> {
    Head(History, F),
    Pages(History, F),
    Sent,
}

fn sent(history: History, file: impl File) -> Body {
    Body::from_stream(try_unfold(Step::Head(history, file), next))
}

async fn next<F: File>(step: Step<F>) -> Result<Option<(String, Step<F>)>, service::Error> {
    match step {
        Step::Head(history, mut file) => {
            let head = file.head(&history);
            Ok(Some((head, Step::Pages(history, file))))
        }
        Step::Pages(mut history, mut file) => match history.next().await {
            Ok(Some(page)) => Ok(Some((file.page(&page), Step::Pages(history, file)))),
            Ok(None) => Ok(Some((file.end(), Step::Sent))),
            Err(error) => {
                failed(&error);
                Err(error)
            }
        },
        Step::Sent => Ok(None),
    }
}

fn failed(error: &(dyn std::error::Error + 'static)) -> ErrorCode {
    tracing::error!(error, "A history could not be read.");
    ErrorCode::Internal
}

/// The JSON file: what is known of the room, `happenings`, `attendance`, and `complete` at the end, which
/// says that nothing is missing. All times are milliseconds since the Unix epoch.
struct Json {
    is_in_stays: bool,
    /// Whether the list that is being written is empty yet.
    is_first: bool,
}

#[derive(Serialize)]
struct Head<'a> {
    room: String,
    name: &'a str,
    /// When it was read.
    at: UnixMillis,
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

impl File for Json {
    fn head(&mut self, history: &History) -> String {
        let head = Head { room: history.room.to_string(), name: history.name.as_str(), at: history.at };
        let mut text = written(&head);
        // The object goes on.
        text.pop();
        text.push_str(",\"happenings\":[");
        text
    }

    fn page(&mut self, page: &Page) -> String {
        let mut text = String::new();
        match page {
            Page::Happenings(happenings) => {
                happenings.iter().for_each(|one| self.add(&mut text, &HappeningView::of(one)));
            }
            Page::Stays(stays) => {
                self.begin_stays(&mut text);
                stays.iter().for_each(|one| self.add(&mut text, &StayView::of(one)));
            }
        }
        text
    }

    fn end(&mut self) -> String {
        let mut text = String::new();
        self.begin_stays(&mut text);
        text.push_str("],\"complete\":true}");
        text
    }
}

impl Json {
    fn begin_stays(&mut self, text: &mut String) {
        if !self.is_in_stays {
            text.push_str("],\"attendance\":[");
            *self = Self { is_in_stays: true, is_first: true };
        }
    }

    fn add(&mut self, text: &mut String, one: &impl Serialize) {
        if !self.is_first {
            text.push(',');
        }
        self.is_first = false;
        text.push_str(&written(one));
    }
}

fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("these are plain values")
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

/// The CSV file.
struct Csv;

impl File for Csv {
    fn head(&mut self, _: &History) -> String {
        let mut csv = String::new();
        write_row(&mut csv, &COLUMNS.map(str::to_owned));
        csv
    }

    fn page(&mut self, page: &Page) -> String {
        let mut csv = String::new();
        match page {
            Page::Happenings(happenings) => happenings.iter().for_each(|one| write_happening(&mut csv, one)),
            Page::Stays(stays) => stays.iter().for_each(|one| write_stay(&mut csv, one)),
        }
        csv
    }

    fn end(&mut self) -> String {
        String::new()
    }
}

fn write_happening(csv: &mut String, Happening { position, at, what, who, by }: &Happening) {
    let (who, by) = (who.clone().unwrap_or_default(), by.clone().unwrap_or_default());
    let (record, none) = ("event".to_owned(), String::new);
    let row = [record, position.to_string(), moment(*at), what.clone(), who, by, none(), none(), none()];
    write_row(csv, &row);
}

fn write_stay(csv: &mut String, stay: &Stay) {
    let Stay { who, role, entered_at, left_at, reason, duration_ms } = stay;
    let what = reason.unwrap_or("inside").to_owned();
    let left_at = left_at.map(moment).unwrap_or_default();
    let seconds = (duration_ms / 1_000).to_string();
    let (record, none) = ("attendance".to_owned(), String::new);
    let entered = moment(*entered_at);
    write_row(csv, &[record, none(), entered, what, who.clone(), none(), role.clone(), left_at, seconds]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happening(position: i64) -> Happening {
        Happening {
            position,
            at: UnixMillis(1_700_000_000_123),
            what: "admitted".to_owned(),
            who: Some("=Bo".to_owned()),
            by: Some("Ana".to_owned()),
        }
    }

    fn stay() -> Stay {
        Stay {
            who: "Ana".to_owned(),
            role: "host".to_owned(),
            entered_at: UnixMillis(1_700_000_000_000),
            left_at: None,
            reason: None,
            duration_ms: 60_500,
        }
    }

    #[test]
    fn a_history_is_one_table() {
        let pages = [Page::Happenings(vec![happening(3)]), Page::Stays(vec![stay()])];
        assert_eq!(
            pages.map(|page| Csv.page(&page)).concat(),
            "event,3,2023-11-14T22:13:20.123Z,admitted,\"'=Bo\",Ana,,,\r\n\
             attendance,,2023-11-14T22:13:20.000Z,inside,Ana,,host,,60\r\n"
        );
    }

    #[test]
    fn lists_are_joined_however_they_are_cut() {
        let happened = |positions: &[i64]| {
            Page::Happenings(positions.iter().map(|position| happening(*position)).collect())
        };
        for pages in [
            vec![],
            vec![happened(&[1, 2]), happened(&[3])],
            vec![Page::Stays(vec![stay()])],
            vec![happened(&[1]), Page::Stays(vec![stay(), stay()]), Page::Stays(vec![stay()])],
        ] {
            let mut file = Json { is_in_stays: false, is_first: true };
            let body: String = pages.iter().map(|page| file.page(page)).collect();
            let text = format!("{{\"happenings\":[{body}{}", file.end());
            let read: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"));
            let listed = |list: &str| read[list].as_array().map_or(0, Vec::len);
            let told = |page: &Page| match page {
                Page::Happenings(happenings) => (happenings.len(), 0),
                Page::Stays(stays) => (0, stays.len()),
            };
            let expected = pages.iter().map(told).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            assert_eq!((listed("happenings"), listed("attendance")), expected, "{text}");
            assert_eq!(read["complete"], true);
        }
    }
}
