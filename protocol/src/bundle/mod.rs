//! Bundles: what travels as a file, by stick, phone or messenger. Made for named recipients, immutable, one way, taken in twice without harm.
//!
//! Outside is the [`Cover`], which anybody can read and whose signature says who made it: a courier sees that the file is whole and of whom, and
//! nothing else. Inside, sealed to the recipients' nodes, are [`Record`]s: receipts, frames and files of one or more spaces. Sealing is the
//! driver's (it draws random bytes); all that is inside is verified as if it had come on a stream.
//!
//! ```text
//! file   = mark (8 bytes) · version (1) · length of the cover (LEB128) · cover · body
//! cover  = certificate · id · series · number · part · parts · made · tags · bytes of the body · its BLAKE3 · signature
//! body   = age(records)
//! record = kind (1) · fields; the last one is `End`
//! ```

mod content;
mod cover;
pub mod limits;
#[cfg(test)]
mod tests;

pub use content::{Record, RecordError, Records, write_record};
pub use cover::{Cover, CoverError, Draft, MARK, Part, Series};

/// Says to one recipient, and to nobody else, that a bundle is for it. 16 bytes of BLAKE3 keyed by the space's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BundleTag(pub [u8; 16]);
