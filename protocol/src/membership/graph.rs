//! The causal graph of control entries: parents, heads, and for each entry the clock of all that its author knew.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use crate::entry::{Act, ActError, Chain, ControlBody, Entry, Position};
use crate::ids::{EntryHash, NodeId, SpaceId};
use crate::limits::MAX_AWAITED_HEADS;

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

#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) position: Position,
    pub(super) hash: EntryHash,
    pub(super) act: Act,
    /// Its own previous entry, and what it names.
    pub(super) parents: BTreeSet<EntryHash>,
    /// Clock of the entry, itself included, as far as what it names is here.
    pub(super) clock: Clock,
    /// Whether all that it names, and all that those name, is here.
    pub(super) whole: bool,
}

/// An entry that has just been placed.
struct Fresh {
    placed: Arc<Placed>,
    /// Entries that came before have named it.
    is_late: bool,
    /// Content that waits has, or may have.
    is_awaited: bool,
}

/// What new entries did to the graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grown {
    /// How many entries stand in the graph that did not before.
    pub placed: usize,
    /// Whether a verdict given before may be another now: a right was narrowed, or an entry took its place before others in the fold.
    pub unsettled: bool,
    /// Whether an entry was among them that others, or content that waits, had named before: what waits may be judged anew.
    pub answers: bool,
}

/// All control entries of a space, and the membership that they make. A copy is cheap: entries are shared.
///
/// **An entry stands in the graph also while something that it names is missing.** It may be missing for ever: whoever signs two entries at one
/// position and shows each to another node would else stop at each all who name the other. This is sound because knowing more only ever gives
/// more right: an act or a batch that has its right under a part of what it names has it under all of it.
#[derive(Debug, Clone)]
pub struct ControlGraph {
    space: SpaceId,
    placed: BTreeMap<EntryHash, Arc<Placed>>,
    by_position: BTreeMap<(NodeId, u64), EntryHash>,
    heads: BTreeSet<EntryHash>,
    /// Named by entries that are, and not here.
    missing: BTreeSet<EntryHash>,
    /// Named by content that waits, and not here.
    awaited: BTreeSet<EntryHash>,
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
            missing: BTreeSet::new(),
            awaited: BTreeSet::new(),
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

    /// The heads of what is understood: an entry of ours that named an act which is not would be understood by nobody who runs this program.
    pub(super) fn understood_heads(&self) -> Vec<EntryHash> {
        if self.membership.unknown_act().is_none() {
            return self.heads();
        }
        let understood = || self.placed.values().filter(|placed| !self.membership.rests_on_unknown(&placed.clock));
        let named: BTreeSet<&EntryHash> = understood().flat_map(|placed| &placed.parents).collect();
        understood().map(|placed| placed.hash).filter(|hash| !named.contains(hash)).collect()
    }

    /// How many entries are named by others and are not here.
    pub fn missing(&self) -> usize {
        self.missing.len()
    }

    /// Where a control entry stands, if it is here.
    pub fn position(&self, hash: &EntryHash) -> Option<Position> {
        self.placed.get(hash).map(|placed| placed.position)
    }

    /// The control entry at a node's seq, if it is here.
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

    /// The last seq of a node's control chain that is here.
    pub(super) fn last_seq(&self, node: &NodeId) -> Option<u64> {
        self.by_position.range((*node, 0)..=(*node, u64::MAX)).next_back().map(|((_, seq), _)| *seq)
    }

    /// Lets [`Grown::answers`] say when one of these entries comes that content names and that is not here.
    pub fn await_heads(&mut self, heads: &[EntryHash]) {
        for head in heads.iter().filter(|head| !self.placed.contains_key(head)) {
            // Past the bound any entry may be one of them.
            if self.awaited.len() <= MAX_AWAITED_HEADS {
                self.awaited.insert(*head);
            }
        }
    }

