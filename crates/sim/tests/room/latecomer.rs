//! Somebody comes into a room of nineteen that has been talking for a while.

use model::Source::Camera;
use sim::client::{Client, RATES};
use sim::world::World;
use std::time::Duration;

/// After what time on the line everybody on the stage is shown, over ways of 5 ms.
const EVERYBODY: Duration = Duration::from_millis(200);
/// After what time the one who speaks is shown large.
const LARGE: Duration = Duration::from_secs(2);

/// How often each client was asked for a keyframe, of each layer of its camera.
fn asked(world: &World) -> Vec<[usize; RATES.len()]> {
    let of = |client: &Client| [0, 1, 2].map(|layer| client.keyframe_requests(Camera, layer).len());
    world.clients.iter().map(of).collect()
}

/// Lets time pass until a client's stage is as wanted; answers how long it took.
fn until(world: &mut World, client: usize, is_wanted: impl Fn(&str) -> bool) -> Duration {
    let began = world.now;
    while !is_wanted(&world.glance(client, 0)) {
        world.run(5);
        assert!(world.now - began < Duration::from_secs(10), "{}", world.glance(client, 0));
    }
    world.now - began
}

#[test]
fn whoever_comes_late_sees_everybody_soon_and_costs_each_layer_one_keyframe() {
    chance::seeded(1, || {
        let mut world = World::room(19, 1);
        world.run(8_000);
        let before = asked(&world);
        let late = world.enter(19);
        world.turn_to(late, 0);
        while !world.clients[late].connected {
            world.run(5);
        }
        let everybody = until(&mut world, late, |stage| !stage.contains('-'));
        assert!(everybody <= EVERYBODY, "{everybody:?}");
        let large = until(&mut world, late, |stage| stage.starts_with('f'));
        assert!(everybody + large <= LARGE, "{large:?}");
        let after = asked(&world);
        for (client, (after, before)) in after.iter().zip(before).enumerate() {
            let more = [0, 1, 2].map(|layer| after[layer] - before[layer]);
            assert!(more.iter().all(|requests| *requests <= 1), "{client}: {more:?}");
        }
        assert_eq!(world.broken(), 0);
    });
}
