//! Which crate may depend on which, and what must stay out of each.
//!
//! ```text
//! 5  frontend            server                             entries
//! 4  app   browser       (app, ssr)                         presentation
//! 3  ui                  service                            use cases; plain components
//! 2                      store                              drivers
//! 1  call      domain    sfu                                pure cores, mutually unaware
//! 0  protocol ──▶ model                                     vocabulary
//! ```
//!
//! `sim` stands beside them: it runs the cores, and only tests use it. `chance` and `tally` are for tests
//! alone, too.
//!
//! Arrows point down only. A crate that is not in [`CRATES`] is a finding, so that its place is decided
//! when it is made. Development dependencies are free, but a core is tested without a runtime, too.

use toml::{Table, Value};

use crate::{Finding, tree::File};

struct Rule {
    name: &'static str,
    /// Crates of this workspace that it may depend on.
    ours: &'static [&'static str],
    outside: Outside,
}

enum Outside {
    /// A core names the few crates that it may use.
    Only(&'static [&'static str]),
    /// Other crates name what must never get in.
    Never(&'static [&'static str]),
}

use Outside::{Never, Only};

const CRATES: &[Rule] = &[
    Rule { name: "model", ours: &[], outside: Only(&["serde", "thiserror"]) },
    Rule { name: "protocol", ours: &["model"], outside: Only(&["serde", "serde_json", "thiserror"]) },
    Rule { name: "domain", ours: &["model"], outside: Only(&["jiff", "serde", "thiserror"]) },
    Rule { name: "call", ours: &["model", "protocol"], outside: Only(&[]) },
    Rule {
        name: "sfu",
        ours: &["model"],
        outside: Only(&["bytes", "dimpl", "str0m", "thiserror", "tracing"]),
    },
    Rule { name: "chance", ours: &[], outside: Only(&["fastrand", "libc"]) },
    Rule { name: "tally", ours: &[], outside: Only(&[]) },
    Rule { name: "sim", ours: &["model", "sfu"], outside: Only(&["str0m"]) },
    Rule { name: "store", ours: &["domain", "model"], outside: Never(&["axum", "leptos", "str0m"]) },
    Rule {
        name: "service",
        ours: &["domain", "model", "protocol", "sfu", "store"],
        outside: Never(&["axum", "http", "hyper", "leptos", "sqlx", "str0m", "tower", "web-sys"]),
    },
    Rule {
        name: "ui",
        ours: &["model"],
        outside: Never(&["leptos_router", "serde", "sqlx", "tokio", "web-sys"]),
    },
    Rule {
        name: "browser",
        ours: &["call", "model", "protocol"],
        outside: Never(&["leptos", "sqlx", "tokio"]),
    },
    Rule {
        name: "app",
        ours: &["browser", "call", "model", "protocol", "service", "ui"],
        outside: Never(&["gloo", "js-sys", "sqlx", "str0m", "tokio", "wasm-bindgen", "web-sys"]),
    },
    Rule {
        name: "server",
        ours: &["app", "model", "protocol", "service", "sfu", "store"],
        outside: Never(&["sqlx", "str0m", "web-sys"]),
    },
    Rule { name: "frontend", ours: &["app"], outside: Never(&["sqlx", "tokio"]) },
    Rule { name: "tidy", ours: &[], outside: Only(&["toml"]) },
    Rule { name: "xtask", ours: &[], outside: Never(&["tokio"]) },
];

/// What no core touches, not even in its tests.
const RUNTIMES: &[&str] = &["async-std", "axum", "leptos", "sqlx", "tokio", "web-sys"];

/// Words that stay out of a crate's sources, because they bring in what its dependencies let through.
const FOREIGN_WORDS: &[(&str, &str)] = &[
    ("crates/domain/src/", "serde"),
    ("crates/domain/src/", "async "),
    ("crates/call/src/", "std::time::Instant"),
    ("crates/ui/src/", "#[server"),
    ("crates/ui/src/", "expect_context"),
    ("crates/ui/src/", "use_context"),
    ("crates/browser/src/", "leptos"),
];

/// Where one of these words is needed all the same. Sessions and purchases are stored as their events:
/// decision 16.
const NATIVE_WORDS: &[(&str, &str)] =
    &[("crates/domain/src/session/", "serde"), ("crates/domain/src/purchase.rs", "serde")];

