//! Which changes are part of a document: a function of the set of changes, never of the order in which they came (invariants 5 and 8).
//!
//! A change is *wanted* if it is admitted or a wanted change depends on it, whoever wrote it; one that is unsound or does not count wants
//! nothing. It is *ready* if it is wanted, sound, fits its context, and everything that it depends on is ready. Of two sound changes of one
//! actor with one seq, an admitted one counts before one that is not (or a stranger could write over an actor's changes), then the one with
//! the smaller hash; the other is void, and so is all that builds on it.
//!
//! [`accept`] is that function, whole. [`Arrivals`] computes the same for changes that come one after another, touching only their
//! neighbours in the ordinary case, and the whole document where somebody wrote without right, broke a rule, or made two changes with one seq.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{ActorId, ChangeHash, DocumentId};
use crate::log::{ChangeRecord, LogReader, Standing, StoreError};
use crate::scan::{ChangeFacts, DepFacts, check_in_context};

/// The standing of every change of a document, from the whole set.
pub fn accept(changes: &BTreeMap<ChangeHash, ChangeRecord>) -> BTreeMap<ChangeHash, Standing> {
    let chosen = chosen(changes);
    let wanted = wanted(changes, &chosen);
    let mut standings: BTreeMap<ChangeHash, Standing> = BTreeMap::new();
    for hash in changes.keys() {
        settle(*hash, changes, &wanted, &chosen, &mut standings);
    }
    standings
}

fn wanted(changes: &BTreeMap<ChangeHash, ChangeRecord>, chosen: &BTreeMap<(ActorId, u64), ChangeHash>) -> BTreeSet<ChangeHash> {
    let counts = |hash: &ChangeHash, record: &ChangeRecord| chosen.get(&(record.facts.actor.clone(), record.facts.seq)) == Some(hash) && record.sound;
    let mut wanted = BTreeSet::new();
    let mut next: Vec<ChangeHash> = changes.iter().filter(|(_, record)| record.admitted).map(|(hash, _)| *hash).collect();
    while let Some(hash) = next.pop() {
        if let Some(record) = changes.get(&hash).filter(|record| counts(&hash, record) && wanted.insert(hash)) {
            next.extend(record.facts.deps.iter().copied());
        }
    }
    wanted
}

/// Of the sound changes with one actor and seq, an admitted one if there is one; of several such the smallest hash.
fn chosen(changes: &BTreeMap<ChangeHash, ChangeRecord>) -> BTreeMap<(ActorId, u64), ChangeHash> {
    let mut chosen = BTreeMap::new();
    for admitted in [true, false] {
        for (hash, record) in changes.iter().filter(|(_, record)| record.sound && record.admitted == admitted) {
            chosen.entry((record.facts.actor.clone(), record.facts.seq)).or_insert(*hash);
        }
    }
    chosen
}

/// Settles a change after everything below it, with a stack of its own: histories are deeper than a thread's stack.
fn settle(
    hash: ChangeHash,
    changes: &BTreeMap<ChangeHash, ChangeRecord>,
    wanted: &BTreeSet<ChangeHash>,
    chosen: &BTreeMap<(ActorId, u64), ChangeHash>,
    standings: &mut BTreeMap<ChangeHash, Standing>,
) {
    let mut stack = vec![hash];
    while let Some(hash) = stack.last().copied() {
        let Some(record) = changes.get(&hash).filter(|_| !standings.contains_key(&hash)) else {
            stack.pop();
            continue;
        };
        let unsettled = stack.len();
        stack.extend(record.facts.deps.iter().filter(|dep| changes.contains_key(dep) && !standings.contains_key(dep)));
        if stack.len() > unsettled {
            continue;
        }
        stack.pop();
        let is_chosen = chosen.get(&(record.facts.actor.clone(), record.facts.seq)) == Some(&hash);
        let below: Vec<Option<(DepFacts, Standing)>> = record
            .facts
            .deps
            .iter()
            .map(|dep| changes.get(dep).map(|below| (dep_facts(&below.facts), standings.get(dep).copied().unwrap_or(Standing::Waiting))))
            .collect();
        standings.insert(hash, standing(record, is_chosen, wanted.contains(&hash), &below));
    }
}

fn dep_facts(facts: &ChangeFacts) -> DepFacts {
    DepFacts { hash: facts.hash, actor: facts.actor.clone(), seq: facts.seq, max_op: facts.max_op }
}

