//! What each connection has carried on a line that may cost money, by purpose: what a data budget counts.
//!
//! Counted is what goes over the connection's streams, and beside it what the line takes for that: headers of packets, confirmations, handshakes, and what
//! keeps a silent connection. Those are estimates, which `tests/tests/budget.rs` holds against what an emulated line has counted.
//!
//! What a stream is for stands in its first bytes, where both sides settle on a protocol (multistream-select): so that gossip, whose streams are the library's,
//! is counted like ours.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use futures::{AsyncRead, AsyncWrite};
use libp2p::PeerId;
use libp2p::core::Multiaddr;
use libp2p::core::muxing::{StreamMuxer, StreamMuxerBox, StreamMuxerEvent, SubstreamBox};
use libp2p::multiaddr::Protocol;

use super::own_network::OwnNetworks;

/// Bytes of ours in a packet, about: 1,400 without the headers of the layers.
const PACKET_BYTES: usize = 1_360;
/// What a packet takes besides: the headers of IP, TCP or UDP, encryption and multiplexing.
const HEADER_BYTES: u64 = 84;
/// The confirmation of a packet, which goes the other way; many confirm two at once.
const CONFIRMATION_BYTES: u64 = 40;
/// A new connection: its handshakes, each way.
const HANDSHAKE_BYTES: u64 = 1_500;
/// What keeps a silent connection, each way, an hour: QUIC's keep-alives, and those of the system for TCP.
const SILENT_QUIC_BYTES: u64 = 9_000;
const SILENT_TCP_BYTES: u64 = 2_500;
/// The first bytes of a stream in which its protocol is looked for.
const LOOKED_AT_BYTES: usize = 160;

/// For what bytes went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// What people write.
    Words,
    /// Contents of files.
    Files,
    /// Finding and keeping each other, and saying that there is something new.
    Contact,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Words, Self::Files, Self::Contact];

    /// By the names of protocols.
    fn of(bytes: &[u8]) -> Option<Self> {
        let names = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
        if names(b"/jeli/sync/") || names(b"/jeli/join/") {
            Some(Self::Words)
        } else if names(b"/jeli/blob/") {
            Some(Self::Files)
        } else {
            None
        }
    }
}

/// Bytes each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// From this node.
    pub sent: u64,
    /// To it.
    pub received: u64,
}

/// What has been carried since it was last asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// To and from whom.
    pub peer: PeerId,
    /// For what.
    pub purpose: Purpose,
    /// How much.
    pub bytes: Bytes,
}

/// Counts all connections beyond the local network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counter {
    connections: Arc<Mutex<Vec<Arc<Connection>>>>,
}

#[derive(Debug)]
struct Connection {
    peer: PeerId,
    /// Each way, by purpose.
    sent: [AtomicU64; 3],
    received: [AtomicU64; 3],
    silent_bytes_an_hour: u64,
    told: Mutex<Instant>,
}

impl Counter {
    /// Counts what a new connection carries, unless it stays on the local network, where bytes cost nothing.
    pub(crate) fn over(&self, peer: PeerId, muxer: StreamMuxerBox, remote: &Multiaddr) -> StreamMuxerBox {
        if OwnNetworks::now().hold(remote) {
            return muxer;
        }
        let over_quic = remote.iter().any(|part| part == Protocol::QuicV1);
        let connection = Arc::new(Connection {
            peer,
            sent: Default::default(),
            received: Default::default(),
            silent_bytes_an_hour: if over_quic { SILENT_QUIC_BYTES } else { SILENT_TCP_BYTES },
            told: Mutex::new(Instant::now()),
        });
        connection.add(Way::Sent, Purpose::Contact, HANDSHAKE_BYTES);
        connection.add(Way::Received, Purpose::Contact, HANDSHAKE_BYTES);
        self.lock().push(connection.clone());
        StreamMuxerBox::new(Counted { inner: muxer, connection })
    }

    /// What has been carried since this was last asked.
    pub(crate) fn take(&self) -> Vec<Carried> {
        let mut all = Vec::new();
        self.lock().retain(|connection| {
            // Alone in our list: the connection is gone, and nothing is added any more.
            let is_open = Arc::strong_count(connection) > 1;
            connection.take(&mut all);
            is_open
        });
        all
    }

