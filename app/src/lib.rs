//! The Leptos application: pages, server functions, and the bridge from a page to its call.
//!
//! | module | holds |
//! |---|---|
//! | [`mod@shell`] | the HTML document around every page |
//! | [`routes`] | which address shows which page |
//! | [`pages`] | one module per page; they compose components of `ui` |
//! | [`api`] | server functions: name the caller, call `service`, nothing else |
//! | [`caller`], [`mails`], [`leaving`] | who asks; what mails say; the page on to another service (server only) |
//! | [`papers`] | what payers and hosts read about their money (server only) |
//! | [`test_page`] | the checkout at which no money moves (server only) |
//! | [`turned_away`] | the page for those whose request goes no further (server only) |
//! | `passkey` | the browser's passkeys |
//! | `dom` | the few things that pages ask of the browser outside a call |
//! | [`visitor`] | who is signed in, as every page shows it |
//! | `line` | the line of a page that rings, and its bell |
//! | [`typed`] | what stood in a form that was refused before the page was alive |
//! | `pricing` | what a room is to cost, as the fields of a form say it |
//! | [`room`] | the bridge from a page to `browser::Driver`; inert on the server |
//!
//! Not here: SQL, rules about rooms, sockets. Feature `ssr` is the server's half, `hydrate` the browser's.

pub mod api;
#[cfg(feature = "ssr")]
pub mod caller;
mod dom;
pub mod language;
#[cfg(feature = "ssr")]
pub mod leaving;
mod line;
#[cfg(feature = "ssr")]
pub mod mails;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod papers;
mod passkey;
mod pricing;
pub mod room;
pub mod routes;
pub mod shell;
#[cfg(feature = "ssr")]
pub mod test_page;
#[cfg(feature = "ssr")]
pub mod turned_away;
pub mod typed;
pub mod visitor;

pub use routes::App;
pub use shell::shell;
