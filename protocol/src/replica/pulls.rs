//! The asking side of a session: pulls, from one peer at a time in each space, so that nothing is sent twice, and from another when one brings
//! nothing.

use std::time::Duration;

use crate::entry::{Chain, ChainId};
use crate::frame::FrameRefusal;
use crate::ids::{NodeId, SpaceId};
use crate::limits::MAX_FRAME_OPS;
use crate::log::{LogReader, StoreError};

use super::Replica;
use super::effect::{Effect, Outbox, PeerFault};
use super::message::{Ask, Message};
use super::space::{Pull, Space};

/// For so many stall times a peer of whom a pull stalled is asked last.
const ASKED_LAST_STALLS: u32 = 20;

impl Replica {
    /// Asks a peer for what it has and we lack, unless we are being sent something in this space already. Whoever is asked last gives way to
    /// others.
    pub(super) fn pull(&mut self, now: Duration, from: NodeId, id: &SpaceId, out: &mut Outbox) {
        let (Some(space), Some(peer)) = (self.spaces.get_mut(id), self.peers.get(&from)) else { return };
        let Some(shared) = peer.shared.get(id) else { return };
        let (Some(place), Some(theirs)) = (shared.ours, &shared.theirs) else { return };
        let is_taken = space.pull.as_ref().is_some_and(|pull| !space.is_last(now, &pull.peer) || space.is_last(now, &from));
        if is_taken || space.frontier.behind(theirs).next().is_none() {
            return;
        }
        if shared.fruitless.is_some_and(|before| before == (space.frontier.digest(), theirs.digest())) {
            return;
        }
        space.begin_pull(now, from, self.timing.stall);
        // The peer sends what lies beyond the frontier that we told it last.
        if shared.told.as_ref() != Some(&space.frontier) {
            self.tell_frontier(from, id, Ask::No, out);
        }
        out.push(Effect::Send { peer: from, bytes: Message::Want { space: place }.encode() });
    }

    /// The peer's digest is none that we can explain: whatever it has and we lack is asked for together with its frontier, or the answer would
    /// take a round trip more. Our own frontier has gone ahead.
    pub(super) fn pull_unseen(&mut self, now: Duration, from: NodeId, id: &SpaceId, out: &mut Outbox) {
        let (Some(space), Some(peer)) = (self.spaces.get_mut(id), self.peers.get(&from)) else { return };
        let Some(shared) = peer.shared.get(id) else { return };
        let Some(place) = shared.ours else { return };
        if space.pull.is_some() || shared.theirs.is_some() || shared.told.as_ref() != Some(&space.frontier) {
            return;
        }
        space.begin_pull(now, from, self.timing.stall);
        out.push(Effect::Send { peer: from, bytes: Message::Want { space: place }.encode() });
    }

    /// A peer has sent all that we wanted of it.
    pub(super) fn end(&mut self, now: Duration, from: NodeId, id: &SpaceId, out: &mut Outbox) {
        let (Some(space), Some(peer)) = (self.spaces.get_mut(id), self.peers.get_mut(&from)) else { return };
        let Some(pull) = space.pull.take_if(|pull| pull.peer == from) else { return };
        // It has sent what lies beyond the frontier that we had when we asked: that may have gone ahead meanwhile, by its doing or not.
        let brought = pull.beyond != space.frontier.digest();
        if let Some(shared) = peer.shared.get_mut(id) {
            let lacking = shared.theirs.as_ref().filter(|theirs| !brought && space.frontier.behind(theirs).next().is_some());
            shared.fruitless = lacking.map(|theirs| (space.frontier.digest(), theirs.digest()));
            // What it has and does not send goes on from another entry than ours.
            let apart: Vec<ChainId> = lacking.into_iter().flat_map(|theirs| space.frontier.behind(theirs)).map(|(chain, ..)| chain).collect();
            // Of chains that we know at all: others can be claimed at will.
            let known = |chain: &ChainId| chain.chain == Chain::Control && space.frontier.tip(chain).seq > 0;
            let apart: Vec<ChainId> = apart.into_iter().filter(known).collect();
            space.apart.extend(apart);
        }
        self.issue_receipt(id, out);
        self.read_again(from, id, out);
        self.compare_receipts(from, id, brought, out);
        self.ask_for_receipts_of_unknown(id, out);
        self.pull_from_any(now, id, None, out);
    }

