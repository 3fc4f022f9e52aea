//! The contents that are here, in iroh-blobs' store: what of each is here, adding, reading, letting go.
//!
//! **Invariant:** a content counts as here only when all of its bytes were hashed and are on the disk for good ([`Kept::settle`]).
//!
//! The store stops for good at the first fault of its own database, a full disk say: whatever fails is reason to look whether it still works, and to open it
//! anew ([`Kept::works`]).

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt, future, stream};
use iroh_blobs::api::Store;
use iroh_blobs::api::blobs::{AddPathOptions, AddProgressItem, Bitfield, ExportMode, ExportOptions, ImportMode};
use iroh_blobs::protocol::ChunkRanges;
use iroh_blobs::store::fs::FsStore;
use iroh_blobs::store::fs::options::{Options, PathOptions};
use iroh_blobs::store::{GcConfig, ProtectOutcome};
use iroh_blobs::{BlobFormat, Hash, api::TempTag};
use jeli_protocol::ids::BlobHash;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::timeout;

use super::channel::Have;
use super::limits::{CLOSE_TIME, PROBE_TIME, RESERVE_BYTES, SWEEP_TIME};
use super::room::disk_free;
use super::shares::Missing;
use super::{damage, lock};
use crate::config::private;

/// The store's own database, in its folder.
const DATABASE: &str = "blobs.db";

/// Bytes of a chunk of the hash tree.
pub(super) const CHUNK_BYTES: u64 = 1_024;

/// Why a content could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The disk is full, or nearly.
    #[error("the disk is full: free some space; what was here stays, and the rest comes by itself then")]
    DiskFull,
    /// The store failed.
    #[error("the files of this node could not be read or written: {0}")]
    Failed(String),
    /// The store is not open; the node tries again by itself.
    #[error("the files of this node cannot be opened: {0}")]
    Closed(String),
}

impl KeepError {
    pub(super) fn of(error: impl std::fmt::Display) -> Self {
        let said = error.to_string();
        // The store gives the system's words on.
        let full = ["No space left", "os error 28", "QuotaExceeded", "StorageFull"].iter().any(|mark| said.contains(mark));
        if full { Self::DiskFull } else { Self::Failed(said) }
    }
}

impl From<io::Error> for KeepError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// What of a content is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Absent,
    /// Some of it.
    Partial {
        /// Bytes in all, as far as that is known; 0 before.
        size: u64,
        /// Bytes that are here.
        here: u64,
    },
    /// All.
    Complete {
        /// Bytes.
        size: u64,
    },
}

/// All hashes that must stay, asked for before anything is let go. None: that could not be found out, and nothing is let go.
pub(super) type Needed = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Option<Vec<BlobHash>>> + Send + Sync>> + Send + Sync>;

/// The store. Cheap to clone.
#[derive(Clone)]
pub(super) struct Kept {
    folder: PathBuf,
    paths: PathOptions,
    needed: Needed,
    /// Or why it is not open.
    opened: Arc<Mutex<Result<Arc<Opened>, String>>>,
    /// Something failed: perhaps it works no more.
    doubt: Arc<Notify>,
    held: Arc<Mutex<Vec<TempTag>>>,
    copies: Arc<Mutex<Copies>>,
}

/// Copies that are being made of files that come in.
#[derive(Default)]
struct Copies {
    count: usize,
    /// What they may still take.
    bytes: u64,
    /// One of them broke off and left its half.
    left_a_half: bool,
}

/// One of them, until it is made or has broken off.
struct Copy<'a> {
    kept: &'a Kept,
    bytes: u64,
    is_made: bool,
}

impl Drop for Copy<'_> {
    fn drop(&mut self) {
        let mut copies = lock(&self.kept.copies);
        copies.count -= 1;
        copies.bytes -= self.bytes;
        copies.left_a_half |= !self.is_made;
        if copies.count == 0 && std::mem::take(&mut copies.left_a_half) {
            // The store names halves as it likes, and takes none of them away: where no copy is being made all are such.
            for entry in std::fs::read_dir(&self.kept.paths.temp_path).into_iter().flatten().flatten() {
                if let Err(error) = std::fs::remove_file(entry.path()) {
                    tracing::debug!(path = %entry.path().display(), %error, "half a copy could not be taken away");
                }
            }
        }
    }
}

/// A store that is open.
struct Opened {
    store: Store,
    sweeps: mpsc::Sender<oneshot::Sender<()>>,
}

