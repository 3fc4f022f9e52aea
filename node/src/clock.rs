//! The node's own clock. Times are shown, never trusted.

use std::time::{SystemTime, UNIX_EPOCH};

use jeli_protocol::kinds::Date;
use rusqlite::Connection;

/// Unix seconds, as changes tell their time.
pub fn now_s() -> i64 {
    now_ms() / 1000
}

/// Unix milliseconds; 0 on a machine whose clock stands before 1970.
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}

/// A day where this computer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    pub date: Date,
    /// Unix seconds.
    pub began_s: i64,
}

impl Day {
    /// The day of a moment, Unix seconds, by the time zone of this computer, which SQLite asks the system for. The first of all days where the
    /// moment is beyond every calendar.
    pub fn of(db: &Connection, unix_s: i64) -> rusqlite::Result<Self> {
        let sql = "SELECT day, CAST(strftime('%s', day, 'utc') AS INTEGER) FROM (SELECT date(?1, 'unixepoch', 'localtime') AS day)";
        let (date, began_s) = db.query_row(sql, [unix_s], |row| Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<i64>>(1)?)))?;
        Ok(Self { date: date.and_then(|date| date.parse().ok()).unwrap_or(Date::FIRST), began_s: began_s.unwrap_or_default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(unix_s: i64) -> (String, i64) {
        let day = Day::of(&Connection::open_in_memory().expect("a database"), unix_s).expect("a day");
        (day.date.to_string(), day.began_s)
    }

    /// 19:00 in UTC on 10 December 2026.
    const EVENING: i64 = 1_796_929_200;
    const HERE: &str = "ZONE_OF_THIS_TEST";

    /// The time zone is the whole process's, so each has one of its own.
    #[test]
    fn a_day_ends_at_midnight_where_the_school_is() {
        match std::env::var(HERE).as_deref() {
            Ok("KZT-5") => {
                assert_eq!(day(EVENING - 1), ("2026-12-10".to_owned(), EVENING - 24 * 3600), "its last second");
                assert_eq!(day(EVENING), ("2026-12-11".to_owned(), EVENING), "and the next one's first");
            }
            Ok(_) => {
                assert_eq!(day(EVENING), ("2026-12-10".to_owned(), EVENING - 19 * 3600));
                assert_eq!(day(0), ("1970-01-01".to_owned(), 0));
                assert_eq!(day(i64::MAX), (Date::FIRST.to_string(), 0), "beyond every calendar");
            }
            Err(_) => ["KZT-5", "UTC0"].into_iter().for_each(in_zone),
        }
    }

    fn in_zone(zone: &str) {
        let program = std::env::current_exe().expect("this program");
        let test = ["--exact", "clock::tests::a_day_ends_at_midnight_where_the_school_is"];
        let ran = std::process::Command::new(program).args(test).envs([("TZ", zone), (HERE, zone)]).output().expect("it runs");
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains("1 passed"), "in {zone}: {said}");
    }
}
