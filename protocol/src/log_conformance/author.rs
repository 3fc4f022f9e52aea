//! Honest entries and made-up changes for the cases.

use crate::entry::{Batch, Chain, Entry, Run, commit};
use crate::frontier::Tip;
use crate::ids::{ActorId, ChangeHash, DocumentId, EntryHash, NodeId, SpaceId};
use crate::keys::NodeKey;
use crate::log::{ChangeRecord, ContentEntry, NewEntry, Restanding, Standing, StoredChange};
use crate::scan::ChangeFacts;

/// A node that writes entries in one space.
#[derive(Clone)]
pub struct Author {
    /// Its key.
    pub key: NodeKey,
    /// Where it writes.
    pub space: SpaceId,
    control: Tip,
    content: Tip,
}

impl Author {
    /// The node with this number.
    pub fn new(space: SpaceId, number: u8) -> Self {
        Self { key: NodeKey::from_secret(&[number; 32]), space, control: Tip::START, content: Tip::START }
    }

    /// Its id.
    pub fn id(&self) -> NodeId {
        self.key.id()
    }

    /// Its next control entry; the store does not look into the body.
    pub fn control(&mut self, body: &[u8]) -> NewEntry {
        let entry = Entry::sign(&self.space, &self.key, Chain::Control, self.control.seq + 1, self.control.hash, body.to_vec());
        self.control = Tip { seq: entry.position.seq, hash: entry.hash };
        NewEntry::Control(entry)
    }

    /// Its next content entry with one run for each of `runs`: (document, actor, first seq, hashes).
    pub fn content(&mut self, runs: &[(DocumentId, ActorId, u64, Vec<ChangeHash>)]) -> ContentEntry {
        let batch = Batch {
            control_heads: vec![EntryHash([7; 32])],
            runs: runs
                .iter()
                .map(|(document, actor, first_seq, hashes)| Run {
                    document: *document,
                    actor: actor.clone(),
                    first_seq: *first_seq,
                    count: hashes.len() as u64,
                    commitment: commit(hashes),
                })
                .collect(),
        };
        let seq = self.content.seq + 1;
        let mut entry = Entry::sign(&self.space, &self.key, Chain::Content, seq, self.content.hash, batch.encode());
        if !seq.is_multiple_of(3) {
            entry.signature = None;
        }
        self.content = Tip { seq, hash: entry.hash };
        ContentEntry { entry, batch, changes: runs.iter().flat_map(|(.., hashes)| hashes.iter().copied()).collect() }
    }

    /// The same, sound and not waiting.
    pub fn new_content(&mut self, runs: &[(DocumentId, ActorId, u64, Vec<ChangeHash>)]) -> NewEntry {
        NewEntry::Content { entry: self.content(runs), waits: false, void: false }
    }
}

/// The facts of a change with one operation.
pub fn facts(hash: ChangeHash, actor: &ActorId, seq: u64, deps: &[ChangeHash]) -> ChangeFacts {
    ChangeFacts { hash, actor: actor.clone(), seq, start_op: seq, op_count: 1, max_op: seq, deps: deps.to_vec(), time: 1_700_000_000 }
}

/// What is to be said of a change now: admitted and owned, with this standing.
pub fn restanding(document: DocumentId, hash: ChangeHash, standing: Standing) -> Restanding {
    Restanding { document, hash, admitted: true, owned: true, standing }
}

/// The change with these facts as the store keeps it, its chunk made of its hash.
pub fn kept(document: DocumentId, facts: ChangeFacts, standing: Standing) -> StoredChange {
    let chunk = [facts.hash.0.as_slice(), b" chunk"].concat();
    StoredChange {
        document,
        record: ChangeRecord { facts, admitted: standing == Standing::Ready, owned: true, sound: standing != Standing::Void, standing },
        chunk,
    }
}
