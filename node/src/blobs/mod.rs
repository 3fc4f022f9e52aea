//! Files: their content on this node, and its road to other schools. Documents name a content by its hash; here is where it is kept, given and fetched.
//!
//! - `keep`: the contents that are here. `damage`: when what is known of them is lost. `tables`: what is remembered of them. `room`: how much they may take.
//! - `channel`, `pace`: one stream between two nodes, as fast as the line takes it without making others wait.
//! - `provide`: gives to those who may have. `fetch`, `shares`: fetches from all who have.
//! - `uploads`: in from phones and programs. `media`: what a content is.
//! - `coming`: what is to come and when. `portions`: how much of that is each school's. `pins`: what stays whatever happens. `going`: what goes. `news`: what has
//!   moved.
//! - this file: all of it together ([`Blobs`]).
//!
//! **Invariant:** words come first. A content is fetched when somebody wants it, or is small and the line is free; it leaves the line to whatever else moves,
//! and the disk to the database.

mod channel;
mod coming;
mod damage;
mod fetch;
mod going;
mod keep;
pub mod limits;
pub mod media;
mod news;
mod next;
mod pace;
mod pins;
mod portions;
mod provide;
mod room;
mod shares;
mod tables;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod trying;
mod uploads;

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use jeli_protocol::ids::{BlobHash, DocumentId, SchoolId};
use rusqlite::Connection;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

pub use fetch::Progress;
pub use keep::{KeepError, State};
pub use news::Moved;
pub use pins::{Pin, Pins};
pub(crate) use room::disk_free;
pub use room::{Choice, Room};
pub use tables::{BLOBS_MIGRATION, Holder, KeptBlob, Urgency, Want};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use uploads::try_upload;
pub use uploads::{Sender, Upload, UploadError, UploadId, Uploads};

use coming::Counted;
use fetch::{Fetcher, Resting};
use keep::{Added, Kept};
use limits::{INBOUND_CHANNELS, OPEN_AGAIN, TAKE_IN_AGAIN, WANTS};
use news::News;
use next::Held;
use tables::Holders;

use crate::budget::Allowance;
use crate::network::NetworkHandle;
use crate::replica_handle::{ReplicaHandle, ReplicaStopped, Request, StoreFault};
use crate::store::NamedFile;

/// Why something could not be done with a file.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no room, by choice or on the disk.
    #[error("there is no room for {wanted} bytes of files: {left} are left; let go of others, or give files more room")]
    NoRoom {
        /// Bytes that are wanted.
        wanted: u64,
        /// Bytes that may still come.
        left: u64,
    },
    /// Larger than any that a node takes.
    #[error("a file of {0} bytes is larger than {max} allow", max = limits::MAX_BLOB_BYTES)]
    TooLarge(u64),
    /// More contents are wanted than a node keeps in mind.
    #[error("{WANTS} files are to come already")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Keep(#[from] KeepError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The tables failed.
    #[error("what is known of files could not be read or written: {0}")]
    Tables(#[from] rusqlite::Error),
    /// The node is stopping.
    #[error(transparent)]
    Stopped(#[from] ReplicaStopped),
}

type Result<T> = std::result::Result<T, BlobError>;

/// What became of the last attempt to fetch a content that is still to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// Nobody whom we reach has it now.
    NobodyHasIt,
    /// Files have no room.
    NoRoom,
    /// It is larger than any that a node takes.
    TooLarge,
    /// Nobody waits for it and the line costs money: it comes over the local network, or when the line costs nothing.
    Spared,
    /// The store failed; the log says more.
    Failed,
}

/// The files of this node. Cheap to clone.
#[derive(Clone)]
pub struct Blobs {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    kept: Kept,
    replica: ReplicaHandle,
    fetcher: Fetcher,
    allowance: watch::Receiver<Allowance>,
    running: Mutex<HashMap<BlobHash, Running>>,
    obstacles: Mutex<HashMap<BlobHash, Held>>,
    /// What documents named a short while ago.
    lately: Mutex<Option<(std::time::Instant, Arc<Vec<NamedFile>>)>>,
    /// Something did not come by itself because its school has as many to come as it may.
    left_out: AtomicBool,
    /// Held while it is looked at whether one more has room.
    fitting: tokio::sync::Mutex<()>,
    /// Something is to be looked at: a want, a peer, a document.
    woken: Notify,
    news: News,
    stopping: CancellationToken,
}

/// A fetch under way.
struct Running {
    urgency: Urgency,
    progress: watch::Receiver<Progress>,
    stop: CancellationToken,
}

