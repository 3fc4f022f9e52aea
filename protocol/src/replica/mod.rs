//! The replica: one node's part in its spaces, as a machine. It is told what happens ([`Input`]) and says what is to be done ([`Effect`]);
//! it reads the store and touches nothing.
//!
//! Rooms: `space` and `peer` hold state; `exchange` speaks the session protocol, `pulls` asks and `serving` answers in it, `frames` makes what
//! is sent; `bundles` is the same without a line; `receive` is the way in for frames, `rejudge` judges anew what was judged too early; `submit` and `publish` are the way out for changes; `acts` membership, `receipts` who has what, `presence` who is here,
//! `status` what people ask, `reach` among it who has the latest, `packing` about how many bytes that will be.

mod acts;
mod bundles;
mod effect;
mod exchange;
mod frames;
mod gather;
mod input;
mod message;
mod own_log;
mod packing;
mod peer;
mod presence;
mod publish;
mod pulls;
mod reach;
mod receipts;
mod receive;
mod rejudge;
mod serving;
mod space;
mod status;
mod submit;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use chacha20::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use crate::announce::Topic;
use crate::certificate::NodeCertificate;
use crate::ids::{DocumentId, NodeId, SpaceId};
use crate::keys::NodeKey;
use crate::log::{LogReader, StoreError};

pub use bundles::{BundleAsk, BundleFrames, Carried, CarriedRefusal, Since};
pub use effect::{ActRefusal, Acted, Change, Effect, GossipVerdict, Outbox, PeerFault, SubmitRefusal};
pub use input::{Input, LocalAct, Token};
pub use message::{Ask, Base, Message, ShownEntry, SpaceDigest};
pub use reach::{Lacks, Reach, SchoolReach};
pub use status::{Part, PresenceView, SpaceView};

use peer::{Pace, Peer};
use space::Space;

/// How fast a replica does what need not be done at once.
#[derive(Debug, Clone)]
pub struct Timing {
    /// From a change to its publication when somebody at another school has the document open.
    pub publish_open: Duration,
    /// The same when a peer is only connected.
    pub publish_connected: Duration,
    /// From new entries to our receipt for them.
    pub receipt: Duration,
    /// From another node's receipt to our word to peers that we hold it: whoever is connected to that node has it at once, others can wait.
    pub relay: Duration,
    /// How often we say again who has what open here.
    pub presence_every: Duration,
    /// From a session with a newcomer to our word of where we are and who is here: gossip has found it by then. Once more after ten times that,
    /// when it is known further on, too.
    pub greet: Duration,
    /// A pull that brings nothing for this long is given to another peer.
    pub stall: Duration,
}

impl Timing {
    /// For a line that costs money: each publication takes headers, an announcement, a request and receipts besides its words. Who has the document open elsewhere
    /// still sees them within seconds.
    #[must_use]
    pub fn careful() -> Self {
        Self {
            publish_open: Duration::from_secs(3),
            publish_connected: Duration::from_secs(20),
            receipt: Duration::from_secs(5),
            relay: Duration::from_secs(30),
            ..Self::default()
        }
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            publish_open: Duration::from_millis(150),
            publish_connected: Duration::from_secs(2),
            receipt: Duration::from_secs(1),
            relay: Duration::from_secs(10),
            presence_every: Duration::from_secs(30),
            greet: Duration::from_secs(2),
            stall: Duration::from_secs(30),
        }
    }
}

/// Who a replica is.
#[derive(Debug, Clone)]
pub struct Config {
    /// This node's keys.
    pub key: NodeKey,
    /// Its school's word for it.
    pub certificate: NodeCertificate,
    /// Fresh random bytes: nonces and secrets grow from them. Never the same twice for one node.
    pub seed: [u8; 32],
    /// How fast.
    pub timing: Timing,
}

/// One node's part in its spaces.
pub struct Replica {
    key: NodeKey,
    certificate: NodeCertificate,
    timing: Timing,
    rng: ChaCha20Rng,
    spaces: BTreeMap<SpaceId, Space>,
    by_document: BTreeMap<DocumentId, SpaceId>,
    by_topic: BTreeMap<Topic, SpaceId>,
    peers: BTreeMap<NodeId, Peer>,
    /// Of lines that were there before.
    paces: BTreeMap<NodeId, Pace>,
    open: BTreeMap<DocumentId, Vec<String>>,
    presence_due: Option<Duration>,
    whereabouts: Vec<String>,
}

impl Replica {
    /// Restores a replica from its store. The outbox takes what must be done at once (topics to listen on, nodes to admit, what to
    /// judge) and when the replica wants to be woken.
    pub fn restore(config: Config, log: &dyn LogReader, out: &mut Outbox) -> Result<Self, StoreError> {
        let mut replica = Self {
            key: config.key,
            certificate: config.certificate,
            timing: config.timing,
            rng: ChaCha20Rng::from_seed(config.seed),
            spaces: BTreeMap::new(),
            by_document: BTreeMap::new(),
            by_topic: BTreeMap::new(),
            peers: BTreeMap::new(),
            paces: BTreeMap::new(),
            open: BTreeMap::new(),
            presence_due: None,
            whereabouts: Vec::new(),
        };
        for stored in log.spaces()? {
            let mut space = Space::restore(&stored, &replica.key, log)?;
            // A receipt that a stop came before is given now, or others would not know of what came last.
            let receipt = space.receipts.get(&replica.key.id());
            space.receipt_at = receipt.is_none_or(|receipt| receipt.frontier != space.frontier).then_some(replica.timing.receipt);
            if space.waiting_entries {
                out.next.push(Input::Rejudge { space: space.id });
            }
            replica.by_document.extend(space.graph.membership().documents().map(|(document, _)| (*document, space.id)));
            replica.spaces.insert(space.id, space);
        }
        for id in replica.spaces.keys().copied().collect::<Vec<_>>() {
            replica.listen(&id, out);
        }
        replica.admit(out);
        out.wake_at = replica.next_deadline();
        Ok(replica)
    }

