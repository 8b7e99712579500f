//! One's own picture before the call, as in a mirror.

use crate::device_state::DeviceState;
use crate::icons::{Glyph, Icon};
use crate::words::Words;
use leptos::prelude::*;

/// The frame of one's own picture. The `<video>` is its child and stays there while the camera is off.
#[component]
pub fn SelfView(
    /// The words.
    words: &'static Words,
    /// What the camera does.
    #[prop(into)]
    camera: Signal<DeviceState>,
    /// The `<video>`, muted and playing inline.
    children: Children,
) -> impl IntoView {
    let showing = move || camera.get() == DeviceState::On;
    let text = move || match camera.get() {
        DeviceState::Starting => words.entry.camera_starting,
        DeviceState::Off | DeviceState::On | DeviceState::Failed => words.entry.camera_off,
    };
    let glyph = Signal::derive(move || match camera.get() {
        DeviceState::Starting => Glyph::Wait,
        DeviceState::Off | DeviceState::On | DeviceState::Failed => Glyph::CameraOff,
    });
    view! {
        <div class="self-view" class:self-view--showing=showing>
            <div class="self-view__picture" role="img" aria-label=words.entry.self_view>{children()}</div>
            <div class="self-view__instead">
                <Icon glyph=glyph />
                <p>{text}</p>
            </div>
        </div>
    }
}
