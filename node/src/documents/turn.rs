//! The two halves of a document's turn that work on Automerge, between which the changes become durable.
//!
//! [`prepare`] decodes and checks what the tabs sent and sorts out what is new; it shows nothing to anybody. The actor then submits it.
//! [`finish`] gives the document only what the store has kept, and makes every tab's next message. That order is invariant 1: our heads,
//! which are the acknowledgement in this protocol, never name a change that is not on disk.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use automerge::sync::{Message, SyncDoc};
use jeli_protocol::ids::ChangeHash;

use super::chunks::{self, CheckedChange};
use super::loaded::{Loaded, Poisoned, Untold, guarded, refused};
use super::seat::{CloseReason, Outgoing, Seat, Tab, TabId, Writing};
use super::subject::{Lead, Talk};
use super::words;
use crate::audience::Audience;
use crate::browser::sync_guard;
use jeli_protocol::ids::DocumentId;

/// What a document's turn works on; moves to a blocking thread and back.
pub(super) struct Desk {
    pub document: DocumentId,
    pub loaded: Loaded,
    pub seats: BTreeMap<TabId, Seat>,
}

/// A sync message as it came.
pub(super) struct Incoming {
    pub tab: Arc<Tab>,
    pub data: Vec<u8>,
}

/// A sync message whose changes have been checked and sorted.
pub(super) struct Prepared {
    pub tab: Arc<Tab>,
    message: Message,
    /// What the document does not have and may be kept now.
    pub fresh: Vec<CheckedChange>,
    /// Of a talk: where it leads then.
    pub lead: Option<Lead>,
}

/// What became of the changes of a prepared message.
pub(super) enum Verdict {
    /// On disk, or there was nothing new.
    Kept,
    /// They may not be kept: the tab turns read-only, the words are set aside.
    Refused(RefusalReason),
    /// They could not be written: the tab is sent away and offers them again.
    NotNow,
}

/// Why changes were refused, as the page tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalReason {
    /// The person may only read.
    Reader,
    /// Our school may only read this document.
    SchoolMayNotWrite,
    /// They bear another node's name and wait for that node.
    WaitsForAnotherNode,
    /// They bear the name of somebody else at our school.
    AnotherPerson,
    /// They are no longer part of the document, or build on changes that are not.
    NoLongerPart,
    /// They would speak of a document that one person alone reads, or of none.
    PrivateSubject,
    /// The document would become larger than can be opened.
    TooLarge,
    /// They break a rule of the protocol.
    Untrusted,
}

impl RefusalReason {
    pub fn code(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::SchoolMayNotWrite => "school_may_not_write",
            Self::WaitsForAnotherNode => "waits_for_another_node",
            Self::AnotherPerson => "another_person",
            Self::NoLongerPart => "no_longer_part",
            Self::PrivateSubject => "private_subject",
            Self::TooLarge => "document_full",
            Self::Untrusted => "untrusted",
        }
    }
}

/// Words that were refused.
pub(super) struct Refused {
    pub tab: Arc<Tab>,
    pub reason: RefusalReason,
    pub words: String,
    pub changes: Vec<CheckedChange>,
}

/// What a turn leaves to be done.
#[derive(Default)]
pub(super) struct Finished {
    pub outgoing: Vec<(Arc<Tab>, Outgoing)>,
    pub refused: Vec<Refused>,
    pub poisoned: Option<Poisoned>,
    /// Whose seats are gone: what came made it another person's document.
    pub dismissed: Vec<TabId>,
}

/// Checks what came. A tab that sent what no client sends is closed, and nothing of its message is looked at further.
pub(super) fn prepare(desk: &mut Desk, incoming: Vec<Incoming>) -> Vec<Prepared> {
    let mut in_batch: HashSet<ChangeHash> = HashSet::new();
    let mut prepared = Vec::with_capacity(incoming.len());
    let mut talk = None;
    for Incoming { tab, data } in incoming {
        let Some(seat) = desk.seats.get_mut(&tab.id) else { continue };
        let loaded = &desk.loaded;
        let known = |hash: &ChangeHash| in_batch.contains(hash) || loaded.has(hash);
        let read = guarded(|| {
            let (message, changes) = match read(&data) {
                Ok(read) => read,
                Err(fault) => return Ok(Err(fault)),
            };
            let fresh = match seat.writing() {
                Writing::Allowed => seat.orphans.sort(changes, known),
                Writing::ReadOnly => Vec::new(),
            };
            Ok(Ok((message, fresh)))
        });
        match read {
            Ok(Ok((message, fresh))) => {
                in_batch.extend(fresh.iter().map(|change| change.hash));
                let talk = if fresh.is_empty() { None } else { talk.get_or_insert_with(|| Talk::of(loaded)).as_mut() };
                let lead = talk.map(|talk| talk.take(&fresh));
                prepared.push(Prepared { tab, message, fresh, lead });
            }
            Ok(Err(fault)) => tab.close(CloseReason::BadMessage(fault)),
            Err(_) => tab.close(CloseReason::BadMessage("the message could not be read".to_owned())),
        }
    }
    prepared
}

