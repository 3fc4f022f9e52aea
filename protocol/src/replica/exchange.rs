//! The sync session: digests, then frontiers as differences, then frames to whoever asks for them, then receipts.
//!
//! Equal digests end it after one round trip. Whoever lacks something pulls it, from one peer at a time in each space, so that nothing is
//! sent twice; control before content; a frame is the unit of progress.

use std::time::Duration;

use crate::entry::Chain;
use crate::frame::{self, EncodeError, FrameEntry, FrameRefusal};
use crate::frontier::{Frontier, FrontierDelta, FrontierDigest, Tip};
use crate::ids::{NodeId, SpaceId};
use crate::limits::{MAX_FRAME_CHANGES, MAX_FRAME_ENTRIES, MAX_FRAME_RAW_BYTES, MAX_SESSION_SPACES};
use crate::log::{LogReader, StoreError};
use crate::wire::{Reader, Writer};

use super::Replica;
use super::effect::{Change, Effect, Outbox, PeerFault};
use super::message::{Base, Message, SpaceDigest};
use super::peer::{InFlight, Peer};
use super::publish::frame_entry;
use super::space::{Halt, Pull, Space};

/// Effort of packing for sessions: a slow line pays for every byte.
const SESSION_LEVEL: i32 = 19;

/// Content entries read from the store at a time.
const READ_AHEAD: usize = 512;

/// A frame that packed to less than this share of its target (in halves) is tried again with more in it, this many times.
const REPACKS: usize = 2;

impl Replica {
    pub(super) fn session_opened(&mut self, now: Duration, peer: NodeId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        self.session_closed(now, peer, out);
        self.peers.insert(peer, Peer::new());
        let spaces: Vec<SpaceId> = self.spaces.values().filter(|space| space.expects(&peer)).map(|space| space.id).take(MAX_SESSION_SPACES).collect();
        // What was written while nobody was connected is published now, so that the digests speak of it.
        for id in &spaces {
            self.publish(now, id, log, out)?;
        }
        self.list_spaces(peer, &spaces, true, out);
        Ok(())
    }

    pub(super) fn session_closed(&mut self, now: Duration, peer: NodeId, out: &mut Outbox) {
        if self.peers.remove(&peer).is_none() {
            return;
        }
        let orphaned: Vec<SpaceId> =
            self.spaces.values_mut().filter(|space| space.pull.as_ref().is_some_and(|pull| pull.peer == peer)).map(|space| space.id).collect();
        for id in orphaned {
            self.pull_ended(now, &id, None, out);
        }
    }

    /// Adds spaces to our list and tells the peer their digests.
    fn list_spaces(&mut self, to: NodeId, ids: &[SpaceId], ask: bool, out: &mut Outbox) {
        let me = self.key.id();
        let Some(peer) = self.peers.get_mut(&to) else { return };
        let mut digests = Vec::new();
        for id in ids {
            let Some(space) = self.spaces.get(id) else { continue };
            let Some(key) = &space.epoch else { continue };
            let shared = peer.shared.entry(*id).or_default();
            if shared.ours.is_some() {
                continue;
            }
            shared.ours = Some(peer.our_list.len() as u64);
            peer.our_list.push(*id);
            shared.named_by_us.push(space.frontier.clone());
            digests.push(SpaceDigest { tag: key.tag(&me, &to), frontier: space.frontier.digest(), receipts: space.receipts_digest() });
        }
        if ask || !digests.is_empty() {
            out.push(Effect::Send { peer: to, bytes: Message::Digests { ask, spaces: digests }.encode() });
        }
    }

