//! One task per document that somebody has open: takes what came in the meantime, makes it durable together, answers everybody.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jeli_protocol::ids::DocumentId;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::loaded::{Loaded, Poisoned};
use super::own_change::OwnChange;
use super::seat::{CloseReason, Outgoing, Passing, Seat, Tab, TabId, Writing};
use super::service::{Shared, Slot};
use super::turn::{self, Desk, Finished, Incoming};
use crate::audience::Audience;
use crate::browser::passing;
use crate::events::Event;
use crate::limits::{DOCUMENT_IDLE, MAX_AWAITING, MAX_BATCH_BYTES, MAX_BATCH_MESSAGES, SNAPSHOT_AFTER_CHANGES};
use crate::replica_handle::{CanWrite, LoadedAnswer, Request, StoreFault};

/// Poisoned turns after which a document is set apart: twice may be a tab's doing, more is the document's.
const MAX_POISONED: u32 = 2;

/// What a document's task is told.
pub(super) enum ToDocument {
    Sync {
        tab: Arc<Tab>,
        data: Vec<u8>,
    },
    Passing {
        tab: Arc<Tab>,
        passing: Passing,
    },
    /// The tab has gone.
    Leave {
        tab: TabId,
    },
    /// Changes from other schools, stored already.
    Remote {
        changes: Arc<[Vec<u8>]>,
    },
    RemotePassing {
        bytes: Vec<u8>,
    },
    Access {
        audience: Audience,
        can_write: CanWrite,
    },
    /// Load it anew.
    Rebuilt,
    /// Look at the document, or learn why it cannot be had.
    Look(Onlooker),
    /// Let the node itself write in it.
    Write(OwnChange),
    /// Tell the list of documents what it says.
    Describe {
        done: oneshot::Sender<()>,
    },
    /// Tell it at once what is not told yet.
    Tell {
        done: oneshot::Sender<()>,
    },
    /// Give its memory back.
    Unload,
    /// The node is stopping.
    Stop,
}

impl ToDocument {
    /// Whether it is to find all done that was said before it, and nothing of what comes after.
    fn stands_alone(&self) -> bool {
        matches!(self, Self::Look(_) | Self::Rebuilt | Self::Write(_) | Self::Tell { .. })
    }
}

/// Is shown a document once, or told why it cannot be had.
type Onlooker = Box<dyn FnOnce(Result<&Loaded, DocumentFault>) + Send>;

/// Why a document cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    #[error("this node has no such document")]
    NotFound,
    #[error("nothing of what the document says has reached this node yet; it comes by itself")]
    Coming,
    #[error("the document could not be opened and is set apart; what it holds is safe in the store, and the other documents go on")]
    SetApart,
    #[error("our school may not write it")]
    MayNotWrite,
    #[error(transparent)]
    Store(#[from] StoreFault),
    #[error("the node is stopping")]
    Stopping,
}

pub(super) struct DocumentActor {
    pub(super) document: DocumentId,
    pub(super) shared: Arc<Shared>,
    slot: Arc<Slot>,
    inbox: mpsc::Receiver<ToDocument>,
    pub(super) loaded: Option<Loaded>,
    pub(super) seats: BTreeMap<TabId, Seat>,
    /// What tabs asked before the document's content was here: answered when it comes.
    awaiting: Vec<Incoming>,
    poisoned: u32,
    set_apart: bool,
    /// When the list of documents was last told of it.
    pub(super) described_at: Option<Instant>,
    /// For whom it was when that was last told.
    pub(super) told_audience: Option<Audience>,
    /// Under which the node itself writes in it.
    pub(super) own_actor: Option<automerge::ActorId>,
}

impl DocumentActor {
    pub(super) fn new(document: DocumentId, shared: Arc<Shared>, slot: Arc<Slot>, inbox: mpsc::Receiver<ToDocument>) -> Self {
        Self {
            document,
            shared,
            slot,
            inbox,
            loaded: None,
            seats: BTreeMap::new(),
            awaiting: Vec::new(),
            poisoned: 0,
            set_apart: false,
            described_at: None,
            told_audience: None,
            own_actor: None,
        }
    }

    pub(super) async fn run(mut self) {
        let mut waiting = Vec::new();
        loop {
            let describe_at = self.describe_at();
            let wait = describe_at.map_or(DOCUMENT_IDLE, |at| at.saturating_duration_since(Instant::now()));
            match timeout(wait, self.inbox.recv_many(&mut waiting, MAX_BATCH_MESSAGES)).await {
                Ok(0) => break,
                Ok(_) => {
                    // What is over the byte bound stays in `waiting` for the next turn.
                    while !waiting.is_empty() {
                        self.take_turn(&mut waiting).await;
                    }
                    if self.describe_at().is_some_and(|at| at <= Instant::now()) {
                        self.describe().await;
                    }
                }
                Err(_time) if describe_at.is_some() => self.describe().await,
                Err(_idle) => {
                    self.unload().await;
                    if self.seats.is_empty() && self.awaiting.is_empty() && self.shared.retire(self.document, &self.inbox) {
                        break;
                    }
                }
            }
        }
        self.unload().await;
    }

