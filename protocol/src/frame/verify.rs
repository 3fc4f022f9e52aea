//! The one door in: from a frame's bytes to values that may be stored.
//!
//! Refused whole: a gap, a hash or signature that does not fit, a stranger's chain, a change that is none. An entry whose *content* breaks the
//! scanner's rules is kept as void; its neighbours live.

use std::collections::{BTreeMap, BTreeSet};

use crate::entry::{Batch, Chain, ChainId, Entry, Position, Run, commit, entry_hash, keeps_signature, verify_entry};
use crate::frontier::Tip;
use crate::ids::{EntryHash, NodeId, SpaceId};
use crate::keys::Signature;
use crate::limits::{MAX_ACTOR_BYTES, MAX_BATCH_BYTES, MAX_BATCH_CHANGES, MAX_BATCH_OPS, MAX_CHAINS};
use crate::log::{ContentEntry, ForkEvidence};
use crate::scan::{self, ChangeFacts};

use super::decode::{DecodeError, DecodedBody, DecodedEntry, DecodedFrame, DecodedHead, DecodedRun};
use super::encode::{BRANCH_BYTES, GROUND_BYTES, Ground};

/// What the receiver knows and a frame is verified against.
pub trait Known {
    /// Where a chain ends in the receiver's store.
    fn tip(&self, chain: &ChainId) -> Tip;
    /// The hash of an entry in the receiver's store.
    fn hash_at(&self, position: &Position) -> Option<EntryHash>;
    /// Whether entries of the node are kept at all: some member named it, retired or not (its past counts).
    fn keeps_entries_of(&self, node: &NodeId) -> bool;
    /// How many chains the receiver holds.
    fn chains(&self) -> usize;
}

/// Whose entries are kept once a frame's own control entries are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// Of these nodes, besides those of which they were kept before.
    Also(BTreeSet<NodeId>),
    /// An act is not understood, and may have named anybody.
    Anybody,
}

/// Why a frame is refused whole. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum FrameRefusal {
    /// It cannot be read.
    #[error("{0}")]
    Decode(#[from] DecodeError),
    /// A range begins beyond the end of our chain: something before it is missing.
    #[error("entries before {0:?} are missing here")]
    Gap(Position),
    /// A signature does not fit.
    #[error("the signature at {0:?} does not fit")]
    Signature(Position),
    /// Fewer or more signatures than the entries call for.
    #[error("the frame has {got} signatures and needs {need}")]
    SignatureCount {
        /// How many it has.
        got: usize,
        /// How many it needs.
        need: usize,
    },
    /// The chain of a node that nobody here has named.
    #[error("{0} is not a node of this space")]
    Stranger(NodeId),
    /// The range goes on from another entry than ours: whoever signed the chain signed two.
    #[error("the range at {0:?} belongs to another branch of its chain")]
    OtherBranch(Position),
    /// With it there would be more chains than a space may have.
    #[error("the space would have more than {MAX_CHAINS} chains")]
    TooManyChains,
    /// What the frame goes on from or names, and we have looked up in our log, is not what the sender meant: this entry, or one beside it.
    #[error("the frame rests on another entry than ours, at {0:?} or beside it")]
    OtherGround(Position),
    /// A control entry that content names is not here: control must be pulled first.
    #[error("a control entry that the content names is missing here")]
    ControlMissing,
    /// A change is not a change at all, or a run is not one run.
    #[error("{0:?} holds something that is not a change")]
    NotAChange(Position),
    /// A run names a document that is not of this space.
    #[error("{0:?} holds changes of a document of another space")]
    AnotherSpace(Position),
    /// A control entry's body is not an act.
    #[error("{0:?} holds something that is not an act")]
    NotAnAct(Position),
    /// An entry holds more than an entry may.
    #[error("{0:?} holds more than an entry may")]
    Oversize(Position),
    /// The node signed two entries at one position.
    #[error("{:?} was signed twice with different content", .0.position)]
    Fork(Box<ForkEvidence>),
}

impl FrameRefusal {
    /// Whether nobody is to blame, and comparing frontiers will bring what is lacking.
    pub fn wants_comparing(&self) -> bool {
        matches!(self, Self::Gap(_) | Self::ControlMissing | Self::OtherGround(_) | Self::Stranger(_))
    }

