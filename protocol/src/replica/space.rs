//! The state of one space at this node.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::announce::EpochKey;
use crate::entry::{Chain, ChainId, Entry, Position};
use crate::frame::Known;
use crate::frontier::{Frontier, FrontierDigest, Tip};
use crate::ids::{DocumentId, EntryHash, NodeId, SpaceId};
use crate::invitation::open_epoch_key;
use crate::keys::NodeKey;
use crate::limits::{MAX_CHAINS, SLOWEST_PULL_BYTES_PER_S};
use crate::log::{Halt, LogReader, StoreError, StoredSpace, Unpublished};
use crate::membership::ControlGraph;
use crate::receipt::Receipt;

use super::packing::Packing;

/// A pull under way: at most one per space, so that no two peers send us the same.
#[derive(Debug, Clone)]
pub(super) struct Pull {
    pub(super) peer: NodeId,
    /// Our frontier when we asked: what lies beyond it is what the peer sends.
    pub(super) beyond: FrontierDigest,
    /// When it is given to another peer, unless it brings something new before.
    pub(super) until: Duration,
    /// When it is given to another peer that has more than we, whatever it brings: a thin stream of new entries would keep others away.
    pub(super) at_most: Duration,
}

/// For so many stall times a pull lasts at most while it brings new entries; then whoever has more takes its turn.
const PULL_AT_MOST_STALLS: u32 = 20;

impl Pull {
    pub(super) fn begin(now: Duration, peer: NodeId, beyond: &Frontier, stall: Duration) -> Self {
        Self { peer, beyond: beyond.digest(), until: now + stall, at_most: now + stall * PULL_AT_MOST_STALLS }
    }

    /// A frame with new entries has come: it earns the pull the time in which the slowest line brings as much, and no more than `stall` from
    /// now. So a peer cannot hold a pull by a new entry now and then.
    pub(super) fn brought(&mut self, now: Duration, bytes: usize, stall: Duration) {
        let earned = Duration::from_millis(bytes as u64 * 1_000 / SLOWEST_PULL_BYTES_PER_S);
        self.until = self.until.saturating_add(earned).min(now.saturating_add(stall)).max(self.until).min(self.at_most);
    }
}

/// What another node last said of who has what open there.
#[derive(Debug, Clone)]
pub(super) struct Presence {
    pub(super) open: BTreeMap<DocumentId, Vec<String>>,
    pub(super) until: Duration,
}

pub(super) struct Space {
    pub(super) id: SpaceId,
    pub(super) graph: ControlGraph,
    pub(super) frontier: Frontier,
    pub(super) epoch: Option<EpochKey>,
    /// Whom we asked to take us in, until its control entries have come.
    pub(super) inviter: Option<NodeId>,
    pub(super) receipts: BTreeMap<NodeId, Receipt>,
    /// Chains on which a node's receipt reaches along another branch than ours, by node: what stands there on ours it does not have.
    pub(super) elsewhere: BTreeMap<NodeId, BTreeSet<ChainId>>,
    /// The largest counter of a receipt of ours that somebody has shown, if larger than that of the one we hold.
    pub(super) counted: u64,
    /// How far our own content chain reaches by receipts of ours that others have shown: further than here in a node that was put back from a copy.
    pub(super) own_said: u64,
    /// Counter of our newest receipt when a peer went away: later ones it will not have. Empty after a restart.
    pub(super) left_with: BTreeMap<NodeId, u64>,
    pub(super) document_tips: BTreeMap<DocumentId, BTreeMap<ChainId, u64>>,
    pub(super) unpublished: Vec<Unpublished>,
    pub(super) publish_at: Option<Duration>,
    pub(super) receipt_at: Option<Duration>,
    /// When peers are told that the receipts held here have changed.
    pub(super) relay_at: Option<Duration>,
    pub(super) pull: Option<Pull>,
    /// Control chains on which somebody seems to hold another branch than we: announcements name their entries in full. Found anew after a
    /// restart.
    pub(super) apart: BTreeSet<ChainId>,
    /// Peers of whom a pull stalled, and until when they are asked last.
    pub(super) stalled: BTreeMap<NodeId, Duration>,
    /// When each connected peer was last asked.
    pub(super) asked: BTreeMap<NodeId, Duration>,
    pub(super) presence: BTreeMap<NodeId, Presence>,
    /// When to say where we are and who is here, soonest first.
    pub(super) greetings: Vec<Duration>,
    /// When a session with each of these was last a reason to greet.
    pub(super) greeted: BTreeMap<NodeId, Duration>,
    pub(super) halted: Option<Halt>,
    /// Whether the store holds entries that are to be judged: they wait for control entries, or a crash came before their judgement.
    pub(super) waiting_entries: bool,
    pub(super) void_entries: u64,
    pub(super) refused_frames: u64,
    pub(super) packing: Packing,
}

