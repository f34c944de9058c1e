//! How often each token may ask: a bucket that holds [`BURST`] requests and fills at [`EVERY_MS`]. In this process alone: several
//! hubs behind a balancer each allow as much.
//!
//! Time is a parameter: milliseconds of a clock that never goes back.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Requests at once.
pub(crate) const BURST: u64 = 100;

/// One more after so many milliseconds: 20 in a second.
pub(crate) const EVERY_MS: u64 = 50;

/// The buckets of all tokens that were used.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<u32, u64>>);

impl Rates {
    /// Takes one request out of a token's bucket; or says in how many seconds there is one again.
    ///
    /// # Errors
    /// The bucket is empty.
    pub(crate) fn take(&self, token: u32, now_ms: u64) -> Result<(), u64> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The moment at which the bucket will be full again.
        let full_ms = buckets.entry(token).or_insert(0);
        let next_ms = (*full_ms).max(now_ms).saturating_add(EVERY_MS);
        let over_ms = next_ms.saturating_sub(now_ms).saturating_sub(BURST * EVERY_MS);
        if over_ms > 0 {
            return Err(over_ms.div_ceil(1_000));
        }
        *full_ms = next_ms;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_one_at_a_time() {
        let rates = Rates::default();
        for _ in 0..BURST {
            assert_eq!(rates.take(1, 10_000), Ok(()));
        }
        assert_eq!(rates.take(1, 10_000), Err(1));
        assert_eq!(rates.take(2, 10_000), Ok(()), "another token has its own");
        assert_eq!(rates.take(1, 10_000 + EVERY_MS), Ok(()));
        assert_eq!(rates.take(1, 10_000 + EVERY_MS), Err(1));
        for _ in 0..BURST {
            assert_eq!(rates.take(1, 1_000_000), Ok(()));
        }
        assert!(rates.take(1, 1_000_000).is_err(), "waiting for long gives no more than a full bucket");
    }
}
