//! Lines by name, as a file lists them.

use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;

use crate::loss::{Loss, Percent};
use crate::shape::{Access, Rate, Shape};

/// The largest packet that the devices of the nodes send, in bytes.
pub(crate) const DEVICE_MTU: usize = 1_500;
/// Full packets that a line's queue has room for, however slow the line: the smallest modems have as much.
const QUEUE_PACKETS: usize = 16;
/// A queue is never shorter than this: less makes a fast line drop what one busy computer sends at once.
const QUEUE_LEAST: Duration = Duration::from_millis(100);

/// What lies between two nodes that both have such a line. How it is laid on two lines in a row, see [`Profile::access`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Profile {
    /// Such as `school-edge`.
    pub name: String,
    /// In each direction, in thousands of bits a second.
    pub rate_kbit: NonZeroU32,
    /// There and back between two such nodes, without the time that a packet takes to be sent.
    pub rtt_ms: u32,
    /// Of the packets from one such node to another, in each direction.
    pub loss_percent: Percent,
    /// Whether bytes cost money here. It changes nothing about the line; it is for whoever sets up the node.
    pub metered: bool,
}

/// Why there are no profiles.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// The file is not there.
    #[error("{path} cannot be read: give a file with profiles")]
    Unreadable {
        /// Where it was looked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("this is no list of profiles: give {{\"profiles\": [{{\"name\", \"rate_kbit\", \"rtt_ms\", \"loss_percent\", \"metered\"}}]}}")]
    Unclear(#[from] serde_json::Error),
    /// The list has no such name.
    #[error("there is no profile {name}: take one of {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
}

/// A list of profiles.
#[derive(Debug, Clone, Deserialize)]
pub struct Profiles {
    profiles: Vec<Profile>,
}

impl Profiles {
    /// The profiles of our own tests and benchmarks, from `links.json` beside this crate.
    pub fn ours() -> Result<Self, ProfileError> {
        Self::parse(include_str!("../links.json"))
    }

    /// Reads a file of the form `{"profiles": [...]}`.
    pub fn read(path: &Path) -> Result<Self, ProfileError> {
        let text = fs::read_to_string(path).map_err(|source| ProfileError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text)
    }

    /// The same from a text.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The profile of a name.
    pub fn get(&self, name: &str) -> Result<&Profile, ProfileError> {
        self.profiles.iter().find(|profile| profile.name == name).ok_or_else(|| ProfileError::Unknown {
            name: name.to_owned(),
            known: self.profiles.iter().map(|profile| profile.name.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    /// All, in the order of the file.
    pub fn all(&self) -> &[Profile] {
        &self.profiles
    }
}

impl Profile {
    /// The access line of a node with this profile.
    ///
    /// A packet crosses two lines: up from its sender, down to its receiver. There and back that is four crossings, so that each direction of each
    /// line has **a quarter of `rtt_ms`** (each line half of it, up and down together), and the delay of any pair is the sum of its two lines.
    /// Each crossing loses `1 - sqrt(1 - loss)`, so that two in a row lose `loss_percent`. Each direction has the whole rate; a pair gets the
    /// smaller of the sender's up and the receiver's down. A node with [`Access::IDEAL`] adds nothing: between it and a node of this profile lie
    /// half of `rtt_ms` and about half of `loss_percent`.
    ///
    /// The queue in front of the line holds as long as the round trip, 16 full packets or 100 ms, whichever is longest: 3 s at 64 kbit/s.
    pub fn access(&self) -> Access {
        let rate = Rate::kbit(self.rate_kbit.get());
        let rtt = Duration::from_millis(u64::from(self.rtt_ms));
        let packets = rate.map_or(Duration::ZERO, |rate| rate.time_for(QUEUE_PACKETS * DEVICE_MTU));
        Access::both(Shape {
            rate,
            delay: rtt / 4,
            loss: Loss::Independent(self.loss_percent.on_each_of_two()),
            queue: rtt.max(packets).max(QUEUE_LEAST),
            ..Shape::IDEAL
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"about": "two lines", "profiles": [
        {"name": "lan", "rate_kbit": 100000, "rtt_ms": 1, "loss_percent": 0, "metered": false},
        {"name": "floor", "rate_kbit": 64, "rtt_ms": 600, "loss_percent": 5, "metered": true}]}"#;

    #[test]
    fn a_profile_is_found_by_its_name_and_a_wrong_name_hears_the_right_ones() {
        let list = Profiles::parse(LIST).unwrap();
        assert_eq!(list.get("floor").unwrap().rtt_ms, 600);
        assert!(list.get("flor").unwrap_err().to_string().contains("lan, floor"));
        assert_eq!(list.all().len(), 2);
    }

    #[test]
    fn our_own_list_is_whole() {
        let ours = Profiles::ours().unwrap();
        assert!(ours.get("school-edge").unwrap().metered && !ours.get("lan").unwrap().metered);
    }

    #[test]
    fn numbers_that_no_line_can_have_are_refused() {
        let nothing_sent = LIST.replace("\"rate_kbit\": 64", "\"rate_kbit\": 0");
        let too_much_lost = LIST.replace("\"loss_percent\": 5", "\"loss_percent\": 101");
        assert!(Profiles::parse(&nothing_sent).is_err() && Profiles::parse(&too_much_lost).is_err());
    }

    #[test]
    fn four_crossings_make_the_round_trip_and_a_slow_line_has_room_for_some_packets() {
        let access = Profiles::parse(LIST).unwrap().get("floor").unwrap().access();
        assert_eq!(access.up.delay + access.down.delay + access.up.delay + access.down.delay, Duration::from_millis(600));
        assert_eq!(access.up.queue, Duration::from_secs(3), "sixteen packets of 1500 bytes at 64 kbit/s");
    }
}
