//! The application's door into the event loop.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use libp2p::{
    Multiaddr, PeerId,
    gossipsub::{IdentTopic, MessageAcceptance, PublishError as GossipError},
};

use super::{
    addresses::{Source, is_loopback, thrifty},
    behaviour::{STRANGER_SCORE, member_score, topic_score},
    command::{BlobRoad, BlobStreamError, Command, JoinError, OpenBlob, PublishError, Published, Relayed, SubscribeError},
    config::{Line, LineCost},
    event::Road,
    event::{GossipId, GossipVerdict},
    limits,
    line::FirstTime,
    outlook::Outlook,
    streams::Kind,
    swarm::{Join, Place, Purpose, Service, WaitingJoin},
};

impl Service {
    pub(crate) fn on_command(&mut self, command: Command) {
        // An answer that nobody waits for any more is no error anywhere below.
        match command {
            Command::Subscribe { topic, done } => {
                let _ = done.send(self.subscribe(topic));
            }
            Command::Unsubscribe { topic } => {
                let topic = IdentTopic::new(topic);
                self.swarm.behaviour_mut().gossip.unsubscribe(&topic);
                self.topics.remove(&topic.hash());
            }
            Command::Publish { topic, bytes, done } => {
                let _ = done.send(self.publish(&topic, bytes));
            }
            Command::ReportGossip { id, verdict } => self.report_gossip(&id, verdict),
            Command::CloseSession { session, reason } => {
                let mut orders = Vec::new();
                self.contacts.close(session, reason, Instant::now(), rand::random(), &mut orders);
                self.obey(orders);
                self.judge(session.peer);
            }
            Command::Blame { peer } => {
                self.contacts.blame(peer, Instant::now(), rand::random());
                self.judge(peer);
            }
            Command::Join { peer, addresses, bytes, done } => self.join(peer, addresses, bytes, done),
            Command::AddAddresses { peer, addresses } => self.add_addresses(peer, addresses, Source::Given),
            Command::ToldAddresses { peer, addresses } => self.told_addresses(peer, addresses),
            Command::Forget { peer } => {
                self.book.forget(&peer);
                self.redial.unwant(&peer);
            }
            Command::SetAdmitted { peers } => self.set_admitted(peers),
            Command::SetLine { line } => self.set_line(line),
            Command::SetRoads { roads } => self.set_roads(roads),
            Command::Near { done } => drop(done.send(self.near())),
            Command::BeginRelayMonth { used } => self.begin_relay_month(used),
            Command::AcceptBlobs { streams } => self.blob_streams = Some(streams),
            Command::OpenBlob { peer, done } => self.open_blob(peer, done),
            Command::BlobRoad { peer, done } => drop(done.send(self.blob_road(&peer))),
            Command::Outlooks { done } => drop(done.send(self.outlooks())),
            Command::Shutdown { done } => self.stop(Some(done)),
        }
    }

    fn outlooks(&self) -> BTreeMap<PeerId, Outlook> {
        let now = Instant::now();
        let outlook = |peer: &PeerId| {
            let addresses = self.book.of(peer);
            Outlook {
                addresses: addresses.len(),
                is_on_this_machine: addresses.iter().any(is_loopback),
                attempt: self.redial.attempt(peer, now),
                refused_for: self.contacts.refused_for(peer, now),
            }
        };
        self.contacts.members().iter().map(|peer| (*peer, outlook(peer))).collect()
    }

    fn subscribe(&mut self, topic: String) -> Result<(), SubscribeError> {
        if topic.len() > limits::TOPIC_NAME_BYTES || self.topics.len() >= limits::TOPICS {
            return Err(SubscribeError::Limit);
        }
        let name = IdentTopic::new(topic.clone());
        let gossip = &mut self.swarm.behaviour_mut().gossip;
        gossip.subscribe(&name).map_err(|error| SubscribeError::Gossip(error.to_string()))?;
        gossip.set_topic_params(name.clone(), topic_score()).map_err(|error| SubscribeError::Gossip(error.to_string()))?;
        self.topics.insert(name.hash(), topic);
        Ok(())
    }

