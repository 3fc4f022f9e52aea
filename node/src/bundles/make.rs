//! Making bundles: the records go through the seal into a file, cut into parts where a size was set, and the outside is put before it at the end.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use age::stream::StreamWriter;
use bytes::Bytes;
use futures::StreamExt;
use jeli_protocol::bundle::limits::{FRAME_BYTES, MAX_PARTS};
use jeli_protocol::bundle::{Cover, Draft, Part, Record, Records, write_record};
use jeli_protocol::frontier::Frontier;
use jeli_protocol::ids::{BlobHash, BundleId, SpaceId};
use tokio::sync::mpsc;

use super::limits::{MAX_BUNDLE_BYTES, MIN_PART_BYTES, STEP_BYTES, STICK_BYTES};
use super::seal::{SealError, seal};
use super::shelf::{Half, OnShelf, Place};
use super::{BundleError, Inner};
use crate::blobs::State;
use crate::clock::now_ms;
use crate::replica_handle::{BundlePlan, BundleRequest, BundleWanted, Request, SchoolInfo};

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// For whom, of what, from where.
    pub of: BundleWanted,
    /// Whether files go along.
    pub files: WithFiles,
    /// Bytes of one file at most; without, there is one for each set of recipients.
    pub max_bytes: Option<u64>,
}

/// Whether files go along in a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithFiles {
    /// Words alone.
    No,
    /// Those that are here, and that not all recipients are known to have.
    Yes,
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// The parts, in order.
    pub parts: Vec<OnShelf>,
    /// The schools for which they are.
    pub schools: Vec<SchoolInfo>,
    /// Frames in them: none says that there is nothing new but receipts.
    pub frames: usize,
    /// Files in them.
    pub files: usize,
    /// Files that did not fit into the size that was set.
    pub files_left_out: usize,
}

/// What goes into the writer of a part.
enum Piece {
    Record(Record, Frontier),
    Bytes(Bytes),
}

/// A part that is being written, on a thread that may wait for the disk.
struct Writing {
    half: Half,
    pieces: mpsc::Sender<Piece>,
    done: tokio::task::JoinHandle<Result<Body, SealError>>,
    /// Bytes so far, as they will be sealed.
    bytes: u64,
    /// Whether there is anything in it but the names of spaces.
    is_begun: bool,
}

/// A body that is written.
struct Body {
    bytes: u64,
    hash: [u8; 32],
}

impl Inner {
    pub(super) async fn make(&self, wanted: &Wanted) -> Result<Vec<Made>, BundleError> {
        // One at a time: each may take much of the disk for a while.
        let _turn = self.making.lock().await;
        let of = wanted.of.clone();
        let plans = self.replica.ask(|reply| Request::Bundle(BundleRequest::Plan { wanted: of, reply })).await??;
        let mut all = Vec::new();
        for plan in plans {
            all.push(self.make_one(plan, wanted).await?);
        }
        Ok(all)
    }

    async fn make_one(&self, plan: BundlePlan, wanted: &Wanted) -> Result<Made, BundleError> {
        let mut parts = Parts {
            bundles: self,
            plan: &plan,
            limit: wanted.max_bytes.unwrap_or(STICK_BYTES).clamp(MIN_PART_BYTES, MAX_BUNDLE_BYTES),
            written: Vec::new(),
            now: None,
        };
        let (mut frames_made, mut files, mut files_left_out) = (0, 0, 0);
        for (space, frames) in &plan.spaces {
            let mut frames = Box::new(frames.clone());
            loop {
                let now = frames;
                let asked = self.replica.ask(|reply| Request::Bundle(BundleRequest::Frame { frames: now, bytes: parts.frame_bytes(), reply }));
                let (frame, next) = asked.await??;
                frames = next;
                let Some(frame) = frame else { break };
                frames_made += 1;
                parts.put(*space, Record::Frame(frame), &Frontier::default()).await?;
            }
            // Last, when whoever gave them has been named by the frames.
            let space = *space;
            let receipts = self.replica.ask(|reply| Request::Bundle(BundleRequest::Receipts { space, reply })).await?;
            let mut base = Frontier::default();
            for receipt in receipts {
                let frontier = receipt.frontier.clone();
                // In a part that is begun anew the first receipt is told from nothing.
                let is_same_part = parts.put(space, Record::Receipt(receipt), &base).await?;
                if base.is_empty() || !is_same_part {
                    base = frontier;
                }
            }
        }
        if wanted.files == WithFiles::Yes {
            for (space, hash, size) in self.files_for(&plan).await? {
                if size.saturating_add(MIN_PART_BYTES / 2) > parts.limit {
                    files_left_out += 1;
                } else if parts.put_file(space, hash, size).await? {
                    files += 1;
                }
            }
        }
        let parts = parts.finish().await?;
        Ok(Made { parts, schools: plan.schools, frames: frames_made, files, files_left_out })
    }

