//! Benchmarks of jeli, one JSON object a line. Each module says what it measures.

pub mod blobs;
pub mod bundle;
pub mod catchup;
pub mod floor;
pub mod hops;
pub mod idle;
pub mod latency;
mod moved;
pub mod node;
pub mod packed_size;
pub mod report;
pub mod resync;
pub mod trace;
