//! The rooms that this browser hosts.

use crate::icons::{Glyph, Icon};
use crate::words::{Words, counted};
use leptos::prelude::*;

/// One room of the list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostedRoomLine {
    /// The room's code, as people read it.
    pub code: String,
    pub name: String,
    /// The address of its entry page.
    pub href: String,
    pub present: usize,
    pub waiting: usize,
    /// The planned time that is on or next, in the reader's manner.
    pub next: Option<String>,
}

/// The list, or why there is none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RoomList {
    Loading,
    Failed,
    Ready(Vec<HostedRoomLine>),
}

/// The rooms that this browser hosts, newest first.
#[component]
pub fn HostedRooms(
    /// The words.
    words: &'static Words,
    /// The rooms.
    #[prop(into)]
    rooms: Signal<RoomList>,
) -> impl IntoView {
    let home = &words.home;
    let content = move || match rooms.get() {
        RoomList::Loading => note(home.rooms_loading).into_any(),
        RoomList::Failed => note(home.rooms_failed).into_any(),
        RoomList::Ready(rooms) if rooms.is_empty() => note(home.rooms_empty).into_any(),
        RoomList::Ready(rooms) => {
            let lines = rooms.into_iter().map(|room| line(words, room)).collect_view();
            view! { <ul class="hosted-rooms__list">{lines}</ul> }.into_any()
        }
    };
    view! {
        <section class="hosted-rooms" aria-labelledby="hosted-rooms">
            <h2 class="hosted-rooms__heading" id="hosted-rooms">{home.rooms_heading}</h2>
            {content}
        </section>
    }
}

fn note(text: &'static str) -> impl IntoView {
    view! { <p class="hosted-rooms__note">{text}</p> }
}

fn line(words: &'static Words, room: HostedRoomLine) -> impl IntoView {
    let home = &words.home;
    let present = match room.present {
        0 => home.nobody.to_owned(),
        several => counted(home.present_one, home.present_many, several),
    };
    let waiting = (room.waiting > 0).then(|| {
        let text = counted(home.waiting_one, home.waiting_many, room.waiting);
        view! { <span class="hosted-rooms__waiting">{text}</span> }
    });
    let next = room.next.map(|next| view! { <span class="hosted-rooms__next">{next}</span> });
    let (settings, history) = (format!("{}/settings", room.href), format!("{}/history", room.href));
    let of = |page: &str| format!("{page}: {}", room.name);
    view! {
        <li class="hosted-rooms__line">
            <a class="hosted-rooms__room" href=room.href>
                <span class="hosted-rooms__name" title=room.name.clone()>{room.name.clone()}</span>
                <span class="hosted-rooms__state">
                    {next}
                    <span class="hosted-rooms__code">{room.code}</span>
                    <span>{present}</span>
                    {waiting}
                </span>
                <Icon glyph=Glyph::Next />
            </a>
            <div class="hosted-rooms__ways">
                <a class="hosted-rooms__way" href=settings aria-label=of(words.settings.settings)>
                    {words.settings.settings}
                </a>
                <a class="hosted-rooms__way" href=history aria-label=of(words.settings.history)>
                    {words.settings.history}
                </a>
            </div>
        </li>
    }
}
