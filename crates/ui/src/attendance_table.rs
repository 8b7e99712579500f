//! Who was in a room, and for how long in all.

use crate::words::Words;
use leptos::prelude::*;

/// One person's time in the room.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AttendanceLine {
    pub name: String,
    pub role: &'static str,
    /// How long in all, as a clock writes it.
    pub total: String,
    pub visits: usize,
    pub first: String,
    /// `None` while they are inside.
    pub last: Option<String>,
}

/// The table. On narrow screens each person becomes a block.
#[component]
pub fn AttendanceTable(
    /// The words.
    words: &'static Words,
    /// The people, in order of arrival.
    #[prop(into)]
    lines: Signal<Vec<AttendanceLine>>,
) -> impl IntoView {
    let text = &words.history;
    let heads = [text.person, text.role, text.total, text.visits, text.first, text.last];
    let table = move || {
        let lines = lines.get();
        if lines.is_empty() {
            return view! { <p class="attendance-table__empty">{text.attendance_empty}</p> }.into_any();
        }
        let heads = heads.map(|head| view! { <th class="attendance-table__head" scope="col">{head}</th> });
        let rows = lines.into_iter().map(|line| row(words, line)).collect_view();
        view! {
            <table class="attendance-table__table" aria-labelledby="attendance">
                <thead class="attendance-table__heads">
                    <tr>{heads.collect_view()}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <section class="attendance-table" aria-labelledby="attendance">
            <h2 class="attendance-table__heading" id="attendance">{text.attendance}</h2>
            <p class="attendance-table__hint">{text.attendance_hint}</p>
            {table}
        </section>
    }
}

fn row(words: &'static Words, line: AttendanceLine) -> impl IntoView {
    let text = &words.history;
    let last = line.last.unwrap_or_else(|| text.inside.to_owned());
    let cell = |head: &'static str, content: String| {
        view! { <td class="attendance-table__cell" data-head=head>{content}</td> }
    };
    view! {
        <tr class="attendance-table__row">
            <th class="attendance-table__name" scope="row" dir="auto">{line.name}</th>
            {cell(text.role, line.role.to_owned())}
            {cell(text.total, line.total)}
            {cell(text.visits, line.visits.to_string())}
            {cell(text.first, line.first)}
            {cell(text.last, last)}
        </tr>
    }
}
