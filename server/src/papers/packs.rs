//! Prepaid minutes: what a room sells, what the caller has and sold, one purchase, and taking back what is
//! not used of it.
//!
//! Forms work without scripts. A pack is bought as it was read, with the words that hold for it: one that
//! changed meanwhile is shown anew.

use super::asked::{Asked, Own, Sent};
use super::lists::{NOBODY, page};
use super::{Turned, caller, files, known, proofs, unread};
use crate::pay::{lead_on, site};
use crate::refusal::{preferred, refuse_visit};
use crate::routes::Shared;
use app::caller::known_in;
use app::papers::packs::{News, ShopNews, balance, confirm, of_purchase, purchase, shop, sold};
use app::papers::{
    BALANCE, MINUTES, PURCHASE, PURCHASE_EVIDENCE, PURCHASE_EVIDENCE_JSON, PURCHASE_REFUND, SOLD_PACKS,
    SOLD_PACKS_CSV,
};
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;
use http::request::Parts;
use model::offer::Pack;
use model::{Currency, InviteToken, Money, Price, PurchaseId, RefundId, RoomCode, UserId};
use protocol::{ErrorCode, Rule};
use service::payments::Back;
use service::rooms::packs::{Party, PurchasePaper, Refusal, SellBackError};
use tower_sessions::Session;

/// Every address of pages about prepaid minutes.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(MINUTES, get(show_shop).post(buy))
        .route(BALANCE, get(show_balance))
        .route(SOLD_PACKS, get(show_sold))
        .route(SOLD_PACKS_CSV, get(files::packs_csv))
        .route(PURCHASE, get(show_purchase))
        .route(PURCHASE_REFUND, get(ask).post(sell_back))
        .route(PURCHASE_EVIDENCE, get(proofs::html))
        .route(PURCHASE_EVIDENCE_JSON, get(proofs::json))
}

/// By which link somebody came.
#[derive(Debug, Default, serde::Deserialize)]
struct Came {
    #[serde(default)]
    invite: Option<String>,
}

/// Which pack was read and wished for.
#[derive(Debug, serde::Deserialize)]
struct Wish {
    minutes: u16,
    /// In minor units.
    price: i64,
    currency: String,
    /// The digest of what is agreed to.
    #[serde(default)]
    terms: String,
    #[serde(default)]
    invite: Option<String>,
}

/// Which part of a list is wished for.
#[derive(Debug, Default, serde::Deserialize)]
struct Part {
    /// The first is 1.
    #[serde(default)]
    page: Option<String>,
}

/// Which taking back led to the purchase.
#[derive(Debug, Default, serde::Deserialize)]
struct Done {
    #[serde(default)]
    refunded: Option<String>,
}

/// What the seller confirms.
#[derive(Debug, serde::Deserialize)]
struct Confirmed {
    refund: String,
}

async fn show_shop(
    State(shared): State<Shared>,
    session: Session,
    Path(code): Path<String>,
    came: Result<Query<Came>, QueryRejection>,
    parts: Parts,
) -> Response {
    let invite = parsed(came.ok().and_then(|Query(came)| came.invite));
    let Ok(room) = code.parse::<RoomCode>() else { return refuse_visit(&parts, ErrorCode::RoomNotFound) };
    shop_page(&shared, &session, (room, invite), (&parts, ShopNews::None)).await
}

/// Opens a checkout, and leads there.
async fn buy(
    State(shared): State<Shared>,
    session: Session,
    Path(code): Path<String>,
    parts: Parts,
    Sent(wish): Sent<Wish>,
) -> Response {
    let Ok(room) = code.parse::<RoomCode>() else { return refuse_visit(&parts, ErrorCode::RoomNotFound) };
    let invite = parsed(wish.invite.clone());
    let Some(pack) = wish.pack() else { return refuse_visit(&parts, ErrorCode::BadRequest) };
    let Ok(terms) = wish.terms.parse() else {
        return shop_page(&shared, &session, (room, invite), (&parts, ShopNews::Changed)).await;
    };
    let buyer = match known(&session).await {
        Ok(Some(buyer)) => buyer,
        Ok(None) => return shop_page(&shared, &session, (room, invite), (&parts, ShopNews::None)).await,
        Err(turned) => return turned.answer(&parts),
    };
    let query = invite.map(|invite| format!("?invite={}", String::from(invite))).unwrap_or_default();
    let back = Back { site: site(&shared, &parts), path: format!("/r/{room}{query}") };
    match shared.services.rooms.buy(buyer, (room, invite), (pack, terms), back).await {
        Err(service::Error::Refused(ErrorCode::Rule(Rule::OtherTerms))) => {
            shop_page(&shared, &session, (room, invite), (&parts, ShopNews::Changed)).await
        }
        // Somebody who is not signed in any more reads how to be.
        Err(service::Error::Refused(ErrorCode::Rule(Rule::NotAllowed))) => {
            shop_page(&shared, &session, (room, invite), (&parts, ShopNews::None)).await
        }
        to => lead_on(&parts, to),
    }
}

async fn shop_page(
    shared: &Shared,
    session: &Session,
    (room, invite): (RoomCode, Option<InviteToken>),
    (parts, news): (&Parts, ShopNews),
) -> Response {
    let reader = match known(session).await {
        Ok(reader) => reader,
        Err(turned) => return turned.answer(parts),
    };
    match shared.services.rooms.shop(reader, (room, invite)).await {
        Ok(Some(found)) => Html(shop(preferred(&parts.headers), &found, news)).into_response(),
        // Whoever hosts the room, or is not shown its price.
        Ok(None) => Redirect::to(&format!("/r/{room}")).into_response(),
        Err(service::Error::Refused(code)) => refuse_visit(parts, code),
        Err(error) => Turned::of(&error).answer(parts),
    }
}

