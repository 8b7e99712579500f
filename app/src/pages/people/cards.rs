//! What the page of contacts shows.

use super::board::Board;
use crate::api::{ApiError, people};
use crate::dom;
use crate::pages::refusal;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{ContactToken, UserId};
use protocol::{
    CallState, CallView, ContactView, LinkView, MissedView, PeopleErrand, PeopleView, PersonView, Presence,
    Relation, RingAnswer,
};
use std::time::Duration;
use ui::words::named;
use ui::{
    Button, ButtonKind, ConfirmDialog, Contact, ContactList, ContactReach, KnownDeed, KnownPeople,
    KnownPerson, PeopleCard, RingCard, RingStage, RingView, RoomLink, Words,
};

/// How long "copied" stands there.
const COPIED: Duration = Duration::from_secs(3);

/// The call that rings, or is under way.
#[component]
pub fn Ring(
    /// The page.
    board: Board,
) -> impl IntoView {
    let ring = Signal::derive(move || board.call.get().as_ref().and_then(ring_view));
    view! {
        <RingCard
            words=board.words
            ring
            said=board.said
            pending=board.locked()
            on_accept=move |()| board.answer(RingAnswer::Accept)
            on_decline=move |()| board.answer(RingAnswer::Decline)
            on_cancel=move |()| board.answer(RingAnswer::Cancel)
        />
    }
}

fn ring_view(call: &CallView) -> Option<RingView> {
    let stage = match call.state {
        CallState::Ringing { .. } if call.incoming => RingStage::Incoming,
        CallState::Ringing { .. } => RingStage::Outgoing,
        CallState::Connected { room } => RingStage::Connected(format!("/r/{room}")),
        CallState::Ended(_) => return None,
    };
    Some(RingView { name: call.with.name.to_string(), stage })
}

/// The card of whoever came by a personal link.
#[component]
pub fn Asking(
    /// The page.
    board: Board,
    /// Whose link it is, or why it leads to nobody.
    shown: Result<(ContactToken, LinkView), ApiError>,
) -> impl IntoView {
    let words = board.words;
    let text = &words.contacts;
    let (token, link) = match shown {
        Ok(shown) => shown,
        Err(error) => {
            return view! {
                <PeopleCard id="ask" heading=text.title text=refusal::text(words, error.code)>
                    ""
                </PeopleCard>
            }
            .into_any();
        }
    };
    let relation = RwSignal::new(link.relation);
    let problem = RwSignal::new(String::new());
    let name = link.name.to_string();
    let heading = named(text.ask_title, &name);
    let stands = {
        let name = name.clone();
        move || named(sentence(words, relation.get()), &name)
    };
    let press = StoredValue::new(named(text.ask, &name));
    let ask = move |()| {
        board.pending.set(true);
        spawn_local(async move {
            match people::ask(token).await {
                Ok(()) => drop(relation.try_set(Relation::Asked)),
                Err(error) => drop(problem.try_set(refusal::text(words, error.code).to_owned())),
            }
            board.pending.try_set(false);
        });
    };
    // Whoever was asked may answer while the page is open.
    Effect::new(move |before: Option<()>| {
        board.known.track();
        if before.is_some() && relation.get_untracked() == Relation::Asked {
            spawn_local(async move {
                if let Ok(link) = people::who(token).await {
                    relation.try_set(link.relation);
                }
            });
        }
    });
    view! {
        <PeopleCard id="ask" heading text=Signal::derive(stands) said=problem>
            <Show when=move || relation.get() == Relation::Stranger>
                <Button kind=ButtonKind::Primary disabled=board.locked() on_press=ask>
                    {press.get_value()}
                </Button>
            </Show>
        </PeopleCard>
    }
    .into_any()
}

