//! Which of the changes that came may be kept now, and which wait for one they build on.
//!
//! Sync messages summarise what the sender has by a Bloom filter, so about one change in a hundred is missing at first and its
//! descendants come before it. They wait here, in memory and within bounds; the sender still has them.

use std::collections::{HashMap, HashSet};

use jeli_protocol::ids::ChangeHash;

use super::chunks::CheckedChange;
use crate::limits::{MAX_ORPHAN_BYTES, MAX_ORPHAN_CHANGES};

/// Changes of one document that cannot be kept yet.
#[derive(Default)]
pub(super) struct Orphans {
    by_hash: HashMap<ChangeHash, CheckedChange>,
    bytes: usize,
}

impl Orphans {
    /// Sorts incoming changes and those that waited, and returns what can be kept now: in causal order, none known before, every
    /// dependency known or earlier in the list. `known` says what the document (or an earlier part of this batch) has.
    pub(super) fn sort(&mut self, incoming: Vec<CheckedChange>, known: impl Fn(&ChangeHash) -> bool) -> Vec<CheckedChange> {
        for change in incoming {
            if !known(&change.hash) && !self.by_hash.contains_key(&change.hash) {
                self.bytes += change.chunk.len();
                self.by_hash.insert(change.hash, change);
            }
        }
        let sorted = self.release(known);
        self.trim();
        sorted
    }

    /// What can be kept now of what waited.
    pub(super) fn release(&mut self, known: impl Fn(&ChangeHash) -> bool) -> Vec<CheckedChange> {
        self.forget(&known);
        let mut ready = Vec::new();
        // For each waiting change how many of its dependencies wait too; for each of those who waits for it.
        let mut missing: HashMap<ChangeHash, usize> = HashMap::new();
        let mut waiters: HashMap<ChangeHash, Vec<ChangeHash>> = HashMap::new();
        let mut free = Vec::new();
        for (hash, change) in &self.by_hash {
            let mut open = 0;
            for dep in change.deps.iter().filter(|dep| !known(dep)) {
                waiters.entry(*dep).or_default().push(*hash);
                open += 1;
            }
            missing.insert(*hash, open);
            if open == 0 {
                free.push(*hash);
            }
        }
        // The order among changes that do not depend on each other is by hash: the same input gives the same submission.
        free.sort_unstable_by(|a, b| b.cmp(a));
        while let Some(hash) = free.pop() {
            let Some(change) = self.by_hash.remove(&hash) else { continue };
            self.bytes -= change.chunk.len();
            ready.push(change);
            for waiter in waiters.remove(&hash).unwrap_or_default() {
                if let Some(open) = missing.get_mut(&waiter) {
                    *open -= 1;
                    if *open == 0 {
                        free.push(waiter);
                    }
                }
            }
        }
        ready
    }

    /// What a sender must be asked for so that `heads` can be reached: walks back through what waits. Sorted, as the protocol wants.
    pub(super) fn missing_from(&self, heads: &[ChangeHash], known: impl Fn(&ChangeHash) -> bool) -> Vec<ChangeHash> {
        let mut missing = HashSet::new();
        let mut seen = HashSet::new();
        let mut stack = heads.to_vec();
        while let Some(hash) = stack.pop() {
            if known(&hash) || !seen.insert(hash) {
                continue;
            }
            match self.by_hash.get(&hash) {
                Some(change) => stack.extend(change.deps.iter().copied()),
                None => {
                    missing.insert(hash);
                }
            }
        }
        let mut missing: Vec<_> = missing.into_iter().collect();
        missing.sort_unstable();
        missing
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.by_hash.clear();
        self.bytes = 0;
    }

    /// Lets go of what is over the bounds. It is not lost: the sender has it and is asked for it again by the next message.
    fn trim(&mut self) {
        while self.by_hash.len() > MAX_ORPHAN_CHANGES || self.bytes > MAX_ORPHAN_BYTES {
            let Some(hash) = self.by_hash.keys().next().copied() else { break };
            if let Some(change) = self.by_hash.remove(&hash) {
                self.bytes -= change.chunk.len();
            }
        }
    }

    fn forget(&mut self, known: impl Fn(&ChangeHash) -> bool) {
        let gone: Vec<_> = self.by_hash.keys().filter(|hash| known(hash)).copied().collect();
        for hash in gone {
            if let Some(change) = self.by_hash.remove(&hash) {
                self.bytes -= change.chunk.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jeli_protocol::ids::ActorId;

    use super::*;

    fn change(hash: u8, deps: &[u8], bytes: usize) -> CheckedChange {
        CheckedChange {
            hash: ChangeHash([hash; 32]),
            actor: ActorId::from(&[1_u8; 16][..]),
            deps: deps.iter().map(|dep| ChangeHash([*dep; 32])).collect(),
            chunk: vec![0; bytes],
        }
    }

    fn numbers(changes: &[CheckedChange]) -> Vec<u8> {
        changes.iter().map(|change| change.hash.0[0]).collect()
    }

    #[test]
    fn what_builds_on_a_missing_change_waits_is_asked_for_and_comes_in_order() {
        let mut orphans = Orphans::default();
        let known = |hash: &ChangeHash| hash.0[0] == 1;
        // 1 is here; 2 is missing; 3 and 4 build on it, 5 does not.
        let ready = orphans.sort(vec![change(4, &[3], 1), change(3, &[2], 1), change(5, &[1], 1)], known);
        assert_eq!(numbers(&ready), [5]);
        assert!(!orphans.is_empty());
        assert_eq!(orphans.missing_from(&[ChangeHash([4; 32])], known), [ChangeHash([2; 32])], "not the head again, but what is missing behind it");
        let ready = orphans.sort(vec![change(2, &[1], 1)], known);
        assert_eq!(numbers(&ready), [2, 3, 4]);
        assert!(orphans.is_empty());
    }

    #[test]
    fn what_the_document_learns_by_another_way_frees_what_waited_for_it() {
        let mut orphans = Orphans::default();
        orphans.sort(vec![change(3, &[2], 1)], |_| false);
        assert_eq!(numbers(&orphans.release(|hash| hash.0[0] == 2)), [3]);
    }

    #[test]
    fn what_waits_is_bounded_and_what_is_ready_is_not() {
        let mut orphans = Orphans::default();
        let third = MAX_ORPHAN_BYTES / 3 + 1;
        orphans.sort(vec![change(11, &[10], third), change(12, &[10], third), change(13, &[10], third)], |_| false);
        assert_eq!(orphans.by_hash.len(), 2, "the third does not fit and is let go of");
        assert!(orphans.bytes <= MAX_ORPHAN_BYTES);
        let mut orphans = Orphans::default();
        let ready = orphans.sort(vec![change(1, &[], third), change(2, &[1], third), change(3, &[2], third)], |_| false);
        assert_eq!(numbers(&ready), [1, 2, 3]);
    }
}
