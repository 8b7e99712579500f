//! Where a provider's parts are, as it says itself (OpenID Connect Discovery 1.0).

use crate::config::openid::is_confidential;
use http::Uri;

/// An address of the provider that may be told secrets.
#[derive(Clone, Debug, Eq, PartialEq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Endpoint(String);

/// The address is none, or others could read what is said to it.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("not an address that may be told secrets")]
pub struct EndpointError;

impl Endpoint {
    /// Where a provider of this name says what it is.
    pub fn of_issuer(issuer: &str) -> Option<Self> {
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        Self::try_from(address).ok()
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Endpoint {
    type Error = EndpointError;

    fn try_from(text: String) -> Result<Self, EndpointError> {
        let uri: Uri = text.parse().map_err(|_| EndpointError)?;
        if is_confidential(&uri) && !text.contains('#') { Ok(Self(text)) } else { Err(EndpointError) }
    }
}

/// How this server proves to the provider who it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Authentication {
    Basic,
    Post,
}

/// What a provider says of itself.
#[derive(Debug, serde::Deserialize)]
pub struct Metadata {
    issuer: String,
    pub authorization_endpoint: Endpoint,
    pub token_endpoint: Endpoint,
    pub userinfo_endpoint: Option<Endpoint>,
    pub jwks_uri: Endpoint,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    /// Whether it says in the address that sends people back who it is (RFC 9207).
    #[serde(default, rename = "authorization_response_iss_parameter_supported")]
    pub names_itself: bool,
}

impl Metadata {
    /// Reads what a provider says of itself, unless it calls itself something else.
    pub fn parse(body: &[u8], issuer: &str) -> Option<Self> {
        serde_json::from_slice(body).ok().filter(|metadata: &Self| metadata.issuer == issuer)
    }

    /// What a provider is given that says nothing about it is the standard's own choice.
    pub fn authentication(&self) -> Authentication {
        let takes =
            |method: &str| self.token_endpoint_auth_methods_supported.iter().any(|known| known == method);
        if takes("client_secret_post") && !takes("client_secret_basic") {
            Authentication::Post
        } else {
            Authentication::Basic
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.test";

    fn parse(issuer: &str, token: &str, methods: &str) -> Option<Metadata> {
        let body = format!(
            r#"{{"issuer":"{issuer}","authorization_endpoint":"https://id.test/go?x=1","token_endpoint":"{token}",
                "jwks_uri":"https://id.test/keys","token_endpoint_auth_methods_supported":{methods}}}"#
        );
        Metadata::parse(body.as_bytes(), ISSUER)
    }

    #[test]
    fn a_provider_speaks_for_itself_only_and_in_confidence() {
        assert!(parse(ISSUER, "https://id.test/token", "[]").is_some());
        assert!(parse("https://other.test", "https://id.test/token", "[]").is_none());
        for token in ["http://id.test/token", "ftp://id.test", "/token", "", "https://id.test/#x"] {
            assert!(parse(ISSUER, token, "[]").is_none(), "{token}");
        }
        assert!(parse(ISSUER, "http://127.0.0.1:9/token", "[]").is_some(), "nobody listens on this machine");
    }

    #[test]
    fn the_secret_goes_where_the_provider_wants_it() {
        let way = |methods| parse(ISSUER, "https://id.test/token", methods).expect("sound").authentication();
        assert_eq!(way("[]"), Authentication::Basic);
        assert_eq!(way(r#"["client_secret_post","client_secret_basic"]"#), Authentication::Basic);
        assert_eq!(way(r#"["private_key_jwt","client_secret_post"]"#), Authentication::Post);
    }
}
