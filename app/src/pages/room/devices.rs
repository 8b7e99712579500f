//! The device check: why, the browser's prompt on a click, self view, level, pickers, speaker test, and
//! what to do about a device that cannot be had.

use super::picture::LivePicture;
use crate::dom;
use crate::language::words;
use crate::room::RoomCall;
use call::view::{DeviceView, DevicesView, Picture};
use call::{Action, DeviceId, DeviceKind};
use leptos::prelude::*;
use model::Source;
use std::time::Duration;
use ui::{
    CheckStage, DeviceCheck, DeviceOption, DevicePicker, DeviceProblem, DeviceProblemNote, DeviceState,
    Glyph, SpeakerTest,
};

/// How long the speaker test plays.
const TEST: Duration = Duration::from_millis(1_500);

/// Everything about the own devices before the call.
#[component]
pub fn DevicePanel(
    /// The call.
    call: RoomCall,
) -> impl IntoView {
    let words = words();
    let stage = call.part(|view| check_stage(&view.devices));
    let own = Signal::derive(move || {
        call.view().with(|view| view.publishing.camera).then_some(Picture::Local(Source::Camera))
    });
    // What a muted microphone hears is nobody's business: for the person it is off.
    let level =
        move || if call.view().with(|view| view.publishing.microphone) { call.level().get() } else { 0.0 };
    view! {
        <DeviceCheck
            words
            stage
            microphone=state(call, Source::Microphone)
            camera=state(call, Source::Camera)
            level=Signal::derive(move || f64::from(level()))
            on_check=Callback::new(move |()| call.act(Action::CheckDevices))
            on_microphone=switch(call, Source::Microphone)
            on_camera=switch(call, Source::Camera)
        >
            <LivePicture call picture=own />
        </DeviceCheck>
        <ProblemNote call source=Source::Microphone />
        <ProblemNote call source=Source::Camera />
        <Show when=move || stage.get() == CheckStage::Open>
            <Pickers call />
        </Show>
    }
}

/// How one source looks on its switch.
pub fn state(call: RoomCall, source: Source) -> Signal<DeviceState> {
    let state = call.part(move |view| match (device(&view.devices, source), view.publishing.has(source)) {
        (DeviceView::On { .. }, true) => DeviceState::On,
        // A muted microphone is captured, but for the person it is off.
        (DeviceView::On { .. }, false) | (DeviceView::Off, _) => DeviceState::Off,
        (DeviceView::Asking, _) => DeviceState::Starting,
        (DeviceView::Failed(_), _) => DeviceState::Failed,
    });
    state.into()
}

/// Switches one source.
pub fn switch(call: RoomCall, source: Source) -> Callback<bool> {
    Callback::new(move |on| call.act(Action::Switch { source, on }))
}

/// The problem as the components know it.
pub const fn problem(problem: call::DeviceProblem) -> DeviceProblem {
    match problem {
        call::DeviceProblem::Denied => DeviceProblem::Denied,
        call::DeviceProblem::Missing => DeviceProblem::Missing,
        call::DeviceProblem::Busy => DeviceProblem::Busy,
        call::DeviceProblem::Insecure => DeviceProblem::Insecure,
        call::DeviceProblem::Unsupported => DeviceProblem::Unsupported,
        call::DeviceProblem::Ended => DeviceProblem::Ended,
    }
}

const fn device(devices: &DevicesView, source: Source) -> &DeviceView {
    match source {
        Source::Microphone => &devices.microphone,
        Source::Camera => &devices.camera,
        Source::Screen => &devices.screen,
    }
}

fn check_stage(devices: &DevicesView) -> CheckStage {
    match (&devices.microphone, &devices.camera) {
        (DeviceView::Off, DeviceView::Off) if devices.devices.is_empty() => CheckStage::Ask,
        (DeviceView::Asking, DeviceView::Asking) => CheckStage::Asking,
        _ => CheckStage::Open,
    }
}

