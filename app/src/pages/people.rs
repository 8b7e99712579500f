//! `/people`: the reader's contacts, and direct calls between them.
//!
//! | module | holds |
//! |---|---|
//! | `board` | what the page knows, and what it does about it |
//! | `cards` | what it shows |
//!
//! The server renders how things stand; the line then tells of changes. `?ask=` is somebody's personal link.

mod board;
mod cards;

use crate::api::{ApiError, people};
use crate::dom;
use crate::language::words;
use crate::pages::frame::Frame;
use crate::pages::room::outcome;
use board::Board;
use cards::{Asking, Cards, Ring};
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_navigate, use_query_map};
use model::ContactToken;
use protocol::{AccountRefusal, ErrorCode, LinkView, PeopleRefusal, PeopleView};
use std::time::Duration;
use ui::words::named;
use ui::{OutcomePanel, PeoplePage};

/// How often the title changes while the page rings.
const FLASH: Duration = Duration::from_secs(1);

/// Whose link somebody came by, or why it leads to nobody.
type Shown = Option<Result<(ContactToken, LinkView), ApiError>>;

/// The page; whoever is not signed in is led to where they can, and back.
#[component]
pub fn People() -> impl IntoView {
    let shown = use_query_map().with_untracked(|query| query.get("ask"));
    let token = shown.map(|text| text.parse::<ContactToken>().ok());
    let page = Resource::new_blocking(|| (), move |()| load(token));
    Effect::new(move |_| dom::wake());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match page.await {
                    Ok((view, shown)) => EitherOf3::A(view! { <Known view shown /> }),
                    Err(ApiError { code: ErrorCode::Account(AccountRefusal::NotSignedIn), .. }) => {
                        let back = token.flatten().map(|token| format!("%3Fask%3D{}", String::from(token)));
                        let path = format!("/sign-in?next=/people{}", back.unwrap_or_default());
                        EitherOf3::B(view! { <Redirect path /> })
                    }
                    Err(error) => EitherOf3::C(view! { <Failed error /> }),
                }
            })}
        </Suspense>
    }
}

/// Reads all that the page shows; a link that does not parse leads to nobody.
async fn load(token: Option<Option<ContactToken>>) -> Result<(PeopleView, Shown), ApiError> {
    let view = people::view().await?;
    let shown = match token {
        None => None,
        Some(None) => Some(Err(ApiError::refused(ErrorCode::People(PeopleRefusal::LinkUnknown)))),
        Some(Some(token)) => Some(people::who(token).await.map(|link| (token, link))),
    };
    Ok((view, shown))
}

#[component]
fn Failed(
    /// Why.
    error: ApiError,
) -> impl IntoView {
    let words = words();
    view! {
        <Title text=words.contacts.title />
        <Frame>
            <OutcomePanel words outcome=outcome(error.code) />
        </Frame>
    }
}

/// The page of somebody who is signed in.
#[component]
fn Known(
    /// How things stand.
    view: PeopleView,
    /// Whose link they came by.
    shown: Shown,
) -> impl IntoView {
    let words = words();
    let board = Board::new(view);
    board.live();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if let Some(room) = board.go.get() {
            navigate(&format!("/r/{room}"), Default::default());
        }
    });
    let flash = RwSignal::new(false);
    Effect::new(move |_| {
        let rung = board.is_rung.get();
        flash.set(rung);
        let turn = move || {
            flash.try_update(|flash| *flash = !*flash);
        };
        if let Some(Ok(handle)) = rung.then(|| set_interval_with_handle(turn, FLASH)) {
            on_cleanup(move || handle.clear());
        }
    });
    let title = move || match board.call.get().filter(|_| flash.get()) {
        Some(call) => named(words.ringing.flash, call.with.name.as_str()),
        None => words.contacts.title.to_owned(),
    };
    view! {
        <Title text=title />
        <Frame>
            <PeoplePage title=words.contacts.title lead=words.contacts.lead note=board.note()>
                <Ring board />
                {shown.map(|shown| view! { <Asking board shown /> })}
                <Cards board />
            </PeoplePage>
        </Frame>
    }
}
