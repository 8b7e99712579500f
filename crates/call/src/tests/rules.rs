//! What a host decides during the call: stopped sources, rights, the end of the time.

use super::script::{ME, Script, id, participant, snapshot};
use crate::{Action, DeviceId, Input, Timer};
use expect_test::{Expect, expect};
use model::policy::Favour;
use model::{Rights, Role, Source, UnixMillis};
use protocol::{Change, ParticipantView, RoomRules, RoomView, ServerMessage};

fn check(play: impl FnOnce(&mut Script), expected: Expect) {
    let mut script = Script::inside();
    for (capture, source) in [(1, Source::Microphone), (2, Source::Camera)] {
        script.act("switch on", Action::Switch { source, on: true });
        script.captured(capture, source, Ok("desk"));
    }
    script.log.clear();
    play(&mut script);
    expected.assert_eq(&script.log);
}

fn everything() -> Rights {
    snapshot(&[]).rights
}

#[test]
fn what_a_host_stopped_is_switched_off_and_may_be_switched_on_again() {
    check(
        |script| {
            let stopped = Change::Stopped { source: Source::Microphone, by: id(2), held: false };
            script.change(1, 2, "stopped", stopped);
            script.look();
            script.act("unmute", Action::Switch { source: Source::Microphone, on: true });
            let stopped = Change::Stopped { source: Source::Camera, by: id(9), held: false };
            script.change(1, 3, "stopped", stopped);
            script.look();
        },
        expect![[r#"
            server: stopped
                send Microphone false
                socket 1: Publish(Publishing { microphone: false, camera: true, screen: false })
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera), muted
              ! Stopped { source: Microphone, by: Some("Ana"), held: false }
            unmute
                send Microphone true
                socket 1: Publish(Publishing { microphone: true, camera: true, screen: false })
            server: stopped
                release Camera
                socket 1: Publish(Publishing { microphone: true, camera: false, screen: false })
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: avatar
              ! Stopped { source: Camera, by: None, held: false }
        "#]],
    );
}

#[test]
fn whoever_may_not_speak_does_not_and_is_told_so() {
    check(
        |script| {
            script.change(1, 2, "rights", Change::Rights(Rights { speak: false, ..everything() }));
            script.act("unmute", Action::Switch { source: Source::Microphone, on: true });
            script.look();
            script.change(1, 3, "rights", Change::Rights(everything()));
            script.act("unmute", Action::Switch { source: Source::Microphone, on: true });
        },
        expect![[r#"
            server: rights
                send Microphone false
                socket 1: Publish(Publishing { microphone: false, camera: true, screen: false })
            unmute
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera), muted
              ! MayNotSend { source: Microphone }
            server: rights
            unmute
                send Microphone true
                socket 1: Publish(Publishing { microphone: true, camera: true, screen: false })
        "#]],
    );
}

#[test]
fn a_viewer_who_came_in_with_a_camera_sends_nothing() {
    check(
        |script| {
            script.act("leave", Action::Leave);
            script.join();
            script.captured(3, Source::Microphone, Ok("desk"));
            script.captured(4, Source::Camera, Ok("desk"));
            script.offered(2);
            let mut seen = snapshot(&[(2, "Ana"), (ME, "Bo")]);
            seen.rights = Rights { chat: true, ..Rights::default() };
            script.log.clear();
            let outcome = protocol::JoinOutcome::Joined {
                participant: id(ME),
                ticket: model::Ticket::from_bits(9),
                answer: "answer".to_owned(),
                snapshot: Box::new(seen),
            };
            script.answer("server: joined as a viewer", 3, Ok(crate::ApiAnswer::Joined(outcome)));
            script.look();
        },
        expect![[r#"
            server: joined as a viewer
                keep seat
                peer 2: apply answer
                open socket 2
                send Microphone false
                release Camera
              = InCall { link: Connecting }
              | Ana: avatar
              | Bo: avatar, muted
        "#]],
    );
}

#[test]
fn people_are_warned_five_minutes_and_one_before_the_end() {
    check(
        |script| {
            let room = |ends_at| RoomView { ends_at, ..snapshot(&[]).room };
            // The snapshot came 20 seconds ago, when the server's clock stood at zero.
            script.change(1, 2, "the call ends", Change::Room(room(Some(UnixMillis(400_000)))));
            script.wait(80_000);
            script.timer(Timer::EndsSoon);
            script.look();
            script.wait(240_000);
            script.timer(Timer::EndsSoon);
            script.look();
            script.change(1, 3, "the call is longer", Change::Room(room(Some(UnixMillis(4_000_000)))));
            script.change(1, 4, "the call has no end", Change::Room(room(None)));
        },
        expect![[r#"
            server: the call ends
                timer EndsSoon 80000
            timer EndsSoon
                timer EndsSoon 240000
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera)
              ! EndsSoon { minutes: 5 }
            timer EndsSoon
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera)
              ! EndsSoon { minutes: 1 }
            server: the call is longer
                timer EndsSoon 3360000
            server: the call has no end
        "#]],
    );
}

#[test]
fn the_door_shows_what_the_host_has_to_say() {
    let mut script = Script::new();
    script.join();
    script.offered(1);
    script.waiting(1);
    script.opened(1);
    script.log.clear();
    let notice = model::Notice::parse("Two minutes").ok();
    script.hear(1, "wait", ServerMessage::Waiting { host_present: false, notice });
    script.look();
    expect![[r#"
        server: wait
          = Waiting { host_present: false, reconnecting: false, notice: Some("Two minutes") }
    "#]]
    .assert_eq(&script.log);
}

#[test]
fn a_device_that_comes_late_is_not_sent_without_the_right() {
    check(
        |script| {
            script.act("share", Action::Switch { source: Source::Screen, on: true });
            script.change(1, 2, "rights", Change::Rights(Rights { share: false, ..everything() }));
            let captured = crate::Captured { device: DeviceId(String::new()), label: String::new() };
            let capture = crate::CaptureId(3);
            script.feed("screen", Input::Captured { capture, source: Source::Screen, result: Ok(captured) });
            script.look();
        },
        expect![[r#"
            share
                capture Screen 
            server: rights
            screen
                send Screen true
                release Screen
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera)
        "#]],
    );
}

#[test]
fn people_are_told_what_a_host_made_of_them_and_that_they_may_speak_again() {
    let me = || ParticipantView { camera: false, ..participant(ME, "Bo") };
    check(
        |script| {
            script.change(1, 2, "held", Change::Updated(ParticipantView { held: true, ..me() }));
            script.look();
            script.change(1, 3, "let speak", Change::Updated(me()));
            script.look();
            let made = ParticipantView { role: Role::CoHost, ..me() };
            script.change(1, 4, "made co-host", Change::Updated(made.clone()));
            script.look();
            script.act("read", Action::DismissNotice);
            script.change(1, 5, "unmuted", Change::Updated(ParticipantView { microphone: false, ..made }));
            let ana = ParticipantView { role: Role::CoHost, ..participant(2, "Ana") };
            script.change(1, 6, "somebody else", Change::Updated(ana));
            script.look();
        },
        expect![[r#"
            server: held
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera)
            server: let speak
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera)
              ! MaySpeak
            server: made co-host
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera)
              ! Appointed { role: CoHost }
            read
            server: unmuted
            server: somebody else
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera)
        "#]],
    );
}

#[test]
fn a_viewer_has_no_tile_but_stands_in_the_list() {
    check(
        |script| {
            let viewer = ParticipantView { role: Role::Viewer, ..participant(3, "Cleo") };
            script.change(1, 2, "joined", Change::Joined(viewer));
            script.look();
            let names: Vec<String> = script.call.view().people.into_iter().map(|one| one.name).collect();
            assert_eq!(names, ["Ana", "Bo", "Cleo"]);
            let me = ParticipantView { role: Role::Viewer, ..participant(ME, "Bo") };
            script.change(1, 3, "demoted", Change::Updated(me));
            script.look();
        },
        expect![[r#"
            server: joined
                play Joined
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera)
              ! Joined { name: "Cleo" }
            server: demoted
              = InCall { link: Connected }
              | Ana: avatar
              ! Appointed { role: Viewer }
        "#]],
    );
}

#[test]
fn a_new_host_learns_of_it_by_a_snapshot() {
    check(
        |script| {
            let mut seen = snapshot(&[(2, "Ana"), (ME, "Bo")]);
            seen.participants[1].role = Role::CoHost;
            seen.rights.moderate = true;
            script.hear(1, "snapshot", ServerMessage::Snapshot(Box::new(seen.clone())));
            script.look();
            script.act("read", Action::DismissNotice);
            script.hear(1, "the same again", ServerMessage::Snapshot(Box::new(seen)));
            script.look();
        },
        expect![[r#"
            server: snapshot
                socket 1: Publish(Publishing { microphone: true, camera: true, screen: false })
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera)
              ! Appointed { role: CoHost }
            read
            server: the same again
                socket 1: Publish(Publishing { microphone: true, camera: true, screen: false })
              = InCall { link: Connected }
              | Ana: avatar
              | Bo: Local(Camera)
        "#]],
    );
}

#[test]
fn the_camera_sends_what_somebody_sees() {
    check(
        |script| {
            script.change(1, 2, "small", Change::Layers { camera: 0b001 });
            script.change(1, 3, "small again", Change::Layers { camera: 0b001 });
            script.change(1, 4, "large", Change::Layers { camera: 0b101 });
        },
        expect![[r#"
            server: small
                layers 0b1
            server: small again
            server: large
                layers 0b101
        "#]],
    );
}

#[test]
fn the_camera_gives_up_what_the_room_can_spare() {
    let room = |favour| {
        let room = snapshot(&[]).room;
        Change::Room(RoomView { rules: RoomRules { favour, ..room.rules }, ..room })
    };
    check(
        |script| {
            script.change(1, 2, "sharp", room(Favour::Quality));
            script.change(1, 3, "sharp again", room(Favour::Quality));
            script.change(1, 4, "alive", room(Favour::Continuity));
        },
        expect![[r#"
            server: sharp
                favour Quality
            server: sharp again
            server: alive
                favour Continuity
        "#]],
    );
}
