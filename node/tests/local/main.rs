//! The node's local side against a replica's end in memory: accounts, the API's guards, and documents over the WebSocket.
#![allow(clippy::unwrap_used, clippy::panic)]

mod accounts;
mod budget;
mod durable;
mod files;
mod growth;
mod hostile;
mod keeping;
mod personal;
mod questionnaires;
mod rebuilt;
mod rights;
mod seats;
mod support;
mod sync;
mod talk;
