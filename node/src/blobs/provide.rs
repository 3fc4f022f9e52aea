//! Gives contents to those who may have them: computers of members of a space in which a document names the content, as the connection proves who asks.
//!
//! **Invariant:** whoever may not have a content learns nothing of it, neither from the answer nor from the time that it takes. Refused, and not here, look the
//! same: the stream ends, so long after the question.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use iroh_blobs::protocol::Request as IrohRequest;
use iroh_blobs::provider::events::EventSender;
use iroh_blobs::provider::{self, StreamPair};
use jeli_protocol::ids::{BlobHash, NodeId};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::channel::Channel;
use super::fetch::{Asked, Fetcher};
use super::keep::iroh;
use super::limits::{INBOUND_CHANNELS, INBOUND_CHANNELS_PER_NODE, MAY_AGAIN, REFUSAL_AFTER, STALL};
use super::lock;
use crate::network::{BlobStream, node_id_of};
use crate::replica_handle::{ReplicaHandle, Request};

/// Serves every stream that comes, until the network ends.
pub(super) async fn serve(mut streams: mpsc::Receiver<BlobStream>, fetcher: Fetcher, replica: ReplicaHandle) {
    let places = Arc::new(Places::default());
    // Ends with this task: what is being given then is asked for again.
    let mut answers = JoinSet::new();
    while let Some(BlobStream { peer, stream }) = streams.recv().await {
        let Some(node) = node_id_of(&peer).map(NodeId) else { continue };
        let Some(place) = places.take(node) else {
            tracing::debug!(%node, "a stream for files is refused: this node has as many as it may, or all places are taken");
            continue;
        };
        let provider = Provider { node, fetcher: fetcher.clone(), replica: replica.clone() };
        while answers.try_join_next().is_some() {}
        answers.spawn(async move {
            place.lost.run_until_cancelled(provider.answer(Channel::new(stream))).await;
            drop(place);
        });
    }
}

struct Provider {
    node: NodeId,
    fetcher: Fetcher,
    replica: ReplicaHandle,
}

impl Provider {
    async fn answer(&self, mut channel: Channel) {
        let Ok(hash) = channel.asked().await else { return };
        let refuse_at = Instant::now() + REFUSAL_AFTER;
        // Both are looked up whatever the first one says.
        let (may, have) = (self.may_have(&hash).await, self.fetcher.kept.have(&hash).await);
        let have = match have {
            Ok(have) if may && !have.borders.is_empty() => have,
            _ => {
                sleep_until(refuse_at).await;
                return;
            }
        };
        if channel.tell(&have).await.is_err() {
            return;
        }
        let mut served = 0_u64;
        while let Ok(true) = timeout(STALL, channel.request_begins()).await {
            // A school may have left the space meanwhile.
            if served > 0 && !self.may_have(&hash).await {
                return;
            }
            let given = tokio::select! {
                given = self.exchange(&mut channel, &hash) => given,
                // One request may be for hours.
                () = self.until_it_may_not(&hash) => return,
            };
            if let Err(why) = given {
                tracing::debug!(node = %self.node, %hash, %why, "a content could not be given on");
                let _ = channel.fail().await;
                return;
            }
            served += 1;
        }
        // Whoever took of it may have all of it now: asked at once, so that our school knows that its own copy is not the last one.
        if served > 0 && matches!(timeout(STALL, self.fetcher.ask(self.node, &hash)).await, Ok(Asked::NotReached) | Err(_)) {
            self.fetcher.holders.took(&hash, &self.node).await;
        }
    }

    async fn exchange(&self, channel: &mut Channel, hash: &BlobHash) -> Result<(), String> {
        let (inlet, outlet) = channel.halves();
        let mut pair = StreamPair::new(0, inlet, outlet, EventSender::DEFAULT);
        let request = timeout(STALL, pair.read_request()).await.map_err(|_| "no request in time")?.map_err(|error| error.to_string())?;
        match request {
            IrohRequest::Get(request) if request.hash == iroh(hash) && request.ranges.is_blob() => {
                let store = self.fetcher.kept.store().map_err(|error| error.to_string())?;
                provider::handle_get(pair, store, request).await.map_err(|error| error.to_string())
            }
            _ => Err("a request for something else than ranges of this content".to_owned()),
        }
    }

