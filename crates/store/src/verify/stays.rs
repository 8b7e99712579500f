//! The record of attendance against the lines that opened and closed its segments.
//!
//! The table of attendance has no seal of its own and needs none: whoever came in and whoever left has a
//! line, written with the segment in one transaction, and the lines are sealed. So the segments are made
//! again from the lines, by the same rule as in [`journal`](crate::journal), and compared: participant and
//! number, when it began and ended, how it ended, and the name, where neither was erased. What no line tells,
//! and nothing here can prove, is the role that somebody came in with, and which account a seat is: only that
//! the segment names the same user as the seat.
//!
//! Each page of the table is read in one statement with the position that the history had by then, and judged
//! as of that position: a server that writes meanwhile is never told of.

use super::Fault;
use crate::attendance::Exit;
use crate::audit::Row;
use crate::statement::Statement;
use crate::{Error, Store};
use model::{ParticipantId, RoomId};
use std::collections::BTreeMap;

/// How many segments are read at a time.
const PAGE: u32 = 500;

/// The segments that the lines of a room tell of, by participant and number.
#[derive(Debug, Default)]
pub(super) struct Stays(BTreeMap<(ParticipantId, i64), Stay>);

#[derive(Debug)]
struct Stay {
    /// The line that opened it.
    position: i64,
    entered_at: i64,
    /// Absent if it was erased.
    name: Option<Box<str>>,
    end: Option<End>,
    /// Whether the table has it.
    found: bool,
}

#[derive(Debug)]
struct End {
    /// The line that closed it.
    position: i64,
    at: i64,
    exit: Exit,
}

/// What the table said at one moment.
#[derive(Debug)]
pub(super) struct Page {
    /// The position of the last line at that moment.
    pub position: i64,
    pub segments: Vec<Segment>,
    /// Whether there may be more.
    pub is_full: bool,
}

/// One segment as it stands in the database; it may say anything.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    participant_id: String,
    number: i64,
    name: String,
    entered_at: i64,
    left_at: Option<i64>,
    reason: Option<String>,
    /// Whether its user has the seat.
    is_seated: bool,
}

#[derive(sqlx::FromRow)]
struct Raw {
    position: i64,
    participant_id: Option<String>,
    number: Option<i64>,
    name: Option<String>,
    entered_at: Option<i64>,
    left_at: Option<i64>,
    reason: Option<String>,
    seats: i64,
}

/// Reads the segments that follow `after`; `None` if the room has no history any more.
pub(super) async fn load_after(
    store: &Store,
    room: RoomId,
    after: Option<&Segment>,
) -> Result<Option<Page>, Error> {
    // Who signed in to an account and had sat there in the same tab before has both seats, by one key.
    const SQL: &str = "select room_chains.position, participant_id, number, name, entered_at, left_at, reason, \
         (select count(*) from participants as seat join participants as other \
          on other.room_id = seat.room_id and other.key_hash = seat.key_hash \
          where seat.id = attendance.participant_id and seat.room_id = attendance.room_id \
          and other.user_id = attendance.user_id) as seats \
         from room_chains left join attendance on attendance.room_id = room_chains.room_id \
         and (entered_at, participant_id, number) > ($2, $3, $4) \
         where room_chains.room_id = $1 order by entered_at, participant_id, number limit $5";
    let statement = Statement::new(SQL).text(room.to_hex());
    let statement = match after {
        Some(last) => {
            statement.integer(last.entered_at).text(last.participant_id.as_str()).integer(last.number)
        }
        None => statement.integer(i64::MIN).text("").integer(i64::MIN),
    };
    let raw: Vec<Raw> = store.fetch_all(statement.integer(i64::from(PAGE))).await?;
    let Some(position) = raw.first().map(|raw| raw.position) else { return Ok(None) };
    let is_full = u32::try_from(raw.len()).is_ok_and(|count| count == PAGE);
    let segments = raw.into_iter().filter_map(Raw::segment).collect();
    Ok(Some(Page { position, segments, is_full }))
}

impl Raw {
    /// The segment, if there is one: a room without any has a row, too.
    fn segment(self) -> Option<Segment> {
        Some(Segment {
            participant_id: self.participant_id?,
            number: self.number?,
            name: self.name?,
            entered_at: self.entered_at?,
            left_at: self.left_at,
            reason: self.reason,
            is_seated: self.seats > 0,
        })
    }
}

impl Stays {
    /// Takes in the next line of the history, which was found genuine.
    pub fn hear(&mut self, line: &Row) {
        let participant = line.participant_id.as_deref().and_then(|id| id.parse().ok());
        match (line.kind.as_str(), participant) {
            ("entered", Some(participant)) => self.open(participant, line),
            ("ended" | "expired", _) => {
                let all = self.0.values_mut();
                all.for_each(|stay| stay.close(line, Exit::Ended));
            }
            // The line of somebody who left says why, in the same word as their segment. It may be somebody
            // at the door, who has none.
            (word, Some(participant)) => {
                if let (Some(exit), Some(stay)) = (Exit::parse(word), self.last_of(participant)) {
                    stay.close(line, exit);
                }
            }
            (_, None) => {}
        }
    }

    fn open(&mut self, participant: ParticipantId, line: &Row) {
        let before = self.0.range((participant, i64::MIN)..=(participant, i64::MAX)).next_back();
        let number = before.map_or(1, |((_, number), _)| number + 1);
        let name = line.name.as_deref().map(Box::from);
        let stay = Stay { position: line.position, entered_at: line.at, name, end: None, found: false };
        self.0.insert((participant, number), stay);
    }

