//! What is to come and when: wants, by people and by themselves; what of them is fetched next, and when one that did not come is tried again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jeli_protocol::ids::{BlobHash, DocumentId, NodeId};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::fetch::{Ended, Progress};
use super::keep::{KeepError, State};
use super::limits::{FETCHES, LOOK_AGAIN, MAX_BLOB_BYTES, MAX_THUMBNAIL_BYTES, REST, WANTS};
use super::pins::Pin;
use super::tables::{self, Urgency, Want};
use super::{Inner, Obstacle, Result, Running, SMALL_SETTING, lock};
use crate::network::LineCost;
use crate::replica_handle::{Applied, Request};
use crate::store::{FilePart, NamedFile, Naming};

/// Largest content that comes by itself on a line that costs nothing, if nobody chose otherwise.
const SMALL_BYTES: u64 = 1 << 20;

/// So that what is due at once does not turn in a circle.
const LEAST_REST: Duration = Duration::from_millis(50);

/// A content that did not come at the last attempt.
pub(super) struct Held {
    pub(super) obstacle: Obstacle,
    times: u32,
    again: Instant,
}

impl Held {
    /// Soon at first: whoever has it may not have read yet that a document names it.
    fn new(obstacle: Obstacle, before: Option<&Self>) -> Self {
        let times = before.map_or(0, |before| before.times + 1);
        let rest = REST.saturating_mul(1 << times.min(16)).min(LOOK_AGAIN);
        Self { obstacle, times, again: Instant::now() + rest }
    }
}

impl Inner {
    /// Wants what comes by itself of these files: small pictures and small files where the line is free, and whatever is pinned.
    async fn want_what_comes_by_itself(&self, files: Vec<NamedFile>) {
        let pins = match self.db(|db| Ok((tables::pins(db)?, tables::setting(db, SMALL_SETTING)?))).await {
            Ok(pins) => pins,
            Err(error) => return tracing::debug!(%error, "what is pinned could not be read"),
        };
        let (pins, small) = pins;
        let small = small.unwrap_or(SMALL_BYTES);
        let pins: Vec<Pin> = pins.iter().filter_map(|(what, key)| Pin::of_row(what, key)).collect();
        let kinds = self.kinds_if_pinned(&pins).await;
        let mut wanted: BTreeMap<BlobHash, Urgency> = BTreeMap::new();
        for file in files.iter().filter(|file| file.naming == Naming::Now) {
            let pinned = pins.iter().any(|pin| match pin {
                Pin::Blob(hash) => *hash == file.hash,
                Pin::Document(document) => *document == file.document,
                Pin::Kind(kind) => kinds.get(&file.document) == Some(kind),
            });
            let free = self.cost == LineCost::Free;
            let urgency = match file.part {
                FilePart::Thumbnail if free || pinned => Some(Urgency::Thumbnail),
                FilePart::Content if pinned => Some(Urgency::Pinned),
                FilePart::Content if free && file.size > 0 && file.size <= small => Some(Urgency::Small),
                _ => None,
            };
            if let Some(urgency) = urgency {
                wanted.entry(file.hash).and_modify(|known| *known = urgency.or(*known)).or_insert(urgency);
            }
        }
        let mut any = false;
        for (hash, urgency) in wanted {
            if matches!(self.kept.state(&hash).await, Ok(State::Complete { .. })) {
                continue;
            }
            match self.db(move |db| tables::want_by_itself(db, &hash, urgency, WANTS)).await {
                Ok(true) => {
                    any = true;
                    self.news.content(&hash);
                }
                Ok(false) => {}
                Err(error) => tracing::debug!(%error, "a file that comes by itself was not noted"),
            }
        }
        if any {
            self.woken.notify_one();
        }
    }

    async fn kinds_if_pinned(&self, pins: &[Pin]) -> HashMap<DocumentId, String> {
        if !pins.iter().any(|pin| matches!(pin, Pin::Kind(_))) {
            return HashMap::new();
        }
        match self.replica.ask(|reply| Request::Documents { space: None, reply }).await {
            Ok(Ok(documents)) => documents.into_iter().map(|info| (info.id, info.kind)).collect(),
            _ => HashMap::new(),
        }
    }

    pub(super) async fn look_at_all(&self) {
        match self.replica.ask(|reply| Request::NamedFiles { document: None, reply }).await {
            Ok(Ok(files)) => self.want_what_comes_by_itself(files).await,
            Ok(Err(error)) => tracing::debug!(%error, "which files documents name could not be read"),
            Err(_) => {}
        }
    }

    /// The next contents to fetch, as far as there are places.
    async fn next_wants(&self) -> Vec<Want> {
        let wants = match self.db(tables::wants).await {
            Ok(wants) => wants,
            Err(error) => {
                tracing::debug!(%error, "what is to come could not be read");
                return Vec::new();
            }
        };
        let running = lock(&self.running);
        let obstacles = lock(&self.obstacles);
        let free = FETCHES.saturating_sub(running.len());
        let due = |want: &&Want| {
            let rests = obstacles.get(&want.hash).is_some_and(|held| held.again > Instant::now());
            !want.paused && !running.contains_key(&want.hash) && !rests
        };
        wants.iter().filter(due).take(free).copied().collect()
    }

