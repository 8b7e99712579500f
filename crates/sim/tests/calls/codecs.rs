//! VP8 and H.264 in one room: each goes to those who decode it, under the name that they gave it.

use crate::continuity::{assert_continuous, assert_pictures_continuous, viewer_and_two_senders};
use model::Source::Camera;
use sfu::Event;
use sim::client::{PAGE, RIDS};
use sim::picture::PictureCodec;
use sim::received::Received;
use sim::world::{ROOM, World};

#[test]
fn a_slot_goes_from_codec_to_codec_and_stays_one_stream() {
    let mut world = viewer_and_two_senders();
    world.clients[2].codec = PictureCodec::H264;
    world.publish(1, &[Camera]);
    world.publish(2, &[Camera]);
    for round in 0..6_u8 {
        world.demand(0, &[(1 + round % 2, Camera, 180)]);
        world.run(1_330);
    }
    let packets = &world.clients[0].received;
    assert!(packets.iter().all(|packet| packet.h264 == (packet.label().sender == 2)), "the name is right");
    let pieces: Vec<&[Received]> = packets.chunk_by(|a, b| a.label().sender == b.label().sender).collect();
    let senders: Vec<u8> = pieces.iter().map(|piece| piece[0].label().sender).collect();
    assert_eq!(senders, [1, 2, 1, 2, 1, 2]);
    assert!(pieces.iter().all(|piece| piece[0].label().keyframe && piece.len() > 30));
    assert_continuous(packets, 90);
    let vp8: Vec<Received> = packets.iter().filter(|packet| !packet.h264).cloned().collect();
    assert_pictures_continuous(&vp8);
    assert_eq!(world.broken(), 0);
}

#[test]
fn layers_of_h264_change_at_their_keyframes() {
    let mut world = viewer_and_two_senders();
    world.clients[1].codec = PictureCodec::H264;
    world.publish(1, &[Camera]);
    for (height, layer) in [(180, 0), (720, 2), (200, 1), (90, 0)] {
        world.demand(0, &[(1, Camera, height)]);
        world.run(1_500);
        let shown = world.clients[0].received.last().expect("packets").label().layer;
        assert_eq!(shown, layer, "for {height}");
    }
    let packets = &world.clients[0].received;
    for chunk in packets.chunk_by(|a, b| a.label().layer == b.label().layer) {
        assert!(chunk[0].label().keyframe, "a layer begins with a keyframe");
    }
    assert_continuous(packets, 90);
    assert_eq!(world.broken(), 0);
}

#[test]
fn who_has_no_h264_is_given_no_slot_of_it_until_its_sender_changes() {
    let mut world = World::new();
    world.h264 = false;
    world.join(0, ROOM, PAGE).expect("an answer");
    world.h264 = true;
    world.join(1, ROOM, PAGE).expect("an answer");
    world.join(2, ROOM, PAGE).expect("an answer");
    world.run(2_000);
    world.clients[2].codec = PictureCodec::H264;
    world.publish(1, &[Camera]);
    world.publish(2, &[Camera]);
    world.run(2_000);
    assert!(world.slot(0, 2, Camera).is_none(), "a page without a slot shows who it is");
    assert!(world.clients[0].received.iter().all(|packet| packet.label().sender == 1 && !packet.h264));
    assert!(!world.heard(0, 1, Camera).is_empty(), "everything else goes on");
    assert!(world.heard(1, 2, Camera).iter().all(|packet| packet.h264));
    assert!(!world.shown(1, 2, Camera).is_empty());

    world.clients[2].codec = PictureCodec::Vp8;
    let now = world.now;
    for on in [false, true] {
        (0..RIDS.len()).for_each(|layer| world.clients[2].send(Camera, layer, on, now));
    }
    world.run(2_000);
    assert!(!world.heard(0, 2, Camera).is_empty(), "now it can be decoded");
    assert!(!world.heard(1, 2, Camera).last().expect("packets").h264, "in the same slot as before");
    assert_eq!(world.broken(), 0);
}

#[test]
fn who_changes_the_codec_all_the_time_disturbs_nobody() {
    let mut world = World::with_people(2);
    world.h264 = false;
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
    assert!(world.clients[2].received.iter().all(|packet| !packet.h264));
    assert_eq!(world.broken(), 0);
}
