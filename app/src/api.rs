//! Server functions: everything that can be refused or must be safe to repeat.
//!
//! Each names the caller and makes one call to `service`. Requests and answers are JSON; a refusal is an
//! [`ApiError`] with the HTTP status of its code. `docs/PROTOCOL.md` lists them all.

pub mod accounts;
pub mod error;
pub mod meet;
pub mod people;
pub mod rooms;

pub use error::ApiError;
