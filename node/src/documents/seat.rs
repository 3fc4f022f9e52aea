//! A browser tab, and its seat at a document.

use std::sync::{Arc, OnceLock};

use automerge::sync;
use jeli_protocol::ids::{ChangeHash, DocumentId, PersonId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::causal::Orphans;
use crate::accounts::{Person, Role};

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
    /// Of a guest: the school, as they said it.
    pub guest_of: Option<String>,
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
    /// It has given the document to somebody else. It is first told that this is kept.
    GivenAway,
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
            Self::StartAnew | Self::GivenAway => "start_anew",
            Self::BadMessage(_) => "bad_message",
            Self::SignedOut => "signed_out",
            Self::Stopping => "stopping",
        }
    }
}

impl Tab {
    pub fn new(id: TabId, peer: String, person: &Person, guest_of: Option<String>, outbox: mpsc::Sender<Outgoing>) -> Self {
        let (name, role, person) = (person.name.clone(), person.role, person.id);
        Self { id, peer, person, name, guest_of, role, outbox, closing: CancellationToken::new(), reason: OnceLock::new() }
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
    /// Our heads as the tab last heard them: what it takes for acknowledged.
    told: Vec<automerge::ChangeHash>,
    shows: Shows,
}

/// What a tab shows of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// The document, as far as it has come there.
    TheDocument,
    /// What is no part of it, too; whether the tab has been told.
    More { told: bool },
}

impl Seat {
    /// Everybody begins as a writer: only then do the words of a person who may not write reach us, to be set aside instead of lost.
    pub(super) fn new(tab: Arc<Tab>) -> Self {
        Self { tab, sync: sync::State::new(), orphans: Orphans::default(), waits_for: Vec::new(), told: Vec::new(), shows: Shows::TheDocument }
    }

    /// From now on the tab's changes are ignored, and it is told so.
    pub(super) fn turn_read_only(&mut self) {
        self.sync.set_read_only(true);
        self.orphans.clear();
    }

    /// The tab shows what is no part of the document. It is told once that it may not write and what the document's heads are, and gets nothing
    /// more: what is in the document now need not fit to what it shows (two changes of one actor with one seq), and it could not take it.
    pub(super) fn leave_behind(&mut self) {
        self.turn_read_only();
        self.shows = Shows::More { told: false };
    }

    /// What the tab and we both had, as far as we know: it shows at least this.
    pub(super) fn shared(&self) -> impl Iterator<Item = ChangeHash> {
        self.told.iter().chain(&self.sync.shared_heads).map(|head| ChangeHash(head.0))
    }

    pub(super) fn writing(&self) -> Writing {
        if self.sync.read_only { Writing::ReadOnly } else { Writing::Allowed }
    }

    /// The next message for this tab, if there is one to send.
    ///
    /// Three things differ from what Automerge makes. It takes a tab that names our heads for one that knows them to be ours, and falls
    /// silent; but a tab names what it has just sent, too, and waits to hear that we have it. Without flags the tab takes us for a peer that knows only single changes, and sends
    /// nothing else: whole documents could not be scanned change by change. And what the tab is asked for reaches behind the changes that
    /// wait here, of which Automerge knows nothing.
    pub(super) fn next_message(&mut self, doc: &automerge::Automerge) -> Option<Vec<u8>> {
        use automerge::sync::SyncDoc;
        let heads = doc.get_heads();
        if let Shows::More { told } = &mut self.shows {
            if std::mem::replace(told, true) {
                return None;
            }
            self.sync = sync::State { read_only: true, ..sync::State::new() };
            let message = doc.generate_sync_message(&mut self.sync)?;
            return Some(message.encode());
        }
        if self.told != heads && self.sync.last_sent_heads == heads {
            self.sync.last_sent_heads.clear();
        }
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
        self.told.clone_from(&message.heads);
        Some(message.encode())
    }
}

/// Whether a tab may write a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    Allowed,
    ReadOnly,
}

#[cfg(test)]
mod tests {
    use automerge::sync::{Message, State, SyncDoc};
    use automerge::transaction::Transactable;
    use automerge::{AutoCommit, Automerge, ROOT};

    use super::*;

    fn seat() -> Seat {
        let (outbox, _) = mpsc::channel(1);
        let language = crate::accounts::Language::Kazakh;
        let person = Person { id: PersonId([0; 16]), name: "A".into(), login: "a".into(), role: Role::Teacher, language };
        Seat::new(Arc::new(Tab::new(TabId(1), "tab".into(), &person, None, outbox)))
    }

    fn heard(seat: &mut Seat, doc: &Automerge, tab: &mut AutoCommit, state: &mut State) -> bool {
        let Some(message) = seat.next_message(doc) else { return false };
        tab.sync().receive_sync_message(state, Message::decode(&message).unwrap()).unwrap();
        true
    }

    #[test]
    fn a_tab_whose_messages_are_taken_together_hears_that_its_change_is_here() {
        let (mut seat, mut ours) = (seat(), Automerge::new());
        let (mut tab, mut state) = (AutoCommit::new(), State::new());
        loop {
            let sent = tab.sync().generate_sync_message(&mut state);
            let went = sent.is_some();
            if let Some(message) = sent {
                ours.receive_sync_message(&mut seat.sync, message).unwrap();
            }
            if !heard(&mut seat, &ours, &mut tab, &mut state) && !went {
                break;
            }
        }
        // The tab writes; before that reaches us, somebody else's change goes out to it, which it answers.
        let mut other = AutoCommit::new();
        other.put(ROOT, "theirs", 1).unwrap();
        ours.load_incremental(&other.save_incremental()).unwrap();
        tab.put(ROOT, "own", 1).unwrap();
        tab.commit();
        let first = tab.sync().generate_sync_message(&mut state).expect("the change goes out");
        assert!(heard(&mut seat, &ours, &mut tab, &mut state), "the tab hears of the other's change");
        let second = tab.sync().generate_sync_message(&mut state).expect("it answers");
        assert!(second.changes.is_empty());
        ours.receive_sync_message(&mut seat.sync, first).unwrap();
        ours.receive_sync_message(&mut seat.sync, second).unwrap();

        assert!(heard(&mut seat, &ours, &mut tab, &mut state), "the tab is told");
        assert_eq!(state.their_heads.as_deref(), Some(&*ours.get_heads()), "that we have all of it");
        assert!(tab.sync().generate_sync_message(&mut state).is_none() && seat.next_message(&ours).is_none(), "and then there is silence");
    }
}
