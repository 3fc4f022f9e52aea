//! The event loop: one task that owns the swarm and turns commands, network events and reports of stream tasks into events.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
    time::Instant,
};

use futures::StreamExt;
use libp2p::{
    Multiaddr, PeerId, Swarm,
    gossipsub::TopicHash,
    identity::Keypair,
    multiaddr::Protocol,
    swarm::{
        ConnectionId, DialError,
        dial_opts::{DialOpts, PeerCondition},
    },
};
use thiserror::Error;
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    addresses::{AddressBook, Source, is_relayed, road_of, thrifty},
    behaviour::{self, Behaviour},
    carried::Counter,
    command::{BlobRoad, BlobStream, BlobStreamError, Command, JoinError, NetworkHandle, OpenBlob},
    config::{Line, LineCost, NetworkConfig, Roads},
    contacts::{Contacts, Order, Verdict},
    dial::{Distance, Redial},
    event::{Admission, Event, Road, SessionBytes, SessionEnd, SessionId},
    limits,
    line::{FirstTime, Listener},
    observed::{Observed, Port},
    on_relay::RelayStatus,
    openness::Opening,
    outbound::Outbounds,
    relay::{Ask, Budget, Granted, Refusal, Relaying},
    reserve::Reserving,
    session::{QueuedFrames, SessionTask, Stop},
    streams::Ticket,
    traffic::Meter,
};

