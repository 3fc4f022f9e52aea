//! Bundles: what a session brings, without a line. What a bundle begins with is told by its recipients' receipts alone, so that no bundle
//! depends on another one having arrived.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::announce::EpochKey;
use crate::bundle::{BundleTag, Cover, Series};
use crate::entry::{Chain, ChainId, Position};
use crate::frame::{DecodeError, FrameRefusal, Known};
use crate::frontier::{Frontier, Tip};
use crate::ids::{BundleId, NodeId, SchoolId, SpaceId};
use crate::limits::MAX_FRAME_OPS;
use crate::log::{LogReader, StoreError};
use crate::receipt::Receipt;
use crate::wire::WireError;

use super::Replica;
use super::effect::{Effect, Outbox};
use super::frames::{USUAL_RATIO, next_frame};
use super::input::Token;
use super::space::{Space, SpaceKnown};

/// From where a bundle tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// From what its recipients have last confirmed; to whoever has confirmed nothing, everything.
    Receipt,
    /// Everything there is.
    Beginning,
}

/// For whom a bundle is, and from where it tells.
#[derive(Debug, Clone)]
pub struct BundleAsk {
    /// Its recipients: members of the space, none of them this node.
    pub recipients: BTreeSet<NodeId>,
    /// From where.
    pub since: Since,
}

/// The frames of a space for a bundle, made one after the other.
#[derive(Debug, Clone)]
pub struct BundleFrames {
    space: SpaceId,
    recipients: BTreeSet<NodeId>,
    cursor: Frontier,
    apart: BTreeSet<ChainId>,
    ratio: usize,
}

/// Something that came in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// A frame.
    Frame(Vec<u8>),
    /// A receipt, of whomever.
    Receipt(Receipt),
}

/// Why something of a bundle is not taken. What came before it is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarriedRefusal {
    /// This node has no part in the space.
    #[error("this node has no part in the space")]
    UnknownSpace,
    /// It goes on from entries that are not here yet: another bundle, or a session, must come first.
    #[error("entries that come before it are not here yet")]
    Missing,
    /// A member of the space signed two different entries at one position.
    #[error("a computer of the space has written two different histories")]
    Forked,
    /// A newer program made it.
    #[error("it was made by a newer version of jeli")]
    Newer,
    /// It breaks the rules.
    #[error("it breaks the rules: {0}")]
    Broken(String),
}

impl BundleAsk {
    /// Everything that the other members of a space lack, as far as they have confirmed what they have.
    pub fn to(recipients: impl IntoIterator<Item = NodeId>) -> Self {
        Self { recipients: recipients.into_iter().collect(), since: Since::Receipt }
    }
}

impl Replica {
    /// The nodes of a space for which a bundle can be made: members that are not retired, without this one. `of`: those of these schools.
    pub fn bundle_recipients(&self, id: &SpaceId, of: Option<&BTreeSet<SchoolId>>) -> BTreeSet<NodeId> {
        let me = self.key.id();
        let Some(space) = self.spaces.get(id).filter(|space| space.epoch.is_some()) else { return BTreeSet::new() };
        let membership = space.graph.membership();
        let chosen = |school: &SchoolId| of.is_none_or(|schools| schools.contains(school));
        let nodes = membership.nodes().filter(|(node, known)| **node != me && !known.retired && chosen(&known.certificate.school));
        nodes.map(|(node, _)| *node).filter(|node| membership.admits(node)).collect()
    }

    /// The seal keys of nodes of a space.
    pub fn seal_keys<'a>(&'a self, id: &SpaceId, nodes: &'a BTreeSet<NodeId>) -> impl Iterator<Item = [u8; 32]> + 'a {
        let membership = self.spaces.get(id).map(|space| space.graph.membership());
        nodes.iter().filter_map(move |node| Some(membership?.node(node)?.certificate.seal))
    }

    /// The tags by which recipients know a bundle.
    pub fn bundle_tags(&self, id: &SpaceId, recipients: &BTreeSet<NodeId>, bundle: &BundleId) -> Vec<BundleTag> {
        let me = self.key.id();
        let key = self.spaces.get(id).and_then(|space| space.epoch.as_ref());
        key.into_iter().flat_map(|key| recipients.iter().map(move |node| key.bundle_tag(&me, node, bundle))).collect()
    }

