//! Bounds of bundles on this node.

use std::time::Duration;

/// Bytes that bundles made here may take: what is over goes, the oldest first. Each can be made anew.
pub const MADE_BYTES: u64 = 4 << 30;

/// Bytes of one bundle that is taken in: a school's library on a stick.
pub const MAX_BUNDLE_BYTES: u64 = 8 << 30;

/// Bytes of one bundle that is carried for others: what a phone takes along without being asked.
pub const MAX_CARRIED_BYTES: u64 = 64 << 20;

/// Bytes that the bundles of one maker may take which this node carries for others.
pub const CARRIED_BYTES_OF_ONE: u64 = 128 << 20;

/// Bytes that all bundles may take which this node carries for others.
pub const CARRIED_BYTES: u64 = 1 << 30;

/// Bundles that wait for another one to come first, and that are carried for others: each is a cover in memory.
pub const MAX_SHELF: usize = 1_024;

/// Free bytes on the disk that bundles leave to words.
pub const RESERVE_BYTES: u64 = crate::blobs::limits::RESERVE_BYTES;

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
