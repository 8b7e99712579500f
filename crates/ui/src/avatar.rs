//! What stands for a person without a picture: initials on a colour that is always the same.

use leptos::prelude::*;
use model::ParticipantId;

/// Initials on the person's colour.
#[component]
pub fn Avatar(
    /// The person's name.
    #[prop(into)]
    name: Signal<String>,
    /// Who it is; decides the colour.
    id: ParticipantId,
) -> impl IntoView {
    view! {
        <span class="avatar" style=("--hue", hue(id).to_string()) aria-hidden="true">
            {move || initials(&name.get())}
        </span>
    }
}

/// One of twelve hues, the same for a person in every browser.
fn hue(id: ParticipantId) -> u128 {
    // The low bits alone would be as random, but ids in tests differ in them only slightly.
    (id.bits() ^ (id.bits() >> 64)).wrapping_mul(0x9e37_79b9_7f4a_7c15) % 12 * 30
}

/// The first letters of the first and the last word. The stylesheet makes capitals of them, as the tables for
/// that are a part of every browser already.
fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = letters.next();
    let last = letters.next_back();
    match (first, name.trim().chars().next()) {
        (Some(first), _) => [first].into_iter().chain(last).collect(),
        // A name of signs alone, for example of one emoji.
        (None, Some(sign)) => sign.to_string(),
        (None, None) => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_and_the_last_word() {
        for (name, expected) in [
            ("Ana", "A"),
            ("bo lind", "bl"),
            ("Maria del Carmen Ortiz", "MO"),
            ("(Dr.) Émile Zola", "DZ"),
            ("李小龍", "李"),
            ("🙂", "🙂"),
            ("ß", "ß"),
            ("", "?"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    #[test]
    fn neighbouring_ids_have_different_colours() {
        let hues: Vec<u128> = (1..=4).map(|bits| hue(ParticipantId::from_bits(bits))).collect();
        for (index, hue) in hues.iter().enumerate() {
            assert!(*hue < 360);
            assert!(!hues[..index].contains(hue), "{hues:?}");
        }
    }
}
