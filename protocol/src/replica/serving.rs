//! The answering side of a session: frames to a peer that has asked for what it lacks. Control before content; a frame is the unit of progress.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::entry::{Chain, ChainId, Position};
use crate::frame::Known;
use crate::frontier::Frontier;
use crate::ids::{NodeId, SpaceId};
use crate::log::{LogReader, StoreError};

use super::Replica;
use super::effect::{Effect, Outbox};
use super::frames::next_frame;
use super::message::{Ask, Message};
use super::peer::InFlight;
use super::space::{Space, SpaceKnown};

/// What is being sent to a peer.
#[derive(Debug)]
pub(super) struct Sending {
    /// How far it has been sent.
    reached: Frontier,
    branches: Branches,
}

/// Where a peer's chains may have gone another way than ours.
#[derive(Debug)]
struct Branches {
    /// Chains on which it holds another branch: nothing of ours fits there.
    other: BTreeSet<ChainId>,
    /// Control chains on which it is not shown to be on our branch: content names their entries in full.
    apart: BTreeSet<ChainId>,
}

impl Branches {
    fn of(space: &Space, theirs: &Frontier, log: &dyn LogReader) -> Self {
        let known = SpaceKnown { space, log };
        let mut branches = Self { other: BTreeSet::new(), apart: BTreeSet::new() };
        for (chain, tip) in theirs.iter() {
            let longer = tip.seq > space.frontier.tip(chain).seq;
            let other = !longer && known.hash_at(&Position { chain: *chain, seq: tip.seq }) != Some(tip.hash);
            if other {
                branches.other.insert(*chain);
            }
            if chain.chain == Chain::Control && (longer || other) {
                branches.apart.insert(*chain);
            }
        }
        branches
    }
}

impl Sending {
    /// Where to go on: at our end of the chains on which the peer holds another branch, also when they have grown meanwhile.
    fn from(&self, space: &Space) -> Frontier {
        let mut from = self.reached.clone();
        for chain in &self.branches.other {
            from.set(*chain, space.frontier.tip(chain));
        }
        from
    }
}

impl Replica {
    pub(super) fn wanted(&mut self, now: Duration, from: NodeId, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let (Some(space), Some(peer)) = (self.spaces.get_mut(id), self.peers.get_mut(&from)) else { return Ok(()) };
        let Some(shared) = peer.shared.get_mut(id) else { return Ok(()) };
        let Some(theirs) = shared.theirs.clone() else {
            shared.wanted = true;
            if !shared.asked_all {
                self.tell_frontier(from, id, Ask::Tell, out);
            }
            return Ok(());
        };
        shared.wanted = false;
        let branches = Branches::of(space, &theirs, log);
        space.apart.extend(branches.other.iter().filter(|chain| chain.chain == Chain::Control));
        // Content only for members: a peer that we do not know yet shows by its control entries that it is one. Whose taking in does not count
        // any more (it stood behind a cut) is told why: or it would wait for ever, and its people with it.
        let reached = if space.graph.membership().admits(&from) {
            Some(theirs)
        } else if space.graph.keeps_entries_of(&from) {
            Some(without_content(space, theirs))
        } else {
            None
        };
        shared.sending = reached.map(|reached| Sending { reached, branches });
        if shared.sending.is_none() {
            let Some(place) = shared.ours else { return Ok(()) };
            out.push(Effect::Send { peer: from, bytes: Message::End { space: place }.encode() });
            return Ok(());
        }
        self.send_frames(now, from, log, out)
    }

    pub(super) fn drained(&mut self, now: Duration, peer: NodeId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        if let Some(state) = self.peers.get_mut(&peer) {
            state.measure(now);
        }
        self.send_frames(now, peer, log, out)
    }

    /// Sends the next frame, if none is on its way. Spaces take turns.
    fn send_frames(&mut self, now: Duration, to: NodeId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        loop {
            let Some(peer) = self.peers.get_mut(&to) else { return Ok(()) };
            if peer.in_flight.is_some() {
                return Ok(());
            }
            let Some((id, shared)) = peer.shared.iter_mut().find(|(_, shared)| shared.ours.is_some() && shared.sending.is_some()) else {
                return Ok(());
            };
            let (Some(place), Some(sending), Some(space)) = (shared.ours, shared.sending.take(), self.spaces.get_mut(id)) else { return Ok(()) };
            let from = sending.from(space);
            let next = next_frame(space, &from, &sending.branches.apart, peer.target, &mut peer.ratio, log)?;
            if let Some((frame, _)) = &next {
                space.packing.learn(frame.len().saturating_mul(peer.ratio), frame.len());
            }
            let end = Effect::Send { peer: to, bytes: Message::End { space: place }.encode() };
            match next {
                Some((frame, reached)) => {
                    let bytes = Message::Frame { space: place, bytes: frame }.encode();
                    peer.in_flight = Some(InFlight { bytes: bytes.len(), since: now });
                    // The last frame says so at once: no turn is lost.
                    let done = reached.covers(&space.frontier);
                    shared.sending = (!done).then_some(Sending { reached, ..sending });
                    out.push(Effect::Send { peer: to, bytes });
                    if done {
                        out.push(end);
                    }
                }
                None => out.push(end),
            }
        }
    }
}

/// Where sending begins that brings control entries alone.
fn without_content(space: &Space, mut start: Frontier) -> Frontier {
    for (chain, tip) in space.frontier.iter().filter(|(chain, _)| chain.chain == Chain::Content) {
        start.set(*chain, *tip);
    }
    start
}