    fn publish(&mut self, topic: &str, bytes: Vec<u8>) -> Result<Published, PublishError> {
        let len = bytes.len();
        match self.swarm.behaviour_mut().gossip.publish(IdentTopic::new(topic), bytes) {
            Ok(_) => Ok(Published::Sent),
            Err(GossipError::NoPeersSubscribedToTopic | GossipError::AllQueuesFull(_)) => Ok(Published::NobodyListens),
            Err(GossipError::MessageTooLarge) => Err(PublishError::TooLarge { len }),
            Err(error) => Err(PublishError::Gossip(error)),
        }
    }

    fn report_gossip(&mut self, id: &GossipId, verdict: GossipVerdict) {
        let acceptance = match verdict {
            GossipVerdict::Accept => MessageAcceptance::Accept,
            GossipVerdict::Reject => MessageAcceptance::Reject,
            GossipVerdict::Ignore => MessageAcceptance::Ignore,
        };
        let known = self.swarm.behaviour_mut().gossip.report_message_validation_result(&id.message, &id.from, acceptance);
        if !known {
            tracing::debug!(from = %id.from, ?verdict, "verdict on a gossip message that is forgotten already");
        }
    }

    fn join(&mut self, peer: PeerId, addresses: Vec<Multiaddr>, bytes: Vec<u8>, done: tokio::sync::oneshot::Sender<Result<Vec<u8>, JoinError>>) {
        if self.line == Line::Cut {
            let _ = done.send(Err(JoinError::LineCut));
            return;
        }
        let Ok(place) = Arc::clone(&self.outbound_join_places).try_acquire_owned() else {
            let _ = done.send(Err(JoinError::Busy));
            return;
        };
        let join = Join { bytes, done, place };
        if self.contacts.best_connection(&peer).is_some() {
            self.open_join(peer, join);
            return;
        }
        self.add_addresses(peer, addresses.clone(), Source::Given);
        let mut all = self.book.of(&peer);
        all.extend(addresses);
        all.sort();
        all.dedup();
        let all = self.on_roads(all);
        let first = if self.config.cost == LineCost::Metered { thrifty(all.clone(), 0) } else { all.clone() };
        let otherwise = if first == all { Vec::new() } else { all };
        let otherwise_at = Instant::now() + limits::THRIFTY_HEAD_START;
        self.dial_for_join(peer, WaitingJoin { join, dials: Vec::new(), otherwise, otherwise_at }, first);
    }

    pub(crate) fn dial_for_join(&mut self, peer: PeerId, mut waiting: WaitingJoin, addresses: Vec<Multiaddr>) {
        match self.dial(peer, addresses) {
            Ok(dial) => {
                waiting.dials.push(dial);
                self.joins.entry(peer).or_default().push(waiting);
            }
            Err(error) => {
                let _ = waiting.join.done.send(Err(JoinError::Unreachable(error.to_string())));
            }
        }
    }

    /// Where what was tried first takes long, the rest is tried beside it.
    pub(crate) fn try_otherwise(&mut self, now: Instant) {
        let is_due = |join: &WaitingJoin| !join.otherwise.is_empty() && join.otherwise_at <= now;
        let peers: Vec<PeerId> = self.joins.iter().filter(|(_, joins)| joins.iter().any(is_due)).map(|(peer, _)| *peer).collect();
        for peer in peers {
            let (due, rest): (Vec<_>, Vec<_>) = self.joins.remove(&peer).unwrap_or_default().into_iter().partition(is_due);
            self.joins.insert(peer, rest);
            for mut waiting in due {
                let addresses = std::mem::take(&mut waiting.otherwise);
                self.dial_for_join(peer, waiting, addresses);
            }
        }
    }

    /// Asks for a stream for a join request on the peer's best connection.
    pub(crate) fn open_join(&mut self, peer: PeerId, join: Join) {
        match self.contacts.best_connection(&peer) {
            Some(connection) => {
                let ticket = self.swarm.behaviour_mut().streams.open(peer, connection, Kind::Join);
                self.tickets.insert(ticket, Purpose::Join(join));
            }
            None => {
                let _ = join.done.send(Err(JoinError::Unreachable("the connection closed".to_owned())));
            }
        }
    }

