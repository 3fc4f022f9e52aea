//! The node's own clock. Times are shown, never trusted.

use std::time::{SystemTime, UNIX_EPOCH};

/// Unix seconds, as changes tell their time.
pub fn now_s() -> i64 {
    now_ms() / 1000
}

/// Unix milliseconds; 0 on a machine whose clock stands before 1970.
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}
