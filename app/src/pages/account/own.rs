//! `/account`: who one is here, what opens the account, and how to leave.

use super::form::{
    NewPasswordField, PasswordField, Place, is_in_query, refresh_visitor_after, refused, said,
};
use super::openid::Identities;
use super::passkeys::Passkeys;
use crate::api::accounts;
use crate::dom;
use crate::language::words;
use crate::pages::frame::Frame;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;
use protocol::{AccountRefusal, AccountView, ErrorCode, addresses};
use ui::{AccountPage, AccountSection, Button, ButtonKind};

/// The page of one's own account; whoever is not signed in is led to where they can.
#[component]
pub fn OwnAccount() -> impl IntoView {
    let account = &words().account;
    let query = use_query_map();
    let view = Resource::new_blocking(move || query.with(|query| query.get("done")), |_| accounts::view());
    Effect::new(move |_| dom::wake());
    view! {
        <Title text=account.account_title />
        <Frame>
            <Suspense>
                {move || Suspend::new(async move {
                    match view.await {
                        Ok(view) => Either::Left(view! { <Sections view /> }),
                        Err(_) => Either::Right(view! { <Redirect path="/sign-in?next=/account" /> }),
                    }
                })}
            </Suspense>
        </Frame>
    }
}

#[component]
fn Sections(
    /// What the page shows.
    view: AccountView,
) -> impl IntoView {
    let account = &words().account;
    let email = view.email.as_ref().map_or_else(|| account.no_email.to_owned(), ToString::to_string);
    let note = (view.email.is_some() && !view.verified && view.ways.mail).then_some(account.unverified);
    // A password is asked for beside an address.
    let has_email = view.email.is_some();
    let has_identities = view.ways.provider.is_some() || !view.identities.is_empty();
    view! {
        <AccountPage title=account.account_title name=view.name.to_string() email=email note=note>
            {has_email.then(|| view! { <ChangePassword has_password=view.has_password /> })}
            <Passkeys passkeys=view.passkeys />
            {has_identities.then(|| view! {
                <Identities identities=view.identities provider=view.ways.provider />
            })}
            {view.sells.then(|| view! { <Papers /> })}
            <OtherBrowsers />
            <Delete has_password=view.has_password />
        </AccountPage>
    }
}

/// What went wrong on a form that asks for the password alone.
fn problem_of(refused: Signal<Option<ErrorCode>>) -> Signal<Option<String>> {
    let problem = said(refused, Place::Top);
    Signal::derive(move || match refused.get() {
        Some(ErrorCode::Account(AccountRefusal::WrongCredentials)) => {
            Some(words().refusals.wrong_password.to_owned())
        }
        Some(_) | None => problem.get(),
    })
}

pub(super) fn news_of(value: &'static str, text: &'static str) -> Signal<Option<String>> {
    let done = is_in_query("done", value);
    Signal::derive(move || done.get().then(|| text.to_owned()))
}

#[component]
fn ChangePassword(
    /// Whether there is a password to change.
    has_password: bool,
) -> impl IntoView {
    let account = &words().account;
    let action = ServerAction::<accounts::ChangePassword>::new();
    let refused = refused(action);
    let words_of_press = if has_password { account.change_password } else { account.set_password };
    let press = move || if action.pending().get() { account.saving } else { words_of_press };
    let current = has_password.then(|| {
        view! { <PasswordField id="current-password" name="current" label=account.current_password /> }
    });
    view! {
        <AccountSection
            id="account-password"
            title=account.password_heading
            news=news_of("password", account.password_changed)
            problem=problem_of(refused)
        >
            <ActionForm action=action>
                {current}
                <NewPasswordField
                    name="new"
                    label=account.new_password
                    error=said(refused, Place::NewPassword)
                />
                <Button role="submit" pending=action.pending()>{press}</Button>
            </ActionForm>
        </AccountSection>
    }
}

/// The ways to what was paid, bought and earned: pages that the server makes.
#[component]
fn Papers() -> impl IntoView {
    let pay = &words().pay;
    view! {
        <AccountSection id="account-papers" title=pay.papers_heading>
            <p><a href=addresses::PAYMENTS rel="external">{pay.payments}</a></p>
            <p><a href=addresses::BALANCE rel="external">{pay.balance}</a></p>
            <p><a href=addresses::EARNINGS rel="external">{pay.earnings}</a></p>
        </AccountSection>
    }
}

#[component]
fn OtherBrowsers() -> impl IntoView {
    let account = &words().account;
    let action = ServerAction::<accounts::SignOutEverywhere>::new();
    view! {
        <AccountSection
            id="account-everywhere"
            title=account.everywhere_heading
            text=account.everywhere_text
            news=news_of("everywhere", account.everywhere_done)
            problem=said(refused(action), Place::Top)
        >
            <ActionForm action=action>
                <Button role="submit" pending=action.pending()>{account.everywhere}</Button>
            </ActionForm>
        </AccountSection>
    }
}

#[component]
fn Delete(
    /// Whether the password proves who asks.
    has_password: bool,
) -> impl IntoView {
    let account = &words().account;
    let action = ServerAction::<accounts::Delete>::new();
    refresh_visitor_after(action);
    let press = move || if action.pending().get() { account.deleting } else { account.delete };
    let password = has_password.then(|| {
        view! { <PasswordField id="delete-password" label=account.delete_password /> }
    });
    view! {
        <AccountSection
            id="account-delete"
            title=account.delete_heading
            text=account.delete_text
            problem=problem_of(refused(action))
        >
            <ActionForm action=action>
                {password}
                <Button kind=ButtonKind::Danger role="submit" pending=action.pending()>{press}</Button>
            </ActionForm>
        </AccountSection>
    }
}
