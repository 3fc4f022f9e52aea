//! The driver: one thread that owns the store and the replica machine. It turns what happens (requests of the local side, events of the
//! network, time) into inputs, and executes the effects, in order, commits first.
//!
//! **Invariant 1:** commits are staged as they come and made durable together; the effects between and after them are held until then. If
//! that fails, what was held is dropped, whoever waits for an answer is told, and the replica is restored from the store.

mod answers;
mod bundles;
mod contacts;
mod effects;
mod files;
mod joining;
mod limits;
mod line;
mod network;
mod reach;
mod relay;
mod requests;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

use jeli_protocol::certificate::NodeCertificate;
use jeli_protocol::ids::{DocumentId, NodeId, SpaceId};
use jeli_protocol::keys::NodeKey;
use jeli_protocol::replica::{self, Effect, Input, LocalAct, Outbox, Replica, Token};
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::budget::Held;
use crate::network::{Event, GossipId, NetworkHandle, Road, SessionId};
use crate::replica_handle::{
    ActRefusal, Applied, DocumentInfo, JoinRefusal, Joined, Line, NotTaken, ReplicaEnd, Reply, Request, SpaceInfo, StoreFault, SubmitRefusal,
    Submitted,
};
use crate::store::Store;

pub(crate) use line::chosen as chosen_line;

use contacts::Contacts;
use joining::{PendingJoin, Reached};

/// Inputs whose commits share one sync of the disk, at the most: what came while the last one was being synced.
const GROUP: usize = 64;

/// What people see as changed is said at most this often, however fast changes come.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// What a driver needs to begin.
pub struct DriverConfig {
    /// This node's keys.
    pub key: NodeKey,
    /// Its school's word for it.
    pub certificate: NodeCertificate,
    /// How fast the replica does what need not be done at once.
    pub paces: Paces,
    /// Whether the line is joined at the start.
    pub line: Line,
}

/// How fast the replica goes by what the line costs.
#[derive(Debug, Clone)]
pub struct Paces {
    /// Where all who are connected are near.
    pub near: replica::Timing,
    /// Where anybody is beyond the local network.
    pub beyond: replica::Timing,
    /// Whether cursors go beyond the local network.
    pub cursors: Cursors,
}

/// Whether passing messages leave the local network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursors {
    /// They do.
    Go,
    /// They would cost money.
    Wait,
}

/// The driver could not begin.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// The store could not be read.
    #[error("the store could not be read: {0}")]
    Store(String),
}

/// Who waits for the answer to an input.
enum Waiting {
    Submit(Reply<Result<Submitted, SubmitRefusal>>, usize),
    CreateSpace(Reply<Result<SpaceInfo, ActRefusal>>),
    Invite(Reply<Result<String, ActRefusal>>),
    CreateDocument(Reply<Result<DocumentInfo, ActRefusal>>),
    Joined(SpaceId, Option<Reply<Result<Joined, JoinRefusal>>>),
    JoinRequest(oneshot::Sender<Vec<u8>>),
    Gossip(GossipId),
    Carried(Reply<Result<usize, NotTaken>>),
    Nobody,
}

/// A connected peer.
struct Connection {
    road: Road,
}

pub(crate) struct Driver {
    key: NodeKey,
    certificate: NodeCertificate,
    paces: Paces,
    store: Store,
    replica: Replica,
    network: NetworkHandle,
    applied: broadcast::Sender<Applied>,
    reached: mpsc::Sender<Reached>,
    started: Instant,
    wake_at: Option<Duration>,
    next_token: u64,
    waiting: HashMap<Token, Waiting>,
    sessions: BTreeMap<NodeId, SessionId>,
    connections: BTreeMap<NodeId, Connection>,
    contacts: Contacts,
    /// The store's last word was that the disk is full.
    disk_is_full: bool,
    /// Commits wait for the next sync.
    has_staged: bool,
    listening: BTreeSet<String>,
    line: Line,
    /// Why the data budget lets nothing go over the line.
    line_held: Option<Held>,
    relayed: relay::Relayed,
    open: BTreeSet<DocumentId>,
    /// The same, with who is there.
    open_names: Vec<(DocumentId, Vec<String>)>,
    /// The replica could not be restored after a fault of the store.
    unrestored: bool,
    /// What the local side was last told of its right to write the documents that it has asked for.
    told_access: BTreeMap<DocumentId, bool>,
    joins: Vec<PendingJoin>,
    /// Spaces whose reach or content has changed since people were last told.
    untold: BTreeSet<SpaceId>,
    tell_at: Option<Instant>,
    /// Effects that wait for the staged commits before them to be durable.
    held: Vec<Effect>,
    /// Inputs that the replica asked for when it was restored.
    asked_for: Vec<Input>,
}

