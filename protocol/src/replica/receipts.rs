//! Receipts: told to every peer that shares the space, relayed when newer, compared by counter at the start of a session.

use std::time::Duration;

use crate::ids::{NodeId, SpaceId};
use crate::log::Commit;
use crate::receipt::Receipt;
use crate::wire::{Reader, Writer};

use super::Replica;
use super::effect::{Change, Effect, Outbox, PeerFault};
use super::message::{Base, Message, short_node};
use super::space::Space;

impl Space {
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

    /// Signs a receipt for all that is kept, and tells it to everyone who shares the space.
    pub(super) fn issue_receipt(&mut self, id: &SpaceId, out: &mut Outbox) {
        let me = self.key.id();
        let Some(space) = self.spaces.get_mut(id) else { return };
        space.receipt_at = None;
        let before = space.receipts.get(&me);
        if !space.graph.membership().admits(&me) || before.is_some_and(|receipt| receipt.frontier == space.frontier) {
            return;
        }
        let receipt = Receipt::sign(id, &self.key, before.map_or(0, |receipt| receipt.counter) + 1, space.frontier.clone());
        self.take_receipt(id, receipt, None, out);
    }

    /// Keeps a receipt and passes it on to whoever is not known to hold it.
    fn take_receipt(&mut self, id: &SpaceId, receipt: Receipt, from: Option<NodeId>, out: &mut Outbox) {
        let Some(space) = self.spaces.get_mut(id) else { return };
        space.receipts.insert(receipt.node, receipt.clone());
        let mut kept = Commit::new(*id);
        kept.receipts.push(receipt.clone());
        out.commit(kept);
        out.push(Effect::Changed(Change::Receipts(*id)));
        for peer in self.peers.keys().copied().filter(|peer| Some(*peer) != from && *peer != receipt.node).collect::<Vec<_>>() {
            self.tell_receipt(peer, id, &receipt, out);
        }
    }

    fn tell_receipt(&mut self, to: NodeId, id: &SpaceId, receipt: &Receipt, out: &mut Outbox) {
        let Some(shared) = self.peers.get_mut(&to).and_then(|peer| peer.shared.get_mut(id)).filter(|shared| shared.digest.is_some()) else { return };
        let Some(place) = shared.ours else { return };
        let held = shared.counters.entry(receipt.node).or_insert(0);
        if *held >= receipt.counter {
            return;
        }
        *held = receipt.counter;
        let (base, frontier) = shared.base_for(&receipt.frontier);
        let mut writer = Writer::new();
        receipt.write(&frontier, &mut writer);
        if receipt.node == self.key.id() {
            // The peer resolves our own receipt to a frontier of ours.
            shared.named_by_us.push(receipt.frontier.clone());
            shared.told.push(receipt.frontier.clone());
        }
        out.push(Effect::Send { peer: to, bytes: Message::Receipt { space: place, base, receipt: writer.finish() }.encode() });
    }

    pub(super) fn receipt_came(&mut self, now: Duration, from: NodeId, id: &SpaceId, base: Base, bytes: &[u8], out: &mut Outbox) {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&from)) else { return };
        let shared = peer.shared.entry(*id).or_default();
        // A base that we no longer know: the receipt comes again with the next comparison of counters.
        let Some(base) = shared.resolve(base) else { return };
        let mut reader = Reader::new(bytes);
        let read = Receipt::read(&base, &mut reader).and_then(|receipt| reader.end().map(|()| receipt));
        let Some(receipt) = read.ok().and_then(|receipt| receipt.verify(id).ok()) else {
            self.fault(now, from, PeerFault::BadReceipt, out);
            return;
        };
        let receipt = receipt.into_receipt();
        let held = shared.counters.entry(receipt.node).or_insert(0);
        *held = (*held).max(receipt.counter);
        if receipt.node == from {
            shared.told_by_them.push(receipt.frontier.clone());
            shared.learn(receipt.frontier.clone());
        }
        let is_newer = space.receipts.get(&receipt.node).is_none_or(|before| before.counter < receipt.counter);
        if is_newer && receipt.node != self.key.id() && space.graph.membership().node(&receipt.node).is_some() {
            self.take_receipt(id, receipt, Some(from), out);
        }
    }

    pub(super) fn tell_counters(&mut self, to: NodeId, id: &SpaceId, ask: bool, out: &mut Outbox) {
        let Some(space) = self.spaces.get(id) else { return };
        let Some(place) = self.peers.get(&to).and_then(|peer| peer.shared.get(id)).and_then(|shared| shared.ours) else { return };
        let counters = space.receipts.values().map(|receipt| (short_node(&receipt.node), receipt.counter)).collect();
        out.push(Effect::Send { peer: to, bytes: Message::Counters { space: place, ask, counters }.encode() });
    }

    /// The peer said which receipts it holds: it gets those that are newer here.
    pub(super) fn counters(&mut self, from: NodeId, id: &SpaceId, ask: bool, counters: &[([u8; 8], u64)], out: &mut Outbox) {
        let Some(space) = self.spaces.get(id) else { return };
        let held = |node: &NodeId| counters.iter().find(|(short, _)| *short == short_node(node)).map_or(0, |(_, counter)| *counter);
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
