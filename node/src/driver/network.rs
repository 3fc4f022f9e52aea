//! Events of the network, turned into inputs.

use jeli_protocol::announce::Topic;
use jeli_protocol::ids::NodeId;
use jeli_protocol::replica::{self, Input, Message};
use libp2p::{Multiaddr, PeerId};

use crate::clock::now_s;
use crate::network::{Admission, CloseReason, Event, Road, is_loopback, node_id_of, peer_id_of};
use crate::replica_handle::{Applied, Line};

use super::contacts::Meeting;
use super::{Connection, Driver, Waiting};

/// Addresses kept for one peer.
const MAX_KEPT_ADDRESSES: usize = 16;

/// The name under which gossip knows a topic: hexadecimal digits.
pub(super) fn topic_name(topic: &Topic) -> String {
    data_encoding::HEXLOWER.encode(&topic.0)
}

fn topic_of(name: &str) -> Option<Topic> {
    data_encoding::HEXLOWER.decode(name.as_bytes()).ok()?.try_into().ok().map(Topic)
}

fn node(peer: &PeerId) -> Option<NodeId> {
    node_id_of(peer).map(NodeId)
}

impl Driver {
    pub(super) async fn event(&mut self, event: Event) {
        match event {
            Event::Listening(address) => {
                self.listening.insert(address.to_string());
                self.feed(Input::Whereabouts(self.whereabouts())).await;
                self.say(Applied::Network);
            }
            Event::NotListening(address) => {
                self.listening.remove(&address.to_string());
                self.feed(Input::Whereabouts(self.whereabouts())).await;
                self.say(Applied::Network);
            }
            Event::LineChanged(line) => {
                self.line = match line {
                    crate::network::Line::Open => Line::Open,
                    crate::network::Line::Cut => Line::Cut,
                };
                self.joins.iter_mut().for_each(super::joining::PendingJoin::try_now);
                self.say(Applied::Network);
            }
            Event::Connected { peer, road } | Event::RoadChanged { peer, road } => {
                if let Some(node) = node(&peer) {
                    self.connections.insert(node, Connection { road });
                    self.replica.set_timing(self.pace().clone());
                    self.met(node, Meeting::Change).await;
                    self.say(Applied::Network);
                }
            }
            Event::Relay(status) => self.relay_changed(status),
            Event::Disconnected { peer } => {
                if let Some(node) = node(&peer) {
                    self.met(node, Meeting::Change).await;
                    self.connections.remove(&node);
                    self.replica.set_timing(self.pace().clone());
                    self.say(Applied::Network);
                    let spaces: Vec<_> = self.replica.spaces().filter(|space| space.membership.node(&node).is_some()).map(|space| space.id).collect();
                    spaces.into_iter().for_each(|space| self.tell_soon(space));
                }
            }
            Event::Addresses { peer, addresses } => {
                if let Some(node) = node(&peer) {
                    self.keep_addresses(&node, &addresses).await;
                }
            }
            Event::SessionOpened { session, admission } => {
                let Some(peer) = node(&session.peer) else { return };
                // A stranger may be a node that its school has just added: its tags will tell. The replica serves members only.
                tracing::debug!(%peer, member = matches!(admission, Admission::Member), "a session is open");
                self.sessions.insert(peer, session);
                self.feed(Input::SessionOpened { peer }).await;
                if matches!(admission, Admission::Member) {
                    // After what the session begins with, so that it costs no turn; a lost one is told with the next session.
                    let _ = self.network.send(session, Message::Clock { unix_s: now_s().unsigned_abs() }.encode());
                }
                // A node that was started anew is reached on another connection, while the old one is not known to be dead yet.
                if matches!(admission, Admission::Member) {
                    self.say(Applied::Network);
                }
            }
            Event::SessionMessage { session, message } => {
                let Some(peer) = node(&session.peer) else { return };
                if self.sessions.get(&peer) == Some(&session) {
                    self.met(peer, Meeting::Word).await;
                    self.feed(Input::Message { peer, bytes: message.into_vec() }).await;
                }
            }
            Event::SessionDrained { session } => {
                let Some(peer) = node(&session.peer) else { return };
                if self.sessions.get(&peer) == Some(&session) {
                    self.feed(Input::Drained { peer }).await;
                }
            }
            Event::SessionClosed { session, .. } => {
                let Some(peer) = node(&session.peer) else { return };
                if self.sessions.get(&peer) == Some(&session) {
                    self.sessions.remove(&peer);
                    self.feed(Input::SessionClosed { peer }).await;
                }
            }
            Event::Gossip { topic, id, author, bytes } => {
                let (Some(topic), Some(from), Some(author)) = (topic_of(&topic), node(&id.from), node(&author)) else { return };
                let token = self.token(Waiting::Gossip(id));
                self.feed(Input::Gossip { topic, from, author, bytes, token }).await;
            }
            Event::JoinRequest { peer, bytes, reply } => {
                let Some(peer) = node(&peer) else { return };
                let token = self.token(Waiting::JoinRequest(reply));
                self.feed(Input::JoinRequest { token, peer, bytes }).await;
            }
        }
    }

