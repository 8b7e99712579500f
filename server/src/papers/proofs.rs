//! What a seller takes along of a pack of minutes: the evidence of one purchase, as a page and for programs.

use super::asked::{Asked, Own};
use super::files::{OrderView, ReturnedView, StayView, attached, saved};
use super::{Turned, caller};
use crate::refusal::preferred;
use crate::routes::Shared;
use app::papers::proof::proof;
use axum::Json;
use axum::response::{Html, IntoResponse, Response};
use http::request::Parts;
use model::{Money, PurchaseId, UnixMillis};
use serde::Serialize;
use service::rooms::packs::{Event, Party, Proof, ProvedUse, What};
use tower_sessions::Session;

/// The evidence as a page that needs nothing but itself.
pub(super) async fn html(Asked(found): Asked<Proof>, parts: Parts) -> Response {
    let events = found.paper.events.iter().map(|event| saved(event.at, &event.what));
    let orders = found.paper.orders.iter().map(|order| saved(order.at, &order.instruction));
    let (events, orders): (Vec<_>, Vec<_>) = (events.collect(), orders.collect());
    let page = Html(proof(preferred(&parts.headers), &found, &events, &orders));
    ([attached(&name(&found), "html")], page).into_response()
}

/// The same for programs.
pub(super) async fn json(Asked(found): Asked<Proof>) -> Response {
    ([attached(&name(&found), "json")], Json(Document::of(&found))).into_response()
}

/// Of a purchase of which the caller is the seller, or that was made on the server that they run.
impl Own for Proof {
    async fn find(shared: &Shared, session: &Session, id: &str) -> Result<Self, Turned> {
        let id: PurchaseId = id.parse().map_err(|_| Turned::Unknown)?;
        let user = caller(session).await?.ok_or(Turned::Unknown)?;
        shared.services.rooms.proof(user, id).await.map_err(|error| Turned::of(&error))
    }
}

fn name(proof: &Proof) -> String {
    format!("purchase-{}", proof.paper.purchase.id.to_hex())
}

/// The evidence for programs. Times are milliseconds since the Unix epoch, amounts minor units.
#[derive(Serialize)]
struct Document<'a> {
    purchase: String,
    written_at: UnixMillis,
    /// Whether no money moved.
    test: bool,
    seller: Option<&'a str>,
    buyer: Option<&'a str>,
    status: &'static str,
    minutes: u16,
    price: Money,
    asked_at: UnixMillis,
    paid_at: Option<UnixMillis>,
    /// Absent of purchases from before it was asked for.
    terms: Option<TermsView<'a>>,
    money: Option<MoneyView>,
    /// Sessions that used minutes since it was paid; of which pack a minute was, nobody can tell.
    sessions: Vec<UseView>,
    /// How many there are; the file has the first ones.
    session_count: u32,
    returned: Vec<ReturnedView>,
    /// Everything that happened, as it was saved.
    events: &'a [Event],
    orders: Vec<OrderView<'a>>,
}

#[derive(Serialize)]
struct TermsView<'a> {
    words: &'a str,
    sha256: String,
    consented_at: UnixMillis,
}

#[derive(Serialize)]
struct MoneyView {
    paid: Money,
    sent_back: Money,
    host: Money,
    fee: Money,
    disputed: Money,
    lost: Money,
}

#[derive(Serialize)]
struct UseView {
    session: String,
    room: Option<String>,
    status: &'static str,
    terms_sha256: String,
    consented_at: Option<UnixMillis>,
    reserved_ms: i64,
    used_ms: i64,
    returned_ms: i64,
    stays: Vec<StayView>,
}

impl<'a> Document<'a> {
    fn of(proof: &'a Proof) -> Self {
        let paper = &proof.paper;
        let purchase = &paper.purchase;
        let terms = paper.terms.as_deref().zip(purchase.consent);
        Self {
            purchase: purchase.id.to_hex(),
            written_at: proof.at,
            test: paper.is_test,
            seller: paper.seller.as_deref(),
            buyer: paper.buyer.as_deref(),
            status: purchase.word(),
            minutes: purchase.sale.pack.minutes,
            price: purchase.price(),
            asked_at: paper.asked_at,
            paid_at: paper.events.iter().find(|event| matches!(event.what, What::Paid)).map(|event| event.at),
            terms: terms.map(|(words, consent)| TermsView {
                words,
                sha256: consent.terms.to_hex(),
                consented_at: consent.at,
            }),
            money: paper.sums.map(|sums| MoneyView {
                paid: sums.paid,
                sent_back: sums.back,
                host: sums.host,
                fee: sums.fee,
                disputed: sums.disputed,
                lost: sums.lost,
            }),
            sessions: proof.uses.iter().map(UseView::of).collect(),
            session_count: proof.count,
            returned: paper.events.iter().filter_map(returned).collect(),
            events: &paper.events,
            orders: proof.paper.orders.iter().map(OrderView::of).collect(),
        }
    }
}

impl UseView {
    fn of(used: &ProvedUse) -> Self {
        Self {
            session: used.session.to_hex(),
            room: used.room.map(|room| room.to_string()),
            status: used.status,
            terms_sha256: used.terms.to_hex(),
            consented_at: used.consented_at,
            reserved_ms: used.reserved_ms,
            used_ms: used.used_ms,
            returned_ms: used.returned_ms,
            stays: used.stays.iter().map(StayView::of).collect(),
        }
    }
}

fn returned(event: &Event) -> Option<ReturnedView> {
    let What::SoldBack { by, amount, .. } = event.what else { return None };
    let why = if by == Party::Operator { "operator" } else { "host" };
    Some(ReturnedView { at: event.at, amount, why })
}
