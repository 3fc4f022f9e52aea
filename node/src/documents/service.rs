//! The documents of this node: finds or starts the task of each, keeps their memory bounded, hands on what comes from other schools.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jeli_protocol::ids::{DocumentId, PersonId};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::actor::{DocumentActor, DocumentFault, ToDocument};
use super::loaded::Loaded;
use super::presence::{Attendee, Presence};
use super::seat::{Passing, Tab, TabId};
use crate::events::{Event, Events};
use crate::limits::{DOCUMENT_INBOX, DOCUMENT_WORKERS, MAX_LOADED_BYTES, MAX_LOADED_DOCUMENTS};
use crate::replica_handle::{Applied, Described, ReplicaHandle, Request};

/// The documents of this node. Cheap to clone.
#[derive(Clone)]
pub struct Documents {
    shared: Arc<Shared>,
}

/// What all document tasks share.
pub(super) struct Shared {
    pub replica: ReplicaHandle,
    pub events: Events,
    pub presence: Presence,
    workers: Arc<Semaphore>,
    slots: Mutex<HashMap<DocumentId, Arc<Slot>>>,
    memory: Mutex<Memory>,
    to_describe: Mutex<VecDeque<DocumentId>>,
    describe_wanted: Notify,
    stopping: CancellationToken,
}

/// The way to one document's task.
pub(super) struct Slot {
    inbox: mpsc::Sender<ToDocument>,
    /// Something from other schools did not fit into the inbox: the document must be loaded anew.
    pub missed: AtomicBool,
}

#[derive(Default)]
struct Memory {
    /// Estimated bytes and last use of each loaded document.
    loaded: HashMap<DocumentId, (usize, u64)>,
    clock: u64,
}

impl Documents {
    /// Starts the service and its background tasks, which end with the replica.
    pub fn start(replica: ReplicaHandle, events: Events) -> Self {
        let stopping = CancellationToken::new();
        let presence = Presence::start(replica.clone(), events.clone(), stopping.clone());
        let shared = Arc::new(Shared {
            replica,
            events,
            presence,
            workers: Arc::new(Semaphore::new(DOCUMENT_WORKERS)),
            slots: Mutex::default(),
            memory: Mutex::default(),
            to_describe: Mutex::default(),
            describe_wanted: Notify::new(),
            stopping,
        });
        let until = shared.stopping.clone();
        tokio::spawn(until.clone().run_until_cancelled_owned(listen(shared.clone())));
        tokio::spawn(until.run_until_cancelled_owned(describe_in_background(shared.clone())));
        Self { shared }
    }

    /// A sync message of a tab. Waits while the document has more than it can take.
    pub async fn sync(&self, document: DocumentId, tab: Arc<Tab>, data: Vec<u8>) {
        self.shared.send(document, ToDocument::Sync { tab, data }).await;
    }

    /// A passing message of a tab.
    pub async fn pass(&self, document: DocumentId, tab: Arc<Tab>, passing: Passing) {
        if let Some(slot) = self.shared.running(document) {
            let _ = slot.inbox.try_send(ToDocument::Passing { tab, passing });
        }
    }

    /// The tab has gone from this document.
    pub async fn leave(&self, document: DocumentId, tab: TabId) {
        if let Some(slot) = self.shared.running(document) {
            let _ = slot.inbox.send(ToDocument::Leave { tab }).await;
        }
    }

