//! Lines about the rules as a whole: hosts set them, and whoever runs the server prices rooms.

use super::{Named, RuleChange, Who};
use crate::statement::Statement;
use crate::{Error, Store};
use domain::room::Ruler;
use model::{Policy, RoomId, UnixMillis};

/// What a line is called that says that whoever runs the server set a price.
pub const PRICED: &str = "priced_by_operator";
/// And that they took it away.
pub const UNPRICED: &str = "unpriced_by_operator";

/// What other rules mean for the tables.
pub(super) fn record(policy: &Policy, by: Ruler) -> (Option<Named>, Vec<RuleChange<'_>>) {
    let mut rules = vec![RuleChange::Policy(policy)];
    if !policy.hard_mute {
        rules.push(RuleChange::ReleaseAll);
    }
    let (word, who) = match by {
        Ruler::Host(user) => ("rules_set", Who::User(user)),
        Ruler::Operator(user) if policy.offer.is_some() => (PRICED, Who::Operator(user)),
        Ruler::Operator(user) => (UNPRICED, Who::Operator(user)),
    };
    (Some((word, None, Some(who))), rules)
}

/// When whoever runs the server priced the room for the last time, and whether they set a price then rather
/// than take it away.
pub async fn load_priced(store: &Store, room: RoomId) -> Result<Option<(UnixMillis, bool)>, Error> {
    const SQL: &str = "select at, kind from room_events where room_id = $1 and kind in ($2, $3) \
         order by position desc limit 1";
    let statement = Statement::new(SQL).text(room.to_hex()).text(PRICED).text(UNPRICED);
    let found: Option<(i64, String)> = store.fetch_optional(statement).await?;
    Ok(found.map(|(at, kind)| (UnixMillis(at), kind == PRICED)))
}
