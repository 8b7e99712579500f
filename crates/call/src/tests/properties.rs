//! Whatever happens in whatever order: the reducer never panics, and what the browser holds stays bounded.

use super::script::{ME, id, name, participant, snapshot};
use crate::{
    Action, ApiAnswer, Call, CaptureId, Captured, ConnectionId, DeviceId, DeviceProblem, Effect, Epoch,
    Input, Offer, Pass, PeerProblem, PeerState, RequestId, Timer,
};
use model::{MonoMillis, ParticipantKey, Rights, RoomCode, Source, Ticket, UnixMillis};
use proptest::prelude::*;
use protocol::{Change, Deed, ErrorCode, Farewell, JoinOutcome, LeaveReason, RoomView, ServerMessage};
use std::collections::BTreeSet;

fn source() -> impl Strategy<Value = Source> {
    prop_oneof![Just(Source::Microphone), Just(Source::Camera), Just(Source::Screen)]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        Just(Action::CheckDevices),
        (source(), any::<bool>()).prop_map(|(source, on)| Action::Switch { source, on }),
        source().prop_map(|source| Action::ChooseDevice { source, device: DeviceId("x".to_owned()) }),
        Just(Action::Join { name: name("Bo"), key: ParticipantKey::from_bits(1), pass: Pass::default() }),
        Just(Action::Leave),
        Just(Action::Do(Deed::Admit(id(3)))),
        Just(Action::Do(Deed::End)),
        Just(super::script::say(4, "hi")),
        Just(Action::Show(Vec::new())),
    ]
}

fn message() -> impl Strategy<Value = ServerMessage> {
    prop_oneof![
        any::<bool>().prop_map(|host_present| ServerMessage::Waiting { host_present, notice: None }),
        Just(ServerMessage::Admitted),
        Just(ServerMessage::Snapshot(Box::new(snapshot(&[(2, "Ana"), (ME, "Bo")])))),
        (0..5_u64).prop_map(|revision| ServerMessage::Change {
            revision,
            change: Change::Joined(participant(3, "Cleo"))
        }),
        (0..5_u64).prop_map(|revision| ServerMessage::Change {
            revision,
            change: Change::Left { participant: id(3), reason: LeaveReason::Lost }
        }),
        (0..5_u64, source(), any::<bool>()).prop_map(|(revision, source, held)| ServerMessage::Change {
            revision,
            change: Change::Stopped { source, by: id(2), held }
        }),
        (0..5_u64, any::<bool>()).prop_map(|(revision, speak)| ServerMessage::Change {
            revision,
            change: Change::Rights(Rights { speak, ..Rights::default() })
        }),
        (0..5_u64, 0..400_000_i64).prop_map(|(revision, ends)| ServerMessage::Change {
            revision,
            change: Change::Room(RoomView { ends_at: Some(UnixMillis(ends)), ..snapshot(&[]).room })
        }),
        Just(ServerMessage::Farewell(Farewell::Removed)),
        Just(ServerMessage::Pong),
    ]
}

fn api_answer() -> impl Strategy<Value = Result<ApiAnswer, ErrorCode>> {
    prop_oneof![
        Just(Ok(ApiAnswer::Done)),
        Just(Ok(ApiAnswer::Ticket(Ticket::from_bits(1)))),
        Just(Ok(ApiAnswer::Joined(JoinOutcome::Waiting {
            participant: id(ME),
            ticket: Ticket::from_bits(2)
        }))),
        Just(Ok(ApiAnswer::Joined(JoinOutcome::Joined {
            participant: id(ME),
            ticket: Ticket::from_bits(3),
            answer: String::new(),
            snapshot: Box::new(snapshot(&[(ME, "Bo")])),
        }))),
        Just(Err(ErrorCode::NotPresent)),
        Just(Err(ErrorCode::Unreachable)),
    ]
}

