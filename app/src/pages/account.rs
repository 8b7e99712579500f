//! The pages of accounts.
//!
//! | module | address |
//! |---|---|
//! | [`sign_in`] | `/sign-in` |
//! | [`sign_up`] | `/sign-up` |
//! | [`forgot`] | `/forgot` |
//! | [`reset`] | `/reset/{token}` |
//! | [`verify`] | `/verify/{token}` |
//! | [`own`] | `/account` |
//! | `passkeys` | what both ends do with passkeys |
//! | `openid` | what they do with the OpenID provider |
//! | `form` | what their forms have in common |

pub mod forgot;
mod form;
mod openid;
pub mod own;
mod passkeys;
pub mod reset;
pub mod sign_in;
pub mod sign_up;
pub mod verify;

pub use forgot::Forgot;
pub use own::OwnAccount;
pub use reset::Reset;
pub use sign_in::SignIn;
pub use sign_up::SignUp;
pub use verify::Verify;
