//! A second opinion about Stripe: `localstripe`, which was written by people who never saw this server.
//!
//! It comes from PyPI into a folder of its own under `target`. Where that is out of reach the tests go on
//! without it and say so: it knows a part of Stripe only, and the tests' own processor has the rest.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{report, tools, tree};

/// The one that the tests were written against.
const LOCALSTRIPE: &str = "localstripe==1.15.10";

/// Where it is installed, installing it first if need be.
pub fn localstripe() -> Option<PathBuf> {
    let folder = tree::target().join("localstripe");
    let program = folder.join("bin/localstripe");
    let stamp = tree::Stamp::new("localstripe", tree::fingerprint(&[LOCALSTRIPE.as_bytes()]));
    // It may be there and not run any more, with another Python than the one that it was installed with.
    if stamp.holds() && runs(&program) {
        return Some(program);
    }
    report::step("installing what is asked for a second opinion about Stripe");
    match install(&folder).and_then(|()| stamp.set()) {
        Ok(()) => Some(program),
        Err(error) => {
            report::step(&format!("going on without a second opinion about Stripe: {error:#}"));
            None
        }
    }
}

fn runs(program: &Path) -> bool {
    Command::new(program).arg("--help").output().is_ok_and(|output| output.status.success())
}

fn install(folder: &Path) -> anyhow::Result<()> {
    tools::require(tools::OPINION)?;
    let mut place = Command::new("python3");
    place.args(["-m", "venv", "--clear"]).arg(folder);
    tree::must(&mut place, "python3 could not make a place for it")?;
    let mut pip = Command::new(folder.join("bin/pip"));
    pip.args(["install", "--quiet", "--timeout", "10", "--retries", "1", LOCALSTRIPE]);
    tree::must(&mut pip, "pip could not install it")
}
