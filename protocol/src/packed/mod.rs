//! Packed changes: the content of a frame in as few bytes as possible, without loading a document.
//!
//! A frame holds, for each of its documents, plain Automerge change chunks of all authors. [`pack`] reads each chunk into rows, one an
//! operation, and codes every field as the answer to a question that it has first tried to answer itself from what went before: who
//! writes next, after which changes, where the cursor stands, which letter follows. Guesses that hold cost a fraction of a bit
//! (`coder`, `model`). [`unpack`] asks the same questions in the same order, writes each chunk again byte for byte and computes its
//! hash, so neither hashes nor checksums of the run's own changes travel.
//!
//! A chunk that Automerge would have written differently (unknown columns, longer numbers, anything odd) travels as its own bytes, in
//! a zstd section of their own. So every chunk comes back as it was.
//!
//! What comes out has consistent hashes by construction, also where the bytes were damaged on the way: whoever uses it compares those
//! hashes with what the entry commits to.
//!
//! Layout: a flags byte; where chunks travel as their own bytes, their total and compressed lengths and the section; then the coded
//! answers to the end.

mod changes;
mod coder;
mod columns;
mod limits;
mod memory;
mod model;
mod questions;
pub(crate) mod row;
mod rows;
mod tables;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod writers;

use coder::{Coder, Reader, Writer};
use limits::MAX_MODELLED_SIDECAR_BYTES;
use memory::Memory;
use model::Model;
use questions::{Questions, Site};
use row::Change;
use tables::{Interned, Tables};

use crate::limits::{MAX_ACTOR_BYTES, MAX_FRAME_BYTES, MAX_FRAME_CHANGES, MAX_FRAME_RAW_BYTES};
use crate::scan::chunk::Chunk;
use crate::scan::leb;

/// Why something cannot be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// More than a frame may hold; make smaller frames.
    #[error("{what} of a frame: {found} where at most {limit} may be; cut the frame")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// How much there may be.
        limit: usize,
    },
    /// zstd refused.
    #[error("chunks that travel as their own bytes could not be compressed")]
    Compress(#[source] std::io::Error),
}

