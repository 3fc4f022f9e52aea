//! Joining the line and cutting it, and where the node listens.

use std::{io, time::Instant};

use libp2p::{Multiaddr, PeerId, core::transport::ListenerId, swarm::ConnectionId};

use super::{
    behaviour,
    command::JoinError,
    config::{Line, Roads},
    event::Event,
    own_network::OwnNetworks,
    session::QueuedFrames,
    swarm::{Place, Service, StartError},
};

/// An address to listen on.
pub(crate) struct Listener {
    pub(crate) wanted: Multiaddr,
    /// What it became; with port 0 the port that was given, kept when the line is cut and joined so that others find the node again.
    pub(crate) bound: Option<Multiaddr>,
    pub(crate) id: Option<ListenerId>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstTime {
    Yes,
    No,
}

impl Service {
    /// Joins the line.
    pub(crate) fn open_line(&mut self, first: FirstTime) -> Result<(), StartError> {
        self.line = Line::Open;
        let discovery = behaviour::discovery(&self.keypair, self.config.mdns, Line::Open);
        let behaviour = self.swarm.behaviour_mut();
        behaviour.streams.set_line(Line::Open);
        behaviour.mdns = discovery;
        behaviour.upnp = behaviour::router(&self.config, Line::Open);
        self.open_outside();
        let taken = self.listen();
        if let (FirstTime::Yes, Some(address)) = (first, taken) {
            return Err(StartError::PortTaken { address });
        }
        self.redial.wake_all(Instant::now());
        self.emit(Event::LineChanged(Line::Open));
        Ok(())
    }

    /// Cuts the line.
    pub(crate) fn cut_line(&mut self) {
        self.line = Line::Cut;
        let behaviour = self.swarm.behaviour_mut();
        behaviour.streams.set_line(Line::Cut);
        behaviour.mdns = behaviour::discovery(&self.keypair, self.config.mdns, Line::Cut);
        behaviour.upnp = behaviour::router(&self.config, Line::Cut);
        self.close_outside();
        let ids: Vec<ListenerId> = self.listeners.iter_mut().filter_map(|listener| listener.id.take()).collect();
        for id in ids {
            self.swarm.remove_listener(id);
        }
        self.listen_again = None;
        let mut orders = Vec::new();
        self.contacts.end_all(QueuedFrames::Drop, &mut orders);
        self.obey(orders);
        for waiting in std::mem::take(&mut self.joins).into_values().flatten() {
            let _ = waiting.join.done.send(Err(JoinError::LineCut));
        }
        self.disconnect_all();
        self.emit(Event::LineChanged(Line::Cut));
    }

    /// Takes these roads from now on.
    pub(crate) fn set_roads(&mut self, roads: Roads) {
        if self.roads == roads {
            return;
        }
        self.roads = roads;
        self.swarm.behaviour_mut().streams.set_roads(roads);
        if roads == Roads::LanOnly {
            let beyond: Vec<ConnectionId> = self.links.iter().filter(|(_, link)| link.place == Place::Beyond).map(|(id, _)| *id).collect();
            for connection in beyond {
                self.swarm.close_connection(connection);
            }
        } else {
            self.redial.wake_all(Instant::now());
        }
    }

    /// Those of these addresses that are on a road that is taken now.
    pub(crate) fn on_roads(&self, mut addresses: Vec<Multiaddr>) -> Vec<Multiaddr> {
        if self.roads == Roads::LanOnly {
            let own = OwnNetworks::now();
            addresses.retain(|address| own.hold(address));
        }
        addresses
    }

    pub(crate) fn disconnect_all(&mut self) {
        let peers: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
        for peer in peers {
            // Gone already: as wanted.
            let _ = self.swarm.disconnect_peer_id(peer);
        }
    }

    /// Listens wherever the node does not yet. What fails is tried again later; an address that is taken is named.
    pub(crate) fn listen(&mut self) -> Option<Multiaddr> {
        let mut taken = None;
        self.listen_again = None;
        for listener in &mut self.listeners {
            if listener.id.is_some() {
                continue;
            }
            let address = listener.bound.clone().unwrap_or_else(|| listener.wanted.clone());
            match self.swarm.listen_on(address.clone()) {
                Ok(id) => listener.id = Some(id),
                Err(error) => {
                    if is_taken(&error) {
                        tracing::warn!(%address, "cannot listen here yet: another program has the port");
                        taken.get_or_insert(address);
                    } else {
                        tracing::warn!(%address, %error, "cannot listen here yet");
                    }
                    self.listen_again = Some(Instant::now() + self.config.timing.listen_again);
                }
            }
        }
        taken
    }
}

/// Whether an error from listening says that somebody else has the port.
fn is_taken(error: &libp2p::TransportError<io::Error>) -> bool {
    let libp2p::TransportError::Other(error) = error else { return false };
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::AddrInUse) {
            return true;
        }
        cause = error.source();
    }
    error.to_string().contains("in use")
}
