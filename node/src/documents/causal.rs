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
