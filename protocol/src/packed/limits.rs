//! Bounds of packing, with units and reasons.

/// Operations that one change may hold and still be packed operation by operation. More (a paste of a long report) is rare, and
/// travels as its own bytes. It also bounds the memory of one change in rows: about 30 MB.
pub(crate) const MAX_MODELLED_OPS: usize = 1 << 18;

/// Bytes that the rows of one change may stand for, where one name can be repeated by every row.
pub(crate) const MAX_EXPANDED_CHANGE_BYTES: usize = 16 << 20;

/// Units of work (see `Change::cost`) that the changes of one packed run may take together. About a second and a half of an old
/// machine's time; what does not fit travels as its own bytes.
pub(crate) const MAX_MODELLED_WORK: usize = 64 << 20;
