//! What the machines ask of the store and what they tell it to keep. The store itself is the driver's: SQLite in a node, memory in a simulation.

use crate::entry::{Batch, ChainId, Entry, Position, Role, SealedKey};
use crate::frontier::Frontier;
use crate::ids::{ActorId, ChangeHash, DocumentId, EntryHash, NodeId, SpaceId};
use crate::invitation::InvitationId;
use crate::keys::Signature;
use crate::receipt::Receipt;
use crate::scan::ChangeFacts;

/// What became of a stored change. The numbers are kept in the store and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Standing {
    /// It is part of its document.
    Ready = 0,
    /// It is wanted, but a change that it depends on is not here or not ready, or the node whose actor it bears has not published it.
    Waiting = 1,
    /// Its author had no right to it, and no accepted change builds on it: kept for review.
    Aside = 2,
    /// It breaks a rule of the protocol version: kept, counted, never applied.
    Void = 3,
}

impl Standing {
    /// The standing of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::Ready, Self::Waiting, Self::Aside, Self::Void].into_iter().find(|standing| *standing as u8 == number)
    }
}

/// What a machine knows of a change without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRecord {
    /// Hash, actor, seq, operations, dependencies.
    pub facts: ChangeFacts,
    /// Whether some entry (or this node's own people) had the right to it.
    pub admitted: bool,
    /// Whether the node whose actor it bears stands by it: wrote it here, or published it first of all at its seq. Always so for a foreign
    /// actor, of which nobody can tell.
    pub owned: bool,
    /// Whether the scanner passed it.
    pub sound: bool,
    /// What became of it.
    pub standing: Standing,
}

/// A change as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChange {
    /// The document.
    pub document: DocumentId,
    /// What is known of it.
    pub record: ChangeRecord,
    /// The plain chunk (`Change::raw_bytes`).
    pub chunk: Vec<u8>,
}

/// A content entry with its batch and the change hashes of its runs, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentEntry {
    /// The entry.
    pub entry: Entry,
    /// Its body, decoded.
    pub batch: Batch,
    /// The hashes of the changes of all its runs, in order.
    pub changes: Vec<ChangeHash>,
}

/// A change of this school's people that no entry has published yet, in order of commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpublished {
    /// The document.
    pub document: DocumentId,
    /// The change.
    pub hash: ChangeHash,
    /// Its actor.
    pub actor: ActorId,
    /// Its seq.
    pub seq: u64,
    /// Raw bytes of its chunk.
    pub bytes: usize,
    /// Its operations.
    pub ops: u64,
}

/// What of a log stands beyond a frontier: what somebody lacks who holds that and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beyond {
    /// Chains that reach further.
    pub chains: u64,
    /// Changes in entries of content chains.
    pub changes: u64,
    /// The bytes of the changes as they are kept here; far fewer travel.
    pub plain_bytes: u64,
    /// Entries of control chains.
    pub acts: u64,
    /// The bytes of their bodies, which travel as they are.
    pub act_bytes: u64,
    /// When the oldest of all that was kept, in Unix milliseconds of the store's clock; `None` where it kept no time. Shown, never judged by.
    pub since_ms: Option<i64>,
}

impl Beyond {
    /// Whether nothing stands there.
    pub fn is_empty(&self) -> bool {
        self.chains == 0
    }

    /// How much news that is, as people count it: each change, and each act of membership.
    pub fn news(&self) -> u64 {
        self.changes.saturating_add(self.acts)
    }

    /// This and that together.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            chains: self.chains.saturating_add(other.chains),
            changes: self.changes.saturating_add(other.changes),
            plain_bytes: self.plain_bytes.saturating_add(other.plain_bytes),
            acts: self.acts.saturating_add(other.acts),
            act_bytes: self.act_bytes.saturating_add(other.act_bytes),
            since_ms: self.since_ms.into_iter().chain(other.since_ms).min(),
        }
    }
}

/// The store could not answer; what it holds is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the store could not be read: {0}")]
pub struct StoreError(pub String);

/// Why this node does not publish in a space any more. It signed what its store does not hold: going on, it would fork its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// Others hold more of its log than it does: it was restored from an old copy, or runs twice.
    OwnLogIsLonger,
    /// It signed two entries at one position.
    OwnLogForked,
}

