//! Opening a way through two routers from both sides at once (DCUtR): the library's behaviour, with addresses of our own choosing.
//!
//! The library takes every address that a peer has seen this node at, with the port guessed; ours come from `observed`.

use std::task::{Context, Poll};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    dcutr,
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
        behaviour::NewExternalAddrCandidate,
    },
};

pub(crate) struct Behaviour {
    dcutr: dcutr::Behaviour,
}

impl Behaviour {
    pub(crate) fn new(local: PeerId) -> Self {
        Self { dcutr: dcutr::Behaviour::new(local) }
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
        self.dcutr.poll(context)
    }
}
