//! What has moved on the session streams with each peer since the node's start: what a line costs, and what a benchmark measures.
//!
//! Counted are the bytes that the application's messages take on the stream, their lengths included. What the transport adds (encryption,
//! multiplexing, acknowledgements) and gossip are not.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use libp2p::PeerId;

use super::framing::length_bytes;

/// Messages in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// How many.
    pub messages: u64,
    /// Their bytes, lengths included.
    pub bytes: u64,
}

/// What has moved with one peer, over all its sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// To the peer.
    pub sent: Moved,
    /// From the peer.
    pub received: Moved,
}

/// The counts of all peers, shared between handles and session tasks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter {
    peers: Arc<Mutex<HashMap<PeerId, Traffic>>>,
}

impl Meter {
    /// What has moved with a peer.
    pub(crate) fn of(&self, peer: &PeerId) -> Traffic {
        self.lock().get(peer).copied().unwrap_or_default()
    }

    /// A message of `len` bytes has gone out.
    pub(crate) fn sent(&self, peer: PeerId, len: usize) {
        self.lock().entry(peer).or_default().sent.add(len);
    }

    /// A message of `len` bytes has come.
    pub(crate) fn received(&self, peer: PeerId, len: usize) {
        self.lock().entry(peer).or_default().received.add(len);
    }

    /// Forgets a peer that is no member: strangers come without end.
    pub(crate) fn forget(&self, peer: &PeerId) {
        self.lock().remove(peer);
    }

    /// A panic elsewhere leaves the map whole: every change to it is one step.
    fn lock(&self) -> MutexGuard<'_, HashMap<PeerId, Traffic>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Moved {
    fn add(&mut self, len: usize) {
        self.messages += 1;
        self.bytes += (length_bytes(len) + len) as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_count_with_their_length() {
        let (meter, peer) = (Meter::default(), PeerId::random());
        meter.received(peer, 10);
        meter.sent(peer, 127);
        meter.sent(peer, 128);
        meter.received(peer, 1);
        meter.received(peer, 1);
        let traffic = meter.of(&peer);
        assert_eq!(traffic.sent, Moved { messages: 2, bytes: 128 + 130 });
        assert_eq!(traffic.received, Moved { messages: 3, bytes: 11 + 2 + 2 });
        assert_eq!(meter.of(&PeerId::random()), Traffic::default());
    }
}
