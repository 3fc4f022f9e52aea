//! The libp2p shell: moves bytes between authenticated nodes and knows nothing of spaces and documents.
//!
//! - `peer_id`: node ids and peer ids name the same key.
//! - `config`, `limits`: what may be told, what may not be exceeded.
//! - `command`, `event`: the application's side; [`NetworkHandle`] and [`Event`].
//! - `transport`, `behaviour`, `streams`: the libp2p transports and behaviours, ours opens streams on a chosen connection.
//! - `contacts`: which connections and which session a peer has, and what to do about it. Pure.
//! - `faults`: how long a peer that broke the protocol is refused. Pure.
//! - `dial`: when to dial whom again. Pure. `addresses`: where.
//! - `dead_line`: when TCP gives up on a line. `pings`: who asks the other end.
//! - `openness`, `observed`: whether others get in to this node, and where. `punch`: opening a way from both sides. Where nobody gets in, `reserve`: through whom it
//!   is reached; and `relay`: who is reached through this node. Pure, but for `punch` and the circuits.
//! - `framing`, `outbound`, `session`, `join`: bytes on a stream.
//! - `traffic`: what has moved with whom. `carried`: what a line that costs money has carried, and for what. `own_network`: where bytes cost nothing.
//! - `outlook`: what is done to reach whoever is away.
//! - `swarm`: the event loop; `on_command` and `on_swarm` are its two doors, `on_relay` is what it does for and through relays, `line` is where it listens and how it works apart.
//!
//! **Invariant:** the loop never waits for the application. Events queue up to a bound; at the bound the network is no longer read, while
//! commands still are, so an application that waits for a command's answer never waits for itself.

pub mod addresses;
mod behaviour;
pub mod carried;
pub mod command;
pub mod config;
mod contacts;
mod dead_line;
mod dial;
pub mod event;
mod faults;
mod framing;
mod join;
pub mod limits;
mod line;
mod observed;
mod on_command;
mod on_relay;
mod on_swarm;
mod openness;
mod outbound;
pub mod outlook;
mod own_network;
pub mod peer_id;
mod pings;
mod punch;
mod relay;
mod reserve;
mod session;
mod streams;
mod swarm;
pub mod traffic;
mod transport;

pub(crate) use addresses::{in_order_of_use, is_loopback};
pub use command::{
    BlobRoad, BlobStream, BlobStreamError, JoinError, NetworkHandle, OpenBlob, PublishError, Published, Queued, Relayed, SendError, Stopped,
    SubscribeError,
};
pub use config::{Line, LineCost, Mdns, NetworkConfig, Roads, Timing, Upnp};
pub use event::{Admission, CloseReason, Event, GossipId, GossipVerdict, Road, SessionBytes, SessionEnd, SessionId};
pub use libp2p::{Multiaddr, PeerId};
pub use on_relay::{RelayState, RelayStatus};
pub use outlook::{Attempt, Outlook};
pub use peer_id::{node_id_of, peer_id_of};
#[cfg(test)]
pub(crate) use relay::For;
pub use relay::RelayChoice;
pub use swarm::{StartError, start};
pub use traffic::{Moved, Traffic};
