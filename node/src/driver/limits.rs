//! Bounds of the driver.

/// Clocks that lie less far apart are told as equal: a word on a slow line takes half a minute, and nobody sets a clock to the second.
pub(super) const CLOCK_SKEW_TOLD_MS: u64 = 10 * 60_000;
