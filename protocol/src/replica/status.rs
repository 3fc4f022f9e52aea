//! What people ask: spaces, and who has the latest of a document. From receipts alone, never ahead of the truth.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::entry::ChainId;
use crate::frontier::Frontier;
use crate::ids::{DocumentId, NodeId, SchoolId, SpaceId};
use crate::log::{Halt, LogReader, StoreError};
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

/// How far one school has a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolReach {
    /// The school.
    pub school: SchoolId,
    /// Whether one of its nodes has said that it holds everything that we hold of the document.
    pub has_latest: bool,
    /// Changes that we hold and none of its nodes has confirmed.
    pub waiting_changes: u64,
}

/// How far a document has travelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentReach {
    /// Whether all that this school's people wrote has been published.
    pub published: bool,
    /// Every school of the space but ours, in order of id.
    pub schools: Vec<SchoolReach>,
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

    /// How many schools have the latest of a document, without counting changes: cheap enough for a list.
    pub fn reached(&self, document: &DocumentId) -> Option<(usize, usize)> {
        let space = self.spaces.get(self.by_document.get(document)?)?;
        let others = space.other_schools(&self.certificate.school);
        let unpublished = space.unpublished.iter().any(|change| change.document == *document);
        let reached = others.values().filter(|nodes| !unpublished && nodes.iter().any(|node| space.node_has(node, document))).count();
        Some((reached, others.len()))
    }

    /// How far a document has travelled.
    pub fn reach(&self, document: &DocumentId, log: &dyn LogReader) -> Result<Option<DocumentReach>, StoreError> {
        let Some(space) = self.by_document.get(document).and_then(|id| self.spaces.get(id)) else { return Ok(None) };
        let unpublished = space.unpublished.iter().filter(|change| change.document == *document).count() as u64;
        let mut schools = Vec::new();
        for (school, nodes) in space.other_schools(&self.certificate.school) {
            let has_latest = unpublished == 0 && nodes.iter().any(|node| space.node_has(node, document));
            let mut waiting_changes = 0;
            if !has_latest {
                let nothing = Frontier::default();
                // A school without a node, or whose nodes have said nothing, lacks all of it.
                let frontiers = nodes.iter().map(|node| space.receipts.get(node).map_or(&nothing, |receipt| &receipt.frontier));
                let lacks = frontiers.map(|frontier| log.changes_beyond(document, frontier)).collect::<Result<Vec<_>, _>>()?;
                let least = match lacks.into_iter().min() {
                    Some(least) => least,
                    None => log.changes_beyond(document, &nothing)?,
                };
                waiting_changes = least + unpublished;
            }
            schools.push(SchoolReach { school, has_latest, waiting_changes });
        }
        Ok(Some(DocumentReach { published: unpublished == 0, schools }))
    }

    /// Who has a document open at other schools.
    pub fn presence(&self, document: &DocumentId, now: Duration) -> Vec<PresenceView> {
        let Some(space) = self.by_document.get(document).and_then(|id| self.spaces.get(id)) else { return Vec::new() };
        let here = space.presence.iter().filter(|(_, presence)| presence.until > now);
        here.filter_map(|(node, presence)| Some(PresenceView { node: *node, names: presence.open.get(document)?.clone() })).collect()
    }
}

impl Space {
    fn other_schools(&self, own: &SchoolId) -> BTreeMap<SchoolId, Vec<NodeId>> {
        let mut schools: BTreeMap<SchoolId, Vec<NodeId>> =
            self.graph.membership().schools().map(|(school, _)| *school).filter(|school| school != own).map(|school| (school, Vec::new())).collect();
        for (node, known) in self.graph.membership().nodes().filter(|(_, node)| !node.retired) {
            if let Some(nodes) = schools.get_mut(&known.certificate.school) {
                nodes.push(*node);
            }
        }
        schools
    }

    /// Whether a node has confirmed everything that we hold of a document.
    fn node_has(&self, node: &NodeId, document: &DocumentId) -> bool {
        let Some(receipt) = self.receipts.get(node) else { return false };
        let Some(tips) = self.document_tips.get(document) else { return true };
        let elsewhere = self.elsewhere.get(node);
        let has = |chain: &ChainId| !elsewhere.is_some_and(|chains| chains.contains(chain));
        tips.iter().all(|(chain, seq)| receipt.frontier.tip(chain).seq >= *seq && has(chain))
    }

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