    /// Asks the peer whose turn it is of those that have more than we.
    pub(super) fn pull_from_any(&mut self, now: Duration, id: &SpaceId, but: Option<NodeId>, out: &mut Outbox) {
        let Some(space) = self.spaces.get(id) else { return };
        let mut peers: Vec<NodeId> = self.peers.keys().copied().filter(|peer| Some(*peer) != but).collect();
        peers.sort_by_key(|peer| (space.turn(now, peer), space.asked.get(peer)));
        for peer in peers {
            self.pull(now, peer, id, out);
        }
    }

    /// Gives a pull that brings nothing to another peer.
    pub(super) fn check_stall(&mut self, now: Duration, id: &SpaceId, out: &mut Outbox) {
        let stall = self.timing.stall;
        let Some(space) = self.spaces.get_mut(id) else { return };
        let Some(pull) = space.pull.take_if(|pull| pull.until <= now) else { return };
        space.stalled.retain(|_, until| *until > now);
        space.asked.retain(|peer, _| self.peers.contains_key(peer));
        space.stalled.insert(pull.peer, now + stall * ASKED_LAST_STALLS);
        self.pull_from_any(now, id, Some(pull.peer), out);
        // Nobody else has it: ask the same one again, from what it has by now.
        if self.spaces.get(id).is_some_and(|space| space.pull.is_none()) {
            self.tell_digest(pull.peer, id, true, out);
        }
    }

    pub(super) fn frame(
        &mut self,
        now: Duration,
        from: NodeId,
        id: &SpaceId,
        bytes: &[u8],
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        match self.receive(now, id, bytes, MAX_FRAME_OPS, log, out)? {
            // What we have already is no progress.
            Ok(0) => {}
            Ok(_) => {
                if let Some(pull) = self.spaces.get_mut(id).and_then(|space| space.pull.as_mut()).filter(|pull| pull.peer == from) {
                    pull.brought(now, bytes.len(), self.timing.stall);
                }
            }
            // Another road was faster in part, or control is missing: compare anew.
            Err(refusal) if refusal.wants_comparing() => self.tell_digest(from, id, true, out),
            // A chain's own author is to blame, not whoever hands it on, and did not know that we are on another branch.
            Err(refusal @ (FrameRefusal::Fork(_) | FrameRefusal::OtherBranch(_))) => {
                if let Some(own) = refusal.other_branch().filter(|chain| chain.node == from) {
                    self.show_own_entry(from, id, &own, log, out)?;
                }
                self.tell_digest(from, id, true, out);
            }
            Err(FrameRefusal::TooManyChains) => {}
            Err(_) => self.fault(now, from, PeerFault::BadFrame, out),
        }
        Ok(())
    }
}

impl Space {
    fn begin_pull(&mut self, now: Duration, from: NodeId, stall: Duration) {
        self.pull = Some(Pull::begin(now, from, &self.frontier, stall));
        self.asked.insert(from, now);
    }

    /// Whether a peer is asked only if nobody else has what we lack: a pull from it stalled not long ago.
    pub(super) fn is_last(&self, now: Duration, peer: &NodeId) -> bool {
        self.turn(now, peer).is_some()
    }

    /// Whose turn it is to be asked: the smallest. Of peers that stalled the one that did so longest ago. Of the others the one that was asked longest ago,
    /// or never: two that stall in turn, each until the other's mark is old, would else keep an honest one away.
    pub(super) fn turn(&self, now: Duration, peer: &NodeId) -> Option<Duration> {
        self.stalled.get(peer).copied().filter(|until| *until > now)
    }
}
