//! A dialog over everything else.
//!
//! The native `<dialog>` gives us what is hard to get right by hand: it keeps the focus inside, makes the
//! rest of the page inert, closes on Escape and gives the focus back. HTML cannot open one as a modal by
//! itself in every browser that we support, hence the two calls here, the only ones of this crate.

use leptos::prelude::*;

/// A modal dialog.
#[component]
pub fn Modal(
    /// The id of the heading.
    id: &'static str,
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Runs when the person wants it closed: Escape, or a press beside it.
    #[prop(into)]
    on_close: Callback<()>,
    /// The content.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            // It only fails while the element is not in the page, where nobody can see it.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            (true, true) | (false, false) => {}
        }
    });
    view! {
        <dialog
            class="modal"
            aria-labelledby=id
            closedby="any"
            node_ref=dialog
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                on_close.run(());
            }
            on:close=move |_| {
                if open.get_untracked() {
                    on_close.run(());
                }
            }
        >
            <div class="modal__content">
                <h2 class="modal__title" id=id>{move || title.get()}</h2>
                {children()}
            </div>
        </dialog>
    }
}
