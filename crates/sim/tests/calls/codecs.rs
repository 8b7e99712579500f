//! VP8, H.264, VP9 and AV1 in one room: each goes to those who decode it, under the name that they gave it.

use crate::continuity::{assert_pictures_continuous, change_layers, take_turns, viewer_and_two_senders};
use model::Source::Camera;
use sfu::Event;
use sim::client::{PAGE, RIDS};
use sim::picture::PictureCodec;
use sim::received::Received;
use sim::skill::Skill;
use sim::world::{ROOM, World};

/// What programs send, and what pages do not.
const OTHERS: [PictureCodec; 3] = [PictureCodec::H264, PictureCodec::Vp9, PictureCodec::Av1];

#[test]
fn a_slot_goes_from_codec_to_codec_and_stays_one_stream() {
    for codec in OTHERS {
        let mut world = viewer_and_two_senders();
        world.clients[2].codec = codec;
        world.publish(1, &[Camera]);
        world.publish(2, &[Camera]);
        let pieces = take_turns(&mut world, 180);
        assert!(pieces.iter().all(|piece| piece.len() > 30));
        let packets = &world.clients[0].received;
        let is_other = |packet: &Received| packet.codec == Some(codec);
        assert!(packets.iter().all(|packet| is_other(packet) == (packet.label().sender == 2)), "its name");
        let vp8: Vec<Received> = packets.iter().filter(|packet| !is_other(packet)).cloned().collect();
        assert_pictures_continuous(&vp8);
        assert_eq!(world.broken(), 0);
    }
}

#[test]
fn layers_of_other_codecs_change_at_their_keyframes() {
    for codec in OTHERS {
        let mut world = viewer_and_two_senders();
        world.clients[1].codec = codec;
        world.publish(1, &[Camera]);
        change_layers(&mut world, &[(180, 0), (720, 2), (200, 1), (90, 0)], 1_500);
        assert_eq!(world.broken(), 0);
    }
}

#[test]
fn vp9_goes_out_with_nothing_that_a_change_would_belie() {
    let mut world = viewer_and_two_senders();
    for sender in [1, 2] {
        world.clients[sender].codec = PictureCodec::Vp9;
        world.clients[sender].in_time = true;
        world.publish(sender, &[Camera]);
    }
    take_turns(&mut world, 720);
    let packets = &world.clients[0].received;
    assert!(packets.len() > 300, "{} packets", packets.len());
    // P, B and E alone, and at once the picture.
    assert!(packets.iter().all(|packet| packet.payload[0] & !0x4c == 0));
    let begins = packets.iter().filter(|packet| packet.payload[0] & 0x48 == 0x08);
    assert!(begins.clone().count() >= 6, "each piece begins with a keyframe");
    assert!(begins.clone().all(|packet| packet.payload[1..5] == [0x82, 0x49, 0x83, 0x42]));
    assert_eq!(world.broken(), 0);
}

#[test]
fn frames_of_av1_are_counted_on_whoever_sends_them() {
    let mut world = viewer_and_two_senders();
    for sender in [1, 2] {
        world.clients[sender].codec = PictureCodec::Av1;
        world.clients[sender].in_time = sender == 1;
        world.publish(sender, &[Camera]);
    }
    take_turns(&mut world, 720);
    let said = |packet: &Received| packet.said.expect("both ends agreed on descriptors");
    let frames: Vec<u16> = world.clients[0].received.iter().map(|packet| said(packet).frame).collect();
    for (pair, packets) in frames.windows(2).zip(world.clients[0].received.windows(2)) {
        let step = u16::from(packets[1].time != packets[0].time);
        assert_eq!(pair[1].wrapping_sub(pair[0]), step, "{:?}", packets[1].label());
    }
    let pieces = world.clients[0].received.chunk_by(|a, b| {
        let (a, b) = (a.label(), b.label());
        (a.sender, a.layer) == (b.sender, b.layer)
    });
    let structures = pieces.map(|piece| said(&piece[0]).structure.expect("a keyframe has one"));
    let structures: Vec<u8> = structures.collect();
    let moved = |pair: &[u8]| pair[1].wrapping_sub(pair[0]) & 0x3f;
    assert!(structures.len() >= 6);
    assert!(structures.windows(2).all(|pair| moved(pair) == 3), "none is another stream's: {structures:?}");
    assert_eq!(world.broken(), 0);
}

