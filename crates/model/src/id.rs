//! Ids and secrets: 128 random bits, written as 32 lower-case hexadecimal digits.
//!
//! Ids may be logged and shown; secrets ([`ParticipantKey`], [`Ticket`], [`StreamKey`]) print as `…` so that
//! they cannot leak through a log line. The bits come from the caller: nothing here draws randomness.

use std::fmt;
use std::str::FromStr;

/// The text was not 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an id is 32 hexadecimal digits")]
pub struct IdError;

macro_rules! bits128 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(u128);

        impl $name {
            /// Makes the value from 128 bits, which the caller drew at random.
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// The 128 bits.
            pub const fn bits(self) -> u128 {
                self.0
            }

            /// The wire and database form: 32 hexadecimal digits.
            pub fn to_hex(self) -> String {
                format!("{:032x}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_bits(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_hex()
            }
        }
    };
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        bits128!($(#[$doc])* $name);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:x})", stringify!($name), self.0)
            }
        }
    };
}

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        bits128!($(#[$doc])* $name);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}(…)", stringify!($name))
            }
        }
    };
}

id!(
    /// A room, for ever; its [`RoomCode`](crate::RoomCode) is only its address.
    RoomId
);
id!(
    /// One participant of one room: a user in two tabs is two participants.
    ParticipantId
);
id!(
    /// The person behind a browser: a guest's identity cookie or, later, an account.
    UserId
);
id!(
    /// One browser, whoever is signed in there: what a ban holds besides the person.
    DeviceId
);
id!(
    /// One invite to one room. The link that carries it proves itself by a tag of the server's own.
    InviteId
);
id!(
    /// One direct call: rung, perhaps answered, over.
    RingId
);
id!(
    /// One personal link of one account, by which somebody asks to become a contact.
    ContactLinkId
);
id!(
    /// One WebRTC connection at the SFU; a participant may outlive several.
    PeerId
);
id!(
    /// One chat line, named by its sender so that a repeated send is harmless.
    MessageId
);
id!(
    /// Two strangers who were brought together once.
    EncounterId
);
id!(
    /// One paid sitting of one payer in one room.
    SessionId
);
id!(
    /// One balanced transaction of the ledger: posted twice, it counts once.
    TransactionId
);
id!(
    /// One order to the processor or the mailer: carried out twice, it has one effect.
    OutboxId
);
id!(
    /// One attempt to pay, from the checkout to the last refund.
    PaymentId
);
id!(
    /// One pack of minutes that somebody buys.
    PurchaseId
);
id!(
    /// One account of a host's own at the payment processor, by our name for it.
    MerchantId
);
id!(
    /// One refund, named by whoever asks for it so that a repeated click is harmless.
    RefundId
);
secret!(
    /// What proves to the server that a browser is a certain participant.
    ///
    /// The browser draws it before its first join and keeps it for the tab's life, so that a repeated
    /// join, a reload and a reconnect are all the same participant. The server keeps only its hash.
    ParticipantKey
);
secret!(
    /// Opens one call socket, once, within seconds.
    Ticket
);
secret!(
    /// What the address of one WHIP or WHEP session carries.
    StreamKey
);

macro_rules! token {
    ($(#[$doc:meta])* $name:ident, $id:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Eq, Hash, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name {
            pub id: $id,
            pub tag: u128,
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let (id, tag) = text.split_at_checked(32).ok_or(IdError)?;
                Ok(Self { id: id.parse()?, tag: parse_bits(tag)? })
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(token: $name) -> Self {
                format!("{}{:032x}", token.id, token.tag)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({}, …)", stringify!($name), self.id)
            }
        }
    };
}

token!(
    /// What an invite's link carries: the invite, and the tag by which the server knows its own work.
    InviteToken, InviteId
);
token!(
    /// What an account's personal link carries: its number, and the tag by which the server knows it.
    ContactToken, ContactLinkId
);

fn parse_bits(text: &str) -> Result<u128, IdError> {
    if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(IdError);
    }
    u128::from_str_radix(text, 16).map_err(|_| IdError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_text() {
        let id = RoomId::from_bits(0xabc);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn other_text_is_no_id() {
        for text in ["", "abc", "+0000000000000000000000000000abc", &"g".repeat(32), &"0".repeat(33)] {
            assert_eq!(text.parse::<RoomId>(), Err(IdError), "{text}");
        }
    }

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", Ticket::from_bits(7)), "Ticket(…)");
    }
}
