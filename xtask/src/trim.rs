//! Takes out of the page's program what never runs, and long names that nobody reads.
//!
//! Leptos can take a page over in two ways: in one go, or waiting at each view for what that view needs.
//! Every view carries the code of both in its table of functions, so that the compiler cannot know that one
//! of them is never called. Our page is taken over in one go, as `frontend` waits for a page's chunk before.
//! Functions of the other way get a trap for a body; binaryen then removes what only they called.
//!
//! Invariant: only bodies of `async` functions are taken, as each names its own line of the source, in case
//! it is resumed too often. Anything shorter the compiler may have made one with an equal function that does
//! run. Should a trap ever be reached, the program stops in the first journey through the page of visitors.

use std::{collections::BTreeMap, mem};

use walrus::{
    FunctionKind, InstrLocId, Module,
    ir::{Instr, Unreachable},
};

/// What the compiler makes of the body of `async fn hydrate_async`, and of nothing else.
const NEVER_RUN: &str = "13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$17h";

/// Puts a trap into every function that never runs.
pub fn silence(module: &mut Module) {
    for function in module.funcs.iter_mut() {
        let name = function.name.as_deref().unwrap_or_default();
        if !name.contains(NEVER_RUN) {
            continue;
        }
        if let FunctionKind::Local(local) = &mut function.kind {
            let body = local.block_mut(local.entry_block());
            body.instrs.clear();
            body.instrs.push((Instr::Unreachable(Unreachable {}), InstrLocId::default()));
        }
    }
}

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
    use walrus::{FunctionBuilder, ValType};

    use super::*;

    const BODY: &str = "_ZN6tachys13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$17h0E";
    const INNER: &str = "_ZN6tachys13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$4prep17h0E";

    #[test]
    fn only_whole_words_are_renamed() {
        let names = BTreeMap::from([("__wbg_get_1".to_owned(), "w0".to_owned())]);
        assert_eq!(rename("__wbg_get_1: f(__wbg_get_12)", &names), "w0: f(__wbg_get_12)\n");
    }

    #[test]
    fn a_body_that_never_runs_becomes_a_trap_and_nothing_inside_it() {
        let mut module = Module::default();
        for name in [BODY, INNER] {
            let mut function = FunctionBuilder::new(&mut module.types, &[], &[ValType::I32]);
            function.name(name.to_owned()).func_body().i32_const(1);
            function.finish(Vec::new(), &mut module.funcs);
        }
        silence(&mut module);
        let traps = |name: &str| {
            let function = module.funcs.iter().find(|function| function.name.as_deref() == Some(name));
            let function = function.expect("it was just added").kind.unwrap_local();
            let body = &function.block(function.entry_block()).instrs;
            matches!(body.as_slice(), [(Instr::Unreachable(_), _)])
        };
        assert!(traps(BODY));
        assert!(!traps(INNER));
    }
}
