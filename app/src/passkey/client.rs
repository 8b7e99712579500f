//! The browser's half.

pub use browser::passkeys::{are_there, ask, make};