impl Halt {
    /// The number in a store.
    pub fn number(self) -> u8 {
        match self {
            Self::OwnLogIsLonger => 1,
            Self::OwnLogForked => 2,
        }
    }

    /// The reason with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::OwnLogIsLonger, Self::OwnLogForked].into_iter().find(|halt| halt.number() == number)
    }
}

/// A space as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSpace {
    /// Its id.
    pub space: SpaceId,
    /// The epoch key sealed for this node, as a welcome brought it; control entries bring it too, later.
    pub sealed_key: Option<SealedKey>,
    /// Why this node does not publish there any more.
    pub halted: Option<Halt>,
}

/// An invitation that this node gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedInvitation {
    /// The space.
    pub space: SpaceId,
    /// Its id.
    pub id: InvitationId,
    /// Its secret: a request proves that it knows it.
    pub secret: [u8; 16],
    /// What the school may do that joins with it.
    pub role: Role,
    /// The node that has joined with it.
    pub spent_by: Option<NodeId>,
}

/// What the machines read. All reads see what has been committed.
pub trait LogReader {
    /// All spaces, in the order in which they came.
    fn spaces(&self) -> Result<Vec<StoredSpace>, StoreError>;

    /// An invitation that this node gave.
    fn invitation(&self, id: &InvitationId) -> Result<Option<IssuedInvitation>, StoreError>;

    /// Per document of a space and chain, the last content entry that holds a run of the document.
    fn document_tips(&self, space: &SpaceId) -> Result<Vec<(DocumentId, ChainId, u64)>, StoreError>;

    /// All control entries of a space, in the order in which they were committed.
    fn control_entries(&self, space: &SpaceId) -> Result<Vec<Entry>, StoreError>;

    /// Content entries of a space that lie beyond `after` on their chain and at or before `upto`, in the order in which they were committed,
    /// at most `limit`. A chain that `upto` lacks is left out.
    fn content_entries(&self, space: &SpaceId, after: &Frontier, upto: &Frontier, limit: usize) -> Result<Vec<ContentEntry>, StoreError>;

    /// The content entries that hold runs of a document, in the order in which they were committed.
    fn entries_of_document(&self, document: &DocumentId) -> Result<Vec<ContentEntry>, StoreError>;

    /// What of a space stands beyond a frontier. Asked for every node of a space: a store should answer without reading the entries.
    fn beyond(&self, space: &SpaceId, frontier: &Frontier) -> Result<Beyond, StoreError>;

    /// What of a document stands in content entries beyond a frontier. Asked of every document of a list.
    fn beyond_in(&self, document: &DocumentId, frontier: &Frontier) -> Result<Beyond, StoreError>;

    /// The content entries that were judged to wait for control entries.
    fn waiting_entries(&self, space: &SpaceId) -> Result<Vec<ContentEntry>, StoreError>;

    /// The hash of an entry.
    fn entry_hash(&self, space: &SpaceId, position: &Position) -> Result<Option<EntryHash>, StoreError>;

    /// How far the chains of a space reach in the store.
    fn frontier(&self, space: &SpaceId) -> Result<Frontier, StoreError>;

    /// The chunk of a change.
    fn chunk(&self, document: &DocumentId, hash: &ChangeHash) -> Result<Option<Vec<u8>>, StoreError>;

    /// What is known of a change.
    fn change(&self, document: &DocumentId, hash: &ChangeHash) -> Result<Option<ChangeRecord>, StoreError>;

    /// The changes of an actor with a seq: one, unless somebody made two.
    fn changes_at(&self, document: &DocumentId, actor: &ActorId, seq: u64) -> Result<Vec<ChangeHash>, StoreError>;

    /// The changes with [`Standing::Waiting`] that name `dependency`.
    fn waiting_for(&self, document: &DocumentId, dependency: &ChangeHash) -> Result<Vec<ChangeHash>, StoreError>;

    /// All changes of a document, in the order in which they were committed.
    fn changes_of_document(&self, document: &DocumentId) -> Result<Vec<ChangeRecord>, StoreError>;