    /// The chain of which the sender holds another branch than we, as far as the frame shows it.
    pub fn other_branch(&self) -> Option<ChainId> {
        match self {
            Self::OtherBranch(position) => Some(position.chain),
            Self::Fork(evidence) => Some(evidence.position.chain),
            _ => None,
        }
    }
}

/// A value that has passed the verifier. Only this module makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// The value.
    pub fn get(&self) -> &T {
        &self.0
    }

    /// Gives the value away.
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// The new entries of a frame; those that the receiver had are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifiedFrame {
    /// Control entries, in order.
    pub control: Vec<Entry>,
    /// Content entries, in order.
    pub content: Vec<VerifiedContent>,
}

/// A content entry with its changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedContent {
    /// The entry, its batch, and its change hashes.
    pub entry: ContentEntry,
    /// The changes, in order.
    pub changes: Vec<VerifiedChange>,
}

/// A change of a verified entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedChange {
    /// What it says of itself.
    pub facts: ChangeFacts,
    /// Its plain chunk.
    pub chunk: Vec<u8>,
    /// Whether the scanner passed it.
    pub sound: bool,
}

impl VerifiedContent {
    /// Whether the scanner passed every change; if not, the entry is void.
    pub fn is_sound(&self) -> bool {
        self.changes.iter().all(|change| change.sound)
    }
}

struct Walk<'a> {
    space: &'a SpaceId,
    known: &'a dyn Known,
    /// Operations that the rest of the frame may claim.
    ops_left: u64,
    branches: BTreeMap<ChainId, [u8; BRANCH_BYTES]>,
    ends: BTreeMap<ChainId, Tip>,
    /// Where each chain forks from what we hold, if it does.
    forks: BTreeMap<ChainId, (Position, EntryHash, EntryHash)>,
    hashes: BTreeMap<Position, EntryHash>,
    heads: BTreeMap<ChainId, Vec<EntryHash>>,
    ground: Ground,
    /// The first entry that the frame rests on and our log holds.
    looked_up: Option<Position>,
    new_control: Vec<Entry>,
    new_content: Vec<VerifiedContent>,
    unsigned: Vec<(Position, EntryHash, bool)>,
}

/// Verifies a frame of `space` against what the receiver knows. `names` says whom control entries of the frame itself name: it is given the
/// frame's new control entries once they are proven to be their authors'. `max_ops`: operations that it may claim, by the road that it came.
pub fn verify(
    space: &SpaceId,
    bytes: &[u8],
    max_ops: u64,
    known: &dyn Known,
    names: impl FnOnce(&[Entry]) -> Result<Kept, Position>,
) -> Result<Verified<VerifiedFrame>, FrameRefusal> {
    let frame = DecodedFrame::decode(bytes)?;
    let mut walk = Walk {
        space,
        known,
        ops_left: max_ops,
        branches: frame.branches,
        ends: BTreeMap::new(),
        forks: BTreeMap::new(),
        hashes: BTreeMap::new(),
        heads: BTreeMap::new(),
        ground: Ground::default(),
        looked_up: None,
        new_control: Vec::new(),
        new_content: Vec::new(),
        unsigned: Vec::new(),
    };
    for entry in frame.entries {
        walk.take(entry)?;
    }
    walk.check_ground(frame.ground)?;
    let signatures = walk.check_signatures(&frame.signatures)?;
    for entry in walk.new_control.iter_mut().chain(walk.new_content.iter_mut().map(|content| &mut content.entry.entry)) {
        entry.signature = signatures.get(&entry.position).copied();
    }
    if let Kept::Also(named) = names(&walk.new_control).map_err(FrameRefusal::NotAnAct)? {
        let is_stranger = |node: &NodeId| !known.keeps_entries_of(node) && !named.contains(node);
        if let Some(stranger) = walk.ends.keys().map(|chain| chain.node).find(is_stranger) {
            return Err(FrameRefusal::Stranger(stranger));
        }
    }
    if known.chains() + walk.ends.keys().filter(|chain| known.tip(chain).seq == 0).count() > MAX_CHAINS {
        return Err(FrameRefusal::TooManyChains);
    }
    Ok(Verified(VerifiedFrame { control: walk.new_control, content: walk.new_content }))
}

