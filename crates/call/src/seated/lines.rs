//! Both lines to the room, the socket and the peer connection: how they come up, fail and return.

use super::{Outcome, Seated, Standing, Step, failures, open_peer};
use crate::effect::{ApiCall, ConnectionId, Cue, Effect, Epoch, Timer};
use crate::input::{ApiAnswer, PeerState};
use crate::media::Media;
use crate::recovery::pause_ms;
use crate::signal::Signal;
use crate::view::{JoinProblem, LinkView, Notice};
use model::Ticket;
use protocol::limits::{HEARTBEAT_MS, SILENCE_MS};
use protocol::{Change, ClientMessage, ErrorCode, ServerMessage, Snapshot};

/// How long ICE may be disconnected before the peer connection is built anew, in milliseconds.
const DISCONNECTED_MS: u64 = 4_000;
const MINUTE_MS: u64 = 60_000;
/// How long before the end of a call people are warned, in milliseconds.
const WARNINGS_MS: [u64; 2] = [5 * MINUTE_MS, MINUTE_MS];

impl Seated {
    // ---- the socket ----

    pub(super) fn open_socket(&mut self, ticket: Ticket, step: &mut Step<'_>) {
        if let Some(connection) = self.signal.connection() {
            step.effects.push(Effect::CloseSocket { connection });
        }
        step.effects.push(Effect::StopTimer(Timer::Retry));
        let connection = step.counters.connection();
        self.signal = Signal::Opening { connection };
        step.effects.push(Effect::OpenSocket { connection, ticket });
        step.effects.push(Effect::StartTimer { timer: Timer::Silence, after_ms: SILENCE_MS });
    }

    pub(super) fn socket_opened(&mut self, connection: ConnectionId, step: &mut Step<'_>) {
        if self.signal != (Signal::Opening { connection }) {
            return;
        }
        self.signal = Signal::Greeting { connection };
        step.effects.push(Effect::StartTimer { timer: Timer::Heartbeat, after_ms: HEARTBEAT_MS });
    }

    /// The socket is gone: ask for a new ticket, at once the first time, then with pauses.
    pub(super) fn signal_lost(&mut self, step: &mut Step<'_>) {
        step.effects.push(Effect::StopTimer(Timer::Heartbeat));
        step.effects.push(Effect::StopTimer(Timer::Silence));
        let before = failures(self.signal_failures, self.signal_up_since.take(), step.now);
        let pause = pause_ms(before, self.seat.key);
        self.signal_failures = before.saturating_add(1);
        if pause == 0 {
            self.ask_for_ticket(step);
        } else {
            self.signal = Signal::Pausing;
            step.effects.push(Effect::StartTimer { timer: Timer::Retry, after_ms: pause });
        }
    }

    fn ask_for_ticket(&mut self, step: &mut Step<'_>) {
        let request = step.call_api(ApiCall::Reconnect(self.seat));
        self.signal = Signal::Asking { request };
    }

    pub(super) fn ticket_answered(
        &mut self,
        result: Result<ApiAnswer, ErrorCode>,
        step: &mut Step<'_>,
    ) -> Outcome {
        match result {
            Ok(ApiAnswer::Ticket(ticket)) => {
                self.open_socket(ticket, step);
                Outcome::Stay
            }
            Ok(ApiAnswer::Joined(_) | ApiAnswer::Done) => {
                self.signal_lost(step);
                Outcome::Stay
            }
            Err(code) if code.is_passing() => {
                self.signal_lost(step);
                Outcome::Stay
            }
            // The place at the door is gone; nobody is worse off for knocking again.
            Err(ErrorCode::NotPresent) if matches!(self.standing, Standing::Waiting { .. }) => {
                self.signal = Signal::Idle;
                self.rebuild(step);
                Outcome::Stay
            }
            Err(code) => {
                self.tear_down(step);
                Outcome::Left(self.refused(code))
            }
        }
    }

    // ---- what the server says ----

    pub(super) fn receive(
        &mut self,
        connection: ConnectionId,
        message: ServerMessage,
        step: &mut Step<'_>,
    ) -> Outcome {
        if self.signal.writable() != Some(connection) {
            return Outcome::Stay;
        }
        step.effects.push(Effect::StartTimer { timer: Timer::Silence, after_ms: SILENCE_MS });
        match message {
            ServerMessage::Pong => {}
            ServerMessage::Waiting { host_present, notice } => {
                self.signal_works(connection, 0, step);
                if !matches!(self.standing, Standing::Inside(_)) {
                    self.standing = Standing::Waiting { host_present, notice };
                }
            }
            ServerMessage::Admitted => self.admitted(step),
            ServerMessage::Snapshot(snapshot) => self.greeted(connection, *snapshot, step),
            ServerMessage::Change { revision, change } => self.changed(connection, revision, change, step),
            ServerMessage::Farewell(farewell) => return self.told(farewell, step),
        }
        Outcome::Stay
    }

