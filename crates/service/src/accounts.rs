//! The use cases of an account: signing up, in and out, passwords, and deleting it.
//!
//! ```text
//! no mail:   sign_up ─────────────────────────────▶ account, signed in
//! mail:      sign_up ─▶ mail ─▶ confirm + password ─▶ account, signed in
//! forgotten: request_reset ─▶ mail ─▶ reset ─▶ signed out everywhere
//! ```
//!
//! An account is a user id with a row of its own: whoever is signed in acts as that user. The first
//! account of a browser takes over the browser's own id; signing in to another moves what the browser
//! owned there. A login counts only while it carries the account's epoch; signing out everywhere begins
//! a new one. A call ends with the login by which it was joined.
//!
//! | module | holds |
//! |---|---|
//! | `links` | what happens by mail |
//! | `passkeys` | signing in without a password |
//! | `vouched` | signing in as whom an OpenID provider vouches for |
//!
//! Invariants: nobody learns whether an address has an account, neither by the answer nor by its time,
//! where mails can be sent; a password is checked as often as the account's rate allows.
//! Not here: cookies, pages, and how often one network address may ask; those are `server`'s.

mod links;
mod passkeys;
mod vouched;

pub use links::reset_by_operator;
pub use passkeys::Asked;
pub use vouched::Vouched;

use crate::Error;
use crate::mail::{Mail, MailAbout, MailPort};
use crate::passwords::Passwords;
use crate::people::ringing;
use crate::rate::{Limiter, MAILS, PASSWORDS};
use crate::rooms::Rooms;
use crate::secret::email_key;
use crate::time::Ambient;
use domain::account::{Password, is_fresh};
use domain::ring::{Ring, Stage};
use domain::room::Browsers;
use model::{DeviceId, DisplayName, EmailAddress, UnixMillis, UserId};
use protocol::{AccountRefusal, AccountView, Errand, ErrorCode, SignInWays, Visitor};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::accounts::{self, AccountRow};
use store::identities;
use store::{Store, Transaction};

/// How many accounts and addresses the limits remember.
const REMEMBERED: usize = 20_000;

/// The use cases of accounts. Cheap to clone.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    store: Store,
    ambient: Arc<dyn Ambient>,
    rooms: Rooms,
    origins: Vec<String>,
    mail: Option<Arc<dyn MailPort>>,
    provider: Option<Provider>,
    passwords: Passwords,
    limits: Mutex<Limits>,
}

struct Limits {
    passwords: Limiter<u128>,
    mails: Limiter<u128>,
}

/// What accounts are made of. `mail` and `provider` are absent where the operator has none.
pub struct Parts {
    pub store: Store,
    pub ambient: Arc<dyn Ambient>,
    pub rooms: Rooms,
    /// The origins of our own pages; empty means whatever host the browser asked for.
    pub origins: Vec<String>,
    pub mail: Option<Arc<dyn MailPort>>,
    pub provider: Option<Provider>,
}

/// The OpenID provider that people may sign in with.
#[derive(Clone, Debug)]
pub struct Provider {
    /// What people call it.
    pub name: String,
    /// The address by which it calls itself.
    pub issuer: String,
}

/// Somebody who asks for an account.
#[derive(Clone, Debug)]
pub struct Applicant {
    pub name: String,
    pub email: String,
    pub password: String,
    /// The language that the person reads.
    pub lang: String,
}

/// Who is signed in from now on, and what proves it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SignedIn {
    pub user: UserId,
    pub epoch: i64,
    pub at: UnixMillis,
}

/// What became of signing up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignedUp {
    In(SignedIn),
    /// A mail is on its way, whatever it says.
    CheckMail,
}

impl Accounts {
    /// Puts the use cases together.
    pub fn new(parts: Parts) -> Self {
        let Parts { store, ambient, rooms, origins, mail, provider } = parts;
        let limits =
            Limits { passwords: Limiter::new(PASSWORDS, REMEMBERED), mails: Limiter::new(MAILS, REMEMBERED) };
        let passwords = Passwords::new(ambient.clone());
        Self(Arc::new(Inner {
            store,
            ambient,
            rooms,
            origins,
            mail,
            provider,
            passwords,
            limits: Mutex::new(limits),
        }))
    }

    /// The origins of our own pages; empty means whatever host the browser asked for.
    pub fn origins(&self) -> &[String] {
        &self.0.origins
    }

    /// What this server offers besides a password.
    pub fn ways(&self) -> SignInWays {
        let provider = self.0.provider.as_ref().map(|provider| provider.name.clone());
        SignInWays { provider, mail: self.0.mail.is_some() }
    }

