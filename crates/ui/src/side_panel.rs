//! What stands beside the pictures on wide screens, and over them as a sheet on phones.

use crate::icons::{Glyph, Icon};
use crate::words::Words;
use leptos::prelude::*;

/// A panel with a title and a way to close it.
#[component]
pub fn SidePanel(
    /// The words.
    words: &'static Words,
    /// The id of the heading.
    id: &'static str,
    /// What it is.
    #[prop(into)]
    title: Signal<String>,
    /// Closes the panel.
    #[prop(into)]
    on_close: Callback<()>,
    /// The heading, so that the focus can be moved to where the panel begins.
    #[prop(optional)]
    heading: NodeRef<leptos::html::H2>,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="side-panel" aria-labelledby=id>
            <header class="side-panel__header">
                <h2 class="side-panel__title" id=id tabindex="-1" node_ref=heading>{move || title.get()}</h2>
                <button
                    type="button"
                    class="side-panel__close"
                    aria-label=words.common.close
                    on:click=move |_| on_close.run(())
                >
                    <Icon glyph=Glyph::Close />
                </button>
            </header>
            {children()}
        </section>
    }
}
