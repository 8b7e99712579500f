//! `/reset/{token}`: a new password, by the link of a mail. Looking uses nothing up.

use super::form::{NewPasswordField, Place, refused, said};
use crate::api::accounts;
use crate::dom;
use crate::language::words;
use crate::pages::frame::Frame;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::{AccountCard, Button, ButtonKind};

/// The page of a link for a new password.
#[component]
pub fn Reset() -> impl IntoView {
    let account = &words().account;
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    let asked = token.clone();
    let works = Resource::new_blocking(|| (), move |()| accounts::resets(asked.clone()));
    let token = StoredValue::new(token);
    Effect::new(move |_| dom::wake());
    view! {
        <Title text=account.reset_title />
        <Frame>
            <Suspense>
                {move || Suspend::new(async move {
                    if works.await.unwrap_or(false) {
                        Either::Left(view! { <Form token=token.get_value() /> })
                    } else {
                        let links = vec![("/forgot".to_owned(), account.forgot)];
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
    let action = ServerAction::<accounts::Reset>::new();
    let refused = refused(action);
    let press = move || if action.pending().get() { account.saving } else { account.reset };
    view! {
        <AccountCard title=account.reset_title lead=account.reset_lead problem=said(refused, Place::Top)>
            <ActionForm action=action>
                <input type="hidden" name="token" value=token />
                <NewPasswordField
                    name="password"
                    label=account.new_password
                    error=said(refused, Place::NewPassword)
                />
                <Button kind=ButtonKind::Primary role="submit" pending=action.pending()>{press}</Button>
            </ActionForm>
        </AccountCard>
    }
}
