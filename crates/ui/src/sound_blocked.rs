//! The browser will not play the others' sound before a press.

use crate::notice_bar::{NoticeBar, NoticeTone};
use crate::words::Words;
use leptos::prelude::*;

/// A notice with the press that the browser waits for.
#[component]
pub fn SoundBlocked(
    /// The words.
    words: &'static Words,
    /// Starts the sound.
    #[prop(into)]
    on_allow: Callback<()>,
) -> impl IntoView {
    view! {
        <NoticeBar
            text=words.call.sound_blocked
            tone=NoticeTone::Warning
            action=words.call.sound_allow
            on_action=on_allow
        />
    }
}
