//! How long a call may still last, for those who look; whoever listens is told twice, by notices.
//!
//! | left | shown | changes |
//! |---|---|---|
//! | five minutes and more | `12 min left` | each minute |
//! | less | `4:59 left` | each second |

use crate::icons::{Glyph, Icon};
use crate::words::{Words, counted};
use leptos::prelude::*;

const SECOND_MS: u64 = 1_000;
const MINUTE_MS: u64 = 60 * SECOND_MS;
/// From here on each second is shown.
const SHORT_MS: u64 = 5 * MINUTE_MS;

/// What is shown when so much is left. Minutes are rounded up, so that the last one is not called none.
pub fn left_text(words: &Words, left_ms: u64) -> String {
    let rules = &words.rules;
    if left_ms > SHORT_MS {
        let minutes = usize::try_from(left_ms.div_ceil(MINUTE_MS)).unwrap_or(usize::MAX);
        return counted(rules.left_minutes_one, rules.left_minutes_many, minutes);
    }
    let seconds = left_ms.div_ceil(SECOND_MS);
    rules.left_clock.replace("{count}", &format!("{}:{:02}", seconds / 60, seconds % 60))
}

/// After how long the text is another one; never, when nothing is left.
pub fn left_changes_in_ms(left_ms: u64) -> Option<u64> {
    let step = if left_ms > SHORT_MS { MINUTE_MS } else { SECOND_MS };
    // One more, because the text changes once the step has been passed.
    (left_ms > 0).then(|| (left_ms - 1) % step + 1)
}

/// The time that is left, in the header.
#[component]
pub fn TimeLeft(
    /// The words.
    words: &'static Words,
    /// How much is left, in milliseconds.
    #[prop(into)]
    left_ms: Signal<u64>,
) -> impl IntoView {
    let short = move || left_ms.get() <= SHORT_MS;
    view! {
        // A timer is not read out whenever it changes.
        <span class="time-left" class:time-left--short=short role="timer">
            <Icon glyph=Glyph::Clock />
            {move || left_text(words, left_ms.get())}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::EN;

    #[test]
    fn minutes_are_shown_first_and_seconds_at_the_end() {
        for (left_ms, text) in [
            (3_600_000, "60 min left"),
            (300_001, "6 min left"),
            (300_000, "5:00 left"),
            (299_001, "5:00 left"),
            (299_000, "4:59 left"),
            (61_000, "1:01 left"),
            (1, "0:01 left"),
            (0, "0:00 left"),
        ] {
            assert_eq!(left_text(&EN, left_ms), text, "{left_ms} ms");
        }
    }

    #[test]
    fn the_text_stays_until_it_is_said_to_change() {
        for left_ms in [1, 999, 1_000, 1_001, 59_999, 299_999, 300_000, 300_001, 360_000, 3_599_999] {
            let step = left_changes_in_ms(left_ms).expect("something is left");
            let text = left_text(&EN, left_ms);
            assert_eq!(left_text(&EN, left_ms - step + 1), text, "{left_ms} ms, just before");
            assert_ne!(left_text(&EN, left_ms - step), text, "{left_ms} ms, then");
        }
        assert_eq!(left_changes_in_ms(0), None);
    }
}