    /// Makes an account. Where mails can be sent, it comes to be when the link is followed.
    pub async fn sign_up(&self, browser: Option<UserId>, applicant: Applicant) -> Result<SignedUp, Error> {
        let name = DisplayName::parse(&applicant.name).map_err(|_| AccountRefusal::BadName)?;
        let email = parse_email(&applicant.email)?;
        let password = Password::parse(&applicant.password, Some(&email))?;
        if self.0.mail.is_some() {
            self.mail_sign_up(links::Sheet { name, email, password, lang: applicant.lang }).await?;
            return Ok(SignedUp::CheckMail);
        }
        let row = AccountRow {
            id: browser.unwrap_or_else(|| UserId::from_bits(self.0.ambient.draw())),
            email: Some(email),
            name,
            password_hash: Some(self.0.passwords.hash(password).await?),
            lang: applicant.lang,
            epoch: 1,
            created_at: self.now(),
            verified_at: None,
        };
        let mut tx = self.0.store.begin().await?;
        let signed_in = self.found(&mut tx, row).await?;
        tx.commit().await?;
        Ok(SignedUp::In(signed_in))
    }

    /// Signs in with a password. What the browser owned without an account is the account's from now on.
    pub async fn sign_in(
        &self,
        browser: Option<UserId>,
        email: &str,
        password: &str,
    ) -> Result<SignedIn, Error> {
        let Ok(email) = EmailAddress::parse(email) else {
            return Err(AccountRefusal::BadEmail.into());
        };
        let row = self.check_password_of(&email, password).await?;
        self.enter(browser, &row).await
    }

    /// Who is signed in, for the head of a page.
    pub async fn visitor(&self, user: UserId) -> Result<Visitor, Error> {
        Ok(Visitor { name: self.load(user).await?.name })
    }

    /// All that the page of one's own account shows.
    pub async fn view(&self, user: UserId) -> Result<AccountView, Error> {
        let row = self.load(user).await?;
        Ok(AccountView {
            name: row.name,
            email: row.email,
            verified: row.verified_at.is_some(),
            has_password: row.password_hash.is_some(),
            passkeys: self.passkeys(user).await?,
            identities: self.identities(user).await?,
            ways: self.ways(),
            sells: self.0.rooms.sells(),
        })
    }

    /// Ends every login of the account, with the calls that were joined by it. The browser that asked gets a
    /// new one, and its calls go on.
    pub async fn sign_out_everywhere(&self, user: UserId, here: DeviceId) -> Result<SignedIn, Error> {
        let mut tx = self.0.store.begin().await?;
        let epoch = self.begin_epoch(&mut tx, user).await?;
        tx.commit().await?;
        self.0.rooms.sign_out(user, Browsers::AllBut(here)).await?;
        Ok(SignedIn { user, epoch, at: self.now() })
    }

    /// Changes the password, and ends every other login with its calls. An account without one gets its
    /// first.
    pub async fn change_password(
        &self,
        caller: SignedIn,
        here: DeviceId,
        (current, new): (&str, &str),
    ) -> Result<SignedIn, Error> {
        let row = self.load(caller.user).await?;
        let new = Password::parse(new, row.email.as_ref())?;
        self.prove_owner(caller, &row, current).await?;
        let hash = self.0.passwords.hash(new).await?;
        let mut tx = self.0.store.begin().await?;
        accounts::save_password(&mut tx, row.id, &hash).await?;
        let epoch = self.begin_epoch(&mut tx, row.id).await?;
        tx.commit().await?;
        self.tell(&row, MailAbout::PasswordChanged);
        self.0.rooms.sign_out(row.id, Browsers::AllBut(here)).await?;
        Ok(SignedIn { user: row.id, epoch, at: self.now() })
    }

