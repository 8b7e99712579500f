//! Inside the call: header, tiles, a panel, the bar, and what stands above them.

use super::devices::{state, switch};
use super::hosting::{PeopleBeside, RulesBeside};
use super::link::Link;
use super::notices::{Announcements, CallNotices};
use super::panels::ChatBeside;
use super::shortcuts::{self, Shortcut};
use super::tiles::Tiles;
use super::{remaining, rights};
use crate::dom;
use crate::language::words;
use crate::room::RoomCall;
use call::Action;
use leptos::prelude::*;
use model::{RoomCode, Source};
use protocol::{Deed, EntryView, PaidTime, addresses};
use ui::words::filled;
use ui::{CallFrame, CallHeader, ControlBar, LeaveDialog, ShortcutSheet};

/// Which panel is open beside the tiles.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Panel {
    None,
    Chat,
    People,
    /// The rules of the room; only hosts open it.
    Rules,
}

/// What of the call's page is open; none of it is known to the call itself.
#[derive(Clone, Copy)]
pub struct Desk {
    pub panel: RwSignal<Panel>,
    pub leaving: RwSignal<bool>,
    pub help: RwSignal<bool>,
    pub shortcuts: RwSignal<bool>,
    /// What is being written in the chat; survives closing the panel.
    pub draft: RwSignal<String>,
}

impl Desk {
    fn new(call: RoomCall) -> Self {
        let panel = RwSignal::new(Panel::None);
        // The call counts what nobody has read while the chat is closed.
        Effect::new(move |_| call.act(Action::OpenChat(panel.get() == Panel::Chat)));
        // Whoever hosts no longer sets no rules.
        let hosting = call.part(|view| view.hosting);
        Effect::new(move |_| {
            if !hosting.get() && panel.get() == Panel::Rules {
                panel.set(Panel::None);
            }
        });
        let shortcuts = RwSignal::new(true);
        Effect::new(move |_| shortcuts.set(dom::shortcuts_enabled()));
        let draft = RwSignal::new(String::new());
        Self { panel, leaving: RwSignal::new(false), help: RwSignal::new(false), shortcuts, draft }
    }

    /// Opens a panel, or closes it if it is open.
    pub fn toggle(self, panel: Panel) {
        self.panel.update(|open| *open = if *open == panel { Panel::None } else { panel });
    }
}

/// An address, and what the button says that leads there.
type WayToPay = (String, String);

/// What the header says of paid time, and where the viewer pays for more of it.
fn paid_time(call: RoomCall, code: RoomCode) -> (Signal<Option<&'static str>>, Signal<Option<WayToPay>>) {
    let text = &words().pay;
    let extension = call.part(|view| view.extension.clone());
    let extend = Signal::derive(move || {
        extension.get().map(|more| {
            let parts = [("minutes", &*more.minutes.to_string()), ("price", &*more.price)];
            (addresses::of(code, addresses::EXTEND), filled(text.extend, &parts))
        })
    });
    let paid = call.part(|view| view.paid);
    let paid = Signal::derive(move || match paid.get()? {
        PaidTime::Waits => Some(text.time_waits),
        // Where more of it can be had, that says as much.
        PaidTime::Runs => extend.with(Option::is_none).then_some(text.time_runs),
        PaidTime::OnHold => Some(text.time_on_hold),
        PaidTime::Over => Some(text.time_over),
    });
    (paid, extend)
}

/// The call.
#[component]
pub fn CallScene(
    /// The room.
    room: EntryView,
    /// The call.
    call: RoomCall,
) -> impl IntoView {
    let words = words();
    let desk = Desk::new(call);
    let link = Link::of(room.code);
    let room_name =
        call.part(move |view| view.room_name.as_ref().map(ToString::to_string).unwrap_or_default());
    let locked = call.part(|view| view.rules.is_some_and(|rules| rules.locked));
    let (paid, extend) = paid_time(call, room.code);
    shortcuts::listen(call, desk);
    view! {
        <CallFrame>
            <CallHeader words room_name locked paid extend left_ms=remaining::left_ms(call)>
                <CallNotices call desk />
            </CallHeader>
            <Tiles call link />
            {move || match desk.panel.get() {
                Panel::None => ().into_any(),
                Panel::Chat => view! { <ChatBeside call desk /> }.into_any(),
                Panel::People => view! { <PeopleBeside call desk /> }.into_any(),
                Panel::Rules => view! { <RulesBeside call desk code=room.code /> }.into_any(),
            }}
            <Controls call desk link />
        </CallFrame>
        <Announcements call />
        <LeaveDialog
            words
            open=desk.leaving
            hosting=call.part(|view| view.hosting)
            on_leave=Callback::new(move |()| call.act(Action::Leave))
            on_end=Callback::new(move |()| {
                desk.leaving.set(false);
                call.act(Action::Do(Deed::End));
            })
            on_stay=Callback::new(move |()| desk.leaving.set(false))
        />
        <ShortcutSheet
            words
            open=desk.help
            enabled=desk.shortcuts
            on_enabled=Callback::new(move |enabled| {
                dom::set_shortcuts_enabled(enabled);
                desk.shortcuts.set(enabled);
            })
            on_close=Callback::new(move |()| desk.help.set(false))
        />
    }
}

/// The bar below the tiles.
#[component]
fn Controls(call: RoomCall, desk: Desk, link: Link) -> impl IntoView {
    let words = words();
    let can_share = RwSignal::new(false);
    let full_screen = RwSignal::new(None);
    Effect::new(move |_| {
        can_share.set(dom::can_share_screen());
        dom::on_full_screen_change(move |now| full_screen.set(now));
    });
    let screen_state = state(call, Source::Screen);
    let hosting = call.part(|view| view.hosting);
    let rules_open = Signal::derive(move || hosting.get().then(|| desk.panel.get() == Panel::Rules));
    let press = move |shortcut| Callback::new(move |()| shortcuts::run(shortcut, call, desk));
    view! {
        <ControlBar
            words
            microphone=state(call, Source::Microphone)
            camera=state(call, Source::Camera)
            screen=Signal::derive(move || can_share.get().then(|| screen_state.get()))
            barred=rights::controls(words, call)
            rules_open
            chat_open=Signal::derive(move || desk.panel.get() == Panel::Chat)
            unread=call.part(|view| view.unread)
            people_open=Signal::derive(move || desk.panel.get() == Panel::People)
            waiting=call.part(|view| view.waiting.len())
            full_screen
            on_microphone=switch(call, Source::Microphone)
            on_camera=switch(call, Source::Camera)
            on_screen=switch(call, Source::Screen)
            on_chat=press(Shortcut::Chat)
            on_people=press(Shortcut::People)
            on_rules=press(Shortcut::Rules)
            on_full_screen=press(Shortcut::FullScreen)
            on_copy_link=link.copy()
            on_help=press(Shortcut::Help)
            on_leave=Callback::new(move |()| {
                // One press leaves. Only a host has a choice to make first.
                if call.view().with_untracked(|view| view.hosting) {
                    desk.leaving.set(true);
                } else {
                    call.act(Action::Leave);
                }
            })
        />
    }
}
