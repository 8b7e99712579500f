//! What this browser captures: one small machine per source.
//!
//! ```text
//! Off ──switch on──▶ Asking ──▶ On ◀──▶ Changing        a muted microphone stays On: it is captured,
//!  ▲                   │        │                        so that unmuting is instant, but not sent
//!  └── Failed ◀────────┴────────┘ unplugged, revoked
//! ```
//!
//! Invariant: an answer for a capture that is no longer awaited changes nothing.
//! Not here: tracks, prompts, and the question whether a peer connection exists.

use crate::Counters;
use crate::effect::{CaptureId, DeviceId, Effect};
use crate::input::{Captured, Device, DeviceProblem};
use crate::view::{DeviceView, DevicesView};
use model::Source;
use protocol::Publishing;

/// All that is known of the devices.
#[derive(Debug, Default)]
pub struct Devices {
    pub(crate) list: Vec<Device>,
    microphone: Capture,
    camera: Capture,
    screen: Capture,
    /// Whether the person muted the microphone.
    muted: bool,
    /// What the person last picked, so that switching off and on keeps it.
    chosen_microphone: Option<DeviceId>,
    chosen_camera: Option<DeviceId>,
}

/// One source.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
enum Capture {
    #[default]
    Off,
    Asking {
        capture: CaptureId,
    },
    On {
        device: DeviceId,
    },
    /// Still on with the old device while the new one is being opened.
    Changing {
        device: DeviceId,
        capture: CaptureId,
    },
    Failed(DeviceProblem),
}

impl Capture {
    fn awaits(&self, id: CaptureId) -> bool {
        match self {
            Self::Asking { capture } | Self::Changing { capture, .. } => *capture == id,
            Self::Off | Self::On { .. } | Self::Failed(_) => false,
        }
    }

    const fn is_on(&self) -> bool {
        matches!(self, Self::On { .. } | Self::Changing { .. })
    }

    const fn may_ask(&self) -> bool {
        matches!(self, Self::Off | Self::Failed(_))
    }

    fn view(&self) -> DeviceView {
        match self {
            Self::Off => DeviceView::Off,
            Self::Asking { .. } => DeviceView::Asking,
            Self::On { device } | Self::Changing { device, .. } => DeviceView::On { device: device.clone() },
            Self::Failed(problem) => DeviceView::Failed(*problem),
        }
    }
}

impl Devices {
    /// What would be sent over a peer connection just now.
    pub(crate) const fn publishing(&self) -> Publishing {
        Publishing {
            microphone: self.microphone.is_on() && !self.muted,
            camera: self.camera.is_on(),
            screen: self.screen.is_on(),
        }
    }

    pub(crate) fn view(&self) -> DevicesView {
        DevicesView {
            microphone: self.microphone.view(),
            camera: self.camera.view(),
            screen: self.screen.view(),
            devices: self.list.clone(),
        }
    }

    /// Opens whatever of microphone and camera is not open yet.
    pub(crate) fn check(&mut self, counters: &mut Counters, effects: &mut Vec<Effect>) {
        match (self.microphone.may_ask(), self.camera.may_ask()) {
            (true, true) => {
                let (microphone, camera) = (counters.capture(), counters.capture());
                self.microphone = Capture::Asking { capture: microphone };
                self.camera = Capture::Asking { capture: camera };
                self.muted = false;
                effects.push(Effect::CaptureBoth {
                    microphone,
                    microphone_device: self.chosen_microphone.clone(),
                    camera,
                    camera_device: self.chosen_camera.clone(),
                });
            }
            (true, false) => self.switch(Source::Microphone, true, counters, effects),
            (false, true) => self.switch(Source::Camera, true, counters, effects),
            (false, false) => {}
        }
    }

    /// Opens again what was on when the person left. A screen is picked anew, so it is not taken up.
    pub(crate) fn take_up(&mut self, had: Publishing, counters: &mut Counters, effects: &mut Vec<Effect>) {
        match (had.microphone, had.camera) {
            (true, true) => self.check(counters, effects),
            (true, false) => self.switch(Source::Microphone, true, counters, effects),
            (false, true) => self.switch(Source::Camera, true, counters, effects),
            (false, false) => {}
        }
    }

    /// Turns a source on or off, as the person asked.
    pub(crate) fn switch(
        &mut self,
        source: Source,
        on: bool,
        counters: &mut Counters,
        effects: &mut Vec<Effect>,
    ) {
        if source == Source::Microphone {
            self.muted = !on;
            if self.microphone.is_on() {
                effects.push(Effect::Send { source, on });
                return;
            }
        }
        let device = self.chosen(source).clone();
        let state = self.capture_mut(source);
        if !on {
            if *state != Capture::Off {
                *state = Capture::Off;
                effects.push(Effect::Release { source });
            }
        } else if state.may_ask() {
            let capture = counters.capture();
            *state = Capture::Asking { capture };
            effects.push(Effect::Capture { capture, source, device });
        }
    }