impl Opened {
    async fn of(folder: &Path, needed: Needed, held: Arc<Mutex<Vec<TempTag>>>) -> Result<Self, KeepError> {
        let mut options = Options::new(folder);
        private::make_folder(folder)?;
        // Whatever was being written when the process ended: nothing refers to it.
        if let Err(error) = std::fs::remove_dir_all(&options.path.temp_path)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error.into());
        }
        let (sweeps, asked) = mpsc::channel(4);
        options.gc = Some(sweeping(needed, held, asked));
        let store = FsStore::load_with_opts(folder.join(DATABASE), options).await.map_err(|error| KeepError::of(format!("{error:#}")))?;
        Ok(Self { store: store.into(), sweeps })
    }
}

impl Kept {
    /// The store of this folder, not open yet.
    pub(super) fn new(folder: &Path, needed: Needed) -> Self {
        let paths = Options::new(folder).path;
        let opened = Arc::new(Mutex::new(Err("it was not opened yet".to_owned())));
        Self { folder: folder.to_owned(), paths, needed, opened, doubt: Arc::default(), held: Arc::default(), copies: Arc::default() }
    }

    /// Opens it, if it is not open. What a process that was killed left half written is cleared away. One call at a time.
    pub(super) async fn open(&self) -> Result<(), KeepError> {
        if self.opened().is_ok() {
            return Ok(());
        }
        let open = || Opened::of(&self.folder, self.needed.clone(), self.held.clone());
        let mut opened = open().await;
        if let Err(error) = &opened
            && damage::is_damage(error)
        {
            tracing::error!(%error, "what the store of files knows of them is damaged: they are taken in anew");
            damage::set_aside(&self.folder, &self.paths.data_path, &self.folder.join(DATABASE))?;
            opened = open().await;
        }
        match opened {
            Ok(opened) => {
                *lock(&self.opened) = Ok(Arc::new(opened));
                Ok(())
            }
            Err(error) => {
                *lock(&self.opened) = Err(error.to_string());
                Err(error)
            }
        }
    }

    /// Whether it is open and answers. One that does not is closed, to be opened anew.
    pub(super) async fn works(&self) -> bool {
        let Ok(opened) = self.opened() else { return false };
        let answers = matches!(timeout(PROBE_TIME, opened.store.tags().list()).await, Ok(Ok(_)));
        if answers && !opened.sweeps.is_closed() {
            return true;
        }
        *lock(&self.opened) = Err("it has stopped working, and is opened anew".to_owned());
        // So that it gives its database up.
        let _ = timeout(CLOSE_TIME, opened.store.shutdown()).await;
        false
    }

    /// Waits until something has failed.
    pub(super) async fn doubted(&self) {
        self.doubt.notified().await;
    }

    /// What failed may have stopped it.
    fn failed(&self, error: impl std::fmt::Display) -> KeepError {
        self.doubt.notify_one();
        KeepError::of(error)
    }

    fn opened(&self) -> Result<Arc<Opened>, KeepError> {
        lock(&self.opened).clone().map_err(KeepError::Closed)
    }

    /// Holds a content here whatever a sweep that has begun knows of it. To be let go of by [`Kept::hold`] once the tables know it.
    pub(super) async fn tag(&self, hash: &BlobHash) -> Result<TempTag, KeepError> {
        self.store()?.tags().temp_tag(iroh(hash)).await.map_err(|error| self.failed(error))
    }

    /// The tables know it now: the next sweep that begins lets the tag go.
    pub(super) fn hold(&self, tag: TempTag) {
        lock(&self.held).push(tag);
    }

    /// Where the contents are that are no small ones.
    pub(super) fn data_folder(&self) -> &Path {
        &self.paths.data_path
    }

    /// Whether the disk has more free than words need.
    pub(super) fn has_room(&self) -> bool {
        disk_free(&self.folder).is_ok_and(|free| free > RESERVE_BYTES)
    }

    pub(super) fn store(&self) -> Result<Store, KeepError> {
        Ok(self.opened()?.store.clone())
    }

    /// What of it is here.
    pub(super) async fn state(&self, hash: &BlobHash) -> Result<State, KeepError> {
        let field = self.field(hash).await?;
        Ok(if field.is_complete() && (field.size() > 0 || iroh(hash) == Hash::EMPTY) {
            State::Complete { size: field.size() }
        } else if field.ranges.is_empty() {
            State::Absent
        } else {
            State::Partial { size: field.validated_size().unwrap_or(0), here: field.total_bytes() }
        })
    }

    /// What of it is here, as a provider tells it.
    pub(super) async fn have(&self, hash: &BlobHash) -> Result<Have, KeepError> {
        let field = self.field(hash).await?;
        Ok(Have { size: field.size(), borders: field.ranges.boundaries().iter().map(|chunk| chunk.0).collect() })
    }

    async fn field(&self, hash: &BlobHash) -> Result<Bitfield, KeepError> {
        self.store()?.blobs().observe(iroh(hash)).await.map_err(|error| self.failed(error))
    }