/// The rule itself, for one change whose dependencies (`None`: not here) have been settled.
fn standing(record: &ChangeRecord, is_chosen: bool, is_wanted: bool, below: &[Option<(DepFacts, Standing)>]) -> Standing {
    if !record.sound || !is_chosen {
        return Standing::Void;
    }
    // What it builds on is looked at only once it is wanted: until then nothing looks for it when that comes.
    if !is_wanted {
        return Standing::Aside;
    }
    let here: Vec<DepFacts> = below.iter().flatten().map(|(facts, _)| facts.clone()).collect();
    if here.len() < below.len() {
        return Standing::Waiting;
    }
    if below.iter().flatten().any(|(_, standing)| *standing == Standing::Void) || check_in_context(&record.facts, &here).is_err() {
        return Standing::Void;
    }
    if below.iter().flatten().all(|(_, standing)| *standing == Standing::Ready) { Standing::Ready } else { Standing::Waiting }
}

/// Changes of one document that came, on top of what the store holds.
pub struct Arrivals<'a> {
    log: &'a dyn LogReader,
    document: DocumentId,
    /// What came or has another standing now; lies over the store's records.
    records: BTreeMap<ChangeHash, ChangeRecord>,
    by_seq: BTreeMap<(ActorId, u64), ChangeHash>,
    waiting_for: BTreeMap<ChangeHash, BTreeSet<ChangeHash>>,
    made_ready: Vec<ChangeHash>,
    /// Something came that may turn over what is there: the whole document is settled anew at the end.
    whole: bool,
}

/// What arrivals made of a document.
#[derive(Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Every change that came or whose standing is another now.
    pub records: BTreeMap<ChangeHash, ChangeRecord>,
    /// Changes that became part of the document, dependencies first.
    pub made_ready: Vec<ChangeHash>,
    /// Whether changes that were part of the document are no more: it must be rebuilt.
    pub rebuild: bool,
}

impl<'a> Arrivals<'a> {
    /// Nothing has come yet.
    pub fn new(log: &'a dyn LogReader, document: DocumentId) -> Self {
        Self { log, document, records: BTreeMap::new(), by_seq: BTreeMap::new(), waiting_for: BTreeMap::new(), made_ready: Vec::new(), whole: false }
    }

    /// What is known of a change, arrivals included.
    pub fn record(&self, hash: &ChangeHash) -> Result<Option<ChangeRecord>, StoreError> {
        match self.records.get(hash) {
            Some(record) => Ok(Some(record.clone())),
            None => self.log.change(&self.document, hash),
        }
    }

    /// Takes a change that came: `admitted` if whoever brought it had the right to it, `sound` if the scanner passed it. A change that is here
    /// already can only gain admission.
    pub fn take(&mut self, facts: ChangeFacts, admitted: bool, sound: bool) -> Result<(), StoreError> {
        let hash = facts.hash;
        if let Some(mut record) = self.record(&hash)? {
            if admitted && !record.admitted {
                self.whole |= record.standing == Standing::Aside || self.has_rival(&record.facts)?;
                record.admitted = true;
                self.records.insert(hash, record);
            }
            return Ok(());
        }
        self.whole |= self.has_rival(&facts)?;
        self.by_seq.insert((facts.actor.clone(), facts.seq), hash);
        self.records.insert(hash, ChangeRecord { facts, admitted, sound, standing: Standing::Aside });
        self.settle_from(hash)
    }

    /// Whether another change of the same actor has the same seq.
    fn has_rival(&self, facts: &ChangeFacts) -> Result<bool, StoreError> {
        let arrived = self.by_seq.get(&(facts.actor.clone(), facts.seq)).is_some_and(|hash| *hash != facts.hash);
        Ok(arrived || self.log.changes_at(&self.document, &facts.actor, facts.seq)?.iter().any(|hash| *hash != facts.hash))
    }

    /// Judges all records of the document anew by what `admitted` says of them, because rights have changed.
    pub fn readmit(&mut self, admitted: &BTreeSet<ChangeHash>) -> Result<(), StoreError> {
        for mut record in self.log.changes_of_document(&self.document)? {
            let hash = record.facts.hash;
            if record.admitted != admitted.contains(&hash) {
                record.admitted = admitted.contains(&hash);
                self.records.insert(hash, record);
                self.whole = true;
            }
        }
        Ok(())
    }

