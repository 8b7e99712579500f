//! The choice of devices: side by side where there is space, and after the door on phones, because most
//! people never need it.

use leptos::prelude::*;

/// Lays out pickers and the speaker test.
#[component]
pub fn DeviceLists(
    /// Each [`DevicePicker`](crate::DevicePicker), then [`SpeakerTest`](crate::SpeakerTest).
    children: Children,
) -> impl IntoView {
    view! { <div class="device-lists">{children()}</div> }
}
