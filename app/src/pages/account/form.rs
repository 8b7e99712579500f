//! What the forms about accounts have in common: which refusal is said where, and the fields.

use crate::api::ApiError;
use crate::language::words;
use crate::pages::refusal;
use crate::typed;
use crate::visitor;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;
use model::EmailAddress;
use protocol::{AccountRefusal, ErrorCode};
use ui::TextField;

/// What a form was refused with, if it was.
pub fn refused<S>(action: ServerAction<S>) -> Signal<Option<ErrorCode>>
where
    S: ServerFn<Output = (), Error = ApiError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
    S::Error: Send + Sync + 'static,
{
    let value = action.value();
    Signal::derive(move || value.with(|value| value.as_ref()?.as_ref().err().map(|error| error.code)))
}

/// Asks anew who is signed in, once the form has done what it is for.
pub fn refresh_visitor_after<S>(action: ServerAction<S>)
where
    S: ServerFn<Output = (), Error = ApiError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
    S::Error: Send + Sync + 'static,
{
    let visitor = visitor::current();
    let value = action.value();
    Effect::new(move |_| {
        if value.with(|value| matches!(value, Some(Ok(())))) {
            visitor.refresh();
        }
    });
}

/// Where a refusal is said.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum Place {
    Name,
    Email,
    /// The field of a password that is chosen just now.
    NewPassword,
    /// Above the form.
    Top,
}

/// The sentence for what was refused, if it belongs to this place.
pub fn said(refused: Signal<Option<ErrorCode>>, place: Place) -> Signal<Option<String>> {
    let words = words();
    Signal::derive(move || {
        let code = refused.get().filter(|code| place_of(*code) == place)?;
        Some(refusal::text(words, code).to_owned())
    })
}

const fn place_of(code: ErrorCode) -> Place {
    let ErrorCode::Account(refusal) = code else { return Place::Top };
    match refusal {
        AccountRefusal::BadName => Place::Name,
        AccountRefusal::BadEmail | AccountRefusal::EmailTaken => Place::Email,
        AccountRefusal::PasswordTooShort
        | AccountRefusal::PasswordTooLong
        | AccountRefusal::PasswordTooCommon => Place::NewPassword,
        AccountRefusal::WrongCredentials
        | AccountRefusal::NotSignedIn
        | AccountRefusal::LinkExpired
        | AccountRefusal::NoMail
        | AccountRefusal::NotFresh
        | AccountRefusal::PasskeyRefused
        | AccountRefusal::TooManyPasskeys
        | AccountRefusal::LastWayIn
        | AccountRefusal::ProviderRefused
        | AccountRefusal::ProviderUnreachable
        | AccountRefusal::ProviderCancelled
        | AccountRefusal::ProviderExpired
        | AccountRefusal::IdentityTaken
        | AccountRefusal::LinkFirst
        | AccountRefusal::TooManyIdentities => Place::Top,
    }
}

/// Whether the address of the page says that this was done: `?done=…`, `?sent=…`.
pub fn is_in_query(key: &'static str, value: &'static str) -> Memo<bool> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get_str(key) == Some(value)))
}

/// The e-mail address.
#[component]
pub fn EmailField(
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <TextField
            id="email"
            name="email"
            kind="email"
            label=words().account.email
            value=Signal::stored(typed::text("email"))
            error=error
            limit=EmailAddress::LIMIT
            autocomplete="username"
            required=true
        />
    }
}

/// A password that the person has.
#[component]
pub fn PasswordField(
    /// The element's id.
    #[prop(default = "password")]
    id: &'static str,
    /// The field's name in the form.
    #[prop(default = "password")]
    name: &'static str,
    /// What to write.
    #[prop(default = words().account.password)]
    label: &'static str,
) -> impl IntoView {
    view! {
        <TextField id=id name=name kind="password" label=label autocomplete="current-password" required=true />
    }
}

/// A password that the person chooses.
#[component]
pub fn NewPasswordField(
    /// The field's name in the form.
    name: &'static str,
    /// What to write.
    label: &'static str,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <TextField
            id="new-password"
            name=name
            kind="password"
            label=label
            hint=words().account.password_hint
            error=error
            autocomplete="new-password"
            required=true
        />
    }
}
