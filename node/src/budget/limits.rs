//! Bounds of the data budget.

use std::time::Duration;

/// Between two looks at what was carried, and at the clock.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(2);
/// What was carried is kept on the disk after this time, or as soon as it is more than [`KEEP_BYTES`]: a crash makes the month look that much cheaper.
pub(super) const KEEP_EVERY: Duration = Duration::from_secs(60);
pub(super) const KEEP_BYTES: u64 = 256 * 1024;
/// Days of which what was used is remembered: this month, and the one before beside it.
pub(super) const DAYS: i64 = 62;
/// Schools' computers that are told apart on one day; of all others together there is one sum. Whoever is no member can connect, too.
pub(super) const PEERS_A_DAY: usize = 200;
/// Of the monthly limit, what is left for words: files that nobody waits for stop before.
pub(super) const FOR_WORDS_PERCENT: u64 = 20;
/// For how long the line is open when somebody says "send now" where it opens by hand only.
pub(super) const OPEN_BY_HAND: Duration = Duration::from_secs(15 * 60);
/// Between two questions to the system whether its line costs money.
pub(super) const ASK_SYSTEM_EVERY: Duration = Duration::from_secs(60);
/// For its answer.
pub(super) const SYSTEM_ANSWER: Duration = Duration::from_secs(5);
/// Characters of a currency's name or sign.
pub(super) const CURRENCY_CHARS: usize = 8;
/// The highest price of a megabyte, in whatever money: beyond it a finger has slipped.
pub(super) const MOST_PER_MB: f64 = 1_000_000.0;
/// The highest monthly limit, bytes: ten terabytes.
pub(super) const MOST_LIMIT_BYTES: u64 = 10_000_000_000_000;
