//! Bounds of a single change, with units and reasons.

/// Operations in one change. Pasting a text makes one for each character, so this is a paste of 130 pages; Automerge needs about
/// 200 bytes of memory for each, so a change at this bound costs it 50 MB. Without it 113 bytes can ask for 4 GB.
pub const MAX_CHANGE_OPS: u64 = 1 << 18;

/// Operations that all operations of one change replace together. Honest ones replace one each, or as many as there are conflicts.
pub const MAX_CHANGE_PREDECESSORS: u64 = 1 << 18;

/// The highest operation counter. Automerge counts in 32 bits, and the edit after the last one panics; half of that leaves room that
/// two billion honest operations will not use up.
pub const MAX_OP_COUNTER: u64 = 1 << 31;

/// How far the first operation of a change may lie beyond the last one of its dependencies. Automerge takes the next number of the
/// whole document, which is further only by what its author had seen and did not build on. It bounds what one change can waste of
/// [`MAX_OP_COUNTER`] to a two-thousandth.
pub const MAX_START_OP_GAP: u64 = 1 << 20;

/// Dependencies of one change: heads that its author saw at once. Every author of a region writing at the same moment makes 1,000.
pub const MAX_CHANGE_DEPS: usize = 4_096;

/// Bytes that follow the operations. Automerge puts an author's name there.
pub const MAX_EXTRA_BYTES: usize = 4 * 1024;

const _: () = assert!(MAX_START_OP_GAP * 2_000 <= MAX_OP_COUNTER);
const _: () = assert!(MAX_CHANGE_OPS <= MAX_START_OP_GAP);
