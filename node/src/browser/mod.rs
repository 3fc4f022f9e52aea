//! Browsers speak the automerge-repo WebSocket protocol, version 1, directly over `automerge::sync`.
//!
//! Source: automerge-repo 2.5, `packages/automerge-repo-network-websocket` and `packages/automerge-repo/src/synchronizer`.

pub mod passing;
mod socket;
mod sockets;
pub mod sync_guard;
pub mod wire;

pub use socket::{Visit, serve};
pub use sockets::{SocketPermit, Sockets, TooManySockets};
