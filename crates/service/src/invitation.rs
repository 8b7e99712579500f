//! A room's plan as a calendar file, for whoever has the room's address.
//!
//! | the room | the file |
//! |---|---|
//! | has a plan | offers it |
//! | had a plan, which was taken away | strikes it out |
//! | ended before its plan was over | strikes it out |
//! | ended after its last time | offers it, so that the past stays in calendars |
//! | never had a plan | there is none |
//!
//! It tells no more than the entry page does. Read from the database, so that an ended room and one that
//! another server holds can be asked, too.

use crate::Error;
use domain::calendar;
use domain::invitation::{self, Invitation, Purpose};
use domain::room::{Key, admission, may_know};
use model::{Notice, RoomCode, UnixMillis};
use protocol::ErrorCode;
use store::Store;
use store::plans::{self, Plan};
use store::rooms;

/// Writes the plan of a room whose whole address is `link`.
pub(crate) async fn write(
    store: &Store,
    room: RoomCode,
    link: &str,
    now: UnixMillis,
) -> Result<String, Error> {
    let plan = plans::load(store, room).await?;
    let plan = plan.filter(|plan| plan.schedule.is_some() || plan.ever_planned);
    let plan = plan.ok_or(Error::Refused(ErrorCode::RoomNotFound))?;
    let about = description(store, room, now).await?;
    let invitation = Invitation {
        room: plan.room,
        name: &plan.name,
        about: about.as_ref().map(Notice::as_str),
        schedule: plan.schedule.as_ref(),
        link,
        // The end of a room is the last change of its plan.
        sequence: plan.sequence.saturating_add(u32::from(plan.ended_at.is_some())),
        at: now,
    };
    Ok(invitation::write(&invitation, purpose(&plan)))
}

/// What the entry page says about the room to whoever has nothing but its link.
async fn description(store: &Store, code: RoomCode, now: UnixMillis) -> Result<Option<Notice>, Error> {
    let Some(loaded) = rooms::load(store, code).await? else { return Ok(None) };
    let met = admission(&loaded.room, None, &Key::default(), now);
    Ok(loaded.room.policy.notice.filter(|_| may_know(&met)))
}

fn purpose(plan: &Plan) -> Purpose<'static> {
    match (&plan.schedule, plan.ended_at) {
        (None, _) => Purpose::Cancel,
        (Some(schedule), Some(ended)) if calendar::current_or_next(schedule, ended).is_some() => {
            Purpose::Cancel
        }
        (Some(_), _) => Purpose::Offer,
    }
}
