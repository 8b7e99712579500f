//! Lists of which Stripe answers a part: a hundred at a time, the newest first.
//!
//! Invariant: whoever is told what a list holds is told of all of it. Of one that is longer than anything of
//! ours can be nothing is said, so that nobody asks for what was done.

use super::answer::{Name, Refund, SharedBack};
use super::client::Line;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use service::payments::ProviderError;

/// The most pages of one list. A payment of which a cent at a time goes back may have many.
const PAGES: usize = 50;

/// What stands in a list, by the name from which on the next page is asked for.
pub trait Listed: DeserializeOwned {
    /// What Stripe calls it.
    fn name(&self) -> &Name;
}

impl Listed for Refund {
    fn name(&self) -> &Name {
        &self.id
    }
}

impl Listed for SharedBack {
    fn name(&self) -> &Name {
        &self.id
    }
}

#[derive(Deserialize)]
#[serde(bound = "T: Listed")]
struct Page<T> {
    data: Vec<T>,
    #[serde(default)]
    has_more: bool,
}

/// All that a list holds. `question` is its path with a query, or without one.
pub async fn all<T: Listed>(line: Line<'_>, question: &str) -> Result<Vec<T>, ProviderError> {
    let joint = if question.contains('?') { '&' } else { '?' };
    let mut found: Vec<T> = Vec::new();
    for _ in 0..PAGES {
        let after = found.last().map(|last| format!("&starting_after={}", last.name().as_str()));
        let after = after.unwrap_or_default();
        let page: Page<T> = line.get(&format!("{question}{joint}limit=100{after}")).await?;
        let is_last = !page.has_more || page.data.is_empty();
        found.extend(page.data);
        if is_last {
            return Ok(found);
        }
    }
    Err(ProviderError::Away("a list is longer than anybody reads".to_owned()))
}
