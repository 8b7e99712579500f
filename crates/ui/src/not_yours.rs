//! Instead of a page for hosts: that it is not the reader's, and the way on.

use crate::button::ButtonKind;
use crate::icons::{Glyph, Icon};
use crate::words::Words;
use leptos::prelude::*;

/// Says plainly that only hosts see this page.
#[component]
pub fn NotYours(
    /// The words.
    words: &'static Words,
    /// The address of the room's entry page.
    room: String,
    /// What else there is to say, below the ways on.
    children: Children,
) -> impl IntoView {
    let settings = &words.settings;
    view! {
        <section class="not-yours" aria-labelledby="not-yours-title">
            <span class="not-yours__sign">
                <Icon glyph=Glyph::Door />
            </span>
            <h1 class="not-yours__title" id="not-yours-title">{settings.not_yours_title}</h1>
            <p class="not-yours__text">{settings.not_yours_text}</p>
            <div class="not-yours__ways">
                <a class=ButtonKind::Primary.class() href=room>{settings.not_yours_way}</a>
                <a class=ButtonKind::Quiet.class() href="/">{words.ways.back}</a>
            </div>
            {children()}
        </section>
    }
}
