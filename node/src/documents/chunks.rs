//! Change chunks as they stand in a sync message: split, inflated within a bound, and scanned before anything believes them.
//!
//! A chunk is `85 6f 4a 83`, four bytes of checksum, a type, a LEB128 length, and so many bytes. Type 1 is a change, type 2 the same
//! deflated. Types 0 (a whole document) and 3 (a bundle) are not taken from browsers: only single changes can be checked one by one, and
//! a client sends nothing else to a peer that does not advertise the compact form (see `seat.rs`).

use std::io::Read;

use flate2::read::DeflateDecoder;
use jeli_protocol::ids::{ActorId, ChangeHash};
use jeli_protocol::scan;

use crate::limits::{MAX_INFLATED_CHANGE_BYTES, MAX_INFLATED_MESSAGE_BYTES, MAX_SYNC_CHANGES};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHECKSUM_BYTES: usize = 4;
const TYPE_CHANGE: u8 = 1;
const TYPE_DEFLATED: u8 = 2;

/// One change that has passed the scanner.
#[derive(Debug, Clone)]
pub struct CheckedChange {
    pub hash: ChangeHash,
    pub actor: ActorId,
    pub deps: Vec<ChangeHash>,
    /// The plain (uncompressed) chunk.
    pub chunk: Vec<u8>,
}

/// Why bytes are not changes that may be looked at further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    #[error("the message holds something that is not a chunk")]
    Malformed,
    #[error("the message holds a whole document where single changes belong")]
    NotAChange,
    #[error("a compressed change is larger than {MAX_INFLATED_CHANGE_BYTES} bytes, or all together larger than {MAX_INFLATED_MESSAGE_BYTES}")]
    TooLarge,
    #[error("the message holds more than {MAX_SYNC_CHANGES} changes")]
    TooMany,
    #[error("a change breaks the scanner's rules: {0}")]
    Scan(String),
}

/// The changes of a sync message, each scanned, in the order they stand there.
pub fn check_all<'a>(blobs: impl Iterator<Item = &'a [u8]>) -> Result<Vec<CheckedChange>, ChunkError> {
    let mut checked = Vec::new();
    let mut bytes_left = MAX_INFLATED_MESSAGE_BYTES;
    for blob in blobs {
        let mut rest = blob;
        while !rest.is_empty() {
            if checked.len() == MAX_SYNC_CHANGES {
                return Err(ChunkError::TooMany);
            }
            let (raw, after) = take_chunk(rest)?;
            rest = after;
            let plain = match raw.kind {
                TYPE_CHANGE => raw.whole.to_vec(),
                TYPE_DEFLATED => inflate(&raw)?,
                _ => return Err(ChunkError::NotAChange),
            };
            bytes_left = bytes_left.checked_sub(plain.len()).ok_or(ChunkError::TooLarge)?;
            checked.push(check(plain)?);
        }
    }
    Ok(checked)
}

/// Scans one plain chunk.
pub fn check(chunk: Vec<u8>) -> Result<CheckedChange, ChunkError> {
    let facts = scan::scan(&chunk).map_err(|refusal| ChunkError::Scan(refusal.to_string()))?;
    Ok(CheckedChange { hash: facts.hash, actor: facts.actor, deps: facts.deps, chunk })
}

struct RawChunk<'a> {
    kind: u8,
    checksum: &'a [u8],
    body: &'a [u8],
    whole: &'a [u8],
}

fn take_chunk(input: &[u8]) -> Result<(RawChunk<'_>, &[u8]), ChunkError> {
    let header = MAGIC.len() + CHECKSUM_BYTES;
    let magic = input.get(..MAGIC.len()).ok_or(ChunkError::Malformed)?;
    let checksum = input.get(MAGIC.len()..header).ok_or(ChunkError::Malformed)?;
    let kind = *input.get(header).ok_or(ChunkError::Malformed)?;
    if magic != MAGIC {
        return Err(ChunkError::Malformed);
    }
    let (length, length_bytes) = leb128(input.get(header + 1..).ok_or(ChunkError::Malformed)?)?;
    let start = header + 1 + length_bytes;
    let end = start.checked_add(length).ok_or(ChunkError::Malformed)?;
    let body = input.get(start..end).ok_or(ChunkError::Malformed)?;
    let (whole, rest) = input.split_at(end);
    Ok((RawChunk { kind, checksum, body, whole }, rest))
}

fn leb128(input: &[u8]) -> Result<(usize, usize), ChunkError> {
    let mut value = 0_usize;
    for (at, byte) in input.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Ok((value, at + 1));
        }
    }
    Err(ChunkError::Malformed)
}

/// The plain form of a deflated change: same checksum, type 1, the inflated body.
fn inflate(raw: &RawChunk<'_>) -> Result<Vec<u8>, ChunkError> {
    let mut body = Vec::new();
    DeflateDecoder::new(raw.body).take(MAX_INFLATED_CHANGE_BYTES as u64 + 1).read_to_end(&mut body).map_err(|_| ChunkError::Malformed)?;
    if body.len() > MAX_INFLATED_CHANGE_BYTES {
        return Err(ChunkError::TooLarge);
    }
    let mut plain = Vec::with_capacity(body.len() + 16);
    plain.extend_from_slice(&MAGIC);
    plain.extend_from_slice(raw.checksum);
    plain.push(TYPE_CHANGE);
    let mut length = body.len();
    loop {
        let low = (length & 0x7f) as u8;
        length >>= 7;
        if length == 0 {
            plain.push(low);
            break;
        }
        plain.push(low | 0x80);
    }
    plain.extend_from_slice(&body);
    Ok(plain)
}
