//! Server functions about contacts and direct calls, all of them for whoever is signed in.

use super::ApiError;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{ContactToken, RingId, Ticket, UserId};
use protocol::{CallView, LinkView, PeopleErrand, PeopleView, RingAnswer};

#[cfg(feature = "ssr")]
use crate::caller::Caller;

/// All that the page of one's own contacts shows.
#[server(prefix = "/api", endpoint = "people/view", input = Json, output = Json)]
pub async fn view() -> Result<PeopleView, ApiError> {
    let (services, login) = Caller::signed_in().await?;
    Ok(services.people.view(login.user).await?)
}

/// Whose personal link it is.
#[server(prefix = "/api", endpoint = "people/who", input = Json, output = Json)]
pub async fn who(token: ContactToken) -> Result<LinkView, ApiError> {
    let (services, login) = Caller::signed_in().await?;
    Ok(services.people.who(login.user, token).await?)
}

/// Asks the owner of a personal link to become a contact.
#[server(prefix = "/api", endpoint = "people/ask", input = Json, output = Json)]
pub async fn ask(token: ContactToken) -> Result<(), ApiError> {
    let (services, login) = Caller::signed_in().await?;
    Ok(services.people.ask(login.user, token).await?)
}

/// Does something about one's contacts.
#[server(name = RunPeopleErrand, prefix = "/api", endpoint = "people/errand", input = Json, output = Json)]
pub async fn errand(errand: PeopleErrand) -> Result<(), ApiError> {
    let (services, login) = Caller::signed_in().await?;
    Ok(services.people.errand(login.user, errand).await?)
}

/// Rings a contact.
#[server(name = CallContact, prefix = "/api", endpoint = "people/call", input = Json, output = Json)]
pub async fn call(contact: UserId) -> Result<CallView, ApiError> {
    let (services, login) = Caller::signed_in().await?;
    Ok(services.people.call(login.user, contact).await?)
}

/// Answers a call, or calls it off.
#[server(name = AnswerCall, prefix = "/api", endpoint = "people/answer", input = Json, output = Json)]
pub async fn answer(ring: RingId, answer: RingAnswer) -> Result<CallView, ApiError> {
    let (services, login) = Caller::signed_in().await?;
    Ok(services.people.answer(login.user, ring, answer).await?)
}

/// A ticket to a line.
#[server(name = OpenLine, prefix = "/api", endpoint = "people/line", input = Json, output = Json)]
pub async fn line() -> Result<Ticket, ApiError> {
    let (services, login, device) = Caller::signed_in_at().await?;
    Ok(services.people.line(login, device)?)
}
