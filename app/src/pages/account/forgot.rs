//! `/forgot`: a link for a new password, by mail, or whom to ask where there is no mail.

use super::form::{EmailField, Place, is_in_query, refused, said};
use crate::api::accounts;
use crate::dom;
use crate::language::words;
use crate::pages::frame::Frame;
use leptos::either::EitherOf3;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use ui::{AccountCard, Button, ButtonKind};

/// The page to ask for a link on. `?sent=1` says that it is on its way.
#[component]
pub fn Forgot() -> impl IntoView {
    let account = &words().account;
    let ways = Resource::new_blocking(|| (), |()| accounts::ways());
    let sent = is_in_query("sent", "1");
    Effect::new(move |_| dom::wake());
    view! {
        <Title text=account.forgot_title />
        <Frame>
            <Suspense>
                {move || {
                    let sent = sent.get();
                    Suspend::new(async move {
                        let has_mail = ways.await.is_ok_and(|ways| ways.mail);
                        let links = vec![("/sign-in".to_owned(), account.sign_in)];
                        match (sent, has_mail) {
                            (true, _) => EitherOf3::A(view! {
                                <AccountCard title=account.sent_title lead=account.sent_reset links>
                                    ""
                                </AccountCard>
                            }),
                            (false, true) => EitherOf3::B(view! { <Form /> }),
                            (false, false) => EitherOf3::C(view! {
                                <AccountCard title=account.forgot_title lead=account.no_mail links>
                                    ""
                                </AccountCard>
                            }),
                        }
                    })
                }}
            </Suspense>
        </Frame>
    }
}

#[component]
fn Form() -> impl IntoView {
    let account = &words().account;
    let action = ServerAction::<accounts::RequestReset>::new();
    let refused = refused(action);
    let press = move || if action.pending().get() { account.forgot_pending } else { account.forgot };
    let links = vec![("/sign-in".to_owned(), account.sign_in)];
    view! {
        <AccountCard
            title=account.forgot_title
            lead=account.forgot_lead
            problem=said(refused, Place::Top)
            links=links
        >
            <ActionForm action=action>
                <EmailField error=said(refused, Place::Email) />
                <Button kind=ButtonKind::Primary role="submit" pending=action.pending()>{press}</Button>
            </ActionForm>
        </AccountCard>
    }
}
