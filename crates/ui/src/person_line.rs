//! One person of the call: who, what they are to the room, what they send, and for hosts what can be done.

use crate::avatar::Avatar;
use crate::icons::{Glyph, Icon};
use crate::person_menu::{PersonDeed, PersonMenu, deeds};
use crate::words::Words;
use leptos::prelude::*;
use model::{ParticipantId, Rights, Role};

/// Somebody who is present.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    pub id: ParticipantId,
    pub name: String,
    pub mine: bool,
    pub role: Role,
    /// A host muted them for good.
    pub held: bool,
    pub muted: bool,
    pub camera: bool,
    pub screen: bool,
    pub reconnecting: bool,
    /// Whether the reader may mute, remove or ban this person.
    pub below: bool,
}

/// One line of the list of people.
#[component]
pub fn PersonLine(
    /// The words.
    words: &'static Words,
    /// Who it is.
    #[prop(into)]
    person: Signal<Person>,
    /// What the reader may do.
    #[prop(into)]
    rights: Signal<Rights>,
    /// Runs with what the reader wants to do about the person.
    #[prop(into)]
    on_deed: Callback<(PersonDeed, ParticipantId)>,
) -> impl IntoView {
    let id = person.with_untracked(|person| person.id);
    let name = Signal::derive(move || person.with(|person| person.name.clone()));
    // A memo, so that an open list is not drawn anew by what does not change it.
    let offers = Memo::new(move |_| person.with(|person| deeds(person, rights.get())));
    let role = Memo::new(move |_| person.with(|person| person.role));
    view! {
        <li class="person-line">
            <Avatar name=name id=id />
            <div class="person-line__who">
                <span class="person-line__name" dir="auto" title=move || name.get()>
                    {move || name.get()}
                </span>
                <span class="person-line__rank">
                    {move || badge(words, role.get())}
                    {move || person.with(|person| note(words, person))}
                </span>
            </div>
            <span class="person-line__marks">{move || person.with(|person| marks(words, person))}</span>
            <PersonMenu
                words=words
                id=format!("person-{id}")
                name=name
                offers=offers
                on_choose=move |deed| on_deed.run((deed, id))
            />
        </li>
    }
}

/// The name of a role, for those who are not simply taking part.
fn badge(words: &'static Words, role: Role) -> Option<impl IntoView + use<>> {
    let members = &words.members;
    let (class, text) = match role {
        Role::Owner => ("person-line__badge person-line__badge--host", members.owner),
        Role::CoHost => ("person-line__badge person-line__badge--host", members.co_host),
        Role::Guest => ("person-line__badge", members.guest),
        Role::Viewer => ("person-line__badge", members.viewer),
        Role::Participant => return None,
    };
    Some(view! { <span class=class>{text}</span> })
}

fn note(words: &Words, person: &Person) -> String {
    let parts = [(person.mine, words.common.you), (person.reconnecting, words.people.reconnecting)];
    let said: Vec<&str> = parts.into_iter().filter(|(true_of, _)| *true_of).map(|(_, text)| text).collect();
    said.join(" · ")
}

/// What the person sends and does not send. Of a viewer, who cannot send anything, that is no news.
fn marks(words: &'static Words, person: &Person) -> impl IntoView + use<> {
    let people = &words.people;
    let sends = person.role != Role::Viewer;
    [
        (person.screen, Glyph::Screen, people.sharing),
        (sends && !person.camera, Glyph::CameraOff, people.camera_off),
        (sends && person.held, Glyph::Lock, words.deeds.held),
        (sends && person.muted, Glyph::MicrophoneOff, people.muted),
    ]
    .into_iter()
    .filter(|(shown, ..)| *shown)
    .map(|(_, glyph, text)| {
        view! {
            <span class="person-line__mark" title=text>
                <Icon glyph=glyph />
                <span class="visually-hidden">{text}</span>
            </span>
        }
    })
    .collect_view()
}
