//! Opening bundles: the outside first, then everything inside by the one door that streams use too.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use jeli_protocol::bundle::{Cover, CoverError, Record, RecordError, Records};
use jeli_protocol::ids::{BlobHash, BundleId, SpaceId};
use jeli_protocol::replica::{Carried, CarriedRefusal};
use rusqlite::{Connection, OptionalExtension as _, params};
use tokio::sync::{mpsc, oneshot};

use super::limits::{MAX_CARRIED_BYTES, REMEMBERED, RESERVE_BYTES, STEP_BYTES};
use super::seal::{UnsealError, unseal};
use super::shelf::{FileError, OnShelf, Place, read_cover};
use super::{BundleError, Inner};
use crate::blobs::{BlobError, KeepError, State, disk_free};
use crate::clock::now_ms;
use crate::replica_handle::{BundleRequest, NotTaken, Request};

/// What came of opening a bundle.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Its outside.
    pub cover: Cover,
    /// What became of it.
    pub fate: Fate,
    /// Entries that were new, by space; a space of which everything was known stands with 0.
    pub new_entries: BTreeMap<SpaceId, u64>,
    /// Files that were taken.
    pub files: usize,
    /// Files that were not, for want of room.
    pub files_left: usize,
    /// Whether some entries of a space were not taken, since somebody had written two histories there.
    pub forked: bool,
    /// Whether some of it is of spaces in which this node has no part (yet).
    pub unknown: bool,
}

impl Opened {
    fn new(cover: &Cover) -> Self {
        let new_entries = BTreeMap::new();
        Self { cover: cover.clone(), fate: Fate::Taken, new_entries, files: 0, files_left: 0, forked: false, unknown: false }
    }

    /// Whether nothing more could come of opening it again.
    fn is_all(&self) -> bool {
        self.fate == Fate::Taken && self.files_left == 0 && !self.forked && !self.unknown
    }
}

/// What became of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// All of it was taken in.
    Taken,
    /// It was taken in before.
    Before,
    /// What it goes on from has not come yet: it is kept, and taken in when that is here.
    Waits,
    /// It is for others, and is carried on.
    Carried,
    /// It is for others, and a newer one lies here already.
    Old,
    /// It is for others, and too large to be carried without being asked.
    TooLargeToCarry,
    /// It was made here.
    Own,
}

/// Something from inside, as it is read.
enum Item {
    Space(SpaceId),
    Carried(Carried),
    /// Whether a file is wanted: it is not spooled to the disk if it is here.
    Wanted {
        hash: BlobHash,
        wanted: oneshot::Sender<bool>,
    },
    /// Its reader waits until it is taken.
    File {
        hash: BlobHash,
        path: PathBuf,
        taken: oneshot::Sender<()>,
    },
    /// A file for which there was no room while it was read.
    NoRoom,
    End,
}

