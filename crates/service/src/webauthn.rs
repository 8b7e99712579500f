//! What a passkey says, checked: the part of Web Authentication (Level 2) that a site needs which asks for no
//! attestation.
//!
//! ```text
//! client data         {"type", "challenge", "origin"}: what the browser vouches for
//! authenticator data  hash of the host (32) ‖ flags (1) ‖ counter (4) ‖ …
//! signature           over authenticator data ‖ SHA-256 of the client data
//! ```
//!
//! Browsers hand the public key over as SubjectPublicKeyInfo, so nothing here reads CBOR. Without
//! attestation the key is as trustworthy as the person who registers it, wherever in the answer it stands.
//!
//! Invariants: only an answer to this very challenge, given on a page of ours, by somebody whom the
//! authenticator has verified (a finger, a face, a PIN), is accepted; a counter that does not rise is
//! refused.
//! Not here: where challenges and keys are kept.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt::Write;
use std::str::FromStr;

/// The most bytes that any part of an answer may have.
const PART: usize = 8 * 1_024;
/// Somebody was there, and the authenticator knows that it was its owner.
const PRESENT_AND_VERIFIED: u8 = 0b101;

/// The answer does not hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the passkey's answer does not hold")]
pub struct Rejected;

/// What an answer must be the answer to.
pub struct Expected<'a> {
    /// `webauthn.create` or `webauthn.get`.
    pub kind: &'a str,
    /// The challenge as it was sent, before any encoding.
    pub challenge: &'a str,
    /// The origins of our own pages.
    pub origins: &'a [String],
}

/// How a key signs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Algorithm {
    Es256,
    EdDsa,
    Rs256,
}

/// A public key with the counter that it had last.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Credential {
    algorithm: Algorithm,
    /// SubjectPublicKeyInfo.
    key: Vec<u8>,
    counter: u32,
}

#[derive(serde::Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

impl Credential {
    /// Accepts a new key. `algorithm` is the number that COSE gives it.
    pub fn register(
        expected: &Expected<'_>,
        client_data: &[u8],
        authenticator_data: &[u8],
        (algorithm, key): (i64, Vec<u8>),
    ) -> Result<Self, Rejected> {
        let counter = check(expected, client_data, authenticator_data)?;
        let algorithm = match algorithm {
            -7 => Algorithm::Es256,
            -8 => Algorithm::EdDsa,
            -257 => Algorithm::Rs256,
            _ => return Err(Rejected),
        };
        let credential = Self { algorithm, key, counter };
        credential.raw_key().map(|_| credential.clone())
    }

    /// Accepts a signature by this key, and notes the counter.
    pub fn verify(
        &mut self,
        expected: &Expected<'_>,
        (client_data, authenticator_data): (&[u8], &[u8]),
        signature: &[u8],
    ) -> Result<(), Rejected> {
        let counter = check(expected, client_data, authenticator_data)?;
        if signature.len() > PART {
            return Err(Rejected);
        }
        let mut signed = authenticator_data.to_vec();
        signed.extend_from_slice(digest(&SHA256, client_data).as_ref());
        let verified = UnparsedPublicKey::new(self.algorithm.verification(), self.raw_key()?);
        verified.verify(&signed, signature).map_err(|_| Rejected)?;
        // Keys that are synchronised between devices do not count: both are zero then.
        if (counter, self.counter) != (0, 0) && counter <= self.counter {
            return Err(Rejected);
        }
        self.counter = counter;
        Ok(())
    }

    /// The key without the wrapping that says what it is.
    fn raw_key(&self) -> Result<&[u8], Rejected> {
        let (prefix, length): (&[u8], _) = match self.algorithm {
            Algorithm::Es256 => (P256_PREFIX, Some(65)),
            Algorithm::EdDsa => (ED25519_PREFIX, Some(32)),
            // It is a sequence of two numbers, and read as a whole when a signature is checked.
            Algorithm::Rs256 => (&[0x30], None),
        };
        let raw = self.key.strip_prefix(prefix).ok_or(Rejected)?;
        match length {
            Some(length) if raw.len() == length => Ok(raw),
            None if self.key.len() <= PART => Ok(&self.key),
            Some(_) | None => Err(Rejected),
        }
    }
}

/// What stands before the point of a P-256 key (RFC 5480).
const P256_PREFIX: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// What stands before the bytes of an Ed25519 key (RFC 8410).
const ED25519_PREFIX: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

impl Algorithm {
    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Es256 => &ECDSA_P256_SHA256_ASN1,
            Self::EdDsa => &ED25519,
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        }
    }
}

