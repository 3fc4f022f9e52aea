//! What carries connections: QUIC and TCP, names, and circuits through other nodes.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::Either;
use libp2p::{
    Multiaddr, PeerId, Transport,
    core::{
        Endpoint,
        muxing::StreamMuxerBox,
        transport::{Boxed, DialOpts, ListenerId, PortUse, TransportError, TransportEvent, timeout::TransportTimeout},
        upgrade::Version,
    },
    dns,
    identity::Keypair,
    noise, quic, relay, tcp, yamux,
};

use super::{carried::Counter, config::Timing, dead_line::Watch, limits};

/// The transports, and the behaviour that finds relays for one of them.
pub(crate) fn transport(
    keypair: &Keypair,
    timing: &Timing,
    counter: &Counter,
) -> io::Result<(Boxed<(PeerId, StreamMuxerBox)>, relay::client::Behaviour)> {
    // Names need the machine's resolver configuration; a machine without one still reaches addresses.
    let (plain, circuits) = without_names(keypair, timing, counter.clone())?;
    match dns::tokio::Transport::system(plain) {
        Ok(with_names) => Ok((with_names.boxed(), circuits)),
        Err(error) => {
            tracing::warn!(%error, "no name resolution; peers are reached by address only");
            without_names(keypair, timing, counter.clone())
        }
    }
}

fn without_names(keypair: &Keypair, timing: &Timing, counter: Counter) -> io::Result<(Boxed<(PeerId, StreamMuxerBox)>, relay::client::Behaviour)> {
    let mut mux = yamux::Config::default();
    mux.set_max_num_streams(limits::STREAMS_PER_CONNECTION);
    let watch = Watch::new(timing);
    let noise = || noise::Config::new(keypair).map_err(io::Error::other);
    let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
        .map(move |stream, point| {
            watch.over(&stream.0, &point);
            stream
        })
        .upgrade(Version::V1Lazy)
        .authenticate(noise()?)
        .multiplex(mux.clone());

    let mut quic = quic::Config::new(keypair).mtu_upper_bound(limits::QUIC_PACKET_BYTES);
    quic.handshake_timeout = timing.dial;
    quic.max_idle_timeout = u32::try_from(timing.quic_idle.as_millis()).unwrap_or(u32::MAX);
    quic.keep_alive_interval = keep_alive(timing.quic_keep_alive, &keypair.public().to_peer_id());
    quic.max_stream_data = limits::QUIC_STREAM_WINDOW_BYTES;
    quic.max_connection_data = limits::QUIC_CONNECTION_WINDOW_BYTES;
    quic.max_concurrent_stream_limit = u32::try_from(limits::STREAMS_PER_CONNECTION).unwrap_or(u32::MAX);

    // The relay sees who speaks with whom; what they say is sealed from one end to the other, as on any line.
    let (through_relays, circuits) = relay::client::new(keypair.public().to_peer_id());
    let through_relays = through_relays.upgrade(Version::V1Lazy).authenticate(noise()?).multiplex(mux);

    let direct = OneSocket(quic::tokio::Transport::new(quic)).or_transport(tcp).map(|either, _| match either {
        Either::Left((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
        Either::Right((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
    });
    let all = through_relays.or_transport(direct).map(move |either, point| {
        let (peer, muxer) = match either {
            Either::Left((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
            Either::Right(direct) => direct,
        };
        (peer, counter.over(peer, muxer, point.get_remote_address()))
    });
    let bounded = TransportTimeout::with_outgoing_timeout(all, timing.dial);
    Ok((TransportTimeout::with_ingoing_timeout(bounded, timing.handshake).boxed(), circuits))
}

/// QUIC that sends everything from the socket on which it listens: a router then shows the one port at which it also lets others in, and what goes out keeps it
/// open. TCP must not: two that dial each other would meet in one connection that neither accepts.
///
/// When a way through two routers is opened from both sides, both dial as they always do. The library has one side send noise until the other's
/// dialling comes through; but a router of the symmetric kind is passed only by its own side's dialling, and noise ten times a second costs paid lines too much.
struct OneSocket<T>(T);

impl<T: Transport + Unpin> Transport for OneSocket<T> {
    type Output = T::Output;
    type Error = T::Error;
    type ListenerUpgrade = T::ListenerUpgrade;
    type Dial = T::Dial;

    fn listen_on(&mut self, id: ListenerId, address: Multiaddr) -> Result<(), TransportError<Self::Error>> {
        self.0.listen_on(id, address)
    }

    fn remove_listener(&mut self, id: ListenerId) -> bool {
        self.0.remove_listener(id)
    }

    fn dial(&mut self, address: Multiaddr, _: DialOpts) -> Result<Self::Dial, TransportError<Self::Error>> {
        self.0.dial(address, DialOpts { role: Endpoint::Dialer, port_use: PortUse::Reuse })
    }

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<TransportEvent<Self::ListenerUpgrade, Self::Error>> {
        Pin::new(&mut self.0).poll(context)
    }
}

/// When this node sends keep-alives. Two that have the same time send one each, half a round trip apart, where one would do for both: what comes from the other
/// puts off one's own. So times lie apart, by the last byte of the id, which is as good as chance.
fn keep_alive(longest: Duration, peer: &PeerId) -> Duration {
    let part = peer.to_bytes().last().map_or(0, |byte| u32::from(*byte));
    longest - longest * part / (5 * u32::from(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keep_alives_of_two_nodes_lie_apart_and_none_waits_longer_than_said() {
        let longest = Duration::from_secs(25);
        let times: std::collections::BTreeSet<Duration> = (0..100).map(|_| keep_alive(longest, &PeerId::random())).collect();
        assert!(times.len() > 50, "{} different times of 100 nodes", times.len());
        assert!(times.iter().all(|time| (Duration::from_secs(20)..=longest).contains(time)), "{times:?}");
    }
}
