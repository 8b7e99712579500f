//! One thing worth saying, with at most one thing to do about it. It never takes the focus; the header
//! around it reads it out.

use crate::icons::{Glyph, Icon};
use leptos::prelude::*;

/// What kind of thing is said.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum NoticeTone {
    #[default]
    Note,
    /// Something is under way.
    Busy,
    /// Something needs attention; read out at once.
    Warning,
}

/// A notice in the call's header.
#[component]
pub fn NoticeBar(
    /// What is said.
    #[prop(into)]
    text: Signal<String>,
    /// What kind of thing it is.
    #[prop(optional)]
    tone: NoticeTone,
    /// What one can do about it.
    #[prop(optional, into)]
    action: Option<Signal<String>>,
    /// Does it.
    #[prop(optional, into)]
    on_action: Option<Callback<()>>,
    /// What the closing button says; together with `on_dismiss`.
    #[prop(optional)]
    dismiss: &'static str,
    /// Closes the notice.
    #[prop(optional, into)]
    on_dismiss: Option<Callback<()>>,
) -> impl IntoView {
    let (class, glyph, role) = match tone {
        NoticeTone::Note => ("notice-bar", Glyph::Note, None),
        NoticeTone::Busy => ("notice-bar notice-bar--busy", Glyph::Wait, None),
        NoticeTone::Warning => ("notice-bar notice-bar--warning", Glyph::Warning, Some("alert")),
    };
    view! {
        <div class=class role=role>
            <Icon glyph=glyph />
            <p class="notice-bar__text" title=move || text.get()>{move || text.get()}</p>
            {action.zip(on_action).map(|(action, on_action)| view! {
                <button type="button" class="notice-bar__action" on:click=move |_| on_action.run(())>
                    {move || action.get()}
                </button>
            })}
            {on_dismiss.map(|on_dismiss| view! {
                <button
                    type="button"
                    class="notice-bar__dismiss"
                    aria-label=dismiss
                    on:click=move |_| on_dismiss.run(())
                >
                    <Icon glyph=Glyph::Close />
                </button>
            })}
        </div>
    }
}