/// Why a device cannot be had, how to mend it, and the way on without it.
#[component]
fn ProblemNote(call: RoomCall, source: Source) -> impl IntoView {
    let words = words();
    let failed = call.part(move |view| match device(&view.devices, source) {
        DeviceView::Failed(why) => Some(*why),
        DeviceView::Off | DeviceView::Asking | DeviceView::On { .. } => None,
    });
    let note = move |why| {
        let on = move |on: bool| Callback::new(move |()| call.act(Action::Switch { source, on }));
        view! {
            <DeviceProblemNote
                words
                source
                problem=problem(why)
                browser=dom::family()
                on_retry=on(true)
                on_without=on(false)
            />
        }
    };
    move || failed.get().map(note)
}

/// The lists of microphones, cameras and speakers.
#[component]
fn Pickers(call: RoomCall) -> impl IntoView {
    let words = words();
    let devices = &words.devices;
    let speaker = RwSignal::new(String::new());
    let speakers = options(call, DeviceKind::Speaker, devices.unnamed_speaker);
    let playing = RwSignal::new(false);
    let choose = move |source| {
        Callback::new(move |id: String| call.act(Action::ChooseDevice { source, device: DeviceId(id) }))
    };
    let on_speaker = Callback::new(move |id: String| {
        call.set_speaker(DeviceId(id.clone()));
        speaker.set(id);
    });
    let on_test = Callback::new(move |()| {
        call.test_speaker();
        playing.set(true);
        set_timeout(
            move || {
                playing.try_set(false);
            },
            TEST,
        );
    });
    view! {
        <div class="device-lists">
            <DevicePicker
                id="microphones"
                label=devices.microphone
                glyph=Glyph::Microphone
                options=options(call, DeviceKind::Microphone, devices.unnamed_microphone)
                chosen=chosen(call, Source::Microphone)
                none=none(call, Source::Microphone, devices.microphone_missing)
                on_change=choose(Source::Microphone)
            />
            <DevicePicker
                id="cameras"
                label=devices.camera
                glyph=Glyph::Camera
                options=options(call, DeviceKind::Camera, devices.unnamed_camera)
                chosen=chosen(call, Source::Camera)
                none=none(call, Source::Camera, devices.camera_missing)
                on_change=choose(Source::Camera)
            />
            <DevicePicker
                id="speakers"
                label=devices.speaker
                glyph=Glyph::Speaker
                options=speakers
                chosen=Signal::derive(move || {
                    // Until somebody chooses, the first of the list plays.
                    let first = || speakers.with(|all| all.first().map(|one| one.id.clone()));
                    Some(speaker.get()).filter(|chosen| !chosen.is_empty()).or_else(first).unwrap_or_default()
                })
                none=devices.system_default
                on_change=on_speaker
            />
            <SpeakerTest words playing on_test />
        </div>
    }
}

/// Why there is nothing to choose from: a browser that does not allow a device does not tell of any.
fn none(call: RoomCall, source: Source, missing: &'static str) -> Signal<String> {
    let denied = words().devices.not_allowed;
    let why = call.part(move |view| match device(&view.devices, source) {
        DeviceView::Failed(call::DeviceProblem::Denied) => denied,
        DeviceView::Failed(_) | DeviceView::Off | DeviceView::Asking | DeviceView::On { .. } => missing,
    });
    Signal::derive(move || why.get().to_owned())
}

fn options(call: RoomCall, kind: DeviceKind, unnamed: &'static str) -> Signal<Vec<DeviceOption>> {
    let options = call.part(move |view| {
        let of_kind = view.devices.devices.iter().filter(|device| device.kind == kind);
        let option = |(index, device): (usize, &call::Device)| DeviceOption {
            id: device.id.0.clone(),
            label: if device.label.is_empty() {
                unnamed.replace("{count}", &(index + 1).to_string())
            } else {
                device.label.clone()
            },
        };
        of_kind.enumerate().map(option).collect::<Vec<_>>()
    });
    options.into()
}

fn chosen(call: RoomCall, source: Source) -> Signal<String> {
    let chosen = call.part(move |view| match device(&view.devices, source) {
        DeviceView::On { device } => device.0.clone(),
        DeviceView::Off | DeviceView::Asking | DeviceView::Failed(_) => String::new(),
    });
    chosen.into()
}
