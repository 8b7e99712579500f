//! The figures of docs/MEDIA.md: `cargo run -p sim --example figures`.
//!
//! Three people, each sending 720p in three layers; the first one speaks. The third one's way down gets bad for
//! half a minute and then heals. Times are virtual; the median of nine runs.

use model::Source::Camera;
use sim::link::Link;
use sim::world::World;

const RUNS: u64 = 9;
const BAD: usize = 30;
const HEALED: usize = 30;

struct Run {
    /// Share of the sound that came while the way was bad, in percent.
    sound: usize,
    /// The second of the bad time from which on nine of ten packets of sound came.
    sound_back: usize,
    /// Share of seconds with a picture while it was bad, in percent.
    picture: usize,
    /// Seconds after it healed until everything was shown in full.
    full: usize,
    /// Whether anybody else was ever shown less.
    others: bool,
}

fn run(seed: u64, bad: &Link) -> Run {
    let mut world = World::call(3, seed);
    world.run(8_000);
    world.links[2].down = bad.clone();
    let (mut voices, mut pictures, mut others) = (Vec::new(), 0, false);
    for _ in 0..BAD {
        world.forget();
        world.run(1_000);
        voices.push(world.voice(2, 0));
        pictures += usize::from((0..2).any(|of| !world.shown(2, of, Camera).is_empty()));
        others |= !in_full(&world, 0, &[1, 2]) || !in_full(&world, 1, &[0, 2]);
    }
    world.links[2].down = Link::default();
    let mut full = HEALED;
    for second in 0..HEALED {
        world.forget();
        world.run(1_000);
        if full == HEALED && in_full(&world, 2, &[0, 1]) {
            full = second + 1;
        }
    }
    Run {
        sound: voices.iter().sum::<usize>() * 100 / (50 * BAD),
        sound_back: voices.iter().position(|voice| *voice >= 45).unwrap_or(BAD),
        picture: pictures * 100 / BAD,
        full,
        others,
    }
}

fn in_full(world: &World, client: usize, others: &[u8]) -> bool {
    others
        .iter()
        .all(|of| world.shown(client, *of, Camera).last().is_some_and(|shown| shown.label.layer == 2))
}

fn median(mut numbers: Vec<usize>) -> usize {
    numbers.sort_unstable();
    numbers[numbers.len() / 2]
}

fn main() {
    let lossy = |permille| {
        let mut link = Link::default();
        link.loss_permille = permille;
        link
    };
    let mut blackout = Link::default();
    blackout.is_out = true;
    println!(
        "| way down | sound that came | whole again after | seconds with a picture | in full after healing | others |"
    );
    println!("|---|---|---|---|---|---|");
    for (name, link) in [
        ("300 kbit/s", Link::of_rate(300_000)),
        ("600 kbit/s", Link::of_rate(600_000)),
        ("1.5 Mbit/s", Link::of_rate(1_500_000)),
        ("3 Mbit/s", Link::of_rate(3_000_000)),
        ("5 % loss", lossy(50)),
        ("10 % loss", lossy(100)),
        ("nothing", blackout),
    ] {
        let runs: Vec<Run> = (0..RUNS).map(|seed| run(seed, &link)).collect();
        let of = |part: fn(&Run) -> usize| median(runs.iter().map(part).collect());
        let others = if runs.iter().any(|run| run.others) { "shown less" } else { "in full" };
        println!(
            "| {name} | {} % | {} s | {} % | {} s | {others} |",
            of(|run| run.sound),
            of(|run| run.sound_back),
            of(|run| run.picture),
            of(|run| run.full),
        );
    }
}