/// Checks what every answer says about itself; returns its counter.
fn check(expected: &Expected<'_>, client_data: &[u8], authenticator_data: &[u8]) -> Result<u32, Rejected> {
    if client_data.len() > PART || authenticator_data.len() > PART {
        return Err(Rejected);
    }
    let said: ClientData = serde_json::from_slice(client_data).map_err(|_| Rejected)?;
    let is_ours = expected.origins.contains(&said.origin) && !said.cross_origin;
    let is_answer = said.r#type == expected.kind
        && said.challenge == URL_SAFE_NO_PAD.encode(expected.challenge.as_bytes());
    let (host, rest) = authenticator_data.split_first_chunk::<32>().ok_or(Rejected)?;
    let (&[flags], rest) = rest.split_first_chunk::<1>().ok_or(Rejected)?;
    let (counter, _) = rest.split_first_chunk::<4>().ok_or(Rejected)?;
    let is_for_us = host.as_slice() == digest(&SHA256, host_of(&said.origin).as_bytes()).as_ref();
    if is_ours && is_answer && is_for_us && flags & PRESENT_AND_VERIFIED == PRESENT_AND_VERIFIED {
        return Ok(u32::from_be_bytes(*counter));
    }
    Err(Rejected)
}

/// The host of an origin, without scheme and port.
fn host_of(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
    authority
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(authority, |(host, _)| host)
}

impl std::fmt::Display for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self.algorithm {
            Algorithm::Es256 => "es256",
            Algorithm::EdDsa => "eddsa",
            Algorithm::Rs256 => "rs256",
        };
        write!(f, "{name} {} ", self.counter)?;
        self.key.iter().try_for_each(|byte| f.write_fmt(format_args!("{byte:02x}")))
    }
}

impl FromStr for Credential {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        let mut parts = text.split(' ');
        let (Some(name), Some(counter), Some(key), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Rejected);
        };
        let algorithm = match name {
            "es256" => Algorithm::Es256,
            "eddsa" => Algorithm::EdDsa,
            "rs256" => Algorithm::Rs256,
            _ => return Err(Rejected),
        };
        Ok(Self { algorithm, key: bytes(key)?, counter: counter.parse().map_err(|_| Rejected)? })
    }
}

