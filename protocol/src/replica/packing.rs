//! How small changes become on their way, as frames have shown: a status says how many bytes wait, and packs nothing to know it.

use crate::log::Beyond;

use super::frames::USUAL_RATIO;

/// Packed bytes that what is usual weighs: a few frames of another kind outweigh it.
const USUAL_WEIGHT: u64 = 2 * 1024;

/// Smaller frames say little of their changes: the rest of them weighs more.
const MIN_FRAME_BYTES: usize = 512;

/// Packed bytes that are remembered; what comes later weighs more than what came long ago.
const REMEMBERED: u64 = 64 * 1024;

/// What each chain costs beside its changes: a signature, its place, a digest of what it rests on.
pub(super) const CHAIN_BYTES: u64 = 110;

/// What an act costs beside its body.
const ACT_BYTES: u64 = 72;

/// Bytes before and after packing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packing {
    plain: u64,
    packed: u64,
}

impl Packing {
    /// Of a space of which no frame has been seen since the start.
    pub(super) const UNKNOWN: Self = Self { plain: USUAL_WEIGHT * USUAL_RATIO as u64, packed: USUAL_WEIGHT };

    /// A frame has been made, or has come.
    pub(super) fn learn(&mut self, plain: usize, packed: usize) {
        if packed < MIN_FRAME_BYTES || plain < packed {
            return;
        }
        self.plain = self.plain.saturating_add(plain as u64);
        self.packed = self.packed.saturating_add(packed as u64);
        while self.packed > REMEMBERED {
            (self.plain, self.packed) = (self.plain / 2, self.packed / 2);
        }
    }

    /// About how many bytes will travel.
    pub(super) fn estimate(self, beyond: &Beyond) -> u64 {
        let changes = u128::from(beyond.plain_bytes) * u128::from(self.packed) / u128::from(self.plain.max(1));
        let changes = u64::try_from(changes).unwrap_or(u64::MAX);
        changes.saturating_add(beyond.act_bytes).saturating_add(beyond.acts * ACT_BYTES).saturating_add(beyond.chains * CHAIN_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_follows_what_frames_have_shown() {
        let waits = Beyond { chains: 1, changes: 1_000, plain_bytes: 100_000, ..Beyond::default() };
        let mut packing = Packing::UNKNOWN;
        assert_eq!(packing.estimate(&waits), 100_000 / 20 + CHAIN_BYTES, "what is usual, before any frame");
        packing.learn(300, 200);
        assert_eq!(packing.estimate(&waits), 100_000 / 20 + CHAIN_BYTES, "a frame of one word says nothing of long ones");
        for _ in 0..100 {
            packing.learn(20_000, 10_000);
        }
        let learnt = packing.estimate(&waits);
        assert!((45_000..=52_000).contains(&learnt), "words that pack to half are told as such: {learnt}");
        assert_eq!(packing.estimate(&Beyond::default()), 0, "where nothing waits, nothing travels");
    }
}
