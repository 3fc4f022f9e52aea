//! The seam between the shell's two halves.
//!
//! On this side everything is asynchronous: HTTP, browsers, Automerge documents. On the other side one thread owns the database and the
//! protocol's replica machine. They share no memory: this side sends [`Request`]s, each with a place for its answer, and hears what
//! arrived from other schools as [`Applied`].
//!
//! **Invariant 1 rests on one promise of the other side:** the answer to [`Request::SubmitChanges`] comes only when the changes are
//! committed and synced to disk. Nothing on this side shows a change to anybody before that answer.

mod answers;
mod bundles;
mod reach;

pub use answers::*;
pub use bundles::*;
pub use reach::*;

use std::collections::HashSet;
use std::sync::Arc;

use jeli_protocol::ids::{BlobHash, ChangeHash, DocumentId, NodeId, PersonId, SchoolId, SpaceId};
use rusqlite::Connection;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::audience::Audience;
use crate::budget::Held;
use crate::limits::{APPLIED_QUEUE, REQUEST_QUEUE};
use crate::store::{NamedFile, NamedInHistory};

/// Where the answer to a request goes. Whoever drops it unanswered tells the asker that the replica has stopped.
pub type Reply<T> = oneshot::Sender<T>;

/// A piece of work for the one thread that owns the database: accounts and other tables of this side live in the same file.
pub type DbWork = Box<dyn FnOnce(&mut Connection) + Send>;

/// What this side asks of the replica. Every variant that changes something is answered only when the change is durable.
pub enum Request {
    /// Keep these changes of a person at this school and publish them in due time.
    SubmitChanges {
        document: DocumentId,
        /// Plain (uncompressed) change chunks that have passed `jeli_protocol::scan`, in causal order. Changes the store has already
        /// are no mistake: they count as kept, whoever wrote them.
        changes: Vec<Vec<u8>>,
        author: Option<PersonId>,
        reply: Reply<Result<Submitted, SubmitRefusal>>,
    },
    /// Everything of a document that may be applied now.
    LoadDocument {
        document: DocumentId,
        reply: Reply<Result<LoadedAnswer, StoreFault>>,
    },
    /// What of a document's past a tab has seen that is no part of it (any more): these heads and all below them that the store keeps aside,
    /// plain chunks, dependencies first.
    NoLongerPart {
        document: DocumentId,
        heads: Vec<ChangeHash>,
        reply: Reply<Result<Vec<Vec<u8>>, StoreFault>>,
    },
    /// A compact form of the document at these heads, offered when it is unloaded. Needs no answer: without it the next load is only slower.
    SaveSnapshot {
        document: DocumentId,
        heads: Vec<ChangeHash>,
        bytes: Vec<u8>,
    },
    /// What the list of documents shows and which files the document names, read from the content by whoever had the document loaded.
    Describe {
        document: DocumentId,
        description: Box<Description>,
    },
    /// Whether this node may have a content: a document that it may read names it, now or in its history.
    MayFetch {
        node: NodeId,
        hash: BlobHash,
        reply: Reply<Result<bool, StoreFault>>,
    },
    /// The other nodes that may have a content and give it to us: members of the spaces in which a document names it.
    Providers {
        hash: BlobHash,
        reply: Reply<Result<Vec<NodeId>, StoreFault>>,
    },
    /// The files that one document names, or all do.
    NamedFiles {
        document: Option<DocumentId>,
        reply: Reply<Result<Vec<NamedFile>, StoreFault>>,
    },
    /// The documents that name any of these contents, now or in their history, and these documents; and for whom each is.
    NamingDocuments {
        hashes: Vec<BlobHash>,
        documents: Vec<DocumentId>,
        reply: Reply<Result<Vec<(DocumentId, Audience)>, StoreFault>>,
    },
    /// Which of these contents the next changes name that are kept here, after this number: all of them are read in several steps.
    HistoryNames {
        of: Arc<HashSet<BlobHash>>,
        after: i64,
        reply: Reply<Result<NamedInHistory, StoreFault>>,
    },
    /// All documents that somebody at this school has open, with the names of those people: decides how fast their changes are published,
    /// and tells the other schools who is here. Replaces what was said before.
    SetOpenDocuments {
        open: Vec<(DocumentId, Vec<String>)>,
    },
    /// A tab's passing message (cursor, selection) for the tabs of other schools. At most [`crate::limits::MAX_EPHEMERAL_BYTES`]; may be lost.
    Ephemeral {
        document: DocumentId,
        bytes: Vec<u8>,
    },

