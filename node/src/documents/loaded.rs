//! An Automerge document in memory.
//!
//! Everything that touches Automerge runs on a blocking thread inside [`guarded`]: content that passed the scanner may still find a bug,
//! and a panic must cost one document a reload, not the node.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, ROOT, ReadDoc};
use jeli_protocol::ids::{ChangeHash, SchoolId, SpaceId};
use jeli_protocol::kinds;

use crate::audience::{Audience, is_personal};
use crate::limits::BYTES_PER_LOADED_OP;
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
}

impl Loaded {
    pub fn load(stored: StoredDocument, school: SchoolId) -> Result<Self, Poisoned> {
        let since_snapshot = stored.changes.len();
        let doc = guarded(|| {
            let mut doc = match &stored.snapshot {
                Some(snapshot) => Automerge::load(snapshot).map_err(refused)?,
                None => Automerge::new(),
            };
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
        guarded(|| doc.load_incremental(&joined).map(drop).map_err(refused))
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