    pub(super) fn message(&mut self, now: Duration, from: NodeId, bytes: &[u8], log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        if !self.peers.contains_key(&from) {
            return Ok(());
        }
        match Message::decode(bytes) {
            Err(_) => self.fault(now, from, PeerFault::BadMessage, out),
            Ok(Message::Digests { spaces, .. }) => self.digests(now, from, &spaces, log, out)?,
            Ok(Message::Digest { space, ask, frontier }) => {
                let Some(id) = self.named(from, space) else { return Ok(()) };
                if ask {
                    self.tell_digest(from, &id, false, out);
                }
                self.digest(now, from, &id, frontier, log, out)?;
            }
            Ok(Message::Frontier { space, ask, base, delta }) => {
                let Some(id) = self.named(from, space) else { return Ok(()) };
                self.frontier_came(now, from, &id, ask, base, &delta, log, out)?;
            }
            Ok(Message::Want { space }) => {
                let Some(id) = self.named(from, space) else { return Ok(()) };
                self.wanted(now, from, &id, log, out)?;
            }
            Ok(Message::Frame { space, bytes }) => {
                let Some(id) = self.named(from, space) else { return Ok(()) };
                self.frame(now, from, &id, &bytes, log, out)?;
            }
            Ok(Message::End { space }) => {
                let Some(id) = self.named(from, space) else { return Ok(()) };
                if self.spaces.get(&id).and_then(|space| space.pull.as_ref()).is_some_and(|pull| pull.peer == from) {
                    self.pull_ended(now, &id, Some(from), out);
                    self.issue_receipt(&id, out);
                }
            }
            Ok(Message::Counters { space, ask, counters }) => {
                let Some(id) = self.named(from, space) else { return Ok(()) };
                self.counters(from, &id, ask, &counters, out);
            }
            Ok(Message::Receipt { space, base, receipt }) => {
                let Some(id) = self.named(from, space) else { return Ok(()) };
                self.receipt_came(now, from, &id, base, &receipt, out);
            }
        }
        Ok(())
    }

    /// The space at a place of the peer's list, if the peer may speak of it.
    fn named(&self, from: NodeId, place: u64) -> Option<SpaceId> {
        let id = self.peers.get(&from)?.space_at(place)?;
        self.spaces.get(&id).filter(|space| space.expects(&from) || space.graph.membership().node(&from).is_none()).map(|space| space.id)
    }

    /// A space has become ours while sessions were open: every peer that may share it is told.
    pub(super) fn relist(&mut self, id: &SpaceId, out: &mut Outbox) {
        for peer in self.peers.keys().copied().collect::<Vec<_>>() {
            if self.spaces.get(id).is_some_and(|space| space.expects(&peer)) {
                self.list_spaces(peer, &[*id], true, out);
            }
        }
    }

    pub(super) fn fault(&mut self, now: Duration, peer: NodeId, fault: PeerFault, out: &mut Outbox) {
        out.push(Effect::Fault { peer, fault });
        out.push(Effect::CloseSession { peer, fault });
        self.session_closed(now, peer, out);
    }

    fn digests(&mut self, now: Duration, from: NodeId, spaces: &[SpaceDigest], log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let me = self.key.id();
        let Some(peer) = self.peers.get_mut(&from) else { return Ok(()) };
        if peer.their_list.len() + spaces.len() > MAX_SESSION_SPACES {
            self.fault(now, from, PeerFault::TooMuch, out);
            return Ok(());
        }
        let mut common = Vec::new();
        for digest in spaces {
            let matches = |space: &&Space| space.epoch.as_ref().is_some_and(|key| key.tag(&from, &me) == digest.tag);
            let id = self.spaces.values().find(matches).map(|space| space.id);
            peer.their_list.push(id);
            common.extend(id.map(|id| (id, *digest)));
        }
        // Spaces that the peer has shown to know and that we had not listed, because we did not know that it belongs.
        let unlisted: Vec<SpaceId> = common.iter().map(|(id, _)| *id).collect();
        self.list_spaces(from, &unlisted, false, out);
        for (id, digest) in common {
            self.digest(now, from, &id, digest.frontier, log, out)?;
            let ours = self.spaces.get(&id).map(Space::receipts_digest);
            // The peer that has the lower id asks, so that the receipts are compared once.
            if ours.is_some_and(|ours| ours != digest.receipts) && me < from {
                self.tell_counters(from, &id, true, out);
            }
        }
        Ok(())
    }

