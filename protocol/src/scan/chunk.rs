//! The frame of an Automerge change chunk: header fields and columns, as slices. Nothing is expanded.
//!
//! Layout: magic, checksum (first 4 bytes of the hash), type 1, length, then the body: dependencies, actor, seq, first operation,
//! time, message, other actors, column table, column bytes, extra bytes. The hash is SHA-256 over type, length and body.

use sha2::{Digest, Sha256};

use super::leb::{Reader, write_unsigned};
use crate::ids::ChangeHash;

/// First bytes of every Automerge chunk.
pub(crate) const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// The type byte of an uncompressed change.
pub(crate) const CHANGE_TYPE: u8 = 1;

/// A change chunk taken apart. Slices point into the chunk.
#[derive(Debug, Clone)]
pub(crate) struct Chunk<'a> {
    pub(crate) hash: ChangeHash,
    pub(crate) checksum_holds: bool,
    pub(crate) deps: Vec<ChangeHash>,
    pub(crate) actor: &'a [u8],
    pub(crate) seq: u64,
    pub(crate) start_op: u64,
    pub(crate) time: i64,
    pub(crate) message: &'a [u8],
    pub(crate) other_actors: Vec<&'a [u8]>,
    pub(crate) columns: Vec<Column<'a>>,
    pub(crate) extra: &'a [u8],
}

/// One column: its specification (id and type) and its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column<'a> {
    pub(crate) spec: u64,
    pub(crate) bytes: &'a [u8],
}

/// Where the chunk stops being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

impl<'a> Chunk<'a> {
    /// Takes `bytes` apart; they must be exactly one chunk.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (checksum, body) = body(bytes)?;
        let hash = hash_of_body(body);
        let mut reader = Reader::new(body);
        Self::parse_body(&mut reader, hash, *checksum == hash.0[..4])
    }

    fn parse_body(reader: &mut Reader<'a>, hash: ChangeHash, checksum_holds: bool) -> Result<Self, Malformed> {
        let deps = list(reader, "dependencies", |reader| reader.take(32)?.first_chunk().copied().map(ChangeHash))?;
        let actor = reader.prefixed().ok_or(Malformed("actor"))?;
        let seq = reader.unsigned().ok_or(Malformed("sequence number"))?;
        let start_op = reader.unsigned().ok_or(Malformed("first operation"))?;
        let time = reader.signed().ok_or(Malformed("time"))?;
        let message = reader.prefixed().ok_or(Malformed("message"))?;
        let other_actors = list(reader, "other actors", Reader::prefixed)?;
        let table = list(reader, "column table", |reader| Some((reader.unsigned()?, reader.unsigned()?)))?;
        let mut columns = Vec::with_capacity(table.len());
        for (spec, length) in table {
            let bytes = reader.take_u64(length).ok_or(Malformed("column length"))?;
            columns.push(Column { spec, bytes });
        }
        let extra = reader.rest();
        Ok(Self { hash, checksum_holds, deps, actor, seq, start_op, time, message, other_actors, columns, extra })
    }

    /// The bytes of the column with this specification; empty where the chunk has none.
    pub(crate) fn column(&self, spec: u64) -> &'a [u8] {
        self.columns.iter().find(|column| column.spec == spec).map_or(&[], |column| column.bytes)
    }
}

/// Checksum and body of a chunk, which must be one whole uncompressed change.
fn body(bytes: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let mut reader = Reader::new(bytes);
    if reader.take(4) != Some(&MAGIC[..]) {
        return Err(Malformed("magic bytes"));
    }
    let checksum = reader.take(4).ok_or(Malformed("checksum"))?;
    if reader.byte() != Some(CHANGE_TYPE) {
        return Err(Malformed("chunk type"));
    }
    let body = reader.prefixed().ok_or(Malformed("length"))?;
    if !reader.is_empty() {
        return Err(Malformed("end: bytes follow the chunk"));
    }
    Ok((checksum, body))
}

/// A counted list. Every item takes at least one byte, so the count is bounded by what is there before anything is reserved.
fn list<'a, T>(reader: &mut Reader<'a>, what: &'static str, mut item: impl FnMut(&mut Reader<'a>) -> Option<T>) -> Result<Vec<T>, Malformed> {
    let count = reader.unsigned().ok_or(Malformed(what))?;
    if count > reader.rest().len() as u64 {
        return Err(Malformed(what));
    }
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(item(reader).ok_or(Malformed(what))?);
    }
    Ok(items)
}

/// The hash of the change whose body this is.
pub(crate) fn hash_of_body(body: &[u8]) -> ChangeHash {
    let mut length = Vec::with_capacity(11);
    length.push(CHANGE_TYPE);
    write_unsigned(&mut length, body.len() as u64);
    let mut hasher = Sha256::new();
    hasher.update(&length);
    hasher.update(body);
    ChangeHash(hasher.finalize().into())
}

/// Puts the header before a body; returns the chunk and its hash.
pub(crate) fn frame(body: &[u8]) -> (Vec<u8>, ChangeHash) {
    let hash = hash_of_body(body);
    let mut chunk = Vec::with_capacity(body.len() + 19);
    chunk.extend_from_slice(&MAGIC);
    chunk.extend_from_slice(&hash.0[..4]);
    chunk.push(CHANGE_TYPE);
    write_unsigned(&mut chunk, body.len() as u64);
    chunk.extend_from_slice(body);
    (chunk, hash)
}