/// Runs the driver on a thread of its own until the requests end. The handle ends when the last commit is done.
pub fn spawn(
    config: DriverConfig,
    store: Store,
    network: NetworkHandle,
    events: mpsc::Receiver<Event>,
    end: ReplicaEnd,
) -> Result<std::thread::JoinHandle<()>, DriverError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| DriverError::Store(error.to_string()))?;
    let (reached, arrivals) = mpsc::channel(joining::MAX_JOINS);
    let (driver, outbox) = Driver::new(config, store, network, end.applied, reached)?;
    std::thread::Builder::new()
        .name("jeli-replica".into())
        .spawn(move || runtime.block_on(driver.run(outbox, end.requests, events, arrivals)))
        .map_err(|error| DriverError::Store(error.to_string()))
}

impl Driver {
    fn new(
        config: DriverConfig,
        store: Store,
        network: NetworkHandle,
        applied: broadcast::Sender<Applied>,
        reached: mpsc::Sender<Reached>,
    ) -> Result<(Self, Outbox), DriverError> {
        let mut outbox = Outbox::new();
        let replica = restore(&config.key, &config.certificate, &config.paces.near, &store, &mut outbox)?;
        let joins = joining::load(&store);
        let contacts = Contacts::load(&store);
        let driver = Self {
            key: config.key,
            certificate: config.certificate,
            paces: config.paces,
            store,
            replica,
            network,
            applied,
            reached,
            started: Instant::now(),
            wake_at: None,
            next_token: 0,
            waiting: HashMap::new(),
            sessions: BTreeMap::new(),
            connections: BTreeMap::new(),
            contacts,
            disk_is_full: false,
            has_staged: false,
            listening: BTreeSet::new(),
            line: config.line,
            line_held: None,
            relayed: relay::Relayed::new(),
            open: BTreeSet::new(),
            open_names: Vec::new(),
            unrestored: false,
            told_access: BTreeMap::new(),
            joins,
            untold: BTreeSet::new(),
            tell_at: None,
            held: Vec::new(),
            asked_for: Vec::new(),
        };
        Ok((driver, outbox))
    }

    async fn run(
        mut self,
        outbox: Outbox,
        mut requests: mpsc::Receiver<Request>,
        mut events: mpsc::Receiver<Event>,
        mut arrivals: mpsc::Receiver<Reached>,
    ) {
        self.begin(outbox).await;
        self.settle().await;
        self.remember_addresses().await;
        self.begin_relaying().await;
        self.found_private_space().await;
        loop {
            let wake = self.next_wake();
            tokio::select! {
                request = requests.recv() => match request {
                    Some(request) => self.request(request).await,
                    None => break,
                },
                event = events.recv() => match event {
                    Some(event) => self.event(event).await,
                    None => break,
                },
                Some(reached) = arrivals.recv() => self.join_reached(reached).await,
                () = tokio::time::sleep_until(wake.into()) => {}
            }
            // What came in the meantime shares the sync of the disk.
            for _ in 0..GROUP {
                match (requests.try_recv(), events.try_recv()) {
                    (Err(_), Err(_)) => break,
                    (request, event) => {
                        if let Ok(request) = request {
                            self.request(request).await;
                        }
                        if let Ok(event) = event {
                            self.event(event).await;
                        }
                    }
                }
            }
            self.on_time().await;
            self.settle().await;
            self.feed_asked_for().await;
            self.settle().await;
        }
        self.keep_relayed_now().await;
        self.feed(Input::Stopping).await;
        self.settle().await;
        self.keep_contacts().await;
        self.network.shutdown().await;
    }

    /// Does what the restored replica wants done at once, and gives it the inputs that it asked for.
    async fn begin(&mut self, mut outbox: Outbox) {
        self.asked_for.append(&mut outbox.next);
        self.take(outbox).await;
        self.settle().await;
        self.feed_asked_for().await;
    }