    /// Compares the peer's digest with ours, tells our frontier if they differ, and pulls what the peer is known to have more.
    fn digest(
        &mut self,
        now: Duration,
        from: NodeId,
        id: &SpaceId,
        digest: FrontierDigest,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&from)) else { return Ok(()) };
        let shared = peer.shared.entry(*id).or_default();
        let first = shared.digest.is_none();
        shared.digest = Some(digest);
        // We know the frontier behind the digest if it is ours, or the one that the peer's newest receipt speaks of.
        let from_receipt = space.receipts.get(&from).map(|receipt| &receipt.frontier);
        let known = [Some(&space.frontier), from_receipt].into_iter().flatten().find(|frontier| frontier.digest() == digest).cloned();
        let known = known.or_else(|| shared.named_by_them.newest().filter(|frontier| frontier.digest() == digest).cloned());
        match known {
            Some(frontier) => shared.learn(frontier),
            None => shared.theirs = None,
        }
        let equal = space.frontier.digest() == digest;
        let nothing_to_offer = shared.theirs.as_ref().is_some_and(|theirs| theirs.covers(&space.frontier));
        if !equal && !nothing_to_offer {
            self.tell_frontier(from, id, out);
        } else if !equal {
            self.pull(now, from, id, out);
        }
        if first && self.open.keys().any(|document| self.by_document.get(document) == Some(id)) {
            self.announce_presence(id, out);
        }
        if !equal {
            self.publish_if_due(now, id, log, out)?;
        }
        Ok(())
    }

    /// A peer has come for what we wrote while nobody was there.
    fn publish_if_due(&mut self, now: Duration, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        if self.spaces.get(id).is_some_and(|space| !space.unpublished.is_empty() && space.publish_at.is_none()) {
            self.publish(now, id, log, out)?;
        }
        Ok(())
    }

    fn tell_digest(&mut self, to: NodeId, id: &SpaceId, ask: bool, out: &mut Outbox) {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&to)) else { return };
        let Some(shared) = peer.shared.get_mut(id) else { return };
        let Some(place) = shared.ours else { return };
        shared.named_by_us.push(space.frontier.clone());
        let message = Message::Digest { space: place, ask, frontier: space.frontier.digest() };
        out.push(Effect::Send { peer: to, bytes: message.encode() });
    }

    /// Asks the first of these peers that shares the space what it has: an announcement told of something that we lack.
    pub(super) fn ask(&mut self, id: &SpaceId, peers: &[NodeId], out: &mut Outbox) {
        if self.spaces.get(id).is_some_and(|space| space.pull.is_some()) {
            return;
        }
        let shares = |peer: &&NodeId| self.peers.get(peer).is_some_and(|peer| peer.shared.get(id).is_some_and(|shared| shared.digest.is_some()));
        let any = self.peers.keys().find(shares).copied();
        if let Some(peer) = peers.iter().find(shares).copied().or(any) {
            self.tell_digest(peer, id, true, out);
        }
    }

    fn tell_frontier(&mut self, to: NodeId, id: &SpaceId, out: &mut Outbox) {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&to)) else { return };
        let Some(shared) = peer.shared.get_mut(id) else { return };
        let Some(place) = shared.ours else { return };
        let (base, frontier) = shared.base_for(&space.frontier);
        let mut writer = Writer::new();
        space.frontier.delta_from(&frontier).write(&frontier, &mut writer);
        shared.named_by_us.push(space.frontier.clone());
        shared.told.push(space.frontier.clone());
        let message = Message::Frontier { space: place, ask: shared.theirs.is_none(), base, delta: writer.finish() };
        out.push(Effect::Send { peer: to, bytes: message.encode() });
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one message, and what every handler gets")]
    fn frontier_came(
        &mut self,
        now: Duration,
        from: NodeId,
        id: &SpaceId,
        ask: bool,
        base: Base,
        delta: &[u8],
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let me = self.key.id();
        let (Some(space), Some(peer)) = (self.spaces.get_mut(id), self.peers.get_mut(&from)) else { return Ok(()) };
        let shared = peer.shared.entry(*id).or_default();
        let Some(base) = shared.resolve(base) else {
            // The base is too old for us to know: tell ours, and ask for theirs.
            shared.theirs = None;
            self.tell_frontier(from, id, out);
            return Ok(());
        };
        let mut reader = Reader::new(delta);
        let read = FrontierDelta::read(&base, &mut reader).and_then(|delta| reader.end().map(|()| delta));
        let Ok(delta) = read else {
            self.fault(now, from, PeerFault::BadMessage, out);
            return Ok(());
        };
        let frontier = base.with(&delta);
        shared.told_by_them.push(frontier.clone());
        shared.learn(frontier.clone());
        let own = [Chain::Control, Chain::Content].map(|chain| space.own_chain(me, chain));
        if own.iter().any(|chain| frontier.tip(chain).seq > space.frontier.tip(chain).seq) && space.halted.is_none() {
            space.halted = Some(Halt::OwnLogIsLonger);
            out.push(Effect::Changed(Change::Halted(*id)));
        }
        let wanted = shared.wanted;
        if ask {
            self.tell_frontier(from, id, out);
        }
        if wanted {
            self.wanted(now, from, id, log, out)?;
        }
        self.pull(now, from, id, out);
        Ok(())
    }

    /// Asks a peer for what it has and we lack, unless we are being sent something in this space already.
    fn pull(&mut self, now: Duration, from: NodeId, id: &SpaceId, out: &mut Outbox) {
        let (Some(space), Some(peer)) = (self.spaces.get_mut(id), self.peers.get(&from)) else { return };
        let Some(shared) = peer.shared.get(id) else { return };
        let (Some(place), Some(theirs)) = (shared.ours, &shared.theirs) else { return };
        if space.pull.is_some() || space.frontier.behind(theirs).next().is_none() {
            return;
        }
        space.pull = Some(Pull { peer: from, progress: now });
        out.push(Effect::Send { peer: from, bytes: Message::Want { space: place }.encode() });
    }

    /// A pull is over. `done_by` has sent all it had; what it said to have and did not send is not asked of it again.
    fn pull_ended(&mut self, now: Duration, id: &SpaceId, done_by: Option<NodeId>, out: &mut Outbox) {
        if let Some(space) = self.spaces.get_mut(id) {
            space.pull = None;
        }
        for peer in self.peers.keys().copied().filter(|peer| Some(*peer) != done_by).collect::<Vec<_>>() {
            self.pull(now, peer, id, out);
        }
    }

    /// Gives a pull that brings nothing to another peer.
    pub(super) fn check_stall(&mut self, now: Duration, id: &SpaceId, out: &mut Outbox) {
        let Some(space) = self.spaces.get_mut(id) else { return };
        let Some(stalled) = space.pull.as_ref().filter(|pull| pull.progress + self.timing.stall <= now).map(|pull| pull.peer) else { return };
        self.pull_ended(now, id, Some(stalled), out);
        // Nobody else has it: ask the same one again, from what it has by now.
        if self.spaces.get(id).is_some_and(|space| space.pull.is_none()) {
            self.tell_digest(stalled, id, true, out);
        }
    }

    fn wanted(&mut self, now: Duration, from: NodeId, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&from)) else { return Ok(()) };
        let Some(shared) = peer.shared.get_mut(id) else { return Ok(()) };
        let Some(theirs) = shared.theirs.clone() else {
            shared.wanted = true;
            self.tell_frontier(from, id, out);
            return Ok(());
        };
        shared.wanted = false;
        // Content only for members: a peer that we do not know yet shows by its control entries that it is one.
        shared.cursor = space.graph.membership().admits(&from).then_some(theirs);
        if shared.cursor.is_none() {
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
            let Some((id, place, cursor)) =
                peer.shared.iter().find_map(|(id, shared)| Some((*id, shared.ours?, shared.cursor.clone()?)))
            else {
                return Ok(());
            };
            let Some(space) = self.spaces.get(&id) else { return Ok(()) };
            let next = next_frame(space, &cursor, peer.target, &mut peer.ratio, log)?;
            let Some(shared) = peer.shared.get_mut(&id) else { return Ok(()) };
            match next {
                Some((frame, cursor)) => {
                    let bytes = Message::Frame { space: place, bytes: frame }.encode();
                    peer.in_flight = Some(InFlight { bytes: bytes.len(), since: now });
                    // The last frame says so at once: no turn is lost.
                    let done = cursor.covers(&space.frontier);
                    shared.cursor = (!done).then_some(cursor);
                    out.push(Effect::Send { peer: to, bytes });
                    if done {
                        out.push(Effect::Send { peer: to, bytes: Message::End { space: place }.encode() });
                    }
                }
                None => {
                    shared.cursor = None;
                    out.push(Effect::Send { peer: to, bytes: Message::End { space: place }.encode() });
                }
            }
        }
    }

    fn frame(&mut self, now: Duration, from: NodeId, id: &SpaceId, bytes: &[u8], log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        match self.receive(now, id, bytes, log, out)? {
            Ok(_) => {
                if let Some(pull) = self.spaces.get_mut(id).and_then(|space| space.pull.as_mut()).filter(|pull| pull.peer == from) {
                    pull.progress = now;
                }
            }
            // Another road was faster in part, or control is missing: compare anew.
            Err(FrameRefusal::Gap(_) | FrameRefusal::ControlMissing | FrameRefusal::Stranger(_)) => self.tell_digest(from, id, true, out),
            Err(FrameRefusal::Fork(_)) => {}
            Err(_) => self.fault(now, from, PeerFault::BadFrame, out),
        }
        Ok(())
    }
}

