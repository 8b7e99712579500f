//! What a page may know of an account, and why something about it was refused.

use model::{DisplayName, EmailAddress, UnixMillis};

/// Who is signed in, for the head of every page.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Visitor {
    pub name: DisplayName,
}

/// What this server offers besides a password.
#[derive(Clone, Debug, Default, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SignInWays {
    /// What people call the OpenID provider, if there is one.
    pub provider: Option<String>,
    /// Whether the server can send mails.
    pub mail: bool,
}

/// All that the page of one's own account shows.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AccountView {
    pub name: DisplayName,
    pub email: Option<EmailAddress>,
    /// Whether it was proven that the person reads the mail to this address.
    pub verified: bool,
    pub has_password: bool,
    pub passkeys: Vec<PasskeyView>,
    /// Whether the OpenID provider opens the account.
    pub linked: bool,
    pub ways: SignInWays,
}

/// One passkey, as its owner knows it.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PasskeyView {
    /// The credential id, as base64url.
    pub id: String,
    pub name: DisplayName,
    pub created_at: UnixMillis,
    pub used_at: Option<UnixMillis>,
}

/// What a browser needs to make a passkey.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PasskeyCreation {
    /// To be signed, as it stands.
    pub challenge: String,
    /// What the passkey will name the account by.
    pub user: String,
    /// What the person chooses the passkey by, beside the name.
    pub label: String,
    pub name: DisplayName,
    /// The passkeys that the account has already.
    pub known: Vec<String>,
}

/// A passkey that a browser made. Bytes are hexadecimal digits.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PasskeyCreated {
    /// The credential id, as base64url.
    pub id: String,
    /// What its owner calls it.
    pub name: DisplayName,
    pub client_data: String,
    pub authenticator_data: String,
    /// SubjectPublicKeyInfo.
    pub public_key: String,
    /// The number that COSE gives the algorithm.
    pub algorithm: i64,
}

/// What a passkey says to sign somebody in. Bytes are hexadecimal digits.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PasskeyAsserted {
    /// The credential id, as base64url.
    pub id: String,
    /// What the passkey names the account by.
    pub user: String,
    pub client_data: String,
    pub authenticator_data: String,
    pub signature: String,
}

/// Why something about an account was refused.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRefusal {
    /// The text is no e-mail address.
    BadEmail,
    /// The name is empty or too long.
    BadName,
    PasswordTooShort,
    PasswordTooLong,
    /// The password is among the first that anybody would try.
    PasswordTooCommon,
    /// There is an account with this address.
    EmailTaken,
    /// Address and password do not belong together; which of the two is wrong is not said.
    WrongCredentials,
    /// Only somebody with an account may do this.
    NotSignedIn,
    /// The link was used, has expired, or never was one.
    LinkExpired,
    /// This server sends no mails.
    NoMail,
    /// Only somebody who signed in a moment ago may do this.
    NotFresh,
    /// The passkey is unknown here, or its answer does not hold.
    PasskeyRefused,
    /// The account has as many passkeys as it may.
    TooManyPasskeys,
    /// Without it nothing would open the account.
    LastWayIn,
    /// The OpenID provider did not vouch for anybody.
    ProviderRefused,
    /// Whom the provider vouched for has another account here.
    IdentityTaken,
}

impl AccountRefusal {
    /// The HTTP status that goes with the refusal.
    pub const fn status(self) -> u16 {
        match self {
            Self::BadEmail
            | Self::BadName
            | Self::PasswordTooShort
            | Self::PasswordTooLong
            | Self::PasswordTooCommon => 400,
            Self::WrongCredentials | Self::NotSignedIn | Self::PasskeyRefused => 401,
            Self::NotFresh => 403,
            Self::EmailTaken | Self::TooManyPasskeys | Self::LastWayIn | Self::IdentityTaken => 409,
            Self::LinkExpired => 410,
            Self::NoMail => 501,
            Self::ProviderRefused => 502,
        }
    }
}
