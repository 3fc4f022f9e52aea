//! The network's door into the event loop.

use std::{sync::Arc, time::Instant};

use libp2p::{
    Multiaddr, PeerId,
    core::{ConnectedPoint, transport::ListenerId},
    gossipsub, identify, mdns,
    multiaddr::Protocol,
    ping,
    swarm::{ConnectionId, SwarmEvent},
};

use super::{
    addresses::{Source, is_loopback, is_relayed, road_of_connection},
    behaviour::{BehaviourEvent, PROTOCOL_VERSION},
    command::{BlobStream, BlobStreamError, JoinError, OpenBlob},
    config::Line,
    contacts::Change,
    event::{Event, GossipId, Road},
    join,
    limits::{ADDRESSES_PER_PEER, MISSED_PINGS, UNANSWERED_STREAMS},
    own_network::OwnNetworks,
    relay::Refusal,
    streams::{Kind, NotOpened, StreamEvent},
    swarm::{Link, Place, Purpose, Reach, Service, WaitingJoin},
};

impl Service {
    pub(crate) fn on_swarm(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Streams(event)) => self.on_stream(event),
            SwarmEvent::Behaviour(BehaviourEvent::Gossip(event)) => self.on_gossip(event),
            SwarmEvent::Behaviour(BehaviourEvent::Identify(event)) => self.on_identify(event),
            SwarmEvent::Behaviour(BehaviourEvent::Mdns(event)) => self.on_mdns(event),
            SwarmEvent::Behaviour(BehaviourEvent::Ping(event)) => self.on_ping(event),
            SwarmEvent::Behaviour(BehaviourEvent::Circuits(event)) => self.on_circuits(event),
            SwarmEvent::Behaviour(BehaviourEvent::Punch(event)) => {
                tracing::debug!(peer = %event.remote_peer_id, result = ?event.result, "opening a way from both sides");
            }
            SwarmEvent::Behaviour(BehaviourEvent::Upnp(event)) => self.on_router(event),
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_connected(peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, cause, .. } => {
                tracing::debug!(peer = %peer_id, ?cause, "connection closed");
                self.on_closed(peer_id, connection_id);
            }
            SwarmEvent::OutgoingConnectionError { connection_id, peer_id: Some(peer), error } => {
                tracing::debug!(%peer, %error, "could not connect");
                self.redial.failed(&peer, connection_id, Instant::now(), rand::random());
                self.fail_joins(peer, connection_id, &error.to_string());
            }
            SwarmEvent::NewListenAddr { listener_id, address } => self.on_listening(listener_id, address),
            SwarmEvent::ExpiredListenAddr { address, .. } => self.on_not_listening(address),
            SwarmEvent::ListenerClosed { listener_id, addresses, reason } => self.on_listener_closed(listener_id, addresses, reason.err()),
            SwarmEvent::ListenerError { listener_id, error } if self.reserving.knows(listener_id) => {
                tracing::debug!(%error, "trouble being reached through a relay")
            }
            SwarmEvent::ListenerError { error, .. } => tracing::warn!(%error, "trouble listening"),
            _ => {}
        }
    }

    fn on_connected(&mut self, peer: PeerId, connection: ConnectionId, point: &ConnectedPoint) {
        let now = Instant::now();
        let remote = point.get_remote_address();
        // A relay on this machine says nothing of who is behind it.
        let reach = if is_loopback(remote) && !is_relayed(remote) { Reach::ThisMachine } else { Reach::Elsewhere };
        let place = if OwnNetworks::now().hold(remote) { Place::Near } else { Place::Beyond };
        let road = match (road_of_connection(point), place) {
            // A private address of a carrier's, or behind a router.
            (Road::Lan, Place::Beyond) => Road::Direct,
            (road, _) => road,
        };
        let (begun, port) = self.how_begun(&peer, point);
        self.note_opening(&peer, point, now);
        let link = Link { peer, reach, place, remote: remote.clone(), since: now, begun, port, missed_pings: 0, unanswered_streams: 0 };
        self.links.insert(connection, link);
        // Before anything that this connection brings.
        self.judge(peer);
        let mut orders = Vec::new();
        let change = self.contacts.connected(peer, connection, road, now, &mut orders);
        self.obey(orders);
        if let Some(road) = self.contacts.best_road(&peer) {
            self.redial.connected(&peer, road.into(), now);
        }
        self.tell(peer, change);
        for WaitingJoin { join, .. } in self.joins.remove(&peer).unwrap_or_default() {
            self.open_join(peer, join);
        }
    }

    fn on_closed(&mut self, peer: PeerId, connection: ConnectionId) {
        if let Some(link) = self.links.remove(&connection) {
            // The way stays open for a while on the routers between.
            self.opening.wrote_to(&link.remote, Instant::now());
        }
        self.relaying.connection_closed(connection);
        let mut orders = Vec::new();
        let change = self.contacts.closed(peer, connection, Instant::now(), &mut orders);
        self.obey(orders);
        if let Change::Road(road) = change {
            self.redial.connected(&peer, road.into(), Instant::now());
        }
        if change == Change::Disconnected {
            self.redial.disconnected(&peer, Instant::now(), rand::random());
            self.judge(peer);
        }
        self.tell(peer, change);
    }

    fn tell(&mut self, peer: PeerId, change: Change) {
        match change {
            Change::Connected(road) => self.emit(Event::Connected { peer, road }),
            Change::Road(road) => self.emit(Event::RoadChanged { peer, road }),
            Change::Disconnected => self.emit(Event::Disconnected { peer }),
            Change::Nothing => {}
        }
    }

    fn fail_joins(&mut self, peer: PeerId, dial: ConnectionId, why: &str) {
        let Some(mut waiting) = self.joins.remove(&peer) else { return };
        waiting.iter_mut().for_each(|waiting| waiting.dials.retain(|other| *other != dial));
        let (failed, waiting): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|waiting| waiting.dials.is_empty());
        if !waiting.is_empty() {
            self.joins.insert(peer, waiting);
        }
        for mut failed in failed {
            if failed.otherwise.is_empty() {
                let _ = failed.join.done.send(Err(JoinError::Unreachable(why.to_owned())));
            } else {
                let addresses = std::mem::take(&mut failed.otherwise);
                self.dial_for_join(peer, failed, addresses);
            }
        }
    }

    fn on_stream(&mut self, event: StreamEvent) {
        let now = Instant::now();
        self.note_answer(&event);
        match event {
            StreamEvent::Inbound { peer, connection, kind: Kind::Session, stream } => {
                if self.line == Line::Open {
                    let verdict = self.contacts.inbound(peer, connection, now);
                    self.run_session(verdict, stream);
                }
            }
            StreamEvent::Inbound { peer, kind: Kind::Join, stream, .. } => {
                let Ok(place) = Arc::clone(&self.join_places).try_acquire_owned() else {
                    tracing::debug!(%peer, "join request refused: too many in hand");
                    return;
                };
                if self.inbound_joins.insert(peer) {
                    tokio::spawn(join::answer(stream, peer, self.reports_in.clone(), self.config.timing.join, place));
                }
            }
            StreamEvent::Inbound { peer, kind: Kind::Blob, stream, .. } => {
                // A stranger gets no answer at all: nothing to be learnt of what is here.
                let member = self.line == Line::Open && self.contacts.is_member(&peer);
                if let Some(streams) = self.blob_streams.as_ref().filter(|_| member)
                    && streams.try_send(BlobStream { peer, stream }).is_err()
                {
                    tracing::debug!(%peer, "a stream for files is refused: too many in hand");
                }
            }
            StreamEvent::Inbound { peer, connection, kind: Kind::Hop, stream } => self.on_relay_wish(peer, connection, stream),
            // Not offered.
            StreamEvent::Inbound { kind: Kind::Stop, .. } => {}
            StreamEvent::Opened { ticket, stream, .. } => match self.tickets.remove(&ticket) {
                Some(Purpose::Session { peer, connection }) => {
                    let verdict = self.contacts.opened(peer, connection, now);
                    self.run_session(verdict, stream);
                }
                Some(Purpose::Join(wish)) => {
                    let limit = self.config.timing.join;
                    tokio::spawn(async move {
                        let answer = join::ask(stream, &wish.bytes, limit).await;
                        drop(wish.place);
                        let _ = wish.done.send(answer);
                    });
                }
                Some(Purpose::Blob { road, done }) => drop(done.send(Ok(OpenBlob { road, stream }))),
                Some(Purpose::Circuit { granted, reply }) => {
                    // Whoever asked waits for as long as it takes.
                    let _ = reply.send(Ok((granted, stream)));
                }
                None => {}
            },
            StreamEvent::NotOpened { ticket, why, .. } => match self.tickets.remove(&ticket) {
                Some(Purpose::Session { peer, connection }) => {
                    tracing::debug!(%peer, %why, "session stream not opened");
                    self.contacts.not_opened(peer, connection, now, rand::random());
                }
                Some(Purpose::Join(wish)) => {
                    let _ = wish.done.send(Err(JoinError::Closed(why.to_string())));
                }
                Some(Purpose::Blob { done, .. }) => drop(done.send(Err(BlobStreamError::NotOpened(why.to_string())))),
                Some(Purpose::Circuit { granted, reply }) => {
                    tracing::debug!(%why, "the other end of a circuit does not answer");
                    self.relaying.ended(granted.number);
                    let _ = reply.send(Err(Refusal::Unanswered));
                }
                None => {}
            },
        }
    }

    /// A connection on which nobody answers is closed: whatever waits for it goes another way, or by a new one.
    fn note_answer(&mut self, event: &StreamEvent) {
        let (StreamEvent::Inbound { connection, .. } | StreamEvent::Opened { connection, .. } | StreamEvent::NotOpened { connection, .. }) = event;
        let Some(link) = self.links.get_mut(connection) else { return };
        if !matches!(event, StreamEvent::NotOpened { why: NotOpened::Unanswered, .. }) {
            link.unanswered_streams = 0;
            return;
        }
        link.unanswered_streams += 1;
        if link.unanswered_streams >= UNANSWERED_STREAMS {
            tracing::debug!(%connection, "streams are not answered on this connection; closing it");
            self.swarm.close_connection(*connection);
        }
    }

    fn on_gossip(&mut self, event: gossipsub::Event) {
        let gossipsub::Event::Message { propagation_source: from, message_id, message } = event else { return };
        let id = GossipId { from, message: message_id };
        let (Some(topic), Some(author)) = (self.topics.get(&message.topic), message.source) else { return };
        let topic = topic.clone();
        self.emit(Event::Gossip { topic, id, author, bytes: message.data });
    }

    /// A member's own word on where it listens. Strangers are not asked.
    fn on_identify(&mut self, event: identify::Event) {
        let identify::Event::Received { peer_id: peer, info, connection_id } = event else { return };
        self.note_observed(peer, connection_id, &info.observed_addr);
        if !self.contacts.is_member(&peer) || info.protocol_version != PROTOCOL_VERSION {
            return;
        }
        // Another machine's loopback is ours to nobody; two nodes on one machine know each other by it.
        let here = self.links.get(&connection_id).is_some_and(|link| link.reach == Reach::ThisMachine);
        let told: Vec<Multiaddr> = info.listen_addrs.into_iter().filter(|address| here || !is_loopback(address)).take(ADDRESSES_PER_PEER).collect();
        self.told_addresses(peer, told);
    }

    fn on_mdns(&mut self, event: mdns::Event) {
        match event {
            mdns::Event::Discovered(found) => {
                for (peer, address) in found {
                    self.add_addresses(peer, vec![address], Source::Lan);
                }
            }
            mdns::Event::Expired(gone) => {
                for (peer, address) in gone {
                    self.book.expired(&peer, address);
                    self.reconsider(peer, Instant::now());
                }
            }
        }
    }

    fn on_ping(&mut self, event: ping::Event) {
        let Some(link) = self.links.get_mut(&event.connection) else { return };
        match event.result {
            Ok(_) | Err(ping::Failure::Unsupported) => link.missed_pings = 0,
            Err(_) => {
                link.missed_pings += 1;
                if link.missed_pings >= MISSED_PINGS {
                    tracing::debug!(peer = %event.peer, "connection does not answer; closing it");
                    self.swarm.close_connection(event.connection);
                }
            }
        }
    }

    fn on_listening(&mut self, listener: ListenerId, address: Multiaddr) {
        // Where one is reached through a relay this node knows better than the relay (`on_circuits`).
        if is_relayed(&address) {
            return;
        }
        self.opening.listens(&address);
        if let Some(listener) = self.listeners.iter_mut().find(|known| known.id == Some(listener)) {
            listener.bound = Some(with_port_of(&listener.wanted, &address));
        }
        // An interface came up: there may be a road again.
        self.redial.wake_all(Instant::now());
        self.emit(Event::Listening(address));
    }

    fn on_not_listening(&mut self, address: Multiaddr) {
        if is_relayed(&address) {
            return;
        }
        self.opening.listens_no_more(&address);
        // The node may stand somewhere else now: what was seen of it there is worth nothing here.
        self.opening.moved();
        self.observed.forget();
        self.knock_where_seen();
        self.emit(Event::NotListening(address));
    }

    fn on_listener_closed(&mut self, id: ListenerId, addresses: Vec<Multiaddr>, error: Option<std::io::Error>) {
        if self.reservation_ended(id, error.as_ref()) {
            return;
        }
        addresses.into_iter().for_each(|address| self.on_not_listening(address));
        if let Some(listener) = self.listeners.iter_mut().find(|known| known.id == Some(id)) {
            listener.id = None;
            tracing::warn!(address = %listener.wanted, ?error, "no longer listening; trying again");
            self.listen_again = Some(Instant::now() + self.config.timing.listen_again);
        }
    }
}

/// The address that was wanted, with the port that was given.
fn with_port_of(wanted: &Multiaddr, given: &Multiaddr) -> Multiaddr {
    let port = given.iter().find_map(|part| match part {
        Protocol::Tcp(port) | Protocol::Udp(port) => Some(port),
        _ => None,
    });
    wanted
        .iter()
        .map(|part| match (part, port) {
            (Protocol::Tcp(0), Some(port)) => Protocol::Tcp(port),
            (Protocol::Udp(0), Some(port)) => Protocol::Udp(port),
            (part, _) => part,
        })
        .collect()
}