    /// The series of bundles of these spaces for these recipients.
    /// `files`: whether those go along.
    pub fn bundle_series<'a>(&'a self, since: Since, files: bool, of: impl IntoIterator<Item = (&'a SpaceId, &'a BTreeSet<NodeId>)>) -> Series {
        let mut hasher = blake3::Hasher::new_derive_key("jeli 2026 series of bundles");
        hasher.update(&[u8::from(since == Since::Beginning), u8::from(files)]);
        for (id, recipients) in of {
            let secret = self.spaces.get(id).and_then(|space| space.epoch.as_ref()).map_or([0; 32], |key: &EpochKey| *key.secret());
            hasher.update(&secret).update(&(recipients.len() as u64).to_le_bytes());
            recipients.iter().for_each(|node| _ = hasher.update(&node.0));
        }
        let mut series = [0; 8];
        hasher.finalize_xof().fill(&mut series);
        Series(series)
    }

    /// The spaces by whose tags a bundle is for this node.
    pub fn recognised(&self, cover: &Cover) -> Vec<SpaceId> {
        let (me, maker) = (self.key.id(), cover.maker().node);
        let bears = |space: &&Space| space.epoch.as_ref().is_some_and(|key| cover.bears(&key.bundle_tag(&maker, &me, &cover.said().id)));
        self.spaces.values().filter(bears).map(|space| space.id).collect()
    }

    /// Where the frames for a bundle begin; `None` where this node has no part in the space.
    pub fn bundle_frames(&self, id: &SpaceId, ask: &BundleAsk, log: &dyn LogReader) -> Option<BundleFrames> {
        let space = self.spaces.get(id)?;
        let cursor = match ask.since {
            Since::Beginning => Frontier::default(),
            Since::Receipt => space.confirmed_by_all(&ask.recipients, log),
        };
        let other_branch = ask.recipients.iter().filter_map(|node| space.elsewhere.get(node)).flatten();
        let apart = other_branch.filter(|chain| chain.chain == Chain::Control).chain(&space.apart).copied().collect();
        Some(BundleFrames { space: *id, recipients: ask.recipients.clone(), cursor, apart, ratio: USUAL_RATIO })
    }

    /// Whether all for whom the frames are made still belong to the space: whoever was retired meanwhile must not read what was written since.
    pub fn are_members(&self, frames: &BundleFrames) -> bool {
        let membership = self.spaces.get(&frames.space).map(|space| space.graph.membership());
        membership.is_some_and(|membership| frames.recipients.iter().all(|node| membership.admits(node)))
    }

    /// The next frame of about `target` bytes; `None` when there is no more.
    pub fn next_bundle_frame(&self, frames: &mut BundleFrames, target: usize, log: &dyn LogReader) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(space) = self.spaces.get(&frames.space) else { return Ok(None) };
        let next = next_frame(space, &frames.cursor, &frames.apart, target, &mut frames.ratio, log)?;
        Ok(next.map(|(frame, reached)| {
            frames.cursor = reached;
            frame
        }))
    }

    /// The newest receipts held in a space, ours first: the base of the others.
    pub fn receipts_for_bundle(&self, id: &SpaceId) -> Vec<Receipt> {
        let me = self.key.id();
        let Some(space) = self.spaces.get(id) else { return Vec::new() };
        let others = space.receipts.iter().filter(|(node, _)| **node != me).map(|(_, receipt)| receipt);
        space.receipts.get(&me).into_iter().chain(others).cloned().collect()
    }

    pub(super) fn prepare_bundle(&mut self, now: Duration, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        self.publish_for_bundle(now, id, log, out)?;
        self.receipt_for_bundle(id, out);
        Ok(())
    }

    pub(super) fn carried(
        &mut self,
        now: Duration,
        token: Token,
        id: &SpaceId,
        item: Carried,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let result = if !self.spaces.contains_key(id) {
            Err(CarriedRefusal::UnknownSpace)
        } else {
            match item {
                Carried::Frame(bytes) => self.receive(now, id, &bytes, MAX_FRAME_OPS, log, out)?.map_err(CarriedRefusal::from),
                Carried::Receipt(receipt) => match self.receipt_carried(now, id, receipt, log, out) {
                    Ok(()) => Ok(0),
                    Err(error) => Err(CarriedRefusal::Broken(error.to_string())),
                },
            }
        };
        out.push(Effect::Carried { token, result });
        Ok(())
    }
}

impl Space {
    /// How far all of these nodes have said that they hold what we hold.
    fn confirmed_by_all(&self, nodes: &BTreeSet<NodeId>, log: &dyn LogReader) -> Frontier {
        let known = SpaceKnown { space: self, log };
        let mut confirmed = Frontier::default();
        for (chain, ours) in self.frontier.iter() {
            let least = nodes.iter().map(|node| self.confirmed_by(node, chain, ours)).min().unwrap_or(0);
            let hash = known.hash_at(&Position { chain: *chain, seq: least });
            if let Some(hash) = hash.filter(|_| least > 0) {
                confirmed.set(*chain, Tip { seq: least, hash });
            }
        }
        confirmed
    }

    fn confirmed_by(&self, node: &NodeId, chain: &ChainId, ours: &Tip) -> u64 {
        // Of a chain on which it holds another branch nothing of ours fits there.
        if self.elsewhere.get(node).is_some_and(|chains| chains.contains(chain)) {
            return ours.seq;
        }
        self.receipts.get(node).map_or(0, |receipt| receipt.frontier.tip(chain).seq.min(ours.seq))
    }
}

impl From<FrameRefusal> for CarriedRefusal {
    fn from(refusal: FrameRefusal) -> Self {
        match refusal {
            refusal if refusal.wants_comparing() => Self::Missing,
            FrameRefusal::Fork(_) | FrameRefusal::OtherBranch(_) => Self::Forked,
            FrameRefusal::Decode(DecodeError::Wire(WireError::UnknownVersion(_))) => Self::Newer,
            other => Self::Broken(other.to_string()),
        }
    }
}
