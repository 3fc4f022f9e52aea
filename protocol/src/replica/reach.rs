//! Who has the latest, of a document and of a space, and how much others lack. From receipts alone, never ahead of the truth.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::entry::ChainId;
use crate::frontier::{Frontier, Tip};
use crate::ids::{DocumentId, NodeId, SchoolId, SpaceId};
use crate::log::{Beyond, LogReader, StoreError, Unpublished};

use super::Replica;
use super::packing::CHAIN_BYTES;
use super::space::Space;

/// What a school lacks of what we hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lacks {
    /// Changes, and acts of membership; never fewer than it truly lacks. 0 only where it has the latest.
    pub news: u64,
    /// About how many bytes will travel: nothing is packed to know it.
    pub bytes: u64,
    /// Since when the oldest of it is in our log, Unix milliseconds by the store's clock. What awaits publication is not counted.
    pub since_ms: Option<i64>,
}

/// How far one school has what we hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolReach {
    /// The school.
    pub school: SchoolId,
    /// Whether one of its nodes has said that it holds everything that we hold.
    pub has_latest: bool,
    /// Whether any of its nodes has ever said what it holds.
    pub heard: bool,
    /// What its node lacks that lacks least.
    pub lacks: Lacks,
}

/// How far a document, or all of a space, has travelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Whether all that this school's people wrote has been published.
    pub published: bool,
    /// Every school of the space but ours, in order of id.
    pub schools: Vec<SchoolReach>,
}

/// Of what the reach is asked.
#[derive(Clone, Copy)]
enum Whole<'a> {
    Space,
    Document(&'a DocumentId),
}

impl Whole<'_> {
    fn has(self, change: &Unpublished) -> bool {
        match self {
            Whole::Space => true,
            Whole::Document(document) => change.document == *document,
        }
    }
}

impl Replica {
    /// How many schools have the latest of a document, without counting changes: cheap enough for a list.
    pub fn reached(&self, document: &DocumentId) -> Option<(usize, usize)> {
        let space = self.spaces.get(self.by_document.get(document)?)?;
        let others = space.other_schools(&self.certificate.school);
        let unpublished = space.unpublished.iter().any(|change| change.document == *document);
        let reached = others.values().filter(|nodes| !unpublished && nodes.iter().any(|node| space.node_has(node, document))).count();
        Some((reached, others.len()))
    }

    /// How far a document has travelled.
    pub fn reach(&self, document: &DocumentId, log: &dyn LogReader) -> Result<Option<Reach>, StoreError> {
        let space = self.by_document.get(document).and_then(|id| self.spaces.get(id));
        space.map(|space| space.reach(&self.certificate.school, Whole::Document(document), log)).transpose()
    }

    /// How far all that we hold of a space has travelled.
    pub fn space_reach(&self, id: &SpaceId, log: &dyn LogReader) -> Result<Option<Reach>, StoreError> {
        self.spaces.get(id).map(|space| space.reach(&self.certificate.school, Whole::Space, log)).transpose()
    }
}

impl Space {
    fn reach(&self, own: &SchoolId, of: Whole<'_>, log: &dyn LogReader) -> Result<Reach, StoreError> {
        let mut ours = Beyond::default();
        for change in self.unpublished.iter().filter(|change| of.has(change)) {
            ours.changes += 1;
            ours.plain_bytes = ours.plain_bytes.saturating_add(change.bytes as u64);
        }
        ours.chains = u64::from(ours.changes > 0);
        // Asked once for all that have said nothing.
        let mut all_of_it = None;
        let mut schools = Vec::new();
        for (school, nodes) in self.other_schools(own) {
            let heard = nodes.iter().any(|node| self.receipts.contains_key(node));
            let has = |node: &NodeId| match of {
                Whole::Space => self.node_has_all(node),
                Whole::Document(document) => self.node_has(node, document),
            };
            let has_latest = ours.is_empty() && nodes.iter().any(has);
            if has_latest {
                schools.push(SchoolReach { school, has_latest, heard, lacks: Lacks::default() });
                continue;
            }
            let mut least: Option<Beyond> = None;
            for frontier in nodes.iter().filter_map(|node| self.confirmed(node)) {
                let beyond = beyond(self, of, &frontier, log)?;
                least = Some(least.filter(|least| least.news() <= beyond.news()).unwrap_or(beyond));
            }
            let beyond = match (least, all_of_it) {
                (Some(least), _) => least,
                // A school without a node, or whose nodes have said nothing, lacks all of it.
                (None, Some(all)) => all,
                (None, None) => *all_of_it.insert(beyond(self, of, &Frontier::default(), log)?),
            };
            let beyond = ours.and(&beyond);
            // A school that lacks nothing we can count, but has not said so yet, lacks at least the word that it is there.
            let lacks = Lacks { news: beyond.news().max(1), bytes: self.packing.estimate(&beyond).max(CHAIN_BYTES), since_ms: beyond.since_ms };
            schools.push(SchoolReach { school, has_latest, heard, lacks });
        }
        Ok(Reach { published: ours.is_empty(), schools })
    }

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

    /// How far a node says that it reaches on our branches. A chain on which it goes another way it lacks from its start: nobody here can tell
    /// where they part.
    fn confirmed(&self, node: &NodeId) -> Option<Cow<'_, Frontier>> {
        let frontier = &self.receipts.get(node)?.frontier;
        let Some(elsewhere) = self.elsewhere.get(node) else { return Some(Cow::Borrowed(frontier)) };
        let mut confirmed = frontier.clone();
        elsewhere.iter().for_each(|chain| confirmed.set(*chain, Tip::START));
        Some(Cow::Owned(confirmed))
    }

    /// Whether a node has confirmed everything that we hold.
    fn node_has_all(&self, node: &NodeId) -> bool {
        self.confirmed(node).is_some_and(|confirmed| confirmed.covers(&self.frontier))
    }

    /// Whether a node has confirmed everything that we hold of a document.
    fn node_has(&self, node: &NodeId, document: &DocumentId) -> bool {
        let Some(receipt) = self.receipts.get(node) else { return false };
        let Some(tips) = self.document_tips.get(document) else { return true };
        let elsewhere = self.elsewhere.get(node);
        let has = |chain: &ChainId| !elsewhere.is_some_and(|chains| chains.contains(chain));
        tips.iter().all(|(chain, seq)| receipt.frontier.tip(chain).seq >= *seq && has(chain))
    }
}

fn beyond(space: &Space, of: Whole<'_>, frontier: &Frontier, log: &dyn LogReader) -> Result<Beyond, StoreError> {
    match of {
        Whole::Space => log.beyond(&space.id, frontier),
        Whole::Document(document) => log.beyond_in(document, frontier),
    }
}
