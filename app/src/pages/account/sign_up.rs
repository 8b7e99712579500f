//! `/sign-up`: an account of one's own.

use super::form::{EmailField, NewPasswordField, Place, is_in_query, refresh_visitor_after, refused, said};
use super::openid::ProviderButton;
use crate::api::accounts;
use crate::dom;
use crate::language::words;
use crate::pages::frame::Frame;
use crate::typed;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use model::DisplayName;
use ui::{AccountCard, Button, ButtonKind, Glyph, TextField};

/// The page to make an account on. `?sent=1` says that a mail is on its way.
#[component]
pub fn SignUp() -> impl IntoView {
    let account = &words().account;
    let sent = is_in_query("sent", "1");
    Effect::new(move |_| dom::wake());
    view! {
        <Title text=account.sign_up_title />
        <Frame>
            {move || if sent.get() {
                let text = account.sent_confirm;
                Either::Left(view! { <AccountCard title=account.sent_title lead=text>""</AccountCard> })
            } else {
                Either::Right(view! { <Form /> })
            }}
        </Frame>
    }
}

#[component]
fn Form() -> impl IntoView {
    let account = &words().account;
    let action = ServerAction::<accounts::SignUp>::new();
    refresh_visitor_after(action);
    let refused = refused(action);
    let press = move || if action.pending().get() { account.signing_up } else { account.sign_up };
    let links = vec![("/sign-in".to_owned(), account.sign_in_link)];
    view! {
        <AccountCard
            title=account.sign_up_title
            lead=account.sign_up_lead
            problem=said(refused, Place::Top)
            links=links
        >
            <ActionForm action=action>
                <TextField
                    id="name"
                    name="name"
                    label=account.name
                    hint=account.name_hint
                    value=Signal::stored(typed::text("name"))
                    error=said(refused, Place::Name)
                    limit=DisplayName::LIMIT
                    autocomplete="name"
                    required=true
                />
                <EmailField error=said(refused, Place::Email) />
                <NewPasswordField
                    name="password"
                    label=account.password
                    error=said(refused, Place::NewPassword)
                />
                <Button kind=ButtonKind::Primary role="submit" glyph=Glyph::Plus pending=action.pending()>
                    {press}
                </Button>
            </ActionForm>
            <ProviderButton next="/".to_owned() />
        </AccountCard>
    }
}