/// Bytes that were written as hexadecimal digits.
pub fn bytes(hex: &str) -> Result<Vec<u8>, Rejected> {
    if hex.len() > 2 * PART
        || !hex.len().is_multiple_of(2)
        || !hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        return Err(Rejected);
    }
    let pair = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).map_err(|_| Rejected);
    (0..hex.len()).step_by(2).map(pair).collect()
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes what is written to it");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    };

    const CHALLENGE: &str = "0123456789abcdef";
    const ORIGIN: &str = "https://meet.example.org:8443";

    struct Authenticator {
        pair: EcdsaKeyPair,
    }

    impl Authenticator {
        fn new() -> Self {
            let alg = &ECDSA_P256_SHA256_ASN1_SIGNING;
            Self { pair: EcdsaKeyPair::generate(alg).expect("a key can be made") }
        }

        fn key(&self) -> Vec<u8> {
            [P256_PREFIX, self.pair.public_key().as_ref()].concat()
        }

        fn sign(&self, client_data: &[u8], data: &[u8]) -> Vec<u8> {
            let signed = [data, digest(&SHA256, client_data).as_ref()].concat();
            let signature = self.pair.sign(&SystemRandom::new(), &signed).expect("it signs");
            signature.as_ref().to_vec()
        }
    }

    fn client_data(kind: &str, challenge: &str, origin: &str) -> Vec<u8> {
        let challenge = URL_SAFE_NO_PAD.encode(challenge);
        format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","more":1}}"#).into_bytes()
    }

    fn data(host: &str, flags: u8, counter: u32) -> Vec<u8> {
        [digest(&SHA256, host.as_bytes()).as_ref(), &[flags], &counter.to_be_bytes(), b"more"].concat()
    }

    fn origins() -> Vec<String> {
        vec![ORIGIN.to_owned()]
    }

    fn expected<'a>(kind: &'a str, origins: &'a [String]) -> Expected<'a> {
        Expected { kind, challenge: CHALLENGE, origins }
    }

    fn registered(authenticator: &Authenticator, counter: u32) -> Credential {
        let said = client_data("webauthn.create", CHALLENGE, ORIGIN);
        let origins = origins();
        let expected = expected("webauthn.create", &origins);
        let data = data("meet.example.org", 0b100_0101, counter);
        Credential::register(&expected, &said, &data, (-7, authenticator.key())).expect("it is sound")
    }

    #[test]
    fn a_key_that_was_registered_opens_and_another_does_not() {
        let (own, other) = (Authenticator::new(), Authenticator::new());
        let mut credential = registered(&own, 0);
        assert_eq!(credential.to_string().parse(), Ok(credential.clone()));
        let origins = origins();
        let said = client_data("webauthn.get", CHALLENGE, ORIGIN);
        let data = data("meet.example.org", 0b101, 0);
        let mut opens = |by: &Authenticator| {
            let signature = by.sign(&said, &data);
            credential.verify(&expected("webauthn.get", &origins), (&said, &data), &signature)
        };
        assert_eq!(opens(&own), Ok(()));
        assert_eq!(opens(&other), Err(Rejected));
    }

    /// The number of an algorithm, a key of it as browsers hand it over, and what signs.
    type Signing = (i64, Vec<u8>, Box<dyn Fn(&[u8]) -> Vec<u8>>);

    fn ed25519() -> Signing {
        let pair = Ed25519KeyPair::generate().expect("a key can be made");
        let key = [ED25519_PREFIX, pair.public_key().as_ref()].concat();
        (-8, key, Box::new(move |signed| pair.sign(signed).as_ref().to_vec()))
    }

    fn rsa() -> Signing {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key can be made");
        let key: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("a key can be written");
        let key = key.as_ref().to_vec();
        let sign = move |signed: &[u8]| {
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed, &mut signature).expect("it signs");
            signature
        };
        (-257, key, Box::new(sign))
    }

    #[test]
    fn keys_of_every_algorithm_that_is_taken_open() {
        let origins = origins();
        for (algorithm, key, sign) in [ed25519(), rsa()] {
            let made = client_data("webauthn.create", CHALLENGE, ORIGIN);
            let new = data("meet.example.org", 0b101, 1);
            let asked = expected("webauthn.create", &origins);
            let credential = Credential::register(&asked, &made, &new, (algorithm, key));
            let credential = credential.expect("it is sound").to_string();
            let (said, data) =
                (client_data("webauthn.get", CHALLENGE, ORIGIN), data("meet.example.org", 0b101, 2));
            let mut signature = sign(&[data.as_slice(), digest(&SHA256, &said).as_ref()].concat());
            let verify = |signature: &[u8]| {
                let mut kept: Credential = credential.parse().expect("it was kept");
                kept.verify(&expected("webauthn.get", &origins), (&said, &data), signature)
            };
            assert_eq!(verify(&signature), Ok(()), "{algorithm}");
            signature[0] ^= 1;
            assert_eq!(verify(&signature), Err(Rejected), "{algorithm}");
        }
    }

    #[test]
    fn only_the_right_answer_on_the_right_page_by_a_verified_person_counts() {
        let own = Authenticator::new();
        let origins = origins();
        for (kind, challenge, origin, host, flags) in [
            ("webauthn.create", CHALLENGE, ORIGIN, "meet.example.org", 0b101),
            ("webauthn.get", "another", ORIGIN, "meet.example.org", 0b101),
            ("webauthn.get", CHALLENGE, "https://evil.test", "meet.example.org", 0b101),
            ("webauthn.get", CHALLENGE, "https://evil.test", "evil.test", 0b101),
            ("webauthn.get", CHALLENGE, ORIGIN, "evil.test", 0b101),
            ("webauthn.get", CHALLENGE, ORIGIN, "meet.example.org", 0b001),
            ("webauthn.get", CHALLENGE, ORIGIN, "meet.example.org", 0b100),
        ] {
            let (said, data) = (client_data(kind, challenge, origin), data(host, flags, 0));
            let signature = own.sign(&said, &data);
            let verified =
                registered(&own, 0).verify(&expected("webauthn.get", &origins), (&said, &data), &signature);
            assert_eq!(verified, Err(Rejected), "{kind} {challenge} {origin} {host} {flags:b}");
        }
    }

    #[test]
    fn a_counter_that_does_not_rise_is_that_of_a_copy() {
        let own = Authenticator::new();
        let origins = origins();
        let mut credential = registered(&own, 5);
        for (counter, result) in
            [(6, Ok(())), (6, Err(Rejected)), (5, Err(Rejected)), (0, Err(Rejected)), (9, Ok(()))]
        {
            let said = client_data("webauthn.get", CHALLENGE, ORIGIN);
            let data = data("meet.example.org", 0b101, counter);
            let signature = own.sign(&said, &data);
            let verified = credential.verify(&expected("webauthn.get", &origins), (&said, &data), &signature);
            assert_eq!(verified, result, "{counter}");
        }
    }

    #[test]
    fn rubbish_is_rejected_and_kills_nobody() {
        let origins = origins();
        let expected = expected("webauthn.create", &origins);
        let good = client_data("webauthn.create", CHALLENGE, ORIGIN);
        let sound = data("meet.example.org", 0b101, 0);
        let long = vec![b' '; PART + 1];
        for (said, data, key) in [
            (b"".as_slice(), sound.as_slice(), (-7, Vec::new())),
            (b"{}", &sound, (-7, Vec::new())),
            (&good, b"", (-7, Vec::new())),
            (&good, &sound[..36], (-7, Authenticator::new().key())),
            (&good, &sound, (-7, vec![0x30; 91])),
            (&good, &sound, (-8, vec![0; 44])),
            (&good, &sound, (-257, Vec::new())),
            (&good, &sound, (0, Authenticator::new().key())),
            (&long, &sound, (-7, Authenticator::new().key())),
        ] {
            assert_eq!(Credential::register(&expected, said, data, key), Err(Rejected));
        }
        for text in ["0", "0g", "é0", &"0".repeat(4 * PART)] {
            assert_eq!(bytes(text), Err(Rejected), "{}", text.len());
        }
        assert_eq!(bytes(&hex(&[0, 255, 16])), Ok(vec![0, 255, 16]));
        for text in ["", "es256 0", "es256 x 00", "rot13 0 00", "es256 0 00 0"] {
            assert_eq!(text.parse::<Credential>(), Err(Rejected), "{text}");
        }
    }
}
