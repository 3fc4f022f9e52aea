//! Two and three network services in one process, over loopback.

use std::{collections::VecDeque, time::Duration};

use jeli_node::network::{
    Admission, CloseReason, Event, GossipVerdict, JoinError, Line, LineCost, Mdns, Multiaddr, NetworkConfig, NetworkHandle, PeerId, Published, Road,
    SendError, SessionEnd, SessionId, StartError, Timing, limits, start,
};
use tokio::{sync::mpsc, time::timeout};

/// Longest wait for anything that must happen. Generous: the machine may be busy.
const SOON: Duration = Duration::from_secs(40);
const TOPIC: &str = "a topic";

/// Shortened where the default would only make a test slow.
fn timing() -> Timing {
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
enum Transport {
    Tcp,
    Quic,
}

fn listen(transport: Transport) -> Multiaddr {
    match transport {
        Transport::Tcp => "/ip4/127.0.0.1/tcp/0",
        Transport::Quic => "/ip4/127.0.0.1/udp/0/quic-v1",
    }
    .parse()
    .expect("an address")
}

/// A service and what it has said.
struct Node {
    secret: [u8; 32],
    handle: NetworkHandle,
    events: mpsc::Receiver<Event>,
    /// Events that were passed over while waiting for another.
    seen: VecDeque<Event>,
    address: Multiaddr,
}

impl Node {
    async fn start(transport: Transport) -> Self {
        Self::start_with(rand::random(), |config| config.listen = vec![listen(transport)]).await
    }

    async fn start_with(secret: [u8; 32], change: impl FnOnce(&mut NetworkConfig)) -> Self {
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

    fn peer(&self) -> PeerId {
        self.handle.local_peer()
    }

    /// The first event, new or passed over, that the probe finds something in. It is taken, and what is passed over stays for later.
    async fn wait<T>(&mut self, what: &str, mut probe: impl FnMut(&Event) -> Option<T>) -> T {
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

    async fn session_with(&mut self, peer: PeerId) -> SessionId {
        self.wait("session", |event| match event {
            Event::SessionOpened { session, .. } if session.peer == peer => Some(*session),
            _ => None,
        })
        .await
    }

    async fn message(&mut self, session: SessionId) -> Vec<u8> {
        self.wait("message", |event| match event {
            Event::SessionMessage { session: on, message } if *on == session => Some(message.to_vec()),
            _ => None,
        })
        .await
    }

    async fn closed(&mut self, session: SessionId) -> SessionEnd {
        self.wait("end of the session", |event| match event {
            Event::SessionClosed { session: which, reason } if *which == session => Some(reason.clone()),
            _ => None,
        })
        .await
    }

    async fn gossip(&mut self) -> (Vec<u8>, jeli_node::network::GossipId) {
        self.wait("gossip", |event| match event {
            Event::Gossip { id, bytes, .. } => Some((bytes.clone(), id.clone())),
            _ => None,
        })
        .await
    }

    async fn admit(&self, others: &[&Self]) {
        self.handle.set_admitted(others.iter().map(|other| other.peer())).await.expect("runs");
    }

    async fn knows(&self, other: &Self) {
        self.handle.add_addresses(other.peer(), vec![other.address.clone()]).await.expect("runs");
    }

    /// Publishes until somebody takes it: gossip meshes form in their own time.
    async fn publish(&self, bytes: &[u8]) {
        timeout(SOON, async {
            while self.handle.publish(TOPIC, bytes.to_vec()).await.expect("small") == Published::NobodyListens {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("somebody listens");
    }

    /// What is there right now, without waiting.
    fn passed_over(&mut self, probe: impl Fn(&Event) -> bool) -> usize {
        while let Ok(event) = self.events.try_recv() {
            self.seen.push_back(event);
        }
        self.seen.iter().filter(|event| probe(event)).count()
    }
}

/// Two members that know each other; the first dials.
async fn pair(transport: Transport) -> (Node, Node) {
    let (a, b) = (Node::start(transport).await, Node::start(transport).await);
    a.admit(&[&b]).await;
    b.admit(&[&a]).await;
    a.knows(&b).await;
    (a, b)
}

async fn connected_pair(transport: Transport) -> (Node, SessionId, Node, SessionId) {
    let (mut a, mut b) = pair(transport).await;
    let on_a = a.session_with(b.peer()).await;
    let on_b = b.session_with(a.peer()).await;
    (a, on_a, b, on_b)
}

/// Both directions of the sessions work.
async fn they_talk(a: &mut Node, on_a: SessionId, b: &mut Node, on_b: SessionId) {
    a.handle.send(on_a, b"from a".to_vec()).expect("room");
    b.handle.send(on_b, b"from b".to_vec()).expect("room");
    assert_eq!(b.message(on_b).await, b"from a");
    assert_eq!(a.message(on_a).await, b"from b");
}

#[tokio::test]
async fn two_nodes_connect_by_address_and_talk_both_ways_over_tcp_and_over_quic() {
    for transport in [Transport::Tcp, Transport::Quic] {
        let (mut a, on_a, mut b, on_b) = connected_pair(transport).await;
        they_talk(&mut a, on_a, &mut b, on_b).await;
        let road = a.wait("connection", |event| if let Event::Connected { road, .. } = event { Some(*road) } else { None }).await;
        assert_eq!(road, Road::Lan);
        let drained = a.wait("drained", |event| if let Event::SessionDrained { session } = event { Some(*session) } else { None }).await;
        assert_eq!(drained, on_a);
    }
}

#[tokio::test]
async fn frames_of_every_size_up_to_the_limit_arrive_whole_and_in_order() {
    let (a, on_a, mut b, on_b) = connected_pair(Transport::Tcp).await;
    let sizes = [0, 1, 127, 128, 65_536, limits::SESSION_FRAME_BYTES, 3];
    for (index, size) in sizes.into_iter().enumerate() {
        a.handle.send(on_a, vec![index as u8; size]).expect("room for all of them");
    }
    for (index, size) in sizes.into_iter().enumerate() {
        assert_eq!(b.message(on_b).await, vec![index as u8; size]);
    }
    let refused = a.handle.send(on_a, vec![0; limits::SESSION_FRAME_BYTES + 1]);
    assert_eq!(refused, Err(SendError::TooLarge { len: limits::SESSION_FRAME_BYTES + 1 }));
}

#[tokio::test]
async fn nodes_that_dial_each_other_at_once_have_one_session() {
    for transport in [Transport::Tcp, Transport::Quic] {
        let (mut a, mut b) = (Node::start(transport).await, Node::start(transport).await);
        for (one, other) in [(&a, &b), (&b, &a)] {
            one.admit(&[other]).await;
        }
        tokio::join!(a.knows(&b), b.knows(&a));
        let on_a = a.session_with(b.peer()).await;
        let on_b = b.session_with(a.peer()).await;
        they_talk(&mut a, on_a, &mut b, on_b).await;
        let opened = |event: &Event| matches!(event, Event::SessionOpened { .. } | Event::SessionClosed { .. });
        assert_eq!((a.passed_over(opened), b.passed_over(opened)), (0, 0), "no second session on either side");
    }
}

#[tokio::test]
async fn a_node_that_dies_and_comes_back_is_found_again() {
    for transport in [Transport::Tcp, Transport::Quic] {
        let (mut a, on_a, b, _) = connected_pair(transport).await;
        let (secret, address) = (b.secret, b.address.clone());
        drop(b);
        a.closed(on_a).await;
        a.wait("disconnection", |event| matches!(event, Event::Disconnected { .. }).then_some(())).await;
        let mut b = Node::start_with(secret, |config| config.listen = vec![address]).await;
        b.admit(&[&a]).await;
        let on_a = a.session_with(b.peer()).await;
        let on_b = b.session_with(a.peer()).await;
        they_talk(&mut a, on_a, &mut b, on_b).await;
    }
}

/// Both orders of ids matter: the lower one opens sessions.
#[tokio::test]
async fn a_node_that_is_killed_without_a_word_gets_its_session_at_once_when_it_comes_back() {
    for survivor_is_lower in [true, false] {
        // Long enough that silence alone would not explain what follows.
        let patient = |config: &mut NetworkConfig| {
            config.listen = vec![listen(Transport::Quic)];
            config.timing.quic_idle = 3 * SOON;
        };
        let mut a = Node::start_with(rand::random(), patient).await;
        let secret = loop {
            let secret: [u8; 32] = rand::random();
            let keys = libp2p::identity::Keypair::ed25519_from_bytes(secret).expect("any 32 bytes are a secret key");
            if (a.peer() < keys.public().to_peer_id()) == survivor_is_lower {
                break secret;
            }
        };
        // A runtime that goes away takes its sockets with it and says goodbye to nobody, as a power cut does.
        let doomed = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let b = doomed.spawn(Node::start_with(secret, patient)).await.expect("no panic");
        a.admit(&[&b]).await;
        b.admit(&[&a]).await;
        b.knows(&a).await;
        let old = a.session_with(b.peer()).await;
        doomed.shutdown_background();

        let mut b = Node::start_with(secret, patient).await;
        b.admit(&[&a]).await;
        b.knows(&a).await;
        let on_a = a.session_with(b.peer()).await;
        assert_ne!(on_a, old);
        assert_eq!(a.closed(old).await, SessionEnd::Replaced, "the dead one was not noticed, it was replaced");
        let on_b = b.session_with(a.peer()).await;
        they_talk(&mut a, on_a, &mut b, on_b).await;
    }
}

#[tokio::test]
async fn a_peer_that_appears_later_is_found_without_help() {
    let mut early = Node::start(Transport::Tcp).await;
    let late = Node::start(Transport::Tcp).await;
    let (secret, address) = (late.secret, late.address.clone());
    late.handle.shutdown().await;
    early.handle.add_addresses(late.peer(), vec![address.clone()]).await.expect("runs");
    early.handle.set_admitted([late.peer()]).await.expect("runs");
    // It has tried in vain before the other is there: a join request on the same road says so.
    let in_vain = early.handle.request_join(late.peer(), vec![address.clone()], b"hello".to_vec()).await;
    assert!(matches!(in_vain, Err(JoinError::Unreachable(_))), "{in_vain:?}");
    let mut late = Node::start_with(secret, |config| config.listen = vec![address]).await;
    late.admit(&[&early]).await;
    let on_early = early.session_with(late.peer()).await;
    let on_late = late.session_with(early.peer()).await;
    they_talk(&mut early, on_early, &mut late, on_late).await;
}

#[tokio::test]
async fn a_dead_address_does_not_delay_a_living_one() {
    let (mut a, b) = (Node::start(Transport::Tcp).await, Node::start(Transport::Tcp).await);
    b.admit(&[&a]).await;
    // A listener that accepts and never answers: the handshake hangs until its time is over.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = silent.local_addr().expect("bound").port();
    let dead: Multiaddr = format!("/ip4/127.0.0.1/tcp/{port}").parse().expect("an address");
    a.handle.add_addresses(b.peer(), vec![dead, b.address.clone()]).await.expect("runs");
    a.admit(&[&b]).await;
    let connected = a.wait("connection", |event| matches!(event, Event::Connected { .. }).then_some(()));
    timeout(timing().dial / 2, connected).await.expect("long before the dead one's time is over");
}

#[tokio::test]
async fn a_cut_line_stays_cut_and_a_joined_one_comes_back_by_itself() {
    for transport in [Transport::Tcp, Transport::Quic] {
        let (mut a, on_a, mut b, on_b) = connected_pair(transport).await;
        a.handle.set_line(Line::Cut).await.expect("runs");
        assert_eq!(a.closed(on_a).await, SessionEnd::LineCut);
        b.closed(on_b).await;
        a.wait("disconnection", |event| matches!(event, Event::Disconnected { .. }).then_some(())).await;
        b.wait("disconnection", |event| matches!(event, Event::Disconnected { .. }).then_some(())).await;
        let refused = a.handle.request_join(b.peer(), vec![b.address.clone()], vec![]).await;
        assert_eq!(refused, Err(JoinError::LineCut));
        let refused = b.handle.request_join(a.peer(), vec![a.address.clone()], vec![]).await;
        assert!(matches!(refused, Err(JoinError::Unreachable(_))), "nobody gets in: {refused:?}");
        assert_eq!(a.passed_over(|event| matches!(event, Event::Connected { .. } | Event::SessionOpened { .. })), 1, "the first one only");

        a.handle.set_line(Line::Open).await.expect("runs");
        let before = a.address.clone();
        let again = a.wait("listening", |event| if let Event::Listening(address) = event { Some(address.clone()) } else { None }).await;
        assert_eq!(again, before, "where the others look for it");
        let on_a = a.session_with(b.peer()).await;
        let on_b = b.session_with(a.peer()).await;
        they_talk(&mut a, on_a, &mut b, on_b).await;
    }
}

/// A chain of three members, a - b - c, all subscribed: what goes from a to c goes through b.
async fn chain() -> (Node, Node, Node) {
    let (a, mut b, c) = (Node::start(Transport::Tcp).await, Node::start(Transport::Tcp).await, Node::start(Transport::Tcp).await);
    for node in [&a, &b, &c] {
        node.handle.subscribe(TOPIC).await.expect("a topic");
    }
    a.admit(&[&b]).await;
    b.admit(&[&a, &c]).await;
    c.admit(&[&b]).await;
    b.knows(&a).await;
    b.knows(&c).await;
    b.session_with(a.peer()).await;
    b.session_with(c.peer()).await;
    (a, b, c)
}

/// Publishes again and again until the listener hears something; who learns of whose topics when is gossip's own affair.
async fn heard(speaker: &Node, bytes: &[u8], listener: &mut Node) -> (PeerId, Vec<u8>) {
    timeout(SOON, async {
        loop {
            speaker.publish(bytes).await;
            if let Ok((bytes, id)) = timeout(Duration::from_millis(300), listener.gossip()).await {
                return (id.from, bytes);
            }
        }
    })
    .await
    .expect("heard in the end")
}

#[tokio::test]
async fn accepted_gossip_reaches_all_and_rejected_gossip_goes_no_further() {
    let (a, mut b, mut c) = chain().await;
    // Before anything is judged, make sure that the way from b to c is there.
    assert_eq!(heard(&b, b"from b", &mut c).await, (b.peer(), b"from b".to_vec()));

    a.publish(b"bad").await;
    let (bytes, id) = b.gossip().await;
    assert_eq!(bytes, b"bad");
    b.handle.report_gossip(id, GossipVerdict::Reject).await.expect("runs");
    a.publish(b"good").await;
    let (bytes, id) = b.gossip().await;
    assert_eq!(bytes, b"good", "one bad message does not silence its sender");
    b.handle.report_gossip(id, GossipVerdict::Accept).await.expect("runs");
    let (bytes, id) = loop {
        let (bytes, id) = c.gossip().await;
        if bytes != b"from b" {
            break (bytes, id);
        }
    };
    assert_eq!(bytes, b"good", "the bad one came earlier and was not passed on");
    assert_eq!(id.from, b.peer());
}

#[tokio::test]
async fn gossip_of_a_stranger_is_not_delivered_and_that_of_a_member_is() {
    let (stranger, mut node, member) = (Node::start(Transport::Tcp).await, Node::start(Transport::Tcp).await, Node::start(Transport::Tcp).await);
    for one in [&stranger, &node, &member] {
        one.handle.subscribe(TOPIC).await.expect("a topic");
    }
    stranger.admit(&[&node]).await;
    member.admit(&[&node]).await;
    node.admit(&[&member]).await;
    stranger.knows(&node).await;
    member.knows(&node).await;
    stranger.publish(b"let me in").await;
    member.publish(b"hello").await;
    let (bytes, id) = node.gossip().await;
    assert_eq!((bytes.as_slice(), id.from), (b"hello".as_slice(), member.peer()));
    // Admitted on the same connection, it is heard.
    node.admit(&[&member, &stranger]).await;
    assert_eq!(heard(&stranger, b"thank you", &mut node).await, (stranger.peer(), b"thank you".to_vec()));
}

#[tokio::test]
async fn a_stranger_may_open_a_session_and_be_refused() {
    let (mut a, mut b) = (Node::start(Transport::Tcp).await, Node::start(Transport::Tcp).await);
    a.admit(&[&b]).await;
    a.knows(&b).await;
    // Whoever has the lower id: the one that wants the session gets to open it.
    let session = b
        .wait("session", |event| match event {
            Event::SessionOpened { session, admission } => Some((*session, *admission)),
            _ => None,
        })
        .await;
    assert_eq!(session.1, Admission::Stranger);
    b.handle.close_session(session.0, CloseReason::Refused).await.expect("runs");
    assert_eq!(b.closed(session.0).await, SessionEnd::ClosedHere(CloseReason::Refused));
    let on_a = a.session_with(b.peer()).await;
    a.closed(on_a).await;
    // It knocks again and again in vain, until it is admitted.
    b.admit(&[&a]).await;
    let on_b = b.session_with(a.peer()).await;
    b.handle.send(on_b, b"welcome".to_vec()).expect("room");
    let welcome = a.wait("message", |event| if let Event::SessionMessage { message, .. } = event { Some(message.to_vec()) } else { None }).await;
    assert_eq!(welcome, b"welcome");
}

#[tokio::test]
async fn the_last_words_go_out_before_a_session_is_closed_in_peace() {
    let (mut a, on_a, mut b, on_b) = connected_pair(Transport::Tcp).await;
    a.handle.send(on_a, vec![7; 500_000]).expect("room");
    a.handle.close_session(on_a, CloseReason::Done).await.expect("runs");
    assert_eq!(b.message(on_b).await, vec![7; 500_000]);
    assert_eq!(b.closed(on_b).await, SessionEnd::ClosedThere);
    assert_eq!(a.closed(on_a).await, SessionEnd::ClosedHere(CloseReason::Done));
}

#[tokio::test]
async fn a_reader_that_lags_holds_the_sender_back() {
    let (mut a, on_a, mut b, on_b) = connected_pair(Transport::Quic).await;
    // b takes nothing. What a can push is what the two queues and the windows between them hold, and no more.
    let frame = 262_144;
    let room = limits::SESSION_OUTBOUND_BYTES + limits::SESSION_INBOUND_BYTES + limits::QUIC_CONNECTION_WINDOW_BYTES as usize;
    let mut sent = 0;
    let full = timeout(Duration::from_secs(5), async {
        loop {
            match a.handle.send(on_a, vec![(sent % 251) as u8; frame]) {
                Ok(_) => sent += 1,
                Err(SendError::QueueFull { .. }) => tokio::task::yield_now().await,
                Err(other) => break other,
            }
            assert!(sent * frame <= room, "{sent} frames were taken from a while b took none");
        }
    })
    .await;
    assert!(full.is_err(), "the session lives on: {full:?}");
    for index in 0..sent {
        let got = b.message(on_b).await;
        assert_eq!((got.len(), got[0]), (frame, (index % 251) as u8), "and nothing was lost");
    }
    they_talk(&mut a, on_a, &mut b, on_b).await;
}

#[tokio::test]
async fn a_join_request_of_a_stranger_gets_its_one_answer() {
    let (a, mut b) = (Node::start(Transport::Quic).await, Node::start(Transport::Quic).await);
    let (peer, address, handle) = (b.peer(), b.address.clone(), a.handle.clone());
    let asking = tokio::spawn(async move { handle.request_join(peer, vec![address], vec![1; limits::JOIN_BYTES]).await });
    let (from, reply) = loop {
        let event = timeout(SOON, b.events.recv()).await.expect("in time").expect("runs");
        if let Event::JoinRequest { peer, bytes, reply } = event {
            assert_eq!(bytes, vec![1; limits::JOIN_BYTES]);
            break (peer, reply);
        }
    };
    assert_eq!(from, a.peer());
    reply.send(vec![2; limits::JOIN_BYTES]).expect("still waited for");
    assert_eq!(asking.await.expect("no panic"), Ok(vec![2; limits::JOIN_BYTES]));

    let too_large = a.handle.request_join(b.peer(), vec![], vec![0; limits::JOIN_BYTES + 1]).await;
    assert_eq!(too_large, Err(JoinError::TooLarge { len: limits::JOIN_BYTES as u64 + 1 }));
}

#[tokio::test]
async fn a_join_request_that_nobody_answers_ends() {
    let (a, mut b) = (Node::start(Transport::Tcp).await, Node::start(Transport::Tcp).await);
    let (peer, address, handle) = (b.peer(), b.address.clone(), a.handle.clone());
    let asking = tokio::spawn(async move { handle.request_join(peer, vec![address], vec![1]).await });
    b.wait("join request", |event| matches!(event, Event::JoinRequest { .. }).then_some(())).await;
    // `wait` dropped the event, and with it the place for the reply.
    let answer = asking.await.expect("no panic");
    assert!(matches!(answer, Err(JoinError::Closed(_))), "{answer:?}");
}

#[tokio::test]
async fn addresses_that_a_member_tells_lead_back_to_it() {
    let (a, _, mut b, _) = connected_pair(Transport::Tcp).await;
    let told = b
        .wait("addresses", |event| match event {
            Event::Addresses { peer, addresses } if *peer == a.peer() => Some(addresses.clone()),
            _ => None,
        })
        .await;
    assert!(told.contains(&a.address), "{told:?}: b never was told of a, a dialled it");
}

#[tokio::test]
async fn a_taken_port_is_named_at_the_start() {
    let holder = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = holder.local_addr().expect("bound").port();
    let mut config = NetworkConfig::new(port, LineCost::Free);
    config.mdns = Mdns::Off;
    let refused = start(rand::random(), config);
    assert!(matches!(refused, Err(StartError::PortTaken { .. })), "{:?}", refused.err());
}

#[tokio::test]
async fn a_stopped_node_says_goodbye_and_its_handle_says_that_it_stopped() {
    let (a, _, mut b, on_b) = connected_pair(Transport::Quic).await;
    timeout(SOON, a.handle.shutdown()).await.expect("in time");
    b.closed(on_b).await;
    b.wait("disconnection", |event| matches!(event, Event::Disconnected { .. }).then_some(())).await;
    assert!(a.handle.set_line(Line::Cut).await.is_err());
}

/// A peer that keeps to libp2p and to none of our rules: a bare session stream to the node.
async fn bare_session(node: &mut Node) -> (libp2p::Stream, SessionId) {
    use futures::StreamExt;
    use libp2p::{SwarmBuilder, noise, swarm::SwarmEvent, tcp, yamux};

    let mut swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .expect("TCP")
        .with_behaviour(|_| libp2p_stream::Behaviour::new())
        .expect("a behaviour")
        .build();
    let mut control = swarm.behaviour().new_control();
    swarm.dial(node.address.clone()).expect("an address");
    timeout(SOON, async { while !matches!(swarm.select_next_some().await, SwarmEvent::ConnectionEstablished { .. }) {} }).await.expect("in time");
    tokio::spawn(async move {
        loop {
            swarm.select_next_some().await;
        }
    });
    let protocol = libp2p::StreamProtocol::new("/jeli/sync/1");
    let stream = timeout(SOON, control.open_stream(node.peer(), protocol)).await.expect("in time").expect("a stream");
    let session = node.wait("session", |event| if let Event::SessionOpened { session, .. } = event { Some(*session) } else { None }).await;
    (stream, session)
}

#[tokio::test]
async fn a_hostile_peer_that_announces_too_large_a_frame_loses_its_session_and_the_node_lives_on() {
    use futures::AsyncWriteExt;

    let mut node = Node::start(Transport::Tcp).await;
    let (mut stream, session) = bare_session(&mut node).await;
    // A frame at the limit is fine; one byte more is not, and 4 GiB are not either.
    let limit = limits::SESSION_FRAME_BYTES as u32;
    let length = |len: u32| [0x80 | (len & 0x7f) as u8, 0x80 | (len >> 7 & 0x7f) as u8, (len >> 14) as u8];
    stream.write_all(&length(limit)).await.expect("open");
    stream.write_all(&vec![5; limit as usize]).await.expect("open");
    stream.write_all(&length(limit + 1)).await.expect("open");
    stream.flush().await.expect("open");
    assert_eq!(node.message(session).await, vec![5; limit as usize]);
    assert_eq!(node.closed(session).await, SessionEnd::Oversize { announced: u64::from(limit) + 1 });

    let (mut stream, session) = bare_session(&mut node).await;
    stream.write_all(&[0xff, 0xff, 0xff, 0xff, 0x0f]).await.expect("open");
    stream.flush().await.expect("open");
    assert_eq!(node.closed(session).await, SessionEnd::Oversize { announced: u64::from(u32::MAX) });

    let mut friend = Node::start(Transport::Tcp).await;
    friend.admit(&[&node]).await;
    node.admit(&[&friend]).await;
    friend.knows(&node).await;
    let (on_friend, on_node) = (friend.session_with(node.peer()).await, node.session_with(friend.peer()).await);
    they_talk(&mut friend, on_friend, &mut node, on_node).await;
}
