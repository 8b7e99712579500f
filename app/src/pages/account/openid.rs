//! What the pages of accounts do with the OpenID provider: forms that lead there, and what came of it.
//!
//! The forms are plain ones, for they leave this site; they work before the page has come alive.

use super::form::{Place, refused, said};
use super::own::news_of;
use crate::api::accounts::{self, OPENID_LINK, OPENID_SIGN_IN};
use crate::language::words;
use crate::pages::refusal;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use protocol::IdentityView;
use protocol::account::problem_of;
use ui::words::named;
use ui::{AccountSection, Button};

/// What came of the way to the provider, if it was not what the person wanted: `?problem=…`.
pub fn problem_in_query() -> Signal<Option<String>> {
    let (words, query) = (words(), use_query_map());
    Signal::derive(move || {
        let problem = query.with(|query| problem_of(query.get_str("problem")?))?;
        Some(refusal::text(words, problem).to_owned())
    })
}

/// The button that leads to the provider to sign in, where there is one.
#[component]
pub fn ProviderButton(
    /// The page of ours where the person goes then.
    next: String,
) -> impl IntoView {
    let ways = Resource::new_blocking(|| (), |()| accounts::ways());
    let next = StoredValue::new(next);
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let provider = ways.await.ok().and_then(|ways| ways.provider);
                provider.map(|provider| view! {
                    <form method="post" action=OPENID_SIGN_IN>
                        <input type="hidden" name="next" value=next.get_value() />
                        <Button role="submit">{named(words().account.provider_sign_in, &provider)}</Button>
                    </form>
                })
            })}
        </Suspense>
    }
}

/// Who one is elsewhere, and a way to link and unlink it.
#[component]
pub fn Identities(
    /// What is linked.
    identities: Vec<IdentityView>,
    /// What people call the provider, where there is one.
    provider: Option<String>,
) -> impl IntoView {
    let account = &words().account;
    let unlink = ServerAction::<accounts::Unlink>::new();
    let (asked, returned) = (said(refused(unlink), Place::Top), problem_in_query());
    let problem = Signal::derive(move || asked.get().or_else(|| returned.get()));
    let linked = news_of("linked", account.identity_linked);
    let unlinked = news_of("unlinked", account.identity_unlinked);
    let news = Signal::derive(move || linked.get().or_else(|| unlinked.get()));
    let lines = identities.into_iter().map(move |identity| {
        let shown = match identity.label {
            Some(label) => format!("{} · {label}", identity.provider),
            None => identity.provider,
        };
        let label = named(account.identity_unlink_name, &shown);
        view! {
            <ActionForm action=unlink>
                <input type="hidden" name="issuer" value=identity.issuer />
                <input type="hidden" name="subject" value=identity.subject />
                <span dir="auto">{shown}</span>
                <Button role="submit" label=Signal::stored(label)>{account.identity_unlink}</Button>
            </ActionForm>
        }
    });
    let link = provider.map(|provider| {
        view! {
            <form method="post" action=OPENID_LINK>
                <Button role="submit">{named(account.identity_link, &provider)}</Button>
            </form>
        }
    });
    view! {
        <AccountSection
            id="account-identities"
            title=account.identities_heading
            text=account.identities_text
            news=news
            problem=problem
        >
            {lines.collect_view()}
            {link}
        </AccountSection>
    }
}
