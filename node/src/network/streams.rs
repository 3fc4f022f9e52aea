//! A behaviour that opens and accepts the streams of our protocols, on the connection that was chosen, and keeps the gate.
//!
//! Why not `libp2p-stream`: it picks a connection at random, drops inbound streams while its receiver is busy, and cannot keep a member's
//! connection alive. Inbound streams here wait in the connection's own bounded channel until the event loop takes them.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    future::{Ready, ready},
    task::{Context, Poll},
    time::Duration,
};

use libp2p::{
    Multiaddr, PeerId, Stream, StreamProtocol,
    core::{Endpoint, InboundUpgrade, OutboundUpgrade, UpgradeInfo, transport::PortUse},
    relay,
    swarm::{
        ConnectionClosed, ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm, NetworkBehaviour, NotifyHandler,
        StreamUpgradeError, SubstreamProtocol, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
        behaviour::ConnectionEstablished,
        handler::{ConnectionEvent, DialUpgradeError, FullyNegotiatedInbound, FullyNegotiatedOutbound},
    },
};
use thiserror::Error;

use super::{
    config::{Line, Roads},
    own_network::OwnNetworks,
    peer_id::node_id_of,
};

/// What a stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Session,
    Join,
    Blob,
    /// What others want of this node as a relay.
    Hop,
    /// What this node as a relay brings to others. Taken in by the library's client.
    Stop,
}

impl Kind {
    /// What others may open.
    const TAKEN_IN: [Self; 4] = [Self::Session, Self::Join, Self::Blob, Self::Hop];

    fn protocol(self) -> StreamProtocol {
        match self {
            Self::Session => StreamProtocol::new("/jeli/sync/1"),
            Self::Join => StreamProtocol::new("/jeli/join/1"),
            Self::Blob => StreamProtocol::new("/jeli/blob/1"),
            Self::Hop => relay::HOP_PROTOCOL_NAME,
            Self::Stop => relay::STOP_PROTOCOL_NAME,
        }
    }
}

/// Names one wish to open a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ticket(u64);

#[derive(Debug)]
pub(crate) enum StreamEvent {
    Inbound { peer: PeerId, connection: ConnectionId, kind: Kind, stream: Stream },
    Opened { connection: ConnectionId, ticket: Ticket, stream: Stream },
    NotOpened { connection: ConnectionId, ticket: Ticket, why: NotOpened },
}

/// Why a stream was not opened.
#[derive(Debug, Error)]
pub(crate) enum NotOpened {
    #[error("the connection closed")]
    ConnectionClosed,
    #[error("the other side did not answer in time")]
    Unanswered,
    #[error("{0}")]
    Refused(String),
}

/// Why a connection is not let in.
#[derive(Debug, Error)]
enum Denied {
    #[error("the line is cut")]
    LineCut,
    #[error("nothing goes beyond the local network now")]
    Beyond,
    #[error("the peer has no Ed25519 key and so is no node")]
    NotANode,
}

pub(crate) struct Behaviour {
    line: Line,
    roads: Roads,
    members: BTreeSet<PeerId>,
    connections: HashMap<ConnectionId, PeerId>,
    tickets: HashMap<Ticket, ConnectionId>,
    next_ticket: u64,
    events: VecDeque<ToSwarm<StreamEvent, ToHandler>>,
    /// For the answer to a stream that is being opened.
    patience: Duration,
}

impl Behaviour {
    pub(crate) fn new(line: Line, patience: Duration) -> Self {
        Self {
            line,
            roads: Roads::All,
            members: BTreeSet::new(),
            connections: HashMap::new(),
            tickets: HashMap::new(),
            next_ticket: 0,
            events: VecDeque::new(),
            patience,
        }
    }

    /// While the line is cut, every connection is refused, also those on their way.
    pub(crate) fn set_line(&mut self, line: Line) {
        self.line = line;
    }

    /// Whoever comes on another road is refused.
    pub(crate) fn set_roads(&mut self, roads: Roads) {
        self.roads = roads;
    }

