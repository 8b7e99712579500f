//! What happens by mail: confirming an address, and setting a forgotten password.
//!
//! | link | may lie | what else it takes | what it does |
//! |---|---|---|---|
//! | confirm | a day | the password that was chosen | makes the account |
//! | reset | an hour | | sets a password, signs out everywhere |
//!
//! A link in a mail is opened by scanners, too: looking at its page uses nothing up. Confirming asks for
//! the password because whoever signed up with somebody else's address knows it, and whoever reads that
//! mail does not.

use super::{Accounts, SignedIn};
use crate::Error;
use crate::mail::{Mail, MailAbout, MailPort};
use crate::secret::{LinkToken, email_key};
use crate::time::Ambient;
use domain::account::{CONFIRMATION_MS, Password, RESET_MS};
use domain::room::Browsers;
use model::{DisplayName, EmailAddress, UserId};
use protocol::{AccountRefusal, ErrorCode};
use std::sync::Arc;
use store::accounts::{self, AccountRow};
use store::links::{self, SignUp};
use store::{Store, identities};

/// What somebody filled in who asks for an account, all of it sound.
pub(super) struct Sheet {
    pub name: DisplayName,
    pub email: EmailAddress,
    pub password: Password,
    pub lang: String,
}

impl Accounts {
    /// Mails the link that makes the account, or word that there is one. The answer and its time are the
    /// same for both.
    pub(super) async fn mail_sign_up(&self, sheet: Sheet) -> Result<(), Error> {
        let mail = self.post()?;
        let hash = self.0.passwords.hash(sheet.password).await?;
        if !self.may_mail(&sheet.email) {
            return Err(Error::Refused(ErrorCode::TooManyRequests));
        }
        let token = LinkToken::draw(&*self.0.ambient);
        let sign_up = SignUp {
            email: sheet.email.clone(),
            name: sheet.name.clone(),
            password_hash: hash,
            lang: sheet.lang.clone(),
        };
        let expires_at = self.now().plus(CONFIRMATION_MS);
        // Kept in both cases, so that both take as long; where there is an account it leads nowhere.
        links::insert_sign_up(&self.0.store, &token.hash(), &sign_up, expires_at).await?;
        let known = accounts::load_by_email(&self.0.store, &sheet.email).await?;
        let about = if known.is_some() { MailAbout::Taken } else { MailAbout::Confirm(token) };
        mail.send(Mail { to: sheet.email, name: Some(sheet.name), lang: sheet.lang, about, stop: None });
        Ok(())
    }

