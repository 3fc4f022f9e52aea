//! What must not be believed: a change is looked through, without expanding it, before Automerge sees it.
//!
//! [`scan`] answers from the chunk alone: framing, checksum, sizes, how many operations it claims, whether all columns agree and are
//! written as Automerge writes them, whether ids point backwards. [`check_in_context`] adds what takes its dependencies: numbers that
//! follow on, and an author's changes each building on the one before. What breaks a rule here makes its entry void, whoever signed
//! it; it is never given to Automerge, which may loop, panic or ask for gigabytes.

pub(crate) mod chunk;
mod context;
pub(crate) mod leb;
pub mod limits;
pub(crate) mod operations;
mod runs;
#[cfg(test)]
mod tests;

pub use context::{DepFacts, check_in_context};

use chunk::{Chunk, Malformed};

use crate::ids::{ActorId, ChangeHash};
use crate::kinds;
use crate::limits::{MAX_ACTOR_BYTES, MAX_CHANGE_BYTES};

/// What a change says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFacts {
    /// Its hash, computed here.
    pub hash: ChangeHash,
    /// Who wrote it.
    pub actor: ActorId,
    /// The how manieth change of that actor, from 1.
    pub seq: u64,
    /// Counter of its first operation, from 1.
    pub start_op: u64,
    /// How many operations it holds.
    pub op_count: u64,
    /// Counter of its last operation; one less than `start_op` where it has none.
    pub max_op: u64,
    /// The changes it builds on.
    pub deps: Vec<ChangeHash>,
    /// When its author says it was made, in seconds or milliseconds since 1970. Shown, never trusted.
    pub time: i64,
}

/// Why a change is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanRefusal {
    /// Longer than a change may be.
    #[error("the change takes {0} bytes, more than a change may")]
    TooLong(usize),
    /// Not a change chunk.
    #[error("this is not a change: its {0} cannot be read")]
    Malformed(&'static str),
    /// The checksum is not that of the content.
    #[error("the change is damaged: its checksum does not fit")]
    Checksum,
    /// An actor id too short or too long, listed twice, out of order, or one that no operation names.
    #[error("the change's list of authors is not as Automerge writes it")]
    Actors,
    /// It bears the actor of a fixed change of a kind and is not that change.
    #[error("the change is written in the name of a fixed change of a kind")]
    NotTheFixed,
    /// Dependencies twice, out of order, or too many.
    #[error("the change's list of dependencies is not as Automerge writes it")]
    Dependencies,
    /// A sequence number or operation counter of zero or beyond what is counted.
    #[error("the change's {0} is out of range")]
    Number(&'static str),
    /// The message is not UTF-8, or too many bytes follow the operations.
    #[error("the change's {0} is not as it may be")]
    Footer(&'static str),
    /// More operations than a change may hold.
    #[error("the change claims {0} operations, more than a change may hold")]
    TooManyOperations(u64),
    /// More predecessors than a change may name.
    #[error("the change's operations claim to replace more than they may")]
    TooManyPredecessors,
    /// A column that does not agree with the others, or is not written as Automerge writes it.
    #[error("the change's column `{0}` is not as Automerge writes it")]
    Column(&'static str),
    /// A value that is not what its type says.
    #[error("the change holds a value that is wrong: {0}")]
    Value(&'static str),
    /// An operation that makes no sense.
    #[error("the change holds an operation that is wrong: {0}")]
    Operation(&'static str),
    /// It does not follow on from its dependencies.
    #[error("the change does not follow on from what it builds on: {0}")]
    Context(&'static str),
}

impl From<Malformed> for ScanRefusal {
    fn from(Malformed(what): Malformed) -> Self {
        Self::Malformed(what)
    }
}

/// Looks through one change chunk. Cost: its bytes, and at most [`limits::MAX_CHANGE_OPS`] steps.
pub fn scan(chunk: &[u8]) -> Result<ChangeFacts, ScanRefusal> {
    if chunk.len() > MAX_CHANGE_BYTES {
        return Err(ScanRefusal::TooLong(chunk.len()));
    }
    let chunk = Chunk::parse(chunk)?;
    if !chunk.checksum_holds {
        return Err(ScanRefusal::Checksum);
    }
    check_actors(&chunk)?;
    if kinds::fixed_hash_of_actor(chunk.actor).is_some_and(|fixed| fixed != chunk.hash) {
        return Err(ScanRefusal::NotTheFixed);
    }
    check_deps(&chunk.deps)?;
    if std::str::from_utf8(chunk.message).is_err() {
        return Err(ScanRefusal::Footer("message"));
    }
    if chunk.extra.len() > limits::MAX_EXTRA_BYTES {
        return Err(ScanRefusal::Footer("footer"));
    }
    check_range("sequence number", chunk.seq)?;
    check_range("first operation", chunk.start_op)?;
    let ops = operations::look_through(&chunk)?;
    check_range("last operation", chunk.start_op + ops)?;
    Ok(facts(&chunk, ops))
}

/// How many operations a chunk claims: what looking it through costs, and Automerge after it. 0 where that cannot be told, which costs nothing.
pub fn claimed_ops(chunk: &[u8]) -> u64 {
    Chunk::parse(chunk).ok().and_then(|chunk| operations::count(&chunk).ok()).unwrap_or(0)
}

/// The facts of a chunk that is framed as a change, has a sound checksum and a readable head, whether or not its operations keep the
/// rules. `op_count` is 0 where it cannot be told or is too high. For what is stored and never applied.
pub fn framed_facts(chunk: &[u8]) -> Option<ChangeFacts> {
    let chunk = Chunk::parse(chunk).ok()?;
    let ops = operations::count(&chunk).unwrap_or(0);
    chunk.checksum_holds.then(|| facts(&chunk, ops))
}

fn facts(chunk: &Chunk<'_>, ops: u64) -> ChangeFacts {
    ChangeFacts {
        hash: chunk.hash,
        actor: ActorId::from(chunk.actor),
        seq: chunk.seq,
        start_op: chunk.start_op,
        op_count: ops,
        max_op: chunk.start_op.saturating_add(ops).saturating_sub(1),
        deps: chunk.deps.clone(),
        time: chunk.time,
    }
}

fn check_range(what: &'static str, number: u64) -> Result<(), ScanRefusal> {
    if (1..=limits::MAX_OP_COUNTER).contains(&number) { Ok(()) } else { Err(ScanRefusal::Number(what)) }
}

/// The author first, then the others in the order of their bytes.
fn check_actors(chunk: &Chunk<'_>) -> Result<(), ScanRefusal> {
    let sized = |actor: &[u8]| (1..=MAX_ACTOR_BYTES).contains(&actor.len());
    let others = &chunk.other_actors;
    let sound =
        sized(chunk.actor) && others.iter().all(|actor| sized(actor) && *actor != chunk.actor) && others.windows(2).all(|pair| pair[0] < pair[1]);
    if sound { Ok(()) } else { Err(ScanRefusal::Actors) }
}

/// Each once; in the order of their bytes, but for the author's own last change, which Automerge may put behind them.
fn check_deps(deps: &[ChangeHash]) -> Result<(), ScanRefusal> {
    let rest = deps.split_last().map_or(deps, |(_, rest)| rest);
    let in_order = rest.windows(2).all(|pair| pair[0] < pair[1]);
    let last_is_new = deps.last().is_none_or(|last| rest.binary_search(last).is_err());
    if deps.len() <= limits::MAX_CHANGE_DEPS && in_order && last_is_new { Ok(()) } else { Err(ScanRefusal::Dependencies) }
}