    fn blob_road(&self, peer: &PeerId) -> Option<BlobRoad> {
        let connection = self.contacts.best_connection(peer).filter(|_| self.line == Line::Open && self.contacts.is_member(peer))?;
        let relayed = matches!(self.contacts.road(peer, connection), Some(Road::Relay { .. }));
        Some(BlobRoad { connection, relayed: if relayed { Relayed::Yes } else { Relayed::No } })
    }

    /// Those whose best connection leaves no network of this machine's.
    fn near(&self) -> BTreeSet<PeerId> {
        let is_near = |peer: &&PeerId| {
            let best = self.contacts.best_connection(peer);
            best.and_then(|connection| self.links.get(&connection)).is_some_and(|link| link.place == Place::Near)
        };
        self.swarm.connected_peers().filter(is_near).copied().collect()
    }

    fn open_blob(&mut self, peer: PeerId, done: tokio::sync::oneshot::Sender<Result<OpenBlob, BlobStreamError>>) {
        let Some(road) = self.blob_road(&peer) else {
            let _ = done.send(Err(BlobStreamError::NotConnected));
            return;
        };
        let ticket = self.swarm.behaviour_mut().streams.open(peer, road.connection, Kind::Blob);
        self.tickets.insert(ticket, Purpose::Blob { road, done });
    }

    /// What a peer tells of itself replaces what it told before.
    pub(crate) fn told_addresses(&mut self, peer: PeerId, addresses: Vec<Multiaddr>) {
        self.book.forget_told(&peer, &addresses);
        self.add_addresses(peer, addresses, Source::Told);
    }

    pub(crate) fn add_addresses(&mut self, peer: PeerId, addresses: Vec<Multiaddr>, source: Source) {
        let mut learnt = false;
        for address in addresses.into_iter().take(limits::ADDRESSES_PER_PEER) {
            let contacts = &self.contacts;
            learnt |= self.book.learn(peer, address, source, |peer| contacts.is_member(peer)) == super::addresses::Learnt::New;
        }
        if learnt && self.contacts.is_member(&peer) {
            let now = Instant::now();
            self.reconsider(peer, now);
            self.redial.wake(&peer, now);
            let addresses = self.book.of(&peer);
            self.emit(super::event::Event::Addresses { peer, addresses });
        }
    }

    fn set_admitted(&mut self, mut peers: BTreeSet<PeerId>) {
        peers.remove(self.swarm.local_peer_id());
        let now = Instant::now();
        let changed: Vec<PeerId> = self.contacts.members().symmetric_difference(&peers).copied().collect();
        let mut orders = Vec::new();
        self.contacts.set_members(peers.clone(), now, &mut orders);
        self.obey(orders);
        self.swarm.behaviour_mut().streams.set_members(peers);
        self.members_changed();
        for peer in changed {
            self.judge(peer);
            self.reconsider(peer, now);
            // What was learnt of a peer before it was a member is worth keeping now: an inviter is met as a stranger.
            let addresses = self.book.of(&peer);
            if self.contacts.is_member(&peer) && !addresses.is_empty() {
                self.emit(super::event::Event::Addresses { peer, addresses });
            }
        }
    }

    /// Gives a peer the standing in gossip and in the limits that its admission asks for.
    pub(crate) fn judge(&mut self, peer: PeerId) {
        let (member, connected) = (self.contacts.is_member(&peer), self.swarm.is_connected(&peer));
        let behaviour = self.swarm.behaviour_mut();
        if member {
            behaviour.limits.bypass_peer_id(&peer);
            behaviour.gossip.remove_blacklisted_peer(&peer);
        } else {
            behaviour.limits.remove_peer_id(&peer);
            // Only while connected, so that passers-by do not fill the list.
            if connected {
                behaviour.gossip.blacklist_peer(&peer);
            } else {
                behaviour.gossip.remove_blacklisted_peer(&peer);
            }
        }
        let score = if member { member_score(self.contacts.faults_of(&peer)) } else { STRANGER_SCORE };
        behaviour.gossip.set_application_score(&peer, score);
    }

    fn set_line(&mut self, line: Line) {
        if self.line == line || self.stopping.is_some() {
            return;
        }
        match line {
            // Whose port was taken meanwhile is listened for again later.
            Line::Open => {
                let _ = self.open_line(FirstTime::No);
            }
            Line::Cut => self.cut_line(),
        }
    }
}