    /// Changes to another device; one that is off stays off and remembers the choice.
    pub(crate) fn choose(
        &mut self,
        source: Source,
        device: DeviceId,
        counters: &mut Counters,
        effects: &mut Vec<Effect>,
    ) {
        *self.chosen_mut(source) = Some(device.clone());
        let state = self.capture_mut(source);
        let capture = counters.capture();
        *state = match state {
            Capture::Off => return,
            Capture::On { device } | Capture::Changing { device, .. } => {
                Capture::Changing { device: device.clone(), capture }
            }
            Capture::Asking { .. } | Capture::Failed(_) => Capture::Asking { capture },
        };
        effects.push(Effect::Capture { capture, source, device: Some(device) });
    }

    /// Takes in the browser's answer. Returns a problem that the person should hear of.
    pub(crate) fn captured(
        &mut self,
        capture: CaptureId,
        source: Source,
        result: Result<Captured, DeviceProblem>,
        effects: &mut Vec<Effect>,
    ) -> Option<DeviceProblem> {
        let state = self.capture_mut(source);
        if !state.awaits(capture) {
            // The person changed their mind meanwhile: nobody wants this track. (While another capture is
            // awaited, the shell itself stops the late one.)
            if result.is_ok() && state.may_ask() {
                effects.push(Effect::Release { source });
            }
            return None;
        }
        match result {
            Ok(captured) => {
                *state = Capture::On { device: captured.device };
                let on = self.publishing().has(source);
                effects.push(Effect::Send { source, on });
                if source != Source::Screen {
                    effects.push(Effect::ListDevices);
                }
                None
            }
            Err(problem) => {
                *state = match state {
                    // The new device failed; the old one goes on.
                    Capture::Changing { device, .. } => Capture::On { device: device.clone() },
                    // Closing the screen picker is a decision, not a failure.
                    Capture::Asking { .. }
                        if source == Source::Screen && problem == DeviceProblem::Denied =>
                    {
                        Capture::Off
                    }
                    Capture::Off | Capture::Asking { .. } | Capture::On { .. } | Capture::Failed(_) => {
                        Capture::Failed(problem)
                    }
                };
                (*state != Capture::Off).then_some(problem)
            }
        }
    }

    /// A track ended by itself. A lost microphone or camera is replaced by the browser's default one, if
    /// the person had picked the lost one; otherwise it has failed and says so.
    pub(crate) fn ended(
        &mut self,
        source: Source,
        counters: &mut Counters,
        effects: &mut Vec<Effect>,
    ) -> Option<DeviceProblem> {
        if !self.capture_mut(source).is_on() {
            return None;
        }
        effects.push(Effect::Release { source });
        if source == Source::Screen {
            self.screen = Capture::Off;
            return None;
        }
        if self.chosen_mut(source).take().is_some() {
            let capture = counters.capture();
            *self.capture_mut(source) = Capture::Asking { capture };
            effects.push(Effect::Capture { capture, source, device: None });
        } else {
            *self.capture_mut(source) = Capture::Failed(DeviceProblem::Ended);
        }
        Some(DeviceProblem::Ended)
    }

    /// Gives everything back: the camera's light goes out.
    pub(crate) fn release_all(&mut self, effects: &mut Vec<Effect>) {
        for source in [Source::Microphone, Source::Camera, Source::Screen] {
            let state = self.capture_mut(source);
            if *state != Capture::Off {
                *state = Capture::Off;
                effects.push(Effect::Release { source });
            }
        }
    }

    const fn capture_mut(&mut self, source: Source) -> &mut Capture {
        match source {
            Source::Microphone => &mut self.microphone,
            Source::Camera => &mut self.camera,
            Source::Screen => &mut self.screen,
        }
    }

    const fn chosen(&self, source: Source) -> &Option<DeviceId> {
        match source {
            Source::Microphone => &self.chosen_microphone,
            Source::Camera => &self.chosen_camera,
            Source::Screen => &None,
        }
    }

    const fn chosen_mut(&mut self, source: Source) -> &mut Option<DeviceId> {
        match source {
            Source::Microphone => &mut self.chosen_microphone,
            // A screen is picked anew each time, so nothing ever stands here for it.
            Source::Camera | Source::Screen => &mut self.chosen_camera,
        }
    }
}
