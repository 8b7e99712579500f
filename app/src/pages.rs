//! One module per page. A page reads the address, asks the server, and composes components of `ui`.

mod account;
mod chunks;
mod frame;
mod home;
mod join;
mod not_found;
mod refusal;
mod room;

pub use chunks::{
    ForgotRoute, OwnAccountRoute, ResetRoute, RoomRoute, SignInRoute, SignUpRoute, VerifyRoute,
};
#[cfg(feature = "hydrate")]
pub use chunks::{Incomplete, ready};
pub use home::Home;
pub use join::JoinByLink;
pub use not_found::NotFound;