impl Blobs {
    /// Opens the files of a data folder, and begins to give and to fetch. Where they cannot be opened, all that is asked of them says why until they can:
    /// words must not wait for files.
    pub async fn start(folder: &Path, replica: ReplicaHandle, network: NetworkHandle, allowance: watch::Receiver<Allowance>) -> Self {
        let itself: Arc<OnceLock<std::sync::Weak<Inner>>> = Arc::default();
        let known = itself.clone();
        let needed: keep::Needed = Arc::new(move || {
            let inner = known.get().and_then(std::sync::Weak::upgrade);
            Box::pin(SyncFuture(Mutex::new(Box::pin(async move {
                match inner?.needed().await {
                    Ok(needed) => Some(needed),
                    Err(error) => {
                        tracing::warn!(%error, "which files are needed could not be found out: none is let go of");
                        None
                    }
                }
            }))))
        });
        let kept = Kept::new(folder, needed);
        let opened = kept.open().await;
        let (streams_in, streams) = mpsc::channel(INBOUND_CHANNELS);
        // A network that has stopped already says so to everybody else.
        let _ = network.accept_blobs(streams_in).await;
        let fetcher = Fetcher {
            kept: kept.clone(),
            network,
            holders: Holders::new(replica.clone()),
            resting: Resting::default(),
            roads: watch::Sender::new(()),
        };
        let stopping = CancellationToken::new();
        let inner = Arc::new(Inner {
            folder: folder.to_owned(),
            kept,
            replica: replica.clone(),
            fetcher: fetcher.clone(),
            allowance: allowance.clone(),
            running: Mutex::default(),
            obstacles: Mutex::default(),
            lately: Mutex::default(),
            left_out: AtomicBool::default(),
            fitting: tokio::sync::Mutex::default(),
            woken: Notify::new(),
            news: News::default(),
            stopping: stopping.clone(),
        });
        let _ = itself.set(Arc::downgrade(&inner));
        if let Err(error) = opened {
            tracing::error!(folder = %folder.display(), %error, "this node works without files: free some space, or see to the folder's rights; it tries again by itself");
        }
        tokio::spawn(stopping.clone().run_until_cancelled_owned(keep_open(inner.clone())));
        tokio::spawn(stopping.clone().run_until_cancelled_owned(provide::serve(streams, fetcher, replica)));
        tokio::spawn(stopping.clone().run_until_cancelled_owned(coming::listen(inner.clone())));
        tokio::spawn(stopping.clone().run_until_cancelled_owned(coming::heed(inner.clone(), allowance)));
        tokio::spawn(stopping.run_until_cancelled_owned(coming::schedule(inner.clone())));
        Self { inner }
    }

    /// Ends all fetches; what has come stays.
    pub async fn stop(&self) {
        self.inner.stopping.cancel();
        for running in lock(&self.inner.running).values() {
            running.stop.cancel();
        }
        self.inner.kept.close().await;
    }

    /// What of a content is here.
    pub async fn state(&self, hash: &BlobHash) -> Result<State> {
        Ok(self.inner.kept.state(hash).await?)
    }

    /// Takes a file from this machine's disk: copies it, hashes it, keeps it. In no document yet, it is kept for [`UNNAMED_LIFE`].
    pub async fn add_file(&self, path: &Path) -> Result<(BlobHash, u64)> {
        let size = tokio::fs::metadata(path).await.map_err(KeepError::from)?.len();
        self.make_room(size, Room::left).await?;
        self.take_in(path).await
    }

    /// Keeps a file that was sent in: there was room for it when it began, and the disk says whether there is still.
    async fn take_in(&self, path: &Path) -> Result<(BlobHash, u64)> {
        let Added { hash, size, held } = self.inner.kept.add_file(path).await?;
        self.inner.db(move |db| tables::keep_blob(db, &hash, size)).await?;
        self.inner.kept.hold(held);
        self.inner.news.content(&hash);
        Ok((hash, size))
    }

    /// Reads a part of a content that is here.
    pub fn read(&self, hash: &BlobHash, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
        self.inner.kept.read(hash, range)
    }

    /// Somebody looked at it.
    pub async fn used(&self, hash: &BlobHash) -> Result<()> {
        let hash = *hash;
        self.inner.db(move |db| tables::used(db, &hash)).await
    }

    /// Writes all of a content into a new file of this machine.
    pub async fn export(&self, hash: &BlobHash, target: PathBuf) -> Result<u64> {
        Ok(self.inner.kept.export(hash, target).await?)
    }