    fn signal_works(&mut self, connection: ConnectionId, revision: u64, step: &Step<'_>) {
        self.signal = Signal::Open { connection, revision };
        self.signal_up_since.get_or_insert(step.now);
        self.note_connection();
    }

    /// From the first moment on which everything worked, trouble is a reconnection.
    fn note_connection(&mut self) {
        self.was_connected |= self.link() == LinkView::Connected;
    }

    fn admitted(&mut self, step: &mut Step<'_>) {
        if let (Standing::Inside(_), Some(connection)) = (&self.standing, self.signal.connection()) {
            // Our seat was given up, and we may come back: this socket is one of the door, and says no more.
            step.effects.push(Effect::CloseSocket { connection });
            self.signal = Signal::Idle;
        }
        if let Media::Kept { epoch, offer } = std::mem::replace(&mut self.media, Media::Down) {
            let request = self.ask(&offer, step);
            self.media = Media::Asking { epoch, request, offer };
        } else {
            self.rebuild(step);
        }
    }

    /// A snapshot replaces all that was known, and all our wishes are said anew.
    fn greeted(&mut self, connection: ConnectionId, snapshot: Snapshot, step: &mut Step<'_>) {
        self.signal_works(connection, snapshot.revision, step);
        let Standing::Inside(roster) = &mut self.standing else { return };
        step.notice = roster.replace(snapshot, step.now);
        self.published = step.publishing;
        let publish = ClientMessage::Publish(step.publishing);
        for message in std::iter::once(publish).chain(self.demand.message()) {
            step.effects.push(Effect::SendMessage { connection, message });
        }
        self.await_the_end(step);
    }

    fn changed(&mut self, connection: ConnectionId, revision: u64, change: Change, step: &mut Step<'_>) {
        let Signal::Open { revision: known, .. } = self.signal else { return };
        if revision != known + 1 {
            // Something is missing, or this is older than the snapshot. Only a gap needs a remedy.
            if revision > known {
                self.signal = Signal::Greeting { connection };
                step.effects.push(Effect::SendMessage { connection, message: ClientMessage::Resync });
            }
            return;
        }
        self.signal = Signal::Open { connection, revision };
        if let Change::Speaking(speaking) = &change {
            self.heard(speaking, step.effects);
        }
        let Standing::Inside(roster) = &mut self.standing else { return };
        let mine = roster.me;
        if let Change::Said(message) = &change
            && message.from != mine
            && !self.chat_open
        {
            self.unread += 1;
        }
        if let Change::Stopped { source, .. } = change {
            step.stop = Some(source);
        }
        let is_about_the_room = matches!(change, Change::Room(_));
        let notice = roster.apply(change);
        if is_about_the_room {
            self.await_the_end(step);
        }
        let Some(notice) = notice else { return };
        match &notice {
            Notice::Joined { .. } => step.effects.push(Effect::Play(Cue::Joined)),
            Notice::Left { .. } | Notice::Removed { .. } => step.effects.push(Effect::Play(Cue::Left)),
            Notice::Knocked { .. } => step.effects.push(Effect::Play(Cue::Knock)),
            Notice::Device { .. }
            | Notice::Stopped { .. }
            | Notice::MaySpeak
            | Notice::Appointed { .. }
            | Notice::MayNotSend { .. }
            | Notice::EndsSoon { .. }
            | Notice::ActionFailed(_) => {}
        }
        step.notice = Some(notice);
    }

    /// Sets the clock for the next warning before the end of the call, if it has one.
    pub(super) fn await_the_end(&mut self, step: &mut Step<'_>) {
        let Standing::Inside(roster) = &self.standing else { return };
        let left_ms = roster.ends_at().map(|at| at.since(step.now));
        let next = left_ms.and_then(|left| WARNINGS_MS.into_iter().find(|warning| *warning < left));
        step.effects.push(match (left_ms, next) {
            (Some(left), Some(warning)) => {
                Effect::StartTimer { timer: Timer::EndsSoon, after_ms: left - warning }
            }
            (Some(_) | None, _) => Effect::StopTimer(Timer::EndsSoon),
        });
    }

