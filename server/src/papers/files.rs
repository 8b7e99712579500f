//! What a host takes along: earnings as a table, and the evidence of one session.

use super::asked::{Asked, Sold};
use super::lists::{EVER, NOBODY, Part};
use super::{Turned, caller};
use crate::csv::{moment, write_row, write_row_with};
use crate::refusal::preferred;
use crate::routes::Shared;
use app::papers::evidence::{Saved, evidence};
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName};
use http::request::Parts;
use model::{Money, UnixMillis};
use serde::Serialize;
use service::rooms::packs::{Line as Sale, Sums};
use service::rooms::papers::{Ending, Event, Left, Line, OrderLine, Paper, Party, Stay, Why};
use tower_sessions::Session;

/// The columns of the table; those behind the currency are amounts.
const COLUMNS: [&str; 13] = [
    "session",
    "agreed_at",
    "ended_at",
    "room",
    "payer",
    "status",
    "currency",
    "paid",
    "sent_back",
    "earned",
    "fee",
    "held",
    "due",
];

/// The same of packs.
const PACK_COLUMNS: [&str; 13] = [
    "purchase",
    "asked_at",
    "minutes",
    "minutes_back",
    "buyer",
    "status",
    "currency",
    "paid",
    "sent_back",
    "earned",
    "fee",
    "disputed",
    "lost",
];
/// Tables with a line of column names (RFC 4180).
const CSV: &str = "text/csv; charset=utf-8; header=present";

/// Everything that the caller earned, or what of it is of one month.
pub(super) async fn csv(
    State(shared): State<Shared>,
    session: Session,
    part: Result<Query<Part>, QueryRejection>,
    parts: Parts,
) -> Response {
    let part = part.map(|Query(part)| part).unwrap_or_default();
    let span = part.month().map_or(EVER, |(_, span)| span);
    let user = match caller(&session).await {
        Ok(user) => user.unwrap_or(NOBODY),
        Err(turned) => return turned.answer(&parts),
    };
    let month = part.month().map(|(month, _)| format!("-{month}")).unwrap_or_default();
    // What is sold while the file is read is not in it, so that no line is there twice.
    let rooms = shared.services.rooms.clone();
    let span = (span.0, span.1.min(shared.services.ambient.now().plus(1)));
    let rows = stream::try_unfold(0, move |part| {
        let rooms = rooms.clone();
        async move { Ok(next(part, &rooms.earnings_part(user, span, part).await?, session_rows)) }
    });
    table(&parts, (&format!("earnings{month}"), &COLUMNS), rows).await
}

/// The rows of one part of a table, and which part is next; nothing behind the last one.
fn next<T>(part: u32, lines: &[T], rows: fn(&[T]) -> String) -> Option<(String, u32)> {
    (!lines.is_empty()).then(|| (rows(lines), part + 1))
}

/// A table that is read while it is sent, however long it is. What fails at once is told on a page, and what
/// fails later breaks the download off.
async fn table(
    parts: &Parts,
    (name, columns): (&str, &[&str]),
    rows: impl Stream<Item = Result<String, service::Error>> + Send + 'static,
) -> Response {
    let mut rows = Box::pin(rows);
    let mut head = String::new();
    write_row(&mut head, &columns.iter().map(|&column| column.to_owned()).collect::<Vec<_>>());
    match rows.next().await.transpose() {
        Ok(first) => {
            let first = head + &first.unwrap_or_default();
            let body = Body::from_stream(stream::iter([Ok(first)]).chain(rows));
            ([(CONTENT_TYPE, CSV.to_owned()), attached(name, "csv")], body).into_response()
        }
        Err(error) => Turned::of(&error).answer(parts),
    }
}

/// Every pack that the caller sold.
pub(super) async fn packs_csv(State(shared): State<Shared>, session: Session, parts: Parts) -> Response {
    let user = match caller(&session).await {
        Ok(user) => user.unwrap_or(NOBODY),
        Err(turned) => return turned.answer(&parts),
    };
    let rooms = shared.services.rooms.clone();
    let rows = stream::try_unfold(0, move |part| {
        let rooms = rooms.clone();
        async move { Ok(next(part, &rooms.sold_packs_part(user, part).await?, pack_rows)) }
    });
    table(&parts, ("packs", &PACK_COLUMNS), rows).await
}

/// The evidence as a page that needs nothing but itself.
pub(super) async fn html(Asked(Sold { paper, .. }): Asked<Sold>, parts: Parts) -> Response {
    let events = paper.events.iter().map(|event| saved(event.at, &event.what));
    let orders = paper.orders.iter().map(|order| saved(order.at, &order.instruction));
    let (events, orders): (Vec<Saved>, Vec<Saved>) = (events.collect(), orders.collect());
    let page = Html(evidence(preferred(&parts.headers), &paper, &events, &orders));
    ([attached(&name(&paper), "html")], page).into_response()
}

