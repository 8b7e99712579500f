//! What a packet costs on its way through the server: `cargo run -p sim --release --example packets`.
//!
//! One camera of 720p is shown to 1, 5 and 20 people. Times differ from machine to machine; the ratios of one
//! run are what to look at. Every column counts only what the shard does, for one packet that came in.

use model::Source::Camera;
use rustix::time::{ClockId, clock_gettime};
use sim::client::{PAGE, Shape, Size};
use sim::gauge::{Gauge, Spent};
use sim::world::{ROOM, World};
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: tally::Counting = tally::Counting;

const SENDER: Shape = Shape { audio_slots: 0, video_slots: 0 };
const SECONDS: u64 = 20;

/// What this thread has spent of the processor, and asked for.
fn read() -> Spent {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let time = Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32);
    Spent { times: 0, time, calls: tally::mine().calls }
}

struct Cost {
    /// Microseconds for each packet that came in, at once and later.
    at_once: f64,
    later: f64,
    feedback: f64,
    calls: f64,
    sent: f64,
}

fn measure(people: u8) -> Cost {
    let mut world = World::seeded(1);
    world.join(0, ROOM, SENDER).expect("an answer");
    for number in 1..=people {
        world.join(number, ROOM, PAGE).expect("an answer");
    }
    world.run(1_000);
    world.clients.iter_mut().for_each(|client| client.size = Size::Real);
    world.publish(0, &[Camera]);
    for client in 1..=usize::from(people) {
        world.demand(client, &[(0, Camera, 720)]);
    }
    world.run(8_000);
    world.gauge = Some(Gauge::new(read));
    let before: u64 = world.links.iter().map(|ways| ways.down.datagrams).sum();
    for _ in 0..SECONDS {
        world.run(1_000);
        world.forget();
        world.events.clear();
    }
    let sent = world.links.iter().map(|ways| ways.down.datagrams).sum::<u64>() - before;
    let gauge = world.gauge.take().expect("it was set");
    let packets = gauge.media.times.max(1) as f64;
    let micros = |spent: Spent| spent.time.as_secs_f64() * 1e6 / packets;
    Cost {
        at_once: micros(gauge.media),
        later: micros(gauge.due),
        feedback: micros(gauge.feedback),
        calls: (gauge.media.calls + gauge.due.calls) as f64 / packets,
        sent: sent as f64 / packets,
    }
}

fn main() {
    println!(
        "| shown to | sent | µs at once | µs later | µs for feedback | of what one viewer costs | memory asked for |"
    );
    println!("|--:|--:|--:|--:|--:|--:|--:|");
    let costs = [1, 5, 20].map(|people| (people, measure(people)));
    let all = |cost: &Cost| cost.at_once + cost.later + cost.feedback;
    let one = all(&costs[0].1);
    for (people, cost) in &costs {
        println!(
            "| {people} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} |",
            cost.sent,
            cost.at_once,
            cost.later,
            cost.feedback,
            all(cost) / one,
            cost.calls,
        );
    }
}
