//! Which packets a line loses.

use serde::Deserialize;
use thiserror::Error;

use crate::dice::Dice;

/// A share in percent, 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Deserialize)]
#[serde(try_from = "f64")]
pub struct Percent(f64);

/// What is no share.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error("{0} is no share in percent: give a number from 0 to 100")]
pub struct NoPercent(f64);

impl Percent {
    /// Nothing.
    pub const NONE: Self = Self(0.0);

    /// This share.
    pub fn new(percent: f64) -> Result<Self, NoPercent> {
        if (0.0..=100.0).contains(&percent) { Ok(Self(percent)) } else { Err(NoPercent(percent)) }
    }

    /// The share as a number from 0 to 1.
    pub fn share(self) -> f64 {
        self.0 / 100.0
    }

    /// What each of two lines in a row loses for both to lose this much.
    pub fn on_each_of_two(self) -> Self {
        Self((1.0 - (1.0 - self.share()).sqrt()) * 100.0)
    }
}

impl TryFrom<f64> for Percent {
    type Error = NoPercent;

    fn try_from(percent: f64) -> Result<Self, NoPercent> {
        Self::new(percent)
    }
}

/// How a line loses packets. Chance is thrown once for every packet that is sent, so that the same seed loses the same packets by their number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// Each packet for itself.
    Independent(Percent),
    /// In bursts (Gilbert's model): the line turns bad and good again, and while it is bad it loses all.
    Bursts {
        /// Of all packets, in the long run.
        share: Percent,
        /// Packets lost in a row, on average; 1 at the least. A share above `mean / (mean + 1)` is not reached: at least one packet arrives between
        /// two bursts.
        mean_packets: f64,
    },
}

impl Loss {
    /// A line that loses nothing.
    pub const NONE: Self = Self::Independent(Percent::NONE);
}

/// The chance of one line, and where its bursts stand.
#[derive(Debug, Clone)]
pub(crate) struct Losses {
    dice: Dice,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    Bad,
}

/// What the line makes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrives,
    Lost,
}

impl Losses {
    pub(crate) fn new(dice: Dice) -> Self {
        Self { dice, state: State::Good }
    }

    /// The fate of the next packet.
    pub(crate) fn next(&mut self, loss: Loss) -> Fate {
        let thrown = self.dice.share();
        let lost = match loss {
            Loss::Independent(share) => thrown < share.share(),
            Loss::Bursts { share, .. } if share.share() >= 1.0 => true,
            Loss::Bursts { share, mean_packets } => {
                let to_good = 1.0 / mean_packets.max(1.0);
                let to_bad = share.share() * to_good / (1.0 - share.share());
                self.state = match self.state {
                    State::Good if thrown < to_bad => State::Bad,
                    State::Bad if thrown < to_good => State::Good,
                    stays => stays,
                };
                self.state == State::Bad
            }
        };
        if lost { Fate::Lost } else { Fate::Arrives }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKETS: usize = 200_000;

    fn fates(loss: Loss, seed: u64) -> Vec<Fate> {
        let mut losses = Losses::new(Dice::new(seed, 0));
        (0..PACKETS).map(|_| losses.next(loss)).collect()
    }

    fn lost_share(fates: &[Fate]) -> f64 {
        fates.iter().filter(|fate| **fate == Fate::Lost).count() as f64 / fates.len() as f64
    }

    fn mean_burst(fates: &[Fate]) -> f64 {
        let bursts: Vec<usize> = fates.split(|fate| *fate == Fate::Arrives).map(<[Fate]>::len).filter(|length| *length > 0).collect();
        bursts.iter().sum::<usize>() as f64 / bursts.len() as f64
    }

    #[test]
    fn independent_loss_is_as_large_as_asked_and_comes_one_by_one() {
        let share = Percent::new(3.0).unwrap();
        let fates = fates(Loss::Independent(share), 7);
        assert!((lost_share(&fates) - 0.03).abs() < 0.002, "{}", lost_share(&fates));
        assert!(mean_burst(&fates) < 1.1, "bursts of {}", mean_burst(&fates));
    }

    #[test]
    fn bursts_are_as_long_as_asked_and_lose_as_much() {
        let fates = fates(Loss::Bursts { share: Percent::new(5.0).unwrap(), mean_packets: 8.0 }, 7);
        assert!((lost_share(&fates) - 0.05).abs() < 0.005, "{}", lost_share(&fates));
        assert!((mean_burst(&fates) - 8.0).abs() < 0.6, "bursts of {}", mean_burst(&fates));
    }

    #[test]
    fn the_ends_of_the_scale_are_nothing_and_all() {
        let all = Percent::new(100.0).unwrap();
        assert_eq!(lost_share(&fates(Loss::NONE, 1)), 0.0);
        assert_eq!(lost_share(&fates(Loss::Bursts { share: Percent::NONE, mean_packets: 4.0 }, 1)), 0.0);
        assert_eq!(lost_share(&fates(Loss::Independent(all), 1)), 1.0);
        assert_eq!(lost_share(&fates(Loss::Bursts { share: all, mean_packets: 4.0 }, 1)), 1.0);
    }

    #[test]
    fn a_seed_loses_the_same_packets_again_and_another_seed_others() {
        let loss = Loss::Independent(Percent::new(10.0).unwrap());
        assert_eq!(fates(loss, 7), fates(loss, 7));
        assert_ne!(fates(loss, 7), fates(loss, 8));
    }

    #[test]
    fn two_lines_in_a_row_lose_what_one_should() {
        let each = Percent::new(25.0).unwrap().on_each_of_two().share();
        assert!((1.0 - (1.0 - each) * (1.0 - each) - 0.25).abs() < 1e-12);
        assert!(Percent::new(-1.0).is_err() && Percent::new(f64::NAN).is_err() && Percent::new(100.1).is_err());
        assert!(Percent::new(0.0).is_ok() && Percent::new(100.0).is_ok());
    }
}
