//! One transcript per rule of the client.

use super::script::{ME, Script, guest, id, participant, say, slot};
use crate::{Action, Call, DeviceId, DeviceProblem, Effect, Input, PeerState, Timer, View};
use crate::{ApiAnswer, ConnectionId};
use expect_test::{Expect, expect};
use model::{RoomCode, Source};
use protocol::{
    AccountRefusal, Change, ClientMessage, Deed, ErrorCode, Farewell, LeaveReason, ServerMessage, SlotView,
    Wanted,
};

fn check(mut script: Script, play: impl FnOnce(&mut Script), expected: Expect) {
    play(&mut script);
    expected.assert_eq(&script.log);
}

#[test]
fn a_page_without_a_call_shows_what_a_fresh_call_shows() {
    assert_eq!(Call::new(RoomCode::from_bits(1)).view(), View::default());
}

#[test]
fn a_guest_waits_and_is_admitted_with_the_offer_it_came_with() {
    check(
        Script::new(),
        |script| {
            script.join();
            script.offered(1);
            script.waiting(1);
            script.opened(1);
            script.hear(
                1,
                "waiting, host away",
                ServerMessage::Waiting { host_present: false, notice: None },
            );
            script.look();
            script.hear(1, "admitted", ServerMessage::Admitted);
            script.joined(2, &[(2, "Ana"), (ME, "Bo")]);
            script.opened(2);
            script.greet(2, &[(2, "Ana"), (ME, "Bo")]);
            script.peer(1, PeerState::Connected);
            script.look();
        },
        expect![[r#"
            click join
                send Microphone false
                send Camera false
                send Screen false
                open peer 1
                timer JoinDeadline 15000
            offer 1 made
                api 1: join with offer 1, Publishing { microphone: false, camera: false, screen: false }
            server: wait
                keep seat
                open socket 1
            socket 1 open
            server: waiting, host away
              = Waiting { host_present: false, reconnecting: false, notice: None }
            server: admitted
                api 2: join with offer 1, Publishing { microphone: false, camera: false, screen: false }
            server: joined
                keep seat
                peer 1: apply answer
                close socket 1
                open socket 2
            socket 2 open
            server: snapshot
                socket 2: Publish(Publishing { microphone: false, camera: false, screen: false })
            peer 1 Connected
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: avatar, muted
        "#]],
    );
}

#[test]
fn a_denied_guest_is_told_and_holds_nothing() {
    check(
        Script::new(),
        |script| {
            script.join();
            script.offered(1);
            script.waiting(1);
            script.opened(1);
            script.hear(1, "denied", ServerMessage::Farewell(Farewell::Denied));
            script.look();
        },
        expect![[r#"
            click join
                send Microphone false
                send Camera false
                send Screen false
                open peer 1
                timer JoinDeadline 15000
            offer 1 made
                api 1: join with offer 1, Publishing { microphone: false, camera: false, screen: false }
            server: wait
                keep seat
                open socket 1
            socket 1 open
            server: denied
                close peer 1
                close socket 1
                forget seat
              = Left { reason: Told(Denied) }
        "#]],
    );
}

#[test]
fn a_refused_join_returns_to_the_entry_page_with_the_reason() {
    check(
        Script::new(),
        |script| {
            script.join();
            script.offered(1);
            script.answer("server: room full", 1, Err(ErrorCode::RoomFull));
            script.look();
        },
        expect![[r#"
            click join
                send Microphone false
                send Camera false
                send Screen false
                open peer 1
                timer JoinDeadline 15000
            offer 1 made
                api 1: join with offer 1, Publishing { microphone: false, camera: false, screen: false }
            server: room full
                close peer 1
                forget seat
              = Preview { problem: Some(Refused(RoomFull)) }
        "#]],
    );
}

#[test]
fn a_join_that_takes_too_long_gives_the_seat_back() {
    check(
        Script::new(),
        |script| {
            script.join();
            script.offered(1);
            script.timer(Timer::JoinDeadline);
            script.look();
            script.joined(1, &[(ME, "Bo")]);
            script.look();
        },
        expect![[r#"
            click join
                send Microphone false
                send Camera false
                send Screen false
                open peer 1
                timer JoinDeadline 15000
            offer 1 made
                api 1: join with offer 1, Publishing { microphone: false, camera: false, screen: false }
            timer JoinDeadline
                api 2: leave
                close peer 1
                forget seat
              = Preview { problem: Some(TimedOut) }
            server: joined
              = Preview { problem: Some(TimedOut) }
        "#]],
    );
}

#[test]
fn a_lost_socket_comes_back_with_a_ticket_while_media_flows_on() {
    check(
        Script::inside(),
        |script| {
            script.closed(1);
            script.look();
            script.answer("server: unreachable", 2, Err(ErrorCode::Unreachable));
            script.timer(Timer::Retry);
            script.ticket(3);
            script.opened(2);
            script.greet(2, &[(2, "Ana"), (ME, "Bo")]);
            script.look();
        },
        expect![[r#"
            socket 1 closed
                api 2: reconnect
              = InCall { link: Reconnecting }
              | Ana: avatar
              | Bo: avatar, muted
            server: unreachable
                timer Retry 230
            timer Retry
                api 3: reconnect
            server: ticket
                open socket 2
            socket 2 open
            server: snapshot
                socket 2: Publish(Publishing { microphone: false, camera: false, screen: false })
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: avatar, muted
        "#]],
    );
}

#[test]
fn whoever_may_come_back_to_a_seat_that_was_given_up_does() {
    check(
        Script::inside(),
        |script| {
            script.closed(1);
            script.ticket(2);
            script.opened(2);
            script.hear(2, "admitted", ServerMessage::Admitted);
            script.offered(2);
            script.joined(3, &[(2, "Ana"), (ME, "Bo")]);
            script.opened(3);
            script.greet(3, &[(2, "Ana"), (ME, "Bo")]);
            script.look();
        },
        expect![[r#"
            socket 1 closed
                api 2: reconnect
            server: ticket
                open socket 2
            socket 2 open
            server: admitted
                close socket 2
                open peer 2
            offer 2 made
                api 3: join with offer 2, Publishing { microphone: false, camera: false, screen: false }
            server: joined
                keep seat
                peer 2: apply answer
                open socket 3
            socket 3 open
            server: snapshot
                socket 3: Publish(Publishing { microphone: false, camera: false, screen: false })
              = InCall { link: Reconnecting }
              | Ana: avatar
              | Bo: avatar, muted
        "#]],
    );
}

#[test]
fn a_silent_socket_is_closed_and_replaced() {
    check(
        Script::inside(),
        |script| {
            script.timer(Timer::Heartbeat);
            script.timer(Timer::Silence);
            script.closed(1);
        },
        expect![[r#"
            timer Heartbeat
                socket 1: Ping
            timer Silence
                close socket 1
                api 2: reconnect
            socket 1 closed
        "#]],
    );
}

#[test]
fn the_browser_being_online_again_ends_the_pause() {
    check(
        Script::inside(),
        |script| {
            script.closed(1);
            script.answer("server: unreachable", 2, Err(ErrorCode::Unreachable));
            script.feed("online", Input::Online);
        },
        expect![[r#"
            socket 1 closed
                api 2: reconnect
            server: unreachable
                timer Retry 230
            online
                api 3: reconnect
        "#]],
    );
}

#[test]
fn a_failed_peer_connection_is_built_anew_with_the_same_seat() {
    check(
        Script::inside(),
        |script| {
            script.peer(1, PeerState::Failed);
            script.look();
            script.offered(2);
            script.joined(2, &[(2, "Ana"), (ME, "Bo")]);
            script.peer(1, PeerState::Closed);
            script.peer(2, PeerState::Connected);
            script.look();
        },
        expect![[r#"
            peer 1 Failed
                close peer 1
                open peer 2
              = InCall { link: Reconnecting }
              | Ana: avatar
              | Bo: avatar, muted
            offer 2 made
                api 2: join with offer 2, Publishing { microphone: false, camera: false, screen: false }
            server: joined
                keep seat
                peer 2: apply answer
            peer 1 Closed
            peer 2 Connected
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: avatar, muted
        "#]],
    );
}

#[test]
fn a_short_disconnection_is_waited_out() {
    check(
        Script::inside(),
        |script| {
            script.peer(1, PeerState::Disconnected);
            script.peer(1, PeerState::Connected);
            script.timer(Timer::Rebuild);
            script.peer(1, PeerState::Disconnected);
            script.timer(Timer::Rebuild);
        },
        expect![[r#"
            peer 1 Disconnected
                timer Rebuild 4000
            peer 1 Connected
            timer Rebuild
            peer 1 Disconnected
                timer Rebuild 4000
            timer Rebuild
                close peer 1
                open peer 2
        "#]],
    );
}

#[test]
fn a_network_that_lets_no_media_through_is_named() {
    check(
        Script::new(),
        |script| {
            script.join();
            script.offered(1);
            script.joined(1, &[(ME, "Bo")]);
            script.opened(1);
            script.greet(1, &[(ME, "Bo")]);
            script.peer(1, PeerState::Failed);
            script.offered(2);
            script.joined(2, &[(ME, "Bo")]);
            script.peer(2, PeerState::Failed);
            script.look();
        },
        expect![[r#"
            click join
                send Microphone false
                send Camera false
                send Screen false
                open peer 1
                timer JoinDeadline 15000
            offer 1 made
                api 1: join with offer 1, Publishing { microphone: false, camera: false, screen: false }
            server: joined
                keep seat
                peer 1: apply answer
                open socket 1
            socket 1 open
            server: snapshot
                socket 1: Publish(Publishing { microphone: false, camera: false, screen: false })
            peer 1 Failed
                close peer 1
                open peer 2
            offer 2 made
                api 2: join with offer 2, Publishing { microphone: false, camera: false, screen: false }
            server: joined
                keep seat
                peer 2: apply answer
            peer 2 Failed
                close peer 2
                timer Rebuild 230
              = InCall { link: Blocked }
              | Bo: avatar, muted
        "#]],
    );
}

#[test]
fn muting_stops_sending_but_keeps_the_microphone() {
    check(
        Script::inside(),
        |script| {
            script.act("unmute", Action::Switch { source: Source::Microphone, on: true });
            script.captured(1, Source::Microphone, Ok("mic"));
            script.act("mute", Action::Switch { source: Source::Microphone, on: false });
            script.act("unmute", Action::Switch { source: Source::Microphone, on: true });
        },
        expect![[r#"
            unmute
                capture Microphone 
            Microphone Ok("mic")
                send Microphone true
                socket 1: Publish(Publishing { microphone: true, camera: false, screen: false })
            mute
                send Microphone false
                socket 1: Publish(Publishing { microphone: false, camera: false, screen: false })
            unmute
                send Microphone true
                socket 1: Publish(Publishing { microphone: true, camera: false, screen: false })
        "#]],
    );
}

#[test]
fn a_camera_that_is_switched_off_goes_dark() {
    check(
        Script::inside(),
        |script| {
            script.act("camera on", Action::Switch { source: Source::Camera, on: true });
            script.captured(1, Source::Camera, Ok("cam"));
            script.look();
            script.act("camera off", Action::Switch { source: Source::Camera, on: false });
            script.look();
        },
        expect![[r#"
            camera on
                capture Camera 
            Camera Ok("cam")
                send Camera true
                socket 1: Publish(Publishing { microphone: false, camera: true, screen: false })
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera), muted
            camera off
                release Camera
                socket 1: Publish(Publishing { microphone: false, camera: false, screen: false })
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: avatar, muted
        "#]],
    );
}

#[test]
fn an_answer_for_a_camera_nobody_wants_any_more_is_released() {
    check(
        Script::new(),
        |script| {
            script.act("camera on", Action::Switch { source: Source::Camera, on: true });
            script.act("camera off", Action::Switch { source: Source::Camera, on: false });
            script.captured(1, Source::Camera, Ok("cam"));
        },
        expect![[r#"
            camera on
                capture Camera 
            camera off
                release Camera
            Camera Ok("cam")
                release Camera
        "#]],
    );
}

#[test]
fn refused_devices_do_not_keep_anybody_out() {
    check(
        Script::new(),
        |script| {
            script.act("check devices", Action::CheckDevices);
            script.captured(1, Source::Microphone, Err(DeviceProblem::Denied));
            script.captured(2, Source::Camera, Err(DeviceProblem::Missing));
            script.look();
            script.join();
            script.offered(1);
        },
        expect![[r#"
            check devices
                capture both
            Microphone Err(Denied)
            Camera Err(Missing)
              = Preview { problem: None }
              ! Device { source: Camera, problem: Missing }
            click join
                send Microphone false
                send Camera false
                send Screen false
                open peer 1
                timer JoinDeadline 15000
            offer 1 made
                api 1: join with offer 1, Publishing { microphone: false, camera: false, screen: false }
        "#]],
    );
}

#[test]
fn another_device_takes_over_only_when_it_works() {
    check(
        Script::inside(),
        |script| {
            script.act("camera on", Action::Switch { source: Source::Camera, on: true });
            script.captured(1, Source::Camera, Ok("cam a"));
            let device = DeviceId("cam b".to_owned());
            script.act("choose b", Action::ChooseDevice { source: Source::Camera, device });
            script.captured(2, Source::Camera, Err(DeviceProblem::Busy));
            script.look();
        },
        expect![[r#"
            camera on
                capture Camera 
            Camera Ok("cam a")
                send Camera true
                socket 1: Publish(Publishing { microphone: false, camera: true, screen: false })
            choose b
                capture Camera cam b
            Camera Err(Busy)
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera), muted
              ! Device { source: Camera, problem: Busy }
        "#]],
    );
}

#[test]
fn an_unplugged_chosen_microphone_is_replaced_by_the_default_one() {
    check(
        Script::inside(),
        |script| {
            script.act("unmute", Action::Switch { source: Source::Microphone, on: true });
            script.captured(1, Source::Microphone, Ok("default"));
            let device = DeviceId("headset".to_owned());
            script.act("choose headset", Action::ChooseDevice { source: Source::Microphone, device });
            script.captured(2, Source::Microphone, Ok("headset"));
            script.feed("unplugged", Input::CaptureEnded { source: Source::Microphone });
            script.captured(3, Source::Microphone, Ok("default"));
            script.feed("unplugged", Input::CaptureEnded { source: Source::Microphone });
            script.look();
        },
        expect![[r#"
            unmute
                capture Microphone 
            Microphone Ok("default")
                send Microphone true
                socket 1: Publish(Publishing { microphone: true, camera: false, screen: false })
            choose headset
                capture Microphone headset
            Microphone Ok("headset")
                send Microphone true
            unplugged
                release Microphone
                capture Microphone 
                socket 1: Publish(Publishing { microphone: false, camera: false, screen: false })
            Microphone Ok("default")
                send Microphone true
                socket 1: Publish(Publishing { microphone: true, camera: false, screen: false })
            unplugged
                release Microphone
                socket 1: Publish(Publishing { microphone: false, camera: false, screen: false })
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: avatar, muted
              ! Device { source: Microphone, problem: Ended }
        "#]],
    );
}

#[test]
fn closing_the_screen_picker_is_no_problem() {
    check(
        Script::inside(),
        |script| {
            script.act("share", Action::Switch { source: Source::Screen, on: true });
            script.captured(1, Source::Screen, Err(DeviceProblem::Denied));
            script.act("share", Action::Switch { source: Source::Screen, on: true });
            script.captured(2, Source::Screen, Ok(""));
            script.look();
            script.feed("stopped in the browser's bar", Input::CaptureEnded { source: Source::Screen });
            script.look();
        },
        expect![[r#"
            share
                capture Screen 
            Screen Err(Denied)
            share
                capture Screen 
            Screen Ok("")
                send Screen true
                socket 1: Publish(Publishing { microphone: false, camera: false, screen: true })
              = InCall { link: Connected }
              | Bo (screen): avatar, muted
              | Ana: avatar
              | Bo: avatar, muted
            stopped in the browser's bar
                release Screen
                socket 1: Publish(Publishing { microphone: false, camera: false, screen: false })
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: avatar, muted
        "#]],
    );
}

#[test]
fn the_room_is_drawn_as_it_changes() {
    check(
        Script::inside(),
        |script| {
            let slots = vec![slot("7", 2, Source::Camera), slot("8", 2, Source::Screen)];
            script.change(1, 2, "slots", Change::Slots(slots));
            let mut ana = participant(2, "Ana");
            ana.screen = true;
            ana.microphone = false;
            script.change(1, 3, "ana shares, muted", Change::Updated(ana));
            script.change(1, 4, "cleo joins", Change::Joined(participant(3, "Cleo")));
            script.change(1, 5, "speaking", Change::Speaking(vec![id(3), id(2)]));
            script.look();
            let left = Change::Left { participant: id(3), reason: LeaveReason::Left };
            script.change(1, 6, "cleo leaves", left);
            let unseen = SlotView { undecodable: true, ..slot("7", 2, Source::Camera) };
            script.change(1, 7, "slots", Change::Slots(vec![unseen]));
            script.look();
        },
        expect![[r#"
            server: slots
            server: ana shares, muted
            server: cleo joins
                play Joined
            server: speaking
              = InCall { link: Connected }
              | Ana (screen): Slot(Mid(8)), muted
              | Ana: Slot(Mid(7)), muted
              | Cleo: avatar, speaking
              | Bo: avatar, muted
              ! Joined { name: "Cleo" }
            server: cleo leaves
                play Left
            server: slots
              = InCall { link: Connected }
              | Ana (screen): avatar, muted
              | Ana: avatar, muted, missing: Codec
              | Bo: avatar, muted
              ! Left { name: "Cleo" }
        "#]],
    );
}

#[test]
fn whoever_finds_no_free_slot_is_asked_for_when_they_speak() {
    check(
        Script::inside(),
        |script| {
            for number in 3..=14 {
                let who = participant(number, &format!("Guest {number}"));
                script.change(1, number as u64 - 1, "somebody joins", Change::Joined(who));
            }
            let mids = (2..=13).map(|number| slot(&number.to_string(), number, Source::Camera));
            script.change(1, 14, "slots", Change::Slots(mids.collect()));
            let wanted =
                (2..=14).map(|number| Wanted { participant: id(number), source: Source::Camera, height: 90 });
            script.act("the page shows all", Action::Show(wanted.collect()));
            let speaks = Change::Speaking(vec![id(14)]);
            let message = ServerMessage::Change { revision: 15, change: speaks };
            let connection = ConnectionId(1);
            let told = script.feed("guest 14 speaks", Input::Received { connection, message });
            let demand = told.iter().find_map(|effect| match effect {
                Effect::SendMessage { message: ClientMessage::Demand { wanted }, .. } => Some(wanted),
                _ => None,
            });
            let first = demand.and_then(|wanted| wanted.first()).map(|wanted| wanted.participant);
            assert_eq!(first, Some(id(14)));
            script.log.clear();
            script.change(1, 16, "guest 14 and ana speak", Change::Speaking(vec![id(14), id(2)]));
            script.look();
        },
        expect![[r#"
            server: guest 14 and ana speak
              = InCall { link: Connected }
              | Ana: Slot(Mid(2)), speaking
              | Guest 3: Slot(Mid(3))
              | Guest 4: Slot(Mid(4))
              | Guest 5: Slot(Mid(5))
              | Guest 6: Slot(Mid(6))
              | Guest 7: Slot(Mid(7))
              | Guest 8: Slot(Mid(8))
              | Guest 9: Slot(Mid(9))
              | Guest 10: Slot(Mid(10))
              | Guest 11: Slot(Mid(11))
              | Guest 12: Slot(Mid(12))
              | Guest 13: Slot(Mid(13))
              | Guest 14: avatar, speaking, missing: Slot
              | Bo: avatar, muted
              ! Joined { name: "Guest 14" }
        "#]],
    );
}

#[test]
fn a_gap_is_healed_by_a_snapshot() {
    check(
        Script::inside(),
        |script| {
            script.change(1, 9, "change 9", Change::Joined(participant(3, "Cleo")));
            script.look();
            script.greet(1, &[(2, "Ana"), (ME, "Bo"), (3, "Cleo")]);
            script.look();
        },
        expect![[r#"
            server: change 9
                socket 1: Resync
              = InCall { link: Reconnecting }
              | Ana: avatar
              | Bo: avatar, muted
            server: snapshot
                socket 1: Publish(Publishing { microphone: false, camera: false, screen: false })
              = InCall { link: Connected }
              | Ana: avatar
              | Cleo: avatar
              | Bo: avatar, muted
        "#]],
    );
}

#[test]
fn a_host_hears_the_knock_and_answers_it() {
    check(
        Script::inside(),
        |script| {
            script.change(1, 2, "knock", Change::Knocked(guest(4, "Dan")));
            script.look();
            script.act("admit", Action::Do(Deed::Admit(id(4))));
            script.answer("server: done", 2, Ok(ApiAnswer::Done));
            script.change(1, 3, "knock ended", Change::KnockEnded { participant: id(4) });
            script.act("admit again", Action::Do(Deed::Admit(id(4))));
            script.answer("server: not waiting", 3, Err(ErrorCode::NotWaiting));
            script.act("remove", Action::Do(Deed::Remove(id(2))));
            script.answer("server: not host", 4, Err(ErrorCode::NotHost));
            script.look();
        },
        expect![[r#"
            server: knock
                play Knock
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: avatar, muted
              ! Knocked { name: "Dan" }
            admit
                api 2: Admit(ParticipantId(4))
            server: done
            server: knock ended
            admit again
                api 3: Admit(ParticipantId(4))
            server: not waiting
            remove
                api 4: Remove(ParticipantId(2))
            server: not host
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: avatar, muted
              ! ActionFailed(NotHost)
        "#]],
    );
}

#[test]
fn leaving_gives_everything_back_at_once() {
    check(
        Script::inside(),
        |script| {
            script.act("camera on", Action::Switch { source: Source::Camera, on: true });
            script.captured(1, Source::Camera, Ok("cam"));
            script.act("leave", Action::Leave);
            script.look();
            script.feed("late", Input::SocketClosed { connection: ConnectionId(1) });
            script.join();
        },
        expect![[r#"
            camera on
                capture Camera 
            Camera Ok("cam")
                send Camera true
                socket 1: Publish(Publishing { microphone: false, camera: true, screen: false })
            leave
                api 2: leave
                close peer 1
                close socket 1
                forget seat
                release Camera
              = Left { reason: ByChoice }
            late
            click join
                capture Camera 
                send Microphone false
                send Camera false
                send Screen false
                open peer 2
                timer JoinDeadline 15000
        "#]],
    );
}

#[test]
fn a_seat_that_is_gone_is_not_asked_for_again() {
    check(
        Script::inside(),
        |script| {
            script.closed(1);
            script.answer("server: not present", 2, Err(ErrorCode::NotPresent));
            script.look();
        },
        expect![[r#"
            socket 1 closed
                api 2: reconnect
            server: not present
                close peer 1
                forget seat
              = Left { reason: Told(Gone) }
        "#]],
    );
}

#[test]
fn whoever_is_signed_out_is_told_so_and_holds_nothing() {
    check(
        Script::inside(),
        |script| {
            script.hear(1, "signed out", ServerMessage::Farewell(Farewell::SignedOut));
            script.look();
        },
        expect![[r#"
            server: signed out
                close peer 1
                close socket 1
                forget seat
              = Left { reason: Told(SignedOut) }
        "#]],
    );
}

#[test]
fn whoever_was_signed_out_while_the_line_was_down_is_told_so() {
    check(
        Script::inside(),
        |script| {
            script.closed(1);
            let signed_out = ErrorCode::Account(AccountRefusal::NotSignedIn);
            script.answer("server: signed out", 2, Err(signed_out));
            script.look();
        },
        expect![[r#"
            socket 1 closed
                api 2: reconnect
            server: signed out
                close peer 1
                forget seat
              = Left { reason: Told(SignedOut) }
        "#]],
    );
}

#[test]
fn a_message_is_shown_once_and_a_failed_one_can_be_sent_again() {
    let mut script = Script::inside();
    let lines = |script: &Script| {
        let view = script.call.view();
        view.chat.iter().map(|line| (line.message.text.to_string(), line.delivery)).collect::<Vec<_>>()
    };
    script.act("say", say(1, "hello"));
    assert_eq!(lines(&script), [("hello".to_owned(), crate::view::Delivery::Sending)]);
    script.answer("failed", 2, Err(ErrorCode::Unreachable));
    assert_eq!(lines(&script), [("hello".to_owned(), crate::view::Delivery::Failed(ErrorCode::Unreachable))]);
    script.act("again", say(1, "hello"));
    let view = script.call.view();
    let mut message = view.chat[0].message.clone();
    message.at = model::UnixMillis(5);
    script.change(1, 2, "echo", Change::Said(message.clone()));
    script.change(1, 3, "echo twice", Change::Said(message));
    script.answer("done", 3, Ok(ApiAnswer::Done));
    assert_eq!(lines(&script), [("hello".to_owned(), crate::view::Delivery::Sent)]);
    assert_eq!(script.call.view().unread, 0);
}

#[test]
fn unread_messages_count_while_the_chat_is_closed() {
    let mut script = Script::inside();
    let message = |number: u128| protocol::ChatMessage {
        id: model::MessageId::from_bits(number),
        from: id(2),
        name: super::script::name("Ana"),
        text: model::ChatText::parse("hi").expect("valid text"),
        at: model::UnixMillis(1),
    };
    script.change(1, 2, "said", Change::Said(message(1)));
    script.change(1, 3, "said", Change::Said(message(2)));
    assert_eq!(script.call.view().unread, 2);
    script.act("open", Action::OpenChat(true));
    script.change(1, 4, "said", Change::Said(message(3)));
    assert_eq!(script.call.view().unread, 0);
}

#[test]
fn whoever_comes_back_has_camera_and_microphone_again() {
    check(
        Script::inside(),
        |script| {
            script.act("camera on", Action::Switch { source: Source::Camera, on: true });
            script.captured(1, Source::Camera, Ok("cam"));
            script.act("leave", Action::Leave);
            script.join();
            script.captured(2, Source::Camera, Ok("cam"));
        },
        expect![[r#"
            camera on
                capture Camera 
            Camera Ok("cam")
                send Camera true
                socket 1: Publish(Publishing { microphone: false, camera: true, screen: false })
            leave
                api 2: leave
                close peer 1
                close socket 1
                forget seat
                release Camera
            click join
                capture Camera 
                send Microphone false
                send Camera false
                send Screen false
                open peer 2
                timer JoinDeadline 15000
            Camera Ok("cam")
                send Camera true
        "#]],
    );
}

#[test]
fn whoever_ended_the_call_is_told_that_they_did_and_the_others_that_the_host_did() {
    let ended = |script: &mut Script| script.hear(1, "ended", ServerMessage::Farewell(Farewell::Ended));
    check(
        Script::inside(),
        |script| {
            script.act("end", Action::Do(Deed::End));
            ended(script);
            script.look();
        },
        expect![[r#"
            end
                api 2: End
            server: ended
                close peer 1
                close socket 1
                forget seat
              = Left { reason: Ended }
        "#]],
    );
    check(
        Script::inside(),
        |script| {
            script.act("end", Action::Do(Deed::End));
            script.answer("server: not host", 2, Err(ErrorCode::NotHost));
            ended(script);
            script.look();
        },
        expect![[r#"
            end
                api 2: End
            server: not host
            server: ended
                close peer 1
                close socket 1
                forget seat
              = Left { reason: Told(Ended) }
        "#]],
    );
    check(
        Script::inside(),
        |script| {
            script.act("end", Action::Do(Deed::End));
            script.closed(1);
            script.answer("server: ended", 3, Err(ErrorCode::RoomEnded));
            script.look();
        },
        expect![[r#"
            end
                api 2: End
            socket 1 closed
                api 3: reconnect
            server: ended
                close peer 1
                forget seat
              = Left { reason: Ended }
        "#]],
    );
}