    /// Connections of members are kept also when idle.
    pub(crate) fn set_members(&mut self, members: BTreeSet<PeerId>) {
        for (&connection, &peer_id) in &self.connections {
            let keep = Keep::of(members.contains(&peer_id));
            if keep != Keep::of(self.members.contains(&peer_id)) {
                let handler = NotifyHandler::One(connection);
                self.events.push_back(ToSwarm::NotifyHandler { peer_id, handler, event: ToHandler::Keep(keep) });
            }
        }
        self.members = members;
    }

    /// Opens a stream; `Opened` or `NotOpened` with this ticket follows.
    pub(crate) fn open(&mut self, peer_id: PeerId, connection: ConnectionId, kind: Kind) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.tickets.insert(ticket, connection);
        let handler = NotifyHandler::One(connection);
        self.events.push_back(ToSwarm::NotifyHandler { peer_id, handler, event: ToHandler::Open { kind, ticket } });
        ticket
    }

    fn admit(&self, peer: PeerId, remote: &Multiaddr) -> Result<Handler, ConnectionDenied> {
        self.pass()?;
        self.take(remote)?;
        if node_id_of(&peer).is_none() {
            return Err(ConnectionDenied::new(Denied::NotANode));
        }
        Ok(Handler { keep: Keep::of(self.members.contains(&peer)), wishes: VecDeque::new(), events: VecDeque::new(), patience: self.patience })
    }

    /// Whether connections with this address are taken now.
    fn take(&self, remote: &Multiaddr) -> Result<(), ConnectionDenied> {
        if self.roads == Roads::LanOnly && !OwnNetworks::now().hold(remote) {
            return Err(ConnectionDenied::new(Denied::Beyond));
        }
        Ok(())
    }

    fn pass(&self) -> Result<(), ConnectionDenied> {
        match self.line {
            Line::Open => Ok(()),
            Line::Cut => Err(ConnectionDenied::new(Denied::LineCut)),
        }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = StreamEvent;

    /// Before any handshake: whoever goes on trying costs little.
    fn handle_pending_inbound_connection(&mut self, _: ConnectionId, _: &Multiaddr, remote: &Multiaddr) -> Result<(), ConnectionDenied> {
        self.pass()?;
        self.take(remote)
    }

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.admit(peer, remote)
    }

    fn handle_pending_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: Option<PeerId>,
        _: &[Multiaddr],
        _: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        self.pass()?;
        Ok(Vec::new())
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        remote: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.admit(peer, remote)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(ConnectionEstablished { peer_id, connection_id, .. }) => {
                self.connections.insert(connection_id, peer_id);
            }
            FromSwarm::ConnectionClosed(ConnectionClosed { connection_id, .. }) => {
                self.connections.remove(&connection_id);
                let lost: Vec<Ticket> = self.tickets.iter().filter(|(_, on)| **on == connection_id).map(|(ticket, _)| *ticket).collect();
                for ticket in lost {
                    self.tickets.remove(&ticket);
                    let event = StreamEvent::NotOpened { connection: connection_id, ticket, why: NotOpened::ConnectionClosed };
                    self.events.push_back(ToSwarm::GenerateEvent(event));
                }
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, event: THandlerOutEvent<Self>) {
        let event = match event {
            FromHandler::Inbound { kind, stream } => StreamEvent::Inbound { peer, connection, kind, stream },
            FromHandler::Opened { ticket, stream } => StreamEvent::Opened { connection, ticket, stream },
            FromHandler::NotOpened { ticket, why } => StreamEvent::NotOpened { connection, ticket, why },
        };
        if let StreamEvent::Opened { ticket, .. } | StreamEvent::NotOpened { ticket, .. } = &event
            && self.tickets.remove(ticket).is_none()
        {
            return; // Given up already, with its connection.
        }
        self.events.push_back(ToSwarm::GenerateEvent(event));
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        // Events are made only by calls from the swarm and its owner, both of which poll afterwards.
        self.events.pop_front().map_or(Poll::Pending, Poll::Ready)
    }
}

