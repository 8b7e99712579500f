//! Components and their stylesheets go in pairs: `ui/src/tile.rs` and `style/components/_tile.css`.

use std::collections::BTreeSet;

use crate::{Finding, tree::File};

const COMPONENTS: &str = "crates/ui/src/";
const SHEETS: &str = "style/components/_";
const ENTRY: &str = "style/main.css";

/// Every component without a sheet, sheet without a component, and sheet that is never imported.
pub fn check(files: &[File]) -> Vec<Finding> {
    let components: BTreeSet<&str> = files
        .iter()
        .filter(|file| file.path.starts_with(COMPONENTS) && file.text.contains("#[component]"))
        .map(File::stem)
        .collect();
    let sheets: BTreeSet<&str> =
        files.iter().filter_map(|file| file.path.strip_prefix(SHEETS)?.strip_suffix(".css")).collect();
    let entry = files.iter().find(|file| file.path == ENTRY).map_or("", |file| file.text.as_str());
    let mut findings = Vec::new();
    for lonely in components.difference(&sheets) {
        let why = format!("this component needs {SHEETS}{lonely}.css");
        findings.push(Finding::file(&format!("{COMPONENTS}{lonely}.rs"), why));
    }
    for sheet in &sheets {
        let path = format!("{SHEETS}{sheet}.css");
        if !components.contains(sheet) {
            findings.push(Finding::file(&path, format!("there is no component {COMPONENTS}{sheet}.rs")));
        }
        if !entry.contains(&format!("components/_{sheet}.css\"")) {
            findings.push(Finding::file(&path, format!("{ENTRY} does not import this")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_component_and_a_sheet_without_each_other_are_found() {
        let files = [
            file("crates/ui/src/tile.rs", "#[component]"),
            file("crates/ui/src/arrange.rs", "fn arrange() {}"),
            file("style/components/_badge.css", ""),
            file("style/components/_tile.css", ""),
            file("style/main.css", "@import \"components/_badge.css\";"),
            file("crates/ui/src/crown.rs", "#[component]"),
        ];
        let paths: Vec<_> = check(&files).into_iter().map(|finding| finding.path).collect();
        assert_eq!(
            paths,
            ["crates/ui/src/crown.rs", "style/components/_badge.css", "style/components/_tile.css"]
        );
    }
}
