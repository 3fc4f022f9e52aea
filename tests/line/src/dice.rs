//! Chance from a seed. Our own few lines, so that a seed means the same run for ever.

use std::time::Duration;

/// A stream of chance (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The stream of a seed, for one of several uses that must not disturb each other.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut first = Self(stream);
        Self(seed ^ first.number())
    }

    /// A number from 0 to below 1.
    pub(crate) fn share(&mut self) -> f64 {
        const STEPS: f64 = (1u64 << 53) as f64;
        (self.number() >> 11) as f64 / STEPS
    }

    /// A time from nothing to below this.
    pub(crate) fn below(&mut self, bound: Duration) -> Duration {
        bound.mul_f64(self.share())
    }

    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
