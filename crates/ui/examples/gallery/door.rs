//! The states of the door.

use crate::{Sheet, sheet};
use leptos::prelude::*;
use ui::*;

const LINK: &str = "https://meet.example.org/r/bcd-fghj-kmn";

pub fn sheets(words: &'static Words) -> Vec<Sheet> {
    let mut sheets = vec![
        sheet("door-early", || early(words)),
        sheet("door-late", || late(words)),
        sheet("door-passcode", || passcode(words)),
        sheet("door-waiting", || waiting(words)),
        sheet("door-returning", || place(words, Some(true), None)),
        sheet("door-back-inside", || place(words, None, None)),
        sheet("door-elsewhere", || place(words, Some(false), Some(Callback::new(|()| ())))),
        sheet("door-invite", || invite(words)),
    ];
    sheets.extend(outcomes().map(|(name, outcome, note)| {
        sheet(format!("outcome-{name}"), || {
            let note = if note { words.door.asks_again } else { "" };
            let other = matches!(outcome, Outcome::MembersOnly);
            let other = other.then(|| view! { <OtherAccount words name=None sign_in="/sign-in" /> });
            view! { <PageFrame words><OutcomePanel words outcome note room=LINK>{other}</OutcomePanel></PageFrame> }
        })
    }));
    sheets
}

fn outcomes() -> [(&'static str, Outcome, bool); 5] {
    [
        ("locked", Outcome::Locked, true),
        ("members", Outcome::MembersOnly, true),
        ("banned", Outcome::Banned, false),
        ("revoked", Outcome::InviteRevoked, false),
        ("time-up", Outcome::TimeUp, false),
    ]
}

fn check(words: &'static Words) -> impl IntoView {
    view! {
        <DeviceCheck
            words
            stage=CheckStage::Ask
            microphone=DeviceState::Off
            camera=DeviceState::Off
            level=0.0
            on_check=|()| ()
            on_microphone=|_| ()
            on_camera=|_| ()
        >
            <video></video>
        </DeviceCheck>
    }
}

fn notice() -> Option<String> {
    Some("Please have your cello tuned.\nNotes: Bach, suite no. 1, bars 1 to 12.".to_owned())
}

fn early(words: &'static Words) -> impl IntoView {
    let facts = vec![
        Fact::planned(words, "Saturday, 21 November at 16:00", "17:00"),
        Fact::opens(words, "Saturday, 21 November at 15:50".to_owned()),
    ];
    view! {
        <PageFrame words>
            <EntryCard title="Cello lesson with Ana">
                <div>{check(words)}</div>
                <div>
                    <EntryFacts words facts notice=notice() />
                    <EarlyPanel words left_ms=101_109_000_i64 calendar=format!("{LINK}/invitation.ics") />
                </div>
            </EntryCard>
        </PageFrame>
    }
}

fn late(words: &'static Words) -> impl IntoView {
    let names = ["Ana Berg", "Weekly planning of the editorial board", "Cem"].map(str::to_owned);
    let facts = vec![Fact::since(words, "16:02", 12), Fact::inside(words, &names)];
    view! {
        <PageFrame words>
            <EntryCard title="Cello lesson with Ana" note=words.entry.open>
                <div>{check(words)}</div>
                <div>
                    <EntryFacts words facts />
                    <EntryForm words name=RwSignal::new("Bo Lind".to_owned()) way=EntryWay::Join on_enter=|()| () />
                </div>
            </EntryCard>
        </PageFrame>
    }
}

fn passcode(words: &'static Words) -> impl IntoView {
    let passcode = PasscodeAsked {
        asked: Signal::stored(true),
        value: RwSignal::new("sun 12".to_owned()),
        error: RwSignal::new(Some(words.door.passcode_wrong.to_owned())),
        field: NodeRef::new(),
    };
    view! {
        <PageFrame words>
            <EntryCard title="Cello lesson with Ana" note=words.door.passcode_note>
                <div>{check(words)}</div>
                <div>
                    <EntryForm
                        words
                        name=RwSignal::new("Bo Lind".to_owned())
                        way=EntryWay::Join
                        on_enter=|()| ()
                        passcode
                    />
                </div>
            </EntryCard>
        </PageFrame>
    }
}

fn waiting(words: &'static Words) -> impl IntoView {
    view! {
        <PageFrame words>
            <WaitingPanel words room_name="Cello lesson with Ana" host_present=true notice=notice() on_leave=|()| ()>
                {check(words)}
            </WaitingPanel>
        </PageFrame>
    }
}

fn place(words: &'static Words, host_present: Option<bool>, on_here: Option<Callback<()>>) -> impl IntoView {
    let (name, notice) = ("Cello lesson with Ana", host_present.and_then(|_| notice()));
    view! {
        <PageFrame words>
            <PlacePanel words room_name=name host_present notice address=LINK on_here />
        </PageFrame>
    }
}

fn invite(words: &'static Words) -> impl IntoView {
    let when = Some("Saturday, 21 November at 16:00");
    let invitation = InvitationText::write(words, "Cello lesson with Ana", LINK, when);
    let calendar = Some(format!("{LINK}/invitation.ics"));
    view! {
        <PageFrame words><InvitationActions words invitation calendar on_copy=|_| () /></PageFrame>
    }
}
