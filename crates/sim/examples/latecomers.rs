//! The figures of docs/decisions/0026: `cargo run -p sim --example latecomers`.
//!
//! Somebody comes into a room of six whose senders are far away or near. How long until everybody is shown
//! by asking each sender for a keyframe, and how old is the newest keyframe of each layer at that moment: a
//! server that kept what followed it would have to send all of that at once.

use model::Source::Camera;
use sim::client::{Client, RATES};
use sim::world::World;
use std::time::{Duration, Instant};

const PEOPLE: u8 = 6;
/// What a replay may span at most before it looks like congestion.
const REPLAY: Duration = Duration::from_millis(400);

/// When each camera last made a keyframe of its smallest layer: as it was asked, or as it began.
fn newest(client: &Client, began: Instant) -> Instant {
    client.keyframe_requests(Camera, 0).last().copied().unwrap_or(began)
}

struct Arrival {
    first: Duration,
    everybody: Duration,
    /// How old the newest keyframes were.
    ages: Vec<Duration>,
}

/// Somebody comes `after` so long and is watched until everybody is shown.
fn arrive(world: &mut World, began: Instant, number: u8, after: Duration) -> Arrival {
    world.run(after.as_millis() as u64);
    let newest: Vec<Instant> = world.clients.iter().map(|client| newest(client, began)).collect();
    let late = world.enter(number);
    let (up, down) = (world.links[0].up.clone(), world.links[0].down.clone());
    (world.links[late].up, world.links[late].down) = (up, down);
    world.turn_to(late, 0);
    while !world.clients[late].connected {
        world.run(5);
    }
    let came = world.now;
    let ages = newest.iter().map(|newest| came - *newest).collect();
    let mut first = None;
    loop {
        let stage = world.glance(late, 0);
        if first.is_none() && stage.contains(['q', 'h', 'f']) {
            first = Some(world.now - came);
        }
        if !stage.contains('-') {
            let everybody = world.now - came;
            return Arrival { first: first.unwrap_or(everybody), everybody, ages };
        }
        world.run(5);
    }
}

fn median<T: Copy + Ord>(of: impl Iterator<Item = T>) -> T {
    let mut all: Vec<T> = of.collect();
    all.sort_unstable();
    all[all.len() / 2]
}

fn main() {
    println!(
        "| one way | who comes every | first picture | everybody | keyframe is old | and what followed | replay of 400 ms serves | keyframes a camera makes |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|--:|");
    for delay in [5, 25, 50] {
        for gap in [Duration::from_millis(500), Duration::from_secs(3), Duration::from_secs(10)] {
            let mut world = World::room(PEOPLE, 1);
            let began = world.now;
            for ways in &mut world.links {
                (ways.up.delay, ways.down.delay) =
                    (Duration::from_millis(delay), Duration::from_millis(delay));
            }
            world.run(10_000);
            let requests = |world: &World| -> usize {
                world.clients[..usize::from(PEOPLE)]
                    .iter()
                    .map(|client| client.keyframe_requests(Camera, 0).len())
                    .sum()
            };
            let before = requests(&world);
            let arrivals: Vec<Arrival> =
                (0..6).map(|nth| arrive(&mut world, began, PEOPLE + nth, gap)).collect();
            let ages = || arrivals.iter().flat_map(|arrival| &arrival.ages);
            let fresh = ages().filter(|age| **age <= REPLAY).count() * 100 / ages().count();
            let age = median(ages().copied());
            println!(
                "| {delay} ms | {gap:?} | {:?} | {:?} | {:.1} s | {} kB | {fresh} % | {:.1} |",
                median(arrivals.iter().map(|arrival| arrival.first)),
                median(arrivals.iter().map(|arrival| arrival.everybody)),
                age.as_secs_f64(),
                RATES[0] * age.as_millis() as u64 / 8_000_000,
                (requests(&world) - before) as f64 / f64::from(PEOPLE),
            );
        }
    }
}
