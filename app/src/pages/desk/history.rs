//! `/r/{code}/history`: what happened in the room, and who was there for how long.

use super::journal::sentence;
use super::{NoEntry, room_in_address};
use crate::api::rooms::history;
use crate::dom;
use crate::language::words;
use crate::pages::frame::Frame;
use crate::pages::not_found::NotFound;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use model::{RoomCode, UnixMillis};
use protocol::{AttendanceView, HappeningView, HistoryView, addresses};
use ui::words::named;
use ui::{
    AttendanceLine, AttendanceTable, HistoryFiles, JournalLine, JournalList, RoomDesk, RoomHeading, RoomPart,
    UtcMoment, Words, role_name,
};

/// The page of a room's history.
#[component]
pub fn RoomHistory() -> impl IntoView {
    match room_in_address() {
        Some(code) => Either::Left(view! { <KnownAddress code /> }),
        None => Either::Right(view! { <NotFound /> }),
    }
}

/// An address that could be a room's.
#[component]
fn KnownAddress(
    /// The room's code.
    code: RoomCode,
) -> impl IntoView {
    let asked = Resource::new_blocking(|| (), move |()| history(code));
    Effect::new(move |_| dom::wake());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match asked.await {
                    Ok(history) => Either::Left(view! { <Told history /> }),
                    Err(error) => Either::Right(view! { <NoEntry error code /> }),
                }
            })}
        </Suspense>
    }
}

/// The history of a room that the reader runs.
#[component]
fn Told(
    /// The history.
    history: HistoryView,
) -> impl IntoView {
    let words = words();
    let HistoryView { code, name, ended, is_complete, happenings, attendance } = history;
    // The reader's zone is only known in the browser; until then times are told as the world's.
    let in_browser = RwSignal::new(false);
    Effect::new(move |_| in_browser.set(true));
    let lines = Signal::derive(move || {
        let local = in_browser.get();
        happenings.iter().map(|happening| line(words, happening, local)).collect::<Vec<_>>()
    });
    let people = Signal::derive(move || {
        let local = in_browser.get();
        attendance.iter().map(|person| attended(words, person, local)).collect::<Vec<_>>()
    });
    let file = move |route| addresses::of(code, route);
    view! {
        <Title text=named(words.history.title, name.as_str()) />
        <Frame>
            <RoomDesk>
                <RoomHeading words name=name.to_string() address=format!("/r/{code}") part=RoomPart::History ended />
                <AttendanceTable words lines=people />
                <JournalList words lines cut=!is_complete />
                <HistoryFiles words csv=file(addresses::HISTORY_CSV) json=file(addresses::HISTORY_JSON) />
            </RoomDesk>
        </Frame>
    }
}

fn line(words: &'static Words, happening: &HappeningView, local: bool) -> JournalLine {
    let at = happening.at;
    let utc = UtcMoment::of(at);
    let (day, time) =
        if local { (dom::day(at), dom::clock_time(at)) } else { (utc.day(), format!("{} UTC", utc.time())) };
    JournalLine { moment: utc.machine(), time, day, text: sentence(words, happening) }
}

fn attended(words: &'static Words, person: &AttendanceView, local: bool) -> AttendanceLine {
    let at = |at: UnixMillis| {
        let utc = UtcMoment::of(at);
        if local { dom::moment(at) } else { utc.told() }
    };
    let name = if person.name.is_empty() { words.history.somebody } else { &person.name };
    AttendanceLine {
        name: name.to_owned(),
        role: person.role.map_or("", |role| role_name(words, role)),
        total: clock(person.total_ms),
        visits: person.visits as usize,
        first: at(person.first),
        last: person.last.map(at),
    }
}

/// A span as a clock counts it: hours, minutes, seconds.
fn clock(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn a_span_is_counted_in_hours_minutes_and_seconds() {
        assert_eq!(clock(59_999), "0:00:59");
        assert_eq!(clock(3_661_000), "1:01:01");
        assert_eq!(clock(-5), "0:00:00");
    }
}
