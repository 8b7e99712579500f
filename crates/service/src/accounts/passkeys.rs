//! Passkeys: registered by whoever is signed in, and a way to sign in without a password.
//!
//! The challenge is drawn here and kept by whoever asked for it, in the session: an answer counts once, and
//! only in the browser that was asked.

use super::{Accounts, SignedIn};
use crate::Error;
use crate::secret::LinkToken;
use crate::webauthn::{Credential, Expected, bytes, hex};
use domain::account::PASSKEYS;
use model::UserId;
use protocol::account::{PasskeyAsserted, PasskeyCreated, PasskeyCreation};
use protocol::{AccountRefusal, PasskeyView};
use store::accounts;
use store::identities::{self, PasskeyRow};

/// What an answer is measured by.
pub struct Asked {
    /// What [`Accounts::challenge`] drew.
    pub challenge: String,
    /// The origins of our own pages.
    pub origins: Vec<String>,
}

impl Accounts {
    /// Draws what a passkey must sign next.
    pub fn challenge(&self) -> String {
        LinkToken::draw(&*self.0.ambient).to_hex()
    }

    /// What the browser needs to make a passkey for this account.
    pub async fn passkey_creation(&self, user: UserId, challenge: String) -> Result<PasskeyCreation, Error> {
        let row = self.load(user).await?;
        let known = identities::load_passkeys(&self.0.store, user).await?;
        if known.len() >= PASSKEYS {
            return Err(AccountRefusal::TooManyPasskeys.into());
        }
        let label = row.email.map_or_else(|| row.name.to_string(), String::from);
        Ok(PasskeyCreation {
            challenge,
            user: user.to_hex(),
            label,
            name: row.name,
            known: known.into_iter().map(|key| key.id).collect(),
        })
    }

    /// Keeps a passkey that the browser made.
    pub async fn add_passkey(&self, user: UserId, asked: Asked, made: PasskeyCreated) -> Result<(), Error> {
        let expected =
            Expected { kind: "webauthn.create", challenge: &asked.challenge, origins: &asked.origins };
        let refused = |_| Error::from(AccountRefusal::PasskeyRefused);
        let (client_data, data) =
            (bytes(&made.client_data).map_err(refused)?, bytes(&made.authenticator_data).map_err(refused)?);
        let key = (made.algorithm, bytes(&made.public_key).map_err(refused)?);
        let credential = Credential::register(&expected, &client_data, &data, key).map_err(refused)?;
        if made.id.is_empty() || made.id.len() > 1_400 || !made.id.is_ascii() {
            return Err(AccountRefusal::PasskeyRefused.into());
        }
        let row = PasskeyRow {
            id: made.id,
            account: user,
            name: made.name,
            credential: credential.to_string(),
            created_at: self.now(),
            used_at: None,
        };
        let mut tx = self.0.store.begin().await?;
        accounts::lock(&mut tx, user).await?;
        if !identities::insert_passkey(&mut tx, &row, PASSKEYS).await? {
            return Err(AccountRefusal::PasskeyRefused.into());
        }
        tx.commit().await?;
        Ok(())
    }

    /// Signs in with a passkey, which names the account by itself.
    pub async fn sign_in_with_passkey(
        &self,
        browser: Option<UserId>,
        asked: Asked,
        said: PasskeyAsserted,
    ) -> Result<SignedIn, Error> {
        let refused = |_| Error::from(AccountRefusal::PasskeyRefused);
        let found = identities::load_passkey(&self.0.store, &said.id).await?;
        let key = found.ok_or(AccountRefusal::PasskeyRefused)?;
        if said.user != hex(key.account.to_hex().as_bytes()) {
            return Err(AccountRefusal::PasskeyRefused.into());
        }
        let mut credential: Credential = key.credential.parse().map_err(refused)?;
        let expected =
            Expected { kind: "webauthn.get", challenge: &asked.challenge, origins: &asked.origins };
        let (client_data, data) =
            (bytes(&said.client_data).map_err(refused)?, bytes(&said.authenticator_data).map_err(refused)?);
        let signature = bytes(&said.signature).map_err(refused)?;
        credential.verify(&expected, (&client_data, &data), &signature).map_err(refused)?;
        let change = (key.credential.as_str(), &*credential.to_string());
        if !identities::save_passkey_use(&self.0.store, &key.id, change, self.now()).await? {
            return Err(AccountRefusal::PasskeyRefused.into());
        }
        let row = accounts::load(&self.0.store, key.account).await?;
        self.enter(browser, &row.ok_or(AccountRefusal::PasskeyRefused)?).await
    }

    /// Takes a passkey away, unless nothing else opens the account.
    pub async fn remove_passkey(&self, user: UserId, id: &str) -> Result<(), Error> {
        let mut tx = self.0.store.begin().await?;
        accounts::lock(&mut tx, user).await?;
        // Whoever asks twice, or for somebody else's, finds nothing to take away.
        if identities::delete_passkey(&mut tx, user, id).await? {
            self.require_a_way_in(&mut tx, user).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn passkeys(&self, user: UserId) -> Result<Vec<PasskeyView>, Error> {
        let rows = identities::load_passkeys(&self.0.store, user).await?;
        let view = |row: PasskeyRow| PasskeyView {
            id: row.id,
            name: row.name,
            created_at: row.created_at,
            used_at: row.used_at,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
