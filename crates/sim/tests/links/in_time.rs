//! Layers in time: fewer pictures of a size come before a smaller size.

use crate::watch;
use model::Source::Camera;
use sim::link::Link;
use sim::picture::PictureCodec;
use sim::world::World;

/// How many pictures of each size the second of two people is shown of the first in ten seconds.
fn ten_seconds(world: &mut World) -> [usize; 3] {
    world.forget();
    world.run(10_000);
    let shown = world.shown(1, 0, Camera);
    [0, 1, 2].map(|layer| shown.iter().filter(|shown| shown.label.layer == layer).count())
}

#[test]
fn a_way_between_two_sizes_carries_every_other_picture_of_the_larger_one() {
    for codec in [PictureCodec::Vp8, PictureCodec::Vp9, PictureCodec::Av1] {
        chance::seeded(1, || every_other(codec));
    }
}

fn every_other(codec: PictureCodec) {
    let mut world = World::call(2, 1);
    world.clients.iter_mut().for_each(|client| (client.in_time, client.codec) = (true, codec));
    world.run(10_000);
    let [_, _, whole] = ten_seconds(&mut world);
    assert!(whole >= 195, "{whole} of 200");
    world.links[1].down = Link::of_rate(1_400_000);
    watch(&mut world, 15);
    let [small, middling, large] = ten_seconds(&mut world);
    assert!((70..=130).contains(&large), "{small}, {middling}, {large}: every other of 200");
    world.links[1].down = Link::default();
    watch(&mut world, 15);
    let [_, _, whole] = ten_seconds(&mut world);
    assert!(whole >= 195, "{whole} of 200");
    assert_eq!(world.broken(), 0);
}