/// What was read wrongly.
#[derive(Debug, thiserror::Error)]
enum InsideError {
    #[error(transparent)]
    Seal(#[from] UnsealError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Inner {
    /// Takes in a bundle that lies in a file of this node's own. The file is gone afterwards, or on the shelf.
    pub(super) async fn open(&self, half: &Path) -> Result<Opened, BundleError> {
        let opened = self.look_and_take(half).await;
        if opened.as_ref().is_ok_and(|opened| opened.new_entries.values().any(|count| *count > 0)) {
            self.take_waiting().await;
        }
        opened
    }

    async fn look_and_take(&self, half: &Path) -> Result<Opened, BundleError> {
        let path = half.to_owned();
        let (cover, body_at) = tokio::task::spawn_blocking(move || look(&path)).await.map_err(io::Error::other)??;
        let mut opened = Opened::new(&cover);
        if cover.maker().node == self.key.id() {
            opened.fate = Fate::Own;
            return Ok(opened);
        }
        if self.is_remembered(&cover.name()).await? {
            opened.fate = Fate::Before;
            return Ok(opened);
        }
        let boxed = Box::new(cover.clone());
        let spaces = self.replica.ask(|reply| Request::Bundle(BundleRequest::Recognise { cover: boxed, reply })).await?;
        if spaces.is_empty() {
            opened.fate = self.carry(half, &cover).await?;
            return Ok(opened);
        }
        self.take_in(half, body_at, &mut opened).await?;
        let maker = cover.maker().node;
        self.replica.ask(|reply| Request::Bundle(BundleRequest::Opened { maker, reply })).await?;
        if opened.fate == Fate::Waits {
            let bytes = std::fs::metadata(half)?.len();
            if !self.shelf(|shelf| shelf.takes(&cover, bytes, Place::Waiting))? {
                return Err(BundleError::TooLarge);
            }
            self.shelf(|shelf| shelf.put(half, cover, Place::Waiting, |_| true))??;
        } else if opened.is_all() {
            self.remember(&cover.name()).await?;
        }
        Ok(opened)
    }

    /// A bundle for others is carried on, unless one that replaces it lies here.
    async fn carry(&self, half: &Path, cover: &Cover) -> Result<Fate, BundleError> {
        let known: HashSet<_> = self.known_makers().await?;
        let bytes = std::fs::metadata(half)?.len();
        if bytes > MAX_CARRIED_BYTES {
            return Ok(Fate::TooLargeToCarry);
        }
        let fate = self.shelf(|shelf| {
            if shelf.has_newer(cover) {
                return Ok(Fate::Old);
            }
            if !shelf.takes(cover, bytes, Place::Carried) {
                return Ok(Fate::TooLargeToCarry);
            }
            let put = shelf.put(half, cover.clone(), Place::Carried, |maker| known.contains(maker))?;
            io::Result::Ok(if shelf.find(&put.id()).is_some() { Fate::Carried } else { Fate::TooLargeToCarry })
        })?;
        Ok(fate?)
    }

    async fn take_in(&self, path: &Path, body_at: u64, opened: &mut Opened) -> Result<(), BundleError> {
        let (items, mut coming) = mpsc::channel(2);
        let (from, key, folder) = (path.to_owned(), self.key.clone(), self.folder.clone());
        let spool = self.half()?;
        let reading = tokio::task::spawn_blocking(move || read_inside(&from, body_at, &key, spool.path(), &folder, &items));
        let taken = self.take_items(&mut coming, opened).await;
        drop(coming);
        let read = reading.await.map_err(io::Error::other)?;
        taken?;
        let is_cut = |error: &io::Error| matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof);
        read.map_err(|error| match error {
            // The seal does not hold.
            InsideError::Seal(UnsealError::Io(error)) | InsideError::Io(error) | InsideError::Record(RecordError::Io(error)) if is_cut(&error) => {
                BundleError::Damaged
            }
            InsideError::Seal(UnsealError::Io(error)) | InsideError::Io(error) | InsideError::Record(RecordError::Io(error)) => {
                BundleError::Io(error)
            }
            InsideError::Record(RecordError::Newer) => BundleError::Newer,
            InsideError::Seal(UnsealError::NotForUs) => BundleError::NotSealedForUs,
            InsideError::Seal(UnsealError::Damaged) | InsideError::Record(RecordError::Wire(_)) => BundleError::Damaged,
        })
    }

    async fn take_items(&self, coming: &mut mpsc::Receiver<Item>, opened: &mut Opened) -> Result<(), BundleError> {
        let mut space = None;
        while let Some(item) = coming.recv().await {
            match (item, space) {
                (Item::Space(of), _) => space = Some(of),
                (Item::Carried(item), Some(space)) => {
                    let taken = self.replica.ask(|reply| Request::Bundle(BundleRequest::Take { space, item, reply })).await?;
                    match taken {
                        Ok(new) => *opened.new_entries.entry(space).or_insert(0) += new as u64,
                        Err(NotTaken::Refused(CarriedRefusal::Missing)) => opened.fate = Fate::Waits,
                        Err(NotTaken::Refused(CarriedRefusal::Forked)) => opened.forked = true,
                        // Members take part in spaces that this node has left, or does not know yet.
                        Err(NotTaken::Refused(CarriedRefusal::UnknownSpace)) => opened.unknown = true,
                        Err(NotTaken::Refused(CarriedRefusal::Newer)) => return Err(BundleError::Newer),
                        Err(NotTaken::Refused(CarriedRefusal::Broken(why))) => {
                            tracing::warn!(%why, maker = %opened.cover.maker().node, "a bundle holds what breaks the rules");
                            return Err(BundleError::Damaged);
                        }
                        Err(NotTaken::Store(fault)) => return Err(fault.into()),
                    }
                }
                (Item::File { hash, path, taken }, Some(_)) => {
                    // What no document turns out to name goes with a later sweep.
                    let kept = self.take_file(&hash, &path).await;
                    drop(taken);
                    match kept {
                        Ok(true) => opened.files += 1,
                        Ok(false) => {}
                        Err(BundleError::Blob(
                            BlobError::NoRoom { .. } | BlobError::TooLarge(_) | BlobError::Keep(KeepError::DiskFull | KeepError::Closed(_)),
                        )) => {
                            opened.files_left += 1;
                        }
                        Err(error) => return Err(error),
                    }
                }
                (Item::Wanted { hash, wanted }, _) => {
                    let _ = wanted.send(!matches!(self.blobs.state(&hash).await, Ok(State::Complete { .. })));
                }
                (Item::NoRoom, _) => opened.files_left += 1,
                (Item::Carried(_) | Item::File { .. }, None) => return Err(BundleError::Damaged),
                (Item::End, _) => break,
            }
        }
        Ok(())
    }

