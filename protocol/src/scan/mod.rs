//! Stands in until the scanner lands.
#![allow(missing_docs)]
pub(crate) mod chunk;
pub(crate) mod leb;

use crate::ids::{ActorId, ChangeHash};
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFacts { pub hash: ChangeHash, pub actor: ActorId, pub seq: u64, pub start_op: u64, pub op_count: u64, pub max_op: u64, pub deps: Vec<ChangeHash>, pub time: i64 }
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("refused")]
pub struct ScanRefusal;
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepFacts { pub hash: ChangeHash, pub actor: ActorId, pub seq: u64, pub max_op: u64 }
pub fn framed_facts(chunk: &[u8]) -> Option<ChangeFacts> { scan(chunk).ok() }
pub fn scan(chunk: &[u8]) -> Result<ChangeFacts, ScanRefusal> {
    let c = automerge::Change::from_bytes(chunk.to_vec()).map_err(|_| ScanRefusal)?;
    Ok(ChangeFacts { hash: ChangeHash(c.hash().0), actor: ActorId::from(c.actor_id().to_bytes()), seq: c.seq(), start_op: c.start_op().get(), op_count: c.len() as u64, max_op: c.start_op().get() + c.len() as u64 - 1, deps: c.deps().iter().map(|d| ChangeHash(d.0)).collect(), time: c.timestamp() })
}
pub fn check_in_context(_f: &ChangeFacts, _d: &[DepFacts]) -> Result<(), ScanRefusal> { Ok(()) }
