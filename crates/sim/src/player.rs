//! A model decoder: it shows a picture when all of it is there, and what it refers to was shown before.
//!
//! As in browsers, a hole stops it until a repair fills it or a whole keyframe lies behind it; after a while
//! it asks for one. A picture that refers to one which was not shown, though no packet is missing, was
//! spoiled on the way: that is counted as broken. Of VP8 each is taken to refer to the one right before by
//! its number, which is the server's; others say in their payload what their encoder referred to, but for
//! AV1 with dependency descriptors, of which nothing else is believed.

use crate::descriptor::{Known, Said};
use crate::received::Label;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// How long a hole may last before a keyframe is asked for, and again.
const PATIENCE: Duration = Duration::from_millis(400);
/// How many pictures are kept for others to refer to.
const REFERENCES: usize = 4;
/// How many packets wait for a hole to be filled.
const BUFFER: usize = 4_096;

/// One packet of a slot.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub time: u32,
    pub marker: bool,
    /// Nothing for padding.
    pub picture: Option<PicturePart>,
}

/// What a packet says of its picture.
#[derive(Clone, Copy, Debug)]
pub struct PicturePart {
    pub label: Label,
    /// When it left its encoder.
    pub left: Instant,
    pub id: u16,
    /// The id of the picture that it refers to, if it is no keyframe.
    pub refers_to: u16,
    pub is_first: bool,
    /// What its dependency descriptor says, which goes before what its payload does.
    pub said: Option<Said>,
}

/// A picture that was shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shown {
    pub at: Instant,
    pub label: Label,
    /// How long it was on its way, until all of it could be shown.
    pub took: Duration,
}

/// What is shown of one slot.
#[derive(Debug, Default)]
pub struct Player {
    buffer: BTreeMap<u64, Part>,
    next: Option<u64>,
    /// When the newest picture was to be shown, and which ones can be referred to.
    last: Option<u32>,
    references: VecDeque<u16>,
    known: Known,
    stuck_since: Option<Instant>,
    asked_at: Option<Instant>,
    pub shown: Vec<Shown>,
    /// Pictures that no decoder could show, though all their packets came.
    pub broken: usize,
}

impl Player {
    /// Takes a packet in.
    pub fn take(&mut self, seq: u64, part: Part, now: Instant) {
        if self.next.is_some_and(|next| seq < next) {
            return;
        }
        self.buffer.insert(seq, part);
        if self.buffer.len() > BUFFER {
            self.buffer.pop_first();
        }
        while self.advance(now) {}
        let waits = !self.buffer.is_empty();
        self.stuck_since = if waits { self.stuck_since.or(Some(now)) } else { None };
    }

    /// Whether to ask for a keyframe now.
    pub fn wants_keyframe(&mut self, now: Instant) -> bool {
        let long = |since: Instant| now.saturating_duration_since(since) >= PATIENCE;
        let wants = self.stuck_since.is_some_and(long) && self.asked_at.is_none_or(long);
        if wants {
            self.asked_at = Some(now);
        }
        wants
    }

    fn advance(&mut self, now: Instant) -> bool {
        if let Some(next) = self.next {
            if self.buffer.get(&next).is_some_and(|part| part.picture.is_none()) {
                self.skip_to(next + 1);
                return true;
            }
            if let Some(end) = self.whole_from(next) {
                self.show(next, end, now);
                return true;
            }
        }
        let keyframe = |(seq, part): (&u64, &Part)| {
            let begins = part.picture.is_some_and(|picture| picture.is_first && picture.label.keyframe);
            begins.then_some(*seq).filter(|seq| self.whole_from(*seq).is_some())
        };
        let Some(start) = self.buffer.iter().find_map(keyframe) else { return false };
        self.skip_to(start);
        true
    }

    /// The last packet of the picture that begins with `start`, if all of it is there.
    fn whole_from(&self, start: u64) -> Option<u64> {
        let first = self.buffer.get(&start)?;
        if !first.picture?.is_first {
            return None;
        }
        let mut end = start;
        loop {
            let part = self.buffer.get(&end)?;
            if part.time != first.time {
                return None;
            }
            if part.marker {
                return Some(end);
            }
            end += 1;
        }
    }

    fn skip_to(&mut self, seq: u64) {
        self.buffer = self.buffer.split_off(&seq);
        self.next = Some(seq);
    }

    fn show(&mut self, start: u64, end: u64, now: Instant) {
        let part = self.buffer[&start];
        let Some(picture) = part.picture else { return };
        if picture.label.keyframe {
            self.references.clear();
        }
        let (id, refers_to) = match picture.said {
            Some(said) => (said.frame, self.known.reference(said)),
            None => (picture.id, Some(picture.refers_to)),
        };
        let follows = refers_to.is_some_and(|reference| self.references.contains(&reference));
        let is_whole = refers_to.is_some() && picture.said.is_none_or(|said| said.begins);
        let is_later = self.last.is_none_or(|time| part.time.wrapping_sub(time) < 1 << 31);
        if is_later && is_whole && (follows || picture.label.keyframe) {
            let took = now.saturating_duration_since(picture.left);
            self.shown.push(Shown { at: now, label: picture.label, took });
            self.references.truncate(REFERENCES - 1);
            self.references.push_front(id);
        } else {
            self.broken += 1;
        }
        self.last = Some(part.time);
        self.skip_to(end + 1);
        (self.stuck_since, self.asked_at) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Source;

    fn part(id: u16, keyframe: bool, (is_first, marker): (bool, bool)) -> Part {
        let label = Label { sender: 1, source: Source::Camera, layer: 0, keyframe };
        let picture =
            PicturePart { label, left: Instant::now(), id, refers_to: id - 1, is_first, said: None };
        Part { time: u32::from(id) * 3_000, marker, picture: Some(picture) }
    }

    /// Plays packets given as (number, picture, keyframe, first, last).
    fn play(packets: &[(u64, u16, bool, bool, bool)]) -> (usize, usize) {
        let mut player = Player::default();
        let now = Instant::now();
        for (seq, id, keyframe, first, last) in packets {
            player.take(*seq, part(*id, *keyframe, (*first, *last)), now);
        }
        (player.shown.len(), player.broken)
    }

    #[test]
    fn a_hole_stops_it_until_it_is_filled_or_a_keyframe_lies_behind() {
        let one = (1, 1, true, true, false);
        let two = (2, 1, true, false, true);
        let three = (3, 2, false, true, true);
        let five = (5, 4, false, true, true);
        assert_eq!(play(&[one, two, three, five]), (2, 0));
        assert_eq!(play(&[one, two, three, five, (4, 3, false, true, true)]), (4, 0));
        assert_eq!(play(&[one, two, five, (6, 5, true, true, true)]), (2, 0));
        assert_eq!(play(&[three, two, one]), (2, 0), "order does not matter");
    }

    #[test]
    fn what_does_not_follow_though_nothing_is_missing_is_broken() {
        assert_eq!(play(&[(1, 1, true, true, true), (2, 3, false, true, true)]), (1, 1));
    }
}