/// Why the network could not be started.
#[derive(Debug, Error)]
pub enum StartError {
    /// The bytes are no Ed25519 secret key.
    #[error("the node's key is damaged: {0}")]
    Key(#[source] libp2p::identity::DecodingError),
    /// Another program, or another node, has the port.
    #[error("another program has {port}, where other nodes were to find this one; choose another port with --peer-port, or stop that program", port = port_of(address))]
    PortTaken {
        /// What could not be listened on.
        address: Multiaddr,
    },
    /// A part of the network refused its configuration.
    #[error("the network could not be set up: {0}")]
    Setup(String),
}

/// "UDP port 8786" of an address.
fn port_of(address: &Multiaddr) -> String {
    let port = address.iter().find_map(|part| match part {
        Protocol::Tcp(port) => Some(format!("TCP port {port}")),
        Protocol::Udp(port) => Some(format!("UDP port {port}")),
        _ => None,
    });
    port.unwrap_or_else(|| address.to_string())
}

/// Starts the service on the current tokio runtime.
///
/// `secret` is the node's Ed25519 secret key (32 bytes). Addresses that cannot be bound for another reason than being taken (a machine
/// without IPv6) are tried again for ever, so a machine without a network starts as any other.
pub fn start(secret: [u8; 32], config: NetworkConfig) -> Result<(NetworkHandle, mpsc::Receiver<Event>), StartError> {
    let keypair = Keypair::ed25519_from_bytes(secret).map_err(StartError::Key)?;
    let counter = Counter::default();
    let swarm = behaviour::swarm(&keypair, &config, &counter).map_err(StartError::Setup)?;
    let local = *swarm.local_peer_id();
    let (commands_in, commands) = mpsc::channel(limits::COMMAND_QUEUE);
    let (events, events_out) = mpsc::channel(limits::EVENT_QUEUE);
    let (reports_in, reports) = mpsc::channel(limits::REPORT_QUEUE);
    let (outbounds, meter, budget) = (Outbounds::default(), Meter::default(), Budget::new(config.relay_month_bytes));
    let mut service = Service {
        contacts: Contacts::new(local, &config.timing),
        redial: Redial::new(&config.timing),
        listeners: config.listen.iter().map(|address| Listener { wanted: address.clone(), bound: None, id: None }).collect(),
        line: Line::Cut,
        roads: Roads::All,
        book: AddressBook::default(),
        opening: Opening::default(),
        observed: Observed::default(),
        agreed: BTreeSet::new(),
        reserving: Reserving::new(if config.cost == LineCost::Metered { limits::RELAYS_METERED } else { limits::RELAYS }),
        relaying: Relaying::new(config.relay, budget.clone()),
        relay_wishes: Arc::new(Semaphore::new(limits::RELAY_WISHES)),
        stranger_wishes: Arc::new(Semaphore::new(limits::STRANGER_WISHES)),
        relay_told: None,
        sessions: HashMap::new(),
        tickets: HashMap::new(),
        joins: BTreeMap::new(),
        inbound_joins: BTreeSet::new(),
        join_places: Arc::new(Semaphore::new(limits::INBOUND_JOINS)),
        outbound_join_places: Arc::new(Semaphore::new(limits::OUTBOUND_JOINS)),
        topics: HashMap::new(),
        links: HashMap::new(),
        blob_streams: None,
        listen_again: None,
        pending: VecDeque::new(),
        stopping: None,
        outbounds: outbounds.clone(),
        meter: meter.clone(),
        swarm,
        keypair,
        config,
        reports_in,
    };
    for (peer, addresses) in std::mem::take(&mut service.config.known_peers) {
        for address in addresses {
            // Configured peers are as good as members for the book: the application will admit most of them.
            service.book.learn(peer, address, Source::Given, |_| true);
        }
    }
    if service.config.line == Line::Open {
        service.open_line(FirstTime::Yes)?;
    }
    tokio::spawn(service.run(Doors { commands, events, reports }));
    Ok((NetworkHandle { local, commands: commands_in, outbounds, meter, counter, budget }, events_out))
}

/// What the tasks of streams report.
#[derive(Debug)]
pub(crate) enum Report {
    SessionOpened { session: SessionId, admission: Admission },
    SessionMessage { session: SessionId, message: SessionBytes },
    SessionDrained { session: SessionId },
    SessionClosed { session: SessionId, end: SessionEnd },
    JoinRequest { peer: PeerId, bytes: Vec<u8>, reply: oneshot::Sender<Vec<u8>> },
    JoinEnded { peer: PeerId },
    Relay(Ask),
}

/// Where the loop's work comes from, besides the swarm, and where its events go.
struct Doors {
    commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<Event>,
    reports: mpsc::Receiver<Report>,
}

pub(crate) struct Service {
    pub(crate) swarm: Swarm<Behaviour>,
    pub(crate) keypair: Keypair,
    pub(crate) config: NetworkConfig,
    pub(crate) reports_in: mpsc::Sender<Report>,
    pub(crate) outbounds: Outbounds,
    pub(crate) meter: Meter,
    /// Events that the application has not taken yet.
    pub(crate) pending: VecDeque<Event>,
    pub(crate) line: Line,
    pub(crate) roads: Roads,
    pub(crate) contacts: Contacts,
    pub(crate) redial: Redial,
    pub(crate) book: AddressBook,
    pub(crate) opening: Opening,
    pub(crate) observed: Observed,
    /// Where routers show everybody the same port of ours, as told to others.
    pub(crate) agreed: BTreeSet<Multiaddr>,
    pub(crate) reserving: Reserving,
    pub(crate) relaying: Relaying,
    pub(crate) relay_wishes: Arc<Semaphore>,
    pub(crate) stranger_wishes: Arc<Semaphore>,
    /// What the application was last told of relays.
    pub(crate) relay_told: Option<RelayStatus>,
    /// The task of each peer's newest session.
    pub(crate) sessions: HashMap<PeerId, Running>,
    /// Streams that were asked for, and what for.
    pub(crate) tickets: HashMap<Ticket, Purpose>,
    /// Join requests that wait for a connection.
    pub(crate) joins: BTreeMap<PeerId, Vec<WaitingJoin>>,
    /// Peers with a join request in hand: one each.
    pub(crate) inbound_joins: BTreeSet<PeerId>,
    pub(crate) join_places: Arc<Semaphore>,
    pub(crate) outbound_join_places: Arc<Semaphore>,
    pub(crate) topics: HashMap<TopicHash, String>,
    pub(crate) links: HashMap<ConnectionId, Link>,
    /// Where streams for files go that members open.
    pub(crate) blob_streams: Option<mpsc::Sender<BlobStream>>,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) listen_again: Option<Instant>,
    pub(crate) stopping: Option<Stopping>,
}

