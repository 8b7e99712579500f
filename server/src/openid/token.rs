//! The provider's word: an ID token, and what makes it hold (OpenID Connect Core 1.0, section 3.1.3.7).
//!
//! | what | must be |
//! |---|---|
//! | algorithm | one with a public key: RSA, ECDSA or EdDSA; never `none`, never a shared secret |
//! | signature | by a key of the provider that fits the algorithm |
//! | `iss` | the provider, letter for letter |
//! | `aud`, `azp` | this server; of several audiences the party must be this server |
//! | `exp`, `nbf`, `iat` | now lies between, and it was made just now |
//! | `nonce` | what this browser took along |
//!
//! Signatures are `jsonwebtoken`'s; claims are checked here, by the clock that the server was given.

use super::keys::Keys;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use model::UnixMillis;
use serde_json::Value;

/// How far the provider's clock may be from ours, in seconds.
const LEEWAY_S: i64 = 60;
/// How old a token may be that was asked for just now, in seconds.
const AGE_S: i64 = 600;
/// The longest subject that the standard allows.
const SUBJECT: usize = 255;

/// The algorithms that only the provider can sign with.
const PUBLIC: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TokenError {
    #[error("it is no token")]
    Malformed,
    #[error("it is signed in a way that proves nothing")]
    Algorithm,
    #[error("its key is not known")]
    Key,
    #[error("its signature is wrong")]
    Signature,
    #[error("it was issued by somebody else")]
    Issuer,
    #[error("it is meant for somebody else")]
    Audience,
    #[error("it is out of date")]
    Time,
    #[error("it answers another question")]
    Nonce,
    #[error("it is about nobody, or about somebody else")]
    Subject,
}

/// What a token must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: UnixMillis,
}

/// What a provider says of somebody.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct Claims {
    #[serde(default)]
    iss: String,
    #[serde(default)]
    pub sub: String,
    #[serde(default)]
    aud: Value,
    azp: Option<String>,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
    nonce: Option<String>,
    pub name: Option<String>,
    pub preferred_username: Option<String>,
    pub nickname: Option<String>,
    pub email: Option<String>,
    #[serde(default)]
    email_verified: Value,
}

impl Claims {
    /// Whether the provider knows that the person reads the mail; some say so in letters.
    pub fn is_email_verified(&self) -> bool {
        self.email_verified == Value::Bool(true) || self.email_verified == "true"
    }

    /// Adds what the provider told beside the token, if it is about the same person.
    pub fn completed_by(self, told: Self) -> Result<Self, TokenError> {
        if told.sub != self.sub {
            return Err(TokenError::Subject);
        }
        Ok(Self {
            name: self.name.or(told.name),
            preferred_username: self.preferred_username.or(told.preferred_username),
            nickname: self.nickname.or(told.nickname),
            // An address and the word for it come from the same mouth.
            email: told.email,
            email_verified: told.email_verified,
            ..self
        })
    }
}

/// Reads a token and believes it, or says why not.
pub fn check(token: &str, keys: &Keys, expected: &Expected) -> Result<Claims, TokenError> {
    let claims = verify(token, keys)?;
    if claims.iss != expected.issuer {
        return Err(TokenError::Issuer);
    }
    check_audience(&claims, expected.client_id)?;
    check_time(&claims, expected.now)?;
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(TokenError::Nonce);
    }
    if claims.sub.is_empty() || claims.sub.len() > SUBJECT {
        return Err(TokenError::Subject);
    }
    Ok(claims)
}

/// Reads what a token says, if one of these keys has signed it.
fn verify(token: &str, keys: &Keys) -> Result<Claims, TokenError> {
    // A header that names no algorithm we know does not even parse; `none` is one of those.
    let header = decode_header(token).map_err(|_| TokenError::Algorithm)?;
    if !PUBLIC.contains(&header.alg) || header.crit.is_some() {
        return Err(TokenError::Algorithm);
    }
    let mut validation = Validation::new(header.alg);
    // Whether the claims hold is seen to in this file, by the server's own clock.
    validation.required_spec_claims.clear();
    (validation.validate_exp, validation.validate_aud) = (false, false);
    let mut outcome = Err(TokenError::Key);
    for key in keys.fitting(header.kid.as_deref(), header.alg) {
        match decode::<Claims>(token, &key, &validation) {
            Ok(read) => return Ok(read.claims),
            Err(_) => outcome = Err(TokenError::Signature),
        }
    }
    outcome
}

fn check_audience(claims: &Claims, client_id: &str) -> Result<(), TokenError> {
    let is_meant = match &claims.aud {
        Value::String(one) => one == client_id,
        Value::Array(several) => {
            let is_one_of = several.iter().any(|one| one == client_id);
            is_one_of && (several.len() == 1 || claims.azp.is_some())
        }
        _ => false,
    };
    let is_party = claims.azp.as_deref().is_none_or(|party| party == client_id);
    if is_meant && is_party { Ok(()) } else { Err(TokenError::Audience) }
}

fn check_time(claims: &Claims, now: UnixMillis) -> Result<(), TokenError> {
    let (Some(exp), Some(iat)) = (claims.exp, claims.iat) else { return Err(TokenError::Time) };
    let now = now.0 as f64 / 1_000.0;
    let leeway = LEEWAY_S as f64;
    let is_begun = claims.nbf.is_none_or(|nbf| nbf <= now + leeway) && iat <= now + leeway;
    let is_recent = iat >= now - AGE_S as f64 - leeway;
    // Not a number lies nowhere, so that each of these must be true.
    if is_begun && is_recent && exp > now - leeway { Ok(()) } else { Err(TokenError::Time) }
}
