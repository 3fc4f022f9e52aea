//! What this node knows of a peer while a session with it lasts.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::frontier::{Frontier, FrontierDigest};
use crate::ids::{NodeId, SpaceId};
use crate::limits::{FRAME_TARGET_MAX_BYTES, FRAME_TARGET_MIN_BYTES, FRAME_TARGET_START_BYTES};
use crate::receipt::Receipt;

use super::frames::USUAL_RATIO;
use super::message::{Base, SpaceDigest};
use super::serving::Sending;

/// How long a frame may take on the line.
const FRAME_TIME: Duration = Duration::from_secs(2);

/// One space in a session.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Place in our list, once told.
    pub(super) ours: Option<u64>,
    /// The peer's digest, as last told.
    pub(super) digest: Option<FrontierDigest>,
    /// The peer's frontier, as far as we know it.
    pub(super) theirs: Option<Frontier>,
    /// Our frontier when we listed the space.
    pub(super) opening: Option<Frontier>,
    /// The peer's digest when it listed the space.
    pub(super) listed: Option<FrontierDigest>,
    /// The peer's frontier when it listed the space, if we could tell it from its digest, or it has told it since.
    pub(super) their_opening: Option<Frontier>,
    /// Our frontier as we told it last.
    pub(super) told: Option<Frontier>,
    /// The peer's frontier as it told it last; `None` while we could not read that.
    pub(super) told_by_them: Option<Frontier>,
    /// We asked for the peer's frontier from nothing.
    pub(super) asked_all: bool,
    /// A receipt could not be read; receipts are compared anew once frontiers can be.
    pub(super) missed_receipts: bool,
    /// A receipt came of a node that no control entry here has taken in: asked for again when one has.
    pub(super) receipts_of_unknown: bool,
    /// The peer asked for what it lacks.
    pub(super) wanted: bool,
    /// What we are sending.
    pub(super) sending: Option<Sending>,
    /// Our frontier and the peer's when a pull from it ended and we still lacked something: asking again would bring nothing new.
    pub(super) fruitless: Option<(FrontierDigest, FrontierDigest)>,
    /// The peer's own receipt could not be read, or came before we knew that it belongs to the space.
    pub(super) dropped_own: bool,
    /// The peer was shown what it has signed and seems not to know.
    pub(super) shown_own_entry: bool,
    /// Receipts that the peer holds, by node.
    pub(super) counters: BTreeMap<NodeId, u64>,
    /// Digest of the receipts that we hold, as last told to the peer.
    pub(super) receipts_told: Option<[u8; 4]>,
    /// Receipts are to be compared once what is under way in the space has come: until then most of them cannot be read, and change.
    pub(super) compare_receipts: bool,
    /// Digest of the receipts that the peer holds, as it told it last.
    pub(super) their_receipts: Option<[u8; 4]>,
}

impl Shared {
    /// The base from which a frontier is cheapest told so that the peer can read it, with the frontier that it means. `receipt` is one that it
    /// is thought to hold ([`Space::base_in_receipts`]): it asks again if it does not.
    pub(super) fn base_for(&self, target: &Frontier, receipt: Option<(Base, &Frontier)>) -> (Base, Frontier) {
        let (base, frontier) = if let Some(told) = &self.told {
            (Base::Last, told)
        } else if let Some(opening) = &self.their_opening {
            (Base::Opening, opening)
        } else if let Some(receipt) = receipt {
            receipt
        } else {
            return (Base::Nothing, Frontier::default());
        };
        // A tip costs about as much from any base.
        if target.delta_from(frontier).changed.len() <= target.len() { (base, frontier.clone()) } else { (Base::Nothing, Frontier::default()) }
    }

    /// The frontier that a base of the peer's message means. The receipts are the newest that we hold of the peer, and our own.
    pub(super) fn resolve(&self, base: Base, theirs: Option<&Receipt>, ours: Option<&Receipt>) -> Option<Frontier> {
        let meant = |receipt: Option<&Receipt>, counter, digest| {
            let meant = receipt.filter(|receipt| receipt.counter == counter && receipt.frontier.digest().short() == digest);
            meant.map(|receipt| receipt.frontier.clone())
        };
        match base {
            Base::Nothing => Some(Frontier::default()),
            Base::Opening => self.opening.clone(),
            Base::Last => self.told_by_them.clone(),
            Base::Receipt(counter, digest) => meant(theirs, counter, digest),
            Base::Yours(counter, digest) => meant(ours, counter, digest),
        }
    }

    /// Notes the peer's frontier.
    pub(super) fn learn(&mut self, frontier: Frontier) {
        self.digest = Some(frontier.digest());
        self.theirs = Some(frontier);
    }

    /// Notes the peer's frontier as it has told it. If that is what it opened with, ours can be told from there.
    pub(super) fn hear(&mut self, frontier: Frontier) {
        self.asked_all = false;
        if self.listed == Some(frontier.digest()) {
            self.their_opening = Some(frontier.clone());
        }
        self.told_by_them = Some(frontier.clone());
        self.learn(frontier);
    }
}

/// A frame on its way out: its size and when it was handed to the transport.
#[derive(Debug, Clone, Copy)]
pub(super) struct InFlight {
    pub(super) bytes: usize,
    pub(super) since: Duration,
}

/// What is remembered of the line to a peer from one session to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Bytes that a frame should have.
    pub(super) target: usize,
    /// Raw bytes that pack to one, as last seen.
    pub(super) ratio: usize,
}

impl Pace {
    /// Of a line of which nothing is known.
    pub(super) const UNKNOWN: Self = Self { target: FRAME_TARGET_START_BYTES, ratio: USUAL_RATIO };
}

/// A peer with an open session.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) shared: BTreeMap<SpaceId, Shared>,
    /// The peer's list, with the space where we know it: one that we do not know we may come to know.
    pub(super) their_list: Vec<(SpaceDigest, Option<SpaceId>)>,
    pub(super) our_list: Vec<SpaceId>,
    pub(super) in_flight: Option<InFlight>,
    /// Bytes that a frame should have.
    pub(super) target: usize,
    /// Raw bytes that pack to one, as last seen.
    pub(super) ratio: usize,
}

impl Peer {
    pub(super) fn new(pace: Pace) -> Self {
        Self { shared: BTreeMap::new(), their_list: Vec::new(), our_list: Vec::new(), in_flight: None, target: pace.target, ratio: pace.ratio }
    }

    /// What the next session begins with. A frame that was cut off on its way was too long for the line; one that went through on a good line may
    /// meet another line next time.
    pub(super) fn pace(&self) -> Pace {
        let known = self.target.min(FRAME_TARGET_START_BYTES);
        let target = if self.in_flight.is_some() { (known / 2).max(FRAME_TARGET_MIN_BYTES) } else { known };
        Pace { target, ratio: self.ratio }
    }

    /// The space at a place of the peer's list.
    pub(super) fn space_at(&self, place: u64) -> Option<SpaceId> {
        usize::try_from(place).ok().and_then(|place| self.their_list.get(place)).and_then(|(_, space)| *space)
    }

    /// Forgets a space in which the peer has no part any more.
    pub(super) fn leave(&mut self, space: &SpaceId) {
        self.shared.remove(space);
        for (_, listed) in &mut self.their_list {
            if listed.as_ref() == Some(space) {
                *listed = None;
            }
        }
    }

    /// Whether the peer has shown that it shares a space.
    pub(super) fn shares(&self, space: &SpaceId) -> bool {
        self.shared.get(space).is_some_and(|shared| shared.digest.is_some())
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