    /// Reads something from the document for this person, on a blocking thread. There is none for whom it is not.
    pub async fn read_as<T: Send + 'static>(
        &self,
        reader: PersonId,
        document: DocumentId,
        read: impl FnOnce(&Loaded) -> T + Send + 'static,
    ) -> Result<T, DocumentFault> {
        let (reply, answer) = oneshot::channel();
        let look = Box::new(move |loaded: Result<&Loaded, DocumentFault>| {
            let shown = loaded.and_then(|loaded| if loaded.audience().admits(reader) { Ok(loaded) } else { Err(DocumentFault::NotFound) });
            let _ = reply.send(shown.map(read));
        });
        self.shared.send(document, ToDocument::Look(look)).await;
        // The task drops the question unanswered where reading panicked inside Automerge.
        answer.await.unwrap_or(Err(DocumentFault::SetApart))
    }

    pub(super) async fn send(&self, document: DocumentId, message: ToDocument) {
        self.shared.send(document, message).await;
    }

    pub(super) fn replica(&self) -> &ReplicaHandle {
        &self.shared.replica
    }

    /// Ends all tasks: unloads every document and lets go of the replica.
    pub async fn stop(&self) {
        self.shared.stopping.cancel();
        let slots: Vec<_> = lock(&self.shared.slots).drain().map(|(_, slot)| slot).collect();
        let inboxes: Vec<_> = slots.iter().map(|slot| slot.inbox.clone()).collect();
        drop(slots);
        for inbox in inboxes {
            let _ = inbox.send(ToDocument::Stop).await;
            inbox.closed().await;
        }
    }

    /// Who has the document open at this school.
    pub fn present_here(&self, document: DocumentId) -> Vec<Attendee> {
        self.shared.presence.attendees(document)
    }

    /// Has what a document in memory says of itself told at once: whoever has just named a file in it asks where that is. Others are as they were told.
    pub async fn tell_now(&self, document: DocumentId) {
        let Some(slot) = self.shared.running(document) else { return };
        let (done, told) = oneshot::channel();
        if slot.inbox.send(ToDocument::Tell { done }).await.is_ok() {
            let _ = told.await;
        }
    }

    /// Reads what the list shows of these documents when there is time.
    pub fn describe_later(&self, documents: impl IntoIterator<Item = DocumentId>) {
        for document in documents {
            self.shared.describe_later(document);
        }
    }
}

impl Shared {
    /// Work on Automerge, off the asynchronous threads, as many at once as there are processors. None: it panicked, or we are stopping.
    pub(super) async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let permit = self.workers.clone().acquire_owned().await.ok()?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.ok()
    }

    /// What a document takes in memory now; the least recently used ones give theirs back when it is too much together.
    pub(super) fn account(&self, document: DocumentId, bytes: usize) {
        let surplus = {
            let mut memory = lock(&self.memory);
            memory.clock += 1;
            let now = memory.clock;
            if bytes == 0 {
                memory.loaded.remove(&document);
                return;
            }
            memory.loaded.insert(document, (bytes, now));
            memory.surplus(document)
        };
        for other in surplus {
            if let Some(slot) = self.running(other) {
                let _ = slot.inbox.try_send(ToDocument::Unload);
            }
        }
    }

    /// Ends a task that nobody needs, unless somebody has written to it meanwhile.
    pub(super) fn retire(&self, document: DocumentId, inbox: &mpsc::Receiver<ToDocument>) -> bool {
        let mut slots = lock(&self.slots);
        let quiet = inbox.is_empty();
        if quiet {
            slots.remove(&document);
        }
        quiet
    }

    fn running(&self, document: DocumentId) -> Option<Arc<Slot>> {
        lock(&self.slots).get(&document).cloned()
    }

    async fn send(self: &Arc<Self>, document: DocumentId, message: ToDocument) {
        let slot = self.slot(document);
        // A task that retired between our look and our send has dropped its inbox: a new one takes the message.
        if let Err(mpsc::error::SendError(message)) = slot.inbox.send(message).await {
            let _ = self.slot(document).inbox.send(message).await;
        }
    }

    fn slot(self: &Arc<Self>, document: DocumentId) -> Arc<Slot> {
        let mut slots = lock(&self.slots);
        if let Some(slot) = slots.get(&document).filter(|slot| !slot.inbox.is_closed()) {
            return slot.clone();
        }
        let (sender, inbox) = mpsc::channel(DOCUMENT_INBOX);
        let slot = Arc::new(Slot { inbox: sender, missed: AtomicBool::new(false) });
        slots.insert(document, slot.clone());
        tokio::spawn(DocumentActor::new(document, self.clone(), slot.clone(), inbox).run());
        slot
    }

    /// Hands on to a running task without waiting: one slow document must not hold up the news of the others.
    fn hand_on(&self, document: DocumentId, message: ToDocument) -> bool {
        let Some(slot) = self.running(document) else { return false };
        if let Err(mpsc::error::TrySendError::Full(_)) = slot.inbox.try_send(message) {
            slot.missed.store(true, Ordering::Release);
        }
        true
    }

    pub(super) fn describe_later(&self, document: DocumentId) {
        let mut queue = lock(&self.to_describe);
        if !queue.contains(&document) {
            queue.push_back(document);
            self.describe_wanted.notify_one();
        }
    }
}

