//! The machine between the click on Join and the end: who we are to the room, and both lines to it.
//!
//! ```text
//!             offer made        waiting            admitted
//!  Joining ───────────▶ join ───────────▶ Waiting ───────────▶ join ──▶ Inside
//!                        └───────── joined, answer ────────────────────▲
//! ```
//!
//! The same join is asked every time, with the same key, so that a lost answer, a rebuilt peer
//! connection and an admission are one path.
//!
//! Invariant: an answer that belongs to an older epoch, connection or request changes nothing.

mod demand;
mod lines;
mod wishes;

use self::demand::Demand;
use crate::Counters;
use crate::effect::{ApiCall, Effect, Epoch, RequestId, Timer};
use crate::input::{Action, ApiAnswer, Input, Pass, PeerProblem, PeerState};
use crate::media::Media;
use crate::roster::Roster;
use crate::signal::Signal;
use crate::view::{JoinProblem, LeftReason, LinkView, Notice};
use model::{DisplayName, MonoMillis, ParticipantKey, Rights, RoomCode, Source};
use protocol::{
    AccountRefusal, Barrier, ErrorCode, Farewell, JoinOutcome, JoinRequest, Publishing, RoomRules, Seat,
};

/// How long a join may take before the person is told, in milliseconds.
const JOIN_DEADLINE_MS: u64 = 15_000;
/// After so many failed peer connections in a row the network is said to block calls.
const BLOCKED_ATTEMPTS: u32 = 2;
/// A line that held for so long was a good one: its next failure is the first again. A line that breaks
/// sooner counts as failing in a row, so that a flapping network does not make us hammer the server.
const STABLE_MS: u64 = 10_000;

/// A person who asked to come in and has not left.
#[derive(Debug)]
pub struct Seated {
    seat: Seat,
    name: DisplayName,
    pass: Pass,
    pub(crate) standing: Standing,
    media: Media,
    signal: Signal,
    /// Failures in a row of the peer connection.
    media_failures: u32,
    /// Failures in a row of the socket.
    signal_failures: u32,
    media_up_since: Option<MonoMillis>,
    signal_up_since: Option<MonoMillis>,
    /// Whether socket and media have ever worked together.
    was_connected: bool,
    published: Publishing,
    demand: Demand,
    pub(crate) chat_open: bool,
    pub(crate) unread: usize,
    /// The question by which the person ended the call for everybody.
    ending: Option<RequestId>,
}

/// Who asks to come in, and with what.
#[derive(Debug)]
pub struct Newcomer {
    pub name: DisplayName,
    pub key: ParticipantKey,
    pub pass: Pass,
}

/// What we are to the room.
#[derive(Debug)]
pub enum Standing {
    Joining,
    Waiting { host_present: bool, notice: Option<model::Notice> },
    Inside(Box<Roster>),
}

/// What a step may use.
pub struct Step<'a> {
    pub(crate) counters: &'a mut Counters,
    pub(crate) publishing: Publishing,
    pub(crate) effects: &'a mut Vec<Effect>,
    pub(crate) notice: Option<Notice>,
    /// What a host told us to stop sending.
    pub(crate) stop: Option<Source>,
    pub(crate) now: MonoMillis,
}

impl Step<'_> {
    fn call_api(&mut self, call: ApiCall) -> RequestId {
        let request = self.counters.request();
        self.effects.push(Effect::CallApi { request, call });
        request
    }
}

/// Where a step leads.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    Stay,
    /// Back to the entry page.
    Preview(Option<JoinProblem>),
    Left(LeftReason),
}