/// Every dependency of one `Cargo.toml` that points the wrong way or brings in what must stay out.
pub fn check(manifest: &File) -> Vec<Finding> {
    let finding = |why: String| Finding::file(&manifest.path, why);
    let table: Table = match manifest.text.parse() {
        Ok(table) => table,
        Err(error) => return vec![finding(format!("this is no manifest: {error}"))],
    };
    let Some(name) = table.get("package").and_then(|package| package.get("name")).and_then(Value::as_str)
    else {
        return Vec::new();
    };
    let Some(rule) = CRATES.iter().find(|rule| rule.name == name) else {
        return vec![finding(format!("`{name}` has no place in tidy::arrows yet"))];
    };
    let mut findings = Vec::new();
    for dependency in dependencies(&table, "dependencies") {
        if let Some(why) = rule.objection(&dependency) {
            findings.push(finding(why));
        }
    }
    let is_core = matches!(rule.outside, Only(_));
    for dependency in dependencies(&table, "dev-dependencies") {
        if is_core && RUNTIMES.contains(&dependency.as_str()) {
            findings.push(finding(format!("the tests of `{name}` need no `{dependency}`")));
        }
    }
    findings
}

/// Every line of a source that speaks of what must stay out of its crate.
pub fn check_words(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (folder, word) in FOREIGN_WORDS {
        let is_native =
            NATIVE_WORDS.iter().any(|(native, known)| known == word && file.path.starts_with(native));
        if is_native || !file.path.starts_with(folder) {
            continue;
        }
        for (at, line) in file.text.lines().enumerate() {
            if !line.trim_start().starts_with("//") && line.contains(word) {
                findings.push(Finding::line(
                    &file.path,
                    at + 1,
                    format!("“{}” stays out of {folder}", word.trim()),
                ));
            }
        }
    }
    findings
}

impl Rule {
    fn objection(&self, dependency: &str) -> Option<String> {
        let is_ours = CRATES.iter().any(|rule| rule.name == dependency);
        let allowed = match (&self.outside, is_ours) {
            (_, true) => self.ours.contains(&dependency),
            (Only(allowed), false) => allowed.contains(&dependency),
            (Never(forbidden), false) => !forbidden.contains(&dependency),
        };
        (!allowed).then(|| format!("`{}` must not depend on `{dependency}`", self.name))
    }
}

/// The names under `kind`, for every target.
fn dependencies(manifest: &Table, kind: &str) -> Vec<String> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = manifest.get(kind).into_iter().chain(targets.filter_map(|target| target.get(kind)));
    tables.filter_map(Value::as_table).flat_map(Table::keys).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objections(manifest: &str) -> Vec<String> {
        let file = File { path: "Cargo.toml".to_owned(), text: manifest.to_owned() };
        check(&file).into_iter().map(|finding| finding.why).collect()
    }

    #[test]
    fn an_arrow_that_points_up_or_aside_is_found() {
        let up = "[package]\nname = \"domain\"\n[dependencies]\nmodel = {}\nservice = {}\n";
        assert_eq!(objections(up), ["`domain` must not depend on `service`"]);
        let aside = "[package]\nname = \"call\"\n[target.'cfg(unix)'.dependencies]\ndomain = {}\n";
        assert_eq!(objections(aside), ["`call` must not depend on `domain`"]);
    }

    #[test]
    fn what_must_stay_out_is_found_in_cores_and_elsewhere() {
        let core = "[package]\nname = \"sfu\"\n[dependencies]\nstr0m = {}\ntokio = {}\n[dev-dependencies]\ntokio = {}\n";
        assert_eq!(
            objections(core),
            ["`sfu` must not depend on `tokio`", "the tests of `sfu` need no `tokio`"]
        );
        let service = "[package]\nname = \"service\"\n[dependencies]\ntokio = {}\nsqlx = {}\n";
        assert_eq!(objections(service), ["`service` must not depend on `sqlx`"]);
    }

    #[test]
    fn a_crate_nobody_placed_is_found() {
        assert_eq!(objections("[package]\nname = \"new\"\n"), ["`new` has no place in tidy::arrows yet"]);
        assert_eq!(objections("[workspace]\nmembers = []\n"), Vec::<String>::new());
    }

    #[test]
    fn a_foreign_word_is_found_in_code_and_not_in_comments() {
        let text = "// no serde here\n#[derive(serde::Serialize)]\n";
        let file = File { path: "crates/domain/src/room.rs".to_owned(), text: text.to_owned() };
        let lines: Vec<_> = check_words(&file).into_iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [Some(2)]);
        let file = File { path: "crates/domain/src/session/event.rs".to_owned(), ..file };
        assert!(check_words(&file).is_empty(), "events of sessions are stored");
        let file = File { path: "crates/domain/src/mailing.rs".to_owned(), ..file };
        assert_eq!(check_words(&file).len(), 1, "nothing else of the core is");
    }
}
