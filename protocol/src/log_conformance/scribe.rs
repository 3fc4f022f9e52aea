//! Endless commits from a seed: each fits what came before, and together they use every part of a commit.

use std::collections::BTreeMap;

use super::{Author, facts, kept};
use crate::entry::{Position, Role, SealedKey};
use crate::frontier::Frontier;
use crate::ids::{ActorId, ChangeHash, DocumentId, EntryHash, SpaceId};
use crate::invitation::InvitationId;
use crate::keys::Signature;
use crate::log::{Commit, ForkEvidence, Halt, IssuedInvitation, NewEntry, Restanding, Standing};
use crate::receipt::Receipt;
use crate::seal::Sealed;

const SPACES: u64 = 2;
const NODES_PER_SPACE: u64 = 3;
const DOCUMENTS: u64 = 4;

/// Makes up commits.
pub struct Scribe {
    state: u64,
    authors: Vec<Author>,
    actors: Vec<ActorId>,
    changes: Vec<(DocumentId, ChangeHash)>,
    next_seq: BTreeMap<(DocumentId, ActorId), u64>,
    content: Vec<(SpaceId, Position)>,
    counter: u64,
}

impl Scribe {
    /// The same seed makes the same commits.
    pub fn new(seed: u64) -> Self {
        let space = |number: u64| SpaceId([number as u8 + 1; 32]);
        let authors: Vec<Author> = (0..SPACES * NODES_PER_SPACE).map(|n| Author::new(space(n / NODES_PER_SPACE), n as u8 % 4 + 1)).collect();
        let mut actors: Vec<ActorId> = authors.iter().take(3).map(|author| ActorId::of_node(&author.id(), [1; 8])).collect();
        actors.extend([ActorId::from(&[1][..]), ActorId::from(&[5; 64][..])]);
        Self { state: seed, authors, actors, changes: Vec::new(), next_seq: BTreeMap::new(), content: Vec::new(), counter: 0 }
    }

