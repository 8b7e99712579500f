//! `/verify/{token}`: the end of signing up, by the link of a mail. Looking uses nothing up.

use super::form::{PasswordField, Place, refresh_visitor_after, refused, said};
use crate::api::accounts;
use crate::dom;
use crate::language::words;
use crate::pages::frame::Frame;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use protocol::{AccountRefusal, ErrorCode};
use ui::{AccountCard, Button, ButtonKind, Glyph};

/// The page of a link that finishes signing up.
#[component]
pub fn Verify() -> impl IntoView {
    let account = &words().account;
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    let asked = token.clone();
    let works = Resource::new_blocking(|| (), move |()| accounts::confirms(asked.clone()));
    let token = StoredValue::new(token);
    Effect::new(move |_| dom::wake());
    view! {
        <Title text=account.confirm_title />
        <Frame>
            <Suspense>
                {move || Suspend::new(async move {
                    if works.await.unwrap_or(false) {
                        Either::Left(view! { <Form token=token.get_value() /> })
                    } else {
                        let links = vec![
                            ("/sign-in".to_owned(), account.sign_in),
                            ("/sign-up".to_owned(), account.sign_up_link),
                        ];
                        Either::Right(view! {
                            <AccountCard title=account.link_gone_title lead=account.link_gone_text links>
                                ""
                            </AccountCard>
                        })
                    }
                })}
            </Suspense>
        </Frame>
    }
}

#[component]
fn Form(
    /// What stands in the link.
    token: String,
) -> impl IntoView {
    let account = &words().account;
    let action = ServerAction::<accounts::Confirm>::new();
    refresh_visitor_after(action);
    let refused = refused(action);
    // There is no address on this page that could be wrong.
    let problem = said(refused, Place::Top);
    let problem = Signal::derive(move || match refused.get() {
        Some(ErrorCode::Account(AccountRefusal::WrongCredentials)) => {
            Some(words().refusals.wrong_password.to_owned())
        }
        Some(_) | None => problem.get(),
    });
    let press = move || if action.pending().get() { account.confirming } else { account.confirm };
    view! {
        <AccountCard title=account.confirm_title lead=account.confirm_lead problem=problem>
            <ActionForm action=action>
                <input type="hidden" name="token" value=token />
                <PasswordField />
                <Button kind=ButtonKind::Primary role="submit" glyph=Glyph::Door pending=action.pending()>
                    {press}
                </Button>
            </ActionForm>
        </AccountCard>
    }
}
