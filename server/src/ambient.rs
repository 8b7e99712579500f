//! The real clocks and the real dice. The only file of the server that asks the machine for either.
//!
//! Not here: deciding anything by them. Whoever needs a time takes it as an argument, so that tests
//! bring their own.

use model::{MonoMillis, UnixMillis};
use service::time::Ambient;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// The machine's wall clock and the operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

impl Ambient for Machine {
    fn now(&self) -> UnixMillis {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    fn draw(&self) -> u128 {
        let mut bytes = [0; 16];
        fill(&mut bytes);
        u128::from_ne_bytes(bytes)
    }
}

/// Fills `bytes` with randomness fit for keys.
pub fn fill(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).expect("without randomness from the system nothing here is safe to run");
}

/// Monotonic time since the server began.
#[derive(Clone, Copy, Debug)]
pub struct Uptime(Instant);

impl Uptime {
    /// Starts counting.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long ago that was.
    pub fn now(&self) -> MonoMillis {
        MonoMillis(u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}
