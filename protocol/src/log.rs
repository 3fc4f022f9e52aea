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

    /// How many changes of a document stand in content entries beyond a frontier. Asked of every document of a list: a store that can should
    /// answer without reading the entries.
    fn changes_beyond(&self, document: &DocumentId, frontier: &Frontier) -> Result<u64, StoreError> {
        let beyond = |content: &ContentEntry| frontier.tip(&content.entry.position.chain).seq < content.entry.position.seq;
        let entries = self.entries_of_document(document)?;
        let runs = entries.iter().filter(|content| beyond(content)).flat_map(|content| &content.batch.runs);
        Ok(runs.filter(|run| run.document == *document).map(|run| run.count).sum())
    }

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
