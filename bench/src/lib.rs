//! Benchmarks of jeli, one JSON object a line.

pub mod packed_size;
pub mod report;
pub mod trace;
