//! Fetches one content from all who have it, each for its share, until it is here whole.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bao_tree::ChunkRanges;
use futures::StreamExt;
use iroh_blobs::api::remote::GetProgressItem;
use iroh_blobs::get::StreamPair;
use iroh_blobs::protocol::GetRequest;
use jeli_protocol::ids::{BlobHash, NodeId};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::{interval, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::channel::{Channel, Have};
use super::keep::{KeepError, Kept, iroh};
use super::limits::{ALONE_CRAWL_BYTES, ANSWER, COUNT_EVERY, CRAWL_BYTES, CRAWL_TIME, LOOK_AGAIN, LOOK_FOR_WORK, MAX_REST, PROVIDERS, REST, STALL};
use super::lock;
use super::shares::{Next, Shares};
use super::tables::Holders;
use crate::network::{BlobRoad, NetworkHandle, OpenBlob, Relayed, peer_id_of};

/// How a fetch stands, for whoever looks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// Bytes in all; 0 while nobody has said it.
    pub size: u64,
    /// Bytes that are here.
    pub here: u64,
    /// Bytes that came in this attempt.
    pub fetched: u64,
    /// Bytes a second, of late.
    pub rate: f64,
    /// Who brings it now.
    pub from: Vec<NodeId>,
}

/// How a fetch ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// All is here.
    Whole,
    /// Nobody whom we reach has (the rest of) it now.
    NobodyHasIt,
    /// It is larger than any that this node takes.
    TooLarge(u64),
    /// It was told to stop; what came stays.
    Stopped,
    /// The store failed.
    Store(KeepError),
}

/// What a node has of a content.
pub(super) enum Asked {
    /// Something. The channel is open for it.
    Has(Open, Have),
    /// Nothing that it gives to us.
    Nothing,
    /// No line to it.
    NotReached,
}

/// What all fetches share.
#[derive(Clone)]
pub(super) struct Fetcher {
    pub(super) kept: Kept,
    pub(super) network: NetworkHandle,
    pub(super) holders: Holders,
    /// Providers that failed for a content, and until when they are not asked for it again.
    pub(super) resting: Resting,
    /// Somebody came, went, or is reached another way.
    pub(super) roads: watch::Sender<()>,
}

/// Providers that brought wrong bytes, stood still or crawled; and nodes that say nothing at all, which are not asked for anything else either.
#[derive(Clone, Default)]
pub(super) struct Resting {
    pairs: Arc<Mutex<Rests<(BlobHash, NodeId)>>>,
    silent: Arc<Mutex<Rests<NodeId>>>,
}

/// Until when, and how often it has failed.
type Rests<K> = HashMap<K, (Instant, u32)>;

impl Resting {
    /// Pairs that are remembered. Beyond it all are forgotten, which costs a question each.
    const PAIRS: usize = 10_000;

    fn rests(&self, hash: &BlobHash, node: &NodeId) -> bool {
        let now = Instant::now();
        lock(&self.pairs).get(&(*hash, *node)).is_some_and(|(until, _)| *until > now)
            || lock(&self.silent).get(node).is_some_and(|(until, _)| *until > now)
    }

    fn failed(&self, hash: &BlobHash, node: &NodeId) {
        let mut pairs = lock(&self.pairs);
        if pairs.len() >= Self::PAIRS {
            pairs.clear();
        }
        rest_longer(&mut pairs, (*hash, *node), MAX_REST);
    }

    fn did_well(&self, hash: &BlobHash, node: &NodeId) {
        lock(&self.pairs).remove(&(*hash, *node));
    }

    /// It did not answer in time. Only members are asked, so that there are few.
    fn said_nothing(&self, node: &NodeId) {
        rest_longer(&mut lock(&self.silent), *node, LOOK_AGAIN);
    }

    fn answered(&self, node: &NodeId) {
        lock(&self.silent).remove(node);
    }

    /// Somebody came, went, or is reached another way: who was silent may have been away.
    pub(super) fn look_again(&self) {
        lock(&self.silent).values_mut().for_each(|(until, _)| *until = Instant::now());
    }
}

/// Twice as long with each failure.
fn rest_longer<K: Eq + std::hash::Hash>(rests: &mut Rests<K>, who: K, most: Duration) {
    let (until, times) = rests.entry(who).or_insert((Instant::now(), 0));
    *times += 1;
    let rest = REST.saturating_mul(1 << (*times).min(16)).min(most);
    *until = Instant::now() + rest;
}

