//! A log in memory with the rules of the real store: for the simulation, and as the model against which the store is tested. It can be told
//! to fail or to crash at any durable step.

mod apply;
mod check;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use crate::commit_flaw::CommitFlaw;
use crate::entry::{ChainId, Entry, SealedKey};
use crate::ids::{ActorId, ChangeHash, DocumentId, NodeId, SpaceId};
use crate::invitation::InvitationId;
use crate::log::{Commit, ContentEntry, ForkEvidence, Halt, IssuedInvitation, StoredChange};
use crate::receipt::Receipt;

/// What happens at one durable step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The disk is full: nothing is kept, the caller hears of it and lives on.
    Fail,
    /// The machine stops before anything is kept.
    CrashBefore,
    /// The machine stops when all is kept and nobody has heard of it.
    CrashAfter,
}

/// Why a step did not end well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemoryFault {
    /// The commit does not fit.
    #[error(transparent)]
    Flaw(#[from] CommitFlaw),
    /// As planned: [`Fate::Fail`].
    #[error("nothing was kept, as planned")]
    Failed,
    /// As planned: the caller is to be thrown away, and to begin again from this log.
    #[error("the machine stopped, as planned")]
    Crashed,
}

/// A log in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryLog {
    /// In the order in which they came.
    space_order: Vec<SpaceId>,
    spaces: BTreeMap<SpaceId, SpaceLog>,
    documents: BTreeMap<DocumentId, DocumentLog>,
    /// All entries of all spaces, in order of commit; named by their place here.
    entries: Vec<KeptEntry>,
    invitations: BTreeMap<InvitationId, IssuedInvitation>,
    steps: u64,
    fates: BTreeMap<u64, Fate>,
}

#[derive(Debug, Clone)]
enum KeptEntry {
    Control(Entry),
    Content(ContentEntry),
}

#[derive(Debug, Clone, Default)]
struct SpaceLog {
    sealed_key: Option<SealedKey>,
    halted: Option<Halt>,
    /// Per chain its entries, the first at 0.
    chains: BTreeMap<ChainId, Vec<usize>>,
    control: Vec<usize>,
    waiting: BTreeSet<usize>,
    void: BTreeSet<usize>,
    document_tips: BTreeMap<(DocumentId, ChainId), u64>,
    unpublished: BTreeMap<u64, (DocumentId, ChangeHash)>,
    unpublished_at: BTreeMap<(DocumentId, ChangeHash), u64>,
    next_unpublished: u64,
    receipts: BTreeMap<NodeId, Receipt>,
    forks: Vec<ForkEvidence>,
}

#[derive(Debug, Clone, Default)]
struct DocumentLog {
    /// In order of commit; named by their place here.
    changes: Vec<StoredChange>,
    by_hash: BTreeMap<ChangeHash, usize>,
    by_seq: BTreeMap<(ActorId, u64), Vec<usize>>,
    waiting_for: BTreeMap<ChangeHash, BTreeSet<usize>>,
    entries: BTreeSet<usize>,
    claims: BTreeMap<ActorId, BTreeSet<NodeId>>,
}

impl MemoryLog {
    /// Nothing is kept yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many durable steps were asked for so far, failed ones included. The next one has this number.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Lets the step with number `step` (from 0) end so.
    pub fn plan(&mut self, step: u64, fate: Fate) {
        self.fates.insert(step, fate);
    }

    /// Keeps these commits in one durable step: all or none.
    pub fn commit(&mut self, commits: &[Commit]) -> Result<(), MemoryFault> {
        let step = self.steps;
        self.steps += 1;
        let fate = self.fates.remove(&step);
        match fate {
            Some(Fate::Fail) => return Err(MemoryFault::Failed),
            Some(Fate::CrashBefore) => return Err(MemoryFault::Crashed),
            Some(Fate::CrashAfter) | None => {}
        }
        match commits {
            [one] => {
                self.check(one)?;
                self.apply(one);
            }
            // A later one may not fit while the earlier ones do: a copy is made anew, which only this case has to pay.
            several => {
                let mut copy = self.clone();
                for commit in several {
                    copy.check(commit)?;
                    copy.apply(commit);
                }
                *self = copy;
            }
        }
        if fate == Some(Fate::CrashAfter) { Err(MemoryFault::Crashed) } else { Ok(()) }
    }

    /// The chunks of a document that are part of it: what an Automerge document is made of, in order of commit.
    pub fn ready_chunks(&self, document: &DocumentId) -> Vec<Vec<u8>> {
        let ready = |change: &&StoredChange| change.record.standing == crate::log::Standing::Ready;
        self.documents
            .get(document)
            .into_iter()
            .flat_map(|document| document.changes.iter().filter(ready))
            .map(|change| change.chunk.clone())
            .collect()
    }

    /// Proofs of forked logs, in order of commit.
    pub fn forks(&self, space: &SpaceId) -> &[ForkEvidence] {
        self.spaces.get(space).map(|space| space.forks.as_slice()).unwrap_or_default()
    }

    /// How many entries of a space break a rule.
    pub fn void_entries(&self, space: &SpaceId) -> usize {
        self.spaces.get(space).map_or(0, |space| space.void.len())
    }

    fn found(&self, document: &DocumentId, hash: &ChangeHash) -> Option<&StoredChange> {
        let document = self.documents.get(document)?;
        document.changes.get(*document.by_hash.get(hash)?)
    }
}
