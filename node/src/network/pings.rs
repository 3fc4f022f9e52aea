//! Pings from one side alone: whoever was dialled asks from time to time, whoever dialled answers.
//!
//! The question and its answer show both that the way is whole to its end, so that a second one would only cost. Who dialled asks the line in another way
//! (`dead_line`, and QUIC's own keep-alives); who was dialled learns here, at last, that nobody is there any more, also where it has nothing to say.

use std::{
    task::{Context, Poll},
    time::Duration,
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    ping,
    swarm::{ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm},
};

/// Longer than a connection lasts. The library has no "never".
const NEVER: Duration = Duration::from_secs(365 * 24 * 3600);

pub(crate) struct Behaviour {
    asking: ping::Behaviour,
    /// Makes what answers on connections that were dialled here. It asks once, at their beginning.
    answering: ping::Behaviour,
}

impl Behaviour {
    pub(crate) fn new(every: Duration, answer: Duration) -> Self {
        let with_interval = |interval| ping::Behaviour::new(ping::Config::new().with_interval(interval).with_timeout(answer));
        Self { asking: with_interval(every), answering: with_interval(NEVER) }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = <ping::Behaviour as NetworkBehaviour>::ConnectionHandler;
    type ToSwarm = ping::Event;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.asking.handle_established_inbound_connection(connection, peer, local, remote)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        remote: &Multiaddr,
        role: Endpoint,
        port_use: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.answering.handle_established_outbound_connection(connection, peer, remote, role, port_use)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        self.asking.on_swarm_event(event);
    }

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, event: THandlerOutEvent<Self>) {
        self.asking.on_connection_handler_event(peer, connection, event);
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        self.asking.poll(context)
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use libp2p::{
        Swarm, Transport as _,
        core::{transport::MemoryTransport, upgrade::Version},
        identity::Keypair,
        noise,
        swarm::SwarmEvent,
        yamux,
    };

    use super::*;

    fn swarm() -> Swarm<Behaviour> {
        let key = Keypair::generate_ed25519();
        let transport = MemoryTransport::default()
            .upgrade(Version::V1)
            .authenticate(noise::Config::new(&key).expect("a key"))
            .multiplex(yamux::Config::default())
            .boxed();
        let behaviour = Behaviour::new(Duration::from_millis(20), Duration::from_secs(60));
        // Pings keep nothing open; the test does.
        let config = libp2p::swarm::Config::with_tokio_executor().with_idle_connection_timeout(Duration::from_secs(600));
        Swarm::new(transport, behaviour, key.public().to_peer_id(), config)
    }

    #[tokio::test]
    async fn who_was_dialled_asks_again_and_again_and_who_dialled_once() {
        let (mut dialled, mut dialler) = (swarm(), swarm());
        dialled.listen_on("/memory/0".parse().expect("an address")).expect("it listens");
        let (mut asked, mut by_dialler) = (0, 0);
        while asked < 10 {
            tokio::select! {
                event = dialled.select_next_some() => match event {
                    SwarmEvent::NewListenAddr { address, .. } => dialler.dial(address).expect("an address"),
                    SwarmEvent::Behaviour(ping::Event { result, .. }) => { result.expect("an answer"); asked += 1; }
                    _ => {}
                },
                event = dialler.select_next_some() => if let SwarmEvent::Behaviour(ping::Event { result, .. }) = event {
                    result.expect("an answer");
                    by_dialler += 1;
                },
            }
        }
        assert_eq!(by_dialler, 1, "at the beginning");
    }
}