impl Space {
    /// Whether a peer is one to speak with about this space: a member's node, or anyone while we have no membership yet but wait to be let in.
    fn expects(&self, peer: &NodeId) -> bool {
        self.graph.membership().admits(peer) || self.inviter == Some(*peer)
    }
}

/// The next frame beyond `cursor`, of about `target` bytes, with where it leads; `None` when there is no more.
fn next_frame(
    space: &Space,
    cursor: &Frontier,
    target: usize,
    ratio: &mut usize,
    log: &dyn LogReader,
) -> Result<Option<(Vec<u8>, Frontier)>, StoreError> {
    let mut result = None;
    for _ in 0..=REPACKS {
        let raw_target = target.saturating_mul(*ratio).min(MAX_FRAME_RAW_BYTES / 4);
        let picked = pick(space, cursor, raw_target, log)?;
        if picked.entries.is_empty() {
            return Ok(None);
        }
        let raw: usize = picked.entries.iter().map(FrameEntry::raw_bytes).sum();
        let frame = match frame::encode(&picked.entries, SESSION_LEVEL) {
            Ok(frame) => frame,
            Err(EncodeError::Pack(_) | EncodeError::Gap | EncodeError::NoSignature) => return Ok(result),
        };
        *ratio = (raw / frame.len().max(1)).clamp(1, 200);
        let full = picked.all || frame.len() * 2 >= target || raw >= MAX_FRAME_RAW_BYTES / 4;
        result = Some((frame, picked.cursor));
        if full {
            break;
        }
    }
    Ok(result)
}

