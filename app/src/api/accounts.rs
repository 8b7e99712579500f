//! Server functions about accounts. Those that change something are plain forms, so that they work before
//! the page has come alive; each leads on to the page that comes next.

use super::ApiError;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use protocol::account::{PasskeyAsserted, PasskeyCreated, PasskeyCreation};
use protocol::{AccountView, SignInWays, Visitor};

#[cfg(feature = "ssr")]
use crate::caller::{self, Caller, Ceremony};

/// Where the plain form of every page's corner is sent.
pub const SIGN_OUT: &str = "/api/accounts/sign-out";
/// Where the plain form is sent that leads to the OpenID provider to sign in.
pub const OPENID_SIGN_IN: &str = "/auth/openid";
/// Where the plain form is sent that leads to the OpenID provider to link the account.
pub const OPENID_LINK: &str = "/auth/openid/link";
/// Where the OpenID provider sends people back to.
pub const OPENID_CALLBACK: &str = "/auth/openid/callback";

/// Who is signed in, for the head of every page.
#[server(prefix = "/api", endpoint = "accounts/visitor", input = Json, output = Json)]
pub async fn current_visitor() -> Result<Option<Visitor>, ApiError> {
    match Caller::signed_in_if_asked().await? {
        Some((services, login)) => Ok(Some(services.accounts.visitor(login.user).await?)),
        None => Ok(None),
    }
}

/// All that the page of one's own account shows.
#[server(prefix = "/api", endpoint = "accounts/view", input = Json, output = Json)]
pub async fn view() -> Result<AccountView, ApiError> {
    let (services, login) = Caller::signed_in().await?;
    Ok(services.accounts.view(login.user).await?)
}

/// What this server offers besides a password.
#[server(prefix = "/api", endpoint = "accounts/ways", input = Json, output = Json)]
pub async fn ways() -> Result<SignInWays, ApiError> {
    Ok(caller::services()?.accounts.ways())
}

/// Makes an account, or sends the mail that does.
#[server(prefix = "/api", endpoint = "accounts/sign-up")]
pub async fn sign_up(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    let services = caller::services()?;
    let lang = crate::language::preferred().lang.to_owned();
    let applicant = service::accounts::Applicant { name, email, password, lang };
    match services.accounts.sign_up(Caller::guest().await?, applicant).await? {
        service::accounts::SignedUp::In(login) => caller::enter(login, "/").await,
        service::accounts::SignedUp::CheckMail => caller::lead_to("/sign-up?sent=1"),
    }
}

/// Finishes signing up, by the link of a mail and the password that was chosen.
#[server(prefix = "/api", endpoint = "accounts/confirm")]
pub async fn confirm(
    #[server(default)] token: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    let services = caller::services()?;
    let login = services.accounts.confirm(Caller::guest().await?, &token, &password).await?;
    caller::enter(login, "/").await
}

/// Whether a link that finishes signing up still works.
#[server(prefix = "/api", endpoint = "accounts/confirms", input = Json, output = Json)]
pub async fn confirms(token: String) -> Result<bool, ApiError> {
    Ok(caller::services()?.accounts.confirms(&token).await?)
}

/// Signs in with a password, and leads to `next`, a page of ours.
#[server(prefix = "/api", endpoint = "accounts/sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), ApiError> {
    let services = caller::services()?;
    let login = services.accounts.sign_in(Caller::guest().await?, &email, &password).await?;
    caller::enter(login, &next).await
}

/// Signs this browser out, and ends its calls; harmless if it is not signed in.
#[server(prefix = "/api", endpoint = "accounts/sign-out")]
pub async fn sign_out() -> Result<(), ApiError> {
    caller::leave("/").await
}

/// Signs every other browser out.
#[server(prefix = "/api", endpoint = "accounts/sign-out-everywhere")]
pub async fn sign_out_everywhere() -> Result<(), ApiError> {
    let (services, login, here) = Caller::signed_in_at().await?;
    let login = services.accounts.sign_out_everywhere(login.user, here).await?;
    caller::enter(login, "/account?done=everywhere").await
}

