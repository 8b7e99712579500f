//! What the page of contacts knows, and what it does about it.
//!
//! The line tells everything again whenever it is opened, so that nothing here needs to be remembered. What a
//! person presses is asked of the server, which says on the line what came of it.

use crate::api::{ApiError, people};
use crate::dom;
use crate::language::words;
use crate::line::{self, RingBell};
use crate::pages::refusal;
use call::line::Reach;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{RingId, RoomCode, UserId};
use protocol::{
    CallEnding, CallState, CallView, LineMessage, PeopleErrand, PeopleView, Presence, RingAnswer,
};
use std::time::Duration;
use ui::Words;
use ui::words::named;

/// How long a page rings where nobody says that it is over: a call rings for 45 s, and a little more in case
/// that its end is on the way.
const RINGING: Duration = Duration::from_secs(48);

/// The state of the page. A copy is the same one.
#[derive(Clone, Copy)]
pub struct Board {
    /// Kept here, because what happens after an answer happens outside the page's tree.
    pub words: &'static Words,
    pub known: RwSignal<PeopleView>,
    pub call: RwSignal<Option<CallView>>,
    /// Whether somebody rings the reader.
    pub is_rung: Memo<bool>,
    /// How the last call ended, or what was refused.
    pub said: RwSignal<String>,
    /// Something is on its way to the server.
    pub pending: RwSignal<bool>,
    /// The page is alive.
    pub alive: RwSignal<bool>,
    /// The room to go to.
    pub go: RwSignal<Option<RoomCode>>,
    reach: RwSignal<Reach>,
    /// The call that was begun or answered on this very page: it leads into the room, others do not.
    mine: RwSignal<Option<RingId>>,
}

impl Board {
    /// The state as the page came with it.
    pub fn new(view: PeopleView) -> Self {
        let call = RwSignal::new(view.call.clone());
        let ringing = |call: &CallView| call.incoming && matches!(call.state, CallState::Ringing { .. });
        Self {
            words: words(),
            known: RwSignal::new(view),
            call,
            is_rung: Memo::new(move |_| call.with(|call| call.as_ref().is_some_and(ringing))),
            said: RwSignal::new(String::new()),
            pending: RwSignal::new(false),
            alive: RwSignal::new(false),
            go: RwSignal::new(None),
            reach: RwSignal::new(Reach::Up),
            mine: RwSignal::new(None),
        }
    }

    /// Opens the line once the page is alive, and rings the bell.
    pub fn live(self) {
        let bell = RingBell::new();
        Effect::new(move |_| {
            self.alive.set(true);
            line::open(move |message| self.hear(message), move |reach| self.note_reach(reach));
        });
        Effect::new(move |_| bell.set(self.is_rung.get()));
    }

    /// What is to be known of the page itself.
    pub fn note(self) -> Signal<String> {
        let text = &self.words.contacts;
        Signal::derive(move || match self.reach.get() {
            Reach::Up => String::new(),
            Reach::Down | Reach::SignedOut => text.line_down.to_owned(),
        })
    }

    /// Whether nothing can be done just now.
    pub fn locked(self) -> Signal<bool> {
        Signal::derive(move || !self.alive.get() || self.pending.get())
    }

    /// Does something about contacts.
    pub fn run(self, errand: PeopleErrand, done: impl FnOnce() + 'static) {
        self.pending.set(true);
        spawn_local(async move {
            let result = people::errand(errand).await;
            self.settle(result, |()| done()).await;
        });
    }

    /// Rings a contact.
    pub fn ring(self, contact: UserId) {
        self.pending.set(true);
        self.said.set(String::new());
        spawn_local(async move {
            let result = people::call(contact).await;
            self.settle(result, move |call| self.begin(call)).await;
        });
    }

    /// Answers the call, or calls it off.
    pub fn answer(self, answer: RingAnswer) {
        let Some(ring) = self.call.with_untracked(|call| call.as_ref().map(|call| call.ring)) else { return };
        self.pending.set(true);
        spawn_local(async move {
            let result = people::answer(ring, answer).await;
            self.settle(result, move |call| self.begin(call)).await;
        });
    }