impl Space {
    pub(super) fn new(id: SpaceId) -> Self {
        Self {
            id,
            graph: ControlGraph::new(id),
            frontier: Frontier::default(),
            epoch: None,
            inviter: None,
            receipts: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
            counted: 0,
            own_said: 0,
            left_with: BTreeMap::new(),
            document_tips: BTreeMap::new(),
            unpublished: Vec::new(),
            publish_at: None,
            receipt_at: None,
            relay_at: None,
            pull: None,
            apart: BTreeSet::new(),
            stalled: BTreeMap::new(),
            asked: BTreeMap::new(),
            presence: BTreeMap::new(),
            greetings: Vec::new(),
            greeted: BTreeMap::new(),
            halted: None,
            waiting_entries: false,
            void_entries: 0,
            refused_frames: 0,
            packing: Packing::UNKNOWN,
        }
    }

    pub(super) fn restore(stored: &StoredSpace, key: &NodeKey, log: &dyn LogReader) -> Result<Self, StoreError> {
        let mut space = Self::new(stored.space);
        space.halted = stored.halted;
        space.frontier = log.frontier(&space.id)?;
        let control = log.control_entries(&space.id)?;
        space.graph.extend(&control).map_err(|(position, error)| StoreError(format!("the entry at {position:?}: {error}")))?;
        if let Some(sealed) = &stored.sealed_key {
            space.epoch = open_epoch_key(key, &space.id, sealed).ok();
        }
        space.learn_epoch(key);
        for receipt in log.receipts(&space.id)? {
            let node = receipt.node;
            space.receipts.insert(node, receipt);
            space.place_receipt(&node, log);
        }
        for (document, chain, seq) in log.document_tips(&space.id)? {
            space.document_tips.entry(document).or_default().insert(chain, seq);
        }
        space.unpublished = log.unpublished(&space.id)?;
        for waiting in log.waiting_entries(&space.id)? {
            space.waiting_entries = true;
            space.graph.await_heads(&waiting.batch.control_heads);
        }
        Ok(space)
    }

    /// Takes the epoch key from the control entries, once they hold one for this node.
    pub(super) fn learn_epoch(&mut self, key: &NodeKey) {
        let me = key.id();
        if self.epoch.is_none() {
            // The creator's own key was sealed before the space had an id.
            let open = |sealed| open_epoch_key(key, &self.id, sealed).or_else(|_| open_epoch_key(key, &FOUNDING, sealed)).ok();
            self.epoch = self.graph.membership().keys_for(&me).filter_map(open).last();
        }
    }

    pub(super) fn own_chain(&self, me: NodeId, chain: Chain) -> ChainId {
        ChainId { node: me, chain }
    }

    /// Whether an entry of a chain would be taken by others: a chain that is not there yet must not be one too many.
    pub(super) fn has_room_for(&self, chain: &ChainId) -> bool {
        self.frontier.tip(chain).seq > 0 || self.frontier.len() < MAX_CHAINS
    }

    /// Whether somebody at another school has the document open.
    pub(super) fn open_elsewhere(&self, document: &DocumentId, now: Duration) -> bool {
        self.presence.values().any(|presence| presence.until > now && presence.open.contains_key(document))
    }

    pub(super) fn presence_ends(&self) -> Option<Duration> {
        self.presence.values().map(|presence| presence.until).min()
    }

    /// Notes an entry that is about to be kept.
    pub(super) fn advance(&mut self, entry: &Entry, documents: impl IntoIterator<Item = DocumentId>) {
        let position = entry.position;
        self.frontier.set(position.chain, Tip { seq: position.seq, hash: entry.hash });
        for document in documents {
            self.document_tips.entry(document).or_default().insert(position.chain, position.seq);
        }
    }
}

/// The context under which a space's founder seals the first epoch key for itself: the space has no id yet.
pub(super) const FOUNDING: SpaceId = SpaceId([0; 32]);

/// What a space knows, for the verifier.
pub(super) struct SpaceKnown<'a> {
    pub(super) space: &'a Space,
    pub(super) log: &'a dyn LogReader,
}

impl Known for SpaceKnown<'_> {
    fn tip(&self, chain: &ChainId) -> Tip {
        self.space.frontier.tip(chain)
    }

    fn hash_at(&self, position: &Position) -> Option<EntryHash> {
        let tip = self.space.frontier.tip(&position.chain);
        if tip.seq == position.seq {
            return Some(tip.hash);
        }
        if position.chain.chain == Chain::Control {
            return self.space.graph.hash_at(&position.chain.node, position.seq);
        }
        self.log.entry_hash(&self.space.id, position).ok().flatten()
    }

    fn keeps_entries_of(&self, node: &NodeId) -> bool {
        self.space.graph.keeps_entries_of(node)
    }

    fn chains(&self) -> usize {
        self.space.frontier.len()
    }
}