    /// Makes the account that a link stands for and signs in.
    pub async fn confirm(
        &self,
        browser: Option<UserId>,
        token: &str,
        password: &str,
    ) -> Result<SignedIn, Error> {
        let token = parse(token)?;
        let found = links::load_sign_up(&self.0.store, &token.hash(), self.now()).await?;
        let sign_up = found.ok_or(AccountRefusal::LinkExpired)?;
        self.take_password_token(email_key(&sign_up.email))?;
        if !self.0.passwords.check(password, Some(&sign_up.password_hash)).await? {
            return Err(AccountRefusal::WrongCredentials.into());
        }
        let mut tx = self.0.store.begin().await?;
        if !links::take_sign_up(&mut tx, &token.hash(), &sign_up.email).await? {
            return Err(AccountRefusal::LinkExpired.into());
        }
        let row = AccountRow {
            id: browser.unwrap_or_else(|| UserId::from_bits(self.0.ambient.draw())),
            email: Some(sign_up.email),
            name: sign_up.name,
            password_hash: Some(sign_up.password_hash),
            lang: sign_up.lang,
            epoch: 1,
            created_at: self.now(),
            verified_at: Some(self.now()),
        };
        let signed_in = self.found(&mut tx, row).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Mails the link that sets a new password, if there is an account; nobody is told which.
    pub async fn request_reset(&self, email: &str) -> Result<(), Error> {
        let email = super::parse_email(email)?;
        let mail = self.post()?;
        if !self.may_mail(&email) {
            return Err(Error::Refused(ErrorCode::TooManyRequests));
        }
        // Beside the answer, so that its time tells nothing.
        let accounts = self.clone();
        tokio::spawn(async move {
            if let Err(error) = accounts.mail_reset(mail, &email).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "A link for a new password could not be made.");
            }
        });
        Ok(())
    }

    async fn mail_reset(&self, mail: Arc<dyn MailPort>, email: &EmailAddress) -> Result<(), Error> {
        let Some(row) = accounts::load_by_email(&self.0.store, email).await? else { return Ok(()) };
        let about = MailAbout::Reset(draw_reset(&self.0.store, &*self.0.ambient, row.id).await?);
        mail.send(Mail { to: email.clone(), name: Some(row.name), lang: row.lang, about, stop: None });
        Ok(())
    }

    /// Sets a new password by a link. Every login ends. Where the address was not proven before, so does
    /// everything else that opens the account: whoever set that up may never have owned the address.
    pub async fn reset(&self, token: &str, new: &str) -> Result<(), Error> {
        let token = parse(token)?;
        let found = links::load_reset(&self.0.store, &token.hash(), self.now()).await?;
        let row = self.load(found.ok_or(AccountRefusal::LinkExpired)?).await?;
        let new = Password::parse(new, row.email.as_ref())?;
        let hash = self.0.passwords.hash(new).await?;
        let mut tx = self.0.store.begin().await?;
        if !links::take_reset(&mut tx, &token.hash(), row.id).await? {
            return Err(AccountRefusal::LinkExpired.into());
        }
        if row.verified_at.is_none() {
            identities::delete_all(&mut tx, row.id).await?;
            // Without mails the link came from the operator, which proves nothing about the address.
            if self.0.mail.is_some() {
                accounts::save_verified(&mut tx, row.id, self.now()).await?;
            }
        }
        accounts::save_password(&mut tx, row.id, &hash).await?;
        self.begin_epoch(&mut tx, row.id).await?;
        tx.commit().await?;
        self.tell(&row, MailAbout::PasswordChanged);
        self.0.rooms.sign_out(row.id, Browsers::All).await
    }

    /// Whether a link that makes an account still works; looking uses nothing up.
    pub async fn confirms(&self, token: &str) -> Result<bool, Error> {
        let Ok(token) = parse(token) else { return Ok(false) };
        Ok(links::load_sign_up(&self.0.store, &token.hash(), self.now()).await?.is_some())
    }

    /// Whether a link that sets a password still works; looking uses nothing up.
    pub async fn resets(&self, token: &str) -> Result<bool, Error> {
        let Ok(token) = parse(token) else { return Ok(false) };
        Ok(links::load_reset(&self.0.store, &token.hash(), self.now()).await?.is_some())
    }

    fn post(&self) -> Result<Arc<dyn MailPort>, Error> {
        self.0.mail.clone().ok_or(AccountRefusal::NoMail.into())
    }

    fn may_mail(&self, email: &EmailAddress) -> bool {
        let now = self.now();
        self.limits().mails.take(email_key(email), now)
    }
}

/// A link that sets a new password, for an operator to hand over; nothing if there is no such account.
pub async fn reset_by_operator(
    store: &Store,
    ambient: &dyn Ambient,
    email: &EmailAddress,
) -> Result<Option<LinkToken>, Error> {
    match accounts::load_by_email(store, email).await? {
        Some(row) => Ok(Some(draw_reset(store, ambient, row.id).await?)),
        None => Ok(None),
    }
}

async fn draw_reset(store: &Store, ambient: &dyn Ambient, account: UserId) -> Result<LinkToken, Error> {
    let token = LinkToken::draw(ambient);
    links::insert_reset(store, &token.hash(), account, ambient.now().plus(RESET_MS)).await?;
    Ok(token)
}

fn parse(token: &str) -> Result<LinkToken, Error> {
    token.parse().map_err(|_| AccountRefusal::LinkExpired.into())
}
