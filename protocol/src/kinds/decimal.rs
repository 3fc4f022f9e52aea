//! Numbers of people: measured values, baselines, targets. Kept as decimal text, so that `0.1` stays `0.1` and an empty field is no zero.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A number in decimal notation: an optional minus, one to [`DIGITS`] digits, at most one point with digits on both sides. `-12.5`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(String);

/// A text that is no number in this notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a number is written with digits and at most one point, such as -12.5, with at most {DIGITS} digits")]
pub struct NotADecimal;

/// Digits of a number, before and behind the point together: what a double holds exactly.
pub const DIGITS: usize = 15;

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Decimal {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Decimal, NotADecimal> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
        let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let count = whole.len() + part.map_or(0, str::len);
        let sound = are_digits(whole) && part.is_none_or(are_digits) && count <= DIGITS;
        if sound { Ok(Decimal(text.to_owned())) } else { Err(NotADecimal) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written() {
        for right in ["0", "-12.5", "0.10", "999999999999999", "100"] {
            assert_eq!(right.parse::<Decimal>().map(|number| number.to_string()), Ok(right.to_owned()));
        }
        for wrong in ["", "-", ".", "1.", ".5", "1,5", "1e3", "+1", "1.2.3", "--1", " 1", "1234567890123456", "٣"] {
            assert_eq!(wrong.parse::<Decimal>(), Err(NotADecimal), "{wrong:?} is none");
        }
    }
}
