//! The bar below the pictures, never over them.
//!
//! ```text
//! │                  🎙  📷  ⤴        💬  👥  ⋯   ⏹ │   wide
//! │      🎙   📷   💬   👥   ⋯   ⏹      │                 a phone: within the thumb's reach
//! ```

use crate::control_button::{ControlButton, ControlTone};
use crate::device_check::{CameraSwitch, MicrophoneSwitch};
use crate::device_state::DeviceState;
use crate::icons::Glyph;
use crate::more_menu::{MenuItem, MoreMenu};
use crate::words::{Words, counted};
use leptos::prelude::*;

/// Why a control is at rest, for each that can be.
#[derive(Clone, Copy, Default)]
pub struct BarredControls {
    pub microphone: Signal<Option<String>>,
    pub camera: Signal<Option<String>>,
    pub screen: Signal<Option<String>>,
}

/// All controls of a call.
#[component]
pub fn ControlBar(
    /// The words.
    words: &'static Words,
    /// What the microphone does.
    #[prop(into)]
    microphone: Signal<DeviceState>,
    /// What the camera does.
    #[prop(into)]
    camera: Signal<DeviceState>,
    /// What screen sharing does; `None` where the browser cannot share.
    #[prop(into)]
    screen: Signal<Option<DeviceState>>,
    /// Why the reader may not use the microphone, the camera or the screen.
    #[prop(optional, into)]
    barred: BarredControls,
    /// Whether the chat is open.
    #[prop(into)]
    chat_open: Signal<bool>,
    /// How many messages nobody read yet.
    #[prop(into)]
    unread: Signal<usize>,
    /// Whether the list of people is open.
    #[prop(into)]
    people_open: Signal<bool>,
    /// How many people wait at the door.
    #[prop(into)]
    waiting: Signal<usize>,
    /// Whether the page fills the screen; `None` where the browser cannot do that.
    #[prop(optional, into)]
    full_screen: Signal<Option<bool>>,
    /// Whether the panel of the room's rules is open; `None` for whoever does not set them.
    #[prop(optional, into)]
    rules_open: Signal<Option<bool>>,
    /// Switches the microphone.
    #[prop(into)]
    on_microphone: Callback<bool>,
    /// Switches the camera.
    #[prop(into)]
    on_camera: Callback<bool>,
    /// Begins or ends sharing the screen.
    #[prop(into)]
    on_screen: Callback<bool>,
    /// Opens or closes the chat.
    #[prop(into)]
    on_chat: Callback<()>,
    /// Opens or closes the list of people.
    #[prop(into)]
    on_people: Callback<()>,
    /// Fills the screen, or does so no longer.
    #[prop(into)]
    on_full_screen: Callback<()>,
    /// Opens or closes the panel of the room's rules.
    #[prop(into)]
    on_rules: Callback<()>,
    /// Copies the room's link.
    #[prop(into)]
    on_copy_link: Callback<()>,
    /// Shows the keyboard shortcuts.
    #[prop(into)]
    on_help: Callback<()>,
    /// Asks whether to leave.
    #[prop(into)]
    on_leave: Callback<()>,
) -> impl IntoView {
    let call = &words.call;
    view! {
        <div class="control-bar" role="group" aria-label=call.controls>
            <div class="control-bar__devices">
                <MicrophoneSwitch
                    words=words
                    state=microphone
                    barred=barred.microphone
                    on_switch=on_microphone
                />
                <CameraSwitch words=words state=camera barred=barred.camera on_switch=on_camera />
                <ScreenSwitch words=words state=screen barred=barred.screen on_switch=on_screen />
            </div>
            <div class="control-bar__end">
                <div class="control-bar__panels">
                    <ChatSwitch words=words open=chat_open unread=unread on_press=on_chat />
                    <PeopleSwitch words=words open=people_open waiting=waiting on_press=on_people />
                    <MoreMenu label=call.more>
                        <RulesItem words=words open=rules_open on_press=on_rules />
                        <MenuItem glyph=Glyph::Link label=call.copy_link on_press=on_copy_link />
                        <FullScreenItem words=words full=full_screen on_press=on_full_screen />
                        <MenuItem glyph=Glyph::Keyboard label=call.help key="?" on_press=on_help />
                    </MoreMenu>
                </div>
                <ControlButton
                    glyph=Glyph::Leave
                    label=call.leave
                    key="L"
                    tone=ControlTone::Danger
                    on_press=on_leave
                />
            </div>
        </div>
    }
}

#[component]
fn ScreenSwitch(
    words: &'static Words,
    state: Signal<Option<DeviceState>>,
    barred: Signal<Option<String>>,
    on_switch: Callback<bool>,
) -> impl IntoView {
    let on = move || state.get() == Some(DeviceState::On);
    let label = move || if on() { words.call.stop_sharing } else { words.call.share };
    view! {
        <Show when=move || state.with(Option::is_some)>
            <ControlButton
                glyph=Glyph::Screen
                label=Signal::derive(move || label().to_owned())
                key="S"
                barred=barred
                tone=Signal::derive(move || if on() { ControlTone::On } else { ControlTone::Plain })
                pending=Signal::derive(move || state.get() == Some(DeviceState::Starting))
                on_press=move |()| on_switch.run(state.get_untracked() != Some(DeviceState::On))
            />
        </Show>
    }
}

#[component]
fn ChatSwitch(
    words: &'static Words,
    open: Signal<bool>,
    unread: Signal<usize>,
    on_press: Callback<()>,
) -> impl IntoView {
    let call = &words.call;
    let label = move || match unread.get() {
        0 => call.chat.to_owned(),
        some => counted(call.chat_unread_one, call.chat_unread_many, some),
    };
    view! {
        <ControlButton
            glyph=Glyph::Chat
            label=Signal::derive(label)
            key="C"
            tone=panel_tone(open)
            expanded=open
            badge=unread
            on_press=on_press
        />
    }
}

#[component]
fn PeopleSwitch(
    words: &'static Words,
    open: Signal<bool>,
    waiting: Signal<usize>,
    on_press: Callback<()>,
) -> impl IntoView {
    let call = &words.call;
    let label = move || match waiting.get() {
        0 => call.people.to_owned(),
        some => counted(call.people_waiting_one, call.people_waiting_many, some),
    };
    view! {
        <ControlButton
            glyph=Glyph::People
            label=Signal::derive(label)
            key="P"
            tone=panel_tone(open)
            expanded=open
            badge=waiting
            on_press=on_press
        />
    }
}

#[component]
fn RulesItem(words: &'static Words, open: Signal<Option<bool>>, on_press: Callback<()>) -> impl IntoView {
    view! {
        <Show when=move || open.with(Option::is_some)>
            <MenuItem glyph=Glyph::Rules label=words.rules.open key="R" on_press=on_press />
        </Show>
    }
}

#[component]
fn FullScreenItem(
    words: &'static Words,
    full: Signal<Option<bool>>,
    on_press: Callback<()>,
) -> impl IntoView {
    let on = move || full.get() == Some(true);
    let label = move || if on() { words.call.leave_full_screen } else { words.call.full_screen };
    view! {
        <Show when=move || full.with(Option::is_some)>
            <MenuItem
                glyph=Signal::derive(move || if on() { Glyph::Shrink } else { Glyph::Grow })
                label=Signal::derive(move || label().to_owned())
                key="F"
                on_press=on_press
            />
        </Show>
    }
}

fn panel_tone(open: Signal<bool>) -> Signal<ControlTone> {
    Signal::derive(move || if open.get() { ControlTone::On } else { ControlTone::Plain })
}
