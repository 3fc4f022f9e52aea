//! Receipts: told to every peer that shares the space. Those of others are not passed on one by one, or each would cross every line of a
//! network: peers compare digests of what they hold, at the start of a session and some time after a change, and what differs by counter.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::entry::{Chain, ChainId, Position};
use crate::frame::Known;
use crate::frontier::{Frontier, Tip};
use crate::ids::{NodeId, SpaceId};
use crate::keys::{BadSignature, NodeKey};
use crate::limits::MAX_UNKNOWN_CHAINS;
use crate::log::{Commit, LogReader};
use crate::receipt::Receipt;
use crate::wire::{Reader, Writer};

use super::Replica;
use super::effect::{Change, Effect, Outbox, PeerFault};
use super::message::{Base, Message, short_node};
use super::space::{Space, SpaceKnown};

impl Space {
    /// The newest receipt that a peer can be thought to hold, as a base of what it is told: ours, or, where that was given after the peer went
    /// away, its own. `but` is what is being told: it is no base of itself.
    pub(super) fn base_in_receipts(&self, me: &NodeId, peer: &NodeId, but: Option<&Receipt>) -> Option<(Base, &Frontier)> {
        let own = self.receipts.get(me).filter(|own| but.is_none_or(|but| but.node != *me || but.counter != own.counter));
        let missed = own.is_none_or(|own| self.left_with.get(peer).is_some_and(|held| *held < own.counter));
        let theirs = self.receipts.get(peer).filter(|_| missed);
        let yours = theirs.map(|theirs| (Base::Yours(theirs.counter, theirs.frontier.digest().short()), &theirs.frontier));
        yours.or_else(|| own.map(|own| (Base::Receipt(own.counter, own.frontier.digest().short()), &own.frontier)))
    }

    /// Looks up on which chains the receipt of a node reaches along another branch than ours. Where it reaches further than our log, nobody here
    /// can tell; its next one is looked up again.
    pub(super) fn place_receipt(&mut self, node: &NodeId, log: &dyn LogReader) {
        let Some(receipt) = self.receipts.get(node) else { return };
        let known = SpaceKnown { space: self, log };
        let parted = |chain: &ChainId, tip: &Tip| {
            let ours = self.frontier.tip(chain);
            *tip != ours && tip.seq <= ours.seq && known.hash_at(&Position { chain: *chain, seq: tip.seq }) != Some(tip.hash)
        };
        let elsewhere: BTreeSet<ChainId> = receipt.frontier.iter().filter(|(chain, tip)| parted(chain, tip)).map(|(chain, _)| *chain).collect();
        if elsewhere.is_empty() {
            self.elsewhere.remove(node);
        } else {
            self.elsewhere.insert(*node, elsewhere);
        }
    }

    /// Our next receipt; `None` where the last one says it all.
    fn next_receipt(&self, key: &NodeKey) -> Option<Receipt> {
        let before = self.receipts.get(&key.id());
        let counter = before.map_or(0, |receipt| receipt.counter);
        let is_said = before.is_some_and(|receipt| receipt.frontier == self.frontier) && counter >= self.counted;
        let next = counter.max(self.counted).checked_add(1).filter(|_| !is_said)?;
        Some(Receipt::sign(&self.id, key, next, self.frontier.clone()))
    }

    /// Whether the giver of a receipt is known here, and those of whose chains it speaks.
    fn knows_giver(&self, receipt: &Receipt) -> bool {
        self.graph.membership().node(&receipt.node).is_some() && speaks_of_known(self, receipt)
    }

    /// Four bytes that are equal where the same receipts are held.
    pub(super) fn receipts_digest(&self) -> [u8; 4] {
        let mut hasher = blake3::Hasher::new_derive_key("jeli 2026 receipts held");
        for (node, receipt) in &self.receipts {
            hasher.update(&node.0).update(&receipt.counter.to_le_bytes());
        }
        let mut digest = [0; 4];
        hasher.finalize_xof().fill(&mut digest);
        digest
    }
}