    /// What this node's people wrote and no entry has published, in order of commit.
    fn unpublished(&self, space: &SpaceId) -> Result<Vec<Unpublished>, StoreError>;

    /// The newest receipt of each node.
    fn receipts(&self, space: &SpaceId) -> Result<Vec<Receipt>, StoreError>;

    /// The nodes that have published changes of a foreign (not prefixed) actor in a document.
    fn claims(&self, document: &DocumentId, actor: &ActorId) -> Result<Vec<NodeId>, StoreError>;
}

/// What is kept in one transaction: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// The space.
    pub space: SpaceId,
    /// The epoch key that a welcome brought; also makes the space known to the store.
    pub sealed_key: Option<SealedKey>,
    /// Invitations given, or spent (each replaces what is kept under its id).
    pub invitations: Vec<IssuedInvitation>,
    /// New entries, in order of their chains.
    pub entries: Vec<NewEntry>,
    /// New changes, dependencies first where they are known.
    pub changes: Vec<StoredChange>,
    /// Changes kept before of which something else is to be said now.
    pub restanding: Vec<Restanding>,
    /// Entries kept before whose waiting is over or has begun: (position, waits).
    pub waits: Vec<(Position, bool)>,
    /// Changes of this node's people in this commit that await publication, in order.
    pub unpublished: Vec<(DocumentId, ChangeHash)>,
    /// Changes that an entry of this commit publishes.
    pub published: Vec<(DocumentId, ChangeHash)>,
    /// Newer receipts; each replaces its node's older one.
    pub receipts: Vec<Receipt>,
    /// Proof that a node signed two entries at one position.
    pub forks: Vec<ForkEvidence>,
    /// From now on this node does not publish in the space.
    pub halted: Option<Halt>,
}

/// What is to be said now of a change kept before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restanding {
    /// The document.
    pub document: DocumentId,
    /// The change.
    pub hash: ChangeHash,
    /// See [`ChangeRecord::admitted`].
    pub admitted: bool,
    /// See [`ChangeRecord::owned`].
    pub owned: bool,
    /// What became of it.
    pub standing: Standing,
}

/// An entry to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewEntry {
    /// Of a control chain.
    Control(Entry),
    /// Of a content chain; `waits` when its verdict waits for control entries, `void` when it breaks a rule.
    Content {
        /// The entry.
        entry: ContentEntry,
        /// Whether its verdict waits.
        waits: bool,
        /// Whether it breaks a rule.
        void: bool,
    },
}

/// Two entries of one node at one position, both signed (or below signed ones): the node's log forked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkEvidence {
    /// Whose chain, and where.
    pub position: Position,
    /// The entry that we hold.
    pub ours: EntryHash,
    /// The other one.
    pub theirs: EntryHash,
    /// The signature over the end of the other branch, with that end.
    pub end: (u64, EntryHash, Signature),
}

impl Commit {
    /// A commit with nothing in it.
    pub fn new(space: SpaceId) -> Self {
        Self {
            space,
            sealed_key: None,
            invitations: Vec::new(),
            entries: Vec::new(),
            changes: Vec::new(),
            restanding: Vec::new(),
            waits: Vec::new(),
            unpublished: Vec::new(),
            published: Vec::new(),
            receipts: Vec::new(),
            forks: Vec::new(),
            halted: None,
        }
    }

    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.sealed_key.is_none()
            && self.invitations.is_empty()
            && self.entries.is_empty()
            && self.changes.is_empty()
            && self.restanding.is_empty()
            && self.waits.is_empty()
            && self.unpublished.is_empty()
            && self.published.is_empty()
            && self.receipts.is_empty()
            && self.forks.is_empty()
            && self.halted.is_none()
    }

    /// The chains that this commit moves forward.
    pub fn chains(&self) -> impl Iterator<Item = ChainId> + '_ {
        self.entries.iter().map(|entry| entry.entry().position.chain)
    }
}

impl NewEntry {
    /// The entry itself.
    pub fn entry(&self) -> &Entry {
        match self {
            Self::Control(entry) => entry,
            Self::Content { entry, .. } => &entry.entry,
        }
    }
}
