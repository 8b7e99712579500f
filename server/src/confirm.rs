//! `anteroom confirm-address EMAIL`: the operator vouches that an account's address is its owner's, where no
//! mails are sent that could prove it.
//!
//! It reads the same settings as a server and may run beside one. Without it nobody could be an operator on a
//! server without mails: whoever signs up first with an address has an account with it.

use crate::ambient::Machine;
use crate::config::Settings;
use model::EmailAddress;
use service::Ambient;
use store::{Store, accounts};

/// Why nothing was confirmed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    #[error("`{0}` is no e-mail address")]
    NoAddress(String),
    #[error("there is no account with the address {0}")]
    NoSuchAccount(EmailAddress),
    #[error("the database failed: {0}")]
    Store(#[from] store::Error),
}

/// Notes that the account with this address is its owner's; says what the account is called.
pub async fn address(settings: &Settings, email: &str) -> Result<String, ConfirmError> {
    let email = EmailAddress::parse(email).map_err(|_| ConfirmError::NoAddress(email.to_owned()))?;
    let store = Store::open(&settings.database).await?;
    let noted = note(&store, &email).await;
    store.close().await;
    noted?.ok_or(ConfirmError::NoSuchAccount(email))
}

async fn note(store: &Store, email: &EmailAddress) -> Result<Option<String>, store::Error> {
    let Some(row) = accounts::load_by_email(store, email).await? else { return Ok(None) };
    let mut tx = store.begin().await?;
    accounts::save_verified(&mut tx, row.id, Machine.now()).await?;
    tx.commit().await?;
    Ok(Some(row.name.to_string()))
}
