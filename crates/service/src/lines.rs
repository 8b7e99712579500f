//! The lines of people whose pages ring: who is there, and what they have not been told yet.
//!
//! ```text
//! use cases, rooms ──note──▶ Lines ──next──▶ people::teller ──send──▶ Line ──▶ browser
//! ```
//!
//! A note says only about whom there is news. The teller reads how things stand and says it, one note after
//! the other, so that what somebody hears last is what holds, and a note that comes twice is told once.
//!
//! Everything here can be lost: browsers open their lines again, and are told all. Invariants: a line that
//! does not keep up is closed; nothing waits here for whoever has no line. Not here: what is in the database.

use crate::tickets::{Admits, Tickets};
use domain::presence::{LineId, Presence};
use domain::room::Browsers;
use model::{DeviceId, MonoMillis, RingId, Ticket, UnixMillis, UserId};
use protocol::LineMessage;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

/// How many messages may queue towards one line before it is closed as too slow.
const QUEUE: usize = 32;

/// About what there is news. The order is that of the telling.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Note {
    /// Somebody came into a room, or went out of one.
    Moved(UserId),
    /// A call ended.
    Ended(RingId),
    /// The call that somebody has under way.
    Call(UserId),
    /// All that somebody may know.
    All(UserId),
    /// Whether somebody is there, to their contacts.
    Presence(UserId),
}

/// Every line of this server.
pub struct Lines {
    inner: Mutex<Inner>,
    news: Notify,
    began: Instant,
}

#[derive(Default)]
struct Inner {
    presence: Presence,
    outlets: BTreeMap<(UserId, LineId), Outlet>,
    tickets: Tickets<LineAdmit>,
    untold: BTreeSet<Note>,
    /// Lines and tickets so far.
    count: u64,
    stopping: bool,
}

struct Outlet {
    device: DeviceId,
    messages: mpsc::Sender<LineMessage>,
}

/// What a ticket to a line opens.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct LineAdmit {
    pub user: UserId,
    pub device: DeviceId,
    pub epoch: i64,
    line: LineId,
}

impl Admits for LineAdmit {
    type Holder = LineId;

    fn holder(&self) -> LineId {
        self.line
    }
}

/// One open line, as the shell of the server holds it. Dropping it closes it.
pub struct Line {
    user: UserId,
    id: LineId,
    messages: mpsc::Receiver<LineMessage>,
    lines: Arc<Lines>,
}

impl Line {
    /// The next message for the browser; `None` when we should close the line.
    pub async fn receive(&mut self) -> Option<LineMessage> {
        self.messages.recv().await
    }

    /// The browser has answered.
    pub fn hear(&self) {
        let now = self.lines.now();
        self.lines.lock().presence.hear(self.user, self.id, now);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let now = self.lines.now();
        let mut inner = self.lines.lock();
        inner.outlets.remove(&(self.user, self.id));
        inner.presence.close(self.user, self.id, now);
    }
}

impl Default for Lines {
    fn default() -> Self {
        Self { inner: Mutex::default(), news: Notify::new(), began: Instant::now() }
    }
}

impl Lines {
    /// There is news.
    pub(crate) fn note(&self, note: Note) {
        self.lock().untold.insert(note);
        self.news.notify_one();
    }

    /// Waits for news.
    pub(crate) async fn news(&self) {
        self.news.notified().await;
    }

    /// What is to be told next.
    pub(crate) fn next(&self) -> Option<Note> {
        self.lock().untold.pop_first()
    }

    /// Whether somebody is there.
    pub(crate) fn is_there(&self, user: UserId) -> bool {
        self.lock().presence.is_there(user)
    }

    /// Whether anything that is said to somebody reaches them.
    pub(crate) fn reaches(&self, user: UserId) -> bool {
        self.lock().presence.has_line(user)
    }

    /// Says something on every line of somebody; one that does not keep up is closed.
    pub(crate) fn send(&self, user: UserId, message: &LineMessage) {
        let mut inner = self.lock();
        let theirs = inner.outlets.range((user, LineId(0))..=(user, LineId(u64::MAX)));
        let slow = theirs.filter(|(_, outlet)| outlet.messages.try_send(message.clone()).is_err());
        for line in slow.map(|(line, _)| *line).collect::<Vec<_>>() {
            inner.outlets.remove(&line);
        }
    }

    /// Gives a ticket out; says no when too many are out.
    pub(crate) fn issue(
        &self,
        ticket: Ticket,
        (user, device, epoch): (UserId, DeviceId, i64),
        now: UnixMillis,
    ) -> bool {
        let mut inner = self.lock();
        inner.count += 1;
        let line = LineId(inner.count);
        inner.tickets.issue(ticket, LineAdmit { user, device, epoch, line }, now)
    }

    /// Takes a ticket in; it is void from now on.
    pub(crate) fn redeem(&self, ticket: Ticket, now: UnixMillis) -> Option<LineAdmit> {
        self.lock().tickets.redeem(ticket, now)
    }

    /// Opens a line, which is told everything first; `None` where there are as many as there may be.
    pub(crate) fn open(self: &Arc<Self>, admit: LineAdmit) -> Option<Line> {
        let now = self.now();
        let (outlet, messages) = mpsc::channel(QUEUE);
        let LineAdmit { user, device, line: id, .. } = admit;
        let mut inner = self.lock();
        if inner.stopping {
            return None;
        }
        let opened = inner.presence.open(user, id, now)?;
        inner.outlets.insert((user, id), Outlet { device, messages: outlet });
        inner.untold.insert(Note::All(user));
        if opened.arrived {
            inner.untold.insert(Note::Presence(user));
        }
        drop(inner);
        self.news.notify_one();
        Some(Line { user, id, messages, lines: self.clone() })
    }

    /// Closes the lines of browsers that are signed out, with a word.
    pub(crate) fn sign_out(&self, user: UserId, browsers: Browsers) {
        let is_out = |device: DeviceId| match browsers {
            Browsers::Only(only) => device == only,
            Browsers::AllBut(but) => device != but,
            Browsers::All => true,
        };
        let mut inner = self.lock();
        inner.tickets.void_all(|admit| admit.user == user && is_out(admit.device));
        inner.outlets.retain(|(owner, _), outlet| {
            let goes = *owner == user && is_out(outlet.device);
            if goes {
                // One that does not keep up is closed without the word.
                let _ = outlet.messages.try_send(LineMessage::Farewell);
            }
            !goes
        });
    }

    /// Lets time take effect on who is there.
    pub(crate) fn sweep(&self) {
        let now = self.now();
        let mut inner = self.lock();
        let swept = inner.presence.sweep(now);
        for line in swept.silent {
            inner.outlets.remove(&line);
        }
        inner.untold.extend(swept.gone.into_iter().map(Note::Presence));
    }

    /// Closes every line, and opens none any more.
    pub(crate) fn stop(&self) {
        let mut inner = self.lock();
        inner.stopping = true;
        inner.outlets.clear();
        drop(inner);
        self.news.notify_one();
    }

    /// Whether the server comes to its end.
    pub(crate) fn is_stopping(&self) -> bool {
        self.lock().stopping
    }

    /// Time that no clock can set.
    fn now(&self) -> MonoMillis {
        MonoMillis(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Each change to the tables is one call, so a panic elsewhere cannot have left them half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