    async fn take_file(&self, hash: &BlobHash, path: &Path) -> Result<bool, BundleError> {
        if matches!(self.blobs.state(hash).await?, State::Complete { .. }) {
            return Ok(false);
        }
        let (kept, _) = self.blobs.add_file(path).await?;
        if kept == *hash { Ok(true) } else { Err(BundleError::Damaged) }
    }

    /// Tries again what waited for others to come first, if anything has come since it was tried last.
    pub(super) async fn take_waiting(&self) {
        loop {
            let waiting = self.shelf(|shelf| shelf.all().iter().filter(|one| one.place == Place::Waiting).cloned().collect::<Vec<OnShelf>>());
            let (Ok(waiting), Ok(entries)) = (waiting, self.entries().await) else { return };
            if waiting.is_empty() || self.tried_at.lock().unwrap_or_else(PoisonError::into_inner).replace(entries) == Some(entries) {
                return;
            }
            let mut is_held_up = false;
            for one in waiting {
                let taken = self.take_one_that_waited(&one).await;
                let is_over = match &taken {
                    Ok(opened) => opened.fate == Fate::Taken && opened.files_left == 0,
                    Err(BundleError::Damaged | BundleError::NotSealedForUs) => true,
                    Err(_) => false,
                };
                if taken.as_ref().map_or(true, |opened| opened.files_left > 0) {
                    // For want of room, say: it is tried again though nothing else comes.
                    *self.tried_at.lock().unwrap_or_else(PoisonError::into_inner) = None;
                    is_held_up = true;
                }
                if let Err(error) = taken {
                    tracing::warn!(%error, kept = !is_over, "a bundle that waited could not be taken in");
                }
                if is_over {
                    let _ = self.shelf(|shelf| shelf.remove(&one.id()));
                }
            }
            if is_held_up {
                return;
            }
        }
    }

    async fn take_one_that_waited(&self, one: &OnShelf) -> Result<Opened, BundleError> {
        let mut opened = Opened::new(&one.cover);
        let path = one.path.clone();
        let body_at = tokio::task::spawn_blocking(move || read_cover(&path).map(|(.., body_at)| body_at)).await.map_err(io::Error::other)?;
        let body_at = body_at.map_err(|error| BundleError::Io(io::Error::other(error)))?;
        self.take_in(&one.path, body_at, &mut opened).await?;
        if opened.is_all() {
            self.remember(&one.id()).await?;
        }
        Ok(opened)
    }

    /// How many entries this node holds in all.
    async fn entries(&self) -> Result<u64, BundleError> {
        let status = self.replica.ask(|reply| Request::NodeStatus { reply }).await??;
        Ok(status.spaces.iter().map(|space| space.entries).sum())
    }

    async fn is_remembered(&self, id: &BundleId) -> Result<bool, BundleError> {
        let id = *id;
        let found = self
            .replica
            .with_db(move |db| db.prepare_cached("SELECT 1 FROM bundle_opened WHERE id = ?1")?.query_row([id.as_ref()], |_| Ok(())).optional());
        Ok(found.await??.is_some())
    }

