//! The libp2p behaviours of a node, and the transports under them.

use std::{io, num::NonZeroUsize, time::Duration};

use futures::future::Either;
use libp2p::{
    PeerId, Swarm, Transport,
    connection_limits::{self, ConnectionLimits},
    core::{muxing::StreamMuxerBox, transport::Boxed, transport::timeout::TransportTimeout, upgrade::Version},
    dns, gossipsub, identify,
    identity::Keypair,
    mdns, noise, quic,
    swarm::{NetworkBehaviour, behaviour::toggle::Toggle},
    tcp, yamux,
};

use super::{
    carried::Counter,
    config::{Line, LineCost, Mdns, NetworkConfig, Timing},
    dead_line::Watch,
    limits, pings, streams,
};

/// Told by identify; nodes of another protocol family are let be.
pub(crate) const PROTOCOL_VERSION: &str = "/jeli/1";

#[derive(NetworkBehaviour)]
pub(crate) struct Behaviour {
    /// First, so that a cut line refuses before anything else is asked.
    pub(crate) streams: streams::Behaviour,
    pub(crate) limits: connection_limits::Behaviour,
    pub(crate) mdns: Toggle<mdns::tokio::Behaviour>,
    pub(crate) identify: identify::Behaviour,
    pub(crate) ping: pings::Behaviour,
    pub(crate) gossip: gossipsub::Behaviour,
}

/// Makes the swarm; nothing listens or dials yet.
pub(crate) fn swarm(keypair: &Keypair, config: &NetworkConfig, counter: Counter) -> Result<Swarm<Behaviour>, String> {
    let timing = &config.timing;
    let peer = keypair.public().to_peer_id();
    let behaviour = Behaviour {
        streams: streams::Behaviour::new(config.line, timing.stream),
        limits: connection_limits::Behaviour::new(
            ConnectionLimits::default()
                .with_max_pending_incoming(Some(limits::PENDING_INBOUND))
                .with_max_pending_outgoing(Some(limits::PENDING_OUTBOUND))
                .with_max_established(Some(limits::STRANGER_CONNECTIONS))
                .with_max_established_per_peer(Some(limits::CONNECTIONS_PER_STRANGER)),
        ),
        // Joining the line turns it on.
        mdns: Toggle::from(None),
        identify: identify::Behaviour::new(
            identify::Config::new(PROTOCOL_VERSION.to_owned(), keypair.public())
                .with_agent_version(config.agent_version.clone())
                .with_interval(timing.identify)
                .with_push_listen_addr_updates(true)
                .with_cache_size(0),
        ),
        ping: pings::Behaviour::new(timing.ping, timing.ping_answer),
        gossip: gossip(keypair, config)?,
    };
    let swarm_config = libp2p::swarm::Config::with_tokio_executor()
        .with_idle_connection_timeout(timing.idle_connection)
        .with_max_negotiating_inbound_streams(limits::NEGOTIATING_STREAMS)
        .with_per_connection_event_buffer_size(8)
        .with_notify_handler_buffer_size(NonZeroUsize::MIN.saturating_add(7))
        // All addresses of a peer are tried together, a fraction of a second apart: a dead one never delays a living one.
        .with_smart_dial();
    let transport = transport(keypair, timing, counter).map_err(|error| error.to_string())?;
    Ok(Swarm::new(transport, behaviour, peer, swarm_config))
}

/// Discovery on the LAN as configured; `None` while the line is cut, or where the machine has no multicast.
pub(crate) fn discovery(keypair: &Keypair, mdns: Mdns, line: Line) -> Toggle<mdns::tokio::Behaviour> {
    Toggle::from(match (mdns, line) {
        (Mdns::On, Line::Open) => mdns::tokio::Behaviour::new(mdns::Config::default(), keypair.public().to_peer_id())
            .inspect_err(|error| tracing::warn!(%error, "no discovery on the local network; nodes are found by address only"))
            .ok(),
        _ => None,
    })
}

