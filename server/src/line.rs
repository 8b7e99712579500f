//! The line of a page that rings, copied between the network and `service::lines`.
//!
//! ```text
//! GET /line?ticket=…   foreign Origin ─▶ 403      bad ticket ─▶ 401      else ─▶ open
//! ```
//!
//! | it ends because | the browser sees |
//! |---|---|
//! | the browser closed it | its own close |
//! | nothing could be written | nothing |
//! | the browser broke protocol, or said too much | 1008 |
//! | the browser was signed out | 4007 |
//! | the server restarts | 1012 |
//! | the page was silent or slow | 1013 |
//!
//! Not here: who may know what, and who counts as silent.

use crate::ambient::Uptime;
use crate::refusal::{refuse, refuse_as};
use crate::routes::Shared;
use crate::signal::{End, Knock, admit, frame, heard, say_goodbye};
use crate::throttle::{Allowance, Rate};
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode, Uri};
use protocol::limits::{LINE_WORD_BYTES, PULSE_MS, SOCKET_MESSAGE_BYTES};
use protocol::wire::{encode_line, parse_word};
use protocol::{ErrorCode, Farewell, LineMessage, LineWord};
use service::{Error, Line};
use std::time::Duration;
use tokio::time::{interval, timeout};

/// A browser that takes nothing for this long is not there any more.
const WRITE: Duration = Duration::from_secs(5);
/// How much a page may say. It answers pulses, and that is all.
const CHATTER: Rate = Rate { burst: 20, per_minute: 20 };

/// Opens the line that a ticket was made for.
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
    let line = match shared.services.people.connect(ticket).await {
        Ok(line) => line,
        Err(Error::Refused(ErrorCode::NotPresent)) => {
            return refuse_as(StatusCode::UNAUTHORIZED, ErrorCode::NotPresent);
        }
        Err(Error::Refused(code)) => return refuse(code),
        Err(error) => {
            tracing::error!(%error, "A ticket to a line could not be looked up.");
            return refuse(error.code());
        }
    };
    let open = shared.stopping.open();
    upgrade
        .max_message_size(LINE_WORD_BYTES)
        .max_frame_size(LINE_WORD_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(2 * SOCKET_MESSAGE_BYTES)
        .on_upgrade(move |mut socket| async move {
            let end = copy(&mut socket, line).await;
            say_goodbye(socket, frame(end, &shared.stopping)).await;
            drop(open);
        })
}

/// Copies both ways until one side ends it. The line is closed by the end of this.
async fn copy(socket: &mut WebSocket, mut line: Line) -> End {
    let uptime = Uptime::start();
    let mut chatter = Allowance::new(CHATTER, uptime.now());
    let mut pulse = interval(Duration::from_millis(PULSE_MS));
    // The first one comes at once, before there is anything to ask about.
    pulse.reset();
    loop {
        let message = tokio::select! {
            message = line.receive() => message,
            _ = pulse.tick() => Some(LineMessage::Pulse),
            word = socket.recv() => {
                if !chatter.take(uptime.now()) {
                    return End::Violation("too many messages");
                }
                match heard(word, parse_word) {
                    // Whoever answers in the manner of the protocol below is there as well.
                    Ok(Some(LineWord::Here) | None) => line.hear(),
                    Err(end) => return end,
                }
                continue;
            }
        };
        let Some(message) = message else { return End::Dropped };
        let text = Message::Text(encode_line(&message).into());
        if !matches!(timeout(WRITE, socket.send(text)).await, Ok(Ok(()))) {
            return End::Broken;
        }
        if message == LineMessage::Farewell {
            return End::Farewell(Farewell::SignedOut);
        }
    }
}
