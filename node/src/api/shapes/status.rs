//! The node's state: its line, its peers, its logs in numbers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Named, last_road_name, road_name};
use crate::network::{RelayState, Traffic};
use crate::replica_handle as replica;
use crate::replica_handle::{Line, Road};

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PeerView {
    pub node: String,
    pub school: Named,
    pub name: String,
    pub road: Option<&'static str>,
    /// The node through which it is reached, where the road is `relay`.
    pub via: Option<String>,
    pub connected: bool,
    pub last_contact: Option<i64>,
    pub last_road: Option<&'static str>,
    pub clock_ahead: Option<i64>,
    pub traffic: TrafficView,
}

/// What has moved on the sessions with a peer since the node's start.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct TrafficView {
    pub sent_messages: u64,
    pub sent_bytes: u64,
    pub received_messages: u64,
    pub received_bytes: u64,
}

impl From<&Traffic> for TrafficView {
    fn from(Traffic { sent, received }: &Traffic) -> Self {
        Self { sent_messages: sent.messages, sent_bytes: sent.bytes, received_messages: received.messages, received_bytes: received.bytes }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SpaceStatusView {
    pub id: String,
    pub entries: u64,
    pub waiting: u64,
    pub void: u64,
    pub refused_frames: u64,
}

/// What this node carries for others, and through whom it is reached.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RelayView {
    /// `ready`, `off`, `closed` (nobody from outside gets in here) or `used_up` (the month).
    pub state: &'static str,
    pub month_carried_bytes: u64,
    pub month_bytes: u64,
    pub reservations: usize,
    pub circuits: usize,
    pub reached_through: Vec<String>,
}

impl From<&replica::RelayView> for RelayView {
    fn from(relay: &replica::RelayView) -> Self {
        Self {
            state: match relay.state {
                RelayState::Ready => "ready",
                RelayState::Off => "off",
                RelayState::Closed => "closed",
                RelayState::UsedUp => "used_up",
            },
            month_carried_bytes: relay.month_carried_bytes,
            month_bytes: relay.month_bytes,
            reservations: relay.reservations,
            circuits: relay.circuits,
            reached_through: relay.reached_through.iter().map(ToString::to_string).collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct StatusView {
    pub node: Named,
    pub school: Named,
    pub line: &'static str,
    pub addresses: Vec<String>,
    pub peers: Vec<PeerView>,
    pub relay: RelayView,
    pub spaces: Vec<SpaceStatusView>,
}

impl StatusView {
    pub(in crate::api) fn new(identity: &replica::Identity, status: &replica::NodeStatus) -> Self {
        Self {
            node: (&identity.node).into(),
            school: (&identity.school).into(),
            line: match status.line {
                Line::Open => "open",
                Line::Cut => "cut",
            },
            addresses: status.addresses.clone(),
            peers: status
                .peers
                .iter()
                .map(|peer| PeerView {
                    node: peer.node.to_string(),
                    school: (&peer.school).into(),
                    name: peer.name.clone(),
                    road: peer.road.map(road_name),
                    via: peer.road.and_then(|road| if let Road::Relay { via } = road { Some(via?.to_string()) } else { None }),
                    connected: peer.road.is_some(),
                    last_contact: peer.last_contact.map(|contact| contact.at_ms),
                    last_road: peer.last_contact.map(|contact| last_road_name(contact.road)),
                    clock_ahead: peer.last_contact.and_then(|contact| contact.ahead_ms),
                    traffic: (&peer.traffic).into(),
                })
                .collect(),
            relay: (&status.relay).into(),
            spaces: status
                .spaces
                .iter()
                .map(|space| SpaceStatusView {
                    id: space.id.to_string(),
                    entries: space.entries,
                    waiting: space.waiting,
                    void: space.void,
                    refused_frames: space.refused_frames,
                })
                .collect(),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct LineAsk {
    pub cut: bool,
}
