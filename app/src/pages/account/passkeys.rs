//! What the pages do with passkeys: a button to sign in with, and the list of one's own.

use super::form::{Place, refused, said};
use super::own::news_of;
use crate::api::{ApiError, accounts};
use crate::language::words;
use crate::{passkey, visitor};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::DisplayName;
use protocol::PasskeyView;
use ui::words::named;
use ui::{AccountSection, Button, TextField};

/// Whether this browser knows passkeys; known once the page is alive.
fn supported() -> RwSignal<bool> {
    let supported = RwSignal::new(false);
    Effect::new(move |_| supported.set(passkey::are_there()));
    supported
}

/// A button that signs in with a passkey, where there are any.
#[component]
pub fn PasskeyButton(
    /// Where it leads.
    next: String,
    /// Told what the server refused.
    problem: RwSignal<Option<ApiError>>,
) -> impl IntoView {
    let account = &words().account;
    let visitor = visitor::current();
    let pending = RwSignal::new(false);
    let next = StoredValue::new(next);
    let ask = move |()| {
        pending.set(true);
        problem.set(None);
        spawn_local(async move {
            match sign_in(next.get_value()).await {
                Ok(true) => visitor.refresh(),
                Ok(false) => {}
                Err(error) => problem.set(Some(error)),
            }
            // By then the page may be another one.
            pending.try_set(false);
        });
    };
    let supported = supported();
    let press = move || if pending.get() { account.passkey_adding } else { account.passkey_sign_in };
    view! {
        <Show when=move || supported.get()>
            <Button pending=pending on_press=ask>{press}</Button>
        </Show>
    }
}

/// Says whether somebody is signed in now; whoever cancels is not.
async fn sign_in(next: String) -> Result<bool, ApiError> {
    let challenge = accounts::passkey_challenge().await?;
    let Some(said) = passkey::ask(challenge).await else { return Ok(false) };
    accounts::passkey_sign_in(said, next).await?;
    Ok(true)
}

/// One's own passkeys, and a way to add one.
#[component]
pub fn Passkeys(
    /// The passkeys that there are.
    passkeys: Vec<PasskeyView>,
) -> impl IntoView {
    let account = &words().account;
    let name = RwSignal::new(account.passkey_default.to_owned());
    let problem = RwSignal::new(None::<ApiError>);
    let pending = RwSignal::new(false);
    let make = move |()| {
        pending.set(true);
        problem.set(None);
        spawn_local(async move {
            if let Err(error) = add(&name.get_untracked()).await {
                problem.set(Some(error));
            }
            pending.try_set(false);
        });
    };
    let remove = ServerAction::<accounts::RemovePasskey>::new();
    let refused = said(refused(remove), Place::Top);
    let problem = Signal::derive(move || {
        let added = problem.get().map(|error| crate::pages::refusal::text(words(), error.code).to_owned());
        added.or_else(|| refused.get())
    });
    let (added, removed) =
        (news_of("passkey", account.passkey_added), news_of("passkey-removed", account.passkey_removed));
    let news = Signal::derive(move || added.get().or_else(|| removed.get()));
    let lines = passkeys.into_iter().map(move |key| {
        let label = named(account.passkey_remove_name, key.name.as_str());
        view! {
            <ActionForm action=remove>
                <input type="hidden" name="id" value=key.id />
                <span dir="auto">{key.name.to_string()}</span>
                <Button role="submit" label=Signal::stored(label)>{account.passkey_remove}</Button>
            </ActionForm>
        }
    });
    let supported = supported();
    let press = move || if pending.get() { account.passkey_adding } else { account.passkey_add };
    view! {
        <AccountSection
            id="account-passkeys"
            title=account.passkeys_heading
            text=account.passkeys_text
            news=news
            problem=problem
        >
            {lines.collect_view()}
            <Show
                when=move || supported.get()
                fallback=move || view! { <noscript inner_html=account.passkey_unsupported></noscript> }
            >
                <TextField
                    id="passkey-name"
                    name="passkey-name"
                    label=account.passkey_name
                    value=name
                    on_input=move |text| name.set(text)
                    limit=DisplayName::LIMIT
                />
                <Button pending=pending on_press=make>{press}</Button>
            </Show>
        </AccountSection>
    }
}

/// Makes a passkey and hands it over; whoever cancels has made none.
async fn add(name: &str) -> Result<(), ApiError> {
    let fallback = || DisplayName::parse(words().account.passkey_default);
    let Ok(name) = DisplayName::parse(name).or_else(|_| fallback()) else { return Ok(()) };
    let creation = accounts::begin_passkey().await?;
    match passkey::make(creation, name).await {
        Some(made) => accounts::add_passkey(made).await,
        None => Ok(()),
    }
}