/// Why bytes do not unpack.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// The first byte names a form that this program does not know.
    #[error("packed changes of an unknown form: a newer program made them, or they are damaged")]
    UnknownForm,
    /// A declared or reached size is over its limit.
    #[error("packed changes hold too much: {0}")]
    TooMuch(&'static str),
    /// The bytes end early, or say something that cannot be.
    #[error("packed changes are damaged: {0}")]
    Damaged(&'static str),
    /// zstd refused.
    #[error("chunks that travel as their own bytes could not be read")]
    Decompress(#[source] std::io::Error),
}

/// What a receiver accepts. [`Default`] is what the protocol allows in one frame.
#[derive(Debug, Clone)]
pub struct UnpackLimits {
    /// Packed bytes.
    pub packed_bytes: usize,
    /// Documents.
    pub documents: usize,
    /// Changes in all documents.
    pub changes: usize,
    /// Bytes of all chunks and of the sidecar together.
    pub raw_bytes: usize,
}

impl Default for UnpackLimits {
    fn default() -> Self {
        Self { packed_bytes: MAX_FRAME_BYTES, documents: MAX_FRAME_CHANGES, changes: MAX_FRAME_CHANGES, raw_bytes: MAX_FRAME_RAW_BYTES }
    }
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// The change chunks of each document, in the order in which they were packed.
    pub documents: Vec<Vec<Vec<u8>>>,
    /// The bytes that rode along.
    pub sidecar: Vec<u8>,
}

/// The form in which all chunks fit the model.
const PLAIN: u8 = 1;
/// The form with a section of chunks that travel as their own bytes.
const WITH_BULK: u8 = 2;
/// Base-two logarithm of the zstd window that a receiver grants: frames unpack to at most 16 MiB.
const WINDOW_LOG: u32 = 24;

/// Packs one frame's content: for each document its change chunks, dependencies before dependents where both are in the frame.
/// `sidecar` rides along. `level` is zstd's, for what the model does not take. Same input, same bytes.
pub fn pack(documents: &[Vec<&[u8]>], sidecar: &[u8], level: i32) -> Result<Vec<u8>, PackError> {
    let raw: usize = documents.iter().flatten().map(|chunk| chunk.len()).sum();
    bounded("changes", documents.iter().map(Vec::len).sum(), MAX_FRAME_CHANGES)?;
    bounded("bytes", raw + sidecar.len(), MAX_FRAME_RAW_BYTES)?;

    let mut interned = Interned::default();
    let read: Vec<Vec<Option<Change>>> = documents.iter().map(|chunks| chunks.iter().map(|chunk| modelled(chunk, &mut interned)).collect()).collect();
    let (bulk, answers) = match tell(documents, &read, &interned, sidecar) {
        Some(told) => told,
        // More than a receiver will go through: all as it is.
        None => {
            let plain: Vec<Vec<Option<Change>>> = documents.iter().map(|chunks| chunks.iter().map(|_| None).collect()).collect();
            tell(documents, &plain, &Interned::default(), sidecar).ok_or(PackError::TooMuch {
                what: "documents and changes",
                found: documents.len(),
                limit: MAX_FRAME_CHANGES,
            })?
        }
    };
    assemble(&bulk, &answers, level)
}

/// Answers all questions about the changes; `None` where they are too many. Returns what travels as it is, and the answers.
fn tell(documents: &[Vec<&[u8]>], read: &[Vec<Option<Change>>], interned: &Interned, sidecar: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut run = Run::new(Writer::new());
    let mut bulk = Vec::new();
    let plain = sidecar.len() > MAX_MODELLED_SIDECAR_BYTES;
    if run.questions.flag(Site::SidecarIsPlain, &[0], plain) {
        run.questions.number(Site::BulkLength, &[1], sidecar.len() as u64);
        bulk.extend_from_slice(sidecar);
    } else {
        run.questions.text(Site::Sidecar, MAX_MODELLED_SIDECAR_BYTES, sidecar)?;
    }
    run.actors(Some(&interned.actors))?;
    run.questions.number(Site::Documents, &[0], documents.len() as u64);
    for (chunks, changes) in documents.iter().zip(read) {
        let mut memory = Memory::default();
        run.questions.number(Site::Changes, &[0], chunks.len() as u64);
        for (chunk, change) in chunks.iter().zip(changes) {
            run.questions.flag(Site::Escaped, &[0], change.is_none());
            if let Some(change) = change {
                run.change(&mut memory, Some(change))?;
                memory.learn_change(change, Chunk::parse(chunk).ok()?.hash);
            } else {
                run.questions.number(Site::BulkLength, &[0], chunk.len() as u64);
                bulk.extend_from_slice(chunk);
                learn_escaped(&mut memory, chunk);
            }
        }
    }
    let spent = run.questions.spent();
    (!spent).then(|| (bulk, run.questions.coder.finish()))
}

fn bounded(what: &'static str, found: usize, limit: usize) -> Result<(), PackError> {
    if found <= limit { Ok(()) } else { Err(PackError::TooMuch { what, found, limit }) }
}

/// Reads a chunk into rows if writing them again gives the same bytes.
fn modelled(bytes: &[u8], interned: &mut Interned) -> Option<Change> {
    let chunk = Chunk::parse(bytes).ok()?;
    let full = interned.actors.len() + chunk.other_actors.len() >= limits::MAX_ACTORS;
    if full || chunk.actor.len() > MAX_ACTOR_BYTES || chunk.other_actors.iter().any(|actor| actor.len() > MAX_ACTOR_BYTES) {
        return None;
    }
    let change = Change::read(&chunk, limits::MAX_MODELLED_OPS, |actor| interned.intern(actor))?;
    let fits = change.rows.iter().all(rows::is_modelled) && changes::is_modelled(&change);
    (fits && change.write(&interned.actors).0 == bytes).then_some(change)
}

fn learn_escaped(memory: &mut Memory, chunk: &[u8]) {
    if let Ok(chunk) = Chunk::parse(chunk) {
        memory.learn_outside(chunk.hash);
    }
}

fn assemble(bulk: &[u8], answers: &[u8], level: i32) -> Result<Vec<u8>, PackError> {
    let mut out = Vec::with_capacity(answers.len() + 1);
    if bulk.is_empty() {
        out.push(PLAIN);
    } else {
        let compressed = zstd::bulk::compress(bulk, level).map_err(PackError::Compress)?;
        out.push(WITH_BULK);
        leb::write_unsigned(&mut out, bulk.len() as u64);
        leb::write_unsigned(&mut out, compressed.len() as u64);
        out.extend_from_slice(&compressed);
    }
    out.extend_from_slice(answers);
    Ok(out)
}

/// Unpacks what [`pack`] made. Sizes are checked before anything is expanded.
pub fn unpack(bytes: &[u8], limits: &UnpackLimits) -> Result<Unpacked, UnpackError> {
    if bytes.len() > limits.packed_bytes {
        return Err(UnpackError::TooMuch("packed bytes"));
    }
    let (bulk, answers) = take_bulk(bytes, limits)?;
    let mut bulk = leb::Reader::new(&bulk);
    let mut run = Run::new(Reader::new(answers));
    let mut left = limits.raw_bytes;
    let sidecar = run.sidecar(&mut bulk).ok_or(UnpackError::Damaged("sidecar"))?;
    left = left.checked_sub(sidecar.len()).ok_or(UnpackError::TooMuch("bytes"))?;
    let actors = run.actors(None).ok_or(UnpackError::Damaged("authors"))?;
    let mut changes_left = limits.changes;
    let count = run.count(Site::Documents, limits.documents).ok_or(UnpackError::TooMuch("documents"))?;
    let mut documents = Vec::with_capacity(count.min(1024));
    for _ in 0..count {
        let mut memory = Memory::default();
        let count = run.count(Site::Changes, changes_left).ok_or(UnpackError::TooMuch("changes"))?;
        changes_left -= count;
        let mut chunks = Vec::with_capacity(count.min(1024));
        for _ in 0..count {
            let chunk = if run.questions.flag(Site::Escaped, &[0], false) {
                let length = run.questions.number(Site::BulkLength, &[0], 0);
                let chunk = bulk.take_u64(length).ok_or(UnpackError::Damaged("a chunk's own bytes"))?.to_vec();
                learn_escaped(&mut memory, &chunk);
                chunk
            } else {
                let change = run.change(&mut memory, None).ok_or(UnpackError::Damaged("a change"))?;
                let (chunk, hash) = change.write(&actors);
                memory.learn_change(&change, hash);
                chunk
            };
            left = left.checked_sub(chunk.len()).ok_or(UnpackError::TooMuch("bytes"))?;
            chunks.push(chunk);
        }
        documents.push(chunks);
        if run.questions.spent() {
            return Err(UnpackError::Damaged("the end is missing"));
        }
    }
    if !bulk.is_empty() || !run.questions.coder.used_up() {
        return Err(UnpackError::Damaged("more bytes than changes"));
    }
    Ok(Unpacked { documents, sidecar })
}

/// Takes the section of plain chunks off the front, and expands it.
fn take_bulk<'a>(bytes: &'a [u8], limits: &UnpackLimits) -> Result<(Vec<u8>, &'a [u8]), UnpackError> {
    let mut reader = leb::Reader::new(bytes);
    match reader.byte() {
        Some(PLAIN) => return Ok((Vec::new(), reader.rest())),
        Some(WITH_BULK) => {}
        _ => return Err(UnpackError::UnknownForm),
    }
    let length = reader.unsigned().and_then(|length| usize::try_from(length).ok()).ok_or(UnpackError::Damaged("a length"))?;
    if length == 0 || length > limits.raw_bytes {
        return Err(UnpackError::TooMuch("bytes"));
    }
    let compressed = reader.prefixed().ok_or(UnpackError::Damaged("a length"))?;
    let mut decompressor = zstd::bulk::Decompressor::new().map_err(UnpackError::Decompress)?;
    decompressor.window_log_max(WINDOW_LOG).map_err(UnpackError::Decompress)?;
    let bulk = decompressor.decompress(compressed, length).map_err(UnpackError::Decompress)?;
    if bulk.len() != length {
        return Err(UnpackError::Damaged("a length"));
    }
    Ok((bulk, reader.rest()))
}

/// The questions of a whole run, and the tables they fill.
struct Run<C> {
    questions: Questions<C>,
    tables: Tables,
}

impl<C: Coder> Run<C> {
    fn new(coder: C) -> Self {
        Self { questions: Questions { coder, model: Model::new() }, tables: Tables::default() }
    }

    fn count(&mut self, site: Site, limit: usize) -> Option<usize> {
        usize::try_from(self.questions.number(site, &[0], 0)).ok().filter(|&count| count <= limit)
    }

    /// Reads what rides along.
    fn sidecar(&mut self, bulk: &mut leb::Reader<'_>) -> Option<Vec<u8>> {
        if self.questions.flag(Site::SidecarIsPlain, &[0], false) {
            let length = self.questions.number(Site::BulkLength, &[1], 0);
            return Some(bulk.take_u64(length)?.to_vec());
        }
        self.questions.text(Site::Sidecar, MAX_MODELLED_SIDECAR_BYTES, &[])
    }

    fn actors(&mut self, actors: Option<&[Vec<u8>]>) -> Option<Vec<Vec<u8>>> {
        let count = self.questions.number(Site::Actor, &[u32::MAX], actors.map_or(0, |actors| actors.len() as u64));
        let count = usize::try_from(count).ok().filter(|&count| count <= limits::MAX_ACTORS)?;
        for place in 0..count {
            self.tables.new_actor(&mut self.questions, actors.and_then(|actors| actors.get(place)).map(Vec::as_slice))?;
            if self.questions.spent() {
                return None;
            }
        }
        Some(self.tables.actors.clone())
    }

    fn change(&mut self, memory: &mut Memory, change: Option<&Change>) -> Option<Change> {
        changes::Changes { questions: &mut self.questions, memory, tables: &mut self.tables }.change(change)
    }
}
