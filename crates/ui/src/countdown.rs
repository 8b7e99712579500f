//! How long until something happens, for those who look. Whoever listens is told once, when it does.
//!
//! | left | shown |
//! |---|---|
//! | a day and more | `2 days 4:05:09` |
//! | less | `4:05:09` |

use crate::words::{Words, counted};
use leptos::prelude::*;

const SECOND_MS: i64 = 1_000;
const DAY_S: i64 = 24 * 60 * 60;

/// What is shown when so much is left. Seconds are rounded up, so that zero is only shown at the end.
pub fn countdown_text(words: &Words, left_ms: i64) -> String {
    let door = &words.door;
    let left_s = left_ms.max(0).saturating_add(SECOND_MS - 1) / SECOND_MS;
    let (days, rest) = (left_s / DAY_S, left_s % DAY_S);
    let clock = format!("{}:{:02}:{:02}", rest / 3_600, rest / 60 % 60, rest % 60);
    match usize::try_from(days) {
        Ok(0) | Err(_) => clock,
        Ok(days) => format!("{} {clock}", counted(door.day_one, door.day_many, days)),
    }
}

/// A clock that runs down. It keeps its width while the digits change.
#[component]
pub fn Countdown(
    /// The words.
    words: &'static Words,
    /// What it runs down to, said before it.
    #[prop(into)]
    label: String,
    /// How much is left, in milliseconds.
    #[prop(into)]
    left_ms: Signal<i64>,
) -> impl IntoView {
    view! {
        <p class="countdown">
            <span class="countdown__label" id="countdown-label">{label}</span>
            // A timer is not read out whenever it changes.
            <span class="countdown__clock" role="timer" aria-labelledby="countdown-label">
                {move || countdown_text(words, left_ms.get())}
            </span>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{DE, EN};

    #[test]
    fn the_last_second_is_shown_until_nothing_is_left() {
        for (left_ms, text) in [
            (187_509_001, "2 days 4:05:10"),
            (86_400_000, "1 day 0:00:00"),
            (86_399_001, "1 day 0:00:00"),
            (86_399_000, "23:59:59"),
            (61_000, "0:01:01"),
            (1, "0:00:01"),
            (0, "0:00:00"),
            (-5_000, "0:00:00"),
        ] {
            assert_eq!(countdown_text(&EN, left_ms), text, "{left_ms} ms");
        }
        assert_eq!(countdown_text(&DE, 187_509_000), "2 Tagen 4:05:09");
        assert!(countdown_text(&EN, i64::MAX).contains(" days "));
    }
}
