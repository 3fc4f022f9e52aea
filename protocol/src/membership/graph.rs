//! The causal graph of control entries: parents, heads, and for each entry the clock of all that its author knew.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use crate::entry::{Act, ActError, Chain, ControlBody, Entry, Position};
use crate::ids::{EntryHash, NodeId, SpaceId};

use super::fold::Membership;
use super::named::Named;

/// Per node the last control seq known.
pub(super) type Clock = BTreeMap<NodeId, u64>;

/// The id of the space that `body`, an encoded [`ControlBody`] with [`Act::CreateSpace`], begins when `creator` signs it.
pub fn space_id(creator: &NodeId, body: &[u8]) -> SpaceId {
    let mut hasher = blake3::Hasher::new_derive_key("jeli 2026 space");
    hasher.update(&creator.0).update(body);
    SpaceId(*hasher.finalize().as_bytes())
}

#[derive(Debug)]
pub(super) struct Placed {
    pub(super) position: Position,
    pub(super) hash: EntryHash,
    pub(super) act: Act,
    /// Its own previous entry, and what it names.
    pub(super) parents: BTreeSet<EntryHash>,
    /// Clock of the entry, itself included.
    pub(super) clock: Clock,
}

#[derive(Debug)]
struct Waiting {
    position: Position,
    parents: BTreeSet<EntryHash>,
    act: Act,
}

/// What new entries did to the graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grown {
    /// How many entries stand in the graph that did not before.
    pub placed: usize,
    /// Whether a verdict given before may be another now: a right was narrowed, or an entry took its place before others in the fold.
    pub unsettled: bool,
}

/// All control entries of a space, and the membership that they make. A copy is cheap: entries are shared.
#[derive(Debug, Clone)]
pub struct ControlGraph {
    space: SpaceId,
    placed: BTreeMap<EntryHash, Arc<Placed>>,
    by_position: BTreeMap<(NodeId, u64), EntryHash>,
    heads: BTreeSet<EntryHash>,
    waiting: BTreeMap<EntryHash, Arc<Waiting>>,
    /// Of each entry that is missing, those that wait for it first of all.
    awaited: BTreeMap<EntryHash, BTreeSet<EntryHash>>,
    named: Named,
    membership: Membership,
}

impl ControlGraph {
    /// The empty graph of a space.
    pub fn new(space: SpaceId) -> Self {
        Self {
            space,
            placed: BTreeMap::new(),
            by_position: BTreeMap::new(),
            heads: BTreeSet::new(),
            waiting: BTreeMap::new(),
            awaited: BTreeMap::new(),
            named: Named::default(),
            membership: Membership::new(space),
        }
    }

    /// The membership that the entries make.
    pub fn membership(&self) -> &Membership {
        &self.membership
    }

    /// The heads, in order of hash: what the next entry names as known, if they are not too many.
    pub fn heads(&self) -> Vec<EntryHash> {
        self.heads.iter().copied().collect()
    }

    /// How many entries wait for others that they name.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Where a control entry stands, if it is in the graph or waits.
    pub fn position(&self, hash: &EntryHash) -> Option<Position> {
        self.placed.get(hash).map(|placed| placed.position).or_else(|| self.waiting.get(hash).map(|waiting| waiting.position))
    }

    /// The control entry at a node's seq, if it is in the graph or waits.
    pub fn hash_at(&self, node: &NodeId, seq: u64) -> Option<EntryHash> {
        self.by_position.get(&(*node, seq)).copied()
    }

    /// Whether entries of this node are kept at all: some member named it, rightly or not. Unlike membership this only ever grows with the
    /// set of entries, so that all nodes come to keep the same. With an act that is not understood nobody can say who was named: all are kept.
    pub fn keeps_entries_of(&self, node: &NodeId) -> bool {
        self.named.contains(node)
    }

    /// The nodes whose entries are kept; `None`: anybody's.
    pub fn named_nodes(&self) -> Option<&BTreeSet<NodeId>> {
        self.named.nodes()
    }

    /// The clock of everything at or below `heads`; `None` while one of them is not in the graph.
    pub(super) fn clock(&self, heads: &[EntryHash]) -> Option<Clock> {
        let mut clock = Clock::new();
        for head in heads {
            merge(&mut clock, &self.placed.get(head)?.clock);
        }
        Some(clock)
    }

    pub(super) fn placed_clock(&self, hash: &EntryHash) -> Option<&Clock> {
        self.placed.get(hash).map(|placed| &placed.clock)
    }

