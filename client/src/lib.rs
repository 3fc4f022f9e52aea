//! Rust client of a node's local API, and the sample documents of the demo and the tests.

pub mod samples;