/// The same for programs.
pub(super) async fn json(Asked(Sold { paper, .. }): Asked<Sold>) -> Response {
    ([attached(&name(&paper), "json")], Json(Document::of(&paper))).into_response()
}

pub(super) fn saved(at: UnixMillis, what: &impl Serialize) -> Saved {
    Saved { at, words: serde_json::to_string(what).expect("what is saved is plain data") }
}

fn name(paper: &Paper) -> String {
    format!("session-{}", paper.session.id.to_hex())
}

pub(super) fn attached(name: &str, kind: &str) -> (HeaderName, String) {
    (CONTENT_DISPOSITION, format!("attachment; filename=\"anteroom-{name}.{kind}\""))
}

fn session_rows(lines: &[Line]) -> String {
    let mut csv = String::new();
    for line in lines {
        let Line { id, room, room_name, payer_name, status, made_at, closed_at, due, sums } = line;
        let room = room_name.clone().unwrap_or_else(|| room.to_string());
        let currency = sums.map(|sums| sums.paid.currency.code()).unwrap_or_default();
        let texts = [
            id.to_hex(),
            moment(*made_at),
            closed_at.map(moment).unwrap_or_default(),
            room,
            payer_name.clone().unwrap_or_default(),
            status.clone(),
            currency.to_owned(),
        ];
        let amounts = sums.map(|sums| {
            let due = due.unwrap_or(Money::zero(sums.paid.currency));
            [sums.paid, sums.back, sums.host, sums.fee, sums.held, due]
        });
        write_row_with(&mut csv, &texts, amounts.into_iter().flatten());
    }
    csv
}

fn pack_rows(sold: &[(Sale, Sums)]) -> String {
    let mut csv = String::new();
    for (Sale { id, pack, status, made_at, back_ms, buyer, .. }, sums) in sold {
        let texts = [
            id.to_hex(),
            moment(*made_at),
            pack.minutes.to_string(),
            in_minutes(*back_ms),
            buyer.clone().unwrap_or_default(),
            status.clone(),
            sums.paid.currency.code().to_owned(),
        ];
        let amounts = [sums.paid, sums.back, sums.host, sums.fee, sums.disputed, sums.lost];
        write_row_with(&mut csv, &texts, amounts.into_iter());
    }
    csv
}

/// To the millisecond, as spreadsheets read it.
fn in_minutes(millis: i64) -> String {
    let thousandths = millis * 1_000 / 60_000;
    format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
}

/// The evidence for programs. Times are milliseconds since the Unix epoch, amounts minor units.
#[derive(Serialize)]
struct Document<'a> {
    session: String,
    written_at: UnixMillis,
    /// Whether no money moved.
    test: bool,
    room: RoomView<'a>,
    host: Option<&'a str>,
    payer: Option<&'a str>,
    status: &'static str,
    planned_at: Option<UnixMillis>,
    terms: TermsView<'a>,
    /// From when on the payer was let in.
    entitled_at: Option<UnixMillis>,
    began_at: Option<UnixMillis>,
    ended_at: Option<UnixMillis>,
    ending: Option<Ending>,
    attended_ms: i64,
    stays: Vec<StayView>,
    money: Option<MoneyView>,
    returned: Vec<ReturnedView>,
    /// Everything that happened, as it was saved.
    events: &'a [Event],
    orders: Vec<OrderView<'a>>,
}

#[derive(Serialize)]
struct RoomView<'a> {
    code: String,
    name: Option<&'a str>,
    /// The last line of its history.
    line: i64,
    line_sha256: &'a str,
}

#[derive(Serialize)]
struct TermsView<'a> {
    words: &'a str,
    sha256: String,
    consented_at: Option<UnixMillis>,
}

#[derive(Serialize)]
pub(super) struct StayView {
    who: Party,
    from: UnixMillis,
    until: Option<UnixMillis>,
    how: Option<&'static str>,
}

#[derive(Serialize)]
struct MoneyView {
    owed: Option<Money>,
    paid: Money,
    sent_back: Money,
    host: Money,
    fee: Money,
    held: Money,
    due: Option<Money>,
}

#[derive(Serialize)]
pub(super) struct ReturnedView {
    pub at: UnixMillis,
    pub amount: Money,
    pub why: &'static str,
}

