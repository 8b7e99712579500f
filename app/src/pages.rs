//! One module per page. A page reads the address, asks the server, and composes components of `ui`.

mod account;
mod desk;
mod frame;
mod home;
mod join;
mod not_found;
mod refusal;
mod room;

pub use account::{Forgot, OwnAccount, Reset, SignIn, SignUp, Verify};
pub use desk::{RoomHistory, RoomSettingsPage};
pub use home::Home;
pub use join::JoinByLink;
pub use not_found::NotFound;
pub use room::RoomPage;