    /// Wants a content: it comes when somebody who has it is reached.
    pub async fn want(&self, hash: &BlobHash, urgency: Urgency) -> Result<()> {
        let wanted = *hash;
        if !self.inner.db(move |db| tables::want(db, &wanted, urgency, WANTS)).await? {
            return Err(BlobError::TooMany);
        }
        lock(&self.inner.obstacles).remove(hash);
        self.inner.woken.notify_one();
        self.inner.news.content(hash);
        Ok(())
    }

    /// Not now: what has come stays.
    pub async fn pause(&self, hash: &BlobHash) -> Result<()> {
        let paused = *hash;
        self.inner.db(move |db| tables::pause(db, &paused)).await?;
        self.inner.halt(hash);
        Ok(())
    }

    /// Not at all: what has come goes with the next sweep. What is here whole stays, and is let go of by [`Blobs::let_go`] alone.
    pub async fn cancel(&self, hash: &BlobHash) -> Result<()> {
        if matches!(self.state(hash).await?, State::Complete { .. }) {
            return Ok(());
        }
        let cancelled = *hash;
        self.inner.db(move |db| tables::let_go(db, &cancelled)).await?;
        self.inner.halt(hash);
        Ok(())
    }

    /// What is to come, the most urgent first.
    pub async fn wants(&self) -> Result<Vec<Want>> {
        self.inner.db(tables::wants).await
    }

    /// How the fetch of a content stands, if it is under way.
    pub fn progress(&self, hash: &BlobHash) -> Option<Progress> {
        lock(&self.inner.running).get(hash).map(|running| running.progress.borrow().clone())
    }

    /// What held up the last attempt.
    pub fn obstacle(&self, hash: &BlobHash) -> Option<Obstacle> {
        lock(&self.inner.obstacles).get(hash).map(|held| held.obstacle.clone())
    }

    /// Other computers that had it when they were last heard of.
    pub async fn holders(&self, hash: &BlobHash) -> Result<Vec<Holder>> {
        let hash = *hash;
        self.inner.db(move |db| tables::holders(db, &hash)).await
    }

    /// The same, of all contents of which any is known.
    pub async fn all_holders(&self) -> Result<HashMap<BlobHash, Vec<Holder>>> {
        self.inner.db(tables::all_holders).await
    }

    /// The contents that are here whole.
    pub async fn kept(&self) -> Result<Vec<KeptBlob>> {
        self.inner.db(tables::kept).await
    }

    /// The files that documents name.
    pub async fn named(&self, document: Option<DocumentId>) -> Result<Vec<NamedFile>> {
        Ok(self.inner.replica.ask(|reply| Request::NamedFiles { document, reply }).await??)
    }

    /// How much room there is.
    pub async fn room(&self) -> Result<Room> {
        self.inner.room().await
    }

    /// Refuses what does not fit.
    async fn make_room(&self, wanted: u64, left: impl Fn(&Room) -> u64) -> Result<()> {
        if wanted > limits::MAX_BLOB_BYTES {
            return Err(BlobError::TooLarge(wanted));
        }
        self.inner.kept.store()?;
        let left = left(&self.inner.room().await?);
        if wanted > left { Err(BlobError::NoRoom { wanted, left }) } else { Ok(()) }
    }

    /// What the files of each school take of the room; no school: whoever named them is of none that this node knows.
    pub async fn by_school(&self) -> Result<Vec<(Option<SchoolId>, u64)>> {
        Ok(self.inner.portions(&self.inner.named().await?, Counted::Kept).await?.taken())
    }

    /// Chooses how many bytes files may take, up to how many one comes by itself, and how much of that is one school's.
    pub async fn choose(&self, choice: Choice) -> Result<()> {
        self.inner.db(move |db| choice.keep(db)).await?;
        self.inner.look_at_all().await;
        Ok(())
    }

    /// The uploads of this node.
    pub fn uploads(&self) -> Uploads {
        Uploads::new(&self.inner.folder, self.clone())
    }

    /// The network over which they travel.
    pub fn network(&self) -> NetworkHandle {
        self.inner.fetcher.network.clone()
    }
}

