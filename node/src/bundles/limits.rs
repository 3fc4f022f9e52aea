//! Bounds of bundles on this node.

use std::time::Duration;

/// How many bundles may lie somewhere, and their bytes together; what is over goes, the oldest first.
#[derive(Debug, Clone, Copy)]
pub struct Bound {
    /// How many.
    pub count: usize,
    /// Bytes.
    pub bytes: u64,
}

/// Made here: each can be made anew.
pub const MADE: Bound = Bound { count: 1_000, bytes: 8 << 30 };

/// Carried for others, of one maker.
pub const CARRIED_OF_ONE: Bound = Bound { count: 64, bytes: 128 << 20 };

/// Carried for others.
pub const CARRIED: Bound = Bound { count: 1_000, bytes: 1 << 30 };

/// Waiting for another one to come first, of one maker: parts of an export that a stick brings in the wrong order.
pub const WAITING_OF_ONE: Bound = Bound { count: 256, bytes: 1 << 30 };

/// Waiting for another one to come first.
pub const WAITING: Bound = Bound { count: 1_000, bytes: 4 << 30 };

/// Bytes of one bundle that is taken in: a school's library on a stick.
pub const MAX_BUNDLE_BYTES: u64 = 8 << 30;

/// Bytes of one bundle that is carried for others: what a phone takes along without being asked.
pub const MAX_CARRIED_BYTES: u64 = 64 << 20;

/// Free bytes on the disk that bundles leave to words.
pub const RESERVE_BYTES: u64 = crate::blobs::limits::RESERVE_BYTES;

/// Bytes of one bundle where nobody sets a size: sticks come with a file system that takes files below 4 GiB.
pub const STICK_BYTES: u64 = 4_000_000_000;

/// The smallest size to which a bundle can be held: its outside and one frame.
pub const MIN_PART_BYTES: u64 = 256 << 10;

/// Bytes of the seal before the records: a stanza of 100 bytes for each recipient, and room for what the format adds at random.
pub const MAX_SEAL_HEADER_BYTES: usize = 4_096 + 128 * jeli_protocol::bundle::limits::MAX_RECIPIENTS;

/// Bytes that are read or written at a time.
pub const STEP_BYTES: usize = 64 << 10;

/// How often bundles that wait for another one to come first are tried again: what they wait for may have come by a line.
pub const LOOK_AGAIN: Duration = Duration::from_secs(600);

/// Opened bundles that are remembered, so that the same stick read again costs nothing.
pub const REMEMBERED: usize = 10_000;
