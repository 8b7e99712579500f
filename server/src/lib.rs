//! The thin shell around everything: HTTP, sockets, threads, settings and shutdown.
//!
//! | module | holds |
//! |---|---|
//! | [`config`] | settings and their sources |
//! | [`startup`] | the application: built, run and stopped; tests build it too |
//! | [`routes`] | which address leads where, and what every request passes |
//! | [`guard`], [`throttle`], [`address`] | who may ask, and how often |
//! | [`headers`] | what answers tell the browser about themselves |
//! | [`login`] | the cookie and the records behind it |
//! | [`typed`] | what was typed into a form that was refused, where no script keeps it |
//! | [`signal`], [`mod@line`] | the call socket; the line of a page that rings |
//! | [`history`] | a room's history as a file, for its host |
//! | `papers` | what payers and hosts read about their money |
//! | `csv` | tables for spreadsheets |
//! | [`audit`] | whether the histories are what was written |
//! | [`ledger`] | whether the ledger is sound, and says what the paid sessions say |
//! | [`reset`] | a link for a forgotten password, from the operator's hand |
//! | [`node`] | who this server is among others on the same database |
//! | [`mail`] | mails, by SMTP |
//! | [`exchange`] | one request to another service, bounded in time and size |
//! | [`openid`] | signing in with an OpenID provider |
//! | `till`, [`stripe`] | who takes the money; payments by Stripe |
//! | [`load`] | how much the server bears |
//! | [`media`] | the threads that forward sound and picture |
//! | [`sweep`] | what is thrown away because its time is over |
//! | [`tls`], [`health`], [`telemetry`], [`shutdown`], [`ambient`] | what their names say |
//!
//! Not here: rules. Whatever a person may be told no for is decided in `domain` or `service`.

pub mod address;
pub mod ambient;
pub mod audit;
pub mod config;
pub mod confirm;
mod csv;
pub mod exchange;
pub mod guard;
pub mod headers;
pub mod health;
pub mod history;
mod invitation;
pub mod ledger;
pub mod line;
pub mod load;
pub mod login;
pub mod mail;
pub mod media;
pub mod metrics;
pub mod node;
pub mod openid;
mod papers;
mod pay;
pub mod refusal;
pub mod reset;
pub mod routes;
pub mod selfcheck;
pub mod shutdown;
pub mod signal;
pub mod startup;
pub mod stream;
pub mod stripe;
pub mod sweep;
pub mod telemetry;
mod test_checkout;
pub mod throttle;
mod till;
pub mod tls;
pub mod typed;
