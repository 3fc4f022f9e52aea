//! What the application tells the network: the handle, and the commands behind it.

use std::collections::{BTreeMap, BTreeSet};

use libp2p::{Multiaddr, PeerId, swarm::ConnectionId};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use super::{
    carried::{Carried, Counter},
    config::{Line, Roads},
    event::{CloseReason, GossipId, GossipVerdict, SessionId},
    limits,
    outbound::Outbounds,
    outlook::Outlook,
    relay::Budget,
    traffic::{Meter, Traffic},
};

/// A cloneable handle on the running service. When the last one is dropped, the service stops.
#[derive(Clone, Debug)]
pub struct NetworkHandle {
    pub(crate) local: PeerId,
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) outbounds: Outbounds,
    pub(crate) meter: Meter,
    pub(crate) counter: Counter,
    pub(crate) budget: Budget,
}

/// The service no longer runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the network service has stopped; restart the node to reach other schools")]
pub struct Stopped;

/// What became of a frame given to [`NetworkHandle::send`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Bytes waiting on this session, this frame included.
    pub waiting_bytes: usize,
}

/// Why a frame was not taken. Nothing of it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SendError {
    /// That session is over.
    #[error("this session has ended; wait for the next one")]
    NoSession,
    /// What was queued first goes first; wait for `SessionDrained`.
    #[error("{waiting_bytes} bytes wait on this session already; wait until they went out")]
    QueueFull {
        /// Bytes waiting.
        waiting_bytes: usize,
    },
    /// Larger than [`limits::SESSION_FRAME_BYTES`].
    #[error("a frame of {len} bytes is larger than {} allow; cut it", limits::SESSION_FRAME_BYTES)]
    TooLarge {
        /// Its length.
        len: usize,
    },
}

/// What became of a published message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// On its way to at least one peer.
    Sent,
    /// No connected peer listens to the topic, or none could take it. Gossip is a hint: sessions bring the content.
    NobodyListens,
}

