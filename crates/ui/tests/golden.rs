//! What the components write, compared as text. `UPDATE_EXPECT=1 cargo test -p ui --features ssr`
//! rewrites the texts; read the difference before you commit it.
//!
//! The markup is broken into lines and the drawings are left out. Empty comments, which only mark where
//! hydration continues, are left out as well.

use expect_test::{Expect, expect};
use leptos::prelude::*;
use model::{MessageId, ParticipantId, Source};
use ui::words::{DE, EN};
use ui::*;

fn check<V: IntoView>(draw: impl FnOnce() -> V, expected: Expect) {
    let owner = Owner::new();
    let html = owner.with(|| draw().into_view().to_html());
    expected.assert_eq(&in_lines(&html));
}

/// One tag or text per line, indented, without drawings and markers.
fn in_lines(html: &str) -> String {
    let mut lines = String::new();
    let mut depth = 0_usize;
    let mut drawing = false;
    for part in html.replace("<!>", "").split_inclusive('>').flat_map(|part| {
        let (text, tag) = part.split_at(part.find('<').unwrap_or(part.len()));
        [text.to_owned(), tag.to_owned()]
    }) {
        drawing |= part.starts_with("<svg");
        let closes = part.starts_with("</");
        depth = depth.saturating_sub(usize::from(closes));
        if !part.trim().is_empty() && !drawing && !closes {
            lines.push_str(&format!("{:1$}{2}\n", "", depth * 2, part.trim()));
        }
        let stays_open = part.starts_with('<') && !closes && !part.ends_with("/>") && !is_void(&part);
        depth += usize::from(stays_open);
        drawing &= part != "</svg>";
    }
    lines
}

fn is_void(tag: &str) -> bool {
    ["<input", "<br", "<img", "<meta", "<!--"].iter().any(|void| tag.starts_with(void))
}

fn person(bits: u128) -> ParticipantId {
    ParticipantId::from_bits(bits)
}

#[test]
fn a_pending_button_keeps_its_focus_but_says_that_it_is_busy() {
    check(
        || view! { <Button kind=ButtonKind::Primary glyph=Glyph::Plus pending=true>"New room"</Button> },
        expect![[""]],
    );
}

#[test]
fn a_room_can_be_made_by_a_plain_form() {
    check(|| view! { <NewRoomFields words=&EN /> }, expect![[""]]);
}

#[test]
fn a_wrong_code_is_explained_below_its_field() {
    check(|| view! { <JoinByCode words=&EN code="hello" refused=true /> }, expect![[""]]);
}

#[test]
fn a_list_without_rooms_says_what_will_be_in_it() {
    check(|| view! { <HostedRooms words=&DE rooms=RoomList::Ready(Vec::new()) /> }, expect![[""]]);
}

#[test]
fn the_reason_stands_before_the_question_for_devices() {
    check(
        || {
            view! {
                <DeviceCheck
                    words=&EN
                    stage=CheckStage::Ask
                    microphone=DeviceState::Off
                    camera=DeviceState::Off
                    level=0.25
                    on_check=|()| ()
                    on_microphone=|_| ()
                    on_camera=|_| ()
                >
                    <video></video>
                </DeviceCheck>
            }
        },
        expect![[""]],
    );
}

#[test]
fn a_blocked_camera_comes_with_advice_for_this_browser_and_a_way_on() {
    check(
        || {
            view! {
                <DeviceProblemNote
                    words=&EN
                    source=Source::Camera
                    problem=DeviceProblem::Denied
                    browser=BrowserFamily::Firefox
                    on_retry=|()| ()
                    on_without=|()| ()
                />
            }
        },
        expect![[""]],
    );
}

#[test]
fn an_insecure_page_offers_no_second_try() {
    check(
        || {
            view! {
                <DeviceProblemNote
                    words=&EN
                    source=Source::Microphone
                    problem=DeviceProblem::Insecure
                    on_retry=|()| ()
                />
            }
        },
        expect![[""]],
    );
}

#[test]
fn a_waiting_guest_learns_that_the_host_is_away() {
    check(
        || view! { <WaitingPanel words=&EN room_name="Cello" host_present=false on_leave=|()| () /> },
        expect![[""]],
    );
}

