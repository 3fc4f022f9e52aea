//! A frame that holds one control chain from its start, and nothing else: it proves itself, whatever its receiver holds.

use crate::entry::{ChainId, Entry, Position};
use crate::frontier::Tip;
use crate::ids::{EntryHash, NodeId, SpaceId};

use super::verify::{FrameRefusal, Kept, Known, VerifiedFrame, verify};

/// The entries of the chain, in order; at least one, and the last is signed.
pub fn verify_chain(space: &SpaceId, bytes: &[u8]) -> Result<Vec<Entry>, FrameRefusal> {
    let VerifiedFrame { control, content } = verify(space, bytes, &Nothing, |_| Ok(Kept::Anybody))?.into_inner();
    if let Some(other) = content.first() {
        return Err(FrameRefusal::NotOneChain(other.entry.entry.position));
    }
    let Some(first) = control.first().map(|entry| entry.position) else { return Err(FrameRefusal::NoEntry) };
    match control.iter().find(|entry| entry.position.chain != first.chain) {
        Some(other) => Err(FrameRefusal::NotOneChain(other.position)),
        None => Ok(control),
    }
}

/// A receiver that holds nothing: every entry is new to it, and a range that does not begin its chain leaves a gap.
struct Nothing;

impl Known for Nothing {
    fn tip(&self, _: &ChainId) -> Tip {
        Tip::START
    }

    fn hash_at(&self, _: &Position) -> Option<EntryHash> {
        None
    }

    fn keeps_entries_of(&self, _: &NodeId) -> bool {
        true
    }

    fn chains(&self) -> usize {
        0
    }
}