/// Why a message was not published.
#[derive(Debug, Error)]
pub enum PublishError {
    /// Larger than [`limits::GOSSIP_BYTES`].
    #[error("an announcement of {len} bytes is larger than {} allow; announce heads only", limits::GOSSIP_BYTES)]
    TooLarge {
        /// Its length.
        len: usize,
    },
    /// gossipsub refused.
    #[error("the announcement could not be made: {0}")]
    Gossip(#[source] libp2p::gossipsub::PublishError),
    /// See [`Stopped`].
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why a topic could not be joined.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SubscribeError {
    /// More than [`limits::TOPICS`], or a name longer than [`limits::TOPIC_NAME_BYTES`].
    #[error("a node listens to at most {} topics with names of at most {} bytes", limits::TOPICS, limits::TOPIC_NAME_BYTES)]
    Limit,
    /// gossipsub refused.
    #[error("the topic could not be joined: {0}")]
    Gossip(String),
    /// See [`Stopped`].
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why a join request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JoinError {
    /// The user works alone.
    #[error("the line is cut; join it first")]
    LineCut,
    /// No address led to the peer.
    #[error("the other school's node could not be reached: {0}")]
    Unreachable(String),
    /// Connected, but no whole answer in time.
    #[error("the other school's node did not answer in time; try again")]
    TimedOut,
    /// The other side closed without an answer.
    #[error("the other school's node closed the request without an answer: {0}")]
    Closed(String),
    /// Request or response larger than [`limits::JOIN_BYTES`].
    #[error("a join message of {len} bytes is larger than {} allow", limits::JOIN_BYTES)]
    TooLarge {
        /// Its length.
        len: u64,
    },
    /// [`limits::OUTBOUND_JOINS`] are in hand.
    #[error("too many join requests at once; wait for the earlier ones")]
    Busy,
    /// See [`Stopped`].
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why there is no stream for files to a peer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BlobStreamError {
    /// No connection leads to it now; sessions dial, files wait for them.
    #[error("there is no connection to this node now")]
    NotConnected,
    /// The stream did not come up.
    #[error("the stream could not be opened: {0}")]
    NotOpened(String),
    /// See [`Stopped`].
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// The connection that a stream for files is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobRoad {
    pub(crate) connection: ConnectionId,
    /// Through another node, which pays for it too: for what somebody asks for, and for nothing else.
    pub relayed: Relayed,
}

/// Whether something goes through another node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relayed {
    /// It does.
    Yes,
    /// It goes from one to the other.
    No,
}

/// A stream for files that was opened here.
#[derive(Debug)]
pub struct OpenBlob {
    /// What it is on.
    pub road: BlobRoad,
    /// The stream, from its first byte.
    pub stream: libp2p::Stream,
}

/// A stream for files that a member opened.
#[derive(Debug)]
pub struct BlobStream {
    /// Who opened it, as the connection proved.
    pub peer: PeerId,
    /// The stream, from its first byte.
    pub stream: libp2p::Stream,
}

#[derive(Debug)]
pub(crate) enum Command {
    Subscribe { topic: String, done: oneshot::Sender<Result<(), SubscribeError>> },
    Unsubscribe { topic: String },
    Publish { topic: String, bytes: Vec<u8>, done: oneshot::Sender<Result<Published, PublishError>> },
    ReportGossip { id: GossipId, verdict: GossipVerdict },
    CloseSession { session: SessionId, reason: CloseReason },
    Blame { peer: PeerId },
    Join { peer: PeerId, addresses: Vec<Multiaddr>, bytes: Vec<u8>, done: oneshot::Sender<Result<Vec<u8>, JoinError>> },
    AddAddresses { peer: PeerId, addresses: Vec<Multiaddr> },
    ToldAddresses { peer: PeerId, addresses: Vec<Multiaddr> },
    Forget { peer: PeerId },
    SetAdmitted { peers: BTreeSet<PeerId> },
    SetLine { line: Line },
    SetRoads { roads: Roads },
    Near { done: oneshot::Sender<BTreeSet<PeerId>> },
    BeginRelayMonth { used: u64 },
    AcceptBlobs { streams: mpsc::Sender<BlobStream> },
    OpenBlob { peer: PeerId, done: oneshot::Sender<Result<OpenBlob, BlobStreamError>> },
    BlobRoad { peer: PeerId, done: oneshot::Sender<Option<BlobRoad>> },
    Outlooks { done: oneshot::Sender<BTreeMap<PeerId, Outlook>> },
    Shutdown { done: oneshot::Sender<()> },
}

impl NetworkHandle {
    /// This node's own peer id.
    #[must_use]
    pub fn local_peer(&self) -> PeerId {
        self.local
    }

    /// Listens to a topic.
    pub async fn subscribe(&self, topic: impl Into<String>) -> Result<(), SubscribeError> {
        let (done, answer) = oneshot::channel();
        self.command(Command::Subscribe { topic: topic.into(), done }).await?;
        answer.await.map_err(|_| Stopped)?
    }

    /// No longer listens to a topic.
    pub async fn unsubscribe(&self, topic: impl Into<String>) -> Result<(), Stopped> {
        self.command(Command::Unsubscribe { topic: topic.into() }).await
    }

    /// Announces bytes to all who listen to the topic. Delivery is not promised.
    pub async fn publish(&self, topic: impl Into<String>, bytes: Vec<u8>) -> Result<Published, PublishError> {
        let (done, answer) = oneshot::channel();
        self.command(Command::Publish { topic: topic.into(), bytes, done }).await?;
        answer.await.map_err(|_| Stopped)?
    }

    /// The word on a gossip message. Until it is given, the message is not passed on; after some heartbeats it is forgotten.
    pub async fn report_gossip(&self, id: GossipId, verdict: GossipVerdict) -> Result<(), Stopped> {
        self.command(Command::ReportGossip { id, verdict }).await
    }

    /// Queues a frame on a session, in order and without waiting. When the queue's byte limit is reached the newest is refused, never an
    /// older one dropped: order is the session's promise. `SessionDrained` says when the queue is empty.
    pub fn send(&self, session: SessionId, bytes: Vec<u8>) -> Result<Queued, SendError> {
        self.outbounds.send(session, bytes)
    }

    /// What has moved on the sessions with a peer since the start.
    #[must_use]
    pub fn traffic(&self, peer: &PeerId) -> Traffic {
        self.meter.of(peer)
    }

    /// What lines that may cost money have carried since this was last asked.
    #[must_use]
    pub fn carried(&self) -> Vec<Carried> {
        self.counter.take()
    }

    /// From now on the streams for files that members open come here. While the receiver is full they are refused: whoever opens one asks again.
    pub async fn accept_blobs(&self, streams: mpsc::Sender<BlobStream>) -> Result<(), Stopped> {
        self.command(Command::AcceptBlobs { streams }).await
    }

    /// Opens a stream for files on the connection that the peer's session is on, or its best. Nobody is dialled for it.
    pub async fn open_blob(&self, peer: PeerId) -> Result<OpenBlob, BlobStreamError> {
        let (done, opened) = oneshot::channel();
        self.command(Command::OpenBlob { peer, done }).await?;
        opened.await.map_err(|_| Stopped)?
    }

    /// What a stream for files to this peer would be opened on now.
    pub async fn blob_road(&self, peer: PeerId) -> Result<Option<BlobRoad>, Stopped> {
        let (done, road) = oneshot::channel();
        self.command(Command::BlobRoad { peer, done }).await?;
        road.await.map_err(|_| Stopped)
    }

    /// The peers that are connected within a network that this machine stands in.
    pub async fn near(&self) -> Result<BTreeSet<PeerId>, Stopped> {
        let (done, near) = oneshot::channel();
        self.command(Command::Near { done }).await?;
        near.await.map_err(|_| Stopped)
    }

    /// Ends a session.
    pub async fn close_session(&self, session: SessionId, reason: CloseReason) -> Result<(), Stopped> {
        self.command(Command::CloseSession { session, reason }).await
    }

    /// The peer broke the protocol, on whatever road: counted against it. Its next session has to wait the longer the more faults it has, and
    /// gossip stops listening to it. A fault for which a session is closed as a violation is counted once.
    pub async fn blame(&self, peer: PeerId) -> Result<(), Stopped> {
        self.command(Command::Blame { peer }).await
    }

    /// Asks a peer, who need not have admitted this node, and waits for its answer. Dials the addresses given and those known.
    pub async fn request_join(&self, peer: PeerId, addresses: Vec<Multiaddr>, bytes: Vec<u8>) -> Result<Vec<u8>, JoinError> {
        if bytes.len() > limits::JOIN_BYTES {
            return Err(JoinError::TooLarge { len: bytes.len() as u64 });
        }
        let (done, answer) = oneshot::channel();
        self.command(Command::Join { peer, addresses, bytes, done }).await?;
        answer.await.map_err(|_| Stopped)?
    }

    /// Remembers where a peer may be found; a member is dialled there at once if it is not connected.
    pub async fn add_addresses(&self, peer: PeerId, addresses: Vec<Multiaddr>) -> Result<(), Stopped> {
        self.command(Command::AddAddresses { peer, addresses }).await
    }

    /// What a peer that is not connected has told of itself through others: replaces what it told before.
    pub async fn told_addresses(&self, peer: PeerId, addresses: Vec<Multiaddr>) -> Result<(), Stopped> {
        self.command(Command::ToldAddresses { peer, addresses }).await
    }

    /// Forgets every address of a peer. It is not dialled until one is learnt again; connections stay.
    pub async fn forget(&self, peer: PeerId) -> Result<(), Stopped> {
        self.command(Command::Forget { peer }).await
    }

    /// Replaces the set of members: kept connected, redialled for ever, their gossip heard and passed on. Who leaves the set loses its
    /// session and its voice in gossip.
    pub async fn set_admitted(&self, peers: impl IntoIterator<Item = PeerId> + Send) -> Result<(), Stopped> {
        let peers = peers.into_iter().collect();
        self.command(Command::SetAdmitted { peers }).await
    }

    /// Cuts or joins the line; `LineChanged` follows.
    pub async fn set_line(&self, line: Line) -> Result<(), Stopped> {
        self.command(Command::SetLine { line }).await
    }

    /// Takes these roads from now on. Connections on others are closed, and whoever comes on one is refused.
    pub async fn set_roads(&self, roads: Roads) -> Result<(), Stopped> {
        self.command(Command::SetRoads { roads }).await
    }

    /// What is done to reach each member.
    pub async fn outlooks(&self) -> Result<BTreeMap<PeerId, Outlook>, Stopped> {
        let (done, outlooks) = oneshot::channel();
        self.command(Command::Outlooks { done }).await?;
        outlooks.await.map_err(|_| Stopped)
    }

    /// A month begins for what is carried for others; so much of it was carried before this start.
    pub async fn begin_relay_month(&self, used: u64) -> Result<(), Stopped> {
        self.command(Command::BeginRelayMonth { used }).await
    }

    /// What was carried for others this month, bytes.
    #[must_use]
    pub fn relayed_this_month(&self) -> u64 {
        self.budget.this_month()
    }

    /// Lets queued frames go out, says goodbye to all peers and stops. Returns when all is closed, or its time is over.
    pub async fn shutdown(&self) {
        let (done, closed) = oneshot::channel();
        if self.command(Command::Shutdown { done }).await.is_ok() {
            let _ = closed.await;
        }
    }

    async fn command(&self, command: Command) -> Result<(), Stopped> {
        self.commands.send(command).await.map_err(|_| Stopped)
    }
}