async fn show_balance(
    State(shared): State<Shared>,
    session: Session,
    part: Result<Query<Part>, QueryRejection>,
    parts: Parts,
) -> Response {
    let page = part.map(|Query(part)| page(part.page.as_ref())).unwrap_or_default();
    let (user, has_account) = match known_in(&session).await {
        Ok(known) => known.map_or((NOBODY, false), |(user, login)| (user, login.is_some())),
        Err(error) => return unread(&error).answer(&parts),
    };
    match shared.services.rooms.balance(user, page).await {
        Ok(sheet) if sheet.page >= sheet.pages() => Redirect::to(BALANCE).into_response(),
        Ok(sheet) => Html(balance(preferred(&parts.headers), &sheet, has_account)).into_response(),
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

async fn show_sold(
    State(shared): State<Shared>,
    session: Session,
    part: Result<Query<Part>, QueryRejection>,
    parts: Parts,
) -> Response {
    let page = part.map(|Query(part)| page(part.page.as_ref())).unwrap_or_default();
    let user = match caller(&session).await {
        Ok(user) => user.unwrap_or(NOBODY),
        Err(turned) => return turned.answer(&parts),
    };
    match shared.services.rooms.sold_packs(user, page).await {
        Ok(found) if found.page >= found.pages() => Redirect::to(SOLD_PACKS).into_response(),
        Ok(found) => Html(sold(preferred(&parts.headers), &found)).into_response(),
        Err(error) => Turned::of(&error).answer(&parts),
    }
}

async fn show_purchase(
    Asked(Dealt { paper, .. }): Asked<Dealt>,
    done: Result<Query<Done>, QueryRejection>,
    parts: Parts,
) -> Response {
    let named = done.ok().and_then(|Query(done)| done.refunded?.parse::<RefundId>().ok());
    // A link of somebody else's must not say of minutes that they were taken back.
    let is_done = named.is_some_and(|refund| paper.purchase.refunds.contains(&refund));
    let news = if is_done { News::SoldBack } else { News::None };
    Html(purchase(preferred(&parts.headers), &paper, news)).into_response()
}

/// Says what taking back would do.
async fn ask(Asked(Sold { paper, .. }): Asked<Sold>, State(shared): State<Shared>, parts: Parts) -> Response {
    let refund = RefundId::from_bits(shared.services.ambient.draw());
    match paper.going(refund) {
        Ok(Some(going)) => Html(confirm(preferred(&parts.headers), &paper, refund, going)).into_response(),
        Ok(None) => refused(&parts, &paper, Refusal::NothingLeft),
        Err(refusal) => refused(&parts, &paper, refusal),
    }
}

/// Takes back what is not used.
async fn sell_back(
    Asked(Sold { user, paper }): Asked<Sold>,
    State(shared): State<Shared>,
    parts: Parts,
    Sent(confirmed): Sent<Confirmed>,
) -> Response {
    let Ok(refund) = confirmed.refund.parse::<RefundId>() else {
        return refuse_visit(&parts, ErrorCode::BadRequest);
    };
    let address = of_purchase(paper.purchase.id, PURCHASE);
    match shared.services.rooms.sell_back(user, paper.purchase.id, refund).await {
        Ok(()) => Redirect::to(&format!("{address}?refunded={}", refund.to_hex())).into_response(),
        Err(SellBackError::Refused(refusal)) => refused(&parts, &paper, refusal),
        Err(SellBackError::Failed(error)) => Turned::of(&error).answer_with(&parts, &address),
    }
}

/// The purchase, with the reason why nothing was taken back.
fn refused(parts: &Parts, paper: &PurchasePaper, refusal: Refusal) -> Response {
    let page = Html(purchase(preferred(&parts.headers), paper, News::Refused(refusal)));
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

/// A purchase of which the caller is buyer or seller, or that was made on the server that they run.
struct Dealt {
    user: UserId,
    paper: PurchasePaper,
}

impl Own for Dealt {
    async fn find(shared: &Shared, session: &Session, id: &str) -> Result<Self, Turned> {
        let id: PurchaseId = id.parse().map_err(|_| Turned::Unknown)?;
        let user = caller(session).await?.ok_or(Turned::Unknown)?;
        let paper = shared.services.rooms.purchase_paper(user, id).await;
        Ok(Self { user, paper: paper.map_err(|error| Turned::of(&error))? })
    }
}

/// The same for everybody but its buyer.
struct Sold {
    user: UserId,
    paper: PurchasePaper,
}

impl Own for Sold {
    async fn find(shared: &Shared, session: &Session, id: &str) -> Result<Self, Turned> {
        let Dealt { user, paper } = Dealt::find(shared, session, id).await?;
        if paper.reader == Party::Payer { Err(Turned::Unknown) } else { Ok(Self { user, paper }) }
    }
}

fn parsed(invite: Option<String>) -> Option<InviteToken> {
    invite.and_then(|invite| invite.parse().ok())
}

impl Wish {
    /// The pack, if it can be one.
    fn pack(&self) -> Option<Pack> {
        let currency = Currency::parse(&self.currency).ok()?;
        let price = Price::new(Money::new(self.price, currency)).ok()?;
        Some(Pack { minutes: self.minutes, price })
    }
}
