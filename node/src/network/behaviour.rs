//! The libp2p behaviours of a node.

use std::{num::NonZeroUsize, time::Duration};

use libp2p::{
    Swarm,
    connection_limits::{self, ConnectionLimits},
    gossipsub, identify,
    identity::Keypair,
    mdns, relay,
    swarm::{NetworkBehaviour, behaviour::toggle::Toggle},
    upnp,
};

use super::{
    addresses::is_loopback,
    carried::Counter,
    config::{Line, LineCost, Mdns, NetworkConfig, Upnp},
    limits, pings, punch, streams,
    transport::transport,
};

/// Told by identify; nodes of another protocol family are let be.
pub(crate) const PROTOCOL_VERSION: &str = "/jeli/1";

#[derive(NetworkBehaviour)]
pub(crate) struct Behaviour {
    /// First, so that a cut line refuses before anything else is asked.
    pub(crate) streams: streams::Behaviour,
    pub(crate) limits: connection_limits::Behaviour,
    pub(crate) mdns: Toggle<mdns::tokio::Behaviour>,
    pub(crate) upnp: Toggle<upnp::tokio::Behaviour>,
    pub(crate) identify: identify::Behaviour,
    pub(crate) ping: pings::Behaviour,
    /// Reaches others through relays and is reached so. Relaying for others is ours (`relay`).
    pub(crate) circuits: relay::client::Behaviour,
    pub(crate) punch: punch::Behaviour,
    pub(crate) gossip: gossipsub::Behaviour,
}

/// Makes the swarm; nothing listens or dials yet.
pub(crate) fn swarm(keypair: &Keypair, config: &NetworkConfig, counter: &Counter) -> Result<Swarm<Behaviour>, String> {
    let timing = &config.timing;
    let peer = keypair.public().to_peer_id();
    let (transport, circuits) = transport(keypair, timing, counter).map_err(|error| error.to_string())?;
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
        upnp: Toggle::from(None),
        identify: identify::Behaviour::new(
            identify::Config::new(PROTOCOL_VERSION.to_owned(), keypair.public())
                .with_agent_version(config.agent_version.clone())
                .with_interval(timing.identify)
                .with_push_listen_addr_updates(true)
                .with_cache_size(0),
        ),
        ping: pings::Behaviour::new(timing.ping, timing.ping_answer),
        circuits,
        punch: punch::Behaviour::new(peer),
        gossip: gossip(keypair, config)?,
    };
    let swarm_config = libp2p::swarm::Config::with_tokio_executor()
        .with_idle_connection_timeout(timing.idle_connection)
        .with_max_negotiating_inbound_streams(limits::NEGOTIATING_STREAMS)
        .with_per_connection_event_buffer_size(8)
        .with_notify_handler_buffer_size(NonZeroUsize::MIN.saturating_add(7))
        // All addresses of a peer are tried together, a fraction of a second apart: a dead one never delays a living one.
        .with_smart_dial();
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

/// A router that opens a port for who asks, as configured; `None` while the line is cut, and where this node listens for its own machine alone. It looks for one in the background, and where there is none says nothing more.
pub(crate) fn router(config: &NetworkConfig, line: Line) -> Toggle<upnp::tokio::Behaviour> {
    let for_others = config.listen.iter().any(|address| !is_loopback(address));
    Toggle::from((config.upnp == Upnp::On && line == Line::Open && for_others).then(upnp::tokio::Behaviour::default))
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