    /// The files of a plan's spaces that are here and that not all of its recipients are known to have, the smallest first.
    async fn files_for(&self, plan: &BundlePlan) -> Result<Vec<(SpaceId, BlobHash, u64)>, BundleError> {
        let mut found: Vec<(SpaceId, BlobHash, u64)> = Vec::new();
        let named = self.blobs.named(None).await?;
        let holders = self.blobs.all_holders().await?;
        for (space, _) in &plan.spaces {
            for file in named.iter().filter(|file| file.document.is_of(space)) {
                let has = holders.get(&file.hash);
                let all_have =
                    plan.recipients.iter().all(|node| has.is_some_and(|holders| holders.iter().any(|holder| holder.node == *node && holder.whole)));
                if all_have || found.iter().any(|(_, hash, _)| *hash == file.hash) {
                    continue;
                }
                if let State::Complete { size } = self.blobs.state(&file.hash).await? {
                    found.push((*space, file.hash, size));
                }
            }
        }
        found.sort_by_key(|(.., size)| *size);
        Ok(found)
    }
}

/// The parts of one export.
struct Parts<'a> {
    bundles: &'a Inner,
    plan: &'a BundlePlan,
    limit: u64,
    written: Vec<(Half, Body)>,
    now: Option<(Writing, Option<SpaceId>)>,
}

