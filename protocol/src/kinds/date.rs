//! Dates and times of day as the documents hold them: text in one fixed form, so that every client compares them alike.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A day of the Gregorian calendar, `YYYY-MM-DD`. Dates order as their texts do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A time of day, `HH:MM`, 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
}

/// A text that is no date or time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DateError {
    /// Not of the form, or no such day.
    #[error("a date is an existing day written YYYY-MM-DD")]
    NotADate,
    /// Not of the form, or no such time.
    #[error("a time of day is written HH:MM, from 00:00 to 23:59")]
    NotATime,
}

impl Date {
    /// The first day that there is.
    pub const FIRST: Date = Date { year: 1, month: 1, day: 1 };

    /// The date, if there is such a day.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Date, DateError> {
        let exists = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        if exists { Ok(Date { year, month, day }) } else { Err(DateError::NotADate) }
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Reads decimal digits and nothing else (`str::parse` would take a sign).
fn digits(text: &str) -> Option<u16> {
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits { text.parse().ok() } else { None }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Date, DateError> {
        let parse = || {
            let (year, rest) = text.split_once('-')?;
            let (month, day) = rest.split_once('-')?;
            let shaped = year.len() == 4 && month.len() == 2 && day.len() == 2;
            let (year, month, day) = (digits(year)?, digits(month)?, digits(day)?);
            shaped.then(|| Date::new(year, month as u8, day as u8).ok())?
        };
        parse().ok_or(DateError::NotADate)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for TimeOfDay {
    type Err = DateError;

    fn from_str(text: &str) -> Result<TimeOfDay, DateError> {
        let parse = || {
            let (hour, minute) = text.split_once(':')?;
            let shaped = hour.len() == 2 && minute.len() == 2;
            let (hour, minute) = (digits(hour)? as u8, digits(minute)? as u8);
            (shaped && hour < 24 && minute < 60).then_some(TimeOfDay { hour, minute })
        };
        parse().ok_or(DateError::NotATime)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour, self.minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_dates() {
        for text in ["2026-09-01", "2028-02-29", "2000-02-29", "0001-01-01"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text, "reads and writes alike");
        }
        for text in [
            "",
            "2026-9-1",
            "2027-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "+026-01-01",
            "2026-01-01T",
            "٢٠٢٦-01-01",
            "0000-01-01",
        ] {
            assert_eq!(text.parse::<Date>(), Err(DateError::NotADate), "{text:?} is no date");
        }
    }

    #[test]
    fn only_times_of_a_day_are_times() {
        for text in ["00:00", "09:05", "23:59"] {
            assert_eq!(text.parse::<TimeOfDay>().unwrap().to_string(), text, "reads and writes alike");
        }
        for text in ["", "9:05", "24:00", "12:60", "12:5", "-1:00", "12:00:00"] {
            assert_eq!(text.parse::<TimeOfDay>(), Err(DateError::NotATime), "{text:?} is no time");
        }
    }

    #[test]
    fn dates_order_as_their_texts_do() {
        let texts = ["2026-09-01", "2026-09-30", "2026-12-01", "2027-01-01"];
        assert!(texts.windows(2).all(|pair| pair[0].parse::<Date>().unwrap() < pair[1].parse::<Date>().unwrap()));
    }
}
