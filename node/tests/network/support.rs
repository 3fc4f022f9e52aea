//! A network service and what it has said.

use std::{collections::VecDeque, time::Duration};

use jeli_node::network::{
    Event, GossipId, LineCost, Mdns, Multiaddr, NetworkConfig, NetworkHandle, PeerId, Published, SessionEnd, SessionId, StartError, Timing, start,
};
use tokio::{sync::mpsc, time::timeout};

/// Longest wait for anything that must happen. Generous: the machine may be busy.
pub(crate) const SOON: Duration = Duration::from_secs(40);
pub(crate) const TOPIC: &str = "a topic";

/// Shortened where the default would only make a test slow.
pub(crate) fn timing() -> Timing {
    Timing {
        redial_first: Duration::from_millis(50),
        redial_cap: Duration::from_millis(400),
        redial_cap_lan: Duration::from_millis(400),
        session_patience: Duration::from_millis(500),
        session_reopen: Duration::from_millis(50),
        gossip_heartbeat: Duration::from_millis(200),
        listen_again: Duration::from_millis(200),
        quic_keep_alive: Duration::from_secs(1),
        quic_idle: Duration::from_secs(4),
        drain: Duration::from_secs(2),
        ..Timing::of(LineCost::Free)
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Transport {
    Tcp,
    Quic,
}

pub(crate) fn listen(transport: Transport) -> Multiaddr {
    match transport {
        Transport::Tcp => "/ip4/127.0.0.1/tcp/0",
        Transport::Quic => "/ip4/127.0.0.1/udp/0/quic-v1",
    }
    .parse()
    .expect("an address")
}

/// A service and what it has said.
pub(crate) struct Node {
    pub(crate) secret: [u8; 32],
    pub(crate) handle: NetworkHandle,
    pub(crate) events: mpsc::Receiver<Event>,
    /// Events that were passed over while waiting for another.
    seen: VecDeque<Event>,
    pub(crate) address: Multiaddr,
}

impl Node {
    pub(crate) async fn start(transport: Transport) -> Self {
        Self::start_with(rand::random(), |config| config.listen = vec![listen(transport)]).await
    }

    pub(crate) async fn start_with(secret: [u8; 32], change: impl FnOnce(&mut NetworkConfig)) -> Self {
        let mut config = NetworkConfig::new(0, LineCost::Free);
        config.mdns = Mdns::Off;
        config.timing = timing();
        change(&mut config);
        // A node that was stopped a moment ago may still be closing its connections, and holds its port until then.
        let (handle, events) = timeout(SOON, async {
            loop {
                match start(secret, config.clone()) {
                    Err(StartError::PortTaken { .. }) => tokio::task::yield_now().await,
                    started => return started.expect("a configuration that works"),
                }
            }
        })
        .await
        .expect("the port is free in the end");
        let mut node = Self { secret, handle, events, seen: VecDeque::new(), address: Multiaddr::empty() };
        node.address = node.wait("listening", |event| if let Event::Listening(address) = event { Some(address.clone()) } else { None }).await;
        node
    }

    pub(crate) fn peer(&self) -> PeerId {
        self.handle.local_peer()
    }

    /// The first event, new or passed over, that the probe finds something in. It is taken, and what is passed over stays for later.
    pub(crate) async fn wait<T>(&mut self, what: &str, mut probe: impl FnMut(&Event) -> Option<T>) -> T {
        for index in 0..self.seen.len() {
            if let Some(found) = probe(&self.seen[index]) {
                self.seen.remove(index);
                return found;
            }
        }
        let found = timeout(SOON, async {
            loop {
                let event = self.events.recv().await.expect("the service runs");
                match probe(&event) {
                    Some(found) => return found,
                    None => self.seen.push_back(event),
                }
            }
        })
        .await;
        let seen = &self.seen;
        found.unwrap_or_else(|_| unreachable!("no {what}; instead {seen:?}"))
    }

    pub(crate) async fn session_with(&mut self, peer: PeerId) -> SessionId {
        self.wait("session", |event| match event {
            Event::SessionOpened { session, .. } if session.peer == peer => Some(*session),
            _ => None,
        })
        .await
    }

    pub(crate) async fn message(&mut self, session: SessionId) -> Vec<u8> {
        self.wait("message", |event| match event {
            Event::SessionMessage { session: on, message } if *on == session => Some(message.to_vec()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn closed(&mut self, session: SessionId) -> SessionEnd {
        self.wait("end of the session", |event| match event {
            Event::SessionClosed { session: which, reason } if *which == session => Some(reason.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn gossip(&mut self) -> (Vec<u8>, GossipId) {
        self.wait("gossip", |event| match event {
            Event::Gossip { id, bytes, .. } => Some((bytes.clone(), id.clone())),
            _ => None,
        })
        .await
    }

    pub(crate) async fn admit(&self, others: &[&Self]) {
        self.handle.set_admitted(others.iter().map(|other| other.peer())).await.expect("runs");
    }

    pub(crate) async fn knows(&self, other: &Self) {
        self.handle.add_addresses(other.peer(), vec![other.address.clone()]).await.expect("runs");
    }

    /// Publishes until somebody takes it: gossip meshes form in their own time.
    pub(crate) async fn publish(&self, bytes: &[u8]) {
        timeout(SOON, async {
            while self.handle.publish(TOPIC, bytes.to_vec()).await.expect("small") == Published::NobodyListens {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("somebody listens");
    }

    /// What is there right now, without waiting.
    pub(crate) fn passed_over(&mut self, probe: impl Fn(&Event) -> bool) -> usize {
        while let Ok(event) = self.events.try_recv() {
            self.seen.push_back(event);
        }
        self.seen.iter().filter(|event| probe(event)).count()
    }
}

/// Two members that know each other; the first dials.
pub(crate) async fn pair(transport: Transport) -> (Node, Node) {
    let (a, b) = (Node::start(transport).await, Node::start(transport).await);
    a.admit(&[&b]).await;
    b.admit(&[&a]).await;
    a.knows(&b).await;
    (a, b)
}

pub(crate) async fn connected_pair(transport: Transport) -> (Node, SessionId, Node, SessionId) {
    let (mut a, mut b) = pair(transport).await;
    let on_a = a.session_with(b.peer()).await;
    let on_b = b.session_with(a.peer()).await;
    (a, on_a, b, on_b)
}

/// Both directions of the sessions work.
pub(crate) async fn they_talk(a: &mut Node, on_a: SessionId, b: &mut Node, on_b: SessionId) {
    a.handle.send(on_a, b"from a".to_vec()).expect("room");
    b.handle.send(on_b, b"from b".to_vec()).expect("room");
    assert_eq!(b.message(on_b).await, b"from a");
    assert_eq!(a.message(on_a).await, b"from b");
}

/// A peer that keeps to libp2p and to none of our rules, connected to a node: it opens what streams it likes.
pub(crate) async fn lawless(node: &Node) -> libp2p_stream::Control {
    use futures::StreamExt;
    use libp2p::{SwarmBuilder, noise, swarm::SwarmEvent, tcp, yamux};

    let mut swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .expect("TCP")
        .with_behaviour(|_| libp2p_stream::Behaviour::new())
        .expect("a behaviour")
        .build();
    let control = swarm.behaviour().new_control();
    swarm.dial(node.address.clone()).expect("an address");
    timeout(SOON, async { while !matches!(swarm.select_next_some().await, SwarmEvent::ConnectionEstablished { .. }) {} }).await.expect("in time");
    tokio::spawn(async move {
        loop {
            swarm.select_next_some().await;
        }
    });
    control
}
