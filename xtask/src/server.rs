//! The server's binary: building it, and becoming it.

use std::{
    ffi::OsString,
    io::IsTerminal as _,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::anyhow;

use crate::{
    page::{Flavour, NAME},
    report,
    site::{PACKAGE_FOLDER, Site},
    toolchain::Toolchain,
    tree,
};

/// A server that is ready to run, with the site it serves.
pub struct Server {
    binary: PathBuf,
    site: Site,
}

/// Builds the server and lays the list of hashed names where it looks for it.
pub fn build(toolchain: &Toolchain, flavour: Flavour, site: Site) -> anyhow::Result<Server> {
    report::step("building the server");
    let mut cargo = toolchain.cargo("build");
    cargo.args(["--package", "server", "--bin", NAME]);
    let folder = match flavour {
        Flavour::Dev => "debug",
        Flavour::Release => {
            cargo.arg("--release");
            "release"
        }
    };
    tree::must(quiet(&mut cargo), "the server does not compile")?;
    let binary = tree::target().join(folder).join(NAME);
    if let Some(hashes) = &site.hashes {
        tree::write_if_changed(&binary.with_file_name("hash.txt"), hashes.as_bytes())?;
    }
    Ok(Server { binary, site })
}

impl Server {
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// What the server has to be told about the site.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("LEPTOS_OUTPUT_NAME", NAME.into()),
            ("LEPTOS_SITE_ROOT", self.site.root.clone().into()),
            ("LEPTOS_SITE_PKG_DIR", PACKAGE_FOLDER.into()),
            ("LEPTOS_HASH_FILES", self.site.hashes.is_some().to_string().into()),
        ]
    }

    /// Turns this process into the server, so that signals reach it and its exit is ours.
    pub fn run(&self, arguments: &[OsString]) -> anyhow::Result<()> {
        let error = Command::new(&self.binary).args(arguments).envs(self.environment()).exec();
        Err(anyhow!("cannot start {}: {error}", self.binary.display()))
    }
}

/// Lets cargo show its progress to a person and keep still otherwise.
pub fn quiet(cargo: &mut Command) -> &mut Command {
    if !std::io::stderr().is_terminal() {
        cargo.arg("--quiet");
    }
    cargo
}