    async fn take_turn(&mut self, waiting: &mut Vec<ToDocument>) {
        let mut incoming = Vec::new();
        let mut remote: Vec<Vec<u8>> = Vec::new();
        let mut bytes = 0;
        let mut taken = 0;
        for message in waiting.iter() {
            if let ToDocument::Sync { data, .. } = message {
                bytes += data.len();
                if bytes > MAX_BATCH_BYTES && taken > 0 {
                    break;
                }
            }
            // A look sees what was said before it, and nothing else of this turn.
            if message.stands_alone() && taken > 0 {
                break;
            }
            taken += 1;
            if message.stands_alone() {
                break;
            }
        }
        let mut is_news = self.slot.missed.swap(false, Ordering::AcqRel);
        if is_news {
            self.start_anew();
        }
        for message in waiting.drain(..taken) {
            match message {
                ToDocument::Sync { tab, data } => incoming.push(Incoming { tab, data }),
                ToDocument::Remote { changes } => remote.extend(changes.iter().cloned()),
                ToDocument::Passing { tab, passing } => self.pass_on(&tab, passing).await,
                ToDocument::RemotePassing { bytes } => {
                    if let Some(passing) = passing::unpack(&bytes) {
                        self.show_passing(None, &Arc::new(passing));
                    }
                }
                ToDocument::Leave { tab } => {
                    self.awaiting.retain(|asked| asked.tab.id != tab);
                    if self.seats.remove(&tab).is_some() {
                        self.shared.presence.left(self.document, tab);
                    }
                }
                ToDocument::Access { audience, can_write } => self.set_access(audience, can_write),
                ToDocument::Rebuilt => {
                    self.set_apart = false;
                    self.poisoned = 0;
                    is_news = true;
                    self.rebuilt().await;
                }
                ToDocument::Look(look) => match self.ensure_loaded().await {
                    Ok(()) => self.look(look).await,
                    Err(fault) => look(Err(fault)),
                },
                ToDocument::Write(change) => self.write(change).await,
                ToDocument::Describe { done } => {
                    self.describe_again().await;
                    // It is told in its time; whoever asked goes on to the next document.
                    let _ = done.send(());
                }
                ToDocument::Tell { done } => {
                    self.describe().await;
                    let _ = done.send(());
                }
                ToDocument::Unload => self.unload().await,
                ToDocument::Stop => self.inbox.close(),
            }
        }
        is_news |= !remote.is_empty();
        if is_news && !self.awaiting.is_empty() {
            let asked = std::mem::take(&mut self.awaiting);
            incoming.splice(0..0, asked);
        }
        if !incoming.is_empty() || (!remote.is_empty() && self.loaded.is_some()) {
            self.exchange(incoming, remote).await;
        } else if is_news && self.loaded.is_none() {
            // Nobody has it open: the list learns of it all the same.
            self.shared.describe_later(self.document);
        }
    }

    /// One exchange with the tabs: check, keep, apply, answer.
    async fn exchange(&mut self, incoming: Vec<Incoming>, remote: Vec<Vec<u8>>) {
        if let Err(fault) = self.ensure_loaded().await {
            for Incoming { tab, data } in incoming {
                match fault {
                    DocumentFault::Coming if self.awaiting.len() < MAX_AWAITING => self.awaiting.push(Incoming { tab, data }),
                    DocumentFault::Coming => tab.send(Outgoing::Unavailable { document: self.document }),
                    DocumentFault::Store(_) | DocumentFault::Stopping => tab.close(CloseReason::StoreFault),
                    DocumentFault::NotFound | DocumentFault::SetApart | DocumentFault::MayNotWrite => {
                        tab.send(Outgoing::Unavailable { document: self.document })
                    }
                }
            }
            return;
        }
        let incoming = self.seat(incoming);
        self.grow(&incoming).await;
        let Some(prepared) = self.on_desk(move |desk| turn::prepare(desk, incoming)).await else { return };
        let judged = self.keep(prepared).await;
        let Some(finished) = self.on_desk(move |desk| turn::finish(desk, judged, &remote)).await else { return };
        self.deliver(finished).await;
    }

    /// Gives a seat to every tab that speaks of this document for the first time. For those for whose person it is not there is none.
    fn seat(&mut self, mut incoming: Vec<Incoming>) -> Vec<Incoming> {
        let audience = self.audience();
        let told = if audience == Audience::School && self.names_nobody() { Audience::Nobody } else { audience };
        incoming.retain(|Incoming { tab, .. }| {
            if !audience.admits(tab.person) {
                tab.send(Outgoing::Unavailable { document: self.document });
                return false;
            }
            self.seats.entry(tab.id).or_insert_with(|| {
                self.shared.presence.came(self.document, told, tab);
                Seat::new(tab.clone())
            });
            true
        });
        incoming
    }

