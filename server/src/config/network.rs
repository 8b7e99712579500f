//! A range of addresses, written `192.168.0.0/16`, or a single address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A range of addresses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Network {
    /// As IPv6; an IPv4 network is held in its mapped form.
    first: u128,
    prefix: u32,
}

/// The text is no network.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a network looks like 10.0.0.0/8 or fd00::/8, or is a single address")]
pub struct NetworkError;

impl Network {
    /// Whether `address` lies in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
        bits(address) & mask == self.first & mask
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().map_err(|_| NetworkError)?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        if prefix > longest {
            return Err(NetworkError);
        }
        Ok(Self { first: bits(address), prefix: 128 - longest + prefix })
    }
}

/// The address as IPv6 bits.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => Ipv4Addr::to_ipv6_mapped(&v4).to_bits(),
        IpAddr::V6(v6) => Ipv6Addr::to_bits(v6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_contains_its_range_and_nothing_else() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.9.8.7", "11.0.0.1"),
            ("127.0.0.1", "127.0.0.1", "127.0.0.2"),
            ("fd00::/8", "fd12::1", "fe80::1"),
            ("192.168.4.0/30", "192.168.4.3", "192.168.4.4"),
            ("::1", "::1", "::2"),
        ] {
            let network: Network = network.parse().expect("the table holds networks");
            assert!(network.contains(inside.parse().expect("an address")), "{inside}");
            assert!(!network.contains(outside.parse().expect("an address")), "{outside}");
        }
    }

    #[test]
    fn every_address_lies_in_the_whole_range() {
        let all: Network = "::/0".parse().expect("the table holds networks");
        assert!(all.contains(IpAddr::from([1, 2, 3, 4])));
    }

    #[test]
    fn a_mapped_address_is_the_same_address() {
        let network: Network = "10.0.0.0/8".parse().expect("the table holds networks");
        assert!(network.contains("::ffff:10.1.1.1".parse().expect("an address")));
    }

    #[test]
    fn other_text_is_no_network() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "example.org"] {
            assert_eq!(text.parse::<Network>(), Err(NetworkError), "{text}");
        }
    }
}
