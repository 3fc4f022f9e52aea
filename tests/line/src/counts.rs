//! What a network carried.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

/// Packets, and the bytes in them with all headers from IP on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub packets: u64,
    /// How large together.
    pub bytes: u64,
}

/// What came of the packets from one node to another. What is not listed under its end is still on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Came from the sender's device. A sender who pays for bytes pays for these, but for what was dropped or cut.
    pub sent: Tally,
    /// Went to the receiver's device. A receiver who pays for bytes pays for these.
    pub arrived: Tally,
    /// Lost on a line.
    pub lost: Tally,
    /// Dropped at a queue that was full.
    pub dropped: Tally,
    /// Met a line that was cut, or two nodes that were parted.
    pub cut: Tally,
    /// Larger than a line's largest.
    pub too_big: Tally,
    /// Came to the receiver's router, which let it in to nobody.
    pub refused: Tally,
}

impl Tally {
    pub(crate) fn count(&mut self, bytes: usize) {
        self.packets += 1;
        self.bytes += bytes as u64;
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.packets += other.packets;
        self.bytes += other.bytes;
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self.sent += other.sent;
        self.arrived += other.arrived;
        self.lost += other.lost;
        self.dropped += other.dropped;
        self.cut += other.cut;
        self.too_big += other.too_big;
        self.refused += other.refused;
        self
    }
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), Add::add)
    }
}