    fn last_of(&mut self, participant: ParticipantId) -> Option<&mut Stay> {
        self.0.range_mut((participant, i64::MIN)..=(participant, i64::MAX)).next_back().map(|(_, stay)| stay)
    }

    /// What is wrong with a segment that stood in the table when the history had this position.
    pub fn compare(&mut self, segment: &Segment, position: i64) -> Option<Fault> {
        let extra = Fault::ExtraStay { entered_at: segment.entered_at };
        let Ok(participant) = segment.participant_id.parse() else { return Some(extra) };
        let told = self.0.get_mut(&(participant, segment.number));
        let Some(stay) = told.filter(|stay| stay.position <= position && !stay.found) else {
            return Some(extra);
        };
        stay.found = true;
        (!stay.matches(segment, position)).then_some(Fault::ChangedStay { position: stay.position })
    }

    /// The first segment that began by this position and was not found in the table.
    pub fn missing(&self, position: i64) -> Option<Fault> {
        let lost = self.0.values().filter(|stay| !stay.found && stay.position <= position);
        lost.map(|stay| stay.position).min().map(|position| Fault::MissingStay { position })
    }
}

impl Stay {
    fn close(&mut self, line: &Row, exit: Exit) {
        self.end.get_or_insert(End { position: line.position, at: line.at, exit });
    }

    fn matches(&self, segment: &Segment, position: i64) -> bool {
        let end = self.end.as_ref().filter(|end| end.position <= position);
        let is_erased = |name: &str| name.is_empty();
        segment.is_seated
            && segment.entered_at == self.entered_at
            && segment.left_at == end.map(|end| end.at)
            && segment.reason.as_deref() == end.map(|end| end.exit.word())
            && self.name.as_deref().is_none_or(|name| is_erased(&segment.name) || segment.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(position: i64, kind: &str, participant: Option<u128>) -> Row {
        Row {
            position,
            epoch: 1,
            at: 100 + position,
            kind: kind.to_owned(),
            participant_id: participant.map(|bits| ParticipantId::from_bits(bits).to_hex()),
            name: participant.map(|bits| format!("Person {bits}")),
            name_seal: None,
            by_id: None,
            by_name: None,
            by_name_seal: None,
            previous: String::new(),
            hash: String::new(),
        }
    }

    /// One comes, drops, returns, leaves and comes again; the other waits, comes, and stays to the end.
    fn told() -> Stays {
        let lines = [
            ("entered", Some(1)),
            ("knocked", Some(2)),
            ("time_up", Some(2)),
            ("dropped", Some(1)),
            ("returned", Some(1)),
            ("entered", Some(2)),
            ("left", Some(1)),
            ("left", Some(1)),
            ("entered", Some(1)),
            ("expired", None),
            ("lost", Some(2)),
        ];
        let mut stays = Stays::default();
        for (position, (kind, participant)) in (1..).zip(lines) {
            stays.hear(&line(position, kind, participant));
        }
        stays
    }

    fn segment(participant: u128, number: i64, entered_at: i64, left: Option<(i64, &str)>) -> Segment {
        Segment {
            participant_id: ParticipantId::from_bits(participant).to_hex(),
            number,
            name: format!("Person {participant}"),
            entered_at,
            left_at: left.map(|(at, _)| at),
            reason: left.map(|(_, reason)| reason.to_owned()),
            is_seated: true,
        }
    }

    #[test]
    fn the_lines_tell_every_segment() {
        let mut stays = told();
        for segment in [
            segment(1, 1, 101, Some((107, "left"))),
            segment(2, 1, 106, Some((110, "ended"))),
            segment(1, 2, 109, Some((110, "ended"))),
        ] {
            assert_eq!(stays.compare(&segment, 11), None, "{segment:?}");
        }
        assert_eq!(stays.missing(11), None);
    }

    #[test]
    fn a_table_that_was_read_before_the_last_lines_is_judged_as_of_then() {
        let mut stays = told();
        assert_eq!(stays.compare(&segment(1, 1, 101, None), 6), None, "they were still inside");
        assert_eq!(stays.compare(&segment(2, 1, 106, None), 6), None);
        assert_eq!(stays.missing(8), None, "the second stay had not begun");
        assert_eq!(stays.missing(9), Some(Fault::MissingStay { position: 9 }));
        let early = told().compare(&segment(1, 2, 109, None), 8);
        assert_eq!(early, Some(Fault::ExtraStay { entered_at: 109 }), "nor may it stand there before");
    }

    #[test]
    fn every_part_counts_but_an_erased_name() {
        let genuine = segment(1, 1, 101, Some((107, "left")));
        let erased = Segment { name: String::new(), ..genuine.clone() };
        assert_eq!(told().compare(&erased, 11), None);
        for changed in [
            Segment { entered_at: 100, ..genuine.clone() },
            Segment { left_at: Some(108), ..genuine.clone() },
            Segment { left_at: None, reason: None, ..genuine.clone() },
            Segment { reason: Some("lost".to_owned()), ..genuine.clone() },
            Segment { name: "Person 2".to_owned(), ..genuine.clone() },
            Segment { is_seated: false, ..genuine.clone() },
        ] {
            assert_eq!(told().compare(&changed, 11), Some(Fault::ChangedStay { position: 1 }), "{changed:?}");
        }
        for added in [
            Segment { number: 3, ..genuine.clone() },
            Segment { participant_id: "nobody".to_owned(), ..genuine.clone() },
            segment(3, 1, 101, Some((107, "left"))),
        ] {
            assert_eq!(told().compare(&added, 11), Some(Fault::ExtraStay { entered_at: 101 }), "{added:?}");
        }
    }
}
