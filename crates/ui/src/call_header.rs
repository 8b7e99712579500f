//! The line above the pictures: the room's name, and the one place where notices appear.

use leptos::prelude::*;

/// The room's name and the notice. The line is always there, so that a notice moves nothing and is read
/// out when it comes.
#[component]
pub fn CallHeader(
    /// The room's name.
    #[prop(into)]
    room_name: Signal<String>,
    /// At most one of `NoticeBar`, `KnockToast` and `SoundBlocked`.
    children: Children,
) -> impl IntoView {
    view! {
        <header class="call-header">
            <h1 class="call-header__room" dir="auto" title=move || room_name.get()>
                {move || room_name.get()}
            </h1>
            <div class="call-header__notice" aria-live="polite">{children()}</div>
        </header>
    }
}
