//! One module per page. A page reads the address, asks the server, and composes components of `ui`.

mod account;
mod chunks;
mod desk;
mod frame;
mod home;
mod join;
mod meet;
mod not_found;
mod other_account;
mod people;
pub(crate) mod refusal;
mod room;

pub use chunks::{
    ForgotRoute, HistoryRoute, MeetRoute, OwnAccountRoute, PeopleRoute, ResetRoute, RoomRoute, SettingsRoute,
    SignInRoute, SignUpRoute, VerifyRoute,
};
#[cfg(feature = "hydrate")]
pub use chunks::{Incomplete, ready};
pub use home::Home;
pub use join::JoinByLink;
pub use not_found::NotFound;
