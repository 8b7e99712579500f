//! Web origins (RFC 6454): scheme, host and port, in the one spelling that browsers send.

use std::fmt;
use std::str::FromStr;

/// An `http` or `https` origin. Two origins are the same exactly when they are equal.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Origin {
    secure: bool,
    /// Host and, unless it is the scheme's own, port; lower case.
    authority: String,
}

/// The text is no origin.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an origin looks like https://meet.example.org, with a port if it is unusual and without a path")]
pub struct OriginError;

impl Origin {
    /// The origin of a server that is addressed by this `Host` header.
    pub fn of_host(secure: bool, host: &str) -> Result<Self, OriginError> {
        let host = host.to_ascii_lowercase();
        let (name, port) = split_port(&host).ok_or(OriginError)?;
        if name.is_empty() || !name.bytes().all(is_host_byte) {
            return Err(OriginError);
        }
        let own_port = if secure { 443 } else { 80 };
        let authority = match port {
            Some(port) if port != own_port => format!("{name}:{port}"),
            Some(_) | None => name.to_owned(),
        };
        Ok(Self { secure, authority })
    }

    /// Whether pages of this origin came over TLS.
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host without the port; an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        let name = split_port(&self.authority).map_or(self.authority.as_str(), |(name, _)| name);
        name.trim_start_matches('[').trim_end_matches(']')
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let (scheme, rest) = text.split_once("://").ok_or(OriginError)?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(OriginError),
        };
        Self::of_host(secure, rest.strip_suffix('/').unwrap_or(rest))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.secure { "https" } else { "http" }, self.authority)
    }
}

/// Parts `name:port`; the name of an IPv6 host keeps its brackets.
fn split_port(host: &str) -> Option<(&str, Option<u16>)> {
    let name_end =
        if host.starts_with('[') { host.find(']')? + 1 } else { host.find(':').unwrap_or(host.len()) };
    let (name, rest) = host.split_at(name_end);
    match rest.strip_prefix(':') {
        Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => Some((name, Some(port.parse().ok()?))),
        Some(_) => None,
        None if rest.is_empty() => Some((name, None)),
        None => None,
    }
}

/// Letters, digits and what else stands in host names and bracketed addresses.
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'[' | b']' | b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_one_spelling() {
        for (text, spelling) in [
            ("https://meet.example.org", "https://meet.example.org"),
            ("https://meet.example.org/", "https://meet.example.org"),
            ("HTTPS://Meet.Example.org:443", "https://meet.example.org"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:80", "http://[::1]"),
            ("https://[fd00::1]:8443", "https://[fd00::1]:8443"),
        ] {
            assert_eq!(text.parse::<Origin>().map(|origin| origin.to_string()), Ok(spelling.to_owned()));
        }
    }

    #[test]
    fn other_text_is_no_origin() {
        for text in [
            "",
            "null",
            "meet.example.org",
            "ftp://meet.example.org",
            "https://",
            "https://:3000",
            "https://a b",
            "https://meet.example.org/room",
            "https://meet.example.org?x",
            "https://me@meet.example.org",
            "https://meet.example.org:",
            "https://meet.example.org:+80",
            "https://meet.example.org:99999",
            "https://[::1",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(OriginError), "{text}");
        }
    }

    #[test]
    fn the_host_stands_alone() {
        let host = |text: &str| text.parse::<Origin>().map(|origin| origin.host().to_owned());
        assert_eq!(host("https://meet.example.org:8443"), Ok("meet.example.org".to_owned()));
        assert_eq!(host("http://[::1]:3000"), Ok("::1".to_owned()));
    }
}
