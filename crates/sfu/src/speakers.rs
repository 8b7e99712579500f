//! Who speaks, from the levels that browsers put on their audio packets (RFC 6464). No audio is decoded.
//!
//! Each [`WINDOW`] the share of packets at or above [`AUDIBLE`] is taken. A voice speaks once that share
//! passes [`SHARE`] and its smoothed strength the threshold; it stops when the strength has fallen to
//! half of that, so a breath between two words changes nothing. The strength of a voice that is audible
//! all the time is its loudest level, and less in proportion to its pauses.
//!
//! A second, quicker measure ranks voices for the audio slots: the loudest level of late, falling by
//! 20 dB a second.

use model::ParticipantId;
use std::time::{Duration, Instant};

/// How often voices are judged, and how often at most a room hears of it.
pub(crate) const WINDOW: Duration = Duration::from_millis(300);
/// The quietest level that counts as a voice, in -dBov.
const AUDIBLE: u8 = 40;
/// The share of audible packets in a window that makes it a speaking one, in percent.
const SHARE: u32 = 40;
/// How many packets a window has at least: Opus sends one per 20 ms, but none in silence (DTX).
const WINDOW_PACKETS: u32 = 15;
/// How many steps of loudness the order of speakers distinguishes, so that near equals do not dance.
const STEPS: f32 = 8.0;
/// How fast the quick measure falls, in hundredths of a decibel per millisecond.
const FALL_PER_MS: u64 = 2;

/// The voice of one microphone.
#[derive(Debug, Default)]
pub(crate) struct Voice {
    packets: u32,
    audible: u32,
    loudest: u8,
    strength: f32,
    speaking: bool,
    peak: Option<(u64, Instant)>,
}

impl Voice {
    /// Takes the level of one packet: 0 is the loudest, 127 is silence.
    pub(crate) fn hear(&mut self, level: u8, now: Instant) {
        let level = level.min(127);
        self.packets += 1;
        if level <= AUDIBLE {
            let quietest = self.audible == 0;
            self.loudest = if quietest { level } else { self.loudest.min(level) };
            self.audible += 1;
        }
        let loudness = u64::from(127 - level) * 100;
        if loudness >= self.loudness(now) {
            self.peak = Some((loudness, now));
        }
    }

    /// How loud the voice was of late, in hundredths of a decibel above silence.
    pub(crate) fn loudness(&self, now: Instant) -> u64 {
        let Some((peak, at)) = self.peak else { return 0 };
        let fallen = now.saturating_duration_since(at).as_millis() as u64 * FALL_PER_MS;
        peak.saturating_sub(fallen)
    }

    /// Closes the window; answers the step of loudness of a voice that speaks.
    fn judge(&mut self) -> Option<u8> {
        let packets = self.packets.max(WINDOW_PACKETS);
        let observed = if self.audible * 100 >= packets * SHARE {
            amplitude(self.loudest) * self.audible as f32 / packets as f32
        } else {
            0.0
        };
        (self.packets, self.audible) = (0, 0);
        self.strength += (observed - self.strength) * 2.0 / 3.0;
        let threshold = amplitude(AUDIBLE) * SHARE as f32 / 100.0;
        self.speaking = self.strength >= if self.speaking { threshold / 2.0 } else { threshold };
        let decibels = 20.0 * (self.strength / threshold).max(1.0).log10();
        self.speaking.then(|| (decibels / f32::from(AUDIBLE) * STEPS) as u8)
    }

    /// Forgets everything: a muted participant never speaks.
    pub(crate) fn mute(&mut self) {
        *self = Self::default();
    }
}

fn amplitude(level: u8) -> f32 {
    10_f32.powf(-f32::from(level) / 20.0)
}

/// Who was last announced as speaking in a room.
#[derive(Debug, Default)]
pub(crate) struct Speakers {
    announced: Vec<ParticipantId>,
}

impl Speakers {
    /// Who speaks, loudest first.
    pub(crate) fn announced(&self) -> &[ParticipantId] {
        &self.announced
    }

