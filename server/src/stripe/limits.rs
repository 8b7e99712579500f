//! How much Stripe is asked because somebody told or pressed something. Pure; the time is an argument.
//!
//! What one account of a host's tells is asked about so often, and what all of them tell so often; so are
//! what pages ask. Each has its own measure, so that nobody who tells much keeps those waiting who come back
//! from paying, or the other way round. What is asked for one after the other needs none.

use crate::throttle::{Allowance, Rate, Throttle};
use model::{MerchantId, MonoMillis};

/// How often Stripe is asked because one account of a host's own told something.
const ASKED: Rate = Rate { burst: 30, per_minute: 60 };
/// The same because any of them did; and because of pages, and of checkouts of which nothing is heard.
const IN_ALL: Rate = Rate { burst: 150, per_minute: 600 };

/// What may still be asked.
pub(super) struct Limits {
    each: Throttle<MerchantId>,
    told: Allowance,
    pages: Allowance,
}

impl Limits {
    pub fn new(now: MonoMillis) -> Self {
        Self {
            each: Throttle::new(ASKED),
            told: Allowance::new(IN_ALL, now),
            pages: Allowance::new(IN_ALL, now),
        }
    }

    /// Takes the right to ask because an account told something.
    pub fn take_told(&mut self, merchant: MerchantId, now: MonoMillis) -> bool {
        self.each.take(merchant, now) && self.told.take(now)
    }

    /// Takes the right to ask because of a page, or of silence.
    pub fn take_page(&mut self, now: MonoMillis) -> bool {
        self.pages.take(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_together_ask_no_more_than_that_and_nobody_for_others() {
        let now = MonoMillis(1_000_000);
        let mut limits = Limits::new(now);
        let told = |limits: &mut Limits, now| {
            let each = |number: u128| {
                (0..40).filter(|_| limits.take_told(MerchantId::from_bits(number), now)).count()
            };
            (1..=20).map(each).collect::<Vec<_>>()
        };
        let first = told(&mut limits, now);
        assert_eq!(first.iter().sum::<usize>(), 150, "of 20 accounts that may each ask 30 times");
        assert_eq!(first[..5], [30; 5]);
        assert!(limits.take_page(now), "those who come back do not suffer");
        let later = told(&mut limits, MonoMillis(now.0 + 6_000));
        assert_eq!(later.iter().sum::<usize>(), 60);
        assert_eq!((0..400).filter(|_| limits.take_page(now)).count(), 149);
    }
}
