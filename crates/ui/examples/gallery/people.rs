//! The page of contacts, and direct calls.

use crate::{Sheet, sheet};
use leptos::prelude::*;
use model::UserId;
use ui::*;

pub fn sheets(words: &'static Words) -> Vec<Sheet> {
    vec![
        sheet("people-empty", || page(words, None, Vec::new())),
        sheet("people-incoming", || page(words, Some(RingStage::Incoming), contacts())),
        sheet("people-outgoing", || page(words, Some(RingStage::Outgoing), contacts())),
        sheet("people-connected", || {
            page(words, Some(RingStage::Connected("/r/bcd-fghj-kmn".to_owned())), contacts())
        }),
    ]
}

const LONG: &str = "Bartholomäus Maximilian von und zu Unvernünftig-Langnamen";

fn contacts() -> Vec<Contact> {
    [("Bo", ContactReach::Online), (LONG, ContactReach::InCall), ("Cy", ContactReach::Offline)]
        .into_iter()
        .zip(1..)
        .map(|((name, reach), user)| Contact { user: UserId::from_bits(user), name: name.to_owned(), reach })
        .collect()
}

fn page(words: &'static Words, stage: Option<RingStage>, contacts: Vec<Contact>) -> impl IntoView {
    let text = &words.contacts;
    let ring = stage.map(|stage| RingView { name: "Bo".to_owned(), stage });
    let asking = if contacts.is_empty() { Vec::new() } else { vec![known(LONG), known("Dag")] };
    let deeds = vec![
        KnownDeed {
            word: text.decline,
            label: text.decline_name,
            kind: ButtonKind::Secondary,
            on_press: Callback::new(|_| ()),
        },
        KnownDeed {
            word: text.accept,
            label: text.accept_name,
            kind: ButtonKind::Primary,
            on_press: Callback::new(|_| ()),
        },
    ];
    view! {
        <PageFrame words>
            <PeoplePage title=text.title lead=text.lead note=String::new()>
                <RingCard words ring=ring said=String::new() pending=false
                    on_accept=|()| () on_decline=|()| () on_cancel=|()| () />
                <KnownPeople id="asking" heading=text.asking_heading people=asking deeds locked=false />
                <ContactList words contacts locked=false on_call=|_| () on_remove=|_| () on_block=|_| () />
                <PeopleCard id="link" heading=text.link_heading text=text.link_text>
                    <RoomLink words link="https://meet.example.org/people?ask=0123456789abcdef" on_copy=|()| () />
                    <Button kind=ButtonKind::Quiet>{text.renew}</Button>
                </PeopleCard>
            </PeoplePage>
        </PageFrame>
    }
}

fn known(name: &str) -> KnownPerson {
    KnownPerson { user: UserId::from_bits(7), name: name.to_owned(), note: None }
}