    /// A panic elsewhere leaves the list whole.
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Connection>>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Copy)]
enum Way {
    Sent,
    Received,
}

impl Connection {
    fn add(&self, way: Way, purpose: Purpose, bytes: u64) {
        let counts = match way {
            Way::Sent => &self.sent,
            Way::Received => &self.received,
        };
        counts[purpose as usize].fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes of a stream, with what the line takes for them.
    fn moved(&self, way: Way, purpose: Purpose, bytes: usize) {
        let packets = bytes.div_ceil(PACKET_BYTES) as u64;
        self.add(way, purpose, bytes as u64 + packets * HEADER_BYTES);
        let back = match way {
            Way::Sent => Way::Received,
            Way::Received => Way::Sent,
        };
        self.add(back, purpose, packets * CONFIRMATION_BYTES);
    }

    fn take(&self, all: &mut Vec<Carried>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let silent = (self.silent_bytes_an_hour as f64 * told.elapsed().as_secs_f64() / 3_600.0) as u64;
        // Less than a byte is told later.
        if silent > 0 {
            *told = Instant::now();
            self.add(Way::Sent, Purpose::Contact, silent);
            self.add(Way::Received, Purpose::Contact, silent);
        }
        for purpose in Purpose::ALL {
            let taken = |counts: &[AtomicU64; 3]| counts[purpose as usize].swap(0, Ordering::Relaxed);
            let bytes = Bytes { sent: taken(&self.sent), received: taken(&self.received) };
            if bytes != Bytes::default() {
                all.push(Carried { peer: self.peer, purpose, bytes });
            }
        }
    }
}

struct Counted {
    inner: StreamMuxerBox,
    connection: Arc<Connection>,
}

impl Counted {
    fn stream(&self, inner: SubstreamBox, opened: Opened) -> CountedStream {
        CountedStream { inner, connection: self.connection.clone(), opened, purpose: None, seen: Vec::new() }
    }
}

impl StreamMuxer for Counted {
    type Substream = CountedStream;
    type Error = io::Error;

    fn poll_inbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<CountedStream>> {
        let inner = ready!(Pin::new(&mut self.inner).poll_inbound(cx))?;
        Poll::Ready(Ok(self.stream(inner, Opened::There)))
    }

    fn poll_outbound(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<CountedStream>> {
        let inner = ready!(Pin::new(&mut self.inner).poll_outbound(cx))?;
        Poll::Ready(Ok(self.stream(inner, Opened::Here)))
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx)
    }

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<StreamMuxerEvent>> {
        Pin::new(&mut self.inner).poll(cx)
    }
}

/// Who opened a stream.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opened {
    Here,
    There,
}

/// What a stream is for, and whether it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counts {
    For(Purpose),
    /// It carries a connection of our own through a relay, which is counted as the one with whoever is at its other end.
    Within,
}

impl Counts {
    fn of(bytes: &[u8], opened: Opened) -> Option<Self> {
        let names = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
        let ours = match opened {
            Opened::Here => names(b"/circuit/relay/0.2.0/hop"),
            Opened::There => names(b"/circuit/relay/0.2.0/stop"),
        };
        if ours { Some(Self::Within) } else { Purpose::of(bytes).map(Self::For) }
    }
}

struct CountedStream {
    inner: SubstreamBox,
    connection: Arc<Connection>,
    opened: Opened,
    /// None while it is not known.
    purpose: Option<Counts>,
    /// The first bytes, as long as it is not.
    seen: Vec<u8>,
}

impl CountedStream {
    /// The peer chooses what it names: it can have its own bytes counted as another purpose, and no other number than they are.
    fn count(&mut self, way: Way, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if self.purpose.is_none() {
            let room = LOOKED_AT_BYTES.saturating_sub(self.seen.len());
            self.seen.extend_from_slice(&bytes[..bytes.len().min(room)]);
            self.purpose = Counts::of(&self.seen, self.opened).or((self.seen.len() >= LOOKED_AT_BYTES).then_some(Counts::For(Purpose::Contact)));
            if self.purpose.is_some() {
                self.seen = Vec::new();
            }
        }
        match self.purpose {
            Some(Counts::For(purpose)) => self.connection.moved(way, purpose, bytes.len()),
            Some(Counts::Within) => {}
            None => self.connection.moved(way, Purpose::Contact, bytes.len()),
        }
    }
}