/// What is known of a connection.
pub(crate) struct Link {
    pub(crate) peer: PeerId,
    pub(crate) reach: Reach,
    pub(crate) place: Place,
    /// The other end's address, as this end sees it.
    pub(crate) remote: Multiaddr,
    pub(crate) since: Instant,
    /// Whether others can come to the peer in the same way.
    pub(crate) begun: Begun,
    /// What the other end's word on our port is worth.
    pub(crate) port: Port,
    pub(crate) missed_pings: u32,
    /// Streams opened in a row that nobody answered.
    pub(crate) unanswered_streams: u32,
}

/// Whether what goes over a connection leaves the networks that this machine stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Near,
    Beyond,
}

/// How a connection came to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begun {
    /// Dialled here at an address that the peer has, as anybody may.
    Here,
    /// Dialled here through a relay.
    ThroughRelay,
    /// Dialled there, or opened from both sides.
    Otherwise,
}

/// Whether the other end of a connection is on this machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    ThisMachine,
    Elsewhere,
}

/// A session task.
pub(crate) struct Running {
    pub(crate) number: u64,
    pub(crate) stop: Option<oneshot::Sender<Stop>>,
    pub(crate) task: JoinHandle<()>,
}

/// What a stream was asked for.
pub(crate) enum Purpose {
    Session { peer: PeerId, connection: ConnectionId },
    Join(Join),
    Circuit { granted: Granted, reply: oneshot::Sender<Result<(Granted, libp2p::Stream), Refusal>> },
    Blob { road: BlobRoad, done: oneshot::Sender<Result<OpenBlob, BlobStreamError>> },
}

/// A join request on its way out.
pub(crate) struct Join {
    pub(crate) bytes: Vec<u8>,
    pub(crate) done: oneshot::Sender<Result<Vec<u8>, JoinError>>,
    pub(crate) place: tokio::sync::OwnedSemaphorePermit,
}

/// One that waits for a connection.
pub(crate) struct WaitingJoin {
    pub(crate) join: Join,
    /// The dials it rests its hopes on.
    pub(crate) dials: Vec<ConnectionId>,
    /// To be tried when those fail, or take long.
    pub(crate) otherwise: Vec<Multiaddr>,
    pub(crate) otherwise_at: Instant,
}

/// The way to the end.
pub(crate) struct Stopping {
    pub(crate) done: Vec<oneshot::Sender<()>>,
    pub(crate) sessions_until: Instant,
    pub(crate) until: Instant,
}

impl Service {
    async fn run(mut self, mut doors: Doors) {
        let mut handles_left = true;
        loop {
            self.work();
            if self.is_finished() {
                break;
            }
            // The way to the end is short and bounded in time: nothing holds it up.
            let room = self.pending.len() < limits::EVENT_QUEUE || self.stopping.is_some();
            let due = self.next_due();
            tokio::select! {
                permit = doors.events.reserve(), if !self.pending.is_empty() => match permit {
                    Ok(permit) => if let Some(event) = self.pending.pop_front() { permit.send(event) },
                    // Nobody listens any more: stop, as if asked.
                    Err(_) => { self.pending.clear(); self.stop(None); }
                },
                command = doors.commands.recv(), if handles_left => match command {
                    Some(command) => self.on_command(command),
                    None => { handles_left = false; self.stop(None); }
                },
                Some(report) = doors.reports.recv(), if room => self.on_report(report),
                event = self.swarm.select_next_some(), if room => self.on_swarm(event),
                () = sleep_until(due) => {}
            }
        }
        for done in self.stopping.into_iter().flat_map(|stopping| stopping.done) {
            let _ = done.send(());
        }
    }

