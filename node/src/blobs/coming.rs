//! What is to come and when: wants, by people and by themselves, and their fetches; `next` says which of them is fetched next.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jeli_protocol::ids::{BlobHash, NodeId};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::fetch::{Ended, Progress};
use super::keep::{KeepError, State};
use super::limits::{LEFT_OUT_AGAIN, LOOK_AGAIN, MAX_BLOB_BYTES, MAX_THUMBNAIL_BYTES, WANTS, WANTS_BY_THEMSELVES, WANTS_OF_ONE_SCHOOL};
use super::next::{Held, next_of};
use super::portions::{Computers, Portions};
use super::tables::{self, Urgency, Want};
use super::{Inner, Obstacle, Result, Running, lock, uploads};
use crate::budget::{Allowance, Unasked};
use crate::network::peer_id_of;
use crate::replica_handle::{Applied, Request};
use crate::store::{FilePart, NamedFile, Naming};

/// So that what is due at once does not turn in a circle.
const LEAST_REST: Duration = Duration::from_millis(50);

/// How old what is known of names may be where a wrong word costs one more attempt.
const LATELY: Duration = Duration::from_secs(5);

/// What is counted of the files of a school beside those that are here.
pub(super) enum Counted {
    /// Nothing.
    Kept,
    /// What is to come by itself, as large as documents say.
    WithWants,
    /// What is being fetched beside this content.
    WithOthersUnderWay(BlobHash),
}

/// Bytes that a file is said to have. Nothing is said of small pictures: they may have as many as any.
fn bytes_said(file: &NamedFile) -> u64 {
    if file.part == FilePart::Thumbnail { MAX_THUMBNAIL_BYTES } else { file.said.size }
}

impl Inner {
    /// Wants what comes by itself of these files: small pictures and small files, as far as one school's portion goes, and whatever is pinned.
    async fn want_what_comes_by_itself(&self, files: &[NamedFile]) {
        match self.want_of(files).await {
            Ok(false) => {}
            Ok(true) => self.woken.notify_one(),
            Err(error) => tracing::debug!(%error, "what comes by itself was not noted"),
        }
    }

    /// Whether anything new is wanted.
    async fn want_of(&self, files: &[NamedFile]) -> Result<bool> {
        let (pins, small) = (self.pins().await?, self.room().await?.small);
        let mut wanted: BTreeMap<BlobHash, (Urgency, u64)> = BTreeMap::new();
        let mut pinned = HashSet::new();
        for file in files.iter().filter(|file| file.naming == Naming::Now) {
            let is_pinned = pins.keep(file);
            if is_pinned {
                pinned.insert(file.hash);
            }
            let urgency = match file.part {
                FilePart::Thumbnail => Some(Urgency::Thumbnail),
                FilePart::Content if is_pinned => Some(Urgency::Pinned),
                FilePart::Content if file.said.size > 0 && file.said.size <= small => Some(Urgency::Small),
                FilePart::Content => None,
            };
            if let Some(urgency) = urgency {
                let known = wanted.entry(file.hash).or_insert((urgency, 0));
                *known = (urgency.or(known.0), known.1.max(bytes_said(file)));
            }
        }
        let mut missing = Vec::new();
        for (hash, (urgency, bytes)) in wanted {
            if !matches!(self.kept.state(&hash).await?, State::Complete { .. }) {
                missing.push((hash, urgency, bytes));
            }
        }
        if missing.is_empty() {
            return Ok(false);
        }
        let named = self.named().await?;
        let (mut portions, mut places) = (self.portions(&named, Counted::WithWants).await?, self.places(&named).await?);
        let mut any = false;
        for (hash, urgency, bytes) in missing {
            // It was let go of before it was chosen to be kept.
            if urgency == Urgency::Pinned || pinned.contains(&hash) {
                self.db(move |db| tables::want_again(db, &hash)).await?;
            }
            if urgency.by_itself() && portions.left(&hash) < bytes {
                continue;
            }
            if urgency.by_itself() && !pinned.contains(&hash) && places.left(&hash) == 0 {
                self.left_out.store(true, Ordering::Relaxed);
                continue;
            }
            // What was chosen to be kept finds a place however much comes by itself.
            let most = if urgency.by_itself() { WANTS_BY_THEMSELVES } else { WANTS };
            if self.db(move |db| tables::want_by_itself(db, &hash, urgency, most)).await? {
                portions.take(&hash, bytes);
                places.take(&hash, 1);
                any = true;
                self.news.content(&hash);
            }
        }
        Ok(any)
    }

