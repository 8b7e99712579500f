//! What a participant is to a room.

/// What a participant is to a room; what each role may do stands in `domain::room::permission`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Made the room, or acts for the person who did.
    Host,
    /// Came by the link.
    Guest,
}
