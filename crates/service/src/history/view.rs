//! The same history as the room's page shows it: the newest lines first, and one line for each person.
//!
//! Stays are put together by person and not by name: two who have the same name are two, and somebody who
//! came under another name is one.

use super::hosted;
use crate::Error;
use model::{Role, RoomCode, UnixMillis, UserId};
use protocol::{AttendanceView, HISTORY_LINES, HappeningView, HistoryView};
use store::Store;
use store::attendance::{self, Segment};
use store::journal::{self, Line};

/// How many stays are put together; of more the newest.
const STAYS: u32 = 20_000;

/// Reads a room's history for the page of somebody who runs it.
pub(crate) async fn read(
    store: &Store,
    user: UserId,
    code: RoomCode,
    now: UnixMillis,
) -> Result<HistoryView, Error> {
    let room = hosted(store, user, code).await?;
    // One more than is shown tells whether there is more.
    let wanted = u32::try_from(HISTORY_LINES + 1).expect("a page shows few lines");
    let mut lines = journal::load_newest(store, room.id, wanted).await?;
    let segments = attendance::load_newest(store, room.id, STAYS).await?;
    let is_complete = lines.len() <= HISTORY_LINES;
    if !is_complete {
        lines.remove(0);
    }
    Ok(HistoryView {
        code: room.code,
        ended: matches!(room.phase, domain::room::Phase::Ended { .. }),
        name: room.name,
        is_complete,
        happenings: lines.into_iter().rev().map(happening).collect(),
        attendance: by_person(&segments, now),
    })
}

fn happening(line: Line) -> HappeningView {
    HappeningView { at: line.at, what: line.kind, who: line.name, by: line.by_name }
}

/// The stays of each person as one line, in order of first arrival.
fn by_person(segments: &[Segment], now: UnixMillis) -> Vec<AttendanceView> {
    let mut people: Vec<(UserId, AttendanceView)> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for segment in segments {
        let place = *places.entry(segment.user).or_insert(people.len());
        if place == people.len() {
            people.push((segment.user, nobody_yet(segment)));
        }
        let (_, person) = &mut people[place];
        person.name.clone_from(&segment.name);
        person.role = Role::parse(&segment.role);
        person.visits += 1;
        person.total_ms += segment.duration_ms(now);
        let left = segment.left.map(|(at, _)| at);
        let seen_before = person.visits > 1;
        person.last =
            if seen_before { person.last.zip(left).map(|(one, other)| one.max(other)) } else { left };
    }
    people.into_iter().map(|(_, person)| person).collect()
}

fn nobody_yet(segment: &Segment) -> AttendanceView {
    let name = segment.name.clone();
    AttendanceView { name, role: None, visits: 0, total_ms: 0, first: segment.entered_at, last: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ParticipantId;
    use store::attendance::Exit;

    fn stay(user: u128, name: &str, entered: i64, left: Option<i64>) -> Segment {
        Segment {
            participant: ParticipantId::from_bits(user * 100),
            number: 1,
            user: UserId::from_bits(user),
            name: name.to_owned(),
            role: "guest".to_owned(),
            entered_at: UnixMillis(entered),
            left: left.map(|at| (UnixMillis(at), Exit::Left)),
        }
    }

    #[test]
    fn stays_are_put_together_by_person_and_not_by_name() {
        let segments = [stay(1, "Bo", 0, Some(10)), stay(2, "Bo", 5, Some(20)), stay(1, "Bob", 30, Some(35))];
        let people = by_person(&segments, UnixMillis(100));
        let told: Vec<_> =
            people.iter().map(|one| (one.name.as_str(), one.visits, one.total_ms, one.last)).collect();
        assert_eq!(told, [("Bob", 2, 15, Some(UnixMillis(35))), ("Bo", 1, 15, Some(UnixMillis(20)))]);
        assert_eq!(people[0].role, Some(Role::Guest));
    }

    #[test]
    fn whoever_is_inside_has_not_left_and_counts_until_now() {
        let people = by_person(&[stay(1, "Bo", 0, Some(10)), stay(1, "Bo", 50, None)], UnixMillis(80));
        assert_eq!((people[0].total_ms, people[0].last), (40, None));
    }

    #[test]
    fn of_two_seats_at_once_the_open_one_counts() {
        let people = by_person(&[stay(1, "Bo", 0, None), stay(1, "Bo", 5, Some(10))], UnixMillis(20));
        assert_eq!((people[0].visits, people[0].last), (2, None));
    }
}
