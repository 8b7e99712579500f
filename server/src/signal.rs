//! The call socket: one per participant, copied between the network and the room.
//!
//! ```text
//! GET /signal?ticket=…   foreign Origin ─▶ 403      bad ticket ─▶ 401      else ─▶ open
//! ```
//!
//! | it ends because | the browser sees | the room is told |
//! |---|---|---|
//! | the browser closed it | its own close | clean |
//! | nothing was heard | 1001 | lost |
//! | nothing could be written | – | lost |
//! | the browser broke protocol, sent too much, or hung up without a goodbye | 1008 | lost |
//! | the room said farewell | 4000 and up, by farewell | clean |
//! | the server restarts | 1012 | lost |
//! | the room gave up on the socket | 1013 | lost |
//!
//! Everything read is bounded in size and rate before the room hears of it.
//! Not here: who may know what. The room's actor decides that before a message comes this way.

use crate::ambient::Uptime;
use crate::guard::Guard;
use crate::refusal::{refuse, refuse_as};
use crate::routes::Shared;
use crate::shutdown::Stopping;
use crate::throttle::{Allowance, Rate};
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri};
use model::Ticket;
use protocol::limits::{CLIENT_MESSAGE_BYTES, SILENCE_MS, SOCKET_MESSAGE_BYTES};
use protocol::wire::{encode_server, parse_client};
use protocol::{ErrorCode, Farewell, ServerMessage};
use service::{Closing, Connection, Error};
use std::fmt::Display;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

/// A browser that takes nothing for this long is not there any more.
const WRITE: Duration = Duration::from_secs(5);
/// How long the closing handshake may take.
const FAREWELL: Duration = Duration::from_secs(2);
/// How much a browser may say. A busy one sends a few messages a second.
const CHATTER: Rate = Rate { burst: 120, per_minute: 1_200 };
/// What may wait in memory for one slow browser, beside the room's own queue.
const WRITE_BUFFER_BYTES: usize = 2 * SOCKET_MESSAGE_BYTES;

/// What the address of the socket carries.
#[derive(Debug, serde::Deserialize)]
pub struct Knock {
    pub ticket: String,
}

/// Opens the socket that a ticket was made for.
pub async fn open(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    knock: Result<Query<Knock>, QueryRejection>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let (upgrade, ticket) = match admit(&shared.guard, (&uri, &headers), knock, upgrade) {
        Ok(admitted) => admitted,
        Err(refusal) => return *refusal,
    };
    let connection = match shared.services.rooms.connect(ticket).await {
        Ok(connection) => connection,
        Err(Error::Refused(code)) => return refuse_as(StatusCode::UNAUTHORIZED, code),
        Err(error) => {
            tracing::error!(%error, "A ticket could not be looked up.");
            return refuse(error.code());
        }
    };
    let open = shared.stopping.open();
    upgrade
        .max_message_size(CLIENT_MESSAGE_BYTES)
        .max_frame_size(CLIENT_MESSAGE_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES)
        .on_upgrade(move |socket| async move {
            converse(socket, connection, &shared.stopping).await;
            drop(open);
        })
}