    /// Puts verified control entries into the graph; those that are there change nothing. Bodies are decoded here; certificates in them are
    /// checked by the decoder. On an error the graph has taken the entries before the bad one.
    pub fn extend<'a>(&mut self, entries: impl IntoIterator<Item = &'a Entry>) -> Result<Grown, (Position, ActError)> {
        let mut fresh = Vec::new();
        let mut result = Ok(());
        for entry in entries {
            debug_assert_eq!(entry.position.chain.chain, Chain::Control);
            if self.placed.contains_key(&entry.hash) || self.waiting.contains_key(&entry.hash) {
                continue;
            }
            match ControlBody::decode(&entry.body) {
                Ok(body) => self.place(entry, body, &mut fresh),
                Err(error) => {
                    result = Err((entry.position, error));
                    break;
                }
            }
        }
        let grown = self.fold(&fresh);
        result.map(|()| grown)
    }

    /// Places an entry and all that waited for it, or lets it wait.
    fn place(&mut self, entry: &Entry, body: ControlBody, fresh: &mut Vec<Arc<Placed>>) {
        let mut parents: BTreeSet<EntryHash> = body.parents.into_iter().collect();
        if entry.position.seq > 1 {
            parents.insert(entry.previous);
        }
        self.by_position.insert((entry.position.chain.node, entry.position.seq), entry.hash);
        self.waiting.insert(entry.hash, Arc::new(Waiting { position: entry.position, parents, act: body.act }));
        let mut next = vec![entry.hash];
        while let Some(hash) = next.pop() {
            let Some(waiting) = self.waiting.get(&hash) else { continue };
            if let Some(missing) = waiting.parents.iter().find(|parent| !self.placed.contains_key(parent)) {
                self.awaited.entry(*missing).or_default().insert(hash);
                continue;
            }
            let Some(waiting) = self.waiting.remove(&hash) else { continue };
            let mut clock = Clock::from([(waiting.position.chain.node, waiting.position.seq)]);
            for placed in waiting.parents.iter().filter_map(|parent| self.placed.get(parent)) {
                merge(&mut clock, &placed.clock);
            }
            let placed = Arc::new(Placed { position: waiting.position, hash, act: waiting.act.clone(), parents: waiting.parents.clone(), clock });
            self.named.take(&self.space, &placed);
            self.placed.insert(hash, placed.clone());
            fresh.push(placed);
            next.extend(self.awaited.remove(&hash).into_iter().flatten());
        }
    }

    /// Brings the membership up to entries that were placed, in the order in which they were.
    fn fold(&mut self, fresh: &[Arc<Placed>]) -> Grown {
        // An entry that knows all heads comes last in every order: the fold goes on with it. Any other may come before what was folded.
        let mut goes_on = true;
        for placed in fresh {
            goes_on &= self.heads.is_subset(&placed.parents) && !matches!(placed.act, Act::RetireNode(_));
            self.heads.retain(|head| !placed.parents.contains(head));
            self.heads.insert(placed.hash);
        }
        let mut unsettled = false;
        if goes_on {
            for placed in fresh {
                self.membership.apply(placed);
            }
        } else {
            let folded = self.folded();
            unsettled = !folded.extends(&self.membership);
            self.membership = folded;
        }
        Grown { placed: fresh.len(), unsettled }
    }

    /// The membership computed from nothing: parents first, and among those free to come next the smallest hash.
    fn folded(&self) -> Membership {
        let mut membership = Membership::new(self.space);
        membership.take_retirements(self.placed.values().map(Arc::as_ref));
        let mut missing: BTreeMap<EntryHash, usize> = self.placed.values().map(|placed| (placed.hash, placed.parents.len())).collect();
        let mut children: BTreeMap<EntryHash, Vec<EntryHash>> = BTreeMap::new();
        for placed in self.placed.values() {
            for parent in &placed.parents {
                children.entry(*parent).or_default().push(placed.hash);
            }
        }
        let mut free: BinaryHeap<Reverse<EntryHash>> = missing.iter().filter(|(_, count)| **count == 0).map(|(hash, _)| Reverse(*hash)).collect();
        while let Some(Reverse(hash)) = free.pop() {
            if let Some(placed) = self.placed.get(&hash) {
                membership.apply(placed);
            }
            for child in children.remove(&hash).into_iter().flatten() {
                if let Some(count) = missing.get_mut(&child) {
                    *count -= 1;
                    if *count == 0 {
                        free.push(Reverse(child));
                    }
                }
            }
        }
        membership
    }
}

pub(super) fn merge(clock: &mut Clock, other: &Clock) {
    for (node, seq) in other {
        let mine = clock.entry(*node).or_insert(0);
        *mine = (*mine).max(*seq);
    }
}