    CreateSpace {
        name: String,
        reply: Reply<Result<SpaceInfo, ActRefusal>>,
    },
    Spaces {
        reply: Reply<Result<Vec<SpaceInfo>, StoreFault>>,
    },
    /// A ticket for one school to join with this role.
    Invite {
        space: SpaceId,
        role: SpaceRole,
        reply: Reply<Result<String, ActRefusal>>,
    },
    Join {
        ticket: String,
        reply: Reply<Result<Joined, JoinRefusal>>,
    },
    /// A new document that begins with these changes: the fixed first change of its kind, then the title and language it was given.
    CreateDocument {
        space: SpaceId,
        kind: String,
        write_rule: WriteRule,
        initial_changes: Vec<Vec<u8>>,
        author: Option<PersonId>,
        reply: Reply<Result<DocumentInfo, ActRefusal>>,
    },
    /// The documents of one space, or of all.
    Documents {
        space: Option<SpaceId>,
        reply: Reply<Result<Vec<DocumentInfo>, StoreFault>>,
    },
    /// One document, as [`Request::Documents`] shows it.
    Document {
        document: DocumentId,
        reply: Reply<Result<Option<DocumentInfo>, StoreFault>>,
    },
    DocumentStatus {
        document: DocumentId,
        reply: Reply<Result<Option<DocumentStatus>, StoreFault>>,
    },
    /// How far all of a space has travelled, and what keeps it from going further.
    SpaceJourney {
        space: SpaceId,
        reply: Reply<Result<Option<SpaceJourney>, StoreFault>>,
    },
    /// Who has the document open at other schools.
    Presence {
        document: DocumentId,
        reply: Reply<Vec<SchoolPresence>>,
    },
    NodeStatus {
        reply: Reply<Result<NodeStatus, StoreFault>>,
    },
    /// Make bundles, or take one in.
    Bundle(BundleRequest),
    /// Work alone, or join the line again.
    SetLine {
        line: Line,
        reply: Reply<Result<(), StoreFault>>,
    },
    /// Whether the data budget lets anything go over the line, for whoever asks why something waits.
    LineHeld {
        held: Option<Held>,
    },
    /// Run on the database thread, between two of its transactions.
    WithDb(DbWork),
}

/// What the replica tells this side, in the order it happened.
#[derive(Debug, Clone)]
pub enum Applied {
    /// Changes from other schools, stored and admissible, in causal order after everything said of this document before.
    Document { document: DocumentId, changes: std::sync::Arc<[Vec<u8>]> },
    /// The accepted set of this document shrank or was replaced: load it anew.
    Rebuilt { document: DocumentId },
    /// The list of documents (or of members) of a space has changed.
    Documents { space: SpaceId },
    /// Who has the latest of this document has changed.
    Status { document: DocumentId, audience: Audience },
    /// Who has it open at other schools has changed.
    Presence { document: DocumentId, audience: Audience },
    /// Whether this school may write it has changed.
    Access { document: DocumentId, audience: Audience, can_write: CanWrite },
    /// A passing message from a tab of another school.
    Ephemeral { document: DocumentId, from_node: NodeId, bytes: Vec<u8> },
    /// A document names other files than before.
    Files { document: DocumentId },
    /// Peers came or went.
    Network,
}

/// The replica's thread has ended; the program is stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the node is stopping; what was acknowledged is safe on disk")]
pub struct ReplicaStopped;

/// This side's end of the seam. Cheap to clone.
#[derive(Clone)]
pub struct ReplicaHandle {
    identity: std::sync::Arc<Identity>,
    requests: mpsc::Sender<Request>,
    applied: broadcast::Sender<Applied>,
}

/// The replica's end of the seam.
pub struct ReplicaEnd {
    pub requests: mpsc::Receiver<Request>,
    pub applied: broadcast::Sender<Applied>,
}

impl ReplicaHandle {
    /// Both ends of a new seam.
    pub fn new(identity: Identity) -> (Self, ReplicaEnd) {
        let (request_tx, request_rx) = mpsc::channel(REQUEST_QUEUE);
        let (applied_tx, _) = broadcast::channel(APPLIED_QUEUE);
        let handle = Self { identity: identity.into(), requests: request_tx, applied: applied_tx.clone() };
        (handle, ReplicaEnd { requests: request_rx, applied: applied_tx })
    }

    /// Who this node is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// From now on, what arrives from other schools. A receiver that falls behind by more than [`APPLIED_QUEUE`] loses messages and must
    /// load its documents anew.
    pub fn applied(&self) -> broadcast::Receiver<Applied> {
        self.applied.subscribe()
    }

    /// Sends a request and waits for its answer.
    pub async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, ReplicaStopped> {
        let (reply, answer) = oneshot::channel();
        self.tell(request(reply)).await?;
        answer.await.map_err(|_| ReplicaStopped)
    }

    /// Sends a request that has no answer.
    pub async fn tell(&self, request: Request) -> Result<(), ReplicaStopped> {
        self.requests.send(request).await.map_err(|_| ReplicaStopped)
    }

    /// Runs `work` on the database thread and brings back what it returns.
    pub async fn with_db<T: Send + 'static>(&self, work: impl FnOnce(&mut Connection) -> T + Send + 'static) -> Result<T, ReplicaStopped> {
        self.ask(|reply| {
            Request::WithDb(Box::new(move |connection| {
                let _ = reply.send(work(connection));
            }))
        })
        .await
    }
}

/// Who this node is: fixed while it runs.
#[derive(Debug, Clone)]
pub struct Identity {
    pub school: SchoolInfo,
    pub node: NodeInfo,
}

impl Identity {
    pub fn node_id(&self) -> NodeId {
        self.node.id
    }
    pub fn school_id(&self) -> SchoolId {
        self.school.id
    }
}
