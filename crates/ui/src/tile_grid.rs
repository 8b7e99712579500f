//! The space for the pictures, and the way to further pages of them.
//!
//! The space between the edges is what must be measured for [`arrange`](crate::arrange): give `space` to
//! whatever measures it. Tiles place themselves in it.

use crate::icons::{Glyph, Icon};
use crate::words::Words;
use leptos::prelude::*;

/// The grid of a call.
#[component]
pub fn TileGrid(
    /// The words.
    words: &'static Words,
    /// The element whose inner size is given to `arrange`.
    #[prop(optional)]
    space: NodeRef<leptos::html::Div>,
    /// The page that is shown, from 0.
    #[prop(optional, into)]
    page: Signal<usize>,
    /// How many pages there are.
    #[prop(optional, into)]
    pages: Signal<usize>,
    /// Runs with the number of the page that the person wants to see.
    #[prop(optional, into)]
    on_page: Option<Callback<usize>>,
    /// The tiles of this page.
    children: Children,
) -> impl IntoView {
    let call = &words.call;
    let turn = move |to: usize| {
        if let Some(on_page) = on_page {
            on_page.run(to);
        }
    };
    let position = move || {
        call.page
            .replace("{page}", &(page.get() + 1).to_string())
            .replace("{pages}", &pages.get().to_string())
    };
    let first = move || page.get() == 0;
    let last = move || page.get() + 1 >= pages.get();
    view! {
        <section class="tile-grid" aria-label=call.tiles>
            <div class="tile-grid__space" node_ref=space>{children()}</div>
            <Show when=move || { pages.get() > 1 }>
                <nav class="tile-grid__pages" aria-label=call.tiles>
                    <button
                        type="button"
                        class="tile-grid__turn"
                        aria-label=words.common.previous
                        disabled=first
                        on:click=move |_| turn(page.get_untracked().saturating_sub(1))
                    >
                        <Icon glyph=Glyph::Previous />
                    </button>
                    <span class="tile-grid__position" role="status">{position}</span>
                    <button
                        type="button"
                        class="tile-grid__turn"
                        aria-label=words.common.next
                        disabled=last
                        on:click=move |_| turn(page.get_untracked() + 1)
                    >
                        <Icon glyph=Glyph::Next />
                    </button>
                </nav>
            </Show>
        </section>
    }
}
