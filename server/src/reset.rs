//! `anteroom reset-password EMAIL`: a link for somebody who forgot the password, where no mails are sent.
//!
//! It reads the same settings as a server and may run beside one. The link works once, within an hour;
//! whoever is handed it gets the account, so it is printed and never logged.

use crate::ambient::Machine;
use crate::config::Settings;
use model::EmailAddress;
use service::accounts::reset_by_operator;
use store::Store;

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    #[error("`{0}` is no e-mail address")]
    NoAddress(String),
    #[error("there is no account with the address {0}")]
    NoSuchAccount(EmailAddress),
    #[error("the database failed: {0}")]
    Store(#[from] store::Error),
    #[error("the link could not be made: {0}")]
    Service(#[from] service::Error),
}

/// Makes a link with which the owner of this address chooses a new password.
pub async fn link(settings: &Settings, email: &str) -> Result<String, ResetError> {
    let email = EmailAddress::parse(email).map_err(|_| ResetError::NoAddress(email.to_owned()))?;
    let store = Store::open(&settings.database).await?;
    let made = reset_by_operator(&store, &Machine, &email).await;
    store.close().await;
    let token = made?.ok_or(ResetError::NoSuchAccount(email))?;
    let scheme = if settings.serves_tls() { "https" } else { "http" };
    let origin =
        settings.origins.first().map_or_else(|| format!("{scheme}://{}", settings.addr), ToString::to_string);
    Ok(format!("{origin}/reset/{}", token.to_hex()))
}
