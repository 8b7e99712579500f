//! Traces of where something was written: paths of one machine, and the hosts that packages came from.
//!
//! The first work nowhere else; the second pin a mirror that others may not reach.

use crate::{Finding, tree::File};

/// Locks written by tools name their source by its public name, which is what makes them portable.
const WRITTEN_BY_TOOLS: &[&str] = &["Cargo.lock"];

/// Every line that names a private path or a registry's host.
pub fn check(file: &File) -> Vec<Finding> {
    if WRITTEN_BY_TOOLS.contains(&file.name()) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        if let Some(trace) = traces().iter().find(|trace| line.contains(trace.as_str())) {
            findings.push(Finding::line(
                &file.path,
                at + 1,
                format!("“{trace}” means something on one machine only"),
            ));
        }
    }
    findings
}

/// Put together from halves, so that this file does not object to itself.
fn traces() -> [String; 9] {
    [
        ("/ro", "ot/"),
        ("/ho", "me/"),
        ("/Us", "ers/"),
        ("/wo", "rk/main"),
        ("/wo", "rk/shared"),
        ("crates", ".io/"),
        ("registry.", "npmjs"),
        ("registry.", "yarnpkg"),
        ("deb.", "debian.org"),
    ]
    .map(|(one, other)| [one, other].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_machine_is_found_with_its_line() {
        let text = format!("one\ncd {}\n", ["/ho", "me/ana/anteroom"].concat());
        let file = File { path: "README.md".to_owned(), text };
        assert_eq!(check(&file).len(), 1);
        assert_eq!(check(&file)[0].line, Some(2));
    }

    #[test]
    fn every_trace_is_looked_for() {
        for trace in traces() {
            let file = File { path: "a.sh".to_owned(), text: format!("curl {trace}x") };
            assert_eq!(check(&file).len(), 1, "{trace}");
        }
    }
}
