//! Signing in as whom an OpenID provider vouches for.
//!
//! ```text
//! known here            ─────────────────────────────▶ that account
//! unknown ─┬ its address has no account ─────────────▶ a new account
//!          ├ both sides vouch for the address ───────▶ that account, linked from now on
//!          └ one of them does not ───────────────────▶ refused: sign in as before, and link it there
//! ```
//!
//! Issuer and subject are the person; an address is only what they can be written to. Whoever could link an
//! account by an address that nobody vouched for would take it over, on either side.
//!
//! Not here: HTTP, and what makes the provider's word worth anything; `server::openid` has both.

use super::{Accounts, SignedIn};
use crate::Error;
use domain::account::IDENTITIES;
use model::{DisplayName, EmailAddress, UserId};
use protocol::{AccountRefusal, ErrorCode, IdentityView};
use store::accounts::{self, AccountRow};
use store::identities::{self, IdentityRow};

/// What a provider said of somebody, checked to be its word.
#[derive(Clone, Debug)]
pub struct Vouched {
    pub issuer: String,
    pub subject: String,
    pub name: DisplayName,
    pub email: Option<EmailAddress>,
    /// Whether the provider knows that the person reads the mail to this address.
    pub is_verified: bool,
}

impl Accounts {
    /// Signs in as whom the provider vouched for, who has an account from now on. What the browser owned
    /// without one is the account's.
    pub async fn sign_in_vouched(
        &self,
        browser: Option<UserId>,
        vouched: &Vouched,
        lang: String,
    ) -> Result<SignedIn, Error> {
        if let Some(row) = self.load_vouched(vouched).await? {
            return self.enter(browser, &row).await;
        }
        let known = match &vouched.email {
            Some(email) => accounts::load_by_email(&self.0.store, email).await?,
            None => None,
        };
        let signed_in = match known {
            Some(row) => self.link_by_address(browser, &row, vouched).await?,
            None => self.found_vouched(browser, vouched, lang).await?,
        };
        if let Some(signed_in) = signed_in {
            return Ok(signed_in);
        }
        // The same person was quicker in another window.
        let row = self.load_vouched(vouched).await?.ok_or(AccountRefusal::LinkFirst)?;
        self.enter(browser, &row).await
    }

    /// Signs in to the account that has the person's address, if both sides vouch for it.
    async fn link_by_address(
        &self,
        browser: Option<UserId>,
        row: &AccountRow,
        vouched: &Vouched,
    ) -> Result<Option<SignedIn>, Error> {
        if !vouched.is_verified || row.verified_at.is_none() {
            return Err(AccountRefusal::LinkFirst.into());
        }
        let mut tx = self.0.store.begin().await?;
        if !identities::link(&mut tx, &self.identity(row.id, vouched)).await? {
            return Ok(None);
        }
        tx.commit().await?;
        tracing::info!(user.id = %row.id, "An account was linked to a provider by its address.");
        self.enter(browser, row).await.map(Some)
    }

    /// Makes the account of somebody who has none.
    async fn found_vouched(
        &self,
        browser: Option<UserId>,
        vouched: &Vouched,
        lang: String,
    ) -> Result<Option<SignedIn>, Error> {
        let row = self.account_of(browser, vouched, lang);
        let identity = self.identity(row.id, vouched);
        let mut tx = self.0.store.begin().await?;
        let signed_in = match self.found(&mut tx, row).await {
            Ok(signed_in) => signed_in,
            Err(Error::Refused(ErrorCode::Account(AccountRefusal::EmailTaken))) => return Ok(None),
            Err(error) => return Err(error),
        };
        if !identities::link(&mut tx, &identity).await? {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(signed_in))
    }

    /// Says that an account is whom the provider vouched for, who signs in to it from now on.
    pub async fn link_vouched(&self, user: UserId, vouched: &Vouched) -> Result<(), Error> {
        let row = self.load(user).await?;
        if let Some(owner) = self.load_vouched(vouched).await? {
            return if owner.id == row.id { Ok(()) } else { Err(AccountRefusal::IdentityTaken.into()) };
        }
        if identities::load_identities(&self.0.store, row.id).await?.len() >= IDENTITIES {
            return Err(AccountRefusal::TooManyIdentities.into());
        }
        let mut tx = self.0.store.begin().await?;
        if !identities::link(&mut tx, &self.identity(row.id, vouched)).await? {
            return Err(AccountRefusal::IdentityTaken.into());
        }
        tx.commit().await?;
        tracing::info!(user.id = %row.id, "An account was linked to a provider.");
        Ok(())
    }

    /// Forgets who an account is elsewhere, unless nothing else opens it.
    pub async fn unlink(&self, user: UserId, issuer: &str, subject: &str) -> Result<(), Error> {
        let mut tx = self.0.store.begin().await?;
        accounts::lock(&mut tx, user).await?;
        // Whoever asks twice, or for somebody else's, finds nothing to take away; what opens nothing any more
        // can always go.
        if identities::unlink(&mut tx, user, issuer, subject).await? && self.is_ours(issuer) {
            self.require_a_way_in(&mut tx, user).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn identities(&self, user: UserId) -> Result<Vec<IdentityView>, Error> {
        let rows = identities::load_identities(&self.0.store, user).await?;
        let view = |row: IdentityRow| IdentityView {
            provider: self.name_of(&row.issuer),
            issuer: row.issuer,
            subject: row.subject,
            label: row.label,
            created_at: row.created_at,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Whether this is the provider that people may sign in with here.
    pub(super) fn is_ours(&self, issuer: &str) -> bool {
        self.0.provider.as_ref().is_some_and(|provider| provider.issuer == issuer)
    }

    /// What people call a provider: its name, or the host of one that is not ours any more.
    fn name_of(&self, issuer: &str) -> String {
        match &self.0.provider {
            Some(provider) if provider.issuer == issuer => provider.name.clone(),
            Some(_) | None => {
                let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
                rest.split('/').next().unwrap_or(rest).to_owned()
            }
        }
    }

    async fn load_vouched(&self, vouched: &Vouched) -> Result<Option<AccountRow>, Error> {
        let store = &self.0.store;
        match identities::load_linked(store, &vouched.issuer, &vouched.subject).await? {
            Some(user) => Ok(accounts::load(store, user).await?),
            None => Ok(None),
        }
    }

    fn identity(&self, account: UserId, vouched: &Vouched) -> IdentityRow {
        let label = vouched.email.as_ref().map_or_else(|| vouched.name.to_string(), ToString::to_string);
        IdentityRow {
            issuer: vouched.issuer.clone(),
            subject: vouched.subject.clone(),
            account,
            label: Some(label),
            created_at: self.now(),
        }
    }

    /// The account of somebody new. An address that nobody vouches for is not kept: it may be another's.
    fn account_of(&self, browser: Option<UserId>, vouched: &Vouched, lang: String) -> AccountRow {
        let email = vouched.email.clone().filter(|_| vouched.is_verified);
        AccountRow {
            id: browser.unwrap_or_else(|| UserId::from_bits(self.0.ambient.draw())),
            verified_at: email.is_some().then(|| self.now()),
            email,
            name: vouched.name.clone(),
            password_hash: None,
            lang,
            epoch: 1,
            created_at: self.now(),
        }
    }
}