    pub(crate) fn emit(&mut self, event: Event) {
        self.pending.push_back(event);
    }

    /// Does what is due by time.
    fn work(&mut self) {
        let now = Instant::now();
        let mut orders = Vec::new();
        self.contacts.tick(now, &mut orders);
        self.obey(orders);
        if self.line == Line::Open {
            for peer in self.redial.due(now) {
                self.redial(peer, now);
            }
            if self.listen_again.is_some_and(|at| at <= now) {
                self.listen();
            }
            self.reserve(now);
            self.try_otherwise(now);
        }
        if self.stopping.as_ref().is_some_and(|stopping| stopping.sessions_until <= now || self.sessions.is_empty()) {
            self.disconnect_all();
        }
    }

    fn next_due(&self) -> Option<Instant> {
        let open = self.line == Line::Open;
        let redial = self.redial.next_due().filter(|_| open);
        let listen = self.listen_again.filter(|_| open);
        let stopping = self.stopping.as_ref().map(|stopping| stopping.until);
        let sessions = self.stopping.as_ref().filter(|_| !self.sessions.is_empty()).map(|stopping| stopping.sessions_until);
        let reserve = self.reserving.next_due(Instant::now()).filter(|_| open);
        let joins = self.joins.values().flatten().filter(|join| !join.otherwise.is_empty()).map(|join| join.otherwise_at).min();
        [self.contacts.next_due(), redial, listen, stopping, sessions, reserve, joins].into_iter().flatten().min()
    }

    fn is_finished(&self) -> bool {
        self.stopping.as_ref().is_some_and(|stopping| {
            let quiet = self.sessions.is_empty() && self.swarm.network_info().num_peers() == 0;
            quiet || stopping.until <= Instant::now()
        })
    }

    fn redial(&mut self, peer: PeerId, now: Instant) {
        let mut addresses = self.on_roads(self.book.of(&peer));
        if self.redial.is_relayed(&peer) {
            self.knock_again(peer, now);
            // On the network of another school there is nobody to be found again and again; whoever comes to ours is new hope.
            let near = self.redial.begun(&peer) == 0;
            addresses.retain(|address| matches!(road_of(address), Road::Direct) || near && !is_relayed(address));
        }
        let all = addresses.len();
        if self.config.cost == LineCost::Metered {
            addresses = thrifty(addresses, self.redial.begun(&peer));
        }
        let beside = (addresses.len() < all).then_some(now + limits::THRIFTY_HEAD_START);
        match self.dial(peer, addresses) {
            Ok(attempt) => self.redial.started(&peer, attempt, beside),
            Err(error) => {
                tracing::debug!(%peer, %error, "not dialled");
                self.redial.put_off(&peer, now, rand::random());
            }
        }
    }

    /// Starts an attempt at all the addresses.
    pub(crate) fn dial(&mut self, peer: PeerId, addresses: Vec<Multiaddr>) -> Result<ConnectionId, DialError> {
        if addresses.is_empty() {
            return Err(DialError::NoAddresses);
        }
        // Always: a second attempt beside one that hangs on dead addresses is wanted, and bounded by the schedule. A new port: dialling
        // from the listening one lets two nodes that dial each other meet in one TCP connection that neither accepts.
        let to = addresses.clone();
        let opts = DialOpts::peer_id(peer).condition(PeerCondition::Always).addresses(addresses).allocate_new_port().build();
        let attempt = opts.connection_id();
        self.swarm.dial(opts)?;
        let now = Instant::now();
        to.iter().for_each(|address| self.opening.wrote_to(address, now));
        Ok(attempt)
    }

