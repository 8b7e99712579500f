//! Encoding and bounded decoding of what travels on the call socket and on lines.

use crate::limits::{CLIENT_MESSAGE_BYTES, DEMAND_TILES, LINE_WORD_BYTES, SOCKET_MESSAGE_BYTES};
use crate::{ClientMessage, LineMessage, LineWord, ServerMessage};

/// Why bytes from the network are no message. The sender's socket is closed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Violation {
    #[error("the message is longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("the message does not parse")]
    Malformed,
    #[error("the message names more than {limit} things")]
    TooMany { limit: usize },
}

/// Writes a message for the call socket.
pub fn encode_client(message: &ClientMessage) -> String {
    serde_json::to_string(message).expect("client messages hold only strings, numbers and lists")
}

/// Writes a message for the call socket.
pub fn encode_server(message: &ServerMessage) -> String {
    serde_json::to_string(message).expect("server messages hold only strings, numbers and lists")
}

/// Reads what a browser sent.
pub fn parse_client(text: &str) -> Result<ClientMessage, Violation> {
    if text.len() > CLIENT_MESSAGE_BYTES {
        return Err(Violation::TooLong { limit: CLIENT_MESSAGE_BYTES });
    }
    let message = serde_json::from_slice(text.as_bytes()).map_err(|_| Violation::Malformed)?;
    match message {
        ClientMessage::Demand { ref wanted } if wanted.len() > DEMAND_TILES => {
            Err(Violation::TooMany { limit: DEMAND_TILES })
        }
        ClientMessage::Demand { .. }
        | ClientMessage::Publish(_)
        | ClientMessage::Resync
        | ClientMessage::Ping => Ok(message),
    }
}

/// Reads what the server sent.
pub fn parse_server(text: &str) -> Result<ServerMessage, Violation> {
    if text.len() > SOCKET_MESSAGE_BYTES {
        return Err(Violation::TooLong { limit: SOCKET_MESSAGE_BYTES });
    }
    serde_json::from_slice(text.as_bytes()).map_err(|_| Violation::Malformed)
}

/// Writes a word for a line.
pub fn encode_word(word: LineWord) -> String {
    serde_json::to_string(&word).expect("words on a line are plain")
}

/// Writes a message for a line.
pub fn encode_line(message: &LineMessage) -> String {
    serde_json::to_string(message).expect("messages on a line hold only strings, numbers and lists")
}

/// Reads what a browser sent on its line.
pub fn parse_word(text: &str) -> Result<LineWord, Violation> {
    if text.len() > LINE_WORD_BYTES {
        return Err(Violation::TooLong { limit: LINE_WORD_BYTES });
    }
    serde_json::from_slice(text.as_bytes()).map_err(|_| Violation::Malformed)
}

/// Reads what the server sent on a line.
pub fn parse_line(text: &str) -> Result<LineMessage, Violation> {
    if text.len() > SOCKET_MESSAGE_BYTES {
        return Err(Violation::TooLong { limit: SOCKET_MESSAGE_BYTES });
    }
    serde_json::from_slice(text.as_bytes()).map_err(|_| Violation::Malformed)
}
