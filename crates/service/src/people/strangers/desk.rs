//! What operators read of reported strangers, and what they decide. Not here: who is an operator.

use super::People;
use crate::Error;
use domain::encounter::Party;
use model::UserId;
use store::encounters::{self, BarRow, OpenReport};

/// How many reports, and how many people who are kept out, are shown.
const SHOWN: u32 = 200;
/// How long an operator keeps somebody out, in milliseconds.
const BAR_MS: i64 = 30 * 24 * 60 * 60_000;

/// What an operator decides about somebody who was reported.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// They are kept out for thirty days.
    Bar,
    /// Nothing was wrong.
    Dismiss,
    /// They may come again.
    Lift,
}

impl People {
    /// Reports on which nobody has decided, and who is kept out.
    pub async fn reports(&self) -> Result<(Vec<OpenReport>, Vec<BarRow>), Error> {
        let (store, now) = (&self.0.store, self.now());
        let reports = encounters::load_reports(store, now, SHOWN).await?;
        Ok((reports, encounters::load_bars(store, now, SHOWN).await?))
    }

    /// Decides about somebody; says whether there was anything to decide.
    pub async fn judge(&self, user: UserId, verdict: Verdict) -> Result<bool, Error> {
        let now = self.now();
        let mut tx = self.0.store.begin().await?;
        let is_done = match verdict {
            Verdict::Lift => {
                tx.commit().await?;
                return Ok(encounters::lift(&self.0.store, user).await?);
            }
            Verdict::Dismiss => encounters::decide_reports(&mut tx, user, now).await?,
            Verdict::Bar => match encounters::device_of_reported(&mut tx, user).await? {
                Some(device) => {
                    encounters::bar(&mut tx, Party { user, device }, now, now.plus(BAR_MS)).await?;
                    encounters::decide_reports(&mut tx, user, now).await?;
                    true
                }
                None => false,
            },
        };
        tx.commit().await?;
        if verdict == Verdict::Bar && is_done {
            self.put_out(user).await?;
        }
        Ok(is_done)
    }
}
