//! Any networks: what each link does is drawn from a seed, then all heal.

use crate::{Second, watch};
use sim::dice::Dice;
use sim::link::Link;
use sim::picture::PictureCodec;
use sim::seeds;
use sim::world::World;
use std::time::Duration;

/// A link that may be bad in any way.
fn any_link(dice: &mut Dice) -> Link {
    let mut link = Link::default();
    link.delay = Duration::from_millis(5 + dice.below(120));
    link.jitter = Duration::from_millis(dice.below(20));
    match dice.below(5) {
        0 => link.loss_permille = dice.below(200),
        1 => link.rate_bps = Some(100_000 + dice.below(3_000_000)),
        2 => link.is_out = true,
        _ => {}
    }
    link
}

/// For a while every link is drawn anew every few seconds. Tells what was seen meanwhile.
pub fn trouble(world: &mut World, seed: u64) -> Vec<Vec<Vec<Second>>> {
    let mut dice = Dice::new(seed);
    let mut told = Vec::new();
    for _ in 0..4 {
        for client in 0..world.links.len() {
            world.links[client].down = any_link(&mut dice);
            // What a browser sends is its own estimate's business, which is not simulated.
            world.links[client].up.loss_permille = dice.below(50);
        }
        told.push(watch(world, 2 + dice.below(4) as usize));
    }
    told
}

/// After any trouble all links are well for a quarter of a minute.
fn survive(seed: u64) {
    chance::seeded(seed, || tell(seed));
}

fn tell(seed: u64) {
    let mut world = World::call(3, seed);
    // Each time somebody else sends what counts its frames in a header extension.
    let sender = &mut world.clients[(seed % 3) as usize];
    (sender.codec, sender.in_time) = (PictureCodec::Av1, true);
    trouble(&mut world, seed);
    world.links.iter_mut().for_each(|ways| *ways = Default::default());
    let told = watch(&mut world, 18);
    for seconds in told {
        let last = seconds.last().expect("time passed");
        assert_eq!(last.shown, "ff", "seed {seed}: {seconds:?}");
    }
    assert_eq!(world.broken(), 0, "seed {seed}");
    let census = world.sfu.census();
    assert_eq!((census.peers, census.rooms), (3, 1), "seed {seed}");
}

#[test]
fn after_any_networks_all_is_well_again() {
    seeds::try_each(6, survive);
}
