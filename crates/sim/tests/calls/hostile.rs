//! What strangers and broken browsers can do: nothing that others notice.

use model::PeerId;
use model::Source::{Camera, Microphone};
use sfu::{Census, Command, Event, Want};
use sim::world::{World, participant, room};
use std::net::SocketAddr;

/// Two people in a call.
fn call() -> World {
    let mut world = World::with_people(2);
    world.publish(0, &[Microphone, Camera]);
    world.run(1_000);
    world.forget();
    world.events.clear();
    world
}

fn assert_undisturbed(mut world: World) {
    world.forget();
    world.run(1_000);
    assert!(world.events.is_empty(), "{:?}", world.events);
    assert_eq!(world.sfu.census().peers, 2);
    let packets = world.heard(1, 0, Camera);
    assert!((35..=45).contains(&packets.len()), "{} packets of a camera in a second", packets.len());
    assert!(packets.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1));
}

/// Bytes that look random, and are the same each time.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn noise_from_strangers_and_in_the_name_of_others_is_dropped() {
    let mut world = call();
    let stranger = SocketAddr::from(([203, 0, 113, 9], 999));
    let member = world.clients[0].address;
    let before = world.sfu.census();
    for seed in 0..3_000_u64 {
        let mut bytes = noise(seed, (seed % 1_600) as usize);
        // Every sort of traffic gets its share.
        if let Some(first) = bytes.first_mut() {
            *first = [0, 1, 20, 22, 23, 63, 100, 128, 144, 191, 255][(seed % 11) as usize];
        }
        world.inject(stranger, &bytes);
        world.inject(member, &bytes);
    }
    let Census { peers, addresses, ufrags, dropped, .. } = world.sfu.census();
    assert_eq!((peers, addresses, ufrags), (before.peers, before.addresses, before.ufrags));
    assert!(dropped >= before.dropped + 3_000);
    assert_undisturbed(world);
}

#[test]
fn who_knows_a_name_but_not_the_password_stays_a_stranger() {
    let mut world = call();
    let ufrag = world.clients[0].server_ufrag.clone();
    let stranger = SocketAddr::from(([203, 0, 113, 9], 999));
    let addresses = world.sfu.census().addresses;
    for username in [format!("{ufrag}:x"), ufrag.clone(), format!("{ufrag}:")] {
        let mut check = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        check.extend([7; 12]);
        check.extend([0, 6, 0, username.len() as u8]);
        check.extend(username.as_bytes());
        check.extend(vec![0; username.len().next_multiple_of(4) - username.len()]);
        check.extend([0, 8, 0, 20]);
        check.extend([9; 20]);
        check[3] = (check.len() - 20) as u8;
        world.inject(stranger, &check);
    }
    assert_eq!(world.sfu.census().addresses, addresses);
    assert_undisturbed(world);
}

#[test]
fn packets_repeated_by_somebody_on_the_way_change_nothing() {
    let mut world = call();
    world.tap = Some(Vec::new());
    world.run(300);
    let tapped = world.tap.take().expect("it was set");
    assert!(tapped.len() > 50);
    let stranger = SocketAddr::from(([203, 0, 113, 9], 999));
    for bytes in &tapped {
        world.inject(stranger, bytes);
        let member = world.clients[0].address;
        world.inject(member, bytes);
    }
    world.run(50);
    assert_undisturbed(world);
}

#[test]
fn oversize_payloads_are_not_forwarded_and_the_call_goes_on() {
    let mut world = call();
    // A payload of 1,401 bytes: the label adds four, a picture's head sixteen.
    world.clients[0].payload_bytes = 1_401 - 4;
    world.run(100);
    world.forget();
    world.run(1_000);
    assert!(world.sfu.census().peers == 2);
    assert_eq!(world.clients[1].received.len(), 0);
    world.clients[0].payload_bytes = 100;
    // The numbers of what was dropped are missing, so a keyframe has to come first for the decoder.
    let mid = world.slot(1, 0, Camera).expect("a slot");
    world.lose_picture(1, mid);
    world.run(1_000);
    assert_undisturbed(world);
}

#[test]
fn commands_for_nobody_are_ignored() {
    let mut world = call();
    let nobody = PeerId::from_bits(4_711);
    for command in [
        Command::Publish { peer: nobody, microphone: true, camera: true, screen: true },
        Command::Demand { peer: nobody, wants: Vec::new() },
        Command::Close { peer: nobody },
        Command::CloseRoom { room: room(4_711) },
    ] {
        world.command(command);
    }
    assert_undisturbed(world);
}

#[test]
fn a_demand_for_too_much_or_for_nothing_there_is_harmless() {
    let mut world = call();
    let want = |number: u32| Want {
        participant: if number == 0 {
            participant(0)
        } else {
            model::ParticipantId::from_bits(u128::from(number) << 64)
        },
        source: Camera,
        height: u16::MAX,
    };
    let peer = world.clients[1].peer;
    world.command(Command::Demand { peer, wants: (0..100_000).map(want).collect() });
    world.run(1_000);
    assert_eq!(world.heard(1, 0, Camera).last().map(|packet| packet.label().layer), Some(2));
    world.events.retain(|event| !matches!(event, Event::Slots { .. }));
    assert_undisturbed(world);
}

#[test]
fn a_source_in_the_wrong_codec_is_not_forwarded() {
    let mut world = call();
    world.clients[0].disguise = true;
    world.run(500);
    world.forget();
    world.run(1_000);
    assert_eq!(world.clients[1].received.len(), 0);
    world.clients[0].disguise = false;
    world.run(1_000);
    assert!(!world.clients[1].received.is_empty());
}
