//! Who the host and the payer of paid sessions became: the account that they signed in to, or nobody.
//!
//! What a session says of the two, and what the books name them, never changes; who is meant by it does. A
//! row is there only for whoever has a session. Whoever signs in to an account is that account for ever, and
//! a deleted account is a ghost, so that heirs of heirs are written as one step.

use crate::Error;
use crate::owners::RoomTransaction;
use crate::statement::Statement;
use model::UserId;

/// `from` is `to` from now on, where sessions of the room name them.
pub(crate) async fn inherit(tx: &mut RoomTransaction, from: UserId, to: UserId) -> Result<(), Error> {
    const HEIRS: &str = "update heirs set heir_id = $2 where heir_id = $1";
    const NAMED: &str = "insert into heirs (user_id, heir_id) \
         select distinct $2, $3 from sessions where room_id = $1 and (host_id = $2 or payer_id = $2) \
         on conflict (user_id) do update set heir_id = excluded.heir_id";
    // Whoever signs in reads by their account, and of whoever is deleted no address stays.
    const ADDRESSES: &str = "delete from receipt_addresses where session_id in (select id from sessions \
         where payer_id = $1 or payer_id in (select user_id from heirs where heir_id = $1))";
    let (from, to) = (from.to_hex(), to.to_hex());
    tx.tx.execute(Statement::new(ADDRESSES).text(&from)).await?;
    tx.tx.execute(Statement::new(HEIRS).text(&from).text(&to)).await?;
    tx.tx.execute(Statement::new(NAMED).text(tx.room.to_hex()).text(&from).text(&to)).await?;
    Ok(())
}
