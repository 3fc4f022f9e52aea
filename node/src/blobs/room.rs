//! How much room files may take: a bound of the school's own choosing, and what must stay free on the disk so that words are never refused.

use std::collections::HashSet;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use jeli_protocol::ids::BlobHash;
use rusqlite::Connection;

use super::limits::{DEFAULT_PORTION_PERCENT, DEFAULT_ROOM_BYTES, DEFAULT_SMALL_BYTES, GUESTS_PERCENT, RESERVE_BYTES};
use super::tables::{self, setting};

/// Names of what a school may choose, in the table of settings.
const ROOM_SETTING: &str = "files_room_bytes";
const SMALL_SETTING: &str = "files_small_bytes";
const PORTION_SETTING: &str = "files_portion_percent";

/// What a school chooses of the room for files; what it leaves open stays as it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choice {
    /// Bytes that files may take in all.
    pub room: Option<u64>,
    /// Bytes up to which a file comes by itself on a line that costs nothing.
    pub small: Option<u64>,
    /// Percent of the room that the files of one other school may take before nothing of it comes by itself.
    pub portion_percent: Option<u64>,
}

impl Choice {
    pub(super) fn keep(&self, db: &Connection) -> rusqlite::Result<()> {
        let chosen =
            [(ROOM_SETTING, self.room), (SMALL_SETTING, self.small), (PORTION_SETTING, self.portion_percent.map(|percent| percent.min(100)))];
        for (name, value) in chosen {
            if let Some(value) = value {
                tables::set_setting(db, name, value)?;
            }
        }
        Ok(())
    }

    pub(super) fn kept(db: &Connection) -> rusqlite::Result<Self> {
        Ok(Self { room: setting(db, ROOM_SETTING)?, small: setting(db, SMALL_SETTING)?, portion_percent: setting(db, PORTION_SETTING)? })
    }
}

/// The room for files, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What files take now.
    pub used: u64,
    /// Of that, what is not whole: on its way to here, or being sent in.
    pub unfinished: u64,
    /// What they may take in all, as chosen.
    pub limit: u64,
    /// What is free on the disk.
    pub disk_free: u64,
    /// What stays free on it.
    pub reserve: u64,
    /// Up to so many a file comes by itself.
    pub small: u64,
    /// Percent of the room that is one other school's.
    pub portion_percent: u64,
}

impl Room {
    /// What there is now.
    pub(super) fn of(folder: &Path, whole: u64, unfinished: u64, chosen: &Choice) -> io::Result<Self> {
        Ok(Self {
            used: whole + unfinished,
            unfinished,
            limit: chosen.room.unwrap_or(DEFAULT_ROOM_BYTES),
            disk_free: disk_free(folder)?,
            reserve: RESERVE_BYTES,
            small: chosen.small.unwrap_or(DEFAULT_SMALL_BYTES),
            portion_percent: chosen.portion_percent.unwrap_or(DEFAULT_PORTION_PERCENT),
        })
    }

    /// Bytes that may still come.
    pub fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used).min(self.disk_free.saturating_sub(self.reserve))
    }

    /// Bytes of a file that may still be sent in: until it is kept it takes its place on the disk twice.
    pub fn left_for_sending(&self) -> u64 {
        self.left().min(self.disk_free.saturating_sub(self.reserve) / 2)
    }

    /// Bytes that the files of one other school may take before nothing of it comes by itself: of what files may take here, as the choice and the disk are.
    pub fn portion(&self) -> u64 {
        self.percent(self.portion_percent)
    }

    /// Bytes that guests of meetings may send in together.
    pub(super) fn of_guests(&self) -> u64 {
        self.percent(GUESTS_PERCENT)
    }

    fn percent(&self, percent: u64) -> u64 {
        let whole = self.limit.min(self.used.saturating_add(self.left()));
        whole / 100 * percent
    }
}

