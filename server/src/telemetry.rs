//! Where the log goes: to standard error, as text for people or JSON for machines.
//!
//! Messages are sentences; fields carry what is searched for. Addresses, session descriptions, tickets
//! and query strings are never logged above debug.

use crate::config::{Log, LogFormat};
use std::io::{IsTerminal, stderr};
use tracing::Dispatch;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

/// The session layer opens a span for every request and warns of every stale cookie.
const QUIET: &str = "tower_sessions=warn,tower_sessions_core=error";

/// Starts the log. A second start in one process leaves the first in place.
pub fn start(log: &Log) {
    if to(log, stderr, stderr().is_terminal()).try_init().is_err() {
        tracing::debug!("The log was started before.");
    }
}

/// A log that is written there.
pub fn to<W>(log: &Log, writer: W, is_terminal: bool) -> Dispatch
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // What the operator says comes last and wins.
    let filter = format!("{QUIET},{}", log.filter);
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match log.format {
        LogFormat::Text => builder.with_ansi(is_terminal).finish().into(),
        LogFormat::Json => builder.json().flatten_event(true).finish().into(),
    }
}
