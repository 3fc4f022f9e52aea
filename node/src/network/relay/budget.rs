//! What a node carries for others, and how much it will: counted as it passes, by all circuits together.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The count of this node's circuits, shared by them, the event loop and whoever asks. Bytes are counted once as they pass; the line of the relay sees each of
/// them twice, once in and once out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Budget(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// Since the start.
    carried: AtomicU64,
    /// Carried this month before the start.
    before: AtomicU64,
    /// `carried` when the month began.
    month_began_at: AtomicU64,
    /// In a month.
    most: AtomicU64,
    /// Of what was carried this month since the start, for those who are no members yet.
    for_strangers: AtomicU64,
}

/// A stranger's circuits together take at most this part of the month: whoever makes many keys uses up no member's relay.
const STRANGERS_PART: u64 = 10;

/// For whom something is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    Member,
    Stranger,
}

impl Budget {
    /// At most this much a month.
    pub(crate) fn new(most: u64) -> Self {
        let budget = Self::default();
        budget.0.most.store(most, Ordering::Relaxed);
        budget
    }

    /// A month begins, of which this much was used already.
    pub(crate) fn begin_month(&self, used: u64) {
        self.0.month_began_at.store(self.0.carried.load(Ordering::Relaxed), Ordering::Relaxed);
        self.0.before.store(used, Ordering::Relaxed);
        self.0.for_strangers.store(0, Ordering::Relaxed);
    }

    /// Something has passed. Says whether more may.
    pub(crate) fn carry(&self, whose: For, bytes: u64) -> bool {
        self.0.carried.fetch_add(bytes, Ordering::Relaxed);
        if whose == For::Stranger {
            self.0.for_strangers.fetch_add(bytes, Ordering::Relaxed);
        }
        self.has_room(whose)
    }

    /// Whether anything more may pass this month.
    pub(crate) fn has_room(&self, whose: For) -> bool {
        let strangers = || self.0.for_strangers.load(Ordering::Relaxed) < self.most() / STRANGERS_PART;
        self.this_month() < self.most() && (whose == For::Member || strangers())
    }

    /// Carried this month, bytes.
    pub(crate) fn this_month(&self) -> u64 {
        let since = self.0.carried.load(Ordering::Relaxed).saturating_sub(self.0.month_began_at.load(Ordering::Relaxed));
        self.0.before.load(Ordering::Relaxed).saturating_add(since)
    }

    /// What a month may cost, bytes.
    pub(crate) fn most(&self) -> u64 {
        self.0.most.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_when_it_is_used_up_and_the_next_begins_anew() {
        let budget = Budget::new(1_000);
        budget.begin_month(600);
        assert!(budget.carry(For::Member, 399), "what was carried before the start counts");
        assert!(!budget.carry(For::Member, 1));
        assert_eq!(budget.this_month(), 1_000);
        budget.begin_month(0);
        assert_eq!((budget.this_month(), budget.has_room(For::Member)), (0, true));
        assert!(budget.carry(For::Member, 999));
    }

    #[test]
    fn strangers_use_up_their_part_and_no_members() {
        let budget = Budget::new(1_000);
        assert!(!budget.carry(For::Stranger, 100));
        assert!(budget.has_room(For::Member));
        assert_eq!(budget.this_month(), 100, "and it counts");
        budget.begin_month(0);
        assert!(budget.has_room(For::Stranger), "with the month their part begins anew");
    }
}
