//! Who receives what of whom.

use model::Source::{self, Camera, Microphone, Screen};
use sfu::Event;
use sim::client::PAGE;
use sim::received::{Label, Received};
use sim::world::{ROOM, World};

/// Asserts that all packets are of one source of one person, and that there are some.
fn all_of(packets: &[Received], sender: u8, source: Source) {
    assert!(packets.len() > 10, "{source:?} of {sender} flows: {} packets", packets.len());
    for packet in packets {
        let Label { sender: from, source: of, .. } = packet.label();
        assert_eq!((from, of), (sender, source));
    }
}

#[test]
fn two_people_hear_and_see_each_other() {
    let mut world = World::with_people(2);
    world.publish(0, &[Microphone, Camera]);
    world.publish(1, &[Microphone, Camera]);
    world.run(2_000);
    for (me, other) in [(0, 1), (1, 0)] {
        all_of(&world.heard(me, other, Microphone), other, Microphone);
        all_of(&world.heard(me, other, Camera), other, Camera);
    }
}

#[test]
fn nobody_receives_itself_or_what_is_in_no_slot() {
    let mut world = World::with_people(3);
    for client in 0..3 {
        world.publish(client, &[Microphone, Camera, Screen]);
    }
    world.run(2_000);
    for me in 0..3_u8 {
        for other in (0..3).filter(|other| *other != me) {
            for source in [Microphone, Camera, Screen] {
                all_of(&world.heard(usize::from(me), other, source), other, source);
            }
        }
        for packet in &world.clients[usize::from(me)].received {
            let label = packet.label();
            assert_ne!(label.sender, me);
            assert_eq!(world.slot(usize::from(me), label.sender, label.source), Some(packet.mid));
        }
    }
}

#[test]
fn rooms_hear_nothing_of_each_other() {
    let mut world = World::new();
    for (number, room) in [(0, 1), (1, 1), (2, 2), (3, 2)] {
        world.join(number, room, PAGE).expect("an answer");
    }
    world.run(2_000);
    for client in 0..4 {
        world.publish(client, &[Microphone, Camera, Screen]);
    }
    world.run(2_000);
    for (client, other) in [(0, 1), (1, 0), (2, 3), (3, 2)] {
        let received = &world.clients[client].received;
        assert!(received.len() > 100);
        assert!(received.iter().all(|packet| packet.label().sender == other));
    }
}

#[test]
fn what_is_off_is_not_forwarded_even_if_it_is_sent() {
    let mut world = World::with_people(2);
    world.publish(0, &[Microphone, Camera]);
    world.run(1_000);
    assert!(world.clients[1].received.len() > 50);
    world.declare(0, &[Camera]);
    world.forget();
    world.run(1_000);
    assert_eq!(world.slot(1, 0, Microphone), None);
    assert!(world.clients[1].received.len() > 20, "the camera goes on");
    assert!(world.clients[1].received.iter().all(|packet| packet.label().source == Camera));
    world.declare(0, &[]);
    world.forget();
    world.run(1_000);
    assert_eq!(world.clients[1].received.len(), 0);
    world.declare(0, &[Microphone]);
    world.run(1_000);
    all_of(&world.heard(1, 0, Microphone), 0, Microphone);
}

#[test]
fn nothing_is_forwarded_before_its_sender_says_so() {
    let mut world = World::with_people(2);
    let now = world.now;
    world.clients[0].send_all(Camera, true, now);
    world.run(1_000);
    assert_eq!(world.clients[1].received.len(), 0);
    assert!(world.slots.values().all(Vec::is_empty));
}

#[test]
fn everybody_is_told_their_slots_once_and_after_each_change() {
    let mut world = World::new();
    let told =
        |world: &World| world.events.iter().filter(|event| matches!(event, Event::Slots { .. })).count();
    world.join(0, ROOM, PAGE).expect("an answer");
    assert_eq!(told(&world), 1);
    world.join(1, ROOM, PAGE).expect("an answer");
    assert_eq!(told(&world), 2);
    world.declare(0, &[Camera]);
    assert_eq!(told(&world), 3);
    world.declare(0, &[Camera]);
    world.demand(1, &[(0, Camera, 360)]);
    world.run(3_000);
    assert_eq!(told(&world), 3, "nothing changed");
    world.declare(0, &[]);
    assert_eq!(told(&world), 4);
}

#[test]
fn a_demand_decides_what_is_shown_and_what_stays_does_not_move() {
    let mut world = World::with_people(4);
    for client in 1..4 {
        world.publish(client, &[Camera]);
    }
    world.run(500);
    let second = world.slot(0, 2, Camera);
    world.demand(0, &[(3, Camera, 360), (2, Camera, 360)]);
    assert_eq!(world.slot(0, 1, Camera), None);
    assert_eq!(world.slot(0, 2, Camera), second);
    world.forget();
    world.run(1_000);
    assert!(world.clients[0].received.iter().all(|packet| packet.label().sender != 1));
    all_of(&world.heard(0, 3, Camera), 3, Camera);
}

#[test]
fn a_latecomer_begins_with_a_keyframe_that_it_was_asked_for() {
    let mut world = World::with_people(2);
    world.publish(0, &[Camera]);
    world.run(2_000);
    let asked = |world: &World| -> usize {
        (0..3).map(|layer| world.clients[0].keyframe_requests(Camera, layer).len()).sum()
    };
    let before = asked(&world);
    let latecomer = world.join(2, ROOM, PAGE).expect("an answer");
    world.run(1_500);
    let packets = world.heard(latecomer, 0, Camera);
    all_of(&packets, 0, Camera);
    assert!(packets[0].label().keyframe);
    let requests = asked(&world) - before;
    assert!((1..=2).contains(&requests), "{requests} requests");
}

#[test]
fn many_wishes_for_a_keyframe_are_few_requests() {
    let mut world = World::with_people(6);
    world.publish(0, &[Camera]);
    world.run(2_000);
    let layer = world.heard(1, 0, Camera).last().expect("packets").label().layer;
    let before = world.clients[0].keyframe_requests(Camera, layer).len();
    for _ in 0..100 {
        for client in 1..6 {
            let mid = world.slot(client, 0, Camera).expect("a slot");
            world.lose_picture(client, mid);
        }
        world.run(20);
    }
    let requests = &world.clients[0].keyframe_requests(Camera, layer)[before..];
    assert!((3..=5).contains(&requests.len()), "{} requests in two seconds", requests.len());
    assert!(requests.windows(2).all(|pair| (pair[1] - pair[0]).as_millis() >= 490));
}

#[test]
fn losses_on_both_ways_are_repaired() {
    let mut world = World::with_people(2);
    world.publish(0, &[Camera]);
    world.run(1_000);
    world.forget();
    world.lose_every = 23;
    world.run(8_000);
    world.lose_every = 0;
    world.run(1_000);
    let mut numbers: Vec<u64> = world.heard(1, 0, Camera).iter().map(|packet| packet.seq).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let (first, last) = (numbers[0], numbers[numbers.len() - 1]);
    let missing = (last - first + 1) as usize - numbers.len();
    assert!(numbers.len() > 250);
    assert!(missing <= numbers.len() / 200, "{missing} of {} are missing for good", numbers.len());
}
