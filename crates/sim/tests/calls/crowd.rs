//! More people than slots, and who of them speaks.

use model::Source::{Camera, Microphone, Screen};
use sfu::Event;
use sim::client::{PAGE, Shape};
use sim::world::{ROOM, World, participant};

/// What was announced as speaking, one set after the other.
fn speaking(world: &World) -> Vec<Vec<u128>> {
    let set = |event: &Event| match event {
        Event::Speaking { participants, .. } => Some(participants.iter().map(|who| who.bits()).collect()),
        Event::Connected { .. } | Event::Lost { .. } | Event::Slots { .. } | Event::Layers { .. } => None,
    };
    world.events.iter().filter_map(set).collect()
}

#[test]
fn speakers_are_announced_loudest_first_and_only_on_change() {
    let mut world = World::with_people(3);
    for client in 0..3 {
        world.publish(client, &[Microphone]);
    }
    world.run(2_000);
    assert_eq!(speaking(&world), Vec::<Vec<u128>>::new());
    world.clients[1].level = 30;
    world.run(2_000);
    assert_eq!(speaking(&world), [vec![1]]);
    world.clients[2].level = 5;
    world.run(2_000);
    assert_eq!(speaking(&world).last(), Some(&vec![2, 1]));
    let announced = speaking(&world).len();
    world.run(5_000);
    assert_eq!(speaking(&world).len(), announced, "nothing changed");
    for client in &mut world.clients {
        client.level = 127;
    }
    world.run(3_000);
    assert_eq!(speaking(&world).last(), Some(&vec![]));
}

#[test]
fn a_muted_participant_never_speaks() {
    let mut world = World::with_people(2);
    world.publish(0, &[Microphone]);
    world.clients[0].level = 10;
    world.run(2_000);
    assert_eq!(speaking(&world), [vec![0]]);
    world.declare(0, &[]);
    world.run(600);
    assert_eq!(speaking(&world).last(), Some(&vec![]));
    world.events.clear();
    world.run(5_000);
    assert_eq!(speaking(&world), Vec::<Vec<u128>>::new(), "though packets still come");
}

#[test]
fn with_too_few_slots_the_loudest_are_heard() {
    let mut world = World::new();
    world.join(0, ROOM, Shape { audio_slots: 2, video_slots: 0 }).expect("an answer");
    for number in 1..6 {
        world.join(number, ROOM, PAGE).expect("an answer");
    }
    world.run(2_000);
    for client in 1..6 {
        world.publish(client, &[Microphone]);
        world.clients[client].level = 90;
    }
    world.run(2_000);
    world.clients[4].level = 20;
    world.run(1_000);
    assert!(world.slot(0, 4, Microphone).is_some());
    world.clients[5].level = 25;
    world.run(1_000);
    assert!(world.slot(0, 4, Microphone).is_some(), "who speaks keeps the slot");
    assert!(world.slot(0, 5, Microphone).is_some());
    world.forget();
    world.run(1_000);
    let senders: Vec<u8> = world.clients[0].received.iter().map(|packet| packet.label().sender).collect();
    assert!(senders.len() > 80 && senders.iter().all(|sender| [4, 5].contains(sender)));
    // Others have slots for everybody.
    assert!((2..6).all(|of| world.slot(1, of, Microphone).is_some()));
}

#[test]
fn silence_does_not_make_slots_change_hands() {
    let mut world = World::new();
    world.join(0, ROOM, Shape { audio_slots: 2, video_slots: 0 }).expect("an answer");
    for number in 1..5 {
        world.join(number, ROOM, PAGE).expect("an answer");
    }
    world.run(2_000);
    for client in 1..5 {
        world.publish(client, &[Microphone]);
    }
    world.run(1_000);
    world.events.clear();
    world.run(10_000);
    assert!(world.events.is_empty(), "{:?}", world.events);
}

#[test]
fn a_screen_takes_a_slot_before_cameras() {
    let mut world = World::new();
    world.join(0, ROOM, Shape { audio_slots: 0, video_slots: 2 }).expect("an answer");
    for number in 1..4 {
        world.join(number, ROOM, PAGE).expect("an answer");
    }
    world.run(2_000);
    for client in 1..4 {
        world.publish(client, &[Camera]);
    }
    assert!(world.slot(0, 1, Camera).is_some() && world.slot(0, 2, Camera).is_some());
    world.publish(3, &[Camera, Screen]);
    assert!(world.slot(0, 3, Screen).is_some());
    assert!(world.slot(0, 1, Camera).is_some(), "the first camera stays");
    assert_eq!(world.slot(0, 2, Camera), None);
    world.run(1_000);
    let shown = world.heard(0, 3, Screen);
    assert!(shown.iter().filter(|packet| packet.label().source == Screen).count() > 10);
}

#[test]
fn a_full_page_of_people_see_and_hear_each_other() {
    let mut world = World::with_people(8);
    for client in 0..8 {
        world.publish(client, &[Microphone, Camera]);
    }
    world.run(1_500);
    world.forget();
    world.run(500);
    for me in 0..8_u8 {
        for other in (0..8).filter(|other| *other != me) {
            let mine = usize::from(me);
            assert!(world.heard(mine, other, Camera).iter().all(|packet| packet.label().sender == other));
            assert!(world.heard(mine, other, Camera).len() > 10, "{me} sees {other}");
            assert!(world.heard(mine, other, Microphone).len() > 10, "{me} hears {other}");
        }
    }
    assert_eq!(world.slots.len(), 8);
    assert!(participant(0) < participant(1), "people are told apart");
}
