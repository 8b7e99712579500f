//! Who may sell on this server.
//!
//! Where money comes to the operator's account, what a host earns is owed to somebody whom the operator has
//! to find again. Not here: whether anything can be sold at all, and accounts of hosts' own.

use crate::Error;
use model::{EmailAddress, UserId};
use protocol::Rule;
use store::{Store, accounts};

/// Whose rooms may cost something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Sellers {
    /// Whoever hosts, also without an account.
    Anyone,
    /// Whoever has an account.
    Members,
    /// The accounts with these addresses, once those are confirmed.
    Listed(Vec<EmailAddress>),
}

impl Sellers {
    /// Why somebody may not sell here, if so.
    pub(crate) async fn refusal(&self, store: &Store, host: UserId) -> Result<Option<Rule>, Error> {
        let listed = match self {
            Self::Anyone => return Ok(None),
            Self::Members => None,
            Self::Listed(listed) => Some(listed),
        };
        let Some(account) = accounts::load(store, host).await? else {
            return Ok(Some(Rule::SellerNeedsAccount));
        };
        let email = account.email.filter(|_| account.verified_at.is_some());
        let is_named = |listed: &Vec<_>| email.is_some_and(|email| listed.contains(&email));
        Ok(if listed.is_none_or(is_named) { None } else { Some(Rule::SellerNotListed) })
    }
}