/// Bytes on the disk of the files of a folder that are of none of these contents.
pub(super) fn bytes_beside(folder: &Path, whole: &HashSet<BlobHash>) -> io::Result<u64> {
    bytes_of(folder, |name| !name.split('.').next().and_then(|of| of.parse().ok()).is_some_and(|hash| whole.contains(&hash)))
}

/// Bytes on the disk of the files of a folder that are called so.
pub(super) fn bytes_of(folder: &Path, counts: impl Fn(&str) -> bool) -> io::Result<u64> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut bytes = 0;
    for entry in entries {
        let entry = entry?;
        if !counts(&entry.file_name().to_string_lossy()) {
            continue;
        }
        match entry.metadata() {
            // What is to come has its place in a file before it is there.
            Ok(file) => bytes += file.blocks() * 512,
            // It became whole, or went.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bytes)
}

/// Bytes that are free for us on the disk of a folder.
pub(crate) fn disk_free(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_still_come_is_bounded_by_choice_and_by_the_disk() {
        let room = Room { used: 10, unfinished: 0, limit: 100, disk_free: 1_000, reserve: 950, small: 1, portion_percent: 25 };
        assert_eq!(room.left(), 50, "the disk says so");
        assert_eq!(Room { disk_free: 10_000, ..room }.left(), 90, "the choice says so");
        assert_eq!(Room { disk_free: 900, ..room }.left(), 0, "the reserve is not touched");
        assert_eq!(Room { used: 200, ..room }.left(), 0);
    }

    #[test]
    fn what_is_sent_in_needs_its_place_on_the_disk_twice() {
        let room = Room { used: 10, unfinished: 0, limit: 100, disk_free: 1_000, reserve: 950, small: 1, portion_percent: 25 };
        assert_eq!((room.left(), room.left_for_sending()), (50, 25));
        assert_eq!(Room { disk_free: 10_000, ..room }.left_for_sending(), 90, "the choice bounds what is kept in the end");
    }

    #[test]
    fn what_is_not_whole_is_counted_by_what_it_takes_on_the_disk() {
        let place = tempfile::tempdir().expect("a folder");
        let hash = |number: u8| BlobHash([number; 32]);
        assert_eq!(bytes_beside(&place.path().join("none"), &HashSet::new()).expect("counted"), 0);
        std::fs::write(place.path().join(format!("{}.data", hash(1))), [7; 100_000]).expect("written");
        std::fs::write(place.path().join(format!("{}.data", hash(2))), [7; 40_960]).expect("written");
        std::fs::File::create(place.path().join(format!("{}.obao4", hash(2)))).expect("made").set_len(1 << 30).expect("set");
        assert_eq!(bytes_beside(place.path(), &[hash(1)].into()).expect("counted"), 40_960);
    }

    #[test]
    fn one_schools_portion_is_of_what_there_is_and_not_of_what_was_chosen_alone() {
        let room = Room { used: 1_000, unfinished: 0, limit: 8_000, disk_free: 100_000, reserve: 950, small: 1, portion_percent: 25 };
        assert_eq!(room.portion(), 2_000);
        assert_eq!(Room { disk_free: 3_950, ..room }.portion(), 1_000, "the disk holds no more than 4000");
        assert_eq!(Room { used: 9_000, ..room }.portion(), 2_000, "a smaller room was chosen since");
        assert_eq!(Room { portion_percent: 0, ..room }.portion(), 0);
    }

    #[test]
    fn what_is_chosen_is_kept_and_what_is_left_open_stays() {
        let db = Connection::open_in_memory().expect("a database");
        db.execute_batch("CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL)").expect("a table");
        let first = Choice { room: Some(5), small: Some(7), portion_percent: Some(300) };
        first.keep(&db).expect("kept");
        Choice { room: Some(6), ..Choice::default() }.keep(&db).expect("kept");
        assert_eq!(Choice::kept(&db).expect("read"), Choice { room: Some(6), small: Some(7), portion_percent: Some(100) });
    }
}
