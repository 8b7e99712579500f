//! The stylesheet: `style/main.css` with all that it imports, in one minified file.
//!
//! What current browsers understand, nesting among it, stays as it is written.

use std::path::Path;

use anyhow::{Context, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    printer::PrinterOptions,
    stylesheet::{MinifyOptions, ParserOptions},
    targets::{Browsers, Targets},
};

use crate::{
    report,
    tree::{self, Stamp},
};

/// The oldest browsers that get the stylesheet as it was meant: those that nest and know `light-dark()`.
const BROWSERS: Browsers = Browsers {
    android: None,
    chrome: Some(version(123, 0)),
    edge: Some(version(123, 0)),
    firefox: Some(version(128, 0)),
    ie: None,
    ios_saf: Some(version(17, 5)),
    opera: Some(version(109, 0)),
    safari: Some(version(17, 5)),
    samsung: None,
};

/// Builds the stylesheet, or finds that the last one is still good.
pub fn build() -> anyhow::Result<Vec<u8>> {
    let folder = tree::root().join("style");
    let mut contents = Vec::new();
    for file in tree::files(&folder)? {
        contents.push(file.strip_prefix(&folder)?.to_string_lossy().into_owned().into_bytes());
        contents.push(tree::read(&file)?);
    }
    let parts: Vec<&[u8]> = contents.iter().map(Vec::as_slice).collect();
    let stamp = Stamp::new("style", tree::fingerprint(&parts));
    let output = tree::target().join("xtask/style.css");
    if !stamp.holds() || !output.exists() {
        report::step("writing the stylesheet");
        tree::write_if_changed(&output, bundle(&folder.join("main.css"))?.as_bytes())?;
        stamp.set()?;
    }
    tree::read(&output)
}

/// Joins the imports of `entry` and minifies the result.
fn bundle(entry: &Path) -> anyhow::Result<String> {
    let targets = Targets::from(BROWSERS);
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet = bundler.bundle(entry).map_err(|error| anyhow!("the stylesheet is wrong: {error}"))?;
    let minify = MinifyOptions { targets, ..MinifyOptions::default() };
    sheet.minify(minify).map_err(|error| anyhow!("the stylesheet is wrong: {error}"))?;
    let print = PrinterOptions { minify: true, targets, ..PrinterOptions::default() };
    Ok(sheet.to_css(print).context("the stylesheet cannot be written")?.code)
}

const fn version(major: u32, minor: u32) -> u32 {
    (major << 16) | (minor << 8)
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use super::*;

    fn bundled(name: &str, files: &[(&str, &str)]) -> anyhow::Result<String> {
        let folder = env::temp_dir().join(format!("xtask-style-{}-{name}", std::process::id()));
        for (name, text) in files {
            tree::write_if_changed(&folder.join(name), text.as_bytes())?;
        }
        let sheet = bundle(&folder.join("main.css"));
        fs::remove_dir_all(folder)?;
        sheet
    }

    #[test]
    fn imports_are_joined_and_nesting_stays() {
        let files = [
            ("main.css", "@layer base, parts;\n@import './parts/_bar.css' layer(parts);"),
            ("parts/_bar.css", ".bar { color: light-dark(black, white); & > b { margin: 0 } }"),
        ];
        let sheet = bundled("joined", &files).expect("the sheet is sound");
        assert_eq!(sheet, "@layer base;@layer parts{.bar{color:light-dark(#000,#fff);&>b{margin:0}}}");
    }

    #[test]
    fn a_mistake_is_told_with_its_file_and_line() {
        let told =
            bundled("mistake", &[("main.css", "a { color: red }\nb } {")]).expect_err("the sheet is wrong");
        assert!(told.to_string().contains("main.css:"), "{told}");
    }
}
