//! Figures of the product as visitors get it: the small page, the quick server, a real browser.
//!
//! | measured | by |
//! |---|---|
//! | first paint, alive, click on Join to the first picture | `end2end/measure/join.measure.mjs` |
//! | memory and processor share of the server as a room fills | `end2end/measure/crowd.measure.mjs` |
//! | what a visitor fetches | `end2end/measure/page.measure.mjs` |
//!
//! Each starts a server of its own on a free port, with an empty folder for its files. The figures depend
//! on the machine and on what else it does, so they are told and kept, and nothing is refused because of
//! them. `docs/MEASUREMENTS.md` holds those of one machine beside the budgets.

use std::path::PathBuf;

use crate::{journeys, report, server::Server, tools, tree};

/// How much is measured.
#[derive(clap::Args)]
pub struct Extent {
    /// How often a guest joins.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// How many people fill the room.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..))]
    people: u32,
}

/// Measures everything, prints the tables, and answers where the figures are kept for programs.
pub fn run(server: &Server, extent: &Extent) -> anyhow::Result<PathBuf> {
    tools::require(tools::TEST)?;
    let folder = tree::target().join("measurements");
    let mut playwright = journeys::playwright(server)?;
    report::step("measuring, which takes some minutes; the machine should do nothing else");
    playwright.args(["--config", "measure/playwright.config.mjs"]).env("MEASUREMENTS", &folder);
    playwright.env("MEASURE_RUNS", extent.runs.to_string());
    playwright.env("MEASURE_PEOPLE", extent.people.to_string());
    tree::must(&mut playwright, "a measurement did not come to its end")?;
    Ok(folder.join("figures.json"))
}
