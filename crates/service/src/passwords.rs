//! Hashing passwords: slow on purpose, and therefore bounded.
//!
//! Argon2id with the parameters of the OWASP cheat sheet (19 MiB, two passes, one lane), off the async
//! threads. At most as many at once as there are cores to spare; some more wait; the rest are refused, so
//! that a flood of passwords takes neither the memory nor the calls of others.
//! A password that is checked against nothing takes as long as any other, so that time tells nobody
//! whether an account is there.

use crate::Error;
use crate::time::Ambient;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::account::Password;
use protocol::ErrorCode;
use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many may wait for their turn.
const QUEUE: usize = 64;

/// The one place where passwords are hashed and checked.
pub struct Passwords {
    ambient: Arc<dyn Ambient>,
    /// Whoever works.
    working: Semaphore,
    /// Whoever works or waits.
    admitted: Semaphore,
    /// What a password is checked against where there is no account.
    decoy: String,
}

impl Passwords {
    pub fn new(ambient: Arc<dyn Ambient>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let salt = ambient.draw().to_be_bytes();
        Self {
            ambient,
            working: Semaphore::new(cores.div_ceil(2)),
            admitted: Semaphore::new(QUEUE),
            decoy: hash("there is no such account", salt),
        }
    }

    /// The hash of a password, as a PHC string.
    pub async fn hash(&self, password: Password) -> Result<String, Error> {
        let _turn = self.turn().await?;
        let salt = self.ambient.draw().to_be_bytes();
        let hashed = tokio::task::spawn_blocking(move || hash(password.as_str(), salt)).await;
        hashed.map_err(|_| Error::Gone)
    }

    /// Whether a password is the one that was hashed; with no hash it takes as long to say no.
    pub async fn check(&self, password: &str, hash: Option<&str>) -> Result<bool, Error> {
        let _turn = self.turn().await?;
        // A longer one was never accepted, so it cannot be right; its hash would be work for nothing.
        let candidate =
            if password.len() <= 4 * Password::MOST { password.to_owned() } else { String::new() };
        let is_real = hash.is_some();
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        let checked = tokio::task::spawn_blocking(move || {
            argon2().verify_password(candidate.as_bytes(), hash.as_str()).is_ok()
        });
        Ok(checked.await.map_err(|_| Error::Gone)? && is_real)
    }

    async fn turn(&self) -> Result<(SemaphorePermit<'_>, SemaphorePermit<'_>), Error> {
        let admitted = self.admitted.try_acquire().map_err(|_| Error::Refused(ErrorCode::Overloaded))?;
        let working = self.working.acquire().await.map_err(|_| Error::Gone)?;
        Ok((working, admitted))
    }
}

fn hash(password: &str, salt: [u8; 16]) -> String {
    let hashed = argon2().hash_password_with_salt(password.as_bytes(), &salt);
    hashed.expect("the parameters are sound and the salt is long enough").to_string()
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are within bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::UnixMillis;

    struct Still;

    impl Ambient for Still {
        fn now(&self) -> UnixMillis {
            UnixMillis(0)
        }

        fn draw(&self) -> u128 {
            7
        }
    }

    fn password(text: &str) -> Password {
        Password::parse(text, None).expect("the tests' passwords will do")
    }

    #[tokio::test]
    async fn a_password_opens_its_own_hash_alone() {
        let passwords = Passwords::new(Arc::new(Still));
        let hash = passwords.hash(password("four brown bears")).await.expect("it is hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        for (candidate, fits) in [("four brown bears", true), ("four brown bear", false), ("", false)] {
            let checked = passwords.check(candidate, Some(&hash)).await;
            assert_eq!(checked.expect("it is checked"), fits, "{candidate}");
        }
        let long = "x".repeat(1_000_000);
        assert!(!passwords.check(&long, Some(&hash)).await.expect("it is checked"));
    }

    #[tokio::test]
    async fn without_an_account_no_password_is_right() {
        let passwords = Passwords::new(Arc::new(Still));
        for candidate in ["there is no such account", "four brown bears"] {
            assert!(!passwords.check(candidate, None).await.expect("it is checked"), "{candidate}");
        }
    }

    #[tokio::test]
    async fn a_flood_is_refused_before_it_costs_anything() {
        let passwords = Passwords::new(Arc::new(Still));
        let everybody = passwords.admitted.acquire_many(64).await.expect("nobody is here yet");
        let refused = passwords.check("four brown bears", None).await;
        assert!(matches!(refused, Err(Error::Refused(ErrorCode::Overloaded))));
        drop(everybody);
        assert!(passwords.check("four brown bears", None).await.is_ok());
    }
}
