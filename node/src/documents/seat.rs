//! A browser tab, and its seat at a document.

use std::sync::{Arc, OnceLock};

use automerge::sync;
use jeli_protocol::ids::{ChangeHash, DocumentId, PersonId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::causal::Orphans;
use crate::accounts::Role;

/// Numbers the connections of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TabId(pub u64);

/// One connected tab. Shared by its socket and the documents it has open.
#[derive(Debug)]
pub struct Tab {
    pub id: TabId,
    /// The name the tab gave itself in `join`.
    pub peer: String,
    pub person: PersonId,
    /// Shown to others who have the same document open.
    pub name: String,
    pub role: Role,
    outbox: mpsc::Sender<Outgoing>,
    closing: CancellationToken,
    reason: OnceLock<CloseReason>,
}

/// What a document sends to a tab.
#[derive(Debug, Clone)]
pub enum Outgoing {
    Sync {
        document: DocumentId,
        data: Vec<u8>,
    },
    Unavailable {
        document: DocumentId,
    },
    /// Somebody else's passing message, with its sender's names untouched: clients tell doubles by them.
    Ephemeral {
        document: DocumentId,
        passing: Arc<Passing>,
    },
}

/// A passing message as its sender made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passing {
    pub sender: String,
    pub session: String,
    pub count: u64,
    pub data: Vec<u8>,
}

/// Why the node ends a connection. The tab comes back by itself and starts its exchange anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CloseReason {
    /// It reads more slowly than its documents change.
    TooSlow,
    /// Its words could not be written to disk; they stay in the tab, which offers them again.
    StoreFault,
    /// The document was loaded anew, or what the tab's words waited for has come.
    StartAnew,
    /// It sent something that no client sends.
    BadMessage(String),
    /// The session ended, or the account changed.
    SignedOut,
    /// The node is stopping.
    Stopping,
}

impl CloseReason {
    /// For the socket's close frame and the `error` message: a code, no people's text.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooSlow => "too_slow",
            Self::StoreFault => "store_fault",
            Self::StartAnew => "start_anew",
            Self::BadMessage(_) => "bad_message",
            Self::SignedOut => "signed_out",
            Self::Stopping => "stopping",
        }
    }
}

impl Tab {
    pub fn new(id: TabId, peer: String, person: PersonId, name: String, role: Role, outbox: mpsc::Sender<Outgoing>) -> Self {
        Self { id, peer, person, name, role, outbox, closing: CancellationToken::new(), reason: OnceLock::new() }
    }

    /// Hands a message to the tab's socket. A tab that does not keep up is closed rather than waited for.
    pub fn send(&self, message: Outgoing) {
        if self.outbox.try_send(message).is_err() {
            self.close(CloseReason::TooSlow);
        }
    }

    /// A passing message may be lost where a slow tab would otherwise be closed.
    pub fn send_passing(&self, document: DocumentId, passing: &Arc<Passing>) {
        let _ = self.outbox.try_send(Outgoing::Ephemeral { document, passing: passing.clone() });
    }

    /// Ends the connection; the first reason counts.
    pub fn close(&self, reason: CloseReason) {
        let _ = self.reason.set(reason);
        self.closing.cancel();
    }

    /// Waits until somebody closes the tab.
    pub async fn closed(&self) -> CloseReason {
        self.closing.cancelled().await;
        self.reason.get().cloned().unwrap_or(CloseReason::StartAnew)
    }
}

/// What a tab and a document know of each other.
pub(super) struct Seat {
    pub tab: Arc<Tab>,
    pub sync: sync::State,
    pub orphans: Orphans,
    /// Changes of another node that this tab carried here before that node's entry: the tab starts anew when they are all here.
    pub waits_for: Vec<ChangeHash>,
}

impl Seat {
    /// Everybody begins as a writer: only then do the words of a person who may not write reach us, to be set aside instead of lost.
    pub(super) fn new(tab: Arc<Tab>) -> Self {
        Self { tab, sync: sync::State::new(), orphans: Orphans::default(), waits_for: Vec::new() }
    }

    /// From now on the tab's changes are ignored, and it is told so.
    pub(super) fn turn_read_only(&mut self) {
        self.sync.set_read_only(true);
        self.orphans.clear();
    }

    pub(super) fn writing(&self) -> Writing {
        if self.sync.read_only { Writing::ReadOnly } else { Writing::Allowed }
    }

    /// The next message for this tab, if there is one to send.
    ///
    /// Two things differ from what Automerge makes. Without flags the tab takes us for a peer that knows only single changes, and sends
    /// nothing else: whole documents could not be scanned change by change. And what the tab is asked for reaches behind the changes that
    /// wait here, of which Automerge knows nothing.
    pub(super) fn next_message(&mut self, doc: &automerge::Automerge) -> Option<Vec<u8>> {
        use automerge::sync::SyncDoc;
        let mut message = doc.generate_sync_message(&mut self.sync)?;
        if !self.sync.read_only {
            message.flags = None;
            if !self.orphans.is_empty() {
                let their_heads: Vec<_> = self.sync.their_heads.iter().flatten().map(|head| ChangeHash(head.0)).collect();
                let need = self.orphans.missing_from(&their_heads, |hash| super::loaded::has_change(doc, hash));
                if need.iter().any(|hash| !their_heads.contains(hash)) {
                    // Without a summary the tab sends what is asked for, and only that.
                    message.have.clear();
                }
                message.need = need.into_iter().map(|hash| automerge::ChangeHash(hash.0)).collect();
            }
        }
        Some(message.encode())
    }
}

/// Whether a tab may write a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    Allowed,
    ReadOnly,
}