const fn sentence(words: &'static Words, relation: Relation) -> &'static str {
    let text = &words.contacts;
    match relation {
        Relation::Stranger => text.ask_text,
        Relation::Asked => text.ask_done,
        Relation::AsksMe => text.ask_asks_me,
        Relation::Contact => text.ask_contact,
        Relation::Blocked => text.ask_blocked,
        Relation::Myself => text.ask_mine,
    }
}

/// What shall be done if the person is sure.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Question {
    Remove(UserId),
    Block(UserId),
    Renew,
}

/// Everything below the call.
#[component]
pub fn Cards(
    /// The page.
    board: Board,
) -> impl IntoView {
    let words = board.words;
    let text = &words.contacts;
    let locked = board.locked();
    let question = RwSignal::new(None::<Question>);
    let contacts =
        Signal::derive(move || board.known.with(|known| known.contacts.iter().map(contact).collect()));
    let answers = vec![
        deed(board, (text.decline, text.decline_name), ButtonKind::Secondary, PeopleErrand::Decline),
        deed(board, (text.accept, text.accept_name), ButtonKind::Primary, PeopleErrand::Accept),
    ];
    let withdraw = (text.withdraw, text.withdraw_name);
    let withdraw = vec![deed(board, withdraw, ButtonKind::Secondary, PeopleErrand::Withdraw)];
    let unblock = (text.unblock, text.unblock_name);
    let unblock = vec![deed(board, unblock, ButtonKind::Secondary, PeopleErrand::Unblock)];
    let (asking, asked) = (listed(board, |known| &known.asking), listed(board, |known| &known.asked));
    let blocked = listed(board, |known| &known.blocked);
    view! {
        <KnownPeople id="asking" heading=text.asking_heading people=asking deeds=answers locked />
        <Missed board />
        <ContactList
            words
            contacts
            locked
            on_call=move |user| board.ring(user)
            on_remove=move |user| question.set(Some(Question::Remove(user)))
            on_block=move |user| question.set(Some(Question::Block(user)))
        />
        <KnownPeople
            id="asked"
            heading=text.asked_heading
            hint=text.asked_text
            people=asked
            deeds=withdraw
            locked
        />
        <PersonalLink board question />
        <KnownPeople id="blocked" heading=text.blocked_heading people=blocked deeds=unblock locked />
        <Sure board question />
    }
}

/// The people of one of the lists.
fn listed(board: Board, part: fn(&PeopleView) -> &Vec<PersonView>) -> Signal<Vec<KnownPerson>> {
    Signal::derive(move || board.known.with(|known| part(known).iter().map(person).collect()))
}

/// An errand about somebody of a list. The line that was pressed goes: the focus stays with the people.
fn deed(
    board: Board,
    (word, label): (&'static str, &'static str),
    kind: ButtonKind,
    errand: fn(UserId) -> PeopleErrand,
) -> KnownDeed {
    let on_press = Callback::new(move |user| board.run(errand(user), || dom::focus("contacts")));
    KnownDeed { word, label, kind, on_press }
}

/// Who called while nobody answered.
#[component]
fn Missed(board: Board) -> impl IntoView {
    let text = &board.words.contacts;
    let locked = board.locked();
    // Clock and zone are the reader's, so that the server leaves them out.
    let missed = Signal::derive(move || {
        let local = board.alive.get();
        board.known.with(|known| known.missed.iter().map(|one| missed_line(one, local)).collect::<Vec<_>>())
    });
    let on_press = Callback::new(move |user| board.ring(user));
    let call_back =
        vec![KnownDeed { word: text.call, label: text.call_name, kind: ButtonKind::Secondary, on_press }];
    let forget = move || {
        let press = move |()| board.run(PeopleErrand::ForgetMissed, || dom::focus("contacts"));
        view! { <Button kind=ButtonKind::Quiet disabled=locked on_press=press>{text.forget}</Button> }
    };
    view! {
        <KnownPeople
            id="missed"
            heading=text.missed_heading
            sentence=text.missed_from
            people=missed
            deeds=call_back
            locked
            foot=forget
        />
    }
}