    /// The ordinary case: a change finds its dependencies ready, or waits for them, and those that waited for it go on.
    fn settle_from(&mut self, arrived: ChangeHash) -> Result<(), StoreError> {
        let mut work = vec![arrived];
        while let Some(hash) = work.pop() {
            if self.whole {
                return Ok(());
            }
            // One that waited for two of this round comes up twice.
            let Some(record) = self.record(&hash)?.filter(|record| record.standing != Standing::Ready) else { continue };
            let dependents = self.dependents(&hash)?;
            let is_wanted = record.admitted || !dependents.is_empty() || record.standing == Standing::Waiting;
            let mut below = Vec::with_capacity(record.facts.deps.len());
            for dep in &record.facts.deps {
                below.push(self.record(dep)?.map(|dep| (dep_facts(&dep.facts), dep.standing)));
            }
            let settled = standing(&record, true, is_wanted, &below);
            match settled {
                Standing::Ready => {
                    self.made_ready.push(hash);
                    work.extend(dependents.iter().rev());
                }
                Standing::Waiting if below.iter().flatten().any(|(_, standing)| *standing == Standing::Aside) => self.whole = true,
                Standing::Waiting => {
                    for dep in &record.facts.deps {
                        self.waiting_for.entry(*dep).or_default().insert(hash);
                    }
                    // Those that name it may have all that they name now, and be void.
                    if hash == arrived {
                        work.extend(dependents.iter().rev());
                    }
                }
                // One that is void keeps what it builds on wanted.
                Standing::Void if !dependents.is_empty() || below.iter().flatten().any(|(_, standing)| *standing == Standing::Aside) => {
                    self.whole = true
                }
                Standing::Void | Standing::Aside => {}
            }
            self.records.insert(hash, ChangeRecord { standing: settled, ..record });
        }
        Ok(())
    }

    fn dependents(&self, hash: &ChangeHash) -> Result<BTreeSet<ChangeHash>, StoreError> {
        let mut dependents: BTreeSet<ChangeHash> = self.log.waiting_for(&self.document, hash)?.into_iter().collect();
        dependents.extend(self.waiting_for.get(hash).into_iter().flatten());
        // Those that an arrival of this round settled wait no longer.
        dependents.retain(|dependent| self.records.get(dependent).is_none_or(|record| record.standing == Standing::Waiting));
        Ok(dependents)
    }

    /// What became of the document.
    pub fn finish(mut self) -> Result<Arrived, StoreError> {
        if !self.whole {
            return Ok(Arrived { records: self.records, made_ready: self.made_ready, rebuild: false });
        }
        let before: BTreeMap<ChangeHash, ChangeRecord> =
            self.log.changes_of_document(&self.document)?.into_iter().map(|record| (record.facts.hash, record)).collect();
        let mut all = before.clone();
        all.append(&mut self.records.clone());
        let standings = accept(&all);
        let mut rebuild = false;
        for (hash, mut record) in all {
            let standing = standings.get(&hash).copied().unwrap_or(Standing::Waiting);
            let old = before.get(&hash);
            rebuild |= old.is_some_and(|old| old.standing == Standing::Ready) && standing != Standing::Ready;
            record.standing = standing;
            if old != Some(&record) {
                self.records.insert(hash, record);
            } else {
                self.records.remove(&hash);
            }
        }
        self.made_ready = newly_ready(&self.records, &before);
        Ok(Arrived { records: self.records, made_ready: self.made_ready, rebuild })
    }
}

/// The changes that are ready now and were not, dependencies first.
fn newly_ready(records: &BTreeMap<ChangeHash, ChangeRecord>, before: &BTreeMap<ChangeHash, ChangeRecord>) -> Vec<ChangeHash> {
    let is_new = |hash: &ChangeHash| {
        records.get(hash).is_some_and(|record| record.standing == Standing::Ready)
            && before.get(hash).is_none_or(|old| old.standing != Standing::Ready)
    };
    let mut order = Vec::new();
    let mut done = BTreeSet::new();
    for hash in records.keys().filter(|hash| is_new(hash)) {
        let mut stack = vec![(*hash, false)];
        while let Some((hash, below_done)) = stack.pop() {
            if below_done {
                order.push(hash);
            } else if done.insert(hash) {
                stack.push((hash, true));
                let deps = records.get(&hash).map(|record| record.facts.deps.as_slice()).unwrap_or_default();
                stack.extend(deps.iter().filter(|dep| is_new(dep) && !done.contains(*dep)).map(|dep| (*dep, false)));
            }
        }
    }
    order
}
