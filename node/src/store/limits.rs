//! The bounds of the store, with unit and reason.

use std::time::Duration;

/// Page cache, KiB. The open documents live in memory elsewhere; a school PC has 4 GB for everything.
pub const CACHE_KIB: i64 = 8 * 1024;
/// The log file is cut back to this many bytes after a large transaction.
pub const WAL_KEPT_BYTES: i64 = 8 << 20;
/// Pages in the log before they are moved into the database: 4 MiB, under a second of an old disk.
pub const WAL_PAGES: i64 = 1_000;
/// How long another program (a backup, a curious person's tool) may hold the file before we say that it is busy.
pub const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements kept; there are fewer in this module, and the accounts need some.
pub const STATEMENTS: usize = 128;
/// Complaints of a damaged file that are told; the first says it all.
pub const TOLD_COMPLAINTS: usize = 5;
/// Entries looked up ahead on one chain, at least: fewer would ask SQLite too often.
pub const CHAIN_PAGE: usize = 8;
