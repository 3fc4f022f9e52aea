//! What the event loop does for others as a relay, and to be reached through others: the shell around `openness`, `observed`, `reserve` and `relay`.

use std::{collections::BTreeSet, sync::Arc, time::Instant};

use libp2p::{
    Multiaddr, PeerId, Stream,
    core::{
        ConnectedPoint, Endpoint,
        transport::{ListenerId, PortUse},
    },
    multiaddr::Protocol,
    relay::client,
    swarm::ConnectionId,
    upnp,
};

use super::{
    addresses::is_relayed,
    config::{Line, Roads},
    event::{Event, Road},
    observed::{Port, ip_of, is_quic},
    relay::{Ask, For, Openness, Refusal, RelayChoice, Serving, serve},
    reserve::{Candidate, End, Need, through},
    streams::Kind,
    swarm::{Begun, Purpose, Service},
};

/// Addresses of a relay that are told to others: one over each transport.
const RELAY_ADDRESSES: usize = 2;

/// What this node does for others, and others for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayStatus {
    /// Whether it carries for others.
    pub state: RelayState,
    /// Members that are reached through it.
    pub reservations: usize,
    /// Conversations that go through it now.
    pub circuits: usize,
    /// What it may carry in a month, bytes.
    pub month_bytes: u64,
    /// Through whom it is reached itself.
    pub reached_through: Vec<PeerId>,
}

/// Whether a node carries for others, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayState {
    /// It does, for members.
    Ready,
    /// Its people said no, or the line costs money.
    Off,
    /// Nobody from outside gets in to it.
    Closed,
    /// The month is used up.
    UsedUp,
}

impl Service {
    fn whose(&self, peer: &PeerId) -> For {
        if self.contacts.is_member(peer) { For::Member } else { For::Stranger }
    }

    /// A peer has opened a stream to the relay that this node may be.
    pub(crate) fn on_relay_wish(&mut self, peer: PeerId, connection: ConnectionId, stream: Stream) {
        // No relay behind a relay: each would pay for the other's.
        let direct = !matches!(self.contacts.road(&peer, connection), None | Some(Road::Relay { .. }));
        // Strangers' wishes that hang keep no member out.
        let places = if self.contacts.is_member(&peer) { &self.relay_wishes } else { &self.stranger_wishes };
        let Some(place) = Arc::clone(places).try_acquire_owned().ok().filter(|_| direct && self.line == Line::Open) else {
            tracing::debug!(%peer, "a wish for the relay is let be");
            return;
        };
        let (reports, budget) = (self.reports_in.clone(), self.relaying.budget().clone());
        tokio::spawn(serve(stream, Serving { peer, connection, reports, budget, stall: self.config.timing.stream, place }));
    }

    pub(crate) fn on_relay_ask(&mut self, ask: Ask) {
        match ask {
            Ask::Reserve { peer, connection, reply } => {
                let _ = reply.send(self.relay_for(peer, connection));
            }
            Ask::Connect { from, to, reply } => match self.relaying.connect(from, to, self.whose(&from)) {
                Ok(granted) => {
                    let ticket = self.swarm.behaviour_mut().streams.open(to, granted.connection, Kind::Stop);
                    self.tickets.insert(ticket, Purpose::Circuit { granted, reply });
                }
                Err(refusal) => drop(reply.send(Err(refusal))),
            },
            Ask::Ended { number } => self.relaying.ended(number),
        }
        self.tell_relay();
    }

    fn relay_for(&mut self, peer: PeerId, connection: ConnectionId) -> Result<Multiaddr, Refusal> {
        let open = self.opening.openness(Instant::now());
        if self.contacts.road(&peer, connection).is_none() {
            return Err(Refusal::Denied);
        }
        self.relaying.reserve(peer, self.whose(&peer), connection, open)?;
        // The peer knows better where it found this node; the protocol wants something all the same. An address that looks like one would be taken for the
        // peer's own by what asks routers for ports.
        Ok(Protocol::P2p(*self.swarm.local_peer_id()).into())
    }

    pub(crate) fn begin_relay_month(&mut self, used: u64) {
        self.relaying.budget().begin_month(used);
        self.tell_relay();
    }

    pub(crate) fn members_changed(&mut self) {
        let members = self.contacts.members();
        self.relaying.keep_only(|peer| members.contains(peer));
        self.reserving.keep_only(|peer| members.contains(peer));
        self.tell_relay();
    }

