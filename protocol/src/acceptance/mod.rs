//! Which changes are part of a document: a function of the set of changes, never of the order in which they came (invariants 5 and 8).
//!
//! A change is *wanted* if it is admitted or a wanted change depends on it, whoever wrote it; one that is unsound or does not count wants
//! nothing. It is *ready* if it is wanted, sound, fits its context, and everything that it depends on is ready.
//!
//! Of the sound changes of one actor with one seq one counts; the others are void, and so is all that builds on them. For a node's actor it is
//! the one that the node published first: its log has an order, so whatever comes later, what was shown once is never taken back for it. One
//! that the node has not published waits for it to do so: nobody can be led to build on what somebody else made in a node's name. A foreign
//! actor has no log that says what came first: an admitted change counts before one that is not, then the one with the smaller hash. So a
//! client that uses a foreign actor and a seq twice can still take the ground from what others built on it; a client with its node's actors
//! cannot.
//!
//! [`accept`] is that function, whole. [`Arrivals`] computes the same for changes that come one after another, touching only their
//! neighbours in the ordinary case, and the whole document where somebody wrote without right, broke a rule, or made two changes with one seq.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{ActorId, ChangeHash, DocumentId, NodeId};
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

/// Of each actor and seq, the change that counts.
type Chosen = BTreeMap<(ActorId, u64), ChangeHash>;

/// How a change stands against others of its actor with its seq.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// It is the one that counts.
    Counts,
    /// None counts yet: the node whose actor it bears has published none.
    Open,
    /// Another one counts.
    Lost,
}

fn claim(record: &ChangeRecord, chosen: &Chosen) -> Claim {
    match chosen.get(&(record.facts.actor.clone(), record.facts.seq)) {
        Some(hash) if *hash == record.facts.hash => Claim::Counts,
        Some(_) => Claim::Lost,
        None => Claim::Open,
    }
}

fn wanted(changes: &BTreeMap<ChangeHash, ChangeRecord>, chosen: &Chosen) -> BTreeSet<ChangeHash> {
    let counts = |record: &ChangeRecord| record.sound && claim(record, chosen) != Claim::Lost;
    let mut wanted = BTreeSet::new();
    let mut next: Vec<ChangeHash> = changes.iter().filter(|(_, record)| record.admitted).map(|(hash, _)| *hash).collect();
    while let Some(hash) = next.pop() {
        if let Some(record) = changes.get(&hash).filter(|record| counts(record) && wanted.insert(hash)) {
            next.extend(record.facts.deps.iter().copied());
        }
    }
    wanted
}

/// Of the sound changes with one actor and seq the one that its node owns; of a foreign actor's, an admitted one if there is one, and of
/// several such the smallest hash.
fn chosen(changes: &BTreeMap<ChangeHash, ChangeRecord>) -> Chosen {
    let mut chosen = BTreeMap::new();
    for admitted in [true, false] {
        for (hash, record) in changes.iter().filter(|(_, record)| record.sound && record.owned && record.admitted == admitted) {
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
    chosen: &Chosen,
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
        let below: Vec<Option<(DepFacts, Standing)>> = record
            .facts
            .deps
            .iter()
            .map(|dep| changes.get(dep).map(|below| (dep_facts(&below.facts), standings.get(dep).copied().unwrap_or(Standing::Waiting))))
            .collect();
        standings.insert(hash, standing(record, claim(record, chosen), wanted.contains(&hash), &below));
    }
}

fn dep_facts(facts: &ChangeFacts) -> DepFacts {
    DepFacts { hash: facts.hash, actor: facts.actor.clone(), seq: facts.seq, max_op: facts.max_op }
}

/// The rule itself, for one change whose dependencies (`None`: not here) have been settled.
fn standing(record: &ChangeRecord, claim: Claim, is_wanted: bool, below: &[Option<(DepFacts, Standing)>]) -> Standing {
    if !record.sound || claim == Claim::Lost {
        return Standing::Void;
    }
    // What it builds on is looked at only once it is wanted: until then nothing looks for it when that comes.
    if !is_wanted {
        return Standing::Aside;
    }
    if claim == Claim::Open {
        return Standing::Waiting;
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
    by_seq: BTreeMap<(ActorId, u64), BTreeSet<ChangeHash>>,
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

    /// Takes a change that `author` brought: `admitted` if it had the right to, `sound` if the scanner passed it. What an author brings must
    /// come in the order of its log. A change that is here already can only gain admission and its owner.
    pub fn take(&mut self, facts: ChangeFacts, author: &NodeId, admitted: bool, sound: bool) -> Result<(), StoreError> {
        let hash = facts.hash;
        let rivals = self.rivals(&facts)?;
        let speaks = facts.actor.is_foreign() || facts.actor.belongs_to(author);
        let owned = sound && speaks && (facts.actor.is_foreign() || !self.is_taken(&rivals)?);
        if let Some(mut record) = self.record(&hash)? {
            let (gains_admission, gains_owner) = (admitted && !record.admitted, owned && !record.owned);
            if gains_admission || gains_owner {
                self.whole |= gains_owner || record.standing == Standing::Aside || !rivals.is_empty();
                record.admitted |= admitted;
                record.owned |= owned;
                self.records.insert(hash, record);
            }
            return Ok(());
        }
        self.whole |= !rivals.is_empty();
        self.by_seq.entry((facts.actor.clone(), facts.seq)).or_default().insert(hash);
        self.records.insert(hash, ChangeRecord { facts, admitted, owned, sound, standing: Standing::Aside });
        self.settle_from(hash)
    }

    /// The other changes of the same actor with the same seq.
    fn rivals(&self, facts: &ChangeFacts) -> Result<BTreeSet<ChangeHash>, StoreError> {
        let mut rivals: BTreeSet<ChangeHash> = self.log.changes_at(&self.document, &facts.actor, facts.seq)?.into_iter().collect();
        rivals.extend(self.by_seq.get(&(facts.actor.clone(), facts.seq)).into_iter().flatten());
        rivals.remove(&facts.hash);
        Ok(rivals)
    }

    /// Whether the owner of an actor has published one of these: then its seq is taken.
    fn is_taken(&self, rivals: &BTreeSet<ChangeHash>) -> Result<bool, StoreError> {
        for rival in rivals {
            if self.record(rival)?.is_some_and(|record| record.owned && record.sound) {
                return Ok(true);
            }
        }
        Ok(false)
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
            let claim = if record.owned || !record.sound { Claim::Counts } else { Claim::Open };
            let settled = standing(&record, claim, is_wanted, &below);
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
