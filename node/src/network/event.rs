//! What the network tells the application.

use std::{fmt, ops::Deref, sync::Arc};

use libp2p::{Multiaddr, PeerId, gossipsub::MessageId};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::{config::Line, on_relay::RelayStatus};

/// Something happened. Events about one session come in order: opened, its messages, closed; the next session of that peer opens after
/// that. `SessionClosed` may come after the `Disconnected` that caused it.
#[derive(Debug)]
pub enum Event {
    /// The node can be reached here (without `/p2p/<peer id>`).
    Listening(Multiaddr),
    /// It no longer can.
    NotListening(Multiaddr),
    /// The line was cut or joined, and all that follows from it has been started.
    LineChanged(Line),
    /// The first connection to a peer is up.
    Connected {
        /// Who.
        peer: PeerId,
        /// By which road.
        road: Road,
    },
    /// The best road to a connected peer is another one now.
    RoadChanged {
        /// Who.
        peer: PeerId,
        /// The best road.
        road: Road,
    },
    /// What this node does for others as a relay, or is done for it, has changed.
    Relay(RelayStatus),
    /// The last connection to a peer is gone.
    Disconnected {
        /// Who.
        peer: PeerId,
    },
    /// Where a member says, or was seen, to listen: all addresses known, best first. For keeping and for telling to others.
    Addresses {
        /// Who.
        peer: PeerId,
        /// Without `/p2p/<peer id>`.
        addresses: Vec<Multiaddr>,
    },
    /// A session stream is up and takes frames.
    SessionOpened {
        /// Which.
        session: SessionId,
        /// Whether the peer was in the admitted set. A stranger's session may be refused with `close_session`.
        admission: Admission,
    },
    /// A frame arrived. It counts against the session's bound until dropped.
    SessionMessage {
        /// On which session.
        session: SessionId,
        /// The frame.
        message: SessionBytes,
    },
    /// Everything given to the session so far went out to the transport: the next frame is welcome.
    SessionDrained {
        /// Which.
        session: SessionId,
    },
    /// The session is over; what was still queued on it is lost.
    SessionClosed {
        /// Which.
        session: SessionId,
        /// Why.
        reason: SessionEnd,
    },
    /// A gossip message from an admitted peer. It is forwarded when, and only when, it is reported as `Accept`.
    Gossip {
        /// Topic it was published under.
        topic: String,
        /// Handle for `report_gossip`.
        id: GossipId,
        /// Who signed it, which need not be who passed it on (`id.from`).
        author: PeerId,
        /// Content.
        bytes: Vec<u8>,
    },
    /// Somebody asks to join. Dropping `reply` refuses without a word.
    JoinRequest {
        /// Who, proven by the transport.
        peer: PeerId,
        /// The request, at most [`super::limits::JOIN_BYTES`].
        bytes: Vec<u8>,
        /// For the response, at most [`super::limits::JOIN_BYTES`].
        reply: oneshot::Sender<Vec<u8>>,
    },
}

/// How a peer is reached. [`Road::is_better_than`] says which is preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// A private, link-local or loopback address.
    Lan,
    /// A public address, also where the way through a router was opened from within (hole punching).
    Direct,
    /// Through another node, which pays for every byte too.
    Relay {
        /// That node. It sees who meets whom and how much, and no word of it.
        via: PeerId,
    },
}

impl Road {
    /// Whether something is worth moving to this road. Two relays are equally good.
    #[must_use]
    pub fn is_better_than(self, other: Self) -> bool {
        self.rank() < other.rank()
    }

    /// Best first.
    pub(crate) fn rank(self) -> u8 {
        match self {
            Self::Lan => 0,
            Self::Direct => 1,
            Self::Relay { .. } => 2,
        }
    }
}

/// One session stream. A peer has at most one at a time; the number tells a late reply to the last from the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId {
    /// With whom.
    pub peer: PeerId,
    /// Counts the sessions of this process.
    pub number: u64,
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.peer, self.number)
    }
}

/// Whether a peer is in the set given to `set_admitted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is.
    Member,
    /// It is not.
    Stranger,
}

/// Why a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// The application closed it.
    ClosedHere(CloseReason),
    /// The other side closed it.
    ClosedThere,
    /// The peer opened a newer one, or a better road came up.
    Replaced,
    /// The peer left the admitted set.
    NotAdmitted,
    /// The line was cut, or the service stops.
    LineCut,
    /// A frame was announced that is larger than allowed; not a byte of it was kept.
    Oversize {
        /// Announced length, bytes.
        announced: u64,
    },
    /// A length that is no number.
    Malformed,
    /// No byte moved for too long.
    Stalled,
    /// The stream or its connection broke.
    Broken(Arc<str>),
}

/// Why the application closes a session; decides when the next may open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// All said: queued frames still go out. None is opened from here until the peer connects anew; one from there is accepted.
    Done,
    /// Begin again at once with a clean state.
    Restart,
    /// Not with this peer: none is opened from here, and none accepted from there, until it is newly admitted or connects anew.
    Refused,
    /// The peer broke the protocol: the next one has to wait, the longer the more faults the peer has had of late, whoever opens it and
    /// however often it connects anew.
    Violation,
}

/// Bytes of one session frame, counted against the session's bound while they live.
pub struct SessionBytes {
    pub(crate) bytes: Vec<u8>,
    /// Given back on drop; the reader waits for it.
    pub(crate) credit: OwnedSemaphorePermit,
}

impl SessionBytes {
    /// Takes the bytes out; from here on the caller answers for their memory.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        drop(self.credit);
        self.bytes
    }
}

impl Deref for SessionBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for SessionBytes {
    /// Length only: people's words do not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionBytes({} B)", self.bytes.len())
    }
}

/// Names a gossip message and who passed it on, for the report on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GossipId {
    /// Who passed it on; a rejection counts against this peer.
    pub from: PeerId,
    pub(crate) message: MessageId,
}

/// The application's word on a gossip message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GossipVerdict {
    /// Good: pass it on.
    Accept,
    /// Bad: do not pass it on, and hold it against who sent it.
    Reject,
    /// Neither: do not pass it on.
    Ignore,
}
