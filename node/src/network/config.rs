//! What the network is told at its start.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use libp2p::{Multiaddr, PeerId, multiaddr::Protocol};

use super::{limits::RELAY_MONTH_BYTES, relay::RelayChoice};

/// Configuration of the network service.
#[derive(Clone, Debug)]
pub struct NetworkConfig {
    /// Addresses to listen on; [`NetworkConfig::listen_everywhere`] makes the usual ones.
    pub listen: Vec<Multiaddr>,
    /// Whether to find nodes on the same LAN.
    pub mdns: Mdns,
    /// Whether to ask the router to open a port.
    pub upnp: Upnp,
    /// Addresses at which this node is reached from outside, as its people say: a port that they have opened by hand.
    pub outside: Vec<Multiaddr>,
    /// Whether to carry words for others who cannot reach each other.
    pub relay: RelayChoice,
    /// What that may come to in a month, bytes as they pass; the line sees each twice.
    pub relay_month_bytes: u64,
    /// Peers known from before, with where they were seen.
    pub known_peers: Vec<(PeerId, Vec<Multiaddr>)>,
    /// What the line costs; decides how chatty an idle node is.
    pub cost: LineCost,
    /// Told to peers by identify, as `jeli/<version>`.
    pub agent_version: String,
    /// Whether the line is joined at the start.
    pub line: Line,
    /// All waiting times.
    pub timing: Timing,
}

/// Discovery on the local network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mdns {
    /// Announce this node and look for others.
    On,
    /// Neither announce nor look (tests on one machine, networks that forbid multicast).
    Off,
}

/// Asking the router for a port (UPnP).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upnp {
    /// Ask it, if there is one that can be asked.
    On,
    /// Leave it alone: metered lines, whose routers have none to give, and tests on one machine.
    Off,
}

/// What bytes cost on this line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineCost {
    /// Paid by the month: keep in touch.
    Free,
    /// Paid by the byte: TCP before QUIC, also for those who dial us, fewer heartbeats, no flooding.
    Metered,
}

/// The user's switch: work with others, or alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Listen, dial, be found.
    Open,
    /// No connection in or out until opened again.
    Cut,
}

/// Which roads a node takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roads {
    /// All that there are.
    All,
    /// Its own networks alone, where bytes cost nothing.
    LanOnly,
}

/// Waiting times. The defaults suit a line with 800 ms round trips and 64 kbit/s; tests on loopback shorten some.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// From the first packet of an incoming connection to its last handshake message. TCP took 3.9 s on the slowest line measured.
    pub handshake: Duration,
    /// For one attempt at all addresses of a peer.
    pub dial: Duration,
    /// Wait after the first failed attempt; doubles from there.
    pub redial_first: Duration,
    /// Longest wait between attempts at a peer known by internet addresses only.
    pub redial_cap: Duration,
    /// Wait before a peer that is reached through a relay is dialled at its own addresses; doubles up to `redial_relayed_cap`.
    pub redial_relayed: Duration,
    /// Longest wait between these attempts: whatever has changed mostly tells itself.
    pub redial_relayed_cap: Duration,
    /// Not before a relayed connection has stood so long another is dialled beside it, to open both routers once more: that costs some kilobytes.
    pub knock_again: Duration,
    /// Longest wait between attempts at a peer that has an address on a local network: trying costs nothing there.
    pub redial_cap_lan: Duration,
    /// A connection that lived this long ends the doubling; a shorter one counts as another failure.
    pub redial_steady: Duration,
    /// How long the node with the higher id waits for the other to open the session before it does so itself.
    pub session_patience: Duration,
    /// Wait before a session that ended is opened again; doubles up to `redial_cap` while sessions are short-lived.
    pub session_reopen: Duration,
    /// How long a duplicate connection is left alone; at least three times `session_patience` is taken.
    pub duplicate_grace: Duration,
    /// A connection that nobody uses is closed after this.
    pub idle_connection: Duration,
    /// No byte moved on a session or within a frame: the other side is gone.
    pub stall: Duration,
    /// For the frames still queued when a session is closed in peace, and for connections at shutdown.
    pub drain: Duration,
    /// For the other side's answer to a stream that is being opened: some round trips of a slow line behind a full queue.
    pub stream: Duration,
    /// For a join request from the open stream to the response.
    pub join: Duration,
    /// Between pings of the one who was dialled. They go end to end: also where something on the way answers in the other's place, and where a program hangs.
    /// Whoever has something to send notices a dead line without them, and sooner.
    pub ping: Duration,
    /// Between what each tells of itself unasked. What changes is told at once.
    pub identify: Duration,
    /// For the answer to a ping; behind a full queue on a slow line it takes long.
    pub ping_answer: Duration,
    /// Between QUIC keep-alives, at most; at least four fifths of it, as the node's id falls. Below the 30 s after which many routers forget a mapping.
    pub quic_keep_alive: Duration,
    /// Silence on TCP after which the system of the one who dialled asks whether the line still stands.
    pub tcp_silence: Duration,
    /// What was sent or asked on TCP and is not confirmed after this means that the line is dead.
    pub tcp_unanswered: Duration,
    /// No session after a peer's first fault; doubled for every further one.
    pub fault_first: Duration,
    /// Longest time without a session for faults.
    pub fault_cap: Duration,
    /// A fault is forgotten after this time without another.
    pub fault_lessens: Duration,
    /// Silence after which QUIC calls a connection dead.
    pub quic_idle: Duration,
    /// Heartbeat of gossipsub.
    pub gossip_heartbeat: Duration,
    /// How long a gossip message may wait for the line. The library's 1 s and 5 s lose most of them on a slow one.
    pub gossip_queue: Duration,
    /// Between attempts to listen on an address that could not be bound.
    pub listen_again: Duration,
}

