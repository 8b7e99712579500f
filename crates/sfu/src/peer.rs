//! One connection: what it sends, what it is sent, and how it is reached.

use crate::OfferError;
use crate::budget::Budget;
use crate::command::Want;
use crate::demux::Routes;
use crate::dice::Dice;
use crate::down_track::{DownTrack, Publication};
use crate::event::SlotContent;
use crate::loudest::Tenure;
use crate::offer::{Direction, Kind, Line};
use crate::timers::Armed;
use crate::transport::{Codec, Codecs, MediaTransport};
use crate::up_track::UpTrack;
use model::{Mid, ParticipantId, PeerId, RoomId, Source};
use std::time::Instant;

/// The height that pictures are served at until the subscriber says what it shows.
pub(crate) const FIRST_HEIGHT: u16 = 360;

/// One connection of a participant.
pub(crate) struct Peer {
    pub id: PeerId,
    pub room: RoomId,
    pub participant: ParticipantId,
    pub transport: Box<dyn MediaTransport>,
    pub routes: Routes,
    pub armed: Armed,
    pub link: Link,
    pub publishing: Publishing,
    pub wants: Option<Vec<Want>>,
    /// What it wants to be shown and cannot decode.
    pub undecodable: Vec<Publication>,
    pub budget: Budget,
    pub lines: Lines,
    /// The last mapping that was announced.
    pub announced: Option<Vec<SlotContent>>,
    /// Over whose packet its connection panicked.
    pub panicked_over: Option<ParticipantId>,
}

/// How far the connection is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Link {
    /// ICE and DTLS have until then.
    Opening { until: Instant },
    /// Up; the peer last proved itself then.
    Up { heard: Instant },
}

/// What the participant says it sends.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Publishing {
    pub microphone: bool,
    pub camera: bool,
    pub screen: bool,
}

impl Publishing {
    pub(crate) const fn has(self, source: Source) -> bool {
        match source {
            Source::Microphone => self.microphone,
            Source::Camera => self.camera,
            Source::Screen => self.screen,
        }
    }
}

/// The sources, in the order in which a peer's tracks are kept.
pub(crate) const SOURCES: [Source; 3] = [Source::Microphone, Source::Camera, Source::Screen];

const fn place(source: Source) -> usize {
    match source {
        Source::Microphone => 0,
        Source::Camera => 1,
        Source::Screen => 2,
    }
}

/// What the lines of the offer are for.
#[derive(Debug)]
pub(crate) struct Lines {
    up: [Option<UpTrack>; 3],
    pub slots: Vec<DownTrack>,
}

impl Lines {
    /// Sorts the lines into sources and slots; `codecs` tells what may flow on each of them.
    pub(crate) fn sort(
        lines: &[Line],
        sources: &[(Mid, Source)],
        codecs: &[Codecs],
        dice: &mut Dice,
    ) -> Result<Self, OfferError> {
        let mut up = up_tracks(lines, sources)?;
        // Two readings of the same line may differ: with a codec on none of them nothing would ever come in.
        let mut is_dead = !sources.is_empty();
        for track in up.iter_mut().flatten() {
            let codecs = codecs.get(track.line).copied().unwrap_or_default();
            is_dead &= codecs.is_empty();
            track.negotiated(codecs);
        }
        if is_dead {
            return Err(OfferError::Unusable);
        }
        let numbered = lines.iter().zip(codecs).enumerate();
        let slots = numbered
            .filter(|(_, (line, codecs))| line.direction == Direction::RecvOnly && !codecs.is_empty())
            .map(|(index, (line, codecs))| DownTrack::new((index, line.mid), line.kind, *codecs, dice.roll()))
            .collect();
        Ok(Self { up, slots })
    }

    pub(crate) fn up(&self, source: Source) -> Option<&UpTrack> {
        self.up[place(source)].as_ref()
    }

    pub(crate) fn up_mut(&mut self, source: Source) -> Option<&mut UpTrack> {
        self.up[place(source)].as_mut()
    }

    /// Whether every slot for pictures can show what is sent in a codec; while it is not known it may be any.
    pub(crate) fn shows(&self, codec: Option<Codec>) -> bool {
        let mut slots = self.slots.iter().filter(|slot| slot.kind == Kind::Video);
        codec.is_none_or(|codec| slots.all(|slot| slot.codecs.has(codec)))
    }

