//! One part of a room's settings: its fields, and one press that saves them.

use crate::button::{Button, ButtonKind};
use crate::words::Words;
use leptos::prelude::*;

/// How far saving has come.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Saving {
    #[default]
    Rest,
    Busy,
    Done,
    /// Why it was not saved, where no field is to blame.
    Failed(String),
}

/// A form with a heading. It rests until the page is alive, so that nothing is lost that was typed.
#[component]
pub fn SettingsCard(
    /// The words.
    words: &'static Words,
    /// The id of the heading.
    id: &'static str,
    /// The heading.
    heading: &'static str,
    /// What it is about.
    #[prop(optional)]
    hint: &'static str,
    /// How far saving has come.
    #[prop(into)]
    saving: Signal<Saving>,
    /// Whether nothing can be changed.
    #[prop(into)]
    locked: Signal<bool>,
    /// What the button says.
    #[prop(optional, into)]
    press: Option<&'static str>,
    /// Whether the button ends something.
    #[prop(optional)]
    danger: bool,
    /// What is said when it is done.
    #[prop(optional, into)]
    done: Option<&'static str>,
    /// Saves.
    #[prop(into)]
    on_save: Callback<()>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let settings = &words.settings;
    let kind = if danger { ButtonKind::Danger } else { ButtonKind::Primary };
    let (press, done) = (press.unwrap_or(settings.save), done.unwrap_or(settings.saved));
    let pending = Signal::derive(move || saving.get() == Saving::Busy);
    let failed = move || matches!(saving.get(), Saving::Failed(_));
    let said = move || match saving.get() {
        Saving::Rest => String::new(),
        Saving::Busy => settings.saving.to_owned(),
        Saving::Done => done.to_owned(),
        Saving::Failed(why) => why,
    };
    view! {
        <form
            class="settings-card"
            aria-labelledby=id
            novalidate
            autocomplete="off"
            on:submit=move |event| {
                event.prevent_default();
                if !locked.get_untracked() && !pending.get_untracked() {
                    on_save.run(());
                }
            }
        >
            <h2 class="settings-card__heading" id=id>{heading}</h2>
            <p class="settings-card__hint">{hint}</p>
            <fieldset class="settings-card__fields" aria-labelledby=id disabled=move || locked.get()>
                {children()}
                <div class="settings-card__foot">
                    <Button kind=kind role="submit" pending=pending>{press}</Button>
                    <p class="settings-card__said" class:settings-card__said--wrong=failed role="status">
                        {said}
                    </p>
                </div>
            </fieldset>
        </form>
    }
}
