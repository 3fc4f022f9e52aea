//! Opening a way through two routers from both sides at once (DCUtR): the library's behaviour, with addresses of our own choosing.
//!
//! The library takes every address that a peer has seen this node at, with the port guessed; ours come from `observed`.
//!
//! Over TCP one side takes the part of the one who was dialled, since where both meet in the middle nobody was. But where its packet is let in before the other's
//! has gone out, the other one really was dialled, and takes that part as well: two who wait for each other to speak. Behind a symmetric router it is
//! always so. That side therefore dials once more beside it, as anybody does.

use std::{
    collections::VecDeque,
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    dcutr,
    multiaddr::Protocol,
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
        behaviour::NewExternalAddrCandidate,
        dial_opts::{DialOpts, PeerCondition},
    },
};

/// Dials that wait for their turn; each is one of a few attempts at one peer.
const PENDING: usize = 32;

pub(crate) struct Behaviour {
    dcutr: dcutr::Behaviour,
    /// To be dialled as anybody does.
    beside: VecDeque<DialOpts>,
}

impl Behaviour {
    pub(crate) fn new(local: PeerId) -> Self {
        Self { dcutr: dcutr::Behaviour::new(local), beside: VecDeque::new() }
    }

    /// Where others may knock from now on. It keeps some twenty, those that were given last.
    pub(crate) fn knock_at(&mut self, candidates: &[Multiaddr]) {
        for addr in candidates.iter().rev() {
            self.dcutr.on_swarm_event(FromSwarm::NewExternalAddrCandidate(NewExternalAddrCandidate { addr }));
        }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = <dcutr::Behaviour as NetworkBehaviour>::ConnectionHandler;
    type ToSwarm = dcutr::Event;

    fn handle_pending_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: Option<PeerId>,
        addresses: &[Multiaddr],
        role: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        if let (Some(peer), Endpoint::Listener) = (peer, role) {
            let over_tcp: Vec<Multiaddr> =
                addresses.iter().filter(|address| address.iter().any(|part| matches!(part, Protocol::Tcp(_)))).cloned().collect();
            if !over_tcp.is_empty() && self.beside.len() < PENDING {
                self.beside.push_back(DialOpts::peer_id(peer).condition(PeerCondition::Always).addresses(over_tcp).allocate_new_port().build());
            }
        }
        self.dcutr.handle_pending_outbound_connection(connection, peer, addresses, role)
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.dcutr.handle_established_inbound_connection(connection, peer, local, remote)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        remote: &Multiaddr,
        role: Endpoint,
        port_use: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.dcutr.handle_established_outbound_connection(connection, peer, remote, role, port_use)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        // What others guess of our ports.
        if !matches!(event, FromSwarm::NewExternalAddrCandidate(_)) {
            self.dcutr.on_swarm_event(event);
        }
    }

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, event: THandlerOutEvent<Self>) {
        self.dcutr.on_connection_handler_event(peer, connection, event);
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        match self.beside.pop_front() {
            Some(opts) => Poll::Ready(ToSwarm::Dial { opts }),
            None => self.dcutr.poll(context),
        }
    }
}
