//! The pages outside the call.

use crate::{Sheet, sheet};
use leptos::prelude::*;
use model::Source;
use ui::*;

const LINK: &str = "https://meet.example.org/r/bcd-fghj-kmn";

pub fn sheets(words: &'static Words) -> Vec<Sheet> {
    let mut sheets = vec![
        sheet("home", || home(words, RoomList::Ready(rooms()))),
        sheet("home-empty", || home(words, RoomList::Ready(Vec::new()))),
        sheet("home-wrong", || home_wrong(words)),
        sheet("entry-ask", || entry(words, CheckStage::Ask, DeviceState::Off)),
        sheet("entry-asking", || entry(words, CheckStage::Asking, DeviceState::Starting)),
        sheet("entry-open", || entry(words, CheckStage::Open, DeviceState::On)),
        sheet("entry-off", || entry(words, CheckStage::Open, DeviceState::Off)),
        sheet("entry-denied", || entry_denied(words)),
        sheet("waiting", || waiting(words)),
        sheet("parts", || parts(words)),
    ];
    sheets.extend(outcomes().map(|(name, outcome)| {
        sheet(format!("outcome-{name}"), || {
            view! { <PageFrame words=words><OutcomePanel words=words outcome=outcome room=LINK /></PageFrame> }
        })
    }));
    sheets
}

