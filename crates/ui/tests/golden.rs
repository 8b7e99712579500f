//! What the components write, compared as text. `UPDATE_EXPECT=1 cargo test -p ui`
//! rewrites the texts; read the difference before you commit it.
//!
//! The markup is broken into lines. Drawings are left out, and so are comments, which only mark where
//! hydration continues.

use expect_test::{Expect, expect};
use leptos::prelude::*;
use model::policy::{Circle, Door};
use model::{MessageId, ParticipantId, Rights, Role, Source};
use ui::words::{DE, EN};
use ui::*;

fn check<V: IntoView>(draw: impl FnOnce() -> V, expected: Expect) {
    expected.assert_eq(&drawn(draw));
}

fn drawn<V: IntoView>(draw: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    in_lines(&owner.with(|| draw().into_view().to_html()))
}

/// One tag or text per line, indented, without drawings and markers.
fn in_lines(html: &str) -> String {
    let mut lines = String::new();
    let mut depth = 0_usize;
    let mut drawing = false;
    for part in without_comments(html).split_inclusive('>').flat_map(|part| {
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

fn without_comments(html: &str) -> String {
    let html = html.replace("<!>", "");
    let mut parts = html.split("<!--");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once("-->").map_or("", |(_, rest)| rest))
}

fn is_void(tag: &str) -> bool {
    ["<input", "<br", "<img", "<meta"].iter().any(|void| tag.starts_with(void))
}

fn person(bits: u128) -> ParticipantId {
    ParticipantId::from_bits(bits)
}

#[test]
fn a_pending_button_keeps_its_focus_but_says_that_it_is_busy() {
    check(
        || view! { <Button kind=ButtonKind::Primary glyph=Glyph::Plus pending=true>"New room"</Button> },
        expect![[r#"
            <button type="button" aria-disabled="true" aria-busy="true" class="button button--primary">
              <span class="button__words">
                New room
        "#]],
    );
}

#[test]
fn a_room_can_be_made_by_a_plain_form() {
    check(
        || view! { <NewRoomFields words=&EN /> },
        expect![[r#"
            <div class="new-room-fields">
              <h2 class="new-room-fields__heading">
                Start a call
              <div class="text-field">
                <label for="new-room-name" class="text-field__label">
                  Room name
                <input id="new-room-name" name="name" type="text" dir="auto" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="80" value="" aria-describedby="new-room-name-below" class="text-field__input">
                <p id="new-room-name-below" class="text-field__below">
                  Optional. Your guests see it.
              <div class="checkbox">
                <input id="new-room-waiting" name="waiting_room" type="checkbox" value="true" checked aria-describedby="new-room-waiting-below" class="checkbox__box">
                <label for="new-room-waiting" class="checkbox__label">
                  Guests wait until you let them in
                <p id="new-room-waiting-below" class="checkbox__hint">
                  Turn this off and everybody with the link walks in.
              <button type="submit" class="button button--primary">
                <span class="button__words">
                  New room
              <button type="submit" name="then" value="settings" class="button button--quiet">
                New room with more options
        "#]],
    );
}

#[test]
fn a_wrong_code_is_explained_below_its_field() {
    check(
        || view! { <JoinByCode words=&EN code="hello" refused=true /> },
        expect![[r#"
        <form method="get" action="/join" class="join-by-code">
          <h2 class="join-by-code__heading">
            Join a call
          <div class="text-field text-field--wrong">
            <label for="join-code" class="text-field__label">
              Code or link
            <input id="join-code" name="code" type="text" dir="auto" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="500" value="hello" aria-invalid="true" aria-describedby="join-code-below" class="text-field__input">
            <p id="join-code-below" role="alert" class="text-field__below">
              This does not look like a room link or code. A code has ten letters, like abc-defg-hjk.
          <button type="submit" class="button button--secondary">
            <span class="button__words">
              Join
    "#]],
    );
}

#[test]
fn a_list_without_rooms_says_what_will_be_in_it() {
    check(
        || view! { <HostedRooms words=&DE rooms=RoomList::Ready(Vec::new()) /> },
        expect![[r#"
        <section aria-labelledby="hosted-rooms" class="hosted-rooms">
          <h2 id="hosted-rooms" class="hosted-rooms__heading">
            Ihre Räume
          <p class="hosted-rooms__note">
            Hier stehen die Räume, die Sie in diesem Browser anlegen.
    "#]],
    );
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
        expect![[r#"
            <section aria-label="Use camera and microphone" class="device-check">
              <div class="device-check__picture">
                <div class="self-view">
                  <div role="img" aria-label="Your picture, as you see it in a mirror" class="self-view__picture">
                    <video>
                  <div class="self-view__instead">
                    <p>
                      Your camera is off
                <div class="device-check__ask">
                  <p class="device-check__why">
                    We ask for your camera and microphone so that others can see and hear you. Nothing is sent before you join.
                  <button type="button" class="button button--primary">
                    <span class="button__words">
                      Use camera and microphone
              <div class="device-check__switches">
                <button type="button" aria-label="Unmute microphone" aria-keyshortcuts="M" data-tip="Unmute microphone (M)" class="control-button control-button--off">
                  <span hidden aria-hidden="true" class="control-button__badge">
                    0
                <button type="button" aria-label="Turn camera on" aria-keyshortcuts="V" data-tip="Turn camera on (V)" class="control-button control-button--off">
                  <span hidden aria-hidden="true" class="control-button__badge">
                    0
                <div role="meter" aria-label="Microphone level" aria-valuemin="0" aria-valuemax="100" aria-valuenow="25" class="level-meter" style="--level:0.25;">
        "#]],
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
        expect![[r#"
            <div role="alert" class="device-problem-note">
              <div class="device-problem-note__words">
                <p class="device-problem-note__what">
                  Your browser does not allow the camera on this page.
                <p class="device-problem-note__fix">
                  Click the crossed-out device to the left of the address, remove the block, then try again.
              <div class="device-problem-note__ways">
                <button type="button" class="button button--secondary">
                  <span class="button__words">
                    Try the camera again
                <button type="button" class="button button--quiet">
                  <span class="button__words">
                    Join without camera
        "#]],
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
        expect![[r#"
            <div role="alert" class="device-problem-note">
              <div class="device-problem-note__words">
                <p class="device-problem-note__what">
                  Camera and microphone only work over a secure connection.
                <p class="device-problem-note__fix">
                  Open this page with an address that starts with https://, then try again.
              <div class="device-problem-note__ways">
        "#]],
    );
}

#[test]
fn a_waiting_guest_learns_that_the_host_is_away() {
    check(
        || view! { <WaitingPanel words=&EN room_name="Cello" host_present=false on_leave=|()| () /> },
        expect![[r#"
            <section aria-labelledby="waiting-title" class="waiting-panel">
              <p dir="auto" class="waiting-panel__room">
                Cello
              <h1 id="waiting-title" tabindex="-1" class="waiting-panel__title">
                You are in the waiting room
              <p role="status" class="waiting-panel__text">
                The host is not here yet. You will be let in once they arrive and say yes.
              <p class="waiting-panel__stay">
                Keep this page open. You will come in by yourself.
              <div role="status" class="host-notice">
              <button type="button" class="button button--secondary">
                <span class="button__words">
                  Stop waiting
        "#]],
    );
}

#[test]
fn a_denied_guest_may_ask_again_even_without_script() {
    check(
        || view! { <OutcomePanel words=&EN outcome=Outcome::Denied room="/r/bcd-fghj-kmn" /> },
        expect![[r#"
            <section aria-labelledby="outcome-title" class="outcome-panel">
              <span class="outcome-panel__sign">
              <h1 id="outcome-title" tabindex="-1" class="outcome-panel__title">
                The host did not let you in
              <p class="outcome-panel__text">
                It may be a bad moment. You can ask again, or get in touch with the host in another way.
              <div class="outcome-panel__ways">
                <a href="/r/bcd-fghj-kmn" rel="external" class="button button--primary">
                  Ask to join again
                <a href="/" class="button button--quiet">
                  Back to the home page
        "#]],
    );
}

#[test]
fn a_tile_says_why_a_picture_is_missing() {
    let tile = |words: &'static Words, missing: Option<&'static str>| {
        drawn(move || {
            let place = Rect { x: 8.0, y: 0.0, width: 320.0, height: 180.0 };
            let missing = Signal::stored(missing);
            view! {
                <Tile words id=person(1) name="Bo" place=Some(place) picture=false missing>
                    <video></video>
                </Tile>
            }
        })
    };
    for (words, why, sentence) in [
        (&EN, EN.call.tile_undecodable, "This browser cannot show Bo’s picture."),
        (&DE, DE.call.tile_undecodable, "Dieser Browser kann das Bild von Bo nicht zeigen."),
        (&EN, EN.call.tile_crowded, "Shown when they speak"),
        (&EN, EN.call.tile_paused, "Paused: your connection is slow"),
    ] {
        let tile = tile(words, Some(why));
        assert!(tile.contains("<p class=\"tile__paused\">") && tile.contains(sentence), "{tile}");
    }
    assert!(tile(&EN, None).contains("<p hidden class=\"tile__paused\">"));
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
        expect![[r#"
            <figure class="tile tile--speaking" style="inset-inline-start:8.0px;inset-block-start:0.0px;inline-size:320.0px;block-size:180.0px;">
              <div class="tile__picture">
                <video>
              <span aria-hidden="true" class="avatar" style="--hue:30;">
                BL
              <p hidden class="tile__paused">
                <span>
              <p hidden class="tile__veil">
                <span>
                  Reconnecting…
              <figcaption class="tile__caption">
                <span class="tile__muted">
                  <span class="visually-hidden">
                    Microphone is off
                <span dir="auto" title="Bo Lind" class="tile__name">
                  Bo Lind
        "#]],
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
                    on_rules=|()| ()
                    on_full_screen=|()| ()
                    on_copy_link=|()| ()
                    on_help=|()| ()
                    on_leave=|()| ()
                />
            }
        },
        expect![[r#"
            <div role="group" aria-label="Call controls" class="control-bar">
              <div class="control-bar__devices">
                <button type="button" aria-label="Mute microphone" aria-keyshortcuts="M" data-tip="Mute microphone (M)" class="control-button">
                  <span hidden aria-hidden="true" class="control-button__badge">
                    0
                <button type="button" aria-label="Turn camera on" aria-keyshortcuts="V" data-tip="Turn camera on (V)" class="control-button control-button--off">
                  <span hidden aria-hidden="true" class="control-button__badge">
                    0
              <div class="control-bar__end">
                <div class="control-bar__panels">
                  <button type="button" aria-label="Chat, 2 new messages" aria-keyshortcuts="C" aria-expanded="false" data-tip="Chat, 2 new messages (C)" class="control-button">
                    <span aria-hidden="true" class="control-button__badge">
                      2
                  <button type="button" aria-label="People, 1 waiting" aria-keyshortcuts="P" aria-expanded="true" data-tip="People, 1 waiting (P)" class="control-button control-button--on">
                    <span aria-hidden="true" class="control-button__badge">
                      1
                  <div class="more-menu">
                    <button type="button" aria-label="More" popovertarget="more-menu" data-tip="More" class="control-button">
                      <span hidden aria-hidden="true" class="control-button__badge">
                        0
                    <div id="more-menu" popover="auto" class="more-menu__list">
                      <button type="button" popovertarget="more-menu" popovertargetaction="hide" class="more-menu__item">
                        <span>
                          Copy the room’s link
                      <button type="button" popovertarget="more-menu" popovertargetaction="hide" aria-keyshortcuts="?" class="more-menu__item">
                        <span>
                          Keyboard shortcuts
                        <kbd aria-hidden="true" class="more-menu__key">
                          ?
                <button type="button" aria-label="Leave the call" aria-keyshortcuts="L" data-tip="Leave the call (L)" class="control-button control-button--danger">
                  <span hidden aria-hidden="true" class="control-button__badge">
                    0
        "#]],
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
                    on_deny_all=|()| ()
                    on_deny=|()| ()
                    on_show=|()| ()
                />
            }
        },
        expect![[r#"
            <div class="knock-toast">
              <p title="Bo" class="knock-toast__who">
                <span dir="auto" class="knock-toast__name">
                  Bo
                <span class="knock-toast__what">
                  wants to join
              <div class="knock-toast__answers">
                <button type="button" aria-label="Deny Bo" class="button button--quiet">
                  <span class="button__words">
                    Deny
                <button type="button" aria-label="Admit Bo" class="button button--primary">
                  <span class="button__words">
                    Admit
        "#]],
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
                    on_deny_all=|()| ()
                    on_deny=|()| ()
                    on_show=|()| ()
                />
            }
        },
        expect![[r#"
            <div class="knock-toast">
              <p title="Bo" class="knock-toast__who">
                <span dir="auto" class="knock-toast__name">
                  Bo
                <span class="knock-toast__what">
                  and 2 more want to join
              <div class="knock-toast__answers">
                <button type="button" class="button button--quiet">
                  <span class="button__words">
                    Deny all
                <button type="button" class="button button--quiet">
                  <span class="button__words">
                    Show all
                <button type="button" class="button button--primary">
                  <span class="button__words">
                    Admit all
        "#]],
    );
}

#[test]
fn a_host_sees_who_waits_and_what_can_be_done_about_a_guest() {
    check(
        || {
            let waits =
                |id, name: &str| WaitingPerson { id: person(id), name: name.to_owned(), pending: false };
            let waiting = vec![waits(1, "Bo"), waits(3, "Cleo")];
            let guest = Person {
                id: person(2),
                name: "Chidi".to_owned(),
                mine: false,
                role: Role::Guest,
                held: true,
                muted: true,
                camera: false,
                screen: false,
                reconnecting: true,
                below: true,
            };
            view! {
                <PeoplePanel
                    words=&EN
                    waiting=waiting
                    people=vec![guest]
                    on_admit=|_| ()
                    on_admit_all=|()| ()
                    on_deny_all=|()| ()
                    on_deny=|_| ()
                    rights=Rights { moderate: true, ..Rights::default() }
                    on_deed=|_| ()
                    on_mute_all=|()| ()
                    on_close=|()| ()
                />
            }
        },
        expect![[r#"
            <section aria-labelledby="people-title" class="side-panel">
              <header class="side-panel__header">
                <h2 id="people-title" tabindex="-1" class="side-panel__title">
                  People
                <button type="button" aria-label="Close" class="side-panel__close">
              <div class="people-panel">
                <section aria-labelledby="people-waiting" class="people-panel__part people-panel__part--waiting">
                  <header class="people-panel__header">
                    <h3 id="people-waiting" class="people-panel__heading">
                      Waiting to join
                      <span class="people-panel__count">
                        2
                    <button type="button" class="button button--secondary">
                      <span class="button__words">
                        Admit all
                  <ul class="people-panel__list">
                    <li class="waiting-line">
                      <span aria-hidden="true" class="avatar" style="--hue:30;">
                        B
                      <span dir="auto" title="Bo" class="waiting-line__name">
                        Bo
                      <span class="waiting-line__answers">
                        <button type="button" aria-label="Deny Bo" class="button button--quiet">
                          <span class="button__words">
                            Deny
                        <button type="button" aria-label="Admit Bo" class="button button--secondary">
                          <span class="button__words">
                            Admit
                        <div class="person-menu">
                          <button type="button" aria-haspopup="menu" aria-label="More about Bo" popovertarget="waiting-00000000000000000000000000000001" class="person-menu__button">
                          <div id="waiting-00000000000000000000000000000001" popover="auto" class="person-menu__list">
                            <p dir="auto" aria-hidden="true" class="person-menu__name">
                              Bo
                            <div role="menu" aria-label="What you can do about Bo">
                              <button type="button" role="menuitem" tabindex="-1" autofocus class="person-menu__item person-menu__item--danger">
                                <span>
                                  Ban…
                    <li class="waiting-line">
                      <span aria-hidden="true" class="avatar" style="--hue:90;">
                        C
                      <span dir="auto" title="Cleo" class="waiting-line__name">
                        Cleo
                      <span class="waiting-line__answers">
                        <button type="button" aria-label="Deny Cleo" class="button button--quiet">
                          <span class="button__words">
                            Deny
                        <button type="button" aria-label="Admit Cleo" class="button button--secondary">
                          <span class="button__words">
                            Admit
                        <div class="person-menu">
                          <button type="button" aria-haspopup="menu" aria-label="More about Cleo" popovertarget="waiting-00000000000000000000000000000003" class="person-menu__button">
                          <div id="waiting-00000000000000000000000000000003" popover="auto" class="person-menu__list">
                            <p dir="auto" aria-hidden="true" class="person-menu__name">
                              Cleo
                            <div role="menu" aria-label="What you can do about Cleo">
                              <button type="button" role="menuitem" tabindex="-1" autofocus class="person-menu__item person-menu__item--danger">
                                <span>
                                  Ban…
                  <footer class="people-panel__header">
                    <button type="button" class="button button--quiet">
                      <span class="button__words">
                        Deny all
                <section aria-labelledby="people-present" class="people-panel__part">
                  <header class="people-panel__header">
                    <h3 id="people-present" class="people-panel__heading">
                      In the call
                      <span class="people-panel__count">
                        1
                  <ul class="people-panel__list">
                    <li class="person-line">
                      <span aria-hidden="true" class="avatar" style="--hue:60;">
                        C
                      <div class="person-line__who">
                        <span dir="auto" title="Chidi" class="person-line__name">
                          Chidi
                        <span class="person-line__rank">
                          <span class="person-line__badge">
                            Guest
                          Reconnecting…
                      <span class="person-line__marks">
                        <span title="Camera is off" class="person-line__mark">
                          <span class="visually-hidden">
                            Camera is off
                        <span title="Muted by a host" class="person-line__mark">
                          <span class="visually-hidden">
                            Muted by a host
                        <span title="Microphone is off" class="person-line__mark">
                          <span class="visually-hidden">
                            Microphone is off
                      <div class="person-menu">
                        <button type="button" aria-haspopup="menu" aria-label="More about Chidi" popovertarget="person-00000000000000000000000000000002" class="person-menu__button">
                        <div id="person-00000000000000000000000000000002" popover="auto" class="person-menu__list">
                          <p dir="auto" aria-hidden="true" class="person-menu__name">
                            Chidi
                          <div role="menu" aria-label="What you can do about Chidi">
                            <button type="button" role="menuitem" tabindex="-1" autofocus class="person-menu__item">
                              <span>
                                Let speak
                            <button type="button" role="menuitem" tabindex="-1" class="person-menu__item">
                              <span>
                                Make participant
                            <button type="button" role="menuitem" tabindex="-1" class="person-menu__item">
                              <span>
                                Make viewer
                            <button type="button" role="menuitem" tabindex="-1" class="person-menu__item person-menu__item--danger">
                              <span>
                                Remove…
                            <button type="button" role="menuitem" tabindex="-1" class="person-menu__item person-menu__item--danger">
                              <span>
                                Ban…
                  <p class="people-panel__alone">
                    Nobody else is here yet. Share the link to invite people.
        "#]],
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
        expect![[r#"
            <section aria-labelledby="chat-title" class="side-panel">
              <header class="side-panel__header">
                <h2 id="chat-title" tabindex="-1" class="side-panel__title">
                  Chat
                <button type="button" aria-label="Close" class="side-panel__close">
              <div class="chat-panel">
                <div tabindex="0" role="log" aria-label="Messages" class="chat-panel__scroll">
                  <ul class="chat-panel__list">
                    <li class="chat-line chat-line--mine">
                      <p class="chat-line__head">
                        <span dir="auto" class="chat-line__name">
                          You
                        <time class="chat-line__time">
                          16:02
                      <p dir="auto" class="chat-line__text">
                        Hello &lt;b&gt;all&lt;/b&gt;
                    <li class="chat-line chat-line--mine chat-line--continued">
                      <p class="chat-line__head visually-hidden">
                        <span dir="auto" class="chat-line__name">
                          You
                        <time class="chat-line__time">
                          16:02
                      <p dir="auto" class="chat-line__text">
                        Hello &lt;b&gt;all&lt;/b&gt;
                      <p class="chat-line__fate chat-line__fate--failed">
                        Not sent.
                        <button type="button" class="chat-line__retry">
                          Send again
                <form class="chat-panel__composer">
                  <div data-text="" class="chat-panel__field">
                    <textarea rows="1" dir="auto" aria-label="Message to everybody" aria-describedby="chat-below" placeholder="Write a message" class="chat-panel__input">
                  <button type="submit" aria-label="Send" aria-disabled="true" class="chat-panel__send">
                  <p id="chat-below" role="status" class="chat-panel__below">
        "#]],
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
        expect![[r#"
            <dialog aria-labelledby="leave-title" closedby="any" class="modal">
              <div class="modal__content">
                <h2 id="leave-title" class="modal__title">
                  Leave the call?
                <div class="leave-dialog">
                  <p class="leave-dialog__text">
                    You can leave and let the others go on, or end the call for everybody.
                  <div class="leave-dialog__ways">
                    <button type="button" autofocus class="button button--primary">
                      <span class="button__words">
                        Leave
                    <button type="button" class="button button--danger">
                      <span class="button__words">
                        End for everybody
                    <button type="button" class="button button--quiet">
                      <span class="button__words">
                        Stay
        "#]],
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
        expect![[r#"
            <dialog aria-labelledby="leave-title" closedby="any" class="modal">
              <div class="modal__content">
                <h2 id="leave-title" class="modal__title">
                  Leave the call?
                <div class="leave-dialog">
                  <p class="leave-dialog__text">
                    The others can go on without you. You can come back with the same link.
                  <div class="leave-dialog__ways">
                    <button type="button" autofocus class="button button--primary">
                      <span class="button__words">
                        Leave
                    <button type="button" class="button button--quiet">
                      <span class="button__words">
                        Stay
        "#]],
    );
}

#[test]
fn the_rules_are_shown_as_they_are() {
    check(
        || {
            let rules = Rules {
                locked: true,
                door: Door::Members,
                share: Circle::Hosts,
                speak: Circle::Everybody,
                chat: Circle::Participants,
                hard_mute: false,
            };
            view! {
                <RoomRulesPanel words=&EN rules=rules settings="/r/abc/settings" on_change=|_| () on_close=|()| () />
            }
        },
        expect![[r#"
            <section aria-labelledby="rules-title" class="side-panel">
              <header class="side-panel__header">
                <h2 id="rules-title" tabindex="-1" class="side-panel__title">
                  Room
                <button type="button" aria-label="Close" class="side-panel__close">
              <div class="room-rules">
                <div class="checkbox">
                  <input id="rule-lock" name="lock" type="checkbox" value="true" checked aria-describedby="rule-lock-below" class="checkbox__box">
                  <label for="rule-lock" class="checkbox__label">
                    Lock the room
                  <p id="rule-lock-below" class="checkbox__hint">
                    Nobody new comes in, not even with an invite. Everybody inside stays.
                <div class="room-rules__choice">
                  <label for="rule-door" class="room-rules__label">
                    Who comes in
                  <div class="room-rules__field">
                    <select id="rule-door" class="room-rules__list">
                      <option value="0">
                        Everybody with the link
                      <option value="1">
                        Guests wait until you let them in
                      <option value="2" selected>
                        Only people with an invite
                <div class="room-rules__choice">
                  <label for="rule-speak" class="room-rules__label">
                    Who may speak and show their camera
                  <div class="room-rules__field">
                    <select id="rule-speak" class="room-rules__list">
                      <option value="0" selected>
                        Everybody
                      <option value="1">
                        Hosts and participants
                      <option value="2">
                        Hosts
                <div class="room-rules__choice">
                  <label for="rule-share" class="room-rules__label">
                    Who may share a screen
                  <div class="room-rules__field">
                    <select id="rule-share" class="room-rules__list">
                      <option value="0">
                        Everybody
                      <option value="1">
                        Hosts and participants
                      <option value="2" selected>
                        Hosts
                <div class="room-rules__choice">
                  <label for="rule-chat" class="room-rules__label">
                    Who may write in the chat
                  <div class="room-rules__field">
                    <select id="rule-chat" class="room-rules__list">
                      <option value="0">
                        Everybody
                      <option value="1" selected>
                        Hosts and participants
                      <option value="2">
                        Hosts
                <div class="checkbox">
                  <input id="rule-hard-mute" name="hard_mute" type="checkbox" value="true" aria-describedby="rule-hard-mute-below" class="checkbox__box">
                  <label for="rule-hard-mute" class="checkbox__label">
                    Whoever you mute stays muted
                  <p id="rule-hard-mute-below" class="checkbox__hint">
                    Until a host lets them speak again.
                <div class="room-rules__more">
                  <a href="/r/abc/settings" target="_blank" rel="noopener" class="room-rules__link">
                    <span>
                      Room settings
                  <p class="room-rules__hint">
                    Opens in a new tab. The call goes on.
        "#]],
    );
}

#[test]
fn the_header_shows_the_lock_and_the_time_that_is_left() {
    check(
        || view! { <CallHeader words=&DE room_name="Cello" locked=true left_ms=Some(299_000)>""</CallHeader> },
        expect![[r#"
            <header class="call-header">
              <div class="call-header__room">
                <h1 dir="auto" title="Cello" class="call-header__name">
                  Cello
                <span title="Der Raum ist abgeschlossen" class="call-header__lock">
                  <span class="visually-hidden">
                    Der Raum ist abgeschlossen
                <span role="timer" class="time-left time-left--short">
                  Noch 4:59
              <div aria-live="polite" class="call-header__notice">
        "#]],
    );
}

#[test]
fn a_question_names_whom_it_is_about_and_what_will_happen() {
    check(
        || {
            let said = &EN.deeds;
            view! {
                <ConfirmDialog
                    id="ask"
                    open=true
                    title=words::named(said.ban_title, "Bo")
                    text=words::named(said.ban_text, "Bo")
                    confirm=said.ban_confirm
                    keep=said.keep
                    on_confirm=|()| ()
                    on_keep=|()| ()
                />
            }
        },
        expect![[r#"
            <dialog aria-labelledby="ask" closedby="any" class="modal">
              <div class="modal__content">
                <h2 id="ask" class="modal__title">
                  Ban Bo from this room?
                <div class="confirm-dialog">
                  <p class="confirm-dialog__text">
                    They are out at once. Bo and their device cannot come back, with no link and no invite, until you allow it in the room’s settings.
                  <div class="confirm-dialog__ways">
                    <button type="button" autofocus class="button button--secondary">
                      <span class="button__words">
                        Cancel
                    <button type="button" class="button button--danger">
                      <span class="button__words">
                        Ban
        "#]],
    );
}

#[test]
fn a_control_at_rest_says_why() {
    check(
        || {
            let why = Some(EN.barred.share_hosts.to_owned());
            view! { <ControlButton glyph=Glyph::Screen label=EN.call.share key="S" barred=why /> }
        },
        expect![[r#"
            <button type="button" aria-label="Share your screen" aria-keyshortcuts="S" aria-disabled="true" aria-description="Only hosts share a screen in this room." data-tip="Only hosts share a screen in this room." class="control-button">
              <span hidden aria-hidden="true" class="control-button__badge">
                0
        "#]],
    );
}

#[test]
fn whoever_may_not_write_can_read_the_chat_and_why() {
    check(
        || {
            let draft = RwSignal::new(String::new());
            let why = Some(EN.barred.chat_hosts.to_owned());
            view! {
                <ChatPanel
                    words=&EN
                    entries=Vec::new()
                    draft=draft
                    on_send=|_| ()
                    on_retry=|_| ()
                    on_close=|()| ()
                    barred=why
                />
            }
        },
        expect![[r#"
            <section aria-labelledby="chat-title" class="side-panel">
              <header class="side-panel__header">
                <h2 id="chat-title" tabindex="-1" class="side-panel__title">
                  Chat
                <button type="button" aria-label="Close" class="side-panel__close">
              <div class="chat-panel">
                <div tabindex="0" role="log" aria-label="Messages" class="chat-panel__scroll">
                  <div class="chat-panel__empty">
                    <p>
                      No messages yet
                    <p>
                      Everybody in the call can read what you write, and it stays with the room.
                  <ul class="chat-panel__list">
                <p class="chat-panel__barred">
                  Only hosts write in this chat. You can read along.
        "#]],
    );
}

#[test]
fn a_call_that_comes_in_is_said_at_once_and_takes_no_focus() {
    let ring = Some(RingView { name: "Bo".to_owned(), stage: RingStage::Incoming });
    check(
        || {
            view! {
                <RingCard words=&EN ring=ring said=String::new() pending=false
                    on_accept=|()| () on_decline=|()| () on_cancel=|()| () />
            }
        },
        expect![[r#"
            <section aria-labelledby="ring" class="ring-card">
              <div role="alert" aria-live="assertive" aria-atomic="true" class="live-region visually-hidden">
                Bo is calling
              <div class="ring-card__call">
                <h2 id="ring" dir="auto" class="ring-card__who">
                  Bo is calling
                <p class="ring-card__hint">
                  You come to the call’s entry page first, and check your camera and microphone there.
                <div class="ring-card__ways">
                  <button type="button" class="button button--secondary">
                    <span class="button__words">
                      Decline
                  <button type="button" class="button button--primary">
                    <span class="button__words">
                      Accept
              <p role="status" class="ring-card__said">
        "#]],
    );
}

#[test]
fn a_contact_is_called_by_a_button_that_names_them() {
    let contact =
        Contact { user: model::UserId::from_bits(7), name: "Bo".to_owned(), reach: ContactReach::InCall };
    check(
        || {
            view! {
                <ContactList words=&DE contacts=vec![contact] locked=false
                    on_call=|_| () on_remove=|_| () on_block=|_| () />
            }
        },
        expect![[r#"
            <section aria-labelledby="contacts" class="contact-list">
              <h2 id="contacts" tabindex="-1" class="contact-list__heading">
                Kontakte
              <ul class="contact-list__lines">
                <li class="contact-list__line">
                  <span aria-hidden="true" class="avatar" style="--hue:210;">
                    B
                  <span class="contact-list__who">
                    <span dir="auto" title="Bo" class="contact-list__name">
                      Bo
                    <span data-reach="busy" class="contact-list__reach">
                      Im Gespräch
                  <button type="button" aria-label="Bo anrufen" class="button button--primary">
                    <span class="button__words">
                      Anrufen
                  <details class="contact-list__more">
                    <summary aria-label="Mehr zu Bo" class="contact-list__summary">
                    <div class="contact-list__deeds">
                      <button type="button" class="button button--secondary">
                        <span class="button__words">
                          Entfernen…
                      <button type="button" class="button button--secondary">
                        <span class="button__words">
                          Blockieren…
        "#]],
    );
}
