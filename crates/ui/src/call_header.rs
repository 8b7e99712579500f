//! The line above the pictures: the room's name and state, and the one place where notices appear.

use crate::icons::{Glyph, Icon};
use crate::time_left::TimeLeft;
use crate::words::Words;
use leptos::prelude::*;

/// The room's name, its marks and the notice. The line is always there, so that a notice moves nothing and
/// is read out when it comes.
#[component]
pub fn CallHeader(
    /// The words.
    words: &'static Words,
    /// The room's name.
    #[prop(into)]
    room_name: Signal<String>,
    /// Whether a host locked the door.
    #[prop(optional, into)]
    locked: Signal<bool>,
    /// How long the call may still last, if it must end.
    #[prop(optional, into)]
    left_ms: Signal<Option<u64>>,
    /// How it stands with paid time, where somebody paid.
    #[prop(optional, into)]
    paid: Signal<Option<&'static str>>,
    /// Where more time is paid for, and what that says, for whoever may have it.
    #[prop(optional, into)]
    extend: Signal<Option<(String, String)>>,
    /// At most one of `NoticeBar`, `KnockToast` and `SoundBlocked`.
    children: Children,
) -> impl IntoView {
    let left = move || left_ms.get().unwrap_or_default();
    view! {
        <header class="call-header">
            <div class="call-header__room">
                <h1 class="call-header__name" dir="auto" title=move || room_name.get()>
                    {move || room_name.get()}
                </h1>
                <Show when=move || locked.get()>
                    <span class="call-header__lock" title=words.rules.locked_mark>
                        <Icon glyph=Glyph::Lock />
                        <span class="visually-hidden">{words.rules.locked_mark}</span>
                    </span>
                </Show>
                {move || paid.get().map(|paid| view! { <span class="call-header__paid">{paid}</span> })}
                {move || {
                    extend.get().map(|(action, text)| view! {
                        // The call goes on here while its payer pays in another page.
                        <form class="call-header__extend" method="post" action=action target="_blank">
                            <button class="button button--secondary">
                                <span class="visually-hidden">{words.pay.add_time}</span>
                                " "{text}
                            </button>
                        </form>
                    })
                }}
                <Show when=move || left_ms.with(Option::is_some)>
                    <TimeLeft words=words left_ms=Signal::derive(left) />
                </Show>
            </div>
            <div class="call-header__notice" aria-live="polite">{children()}</div>
        </header>
    }
}
