//! Files on their way in, from a phone on weak Wi-Fi or the command line: in pieces, each where the last one ended, also after this program was started again.
//!
//! An upload is a file that grows, and beside it one that says how long it is to become and whose it is. Its length is how far it has come.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, SeekFrom};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use jeli_protocol::ids::{BlobHash, PersonId};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio::sync::{OwnedMutexGuard, watch};
use tokio::time::timeout;

use super::limits::{
    MAX_BLOB_BYTES, STALL, SWEEP_EVERY, SWEEP_FIRST, UPLOAD_IDLE, UPLOAD_LIFE, UPLOADS, UPLOADS_OF_GUESTS, UPLOADS_PER_PERSON, UPLOADS_TOLD,
};
use super::{BlobError, Blobs, KeepError, Room, lock};

/// Bytes after which the disk is asked again whether there is room.
const LOOK_BYTES: u64 = 8 << 20;

/// For whoever writes now to hear that somebody else does, and for a small file to be kept.
const TURN: Duration = Duration::from_secs(10);

/// How an upload stands, for what all of them take together.
pub(super) struct Standing {
    id: UploadId,
    sheet: Sheet,
    /// Bytes that are here of what is not a content yet.
    here: Option<u64>,
    /// Since anything of it was written.
    age: Duration,
}

impl Standing {
    /// All in a folder, which need not be there. One without its sheet is nobody's, and is swept away.
    pub(super) async fn of_all(folder: &Path) -> io::Result<Vec<Self>> {
        let mut all = Vec::new();
        let mut entries = match tokio::fs::read_dir(folder).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(all),
            Err(error) => return Err(error),
        };
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(|name| name.strip_suffix(SHEET)).and_then(|id| id.parse::<UploadId>().ok()) else { continue };
            // It may end while it is looked at.
            let Ok(Ok(sheet)) = tokio::fs::read(entry.path()).await.map(|text| serde_json::from_slice::<Sheet>(&text)) else { continue };
            let growing = if sheet.hash.is_some() { None } else { tokio::fs::metadata(folder.join(id.to_string())).await.ok() };
            let Some(written) = (if let Some(file) = &growing { Some(file.clone()) } else { entry.metadata().await.ok() }) else { continue };
            all.push(Self { id, sheet, here: growing.map(|file| file.len()), age: age(&written) });
        }
        Ok(all)
    }

    /// Bytes that are still to come, where somebody goes on with it.
    pub(super) fn owed(&self) -> u64 {
        if self.age < UPLOAD_IDLE { self.here.map_or(0, |here| self.sheet.length.saturating_sub(here)) } else { 0 }
    }

    /// Bytes that it takes, or is going to.
    fn counts(&self) -> u64 {
        self.here.map_or(if self.sheet.hash.is_some() { self.sheet.length } else { 0 }, |here| here + self.owed())
    }

    fn grows(&self) -> bool {
        self.here.is_some()
    }
}

/// Since it was written. What was written in the future, by a clock that has been set back, nobody goes on with; seconds are no other clock.
fn age(written: &std::fs::Metadata) -> Duration {
    let Ok(at) = written.modified() else { return UPLOAD_IDLE };
    SystemTime::now().duration_since(at).unwrap_or_else(|ahead| if ahead.duration() < CLOCK_STEP { Duration::ZERO } else { UPLOAD_IDLE })
}

/// By how much a clock that is kept right goes back at once.
const CLOCK_STEP: Duration = Duration::from_secs(60);

/// How the file ends that stands beside a growing one.
const SHEET: &str = ".json";

/// Names an upload; nobody guesses one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UploadId([u8; 16]);

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl FromStr for UploadId {
    type Err = UploadError;

    fn from_str(text: &str) -> Result<Self> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(UploadError::Unknown)
    }
}

/// How an upload stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub id: UploadId,
    /// Bytes in all.
    pub length: u64,
    /// Bytes that are here.
    pub offset: u64,
    /// The content, once it is whole.
    pub hash: Option<BlobHash>,
}

/// Why an upload does not go on.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// None of this name, or somebody else's.
    #[error("there is no such upload (any more)")]
    Unknown,
    /// The piece begins elsewhere than the last one ended.
    #[error("the piece does not begin where the last one ended, at {0}")]
    Elsewhere(u64),
    /// Another piece of it is just being written.
    #[error("another piece of this upload is being written")]
    Busy,
    /// More than was said.
    #[error("the piece goes beyond the length that was said")]
    TooMuch,
    /// As many as a node keeps.
    #[error("there are as many uploads in hand as this node keeps; end or wait for others")]
    TooMany,
    /// The sender broke off.
    #[error("the piece broke off; what came is kept")]
    BrokeOff,
    /// See [`BlobError`].
    #[error(transparent)]
    Blob(#[from] BlobError),
}

