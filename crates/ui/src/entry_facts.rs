//! What a room looks like from outside: when it is planned, since when it runs, who is inside.

use crate::host_notice::HostNotice;
use crate::words::{Words, counted, filled};
use leptos::prelude::*;

/// So many names are said before the others are only counted.
const NAMES: usize = 5;
/// After so many minutes only the time since when is of interest.
const FRESH_MINUTES: usize = 90;

/// One thing that is known of a room.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fact {
    pub term: &'static str,
    pub value: String,
}

impl Fact {
    /// Whose room it is.
    pub fn host(words: &'static Words, name: &str) -> Self {
        Self { term: words.door.host, value: name.to_owned() }
    }

    /// When the room is meant to be used.
    pub fn planned(words: &'static Words, from: &str, until: &str) -> Self {
        let value = filled(words.door.planned_value, &[("from", from), ("until", until)]);
        Self { term: words.door.planned, value }
    }

    /// When the door opens.
    pub fn opens(words: &'static Words, time: String) -> Self {
        Self { term: words.door.opens, value: time }
    }

    /// Since when somebody has been inside.
    pub fn since(words: &'static Words, time: &str, minutes: usize) -> Self {
        let door = &words.door;
        let value = match minutes {
            0 | FRESH_MINUTES.. => time.to_owned(),
            minutes => filled(&counted(door.since_one, door.since_many, minutes), &[("time", time)]),
        };
        Self { term: door.since, value }
    }

    /// Who is inside.
    pub fn inside(words: &'static Words, names: &[String]) -> Self {
        let door = &words.door;
        let value = match names {
            [] => door.nobody.to_owned(),
            names if names.len() <= NAMES => names.join(", "),
            names => {
                let count = (names.len() - NAMES).to_string();
                filled(door.inside_more, &[("names", &names[..NAMES].join(", ")), ("count", &count)])
            }
        };
        Self { term: door.inside, value }
    }
}

/// What is known of the room, and what the host tells people at the door.
#[component]
pub fn EntryFacts(
    /// The words.
    words: &'static Words,
    /// What is known; nothing is shown for none.
    #[prop(into)]
    facts: Signal<Vec<Fact>>,
    /// What the host tells people at the door.
    #[prop(optional, into)]
    notice: Signal<Option<String>>,
) -> impl IntoView {
    let line = |fact: Fact| {
        view! {
            <div class="entry-facts__fact">
                <dt class="entry-facts__term">{fact.term}</dt>
                <dd class="entry-facts__value" dir="auto">{fact.value}</dd>
            </div>
        }
    };
    let lines = move || {
        let facts = facts.get();
        (!facts.is_empty()).then(|| {
            view! { <dl class="entry-facts__list">{facts.into_iter().map(line).collect_view()}</dl> }
        })
    };
    view! {
        <div class="entry-facts">
            {lines}
            <HostNotice words notice />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::EN;

    fn names(count: usize) -> Vec<String> {
        (1..=count).map(|at| format!("P{at}")).collect()
    }

    #[test]
    fn a_few_names_are_said_and_many_are_counted() {
        for (count, text) in [(0, "Nobody yet"), (2, "P1, P2"), (7, "P1, P2, P3, P4, P5 and 2 more")] {
            assert_eq!(Fact::inside(&EN, &names(count)).value, text);
        }
        let odd = ["{count}".to_owned(), "Bo".to_owned()];
        assert_eq!(Fact::inside(&EN, &odd).value, "{count}, Bo");
    }

    #[test]
    fn a_long_call_is_known_by_its_start_alone() {
        for (minutes, text) in
            [(0, "16:00"), (1, "16:00, for 1 minute"), (89, "16:00, for 89 minutes"), (90, "16:00")]
        {
            assert_eq!(Fact::since(&EN, "16:00", minutes).value, text);
        }
    }
}
