//! The menu of commands: `cargo xtask <command>`, from any folder of the checkout.
//!
//! ```text
//! serve       build what changed and run the server          toolchain ─▶ page ─▶ site ─▶ server
//! build       the same without running
//! check       format, clippy for host and browser, tidy      what to run before a commit
//! test        everything that `.ci/run` asks for
//! e2e         the browser journeys alone
//! size        the page's size against its budget
//! measure     waiting times, memory and processor share of what visitors get; a report, never a gate
//! clean-data  forget the rooms and keys of a local server
//! ```
//!
//! Needs cargo and nothing else: whatever is missing is installed by [`toolchain`] and [`tools`].
//! `docs/decisions/0001-xtask-builds-the-site.md` says why this is not cargo-leptos.
//! Not here: anything that the product needs when it runs.

mod check;
mod clean;
mod journeys;
mod measure;
mod opinion;
mod page;
mod report;
mod server;
mod site;
mod size;
mod split;
mod style;
mod test;
mod toolchain;
mod tools;
mod tree;
mod trim;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::page::Flavour;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs and tests Anteroom", disable_help_subcommand = true)]
struct Menu {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds what changed and runs the server until Ctrl-C.
    Serve(Serve),
    /// Builds the page and the server.
    Build {
        /// Small and quick to run instead of quick to build.
        #[arg(long)]
        release: bool,
    },
    /// Checks format, clippy on the host and for the browser, and the rules of the tree.
    Check,
    /// Runs every test there is, and installs what they need.
    Test,
    /// Runs the browser journeys.
    E2e {
        /// Uses the page that visitors get, as `test` does.
        #[arg(long)]
        release: bool,
        /// File names, titles or options for Playwright.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        filter: Vec<OsString>,
    },
    /// Prints the size of the page and compares it with the budget.
    Size,
    /// Measures how long people wait and what they cost the server.
    Measure(measure::Extent),
    /// Deletes what a local server keeps: rooms, chats and keys.
    CleanData {
        /// The folder that the server was given.
        #[arg(long, default_value = "data")]
        data: PathBuf,
    },
}

#[derive(Args)]
struct Serve {
    /// Where to listen, such as 0.0.0.0:8443.
    #[arg(long)]
    addr: Option<String>,
    /// The folder for everything that must survive a restart.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The address under which browsers reach this machine for sound and pictures.
    #[arg(long)]
    public_ip: Option<String>,
    /// Small and quick to run instead of quick to build.
    #[arg(long)]
    release: bool,
    /// Anything else the server understands; `-- --help` lists it.
    #[arg(last = true)]
    rest: Vec<OsString>,
}

fn main() -> ExitCode {
    match run(Menu::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\ncargo xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let began_in = std::env::current_dir()?;
    std::env::set_current_dir(tree::root())?;
    match command {
        Command::Serve(serve) => {
            let flavour = Flavour::of(serve.release);
            let built = build(flavour, flavour)?;
            report::finished("ready");
            built.run(&serve.arguments(&began_in))
        }
        Command::Build { release } => {
            let flavour = Flavour::of(release);
            let built = build(flavour, flavour)?;
            report::finished(&format!("built {}", built.binary().display()));
            Ok(())
        }
        Command::Check => {
            check::all(&toolchain::prepare()?)?;
            report::finished("all checks passed");
            Ok(())
        }
        Command::Test => {
            test::all()?;
            report::finished("all tests passed");
            Ok(())
        }
        Command::E2e { release, filter } => {
            let server = build(Flavour::of(release), Flavour::Dev)?;
            journeys::run(&server, &filter)?;
            report::finished("all journeys passed");
            Ok(())
        }
        Command::Size => {
            tools::require(tools::RELEASE)?;
            size::check(&page::build(&toolchain::prepare()?, Flavour::Release)?)?;
            report::finished("within the budget");
            Ok(())
        }
        Command::Measure(extent) => {
            let server = build(Flavour::Release, Flavour::Release)?;
            let file = measure::run(&server, &extent)?;
            report::finished(&format!("measured; the figures are in {}", file.display()));
            Ok(())
        }
        Command::CleanData { data } => clean::remove(&began_in.join(data)),
    }
}

/// Builds page, site and server. The two flavours differ in tests, where the visitors' page meets a quickly
/// built server.
fn build(page: Flavour, server: Flavour) -> anyhow::Result<server::Server> {
    tools::require(tools::BUILD)?;
    if page == Flavour::Release {
        tools::require(tools::RELEASE)?;
    }
    let toolchain = toolchain::prepare()?;
    let site = site::build(&page::build(&toolchain, page)?)?;
    server::build(&toolchain, server, site)
}

impl Serve {
    /// The server's own command line; a folder is meant from where the command was typed.
    fn arguments(&self, began_in: &std::path::Path) -> Vec<OsString> {
        let mut arguments = Vec::new();
        let named = [
            ("--addr", self.addr.as_ref().map(OsString::from)),
            ("--data", self.data.as_ref().map(|path| began_in.join(path).into_os_string())),
            ("--public-ip", self.public_ip.as_ref().map(OsString::from)),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                arguments.push(OsString::from(name));
                arguments.push(value);
            }
        }
        arguments.extend(self.rest.iter().cloned());
        arguments
    }
}
