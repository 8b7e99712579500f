//! How large the page is, and how large it may be.
//!
//! | what | when it is fetched | at most, in bytes as brotli leaves them |
//! |---|---|---|
//! | the program | with every page | [`PROGRAM_BYTES`] |
//! | the chunks of one page | with that page; a room's are its entry page | [`CHUNKS_BYTES`] |
//! | what makes calls, and the call's own page | while somebody reads the entry page | the same, each |
//! | the chunks of a room's settings and history | with those pages | [`DESK_BYTES`] |
//! | the chunks of an account and its contacts | with those pages | [`ACCOUNT_BYTES`] |
//!
//! `docs/decisions/0005` says where the numbers come from.

use std::collections::BTreeMap;

use anyhow::bail;

use crate::{page::Page, site, style};

const PROGRAM_BYTES: usize = 230_000;
const CHUNKS_BYTES: usize = 120_000;
const DESK_BYTES: usize = 189_000;
const ROOM_BYTES: usize = 136_500;
const ACCOUNT_BYTES: usize = 192_000;
/// Chunks that are fetched when another page's are there already.
const BESIDE: [(&str, &[&str]); 2] = [("engine", &["room"]), ("call", &["room", "engine"])];

/// Prints the sizes and refuses a page over budget.
pub fn check(page: &Page) -> anyhow::Result<()> {
    println!("{:<22} {:>12} {:>12} {:>12}", "", "raw", "brotli", "budget");
    let program = line("program", &page.wasm()?, Some(PROGRAM_BYTES))?;
    let mut over = program.saturating_sub(PROGRAM_BYTES);
    let mut chunks = BTreeMap::new();
    for (name, bytes) in page.chunks()? {
        let small = line(&name, &bytes, None)?;
        chunks.insert(name, small);
    }
    let pages = page.manifest()?;
    for (name, files) in &pages {
        let before = BESIDE.iter().find(|(page, _)| page == name).map_or(&[][..], |(_, before)| before);
        let is_new = |file: &&String| !before.iter().any(|page| pages[*page].contains(file));
        let sum = files.iter().filter(is_new).filter_map(|file| chunks.get(file)).sum::<usize>();
        let budget = match name.as_str() {
            "desk" => DESK_BYTES,
            "room" => ROOM_BYTES,
            "account" => ACCOUNT_BYTES,
            _ => CHUNKS_BYTES,
        };
        let name = format!("chunks of {name}");
        println!("{name:<22} {:>12} {:>12} {:>12}", "", in_kilobytes(sum), in_kilobytes(budget));
        over = over.max(sum.saturating_sub(budget));
    }
    line("script", &page.script()?, None)?;
    line("script for chunks", &page.fetcher()?, None)?;
    line("stylesheet", &style::build()?, None)?;
    if over > 0 {
        bail!("the page is {} over its budget", in_kilobytes(over));
    }
    Ok(())
}

/// Prints one part and gives back its size as browsers fetch it.
fn line(name: &str, bytes: &[u8], budget: Option<usize>) -> anyhow::Result<usize> {
    let small = site::brotli(bytes)?.len();
    let budget = budget.map(in_kilobytes).unwrap_or_default();
    println!("{name:<22} {:>12} {:>12} {budget:>12}", in_kilobytes(bytes.len()), in_kilobytes(small));
    Ok(small)
}

fn in_kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100)
}
