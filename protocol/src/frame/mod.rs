//! Frames: ranges of one or more chains with their content. What moves on streams, in announcements and in bundles, and the one door in.
//!
//! A frame is *encoded* from entries and chunks, *decoded* to a structure that nothing may use, and *verified* against what the receiver
//! knows; only a [`Verified`] frame can be stored (invariant 2). Whatever the receiver can recompute is not sent: hashes, commitments, actors
//! and seqs of runs, previous hashes.

mod decode;
mod encode;
#[cfg(test)]
mod tests;
mod verify;

pub use decode::{DecodeError, DecodedFrame};
pub use encode::{EncodeError, FrameEntry, encode};
pub use verify::{FrameRefusal, Kept, Known, Verified, VerifiedChange, VerifiedContent, VerifiedFrame, verify};