impl From<io::Error> for UploadError {
    fn from(error: io::Error) -> Self {
        Self::Blob(BlobError::Keep(KeepError::from(error)))
    }
}

/// Where they grow, in the folder of files.
pub(super) fn folder_in(files: &Path) -> PathBuf {
    files.join("uploads")
}

type Result<T> = std::result::Result<T, UploadError>;

/// What is written beside the growing file.
#[derive(Serialize, Deserialize)]
struct Sheet {
    length: u64,
    person: String,
    #[serde(default)]
    is_guest: bool,
    hash: Option<String>,
}

/// Whose an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender {
    pub person: PersonId,
    /// Somebody at a meeting, who has no account and may sit down anew as another one.
    pub is_guest: bool,
}

/// One writer of an upload after the other. Who comes later counts: the one before may be a line that is dead, and nobody has told us.
struct Turn {
    free: Arc<tokio::sync::Mutex<()>>,
    /// How many have come.
    comers: watch::Sender<u64>,
}

impl Default for Turn {
    fn default() -> Self {
        Self { free: Arc::default(), comers: watch::Sender::new(0) }
    }
}

impl Turn {
    /// Sends away who writes, and waits until that has ended. What is being kept is waited for no longer than a while.
    async fn take(&self) -> Result<(OwnedMutexGuard<()>, watch::Receiver<u64>)> {
        let mut comers = self.comers.subscribe();
        self.comers.send_modify(|comers| *comers += 1);
        comers.borrow_and_update();
        let free = timeout(TURN, self.free.clone().lock_owned()).await.map_err(|_| UploadError::Busy)?;
        Ok((free, comers))
    }
}

/// The uploads of a node. Cheap to clone.
#[derive(Clone)]
pub struct Uploads {
    folder: PathBuf,
    blobs: Blobs,
    /// Those of which a piece is being written, or that are being kept: one at a time each.
    writing: Arc<Mutex<HashMap<UploadId, Arc<Turn>>>>,
    beginning: Arc<tokio::sync::Mutex<()>>,
}

impl Uploads {
    pub(super) fn new(folder: &Path, blobs: Blobs) -> Self {
        Self { folder: folder_in(folder), blobs, writing: Arc::default(), beginning: Arc::default() }
    }

    /// Begins an upload of so many bytes.
    pub async fn begin(&self, sender: Sender, length: u64) -> Result<Upload> {
        if length > MAX_BLOB_BYTES {
            return Err(BlobError::TooLarge(length).into());
        }
        tokio::fs::create_dir_all(&self.folder).await?;
        let Sender { person, is_guest } = sender;
        // Those that begin at once are counted one after the other.
        let _one = self.beginning.lock().await;
        let all = Standing::of_all(&self.folder).await?;
        let (growing, whole): (Vec<&Standing>, Vec<&Standing>) = all.iter().partition(|one| one.grows());
        if growing.iter().filter(|one| one.sheet.person == person.to_string()).count() >= UPLOADS_PER_PERSON {
            return Err(UploadError::TooMany);
        }
        // What others have begun has its room already; what guests say that they will send takes none of the school's own people.
        let owed: u64 = growing.iter().filter(|one| is_guest || !one.sheet.is_guest).map(|one| one.owed()).sum();
        let of_guests: u64 = all.iter().filter(|one| one.sheet.is_guest).map(Standing::counts).sum();
        let left = |room: &Room| {
            let left = room.left_for_sending().saturating_sub(owed);
            if is_guest { left.min(room.of_guests().saturating_sub(of_guests)) } else { left }
        };
        self.blobs.make_room(length, left).await?;
        let guests = growing.iter().filter(|one| one.sheet.is_guest);
        if growing.len() >= UPLOADS || (is_guest && guests.clone().count() >= UPLOADS_OF_GUESTS) {
            // A guest who has gone home goes on with nothing.
            let idlest = guests.max_by_key(|one| one.age).filter(|one| one.age >= UPLOAD_IDLE).ok_or(UploadError::TooMany)?;
            self.take_away(idlest.id).await?;
        }
        let told = whole.iter().filter(|one| one.sheet.is_guest == is_guest);
        if told.clone().count() >= UPLOADS_TOLD {
            let goes = if is_guest { told.min_by_key(|one| one.counts()) } else { told.max_by_key(|one| one.age) };
            if let Some(one) = goes {
                self.take_away(one.id).await?;
            }
        }
        let id = UploadId(rand::random());
        // In this order, wherever this ends: a growing file without its sheet would be nobody's, and take a place.
        self.write_sheet(id, &Sheet { length, person: person.to_string(), is_guest, hash: None }).await?;
        tokio::fs::File::create_new(self.file(id)).await?;
        let upload = Upload { id, length, offset: 0, hash: None };
        if length == 0 { self.finish(&upload, &person).await } else { Ok(upload) }
    }

