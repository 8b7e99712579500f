//! Takes long names that nobody reads out of the page's program: those by which it knows its script.
//!
//! Not here: the names of functions, which binaryen drops.

use std::{collections::BTreeMap, mem};

use walrus::Module;

/// Gives the functions that the program takes from its `script` names of a few letters, in both.
pub fn shorten(module: &mut Module, script: &str) -> String {
    let mut short = BTreeMap::new();
    for import in module.imports.iter_mut().filter(|import| import.name.starts_with("__wb")) {
        let next = format!("w{}", short.len());
        let name = short.entry(import.name.clone()).or_insert(next);
        import.name.clone_from(name);
    }
    rename(script, &short)
}

/// Replaces whole words.
fn rename(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut renamed = String::with_capacity(text.len());
    let mut word = String::new();
    for letter in text.chars().chain(['\n']) {
        if letter.is_alphanumeric() || letter == '_' || letter == '$' {
            word.push(letter);
            continue;
        }
        let word = mem::take(&mut word);
        renamed.push_str(names.get(&word).unwrap_or(&word));
        renamed.push(letter);
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_renamed() {
        let names = BTreeMap::from([("__wbg_get_1".to_owned(), "w0".to_owned())]);
        assert_eq!(rename("__wbg_get_1: f(__wbg_get_12)", &names), "w0: f(__wbg_get_12)\n");
    }
}
