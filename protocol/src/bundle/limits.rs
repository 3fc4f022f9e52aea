//! Bounds of bundles.

use crate::limits::{MAX_CHAINS, MAX_FRAME_BYTES, MAX_SCHOOLS};

/// Nodes for which one bundle can be: every school of a region, with a laptop each.
pub const MAX_RECIPIENTS: usize = 2 * MAX_SCHOOLS;

/// Parts into which one export can be cut: a year's files in pieces that a messenger takes.
pub const MAX_PARTS: u64 = 1_000;

/// How often one bundle may turn to a space: for each of its files once at the worst.
pub const MAX_SPACES: usize = 100_000;

/// Bytes of a cover: a certificate, a tag for each recipient, and little else.
pub const MAX_COVER_BYTES: usize = 2 * 1024 + 16 * MAX_RECIPIENTS;

/// Bytes within which the body begins: the mark, the version and the length of the cover stand before it.
pub const MAX_OUTSIDE_BYTES: usize = super::cover::MARK.len() + 1 + 10 + MAX_COVER_BYTES;

/// Bytes of a receipt in a bundle: its frontier in full at the worst.
pub const MAX_RECEIPT_BYTES: usize = 128 + 80 * MAX_CHAINS;

/// Bytes of one record that is held in memory while it is read. Files are not: they are read bit by bit.
pub const MAX_RECORD_BYTES: usize = if MAX_FRAME_BYTES > MAX_RECEIPT_BYTES { MAX_FRAME_BYTES } else { MAX_RECEIPT_BYTES };

/// Bytes that a frame of a bundle should have. Larger than on a line, since nothing is lost where a stick is pulled out but time: they pack better.
pub const FRAME_BYTES: usize = 256 * 1024;

const _: () = assert!(FRAME_BYTES <= MAX_FRAME_BYTES);