    /// Shows how things stand after something was done, and what was refused.
    async fn settle<T>(self, result: Result<T, ApiError>, done: impl FnOnce(T)) {
        match result {
            Ok(value) => done(value),
            Err(error) => {
                self.said.try_set(refusal::text(self.words, error.code).to_owned());
            }
        }
        // The line says the same, and in the right order; where it is down this is all there is.
        if self.reach.try_get_untracked() != Some(Reach::Up)
            && let Ok(view) = people::view().await
        {
            self.show(view);
        }
        self.pending.try_set(false);
    }

    /// A call that was begun or answered here.
    fn begin(self, call: CallView) {
        self.mine.try_set(Some(call.ring));
        match call.state {
            CallState::Ended(_) => self.tell_end(&call),
            CallState::Ringing { .. } | CallState::Connected { .. } => self.take_up(Some(call)),
        }
    }

    fn hear(self, message: LineMessage) {
        match message {
            LineMessage::Snapshot(view) => self.show(*view),
            LineMessage::Presence { user, presence } => self.note_presence(user, presence),
            LineMessage::Call(call) => self.take_up(call),
            LineMessage::Ended(call) => self.tell_end(&call),
            LineMessage::Pulse | LineMessage::Farewell => {}
        }
    }

    fn show(self, view: PeopleView) {
        self.take_up(view.call.clone());
        self.known.try_set(view);
    }

    fn note_presence(self, user: UserId, presence: Presence) {
        self.known.try_update(|known| {
            let contacts = known.contacts.iter_mut();
            contacts.filter(|contact| contact.person.user == user).for_each(|one| one.presence = presence);
        });
    }

    fn take_up(self, call: Option<CallView>) {
        let mine = self.mine.try_get_untracked().flatten();
        if let Some(CallView { ring, state: CallState::Connected { room }, .. }) = &call
            && mine == Some(*ring)
        {
            self.go.try_set(Some(*room));
        }
        let same = self.call.try_with_untracked(|known| *known == call).unwrap_or(true);
        if !same {
            if let Some(CallView { ring, state: CallState::Ringing { .. }, .. }) = call {
                set_timeout(move || self.give_up(ring), RINGING);
            }
            self.call.try_set(call);
        }
    }

    /// Nothing rings for ever, also where nobody can say that it is over.
    fn give_up(self, ring: RingId) {
        let rings = |known: &Option<CallView>| {
            let known = known.as_ref();
            known.is_some_and(|call| call.ring == ring && matches!(call.state, CallState::Ringing { .. }))
        };
        if self.call.try_with_untracked(rings).unwrap_or(false) {
            self.call.try_set(None);
        }
    }

    fn tell_end(self, call: &CallView) {
        let CallState::Ended(how) = call.state else { return };
        let is_shown = |known: &Option<CallView>| known.as_ref().is_some_and(|known| known.ring == call.ring);
        if self.call.try_with_untracked(is_shown).unwrap_or(false) {
            self.call.try_set(None);
        }
        let text = &self.words.ringing;
        let text = match (how, call.incoming) {
            (CallEnding::Over, _) => text.over,
            (CallEnding::Declined, false) => text.declined,
            (CallEnding::Missed, false) => text.no_answer,
            (CallEnding::Busy, false) => text.busy,
            (CallEnding::Missed | CallEnding::Cancelled | CallEnding::Busy, true) => text.missed,
            // Whoever did it knows.
            (CallEnding::Declined, true) | (CallEnding::Cancelled, false) => "",
        };
        self.said.try_set(named(text, call.with.name.as_str()));
    }

    fn note_reach(self, reach: Reach) {
        self.reach.try_set(reach);
        if reach == Reach::SignedOut {
            // The page of whoever is signed out leads to where they can sign in.
            dom::reload();
        }
    }
}
