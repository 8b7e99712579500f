//! The keys that a provider signs with (RFC 7517).

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// How many keys of one provider are looked at.
const MOST: usize = 64;

/// The keys of a provider that a signature can be checked with.
#[derive(Debug)]
pub struct Keys(Vec<Jwk>);

#[derive(serde::Deserialize)]
struct Raw {
    keys: Vec<Value>,
}

impl Keys {
    /// Reads a set of keys; those that are of no use here are left out.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let raw: Raw = serde_json::from_slice(body).ok()?;
        let keys = raw.keys.into_iter().take(MOST).filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        Some(Self(keys.filter(signs).collect()))
    }

    /// The keys that may have signed a token whose header names this key and algorithm.
    pub fn fitting<'a>(
        &'a self,
        id: Option<&'a str>,
        algorithm: Algorithm,
    ) -> impl Iterator<Item = DecodingKey> + 'a {
        let named = move |key: &&Jwk| id.is_none() || key.common.key_id.as_deref() == id;
        let made_for = move |key: &&Jwk| {
            let own = key.common.key_algorithm;
            own.is_none_or(|own| own.to_string() == format!("{algorithm:?}"))
        };
        let family = move |key: &DecodingKey| key.family() == algorithm.family();
        let keys = self.0.iter().filter(named).filter(made_for);
        keys.filter_map(|key| DecodingKey::from_jwk(key).ok()).filter(family)
    }
}

/// Whether a key is a public one, for signatures. A secret that both sides know signs nothing here.
fn signs(key: &Jwk) -> bool {
    let is_public = matches!(
        key.algorithm,
        AlgorithmParameters::RSA(_)
            | AlgorithmParameters::EllipticCurve(_)
            | AlgorithmParameters::OctetKeyPair(_)
    );
    is_public && !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_)))
}
