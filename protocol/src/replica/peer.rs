//! What this node knows of a peer while a session with it lasts.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::frontier::{Frontier, FrontierDigest};
use crate::ids::{NodeId, SpaceId};
use crate::limits::{FRAME_TARGET_MAX_BYTES, FRAME_TARGET_MIN_BYTES, FRAME_TARGET_START_BYTES, TOLD_FRONTIERS};

use super::message::Base;

/// How long a frame may take on the line.
const FRAME_TIME: Duration = Duration::from_secs(2);

/// What one side has named of its frontiers, newest last.
#[derive(Debug, Default)]
pub(super) struct Named(VecDeque<Frontier>);

impl Named {
    pub(super) fn push(&mut self, frontier: Frontier) {
        if self.0.back() != Some(&frontier) {
            self.0.push_back(frontier);
        }
        while self.0.len() > TOLD_FRONTIERS {
            self.0.pop_front();
        }
    }

    pub(super) fn find(&self, short: &[u8; 4]) -> Option<&Frontier> {
        self.0.iter().rev().find(|frontier| frontier.digest().short() == *short)
    }

    pub(super) fn newest(&self) -> Option<&Frontier> {
        self.0.back()
    }
}

/// One space in a session.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Place in our list, once told.
    pub(super) ours: Option<u64>,
    /// The peer's digest, as last told.
    pub(super) digest: Option<FrontierDigest>,
    /// The peer's frontier, as far as we know it.
    pub(super) theirs: Option<Frontier>,
    /// Frontiers of ours that the peer can name to us: told in full, or by digest.
    pub(super) named_by_us: Named,
    /// Frontiers of ours that we have told in full.
    pub(super) told: Named,
    /// Frontiers of the peer that it has named and we could resolve.
    pub(super) named_by_them: Named,
    /// Frontiers of the peer that it has told in full.
    pub(super) told_by_them: Named,
    /// The peer asked for what it lacks.
    pub(super) wanted: bool,
    /// How far we have sent.
    pub(super) cursor: Option<Frontier>,
    /// Receipts that the peer holds, by node.
    pub(super) counters: BTreeMap<NodeId, u64>,
}

impl Shared {
    /// The base that makes `target` cheapest to tell, with its frontier.
    pub(super) fn base_for(&self, target: &Frontier) -> (Base, Frontier) {
        let yours = self.named_by_them.newest().map(|frontier| (Base::Yours(frontier.digest().short()), frontier));
        let mine = self.told.newest().map(|frontier| (Base::Mine(frontier.digest().short()), frontier));
        let cheapest = yours.into_iter().chain(mine).min_by_key(|(_, frontier)| target.delta_from(frontier).changed.len());
        match cheapest {
            Some((base, frontier)) if target.delta_from(frontier).changed.len() <= target.len() => (base, frontier.clone()),
            _ => (Base::Nothing, Frontier::default()),
        }
    }

    /// The frontier that a base of the peer's message means.
    pub(super) fn resolve(&self, base: Base) -> Option<Frontier> {
        match base {
            Base::Nothing => Some(Frontier::default()),
            Base::Yours(short) => self.named_by_us.find(&short).cloned(),
            Base::Mine(short) => self.told_by_them.find(&short).cloned(),
        }
    }

    /// Notes the peer's frontier.
    pub(super) fn learn(&mut self, frontier: Frontier) {
        self.digest = Some(frontier.digest());
        self.named_by_them.push(frontier.clone());
        self.theirs = Some(frontier);
    }
}

/// A frame on its way out: its size and when it was handed to the transport.
#[derive(Debug, Clone, Copy)]
pub(super) struct InFlight {
    pub(super) bytes: usize,
    pub(super) since: Duration,
}

/// A peer with an open session.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) shared: BTreeMap<SpaceId, Shared>,
    /// The peer's list: `None` where we do not know the space.
    pub(super) their_list: Vec<Option<SpaceId>>,
    pub(super) our_list: Vec<SpaceId>,
    pub(super) in_flight: Option<InFlight>,
    /// Bytes that a frame should have.
    pub(super) target: usize,
    /// Raw bytes that pack to one, as last seen.
    pub(super) ratio: usize,
}

impl Peer {
    pub(super) fn new() -> Self {
        Self { shared: BTreeMap::new(), their_list: Vec::new(), our_list: Vec::new(), in_flight: None, target: FRAME_TARGET_START_BYTES, ratio: 20 }
    }

    /// The space at a place of the peer's list.
    pub(super) fn space_at(&self, place: u64) -> Option<SpaceId> {
        usize::try_from(place).ok().and_then(|place| self.their_list.get(place)).copied().flatten()
    }

    /// Learns from a frame that has gone out how large the next should be: what the line takes in [`FRAME_TIME`].
    pub(super) fn measure(&mut self, now: Duration) {
        let Some(sent) = self.in_flight.take() else { return };
        let took = now.saturating_sub(sent.since).max(Duration::from_millis(1));
        // Small frames vanish into buffers and say nothing of the line.
        if sent.bytes >= FRAME_TARGET_MIN_BYTES {
            let per_frame_time = sent.bytes as u128 * FRAME_TIME.as_millis() / took.as_millis();
            let measured = usize::try_from(per_frame_time).unwrap_or(FRAME_TARGET_MAX_BYTES);
            self.target = measured.clamp(self.target / 2, self.target * 2).clamp(FRAME_TARGET_MIN_BYTES, FRAME_TARGET_MAX_BYTES);
        }
    }
}