    /// The clock of everything at or below `heads`, as far as it is here, and whether all of it is.
    pub(super) fn clock<'a>(&self, heads: impl IntoIterator<Item = &'a EntryHash>) -> (Clock, bool) {
        let (mut clock, mut whole) = (Clock::new(), true);
        for head in heads {
            let placed = self.placed.get(head);
            whole &= placed.is_some_and(|placed| placed.whole);
            if let Some(placed) = placed {
                merge(&mut clock, &placed.clock);
            }
        }
        (clock, whole)
    }

    /// Puts verified control entries into the graph; those that are there change nothing. Bodies are decoded here; certificates in them are
    /// checked by the decoder. On an error the graph has taken the entries before the bad one.
    pub fn extend<'a>(&mut self, entries: impl IntoIterator<Item = &'a Entry>) -> Result<Grown, (Position, ActError)> {
        let mut fresh = Vec::new();
        let mut result = Ok(());
        for entry in entries {
            debug_assert_eq!(entry.position.chain.chain, Chain::Control);
            if self.placed.contains_key(&entry.hash) {
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
        if fresh.iter().any(|fresh| fresh.is_late) {
            self.complete();
        }
        let grown = self.fold(&fresh);
        result.map(|()| grown)
    }

    fn place(&mut self, entry: &Entry, body: ControlBody, fresh: &mut Vec<Fresh>) {
        let mut parents: BTreeSet<EntryHash> = body.parents.into_iter().collect();
        if entry.position.seq > 1 {
            parents.insert(entry.previous);
        }
        self.by_position.insert((entry.position.chain.node, entry.position.seq), entry.hash);
        self.missing.extend(parents.iter().filter(|parent| !self.placed.contains_key(parent)));
        let (clock, whole) = self.clock_of(&entry.position, &parents);
        let placed = Arc::new(Placed { position: entry.position, hash: entry.hash, act: body.act, parents, clock, whole });
        self.named.take(&self.space, &placed);
        self.placed.insert(entry.hash, placed.clone());
        let is_late = self.missing.remove(&entry.hash);
        let is_awaited = self.awaited.len() > MAX_AWAITED_HEADS || self.awaited.remove(&entry.hash);
        fresh.push(Fresh { placed, is_late, is_awaited });
    }

    /// The clock of an entry, itself included.
    fn clock_of(&self, position: &Position, parents: &BTreeSet<EntryHash>) -> (Clock, bool) {
        let (mut clock, whole) = self.clock(parents);
        merge(&mut clock, &Clock::from([(position.chain.node, position.seq)]));
        (clock, whole)
    }

    /// Computes anew what rests on entries that were missing.
    fn complete(&mut self) {
        for hash in parents_first(self.placed.values().filter(|placed| !placed.whole).map(Arc::as_ref)) {
            let Some(before) = self.placed.get(&hash) else { continue };
            let (clock, whole) = self.clock_of(&before.position, &before.parents);
            self.placed.insert(hash, Arc::new(Placed { clock, whole, ..Placed::clone(before) }));
        }
    }

    /// Brings the membership up to entries that were placed, in the order in which they were.
    fn fold(&mut self, fresh: &[Fresh]) -> Grown {
        // An entry that knows all heads comes last in every order: the fold goes on with it. Any other may come before what was folded.
        let mut goes_on = true;
        for Fresh { placed, is_late, .. } in fresh {
            let retires = matches!(placed.act, Act::RetireNode(_)) || self.membership.is_retired(&placed.position.chain.node);
            goes_on &= !is_late && !retires && self.heads.is_subset(&placed.parents);
            self.heads.retain(|head| !placed.parents.contains(head));
            if !is_late {
                self.heads.insert(placed.hash);
            }
        }
        let mut unsettled = false;
        if goes_on {
            for Fresh { placed, .. } in fresh {
                self.membership.apply(placed);
            }
        } else {
            let folded = self.folded();
            unsettled = !folded.extends(&self.membership);
            self.membership = folded;
        }
        Grown { placed: fresh.len(), unsettled, answers: fresh.iter().any(|fresh| fresh.is_late || fresh.is_awaited) }
    }

    /// The membership computed from nothing: parents first, and among those free to come next the smallest hash.
    fn folded(&self) -> Membership {
        let mut membership = Membership::new(self.space);
        membership.take_retirements(self.placed.values().map(Arc::as_ref), |cut| self.hash_at(&cut.chain.node, cut.seq));
        for hash in parents_first(self.placed.values().map(Arc::as_ref)) {
            if let Some(placed) = self.placed.get(&hash) {
                membership.apply(placed);
            }
        }
        membership
    }
}

/// Entries so that each comes after those of them that it names; among those free to come next the smallest hash.
fn parents_first<'a>(entries: impl Iterator<Item = &'a Placed>) -> Vec<EntryHash> {
    let entries: BTreeMap<EntryHash, &Placed> = entries.map(|placed| (placed.hash, placed)).collect();
    let mut missing: BTreeMap<EntryHash, usize> = BTreeMap::new();
    let mut children: BTreeMap<EntryHash, Vec<EntryHash>> = BTreeMap::new();
    for (hash, placed) in &entries {
        let parents = placed.parents.iter().filter(|parent| entries.contains_key(parent));
        let count = parents.map(|parent| children.entry(*parent).or_default().push(*hash)).count();
        missing.insert(*hash, count);
    }
    let mut free: BinaryHeap<Reverse<EntryHash>> = missing.iter().filter(|(_, count)| **count == 0).map(|(hash, _)| Reverse(*hash)).collect();
    let mut order = Vec::with_capacity(entries.len());
    while let Some(Reverse(hash)) = free.pop() {
        order.push(hash);
        for child in children.remove(&hash).into_iter().flatten() {
            if let Some(count) = missing.get_mut(&child) {
                *count -= 1;
                if *count == 0 {
                    free.push(Reverse(child));
                }
            }
        }
    }
    order
}

pub(super) fn merge(clock: &mut Clock, other: &Clock) {
    for (node, seq) in other {
        let mine = clock.entry(*node).or_insert(0);
        *mine = (*mine).max(*seq);
    }
}