impl Seated {
    /// Takes a seat: the offer is made first, so that the first question can carry it.
    pub(crate) fn begin(
        room: RoomCode,
        newcomer: Newcomer,
        counters: &mut Counters,
        effects: &mut Vec<Effect>,
    ) -> Self {
        let epoch = counters.epoch();
        effects.push(open_peer(epoch));
        effects.push(Effect::StartTimer { timer: Timer::JoinDeadline, after_ms: JOIN_DEADLINE_MS });
        Self {
            seat: Seat { room, key: newcomer.key },
            name: newcomer.name,
            pass: newcomer.pass,
            standing: Standing::Joining,
            media: Media::Offering { epoch },
            signal: Signal::Idle,
            media_failures: 0,
            signal_failures: 0,
            media_up_since: None,
            signal_up_since: None,
            was_connected: false,
            published: Publishing::default(),
            demand: Demand::default(),
            chat_open: false,
            unread: 0,
            ending: None,
        }
    }

    /// Whether the person can be seen and heard.
    pub(crate) fn link(&self) -> LinkView {
        let up = matches!(self.media, Media::Up { state: PeerState::Connected, .. });
        let open = matches!(self.signal, Signal::Open { .. });
        match (up && open, self.was_connected) {
            (true, _) => LinkView::Connected,
            (false, true) => LinkView::Reconnecting,
            (false, false) if self.media_failures >= BLOCKED_ATTEMPTS && open => LinkView::Blocked,
            // The first seconds of the socket are not worth a word when the picture is there already.
            (false, false) => LinkView::Connecting,
        }
    }

    /// Which encodings of the camera anybody is served from, once we are inside.
    pub(crate) const fn layers(&self) -> Option<u8> {
        match &self.standing {
            Standing::Inside(roster) => Some(roster.layers),
            Standing::Joining | Standing::Waiting { .. } => None,
        }
    }

    /// The rules of the room, once we are inside.
    pub(crate) const fn rules(&self) -> Option<RoomRules> {
        match &self.standing {
            Standing::Inside(roster) => Some(roster.room.rules),
            Standing::Joining | Standing::Waiting { .. } => None,
        }
    }

    /// What we may do, once we are inside.
    pub(crate) const fn rights(&self) -> Option<Rights> {
        match &self.standing {
            Standing::Inside(roster) => Some(roster.rights),
            Standing::Joining | Standing::Waiting { .. } => None,
        }
    }

    /// Whether the socket works, for the person at the door.
    pub(crate) const fn signalling(&self) -> bool {
        matches!(self.signal, Signal::Open { .. })
    }

    /// Takes in one input.
    pub(crate) fn handle(&mut self, input: Input, step: &mut Step<'_>) -> Outcome {
        match input {
            Input::Person(Action::Leave) => self.hang_up(step),
            Input::Person(action) => {
                self.handle_wish(action, step);
                Outcome::Stay
            }
            Input::Offered { epoch, result } if self.media == (Media::Offering { epoch }) => match result {
                Ok(offer) => {
                    let request = self.ask(&offer, step);
                    self.media = Media::Asking { epoch, request, offer };
                    Outcome::Stay
                }
                Err(problem) => self.peer_failed(problem, step),
            },
            Input::AnswerApplied { epoch, result: Err(problem) } if self.media.epoch() == Some(epoch) => {
                self.peer_failed(problem, step)
            }
            Input::PeerChanged { epoch, state } => self.handle_peer(epoch, state, step),
            Input::ApiAnswered { request, result } => self.handle_answer(request, result, step),
            Input::SocketOpened { connection } => {
                self.socket_opened(connection, step);
                Outcome::Stay
            }
            Input::SocketClosed { connection } => {
                if self.signal.connection() == Some(connection) {
                    self.signal_lost(step);
                }
                Outcome::Stay
            }
            Input::Received { connection, message } => self.receive(connection, message, step),
            Input::TimerFired(timer) => self.handle_timer(timer, step),
            Input::Online => {
                self.network_returned(step);
                Outcome::Stay
            }
            // Late answers, and what `Call` keeps for itself.
            Input::Offered { .. }
            | Input::AnswerApplied { .. }
            | Input::DevicesListed(_)
            | Input::Captured { .. }
            | Input::CaptureEnded { .. }
            | Input::PlaybackBlocked => Outcome::Stay,
        }
    }

