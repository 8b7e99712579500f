//! What happened at each client, second by second.

use sim::world::World;
use std::time::Duration;

/// Sound goes out in so many packets a second.
pub const VOICE: usize = 50;
/// How finely it is measured what is sent.
const BIN: u64 = 500;

/// One second of one client.
#[derive(Debug)]
pub struct Second {
    /// The last layer of everybody on the stage, the speaker first: see [`World::glance`].
    pub stage: String,
    /// Packets of the speaker's sound.
    pub voice: usize,
    /// How long the speaker's picture stood still at most.
    pub freeze: Duration,
    /// What was sent to the client in each half of it, in bits per second.
    pub sent_bps: [u64; 2],
}

impl Second {
    /// Whether everybody on the stage is shown as wanted.
    pub fn is_full(&self) -> bool {
        let others = self.stage.strip_prefix('f').unwrap_or(&self.stage);
        // The speaker sees eleven others and one more.
        !self.stage.is_empty()
            && others.len() >= self.stage.len() - 1
            && others.chars().all(|layer| layer == 'q')
    }

    /// How many are shown at all.
    pub fn shown(&self) -> usize {
        self.stage.chars().filter(|layer| *layer != '-').count()
    }
}

/// Lets time pass, and tells of each client, second by second.
pub fn watch(world: &mut World, speaker: u8, seconds: usize) -> Vec<Vec<Second>> {
    let mut told: Vec<Vec<Second>> = world.clients.iter().map(|_| Vec::new()).collect();
    for _ in 0..seconds {
        world.forget();
        world.events.clear();
        let since = world.now;
        let [first, second] = [(); 2].map(|()| run_bin(world));
        for (client, told) in told.iter_mut().enumerate() {
            told.push(Second {
                stage: world.glance(client, speaker),
                voice: world.voice(client, speaker),
                freeze: world.longest_freeze(client, speaker, since),
                sent_bps: [first[client], second[client]],
            });
        }
    }
    told
}

fn run_bin(world: &mut World) -> Vec<u64> {
    let offered = |world: &World| -> Vec<u64> { world.links.iter().map(|ways| ways.down.offered).collect() };
    let before = offered(world);
    world.run(BIN);
    offered(world).iter().zip(before).map(|(after, before)| (after - before) * 8 * 1_000 / BIN).collect()
}
