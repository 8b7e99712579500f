//! The one word for a session: for lists, filters and statements. It follows from what is known and is
//! never decided by itself.

use super::Session;
use super::event::{Absent, Ending};
use super::stage::Stage;
use super::till::{Dispute, Share, Takings};

/// Where a session is, in one word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    Offered,
    AwaitingPayment,
    /// Paid, and nobody of the two has come.
    Confirmed,
    /// One of the two waits, or both wait for the planned time.
    Lobby,
    Live,
    Grace,
    /// Over, with a bill that is not paid.
    Closed,
    Settled,
    Expired,
    Cancelled,
    NoShow(Absent),
    Aborted,
    /// Settled, and everything that was earned went back.
    Refunded,
    Disputed,
    DisputeWon,
    DisputeLost,
}

impl Status {
    /// Its name in the database and in statements.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::AwaitingPayment => "awaiting_payment",
            Self::Confirmed => "confirmed",
            Self::Lobby => "lobby",
            Self::Live => "live",
            Self::Grace => "grace",
            Self::Closed => "closed",
            Self::Settled => "settled",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::NoShow(Absent::Host) => "no_show_host",
            Self::NoShow(Absent::Payer) => "no_show_payer",
            Self::NoShow(Absent::Both) => "no_show_both",
            Self::Aborted => "aborted",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
            Self::DisputeWon => "dispute_won",
            Self::DisputeLost => "dispute_lost",
        }
    }
}

impl Session {
    /// Where the session is, in one word. An open dispute is named before everything else, a bill before
    /// how it came about.
    pub fn status(&self) -> Status {
        match &self.stage {
            Stage::Offered { .. } => Status::Offered,
            Stage::Awaiting { .. } => Status::AwaitingPayment,
            Stage::Confirmed { .. } if self.presence.host.is_in() || self.presence.payer.is_in() => {
                Status::Lobby
            }
            Stage::Confirmed { .. } => Status::Confirmed,
            Stage::Live(_) => Status::Live,
            Stage::Grace(_) => Status::Grace,
            Stage::Closed { ending, owing, .. } => {
                let money = self.money_status();
                match (money, owing, ending) {
                    (Some(status), _, _) => status,
                    (None, Some(_), _) => Status::Closed,
                    (None, None, Ending::Expired) => Status::Expired,
                    (None, None, Ending::Cancelled { .. }) => Status::Cancelled,
                    (None, None, Ending::NoShow(absent)) => Status::NoShow(*absent),
                    (None, None, Ending::Aborted(_)) => Status::Aborted,
                    (None, None, Ending::Completed) => Status::Settled,
                }
            }
        }
    }

    /// What became of the money after the end, if that is worth a word.
    fn money_status(&self) -> Option<Status> {
        let any = |is: fn(Dispute) -> bool| self.till.takings().any(|(_, takings)| is(takings.dispute));
        if any(|dispute| matches!(dispute, Dispute::Open { .. })) {
            return Some(Status::Disputed);
        }
        if any(|dispute| matches!(dispute, Dispute::Lost { .. })) {
            return Some(Status::DisputeLost);
        }
        if any(|dispute| dispute == Dispute::Won) {
            return Some(Status::DisputeWon);
        }
        let went_back = |takings: &Takings| match takings.share {
            Share::Earned { kept, back } if !kept.total().is_zero() => Some(kept.total() == back),
            Share::Earned { .. } | Share::Deferred | Share::Frozen { .. } | Share::SentBack => None,
        };
        let mut earned = self.till.takings().filter_map(|(_, takings)| went_back(takings)).peekable();
        let money = earned.peek().is_some() && earned.all(|went_back| went_back);
        let minutes = self.till.returned_ms > 0 && self.till.returned_ms == self.tally.attended_ms;
        (money || minutes).then_some(Status::Refunded)
    }
}
