//! What is said once: one notice at a time in the header, and everything for people who listen.

use super::call_scene::{Desk, Panel};
use super::told;
use crate::language::words;
use crate::room::RoomCall;
use call::Action;
use call::view::{LinkView, Stage};
use leptos::prelude::*;
use protocol::Deed;
use ui::words::named;
use ui::{KnockToast, LiveRegion, NoticeBar, NoticeTone, SoundBlocked, Urgency};

/// What stands in the header just now; the most urgent first.
#[derive(Clone, PartialEq)]
enum Header {
    Nothing,
    /// The line to the room is not what it should be.
    Link(LinkView),
    SoundBlocked,
    Knock,
    Notice {
        text: String,
        tone: NoticeTone,
    },
}

fn link(stage: &Stage) -> LinkView {
    match stage {
        Stage::InCall { link } => *link,
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
    let header = call.part(move |view| {
        let link = link(&view.stage);
        let notice = view.notice.as_ref().map(|notice| (told::text(words, view, notice), told::tone(notice)));
        match (link, notice) {
            (LinkView::Reconnecting, _) => Header::Link(link),
            // Whose media does not work yet can still answer the door.
            (LinkView::Blocked | LinkView::Connecting, _) if view.waiting.is_empty() => Header::Link(link),
            (LinkView::Blocked | LinkView::Connecting, _) => Header::Knock,
            (LinkView::Connected, _) if view.playback_blocked => Header::SoundBlocked,
            // Whoever knocks can wait for the six seconds that a warning stays.
            (LinkView::Connected, Some((text, tone @ NoticeTone::Warning))) => Header::Notice { text, tone },
            (LinkView::Connected, _) if !view.waiting.is_empty() => Header::Knock,
            (LinkView::Connected, Some((text, tone))) => Header::Notice { text, tone },
            (LinkView::Connected, None) => Header::Nothing,
        }
    });
    move || match header.get() {
        Header::Nothing => ().into_any(),
        Header::Link(link) => view! { <LinkNotice link /> }.into_any(),
        Header::SoundBlocked => {
            let on_allow = Callback::new(move |()| call.act(Action::AllowPlayback));
            view! { <SoundBlocked words on_allow /> }.into_any()
        }
        Header::Knock => view! { <Knock call desk /> }.into_any(),
        Header::Notice { text, tone } => view! {
            <NoticeBar
                text
                tone
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
    let answer = move |deed: fn(model::ParticipantId) -> Deed| {
        Callback::new(move |()| {
            if let Some((id, _)) = first.get_untracked() {
                call.act(Action::Do(deed(id)));
            }
        })
    };
    view! {
        <KnockToast
            words
            name=Signal::derive(move || first.get().map(|(_, name)| name).unwrap_or_default())
            count=call.part(|view| view.waiting.len())
            on_admit=answer(Deed::Admit)
            on_admit_all=Callback::new(move |()| call.act(Action::Do(Deed::AdmitAll)))
            on_deny_all=Callback::new(move |()| call.act(Action::Do(Deed::DenyAll)))
            on_deny=answer(Deed::Deny)
            on_show=Callback::new(move |()| desk.panel.set(Panel::People))
        />
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
            (Some(notice), _) if told::tone(notice) == NoticeTone::Note => told::text(words, view, notice),
            (_, Some(line)) => named(notices.said, line.message.name.as_str()),
            (_, None) => String::new(),
        }
    });
    let rules = call.part(|view| view.rules);
    let changed = Memo::new(move |before: Option<&(Option<protocol::RoomRules>, String)>| {
        let now = rules.get();
        let was = before.and_then(|(was, _)| was.as_ref());
        let text = was.zip(now.as_ref()).and_then(|(was, now)| told::rules_changed(words, was, now));
        (now, text.unwrap_or_default().to_owned())
    });
    view! {
        <LiveRegion text=Signal::derive(move || changed.get().1) urgency=Urgency::Polite />
        <LiveRegion text=Signal::derive(move || own.get().1) urgency=Urgency::Polite />
        <LiveRegion text=said urgency=Urgency::Polite />
    }
}