/// One content on its way.
struct Fetch {
    fetcher: Fetcher,
    hash: BlobHash,
    /// Bytes that may come.
    most: u64,
    shares: Mutex<Shares>,
    /// A share is free again, or something has come.
    moved: Notify,
    /// By which a provider is told to leave its share.
    leave: Mutex<HashMap<NodeId, CancellationToken>>,
    progress: watch::Sender<Progress>,
}

impl Fetcher {
    /// Asks a node what it has of a content, and notes it if it has anything.
    pub(super) async fn ask(&self, node: NodeId, hash: &BlobHash) -> Asked {
        let opened = timeout(STALL, self.network.open_blob(peer_id_of(&node.0))).await;
        let Ok(Ok(OpenBlob { road, stream })) = opened else { return Asked::NotReached };
        let mut channel = Channel::new(stream);
        let Ok(answer) = timeout(ANSWER, channel.ask(hash)).await else {
            tracing::debug!(%node, %hash, "this node does not say whether it has a file");
            self.resting.said_nothing(&node);
            return Asked::NotReached;
        };
        self.resting.answered(&node);
        match answer {
            Ok(have) if !have.borders.is_empty() => {
                let whole = have.is_whole();
                self.holders.has(hash, &node, whole).await;
                Asked::Has(Open { channel, road }, have)
            }
            Ok(_) => Asked::Nothing,
            Err(error) => {
                tracing::debug!(%node, %hash, %error, "this node gives no such file");
                Asked::Nothing
            }
        }
    }

    /// Those that are reached without another node's help: what nobody asked for is not to cost a relay anything.
    pub(super) async fn reached_by_themselves(&self, nodes: Vec<NodeId>) -> Vec<NodeId> {
        let mut near = Vec::new();
        for node in nodes {
            let road = self.network.blob_road(peer_id_of(&node.0)).await;
            if !matches!(road, Ok(Some(BlobRoad { relayed: Relayed::Yes, .. }))) {
                near.push(node);
            }
        }
        near
    }

    /// Fetches the content, if it has at most so many bytes, from these nodes. What has come before stays and is not asked for again.
    pub(super) async fn fetch(
        &self,
        hash: BlobHash,
        most: u64,
        providers: Vec<NodeId>,
        progress: watch::Sender<Progress>,
        stop: CancellationToken,
    ) -> Ended {
        let missing = match self.kept.missing(&hash).await {
            Ok(missing) if missing.ranges.is_empty() => return Ended::Whole,
            Ok(missing) => missing,
            Err(error) => return Ended::Store(error),
        };
        let providers: Vec<NodeId> = providers.into_iter().filter(|node| !self.resting.rests(&hash, node)).collect();
        let fetch = Arc::new(Fetch {
            fetcher: self.clone(),
            hash,
            most,
            shares: Mutex::new(Shares::new(missing, providers.len())),
            moved: Notify::new(),
            leave: Mutex::default(),
            progress,
        });
        let mut providers: VecDeque<NodeId> = providers.into();
        // Those that had nothing, or were not there: they are asked again while others are at work, or stand still. Soon at first.
        let mut others = Vec::new();
        let mut rest = REST;
        let mut ask_again = Instant::now() + rest;
        let mut workers = JoinSet::new();
        let mut too_large = None;
        loop {
            while workers.len() < PROVIDERS
                && let Some(node) = providers.pop_front()
            {
                let fetch = fetch.clone();
                workers.spawn(async move { (node, fetch.work(node).await) });
            }
            let ended = tokio::select! {
                () = stop.cancelled() => return Ended::Stopped,
                ended = workers.join_next() => ended,
                () = sleep_until(ask_again.into()), if !workers.is_empty() => {
                    providers.extend(others.drain(..));
                    rest = rest.saturating_mul(2).min(LOOK_AGAIN);
                    ask_again = Instant::now() + rest;
                    continue;
                }
            };
            let Some(ended) = ended else { return too_large.map_or(Ended::NobodyHasIt, Ended::TooLarge) };
            // One whose work broke off by a fault of ours is not asked again.
            let Ok((node, worked)) = ended else { continue };
            match worked {
                Worked::Whole => return Ended::Whole,
                // One provider's word, which the others need not share.
                Worked::TooLarge(size) => too_large = Some(size),
                Worked::Store(error) => return Ended::Store(error),
                Worked::NothingHere => others.push(node),
                // The next one takes its place.
                Worked::Failed => {}
            }
        }
    }
}

