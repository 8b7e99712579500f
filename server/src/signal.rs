//! The call socket: one per participant, copied between the network and the room.
//!
//! ```text
//! GET /signal?ticket=…   foreign Origin ─▶ 403      bad ticket ─▶ 401      else ─▶ open
//! ```
//!
//! | it ends because | the browser sees | the room is told |
//! |---|---|---|
//! | the browser closed it | its own close | clean |
//! | its machine, or one between, hung up (FIN or RST) without a goodbye | – | lost |
//! | nothing was heard | 1001 | lost |
//! | nothing could be written, or the network said so | – | lost |
//! | the browser broke protocol, or sent too much | 1008 | lost |
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
use service::{Closing, Connection};
use std::error::Error;
use std::io;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Error as Tungstenite;
use tokio_tungstenite::tungstenite::error::ProtocolError;

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
        Err(service::Error::Refused(code)) => return refuse_as(StatusCode::UNAUTHORIZED, code),
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
enum End {
    Closed,
    /// Nobody said goodbye, but the other machine says that nobody is there any more: a program that died.
    HungUp,
    /// The line is dead; whoever is at its other end may be there still.
    Broken,
    Silent,
    Violation(&'static str),
    Farewell(Farewell),
    /// The room has no more to say.
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
                if let Some(end) = read(message, connection).await {
                    return end;
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
        Ok(Err(error)) => Some(if hung_up(&error) { End::HungUp } else { End::Broken }),
        Err(_) => Some(End::Broken),
    }
}

async fn read(message: Option<Result<Message, axum::Error>>, connection: &Connection) -> Option<End> {
    match message {
        Some(Ok(Message::Text(text))) => match parse_client(&text) {
            Ok(message) => {
                connection.handle(message).await;
                None
            }
            Err(violation) => {
                tracing::debug!(%violation, "A browser broke protocol.");
                Some(End::Violation("the message does not parse"))
            }
        },
        Some(Ok(Message::Binary(_))) => Some(End::Violation("messages are text")),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => None,
        Some(Ok(Message::Close(_))) | None => Some(End::Closed),
        Some(Err(error)) if hung_up(&error) => Some(End::HungUp),
        Some(Err(error)) if cause::<io::Error>(&error).is_some() => Some(End::Broken),
        // Too long, no UTF-8, or no frame.
        Some(Err(_)) => Some(End::Violation("the message cannot be read")),
    }
}

/// Whether the other machine closed the connection under the socket (RFC 6455, section 7.1.5: 1006), in
/// whichever way its system does that for a program that died.
fn hung_up(error: &axum::Error) -> bool {
    if let Some(error) = cause::<io::Error>(error) {
        return matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof
        );
    }
    matches!(
        cause(error),
        Some(
            Tungstenite::ConnectionClosed
                | Tungstenite::AlreadyClosed
                | Tungstenite::Protocol(ProtocolError::ResetWithoutClosingHandshake)
        )
    )
}

/// The error of this type that is behind another.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(<dyn Error>::downcast_ref)
}

/// What the browser is told; nothing if it closed the socket itself or is not there.
fn frame(end: End, stopping: &Stopping) -> Option<CloseFrame> {
    let (code, reason) = match end {
        End::Closed | End::HungUp | End::Broken => return None,
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
