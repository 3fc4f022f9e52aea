//! How a node stands: with the other schools, with its lines, with what it carries. A field that this version does not know is left alone.

use serde::Deserialize;

use crate::shapes::Named;

/// How it stands with one other school: what it has of a document or of a space, and why not all. Times are Unix milliseconds.
#[derive(Debug, Clone, Deserialize)]
pub struct SchoolStatus {
    /// The school's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `has_latest`, `waiting` or `never_heard`.
    pub state: String,
    /// Whether it has everything we have.
    pub has_latest: bool,
    /// How many changes it lacks.
    pub waiting_changes: u64,
    /// About how many bytes will travel for them.
    pub waiting_bytes: u64,
    /// Since when the oldest of them waits.
    pub waiting_since: Option<i64>,
    /// When this node last had to do with one of its computers.
    pub last_contact: Option<i64>,
    /// How: `lan`, `direct`, `relay` or `parcel`.
    pub last_road: Option<String>,
    /// Whether a connection stands.
    pub connected: bool,
    /// By which road news will go.
    pub road: Option<Travel>,
    /// What keeps it.
    pub blocker: Option<Blocker>,
    /// The one thing that helps.
    pub todo: Option<String>,
    /// By how many milliseconds its clock was ahead of this node's, where that is much.
    pub clock_ahead: Option<i64>,
}

/// By which road news goes to a school.
#[derive(Debug, Clone, Deserialize)]
pub struct Travel {
    /// `lan`, `direct`, `relay`, `trying` or `parcel`.
    pub kind: String,
    /// When it is tried next.
    pub next_attempt: Option<i64>,
    /// The school through whose computer it goes.
    pub via: Option<Named>,
}

/// What keeps news from a school.
#[derive(Debug, Clone, Deserialize)]
pub struct Blocker {
    /// As docs/api.md lists them.
    pub kind: String,
    /// When the school was last there.
    pub since: Option<i64>,
    /// Until when its computers are left alone.
    pub until: Option<i64>,
}

/// How far all of a space has travelled.
#[derive(Debug, Clone, Deserialize)]
pub struct Journey {
    /// Whether all that our school wrote is in this node's log.
    pub published: bool,
    /// The other schools.
    pub schools: Vec<SchoolStatus>,
    /// How many schools have all of it.
    pub reached: u32,
    /// Of how many.
    pub of: u32,
}

/// Who has the latest of a document.
#[derive(Debug, Clone, Deserialize)]
pub struct DocumentStatus {
    /// On this node's disk.
    pub saved_here: bool,
    /// In this node's log.
    pub published: bool,
    /// The other schools.
    pub schools: Vec<SchoolStatus>,
    /// How many schools have all of it.
    pub reached: u32,
    /// Of how many.
    pub of: u32,
}

/// What a node carries for others, and through whom it is reached itself.
#[derive(Debug, Clone, Deserialize, serde::Serialize)]
pub struct Relay {
    /// `ready`, `off`, `closed` or `used_up`.
    pub state: String,
    /// Carried this month, bytes as they pass.
    pub month_carried_bytes: u64,
    /// What may be carried in a month.
    pub month_bytes: u64,
    /// Members that are reached through it.
    pub reservations: usize,
    /// Conversations that go through it now.
    pub circuits: usize,
    /// Nodes through which it is reached.
    pub reached_through: Vec<String>,
}

/// Another node.
#[derive(Debug, Clone, Deserialize)]
pub struct Peer {
    /// Its id.
    pub node: String,
    /// Its school.
    pub school: Named,
    /// Its name.
    pub name: String,
    /// `lan`, `direct` or `relay`, while connected.
    pub road: Option<String>,
    /// The node through which it is reached, where the road is `relay`.
    #[serde(default)]
    pub via: Option<String>,
    /// Whether a connection stands.
    pub connected: bool,
    /// Unix milliseconds; over restarts of the node.
    pub last_contact: Option<i64>,
    /// How: `lan`, `direct`, `relay` or `parcel`.
    pub last_road: Option<String>,
    /// By how many milliseconds its clock was ahead of this node's, where that is much.
    pub clock_ahead: Option<i64>,
    /// What has moved with it since the node's start.
    pub traffic: Traffic,
}

/// What has moved on the sessions with a peer since the node's start: messages of the sync protocol with their lengths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Traffic {
    /// To the peer.
    pub sent_messages: u64,
    /// To the peer.
    pub sent_bytes: u64,
    /// From the peer.
    pub received_messages: u64,
    /// From the peer.
    pub received_bytes: u64,
}

/// The log of a space in numbers.
#[derive(Debug, Clone, Deserialize)]
pub struct SpaceStatus {
    /// The space.
    pub id: String,
    /// Entries stored.
    pub entries: u64,
    /// Entries whose application waits.
    pub waiting: u64,
    /// Entries that break the rules.
    pub void: u64,
    /// Frames refused since the node started.
    pub refused_frames: u64,
}

/// The state of a node.
#[derive(Debug, Clone, Deserialize)]
pub struct Status {
    /// The node.
    pub node: Named,
    /// Its school.
    pub school: Named,
    /// `open` or `cut`.
    pub line: String,
    /// Where other nodes reach it.
    pub addresses: Vec<String>,
    /// Other nodes.
    pub peers: Vec<Peer>,
    /// What it carries for others, and through whom it is reached.
    pub relay: Relay,
    /// Its spaces.
    pub spaces: Vec<SpaceStatus>,
}
