//! What a director chose.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::limits::{CURRENCY_CHARS, MOST_LIMIT_BYTES, MOST_PER_MB};

/// How a node treats a line beyond the local network, which itself is always free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Bytes cost nothing.
    Free,
    /// Words at once, files and cursors wait, published less often.
    Careful,
    /// Nothing by itself: somebody says when.
    ByHand,
}

/// Hours of a day, by this computer's clock, in which the line costs nothing: from the first one on, until the other begins. Over midnight where it is smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeHours {
    /// 0 to 23.
    pub from: u8,
    /// 0 to 23.
    pub until: u8,
}

impl FreeHours {
    /// Whether this hour is one of them.
    pub fn contains(self, hour: u8) -> bool {
        if self.from <= self.until { (self.from..self.until).contains(&hour) } else { hour >= self.from || hour < self.until }
    }
}

/// Bytes of what operators, and our page, call a megabyte.
pub const MEGABYTE: f64 = 1_048_576.0;

/// What a line costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tariff {
    /// Of a megabyte as operators count it: [`MEGABYTE`] bytes.
    pub per_mb: f64,
    /// What people call the money, such as "₸".
    pub currency: String,
}

/// All that can be chosen. Without a mode, what the system and jeli.toml say of the line.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// None: as the system says.
    pub mode: Option<Mode>,
    /// Bytes in a month of this computer's clock.
    pub monthly_limit: Option<u64>,
    /// When the line costs nothing.
    pub free_hours: Option<FreeHours>,
    /// What it costs.
    pub tariff: Option<Tariff>,
}

/// Why a choice is not taken. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSettings {
    /// No hours of a day.
    #[error("free hours go from one hour of the day (0 to 23) to another one")]
    Hours,
    /// No price.
    #[error("a price is a number from 0 to {MOST_PER_MB}, and its currency has 1 to {CURRENCY_CHARS} characters")]
    Tariff,
    /// No limit.
    #[error("a monthly limit is between 1 and {MOST_LIMIT_BYTES} bytes")]
    Limit,
}

impl Settings {
    /// Refuses what means nothing.
    pub fn check(&self) -> Result<(), BadSettings> {
        if self.free_hours.is_some_and(|hours| hours.from > 23 || hours.until > 23 || hours.from == hours.until) {
            return Err(BadSettings::Hours);
        }
        let bad_price = |tariff: &Tariff| {
            let characters = tariff.currency.chars().count();
            !(0.0..=MOST_PER_MB).contains(&tariff.per_mb)
                || !(1..=CURRENCY_CHARS).contains(&characters)
                || tariff.currency.trim().is_empty()
                || tariff.currency.chars().any(char::is_control)
        };
        if self.tariff.as_ref().is_some_and(bad_price) {
            return Err(BadSettings::Tariff);
        }
        if self.monthly_limit.is_some_and(|limit| limit == 0 || limit > MOST_LIMIT_BYTES) {
            return Err(BadSettings::Limit);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_hours_may_go_over_midnight() {
        let night = FreeHours { from: 23, until: 6 };
        assert!(night.contains(23) && night.contains(0) && night.contains(5));
        assert!(!night.contains(6) && !night.contains(22));
        let noon = FreeHours { from: 12, until: 13 };
        assert!(noon.contains(12) && !noon.contains(13) && !noon.contains(11));
    }

    #[test]
    fn what_means_nothing_is_refused_and_what_does_is_taken() {
        let good = Settings {
            mode: Some(Mode::Careful),
            monthly_limit: Some(500_000_000),
            free_hours: Some(FreeHours { from: 0, until: 6 }),
            tariff: Some(Tariff { per_mb: 1.5, currency: "₸".to_owned() }),
        };
        assert_eq!(good.check(), Ok(()));
        let tariff = |per_mb, currency: &str| Settings { tariff: Some(Tariff { per_mb, currency: currency.to_owned() }), ..good.clone() };
        for bad in [tariff(-1.0, "₸"), tariff(f64::NAN, "₸"), tariff(1.0, " "), tariff(1.0, "a long name")] {
            assert_eq!(bad.check(), Err(BadSettings::Tariff), "{bad:?}");
        }
        assert_eq!(Settings { free_hours: Some(FreeHours { from: 3, until: 3 }), ..good.clone() }.check(), Err(BadSettings::Hours));
        assert_eq!(Settings { monthly_limit: Some(0), ..good }.check(), Err(BadSettings::Limit));
    }
}