    async fn fetch(self: Arc<Self>, want: Want, progress: watch::Sender<Progress>, stop: CancellationToken) {
        let hash = want.hash;
        let ended = self.try_fetch(want, progress, stop).await;
        let obstacle = match ended {
            Ok(None) => None,
            Ok(Some(obstacle)) => Some(obstacle),
            Err(error) => {
                tracing::warn!(%hash, %error, "a file could not be fetched");
                Some(Obstacle::Failed)
            }
        };
        lock(&self.running).remove(&hash);
        match obstacle {
            Some(obstacle) => {
                let mut obstacles = lock(&self.obstacles);
                let held = Held::new(obstacle, obstacles.get(&hash));
                obstacles.insert(hash, held);
            }
            None => drop(lock(&self.obstacles).remove(&hash)),
        }
        self.woken.notify_one();
        self.news.content(&hash);
    }

    async fn try_fetch(&self, want: Want, progress: watch::Sender<Progress>, stop: CancellationToken) -> Result<Option<Obstacle>> {
        let hash = want.hash;
        let (said, here) = match self.kept.state(&hash).await? {
            State::Complete { size } => (size, size),
            State::Partial { size, here } => (size, here),
            State::Absent => (0, 0),
        };
        progress.send_modify(|progress| (progress.size, progress.here) = (said, here));
        let named = self.replica.ask(|reply| Request::NamedFiles { document: None, reply }).await??;
        let size = named.iter().filter(|file| file.hash == hash).map(|file| file.size).max().unwrap_or(0).max(said);
        let fits = self.room().await?.left().saturating_add(here);
        if size > fits {
            return Ok(Some(Obstacle::NoRoom));
        }
        let allowed = self.allowed(want.urgency).await?;
        if said > allowed {
            return Ok(Some(Obstacle::TooLarge));
        }
        let providers = self.replica.ask(|reply| Request::Providers { hash, reply }).await??;
        let providers = self.likeliest_first(&hash, providers).await?;
        let ended = self.fetcher.fetch(hash, allowed.min(fits), providers, progress, stop).await;
        match ended {
            Ended::Whole => {
                self.kept.settle(&hash).await?;
                let State::Complete { size } = self.kept.state(&hash).await? else { return Ok(Some(Obstacle::Failed)) };
                self.db(move |db| tables::keep_blob(db, &hash, size)).await?;
                tracing::info!(%hash, size, "a file is here");
                Ok(None)
            }
            Ended::NobodyHasIt => Ok(Some(Obstacle::NobodyHasIt)),
            Ended::TooLarge(size) if size <= allowed => Ok(Some(Obstacle::NoRoom)),
            Ended::TooLarge(size) => {
                tracing::warn!(%hash, size, "a file is larger than any that this node takes");
                Ok(Some(Obstacle::TooLarge))
            }
            Ended::Stopped => Ok(None),
            Ended::Store(KeepError::DiskFull) => Ok(Some(Obstacle::NoRoom)),
            Ended::Store(error) => Err(error.into()),
        }
    }

    /// Largest content that may come with this urgency. What a document says of a size is its writer's word: what comes by itself stays small by the size
    /// that it has.
    async fn allowed(&self, urgency: Urgency) -> Result<u64> {
        Ok(match urgency {
            Urgency::Thumbnail => MAX_THUMBNAIL_BYTES,
            Urgency::Small => self.db(|db| tables::setting(db, SMALL_SETTING)).await?.unwrap_or(SMALL_BYTES),
            Urgency::Wanted | Urgency::Pinned => MAX_BLOB_BYTES,
        })
    }

    /// Whoever had it when last heard of is asked before the others.
    async fn likeliest_first(&self, hash: &BlobHash, mut nodes: Vec<NodeId>) -> Result<Vec<NodeId>> {
        let asked = *hash;
        let holders = self.db(move |db| tables::holders(db, &asked)).await?;
        let known: HashMap<NodeId, bool> = holders.iter().map(|holder| (holder.node, holder.whole)).collect();
        nodes.sort_by_key(|node| match known.get(node) {
            Some(true) => 0,
            Some(false) => 1,
            None => 2,
        });
        Ok(nodes)
    }
}

/// Starts fetches as there are places, wants and people who may have them.
pub(super) async fn schedule(inner: Arc<Inner>) {
    let mut fetches = JoinSet::new();
    inner.look_at_all().await;
    loop {
        for want in inner.next_wants().await {
            let (sender, progress) = watch::channel(Progress::default());
            let stop = inner.stopping.child_token();
            lock(&inner.running).insert(want.hash, Running { progress, stop: stop.clone() });
            inner.news.content(&want.hash);
            fetches.spawn(inner.clone().fetch(want, sender, stop));
        }
        // What is due and was not begun waits for a place, or is paused: it is woken.
        let next = lock(&inner.obstacles).values().map(|held| held.again).filter(|again| *again > Instant::now()).min();
        let rest = next.map_or(LOOK_AGAIN, |next| next.saturating_duration_since(Instant::now())).clamp(LEAST_REST, LOOK_AGAIN);
        let _ = timeout(rest, inner.woken.notified()).await;
        while fetches.try_join_next().is_some() {}
    }
}

/// Hears which files documents name, and who came.
pub(super) async fn listen(inner: Arc<Inner>) {
    let mut applied = inner.replica.applied();
    loop {
        match applied.recv().await {
            Ok(Applied::Files { document }) => {
                if let Ok(Ok(files)) = inner.replica.ask(|reply| Request::NamedFiles { document: Some(document), reply }).await {
                    inner.want_what_comes_by_itself(files).await;
                }
                inner.news.document(document);
            }
            Ok(Applied::Network) => {
                // Whoever came may have what nobody had.
                lock(&inner.obstacles).retain(|_, held| held.obstacle != Obstacle::NobodyHasIt);
                inner.woken.notify_one();
            }
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => inner.look_at_all().await,
            Err(RecvError::Closed) => break,
        }
    }
}
