//! Who receives what of whom.

use crate::client::Label;
use crate::world::World;
use model::Source::{Camera, Microphone, Screen};

#[test]
fn two_people_hear_and_see_each_other() {
    let mut world = World::with_people(2);
    world.publish(0, &[Microphone, Camera]);
    world.publish(1, &[Microphone, Camera]);
    world.run(2_000);
    for (me, other) in [(0, 1), (1, 0)] {
        for source in [Microphone, Camera] {
            let packets = world.heard(me, other, source);
            assert!(packets.len() > 50, "{source:?} flows: {}", packets.len());
            for packet in packets {
                let Label { sender, source: of, .. } = packet.label();
                assert_eq!((sender, of), (other, source));
            }
        }
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
        assert!(!world.clients[usize::from(me)].received.is_empty());
        for packet in &world.clients[usize::from(me)].received {
            let label = packet.label();
            assert_ne!(label.sender, me);
            assert_eq!(world.slot(usize::from(me), label.sender, label.source), Some(packet.mid));
        }
    }
}
