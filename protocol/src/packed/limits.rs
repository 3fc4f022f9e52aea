//! Bounds of packing, with units and reasons.

/// Operations that one change may hold and still be packed operation by operation. More (a paste of a long report) is rare, and
/// travels as its own bytes. It also bounds the memory of one change in rows: about 30 MB.
pub(crate) const MAX_MODELLED_OPS: usize = 1 << 18;

/// Bytes that the rows of one change may stand for, where one name can be repeated by every row.
pub(crate) const MAX_EXPANDED_CHANGE_BYTES: usize = 16 << 20;

/// Decisions that one packed run may take: about a second of an ordinary machine's time. A few bytes can claim to decide much, since
/// what is certain costs nothing, so this is what bounds time. A keystroke takes about 200; a run of more than 80,000 travels as plain
/// bytes under zstd.
pub(crate) const MAX_DECISIONS: u64 = 1 << 24;

/// What an operation counts for beyond its decisions, for the memory it takes: it bounds a run to 262,144 operations, 100 MB at most.
pub(crate) const DECISIONS_PER_ROW: u64 = 64;

/// Authors in one packed run: every author of a region, several times over.
pub(crate) const MAX_ACTORS: usize = 16_384;

/// Bytes that ride along and are still modelled; more goes to the zstd section.
pub(crate) const MAX_MODELLED_SIDECAR_BYTES: usize = 256 * 1024;
