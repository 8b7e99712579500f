//! Cuts the page's program: what every page needs stays, what one page alone needs becomes a chunk.
//!
//! ```text
//! frontend.wasm ─▶ cut ─▶ the program ─▶ wasm-bindgen …      app::pages::chunks says where
//!                  ├────▶ split_room.wasm                    fetched when somebody goes there
//!                  ├────▶ __wasm_split….js                   fetches it
//!                  └────▶ __wasm_split_manifest.json         lets the server name it in the page's head
//! ```
//!
//! The cut follows the relocations that the linker leaves in the program if it is asked to
//! ([`LINKER_FLAG`]). Not here: names with hashes, which are [`crate::site`]'s.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow};
use wasm_split_cli_support::Options;

use crate::{page::NAME, tree};

/// What the compiler has to be told, so that the program can be cut.
pub const LINKER_FLAG: &str = "-Clink-arg=--emit-relocs";

/// The script that fetches chunks, under the name by which Leptos looks for it where names carry no hash.
pub const FETCHER: &str = "__wasm_split.______________________.js";
const MANIFEST: &str = "__wasm_split_manifest.json";

/// Which files belong to which chunk.
pub type Manifest = BTreeMap<String, Vec<String>>;

/// Cuts `compiled`, leaves everything but the program in `folder`, and gives the program back.
pub fn cut(compiled: &[u8], folder: &Path) -> anyhow::Result<Vec<u8>> {
    let program = folder.join("program.wasm");
    let (fetcher, script) = (format!("./{FETCHER}"), format!("./{NAME}.js"));
    let mut options = Options::new(compiled);
    options.output_dir = folder;
    options.main_out_path = &program;
    options.link_name = &fetcher;
    options.main_module = &script;
    let cut = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("{error:#}"))
        .context("the page cannot be cut into chunks")?;
    let manifest: Manifest = cut.prefetch_map.into_iter().collect();
    tree::write_if_changed(&folder.join(MANIFEST), &serde_json::to_vec(&manifest)?)?;
    let bytes = tree::read(&program)?;
    fs::remove_file(&program).with_context(|| format!("cannot remove {}", program.display()))?;
    Ok(bytes)
}

/// The files of the chunks that were left in `folder`.
pub fn chunks(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let manifest = manifest(folder)?;
    let mut names: Vec<&String> = manifest.values().flatten().collect();
    names.sort_unstable();
    names.dedup();
    Ok(names.into_iter().map(|name| folder.join(name).with_extension("wasm")).collect())
}

/// What was noted in `folder` about the chunks there.
pub fn manifest(folder: &Path) -> anyhow::Result<Manifest> {
    serde_json::from_slice(&tree::read(&folder.join(MANIFEST))?).context("cannot read the list of chunks")
}
