//! A room of many, as our call page shows it: who speaks is large, and as many others as there are slots for
//! are small.

use crate::client::{PAGE, Size};
use crate::world::{ROOM, World};
use model::Source::{self, Camera, Microphone};
use std::time::Duration;

/// As many pictures as the page shows at a time.
pub const SHOWN: usize = 12;
const LARGE: u16 = 720;
const SMALL: u16 = 180;
/// The level of somebody who speaks, and of a room where nobody does.
const VOICE: u8 = 30;
const SILENCE: u8 = 127;

impl World {
    /// A room in which everybody sends a camera and a microphone; the first one speaks.
    pub fn room(people: u8, seed: u64) -> Self {
        let mut world = Self::seeded(seed);
        for number in 0..people {
            world.enter(number);
        }
        world.run(1_000);
        world.speak(0);
        world
    }

    /// Somebody comes in and switches camera and microphone on; answers the client's index.
    pub fn enter(&mut self, number: u8) -> usize {
        let client = self.join(number, ROOM, PAGE).expect("an answer");
        // Clocks of encoders do not go in step.
        let step = self.dice.below(49);
        self.run(step);
        self.clients[client].size = Size::Real;
        self.publish(client, &[Microphone, Camera]);
        client
    }

    /// From now on this one speaks, and everybody turns to them.
    pub fn speak(&mut self, speaker: u8) {
        for client in 0..self.clients.len() {
            let is_speaker = self.clients[client].number == speaker;
            self.clients[client].level = if is_speaker { VOICE } else { SILENCE };
            self.turn_to(client, speaker);
        }
    }

    /// A client shows the one who speaks large, and others small.
    pub fn turn_to(&mut self, client: usize, speaker: u8) {
        let wants: Vec<(u8, Source, u16)> = self
            .on_stage(client, speaker)
            .into_iter()
            .map(|of| (of, Camera, if of == speaker { LARGE } else { SMALL }))
            .collect();
        self.demand(client, &wants);
    }

    /// Whom a client shows while somebody speaks: the speaker first, then those who came after itself.
    pub fn on_stage(&self, client: usize, speaker: u8) -> Vec<u8> {
        let people = self.clients.len();
        let others = (1..people).map(|step| self.clients[(client + step) % people].number);
        let me = self.clients[client].number;
        let first = [speaker].into_iter().filter(|speaker| *speaker != me);
        first.chain(others.filter(|other| *other != speaker)).take(SHOWN).collect()
    }

    /// The last layer that was shown of everybody on a client's stage since [`World::forget`], lowest `q`,
    /// then `h`, `f`; `-` for nobody new.
    pub fn glance(&self, client: usize, speaker: u8) -> String {
        let of = |of| match self.shown(client, of, Camera).last() {
            Some(shown) => ['q', 'h', 'f'][shown.label.layer],
            None => '-',
        };
        self.on_stage(client, speaker).into_iter().map(of).collect()
    }

    /// How long pictures of somebody stood still at most since `since`, up to now.
    pub fn longest_freeze(&self, client: usize, of: u8, since: std::time::Instant) -> Duration {
        let shown = self.shown(client, of, Camera);
        let times: Vec<_> =
            [since].into_iter().chain(shown.iter().map(|shown| shown.at)).chain([self.now]).collect();
        times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
    }
}
