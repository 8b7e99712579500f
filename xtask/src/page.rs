//! The page's program: Rust to WebAssembly to something a browser loads.
//!
//! ```text
//! cargo build ─▶ frontend.wasm ─▶ wasm-bindgen ─▶ anteroom.js + anteroom.wasm ─▶ wasm-opt (release)
//! ```
//!
//! wasm-bindgen is called as a library of the very version that `frontend` was built with, so nothing can
//! drift. Invariant: the program imports nothing but what wasm-bindgen wrote for it. An import called `env`
//! would mean that some crate expects an operating system. Not here: names with hashes, compression and
//! where files go, which is [`crate::site`].

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    report,
    toolchain::{Toolchain, WASM},
    tree::{self, Stamp},
};

/// The name of everything the page loads, before hashes and endings.
pub const NAME: &str = "anteroom";

/// Quick to build, or small and quick to run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flavour {
    Dev,
    Release,
}

impl Flavour {
    pub fn of(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// The cargo profile of the page.
    pub fn page_profile(self) -> &'static str {
        match self {
            Self::Dev => "wasm-dev",
            Self::Release => "wasm-release",
        }
    }
}

/// What one build of the page left in `folder`.
pub struct Page {
    pub flavour: Flavour,
    folder: PathBuf,
}

impl Page {
    /// The program itself.
    pub fn wasm(&self) -> anyhow::Result<Vec<u8>> {
        tree::read(&self.folder.join(format!("{NAME}_bg.wasm")))
    }

    /// The script that loads it.
    pub fn script(&self) -> anyhow::Result<Vec<u8>> {
        tree::read(&self.folder.join(format!("{NAME}.js")))
    }

    /// The scripts that crates brought along, by their path below `snippets`.
    pub fn snippets(&self) -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
        let folder = self.folder.join("snippets");
        let mut found = BTreeMap::new();
        for file in tree::files(&folder)? {
            let name = Path::new("snippets").join(file.strip_prefix(&folder)?);
            found.insert(name, tree::read(&file)?);
        }
        Ok(found)
    }
}

/// Builds the page, or finds that the last build is still good.
pub fn build(toolchain: &Toolchain, flavour: Flavour) -> anyhow::Result<Page> {
    let profile = flavour.page_profile();
    report::step("building the page (WebAssembly)");
    let mut cargo = toolchain.cargo("build");
    cargo.args(["--package", "frontend", "--target", WASM, "--profile", profile]);
    tree::must(crate::server::quiet(&mut cargo), "the page does not compile")?;

    let compiled = tree::read(&tree::target().join(WASM).join(profile).join("frontend.wasm"))?;
    let page = Page { flavour, folder: tree::target().join("xtask/page").join(profile) };
    let recipe: &[u8] = b"wasm-bindgen 0.2.130, web, binaryen 132 -Oz";
    let stamp = Stamp::new(profile, tree::fingerprint(&[recipe, &compiled]));
    if !stamp.holds() || page.wasm().is_err() {
        report::step("writing the page's scripts");
        bind(compiled, &page.folder)?;
        if flavour == Flavour::Release {
            optimise(&page.folder.join(format!("{NAME}_bg.wasm")))?;
        }
        stamp.set()?;
    }
    Ok(page)
}

/// Writes the script that carries values between JavaScript and the program.
fn bind(compiled: Vec<u8>, folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(NAME, compiled)
        .out_name(NAME)
        .typescript(false)
        .omit_default_module_path(true)
        .web(true)?;
    let mut output = bindgen.generate_output().context("wasm-bindgen refuses the page")?;
    if let Some(import) = output.wasm().imports.iter().find(|import| import.module == "env") {
        bail!("the page asks its host for `env.{}`: some crate expects an operating system", import.name);
    }
    output.emit(folder).context("cannot write the page's scripts")
}

/// Lets binaryen shrink the program to less than half.
fn optimise(wasm: &Path) -> anyhow::Result<()> {
    report::step("making the page small");
    let (node, folder) = crate::journeys::packages()?;
    let mut optimiser = Command::new(node);
    optimiser
        .arg(folder.join("node_modules/binaryen/bin/wasm-opt"))
        .arg("-Oz")
        .arg(wasm)
        .arg("-o")
        .arg(wasm)
        .args([
            "--enable-bulk-memory",
            "--enable-multivalue",
            "--enable-mutable-globals",
            "--enable-nontrapping-float-to-int",
            "--enable-reference-types",
            "--enable-sign-ext",
        ]);
    tree::must(&mut optimiser, "wasm-opt refuses the page")
}