    /// What of the room the files of each school take.
    pub(super) async fn portions(&self, named: &[NamedFile], counted: Counted) -> Result<Portions> {
        let (kept, wants) = self.db(|db| Ok((tables::kept(db)?, tables::wants(db)?))).await?;
        let spaces = self.replica.ask(|reply| Request::Spaces { reply }).await??;
        let mut here: HashMap<BlobHash, u64> = kept.iter().map(|blob| (blob.hash, blob.size)).collect();
        match counted {
            Counted::Kept => {}
            Counted::WithWants => {
                let coming: HashSet<BlobHash> = wants.iter().filter(|want| want.urgency.by_itself()).map(|want| want.hash).collect();
                for file in named.iter().filter(|file| coming.contains(&file.hash)) {
                    here.entry(file.hash).or_insert(bytes_said(file));
                }
            }
            Counted::WithOthersUnderWay(but) => {
                let running = lock(&self.running);
                here.extend(running.iter().filter(|(hash, _)| **hash != but).map(|(hash, running)| {
                    let progress = running.progress.borrow();
                    (*hash, progress.size.max(progress.here))
                }));
            }
        }
        let own = self.replica.identity().school_id();
        Ok(Portions::of(own, self.room().await?.portion(), named, &Computers::of(&spaces), here))
    }

    /// What of the places for what comes by itself each school has: bytes are its documents' word, and it may say one.
    async fn places(&self, named: &[NamedFile]) -> Result<Portions> {
        let wants = self.db(tables::wants).await?;
        let spaces = self.replica.ask(|reply| Request::Spaces { reply }).await??;
        let coming = wants.iter().filter(|want| want.urgency.by_itself()).map(|want| (want.hash, 1));
        Ok(Portions::of(self.replica.identity().school_id(), WANTS_OF_ONE_SCHOOL, named, &Computers::of(&spaces), coming))
    }

    /// Bytes that are still to come of what is being fetched beside this content, and of what is being sent in.
    async fn to_come_beside(&self, hash: &BlobHash) -> Result<u64> {
        let running: u64 = lock(&self.running)
            .iter()
            .filter(|(other, _)| *other != hash)
            .map(|(_, running)| {
                let progress = running.progress.borrow();
                progress.size.saturating_sub(progress.here)
            })
            .sum();
        let sent = uploads::Standing::of_all(&uploads::folder_in(&self.folder)).await.map_err(KeepError::from)?;
        Ok(running.saturating_add(sent.iter().map(uploads::Standing::owed).sum()))
    }

    /// All that documents name.
    pub(super) async fn named(&self) -> Result<Vec<NamedFile>> {
        Ok(self.replica.ask(|reply| Request::NamedFiles { document: None, reply }).await??)
    }

    /// The same as it was a short while ago: for what is asked again and again, since the thread that words wait for looks it up.
    async fn named_lately(&self) -> Result<Arc<Vec<NamedFile>>> {
        if let Some((at, named)) = &*lock(&self.lately)
            && at.elapsed() < LATELY
        {
            return Ok(named.clone());
        }
        let named = Arc::new(self.named().await?);
        *lock(&self.lately) = Some((Instant::now(), named.clone()));
        Ok(named)
    }