fn outcomes() -> [(&'static str, Outcome); 8] {
    [
        ("left", Outcome::Left),
        ("ended", Outcome::Ended),
        ("denied", Outcome::Denied),
        ("removed", Outcome::Removed),
        ("signed-out", Outcome::SignedOut),
        ("unreachable", Outcome::Unreachable),
        ("full", Outcome::Full),
        ("not-found", Outcome::NotFound),
    ]
}

fn rooms() -> Vec<HostedRoomLine> {
    let room = |name: &str, code: &str, present, waiting| HostedRoomLine {
        code: code.to_owned(),
        name: name.to_owned(),
        href: format!("/r/{code}"),
        present,
        waiting,
        next: (waiting > 0).then(|| "Monday, 23 November, 16:00".to_owned()),
    };
    vec![
        room("Cello lesson with Ana", "bcd-fghj-kmn", 2, 1),
        room(
            "Weekly planning of the editorial board of the journal of unreasonably long names",
            "abc-defg-hjk",
            0,
            0,
        ),
        room("Room", "qrs-tvwx-yza", 1, 0),
    ]
}

fn home(words: &'static Words, rooms: RoomList) -> impl IntoView {
    view! {
        <PageFrame words=words>
            <HomeIntro words=words>
                <form><NewRoomFields words=words /></form>
                <JoinByCode words=words />
                <HostedRooms words=words rooms=rooms />
            </HomeIntro>
        </PageFrame>
    }
}

fn home_wrong(words: &'static Words) -> impl IntoView {
    view! {
        <PageFrame words=words>
            <HomeIntro words=words>
                <form><NewRoomFields words=words pending=true /></form>
                <JoinByCode words=words code="hello" refused=true />
                <HostedRooms words=words rooms=RoomList::Failed />
            </HomeIntro>
        </PageFrame>
    }
}

fn face(hue: u16) -> impl IntoView {
    view! { <video poster=crate::camera(hue)></video> }
}

fn devices(names: &[&str]) -> Vec<DeviceOption> {
    names.iter().map(|name| DeviceOption { id: (*name).to_owned(), label: (*name).to_owned() }).collect()
}

fn pickers(words: &'static Words) -> impl IntoView {
    let none = words.devices.system_default;
    view! {
        <DeviceLists>
        <DevicePicker id="microphone" label=words.devices.microphone glyph=Glyph::Microphone
            options=devices(&["Built-in microphone of a computer with a very long name indeed", "Headset"])
            chosen="Headset".to_owned() none=none on_change=|_| () />
        <DevicePicker id="camera" label=words.devices.camera glyph=Glyph::Camera
            options=devices(&["FaceTime HD Camera"]) chosen="FaceTime HD Camera".to_owned() none=none on_change=|_| () />
        <DevicePicker id="speaker" label=words.devices.speaker glyph=Glyph::Speaker
            options=Vec::new() chosen=String::new() none=none on_change=|_| () />
        <SpeakerTest words=words on_test=|()| () />
        </DeviceLists>
    }
}

fn entry(words: &'static Words, stage: CheckStage, camera: DeviceState) -> impl IntoView {
    let open = stage == CheckStage::Open;
    view! {
        <PageFrame words=words>
            <EntryCard title="Cello lesson with Ana" note=words.entry.knock_host_there>
                <div>
                    <DeviceCheck words=words stage=stage microphone=camera camera=camera level=0.55
                        on_check=|()| () on_microphone=|_| () on_camera=|_| ()>
                        {face(200)}
                    </DeviceCheck>
                    {open.then(|| pickers(words))}
                </div>
                <div>
                    <EntryForm words=words name=RwSignal::new("Bo Lind".to_owned()) way=EntryWay::Knock on_enter=|()| () />
                    <RoomLink words=words label=words.entry.share_link link=LINK on_copy=|()| () />
                </div>
            </EntryCard>
        </PageFrame>
    }
}

fn entry_denied(words: &'static Words) -> impl IntoView {
    view! {
        <PageFrame words=words>
            <EntryCard title="Weekly planning of the editorial board of the journal of unreasonably long names" note=words.entry.knock_host_away>
                <div>
                    <DeviceCheck words=words stage=CheckStage::Open microphone=DeviceState::On camera=DeviceState::Failed
                        level=0.2 on_check=|()| () on_microphone=|_| () on_camera=|_| ()>
                        {face(200)}
                    </DeviceCheck>
                    <DeviceProblemNote words=words source=Source::Camera problem=DeviceProblem::Denied
                        browser=BrowserFamily::Chromium on_retry=|()| () on_without=|()| () />
                    {pickers(words)}
                </div>
                <div>
                    <EntryForm words=words name=RwSignal::new(String::new()) name_error=Some(words.entry.name_missing.to_owned())
                        way=EntryWay::Knock on_enter=|()| () note=words.entry.why_short />
                </div>
            </EntryCard>
        </PageFrame>
    }
}

fn waiting(words: &'static Words) -> impl IntoView {
    view! {
        <PageFrame words=words>
            <WaitingPanel words=words room_name="Cello lesson with Ana" host_present=true on_leave=|()| ()>
                <DeviceCheck words=words stage=CheckStage::Open microphone=DeviceState::On camera=DeviceState::On
                    level=0.4 on_check=|()| () on_microphone=|_| () on_camera=|_| ()>
                    {face(40)}
                </DeviceCheck>
            </WaitingPanel>
        </PageFrame>
    }
}

fn parts(words: &'static Words) -> impl IntoView {
    let note = move |source, problem, browser| {
        view! {
            <DeviceProblemNote words=words source=source problem=problem browser=browser on_retry=|()| () on_without=|()| () />
        }
    };
    view! {
        <PageFrame words=words>
            <div style="display:grid;gap:1rem;max-inline-size:40rem">
                <p style="display:flex;gap:.5rem;flex-wrap:wrap">
                    <Button kind=ButtonKind::Primary>"Primary"</Button>
                    <Button>"Secondary"</Button>
                    <Button kind=ButtonKind::Quiet>"Quiet"</Button>
                    <Button kind=ButtonKind::Danger>"Danger"</Button>
                    <Button kind=ButtonKind::Primary pending=true glyph=Glyph::Plus>"Pending"</Button>
                    <Button disabled=true>"Disabled"</Button>
                </p>
                <p style="display:flex;gap:.75rem">
                    <ControlButton glyph=Glyph::Microphone label="Plain" />
                    <ControlButton glyph=Glyph::MicrophoneOff label="Off" tone=ControlTone::Off />
                    <ControlButton glyph=Glyph::Screen label="On" tone=ControlTone::On />
                    <ControlButton glyph=Glyph::CameraOff label="Warning" tone=ControlTone::Warning />
                    <ControlButton glyph=Glyph::Leave label="Danger" tone=ControlTone::Danger />
                    <ControlButton glyph=Glyph::Chat label="Badge" badge=3_usize />
                    <ControlButton glyph=Glyph::Camera label="Pending" pending=true />
                </p>
                <NoticeBar text="Bo Lind joined." dismiss=words.common.dismiss on_dismiss=|()| () />
                <NoticeBar text=words.call.reconnecting tone=NoticeTone::Busy />
                <SoundBlocked words=words on_allow=|()| () />
                <RoomLink words=words link=LINK copied=true on_copy=|()| () />
                {note(Source::Microphone, DeviceProblem::Denied, BrowserFamily::Firefox)}
                {note(Source::Camera, DeviceProblem::Busy, BrowserFamily::Safari)}
                {note(Source::Camera, DeviceProblem::Insecure, BrowserFamily::Other)}
                {note(Source::Screen, DeviceProblem::Unsupported, BrowserFamily::Other)}
            </div>
        </PageFrame>
    }
}
