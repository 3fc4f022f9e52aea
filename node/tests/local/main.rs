//! The node's local side against a replica's end in memory: accounts, the API's guards, and documents over the WebSocket.
#![allow(clippy::unwrap_used, clippy::panic)]

mod accounts;
mod durable;
mod growth;
mod hostile;
mod personal;
mod rebuilt;
mod rights;
mod support;
mod sync;
