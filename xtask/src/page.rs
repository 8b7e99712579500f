//! The page's program: Rust to WebAssembly to something a browser loads.
//!
//! ```text
//! cargo ─▶ frontend.wasm ─▶ cut ─▶ program ─▶ wasm-bindgen ─▶ anteroom.js + anteroom.wasm ─▶ made small
//!                            └───▶ chunks ──────────────────────────────────────────────────▶ (release)
//! ```
//!
//! wasm-bindgen is called as a library of the very version that `frontend` was built with, so nothing can
//! drift. [`crate::split`] cuts and [`crate::trim`] shortens. Invariant: the program imports nothing but what
//! those tools wrote for it. An import called `env` would mean that some crate expects an operating system.
//! Not here: names with hashes, compression and where files go, which is [`crate::site`].

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
    split::{self, FETCHER, Manifest},
    toolchain::{Toolchain, WASM},
    tree::{self, Stamp},
    trim,
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

    /// The script that fetches chunks.
    pub fn fetcher(&self) -> anyhow::Result<Vec<u8>> {
        tree::read(&self.folder.join(FETCHER))
    }

    /// The chunks, by their names without an ending.
    pub fn chunks(&self) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
        let mut found = BTreeMap::new();
        for file in split::chunks(&self.folder)? {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            found.insert(name, tree::read(&file)?);
        }
        Ok(found)
    }

    /// Which chunks belong to which page.
    pub fn manifest(&self) -> anyhow::Result<Manifest> {
        split::manifest(&self.folder)
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
    let mut cargo = toolchain.cargo("rustc");
    cargo.args(["--package", "frontend", "--lib", "--target", WASM, "--profile", profile]);
    // The flag is the last crate's alone, so that no other is compiled twice.
    crate::server::quiet(&mut cargo).args(["--", split::LINKER_FLAG]);
    tree::must(&mut cargo, "the page does not compile")?;

    let compiled = tree::read(&tree::target().join(WASM).join(profile).join("frontend.wasm"))?;
    let page = Page { flavour, folder: tree::target().join("xtask/page").join(profile) };
    let recipe: &[u8] = b"wasm-split 0.2.4, wasm-bindgen 0.2.130, web, trimmed bodies, binaryen 132 -Os";
    let stamp = Stamp::new(profile, tree::fingerprint(&[recipe, &compiled]));
    if !stamp.holds() || page.wasm().is_err() {
        report::step("writing the page's scripts");
        if page.folder.exists() {
            fs::remove_dir_all(&page.folder)
                .with_context(|| format!("cannot empty {}", page.folder.display()))?;
        }
        let program = split::cut(&compiled, &page.folder)?;
        bind(program, &page)?;
        if flavour == Flavour::Release {
            make_small(&page.folder)?;
        }
        stamp.set()?;
    }
    Ok(page)
}

/// Writes the script that carries values between JavaScript and the program.
fn bind(program: Vec<u8>, page: &Page) -> anyhow::Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(NAME, program)
        .out_name(NAME)
        .typescript(false)
        .omit_default_module_path(true)
        // Chunks find what they share with the program by these names.
        .keep_lld_exports(true)
        .demangle(false)
        .web(true)?;
    let mut output = bindgen.generate_output().context("wasm-bindgen refuses the page")?;
    if let Some(import) = output.wasm().imports.iter().find(|import| import.module == "env") {
        bail!("the page asks its host for `env.{}`: some crate expects an operating system", import.name);
    }
    let script = match page.flavour {
        Flavour::Dev => None,
        Flavour::Release => {
            let script = output.js().to_owned();
            Some(trim::shorten(output.wasm_mut(), &script))
        }
    };
    output.emit(&page.folder).context("cannot write the page's scripts")?;
    if let Some(script) = script {
        tree::write_if_changed(&page.folder.join(format!("{NAME}.js")), script.as_bytes())?;
    }
    Ok(())
}

/// Shrinks program and chunks to less than half.
fn make_small(folder: &Path) -> anyhow::Result<()> {
    report::step("making the page small");
    for chunk in split::chunks(folder)? {
        optimise(&chunk)?;
    }
    optimise(&folder.join(format!("{NAME}_bg.wasm")))
}

/// Lets binaryen work on one file. Its `-Oz` makes smaller files, but ones that compress less well.
fn optimise(wasm: &Path) -> anyhow::Result<()> {
    let (node, folder) = crate::journeys::packages()?;
    let mut optimiser = Command::new(node);
    optimiser
        .arg(folder.join("node_modules/binaryen/bin/wasm-opt"))
        .arg("-Os")
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
            // The lowest addresses are the end of the stack, and fresh memory is empty: both hold for Rust.
            "--low-memory-unused",
            "--zero-filled-memory",
            "--strip-producers",
            "--strip-target-features",
        ]);
    tree::must(&mut optimiser, "wasm-opt refuses the page")
}