/// The reader's personal link.
#[component]
fn PersonalLink(board: Board, question: RwSignal<Option<Question>>) -> impl IntoView {
    let text = &board.words.contacts;
    let origin = RwSignal::new(String::new());
    Effect::new(move |_| origin.set(window().location().origin().unwrap_or_default()));
    let link = Signal::derive(move || {
        let token = board.known.with(|known| String::from(known.link));
        format!("{}/people?ask={token}", origin.get())
    });
    let copied = RwSignal::new(false);
    let on_copy = move |()| {
        let link = link.get_untracked();
        spawn_local(async move {
            if dom::copy(link).await {
                copied.try_set(true);
                let over = move || {
                    copied.try_set(false);
                };
                set_timeout(over, COPIED);
            }
        });
    };
    view! {
        <PeopleCard id="link" heading=text.link_heading text=text.link_text>
            <RoomLink words=board.words link copied on_copy />
            <Button
                kind=ButtonKind::Quiet
                disabled=board.locked()
                on_press=move |()| question.set(Some(Question::Renew))
            >
                {text.renew}
            </Button>
        </PeopleCard>
    }
}

/// The question before what cannot be taken back.
#[component]
fn Sure(board: Board, question: RwSignal<Option<Question>>) -> impl IntoView {
    let text = &board.words.contacts;
    // What was asked last stays, so that the words do not change while the dialog closes.
    let last = Memo::new(move |before: Option<&Question>| {
        question.get().or_else(|| before.cloned()).unwrap_or(Question::Renew)
    });
    let name = move |user: UserId| {
        board.known.with(|known| {
            let found = known.contacts.iter().find(|contact| contact.person.user == user);
            found.map(|contact| contact.person.name.to_string()).unwrap_or_default()
        })
    };
    let title = Signal::derive(move || match last.get() {
        Question::Remove(user) => named(text.remove_title, &name(user)),
        Question::Block(user) => named(text.block_title, &name(user)),
        Question::Renew => text.renew_title.to_owned(),
    });
    let says = move |remove: &'static str, block: &'static str, renew: &'static str| {
        Signal::derive(move || {
            match last.get() {
                Question::Remove(_) => remove,
                Question::Block(_) => block,
                Question::Renew => renew,
            }
            .to_owned()
        })
    };
    let on_confirm = move |()| {
        let asked = question.get_untracked();
        question.set(None);
        match asked {
            Some(Question::Remove(user)) => board.run(PeopleErrand::Remove(user), || dom::focus("contacts")),
            Some(Question::Block(user)) => board.run(PeopleErrand::Block(user), || dom::focus("contacts")),
            Some(Question::Renew) => {
                board.run(PeopleErrand::RenewLink, move || drop(board.said.try_set(text.renewed.to_owned())));
            }
            None => {}
        }
    };
    view! {
        <ConfirmDialog
            id="sure"
            open=Signal::derive(move || question.with(Option::is_some))
            title
            text=says(text.remove_text, text.block_text, text.renew_text)
            confirm=says(text.remove_confirm, text.block_confirm, text.renew_confirm)
            keep=text.keep
            on_confirm
            on_keep=move |()| question.set(None)
        />
    }
}

fn contact(view: &ContactView) -> Contact {
    let reach = match view.presence {
        Presence::Online => ContactReach::Online,
        Presence::InCall => ContactReach::InCall,
        Presence::Offline => ContactReach::Offline,
    };
    Contact { user: view.person.user, name: view.person.name.to_string(), reach }
}

fn person(view: &PersonView) -> KnownPerson {
    KnownPerson { user: view.user, name: view.name.to_string(), note: None }
}

fn missed_line(view: &MissedView, local: bool) -> KnownPerson {
    KnownPerson { note: local.then(|| dom::moment(view.at)), ..person(&view.from) }
}
