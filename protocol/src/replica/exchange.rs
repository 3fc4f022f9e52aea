//! The sync session: digests, then frontiers as differences, then frames to whoever asks for them, then receipts.
//!
//! Equal digests end it after one round trip. Whoever lacks something pulls it ([`super::pulls`]) and is served ([`super::serving`]).

use std::collections::BTreeMap;
use std::time::Duration;

use crate::announce::SpaceTag;
use crate::frontier::{Frontier, FrontierDigest};
use crate::ids::{NodeId, SpaceId};
use crate::limits::{MAX_PACES, MAX_SESSION_SPACES};
use crate::log::{LogReader, StoreError};
use crate::wire::{Reader, Writer};

use super::Replica;
use super::effect::{Effect, Outbox, PeerFault};
use super::message::{Ask, Base, Message, SpaceDigest};
use super::peer::{Pace, Peer, Shared};
use super::space::Space;

impl Replica {
    pub(super) fn session_opened(&mut self, now: Duration, peer: NodeId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        self.session_closed(now, peer, out);
        let pace = self.paces.get(&peer).copied().unwrap_or(Pace::UNKNOWN);
        self.peers.insert(peer, Peer::new(pace));
        let spaces: Vec<SpaceId> = self.spaces.values().filter(|space| space.expects(&peer)).map(|space| space.id).take(MAX_SESSION_SPACES).collect();
        // What was written while nobody was connected is published now, so that the digests speak of it.
        for id in &spaces {
            self.publish(now, id, log, out)?;
        }
        self.list_spaces(peer, &spaces, out);
        Ok(())
    }

    pub(super) fn session_closed(&mut self, now: Duration, peer: NodeId, out: &mut Outbox) {
        let Some(left) = self.peers.remove(&peer) else { return };
        if self.paces.len() >= MAX_PACES {
            self.paces.pop_first();
        }
        self.paces.insert(peer, left.pace());
        let me = self.key.id();
        for id in left.shared.keys().filter(|id| left.shares(id)) {
            let Some(space) = self.spaces.get_mut(id).filter(|space| space.graph.membership().node(&peer).is_some()) else { continue };
            if let Some(own) = space.receipts.get(&me) {
                space.left_with.insert(peer, own.counter);
            }
        }
        self.presence_lost(&peer, out);
        let orphaned: Vec<SpaceId> =
            self.spaces.values_mut().filter(|space| space.pull.as_ref().is_some_and(|pull| pull.peer == peer)).map(|space| space.id).collect();
        for id in orphaned {
            if let Some(space) = self.spaces.get_mut(&id) {
                space.pull = None;
            }
            self.pull_from_any(now, &id, None, out);
        }
    }

