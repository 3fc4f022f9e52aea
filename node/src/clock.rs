//! The node's own clock. Times are shown, never trusted.

use std::time::{SystemTime, UNIX_EPOCH};

use jeli_protocol::kinds::Date;

/// Unix seconds, as changes tell their time.
pub fn now_s() -> i64 {
    now_ms() / 1000
}

/// Unix milliseconds; 0 on a machine whose clock stands before 1970.
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}

const DAY_S: i64 = 24 * 3600;

/// The day by this node's clock, in UTC: the program knows no time zones, and a school east of Greenwich has until its morning.
pub fn today() -> Date {
    day_of(now_s())
}

/// When that day began, Unix seconds.
pub fn midnight_s() -> i64 {
    now_s() / DAY_S * DAY_S
}

/// The day of a moment since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in March, so that the leap day is
/// the last). The first of all days where the clock is beyond every calendar.
fn day_of(unix_s: i64) -> Date {
    let days = unix_s.max(0) / DAY_S + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let date = || Date::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?).ok();
    date().unwrap_or(Date::FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (unix_s, day) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_735_689_599, "2024-12-31"),
            (1_735_689_600, "2025-01-01"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(day_of(unix_s).to_string(), day, "{unix_s}");
        }
        assert_eq!(day_of(i64::MAX), Date::FIRST);
        assert_eq!(day_of(midnight_s()), today());
    }
}