    async fn until_it_may_not(&self, hash: &BlobHash) {
        loop {
            sleep(MAY_AGAIN).await;
            if !self.may_have(hash).await {
                return;
            }
        }
    }

    async fn may_have(&self, hash: &BlobHash) -> bool {
        let (node, hash) = (self.node, *hash);
        matches!(self.replica.ask(|reply| Request::MayFetch { node, hash, reply }).await, Ok(Ok(true)))
    }
}

/// Places for channels: so many in all, so many for one node. Where all are taken, whoever has far fewer than another gets one of the other's: a few nodes that
/// hold as many as they may keep nobody else out.
#[derive(Default)]
struct Places(Mutex<Taken>);

#[derive(Default)]
struct Taken {
    next: u64,
    /// By number, the oldest first.
    places: BTreeMap<u64, (NodeId, CancellationToken)>,
}

/// Held as long as a channel is open.
struct Place {
    number: u64,
    /// Somebody else has it now.
    lost: CancellationToken,
    places: Arc<Places>,
}

impl Places {
    fn take(self: &Arc<Self>, node: NodeId) -> Option<Place> {
        let mut taken = lock(&self.0);
        let mut counts: HashMap<NodeId, usize> = HashMap::new();
        for (holder, _) in taken.places.values() {
            *counts.entry(*holder).or_default() += 1;
        }
        let own = counts.get(&node).copied().unwrap_or(0);
        if own >= INBOUND_CHANNELS_PER_NODE {
            return None;
        }
        if taken.places.len() >= INBOUND_CHANNELS {
            let (greediest, _) = counts.into_iter().filter(|(_, count)| *count > own + 1).max_by_key(|(node, count)| (*count, *node))?;
            // The newest has the least to lose.
            let number = taken.places.iter().rev().find(|(_, (holder, _))| *holder == greediest).map(|(number, _)| *number)?;
            if let Some((_, lost)) = taken.places.remove(&number) {
                lost.cancel();
            }
        }
        let (number, lost) = (taken.next, CancellationToken::new());
        taken.next += 1;
        taken.places.insert(number, (node, lost.clone()));
        Some(Place { number, lost, places: self.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.places.0).places.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(number: u8) -> NodeId {
        NodeId([number; 32])
    }

    #[test]
    fn a_few_nodes_that_hold_all_places_keep_nobody_out_and_one_node_has_so_many() {
        let places = Arc::new(Places::default());
        let greedy = u8::try_from(INBOUND_CHANNELS / INBOUND_CHANNELS_PER_NODE).expect("few");
        let held: Vec<Place> = (0..greedy)
            .flat_map(|number| vec![number; INBOUND_CHANNELS_PER_NODE])
            .map(|number| places.take(node(number)).expect("a place"))
            .collect();
        assert!(places.take(node(0)).is_none(), "as many as it may");
        let late: Vec<Place> = (0..INBOUND_CHANNELS_PER_NODE / 2).map(|_| places.take(node(100)).expect("one of theirs")).collect();
        assert_eq!(held.iter().filter(|place| place.lost.is_cancelled()).count(), late.len());
        assert!(late.iter().all(|place| !place.lost.is_cancelled()), "whoever has few loses none");
        assert_eq!(lock(&places.0).places.len(), INBOUND_CHANNELS);
        drop((held, late));
        assert!(lock(&places.0).places.is_empty());
    }

    #[test]
    fn where_all_have_their_share_nobody_is_sent_away() {
        let places = Arc::new(Places::default());
        let held: Vec<Place> = (0..INBOUND_CHANNELS).map(|number| places.take(node(u8::try_from(number).expect("few"))).expect("a place")).collect();
        assert!(places.take(node(200)).is_none());
        assert!(held.iter().all(|place| !place.lost.is_cancelled()));
    }
}