    pub(super) async fn look_at_all(&self) {
        match self.named().await {
            Ok(files) => self.want_what_comes_by_itself(&files).await,
            Err(error) => tracing::debug!(%error, "which files documents name could not be read"),
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
        let running: HashMap<BlobHash, Urgency> = lock(&self.running).iter().map(|(hash, running)| (*hash, running.urgency)).collect();
        let obstacles = lock(&self.obstacles);
        let now = Instant::now();
        let rests = |hash: &BlobHash| obstacles.get(hash).is_some_and(|held| held.again > now);
        let failed = |hash: &BlobHash| obstacles.get(hash).map_or(0, |held| held.times + 1);
        next_of(&wants, &running, rests, failed)
    }

    async fn fetch(self: Arc<Self>, want: Want, progress: watch::Sender<Progress>, stop: CancellationToken) {
        let hash = want.hash;
        let state = progress.subscribe();
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
                // On a line that breaks off again and again each attempt brings something, and the next one need not wait the longer for it.
                let before = obstacles.get(&hash).filter(|_| state.borrow().fetched == 0);
                let held = Held::new(obstacle, want.urgency, before);
                obstacles.insert(hash, held);
            }
            None => drop(lock(&self.obstacles).remove(&hash)),
        }
        self.woken.notify_one();
        self.news.content(&hash);
    }

    async fn try_fetch(&self, want: Want, progress: watch::Sender<Progress>, stop: CancellationToken) -> Result<Option<Obstacle>> {
        let hash = want.hash;
        // Somebody may have thought better of it since it was chosen.
        if !self.db(move |db| tables::is_due(db, &hash)).await? {
            return Ok(None);
        }
        let (said, here) = match self.kept.state(&hash).await? {
            State::Complete { size } => (size, size),
            State::Partial { size, here } => (size, here),
            State::Absent => (0, 0),
        };
        progress.send_modify(|progress| (progress.size, progress.here) = (said, here));
        let mut named = self.named_lately().await?;
        if want.urgency.by_itself() && !named.iter().any(|file| file.hash == hash) {
            // It may have been named since.
            *lock(&self.lately) = None;
            named = self.named_lately().await?;
        }
        let size = named.iter().filter(|file| file.hash == hash).map(|file| file.said.size).max().unwrap_or(0).max(said);
        let portion = if want.urgency.by_itself() { self.portions(&named, Counted::WithOthersUnderWay(hash)).await?.left(&hash) } else { u64::MAX };
        if size > portion || portion == 0 {
            return self.beyond_its_portion(&want).await;
        }
        let fits = {
            // One after the other: each sees what the others are going to take.
            let _one = self.fitting.lock().await;
            let fits = self.room().await?.left().saturating_sub(self.to_come_beside(&hash).await?).saturating_add(here);
            if size > fits {
                return Ok(Some(Obstacle::NoRoom));
            }
            progress.send_modify(|progress| progress.size = size);
            fits
        };
        let allowed = self.allowed(want.urgency).await?;
        if said > allowed {
            return Ok(Some(Obstacle::TooLarge));
        }
        let providers = self.replica.ask(|reply| Request::Providers { hash, reply }).await??;
        let mut providers = self.likeliest_first(&hash, providers).await?;
        if want.urgency.by_itself() {
            providers = self.fetcher.reached_by_themselves(providers).await;
        }
        if want.urgency != Urgency::Wanted && self.allowance.borrow().unasked == Unasked::Waits {
            providers = self.near(providers).await;
            if providers.is_empty() {
                return Ok(Some(Obstacle::Spared));
            }
        }
        // A sweep that began before this was wanted knows nothing of it.
        let held = self.kept.tag(&hash).await?;
        let ended = self.fetcher.fetch(hash, allowed.min(fits).min(portion), providers, progress, stop).await;
        let ended = self.ended(want, ended, allowed, portion).await;
        self.kept.hold(held);
        ended
    }

    /// Those of these computers that are connected where bytes cost nothing.
    async fn near(&self, nodes: Vec<NodeId>) -> Vec<NodeId> {
        let near = self.fetcher.network.near().await.unwrap_or_default();
        nodes.into_iter().filter(|node| near.contains(&peer_id_of(&node.0))).collect()
    }

    /// What follows from the end of a fetch.
    async fn ended(&self, want: Want, ended: Ended, allowed: u64, portion: u64) -> Result<Option<Obstacle>> {
        let hash = want.hash;
        match ended {
            Ended::Whole => {
                self.kept.settle(&hash).await?;
                let State::Complete { size } = self.kept.state(&hash).await? else { return Ok(Some(Obstacle::Failed)) };
                self.db(move |db| tables::keep_blob(db, &hash, size)).await?;
                tracing::info!(%hash, size, "a file is here");
                Ok(None)
            }
            Ended::NobodyHasIt => Ok(Some(Obstacle::NobodyHasIt)),
            Ended::TooLarge(size) if size <= allowed && size > portion => self.beyond_its_portion(&want).await,
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

    /// It comes no more by itself; whoever wants it asks for it.
    async fn beyond_its_portion(&self, want: &Want) -> Result<Option<Obstacle>> {
        let (hash, urgency) = (want.hash, want.urgency);
        tracing::debug!(%hash, "the files of the school that named it take their portion of the room: it does not come by itself");
        self.db(move |db| tables::want_no_more(db, &hash, urgency)).await?;
        Ok(None)
    }

    /// Largest content that may come with this urgency. What a document says of a size is its writer's word: what comes by itself stays small by the size
    /// that it has.
    async fn allowed(&self, urgency: Urgency) -> Result<u64> {
        Ok(match urgency {
            Urgency::Thumbnail => MAX_THUMBNAIL_BYTES,
            Urgency::Small => self.room().await?.small,
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
    let mut looked = Instant::now();
    loop {
        if inner.left_out.load(Ordering::Relaxed) && looked.elapsed() >= LEFT_OUT_AGAIN {
            inner.left_out.store(false, Ordering::Relaxed);
            inner.look_at_all().await;
            looked = Instant::now();
        }
        for want in inner.next_wants().await {
            let (sender, progress) = watch::channel(Progress::default());
            let stop = inner.stopping.child_token();
            lock(&inner.running).insert(want.hash, Running { urgency: want.urgency, progress, stop: stop.clone() });
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

/// Follows the data budget: where the line is not to be used by itself any more, what nobody waits for is broken off and begins anew, over the local network; where
/// it is again, what was spared is looked at.
pub(super) async fn heed(inner: Arc<Inner>, mut allowance: watch::Receiver<Allowance>) {
    while allowance.changed().await.is_ok() {
        match allowance.borrow_and_update().unasked {
            Unasked::Waits => {
                lock(&inner.running).values().filter(|running| running.urgency != Urgency::Wanted).for_each(|running| running.stop.cancel())
            }
            Unasked::Comes => {
                let now = Instant::now();
                lock(&inner.obstacles).values_mut().filter(|held| held.obstacle == Obstacle::Spared).for_each(|held| held.again = now);
            }
        }
        inner.woken.notify_one();
    }
}

/// Hears which files documents name, and who came.
pub(super) async fn listen(inner: Arc<Inner>) {
    let mut applied = inner.replica.applied();
    loop {
        match applied.recv().await {
            Ok(Applied::Files { document }) => {
                *lock(&inner.lately) = None;
                if let Ok(Ok(files)) = inner.replica.ask(|reply| Request::NamedFiles { document: Some(document), reply }).await {
                    inner.want_what_comes_by_itself(&files).await;
                }
                inner.news.document(document);
            }
            Ok(Applied::Network) => {
                inner.fetcher.roads.send_replace(());
                inner.fetcher.resting.look_again();
                // Whoever came may have what nobody had. How often each failed stays known, so that what never comes holds nothing up.
                let now = Instant::now();
                lock(&inner.obstacles)
                    .values_mut()
                    .filter(|held| matches!(held.obstacle, Obstacle::NobodyHasIt | Obstacle::Spared))
                    .for_each(|held| held.again = now);
                inner.woken.notify_one();
            }
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => {
                *lock(&inner.lately) = None;
                inner.look_at_all().await;
            }
            Err(RecvError::Closed) => break,
        }
    }
}
