//! How large the page is, and how large it may be.

use anyhow::bail;

use crate::{page::Page, site, style};

/// What a visitor may have to fetch before the page is alive: the program, its script and the stylesheet,
/// in bytes as brotli leaves them. The program is one file, so this is the budget of the home page and the
/// call together; `docs/decisions/0005` says where it comes from and where it should go.
const BUDGET_BYTES: usize = 400_000;

/// Prints the sizes and refuses a page over budget.
pub fn check(page: &Page) -> anyhow::Result<()> {
    let mut sum = 0;
    println!("{:<12} {:>12} {:>12}", "", "raw", "brotli");
    for (name, bytes) in
        [("program", page.wasm()?), ("script", page.script()?), ("stylesheet", style::build()?)]
    {
        let small = site::brotli(&bytes)?.len();
        println!("{name:<12} {:>12} {:>12}", in_kilobytes(bytes.len()), in_kilobytes(small));
        sum += small;
    }
    println!("{:<12} {:>12} {:>12}", "together", "", in_kilobytes(sum));
    println!("{:<12} {:>12} {:>12}", "budget", "", in_kilobytes(BUDGET_BYTES));
    if sum > BUDGET_BYTES {
        bail!("the page is {} over its budget", in_kilobytes(sum - BUDGET_BYTES));
    }
    Ok(())
}

fn in_kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100)
}