    /// The spaces it writes in.
    pub fn spaces(&self) -> impl Iterator<Item = SpaceId> + '_ {
        (0..SPACES).map(|number| SpaceId([number as u8 + 1; 32]))
    }

    /// The documents it writes.
    pub fn documents(&self) -> impl Iterator<Item = DocumentId> + '_ {
        (0..DOCUMENTS).map(document)
    }

    /// The actors it writes as.
    pub fn actors(&self) -> impl Iterator<Item = ActorId> + '_ {
        self.actors.iter().cloned()
    }

    /// Changes it has made or named.
    pub fn hashes(&self) -> impl Iterator<Item = ChangeHash> + '_ {
        self.changes.iter().map(|(_, hash)| *hash)
    }

    /// The next commit.
    pub fn next_commit(&mut self) -> Commit {
        let author = self.below(self.authors.len() as u64) as usize;
        let mut commit = Commit::new(self.authors[author].space);
        if self.one_in(8) {
            commit.entries.push(self.authors[author].control(b"an act"));
        }
        let known = self.changes.len();
        for _ in 0..self.below(5) {
            self.make_change(&mut commit);
        }
        if !commit.changes.is_empty() && self.one_in(2) {
            self.publish(author, &mut commit);
        } else if self.one_in(2) {
            commit.unpublished = commit.changes.iter().map(|change| (change.document, change.record.facts.hash)).collect();
        }
        if known > 0 && self.one_in(3) {
            for _ in 0..=self.below(3) {
                let at = self.below(known as u64) as usize;
                let (document, hash) = self.changes[at];
                let standing = self.standing();
                let (admitted, owned) = (self.one_in(2), self.one_in(2));
                commit.restanding.push(Restanding { document, hash, admitted, owned, standing });
            }
            commit.published.extend(self.changes[..known].iter().filter(|(_, hash)| hash.0[0].is_multiple_of(3)));
        }
        if let Some((_, position)) = self.content.iter().rfind(|(space, _)| *space == commit.space).copied() {
            commit.waits.push((position, self.one_in(2)));
        }
        self.decorate(author, &mut commit);
        commit
    }

    fn make_change(&mut self, commit: &mut Commit) {
        let document = document(self.below(DOCUMENTS));
        let at = self.below(self.actors.len() as u64) as usize;
        let actor = self.actors[at].clone();
        let mut next_seq = self.next_seq.get(&(document, actor.clone())).copied().unwrap_or(1);
        if self.one_in(10) && next_seq > 1 {
            next_seq -= 1; // Two changes with one seq.
        }
        self.next_seq.insert((document, actor.clone()), next_seq + 1);
        let here: Vec<ChangeHash> = self.changes.iter().filter(|(other, _)| *other == document).map(|(_, hash)| *hash).collect();
        let mut deps: Vec<ChangeHash> = Vec::new();
        for _ in 0..self.below(3) {
            let dep = if here.is_empty() || self.one_in(6) { self.hash() } else { here[self.below(here.len() as u64) as usize] };
            if !deps.contains(&dep) {
                deps.push(dep);
            }
        }
        let mut facts = facts(self.hash(), &actor, next_seq, &deps);
        (facts.op_count, facts.time) = (self.below(4), self.below(1 << 40) as i64 - (1 << 39));
        facts.max_op = facts.start_op + facts.op_count;
        let standing = self.standing();
        let mut change = kept(document, facts, standing);
        (change.record.admitted, change.record.owned, change.record.sound) = (self.one_in(2), self.one_in(2), self.one_in(2));
        self.changes.push((document, change.record.facts.hash));
        commit.changes.push(change);
    }

    fn publish(&mut self, author: usize, commit: &mut Commit) {
        let mut runs: Vec<(DocumentId, ActorId, u64, Vec<ChangeHash>)> = Vec::new();
        for change in &commit.changes {
            let facts = &change.record.facts;
            runs.push((change.document, facts.actor.clone(), facts.seq, vec![facts.hash]));
        }
        if self.one_in(4) {
            // An entry may name changes that came long before, or none that is here.
            let at = self.below(self.changes.len() as u64) as usize;
            let (document, hash) = self.changes[at];
            let hashes = vec![hash, self.hash()];
            runs.push((document, self.actors[0].clone(), 1, hashes));
        }
        let entry = self.authors[author].content(&runs);
        self.content.push((commit.space, entry.entry.position));
        commit.entries.push(NewEntry::Content { entry, waits: self.one_in(4), void: self.one_in(6) });
    }

    fn decorate(&mut self, author: usize, commit: &mut Commit) {
        self.counter += 1;
        if self.one_in(6) {
            let frontier = Frontier::default();
            let counter = self.below(self.counter);
            commit.receipts.push(Receipt::sign(&commit.space, &self.authors[author].key, counter, frontier));
        }
        if self.one_in(12) {
            commit.sealed_key = Some(SealedKey { node: self.authors[author].id(), sealed: Sealed(self.hash().0.to_vec()) });
        }
        if self.one_in(15) {
            commit.halted = Halt::from_number(1 + self.below(2) as u8);
        }
        if self.one_in(10) {
            let spent_by = self.one_in(2).then(|| self.authors[author].id());
            let role = [Role::Reader, Role::Member, Role::Convenor][self.below(3) as usize];
            let id = InvitationId([self.below(5) as u8; 16]);
            commit.invitations.push(IssuedInvitation { space: commit.space, id, secret: [self.below(250) as u8; 16], role, spent_by });
        }
        if let Some((_, position)) = self.content.iter().rfind(|(space, _)| *space == commit.space).copied().filter(|_| self.one_in(12)) {
            let theirs = EntryHash(self.hash().0);
            commit.forks.push(ForkEvidence { position, ours: EntryHash([1; 32]), theirs, end: (position.seq, theirs, Signature([3; 64])) });
        }
    }

    fn standing(&mut self) -> Standing {
        [Standing::Ready, Standing::Ready, Standing::Waiting, Standing::Aside, Standing::Void][self.below(5) as usize]
    }

    fn hash(&mut self) -> ChangeHash {
        let mut hash = [0; 32];
        for part in hash.chunks_exact_mut(8) {
            part.copy_from_slice(&self.next().to_le_bytes());
        }
        ChangeHash(hash)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

fn document(number: u64) -> DocumentId {
    DocumentId([number as u8 + 1; 16])
}
