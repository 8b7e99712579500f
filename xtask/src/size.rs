//! How large the page is, and how large it may be.
//!
//! | what | when it is fetched | at most, in bytes as brotli leaves them |
//! |---|---|---|
//! | the program | with every page | [`PROGRAM_BYTES`] |
//! | the chunks of one page | with that page; a room's are the largest | [`CHUNKS_BYTES`] |
//!
//! `docs/decisions/0005` says where the numbers come from.

use std::collections::BTreeMap;

use anyhow::bail;

use crate::{page::Page, site, style};

const PROGRAM_BYTES: usize = 230_000;
const CHUNKS_BYTES: usize = 250_000;

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
    for (name, files) in page.manifest()? {
        let sum = files.iter().filter_map(|file| chunks.get(file)).sum::<usize>();
        let name = format!("chunks of {name}");
        println!("{name:<22} {:>12} {:>12} {:>12}", "", in_kilobytes(sum), in_kilobytes(CHUNKS_BYTES));
        over = over.max(sum.saturating_sub(CHUNKS_BYTES));
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