struct Picked {
    entries: Vec<FrameEntry>,
    cursor: Frontier,
    all: bool,
}

/// Entries beyond `cursor` in the order in which they were committed, until they weigh `raw_target` and every chain ends where a signature is
/// held.
fn pick(space: &Space, cursor: &Frontier, raw_target: usize, log: &dyn LogReader) -> Result<Picked, StoreError> {
    let mut picked = Picked { entries: Vec::new(), cursor: cursor.clone(), all: true };
    let mut raw = 0;
    let mut changes = 0;
    let mut unsigned = std::collections::BTreeSet::new();
    if space.frontier.behind_in(cursor, Chain::Control) {
        for entry in log.control_entries(&space.id)? {
            let reached = picked.cursor.tip(&entry.position.chain).seq;
            if entry.position.seq != reached + 1 {
                continue;
            }
            if (raw >= raw_target || picked.entries.len() >= MAX_FRAME_ENTRIES / 2) && unsigned.is_empty() {
                picked.all = false;
                return Ok(picked);
            }
            mark(&mut unsigned, entry.position.chain, entry.signature.is_some());
            picked.cursor.set(entry.position.chain, Tip { seq: entry.position.seq, hash: entry.hash });
            raw += entry.body.len();
            picked.entries.push(FrameEntry::Control(entry));
        }
    }
    loop {
        let read = log.content_entries(&space.id, &picked.cursor, &space.frontier, READ_AHEAD)?;
        if read.is_empty() {
            return Ok(picked);
        }
        for content in read {
            let count = content.changes.len();
            let enough = raw >= raw_target || picked.entries.len() >= MAX_FRAME_ENTRIES / 2 || changes + count > MAX_FRAME_CHANGES / 2;
            if enough && !picked.entries.is_empty() && unsigned.is_empty() {
                picked.all = false;
                return Ok(picked);
            }
            let Some(entry) = frame_entry(space, &content, log)? else {
                picked.all = false;
                return Ok(picked);
            };
            let position = content.entry.position;
            mark(&mut unsigned, position.chain, content.entry.signature.is_some());
            picked.cursor.set(position.chain, Tip { seq: position.seq, hash: content.entry.hash });
            raw += entry.raw_bytes();
            changes += count;
            picked.entries.push(entry);
        }
    }
}

fn mark(unsigned: &mut std::collections::BTreeSet<crate::entry::ChainId>, chain: crate::entry::ChainId, signed: bool) {
    if signed {
        unsigned.remove(&chain);
    } else {
        unsigned.insert(chain);
    }
}
