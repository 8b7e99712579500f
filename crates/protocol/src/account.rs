//! What a page may know of an account, and why something about it was refused.

use crate::ErrorCode;
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
    /// Who the account is at OpenID providers.
    pub identities: Vec<IdentityView>,
    pub ways: SignInWays,
    /// Whether this server takes money, so that there are receipts and balances.
    pub sells: bool,
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

/// Who an account is at an OpenID provider, as its owner knows it.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct IdentityView {
    pub issuer: String,
    pub subject: String,
    /// What people call the provider.
    pub provider: String,
    /// An address or a name there.
    pub label: Option<String>,
    pub created_at: UnixMillis,
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
    /// The OpenID provider does not answer, or not in a way that makes sense.
    ProviderUnreachable,
    /// The person did not want to, and said so at the OpenID provider.
    ProviderCancelled,
    /// Nobody in this browser is on the way to the OpenID provider, or not any more.
    ProviderExpired,
    /// Whom the provider vouched for has another account here.
    IdentityTaken,
    /// There is an account with the person's address, which only its owner may link.
    LinkFirst,
    /// The account is as many people elsewhere as it may be.
    TooManyIdentities,
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
            Self::NotFresh | Self::ProviderCancelled => 403,
            Self::EmailTaken
            | Self::TooManyPasskeys
            | Self::LastWayIn
            | Self::IdentityTaken
            | Self::LinkFirst
            | Self::TooManyIdentities => 409,
            Self::LinkExpired | Self::ProviderExpired => 410,
            Self::NoMail => 501,
            Self::ProviderRefused | Self::ProviderUnreachable => 502,
        }
    }
}

/// How signing in at an OpenID provider may end but by being signed in, each with the word for it in the
/// address of the page that says so.
const PROBLEMS: [(ErrorCode, &str); 10] = [
    (ErrorCode::Account(AccountRefusal::ProviderRefused), "refused"),
    (ErrorCode::Account(AccountRefusal::ProviderUnreachable), "unreachable"),
    (ErrorCode::Account(AccountRefusal::ProviderCancelled), "cancelled"),
    (ErrorCode::Account(AccountRefusal::ProviderExpired), "expired"),
    (ErrorCode::Account(AccountRefusal::IdentityTaken), "taken"),
    (ErrorCode::Account(AccountRefusal::LinkFirst), "link-first"),
    (ErrorCode::Account(AccountRefusal::TooManyIdentities), "too-many"),
    (ErrorCode::Account(AccountRefusal::NotSignedIn), "signed-out"),
    (ErrorCode::TooManyRequests, "too-often"),
    (ErrorCode::Internal, "internal"),
];

/// The word for a problem in the address of a page.
pub fn word_of(problem: ErrorCode) -> &'static str {
    PROBLEMS.iter().find(|(known, _)| *known == problem).map_or("internal", |(_, word)| word)
}

/// The problem that a word in the address of a page stands for.
pub fn problem_of(word: &str) -> Option<ErrorCode> {
    PROBLEMS.iter().find(|(_, known)| *known == word).map(|(problem, _)| *problem)
}
