//! Before the door opens: how long it takes, what happens next, and the plan for one's calendar.

use crate::button::ButtonKind;
use crate::countdown::Countdown;
use crate::icons::{Glyph, Icon};
use crate::words::Words;
use leptos::prelude::*;

/// What somebody sees who is too early. It takes the place of the name and the door.
#[component]
pub fn EarlyPanel(
    /// The words.
    words: &'static Words,
    /// How long until the door opens, in milliseconds.
    #[prop(into)]
    left_ms: Signal<i64>,
    /// The address of the plan as a calendar file.
    #[prop(into)]
    calendar: String,
) -> impl IntoView {
    let door = &words.door;
    view! {
        <section class="early-panel" aria-labelledby="early-title">
            <h2 class="early-panel__title" id="early-title">{door.early_title}</h2>
            <Countdown words label=door.opens_in left_ms />
            <p class="early-panel__next">{door.early_next}</p>
            <div class="early-panel__ways">
                // A file, not a page: the router must leave it to the browser.
                <a class=ButtonKind::Secondary.class() href=calendar rel="external" download>
                    <Icon glyph=Glyph::Clock />
                    <span class="button__words">{words.invitation.add_to_calendar}</span>
                </a>
                <a class=ButtonKind::Quiet.class() href="/">{words.ways.back}</a>
            </div>
        </section>
    }
}