    /// Asks to come in, or back in, with this offer.
    fn ask(&mut self, offer: &crate::Offer, step: &mut Step<'_>) -> RequestId {
        self.published = step.publishing;
        step.call_api(ApiCall::Join(Box::new(JoinRequest {
            seat: self.seat,
            name: self.name.clone(),
            invite: self.pass.invite,
            passcode: self.pass.passcode.clone(),
            offer: offer.sdp.clone(),
            lines: offer.lines.clone(),
            publishing: step.publishing,
        })))
    }

    fn handle_answer(
        &mut self,
        request: RequestId,
        result: Result<ApiAnswer, ErrorCode>,
        step: &mut Step<'_>,
    ) -> Outcome {
        if let Media::Asking { request: asked, .. } = self.media
            && asked == request
        {
            return match result {
                Ok(ApiAnswer::Joined(outcome)) => self.join_answered(outcome, step),
                Ok(ApiAnswer::Ticket(_) | ApiAnswer::Done) => self.join_refused(ErrorCode::Internal, step),
                Err(code) => self.join_refused(code, step),
            };
        }
        if self.signal == (Signal::Asking { request }) {
            return self.ticket_answered(result, step);
        }
        self.wish_answered(request, result.err(), step);
        Outcome::Stay
    }

    fn join_answered(&mut self, outcome: JoinOutcome, step: &mut Step<'_>) -> Outcome {
        let Media::Asking { epoch, offer, .. } = std::mem::replace(&mut self.media, Media::Down) else {
            unreachable!("only an asked join is answered");
        };
        step.effects.push(Effect::StopTimer(Timer::JoinDeadline));
        step.effects.push(Effect::KeepSeat { room: self.seat.room, key: self.seat.key });
        match outcome {
            JoinOutcome::Waiting { ticket, .. } => {
                self.media = Media::Kept { epoch, offer };
                self.standing = Standing::Waiting { host_present: true, notice: None };
                if self.signal.connection().is_none() {
                    self.open_socket(ticket, step);
                }
            }
            JoinOutcome::Joined { ticket, answer, snapshot, .. } => {
                self.media = Media::Up { epoch, state: PeerState::New };
                step.effects.push(Effect::ApplyAnswer { epoch, sdp: answer });
                if matches!(self.standing, Standing::Inside(_)) && self.signal.connection().is_some() {
                    // The socket lives and knows more than this answer.
                    return Outcome::Stay;
                }
                match &mut self.standing {
                    Standing::Inside(roster) => step.notice = roster.replace(*snapshot, step.now),
                    Standing::Joining | Standing::Waiting { .. } => {
                        self.standing = Standing::Inside(Box::new(Roster::new(*snapshot, step.now)));
                    }
                }
                self.await_the_end(step);
                self.open_socket(ticket, step);
            }
        }
        Outcome::Stay
    }

    fn join_refused(&mut self, code: ErrorCode, step: &mut Step<'_>) -> Outcome {
        match self.standing {
            Standing::Joining => {
                self.tear_down(step);
                Outcome::Preview(Some(JoinProblem::Refused(code)))
            }
            Standing::Waiting { .. } | Standing::Inside(_) if code.is_passing() => {
                self.media_lost(step);
                Outcome::Stay
            }
            Standing::Waiting { .. } | Standing::Inside(_) => {
                self.tear_down(step);
                Outcome::Left(self.refused(code))
            }
        }
    }

    fn peer_failed(&mut self, problem: PeerProblem, step: &mut Step<'_>) -> Outcome {
        match (problem, &self.standing) {
            (PeerProblem::Unsupported, _) | (PeerProblem::Failed, Standing::Joining) => {
                self.tear_down(step);
                Outcome::Preview(Some(JoinProblem::Unsupported))
            }
            (PeerProblem::Failed, Standing::Waiting { .. } | Standing::Inside(_)) => {
                self.media_lost(step);
                Outcome::Stay
            }
        }
    }