#[derive(Serialize)]
pub(super) struct OrderView<'a> {
    at: UnixMillis,
    order: &'a service::rooms::papers::Instruction,
    attempts: u32,
    done_at: Option<UnixMillis>,
}

impl<'a> Document<'a> {
    fn of(paper: &'a Paper) -> Self {
        let session = &paper.session;
        let (line, line_sha256) = (paper.room.chain.0, paper.room.chain.1.as_str());
        Self {
            session: session.id.to_hex(),
            written_at: paper.at,
            test: paper.is_test,
            room: RoomView {
                code: paper.room.code.to_string(),
                name: paper.room.name.as_deref(),
                line,
                line_sha256,
            },
            host: paper.host.as_deref(),
            payer: paper.payer.as_deref(),
            status: session.status().word(),
            planned_at: session.planned,
            terms: TermsView {
                words: &paper.terms,
                sha256: session.terms.to_hex(),
                consented_at: paper.consented_at(),
            },
            entitled_at: paper.entitled_at(),
            began_at: paper.began_at(),
            ended_at: session.closed_at(),
            ending: paper.ending(),
            attended_ms: session.tally.attended_ms,
            stays: stays(paper),
            money: money(paper),
            returned: returned(paper),
            events: &paper.events,
            orders: paper.orders.iter().map(OrderView::of).collect(),
        }
    }
}

impl<'a> OrderView<'a> {
    pub(super) fn of(order: &'a OrderLine) -> Self {
        let OrderLine { instruction, at, attempts, done_at, .. } = order;
        Self { at: *at, order: instruction, attempts: *attempts, done_at: *done_at }
    }
}

impl StayView {
    pub(super) fn of(stay: &Stay) -> Self {
        let how = |left| match left {
            Left::Dropped => "dropped",
            Left::Left => "left",
            Left::Over => "over",
            Left::Outage => "outage",
        };
        Self {
            who: stay.party,
            from: stay.from,
            until: stay.left.map(|(at, _)| at),
            how: stay.left.map(|(_, left)| how(left)),
        }
    }
}

fn stays(paper: &Paper) -> Vec<StayView> {
    paper.stays().iter().map(StayView::of).collect()
}

fn money(paper: &Paper) -> Option<MoneyView> {
    let sums = paper.sums?;
    Some(MoneyView {
        owed: paper.owed(),
        paid: sums.paid,
        sent_back: sums.back,
        host: sums.host,
        fee: sums.fee,
        held: sums.held,
        due: paper.session.owing(),
    })
}

fn returned(paper: &Paper) -> Vec<ReturnedView> {
    let why = |why| match why {
        Why::By(Party::Host) => "host",
        Why::By(Party::Payer) => "payer",
        Why::By(Party::Operator) => "operator",
        Why::Closing => "closing",
        Why::NotNeeded => "not_needed",
        Why::Dispute => "dispute",
    };
    let returned = paper.returned().into_iter();
    returned.map(|back| ReturnedView { at: back.at, amount: back.amount, why: why(back.why) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use http::{Request, StatusCode};
    use protocol::ErrorCode;

    async fn sent(rows: Vec<Result<String, service::Error>>) -> (StatusCode, Option<String>) {
        let (parts, ()) = Request::get("/earnings.csv").body(()).expect("a request").into_parts();
        let answer = table(&parts, ("earnings", &["session", "paid"]), stream::iter(rows)).await;
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.ok();
        (status, body.map(|body| String::from_utf8(body.to_vec()).expect("it is text")))
    }

    fn failed() -> Result<String, service::Error> {
        Err(service::Error::Refused(ErrorCode::Internal))
    }

    #[tokio::test]
    async fn a_table_is_sent_to_its_last_part_and_one_that_fails_is_not_taken_for_whole() {
        let part = |words: &str| Ok(words.to_owned());
        let whole = sent(vec![part("1,2\r\n"), part("3,4\r\n"), part("5,6\r\n")]).await;
        assert_eq!(whole, (StatusCode::OK, Some("session,paid\r\n1,2\r\n3,4\r\n5,6\r\n".to_owned())));
        assert_eq!(sent(Vec::new()).await, (StatusCode::OK, Some("session,paid\r\n".to_owned())));
        assert_eq!(sent(vec![part("1,2\r\n"), failed()]).await, (StatusCode::OK, None), "it breaks off");
        assert_eq!(sent(vec![failed()]).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn parts_are_asked_for_until_one_is_empty() {
        let rows = |lines: &[u8]| format!("{lines:?}");
        assert_eq!(next(7, &[1, 2], rows), Some(("[1, 2]".to_owned(), 8)));
        assert_eq!(next(8, &[], rows), None);
    }
}