    /// Adds spaces to our list and tells the peer their digests.
    fn list_spaces(&mut self, to: NodeId, ids: &[SpaceId], out: &mut Outbox) {
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
            shared.opening = Some(space.frontier.clone());
            let receipts = space.receipts_digest();
            shared.receipts_told = Some(receipts);
            digests.push(SpaceDigest { tag: key.tag(&me, &to), frontier: space.frontier.digest(), receipts });
        }
        if !digests.is_empty() {
            out.push(Effect::Send { peer: to, bytes: Message::Digests { spaces: digests }.encode() });
        }
    }

    pub(super) fn message(&mut self, now: Duration, from: NodeId, bytes: &[u8], log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        if !self.peers.contains_key(&from) {
            return Ok(());
        }
        match Message::decode(bytes) {
            Err(_) => self.fault(now, from, PeerFault::BadMessage, out),
            Ok(Message::Digests { spaces }) => self.digests(now, from, &spaces, log, out)?,
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
                self.end(now, from, &id, out);
            }
            Ok(Message::OwnEntry { space, entry }) => {
                let Some(id) = self.named(from, space) else { return Ok(()) };
                self.own_entry_came(now, from, &id, &entry, log, out);
            }
            Ok(Message::Counters { space, ask, counters }) => {
                let Some(id) = self.named(from, space) else { return Ok(()) };
                self.counters(from, &id, ask, &counters, out);
            }
            Ok(Message::Receipt { space, of, base, receipt }) => {
                let Some(id) = self.named(from, space) else { return Ok(()) };
                self.receipt_came(now, from, &id, of, base, &receipt, log, out);
            }
            Ok(Message::Clock { unix_s }) => out.push(Effect::Clock { peer: from, unix_s }),
            Ok(Message::Receipts { space, digest }) => {
                let Some(id) = self.named(from, space) else { return Ok(()) };
                self.receipts_changed(from, &id, digest, out);
            }
        }
        Ok(())
    }

    /// The space at a place of the peer's list, if the peer may speak of it.
    fn named(&self, from: NodeId, place: u64) -> Option<SpaceId> {
        let id = self.peers.get(&from)?.space_at(place)?;
        self.spaces.get(&id).filter(|space| space.hears(&from)).map(|space| space.id)
    }

    /// Who belongs to a space, or its secret, has become known while sessions were open: peers that may share it now are told, those that have
    /// told of it before are answered, and those that have no part in it any more are told nothing further.
    pub(super) fn relist(&mut self, now: Duration, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let me = self.key.id();
        for from in self.peers.keys().copied().collect::<Vec<_>>() {
            let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&from)) else { continue };
            if !space.hears(&from) {
                peer.leave(id);
                continue;
            }
            let tag = space.epoch.as_ref().map(|key| key.tag(&from, &me));
            let told_before = peer.their_list.iter_mut().find(|(digest, space)| space.is_none() && Some(digest.tag) == tag);
            let told_before = told_before.map(|(digest, space)| {
                *space = Some(*id);
                *digest
            });
            if told_before.is_some() || space.expects(&from) {
                self.list_spaces(from, &[*id], out);
            }
            if let Some(digest) = told_before {
                self.listed(now, from, id, digest, log, out)?;
            }
        }
        Ok(())
    }

    pub(super) fn fault(&mut self, now: Duration, peer: NodeId, fault: PeerFault, out: &mut Outbox) {
        out.push(Effect::Fault { peer, fault });
        out.push(Effect::CloseSession { peer, fault });
        self.session_closed(now, peer, out);
    }

    fn digests(&mut self, now: Duration, from: NodeId, digests: &[SpaceDigest], log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let me = self.key.id();
        let Some(peer) = self.peers.get_mut(&from) else { return Ok(()) };
        if peer.their_list.len() + digests.len() > MAX_SESSION_SPACES {
            self.fault(now, from, PeerFault::TooMuch, out);
            return Ok(());
        }
        let tags: BTreeMap<SpaceTag, SpaceId> = self
            .spaces
            .values()
            .filter(|space| space.hears(&from))
            .filter_map(|space| Some((space.epoch.as_ref()?.tag(&from, &me), space.id)))
            .collect();
        let listed: Vec<(SpaceDigest, Option<SpaceId>)> = digests.iter().map(|digest| (*digest, tags.get(&digest.tag).copied())).collect();
        peer.their_list.extend(&listed);
        let common: Vec<(SpaceDigest, SpaceId)> = listed.into_iter().filter_map(|(digest, id)| Some((digest, id?))).collect();
        // Spaces that the peer has shown to know and that we had not listed, because we did not know that it belongs.
        let unlisted: Vec<SpaceId> = common.iter().map(|(_, id)| *id).collect();
        self.list_spaces(from, &unlisted, out);
        for (digest, id) in common {
            self.listed(now, from, &id, digest, log, out)?;
        }
        Ok(())
    }

    /// The peer has listed a space that we share.
    fn listed(
        &mut self,
        now: Duration,
        from: NodeId,
        id: &SpaceId,
        listed: SpaceDigest,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        if let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&from)) {
            let shared = peer.shared.entry(*id).or_default();
            shared.listed = Some(listed.frontier);
            shared.their_opening = space.frontier_behind(&from, shared, &listed.frontier);
        }
        self.digest(now, from, id, listed.frontier, log, out)?;
        self.announce_presence_to_newcomer(id, out);
        self.greet_newcomer(now, id, from);
        self.receipt_soon(now, id);
        self.receipts_listed(now, from, id, listed.receipts, out);
        Ok(())
    }

    /// Compares the peer's digest with ours, tells our frontier if the peer lacks something or may, and pulls what it is known to have more.
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
        shared.digest = Some(digest);
        shared.theirs = space.frontier_behind(&from, shared, &digest);
        if space.frontier.digest() != digest {
            let nothing_to_offer = shared.theirs.as_ref().is_some_and(|theirs| theirs.covers(&space.frontier));
            if !nothing_to_offer {
                self.tell_frontier(from, id, Ask::No, out);
            }
            self.pull(now, from, id, out);
            self.pull_unseen(now, from, id, out);
        }
        self.compare_own_log(from, id, log, out)?;
        self.publish_what_waits(now, id, log, out)
    }

    /// Somebody is there, and has said what it holds: what was written while nobody was there is published.
    fn publish_what_waits(&mut self, now: Duration, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        if self.spaces.get(id).is_some_and(|space| !space.unpublished.is_empty() && space.publish_at.is_none()) {
            self.publish(now, id, log, out)?;
        }
        Ok(())
    }

    pub(super) fn tell_digest(&mut self, to: NodeId, id: &SpaceId, ask: bool, out: &mut Outbox) {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get(&to)) else { return };
        let Some(place) = peer.shared.get(id).and_then(|shared| shared.ours) else { return };
        let message = Message::Digest { space: place, ask, frontier: space.frontier.digest() };
        out.push(Effect::Send { peer: to, bytes: message.encode() });
    }

    /// Asks the first of these peers that shares the space what it has: an announcement told of something that we lack.
    pub(super) fn ask(&mut self, now: Duration, id: &SpaceId, peers: &[NodeId], out: &mut Outbox) {
        let Some(space) = self.spaces.get(id).filter(|space| space.pull.as_ref().is_none_or(|pull| space.is_last(now, &pull.peer))) else { return };
        let shares = |node: &&NodeId| self.peers.get(node).is_some_and(|peer| peer.shares(id));
        // Of equals the first is the least.
        let asked = peers.iter().chain(self.peers.keys()).filter(shares).min_by_key(|node| space.turn(now, node)).copied();
        if let Some(peer) = asked {
            self.tell_digest(peer, id, true, out);
        }
    }

    /// Tells our frontier. What the peer's is we ask along if we do not know it.
    pub(super) fn tell_frontier(&mut self, to: NodeId, id: &SpaceId, ask: Ask, out: &mut Outbox) {
        let me = self.key.id();
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&to)) else { return };
        let Some(shared) = peer.shared.get_mut(id) else { return };
        let Some(place) = shared.ours else { return };
        let (base, frontier) = shared.base_for(&space.frontier, space.base_in_receipts(&me, &to, None));
        let mut writer = Writer::new();
        space.frontier.delta_from(&frontier).write(&frontier, &mut writer);
        shared.told = Some(space.frontier.clone());
        let ask = if ask == Ask::No && shared.theirs.is_none() && !shared.asked_all { Ask::Tell } else { ask };
        shared.asked_all |= ask == Ask::TellAll;
        let message = Message::Frontier { space: place, ask, base, delta: writer.finish() };
        out.push(Effect::Send { peer: to, bytes: message.encode() });
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one message, and what every handler gets")]
    fn frontier_came(
        &mut self,
        now: Duration,
        from: NodeId,
        id: &SpaceId,
        ask: Ask,
        base: Base,
        delta: &[u8],
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&from)) else { return Ok(()) };
        let shared = peer.shared.entry(*id).or_default();
        if let Some(base) = shared.resolve(base, space.receipts.get(&from), space.receipts.get(&self.key.id())) {
            let mut reader = Reader::new(delta);
            match base.read_from(&mut reader).and_then(|frontier| reader.end().map(|()| frontier)) {
                Ok(frontier) => shared.hear(frontier),
                Err(error) => {
                    self.fault(now, from, PeerFault::unreadable(&error, PeerFault::BadMessage), out);
                    return Ok(());
                }
            }
        } else {
            shared.told_by_them = None;
            shared.theirs = None;
        }
        let heard = shared.told_by_them.is_some();
        let told_all = shared.told.as_ref() == Some(&space.frontier);
        match ask {
            // What we told has crossed the wish for it.
            Ask::Tell if told_all => {}
            Ask::No => {}
            Ask::Tell => self.tell_frontier(from, id, Ask::No, out),
            Ask::TellAll => {
                // What it opened with it knows, if we do.
                shared.told = None;
                match shared.their_opening {
                    Some(_) => self.tell_frontier(from, id, Ask::No, out),
                    None => self.tell_frontier_from_nothing(from, id, out),
                }
            }
        }
        if !heard {
            self.ask_for_all(from, id, out);
            return Ok(());
        }
        self.read_again(from, id, out);
        self.compare_own_log(from, id, log, out)?;
        if self.peers.get(&from).and_then(|peer| peer.shared.get(id)).is_some_and(|shared| shared.wanted) {
            self.wanted(now, from, id, log, out)?;
        }
        self.pull(now, from, id, out);
        self.publish_what_waits(now, id, log, out)
    }

    /// Tells our frontier so that it can be read without knowing anything.
    fn tell_frontier_from_nothing(&mut self, to: NodeId, id: &SpaceId, out: &mut Outbox) {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&to)) else { return };
        let Some(shared) = peer.shared.get_mut(id) else { return };
        let Some(place) = shared.ours else { return };
        let mut writer = Writer::new();
        space.frontier.delta_from(&Frontier::default()).write(&Frontier::default(), &mut writer);
        shared.told = Some(space.frontier.clone());
        out.push(Effect::Send {
            peer: to,
            bytes: Message::Frontier { space: place, ask: Ask::No, base: Base::Nothing, delta: writer.finish() }.encode(),
        });
    }

    /// The peer told a frontier, or a receipt, from a base that we do not have: it is asked once to tell its frontier from nothing.
    pub(super) fn ask_for_all(&mut self, from: NodeId, id: &SpaceId, out: &mut Outbox) {
        if self.peers.get(&from).and_then(|peer| peer.shared.get(id)).is_some_and(|shared| !shared.asked_all) {
            self.tell_frontier(from, id, Ask::TellAll, out);
        }
    }
}

impl Space {
    /// The frontier behind a peer's digest, if it is ours, the one that the peer told last, or the one of its newest receipt.
    fn frontier_behind(&self, peer: &NodeId, shared: &Shared, digest: &FrontierDigest) -> Option<Frontier> {
        let from_receipt = self.receipts.get(peer).map(|receipt| &receipt.frontier);
        let candidates = [Some(&self.frontier), shared.theirs.as_ref(), from_receipt];
        candidates.into_iter().flatten().find(|frontier| frontier.digest() == *digest).cloned()
    }

    /// Whether a peer is one to speak to about this space: a member's node, or the one that we wait for to let us in.
    fn expects(&self, peer: &NodeId) -> bool {
        self.graph.membership().admits(peer) || self.inviter == Some(*peer)
    }

    /// Whether to listen to a peer that has shown to know the space: anyone but a retired node. Who is not known here may have been taken in
    /// by control entries that it brings.
    fn hears(&self, peer: &NodeId) -> bool {
        self.graph.membership().node(peer).is_none_or(|node| !node.retired)
    }
}