fn timer() -> impl Strategy<Value = Timer> {
    prop_oneof![
        Just(Timer::Heartbeat),
        Just(Timer::Silence),
        Just(Timer::Retry),
        Just(Timer::Rebuild),
        Just(Timer::JoinDeadline),
        Just(Timer::Notice),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    let small = 0..6_u32;
    let offered = small.clone().prop_map(|epoch| Input::Offered {
        epoch: Epoch(epoch),
        result: Ok(Offer { sdp: String::new(), lines: Vec::new() }),
    });
    let failed = small
        .clone()
        .prop_map(|epoch| Input::Offered { epoch: Epoch(epoch), result: Err(PeerProblem::Failed) });
    let peer = (small.clone(), 0..3_u8).prop_map(|(epoch, state)| Input::PeerChanged {
        epoch: Epoch(epoch),
        state: [PeerState::Connected, PeerState::Disconnected, PeerState::Failed][usize::from(state)],
    });
    let captured =
        (small.clone(), source(), any::<bool>()).prop_map(|(capture, source, ok)| Input::Captured {
            capture: CaptureId(capture),
            source,
            result: if ok {
                Ok(Captured { device: DeviceId(String::new()), label: String::new() })
            } else {
                Err(DeviceProblem::Busy)
            },
        });
    prop_oneof![
        4 => action().prop_map(Input::Person),
        3 => offered,
        1 => failed,
        2 => peer,
        2 => captured,
        4 => (0..12_u32, api_answer())
            .prop_map(|(request, result)| Input::ApiAnswered { request: RequestId(request), result }),
        2 => small.clone().prop_map(|number| Input::SocketOpened { connection: ConnectionId(number) }),
        1 => small.clone().prop_map(|number| Input::SocketClosed { connection: ConnectionId(number) }),
        3 => (small, message())
            .prop_map(|(number, message)| Input::Received { connection: ConnectionId(number), message }),
        1 => timer().prop_map(Input::TimerFired),
        1 => Just(Input::Online),
        1 => source().prop_map(|source| Input::CaptureEnded { source }),
    ]
}

/// What a browser holds while it carries effects out.
#[derive(Default)]
struct Held {
    peers: BTreeSet<Epoch>,
    sockets: BTreeSet<ConnectionId>,
}

impl Held {
    fn carry_out(&mut self, effect: &Effect) {
        match effect {
            Effect::OpenPeer { epoch, .. } => drop(self.peers.insert(*epoch)),
            Effect::ClosePeer { epoch } => assert!(self.peers.remove(epoch), "closed {epoch:?} twice"),
            Effect::OpenSocket { connection, .. } => drop(self.sockets.insert(*connection)),
            Effect::CloseSocket { connection } => drop(self.sockets.remove(connection)),
            Effect::SendMessage { connection, .. } => {
                assert!(self.sockets.contains(connection), "wrote to a socket that is not there");
            }
            Effect::ListDevices
            | Effect::Capture { .. }
            | Effect::CaptureBoth { .. }
            | Effect::Release { .. }
            | Effect::ApplyAnswer { .. }
            | Effect::Send { .. }
            | Effect::Favour(_)
            | Effect::Layers(_)
            | Effect::CallApi { .. }
            | Effect::StartTimer { .. }
            | Effect::StopTimer(_)
            | Effect::KeepSeat { .. }
            | Effect::ForgetSeat { .. }
            | Effect::RememberName(_)
            | Effect::Play(_)
            | Effect::ResumePlayback => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_leaked_and_nothing_panics(inputs in proptest::collection::vec(input(), 1..120)) {
        let mut call = Call::new(RoomCode::from_bits(5));
        let mut held = Held::default();
        for (index, input) in inputs.into_iter().enumerate() {
            if let Input::SocketClosed { connection } = &input {
                held.sockets.remove(connection);
            }
            for effect in call.handle(input, MonoMillis(index as u64 * 500)) {
                held.carry_out(&effect);
            }
            let view = call.view();
            prop_assert!(held.peers.len() <= 1, "{} peer connections", held.peers.len());
            prop_assert!(held.sockets.len() <= 1, "{} sockets", held.sockets.len());
            let over = matches!(
                view.stage,
                crate::view::Stage::Left { .. } | crate::view::Stage::Preview { .. }
            );
            prop_assert!(!over || (held.peers.is_empty() && held.sockets.is_empty()), "kept after the end");
        }
    }
}
