//! What the page shows, told to the server: in the page's order, except that whoever speaks comes forward.
//!
//! A page may show more people than there are slots. The first ones of a demand get a picture, so somebody
//! who speaks and is not among them is asked for first, and stays there until others have spoken since.
//!
//! Invariant: with no more wishes than slots the order is the page's, and nobody's speaking sends a message.

use super::Seated;
use crate::effect::Effect;
use model::{ParticipantId, Source};
use protocol::limits::{DEMAND_TILES, VIDEO_SLOTS};
use protocol::{ClientMessage, Wanted};

/// What the page shows, and who came forward.
#[derive(Debug, Default)]
pub struct Demand {
    /// The page's own order; unknown until it was drawn once.
    wanted: Option<Vec<Wanted>>,
    /// Whoever came forward, the latest first; fewer than there are slots.
    forward: Vec<ParticipantId>,
    said: Option<Vec<Wanted>>,
}

impl Demand {
    /// The page shows something else.
    fn show(&mut self, mut wanted: Vec<Wanted>) -> bool {
        wanted.truncate(DEMAND_TILES);
        self.wanted = Some(wanted);
        self.order()
    }

    /// Somebody speaks. Whoever has a slot already need not come forward.
    fn hear(&mut self, speaking: &[ParticipantId]) -> bool {
        let Some(said) = self.said.as_ref().filter(|said| said.len() > VIDEO_SLOTS) else { return false };
        let unseen = |speaker: &&ParticipantId| {
            let is_theirs = |one: &Wanted| one.source == Source::Camera && one.participant == **speaker;
            said.iter().position(is_theirs).is_some_and(|place| place >= VIDEO_SLOTS)
        };
        let unseen: Vec<ParticipantId> = speaking.iter().filter(unseen).copied().collect();
        self.forward.retain(|known| !unseen.contains(known));
        self.forward.splice(0..0, unseen);
        self.forward.truncate(VIDEO_SLOTS - 1);
        self.order()
    }

    /// Puts what is wanted in order. Returns whether that changed what is to be said.
    fn order(&mut self) -> bool {
        let mut wanted = self.wanted.clone();
        if let Some(wanted) = wanted.as_mut().filter(|wanted| wanted.len() > VIDEO_SLOTS) {
            // Screens come before all faces. Everybody else stays where the page put them.
            for speaker in self.forward.iter().rev() {
                bring_forward(wanted, *speaker);
            }
        }
        let changed = wanted != self.said;
        self.said = wanted;
        changed
    }

    /// What is to be said, and to be said again to whoever may have missed it.
    pub(super) fn message(&self) -> Option<ClientMessage> {
        self.said.clone().map(|wanted| ClientMessage::Demand { wanted })
    }
}

/// Puts somebody's face before all others.
fn bring_forward(wanted: &mut [Wanted], speaker: ParticipantId) {
    let is_face = |one: &Wanted| one.source == Source::Camera;
    let first = wanted.iter().position(is_face);
    let theirs = wanted.iter().position(|one| is_face(one) && one.participant == speaker);
    if let (Some(first), Some(theirs)) = (first, theirs) {
        wanted[first..=theirs].rotate_right(1);
    }
}

impl Seated {
    pub(super) fn show(&mut self, wanted: Vec<Wanted>, effects: &mut Vec<Effect>) {
        if self.demand.show(wanted) {
            self.say_demand(effects);
        }
    }

    pub(super) fn heard(&mut self, speaking: &[ParticipantId], effects: &mut Vec<Effect>) {
        if self.demand.hear(speaking) {
            self.say_demand(effects);
        }
    }

    fn say_demand(&self, effects: &mut Vec<Effect>) {
        if let (Some(connection), Some(message)) = (self.signal.writable(), self.demand.message()) {
            effects.push(Effect::SendMessage { connection, message });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> ParticipantId {
        ParticipantId::from_bits(number as u128)
    }

    fn faces(count: usize) -> Vec<Wanted> {
        (0..count)
            .map(|number| Wanted { participant: id(number), source: Source::Camera, height: 180 })
            .collect()
    }

    fn order(demand: &Demand) -> Vec<u128> {
        demand.said.iter().flatten().map(|one| one.participant.bits()).collect()
    }

    #[test]
    fn whoever_has_no_slot_and_speaks_comes_forward() {
        let mut demand = Demand::default();
        assert!(demand.show(faces(20)));
        assert!(!demand.hear(&[id(3)]), "they are seen already");
        assert!(demand.hear(&[id(15), id(3)]));
        assert_eq!(order(&demand)[..3], [15, 0, 1]);
        assert!(demand.hear(&[id(18)]));
        assert_eq!(order(&demand)[..3], [18, 15, 0]);
        assert!(!demand.hear(&[id(15)]), "they are seen already, wherever they stand");
        assert!(!demand.show(faces(20)), "the same page again is no news");
    }

    #[test]
    fn nobody_comes_forward_while_there_is_a_slot_for_everybody() {
        let mut demand = Demand::default();
        assert!(demand.show(faces(VIDEO_SLOTS)));
        for speaker in 0..20 {
            assert!(!demand.hear(&[id(speaker)]));
        }
    }

    #[test]
    fn a_shared_screen_stays_first_and_nobody_is_asked_for_twice() {
        let mut demand = Demand::default();
        let screen = Wanted { participant: id(30), source: Source::Screen, height: 900 };
        let mut wanted = vec![screen];
        wanted.extend(faces(19));
        demand.show(wanted);
        for speaker in [13, 14, 15, 16, 17, 18, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0] {
            demand.hear(&[id(speaker)]);
            let said = order(&demand);
            assert_eq!(said[0], 30);
            assert!(said[..VIDEO_SLOTS].contains(&(speaker as u128)), "{speaker} has a slot: {said:?}");
            let mut once = said.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), said.len());
        }
    }
}
