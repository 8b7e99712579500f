//! One person of the call, with their marks. A host can remove them, and is asked once more.

use crate::avatar::Avatar;
use crate::button::{Button, ButtonKind};
use crate::icons::{Glyph, Icon};
use crate::words::{Words, named};
use leptos::prelude::*;
use model::ParticipantId;

/// Somebody who is present.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    pub id: ParticipantId,
    pub name: String,
    pub mine: bool,
    pub host: bool,
    pub muted: bool,
    pub camera: bool,
    pub screen: bool,
    pub reconnecting: bool,
    /// Whether the reader may remove this person.
    pub removable: bool,
}

/// One line of the list of people.
#[component]
pub fn PersonLine(
    /// The words.
    words: &'static Words,
    /// Who it is.
    #[prop(into)]
    person: Signal<Person>,
    /// Removes the person from the call.
    #[prop(into)]
    on_remove: Callback<ParticipantId>,
) -> impl IntoView {
    let people = &words.people;
    let id = person.with_untracked(|person| person.id);
    let name = Signal::derive(move || person.with(|person| person.name.clone()));
    let asked = RwSignal::new(false);
    view! {
        <li class="person-line">
            <Avatar name=name id=id />
            <div class="person-line__who">
                <span class="person-line__name" dir="auto" title=move || name.get()>
                    {move || name.get()}
                </span>
                <span class="person-line__rank">{move || person.with(|person| rank(words, person))}</span>
            </div>
            <span class="person-line__marks">{move || person.with(|person| marks(words, person))}</span>
            <Show when=move || person.with(|person| person.removable)>
                <button
                    type="button"
                    class="person-line__remove"
                    aria-label=move || named(people.remove_name, &name.get())
                    aria-expanded=move || if asked.get() { "true" } else { "false" }
                    title=people.remove
                    // It stays while it asks, so that the keyboard's focus stays, too; the answers come next.
                    on:click=move |_| asked.update(|asked| *asked = !*asked)
                >
                    <Icon glyph=Glyph::Remove />
                </button>
            </Show>
            <Show when=move || person.with(|person| person.removable) && asked.get()>
                <div
                    class="person-line__ask"
                    role="group"
                    aria-label=move || named(people.remove_name, &name.get())
                >
                    <p>{move || named(people.remove_ask, &name.get())}</p>
                    <Button kind=ButtonKind::Quiet on_press=move |()| asked.set(false)>
                        {people.remove_keep}
                    </Button>
                    <Button
                        kind=ButtonKind::Danger
                        on_press=move |()| {
                            asked.set(false);
                            on_remove.run(id);
                        }
                    >
                        {people.remove_confirm}
                    </Button>
                </div>
            </Show>
        </li>
    }
}

fn rank(words: &Words, person: &Person) -> String {
    let people = &words.people;
    let parts = [
        (person.reconnecting, people.reconnecting),
        (person.mine, words.common.you),
        (person.host, people.host),
    ];
    let said: Vec<&str> = parts.into_iter().filter(|(true_of, _)| *true_of).map(|(_, text)| text).collect();
    said.join(" · ")
}

fn marks(words: &'static Words, person: &Person) -> impl IntoView + use<> {
    let people = &words.people;
    [
        (person.screen, Glyph::Screen, people.sharing),
        (!person.camera, Glyph::CameraOff, people.camera_off),
        (person.muted, Glyph::MicrophoneOff, people.muted),
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
