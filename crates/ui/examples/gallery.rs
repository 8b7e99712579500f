//! Draws every component and page state to HTML files that a browser opens without a server, to be
//! looked at while working on style and words.
//!
//! ```text
//! cargo run -p ui --example gallery -- target/gallery [en|de]
//! chromium --headless --screenshot=a.png --window-size=360,740 file://…/target/gallery/call-5.html
//! ```
//! The pages link `style/main.css` itself; `?theme=light` and `?dir=rtl` in the address do what they say.
//! Nothing moves: effects do not run here.

#[path = "gallery/call.rs"]
mod call;
#[path = "gallery/desk.rs"]
mod desk;
#[path = "gallery/door.rs"]
mod door;
#[path = "gallery/pages.rs"]
mod pages;
#[path = "gallery/people.rs"]
mod people;

use leptos::prelude::*;
use std::path::{Path, PathBuf};
use ui::Words;

/// One file of the gallery.
#[derive(Clone)]
struct Sheet {
    name: String,
    html: String,
}

/// A drawing that stands for a camera's picture.
fn camera(hue: u16) -> String {
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1600 900' width='1600' height='900'>\
         <linearGradient id='g' x2='.3' y2='1'><stop stop-color='hsl({hue} 22% 62%)'/>\
         <stop offset='1' stop-color='hsl({hue} 30% 24%)'/></linearGradient>\
         <rect width='1600' height='900' fill='url(%23g)'/>\
         <path d='M380 900c0-260 180-330 420-330s420 70 420 330z' fill='hsl({} 35% 34%)'/>\
         <ellipse cx='800' cy='385' rx='165' ry='215' fill='hsl(28 38% 66%)'/>\
         <path d='M630 350c0-150 70-205 170-205s170 55 170 205c-60-70-280-70-340 0z' fill='hsl(25 30% 20%)'/></svg>",
        hue + 90
    );
    format!("data:image/svg+xml,{}", svg.replace('<', "%3C").replace('>', "%3E"))
}

/// A drawing that stands for a shared screen.
fn slide() -> String {
    let bars: String = [420, 610, 300, 760, 540]
        .iter()
        .enumerate()
        .map(|(at, high)| {
            let (x, y) = (220 + at * 250, 950 - high);
            format!(
                "<rect x='{x}' y='{y}' width='150' height='{high}' fill='hsl(210 45% {}%)'/>",
                45 + at * 6
            )
        })
        .collect();
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1600 1000' width='1600' height='1000'>\
         <rect width='1600' height='1000' fill='white'/>{bars}\
         <text x='120' y='140' font-size='80' font-family='sans-serif'>Quarterly report</text></svg>"
    );
    format!("data:image/svg+xml,{}", svg.replace('<', "%3C").replace('>', "%3E"))
}

/// Draws one view.
fn sheet<V: IntoView>(name: impl Into<String>, draw: impl FnOnce() -> V) -> Sheet {
    let owner = Owner::new();
    let html = owner.with(|| draw().into_view().to_html());
    Sheet { name: name.into(), html }
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let target = PathBuf::from(arguments.next().unwrap_or_else(|| "target/gallery".to_owned()));
    let words = Words::of(&arguments.next().unwrap_or_default());
    std::fs::create_dir_all(&target)?;
    let style = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../style/main.css").canonicalize()?;
    let sheets = [
        pages::sheets(words),
        door::sheets(words),
        desk::sheets(words),
        people::sheets(words),
        call::sheets(words),
    ]
    .concat();
    for sheet in &sheets {
        std::fs::write(target.join(format!("{}.html", sheet.name)), page(words, &style, sheet))?;
    }
    let links: String =
        sheets.iter().map(|sheet| format!("<li><a href=\"{0}.html\">{0}</a>", sheet.name)).collect();
    std::fs::write(
        target.join("index.html"),
        format!("<!doctype html><title>Gallery</title><ul>{links}</ul>"),
    )
}

fn page(words: &Words, style: &Path, sheet: &Sheet) -> String {
    format!(
        r#"<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>{name}</title>
<link rel="stylesheet" href="file://{style}">
<script>
const wish = new URLSearchParams(location.search);
if (wish.get("theme")) document.documentElement.dataset.theme = wish.get("theme");
if (wish.get("dir")) document.documentElement.dir = wish.get("dir");
addEventListener("load", () => {{
  document.querySelectorAll("dialog[data-show]").forEach((dialog) => dialog.showModal());
  document.querySelectorAll(".gallery-modal dialog").forEach((dialog) => dialog.showModal());
  if (wish.get("menu")) document.querySelector(`[popovertarget="${{wish.get("menu")}}"]`).click();
}});
</script>
</head>
<body>{html}</body>
</html>
"#,
        lang = words.lang,
        name = sheet.name,
        style = style.display(),
        html = sheet.html,
    )
}