    /// Deletes the account with all that it alone owns, and ends its rooms.
    pub async fn delete(&self, caller: SignedIn, password: &str) -> Result<(), Error> {
        let row = self.load(caller.user).await?;
        self.prove_owner(caller, &row, password).await?;
        let ghost = UserId::from_bits(self.0.ambient.draw());
        let contacts = store::contacts::load_ids(&self.0.store, row.id).await?;
        let call = store::rings::load_live(&self.0.store, row.id).await?;
        // The account goes last: whatever fails before, its owner is there to ask again.
        self.0.rooms.forget(row.id, ghost).await?;
        let mut tx = self.0.store.begin().await?;
        accounts::delete(&mut tx, row.id).await?;
        tx.commit().await?;
        // Another browser of theirs may have come in somewhere meanwhile; from now on none does.
        self.0.rooms.forget(row.id, ghost).await?;
        self.0.rooms.sign_out(row.id, Browsers::All).await?;
        self.0.rooms.note_gone(&contacts);
        if let Some(Ring { id, stage: Stage::Connected { room, .. }, .. }) = call {
            // The other stays in no call with nobody. Where it has ended meanwhile there is nothing to do.
            match self.0.rooms.errand(ringing::owner(id), room, Errand::End).await {
                Ok(()) | Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        tracing::info!(user.id = %row.id, "An account was deleted.");
        Ok(())
    }

    /// Forgets links that have expired; says how many there were.
    pub async fn sweep(&self) -> Result<u64, Error> {
        Ok(store::links::delete_expired(&self.0.store, self.now()).await?)
    }

    /// Finds the account to an address and password; which of the two is wrong is not said.
    async fn check_password_of(&self, email: &EmailAddress, password: &str) -> Result<AccountRow, Error> {
        self.take_password_token(email_key(email))?;
        let row = accounts::load_by_email(&self.0.store, email).await?;
        let hash = row.as_ref().and_then(|row| row.password_hash.as_deref());
        let fits = self.0.passwords.check(password, hash).await?;
        row.filter(|_| fits).ok_or(AccountRefusal::WrongCredentials.into())
    }

    /// Makes sure that it is the owner who asks: by the password, or where there is none by having
    /// signed in a moment ago.
    async fn prove_owner(&self, caller: SignedIn, row: &AccountRow, password: &str) -> Result<(), Error> {
        let Some(hash) = &row.password_hash else {
            return if is_fresh(caller.at, self.now()) {
                Ok(())
            } else {
                Err(AccountRefusal::NotFresh.into())
            };
        };
        self.take_password_token(row.id.bits())?;
        if self.0.passwords.check(password, Some(hash)).await? {
            return Ok(());
        }
        Err(AccountRefusal::WrongCredentials.into())
    }

    /// Refuses to leave an account without anything that opens it. The account is locked.
    async fn require_a_way_in(&self, tx: &mut Transaction, user: UserId) -> Result<(), Error> {
        let issuer = self.0.provider.as_ref().map(|provider| provider.issuer.as_str());
        match identities::count_ways_in(tx, user, issuer).await? {
            0 => Err(AccountRefusal::LastWayIn.into()),
            _ => Ok(()),
        }
    }

    /// Writes a new account.
    async fn found(&self, tx: &mut Transaction, row: AccountRow) -> Result<SignedIn, Error> {
        if !accounts::insert_new(tx, &row).await? {
            return Err(AccountRefusal::EmailTaken.into());
        }
        tracing::info!(user.id = %row.id, "An account was made.");
        Ok(SignedIn { user: row.id, epoch: row.epoch, at: self.now() })
    }

    /// Signs in to an account that exists, moving what the browser owned.
    async fn enter(&self, browser: Option<UserId>, row: &AccountRow) -> Result<SignedIn, Error> {
        if let Some(from) = browser.filter(|from| *from != row.id) {
            self.0.rooms.adopt(from, row.id).await?;
        }
        Ok(SignedIn { user: row.id, epoch: row.epoch, at: self.now() })
    }

    async fn begin_epoch(&self, tx: &mut Transaction, user: UserId) -> Result<i64, Error> {
        let begun = accounts::sign_out_everywhere(tx, user).await?;
        begun.ok_or(AccountRefusal::NotSignedIn.into())
    }

    async fn load(&self, user: UserId) -> Result<AccountRow, Error> {
        let row = accounts::load(&self.0.store, user).await?;
        row.ok_or(AccountRefusal::NotSignedIn.into())
    }

    /// Sends a mail to the owner of an account, if there is a way and an address.
    fn tell(&self, row: &AccountRow, about: MailAbout) {
        if let (Some(mail), Some(to)) = (&self.0.mail, &row.email) {
            mail.send(Mail {
                to: to.clone(),
                name: Some(row.name.clone()),
                lang: row.lang.clone(),
                about,
                stop: None,
            });
        }
    }

    fn take_password_token(&self, key: u128) -> Result<(), Error> {
        let now = self.now();
        if self.limits().passwords.take(key, now) {
            return Ok(());
        }
        Err(Error::Refused(ErrorCode::TooManyRequests))
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        // Each change to the tables is one call, so a panic elsewhere cannot have left them half done.
        self.0.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> UnixMillis {
        self.0.ambient.now()
    }
}

fn parse_email(text: &str) -> Result<EmailAddress, Error> {
    EmailAddress::parse(text).map_err(|_| AccountRefusal::BadEmail.into())
}