    /// What comes in on a line.
    pub(crate) fn source(&self, line: usize) -> Option<Source> {
        SOURCES.into_iter().find(|source| self.up(*source).is_some_and(|up| up.line == line))
    }
}

/// Checks that what the browser says of its lines is so.
pub(crate) fn up_tracks(
    lines: &[Line],
    sources: &[(Mid, Source)],
) -> Result<[Option<UpTrack>; 3], OfferError> {
    let mut up = [None, None, None];
    for (mid, source) in sources {
        let index = lines.iter().position(|line| line.mid == *mid).ok_or(OfferError::Unusable)?;
        let line = &lines[index];
        let sends = matches!(line.direction, Direction::SendOnly | Direction::SendRecv);
        let fits = match source {
            Source::Microphone => line.kind == Kind::Audio,
            Source::Camera | Source::Screen => line.kind == Kind::Video,
        };
        let taken = up.iter().flatten().any(|track: &UpTrack| track.line == index);
        let place = &mut up[place(*source)];
        if !sends || !fits || taken || place.is_some() {
            return Err(OfferError::Unusable);
        }
        *place = Some(UpTrack::new(index, line.rids.len()));
    }
    Ok(up)
}

impl Peer {
    /// Whether packets can be sent. What is written earlier would queue up, and come too late.
    pub(crate) const fn is_up(&self) -> bool {
        matches!(self.link, Link::Up { .. })
    }

    /// What the participant publishes just now.
    pub(crate) fn publications(&self) -> impl Iterator<Item = Publication> {
        let on = |source: &Source| self.publishing.has(*source) && self.lines.up(*source).is_some();
        SOURCES.into_iter().filter(on).map(|source| Publication { participant: self.participant, source })
    }

    /// What the slots of one kind carry.
    pub(crate) fn contents(&self, kind: Kind) -> Vec<Option<Tenure>> {
        let slots = self.lines.slots.iter().filter(|slot| slot.kind == kind);
        slots.map(DownTrack::tenure).collect()
    }

    /// Gives the slots of one kind their new contents.
    pub(crate) fn assign(&mut self, kind: Kind, contents: &[Option<Publication>], now: Instant) {
        let slots = self.lines.slots.iter_mut().filter(|slot| slot.kind == kind);
        for (slot, content) in slots.zip(contents) {
            slot.assign(*content, now);
        }
    }

    /// Whether the subscriber wants to hear somebody: everybody, unless its demand names voices.
    pub(crate) fn hears(&self, participant: ParticipantId) -> bool {
        let mut named =
            self.wants.iter().flatten().filter(|want| want.source == Source::Microphone).peekable();
        named.peek().is_none() || named.any(|want| want.participant == participant)
    }

    /// How high the subscriber shows a publication,
    /// and which place it gave it.
    pub(crate) fn wanted(&self, publication: Publication) -> (u16, usize) {
        let same =
            |want: &Want| want.participant == publication.participant && want.source == publication.source;
        match &self.wants {
            None => (FIRST_HEIGHT, 0),
            Some(wants) => {
                let height = wants.iter().filter(|want| same(want)).map(|want| want.height).max();
                (height.unwrap_or(0), wants.iter().position(same).unwrap_or(wants.len()))
            }
        }
    }

    /// The mapping of all slots that carry something, or would if it could be decoded.
    pub(crate) fn mapping(&self, now: Instant) -> Vec<SlotContent> {
        let filled = |slot: &DownTrack| {
            slot.content().map(|content| SlotContent {
                mid: slot.mid,
                participant: content.participant,
                source: content.source,
                paused: slot.is_paused_for_long(now),
                undecodable: false,
            })
        };
        let is_free = |slot: &&DownTrack| slot.kind == Kind::Video && slot.content().is_none();
        let free = self.lines.slots.iter().filter(is_free);
        let missing = free.zip(&self.undecodable).map(|(slot, Publication { participant, source })| {
            let (participant, source) = (*participant, *source);
            SlotContent { mid: slot.mid, participant, source, paused: false, undecodable: true }
        });
        self.lines.slots.iter().filter_map(filled).chain(missing).collect()
    }
}