    /// How it stands.
    pub async fn state(&self, person: PersonId, id: UploadId) -> Result<Upload> {
        let sheet = self.sheet(id, &person).await?;
        let hash = sheet.hash.and_then(|hash| hash.parse().ok());
        let offset = match (hash, tokio::fs::metadata(self.file(id)).await) {
            (Some(_), _) => sheet.length,
            (None, Ok(file)) => file.len(),
            (None, Err(_)) => return Err(UploadError::Unknown),
        };
        Ok(Upload { id, length: sheet.length, offset, hash })
    }

    /// Writes a piece that begins at `offset`. What came before the sender broke off is kept. With its last byte the file is added.
    pub async fn write<E>(
        &self,
        person: PersonId,
        id: UploadId,
        offset: u64,
        piece: impl Stream<Item = std::result::Result<Bytes, E>>,
    ) -> Result<Upload> {
        // Whoever does not know how far it has come sends nobody away.
        let here = self.state(person, id).await?.offset;
        if here != offset {
            return Err(UploadError::Elsewhere(here));
        }
        let turn = self.turn(id);
        let (free, comers) = turn.take().await?;
        let upload = self.append(person, id, offset, piece, comers).await?;
        if upload.offset < upload.length || upload.hash.is_some() {
            return Ok(upload);
        }
        // A sender who leaves now does not end it: half of a second copy would lie about, once for each try.
        let uploads = self.clone();
        let kept = tokio::spawn(async move {
            let kept = uploads.finish(&upload, &person).await;
            drop((free, turn));
            kept
        });
        kept.await.map_err(io::Error::other)?
    }

    async fn append<E>(
        &self,
        person: PersonId,
        id: UploadId,
        offset: u64,
        piece: impl Stream<Item = std::result::Result<Bytes, E>>,
        mut comers: watch::Receiver<u64>,
    ) -> Result<Upload> {
        let mut upload = self.state(person, id).await?;
        if upload.offset != offset {
            return Err(UploadError::Elsewhere(upload.offset));
        }
        if upload.hash.is_some() {
            return Ok(upload);
        }
        // Each piece at its own place: of a sender who left a write may still be on its way, and does no more than ours then.
        let mut file = tokio::fs::OpenOptions::new().write(true).open(self.file(id)).await?;
        file.seek(SeekFrom::Start(offset)).await?;
        let mut piece = std::pin::pin!(piece);
        let mut looked = 0;
        let broken = loop {
            let bytes = tokio::select! {
                biased;
                // Where all has come, whoever wrote it keeps it.
                _ = comers.changed() => if upload.offset == upload.length { Ok(None) } else { Err(()) },
                bytes = timeout(STALL, piece.next()) => bytes.map_err(drop),
            };
            let Ok(Some(Ok(bytes))) = bytes else {
                // The end of the piece, or of its sender.
                break bytes.map_or(Some(UploadError::BrokeOff), |bytes| bytes.map(|_| UploadError::BrokeOff));
            };
            if upload.offset + bytes.len() as u64 > upload.length {
                break Some(UploadError::TooMuch);
            }
            if upload.offset >= looked {
                looked = upload.offset + LOOK_BYTES;
                self.blobs.make_room((upload.length - upload.offset).min(LOOK_BYTES), Room::left).await?;
            }
            file.write_all(&bytes).await?;
            upload.offset += bytes.len() as u64;
        };
        file.flush().await?;
        file.sync_data().await?;
        broken.map_or(Ok(upload), Err)
    }

    fn turn(&self, id: UploadId) -> Arc<Turn> {
        let mut writing = lock(&self.writing);
        // A sender who leaves ends a call anywhere: whose turn has ended is forgotten by the next one.
        writing.retain(|_, turn| Arc::strong_count(turn) > 1);
        writing.entry(id).or_default().clone()
    }

    async fn finish(&self, upload: &Upload, person: &PersonId) -> Result<Upload> {
        let (hash, _) = self.blobs.take_in(&self.file(upload.id)).await?;
        // What it has become stays readable for who did not hear it; the copy here goes.
        let sheet = self.sheet(upload.id, person).await?;
        self.write_sheet(upload.id, &Sheet { hash: Some(hash.to_string()), ..sheet }).await?;
        tokio::fs::remove_file(self.file(upload.id)).await?;
        Ok(Upload { hash: Some(hash), offset: upload.length, ..upload.clone() })
    }

