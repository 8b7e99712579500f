//! The clock and the dice, as arguments: tests bring their own.

use model::UnixMillis;

/// Wall time and randomness for the use cases.
pub trait Ambient: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> UnixMillis;
    /// 128 unpredictable bits.
    fn draw(&self) -> u128;
}
