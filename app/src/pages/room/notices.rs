//! What is said once: one notice at a time in the header, and everything for people who listen.

use super::call_scene::{Desk, Panel};
use super::devices::problem;
use crate::language::words;
use crate::pages::refusal;
use crate::room::RoomCall;
use call::Action;
use call::view::{LinkView, Notice, Stage};
use leptos::prelude::*;
use ui::words::{Words, named};
use ui::{KnockToast, LiveRegion, NoticeBar, NoticeTone, SoundBlocked, Urgency};

/// What stands in the header just now; the most urgent first.
#[derive(Clone, PartialEq)]
enum Header {
    Nothing,
    /// The line to the room is not what it should be.
    Link(LinkView),
    SoundBlocked,
    Knock,
    Notice(Notice),
}

fn link(stage: Stage) -> LinkView {
    match stage {
        Stage::InCall { link } => link,
        Stage::Preview { .. } | Stage::Joining | Stage::Waiting { .. } | Stage::Left { .. } => {
            LinkView::Connected
        }
    }
}

/// The one notice of the header.
#[component]
pub fn CallNotices(
    /// The call.
    call: RoomCall,
    /// What is open.
    desk: Desk,
) -> impl IntoView {
    let words = words();
    let header = call.part(|view| match (link(view.stage), &view.notice) {
        (LinkView::Reconnecting, _) => Header::Link(LinkView::Reconnecting),
        // Whose media does not work yet can still answer the door.
        (link @ (LinkView::Blocked | LinkView::Connecting), _) if view.waiting.is_empty() => {
            Header::Link(link)
        }
        (LinkView::Blocked | LinkView::Connecting, _) => Header::Knock,
        (LinkView::Connected, _) if view.playback_blocked => Header::SoundBlocked,
        (LinkView::Connected, _) if !view.waiting.is_empty() => Header::Knock,
        (LinkView::Connected, Some(notice)) => Header::Notice(notice.clone()),
        (LinkView::Connected, None) => Header::Nothing,
    });
    move || match header.get() {
        Header::Nothing => ().into_any(),
        Header::Link(link) => view! { <LinkNotice link /> }.into_any(),
        Header::SoundBlocked => {
            let on_allow = Callback::new(move |()| call.act(Action::AllowPlayback));
            view! { <SoundBlocked words on_allow /> }.into_any()
        }
        Header::Knock => view! { <Knock call desk /> }.into_any(),
        Header::Notice(notice) => view! {
            <NoticeBar
                text=text(words, &notice)
                tone=tone(&notice)
                dismiss=words.common.dismiss
                on_dismiss=Callback::new(move |()| call.act(Action::DismissNotice))
            />
        }
        .into_any(),
    }
}

#[component]
fn LinkNotice(link: LinkView) -> impl IntoView {
    let call = &words().call;
    let (text, tone) = match link {
        LinkView::Connecting | LinkView::Connected => (call.connecting, NoticeTone::Busy),
        LinkView::Reconnecting => (call.reconnecting, NoticeTone::Warning),
        LinkView::Blocked => (call.blocked, NoticeTone::Warning),
    };
    view! { <NoticeBar text tone /> }
}

/// Who knocks, with the host's answers in place.
#[component]
fn Knock(call: RoomCall, desk: Desk) -> impl IntoView {
    let words = words();
    let first = call.part(|view| view.waiting.first().map(|guest| (guest.id, guest.name.to_string())));
    let answer = move |action: fn(model::ParticipantId) -> Action| {
        Callback::new(move |()| {
            if let Some((id, _)) = first.get_untracked() {
                call.act(action(id));
            }
        })
    };
    view! {
        <KnockToast
            words
            name=Signal::derive(move || first.get().map(|(_, name)| name).unwrap_or_default())
            count=call.part(|view| view.waiting.len())
            on_admit=answer(Action::Admit)
            on_admit_all=Callback::new(move |()| call.act(Action::AdmitAll))
            on_deny=answer(Action::Deny)
            on_show=Callback::new(move |()| desk.panel.set(Panel::People))
        />
    }
}

fn text(words: &'static Words, notice: &Notice) -> String {
    let notices = &words.notices;
    match notice {
        Notice::Joined { name } => named(notices.joined, name),
        Notice::Left { name } => named(notices.left, name),
        Notice::Removed { name } => named(notices.removed, name),
        Notice::Knocked { name } => named(notices.knocked, name),
        Notice::Device { source, problem: why } => ui::what(words, *source, problem(*why)).to_owned(),
        Notice::ActionFailed(code) => refusal::text(words, *code).to_owned(),
    }
}

const fn tone(notice: &Notice) -> NoticeTone {
    match notice {
        Notice::Joined { .. } | Notice::Left { .. } | Notice::Removed { .. } | Notice::Knocked { .. } => {
            NoticeTone::Note
        }
        Notice::Device { .. } | Notice::ActionFailed(_) => NoticeTone::Warning,
    }
}

/// What people hear who do not see the page. Always there, so that a change is read out.
#[component]
pub fn Announcements(
    /// The call.
    call: RoomCall,
) -> impl IntoView {
    let words = words();
    let notices = &words.notices;
    let devices = call.part(|view| view.publishing);
    // What one does oneself is said once it has happened; the first state is no news.
    let own = Memo::new(move |before: Option<&(protocol::Publishing, String)>| {
        let now = devices.get();
        let Some((was, _)) = before else { return (now, String::new()) };
        let text = match (was, now) {
            (was, now) if was.microphone && !now.microphone => notices.muted,
            (was, now) if !was.microphone && now.microphone => notices.unmuted,
            (was, now) if was.camera && !now.camera => notices.camera_stopped,
            (was, now) if !was.camera && now.camera => notices.camera_started,
            (was, now) if was.screen && !now.screen => notices.sharing_stopped,
            (was, now) if !was.screen && now.screen => notices.sharing,
            _ => "",
        };
        (now, text.to_owned())
    });
    let said = call.part(move |view| {
        let last = view.chat.last().filter(|line| !line.mine);
        match (&view.notice, last) {
            (Some(notice), _) if tone(notice) == NoticeTone::Note => text(words, notice),
            (_, Some(line)) => named(notices.said, line.message.name.as_str()),
            (_, None) => String::new(),
        }
    });
    view! {
        <LiveRegion text=Signal::derive(move || own.get().1) urgency=Urgency::Polite />
        <LiveRegion text=said urgency=Urgency::Polite />
    }
}
