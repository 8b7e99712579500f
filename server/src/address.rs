//! Who is calling, as far as the network tells.
//!
//! A proxy that the operator named is believed about the address before it, and that one in turn if it
//! is named too; the first address that is not a named proxy is the caller. Whatever else stands in
//! `X-Forwarded-For` was written by the caller and means nothing.

use crate::config::Network;
use http::HeaderMap;
use std::net::IpAddr;

const FORWARDED: &str = "x-forwarded-for";

/// The address that a request came from.
pub fn caller(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let mut caller = peer.to_canonical();
    let headers: Vec<_> = headers.get_all(FORWARDED).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut hops = headers.iter().rev().flat_map(|header| header.rsplit(','));
    while proxies.iter().any(|network| network.contains(caller)) {
        match hops.next().map(|hop| hop.trim().parse::<IpAddr>()) {
            Some(Ok(before)) => caller = before.to_canonical(),
            Some(Err(_)) | None => break,
        }
    }
    caller
}

/// What counts as one caller for limits: an IPv4 address, or the /64 that one IPv6 customer has.
pub fn group(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller_of(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED, value.parse().expect("the table holds header values"));
        }
        let proxies: Vec<_> =
            proxies.iter().map(|text| text.parse().expect("the table holds networks")).collect();
        caller(peer.parse().expect("the table holds addresses"), &headers, &proxies).to_string()
    }

    #[test]
    fn only_named_proxies_are_believed() {
        for (peer, forwarded, proxies, address) in [
            ("9.9.9.9", [].as_slice(), [].as_slice(), "9.9.9.9"),
            ("9.9.9.9", &["1.1.1.1"], &[], "9.9.9.9"),
            ("10.0.0.1", &["1.1.1.1"], &["10.0.0.0/8"], "1.1.1.1"),
            ("10.0.0.1", &["6.6.6.6, 1.1.1.1, 10.0.0.2"], &["10.0.0.0/8"], "1.1.1.1"),
            ("10.0.0.1", &["6.6.6.6", "1.1.1.1"], &["10.0.0.0/8"], "1.1.1.1"),
            ("10.0.0.1", &["6.6.6.6, rubbish"], &["10.0.0.0/8"], "10.0.0.1"),
            ("10.0.0.1", &[], &["10.0.0.0/8"], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["2001:db8::1"], &["10.0.0.0/8"], "2001:db8::1"),
        ] {
            assert_eq!(caller_of(peer, forwarded, proxies), address, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn one_customer_is_one_caller() {
        let group = |text: &str| group(text.parse().expect("the table holds addresses"));
        assert_eq!(group("2001:db8::1"), group("2001:db8::ffff:1"));
        assert_ne!(group("2001:db8::1"), group("2001:db8:0:1::1"));
        assert_ne!(group("1.1.1.1"), group("1.1.1.2"));
        assert_eq!(group("::ffff:1.1.1.1"), group("1.1.1.1"));
    }
}