/// What every socket needs: a page of ours, a request that can become one, and a ticket.
pub fn admit(
    guard: &Guard,
    (uri, headers): (&Uri, &HeaderMap),
    knock: Result<Query<Knock>, QueryRejection>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<(WebSocketUpgrade, Ticket), Box<Response>> {
    if !admits(guard, uri, headers) {
        return Err(Box::new(refuse(ErrorCode::ForeignOrigin)));
    }
    // Before the ticket: a request that cannot become a socket must not use it up.
    let upgrade = upgrade.map_err(|rejection| Box::new(rejection.into_response()))?;
    let ticket = knock.ok().and_then(|Query(knock)| knock.ticket.parse::<Ticket>().ok());
    let ticket =
        ticket.ok_or_else(|| Box::new(refuse_as(StatusCode::UNAUTHORIZED, ErrorCode::NotPresent)))?;
    Ok((upgrade, ticket))
}

fn admits(guard: &Guard, uri: &Uri, headers: &HeaderMap) -> bool {
    let ours = guard.is_ours(uri, headers);
    if !ours {
        tracing::warn!(
            origin = ?headers.get(http::header::ORIGIN),
            "A socket from a foreign page was refused. Behind a proxy, set `origin`."
        );
    }
    ours
}

/// Why a socket comes to its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum End {
    Closed,
    /// The line is dead; whoever is at its other end may be there still.
    Broken,
    Silent,
    Violation(&'static str),
    Farewell(Farewell),
    /// The server has no more to say.
    Dropped,
}

async fn converse(mut socket: WebSocket, mut connection: Connection, stopping: &Stopping) {
    let (room, participant) = (connection.room, connection.participant);
    tracing::debug!(room.id = %room, participant.id = %participant, "A call socket opened.");
    let end = copy(&mut socket, &mut connection).await;
    let is_clean = matches!(end, End::Closed | End::Farewell(_));
    connection.close(if is_clean { Closing::Clean } else { Closing::Lost }).await;
    tracing::debug!(room.id = %room, participant.id = %participant, ?end, "A call socket closed.");
    say_goodbye(socket, frame(end, stopping)).await;
}

/// Copies both ways until one side ends it.
async fn copy(socket: &mut WebSocket, connection: &mut Connection) -> End {
    let silence = Duration::from_millis(SILENCE_MS);
    let uptime = Uptime::start();
    let mut chatter = Allowance::new(CHATTER, uptime.now());
    let mut deadline = Instant::now() + silence;
    loop {
        tokio::select! {
            message = connection.receive() => {
                let Some(message) = message else { return End::Dropped };
                if let Some(end) = write(socket, &message).await {
                    return end;
                }
            }
            message = socket.recv() => {
                deadline = Instant::now() + silence;
                if !chatter.take(uptime.now()) {
                    return End::Violation("too many messages");
                }
                match heard(message, parse_client) {
                    Ok(Some(message)) => connection.handle(message).await,
                    Ok(None) => {}
                    Err(end) => return end,
                }
            }
            () = sleep_until(deadline) => return End::Silent,
        }
    }
}

async fn write(socket: &mut WebSocket, message: &ServerMessage) -> Option<End> {
    match timeout(WRITE, socket.send(Message::Text(encode_server(message).into()))).await {
        Ok(Ok(())) => match message {
            ServerMessage::Farewell(farewell) => Some(End::Farewell(*farewell)),
            ServerMessage::Waiting { .. }
            | ServerMessage::Admitted
            | ServerMessage::Snapshot(_)
            | ServerMessage::Change { .. }
            | ServerMessage::Pong => None,
        },
        Ok(Err(_)) | Err(_) => Some(End::Broken),
    }
}

/// What a browser said, nothing if it only gave a sign of life (RFC 6455, section 5.5.2), or why the socket
/// ends with that.
pub fn heard<T, V: Display>(
    message: Option<Result<Message, axum::Error>>,
    parse: impl FnOnce(&str) -> Result<T, V>,
) -> Result<Option<T>, End> {
    match message {
        Some(Ok(Message::Text(text))) => parse(&text).map(Some).map_err(|violation| {
            tracing::debug!(%violation, "A browser broke protocol.");
            End::Violation("the message does not parse")
        }),
        Some(Ok(Message::Binary(_))) => Err(End::Violation("messages are text")),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Close(_))) | None => Err(End::Closed),
        // Too long, no UTF-8, no frame, or nobody is there to send one.
        Some(Err(_)) => Err(End::Violation("the message cannot be read")),
    }
}

/// What the browser is told; nothing if it closed the socket itself or is not there.
pub fn frame(end: End, stopping: &Stopping) -> Option<CloseFrame> {
    let (code, reason) = match end {
        End::Closed | End::Broken => return None,
        End::Silent => (1001, "nothing was heard"),
        End::Violation(reason) => (1008, reason),
        End::Farewell(farewell) => (farewell_code(farewell), "farewell"),
        End::Dropped if stopping.is_stopping() => (1012, "the server restarts"),
        End::Dropped => (1013, "try again"),
    };
    Some(CloseFrame { code, reason: reason.into() })
}

/// The close code of a farewell, for those who watch the network; browsers go by the message.
const fn farewell_code(farewell: Farewell) -> u16 {
    match farewell {
        Farewell::Denied => 4000,
        Farewell::Removed => 4001,
        Farewell::Ended => 4002,
        Farewell::Replaced => 4003,
        Farewell::Gone => 4004,
        Farewell::Banned => 4005,
        Farewell::TimeUp => 4006,
        Farewell::SignedOut => 4007,
    }
}

/// Closes the socket, and reads on until the other side has closed it too: whoever hangs up with words
/// still in the air may cut off their own last ones.
pub async fn say_goodbye(mut socket: WebSocket, frame: Option<CloseFrame>) {
    let handshake = async {
        if let Some(frame) = frame
            && socket.send(Message::Close(Some(frame))).await.is_err()
        {
            return;
        }
        while let Some(Ok(_)) = socket.recv().await {}
    };
    // A browser that does not answer is left behind.
    let _ = timeout(FAREWELL, handshake).await;
}