/// What became of one provider's work.
enum Worked {
    Whole,
    NothingHere,
    Failed,
    TooLarge(u64),
    Store(KeepError),
}

impl Fetch {
    fn shares(&self) -> MutexGuard<'_, Shares> {
        // A panic while it was held stops that worker alone; what it left is looked up in the store again.
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn work(self: Arc<Self>, node: NodeId) -> Worked {
        let mut brought = 0;
        let worked = self.work_with(node, &mut brought).await;
        self.shares().left(&node);
        self.progress.send_modify(|progress| progress.from.retain(|from| *from != node));
        self.moved.notify_waiters();
        let resting = &self.fetcher.resting;
        // Whoever brought something before it broke off is on a bad line, or was started anew: earlier failures do not count.
        if matches!(worked, Worked::Whole) || brought >= CRAWL_BYTES {
            resting.did_well(&self.hash, &node);
        }
        if matches!(worked, Worked::Failed) {
            resting.failed(&self.hash, &node);
        }
        worked
    }

    /// Has it bring shares until all is here. `all_brought`: bytes that it brought.
    async fn work_with(&self, node: NodeId, all_brought: &mut u64) -> Worked {
        let asked = self.fetcher.ask(node, &self.hash).await;
        self.shares().answered();
        let Asked::Has(mut open, have) = asked else { return Worked::NothingHere };
        if have.size > self.most {
            return Worked::TooLarge(have.size);
        }
        self.shares().joined(node, &have);
        self.progress.send_modify(|progress| {
            progress.size = progress.size.max(have.size);
            progress.from.push(node);
        });
        loop {
            // Before the look: what moves after it wakes us.
            let moved = self.moved.notified();
            let next = self.shares().next(&node, rand::random(), Instant::now());
            match next {
                Next::Done => return Worked::Whole,
                Next::Nothing => return Worked::NothingHere,
                Next::SaidWrong => return Worked::Failed,
                Next::Bring(ranges) => {
                    let brought = self.bring(node, &mut open, ranges, all_brought).await;
                    match self.fetcher.kept.missing(&self.hash).await {
                        Ok(missing) => {
                            if let Some(size) = missing.size {
                                // What was counted while it came is a guess: a share that breaks off leaves less, or more, than was told.
                                let here = size.saturating_sub(missing.bytes());
                                self.progress.send_modify(|progress| (progress.size, progress.here) = (size, here));
                            }
                            self.shares().settle(&node, missing, Instant::now());
                        }
                        Err(error) => return Worked::Store(error),
                    }
                    self.moved.notify_waiters();
                    match brought {
                        Brought::Share => {}
                        Brought::Left => {
                            // The rest of the old answer is on its way on this channel.
                            let Asked::Has(fresh, have) = self.fetcher.ask(node, &self.hash).await else { return Worked::Failed };
                            if have.size > self.most {
                                return Worked::TooLarge(have.size);
                            }
                            open = fresh;
                            self.shares().joined(node, &have);
                        }
                        Brought::Broken => return Worked::Failed,
                        Brought::Store(error) => return Worked::Store(error),
                    }
                }
                Next::Leave(slow) => {
                    if let Some(leave) = self.leave.lock().unwrap_or_else(PoisonError::into_inner).get(&slow) {
                        leave.cancel();
                    }
                    let _ = timeout(LOOK_FOR_WORK, moved).await;
                }
                Next::Wait => {
                    let _ = timeout(LOOK_FOR_WORK, moved).await;
                }
            }
        }
    }

    /// Whether its channel is on a road that is no longer the one to take: the node was started anew and has come back, or is reached more directly.
    async fn is_reached_otherwise(&self, node: NodeId, road: BlobRoad) -> bool {
        matches!(self.fetcher.network.blob_road(peer_id_of(&node.0)).await, Ok(Some(now)) if now != road)
    }

