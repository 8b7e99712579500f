//! A slot is one stream to its decoder, whatever is put into it.

use model::Source::{Camera, Microphone};
use sim::client::{PAGE, Shape};
use sim::received::{Label, Received};
use sim::world::{ROOM, World};

const ONE_OF_EACH: Shape = Shape { audio_slots: 1, video_slots: 1 };

/// A viewer with one slot of each kind, and two senders.
pub fn viewer_and_two_senders() -> World {
    let mut world = World::new();
    world.join(0, ROOM, ONE_OF_EACH).expect("an answer");
    world.join(1, ROOM, PAGE).expect("an answer");
    world.join(2, ROOM, PAGE).expect("an answer");
    world.run(2_000);
    world
}

/// Asserts that numbers go up by one, or by two where a picture was cut, and that time moves on as it
/// passed, give or take one picture.
pub fn assert_continuous(packets: &[Received], ticks_per_ms: u64) {
    for pair in packets.windows(2) {
        let (one, two) = (&pair[0], &pair[1]);
        let cut = one.label() != two.label() && !one.marker;
        assert_eq!(two.seq - one.seq, if cut { 2 } else { 1 }, "{:?} then {:?}", one.label(), two.label());
        let passed = (two.at - one.at).as_millis() as u64 * ticks_per_ms;
        let moved = u64::from(two.time.wrapping_sub(one.time));
        assert!(moved < 1 << 31, "time never goes back");
        assert!(moved.abs_diff(passed) <= 60 * ticks_per_ms, "{moved} ticks in {passed}");
        if one.label().sender != two.label().sender {
            assert!(moved > 0, "two senders share no picture");
        }
    }
}

/// Shows the viewer one sender and then the other, three times each; answers the packets of each turn.
pub fn take_turns(world: &mut World, height: u16) -> Vec<Vec<Received>> {
    for round in 0..6_u8 {
        world.demand(0, &[(1 + round % 2, Camera, height)]);
        world.run(1_330);
    }
    let packets = &world.clients[0].received;
    let pieces = packets.chunk_by(|a, b| a.label().sender == b.label().sender);
    let pieces: Vec<Vec<Received>> = pieces.map(<[Received]>::to_vec).collect();
    let senders: Vec<u8> = pieces.iter().map(|piece| piece[0].label().sender).collect();
    assert_eq!(senders, [1, 2, 1, 2, 1, 2]);
    assert!(pieces.iter().all(|piece| piece[0].label().keyframe), "each begins with a keyframe");
    assert_continuous(packets, 90);
    pieces
}

/// Shows the viewer a sender in one height after the other; each is to be of its layer.
pub fn change_layers(world: &mut World, steps: &[(u16, usize)], each_ms: u64) {
    for (height, layer) in steps {
        world.demand(0, &[(1, Camera, *height)]);
        world.run(each_ms);
        let shown = world.clients[0].received.last().expect("packets").label().layer;
        assert_eq!(shown, *layer, "for {height}");
    }
    let packets = &world.clients[0].received;
    for chunk in packets.chunk_by(|a, b| a.label().layer == b.label().layer) {
        assert!(chunk[0].label().keyframe, "a layer begins with a keyframe");
    }
    assert_continuous(packets, 90);
}

/// Asserts that picture ids go up by one, and that key indices change with keyframes only.
pub fn assert_pictures_continuous(packets: &[Received]) {
    for pair in packets.windows(2) {
        let ((picture, tl0, key), (next_picture, next_tl0, next_key)) =
            (pair[0].picture(), pair[1].picture());
        let step = u16::from(pair[1].time != pair[0].time);
        assert_eq!(next_picture.wrapping_sub(picture) & 0x7fff, step);
        assert_eq!(next_tl0.wrapping_sub(tl0), step as u8);
        if key != next_key {
            assert_eq!(next_key.wrapping_sub(key) & 0x1f, 1);
            assert!(pair[1].label().keyframe);
        }
    }
}

#[test]
fn another_source_in_a_slot_continues_its_stream() {
    let mut world = viewer_and_two_senders();
    world.publish(1, &[Camera]);
    world.publish(2, &[Camera]);
    take_turns(&mut world, 180);
    assert_pictures_continuous(&world.clients[0].received);
}

#[test]
fn another_voice_in_a_slot_continues_its_stream() {
    let mut world = viewer_and_two_senders();
    for round in 0..6 {
        world.publish(1 + round % 2, &[Microphone]);
        world.publish(1 + (round + 1) % 2, &[]);
        world.run(970);
    }
    let packets = &world.clients[0].received;
    let voices: Vec<&[Received]> = packets.chunk_by(|a, b| a.label().sender == b.label().sender).collect();
    assert_eq!(voices.len(), 6);
    assert!(voices.iter().all(|voice| voice[0].marker && voice.len() > 40));
    assert_continuous(packets, 48);
}

#[test]
fn the_layer_follows_the_size_that_is_shown() {
    let mut world = viewer_and_two_senders();
    world.publish(1, &[Camera]);
    world.run(1_000);
    change_layers(&mut world, &[(180, 0), (720, 2), (200, 1), (90, 0), (2_000, 2)], 1_200);
    let packets = &world.clients[0].received;
    // The old layer flows until the new one begins.
    assert!(packets.windows(2).all(|pair| (pair[1].at - pair[0].at).as_millis() <= 60));
    assert_pictures_continuous(packets);
}

#[test]
fn a_layer_that_stops_is_replaced_by_a_lower_one() {
    let mut world = viewer_and_two_senders();
    world.publish(1, &[Camera]);
    world.demand(0, &[(1, Camera, 720)]);
    world.run(2_000);
    let newest = |world: &World| -> Label { world.clients[0].received.last().expect("packets").label() };
    assert_eq!(newest(&world).layer, 2);
    let now = world.now;
    world.clients[1].send(Camera, 2, false, now);
    world.run(1_500);
    assert_eq!(newest(&world).layer, 1);
    let now = world.now;
    world.clients[1].send(Camera, 2, true, now);
    world.run(500);
    assert_eq!(newest(&world).layer, 2);
    let numbers: Vec<u64> = world.clients[0].received.iter().map(|packet| packet.seq).collect();
    assert!(numbers.windows(2).all(|pair| (1..=2).contains(&(pair[1] - pair[0]))));
    assert_pictures_continuous(&world.clients[0].received);
}

#[test]
fn each_viewer_has_its_own_layer() {
    let mut world = World::with_people(3);
    world.publish(0, &[Camera]);
    world.demand(1, &[(0, Camera, 180)]);
    world.demand(2, &[(0, Camera, 720)]);
    world.run(2_000);
    world.forget();
    world.run(1_000);
    assert!(world.heard(1, 0, Camera).iter().all(|packet| packet.label().layer == 0));
    assert!(world.heard(2, 0, Camera).iter().all(|packet| packet.label().layer == 2));
}
