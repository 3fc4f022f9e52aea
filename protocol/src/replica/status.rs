//! What people ask: spaces, and who is here.

use std::time::Duration;

use crate::frontier::Frontier;
use crate::ids::{DocumentId, NodeId, SpaceId};
use crate::log::Halt;
use crate::membership::Membership;

use super::Replica;
use super::space::Space;

/// Whether this node takes part in a space. Where it does not, its people read, and nobody hears what they would write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It does.
    Member,
    /// It has stopped publishing.
    Halted(Halt),
    /// Its school has retired it.
    Retired,
    /// The taking in of its school, or of this node, does not count any more.
    Out,
}

/// A space as people see it.
#[derive(Debug)]
pub struct SpaceView<'a> {
    /// Its id.
    pub id: SpaceId,
    /// Who belongs and what there is.
    pub membership: &'a Membership,
    /// Entries kept.
    pub entries: u64,
    /// Control entries that wait for others, and whether content entries wait.
    pub waiting: u64,
    /// Entries that break a rule.
    pub void: u64,
    /// Frames refused since the start.
    pub refused_frames: u64,
    /// Whether this node takes part.
    pub part: Part,
    /// Whether we have been let in and wait for the first exchange.
    pub joining: bool,
}

/// Who has a document open at another school's node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresenceView {
    /// Where.
    pub node: NodeId,
    /// Who.
    pub names: Vec<String>,
}

impl Replica {
    /// The spaces, in order of id.
    pub fn spaces(&self) -> impl Iterator<Item = SpaceView<'_>> {
        self.spaces.values().map(|space| space.view(&self.key.id()))
    }

    /// One space.
    pub fn space(&self, id: &SpaceId) -> Option<SpaceView<'_>> {
        self.spaces.get(id).map(|space| space.view(&self.key.id()))
    }

    /// The space of a document.
    pub fn space_of(&self, document: &DocumentId) -> Option<SpaceId> {
        self.by_document.get(document).copied()
    }

    /// Whether this node's people may write the document.
    pub fn may_write(&self, document: &DocumentId) -> bool {
        self.by_document
            .get(document)
            .and_then(|id| self.spaces.get(id))
            .is_some_and(|space| space.graph.may_write(&self.key.id(), document) && space.halted.is_none())
    }

    /// How far our frontier of a space reaches.
    pub fn frontier(&self, id: &SpaceId) -> Option<&Frontier> {
        self.spaces.get(id).map(|space| &space.frontier)
    }

    /// The peers with an open session that share a space.
    pub fn connected(&self, id: &SpaceId) -> Vec<NodeId> {
        self.peers.iter().filter(|(_, peer)| peer.shares(id)).map(|(node, _)| *node).collect()
    }

    /// Who has a document open at other schools.
    pub fn presence(&self, document: &DocumentId, now: Duration) -> Vec<PresenceView> {
        let Some(space) = self.by_document.get(document).and_then(|id| self.spaces.get(id)) else { return Vec::new() };
        let here = space.presence.iter().filter(|(_, presence)| presence.until > now);
        here.filter_map(|(node, presence)| Some(PresenceView { node: *node, names: presence.open.get(document)?.clone() })).collect()
    }
}

impl Space {
    fn view(&self, me: &NodeId) -> SpaceView<'_> {
        SpaceView {
            id: self.id,
            membership: self.graph.membership(),
            entries: self.frontier.iter().map(|(_, tip)| tip.seq).sum(),
            waiting: self.graph.missing() as u64 + u64::from(self.waiting_entries),
            void: self.void_entries,
            refused_frames: self.refused_frames,
            part: self.part(me),
            joining: self.inviter.is_some() || self.graph.membership().nodes().next().is_none(),
        }
    }

    fn part(&self, me: &NodeId) -> Part {
        let membership = self.graph.membership();
        if membership.nodes().next().is_none() {
            // Nothing of it has come yet.
            return Part::Member;
        }
        match (membership.node(me), self.halted) {
            (Some(node), _) if node.retired => Part::Retired,
            (Some(_), Some(halt)) if membership.admits(me) => Part::Halted(halt),
            (Some(_), None) if membership.admits(me) => Part::Member,
            _ => Part::Out,
        }
    }
}