/// Changes the password, and signs every other browser out.
#[server(prefix = "/api", endpoint = "accounts/change-password")]
pub async fn change_password(
    #[server(default)] current: String,
    #[server(default)] new: String,
) -> Result<(), ApiError> {
    let (services, login, here) = Caller::signed_in_at().await?;
    let login = services.accounts.change_password(login, here, (&current, &new)).await?;
    caller::enter(login, "/account?done=password").await
}

/// Deletes the account with all that it alone owns.
#[server(prefix = "/api", endpoint = "accounts/delete")]
pub async fn delete(#[server(default)] password: String) -> Result<(), ApiError> {
    let (services, login) = Caller::signed_in().await?;
    services.accounts.delete(login, &password).await?;
    caller::leave("/sign-in?done=deleted").await
}

/// Mails a link for a new password, if there is such an account; nobody is told which.
#[server(prefix = "/api", endpoint = "accounts/request-reset")]
pub async fn request_reset(#[server(default)] email: String) -> Result<(), ApiError> {
    caller::services()?.accounts.request_reset(&email).await?;
    caller::lead_to("/forgot?sent=1")
}

/// Sets a new password by the link of a mail, and signs every browser out.
#[server(prefix = "/api", endpoint = "accounts/reset")]
pub async fn reset(
    #[server(default)] token: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    caller::services()?.accounts.reset(&token, &password).await?;
    caller::lead_to("/sign-in?done=reset")
}

/// Whether a link for a new password still works.
#[server(prefix = "/api", endpoint = "accounts/resets", input = Json, output = Json)]
pub async fn resets(token: String) -> Result<bool, ApiError> {
    Ok(caller::services()?.accounts.resets(&token).await?)
}

/// What a passkey is to sign, for somebody who is about to sign in.
#[server(prefix = "/api", endpoint = "accounts/passkey-challenge", input = Json, output = Json)]
pub async fn passkey_challenge() -> Result<String, ApiError> {
    caller::challenge(Ceremony::Get).await
}

/// Signs in with a passkey, and leads to `next`, a page of ours.
#[server(prefix = "/api", endpoint = "accounts/passkey-sign-in", input = Json, output = Json)]
pub async fn passkey_sign_in(said: PasskeyAsserted, next: String) -> Result<(), ApiError> {
    let services = caller::services()?;
    let (browser, asked) = (Caller::guest().await?, caller::take_challenge(Ceremony::Get).await?);
    let login = services.accounts.sign_in_with_passkey(browser, asked, said).await?;
    caller::enter(login, &next).await
}

/// What the browser needs to make a passkey.
#[server(prefix = "/api", endpoint = "accounts/begin-passkey", input = Json, output = Json)]
pub async fn begin_passkey() -> Result<PasskeyCreation, ApiError> {
    let (services, login) = Caller::signed_in().await?;
    Ok(services.accounts.passkey_creation(login.user, caller::challenge(Ceremony::Create).await?).await?)
}

/// Keeps a passkey that the browser made.
#[server(prefix = "/api", endpoint = "accounts/add-passkey", input = Json, output = Json)]
pub async fn add_passkey(made: PasskeyCreated) -> Result<(), ApiError> {
    let (services, login) = Caller::signed_in().await?;
    services.accounts.add_passkey(login.user, caller::take_challenge(Ceremony::Create).await?, made).await?;
    caller::lead_to("/account?done=passkey")
}

/// Takes a passkey away, unless nothing else opens the account.
#[server(prefix = "/api", endpoint = "accounts/remove-passkey")]
pub async fn remove_passkey(#[server(default)] id: String) -> Result<(), ApiError> {
    let (services, login) = Caller::signed_in().await?;
    services.accounts.remove_passkey(login.user, &id).await?;
    caller::lead_to("/account?done=passkey-removed")
}

/// Forgets who the account is elsewhere, unless nothing else opens it.
#[server(prefix = "/api", endpoint = "accounts/unlink")]
pub async fn unlink(
    #[server(default)] issuer: String,
    #[server(default)] subject: String,
) -> Result<(), ApiError> {
    let (services, login) = Caller::signed_in().await?;
    services.accounts.unlink(login.user, &issuer, &subject).await?;
    caller::lead_to("/account?done=unlinked")
}
