//! Camera and microphone before the call: first why, then the browser's question, then the picture.
//!
//! ```text
//! Ask ──press──▶ Asking ──the browser answers──▶ Open
//! ```
//! In `Ask` and `Asking` the words stand where the picture will be, so that nothing moves when it comes.

use crate::button::{Button, ButtonKind};
use crate::control_button::{ControlButton, ControlTone};
use crate::device_state::DeviceState;
use crate::icons::Glyph;
use crate::level_meter::LevelMeter;
use crate::self_view::SelfView;
use crate::words::Words;
use leptos::prelude::*;

/// How far the check has come.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum CheckStage {
    /// Nobody asked the browser yet: the page says why it will.
    #[default]
    Ask,
    /// The browser asks the person.
    Asking,
    /// The browser has answered, whatever the answer.
    Open,
}

/// One's own picture with the switches for microphone and camera and the level below it.
#[component]
pub fn DeviceCheck(
    /// The words.
    words: &'static Words,
    /// How far the check has come.
    #[prop(into)]
    stage: Signal<CheckStage>,
    /// What the microphone does.
    #[prop(into)]
    microphone: Signal<DeviceState>,
    /// What the camera does.
    #[prop(into)]
    camera: Signal<DeviceState>,
    /// The microphone's level, 0 to 1.
    #[prop(into)]
    level: Signal<f64>,
    /// The press that makes the browser ask.
    #[prop(into)]
    on_check: Callback<()>,
    /// Switches the microphone on or off.
    #[prop(into)]
    on_microphone: Callback<bool>,
    /// Switches the camera on or off.
    #[prop(into)]
    on_camera: Callback<bool>,
    /// The `<video>` of one's own picture.
    children: Children,
) -> impl IntoView {
    let open = move || stage.get() == CheckStage::Open;
    let asking = Signal::derive(move || stage.get() == CheckStage::Asking);
    view! {
        <section class="device-check" aria-label=words.entry.use_devices>
            <div class="device-check__picture" class:device-check__picture--open=open>
                <SelfView words=words camera=camera>{children()}</SelfView>
                <Show when=move || !open()>
                    <div class="device-check__ask">
                        <p class="device-check__why">
                            {move || if asking.get() { words.entry.asking_hint } else { words.entry.why }}
                        </p>
                        <Button
                            kind=ButtonKind::Primary
                            glyph=Glyph::Camera
                            pending=asking
                            on_press=move |()| on_check.run(())
                        >
                            {move || if asking.get() { words.entry.asking } else { words.entry.use_devices }}
                        </Button>
                    </div>
                </Show>
            </div>
            <div class="device-check__switches">
                <MicrophoneSwitch words=words state=microphone on_switch=on_microphone />
                <CameraSwitch words=words state=camera on_switch=on_camera />
                <LevelMeter label=words.devices.level level=level />
            </div>
        </section>
    }
}

/// The microphone's switch, the same before and in the call.
#[component]
pub(crate) fn MicrophoneSwitch(
    words: &'static Words,
    #[prop(into)] state: Signal<DeviceState>,
    #[prop(optional)] barred: Signal<Option<String>>,
    #[prop(into)] on_switch: Callback<bool>,
) -> impl IntoView {
    let on = move || state.get() == DeviceState::On;
    view! {
        <ControlButton
            glyph=Signal::derive(move || if on() { Glyph::Microphone } else { Glyph::MicrophoneOff })
            label=Signal::derive(move || {
                match state.get() {
                    DeviceState::Starting => words.call.starting,
                    DeviceState::On => words.call.mute,
                    DeviceState::Off | DeviceState::Failed => words.call.unmute,
                }
                .to_owned()
            })
            key="M"
            barred=barred
            tone=Signal::derive(move || tone(state.get()))
            pending=Signal::derive(move || state.get() == DeviceState::Starting)
            on_press=move |()| on_switch.run(state.get_untracked() != DeviceState::On)
        />
    }
}

/// The camera's switch, the same before and in the call.
#[component]
pub(crate) fn CameraSwitch(
    words: &'static Words,
    #[prop(into)] state: Signal<DeviceState>,
    #[prop(optional)] barred: Signal<Option<String>>,
    #[prop(into)] on_switch: Callback<bool>,
) -> impl IntoView {
    let on = move || state.get() == DeviceState::On;
    view! {
        <ControlButton
            glyph=Signal::derive(move || if on() { Glyph::Camera } else { Glyph::CameraOff })
            label=Signal::derive(move || {
                match state.get() {
                    DeviceState::Starting => words.call.starting,
                    DeviceState::On => words.call.stop_camera,
                    DeviceState::Off | DeviceState::Failed => words.call.start_camera,
                }
                .to_owned()
            })
            key="V"
            barred=barred
            tone=Signal::derive(move || tone(state.get()))
            pending=Signal::derive(move || state.get() == DeviceState::Starting)
            on_press=move |()| on_switch.run(state.get_untracked() != DeviceState::On)
        />
    }
}

fn tone(state: DeviceState) -> ControlTone {
    match state {
        DeviceState::On | DeviceState::Starting => ControlTone::Plain,
        DeviceState::Off => ControlTone::Off,
        DeviceState::Failed => ControlTone::Warning,
    }
}
