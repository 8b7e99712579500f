//! Every component has its stylesheet, every stylesheet is bundled, and every class that a component
//! wears belongs to it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The sources that hold a component, by file name without ending.
fn components() -> Vec<(String, String)> {
    let folder = std::fs::read_dir(root().join("crates/ui/src")).expect("the sources are here");
    let mut components: Vec<(String, String)> = folder
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .map(|path| {
            (path.file_stem().expect("a file has a name").to_string_lossy().into_owned(), read(&path))
        })
        .filter(|(_, source)| source.contains("#[component]"))
        .collect();
    components.sort();
    components
}

#[test]
fn each_component_has_a_stylesheet_that_is_bundled() {
    let bundle = read(&root().join("style/main.css"));
    for (name, _) in components() {
        let file = format!("components/_{name}.css");
        assert!(root().join("style").join(&file).exists(), "style/{file} is missing");
        assert!(bundle.contains(&file), "style/main.css does not import {file}");
    }
}

#[test]
fn each_stylesheet_belongs_to_a_component() {
    let names: BTreeSet<String> = components().into_iter().map(|(name, _)| format!("_{name}.css")).collect();
    for entry in std::fs::read_dir(root().join("style/components")).expect("the stylesheets are here") {
        let file = entry.expect("the folder can be read").file_name().to_string_lossy().into_owned();
        assert!(names.contains(&file), "style/components/{file} has no component");
    }
}

#[test]
fn each_class_is_styled_where_its_name_says() {
    for (name, source) in components() {
        for class in classes(&source) {
            let block = class.split("__").next().unwrap_or_default().split("--").next().unwrap_or_default();
            if block == "visually-hidden" || class.is_empty() {
                continue;
            }
            let owner = if block == "icon" { "icons".to_owned() } else { block.replace('-', "_") };
            assert!(
                components().iter().any(|(other, _)| *other == owner),
                "{name}.rs wears {class}, which belongs to no component"
            );
        }
    }
}

#[test]
fn each_styled_class_is_worn() {
    let worn: BTreeSet<String> = components().iter().flat_map(|(_, source)| classes(source)).collect();
    for entry in std::fs::read_dir(root().join("style/components")).expect("the stylesheets are here") {
        let path = entry.expect("the folder can be read").path();
        for class in styled(&read(&path)) {
            assert!(worn.contains(&class), "{}: nobody wears .{class}", path.display());
        }
    }
}

/// The classes in attributes (`class="a b"`, `class:a=…`) and in strings that are lists of classes.
fn classes(source: &str) -> BTreeSet<String> {
    let in_strings = source.split('"').skip(1).step_by(2).filter(|text| {
        text.split(' ').all(|class| {
            !class.is_empty()
                && class.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c))
        })
    });
    let marked = in_strings.clone().filter(|text| text.contains("--") || text.contains("__"));
    let toggled = source.split("class:").skip(1).filter_map(|rest| rest.split('=').next());
    let plain = source.split("class=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let constants =
        in_strings.filter(|text| source.contains(&format!("=> \"{text}\"")) && text.contains('-'));
    marked
        .chain(toggled)
        .chain(plain)
        .chain(constants)
        .flat_map(|text| text.split(' ').map(str::to_owned))
        .filter(|class| !class.starts_with("--"))
        .collect()
}

/// The classes that a stylesheet names in its selectors.
fn styled(css: &str) -> BTreeSet<String> {
    css.lines()
        .filter(|line| {
            line.trim_end().ends_with(['{', ',']) && !line.contains(':')
                || line.trim_start().starts_with(['.', '&', '>'])
        })
        .flat_map(|line| line.split('.').skip(1))
        .map(|rest| {
            rest.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).next().unwrap_or_default()
        })
        .filter(|class| class.starts_with(|c: char| c.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}
