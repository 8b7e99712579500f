//! Before the call: the state of the room, the device check, the name, and the door.

use super::devices::DevicePanel;
use super::link::Link;
use crate::language::words;
use crate::pages::frame::Frame;
use crate::pages::refusal;
use crate::room::RoomCall;
use call::view::{JoinProblem, Stage};
use leptos::prelude::*;
use model::{DisplayName, TextError};
use protocol::{EntryState, EntryView};
use ui::{EntryCard, EntryForm, EntryWay, Outcome, OutcomePanel, RoomLink};

/// The entry page.
#[component]
pub fn EntryScene(
    /// The room.
    room: EntryView,
    /// The call.
    call: RoomCall,
    /// The name as it stands in the field.
    name: RwSignal<String>,
) -> impl IntoView {
    let words = words();
    let closed = match room.state {
        EntryState::Full => Some(Outcome::Full),
        EntryState::Ended { .. } => Some(Outcome::Ended),
        EntryState::Open | EntryState::Knock { .. } => None,
    };
    let address = format!("/r/{}", room.code);
    view! {
        <Frame>
            {match closed {
                Some(outcome) => view! { <OutcomePanel words outcome room=address /> }.into_any(),
                None => view! { <OpenDoor room call name /> }.into_any(),
            }}
        </Frame>
    }
}

/// The room lets people in, or lets them knock.
#[component]
fn OpenDoor(room: EntryView, call: RoomCall, name: RwSignal<String>) -> impl IntoView {
    let words = words();
    let entry = &words.entry;
    let (way, note) = match room.state {
        _ if room.hosting => (EntryWay::Start, entry.hosting),
        EntryState::Knock { host_present: true } => (EntryWay::Knock, entry.knock_host_there),
        EntryState::Knock { host_present: false } => (EntryWay::Knock, entry.knock_host_away),
        EntryState::Open | EntryState::Full | EntryState::Ended { .. } => (EntryWay::Join, entry.open),
    };
    let name_error = RwSignal::new(None::<String>);
    let name_ref = NodeRef::new();
    let stage = call.stage();
    let pending = Signal::derive(move || stage.get() == Stage::Joining);
    let problem = Signal::derive(move || match stage.get() {
        Stage::Preview { problem: Some(problem) } => sentence(words, problem).to_owned(),
        Stage::Preview { problem: None } | Stage::Joining | Stage::Waiting { .. } => String::new(),
        Stage::InCall { .. } | Stage::Left { .. } => String::new(),
    });
    let on_enter = Callback::new(move |()| match DisplayName::parse(&name.get_untracked()) {
        Ok(parsed) => {
            name_error.set(None);
            call.join(parsed);
        }
        Err(error) => {
            let text = match error {
                TextError::Empty => entry.name_missing,
                TextError::TooLong { .. } => entry.name_long,
            };
            name_error.set(Some(text.to_owned()));
            focus(name_ref);
        }
    });
    let link = Link::of(room.code);
    let invite = room.hosting.then(|| {
        let label = words.entry.share_link;
        view! { <RoomLink words label link=link.address copied=link.copied on_copy=link.copy() /> }
    });
    view! {
        <EntryCard title=room.name.to_string() note>
            <div>
                <DevicePanel call />
            </div>
            <div>
                <EntryForm words name name_error way pending on_enter note=problem name_ref />
                {invite}
            </div>
        </EntryCard>
    }
}

fn focus(field: NodeRef<leptos::html::Input>) {
    if let Some(field) = field.get_untracked() {
        // A field that cannot be focused is no reason to stop.
        drop(field.focus());
    }
}

const fn sentence(words: &'static ui::Words, problem: JoinProblem) -> &'static str {
    match problem {
        JoinProblem::Refused(code) => refusal::text(words, code),
        JoinProblem::Unsupported => words.ways.unsupported_text,
        JoinProblem::TimedOut => words.errors.timed_out,
    }
}