impl Parts<'_> {
    /// Bytes that a frame should have: several fit into a part, since one may come out four times as large.
    fn frame_bytes(&self) -> usize {
        usize::try_from(self.limit / 8).map_or(FRAME_BYTES, |of_limit| of_limit.min(FRAME_BYTES))
    }

    /// Puts a record of a space into the part that is being written, or into the next one. Says whether it was the same as before.
    async fn put(&mut self, space: SpaceId, record: Record, base: &Frontier) -> Result<bool, BundleError> {
        let weight = match &record {
            Record::Frame(frame) => frame.len() as u64,
            Record::Receipt(receipt) => 128 + 80 * receipt.frontier.len() as u64,
            Record::File { bytes, .. } => *bytes,
            Record::Space(_) | Record::End => 0,
        };
        let is_full = |writing: &Writing| writing.is_begun && writing.bytes + sealed(weight) > self.limit;
        let is_same = !self.now.as_ref().is_some_and(|(writing, _)| is_full(writing)) && self.now.is_some();
        if !is_same {
            self.close().await?;
            self.now = Some((self.begin()?, None));
        }
        let Some((writing, of)) = &mut self.now else { return Ok(is_same) };
        if of.replace(space) != Some(space) {
            writing.send(Piece::Record(Record::Space(space), Frontier::default()), 33).await;
        }
        writing.is_begun = true;
        let base = if is_same { base.clone() } else { Frontier::default() };
        // A file's bytes are counted as they come.
        let counted = if matches!(record, Record::File { .. }) { 0 } else { weight };
        writing.send(Piece::Record(record, base), counted + 16).await;
        Ok(is_same)
    }

    /// Puts a file in, if it can be read.
    async fn put_file(&mut self, space: SpaceId, hash: BlobHash, size: u64) -> Result<bool, BundleError> {
        let mut parts = std::pin::pin!(self.bundles.blobs.read(&hash, 0..size));
        // One that cannot be read at all does not spoil the bundle.
        let Some(Ok(first)) = parts.next().await else {
            tracing::warn!(%hash, "a file could not be read and does not go along in a bundle");
            return Ok(false);
        };
        // In the part, and once more when that is put together.
        self.bundles.check_room_for(size.saturating_mul(2))?;
        self.put(space, Record::File { hash, bytes: size }, &Frontier::default()).await?;
        let Some((writing, _)) = &mut self.now else { return Ok(false) };
        let mut left = size;
        let mut next = Some(Ok(first));
        while let Some(piece) = next {
            let piece: Bytes = piece.map_err(BundleError::Io)?;
            left = left.checked_sub(piece.len() as u64).ok_or_else(|| BundleError::Io(io::Error::other("a file is longer than it was")))?;
            let weight = piece.len() as u64;
            writing.send(Piece::Bytes(piece), weight).await;
            next = parts.next().await;
        }
        if left > 0 {
            return Err(BundleError::Io(io::Error::other("a file ended early")));
        }
        Ok(true)
    }

    fn begin(&self) -> Result<Writing, BundleError> {
        self.bundles.check_room()?;
        if self.written.len() as u64 >= MAX_PARTS {
            return Err(BundleError::TooManyParts);
        }
        let half = self.bundles.half()?;
        // Made here, so that it goes with its guard whatever becomes of the writer.
        let file = File::create_new(half.path())?;
        let (pieces, mut coming) = mpsc::channel::<Piece>(4);
        let seals = self.plan.seals.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut body = Hashed::new(file);
            let mut sealing = seal(&seals, &mut body)?;
            Records::<&[u8]>::begin(&mut sealing)?;
            while let Some(piece) = coming.blocking_recv() {
                match piece {
                    Piece::Record(record, base) => write_record(&record, &base, &mut sealing)?,
                    Piece::Bytes(bytes) => sealing.write_all(&bytes)?,
                }
            }
            end(sealing)?;
            Ok(body.finish()?)
        });
        // What stands outside, and the seal's header.
        let outside = 1_024 + 128 * self.plan.seals.len() as u64;
        Ok(Writing { half, pieces, done, bytes: outside, is_begun: false })
    }

    async fn close(&mut self) -> Result<(), BundleError> {
        let Some((writing, _)) = self.now.take() else { return Ok(()) };
        let Writing { half, pieces, done, .. } = writing;
        drop(pieces);
        let body = done.await.map_err(|error| BundleError::Io(io::Error::other(error)))?;
        self.written.push((half, body?));
        Ok(())
    }

    /// Puts the outside before each body, and all of them on the shelf.
    async fn finish(mut self) -> Result<Vec<OnShelf>, BundleError> {
        self.close().await?;
        let number = self.bundles.next_number().await?;
        let of = self.written.len() as u64;
        let mut parts = Vec::new();
        for (at, (half, body)) in std::mem::take(&mut self.written).into_iter().enumerate() {
            let bundle = BundleId(rand::random());
            let (spaces, recipients) = (self.plan.spaces.iter().map(|(space, _)| *space).collect(), self.plan.recipients.clone());
            let tags = self.bundles.replica.ask(|reply| Request::Bundle(BundleRequest::Tags { spaces, recipients, bundle, reply })).await?;
            let draft = Draft {
                id: bundle,
                series: self.plan.series,
                number,
                part: Part { number: at as u64 + 1, of },
                made_ms: u64::try_from(now_ms()).unwrap_or(0),
                tags,
                body_bytes: body.bytes,
                body_hash: body.hash,
            };
            let cover = Cover::sign(draft, &self.bundles.certificate, &self.bundles.key);
            let whole = self.bundles.half()?;
            // It is on the disk twice for a moment.
            self.bundles.check_room_for(cover.said().body_bytes)?;
            let outside = cover.write();
            let put = tokio::task::spawn_blocking(move || put_together(&outside, half.path(), whole.path()).map(|()| whole));
            let whole = put.await.map_err(io::Error::other)??;
            parts.push(self.bundles.shelf(|shelf| shelf.put(whole.path(), cover, Place::Made, |_| true))??);
        }
        Ok(parts)
    }
}

impl Writing {
    /// A writer that has stopped says why when it is closed.
    async fn send(&mut self, piece: Piece, bytes: u64) {
        self.bytes += sealed(bytes);
        let _ = self.pieces.send(piece).await;
    }
}

/// What bytes take once they are sealed, a little more rather than less.
fn sealed(bytes: u64) -> u64 {
    bytes + bytes / 4_096 + 1
}

fn end<W: Write>(mut sealing: StreamWriter<W>) -> io::Result<()> {
    write_record(&Record::End, &Frontier::default(), &mut sealing)?;
    sealing.finish()?;
    Ok(())
}

fn put_together(outside: &[u8], body: &Path, to: &Path) -> io::Result<()> {
    let mut whole = File::create_new(to)?;
    whole.write_all(outside)?;
    let mut body = File::open(body)?;
    body.seek(SeekFrom::Start(0))?;
    io::copy(&mut body, &mut whole)?;
    whole.sync_all()
}

/// A file that is hashed as it is written.
struct Hashed {
    file: BufWriter<File>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Hashed {
    fn new(file: File) -> Self {
        Self { file: BufWriter::with_capacity(STEP_BYTES, file), hasher: blake3::Hasher::new(), bytes: 0 }
    }

    fn finish(mut self) -> io::Result<Body> {
        self.file.flush()?;
        Ok(Body { bytes: self.bytes, hash: *self.hasher.finalize().as_bytes() })
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
