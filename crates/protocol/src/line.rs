//! The line: one socket for each page that rings, narrow in both directions.
//!
//! ```text
//! browser ── here ──▶ server        answers each pulse; silence ends the line
//!         ◀── snapshot, presence, call, ended, pulse, farewell ──
//! ```
//!
//! What is asked for goes over server functions. A line that begins again begins with a snapshot.

use crate::{CallView, PeopleView, Presence};
use model::UserId;

/// What a browser says on its line.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineWord {
    /// I am here: the answer to a pulse.
    Here,
}

/// What the server says on a line.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineMessage {
    /// All that the reader may know; voids what they knew.
    Snapshot(Box<PeopleView>),
    /// A contact came or went.
    Presence { user: UserId, presence: Presence },
    /// The call that is under way, or none.
    Call(Option<CallView>),
    /// How a call ended.
    Ended(CallView),
    /// Are you there?
    Pulse,
    /// The browser was signed out: the line must not be opened again.
    Farewell,
}
