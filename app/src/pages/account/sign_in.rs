//! `/sign-in`: with a password.

use super::form::{EmailField, PasswordField, Place, is_in_query, refresh_visitor_after, refused, said};
use super::openid::{ProviderButton, problem_in_query};
use super::passkeys::PasskeyButton;
use crate::api::{ApiError, accounts};
use crate::dom;
use crate::language::words;
use crate::pages::frame::Frame;
use crate::pages::refusal;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use ui::{AccountCard, Button, ButtonKind, Glyph};

/// The page to sign in on. `?next=` says where it leads, `?done=` what happened before, and `?problem=` what
/// came of the OpenID provider.
#[component]
pub fn SignIn() -> impl IntoView {
    let account = &words().account;
    let action = ServerAction::<accounts::SignIn>::new();
    refresh_visitor_after(action);
    let refused = refused(action);
    let passkey_problem = RwSignal::new(None::<ApiError>);
    let (top, of_provider) = (said(refused, Place::Top), problem_in_query());
    let problem = Signal::derive(move || {
        let of_passkey = passkey_problem.get();
        let of_passkey = of_passkey.map(|error| refusal::text(words(), error.code).to_owned());
        of_passkey.or_else(|| top.get()).or_else(|| of_provider.get())
    });
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    let next = StoredValue::new(next);
    let (was_reset, was_deleted) = (is_in_query("done", "reset"), is_in_query("done", "deleted"));
    let news = Signal::derive(move || match (was_reset.get(), was_deleted.get()) {
        (true, _) => Some(account.done_reset.to_owned()),
        (false, true) => Some(account.done_deleted.to_owned()),
        (false, false) => None,
    });
    let press = move || if action.pending().get() { account.signing_in } else { account.sign_in };
    let links =
        vec![("/sign-up".to_owned(), account.sign_up_link), ("/forgot".to_owned(), account.forgot_link)];
    Effect::new(move |_| dom::wake());
    view! {
        <Title text=account.sign_in_title />
        <Frame>
            <AccountCard
                title=account.sign_in_title
                lead=account.sign_in_lead
                news=news
                problem=problem
                links=links
            >
                <ActionForm action=action>
                    <input type="hidden" name="next" value=next.get_value() />
                    <EmailField error=said(refused, Place::Email) />
                    <PasswordField />
                    <Button kind=ButtonKind::Primary role="submit" glyph=Glyph::Door pending=action.pending()>
                        {press}
                    </Button>
                </ActionForm>
                <PasskeyButton next=next.get_value() problem=passkey_problem />
                <ProviderButton next=next.get_value() />
            </AccountCard>
        </Frame>
    }
}