impl Replica {
    /// Entries were kept: our receipt for them goes out soon.
    pub(super) fn receipt_soon(&mut self, now: Duration, id: &SpaceId) {
        let at = now + self.timing.receipt;
        if let Some(space) = self.spaces.get_mut(id) {
            space.receipt_at = Some(space.receipt_at.map_or(at, |before| before.min(at)));
        }
    }

    /// Signs a receipt for all that is kept, and tells it to everyone who shares the space. While nobody is there, none is made: a frontier told
    /// from a receipt that nobody has heard of could not be read.
    pub(super) fn issue_receipt(&mut self, id: &SpaceId, out: &mut Outbox) {
        let me = self.key.id();
        let Some(space) = self.spaces.get_mut(id) else { return };
        space.receipt_at = None;
        if !self.peers.values().any(|peer| peer.shares(id)) {
            return;
        }
        let receipt = space.graph.membership().admits(&me).then(|| space.next_receipt(&self.key)).flatten();
        if let Some(receipt) = receipt {
            self.take_receipt(id, receipt, out);
        }
    }

    /// Keeps a receipt. Ours goes to everyone who shares the space.
    fn take_receipt(&mut self, id: &SpaceId, receipt: Receipt, out: &mut Outbox) {
        let Some(space) = self.spaces.get_mut(id) else { return };
        space.receipts.insert(receipt.node, receipt.clone());
        let mut kept = Commit::new(*id);
        kept.receipts.push(receipt.clone());
        out.commit(kept);
        out.push(Effect::Changed(Change::Receipts(*id)));
        if receipt.node == self.key.id() {
            for peer in self.peers.keys().copied().collect::<Vec<_>>() {
                self.tell_receipt(peer, id, &receipt, out);
            }
        }
    }