impl Walk<'_> {
    fn take(&mut self, entry: DecodedEntry) -> Result<(), FrameRefusal> {
        let position = entry.position;
        let previous = self.previous(&position)?;
        let (body, content) = match entry.body {
            DecodedBody::Control(body) => (body, None),
            DecodedBody::Content { heads, runs } => {
                let heads = self.resolve_heads(&position, heads)?;
                let content = rebuild(self.space, &position, heads, runs, &mut self.ops_left)?;
                (content.0.encode(), Some(content))
            }
        };
        let changes = content.as_ref().map_or(0, |(_, changes)| changes.len());
        let raw_bytes = content.as_ref().map_or(body.len(), |(_, changes)| changes.iter().map(|change| change.chunk.len()).sum());
        if content.is_some() && raw_bytes > MAX_BATCH_BYTES {
            return Err(FrameRefusal::Oversize(position));
        }
        let hash = entry_hash(self.space, &position, &previous, &body);
        self.ends.insert(position.chain, Tip { seq: position.seq, hash });
        self.hashes.insert(position, hash);
        self.unsigned.push((position, hash, keeps_signature(position.seq, raw_bytes, changes)));
        if position.seq <= self.known.tip(&position.chain).seq {
            // We hold this position: the same entry, or proof of a fork once the signatures are checked.
            if let Some(ours) = self.known.hash_at(&position).filter(|ours| *ours != hash) {
                self.forks.entry(position.chain).or_insert((position, ours, hash));
            }
            return Ok(());
        }
        let entry = Entry { position, previous, hash, body, signature: None };
        match content {
            None => self.new_control.push(entry),
            Some((batch, changes)) => {
                let hashes = changes.iter().map(|change| change.facts.hash).collect();
                self.new_content.push(VerifiedContent { entry: ContentEntry { entry, batch, changes: hashes }, changes });
            }
        }
        Ok(())
    }

    fn previous(&mut self, position: &Position) -> Result<EntryHash, FrameRefusal> {
        if let Some(end) = self.ends.get(&position.chain) {
            return Ok(end.hash);
        }
        let tip = self.known.tip(&position.chain);
        if position.seq == 1 {
            return Ok(crate::entry::NO_ENTRY);
        }
        if position.seq > tip.seq + 1 {
            return Err(FrameRefusal::Gap(*position));
        }
        let before = Position { seq: position.seq - 1, ..*position };
        let ours = if before.seq == tip.seq { tip.hash } else { self.known.hash_at(&before).ok_or(FrameRefusal::Gap(*position))? };
        let same_branch = self.branches.get(&position.chain).is_some_and(|theirs| ours.0.starts_with(theirs));
        if !same_branch {
            return Err(FrameRefusal::OtherBranch(*position));
        }
        self.looked_up.get_or_insert(before);
        self.ground.goes_on_from(position.chain, ours);
        Ok(ours)
    }

    fn resolve_heads(&mut self, position: &Position, heads: Option<Vec<DecodedHead>>) -> Result<Vec<EntryHash>, FrameRefusal> {
        let Some(heads) = heads else {
            return self.heads.get(&position.chain).cloned().ok_or(FrameRefusal::Decode(DecodeError::RunsDoNotFit));
        };
        let mut hashes = Vec::with_capacity(heads.len());
        for head in heads {
            hashes.push(match head {
                DecodedHead::InFull(hash) => hash,
                DecodedHead::At(head) => match self.hashes.get(&head) {
                    Some(sent) => *sent,
                    None => {
                        self.looked_up.get_or_insert(head);
                        self.known.hash_at(&head).ok_or(FrameRefusal::ControlMissing)?
                    }
                },
            });
        }
        hashes.sort_unstable();
        self.ground.names(&hashes);
        self.heads.insert(position.chain, hashes.clone());
        Ok(hashes)
    }

    /// Whether what we have looked up in our log is what the sender meant. If nothing was, the frame contradicts itself.
    fn check_ground(&self, meant: [u8; GROUND_BYTES]) -> Result<(), FrameRefusal> {
        if self.ground.digest() == meant {
            return Ok(());
        }
        let first = self.unsigned.first().map(|(position, ..)| *position);
        match (self.looked_up, first) {
            (Some(ours), _) => Err(FrameRefusal::OtherGround(ours)),
            (None, Some(first)) => Err(FrameRefusal::Signature(first)),
            (None, None) => Err(FrameRefusal::Decode(DecodeError::RunsDoNotFit)),
        }
    }

    fn check_signatures(&mut self, signatures: &[Signature]) -> Result<BTreeMap<Position, Signature>, FrameRefusal> {
        let must: Vec<_> = self
            .unsigned
            .iter()
            .filter(|(position, _, keeps)| *keeps || self.ends.get(&position.chain).is_some_and(|end| end.seq == position.seq))
            .collect();
        if must.len() != signatures.len() {
            return Err(FrameRefusal::SignatureCount { got: signatures.len(), need: must.len() });
        }
        let mut checked = BTreeMap::new();
        for ((position, hash, _), signature) in must.into_iter().zip(signatures) {
            verify_entry(&position.chain.node, hash, signature).map_err(|_| FrameRefusal::Signature(*position))?;
            checked.insert(*position, *signature);
        }
        if let Some((chain, (position, ours, theirs))) = self.forks.pop_first() {
            let end = self.ends.get(&chain).copied().unwrap_or(Tip::START);
            let signature = checked.get(&Position { chain, seq: end.seq }).copied().ok_or(FrameRefusal::Signature(position))?;
            return Err(FrameRefusal::Fork(Box::new(ForkEvidence { position, ours, theirs, end: (end.seq, end.hash, signature) })));
        }
        Ok(checked)
    }
}

