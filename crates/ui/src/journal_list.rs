//! What happened in a room, as a list that is read by day.

use crate::words::Words;
use leptos::prelude::*;

/// One thing that happened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JournalLine {
    /// The moment for machines (ISO 8601, UTC).
    pub moment: String,
    /// The time of day, in the reader's manner.
    pub time: String,
    /// The day, in the reader's manner; lines of one day follow each other.
    pub day: String,
    /// What happened, as a sentence.
    pub text: String,
}

/// The journal. Lines stand in the order in which they come.
#[component]
pub fn JournalList(
    /// The words.
    words: &'static Words,
    /// The lines.
    #[prop(into)]
    lines: Signal<Vec<JournalLine>>,
    /// Whether older lines are left out.
    #[prop(optional)]
    cut: bool,
) -> impl IntoView {
    let text = &words.history;
    let days = move || {
        let lines = lines.get();
        if lines.is_empty() {
            return view! { <p class="journal-list__empty">{text.empty}</p> }.into_any();
        }
        lines.chunk_by(|one, next| one.day == next.day).map(day).collect_view().into_any()
    };
    view! {
        <section class="journal-list" aria-labelledby="journal">
            <h2 class="journal-list__heading" id="journal">{text.heading}</h2>
            <p class="journal-list__hint">{text.hint}</p>
            {days}
            {cut.then(|| view! { <p class="journal-list__cut">{text.newest}</p> })}
        </section>
    }
}

fn day(lines: &[JournalLine]) -> impl IntoView + use<> {
    let day = lines.first().map(|line| line.day.clone());
    let line = |line: &JournalLine| {
        let JournalLine { moment, time, text, .. } = line.clone();
        view! {
            <li class="journal-list__line">
                <time class="journal-list__time" datetime=moment>{time}</time>
                <span class="journal-list__text" dir="auto">{text}</span>
            </li>
        }
    };
    view! {
        <h3 class="journal-list__day">{day}</h3>
        <ol class="journal-list__lines">{lines.iter().map(line).collect_view()}</ol>
    }
}
