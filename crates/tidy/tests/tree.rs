//! The rules of the tree, held against the checkout.

use std::{fs, path::PathBuf};

use tidy::{
    Finding, arrows, names, shape, styles, traces,
    tree::{self, File},
    wire,
};

/// Files that may break a rule for now. This list may only shrink: one that breaks none is a failure, too.
const EXCEPTIONS: &[&str] = &[];

#[test]
fn crates_depend_only_on_those_below_them() {
    let mut findings = each(|file| file.name() == "Cargo.toml", arrows::check);
    findings.extend(each(File::is_rust, arrows::check_words));
    none(findings);
}

#[test]
fn files_open_with_a_header_and_stay_short() {
    none(each(File::is_rust, shape::check));
}

#[test]
fn names_say_something() {
    none(each(|_| true, names::check));
}

#[test]
fn components_and_stylesheets_go_in_pairs() {
    none(styles::check(&files()));
}

#[test]
fn the_protocol_document_names_every_message_and_field() {
    let document = fs::read_to_string(root().join("docs/PROTOCOL.md")).expect("the protocol has a document");
    let declares = |file: &File| {
        let name = file.path.strip_prefix("crates/protocol/src/");
        name.is_some_and(|name| wire::SOURCES.contains(&name))
    };
    assert_eq!(files().iter().filter(|file| declares(file)).count(), wire::SOURCES.len());
    none(each(declares, |file| wire::check(file, &document)));
}

#[test]
fn no_text_tells_on_which_machine_it_was_written() {
    none(each(|_| true, traces::check));
}

#[test]
fn every_exception_is_still_needed() {
    let files = files();
    let broken = |path: &&str| {
        let file = files.iter().find(|file| file.path == *path);
        file.is_some_and(|file| !shape::check(file).is_empty() || !names::check(file).is_empty())
    };
    let healed: Vec<_> = EXCEPTIONS.iter().filter(|path| !broken(path)).collect();
    assert!(healed.is_empty(), "no longer needed, take them out: {healed:?}");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files() -> Vec<File> {
    let files = tree::load(&root()).expect("the checkout can be read");
    assert!(files.len() > 50, "this is not the checkout");
    files
}

fn each(wanted: impl Fn(&File) -> bool, check: impl Fn(&File) -> Vec<Finding>) -> Vec<Finding> {
    let checked: Vec<_> = files().into_iter().filter(|file| wanted(file)).collect();
    assert!(!checked.is_empty(), "nothing was checked");
    checked.iter().filter(|file| !EXCEPTIONS.contains(&file.path.as_str())).flat_map(check).collect()
}

fn none(findings: Vec<Finding>) {
    let list: Vec<_> = findings.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "the tree breaks its rules:\n  {}\n", list.join("\n  "));
}