    async fn bring(&self, node: NodeId, open: &mut Open, ranges: ChunkRanges, all_brought: &mut u64) -> Brought {
        let leave = CancellationToken::new();
        self.leave.lock().unwrap_or_else(PoisonError::into_inner).insert(node, leave.clone());
        let store = match self.fetcher.kept.store() {
            Ok(store) => store,
            Err(error) => return Brought::Store(error),
        };
        let (inlet, outlet) = open.channel.halves();
        inlet.expect_answer().await;
        let request = GetRequest::blob_ranges(iroh(&self.hash), ranges);
        let get = store.remote().execute_get(StreamPair::new(0, inlet, outlet), request);
        let mut items = std::pin::pin!(get.stream());
        let mut roads = self.fetcher.roads.subscribe();
        let mut crawl = interval(CRAWL_TIME);
        crawl.tick().await;
        let (mut came, mut before, mut told) = (0_u64, 0_u64, 0_u64);
        let mut last = Instant::now();
        loop {
            let item = tokio::select! {
                item = items.next() => item,
                // One that brought nothing at all would only take the next share away, too.
                () = leave.cancelled() => return if came == 0 { Brought::Broken } else { Brought::Left },
                Ok(()) = roads.changed() => {
                    if self.is_reached_otherwise(node, open.road).await {
                        return Brought::Left;
                    }
                    continue;
                }
                _ = crawl.tick() => {
                    // Whoever crawls is left, sooner where others bring more.
                    let least = if self.shares().is_alone() { ALONE_CRAWL_BYTES } else { CRAWL_BYTES };
                    if came - before < least {
                        return Brought::Broken;
                    }
                    before = came;
                    continue;
                }
            };
            match item {
                // More than it said that there is.
                Some(GetProgressItem::Progress(bytes)) if bytes > self.most => return Brought::Broken,
                Some(GetProgressItem::Progress(bytes)) => {
                    *all_brought += bytes.saturating_sub(came);
                    came = bytes;
                    let since = last.elapsed();
                    if since >= COUNT_EVERY {
                        // Several files come at once, and others write on this disk too: there was room when it began.
                        if !self.fetcher.kept.has_room() {
                            self.shares().brought(&node, came);
                            return Brought::Store(KeepError::DiskFull);
                        }
                        self.shares().brought(&node, came);
                        let rate = (came - told) as f64 / since.as_secs_f64();
                        let fresh = came - told;
                        self.progress.send_modify(|progress| {
                            progress.here += fresh;
                            progress.fetched += fresh;
                            progress.rate = progress.rate.mul_add(0.7, rate * 0.3);
                        });
                        (told, last) = (came, Instant::now());
                    }
                }
                Some(GetProgressItem::Done(_)) => {
                    self.shares().brought(&node, came);
                    let fresh = came - told;
                    self.progress.send_modify(|progress| {
                        progress.here += fresh;
                        progress.fetched += fresh;
                    });
                    return Brought::Share;
                }
                Some(GetProgressItem::Error(error)) => {
                    let keep = KeepError::of(format!("{error:#}"));
                    tracing::debug!(%node, hash = %self.hash, %error, "a share broke off");
                    self.shares().brought(&node, came);
                    self.progress.send_modify(|progress| progress.fetched += came - told);
                    return if matches!(keep, KeepError::DiskFull) { Brought::Store(keep) } else { Brought::Broken };
                }
                None => return Brought::Broken,
            }
        }
    }
}

/// A channel to a provider, and what it is on.
pub(super) struct Open {
    channel: Channel,
    road: BlobRoad,
}

/// What became of a share.
enum Brought {
    Share,
    /// Another, faster one has it now, or the node is reached another way.
    Left,
    /// Wrong bytes, a stall, a crawl, or the line is gone.
    Broken,
    Store(KeepError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_says_nothing_is_asked_for_nothing_else_for_a_while() {
        let resting = Resting::default();
        let (mute, other) = (NodeId([1; 32]), NodeId([2; 32]));
        let hash = |number: u8| BlobHash([number; 32]);
        resting.said_nothing(&mute);
        assert!(resting.rests(&hash(1), &mute) && resting.rests(&hash(2), &mute), "for whatever content");
        assert!(!resting.rests(&hash(1), &other));
        resting.look_again();
        assert!(!resting.rests(&hash(1), &mute), "somebody came: it may be this one");
        resting.said_nothing(&mute);
        resting.answered(&mute);
        assert!(!resting.rests(&hash(2), &mute));
        resting.failed(&hash(1), &mute);
        assert!(resting.rests(&hash(1), &mute) && !resting.rests(&hash(2), &mute), "for this one alone");
    }
}