impl Memory {
    /// The least recently used documents that should go, never the one in use now.
    fn surplus(&self, in_use: DocumentId) -> Vec<DocumentId> {
        let mut count = self.loaded.len();
        let mut bytes: usize = self.loaded.values().map(|(bytes, _)| bytes).sum();
        if count <= MAX_LOADED_DOCUMENTS && bytes <= MAX_LOADED_BYTES {
            return Vec::new();
        }
        let mut by_age: Vec<_> = self.loaded.iter().filter(|(document, _)| **document != in_use).collect();
        by_age.sort_by_key(|(_, (_, used))| *used);
        let mut surplus = Vec::new();
        for (document, (size, _)) in by_age {
            if count <= MAX_LOADED_DOCUMENTS && bytes <= MAX_LOADED_BYTES {
                break;
            }
            count -= 1;
            bytes -= size;
            surplus.push(*document);
        }
        surplus
    }
}

/// Hands what comes from other schools to the documents that are open, and tells the pages.
async fn listen(shared: Arc<Shared>) {
    let mut applied = shared.replica.applied();
    loop {
        match applied.recv().await {
            Ok(news) => hear(&shared, news),
            Err(RecvError::Lagged(lost)) => {
                tracing::warn!(lost, "fell behind the replica; open documents are loaded anew");
                let open: HashSet<_> = lock(&shared.slots).keys().copied().collect();
                for document in open {
                    shared.hand_on(document, ToDocument::Rebuilt);
                }
            }
            Err(RecvError::Closed) => break,
        }
    }
}

fn hear(shared: &Arc<Shared>, news: Applied) {
    match news {
        Applied::Document { document, changes } => {
            if !shared.hand_on(document, ToDocument::Remote { changes }) {
                shared.describe_later(document);
            }
        }
        Applied::Rebuilt { document } => {
            shared.hand_on(document, ToDocument::Rebuilt);
            shared.describe_later(document);
        }
        Applied::Ephemeral { document, bytes, from_node: _ } => {
            shared.hand_on(document, ToDocument::RemotePassing { bytes });
        }
        Applied::Access { document, audience, can_write } => {
            if !shared.hand_on(document, ToDocument::Access { audience, can_write }) {
                shared.events.tell(Event::Access { document, can_write, audience, peer: None, reason: None });
            }
        }
        Applied::Documents { space } => shared.events.tell(Event::Documents { space }),
        Applied::Status { document, audience } => shared.events.tell(Event::Status { document, audience }),
        Applied::Presence { document, audience } => shared.events.tell(Event::Presence { document, audience }),
        Applied::Files { .. } => {}
        Applied::Network => shared.events.tell(Event::Network),
    }
}

/// Keeps what the list shows true for documents that changed while nobody had them open, one at a time.
async fn describe_in_background(shared: Arc<Shared>) {
    let listed = shared.replica.ask(|reply| Request::Documents { space: None, reply }).await;
    if let Ok(Ok(listed)) = listed {
        for info in listed.iter().filter(|info| info.described == Described::Stale) {
            shared.describe_later(info.id);
        }
    }
    loop {
        let next = lock(&shared.to_describe).pop_front();
        match next {
            Some(document) => {
                let (done, told) = oneshot::channel();
                shared.send(document, ToDocument::Describe { done }).await;
                let _ = told.await;
            }
            None => shared.describe_wanted.notified().await,
        }
    }
}

/// Numbers tabs.
pub fn next_tab_id() -> TabId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    TabId(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A panic while one of these small maps was locked leaves it whole: each critical section is a single map operation or a read.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
