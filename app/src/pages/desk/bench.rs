//! What the cards of the settings share: the settings as the server last told them, and saving.
//!
//! A card changes its own rules only: they are laid over the rules as they are at that moment, so that what
//! somebody else changed meanwhile, from the call or from another page, stays.

use crate::api::rooms;
use crate::language::words;
use crate::pages::refusal;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{Policy, RoomCode};
use protocol::{Errand, ErrorCode, RoomSettings};
use ui::{Saving, Words};

/// The settings of one room, as a page knows them.
#[derive(Clone, Copy)]
pub struct Bench {
    /// Kept here, because what happens after an answer happens outside the page's tree.
    pub words: &'static Words,
    pub code: RoomCode,
    pub known: RwSignal<RoomSettings>,
    /// The rules as they stand in the fields.
    pub draft: RwSignal<Policy>,
    /// Nothing can be changed: the page is not alive yet, or the room has ended.
    pub locked: Signal<bool>,
}

impl Bench {
    /// The settings as the page came with them.
    pub fn new(settings: RoomSettings) -> Self {
        let alive = RwSignal::new(false);
        Effect::new(move |_| alive.set(true));
        let code = settings.code;
        let draft = RwSignal::new(settings.policy.clone());
        let known = RwSignal::new(settings);
        let locked = Signal::derive(move || !alive.get() || known.with(|known| known.ended.is_some()));
        Self { words: words(), code, known, draft, locked }
    }

    /// What a host is told when something was not saved.
    pub const fn said(self, code: ErrorCode) -> &'static str {
        refusal::text(self.words, code)
    }

    /// What the reader is to the room.
    pub fn role(self) -> model::Role {
        self.known.with(|known| known.role)
    }

    /// Whether the reader may make somebody a co-host.
    pub fn may_appoint(self) -> bool {
        self.role().is_above(model::Role::CoHost)
    }

    /// Runs an errand, shows how it goes in `saving`, and tells `done` when it is done.
    pub fn run(
        self,
        errand: Errand,
        saving: RwSignal<Saving>,
        done: impl FnOnce(Result<(), ErrorCode>) + 'static,
    ) {
        saving.set(Saving::Busy);
        spawn_local(async move {
            let result = rooms::errand(self.code, errand).await.map_err(|error| error.code);
            self.finish(result, saving, done).await;
        });
    }

    /// Lays some rules of the draft over those that hold now.
    pub fn set_rules(self, saving: RwSignal<Saving>, lay: impl FnOnce(&mut Policy, &Policy) + 'static) {
        saving.set(Saving::Busy);
        spawn_local(async move {
            let result = self.lay_over(lay).await;
            self.finish(result, saving, |_| ()).await;
        });
    }

    async fn lay_over(self, lay: impl FnOnce(&mut Policy, &Policy)) -> Result<(), ErrorCode> {
        let settings = rooms::settings(self.code).await.map_err(|error| error.code)?;
        let mut policy = settings.policy;
        self.draft.with_untracked(|draft| lay(&mut policy, draft));
        let errand = Errand::SetPolicy(Box::new(policy));
        rooms::errand(self.code, errand).await.map_err(|error| error.code)
    }

    /// Shows the settings as the server has them now.
    pub fn look_again(self) {
        spawn_local(async move {
            if let Ok(settings) = rooms::settings(self.code).await {
                self.known.try_set(settings);
            }
        });
    }

    async fn finish(
        self,
        result: Result<(), ErrorCode>,
        saving: RwSignal<Saving>,
        done: impl FnOnce(Result<(), ErrorCode>),
    ) {
        if result.is_ok() {
            // What was saved is shown as the server has it; if it does not answer, the page is a little old.
            if let Ok(settings) = rooms::settings(self.code).await {
                self.known.try_set(settings);
            }
        }
        saving.try_set(match result {
            Ok(()) => Saving::Done,
            Err(code) => Saving::Failed(self.said(code).to_owned()),
        });
        done(result);
    }
}