#[test]
fn av1_is_shown_without_descriptors_too() {
    for lacks in [0, 2] {
        let mut world = World::new();
        for number in 0..3 {
            world.skill = if number == lacks { Skill::Codecs } else { Skill::Everything };
            world.join(number, ROOM, PAGE).expect("an answer");
        }
        world.run(2_000);
        world.clients[2].codec = PictureCodec::Av1;
        world.clients[2].in_time = true;
        world.publish(2, &[Camera]);
        world.run(3_000);
        assert!(world.heard(0, 2, Camera).iter().all(|packet| packet.said.is_none()));
        assert_eq!(world.heard(1, 2, Camera).iter().all(|packet| packet.said.is_some()), lacks == 0);
        for viewer in [0, 1] {
            assert!(world.shown(viewer, 2, Camera).len() > 40, "{viewer} without {lacks}");
        }
        assert_eq!(world.broken(), 0);
    }
}

#[test]
fn who_lacks_a_codec_is_given_no_slot_of_it_until_its_sender_changes() {
    OTHERS.into_iter().for_each(who_lacks);
}

fn who_lacks(codec: PictureCodec) {
    let mut world = World::new();
    world.skill = Skill::Vp8;
    world.join(0, ROOM, PAGE).expect("an answer");
    world.skill = Skill::Everything;
    world.join(1, ROOM, PAGE).expect("an answer");
    world.join(2, ROOM, PAGE).expect("an answer");
    world.run(2_000);
    world.clients[2].codec = codec;
    world.publish(1, &[Camera]);
    world.publish(2, &[Camera]);
    world.run(2_000);
    let is_vp8 = |packet: &Received| packet.codec == Some(PictureCodec::Vp8);
    assert!(world.slot(0, 2, Camera).is_none() && world.is_undecodable(0, 2, Camera));
    assert!(!world.is_undecodable(1, 2, Camera) && !world.is_undecodable(0, 1, Camera));
    assert!(world.clients[0].received.iter().all(|packet| packet.label().sender == 1 && is_vp8(packet)));
    assert!(!world.heard(0, 1, Camera).is_empty(), "everything else goes on");
    assert!(world.heard(1, 2, Camera).iter().all(|packet| packet.codec == Some(codec)));
    assert!(!world.shown(1, 2, Camera).is_empty());

    world.clients[2].codec = PictureCodec::Vp8;
    let now = world.now;
    for on in [false, true] {
        (0..RIDS.len()).for_each(|layer| world.clients[2].send(Camera, layer, on, now));
    }
    world.run(2_000);
    assert!(!world.heard(0, 2, Camera).is_empty(), "now it can be decoded");
    assert!(!world.is_undecodable(0, 2, Camera));
    assert!(is_vp8(world.heard(1, 2, Camera).last().expect("packets")), "in the same slot as before");
    assert_eq!(world.broken(), 0);
}

#[test]
fn who_changes_the_codec_all_the_time_disturbs_nobody() {
    let mut world = World::with_people(2);
    world.skill = Skill::Vp8;
    world.join(2, ROOM, PAGE).expect("an answer");
    world.run(2_000);
    world.publish(0, &[Camera]);
    world.publish(1, &[Camera]);
    world.run(1_000);
    world.forget();
    world.events.clear();
    for step in 0..100 {
        world.clients[0].codec = if step % 2 == 0 { PictureCodec::H264 } else { PictureCodec::Vp8 };
        world.run(50);
    }
    let told = world.events.iter().filter(|event| matches!(event, Event::Slots { .. })).count();
    assert!((1..=12).contains(&told), "{told} times in five seconds");
    assert!(world.shown(2, 1, Camera).len() > 80, "others are shown as before");
    assert!(world.clients[2].received.iter().all(|packet| packet.codec == Some(PictureCodec::Vp8)));
    assert_eq!(world.broken(), 0);
}
