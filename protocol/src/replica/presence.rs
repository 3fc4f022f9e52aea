//! Who is here, and where: which documents are open at which node, and how it may be reached. Liveness only; nothing depends on it but speed
//! and what people see.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::announce::Announcement;
use crate::ids::{DocumentId, NodeId, SpaceId};
use crate::limits::{MAX_ADDRESS_BYTES, MAX_EPHEMERAL_BYTES, MAX_PRESENCE_NAMES, MAX_WHEREABOUTS};

use super::Replica;
use super::effect::{Change, Effect, Outbox};
use super::space::Presence;

/// What was said of presence holds for this many times the interval at which it is said again.
const PRESENCE_LASTS: u32 = 3;

/// The second greeting comes this many times later than the first.
const GREET_AGAIN: u32 = 10;

/// After this long somebody who comes again is greeted again: gossip is a hint, and may have been lost.
const GREET_ANEW: Duration = Duration::from_secs(3_600);

impl Replica {
    pub(super) fn open_documents(&mut self, now: Duration, open: Vec<(DocumentId, Vec<String>)>, out: &mut Outbox) {
        let open: BTreeMap<_, _> = open.into_iter().take(MAX_PRESENCE_NAMES).collect();
        let before = std::mem::replace(&mut self.open, open);
        if before == self.open {
            return;
        }
        let touched: BTreeSet<SpaceId> =
            before.keys().chain(self.open.keys()).filter_map(|document| self.by_document.get(document)).copied().collect();
        for space in touched {
            self.announce_presence(&space, out);
        }
        self.presence_due = (!self.open.is_empty()).then_some(now + self.timing.presence_every);
    }

    /// Says again who is here, and forgets whoever has not been heard for long.
    pub(super) fn refresh_presence(&mut self, now: Duration, out: &mut Outbox) {
        if self.presence_due.is_some_and(|due| due <= now) {
            let spaces: BTreeSet<SpaceId> = self.open.keys().filter_map(|document| self.by_document.get(document)).copied().collect();
            for space in spaces {
                self.announce_presence(&space, out);
            }
            self.presence_due = Some(now + self.timing.presence_every);
        }
        for space in self.spaces.values_mut() {
            let gone: Vec<NodeId> = space.presence.iter().filter(|(_, presence)| presence.until <= now).map(|(node, _)| *node).collect();
            for node in gone {
                for document in space.presence.remove(&node).into_iter().flat_map(|presence| presence.open.into_keys()) {
                    out.push(Effect::Changed(Change::Presence(document)));
                }
            }
        }
    }

    /// Announces who has what open here. With nobody to hear it, nothing is sent.
    pub(super) fn announce_presence(&mut self, id: &SpaceId, out: &mut Outbox) {
        let here = self.open.iter().filter(|(document, _)| self.by_document.get(document) == Some(id));
        let here = here.map(|(document, names)| (*document, names.iter().take(MAX_PRESENCE_NAMES).cloned().collect())).collect();
        self.announce(id, &Announcement::Presence(here), out);
    }

    /// A peer has come that may not have heard who is here.
    pub(super) fn announce_presence_to_newcomer(&mut self, id: &SpaceId, out: &mut Outbox) {
        if self.open.keys().any(|document| self.by_document.get(document) == Some(id)) {
            self.announce_presence(id, out);
        }
    }

    /// A session has ended. Whoever is at its node may have gone with it, and says so again if not; with the last of a space's sessions
    /// everybody has gone from our sight.
    pub(super) fn presence_lost(&mut self, peer: &NodeId, out: &mut Outbox) {
        for space in self.spaces.values_mut() {
            let alone = !self.peers.values().any(|other| other.shares(&space.id));
            let gone = if alone { std::mem::take(&mut space.presence) } else { space.presence.remove_entry(peer).into_iter().collect() };
            for document in gone.into_values().flat_map(|presence| presence.open.into_keys()) {
                out.push(Effect::Changed(Change::Presence(document)));
            }
        }
    }