    async fn remember(&self, id: &BundleId) -> Result<(), BundleError> {
        let id = *id;
        let noted = self.replica.with_db(move |db| note_opened(db, &id));
        Ok(noted.await??)
    }
}

fn note_opened(db: &Connection, id: &BundleId) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO bundle_opened (id, at_ms) VALUES (?1, ?2)")?.execute(params![id.as_ref(), now_ms()])?;
    let over = "DELETE FROM bundle_opened WHERE id IN (SELECT id FROM bundle_opened ORDER BY at_ms DESC LIMIT -1 OFFSET ?1)";
    db.prepare_cached(over)?.execute([REMEMBERED as i64])?;
    Ok(())
}

/// The outside of a file that is whole.
fn look(path: &Path) -> Result<(Cover, u64), BundleError> {
    let (cover, length, body_at) = read_cover(path).map_err(|error| match error {
        FileError::Cover(CoverError::NotABundle) => BundleError::NotABundle,
        FileError::Cover(CoverError::Newer) => BundleError::Newer,
        FileError::Cover(CoverError::Truncated) => BundleError::Truncated { here: 0, of: 0 },
        FileError::Cover(_) => BundleError::Damaged,
        FileError::Io(error) => BundleError::Io(error),
    })?;
    let (here, of) = (length - body_at, cover.said().body_bytes);
    if here < of {
        return Err(BundleError::Truncated { here: length, of: body_at.saturating_add(of) });
    }
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(body_at))?;
    if here > of || *blake3::Hasher::new().update_reader(file)?.finalize().as_bytes() != cover.said().body_hash {
        return Err(BundleError::Damaged);
    }
    Ok((cover, body_at))
}

/// Reads the inside, and hands on what is there until nobody takes it any more.
fn read_inside(
    path: &Path,
    body_at: u64,
    key: &jeli_protocol::keys::NodeKey,
    spool: &Path,
    folder: &Path,
    items: &mpsc::Sender<Item>,
) -> Result<(), InsideError> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(body_at))?;
    let mut records = Records::new(BufReader::with_capacity(STEP_BYTES, unseal(key, file)?));
    while let Some(record) = records.next_record()? {
        let item = match record {
            Record::Space(space) => Item::Space(space),
            Record::Receipt(receipt) => Item::Carried(Carried::Receipt(receipt)),
            Record::Frame(frame) => Item::Carried(Carried::Frame(frame)),
            Record::End => Item::End,
            Record::File { hash, bytes } => {
                let (wanted, answer) = oneshot::channel();
                if items.blocking_send(Item::Wanted { hash, wanted }).is_err() {
                    return Ok(());
                }
                if !answer.blocking_recv().unwrap_or(false) {
                    skip(&mut records.file(bytes), bytes)?;
                    continue;
                }
                // It is copied once more when it is kept.
                if fits(folder, bytes)? {
                    copy_exactly(&mut records.file(bytes), spool, bytes)?;
                    let (taken, until_taken) = oneshot::channel();
                    if items.blocking_send(Item::File { hash, path: spool.to_owned(), taken }).is_err() {
                        return Ok(());
                    }
                    let _ = until_taken.blocking_recv();
                    continue;
                }
                skip(&mut records.file(bytes), bytes)?;
                Item::NoRoom
            }
        };
        if items.blocking_send(item).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

fn skip(from: &mut impl Read, bytes: u64) -> Result<(), InsideError> {
    if io::copy(from, &mut io::sink())? < bytes { Err(RecordError::Wire(jeli_protocol::wire::WireError::Truncated).into()) } else { Ok(()) }
}

fn fits(folder: &Path, bytes: u64) -> io::Result<bool> {
    Ok(bytes <= crate::blobs::limits::MAX_BLOB_BYTES && bytes.saturating_mul(2).saturating_add(RESERVE_BYTES) <= disk_free(folder)?)
}

fn copy_exactly(from: &mut impl Read, to: &Path, bytes: u64) -> Result<(), InsideError> {
    let mut file = File::create(to)?;
    if io::copy(from, &mut file)? < bytes {
        return Err(RecordError::Wire(jeli_protocol::wire::WireError::Truncated).into());
    }
    file.flush()?;
    Ok(())
}