/// The message without its changes, and the changes, each scanned.
fn read(data: &[u8]) -> Result<(Message, Vec<CheckedChange>), String> {
    sync_guard::check(data).map_err(|fault| fault.to_string())?;
    let mut message = Message::decode(data).map_err(|fault| fault.to_string())?;
    let changes = chunks::check_all(message.changes.iter()).map_err(|fault| fault.to_string())?;
    message.changes = Vec::<Vec<u8>>::new().into();
    Ok((message, changes))
}

/// Applies what was kept and what came from other schools, and makes the next message for every tab.
pub(super) fn finish(desk: &mut Desk, prepared: Vec<(Prepared, Verdict)>, remote: &[Vec<u8>]) -> Finished {
    let mut finished = Finished::default();
    let mut grew = !remote.is_empty();
    if let Err(poisoned) = desk.loaded.apply(remote) {
        finished.poisoned = Some(poisoned);
        return finished;
    }
    if !remote.is_empty() {
        // Before anybody is told what came. Who gives their document away by a change of their own is still told that it is kept.
        for (id, tab) in dismiss(&mut desk.seats, desk.loaded.audience()) {
            tab.close(CloseReason::StartAnew);
            finished.dismissed.push(id);
        }
    }
    for (prepared, verdict) in prepared {
        let Prepared { tab, mut message, fresh, lead: _ } = prepared;
        match verdict {
            Verdict::NotNow => {
                tab.close(CloseReason::StoreFault);
                continue;
            }
            Verdict::Refused(reason) => {
                let words = words::words_of(&desk.loaded.doc, &fresh).unwrap_or_default();
                if let Some(seat) = desk.seats.get_mut(&tab.id) {
                    match reason {
                        RefusalReason::NoLongerPart => seat.leave_behind(),
                        _ => seat.turn_read_only(),
                    }
                    if reason == RefusalReason::WaitsForAnotherNode {
                        seat.waits_for.extend(fresh.iter().map(|change| change.hash));
                    }
                }
                finished.refused.push(Refused { tab: tab.clone(), reason, words, changes: fresh });
            }
            Verdict::Kept => {
                grew |= !fresh.is_empty();
                desk.loaded.since_snapshot += fresh.len();
                message.changes = fresh.into_iter().map(|change| change.chunk).collect::<Vec<_>>().into();
            }
        }
        let Some(seat) = desk.seats.get_mut(&tab.id) else { continue };
        let doc = &mut desk.loaded.doc;
        if let Err(poisoned) = guarded(|| doc.receive_sync_message(&mut seat.sync, message).map_err(refused)) {
            finished.poisoned = Some(poisoned);
            return finished;
        }
    }
    if grew {
        desk.loaded.untold = Some(Untold::Grown);
    }
    next_messages(desk, &mut finished);
    finished
}

/// Takes the seats of those for whom the document is not.
pub(super) fn dismiss(seats: &mut BTreeMap<TabId, Seat>, audience: Audience) -> Vec<(TabId, Arc<Tab>)> {
    let gone: Vec<TabId> = seats.iter().filter(|(_, seat)| !audience.admits(seat.tab.person)).map(|(id, _)| *id).collect();
    gone.into_iter().filter_map(|id| Some((id, seats.remove(&id)?.tab))).collect()
}

/// The next message for every tab that has one to get.
pub(super) fn next_messages(desk: &mut Desk, finished: &mut Finished) {
    let document = desk.document;
    for seat in desk.seats.values_mut() {
        if !seat.waits_for.is_empty() && seat.waits_for.iter().all(|hash| desk.loaded.has(hash)) {
            seat.tab.close(CloseReason::StartAnew);
            continue;
        }
        let doc = &desk.loaded.doc;
        match guarded(|| Ok(seat.next_message(doc))) {
            Ok(Some(data)) => finished.outgoing.push((seat.tab.clone(), Outgoing::Sync { document, data })),
            Ok(None) => {}
            // Answering does not change the document: what this tab told of itself cannot be answered, so the tab starts anew.
            Err(_) => seat.tab.close(CloseReason::BadMessage("the message could not be answered".to_owned())),
        }
    }
}