    /// What is missing of it.
    pub(super) async fn missing(&self, hash: &BlobHash) -> Result<Missing, KeepError> {
        let field = self.field(hash).await?;
        let whole = field.is_complete() && (field.size() > 0 || iroh(hash) == Hash::EMPTY);
        let ranges = if whole { ChunkRanges::empty() } else { ChunkRanges::all() - field.ranges.clone() };
        // Nothing, as long as no chunk is here, is no size.
        Ok(Missing { ranges, size: field.validated_size().filter(|size| *size > 0) })
    }

    /// Where a copy of so many bytes leaves words their reserve.
    fn begin_copy(&self, bytes: u64) -> Result<Copy<'_>, KeepError> {
        let mut copies = lock(&self.copies);
        if disk_free(&self.folder)? < RESERVE_BYTES.saturating_add(copies.bytes).saturating_add(bytes) {
            return Err(KeepError::DiskFull);
        }
        copies.count += 1;
        copies.bytes += bytes;
        Ok(Copy { kept: self, bytes, is_made: false })
    }

    /// Takes a file that was written here, by copying it, and says its hash. Until somebody needs it, it is kept for as long as the answer lives.
    pub(super) async fn add_file(&self, path: &Path) -> Result<Added, KeepError> {
        let mut copy = self.begin_copy(tokio::fs::metadata(path).await?.len())?;
        let added = self.copy_in(path).await;
        copy.is_made = added.is_ok();
        added
    }

    async fn copy_in(&self, path: &Path) -> Result<Added, KeepError> {
        let options = AddPathOptions { path: path.to_owned(), mode: ImportMode::Copy, format: BlobFormat::Raw };
        let mut progress = self.store()?.blobs().add_path_with_opts(options).stream().await;
        let mut size = 0;
        while let Some(item) = progress.next().await {
            match item {
                AddProgressItem::Size(bytes) => size = bytes,
                AddProgressItem::Done(held) => {
                    let hash = BlobHash(*held.hash().as_bytes());
                    self.settle(&hash).await?;
                    return Ok(Added { hash, size, held });
                }
                AddProgressItem::Error(error) => {
                    self.doubt.notify_one();
                    return Err(error.into());
                }
                _ => {}
            }
        }
        Err(self.failed("the store said nothing of the file"))
    }

    /// Brings what is here of it to the disk for good: a power cut takes nothing of it afterwards.
    pub(super) async fn settle(&self, hash: &BlobHash) -> Result<(), KeepError> {
        let files = [self.paths.data_path(&iroh(hash)), self.paths.outboard_path(&iroh(hash))];
        let folder = self.paths.data_path.clone();
        let synced = tokio::task::spawn_blocking(move || {
            for path in files.iter().chain([&folder]) {
                match std::fs::File::open(path) {
                    Ok(file) => file.sync_all()?,
                    // Small contents are in the store's own database.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        });
        synced.await.map_err(KeepError::of)??;
        self.store()?.sync_db().await.map_err(|error| self.failed(error))
    }

    /// Reads a part of it. The answer begins when the part is known to be here.
    pub(super) fn read(&self, hash: &BlobHash, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
        use iroh_blobs::api::proto::ExportRangesItem;
        let parts = match self.store() {
            Ok(store) => store.blobs().export_ranges(iroh(hash), range).stream().left_stream(),
            Err(error) => stream::once(future::ready(ExportRangesItem::Error(io::Error::other(error).into()))).right_stream(),
        };
        parts.filter_map(|item| async move {
            match item {
                ExportRangesItem::Data(leaf) => Some(Ok(leaf.data)),
                ExportRangesItem::Error(error) => Some(Err(io::Error::other(error.to_string()))),
                ExportRangesItem::Size(_) => None,
            }
        })
    }

    /// Writes all of it into a new file.
    pub(super) async fn export(&self, hash: &BlobHash, target: PathBuf) -> Result<u64, KeepError> {
        let options = ExportOptions { hash: iroh(hash), mode: ExportMode::Copy, target };
        self.store()?.blobs().export_with_opts(options).finish().await.map_err(|error| self.failed(error))
    }

    /// Lets go of all that nobody needs, and returns when that is done.
    pub(super) async fn sweep(&self) -> Result<(), KeepError> {
        let (done, swept) = oneshot::channel();
        let opened = self.opened()?;
        let sweep = async { opened.sweeps.send(done).await.is_ok() && swept.await.is_ok() };
        match timeout(SWEEP_TIME, sweep).await {
            Ok(true) => Ok(()),
            // It ends with the first fault that it meets.
            Ok(false) | Err(_) => Err(self.failed("what nobody needs was not cleared away")),
        }
    }

    /// All contents of which anything is here.
    pub(super) async fn list(&self) -> Result<Vec<BlobHash>, KeepError> {
        let all = self.store()?.blobs().list().hashes().await.map_err(|error| self.failed(error))?;
        Ok(all.iter().map(|hash| BlobHash(*hash.as_bytes())).collect())
    }

    pub(super) async fn close(&self) {
        if let Ok(store) = self.store()
            && let Err(error) = store.shutdown().await
        {
            tracing::warn!(%error, "the files' store did not close in order");
        }
    }
}

/// The store collects what nobody protects in rounds. A round waits here until somebody asks for one, and has ended when the next one begins.
/// `held`: contents that came while the one before was looking at the tables; those know them by now.
fn sweeping(needed: Needed, held: Arc<Mutex<Vec<TempTag>>>, asked: mpsc::Receiver<oneshot::Sender<()>>) -> GcConfig {
    let asked = Arc::new(tokio::sync::Mutex::new((asked, Vec::<oneshot::Sender<()>>::new())));
    let started = Arc::new(Notify::new());
    GcConfig {
        interval: Duration::from_millis(50),
        add_protected: Some(Arc::new(move |live| {
            let (asked, needed, held, started) = (asked.clone(), needed.clone(), held.clone(), started.clone());
            Box::pin(async move {
                let mut asked = asked.lock().await;
                for done in asked.1.drain(..) {
                    let _ = done.send(());
                }
                let Some(done) = asked.0.recv().await else {
                    // The node is stopping; nothing is collected any more.
                    started.notified().await;
                    return ProtectOutcome::Abort;
                };
                asked.1.push(done);
                // Before the tables are read. What comes from now on stays held until the next round.
                let known = std::mem::take(&mut *lock(&held));
                match needed().await {
                    Some(hashes) => {
                        live.extend(hashes.iter().map(iroh));
                        ProtectOutcome::Continue
                    }
                    None => {
                        lock(&held).extend(known);
                        ProtectOutcome::Abort
                    }
                }
            })
        })),
    }
}

/// A content that was just added; what holds it here until it is named somewhere.
pub(super) struct Added {
    pub(super) hash: BlobHash,
    pub(super) size: u64,
    /// Holds the content while it lives.
    pub(super) held: TempTag,
}

pub(super) fn iroh(hash: &BlobHash) -> Hash {
    Hash::from_bytes(hash.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_damaged_database_is_known_by_the_stores_words() {
        let place = tempfile::tempdir().expect("a folder");
        for garbage in [vec![7; 100_000], vec![7; 10]] {
            std::fs::write(place.path().join(DATABASE), garbage).expect("written");
            let opened = Opened::of(place.path(), Arc::new(|| Box::pin(async { Some(Vec::new()) })), Arc::default()).await;
            let error = opened.err().expect("it is no database");
            assert!(damage::is_damage(&error), "{error}");
        }
    }

    #[tokio::test]
    async fn a_store_that_has_stopped_is_opened_anew() {
        let place = tempfile::tempdir().expect("a folder");
        let kept = Kept::new(place.path(), Arc::new(|| Box::pin(async { Some(Vec::new()) })));
        kept.open().await.expect("it opens");
        let file = place.path().join("to-add");
        std::fs::write(&file, [7; 100_000]).expect("written");
        let added = kept.add_file(&file).await.expect("added");
        assert!(kept.works().await);
        // As it does at the first fault of its database.
        kept.close().await;
        assert!(kept.state(&added.hash).await.is_err());
        kept.doubted().await;
        assert!(!kept.works().await);
        assert!(matches!(kept.sweep().await, Err(KeepError::Closed(_))));
        kept.open().await.expect("it opens");
        assert_eq!(kept.state(&added.hash).await.expect("a state"), State::Complete { size: 100_000 });
        kept.close().await;
    }

    #[tokio::test]
    async fn a_store_that_could_not_be_opened_says_why_and_is_opened_later() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("files");
        std::fs::create_dir_all(folder.join("blobs.db")).expect("in the way");
        let kept = Kept::new(&folder, Arc::new(|| Box::pin(async { Some(Vec::new()) })));
        assert!(kept.open().await.is_err());
        let hash = BlobHash([7; 32]);
        assert!(matches!(kept.state(&hash).await, Err(KeepError::Closed(why)) if !why.is_empty()));
        assert!(std::pin::pin!(kept.read(&hash, 0..1)).next().await.expect("an answer").is_err());
        assert!(matches!(kept.sweep().await, Err(KeepError::Closed(_))));
        std::fs::remove_dir(folder.join("blobs.db")).expect("out of the way");
        kept.open().await.expect("it opens");
        assert_eq!(kept.state(&hash).await.expect("a state"), State::Absent);
        kept.close().await;
    }
}
