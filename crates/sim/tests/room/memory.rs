//! A call that goes on does not need more and more memory.

use sim::world::World;

/// What the whole world holds, with nothing that only tests keep.
fn held(world: &mut World) -> i64 {
    world.forget();
    world.events.clear();
    tally::mine().bytes
}

/// For some seconds ways lose packets, come to nothing and come back, and others speak.
fn go_on(world: &mut World, rounds: usize) {
    for round in 0..rounds {
        let people = world.links.len();
        for (client, ways) in world.links.iter_mut().enumerate() {
            ways.down.loss_permille = if client % 2 == round % 2 { 50 } else { 0 };
            ways.down.is_out = client == round % people && round % 3 == 0;
        }
        world.speak((round % people) as u8);
        for _ in 0..3 {
            world.run(1_000);
            held(world);
        }
    }
}

#[test]
fn a_call_that_goes_on_needs_no_more_memory() {
    chance::seeded(1, || {
        let before = tally::mine().bytes;
        let mut world = World::room(6, 1);
        go_on(&mut world, 8);
        let early = held(&mut world) - before;
        let census = world.sfu.census();
        go_on(&mut world, 14);
        let late = held(&mut world) - before;
        assert!(early > 1_000_000, "{early} bytes are counted");
        assert!(late < early * 115 / 100, "{early} bytes, then {late}");
        let now = world.sfu.census();
        assert_eq!((now.peers, now.rooms, now.addresses), (census.peers, census.rooms, census.addresses));
        assert!(now.timers <= 4 * now.peers, "{now:?}");
    });
}
