//! The OpenID provider that people may sign in with.
//!
//! Everything that is said to it and by it opens accounts, so it is spoken to over HTTPS, unless it is on
//! this very machine. Not here: asking it anything; `openid` does that when somebody comes.

use super::{ConfigError, Layer};
use http::Uri;
use model::DisplayName;
use std::fmt;
use std::str::FromStr;

/// What a server without wishes of its own asks for.
const SCOPES: [&str; 2] = ["profile", "email"];
/// The longest address or scope that makes sense.
const LONGEST: usize = 500;

/// Whom people may sign in with.
#[derive(Clone, PartialEq)]
pub struct OpenidSettings {
    pub issuer: Issuer,
    pub client_id: String,
    pub client_secret: String,
    /// What people call the provider.
    pub name: String,
    /// What is asked for, as it goes over the line.
    pub scope: String,
}

impl fmt::Debug for OpenidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the secret.
        f.debug_tuple("OpenidSettings").field(&self.issuer).field(&self.client_id).finish()
    }
}

/// The address by which a provider calls itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Issuer(String);

/// The text is no address of a provider.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a provider looks like https://id.example.org, perhaps with a path; http is for this machine only")]
pub struct IssuerError;

impl Issuer {
    /// The address, exactly as the provider spells it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, for people.
    fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        rest.split(['/', ':']).next().unwrap_or(rest)
    }
}

impl FromStr for Issuer {
    type Err = IssuerError;

    fn from_str(text: &str) -> Result<Self, IssuerError> {
        let uri: Uri = text.parse().map_err(|_| IssuerError)?;
        let is_plain = !text.contains(['?', '#', '@']) && text.len() <= LONGEST;
        if is_plain && is_confidential(&uri) { Ok(Self(text.to_owned())) } else { Err(IssuerError) }
    }
}

/// Whether nobody on the way can read or change what is said to this address.
pub fn is_confidential(uri: &Uri) -> bool {
    let is_here = |host| matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => is_here(host),
        _ => false,
    }
}

/// Refuses half a provider, and one whose people could not find back.
pub fn settle(layer: &Layer) -> Result<Option<OpenidSettings>, ConfigError> {
    let alone = |present, missing| Err(ConfigError::Alone { present, missing });
    let Some(issuer) = &layer.openid_issuer else {
        let given = [
            (layer.openid_client_id.is_some(), "openid-client-id"),
            (layer.openid_client_secret.is_some(), "openid-client-secret"),
            (layer.openid_name.is_some(), "openid-name"),
            (!layer.openid_scope.is_empty(), "openid-scope"),
        ];
        return match given.into_iter().find(|(is_given, _)| *is_given) {
            Some((_, present)) => alone(present, "openid-issuer"),
            None => Ok(None),
        };
    };
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let Some(client_id) = filled(&layer.openid_client_id) else {
        return alone("openid-issuer", "openid-client-id");
    };
    let Some(client_secret) = filled(&layer.openid_client_secret) else {
        return alone("openid-issuer", "openid-client-secret");
    };
    // The provider sends people back to an address that it was told beforehand.
    if layer.origin.is_empty() {
        return alone("openid-issuer", "origin");
    }
    let name = layer.openid_name.as_deref().unwrap_or(issuer.host());
    let name = DisplayName::parse(name).map_err(|error| ConfigError::Invalid {
        setting: "openid-name".to_owned(),
        problem: error.to_string(),
    })?;
    Ok(Some(OpenidSettings {
        issuer: issuer.clone(),
        client_id,
        client_secret,
        name: name.to_string(),
        scope: settle_scope(&layer.openid_scope)?,
    }))
}

fn settle_scope(wishes: &[String]) -> Result<String, ConfigError> {
    let wishes: Vec<&str> =
        if wishes.is_empty() { SCOPES.to_vec() } else { wishes.iter().map(String::as_str).collect() };
    // RFC 6749, section 3.3.
    let is_scope = |wish: &&str| {
        let mut bytes = wish.bytes();
        !wish.is_empty() && bytes.all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
    };
    if let Some(wish) = wishes.iter().find(|wish| !is_scope(wish) || wish.len() > LONGEST) {
        let problem = format!("`{wish}` is no scope");
        return Err(ConfigError::Invalid { setting: "openid-scope".to_owned(), problem });
    }
    let others = wishes.into_iter().filter(|wish| *wish != "openid");
    Ok(std::iter::once("openid").chain(others).collect::<Vec<_>>().join(" "))
}