    /// This node's id.
    pub fn node(&self) -> NodeId {
        self.key.id()
    }

    /// Goes at another pace from now on. What is due already keeps its time.
    pub fn set_timing(&mut self, timing: Timing) {
        self.timing = timing;
    }

    /// Takes an input. `now` is the time since the replica's start; the effects in `out` are to be done in order.
    pub fn handle(&mut self, now: Duration, input: Input, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        match input {
            Input::SessionOpened { peer } => self.session_opened(now, peer, log, out)?,
            Input::SessionClosed { peer } => self.session_closed(now, peer, out),
            Input::Message { peer, bytes } => self.message(now, peer, &bytes, log, out)?,
            Input::Drained { peer } => self.drained(now, peer, log, out)?,
            Input::Gossip { topic, from, author, bytes, token } => self.gossip(now, topic, from, author, &bytes, token, log, out)?,
            Input::Submit { token, document, changes } => self.submit(now, token, document, changes, log, out)?,
            Input::Act { token, act } => self.act(now, token, act, log, out)?,
            Input::JoinRequest { token, peer, bytes } => self.join_request(now, token, peer, &bytes, log, out)?,
            Input::JoinAnswered { token, ticket, bytes } => self.join_answered(now, token, &ticket, &bytes, log, out)?,
            Input::OpenDocuments(open) => self.open_documents(now, open, out),
            Input::Ephemeral { document, bytes } => self.ephemeral(document, bytes, out),
            Input::Whereabouts(addresses) => self.moved(now, addresses),
            Input::Rejudge { space } => self.rejudge(&space, log, out)?,
            Input::Bundling { space } => self.prepare_bundle(now, &space, log, out)?,
            Input::Carried { token, space, item } => self.carried(now, token, &space, item, log, out)?,
            Input::Stopping => self.take_leave(now, log, out)?,
            Input::Tick => {}
        }
        self.timers(now, log, out)?;
        out.wake_at = self.next_deadline();
        Ok(())
    }

    /// What waits for its time is said now: what people wrote last, and how far we have got. Whoever stays knows what we have, and finds us again
    /// by it.
    fn take_leave(&mut self, now: Duration, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        for id in self.spaces.keys().copied().collect::<Vec<_>>() {
            if self.peers.values().any(|peer| peer.shares(&id)) {
                self.publish(now, &id, log, out)?;
                self.issue_receipt(&id, out);
            }
        }
        Ok(())
    }

    fn timers(&mut self, now: Duration, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        for id in self.spaces.keys().copied().collect::<Vec<_>>() {
            if self.spaces.get(&id).and_then(|space| space.publish_at).is_some_and(|at| at <= now) {
                self.publish(now, &id, log, out)?;
            }
            if self.spaces.get(&id).and_then(|space| space.receipt_at).is_some_and(|at| at <= now) {
                self.issue_receipt(&id, out);
            }
            if self.spaces.get(&id).and_then(|space| space.relay_at).is_some_and(|at| at <= now) {
                self.tell_receipts_changed(&id, out);
            }
            self.check_stall(now, &id, out);
            self.greet(now, &id, out);
        }
        self.refresh_presence(now, out);
        Ok(())
    }

    fn next_deadline(&self) -> Option<Duration> {
        let of_spaces = self.spaces.values().flat_map(|space| {
            [
                space.publish_at,
                space.receipt_at,
                space.relay_at,
                space.pull.as_ref().map(|pull| pull.until),
                space.presence_ends(),
                space.greetings.first().copied(),
            ]
        });
        of_spaces.chain([self.presence_due]).flatten().min()
    }

    fn nonce(&mut self) -> [u8; 24] {
        let mut nonce = [0; 24];
        self.rng.fill_bytes(&mut nonce);
        nonce
    }

    fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    fn listen(&mut self, id: &SpaceId, out: &mut Outbox) {
        if let Some(key) = self.spaces.get(id).and_then(|space| space.epoch.as_ref()) {
            let topic = key.topic();
            if self.by_topic.insert(topic, *id).is_none() {
                out.push(Effect::Subscribe(topic));
            }
        }
    }

    /// Tells the driver which nodes to keep connections with: every node of every space that is not retired, and inviters we wait for.
    fn admit(&self, out: &mut Outbox) {
        let me = self.key.id();
        let mut nodes: Vec<NodeId> = self
            .spaces
            .values()
            .flat_map(|space| space.graph.membership().nodes().filter(|(_, node)| !node.retired).map(|(id, _)| *id).chain(space.inviter))
            .filter(|node| *node != me)
            .collect();
        nodes.sort_unstable();
        nodes.dedup();
        out.push(Effect::Admit(nodes));
    }
}
