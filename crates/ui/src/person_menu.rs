//! What the reader may do about one person, behind one button.
//!
//! ```text
//! Bo   🎙̸  ⋯ ─▶ ┌─────────────────┐
//!               │ Bo              │   the name again: the list may lie over other lines
//!               │ Make co-host    │
//!               │ Remove…         │   the dots say that a question follows
//!               └─────────────────┘
//! ```
//!
//! The list is a popover: the browser lays it over everything, closes it on Escape and on a press
//! elsewhere, and gives the focus back to the button. The arrow keys are ours.
//!
//! [`deeds`] is what is offered. It follows the table in `domain::room::permission`; the server decides.

use crate::icons::{Glyph, Icon};
use crate::person_line::Person;
use crate::words::{Words, named};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};
use model::{Rights, Role};

/// Something that a host does about one person.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PersonDeed {
    Mute,
    StopCamera,
    StopSharing,
    LetSpeak,
    MakeCoHost,
    /// Takes the role of a co-host back.
    TakeBack,
    MakeParticipant,
    MakeGuest,
    MakeViewer,
    /// Takes the role of a viewer back.
    LetTakePart,
    HandOver,
    Remove,
    Ban,
}

impl PersonDeed {
    /// What the menu says.
    pub const fn text(self, words: &'static Words) -> &'static str {
        let deeds = &words.deeds;
        match self {
            Self::Mute => deeds.mute,
            Self::StopCamera => deeds.stop_camera,
            Self::StopSharing => deeds.stop_sharing,
            Self::LetSpeak => deeds.let_speak,
            Self::MakeCoHost => deeds.make_co_host,
            Self::TakeBack => deeds.take_back,
            Self::MakeParticipant => deeds.make_participant,
            Self::MakeGuest => deeds.make_guest,
            Self::MakeViewer => deeds.make_viewer,
            Self::LetTakePart => deeds.let_take_part,
            Self::HandOver => deeds.hand_over,
            Self::Remove => deeds.remove,
            Self::Ban => deeds.ban,
        }
    }

    const fn glyph(self) -> Glyph {
        match self {
            Self::Mute => Glyph::MicrophoneOff,
            Self::StopCamera => Glyph::CameraOff,
            Self::StopSharing => Glyph::Screen,
            Self::LetSpeak => Glyph::Microphone,
            Self::MakeCoHost | Self::TakeBack => Glyph::Rules,
            Self::MakeViewer => Glyph::Watch,
            Self::MakeParticipant | Self::MakeGuest | Self::LetTakePart => Glyph::Person,
            Self::HandOver => Glyph::Door,
            Self::Remove => Glyph::Remove,
            Self::Ban => Glyph::Ban,
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Remove | Self::Ban => "person-menu__item person-menu__item--danger",
            Self::Mute
            | Self::StopCamera
            | Self::StopSharing
            | Self::LetSpeak
            | Self::MakeCoHost
            | Self::TakeBack
            | Self::MakeParticipant
            | Self::MakeGuest
            | Self::MakeViewer
            | Self::LetTakePart
            | Self::HandOver => "person-menu__item",
        }
    }
}

/// What somebody with these rights may do about a person who is inside, in the order of the menu.
pub fn deeds(person: &Person, rights: Rights) -> Vec<PersonDeed> {
    let part = !matches!(person.role, Role::Owner | Role::CoHost | Role::Viewer);
    let offers = [
        (PersonDeed::Mute, person.below && !person.muted),
        (PersonDeed::LetSpeak, person.below && person.held),
        (PersonDeed::StopCamera, person.below && person.camera),
        (PersonDeed::StopSharing, person.below && person.screen),
        (PersonDeed::MakeCoHost, rights.appoint && person.below && part),
        (PersonDeed::TakeBack, rights.appoint && person.role == Role::CoHost),
        (PersonDeed::MakeParticipant, person.below && person.role == Role::Guest),
        (PersonDeed::MakeGuest, person.below && person.role == Role::Participant),
        (PersonDeed::MakeViewer, person.below && part),
        (PersonDeed::LetTakePart, person.below && person.role == Role::Viewer),
        (PersonDeed::HandOver, rights.appoint),
        (PersonDeed::Remove, person.below),
        (PersonDeed::Ban, person.below),
    ];
    let offered = offers.into_iter().filter(|(_, offered)| *offered && !person.mine);
    offered.map(|(deed, _)| deed).collect()
}

/// The button and its list; nothing at all if there is nothing to do.
#[component]
pub fn PersonMenu(
    /// The words.
    words: &'static Words,
    /// The id of the list; one for each person.
    id: String,
    /// Whom it is about.
    #[prop(into)]
    name: Signal<String>,
    /// What is offered.
    #[prop(into)]
    offers: Signal<Vec<PersonDeed>>,
    /// Runs with what was chosen.
    #[prop(into)]
    on_choose: Callback<PersonDeed>,
) -> impl IntoView {
    let said = &words.deeds;
    let list = NodeRef::<html::Div>::new();
    let id = StoredValue::new(id);
    let choose = move |deed| {
        // Closed by hand and first, so that a question that follows knows the button as its origin.
        if let Some(list) = list.get_untracked() {
            drop(list.hide_popover());
        }
        on_choose.run(deed);
    };
    let items = move || {
        let item = |(at, deed): (usize, PersonDeed)| {
            view! {
                <button
                    type="button"
                    class=deed.class()
                    role="menuitem"
                    tabindex="-1"
                    autofocus=at == 0
                    on:click=move |_| choose(deed)
                >
                    <Icon glyph=deed.glyph() />
                    <span>{deed.text(words)}</span>
                </button>
            }
        };
        offers.get().into_iter().enumerate().map(item).collect_view()
    };
    view! {
        <Show when=move || offers.with(|offers| !offers.is_empty())>
            <div class="person-menu">
                <button
                    type="button"
                    class="person-menu__button"
                    aria-haspopup="menu"
                    aria-label=move || named(said.more, &name.get())
                    popovertarget=id.get_value()
                >
                    <Icon glyph=Glyph::More />
                </button>
                <div class="person-menu__list" id=id.get_value() popover="auto" node_ref=list>
                    <p class="person-menu__name" dir="auto" aria-hidden="true">{move || name.get()}</p>
                    <div
                        role="menu"
                        aria-label=move || named(said.menu, &name.get())
                        on:keydown=move |event| walk(&event, list)
                    >
                        {items}
                    </div>
                </div>
            </div>
        </Show>
    }
}

/// Moves the focus through the list, round and round.
fn walk(event: &leptos::ev::KeyboardEvent, list: NodeRef<html::Div>) {
    let at = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some((at, menu)) = at.and_then(|at| Some((at.clone(), at.parent_element()?))) else { return };
    let next = match event.key().as_str() {
        "ArrowDown" => at.next_element_sibling().or_else(|| menu.first_element_child()),
        "ArrowUp" => at.previous_element_sibling().or_else(|| menu.last_element_child()),
        "Home" => menu.first_element_child(),
        "End" => menu.last_element_child(),
        "Tab" => {
            if let Some(list) = list.get_untracked() {
                drop(list.hide_popover());
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        // An item that cannot be focused keeps the focus where it is.
        drop(next.focus());
    }
}

#[cfg(test)]
mod tests {
    use super::PersonDeed::*;
    use super::*;
    use model::ParticipantId;

    const OWNER: Rights = Rights {
        moderate: true,
        appoint: true,
        speak: true,
        show: true,
        share: true,
        chat: true,
        record: true,
    };
    const CO_HOST: Rights = Rights { appoint: false, ..OWNER };

    fn person(role: Role, below: bool) -> Person {
        Person {
            id: ParticipantId::from_bits(1),
            name: "Bo".to_owned(),
            mine: false,
            role,
            held: false,
            muted: false,
            camera: true,
            screen: false,
            reconnecting: false,
            below,
        }
    }

    #[test]
    fn an_owner_may_do_everything_to_a_guest() {
        let offered = deeds(&person(Role::Guest, true), OWNER);
        assert_eq!(
            offered,
            [Mute, StopCamera, MakeCoHost, MakeParticipant, MakeViewer, HandOver, Remove, Ban]
        );
    }

    #[test]
    fn a_co_host_gives_no_roles_of_hosts() {
        let offered = deeds(&person(Role::Guest, true), CO_HOST);
        assert_eq!(offered, [Mute, StopCamera, MakeParticipant, MakeViewer, Remove, Ban]);
    }

    #[test]
    fn nobody_is_offered_anything_about_those_above_or_themselves() {
        assert_eq!(deeds(&person(Role::Owner, false), CO_HOST), []);
        assert_eq!(deeds(&person(Role::CoHost, false), CO_HOST), []);
        assert_eq!(deeds(&person(Role::Guest, false), Rights::default()), []);
        assert_eq!(deeds(&Person { mine: true, ..person(Role::Owner, false) }, OWNER), []);
    }

    #[test]
    fn every_promotion_can_be_undone() {
        assert!(deeds(&person(Role::CoHost, true), OWNER).contains(&TakeBack));
        assert!(deeds(&person(Role::Viewer, true), CO_HOST).contains(&LetTakePart));
        assert!(deeds(&person(Role::Participant, true), CO_HOST).contains(&MakeGuest));
        assert!(deeds(&person(Role::Guest, true), CO_HOST).contains(&MakeParticipant));
        let held = Person { held: true, muted: true, ..person(Role::Guest, true) };
        assert!(deeds(&held, CO_HOST).contains(&LetSpeak));
        assert!(!deeds(&held, CO_HOST).contains(&Mute));
    }

    #[test]
    fn what_is_not_sent_cannot_be_stopped() {
        let quiet = Person { muted: true, camera: false, ..person(Role::Guest, true) };
        assert_eq!(deeds(&quiet, CO_HOST), [MakeParticipant, MakeViewer, Remove, Ban]);
        let sharing = Person { screen: true, ..quiet };
        assert!(deeds(&sharing, CO_HOST).contains(&StopSharing));
    }
}