#[test]
fn a_denied_guest_may_ask_again_even_without_script() {
    check(
        || view! { <OutcomePanel words=&EN outcome=Outcome::Denied room="/r/bcd-fghj-kmn" /> },
        expect![[""]],
    );
}

#[test]
fn a_tile_says_who_it_is_and_that_they_are_muted() {
    check(
        || {
            let place = Rect { x: 8.0, y: 0.0, width: 320.0, height: 180.0 };
            view! {
                <Tile words=&EN id=person(1) name="Bo Lind" place=Some(place) picture=false muted=true speaking=true>
                    <video></video>
                </Tile>
            }
        },
        expect![[""]],
    );
}

#[test]
fn the_bar_says_what_each_control_does() {
    check(
        || {
            view! {
                <ControlBar
                    words=&EN
                    microphone=DeviceState::On
                    camera=DeviceState::Off
                    screen=None
                    chat_open=false
                    unread=2_usize
                    people_open=true
                    waiting=1_usize
                    on_microphone=|_| ()
                    on_camera=|_| ()
                    on_screen=|_| ()
                    on_chat=|()| ()
                    on_people=|()| ()
                    on_full_screen=|()| ()
                    on_copy_link=|()| ()
                    on_help=|()| ()
                    on_leave=|()| ()
                />
            }
        },
        expect![[""]],
    );
}

#[test]
fn a_knock_is_answered_in_place() {
    check(
        || {
            view! {
                <KnockToast
                    words=&EN
                    name="Bo"
                    count=1_usize
                    on_admit=|()| ()
                    on_admit_all=|()| ()
                    on_deny=|()| ()
                    on_show=|()| ()
                />
            }
        },
        expect![[""]],
    );
}

#[test]
fn several_who_knock_are_admitted_together() {
    check(
        || {
            view! {
                <KnockToast
                    words=&EN
                    name="Bo"
                    count=3_usize
                    on_admit=|()| ()
                    on_admit_all=|()| ()
                    on_deny=|()| ()
                    on_show=|()| ()
                />
            }
        },
        expect![[""]],
    );
}

#[test]
fn a_host_sees_who_waits_and_may_remove_a_guest() {
    check(
        || {
            let waiting = vec![WaitingPerson { id: person(1), name: "Bo".to_owned(), pending: false }];
            let guest = Person {
                id: person(2),
                name: "Chidi".to_owned(),
                mine: false,
                host: false,
                muted: true,
                camera: false,
                screen: false,
                reconnecting: true,
                removable: true,
            };
            view! {
                <PeoplePanel
                    words=&EN
                    waiting=waiting
                    people=vec![guest]
                    on_admit=|_| ()
                    on_admit_all=|()| ()
                    on_deny=|_| ()
                    on_remove=|_| ()
                    on_close=|()| ()
                />
            }
        },
        expect![[""]],
    );
}

#[test]
fn a_message_that_was_not_sent_can_be_sent_again() {
    check(
        || {
            let says = |bits, delivery| ChatEntry {
                id: MessageId::from_bits(bits),
                from: person(1),
                name: "Bo".to_owned(),
                time: "16:02".to_owned(),
                text: "Hello <b>all</b>".to_owned(),
                mine: true,
                delivery,
            };
            let entries = vec![says(1, Delivery::Sent), says(2, Delivery::Failed)];
            let draft = RwSignal::new(String::new());
            view! {
                <ChatPanel
                    words=&EN
                    entries=entries
                    draft=draft
                    on_send=|_| ()
                    on_retry=|_| ()
                    on_close=|()| ()
                />
            }
        },
        expect![[""]],
    );
}

#[test]
fn a_host_may_end_the_call_for_everybody() {
    check(
        || {
            view! {
                <LeaveDialog
                    words=&EN
                    open=true
                    hosting=true
                    on_leave=|()| ()
                    on_end=|()| ()
                    on_stay=|()| ()
                />
            }
        },
        expect![[""]],
    );
}

#[test]
fn a_guest_may_only_leave() {
    check(
        || {
            view! {
                <LeaveDialog
                    words=&EN
                    open=true
                    hosting=false
                    on_leave=|()| ()
                    on_end=|()| ()
                    on_stay=|()| ()
                />
            }
        },
        expect![[""]],
    );
}
