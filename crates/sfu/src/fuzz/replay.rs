//! Runs the corpus, and mutations of it that are the same each time.
//!
//! `FUZZ_RUNS=1000000 cargo test -p sfu fuzz` tries so many of each target, `FUZZ_SEED=7` others. An input
//! that fails is printed; as a file of the corpus it is tried for ever. What is called `found` there was
//! found by a search with libFuzzer, because it reaches places that the others do not.

use super::TARGETS;
use crate::dice::Dice;
use std::panic::catch_unwind;
use std::path::Path;
use std::{env, fs};

/// What breaks readers: nothing, one, the edges of signs and of lengths.
const EDGES: [u8; 10] = [0, 1, 2, 0x10, 0x7f, 0x80, 0x90, 0xbe, 0xfe, 0xff];
/// The longest input; what is longer finds nothing that shorter ones do not.
const MOST: usize = 40_000;

/// The inputs of one target, by their names.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![here.join("fuzz/corpus").join(target)];
    if matches!(target, "offer" | "answer") {
        folders.push(here.join("tests/sdp"));
    }
    let mut paths: Vec<_> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).expect("every target has a corpus"))
        .map(|entry| entry.expect("a folder that can be read").path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has a corpus");
    paths.iter().map(|path| fs::read(path).expect("a file that can be read")).collect()
}

fn setting(name: &str, usual: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn below(dice: &mut Dice, limit: usize) -> usize {
    (dice.roll() % limit.max(1) as u64) as usize
}

/// A place in `input`, mostly at the beginning, where descriptors and headers are.
fn place(dice: &mut Dice, input: &[u8]) -> usize {
    let reach = if dice.roll() & 1 == 0 { input.len().min(32) } else { input.len() };
    below(dice, reach)
}

/// The start and the end of a line, or of a few bytes.
fn part(dice: &mut Dice, input: &[u8]) -> (usize, usize) {
    let from = place(dice, input);
    if dice.roll() & 1 == 0 {
        return (from, (from + 1 + below(dice, 16)).min(input.len()));
    }
    let end = |at: usize| input[at..].iter().position(|byte| *byte == b'\n').map(|to| at + to + 1);
    let from = input[..from].iter().rposition(|byte| *byte == b'\n').map_or(0, |before| before + 1);
    (from, end(from).unwrap_or(input.len()))
}

fn mutate(dice: &mut Dice, input: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..=below(dice, 4) {
        let at = place(dice, input);
        match dice.roll() % 8 {
            0 if !input.is_empty() => input[at] ^= 1 << (dice.roll() % 8),
            1 if !input.is_empty() => input[at] = EDGES[below(dice, EDGES.len())],
            2 => input.insert(at, dice.roll() as u8),
            3 => input.truncate(at),
            4 => {
                let (from, to) = part(dice, input);
                input.drain(from..to);
            }
            5 => {
                let (from, to) = part(dice, input);
                let copy = input[from..to].to_vec();
                input.splice(at..at, copy);
            }
            6 => {
                let (from, to) = part(dice, other);
                input.splice(at..at, other[from..to].iter().copied());
            }
            _ if at + 2 <= input.len() => {
                let length = [0, 1, input.len() - at, 1_500, 1_501, 0xffff][below(dice, 6)] as u16;
                input[at..at + 2].copy_from_slice(&length.to_be_bytes());
            }
            _ => {}
        }
    }
    input.truncate(MOST);
}

/// Runs one target with so many mutations; its cost says how many.
fn replay(name: &str, runs: u64) {
    let (_, target) = TARGETS.into_iter().find(|(known, _)| *known == name).expect("a target");
    let run = |input: &[u8]| {
        assert!(catch_unwind(|| target(input)).is_ok(), "{name} fails with {}", input.escape_ascii());
    };
    let inputs = corpus(name);
    run(&[]);
    inputs.iter().for_each(|input| run(input));
    let mut dice = Dice::new(setting("FUZZ_SEED", 1));
    for _ in 0..setting("FUZZ_RUNS", runs) {
        let mut input = inputs[below(&mut dice, inputs.len())].clone();
        let other = &inputs[below(&mut dice, inputs.len())];
        mutate(&mut dice, &mut input, other);
        run(&input);
    }
}

#[test]
fn av1() {
    replay("av1", 10_000);
}

#[test]
fn demux() {
    replay("demux", 10_000);
}

#[test]
fn framing() {
    replay("framing", 4_000);
}

#[test]
fn h264() {
    replay("h264", 10_000);
}

#[test]
fn vp8() {
    replay("vp8", 10_000);
}

#[test]
fn vp9() {
    replay("vp9", 10_000);
}

#[test]
fn offer() {
    replay("offer", 1_000);
}

#[test]
fn answer() {
    replay("answer", 700);
}

#[test]
fn transport() {
    replay("transport", 300);
}
