//! `anteroom confirm-address EMAIL`: the operator hands an account to the owner of its address, where no
//! mails are sent that could prove who that is.
//!
//! It reads the same settings as a server and may run beside one. Without it nobody could be an operator on a
//! server without mails. Whoever signed up first with an address has an account with it, so nothing that
//! opened the account until then opens it any more: the owner chooses a password by the link that is printed.

use crate::ambient::Machine;
use crate::config::Settings;
use crate::reset::{self, ResetError};
use model::EmailAddress;
use service::Ambient;
use store::{Store, accounts, identities};

/// Notes that the account with this address is its owner's, and makes the link with which they choose a
/// password.
pub async fn address(settings: &Settings, email: &str) -> Result<String, ResetError> {
    let email = EmailAddress::parse(email).map_err(|_| ResetError::NoAddress(email.to_owned()))?;
    let store = Store::open(&settings.database).await?;
    let noted = note(&store, &email).await;
    store.close().await;
    if !noted? {
        return Err(ResetError::NoSuchAccount(email));
    }
    reset::link(settings, email.as_str()).await
}

async fn note(store: &Store, email: &EmailAddress) -> Result<bool, store::Error> {
    let Some(row) = accounts::load_by_email(store, email).await? else { return Ok(false) };
    let mut tx = store.begin().await?;
    if row.verified_at.is_none() {
        identities::delete_all(&mut tx, row.id).await?;
        accounts::forget_password(&mut tx, row.id).await?;
        accounts::sign_out_everywhere(&mut tx, row.id).await?;
    }
    accounts::save_verified(&mut tx, row.id, Machine.now()).await?;
    tx.commit().await?;
    Ok(true)
}