    /// Whether what is announced now goes beyond the local network.
    pub(super) fn is_anybody_beyond(&self) -> bool {
        self.connections.values().any(|connection| connection.road != Road::Lan)
    }

    /// How fast the replica goes now.
    pub(super) fn pace(&self) -> &replica::Timing {
        if self.is_anybody_beyond() { &self.paces.beyond } else { &self.paces.near }
    }

    /// Where others may find this node. Its loopback is nobody else's, unless it listens nowhere else: then the others are on this machine.
    pub(super) fn whereabouts(&self) -> Vec<String> {
        let elsewhere = |address: &&String| address.parse().is_ok_and(|address: Multiaddr| !is_loopback(&address));
        let reachable: Vec<String> = self.listening.iter().filter(elsewhere).cloned().collect();
        if reachable.is_empty() { self.listening.iter().cloned().collect() } else { reachable }
    }

    /// A member that is not connected says through others where it may be found.
    pub(super) async fn told_where(&mut self, node: &NodeId, addresses: &[String]) {
        if self.connections.contains_key(node) {
            return;
        }
        let on_one_machine = self.whereabouts().iter().any(|address| address.parse().is_ok_and(|address: Multiaddr| is_loopback(&address)));
        let addresses = addresses.iter().filter_map(|address| address.parse::<Multiaddr>().ok());
        let addresses: Vec<_> = addresses.filter(|address| on_one_machine || !is_loopback(address)).collect();
        if !addresses.is_empty() {
            let _ = self.network.told_addresses(peer_id_of(&node.0), addresses).await;
        }
    }

    /// Where members were reached is kept, so that they are dialled again after a restart.
    async fn keep_addresses(&mut self, node: &NodeId, addresses: &[Multiaddr]) {
        // A fault here must not undo what people's words wait for.
        self.settle().await;
        let text: Vec<String> = addresses.iter().take(MAX_KEPT_ADDRESSES).map(ToString::to_string).collect();
        if let Err(error) = self.store.set_setting(&format!("addresses/{node}"), text.join("\n").as_bytes()) {
            tracing::debug!(%error, "addresses were not kept");
        }
    }

    /// Tells the network where members were reached before.
    pub(super) async fn remember_addresses(&mut self) {
        let members: Vec<NodeId> =
            self.replica.spaces().flat_map(|space| space.membership.nodes().map(|(node, _)| *node).collect::<Vec<_>>()).collect();
        for member in members {
            let kept = self.store.setting(&format!("addresses/{member}")).ok().flatten().unwrap_or_default();
            let addresses: Vec<Multiaddr> = String::from_utf8_lossy(&kept).lines().filter_map(|line| line.parse().ok()).collect();
            if !addresses.is_empty() {
                let _ = self.network.add_addresses(peer_id_of(&member.0), addresses).await;
            }
        }
    }

    /// Ends a session because this side cannot go on with it.
    pub(super) async fn close_all(&mut self) {
        for session in std::mem::take(&mut self.sessions).into_values() {
            let _ = self.network.close_session(session, CloseReason::Done).await;
        }
    }
}
