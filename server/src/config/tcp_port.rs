//! The TCP ports of the media: the numbers of its UDP ports, others, or none.

use std::str::FromStr;

/// Where the media threads listen beside UDP, for browsers whose network lets no UDP pass.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TcpPort {
    /// On the numbers of the UDP ports where nothing else listens there: what nobody asked for stops no
    /// start.
    #[default]
    SameIfFree,
    /// On the numbers of the UDP ports.
    Same,
    /// From this one on; each shard takes one, counting up.
    From(u16),
    /// Nowhere.
    Off,
}

/// The text is neither a port nor one of the two words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it is a port, `same` or `off`")]
pub struct TcpPortError;

impl FromStr for TcpPort {
    type Err = TcpPortError;

    fn from_str(text: &str) -> Result<Self, TcpPortError> {
        match text {
            "same" => Ok(Self::Same),
            "off" => Ok(Self::Off),
            port => port.parse().map(Self::From).map_err(|_| TcpPortError),
        }
    }
}