    /// Where this node may be found has changed.
    pub(super) fn moved(&mut self, now: Duration, mut addresses: Vec<String>) {
        addresses.retain(|address| address.len() <= MAX_ADDRESS_BYTES);
        addresses.truncate(MAX_WHEREABOUTS);
        if addresses == self.whereabouts {
            return;
        }
        self.whereabouts = addresses;
        for id in self.spaces.keys().copied().collect::<Vec<_>>() {
            if let Some(space) = self.spaces.get_mut(&id) {
                space.greeted.clear();
            }
            self.greet_soon(now, &id);
        }
    }

    /// A session with a member has begun. Whoever comes back an hour later or sooner, and those behind it, know where we are: a line that drops again and again, in
    /// a network of thirty, would else have all thirty say so to all each time.
    pub(super) fn greet_newcomer(&mut self, now: Duration, id: &SpaceId, peer: NodeId) {
        let Some(space) = self.spaces.get_mut(id) else { return };
        let known = space.greeted.get(&peer).is_some_and(|at| now < *at + GREET_ANEW);
        if !known {
            space.greeted.insert(peer, now);
            self.greet_soon(now, id);
        }
    }

    /// Somebody has come, or we have moved: said soon, for all who come meanwhile, where we are and who is here.
    pub(super) fn greet_soon(&mut self, now: Duration, id: &SpaceId) {
        let greet = self.timing.greet;
        if let Some(space) = self.spaces.get_mut(id) {
            let first = space.greetings.first().copied().unwrap_or(now + greet).min(now + greet);
            space.greetings = vec![first, now + greet * GREET_AGAIN];
        }
    }

    pub(super) fn greet(&mut self, now: Duration, id: &SpaceId, out: &mut Outbox) {
        let Some(space) = self.spaces.get_mut(id) else { return };
        if space.greetings.first().is_none_or(|at| *at > now) {
            return;
        }
        space.greetings.retain(|at| *at > now);
        if !self.whereabouts.is_empty() {
            let whereabouts = Announcement::Whereabouts(self.whereabouts.clone());
            self.announce(id, &whereabouts, out);
        }
        self.announce_presence_to_newcomer(id, out);
    }

    pub(super) fn ephemeral(&mut self, document: DocumentId, bytes: Vec<u8>, out: &mut Outbox) {
        if bytes.len() > MAX_EPHEMERAL_BYTES {
            return;
        }
        if let Some(id) = self.by_document.get(&document).copied() {
            self.announce(&id, &Announcement::Ephemeral { document, bytes }, out);
        }
    }

    pub(super) fn presence_heard(&mut self, now: Duration, id: &SpaceId, author: NodeId, open: Vec<(DocumentId, Vec<String>)>, out: &mut Outbox) {
        let until = now + self.timing.presence_every * PRESENCE_LASTS;
        let Some(space) = self.spaces.get_mut(id) else { return };
        let open: BTreeMap<_, _> = open.into_iter().filter(|(document, _)| space.graph.membership().document(document).is_some()).collect();
        let before = space.presence.insert(author, Presence { open: open.clone(), until }).map(|presence| presence.open).unwrap_or_default();
        let changed = before.iter().filter(|(document, names)| open.get(*document) != Some(names)).map(|(document, _)| *document);
        let added = open.keys().filter(|document| !before.contains_key(document)).copied();
        for document in changed.chain(added) {
            out.push(Effect::Changed(Change::Presence(document)));
        }
        // What waits for a slow publication may now have a reader.
        if space.publish_at.is_some() && space.unpublished.iter().any(|change| open.contains_key(&change.document)) {
            space.publish_at = space.publish_at.min(Some(now + self.timing.publish_open));
        }
    }

    /// Seals and announces; only while a session with a member is open, since gossip reaches nobody otherwise.
    pub(super) fn announce(&mut self, id: &SpaceId, announcement: &Announcement, out: &mut Outbox) {
        if !self.peers.values().any(|peer| peer.shares(id)) {
            return;
        }
        let nonce = self.nonce();
        let Some(key) = self.spaces.get(id).and_then(|space| space.epoch.as_ref()) else { return };
        if let Ok(bytes) = announcement.seal(key, nonce) {
            out.push(Effect::Announce { topic: key.topic(), bytes });
        }
    }
}
