//! Gives contents to those who may have them: computers of members of a space in which a document names the content, as the connection proves who asks.
//!
//! **Invariant:** whoever may not have a content learns nothing of it, neither from the answer nor from the time that it takes. Refused, and not here, look the
//! same: the stream ends, so long after the question.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use iroh_blobs::protocol::Request as IrohRequest;
use iroh_blobs::provider::events::EventSender;
use iroh_blobs::provider::{self, StreamPair};
use jeli_protocol::ids::{BlobHash, NodeId};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::channel::Channel;
use super::fetch::{Asked, Fetcher};
use super::keep::iroh;
use super::limits::{INBOUND_CHANNELS, INBOUND_CHANNELS_PER_NODE, REFUSAL_AFTER, STALL};
use crate::network::{BlobStream, node_id_of};
use crate::replica_handle::{ReplicaHandle, Request};

/// Serves every stream that comes, until the network ends.
pub(super) async fn serve(mut streams: mpsc::Receiver<BlobStream>, fetcher: Fetcher, replica: ReplicaHandle) {
    let places = Places::new();
    // Ends with this task: what is being given then is asked for again.
    let mut answers = JoinSet::new();
    while let Some(BlobStream { peer, stream }) = streams.recv().await {
        let Some(node) = node_id_of(&peer).map(NodeId) else { continue };
        let Some(place) = places.take(node) else {
            tracing::debug!(%node, "a stream for files is refused: this node has as many as it may");
            continue;
        };
        let provider = Provider { node, fetcher: fetcher.clone(), replica: replica.clone() };
        while answers.try_join_next().is_some() {}
        answers.spawn(async move {
            provider.answer(Channel::new(stream)).await;
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
            if let Err(why) = self.exchange(&mut channel, &hash).await {
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
                let store = self.fetcher.kept.store().map_err(|error| error.to_string())?.clone();
                provider::handle_get(pair, store, request).await.map_err(|error| error.to_string())
            }
            _ => Err("a request for something else than ranges of this content".to_owned()),
        }
    }

    async fn may_have(&self, hash: &BlobHash) -> bool {
        let (node, hash) = (self.node, *hash);
        matches!(self.replica.ask(|reply| Request::MayFetch { node, hash, reply }).await, Ok(Ok(true)))
    }
}

/// Places for channels: so many in all, so many for one node.
struct Places {
    all: Arc<Semaphore>,
    nodes: Mutex<HashMap<NodeId, Arc<Semaphore>>>,
}

impl Places {
    fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(INBOUND_CHANNELS)), nodes: Mutex::default() }
    }

    fn take(&self, node: NodeId) -> Option<(OwnedSemaphorePermit, OwnedSemaphorePermit)> {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that hold nothing are forgotten: the map grows with open channels alone.
        nodes.retain(|_, places| places.available_permits() < INBOUND_CHANNELS_PER_NODE);
        let own = nodes.entry(node).or_insert_with(|| Arc::new(Semaphore::new(INBOUND_CHANNELS_PER_NODE))).clone();
        Some((self.all.clone().try_acquire_owned().ok()?, own.try_acquire_owned().ok()?))
    }
}