    /// Ends it; what came of it goes.
    pub async fn end(&self, person: PersonId, id: UploadId) -> Result<()> {
        let sheet = self.sheet(id, &person).await?;
        // What a guest has sent counts for a while whether or not they want to hear of it.
        if sheet.is_guest && sheet.hash.is_some() { Ok(()) } else { self.take_away(id).await }
    }

    async fn take_away(&self, id: UploadId) -> Result<()> {
        let turn = self.turn(id);
        // Whoever writes would go on writing where nobody counts it.
        let _free = turn.take().await?;
        let _ = tokio::fs::remove_file(self.file(id)).await;
        Ok(tokio::fs::remove_file(self.sheet_file(id)).await?)
    }

    /// Takes away those that nobody went on with. What counts is when anything of one was written last: a long one goes on for days.
    pub async fn sweep(&self) {
        let Ok(mut entries) = tokio::fs::read_dir(&self.folder).await else { return };
        let mut uploads: HashMap<String, (Option<Duration>, Vec<PathBuf>)> = HashMap::new();
        while let Ok(Some(entry)) = entries.next_entry().await {
            let path = entry.path();
            let Some(id) = path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned) else { continue };
            let written = entry.metadata().await.ok().and_then(|file| file.modified().ok());
            let age = written.and_then(|at| SystemTime::now().duration_since(at).ok());
            if written.is_some_and(|at| at > SystemTime::now() + CLOCK_STEP) {
                // By a clock that has been set back: it is young, and ages from now on.
                let _ = std::fs::File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
            }
            let (youngest, paths) = uploads.entry(id).or_insert_with(|| (Some(Duration::MAX), Vec::new()));
            *youngest = youngest.zip(age).map(|(youngest, age)| youngest.min(age));
            paths.push(path);
        }
        let old = uploads.into_values().filter(|(youngest, _)| youngest.is_some_and(|age| age > UPLOAD_LIFE));
        for path in old.flat_map(|(_, paths)| paths) {
            if let Err(error) = tokio::fs::remove_file(&path).await {
                tracing::debug!(path = %path.display(), %error, "an old upload could not be taken away");
            }
        }
    }

    /// Clears away again and again what nobody needs, uploads first. Never ends by itself.
    pub async fn sweep_regularly(self) {
        // Many a computer of a school is switched off each evening: the first round is soon.
        let mut rounds = tokio::time::interval_at(tokio::time::Instant::now() + SWEEP_FIRST, SWEEP_EVERY);
        loop {
            rounds.tick().await;
            self.sweep().await;
            if let Err(error) = self.blobs.sweep().await {
                tracing::debug!(%error, "what nobody needs was not cleared away");
            }
        }
    }

    async fn any_sheet(&self, id: UploadId) -> Result<Sheet> {
        // A disk that cannot be read just now has not forgotten it.
        let text = tokio::fs::read(self.sheet_file(id)).await.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => UploadError::Unknown,
            _ => error.into(),
        })?;
        serde_json::from_slice(&text).map_err(|_| UploadError::Unknown)
    }

    async fn sheet(&self, id: UploadId, person: &PersonId) -> Result<Sheet> {
        let sheet = self.any_sheet(id).await?;
        if sheet.person == person.to_string() { Ok(sheet) } else { Err(UploadError::Unknown) }
    }

    async fn write_sheet(&self, id: UploadId, sheet: &Sheet) -> Result<()> {
        let text = serde_json::to_vec(sheet).map_err(io::Error::other)?;
        let (fresh, place) = (self.folder.join(format!("{id}.new")), self.sheet_file(id));
        let mut file = tokio::fs::File::create(&fresh).await?;
        file.write_all(&text).await?;
        // A power cut must not leave an empty one beside hours of sending.
        file.sync_all().await?;
        tokio::fs::rename(fresh, place).await?;
        Ok(tokio::fs::File::open(&self.folder).await?.sync_all().await?)
    }

    fn file(&self, id: UploadId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    fn sheet_file(&self, id: UploadId) -> PathBuf {
        self.folder.join(format!("{id}{SHEET}"))
    }
}

/// Whatever names an upload, or stands beside it on the disk. For tests.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn try_upload(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(id) = text.parse::<UploadId>() {
        assert_eq!(id.to_string(), text, "one name for one upload, and a name in its folder");
    }
    let _ = serde_json::from_slice::<Sheet>(bytes);
}