impl Inner {
    async fn db<T: Send + 'static>(&self, work: impl FnOnce(&Connection) -> std::result::Result<T, rusqlite::Error> + Send + 'static) -> Result<T> {
        Ok(self.replica.with_db(move |db| work(db)).await??)
    }

    fn halt(&self, hash: &BlobHash) {
        if let Some(running) = lock(&self.running).get(hash) {
            running.stop.cancel();
        }
        self.news.content(hash);
    }

    async fn room(&self) -> Result<Room> {
        let (kept, chosen) = self.db(|db| Ok((tables::kept(db)?, Choice::kept(db)?))).await?;
        let (folder, data) = (self.folder.clone(), self.kept.data_folder().to_owned());
        let room = tokio::task::spawn_blocking(move || {
            let whole = kept.iter().map(|blob| blob.hash).collect();
            let unfinished =
                room::bytes_beside(&data, &whole)? + room::bytes_of(&uploads::folder_in(&folder), |name| name.parse::<UploadId>().is_ok())?;
            Room::of(&folder, kept.iter().map(|blob| blob.size).sum(), unfinished, &chosen)
        });
        Ok(room.await.map_err(KeepError::of)?.map_err(KeepError::from)?)
    }
}

/// Opens the store of files as soon as it can be, and anew where it has stopped working. Never ends by itself.
async fn keep_open(inner: Arc<Inner>) {
    let (mut is_all_in, mut again) = (false, Instant::now());
    loop {
        while inner.kept.works().await {
            if !is_all_in && Instant::now() >= again {
                is_all_in = take_in_anew(inner.clone()).await;
                again = Instant::now() + TAKE_IN_AGAIN;
            }
            // Where there was no room for all of it, there may be some later.
            if is_all_in { inner.kept.doubted().await } else { drop(timeout_at(again, inner.kept.doubted()).await) }
        }
        if let Err(error) = inner.kept.open().await {
            tracing::debug!(%error, "the files of this node cannot be opened yet");
            tokio::time::sleep(OPEN_AGAIN).await;
            continue;
        }
        tracing::info!("the files of this node are open again");
        (is_all_in, again) = (false, Instant::now());
        lock(&inner.obstacles).clear();
        inner.look_at_all().await;
        inner.woken.notify_one();
    }
}

/// Takes in what lay beside a damaged store; what is lost of what was here is wanted again. False where not all of it could be.
async fn take_in_anew(inner: Arc<Inner>) -> bool {
    let taken = match damage::take_in(&inner.folder, &inner.kept).await {
        Ok(None) => return true,
        Ok(Some(taken)) => taken,
        Err(error) => {
            tracing::error!(%error, "the files of the damaged store could not be taken in; it is tried again");
            return false;
        }
    };
    // Some may have been taken in before a start, or before the disk was full.
    let listed = match inner.kept.list().await {
        Ok(listed) => listed,
        Err(error) => {
            tracing::error!(%error, "what was taken in of the damaged store could not be looked up");
            Vec::new()
        }
    };
    // What still waits is not lost.
    let here: BTreeSet<BlobHash> = taken.contents.iter().map(|(hash, _)| *hash).chain(taken.waiting()).chain(listed).collect();
    let (taken, is_all) = (taken.contents, taken.left.is_empty());
    let known = inner.db(move |db| {
        let lost: Vec<BlobHash> = tables::kept(db)?.iter().map(|blob| blob.hash).filter(|hash| !here.contains(hash)).collect();
        for (hash, size) in &taken {
            tables::keep_blob(db, hash, *size)?;
        }
        for hash in &lost {
            tables::forget_blob(db, hash)?;
            tables::want(db, hash, Urgency::Wanted, WANTS)?;
        }
        Ok((taken, lost))
    });
    match known.await {
        Ok((taken, lost)) => {
            taken.iter().map(|(hash, _)| hash).chain(&lost).for_each(|hash| inner.news.content(hash));
            tracing::warn!(
                taken = taken.len(),
                lost = lost.len(),
                "files of the damaged store were taken in; those that were lost come again from other schools that have them"
            );
        }
        Err(error) => tracing::error!(%error, "what was taken in of the damaged store could not be noted"),
    }
    inner.woken.notify_one();
    is_all
}

/// A future that the files' store may hold while others look at it: it is polled by one at a time.
struct SyncFuture<T>(Mutex<std::pin::Pin<Box<dyn Future<Output = T> + Send>>>);

impl<T> Future for SyncFuture<T> {
    type Output = T;

    fn poll(self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<T> {
        lock(&self.0).as_mut().poll(context)
    }
}

/// A panic while one of these small maps was locked leaves it whole: each critical section is a single map operation or a read.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Time after which a node that is asked to close the files stops waiting.
pub const CLOSE_GRACE: Duration = Duration::from_secs(5);