    pub(super) async fn deliver(&mut self, finished: Finished) {
        for (tab, message) in finished.outgoing {
            tab.send(message);
        }
        for refused in finished.refused {
            self.set_aside(refused).await;
        }
        if let Some(poisoned) = finished.poisoned {
            self.poison(&poisoned);
        }
        for id in finished.dismissed {
            self.shared.presence.left(self.document, id);
        }
        if self.loaded.is_some() {
            self.dismiss_others().await;
        }
        if self.loaded.as_ref().is_some_and(|loaded| loaded.since_snapshot >= SNAPSHOT_AFTER_CHANGES * 8) {
            self.offer_snapshot().await;
        }
        self.account();
    }

    fn set_access(&mut self, audience: Audience, can_write: CanWrite) {
        if let Some(loaded) = &mut self.loaded {
            loaded.can_write = can_write;
        }
        self.shared.events.tell(Event::Access { document: self.document, can_write, audience, peer: None, reason: None });
        // A tab that was turned read-only and may write now starts its exchange anew: half of one has gone by under the other rule.
        for seat in self.seats.values().filter(|seat| can_write.is_yes() && seat.writing() == Writing::ReadOnly) {
            seat.tab.close(CloseReason::StartAnew);
        }
    }

    pub(super) async fn ensure_loaded(&mut self) -> Result<(), DocumentFault> {
        if self.loaded.is_some() {
            return Ok(());
        }
        if self.set_apart {
            return Err(DocumentFault::SetApart);
        }
        let document = self.document;
        let answer = self.shared.replica.ask(|reply| Request::LoadDocument { document, reply }).await.map_err(|_| DocumentFault::Stopping)?;
        let stored = match answer? {
            LoadedAnswer::Here(stored) => stored,
            LoadedAnswer::Coming => return Err(DocumentFault::Coming),
            LoadedAnswer::Unknown => return Err(DocumentFault::NotFound),
        };
        let school = self.shared.replica.identity().school.id;
        match self.shared.work(move || Loaded::load(stored, school)).await {
            Some(Ok(loaded)) => {
                self.told_audience = Some(loaded.audience());
                self.loaded = Some(loaded);
                self.describe().await;
                self.account();
                Ok(())
            }
            Some(Err(poisoned)) => {
                tracing::error!(%document, %poisoned, "the document is set apart");
                self.set_apart = true;
                Err(DocumentFault::SetApart)
            }
            None => Err(DocumentFault::Stopping),
        }
    }

    /// Drops what is in memory after Automerge failed on it; the next turn loads it from the store, where everything acknowledged is.
    pub(super) fn poison(&mut self, poisoned: &Poisoned) {
        self.poisoned += 1;
        tracing::error!(document = %self.document, %poisoned, times = self.poisoned, "the document is loaded anew");
        if self.poisoned > MAX_POISONED {
            self.set_apart = true;
        }
        self.start_anew();
    }

    pub(super) fn start_anew(&mut self) {
        self.loaded = None;
        for (id, seat) in std::mem::take(&mut self.seats) {
            self.shared.presence.left(self.document, id);
            seat.tab.close(CloseReason::StartAnew);
        }
    }

    async fn unload(&mut self) {
        self.describe().await;
        if self.loaded.as_ref().is_some_and(|loaded| loaded.since_snapshot >= SNAPSHOT_AFTER_CHANGES) {
            self.offer_snapshot().await;
        }
        self.loaded = None;
        self.account();
    }

    async fn offer_snapshot(&mut self) {
        let document = self.document;
        if let Some(Some((heads, bytes))) = self.on_desk(|desk| desk.loaded.snapshot()).await {
            let _ = self.shared.replica.tell(Request::SaveSnapshot { document, heads, bytes }).await;
        }
    }

    fn account(&self) {
        self.shared.account(self.document, self.loaded.as_ref().map_or(0, Loaded::estimated_bytes));
    }

    async fn look(&mut self, look: Onlooker) {
        let seen = self.on_desk(move |desk| look(Ok(&desk.loaded))).await;
        if seen.is_none() {
            self.poison(&Poisoned::Panicked);
        }
    }

    /// Moves the document and its seats to a blocking thread for `work`. None: not loaded, or the work panicked outside of its guards
    /// (then both are lost, and everybody starts anew).
    pub(super) async fn on_desk<T: Send + 'static>(&mut self, work: impl FnOnce(&mut Desk) -> T + Send + 'static) -> Option<T> {
        let loaded = self.loaded.take()?;
        let tabs: Vec<_> = self.seats.values().map(|seat| seat.tab.clone()).collect();
        let mut desk = Desk { document: self.document, loaded, seats: std::mem::take(&mut self.seats) };
        let done = self
            .shared
            .work(move || {
                let result = work(&mut desk);
                (desk, result)
            })
            .await;
        match done {
            Some((desk, result)) => {
                self.loaded = Some(desk.loaded);
                self.seats = desk.seats;
                Some(result)
            }
            None => {
                for tab in tabs {
                    self.shared.presence.left(self.document, tab.id);
                    tab.close(CloseReason::StartAnew);
                }
                None
            }
        }
    }
}
