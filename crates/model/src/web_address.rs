//! The address of a page elsewhere, to which a person may be led by a link.
//!
//! Only what a browser opens as a page, and what a reader can judge by its host, is one: `http` or `https`,
//! no user name before the host (`https://bank.example@evil.example`), nothing invisible.

use std::fmt;

/// The address of a page, at most [`WebAddress::LIMIT`] characters (RFC 3986).
#[derive(Clone, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebAddress(String);

/// Why a text is no address of a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WebAddressError {
    #[error("the address is empty")]
    Empty,
    #[error("the address is longer than {} characters", WebAddress::LIMIT)]
    TooLong,
    #[error("the address does not lead to a page")]
    NotAPage,
}

impl WebAddress {
    /// The most characters.
    pub const LIMIT: usize = 500;

    /// Reads what a person typed; without a scheme, `https` is meant.
    pub fn parse(text: &str) -> Result<Self, WebAddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(WebAddressError::Empty);
        }
        if text.len() > Self::LIMIT {
            return Err(WebAddressError::TooLong);
        }
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let (scheme, rest) = whole.split_once("://").ok_or(WebAddressError::NotAPage)?;
        let scheme = scheme.to_ascii_lowercase();
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let visible = rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte));
        if !matches!(scheme.as_str(), "http" | "https") || !visible || !is_host_and_port(authority) {
            return Err(WebAddressError::NotAPage);
        }
        let address = format!("{scheme}://{rest}");
        if address.len() > Self::LIMIT { Err(WebAddressError::TooLong) } else { Ok(Self(address)) }
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, by which a reader knows where it leads.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    }
}

/// A name or an IPv4 address, and perhaps a port.
fn is_host_and_port(authority: &str) -> bool {
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.split('.').all(is_label) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl TryFrom<String> for WebAddress {
    type Error = WebAddressError;

    fn try_from(text: String) -> Result<Self, WebAddressError> {
        Self::parse(&text)
    }
}

impl From<WebAddress> for String {
    fn from(address: WebAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_elsewhere_has_a_host_that_a_reader_can_judge() {
        let read =
            |text: &str| WebAddress::parse(text).map(|page| (page.to_string(), page.host().to_owned()));
        let page = |whole: &str, host: &str| Ok((whole.to_owned(), host.to_owned()));
        assert_eq!(
            read(" https://desk.example.org/t/17?a=b#c "),
            page("https://desk.example.org/t/17?a=b#c", "desk.example.org")
        );
        assert_eq!(read("desk.example.org/17"), page("https://desk.example.org/17", "desk.example.org"));
        assert_eq!(read("HTTP://10.0.0.7:8080"), page("http://10.0.0.7:8080", "10.0.0.7:8080"));
        assert_eq!(read("  "), Err(WebAddressError::Empty));
        assert_eq!(read(&"a".repeat(501)), Err(WebAddressError::TooLong));
        assert_eq!(read(&"a".repeat(500)), Err(WebAddressError::TooLong));
        for wrong in [
            "javascript:alert(1)",
            "javascript://x/%0aalert(1)",
            "data://x",
            "https://",
            "https:///path",
            "https://bank.example@evil.example/",
            "https://evil.example\\@bank.example/",
            "https://a b.example/",
            "https://exämple.org/",
            "https://a..b/",
            "https://a.b:0/",
            "https://a.b:99999/",
            "https://a.b/\u{202e}",
            "//a.b/",
        ] {
            assert_eq!(read(wrong), Err(WebAddressError::NotAPage), "{wrong}");
        }
    }
}