    /// Gives a replica that was restored the inputs that it asked for then. Where the store fails again it asks again, for the next turn.
    async fn feed_asked_for(&mut self) {
        for input in std::mem::take(&mut self.asked_for) {
            self.feed(input).await;
        }
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn next_wake(&self) -> Instant {
        // Far enough that an idle node sleeps, near enough for any clock arithmetic.
        let idle = Instant::now() + Duration::from_secs(3600);
        let replica = self.wake_at.map(|at| self.started + at);
        let joins = self.joins.iter().filter_map(PendingJoin::due).min();
        [Some(idle), replica, self.tell_at, joins, self.relayed.due()].into_iter().flatten().min().unwrap_or(idle)
    }

    async fn on_time(&mut self) {
        let now = Instant::now();
        if self.wake_at.is_some_and(|at| self.started + at <= now) {
            self.feed(Input::Tick).await;
        }
        if self.tell_at.is_some_and(|at| at <= now) {
            self.tell();
        }
        self.try_joins(now).await;
        self.keep_relayed(now).await;
    }

    /// Gives the replica an input. Its commits are staged; its other effects wait for [`Driver::settle`].
    async fn feed(&mut self, input: Input) {
        if self.unrestored {
            self.restore_now().await;
        }
        if self.unrestored {
            // Whoever waits for this input is told, and asks again.
            for token in self.waiting.keys().copied().collect::<Vec<_>>() {
                self.fail(token, &StoreFault::Failed("the store cannot be read now".to_owned()));
            }
            return;
        }
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let mut outbox = Outbox::new();
            if let Err(error) = self.replica.handle(self.now(), input, &self.store, &mut outbox) {
                tracing::error!(%error, "the store could not be read");
                self.start_over(&StoreFault::Failed(error.to_string())).await;
                return;
            }
            inputs.extend(std::mem::take(&mut outbox.next));
            if !self.take(outbox).await {
                return;
            }
        }
    }

    fn token(&mut self, waiting: Waiting) -> Token {
        let token = Token(self.next_token);
        self.next_token += 1;
        self.waiting.insert(token, waiting);
        token
    }

    /// Every school has a space of its own, from the first start on.
    async fn found_private_space(&mut self) {
        let own = self.replica.spaces().any(|space| space.membership.private());
        if own {
            return;
        }
        let token = self.token(Waiting::Nobody);
        let name = self.certificate.school_name.clone();
        self.feed(Input::Act { token, act: LocalAct::CreateSpace { name, private: true } }).await;
    }

    /// Tells the local side what has changed, once for all that came in a short while.
    fn tell(&mut self) {
        self.tell_at = None;
        let untold = std::mem::take(&mut self.untold);
        for document in &self.open {
            if self.replica.space_of(document).is_some_and(|space| untold.contains(&space)) {
                self.say(Applied::Status { document: *document, audience: self.audience(document) });
            }
        }
        for space in untold {
            self.say(Applied::Documents { space });
        }
    }

    fn tell_soon(&mut self, space: SpaceId) {
        self.untold.insert(space);
        self.tell_at.get_or_insert_with(|| Instant::now() + TELL_EVERY);
    }

    /// Tells the local side of each document that it has loaded and may now write, or no longer. Cheap: it looks at memory alone, and only when
    /// rights can have changed.
    fn tell_access(&mut self) {
        let replica = &self.replica;
        let changed: Vec<(DocumentId, bool)> = self
            .told_access
            .iter_mut()
            .filter_map(|(document, told)| {
                let may = replica.may_write(document);
                (std::mem::replace(told, may) != may).then_some((*document, may))
            })
            .collect();
        for (document, may) in changed {
            self.say(Applied::Access { document, audience: self.audience(&document), can_write: answers::can_write(may) });
        }
    }

    /// Says something to the local side; nobody listening is no fault.
    fn say(&self, applied: Applied) {
        let _ = self.applied.send(applied);
    }
}

fn restore(
    key: &NodeKey,
    certificate: &NodeCertificate,
    timing: &replica::Timing,
    store: &Store,
    outbox: &mut Outbox,
) -> Result<Replica, DriverError> {
    let config = replica::Config { key: key.clone(), certificate: certificate.clone(), seed: rand::random(), timing: timing.clone() };
    Replica::restore(config, store, outbox).map_err(|error| DriverError::Store(error.to_string()))
}