    /// The person leaves: they are gone at once, and the server hears of it as soon as it can.
    fn hang_up(&mut self, step: &mut Step<'_>) -> Outcome {
        step.call_api(ApiCall::Leave(self.seat));
        self.tear_down(step);
        match self.standing {
            Standing::Joining => Outcome::Preview(None),
            Standing::Waiting { .. } | Standing::Inside(_) => Outcome::Left(LeftReason::ByChoice),
        }
    }

    /// The server said the last word.
    fn told(&mut self, farewell: Farewell, step: &mut Step<'_>) -> Outcome {
        self.tear_down(step);
        Outcome::Left(self.reason(farewell))
    }

    /// Why the call is over for whoever hears this: the one who ended it need not be told who did.
    const fn reason(&self, farewell: Farewell) -> LeftReason {
        match (farewell, self.ending) {
            (Farewell::Ended, Some(_)) => LeftReason::Ended,
            (farewell, _) => LeftReason::Told(farewell),
        }
    }

    /// The reason to show when the way back in is closed for good.
    fn refused(&self, code: ErrorCode) -> LeftReason {
        farewell(code).map_or(LeftReason::Refused(code), |farewell| self.reason(farewell))
    }

    /// Gives back everything that the browser holds for this seat, but the captured devices.
    fn tear_down(&mut self, step: &mut Step<'_>) {
        if let Some(epoch) = self.media.epoch() {
            step.effects.push(Effect::ClosePeer { epoch });
        }
        if let Some(connection) = self.signal.connection() {
            step.effects.push(Effect::CloseSocket { connection });
        }
        for timer in [
            Timer::Heartbeat,
            Timer::Silence,
            Timer::Retry,
            Timer::Rebuild,
            Timer::JoinDeadline,
            Timer::EndsSoon,
        ] {
            step.effects.push(Effect::StopTimer(timer));
        }
        step.effects.push(Effect::ForgetSeat { room: self.seat.room });
    }
}

/// How often a line failed in a row, now that it failed once more.
fn failures(before: u32, up_since: Option<MonoMillis>, now: MonoMillis) -> u32 {
    if up_since.is_some_and(|since| now.since(since) >= STABLE_MS) { 0 } else { before }
}

fn open_peer(epoch: Epoch) -> Effect {
    Effect::OpenPeer {
        epoch,
        audio_slots: protocol::limits::AUDIO_SLOTS,
        video_slots: protocol::limits::VIDEO_SLOTS,
    }
}

/// What a refusal on the way back in says as plainly as a farewell.
const fn farewell(code: ErrorCode) -> Option<Farewell> {
    match code {
        ErrorCode::RoomEnded => Some(Farewell::Ended),
        ErrorCode::Door(Barrier::Banned) => Some(Farewell::Banned),
        ErrorCode::NotPresent => Some(Farewell::Gone),
        ErrorCode::Account(AccountRefusal::NotSignedIn) => Some(Farewell::SignedOut),
        ErrorCode::RoomNotFound
        | ErrorCode::RoomFull
        | ErrorCode::DoorFull
        | ErrorCode::NotHost
        | ErrorCode::NotWaiting
        | ErrorCode::NoSuchParticipant
        | ErrorCode::NotRemovable
        | ErrorCode::Door(_)
        | ErrorCode::Rule(_)
        | ErrorCode::BadRequest
        | ErrorCode::BadOffer
        | ErrorCode::ForeignOrigin
        | ErrorCode::NoIdentity
        | ErrorCode::TooManyRequests
        | ErrorCode::Overloaded
        | ErrorCode::ServerFull
        | ErrorCode::Elsewhere
        | ErrorCode::Unreachable
        | ErrorCode::Internal
        | ErrorCode::Account(_)
        | ErrorCode::People(_) => None,
    }
}