    /// Wants or no longer wants to dial a peer, as it is a member with addresses or not.
    pub(crate) fn reconsider(&mut self, peer: PeerId, now: Instant) {
        let addresses = self.book.of(&peer);
        if !self.contacts.is_member(&peer) || addresses.is_empty() {
            self.redial.unwant(&peer);
            return;
        }
        let near = addresses.iter().any(|address| road_of(address) == Road::Lan);
        self.redial.want(peer, if near { Distance::Near } else { Distance::Far }, now);
        if let Some(road) = self.contacts.best_road(&peer) {
            self.redial.connected(&peer, road.into(), now);
        }
    }

    pub(crate) fn obey(&mut self, orders: Vec<Order>) {
        for order in orders {
            match order {
                Order::Open { peer, connection } => {
                    let ticket = self.swarm.behaviour_mut().streams.open(peer, connection, super::streams::Kind::Session);
                    self.tickets.insert(ticket, Purpose::Session { peer, connection });
                }
                Order::Stop { session, stop } => self.stop_session(session, stop),
                Order::CloseConnection { connection } => {
                    self.swarm.close_connection(connection);
                }
                Order::Judge { peer } => self.judge(peer),
            }
        }
    }

    fn stop_session(&mut self, session: SessionId, stop: Stop) {
        if let Some(running) = self.sessions.get_mut(&session.peer)
            && running.number == session.number
            && let Some(channel) = running.stop.take()
        {
            // Ended by itself a moment ago: then its report is on its way.
            let _ = channel.send(stop);
        }
    }

    /// Runs a session on a stream, after the peer's earlier one has ended.
    pub(crate) fn run_session(&mut self, verdict: Verdict, stream: libp2p::Stream) {
        let Verdict::Run { session, admission } = verdict else { return };
        let (stop, stopped) = oneshot::channel();
        let before = self.sessions.remove(&session.peer);
        let after = before.map(|before| {
            if let Some(stop) = before.stop {
                let _ = stop.send(Stop { end: SessionEnd::Replaced, queued: QueuedFrames::Drop });
            }
            before.task
        });
        let task = SessionTask {
            id: session,
            local: *self.swarm.local_peer_id(),
            admission,
            after,
            stop: stopped,
            reports: self.reports_in.clone(),
            outbounds: self.outbounds.clone(),
            meter: self.meter.clone(),
            stall: self.config.timing.stall,
            drain: self.config.timing.drain,
        };
        let task = tokio::spawn(task.run(stream));
        self.sessions.insert(session.peer, Running { number: session.number, stop: Some(stop), task });
    }

    fn on_report(&mut self, report: Report) {
        match report {
            Report::SessionOpened { session, admission } => self.emit(Event::SessionOpened { session, admission }),
            Report::SessionMessage { session, message } => self.emit(Event::SessionMessage { session, message }),
            Report::SessionDrained { session } => self.emit(Event::SessionDrained { session }),
            Report::SessionClosed { session, end } => {
                if self.sessions.get(&session.peer).is_some_and(|running| running.number == session.number) {
                    self.sessions.remove(&session.peer);
                }
                self.contacts.ended(session, Instant::now(), rand::random());
                self.emit(Event::SessionClosed { session, reason: end });
            }
            Report::JoinRequest { peer, bytes, reply } => self.emit(Event::JoinRequest { peer, bytes, reply }),
            Report::JoinEnded { peer } => {
                self.inbound_joins.remove(&peer);
            }
            Report::Relay(ask) => self.on_relay_ask(ask),
        }
    }

    /// Begins the orderly stop.
    pub(crate) fn stop(&mut self, done: Option<oneshot::Sender<()>>) {
        if let Some(stopping) = &mut self.stopping {
            stopping.done.extend(done);
            return;
        }
        let (now, drain) = (Instant::now(), self.config.timing.drain);
        self.line = Line::Cut;
        self.swarm.behaviour_mut().streams.set_line(Line::Cut);
        self.stopping = Some(Stopping { done: done.into_iter().collect(), sessions_until: now + drain, until: now + drain * 2 });
        let mut orders = Vec::new();
        self.contacts.end_all(QueuedFrames::Send, &mut orders);
        self.obey(orders);
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}
