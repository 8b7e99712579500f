//! The keys of a call.

use crate::button::Button;
use crate::checkbox::Checkbox;
use crate::modal::Modal;
use crate::words::Words;
use leptos::prelude::*;

/// The list of keyboard shortcuts, and the switch that turns them off.
#[component]
pub fn ShortcutSheet(
    /// The words.
    words: &'static Words,
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Whether the shortcuts work.
    #[prop(into)]
    enabled: Signal<bool>,
    /// Turns the shortcuts on or off.
    #[prop(into)]
    on_enabled: Callback<bool>,
    /// Closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let said = &words.shortcuts;
    let lines = [
        ("M", said.microphone),
        (said.space, said.talk),
        ("V", said.camera),
        ("S", said.share),
        ("C", said.chat),
        ("P", said.people),
        ("R", said.rules),
        ("F", said.full_screen),
        ("L", said.leave),
        ("?", said.help),
        (said.escape, said.close),
    ]
    .map(|(key, text)| {
        view! {
            <div class="shortcut-sheet__line">
                <dt class="shortcut-sheet__text">{text}</dt>
                <dd class="shortcut-sheet__key"><kbd>{key}</kbd></dd>
            </div>
        }
    })
    .collect_view();
    view! {
        <Modal id="shortcuts-title" title=said.title open=open on_close=on_close>
            <div class="shortcut-sheet">
                <dl class="shortcut-sheet__list">{lines}</dl>
                <Checkbox
                    id="shortcuts-enabled"
                    name="shortcuts"
                    label=said.enabled
                    hint=said.hint
                    checked=enabled
                    on_change=on_enabled
                />
                <Button first=true on_press=on_close>{words.common.close}</Button>
            </div>
        </Modal>
    }
}
