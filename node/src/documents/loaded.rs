//! An Automerge document in memory.
//!
//! Everything that touches Automerge runs on a blocking thread inside [`guarded`]: content that passed the scanner may still find a bug,
//! and a panic must cost one document a reload, not the node.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, ROOT, ReadDoc};
use jeli_protocol::ids::{ChangeHash, SchoolId, SpaceId};
use jeli_protocol::kinds;
use jeli_protocol::scan::claimed_ops;

use crate::audience::{Audience, is_personal};
use crate::limits::{BYTES_PER_LOADED_OP, MAX_DOCUMENT_OPS, MAX_OWN_DOCUMENT_OPS};
use crate::replica_handle::{CanWrite, Description, SpaceReach, StoredDocument};

pub struct Loaded {
    pub doc: Automerge,
    pub kind: String,
    pub space: SpaceId,
    reach: SpaceReach,
    /// Ours.
    school: SchoolId,
    /// Whether our school may write it.
    pub can_write: CanWrite,
    /// Changes applied since the last snapshot in the store.
    pub since_snapshot: usize,
    /// Whether it has been looked at for growing to the newest schema of its kind.
    pub grown: bool,
    /// What the list of documents is to be told, from when it was loaded or last grew; none where it has been told.
    pub untold: Option<Untold>,
}

/// What the list of documents has not been told yet.
pub enum Untold {
    /// Read already.
    Read(Box<Description>),
    /// The document has grown since.
    Grown,
}

/// Automerge refused or panicked on what the store holds or was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Poisoned {
    #[error("Automerge refused the document's changes: {0}")]
    Refused(String),
    #[error("Automerge failed inside on this document")]
    Panicked,
    #[error("the document has more operations than fit into memory ({0})")]
    TooLarge(u64),
}

impl Loaded {
    pub fn load(stored: StoredDocument, school: SchoolId) -> Result<Self, Poisoned> {
        let since_snapshot = stored.changes.len();
        let doc = guarded(|| {
            fits(0, &stored.changes)?;
            let mut doc = match &stored.snapshot {
                Some(snapshot) => Automerge::load(snapshot).map_err(refused)?,
                None => Automerge::new(),
            };
            fits(doc.stats().num_ops, &stored.changes)?;
            // In one piece: applying a thousand changes one by one takes twenty times as long.
            let mut joined = Vec::with_capacity(stored.changes.iter().map(Vec::len).sum());
            stored.changes.iter().for_each(|change| joined.extend_from_slice(change));
            if !joined.is_empty() {
                doc.load_incremental(&joined).map_err(refused)?;
            }
            Ok(doc)
        })?;
        let untold = Some(Untold::Read(Box::new(description_of(&doc))));
        let StoredDocument { kind, space, reach, can_write, .. } = stored;
        Ok(Self { doc, kind, space, reach, school, can_write, since_snapshot, grown: false, untold })
    }

    /// What the list of documents shows of it, and which files it names.
    pub fn description(&self) -> Box<Description> {
        Box::new(description_of(&self.doc))
    }

    /// Applies changes that are in the store already.
    pub fn apply(&mut self, changes: &[Vec<u8>]) -> Result<(), Poisoned> {
        let mut joined = Vec::with_capacity(changes.iter().map(Vec::len).sum());
        changes.iter().for_each(|change| joined.extend_from_slice(change));
        if joined.is_empty() {
            return Ok(());
        }
        self.since_snapshot += changes.len();
        let doc = &mut self.doc;
        fits(doc.stats().num_ops, changes)?;
        guarded(|| doc.load_incremental(&joined).map(drop).map_err(refused))
    }

    /// Whether people of this school may add so much to it: less than what it may come to with what others add, so that it can still be opened.
    pub fn takes<'a>(&self, chunks: impl Iterator<Item = &'a [u8]>) -> bool {
        self.doc.stats().num_ops.saturating_add(chunks.map(claimed_ops).sum()) <= MAX_OWN_DOCUMENT_OPS
    }

    pub fn has(&self, hash: &ChangeHash) -> bool {
        has_change(&self.doc, hash)
    }

    pub fn heads(&self) -> Vec<ChangeHash> {
        self.doc.get_heads().iter().map(|head| ChangeHash(head.0)).collect()
    }

    /// For whom of our school it is, by what it says now.
    pub fn audience(&self) -> Audience {
        if !is_personal(&self.kind, self.reach) {
            return Audience::School;
        }
        let doc = &self.doc;
        let person = guarded(|| Ok(kinds::read::string_at(doc, &ROOT, "person"))).ok().flatten().unwrap_or_default();
        Audience::of(&self.kind, self.reach, &person, &self.school)
    }

    /// Roughly what it takes in memory.
    pub fn estimated_bytes(&self) -> usize {
        usize::try_from(self.doc.stats().num_ops).unwrap_or(usize::MAX).saturating_mul(BYTES_PER_LOADED_OP)
    }

    /// The compact form for the store, and the heads it stands for.
    pub fn snapshot(&mut self) -> Option<(Vec<ChangeHash>, Vec<u8>)> {
        let heads = self.heads();
        let doc = &self.doc;
        let bytes = guarded(|| Ok(doc.save())).ok()?;
        self.since_snapshot = 0;
        Some((heads, bytes))
    }
}

/// Whether these changes fit beside what is in memory: counted before Automerge sees them, since running out of memory ends the node.
fn fits(operations: u64, changes: &[Vec<u8>]) -> Result<(), Poisoned> {
    let claimed: u64 = changes.iter().map(|chunk| claimed_ops(chunk)).sum();
    let all = operations.saturating_add(claimed);
    if all <= MAX_DOCUMENT_OPS { Ok(()) } else { Err(Poisoned::TooLarge(all)) }
}

pub(super) fn has_change(doc: &Automerge, hash: &ChangeHash) -> bool {
    doc.get_change_meta_by_hash(&automerge::ChangeHash(hash.0)).is_some()
}

/// Runs `work` so that a panic inside Automerge becomes an error. The document it touched must be loaded anew after one.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Poisoned>) -> Result<T, Poisoned> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Poisoned::Panicked))
}

pub(super) fn refused(error: automerge::AutomergeError) -> Poisoned {
    Poisoned::Refused(error.to_string())
}

/// What a document says of itself; nothing where Automerge cannot read it.
fn description_of(doc: &Automerge) -> Description {
    guarded(|| Ok(Description { facts: kinds::facts(doc), files: kinds::files(doc) })).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use automerge::transaction::Transactable;
    use automerge::{ActorId, AutoCommit};

    use super::*;

    #[test]
    fn what_does_not_fit_into_memory_is_known_before_automerge_sees_it() {
        let mut doc = AutoCommit::new().with_actor(ActorId::from(&[1; 16][..]));
        doc.put(ROOT, "title", "x").expect("a title");
        doc.commit();
        let chunks: Vec<Vec<u8>> = doc.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect();
        assert_eq!(fits(MAX_DOCUMENT_OPS - 1, &chunks), Ok(()));
        assert_eq!(fits(MAX_DOCUMENT_OPS, &chunks), Err(Poisoned::TooLarge(MAX_DOCUMENT_OPS + 1)));
        assert_eq!(fits(0, &[b"no chunk".to_vec()]), Ok(()), "what cannot be read costs nothing");
    }
}
