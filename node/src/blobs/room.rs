//! How much room files may take: a bound of the school's own choosing, and what must stay free on the disk so that words are never refused.

use std::io;
use std::path::Path;

use super::limits::{DEFAULT_ROOM_BYTES, RESERVE_BYTES};

/// The room for files, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What files take now.
    pub used: u64,
    /// What they may take in all, as chosen.
    pub limit: u64,
    /// What is free on the disk.
    pub disk_free: u64,
    /// What stays free on it.
    pub reserve: u64,
}

impl Room {
    /// What there is now.
    pub(super) fn of(folder: &Path, used: u64, chosen: Option<u64>) -> io::Result<Self> {
        let disk = rustix::fs::statvfs(folder)?;
        let disk_free = disk.f_bavail.saturating_mul(disk.f_frsize);
        Ok(Self { used, limit: chosen.unwrap_or(DEFAULT_ROOM_BYTES), disk_free, reserve: RESERVE_BYTES })
    }

    /// Bytes that may still come.
    pub fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used).min(self.disk_free.saturating_sub(self.reserve))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_still_come_is_bounded_by_choice_and_by_the_disk() {
        let room = Room { used: 10, limit: 100, disk_free: 1_000, reserve: 950 };
        assert_eq!(room.left(), 50, "the disk says so");
        assert_eq!(Room { disk_free: 10_000, ..room }.left(), 90, "the choice says so");
        assert_eq!(Room { disk_free: 900, ..room }.left(), 0, "the reserve is not touched");
        assert_eq!(Room { used: 200, ..room }.left(), 0);
    }
}
