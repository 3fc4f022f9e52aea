//! The school node: everything around the pure protocol that touches clocks, disks, sockets and people.

pub mod limits;
pub mod network;
pub mod replica_handle;
