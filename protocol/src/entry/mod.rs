//! Entries: what a node's log is made of. Two chains per node and space, *control* and *content*, each a hash chain.

mod act;
mod batch;

pub use act::{Act, ActError, ControlBody, Cut, DocumentAct, Retirement, Role, SealedKey, WriteRule};
pub use batch::{Batch, Run, commit};

use crate::ids::{EntryHash, NodeId, SpaceId};
use crate::keys::{BadSignature, NodeKey, Purpose, Signature};
use crate::limits::{CHANGE_OVERHEAD_BYTES, SIGNATURE_EVERY, SIGNED_ENTRY_BYTES, SIGNED_ENTRY_CHANGES};

/// Which of a node's two chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chain {
    /// Acts of membership and rules.
    Control,
    /// Batches of changes.
    Content,
}

impl Chain {
    /// The number that stands for the chain on the wire.
    pub fn number(self) -> u8 {
        match self {
            Self::Control => 0,
            Self::Content => 1,
        }
    }

    /// The chain of a wire number.
    pub fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Control),
            1 => Some(Self::Content),
            _ => None,
        }
    }
}

/// A chain of one node in one space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainId {
    /// Whose chain.
    pub node: NodeId,
    /// Which of the two.
    pub chain: Chain,
}

/// The place of an entry: chain and seq (1, 2, 3, ...).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The chain.
    pub chain: ChainId,
    /// The place in it, from 1.
    pub seq: u64,
}

/// The hash before the first entry of a chain.
pub const NO_ENTRY: EntryHash = EntryHash([0; 32]);

/// Computes an entry's hash over domain tag, space, node, chain, seq, previous hash and body.
pub fn entry_hash(space: &SpaceId, position: &Position, previous: &EntryHash, body: &[u8]) -> EntryHash {
    let mut hasher = blake3::Hasher::new_derive_key("jeli 2026 entry");
    hasher
        .update(&space.0)
        .update(&position.chain.node.0)
        .update(&[position.chain.chain.number()])
        .update(&position.seq.to_le_bytes())
        .update(&previous.0)
        .update(body);
    EntryHash(*hasher.finalize().as_bytes())
}

/// Signs an entry, and with it all before it in its chain.
pub fn sign_entry(key: &NodeKey, hash: &EntryHash) -> Signature {
    key.sign(Purpose::Entry, &hash.0)
}

/// Checks an entry's signature.
pub fn verify_entry(node: &NodeId, hash: &EntryHash, signature: &Signature) -> Result<(), BadSignature> {
    node.verify(Purpose::Entry, &hash.0, signature)
}

/// Whether an entry's signature always travels and is kept. `change_bytes` is the raw size of its changes (of its body, for control, which has none).
///
/// A signature takes more than a minute of typing does once it is packed, whatever the minute takes before.
pub fn keeps_signature(seq: u64, change_bytes: usize, changes: usize) -> bool {
    let said = change_bytes.saturating_sub(changes.saturating_mul(CHANGE_OVERHEAD_BYTES));
    let is_large = change_bytes >= SIGNED_ENTRY_BYTES && said >= SIGNED_ENTRY_BYTES / 2;
    seq.is_multiple_of(SIGNATURE_EVERY) || is_large || changes >= SIGNED_ENTRY_CHANGES
}

/// An entry as it is kept: verified, with its body's canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub position: Position,
    /// The hash of the entry before it; [`NO_ENTRY`] for the first.
    pub previous: EntryHash,
    /// Its own hash.
    pub hash: EntryHash,
    /// Canonical bytes of a [`ControlBody`] or a [`Batch`].
    pub body: Vec<u8>,
    /// Its signature, where one is kept.
    pub signature: Option<Signature>,
}

impl Entry {
    /// Makes and signs this node's next entry.
    pub fn sign(space: &SpaceId, key: &NodeKey, chain: Chain, seq: u64, previous: EntryHash, body: Vec<u8>) -> Self {
        let position = Position { chain: ChainId { node: key.id(), chain }, seq };
        let hash = entry_hash(space, &position, &previous, &body);
        Self { position, previous, hash, body, signature: Some(sign_entry(key, &hash)) }
    }
}