/// Whether an idle connection stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    Always,
    WhileUsed,
}

impl Keep {
    fn of(member: bool) -> Self {
        if member { Self::Always } else { Self::WhileUsed }
    }
}

#[derive(Debug)]
pub(crate) enum ToHandler {
    Open { kind: Kind, ticket: Ticket },
    Keep(Keep),
}

#[derive(Debug)]
pub(crate) enum FromHandler {
    Inbound { kind: Kind, stream: Stream },
    Opened { ticket: Ticket, stream: Stream },
    NotOpened { ticket: Ticket, why: NotOpened },
}

pub(crate) struct Handler {
    patience: Duration,
    keep: Keep,
    wishes: VecDeque<(Kind, Ticket)>,
    events: VecDeque<FromHandler>,
}

impl ConnectionHandler for Handler {
    type FromBehaviour = ToHandler;
    type ToBehaviour = FromHandler;
    type InboundProtocol = Offer;
    type OutboundProtocol = Offer;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = Ticket;

    fn listen_protocol(&self) -> SubstreamProtocol<Offer> {
        SubstreamProtocol::new(Offer(Kind::TAKEN_IN.to_vec()), ())
    }

    fn connection_keep_alive(&self) -> bool {
        self.keep == Keep::Always
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ConnectionHandlerEvent<Offer, Ticket, FromHandler>> {
        if let Some(event) = self.events.pop_front() {
            return Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(event));
        }
        match self.wishes.pop_front() {
            Some((kind, ticket)) => {
                let protocol = SubstreamProtocol::new(Offer(vec![kind]), ticket).with_timeout(self.patience);
                Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol })
            }
            None => Poll::Pending,
        }
    }

    fn on_behaviour_event(&mut self, event: ToHandler) {
        match event {
            ToHandler::Open { kind, ticket } => self.wishes.push_back((kind, ticket)),
            ToHandler::Keep(keep) => self.keep = keep,
        }
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<'_, Offer, Offer, (), Ticket>) {
        let event = match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound { protocol: (kind, stream), info: () }) => {
                FromHandler::Inbound { kind, stream }
            }
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound { protocol: (_, stream), info: ticket }) => {
                FromHandler::Opened { ticket, stream }
            }
            ConnectionEvent::DialUpgradeError(DialUpgradeError { error, info: ticket }) => {
                let why = match error {
                    StreamUpgradeError::Timeout => NotOpened::Unanswered,
                    error => NotOpened::Refused(error.to_string()),
                };
                FromHandler::NotOpened { ticket, why }
            }
            _ => return,
        };
        self.events.push_back(event);
    }
}

/// Names our protocols in the negotiation, and gives the bare stream.
pub(crate) struct Offer(Vec<Kind>);

impl UpgradeInfo for Offer {
    type Info = Named;
    type InfoIter = std::vec::IntoIter<Named>;

    fn protocol_info(&self) -> Self::InfoIter {
        let named: Vec<Named> = self.0.iter().map(|kind| Named(*kind, kind.protocol())).collect();
        named.into_iter()
    }
}

impl InboundUpgrade<Stream> for Offer {
    type Output = (Kind, Stream);
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self::Output, Self::Error>>;

    fn upgrade_inbound(self, stream: Stream, named: Named) -> Self::Future {
        ready(Ok((named.0, stream)))
    }
}

impl OutboundUpgrade<Stream> for Offer {
    type Output = (Kind, Stream);
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self::Output, Self::Error>>;

    fn upgrade_outbound(self, stream: Stream, named: Named) -> Self::Future {
        ready(Ok((named.0, stream)))
    }
}

/// A protocol by name, that remembers what it is for.
#[derive(Clone)]
pub(crate) struct Named(Kind, StreamProtocol);

impl AsRef<str> for Named {
    fn as_ref(&self) -> &str {
        self.1.as_ref()
    }
}