    /// Asks to be reached through members, where that is needed and more is wanted than there is.
    pub(crate) fn reserve(&mut self, now: Instant) {
        if self.line == Line::Cut || self.roads == Roads::LanOnly || self.stopping.is_some() || !self.reserving.has_room() {
            return;
        }
        let far = |peer: &PeerId| self.contacts.best_road(peer) != Some(Road::Lan);
        let closed = self.opening.openness(now) == Openness::Closed;
        let need = if closed && self.contacts.members().iter().any(far) { Need::Relays } else { Need::Nothing };
        if need == Need::Nothing {
            return;
        }
        for candidate in self.reserving.wanted(need, self.relay_candidates(), now) {
            match self.swarm.listen_on(through(&candidate.at[0], candidate.relay)) {
                Ok(listener) => self.reserving.asked(listener, candidate),
                Err(error) => tracing::debug!(relay = %candidate.relay, %error, "this address leads through no relay"),
            }
        }
    }

    /// Members to whom anybody can come as this node did; first those on the internet, of those the ones that have stood longest.
    fn relay_candidates(&self) -> Vec<Candidate> {
        let usable = |peer: &PeerId, begun: Begun| begun == Begun::Here && self.contacts.is_member(peer);
        let mut links: Vec<_> = self.links.iter().filter(|(_, link)| usable(&link.peer, link.begun)).collect();
        links.sort_by_key(|(connection, link)| (super::addresses::road_of(&link.remote).rank(), **connection));
        let mut seen = BTreeSet::new();
        links.retain(|(_, link)| seen.insert(link.peer));
        let candidate = |link: &super::swarm::Link| {
            let dialled: Multiaddr = link.remote.iter().filter(|part| !matches!(part, Protocol::P2p(_))).collect();
            let beside =
                self.book.of(&link.peer).into_iter().filter(|other| *other != dialled && !is_relayed(other) && ip_of(other) == ip_of(&dialled));
            let beside = beside.filter(|other| is_quic(other) != is_quic(&dialled));
            let at = std::iter::once(dialled.clone()).chain(beside).take(RELAY_ADDRESSES).collect();
            Candidate { relay: link.peer, at }
        };
        links.into_iter().map(|(_, link)| candidate(link)).collect()
    }

    pub(crate) fn on_circuits(&mut self, event: client::Event) {
        if let client::Event::ReservationReqAccepted { relay_peer_id: relay, .. } = event {
            for address in self.reserving.granted(&relay) {
                tracing::debug!(%relay, %address, "reached through a relay");
                self.emit(Event::Listening(address));
            }
            self.tell_relay();
        }
    }

    /// Whether a listener was one for a relay. Then others are told that this node is not reached there any more.
    pub(crate) fn reservation_ended(&mut self, listener: ListenerId, error: Option<&std::io::Error>) -> bool {
        let why = if error.is_some() { End::Refused } else { End::Gone };
        let Some(gone) = self.reserving.ended(listener, why, Instant::now(), rand::random()) else { return false };
        tracing::debug!(?error, "no longer reached through a relay, or not at all");
        for address in gone {
            self.emit(Event::NotListening(address));
        }
        self.tell_relay();
        true
    }

    /// Tries once more to open a way from both sides. The library does so when a relayed connection comes up, and then never again; so whoever dialled the one that
    /// stands dials another, which goes as a duplicate goes.
    pub(crate) fn knock_again(&mut self, peer: PeerId, now: Instant) {
        let old = self.links.values().filter(|link| link.peer == peer && link.begun == Begun::ThroughRelay).map(|link| link.since).max();
        if old.is_none_or(|since| now < since + self.config.timing.knock_again) {
            return;
        }
        let through: Vec<Multiaddr> = self.book.of(&peer).into_iter().filter(is_relayed).collect();
        if let Err(error) = self.dial(peer, through) {
            tracing::debug!(%peer, %error, "no way to try again");
        }
    }

    /// How a connection came to be, and from which port.
    pub(crate) fn how_begun(&self, peer: &PeerId, point: &ConnectedPoint) -> (Begun, Port) {
        let ConnectedPoint::Dialer { address, role_override, port_use } = point else { return (Begun::Otherwise, Port::Other) };
        if is_relayed(address) {
            return (Begun::ThroughRelay, Port::Other);
        }
        let port = if is_quic(address) || *port_use == PortUse::Reuse { Port::Listening } else { Port::Other };
        // To open a way from both sides, the library dials from the listening port; and so it dials a relay, but there is no other connection then.
        let from_both_sides = *role_override == Endpoint::Listener || *port_use == PortUse::Reuse && self.is_relayed(peer);
        (if from_both_sides { Begun::Otherwise } else { Begun::Here }, port)
    }