type Rebuilt = (Batch, Vec<VerifiedChange>);

/// Computes again what was not sent: actors, seqs and commitments of the runs.
fn rebuild(
    space: &SpaceId,
    position: &Position,
    control_heads: Vec<EntryHash>,
    runs: Vec<DecodedRun>,
    ops_left: &mut u64,
) -> Result<Rebuilt, FrameRefusal> {
    debug_assert_eq!(position.chain.chain, Chain::Content);
    let mut changes: Vec<VerifiedChange> = Vec::new();
    let mut ops = 0;
    let mut batch = Batch { control_heads, runs: Vec::with_capacity(runs.len()) };
    for run in runs {
        if !run.document.is_of(space) {
            return Err(FrameRefusal::AnotherSpace(*position));
        }
        let first = changes.len();
        for chunk in run.chunks {
            // Before they are looked through: a frame of a few kilobytes could claim work for minutes.
            let claimed = scan::claimed_ops(&chunk);
            ops += claimed;
            *ops_left = ops_left.checked_sub(claimed).filter(|_| ops <= MAX_BATCH_OPS).ok_or(FrameRefusal::Oversize(*position))?;
            let (facts, sound) = match scan::scan(&chunk) {
                Ok(facts) => (facts, true),
                // Framed as a change, but against the rules: the entry is kept as void.
                Err(_) => (scan::framed_facts(&chunk).ok_or(FrameRefusal::NotAChange(*position))?, false),
            };
            changes.push(VerifiedChange { facts, chunk, sound });
        }
        let facts: Vec<&ChangeFacts> = changes[first..].iter().map(|change| &change.facts).collect();
        let Some(start) = facts.first() else { return Err(FrameRefusal::NotAChange(*position)) };
        let one_run =
            facts.iter().enumerate().all(|(index, facts)| facts.actor == start.actor && start.seq.checked_add(index as u64) == Some(facts.seq));
        if !one_run || start.actor.0.is_empty() || start.actor.0.len() > MAX_ACTOR_BYTES {
            return Err(FrameRefusal::NotAChange(*position));
        }
        batch.runs.push(Run {
            document: run.document,
            actor: start.actor.clone(),
            first_seq: start.seq,
            count: facts.len() as u64,
            commitment: commit(facts.iter().map(|facts| &facts.hash)),
        });
    }
    if changes.len() > MAX_BATCH_CHANGES {
        return Err(FrameRefusal::Oversize(*position));
    }
    Ok((batch, changes))
}
