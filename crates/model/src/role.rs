//! What a participant is to a room, and what they may do there.
//!
//! | role | comes by | may, at most |
//! |---|---|---|
//! | owner | making the room, or being handed it | everything |
//! | co-host | an invite, or a promotion | everything but give roles of hosts and hand the room over |
//! | participant | an invite, or a promotion | what the policy lets participants do |
//! | guest | the plain link | what the policy lets guests do |
//! | viewer | an invite, or a demotion | watch, listen, and chat if everybody may |
//!
//! The table of who may do what stands in `domain::room::permission`; [`Rights`] is its answer for one
//! person, which the server sends and the page reads.

/// What a participant is to a room.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Owns the room.
    Owner,
    /// Acts for the owner.
    CoHost,
    /// Is known to the host: came by an invite, or was made one.
    Participant,
    /// Came by the link.
    Guest,
    /// Watches and listens.
    Viewer,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 5] = [Self::Owner, Self::CoHost, Self::Participant, Self::Guest, Self::Viewer];

    /// Whether the role runs the room.
    pub const fn is_host(self) -> bool {
        matches!(self, Self::Owner | Self::CoHost)
    }

    /// Whether this role rules over another: mutes, removes and bans whoever has it. Whoever rules over both
    /// may make one of them the other.
    pub const fn is_above(self, other: Self) -> bool {
        match self {
            Self::Owner => !matches!(other, Self::Owner),
            Self::CoHost => !other.is_host(),
            Self::Participant | Self::Guest | Self::Viewer => false,
        }
    }

    /// The stable word for the role.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::CoHost => "co_host",
            Self::Participant => "participant",
            Self::Guest => "guest",
            Self::Viewer => "viewer",
        }
    }

    /// The role by its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// What one person may do just now.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Rights {
    /// Admit, deny, mute, stop, remove and ban people below them, lock the door, end the call.
    pub moderate: bool,
    /// Give and take the roles of co-hosts, and hand the room over.
    pub appoint: bool,
    /// Send sound.
    pub speak: bool,
    /// Send a camera's picture.
    pub show: bool,
    /// Send a screen.
    pub share: bool,
    /// Write to everybody.
    pub chat: bool,
    /// Record the call.
    pub record: bool,
}