impl Timing {
    /// Times for a line of this cost.
    #[must_use]
    pub fn of(cost: LineCost) -> Self {
        let free = Self {
            handshake: Duration::from_secs(30),
            dial: Duration::from_secs(60),
            redial_first: Duration::from_secs(1),
            redial_cap: Duration::from_secs(60),
            redial_relayed: Duration::from_secs(5),
            redial_relayed_cap: Duration::from_secs(3_600),
            knock_again: Duration::from_secs(15 * 60),
            redial_cap_lan: Duration::from_secs(15),
            redial_steady: Duration::from_secs(10),
            session_patience: Duration::from_secs(3),
            session_reopen: Duration::from_secs(1),
            duplicate_grace: Duration::from_secs(15),
            idle_connection: Duration::from_secs(30),
            stall: Duration::from_secs(120),
            drain: Duration::from_secs(3),
            stream: Duration::from_secs(30),
            join: Duration::from_secs(60),
            ping: Duration::from_secs(1_200),
            identify: Duration::from_secs(6 * 3_600),
            ping_answer: Duration::from_secs(60),
            quic_keep_alive: Duration::from_secs(25),
            tcp_silence: Duration::from_secs(75),
            tcp_unanswered: Duration::from_secs(110),
            fault_first: Duration::from_secs(5),
            fault_cap: Duration::from_secs(3_600),
            fault_lessens: Duration::from_secs(3_600),
            quic_idle: Duration::from_secs(45),
            gossip_heartbeat: Duration::from_secs(1),
            gossip_queue: Duration::from_secs(60),
            listen_again: Duration::from_secs(10),
        };
        match cost {
            LineCost::Free => free,
            LineCost::Metered => Self {
                quic_idle: Duration::from_secs(90),
                gossip_heartbeat: Duration::from_secs(5),
                redial_cap: Duration::from_secs(120),
                redial_relayed_cap: Duration::from_secs(4 * 3_600),
                knock_again: Duration::from_secs(3_600),
                ..free
            },
        }
    }
}

impl NetworkConfig {
    /// The usual configuration for a port (0: any free one) and a line.
    #[must_use]
    pub fn new(port: u16, cost: LineCost) -> Self {
        Self {
            listen: Self::listen_everywhere(port, cost),
            mdns: Mdns::On,
            upnp: if cost == LineCost::Free { Upnp::On } else { Upnp::Off },
            outside: Vec::new(),
            relay: if cost == LineCost::Free { RelayChoice::Members } else { RelayChoice::Off },
            relay_month_bytes: RELAY_MONTH_BYTES,
            known_peers: Vec::new(),
            cost,
            agent_version: format!("jeli/{}", env!("CARGO_PKG_VERSION")),
            line: Line::Open,
            timing: Timing::of(cost),
        }
    }

    /// Every address of the machine, IPv4 and IPv6, with one port number.
    #[must_use]
    pub fn listen_everywhere(port: u16, cost: LineCost) -> Vec<Multiaddr> {
        [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)].into_iter().flat_map(|ip| Self::listen_on(ip, port, cost)).collect()
    }

    /// TCP and QUIC on one address. Where bytes cost money TCP alone: whoever dials over QUIC would have both pay for its keep-alives all day.
    #[must_use]
    pub fn listen_on(ip: IpAddr, port: u16, cost: LineCost) -> Vec<Multiaddr> {
        let base = Multiaddr::from(ip);
        let tcp = base.clone().with(Protocol::Tcp(port));
        match cost {
            LineCost::Free => vec![tcp, base.with(Protocol::Udp(port)).with(Protocol::QuicV1)],
            LineCost::Metered => vec![tcp],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_on_a_metered_line_is_not_dialled_over_quic() {
        let over_quic =
            |cost| NetworkConfig::listen_everywhere(8786, cost).iter().filter(|address| address.iter().any(|part| part == Protocol::QuicV1)).count();
        assert_eq!((over_quic(LineCost::Metered), over_quic(LineCost::Free)), (0, 2));
    }
}
