//! Pages whose code is a file of its own, a chunk, which the browser fetches when somebody goes there.
//!
//! | chunk | page | fetched |
//! |---|---|---|
//! | `room` | [`RoomPage`] | beside the program, if a room is the first page: its head names the file |
//! | | | else as soon as the first page is alive, for a room is what comes next |
//! | `engine` | what makes a call work, `room::engine` | beside the room's; the page does not wait for it |
//! | `call` | the call on a room's page, `room::call_chunk` | as soon as the entry page is alive |
//! | `desk` | [`RoomSettingsPage`], [`RoomHistory`] | as a room's, and else on the way there |
//! | `account` | signing in and up, the account, its contacts, strangers | as a room's, and else on the way there |
//!
//! The server has every page at hand and renders it at once. Pages are cut off at the functions that are
//! marked here: what only such a function reaches goes to the chunk, everything else stays in the program.
//! `ready` is awaited before the page is taken over, so that this happens in one go.
//!
//! Invariant: a chunk that does not arrive leaves a page that says so and can be loaded again.
//! Not here: cutting and naming the files, which is the work of `cargo xtask`.

use crate::dom;
use crate::language::{self, words};
use crate::pages::account::{Forgot, OwnAccount, Reset, SignIn, SignUp, Verify};
use crate::pages::desk::{RoomHistory, RoomSettingsPage};
use crate::pages::meet::Meet;
use crate::pages::people::People;
use crate::pages::room::RoomPage;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::LazyRoute;
use ui::{Outcome, OutcomePanel, PageFrame};

/// Where the pages of the chunk `account` begin.
#[cfg(feature = "hydrate")]
const ACCOUNT: [&str; 8] =
    ["/sign-in", "/sign-up", "/forgot", "/reset", "/verify", "/account", "/people", "/meet"];

/// Fetches the code of the page that the server rendered. False if it did not arrive.
#[cfg(feature = "hydrate")]
pub async fn ready(path: &str) -> bool {
    let is_desk = path.ends_with("/settings") || path.ends_with("/history");
    if path.starts_with("/r/") && is_desk {
        fetch_desk_page().await.is_ok()
    } else if path.starts_with("/r/") {
        fetch_room_page().await.is_ok()
    } else if ACCOUNT.iter().any(|start| path.starts_with(start)) {
        fetch_account_page().await.is_ok()
    } else {
        true
    }
}

/// Fetches the chunk of the room's page ahead of time. If that fails, the way there tries again.
pub async fn fetch_room() {
    drop(fetch_room_page().await);
}

#[wasm_split(room, wasm_split_path = leptos::wasm_split, preload(fetch_room_page), fallible)]
fn room_page() -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <RoomPage /> }.into_any())
}

/// A page of the chunk `desk`.
enum DeskPage {
    Settings,
    History,
}

#[wasm_split(desk, wasm_split_path = leptos::wasm_split, preload(fetch_desk_page), fallible)]
fn desk_page(page: DeskPage) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        DeskPage::Settings => view! { <RoomSettingsPage /> }.into_any(),
        DeskPage::History => view! { <RoomHistory /> }.into_any(),
    })
}

/// A page of the chunk `account`.
enum AccountPage {
    SignIn,
    SignUp,
    Forgot,
    Reset,
    Verify,
    Own,
    People,
    Meet,
}

#[wasm_split(account, wasm_split_path = leptos::wasm_split, preload(fetch_account_page), fallible)]
fn account_page(page: AccountPage) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        AccountPage::Meet => view! { <Meet /> }.into_any(),
        AccountPage::SignIn => view! { <SignIn /> }.into_any(),
        AccountPage::SignUp => view! { <SignUp /> }.into_any(),
        AccountPage::Forgot => view! { <Forgot /> }.into_any(),
        AccountPage::Reset => view! { <Reset /> }.into_any(),
        AccountPage::Verify => view! { <Verify /> }.into_any(),
        AccountPage::Own => view! { <OwnAccount /> }.into_any(),
        AccountPage::People => view! { <People /> }.into_any(),
    })
}

/// Makes a route of a page in a chunk. The router tells routes apart by their types, so each needs its own.
macro_rules! route {
    ($(#[$about:meta])* $route:ident, $chunks:expr, $page:expr, $fetch:ident) => {
        $(#[$about])*
        pub struct $route;

        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> AnyView {
                // The head of the page names the chunk, so that it is fetched beside the program.
                #[cfg(feature = "ssr")]
                for chunk in $chunks {
                    leptos::prefetch_lazy_fn_on_server(chunk);
                }
                $page.await.unwrap_or_else(|_| view! { <Incomplete /> }.into_any())
            }

            async fn preload() {
                drop($fetch().await);
            }
        }
    };
}

route!(
    /// A room.
    RoomRoute, ["room", "engine"], room_page(), fetch_room_page
);
route!(
    /// Where a host sets up a room.
    SettingsRoute, ["desk"], desk_page(DeskPage::Settings), fetch_desk_page
);
route!(
    /// What happened in a room.
    HistoryRoute, ["desk"], desk_page(DeskPage::History), fetch_desk_page
);
route!(
    /// The reader's contacts.
    PeopleRoute, ["account"], account_page(AccountPage::People), fetch_account_page
);
route!(
    /// Meeting a stranger.
    MeetRoute, ["account"], account_page(AccountPage::Meet), fetch_account_page
);
route!(
    /// Signing in.
    SignInRoute, ["account"], account_page(AccountPage::SignIn), fetch_account_page
);
route!(
    /// Making an account.
    SignUpRoute, ["account"], account_page(AccountPage::SignUp), fetch_account_page
);
route!(
    /// Asking for a new password.
    ForgotRoute, ["account"], account_page(AccountPage::Forgot), fetch_account_page
);
route!(
    /// Choosing a new password.
    ResetRoute, ["account"], account_page(AccountPage::Reset), fetch_account_page
);
route!(
    /// Confirming an address.
    VerifyRoute, ["account"], account_page(AccountPage::Verify), fetch_account_page
);
route!(
    /// The reader's own account.
    OwnAccountRoute, ["account"], account_page(AccountPage::Own), fetch_account_page
);

/// What is shown in place of a page whose chunk did not arrive.
#[component]
pub fn Incomplete() -> impl IntoView {
    language::provide();
    let words = words();
    let on_again = Callback::new(|()| dom::reload());
    view! {
        <PageFrame words>
            <OutcomePanel words outcome=Outcome::Incomplete on_again />
        </PageFrame>
    }
}