    fn warn_of_the_end(&mut self, step: &mut Step<'_>) {
        let Standing::Inside(roster) = &self.standing else { return };
        let Some(at) = roster.ends_at() else { return };
        // A timer may fire a little early; nobody is told of four minutes and sixty seconds.
        let minutes = at.since(step.now).div_ceil(MINUTE_MS);
        step.notice = Some(Notice::EndsSoon { minutes });
        self.await_the_end(step);
    }

    // ---- the peer connection ----

    pub(super) fn handle_peer(&mut self, epoch: Epoch, state: PeerState, step: &mut Step<'_>) -> Outcome {
        let Media::Up { epoch: current, state: known } = &mut self.media else { return Outcome::Stay };
        if *current != epoch {
            return Outcome::Stay;
        }
        *known = state;
        match state {
            PeerState::Connected => {
                self.media_up_since.get_or_insert(step.now);
                step.effects.push(Effect::StopTimer(Timer::Rebuild));
            }
            PeerState::Disconnected => {
                step.effects.push(Effect::StartTimer { timer: Timer::Rebuild, after_ms: DISCONNECTED_MS });
            }
            PeerState::Failed | PeerState::Closed => self.media_lost(step),
            PeerState::New | PeerState::Connecting => {}
        }
        self.note_connection();
        Outcome::Stay
    }

    /// The peer connection is of no use any more: build another, after a pause if that failed before.
    pub(super) fn media_lost(&mut self, step: &mut Step<'_>) {
        if let Some(epoch) = self.media.epoch() {
            step.effects.push(Effect::ClosePeer { epoch });
        }
        self.media = Media::Down;
        let before = failures(self.media_failures, self.media_up_since.take(), step.now);
        let pause = pause_ms(before, self.seat.key);
        self.media_failures = before.saturating_add(1);
        if pause == 0 {
            self.rebuild(step);
        } else {
            step.effects.push(Effect::StartTimer { timer: Timer::Rebuild, after_ms: pause });
        }
    }

    pub(super) fn rebuild(&mut self, step: &mut Step<'_>) {
        if let Some(epoch) = self.media.epoch() {
            step.effects.push(Effect::ClosePeer { epoch });
        }
        step.effects.push(Effect::StopTimer(Timer::Rebuild));
        let epoch = step.counters.epoch();
        self.media = Media::Offering { epoch };
        step.effects.push(open_peer(epoch));
    }

    // ---- time and network ----

    pub(super) fn handle_timer(&mut self, timer: Timer, step: &mut Step<'_>) -> Outcome {
        match timer {
            Timer::Heartbeat => {
                if let Some(connection) = self.signal.writable() {
                    let message = ClientMessage::Ping;
                    step.effects.push(Effect::SendMessage { connection, message });
                    step.effects.push(Effect::StartTimer { timer, after_ms: HEARTBEAT_MS });
                }
            }
            Timer::Silence => {
                if let Some(connection) = self.signal.connection() {
                    step.effects.push(Effect::CloseSocket { connection });
                    self.signal_lost(step);
                }
            }
            Timer::Retry => {
                if self.signal == Signal::Pausing {
                    self.ask_for_ticket(step);
                }
            }
            Timer::Rebuild => match self.media {
                Media::Down => self.rebuild(step),
                Media::Up { state, .. } if state != PeerState::Connected => self.media_lost(step),
                Media::Up { .. } | Media::Offering { .. } | Media::Asking { .. } | Media::Kept { .. } => {}
            },
            Timer::JoinDeadline => {
                if matches!(self.standing, Standing::Joining) {
                    // The server may have seated us after all: give the seat back.
                    step.call_api(ApiCall::Leave(self.seat));
                    self.tear_down(step);
                    return Outcome::Preview(Some(JoinProblem::TimedOut));
                }
            }
            Timer::EndsSoon => self.warn_of_the_end(step),
            Timer::Notice => {}
        }
        Outcome::Stay
    }

    /// The browser is on a network again: waiting any longer helps nobody.
    pub(super) fn network_returned(&mut self, step: &mut Step<'_>) {
        if self.signal == Signal::Pausing {
            step.effects.push(Effect::StopTimer(Timer::Retry));
            self.ask_for_ticket(step);
        }
        if self.media == Media::Down {
            self.rebuild(step);
        }
    }
}