    fn is_relayed(&self, peer: &PeerId) -> bool {
        matches!(self.contacts.best_road(peer), Some(Road::Relay { .. }))
    }

    /// What a connection shows of how others get in here.
    pub(crate) fn note_opening(&mut self, peer: &PeerId, point: &ConnectedPoint, now: Instant) {
        if point.is_relayed() {
            return;
        }
        let remote = point.get_remote_address();
        // Both sides have written to each other where the way was opened from both.
        if point.is_listener() && !self.is_relayed(peer) {
            self.opening.came_in(remote, now);
        } else {
            self.opening.wrote_to(remote, now);
        }
        self.tell_relay();
    }

    /// A peer says from where it sees this node come. Those who were dialled are asked: whoever dials could say anything to nobody's use but its own.
    pub(crate) fn note_observed(&mut self, peer: PeerId, connection: ConnectionId, seen: &Multiaddr) {
        let Some(link) = self.links.get(&connection).filter(|link| link.begun == Begun::Here) else { return };
        let port = link.port;
        let seen: Multiaddr = seen.iter().filter(|part| !matches!(part, Protocol::P2p(_))).collect();
        self.observed.note(peer, seen, port);
        self.knock_where_seen();
    }

    pub(crate) fn knock_where_seen(&mut self) {
        let listening: Vec<Multiaddr> = self.swarm.listeners().cloned().collect();
        let candidates = self.observed.candidates(&listening);
        self.swarm.behaviour_mut().punch.knock_at(&candidates);
        let agreed: BTreeSet<Multiaddr> = self.observed.agreed().into_iter().filter(|address| !listening.contains(address)).collect();
        let before = std::mem::replace(&mut self.agreed, agreed.clone());
        for gone in before.difference(&agreed) {
            self.swarm.remove_external_address(gone);
            self.emit(Event::NotListening(gone.clone()));
        }
        for new in agreed.difference(&before) {
            self.swarm.add_external_address(new.clone());
            self.emit(Event::Listening(new.clone()));
        }
    }

    /// Where this node is reached from outside, as its people say.
    pub(crate) fn open_outside(&mut self) {
        for address in self.config.outside.clone() {
            self.opening.is_open_at(address.clone());
            self.swarm.add_external_address(address.clone());
            self.emit(Event::Listening(address));
        }
    }

    pub(crate) fn close_outside(&mut self) {
        for address in self.config.outside.clone() {
            self.opening.listens_no_more(&address);
            self.emit(Event::NotListening(address));
        }
    }

    /// The router's word on a port that was asked for.
    pub(crate) fn on_router(&mut self, event: upnp::Event) {
        match event {
            upnp::Event::NewExternalAddr { external_addr, .. } => {
                tracing::info!(address = %external_addr, "the router has opened a port");
                self.opening.is_open_at(external_addr.clone());
                self.emit(Event::Listening(external_addr));
            }
            upnp::Event::ExpiredExternalAddr { external_addr, .. } => {
                self.opening.listens_no_more(&external_addr);
                self.emit(Event::NotListening(external_addr));
            }
            upnp::Event::GatewayNotFound | upnp::Event::NonRoutableGateway => tracing::debug!(?event, "no router opens a port"),
        }
        self.tell_relay();
    }

    fn tell_relay(&mut self) {
        let state = match (self.relaying.choice(), self.opening.openness(Instant::now())) {
            (RelayChoice::Off, _) => RelayState::Off,
            (RelayChoice::Members, Openness::Closed) => RelayState::Closed,
            (RelayChoice::Members, Openness::Open) if !self.relaying.budget().has_room(For::Member) => RelayState::UsedUp,
            (RelayChoice::Members, Openness::Open) => RelayState::Ready,
        };
        let (reservations, circuits) = self.relaying.busy();
        let month_bytes = self.relaying.budget().most();
        let status = RelayStatus { state, reservations, circuits, month_bytes, reached_through: self.reserving.relays() };
        if self.relay_told.as_ref() != Some(&status) {
            self.relay_told = Some(status.clone());
            self.emit(Event::Relay(status));
        }
    }
}
