//! Proves that the colours of `style/tokens.css` can be read: WCAG 2.2, 4.5:1 for text and 3:1 for the
//! edges and drawings of controls, in both themes.

use std::collections::BTreeMap;

/// Foreground, background, least contrast.
const TEXT: f64 = 4.5;
const CONTROL: f64 = 3.0;
const PAIRS: &[(&str, &str, f64)] = &[
    ("text", "ground", TEXT),
    ("text", "surface", TEXT),
    ("text", "raised", TEXT),
    ("text", "raised-more", TEXT),
    ("text", "accent-soft", TEXT),
    ("text", "danger-soft", TEXT),
    ("text", "warning-soft", TEXT),
    ("text", "tile", TEXT),
    ("text-soft", "ground", TEXT),
    ("text-soft", "surface", TEXT),
    ("text-soft", "raised", TEXT),
    ("text-soft", "raised-more", TEXT),
    ("text-soft", "accent-soft", TEXT),
    ("text-soft", "tile", TEXT),
    ("accent", "ground", TEXT),
    ("accent", "surface", TEXT),
    ("accent", "raised", TEXT),
    ("accent", "accent-soft", CONTROL),
    ("accent", "tile", CONTROL),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-more", TEXT),
    ("on-danger", "danger", TEXT),
    ("on-danger", "danger-more", CONTROL),
    ("danger", "ground", CONTROL),
    ("danger", "surface", CONTROL),
    ("danger-text", "ground", TEXT),
    ("danger-text", "surface", TEXT),
    ("danger-text", "danger-soft", TEXT),
    ("warning-text", "ground", TEXT),
    ("warning-text", "surface", TEXT),
    ("warning-text", "warning-soft", TEXT),
    ("edge", "ground", CONTROL),
    ("edge", "surface", CONTROL),
    ("ground", "text", TEXT),
];

#[derive(Clone, Copy, Debug)]
enum Theme {
    Light,
    Dark,
}

#[test]
fn every_pair_of_colours_can_be_read_in_both_themes() {
    let tokens = tokens();
    let mut faults = Vec::new();
    for theme in [Theme::Light, Theme::Dark] {
        for (front, back, least) in PAIRS {
            let contrast = contrast(colour(&tokens, front, theme), colour(&tokens, back, theme));
            if contrast < *least {
                faults.push(format!("{theme:?}: {front} on {back} has {contrast:.2}, needs {least}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn contrast_is_that_of_the_standard() {
    assert!((contrast([0, 0, 0], [255, 255, 255]) - 21.0).abs() < 0.01);
    assert!((contrast([0x77, 0x77, 0x77], [255, 255, 255]) - 4.48).abs() < 0.01);
}

/// The pairs of colours by their names, as they stand in the file: light first, then dark.
fn tokens() -> BTreeMap<String, (String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../style/tokens.css");
    let file = std::fs::read_to_string(path).expect("the token file is part of the source");
    file.lines()
        .filter_map(|line| line.trim().strip_prefix("--")?.split_once(": light-dark("))
        .filter_map(|(name, rest)| {
            let (light, dark) = rest.strip_suffix(");")?.split_once(", ")?;
            Some((name.to_owned(), (light.to_owned(), dark.to_owned())))
        })
        .collect()
}

fn colour(tokens: &BTreeMap<String, (String, String)>, name: &str, theme: Theme) -> [u8; 3] {
    let (light, dark) = tokens.get(name).unwrap_or_else(|| panic!("no colour --{name}"));
    let hex = match theme {
        Theme::Light => light,
        Theme::Dark => dark,
    };
    let bits = u32::from_str_radix(hex.trim_start_matches('#'), 16).expect("colours are written as #rrggbb");
    [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
