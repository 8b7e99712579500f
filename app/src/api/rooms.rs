//! Server functions about rooms.

use super::ApiError;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::{ChatText, InviteToken, MessageId, RoomCode, Ticket};
use protocol::{
    Deed, EntryView, Errand, HistoryView, HostedRoom, JoinOutcome, JoinRequest, RoomSettings, Seat,
};

/// Makes a room that the caller hosts and leads there. A plain form, so that it works before the page
/// has come alive: `name` may be empty, `waiting_room` is absent when its box is not ticked, `then` says
/// which page of the room comes next.
#[server(prefix = "/api", endpoint = "rooms/create")]
pub async fn create_room(
    #[server(default)] name: String,
    #[server(default)] waiting_room: String,
    #[server(default)] then: String,
) -> Result<RoomCode, ApiError> {
    let caller = crate::caller::Caller::known_or_new().await?;
    let name = if name.trim().is_empty() { None } else { Some(parse_name(&name)?) };
    let code = caller.services.rooms.create(caller.user, name, !waiting_room.is_empty()).await?;
    let page = if then == "settings" { "/settings" } else { "" };
    leptos_axum::redirect(&format!("/r/{code}{page}"));
    Ok(code)
}

#[cfg(feature = "ssr")]
fn parse_name(name: &str) -> Result<model::RoomName, ApiError> {
    use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
    model::RoomName::parse(name)
        .map_err(|error| ApiError::from_server_fn_error(ServerFnErrorErr::Args(error.to_string())))
}

/// The rooms that this browser hosts.
#[server(prefix = "/api", endpoint = "rooms/hosted", input = Json, output = Json)]
pub async fn hosted_rooms() -> Result<Vec<HostedRoom>, ApiError> {
    match crate::caller::Caller::known().await? {
        Some(caller) => Ok(caller.services.rooms.hosted(caller.user).await?),
        None => Ok(Vec::new()),
    }
}

/// What the entry page of a room shows.
#[server(prefix = "/api", endpoint = "rooms/entry", input = Json, output = Json)]
pub async fn entry(room: RoomCode, invite: Option<InviteToken>) -> Result<EntryView, ApiError> {
    let services = crate::caller::services()?;
    let visitor = crate::caller::Caller::known().await?.map(|caller| caller.identity());
    let mut view = services.rooms.entry(room, visitor, invite).await?;
    if let Some(price) = &mut view.price {
        let lang = crate::language::preferred().lang;
        price.translations.retain(|terms| terms.lang == lang);
    }
    Ok(view)
}

/// Comes in, knocks, or takes a seat up again.
#[server(prefix = "/api", endpoint = "rooms/join", input = Json, output = Json)]
pub async fn join(request: JoinRequest) -> Result<JoinOutcome, ApiError> {
    let caller = crate::caller::Caller::known_or_new().await?;
    match caller.services.rooms.join(caller.identity(), request).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => {
            if crate::caller::is_turned_away(&error) {
                caller.forget_if_new().await?;
            }
            Err(error.into())
        }
    }
}

/// A new socket ticket for a seat that is still held.
#[server(prefix = "/api", endpoint = "rooms/reconnect", input = Json, output = Json)]
pub async fn reconnect(seat: Seat) -> Result<Ticket, ApiError> {
    let caller = crate::caller::Caller::seated().await?;
    Ok(caller.services.rooms.reconnect(caller.user, seat).await?)
}

/// Gives the seat up.
#[server(prefix = "/api", endpoint = "rooms/leave", input = Json, output = Json)]
pub async fn leave(seat: Seat) -> Result<(), ApiError> {
    let caller = crate::caller::Caller::seated().await?;
    Ok(caller.services.rooms.leave(caller.user, seat).await?)
}

/// Does something to people or to the room, from inside.
#[server(prefix = "/api", endpoint = "rooms/act", input = Json, output = Json)]
pub async fn act(seat: Seat, deed: Deed) -> Result<(), ApiError> {
    let caller = crate::caller::Caller::seated().await?;
    Ok(caller.services.rooms.act(caller.user, seat, deed).await?)
}

/// Everything about a room that its hosts may see and set.
#[server(prefix = "/api", endpoint = "rooms/settings", input = Json, output = Json)]
pub async fn settings(room: RoomCode) -> Result<RoomSettings, ApiError> {
    let caller = crate::caller::Caller::required().await?;
    Ok(caller.services.rooms.settings(caller.user, room).await?)
}

/// Sets something of a room, wherever the host is.
#[server(name = RunErrand, prefix = "/api", endpoint = "rooms/errand", input = Json, output = Json)]
pub async fn errand(room: RoomCode, errand: Errand) -> Result<(), ApiError> {
    let caller = crate::caller::Caller::required().await?;
    Ok(caller.services.rooms.errand(caller.user, room, errand).await?)
}

/// What happened in a room, for those who run it.
#[server(prefix = "/api", endpoint = "rooms/history", input = Json, output = Json)]
pub async fn history(room: RoomCode) -> Result<HistoryView, ApiError> {
    let caller = crate::caller::Caller::required().await?;
    let mut history = caller.services.rooms.history_view(caller.user, room).await?;
    crate::papers::pricing::tell_history(crate::language::preferred().lang, &mut history);
    Ok(history)
}

/// Says something in the room's chat.
#[server(prefix = "/api", endpoint = "rooms/say", input = Json, output = Json)]
pub async fn say(seat: Seat, id: MessageId, text: ChatText) -> Result<(), ApiError> {
    let caller = crate::caller::Caller::seated().await?;
    Ok(caller.services.rooms.say(caller.user, seat, id, text).await?)
}
