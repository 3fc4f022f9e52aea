//! The causal graph of control entries: parents, heads, and for each entry the clock of all that its author knew.

use std::collections::{BTreeMap, BTreeSet};

use crate::entry::{Act, ActError, Chain, ControlBody, Entry, Position};
use crate::ids::{EntryHash, NodeId, SpaceId};

use super::fold::Membership;

/// Per node the last control seq known.
pub(super) type Clock = BTreeMap<NodeId, u64>;

/// The id of the space that `body`, an encoded [`ControlBody`] with [`Act::CreateSpace`], begins when `creator` signs it.
pub fn space_id(creator: &NodeId, body: &[u8]) -> SpaceId {
    let mut hasher = blake3::Hasher::new_derive_key("jeli 2026 space");
    hasher.update(&creator.0).update(body);
    SpaceId(*hasher.finalize().as_bytes())
}

#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) position: Position,
    pub(super) act: Act,
    /// Clock of the entry, itself included.
    pub(super) clock: Clock,
}

#[derive(Debug, Clone)]
struct Waiting {
    position: Position,
    previous: Option<EntryHash>,
    body: ControlBody,
}

/// What became of an entry that was put into the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It was there.
    Known,
    /// It stands in the graph, and the membership was computed anew.
    Folded,
    /// Something that it names is not here yet: it waits.
    Waits,
}

/// All control entries of a space, and the membership that they make.
#[derive(Debug, Clone)]
pub struct ControlGraph {
    space: SpaceId,
    placed: BTreeMap<EntryHash, Placed>,
    by_position: BTreeMap<(NodeId, u64), EntryHash>,
    order: Vec<EntryHash>,
    heads: BTreeSet<EntryHash>,
    waiting: BTreeMap<EntryHash, Waiting>,
    membership: Membership,
}

impl ControlGraph {
    /// The empty graph of a space.
    pub fn new(space: SpaceId) -> Self {
        Self {
            space,
            placed: BTreeMap::new(),
            by_position: BTreeMap::new(),
            order: Vec::new(),
            heads: BTreeSet::new(),
            waiting: BTreeMap::new(),
            membership: Membership::new(space),
        }
    }

    /// The membership that the entries make.
    pub fn membership(&self) -> &Membership {
        &self.membership
    }

    /// The heads, in order of hash: what the next entry names as known.
    pub fn heads(&self) -> Vec<EntryHash> {
        self.heads.iter().copied().collect()
    }

    /// How many entries wait for others that they name.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Where a control entry stands, if it is in the graph.
    pub fn position(&self, hash: &EntryHash) -> Option<Position> {
        self.placed.get(hash).map(|placed| placed.position)
    }

    /// The control entry at a node's seq, if it is in the graph or waits.
    pub fn hash_at(&self, node: &NodeId, seq: u64) -> Option<EntryHash> {
        self.by_position.get(&(*node, seq)).copied()
    }

    /// The clock of everything at or below `heads`; `None` while one of them is not in the graph.
    pub(super) fn clock(&self, heads: &[EntryHash]) -> Option<Clock> {
        let mut clock = Clock::new();
        for head in heads {
            merge(&mut clock, &self.placed.get(head)?.clock);
        }
        Some(clock)
    }

    /// Puts a verified control entry into the graph. Its body is decoded here; certificates in it are checked by the decoder.
    pub fn insert(&mut self, entry: &Entry) -> Result<Inserted, ActError> {
        debug_assert_eq!(entry.position.chain.chain, Chain::Control);
        if self.placed.contains_key(&entry.hash) || self.waiting.contains_key(&entry.hash) {
            return Ok(Inserted::Known);
        }
        let body = ControlBody::decode(&entry.body)?;
        let previous = (entry.position.seq > 1).then_some(entry.previous);
        self.by_position.insert((entry.position.chain.node, entry.position.seq), entry.hash);
        self.waiting.insert(entry.hash, Waiting { position: entry.position, previous, body });
        let before = self.order.len();
        let appended = self.place_ready();
        if self.order.len() == before {
            return Ok(Inserted::Waits);
        }
        if !appended {
            self.refold();
        }
        Ok(Inserted::Folded)
    }

    /// Places all that waits no longer. Says whether every one of them came after all others, so that the fold could simply go on.
    fn place_ready(&mut self) -> bool {
        let mut appended = true;
        loop {
            let ready = self.waiting.iter().find(|(_, waiting)| {
                waiting.previous.iter().chain(&waiting.body.parents).all(|parent| self.placed.contains_key(parent))
            });
            let Some(hash) = ready.map(|(hash, _)| *hash) else { return appended };
            let Some(waiting) = self.waiting.remove(&hash) else { return appended };
            let known: BTreeSet<EntryHash> = waiting.previous.into_iter().chain(waiting.body.parents.iter().copied()).collect();
            let mut clock = Clock::new();
            for parent in &known {
                if let Some(placed) = self.placed.get(parent) {
                    merge(&mut clock, &placed.clock);
                }
            }
            merge(&mut clock, &Clock::from([(waiting.position.chain.node, waiting.position.seq)]));
            let after_all = self.heads.is_subset(&known);
            for parent in &known {
                self.heads.remove(parent);
            }
            self.heads.insert(hash);
            let placed = Placed { position: waiting.position, act: waiting.body.act, clock };
            self.order.push(hash);
            if after_all && appended && !narrows(&placed.act) {
                self.membership.apply(&placed);
            } else {
                appended = false;
            }
            self.placed.insert(hash, placed);
        }
    }

    /// Computes the membership from nothing: dependencies first, and among those free to come next the smallest hash.
    fn refold(&mut self) {
        self.order = self.fold_order();
        let mut membership = Membership::new(self.space);
        membership.take_retirements(self.placed.values());
        for hash in &self.order {
            if let Some(placed) = self.placed.get(hash) {
                membership.apply(placed);
            }
        }
        self.membership = membership;
    }

    fn fold_order(&self) -> Vec<EntryHash> {
        // An entry may come once its clock, less itself, is covered by what has come.
        let mut order = Vec::with_capacity(self.placed.len());
        let mut come = Clock::new();
        let mut left: BTreeMap<EntryHash, &Placed> = self.placed.iter().map(|(hash, placed)| (*hash, placed)).collect();
        while !left.is_empty() {
            let next = left.iter().find(|(_, placed)| {
                let own = placed.position;
                placed.clock.iter().all(|(node, seq)| {
                    let come = come.get(node).copied().unwrap_or(0);
                    if *node == own.chain.node { come + 1 >= *seq } else { come >= *seq }
                })
            });
            let Some(hash) = next.map(|(hash, _)| *hash) else { break };
            if let Some(placed) = left.remove(&hash) {
                come.insert(placed.position.chain.node, placed.position.seq);
                order.push(hash);
            }
        }
        order
    }
}

fn narrows(act: &Act) -> bool {
    matches!(act, Act::RetireNode(_))
}

fn merge(clock: &mut Clock, other: &Clock) {
    for (node, seq) in other {
        let mine = clock.entry(*node).or_insert(0);
        *mine = (*mine).max(*seq);
    }
}