    fn tell_receipt(&mut self, to: NodeId, id: &SpaceId, receipt: &Receipt, out: &mut Outbox) {
        let me = self.key.id();
        let Some(space) = self.spaces.get(id) else { return };
        let Some(peer) = self.peers.get_mut(&to).filter(|peer| peer.shares(id)) else { return };
        let Some(shared) = peer.shared.get_mut(id) else { return };
        let Some(place) = shared.ours else { return };
        let held = shared.counters.entry(receipt.node).or_insert(0);
        if *held >= receipt.counter {
            return;
        }
        *held = receipt.counter;
        let (base, frontier) = shared.base_for(&receipt.frontier, space.base_in_receipts(&me, &to, Some(receipt)));
        let mut writer = Writer::new();
        receipt.write_word(&frontier, &mut writer);
        if receipt.node == me {
            shared.told = Some(receipt.frontier.clone());
        }
        let of = (receipt.node != me).then_some(receipt.node);
        out.push(Effect::Send { peer: to, bytes: Message::Receipt { space: place, of, base, receipt: writer.finish() }.encode() });
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one message, and what every handler gets")]
    pub(super) fn receipt_came(
        &mut self,
        now: Duration,
        from: NodeId,
        id: &SpaceId,
        of: Option<NodeId>,
        base: Base,
        bytes: &[u8],
        log: &dyn LogReader,
        out: &mut Outbox,
    ) {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&from)) else { return };
        let shared = peer.shared.entry(*id).or_default();
        let Some(base) = shared.resolve(base, space.receipts.get(&from), space.receipts.get(&self.key.id())) else {
            shared.missed_receipts = true;
            if of.is_none() {
                shared.told_by_them = None;
                shared.dropped_own = true;
            }
            self.ask_for_all(from, id, out);
            return;
        };
        let node = of.unwrap_or(from);
        let own_word = node == from;
        let mut reader = Reader::new(bytes);
        let read = Receipt::read_word(node, &base, &mut reader).and_then(|receipt| reader.end().map(|()| receipt));
        let receipt = match read.map(|receipt| receipt.verify(id)) {
            Ok(Ok(receipt)) => receipt.into_receipt(),
            // Whoever passes a receipt on may have been told it from a base that made it readable: only its giver answers for it.
            _ if !own_word => return,
            Ok(Err(_)) => return self.fault(now, from, PeerFault::BadReceipt, out),
            Err(error) => return self.fault(now, from, PeerFault::unreadable(&error, PeerFault::BadReceipt), out),
        };
        if own_word {
            shared.hear(receipt.frontier.clone());
        }
        let is_known = space.knows_giver(&receipt);
        if is_known {
            let held = shared.counters.entry(receipt.node).or_insert(0);
            *held = (*held).max(receipt.counter);
        }
        // Control entries yet to come may take that node in, or those of whose chains it speaks. Or none ever will: so it is not asked for again before they have.
        shared.receipts_of_unknown |= !is_known;
        if own_word {
            shared.dropped_own = !is_known;
        }
        self.keep_receipt(now, id, receipt, log, out);
        if own_word {
            self.read_again(from, id, out);
            // A receipt tells of what an announcement, which may be lost, told before.
            self.pull(now, from, id, out);
        }
    }

    /// Keeps a receipt whose signature fits, if it is newer than what is here and of somebody known.
    fn keep_receipt(&mut self, now: Duration, id: &SpaceId, receipt: Receipt, log: &dyn LogReader, out: &mut Outbox) {
        let me = self.key.id();
        let Some(space) = self.spaces.get_mut(id) else { return };
        let is_newer = space.receipts.get(&receipt.node).is_none_or(|before| before.counter < receipt.counter);
        if !is_newer {
            return;
        }
        if receipt.node == me {
            // Given before this node was put back from a copy: others take no other before we have counted further.
            space.counted = space.counted.max(receipt.counter);
            let own = space.own_chain(me, Chain::Content);
            space.own_said = space.own_said.max(receipt.frontier.tip(&own).seq);
            self.receipt_soon(now, id);
        } else if space.knows_giver(&receipt) {
            let giver = receipt.node;
            self.take_receipt(id, receipt, out);
            if let Some(space) = self.spaces.get_mut(id) {
                space.place_receipt(&giver, log);
            }
            self.relay_soon(now, id);
        }
    }

    /// A receipt came in a bundle, from whomever.
    pub(super) fn receipt_carried(
        &mut self,
        now: Duration,
        id: &SpaceId,
        receipt: Receipt,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), BadSignature> {
        let receipt = receipt.verify(id)?.into_receipt();
        self.keep_receipt(now, id, receipt, log, out);
        Ok(())
    }

    /// Our receipt for all that is kept, signed also while nobody is there to hear it: it leaves in a bundle.
    pub(super) fn receipt_for_bundle(&mut self, id: &SpaceId, out: &mut Outbox) {
        let me = self.key.id();
        let Some(space) = self.spaces.get_mut(id).filter(|space| space.graph.membership().admits(&me)) else { return };
        if let Some(receipt) = space.next_receipt(&self.key) {
            space.receipt_at = None;
            self.take_receipt(id, receipt, out);
        }
    }

    /// Frontiers of the peer can be read again: receipts that could not be are asked for.
    pub(super) fn read_again(&mut self, from: NodeId, id: &SpaceId, out: &mut Outbox) {
        let Some(shared) = self.peers.get_mut(&from).and_then(|peer| peer.shared.get_mut(id)) else { return };
        if std::mem::take(&mut shared.missed_receipts) {
            self.tell_counters(from, id, true, out);
        }
    }

    /// Control entries have come, and no more of them are under way: receipts of nodes that were not known are asked for again.
    pub(super) fn ask_for_receipts_of_unknown(&mut self, id: &SpaceId, out: &mut Outbox) {
        if self.spaces.get(id).is_none_or(|space| space.pull.is_some()) {
            return;
        }
        for from in self.peers.keys().copied().collect::<Vec<_>>() {
            let Some(shared) = self.peers.get_mut(&from).and_then(|peer| peer.shared.get_mut(id)) else { continue };
            if std::mem::take(&mut shared.receipts_of_unknown) {
                self.tell_counters(from, id, true, out);
            }
        }
    }

    fn relay_soon(&mut self, now: Duration, id: &SpaceId) {
        let at = now + self.timing.relay;
        // With nobody to tell, the next session compares.
        if let Some(space) = self.spaces.get_mut(id).filter(|_| self.peers.values().any(|peer| peer.shares(id))) {
            space.relay_at = Some(space.relay_at.map_or(at, |before| before.min(at)));
        }
    }

    /// Tells peers which receipts are held here, unless they hold the same or have been told.
    pub(super) fn tell_receipts_changed(&mut self, id: &SpaceId, out: &mut Outbox) {
        let Some(space) = self.spaces.get_mut(id) else { return };
        space.relay_at = None;
        let digest = space.receipts_digest();
        for peer in self.peers.keys().copied().collect::<Vec<_>>() {
            let Some(shared) = self.peers.get_mut(&peer).and_then(|peer| peer.shared.get_mut(id)) else { continue };
            let put_off = std::mem::take(&mut shared.compare_receipts);
            if shared.their_receipts != Some(digest) && (put_off || shared.receipts_told != Some(digest)) {
                self.tell_receipts(peer, id, out);
            }
        }
    }

    fn tell_receipts(&mut self, to: NodeId, id: &SpaceId, out: &mut Outbox) {
        let Some(digest) = self.spaces.get(id).map(Space::receipts_digest) else { return };
        let Some(peer) = self.peers.get_mut(&to).filter(|peer| peer.shares(id)) else { return };
        let Some(shared) = peer.shared.get_mut(id) else { return };
        let Some(place) = shared.ours else { return };
        shared.receipts_told = Some(digest);
        out.push(Effect::Send { peer: to, bytes: Message::Receipts { space: place, digest }.encode() });
    }

    /// The peer said with its list which receipts it holds, as we have. They are compared when what either lacks has come: until then most could
    /// not be read, and change. Whoever pulls asks then, and the one of whom it has pulled; what one peer brings, the next need not.
    pub(super) fn receipts_listed(&mut self, now: Duration, from: NodeId, id: &SpaceId, digest: [u8; 4], out: &mut Outbox) {
        let Some(space) = self.spaces.get(id) else { return };
        let Some(shared) = self.peers.get_mut(&from).and_then(|peer| peer.shared.get_mut(id)) else { return };
        let is_level = shared.theirs.as_ref().is_some_and(|theirs| theirs.covers(&space.frontier));
        if is_level && space.pull.is_none() {
            self.receipts_changed(from, id, digest, out);
        } else {
            (shared.compare_receipts, shared.their_receipts) = (true, Some(digest));
            self.relay_soon(now, id);
        }
    }

    /// A pull of a peer has ended: receipts are compared where that was put off. Where it pulls too, one of both asks: not the one to whom it
    /// brought nothing.
    pub(super) fn compare_receipts(&mut self, with: NodeId, id: &SpaceId, brought: bool, out: &mut Outbox) {
        let me = self.key.id();
        let Some(space) = self.spaces.get(id) else { return };
        let Some(shared) = self.peers.get_mut(&with).and_then(|peer| peer.shared.get_mut(id)) else { return };
        let asks = shared.theirs.as_ref().is_some_and(|theirs| theirs.covers(&space.frontier)) || (brought && me < with);
        if asks && std::mem::take(&mut shared.compare_receipts) && shared.their_receipts != Some(space.receipts_digest()) {
            self.tell_counters(with, id, true, out);
        }
    }

    /// The peer said which receipts it holds, by digest. Of two that differ the one with the lower id asks, so that it is done once.
    pub(super) fn receipts_changed(&mut self, from: NodeId, id: &SpaceId, digest: [u8; 4], out: &mut Outbox) {
        let Some(space) = self.spaces.get(id) else { return };
        let (ours, knows_nobody) = (space.receipts_digest(), space.graph.membership().nodes().next().is_none());
        let Some(shared) = self.peers.get_mut(&from).and_then(|peer| peer.shared.get_mut(id)) else { return };
        shared.their_receipts = Some(digest);
        if knows_nobody {
            // A newcomer could keep none of them yet: it asks once control entries have come.
            shared.receipts_of_unknown = true;
            return;
        }
        if ours == digest {
            return;
        }
        if self.key.id() < from {
            self.tell_counters(from, id, true, out);
        } else {
            // Also when it was told before: the peer may have come to hold more since then, or less than we thought.
            self.tell_receipts(from, id, out);
        }
    }

    pub(super) fn tell_counters(&mut self, to: NodeId, id: &SpaceId, ask: bool, out: &mut Outbox) {
        let Some(space) = self.spaces.get(id) else { return };
        let Some(shared) = self.peers.get(&to).and_then(|peer| peer.shared.get(id)) else { return };
        let Some(place) = shared.ours else { return };
        let mut counters: Vec<([u8; 8], u64)> = space.receipts.values().map(|receipt| (short_node(&receipt.node), receipt.counter)).collect();
        // Its own receipt could not be read, or came before we knew that it belongs: it does not cross this.
        if shared.dropped_own {
            counters.push((short_node(&to), 0));
        }
        out.push(Effect::Send { peer: to, bytes: Message::Counters { space: place, ask, counters }.encode() });
    }

    /// The peer said which receipts it holds: it gets those that are newer here.
    pub(super) fn counters(&mut self, from: NodeId, id: &SpaceId, ask: bool, counters: &[([u8; 8], u64)], out: &mut Outbox) {
        let Some(space) = self.spaces.get(id) else { return };
        let pulls = space.pull.is_some();
        let held = |node: &NodeId| counters.iter().find(|(short, _)| *short == short_node(node)).map_or(0, |(_, counter)| *counter);
        let Some(shared) = self.peers.get_mut(&from).and_then(|peer| peer.shared.get_mut(id)) else { return };
        // What the peer says counts, not what we once sent: that may not have been readable. But for our own, if it is our last word on this
        // session, and the peer does not say that it was lost: that has crossed the question, and would else be asked for from nothing.
        let me = self.key.id();
        shared.compare_receipts &= pulls;
        let was_lost = counters.contains(&(short_node(&me), 0));
        let crossed = space.receipts.get(&me).filter(|own| !was_lost && shared.told.as_ref() == Some(&own.frontier));
        let crossed = crossed.map(|own| own.counter).filter(|counter| shared.counters.get(&me) == Some(counter));
        shared.counters = space.receipts.keys().map(|node| (*node, held(node))).collect();
        if let Some(counter) = crossed {
            shared.counters.insert(me, counter);
        }
        let newer: Vec<Receipt> = space.receipts.values().filter(|receipt| receipt.counter > held(&receipt.node)).cloned().collect();
        let lacks = counters.iter().any(|(short, counter)| {
            space.receipts.iter().find(|(node, _)| short_node(node) == *short).is_none_or(|(_, receipt)| receipt.counter < *counter)
        });
        if ask && lacks {
            self.tell_counters(from, id, false, out);
        }
        for receipt in newer {
            self.tell_receipt(from, id, &receipt, out);
        }
    }
}

/// Whether a receipt speaks of chains that there may be. Names cost nothing: a few nodes of one member could else have everybody keep a hundred thousand.
fn speaks_of_known(space: &Space, receipt: &Receipt) -> bool {
    let unknown = receipt.frontier.iter().filter(|(chain, _)| !space.graph.keeps_entries_of(&chain.node));
    unknown.take(MAX_UNKNOWN_CHAINS + 1).count() <= MAX_UNKNOWN_CHAINS
}
