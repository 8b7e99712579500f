//! Coming, coming again and going.

use model::PeerId;
use model::Source::{Camera, Microphone};
use sfu::{Census, Command, Event, LostReason};
use sim::client::PAGE;
use sim::world::{ROOM, World, participant, room};

fn lost(world: &World) -> Vec<(PeerId, LostReason)> {
    let lost = |event: &Event| match event {
        Event::Lost { peer, reason, .. } => Some((*peer, *reason)),
        Event::Connected { .. } | Event::Slots { .. } | Event::Layers { .. } | Event::Speaking { .. } => None,
    };
    world.events.iter().filter_map(lost).collect()
}

/// Asserts that nothing is left but what was counted.
fn assert_empty(world: &mut World) {
    world.run(10_000);
    let Census { peers, rooms, addresses, ufrags, timers, .. } = world.sfu.census();
    assert_eq!((peers, rooms, addresses, ufrags, timers), (0, 0, 0, 0, 0));
    assert_eq!(world.sfu.poll_timeout(), None, "an empty shard sleeps");
}

#[test]
fn who_comes_again_takes_their_own_place_without_a_loss() {
    let mut world = World::with_people(3);
    world.publish(0, &[Microphone, Camera]);
    world.run(1_000);
    let again = world.join(0, ROOM, PAGE).expect("an answer");
    world.run(2_000);
    assert!(world.clients[0].closed, "the old connection is told");
    world.publish(again, &[Microphone, Camera]);
    world.forget();
    world.run(1_000);
    assert_eq!(lost(&world), []);
    assert_eq!(world.sfu.census().peers, 3);
    for viewer in [1, 2] {
        assert!(world.heard(viewer, 0, Camera).len() > 20);
        assert!(world.heard(viewer, 0, Microphone).len() > 20);
    }
    // What the old connection still sends goes nowhere.
    let now = world.now;
    world.clients[again].send_all(Camera, false, now);
    world.clients[again].send_all(Microphone, false, now);
    world.run(100);
    world.forget();
    world.run(1_000);
    assert_eq!(world.clients[1].received.len(), 0);
}

#[test]
fn who_leaves_gives_their_slots_back_and_is_forgotten() {
    let mut world = World::with_people(2);
    world.publish(0, &[Microphone, Camera]);
    world.run(1_000);
    let peer = world.clients[0].peer;
    world.command(Command::Close { peer });
    assert_eq!(world.slot(1, 0, Camera), None);
    let peer = world.clients[1].peer;
    world.command(Command::Close { peer });
    assert_eq!(lost(&world), [], "leaving is no loss");
    world.run(100);
    assert!(world.clients.iter().all(|client| client.closed));
    assert_empty(&mut world);
}

#[test]
fn a_closed_room_ends_for_everybody_in_it_and_for_nobody_else() {
    let mut world = World::new();
    for (number, room) in [(0, 1), (1, 1), (2, 2), (3, 2)] {
        world.join(number, room, PAGE).expect("an answer");
    }
    world.run(2_000);
    world.publish(0, &[Camera]);
    world.publish(2, &[Camera]);
    world.run(500);
    world.command(Command::CloseRoom { room: room(1) });
    world.run(100);
    let closed: Vec<bool> = world.clients.iter().map(|client| client.closed).collect();
    assert_eq!(closed, [true, true, false, false]);
    assert!(!world.sfu.holds(room(1)));
    world.forget();
    world.run(500);
    assert!(world.heard(3, 2, Camera).len() > 10);
    world.command(Command::CloseRoom { room: room(2) });
    assert_empty(&mut world);
}

#[test]
fn who_falls_silent_is_lost_after_half_a_minute() {
    let mut world = World::with_people(2);
    world.publish(0, &[Camera]);
    world.run(1_000);
    world.clients[0].online = false;
    world.run(25_000);
    assert_eq!(lost(&world), []);
    world.run(10_000);
    assert_eq!(lost(&world), [(world.clients[0].peer, LostReason::Timeout)]);
    assert_eq!(world.slot(1, 0, Camera), None);
    world.run(60_000);
    assert_eq!(lost(&world).len(), 1, "who stays is not lost");
}

#[test]
fn who_is_back_in_time_is_not_lost() {
    let mut world = World::with_people(2);
    world.publish(0, &[Camera]);
    world.run(1_000);
    world.clients[0].online = false;
    world.run(8_000);
    world.clients[0].online = true;
    world.run(2_000);
    world.forget();
    world.run(60_000);
    assert_eq!(lost(&world), []);
    assert!(world.heard(1, 0, Camera).len() > 1_000);
}

#[test]
fn who_never_arrives_is_lost_after_the_handshake_time() {
    let mut world = World::new();
    let client = world.join(0, ROOM, PAGE).expect("an answer");
    world.clients[client].online = false;
    world.run(14_000);
    assert_eq!(lost(&world), []);
    world.run(2_000);
    assert_eq!(lost(&world), [(world.clients[0].peer, LostReason::Timeout)]);
    assert_empty(&mut world);
}

#[test]
fn what_was_said_before_the_line_was_up_is_not_played_back() {
    let mut world = World::with_people(2);
    world.publish(0, &[Microphone, Camera]);
    let latecomer = world.join(2, ROOM, PAGE).expect("an answer");
    world.clients[latecomer].online = false;
    world.run(5_000);
    world.clients[latecomer].online = true;
    while !world.clients[latecomer].connected {
        world.run(10);
    }
    world.run(100);
    let heard = world.heard(latecomer, 0, Microphone).len();
    assert!((1..=10).contains(&heard), "{heard} packets in a tenth of a second");
    world.run(1_000);
    assert!(world.heard(latecomer, 0, Camera)[0].label().keyframe);
}

#[test]
fn who_says_goodbye_is_lost_at_once() {
    let mut world = World::with_people(2);
    let goodbye = world.clients[0].goodbye(world.now);
    world.send(goodbye);
    world.run(100);
    assert_eq!(lost(&world), [(world.clients[0].peer, LostReason::Timeout)]);
}

#[test]
fn everybody_is_announced_as_connected_once() {
    let mut world = World::with_people(3);
    world.run(20_000);
    let connected = |event: &Event| match event {
        Event::Connected { participant, room, .. } => Some((*participant, *room)),
        Event::Lost { .. } | Event::Slots { .. } | Event::Layers { .. } | Event::Speaking { .. } => None,
    };
    let mut announced: Vec<_> = world.events.iter().filter_map(connected).collect();
    announced.sort();
    let expected: Vec<_> = (0..3).map(|number| (participant(number), room(ROOM))).collect();
    assert_eq!(announced, expected);
}
