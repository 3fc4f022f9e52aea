//! Two and three network services in one process, over loopback.

mod connecting;
mod gossip;
mod joining;
mod relaying;
mod sessions;
mod support;
