//! The school node: everything around the pure protocol that touches clocks, disks, sockets and people.

pub mod accounts;
pub mod api;
pub mod audience;
pub mod blobs;
pub mod browser;
pub mod budget;
pub mod bundles;
pub mod cli;
pub mod clock;
pub mod config;
pub mod documents;
pub mod driver;
pub mod events;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod limits;
mod names;
pub mod network;
pub mod page_doors;
pub mod replica_handle;
pub mod running;
pub mod secure_page;
pub mod store;