impl AsyncRead for CountedStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, target: &mut [u8]) -> Poll<io::Result<usize>> {
        let read = ready!(Pin::new(&mut self.inner).poll_read(cx, target))?;
        self.count(Way::Received, &target[..read]);
        Poll::Ready(Ok(read))
    }
}

impl AsyncWrite for CountedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, bytes))?;
        self.count(Way::Sent, &bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_close(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        let (sent, received) = (Default::default(), Default::default());
        Connection { peer: PeerId::random(), sent, received, silent_bytes_an_hour: 0, told: Mutex::new(Instant::now()) }
    }

    #[test]
    fn a_stream_is_for_what_its_protocol_says() {
        assert_eq!(Purpose::of(b"\x13/multistream/1.0.0\n\x0d/jeli/sync/1\n"), Some(Purpose::Words));
        assert_eq!(Purpose::of(b"\x13/multistream/1.0.0\n\x0d/jeli/blob/1\n"), Some(Purpose::Files));
        assert_eq!(Purpose::of(b"\x13/multistream/1.0.0\n\x0f/meshsub/1.1.0\n"), None);
    }

    #[test]
    fn what_goes_through_a_relay_counts_once_and_what_is_carried_for_others_counts() {
        let (hop, stop) = (b"\x1c/libp2p/circuit/relay/0.2.0/hop\n", b"\x1d/libp2p/circuit/relay/0.2.0/stop\n");
        assert_eq!(Counts::of(hop, Opened::Here), Some(Counts::Within), "our own, by way of the other end");
        assert_eq!(Counts::of(stop, Opened::There), Some(Counts::Within), "somebody comes to us that way");
        assert_eq!((Counts::of(hop, Opened::There), Counts::of(stop, Opened::Here)), (None, None), "here others are carried");
    }

    #[test]
    fn what_the_line_takes_for_packets_is_counted_each_way() {
        let connection = connection();
        connection.moved(Way::Sent, Purpose::Words, 3_000);
        let mut told = Vec::new();
        connection.take(&mut told);
        let bytes = Bytes { sent: 3_000 + 3 * HEADER_BYTES, received: 3 * CONFIRMATION_BYTES };
        assert_eq!(told, [Carried { peer: connection.peer, purpose: Purpose::Words, bytes }]);
        told.clear();
        connection.take(&mut told);
        assert_eq!(told, [], "it is told once");
    }

    #[test]
    fn the_local_network_is_not_counted_and_what_is_beyond_it_is() {
        let counter = Counter::default();
        let muxer = || StreamMuxerBox::new(Silent);
        let near: Multiaddr = "/ip4/127.0.0.1/tcp/8786".parse().expect("an address");
        let far: Multiaddr = "/ip4/77.73.10.5/tcp/8786".parse().expect("an address");
        drop(counter.over(PeerId::random(), muxer(), &near));
        assert_eq!(counter.take(), []);
        let peer = PeerId::random();
        let open = counter.over(peer, muxer(), &far);
        let bytes = Bytes { sent: HANDSHAKE_BYTES, received: HANDSHAKE_BYTES };
        assert_eq!(counter.take(), [Carried { peer, purpose: Purpose::Contact, bytes }]);
        drop(open);
        assert_eq!(counter.take(), []);
        assert!(counter.lock().is_empty(), "what is gone is not kept");
    }

    /// A connection on which nothing happens.
    struct Silent;

    impl StreamMuxer for Silent {
        type Substream = futures::io::Cursor<Vec<u8>>;
        type Error = io::Error;

        fn poll_inbound(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<Self::Substream>> {
            Poll::Pending
        }

        fn poll_outbound(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<Self::Substream>> {
            Poll::Pending
        }

        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<StreamMuxerEvent>> {
            Poll::Pending
        }
    }
}
