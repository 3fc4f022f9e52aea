//! Stands in until the packer of `packed` lands.
#![allow(missing_docs)]
use crate::wire::{Reader, Writer};
#[derive(Debug, thiserror::Error)]
#[error("pack")]
pub struct PackError;
#[derive(Debug, thiserror::Error)]
#[error("unpack")]
pub struct UnpackError;
#[derive(Debug, Clone)]
pub struct UnpackLimits { pub packed_bytes: usize, pub documents: usize, pub changes: usize, pub raw_bytes: usize }
impl Default for UnpackLimits { fn default() -> Self { Self { packed_bytes: 1 << 20, documents: 131_072, changes: 131_072, raw_bytes: 1 << 24 } } }
pub struct Unpacked { pub documents: Vec<Vec<Vec<u8>>>, pub sidecar: Vec<u8> }
pub fn pack(documents: &[Vec<&[u8]>], sidecar: &[u8], level: i32) -> Result<Vec<u8>, PackError> {
    let mut w = Writer::new(); w.bytes(sidecar).number(documents.len() as u64);
    for d in documents { w.number(d.len() as u64); for c in d { w.bytes(c); } }
    zstd::bulk::compress(&w.finish(), level).map_err(|_| PackError)
}
pub fn unpack(bytes: &[u8], limits: &UnpackLimits) -> Result<Unpacked, UnpackError> {
    let raw = zstd::bulk::decompress(bytes, limits.raw_bytes).map_err(|_| UnpackError)?;
    let mut r = Reader::new(&raw);
    let go = |r: &mut Reader<'_>| -> Result<Unpacked, crate::wire::WireError> {
        let sidecar = r.bytes(1 << 24)?.to_vec(); let mut documents = vec![];
        for _ in 0..r.count(limits.documents)? { let mut d = vec![]; for _ in 0..r.count(limits.changes)? { d.push(r.bytes(1 << 24)?.to_vec()); } documents.push(d); }
        Ok(Unpacked { documents, sidecar })
    };
    go(&mut r).map_err(|_| UnpackError)
}