fn transport(keypair: &Keypair, timing: &Timing, counter: Counter) -> io::Result<Boxed<(PeerId, StreamMuxerBox)>> {
    let build = || -> io::Result<Boxed<(PeerId, StreamMuxerBox)>> {
        let mut mux = yamux::Config::default();
        mux.set_max_num_streams(limits::STREAMS_PER_CONNECTION);
        let watch = Watch::new(timing);
        let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
            .map(move |stream, point| {
                watch.over(&stream.0, &point);
                stream
            })
            .upgrade(Version::V1Lazy)
            .authenticate(noise::Config::new(keypair).map_err(io::Error::other)?)
            .multiplex(mux);

        let mut quic = quic::Config::new(keypair).mtu_upper_bound(limits::QUIC_PACKET_BYTES);
        quic.handshake_timeout = timing.dial;
        quic.max_idle_timeout = u32::try_from(timing.quic_idle.as_millis()).unwrap_or(u32::MAX);
        quic.keep_alive_interval = keep_alive(timing.quic_keep_alive, &keypair.public().to_peer_id());
        quic.max_stream_data = limits::QUIC_STREAM_WINDOW_BYTES;
        quic.max_connection_data = limits::QUIC_CONNECTION_WINDOW_BYTES;
        quic.max_concurrent_stream_limit = u32::try_from(limits::STREAMS_PER_CONNECTION).unwrap_or(u32::MAX);

        let counter = counter.clone();
        let both = quic::tokio::Transport::new(quic).or_transport(tcp).map(move |either, point| {
            let (peer, muxer) = match either {
                Either::Left((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
                Either::Right((peer, muxer)) => (peer, StreamMuxerBox::new(muxer)),
            };
            (peer, counter.over(peer, muxer, point.get_remote_address()))
        });
        let bounded = TransportTimeout::with_outgoing_timeout(both, timing.dial);
        Ok(TransportTimeout::with_ingoing_timeout(bounded, timing.handshake).boxed())
    };
    // Names need the machine's resolver configuration; a machine without one still reaches addresses.
    match dns::tokio::Transport::system(build()?) {
        Ok(with_names) => Ok(with_names.boxed()),
        Err(error) => {
            tracing::warn!(%error, "no name resolution; peers are reached by address only");
            build()
        }
    }
}

/// When this node sends keep-alives. Two that have the same time send one each, half a round trip apart, where one would do for both: what comes from the other
/// puts off one's own. So times lie apart, by the last byte of the id, which is as good as chance.
fn keep_alive(longest: Duration, peer: &PeerId) -> Duration {
    let part = peer.to_bytes().last().map_or(0, |byte| u32::from(*byte));
    longest - longest * part / (5 * u32::from(u8::MAX))
}

fn gossip(keypair: &Keypair, config: &NetworkConfig) -> Result<gossipsub::Behaviour, String> {
    let timing = &config.timing;
    let gossip_config = gossipsub::ConfigBuilder::default()
        .validation_mode(gossipsub::ValidationMode::Strict)
        // Nothing is passed on before the application has accepted it.
        .validate_messages()
        .max_transmit_size(limits::GOSSIP_BYTES)
        .heartbeat_interval(timing.gossip_heartbeat)
        .heartbeat_initial_delay(timing.gossip_heartbeat.min(MAX_FIRST_HEARTBEAT))
        // From 2 to 30 nodes: up to five, everybody is in everybody's mesh. Whoever is content with three tells the fourth of each message again and again.
        .mesh_n(4)
        .mesh_n_low(4)
        .mesh_n_high(8)
        .mesh_outbound_min(1)
        .gossip_lazy(3)
        // Long enough for a busy node to give its verdict, and for a peer that was away for a moment.
        .history_length(30)
        .history_gossip(5)
        // A node that was refused as a stranger and admitted a moment later comes back soon.
        .prune_backoff(PRUNE_BACKOFF)
        .unsubscribe_backoff(PRUNE_BACKOFF)
        .flood_publish(config.cost == LineCost::Free)
        .connection_handler_queue_len(limits::GOSSIP_QUEUE_MESSAGES)
        .publish_queue_duration(timing.gossip_queue)
        .forward_queue_duration(timing.gossip_queue)
        // Asked-for messages take their time on a slow line; nobody is punished for the line.
        .iwant_followup_time(timing.gossip_queue)
        .build()
        .map_err(|error| error.to_string())?;
    let authenticity = gossipsub::MessageAuthenticity::Signed(keypair.clone());
    let mut gossip = gossipsub::Behaviour::new(authenticity, gossip_config).map_err(str::to_owned)?;
    gossip.with_peer_score(score(), gossipsub::PeerScoreThresholds::default())?;
    Ok(gossip)
}

/// Longest wait before the first heartbeat.
const MAX_FIRST_HEARTBEAT: Duration = Duration::from_secs(1);

/// How long a peer that left our mesh, or was refused, stays away from it.
const PRUNE_BACKOFF: Duration = Duration::from_secs(10);

/// Scores look at what a peer does, never at where it is: all schools of a town may sit behind one address.
fn score() -> gossipsub::PeerScoreParams {
    gossipsub::PeerScoreParams { ip_colocation_factor_weight: 0.0, slow_peer_weight: 0.0, ..gossipsub::PeerScoreParams::default() }
}

/// Only bad messages count against a peer. The library's defaults also count silence, and our topics are silent most of the time.
pub(crate) fn topic_score() -> gossipsub::TopicScoreParams {
    gossipsub::TopicScoreParams {
        time_in_mesh_weight: 0.0,
        first_message_deliveries_cap: 20.0,
        mesh_message_deliveries_weight: 0.0,
        mesh_failure_penalty_weight: 0.0,
        invalid_message_deliveries_weight: -1.0,
        invalid_message_deliveries_decay: 0.9,
        ..gossipsub::TopicScoreParams::default()
    }
}

/// Application score of a peer that is not admitted: far below the threshold at which everything but its subscriptions is dropped, so it
/// takes no place in a mesh and gets no message. Its subscriptions are remembered for the moment it is admitted.
pub(crate) const STRANGER_SCORE: f64 = -1_000.0;

/// Faults of a member that gossip overlooks: they need not be malice, and gossip is only a hint.
const OVERLOOKED_FAULTS: u32 = 2;

/// Application score of a member with so many faults. The library takes it ten times: with the third fault it is out of the mesh, with the
/// fourth it is told of nothing new, with the eleventh nothing that it says is heard.
pub(crate) fn member_score(faults: u32) -> f64 {
    -f64::from(faults.saturating_sub(OVERLOOKED_FAULTS))
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
