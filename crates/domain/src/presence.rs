//! Who has a page open that rings: every such page holds a line to the server.
//!
//! | somebody | is there |
//! |---|---|
//! | with a line that was heard of lately | yes |
//! | whose last line closed or broke less than [`PRESENCE_GRACE_MS`] ago | yes: it might be a reload |
//! | whose lines have all been silent for [`LINE_SILENCE_MS`] | no |
//!
//! Time is monotonic, so that a clock which is set shows nobody as gone. Not here: calls, whom it is told.

use crate::limits::{LINE_SILENCE_MS, LINES, LINES_PER_PERSON, PRESENCE_GRACE_MS};
use model::{MonoMillis, UserId};
use std::collections::BTreeMap;

/// One page that rings.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct LineId(pub u64);

/// Who is there. Forgets whoever is not.
#[derive(Debug, Default)]
pub struct Presence {
    people: BTreeMap<UserId, Person>,
    lines: usize,
}

#[derive(Debug, Default)]
struct Person {
    /// When each line was last heard of.
    lines: BTreeMap<LineId, MonoMillis>,
    /// When the last line went.
    alone_since: Option<MonoMillis>,
}

/// What a new line means.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Opened {
    /// Somebody is there who was not.
    pub arrived: bool,
}

/// What time has brought about.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Swept {
    /// Lines that fell silent, and whose they were.
    pub silent: Vec<(UserId, LineId)>,
    /// Whoever is not there any more.
    pub gone: Vec<UserId>,
}

impl Presence {
    /// Whether somebody is there.
    pub fn is_there(&self, user: UserId) -> bool {
        self.people.contains_key(&user)
    }

    /// Whether somebody has a line just now.
    pub fn has_line(&self, user: UserId) -> bool {
        self.people.get(&user).is_some_and(|person| !person.lines.is_empty())
    }

    /// Takes note of a new line; `None` where the server holds as many as it may, or their person does: one
    /// that took the place of another would be the next whose page comes back.
    pub fn open(&mut self, user: UserId, line: LineId, now: MonoMillis) -> Option<Opened> {
        let arrived = !self.people.contains_key(&user);
        let full = self.people.get(&user).is_some_and(|person| person.lines.len() >= LINES_PER_PERSON);
        if self.lines >= LINES || full {
            return None;
        }
        let person = self.people.entry(user).or_default();
        person.lines.insert(line, now);
        person.alone_since = None;
        self.lines += 1;
        Some(Opened { arrived })
    }

    /// A line was heard of.
    pub fn hear(&mut self, user: UserId, line: LineId, now: MonoMillis) {
        if let Some(heard) = self.people.get_mut(&user).and_then(|person| person.lines.get_mut(&line)) {
            *heard = now;
        }
    }

    /// A line is gone; its person may be back in a moment.
    pub fn close(&mut self, user: UserId, line: LineId, now: MonoMillis) {
        let Some(person) = self.people.get_mut(&user) else { return };
        if person.lines.remove(&line).is_some() {
            self.lines -= 1;
        }
        if person.lines.is_empty() && person.alone_since.is_none() {
            person.alone_since = Some(now);
        }
    }

    /// Lets what time has brought about take effect.
    pub fn sweep(&mut self, now: MonoMillis) -> Swept {
        let mut swept = Swept::default();
        for (user, person) in &mut self.people {
            person.lines.retain(|line, heard| {
                let lives = now.since(*heard) < LINE_SILENCE_MS;
                if !lives {
                    swept.silent.push((*user, *line));
                }
                lives
            });
        }
        self.lines -= swept.silent.len();
        self.people.retain(|user, person| {
            let waits = person.alone_since.is_some_and(|since| now.since(since) < PRESENCE_GRACE_MS);
            let stays = !person.lines.is_empty() || waits;
            if !stays {
                swept.gone.push(*user);
            }
            stays
        });
        swept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: UserId = UserId::from_bits(1);

    fn at(millis: u64) -> MonoMillis {
        MonoMillis(millis)
    }

    #[test]
    fn a_reload_shows_nobody_as_gone() {
        let mut presence = Presence::default();
        assert_eq!(presence.open(ANA, LineId(1), at(0)).map(|opened| opened.arrived), Some(true));
        presence.close(ANA, LineId(1), at(1_000));
        assert_eq!(presence.sweep(at(1_000 + PRESENCE_GRACE_MS - 1)), Swept::default());
        assert_eq!(presence.open(ANA, LineId(2), at(6_900)).map(|opened| opened.arrived), Some(false));
        assert_eq!(presence.sweep(at(20_000)), Swept::default());
        presence.close(ANA, LineId(2), at(21_000));
        assert_eq!(presence.sweep(at(21_000 + PRESENCE_GRACE_MS)).gone, [ANA]);
        assert!(!presence.is_there(ANA));
    }

    #[test]
    fn whoever_has_another_page_open_stays() {
        let mut presence = Presence::default();
        presence.open(ANA, LineId(1), at(0));
        presence.open(ANA, LineId(2), at(0));
        presence.close(ANA, LineId(1), at(0));
        assert_eq!(presence.sweep(at(30_000)), Swept::default());
        assert!(presence.is_there(ANA));
    }

    #[test]
    fn silence_ends_a_line_and_a_word_keeps_it() {
        let mut presence = Presence::default();
        presence.open(ANA, LineId(1), at(0));
        presence.hear(ANA, LineId(1), at(30_000));
        assert_eq!(presence.sweep(at(30_000 + LINE_SILENCE_MS - 1)), Swept::default());
        let swept = presence.sweep(at(30_000 + LINE_SILENCE_MS));
        assert_eq!((swept.silent, swept.gone), (vec![(ANA, LineId(1))], vec![ANA]));
        // What comes of it later changes nothing.
        presence.close(ANA, LineId(1), at(80_000));
        presence.hear(ANA, LineId(1), at(80_000));
        assert!(!presence.is_there(ANA));
        assert_eq!(presence.lines, 0);
    }

    #[test]
    fn one_person_has_so_many_pages_and_no_more() {
        let mut presence = Presence::default();
        for line in 0..LINES_PER_PERSON as u64 {
            assert!(presence.open(ANA, LineId(line), at(0)).is_some());
        }
        assert_eq!(presence.open(ANA, LineId(99), at(0)), None);
        assert_eq!(presence.lines, LINES_PER_PERSON);
        presence.close(ANA, LineId(3), at(0));
        assert!(presence.open(ANA, LineId(99), at(0)).is_some());
    }

    #[test]
    fn a_server_holds_so_many_lines_and_no_more() {
        let mut presence = Presence::default();
        for bits in 0..LINES as u64 {
            assert!(presence.open(UserId::from_bits(bits.into()), LineId(bits), at(0)).is_some());
        }
        let late = UserId::from_bits(u128::MAX);
        assert_eq!(presence.open(late, LineId(u64::MAX), at(0)), None);
        assert!(!presence.is_there(late));
    }
}
