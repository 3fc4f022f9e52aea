//! The protocol of jeli, pure: keys, entries, frontiers, packed changes, membership, frames, sync sessions and document kinds.
//!
//! This crate has no clock, no randomness of its own, no sockets and no files. A machine takes `handle(now, input, ..., &mut Outbox)`;
//! whoever drives it executes the effects in order. Same inputs, same effects, same bytes.
#![warn(missing_docs)]

pub mod acceptance;
pub mod announce;
pub mod bundle;
pub mod certificate;
pub mod commit_flaw;
pub mod entry;
pub mod frame;
pub mod frontier;
pub mod ids;
pub mod invitation;
pub mod keys;
pub mod kinds;
pub mod limits;
pub mod log;
#[cfg(any(test, feature = "test-support"))]
pub mod log_conformance;
#[cfg(any(test, feature = "test-support"))]
pub mod log_memory;
pub mod membership;
pub mod packed;
pub mod receipt;
pub mod replica;
pub mod scan;
pub mod seal;
pub mod wire;