    /// Closes the window of every voice; answers the whole set, loudest first, if it changed.
    pub(crate) fn judge<'a>(
        &mut self,
        voices: impl Iterator<Item = (ParticipantId, &'a mut Voice)>,
    ) -> Option<Vec<ParticipantId>> {
        let mut speaking: Vec<(u8, ParticipantId)> =
            voices.filter_map(|(participant, voice)| voice.judge().map(|step| (step, participant))).collect();
        // Equals stay in the order in which they were announced, newcomers behind them.
        let place = |participant: &ParticipantId| {
            self.announced.iter().position(|known| known == participant).unwrap_or(usize::MAX)
        };
        speaking.sort_by_key(|(step, participant)| (u8::MAX - step, place(participant)));
        let speaking: Vec<ParticipantId> = speaking.into_iter().map(|(_, participant)| participant).collect();
        if speaking == self.announced {
            return None;
        }
        self.announced.clone_from(&speaking);
        Some(speaking)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn participant(n: u128) -> ParticipantId {
        ParticipantId::from_bits(n)
    }

    struct Table {
        now: Instant,
        speakers: Speakers,
        voices: Vec<Voice>,
    }

    impl Table {
        fn of(people: usize) -> Self {
            let voices = (0..people).map(|_| Voice::default()).collect();
            Self { now: Instant::now(), speakers: Speakers::default(), voices }
        }

        /// One window in which each person's packets have the level given, if any.
        fn window(&mut self, levels: &[Option<u8>]) -> Option<Vec<u128>> {
            for _ in 0..15 {
                self.now += Duration::from_millis(20);
                for (voice, level) in self.voices.iter_mut().zip(levels) {
                    if let Some(level) = level {
                        voice.hear(*level, self.now);
                    }
                }
            }
            let voices = self.voices.iter_mut().enumerate().map(|(n, voice)| (participant(n as u128), voice));
            self.speakers.judge(voices).map(|set| set.iter().map(|who| who.bits()).collect())
        }
    }

    #[test]
    fn a_voice_is_announced_once_and_withdrawn_once() {
        let mut table = Table::of(2);
        assert_eq!(table.window(&[Some(127), Some(127)]), None);
        assert_eq!(table.window(&[Some(20), Some(127)]), Some(vec![0]));
        for _ in 0..5 {
            assert_eq!(table.window(&[Some(22), Some(127)]), None);
        }
        let withdrawn: Vec<_> = (0..8).filter_map(|_| table.window(&[Some(127), Some(127)])).collect();
        assert_eq!(withdrawn, [Vec::<u128>::new()]);
    }

    #[test]
    fn the_loudest_is_named_first() {
        let mut table = Table::of(3);
        table.window(&[Some(35), Some(10), Some(100)]);
        assert_eq!(table.speakers.announced, [participant(1), participant(0)]);
    }

    #[test]
    fn near_equals_do_not_change_places() {
        let mut table = Table::of(2);
        assert_eq!(table.window(&[Some(20), Some(21)]), Some(vec![0, 1]));
        for _ in 0..10 {
            assert_eq!(table.window(&[Some(21), Some(20)]), None);
        }
    }

    #[test]
    fn a_pause_for_breath_changes_nothing() {
        let mut table = Table::of(1);
        table.window(&[Some(20)]);
        table.window(&[Some(20)]);
        assert_eq!(table.window(&[None]), None);
        assert_eq!(table.window(&[Some(20)]), None);
    }

    #[test]
    fn a_click_is_no_voice() {
        let mut table = Table::of(1);
        for _ in 0..4 {
            table.voices[0].hear(5, table.now);
        }
        assert_eq!(table.window(&[None]), None);
    }

    #[test]
    fn loudness_falls_by_twenty_decibels_a_second() {
        let now = Instant::now();
        let mut voice = Voice::default();
        voice.hear(27, now);
        assert_eq!(voice.loudness(now), 10_000);
        assert_eq!(voice.loudness(now + Duration::from_secs(1)), 8_000);
        voice.hear(100, now + Duration::from_secs(1));
        assert_eq!(voice.loudness(now + Duration::from_secs(2)), 6_000);
        voice.mute();
        assert_eq!(voice.loudness(now), 0);
    }
}
