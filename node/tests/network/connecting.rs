//! Finding each other, losing each other, and finding each other again.

use jeli_node::network::{
    CloseReason, Event, JoinError, Line, LineCost, Mdns, Multiaddr, NetworkConfig, Road, SessionEnd, StartError, limits, start,
};
use libp2p::multiaddr::Protocol;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::timeout,
};

use crate::support::{Node, SOON, Transport, connected_pair, listen, they_talk, timing};

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

/// A road to a port of this machine, for one connection, that swallows everything from the moment on at which it is told to.
async fn road_that_dies(port: u16) -> (Multiaddr, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("/ip4/127.0.0.1/tcp/{}", listener.local_addr().expect("bound").port()).parse().expect("an address");
    let (die, dies) = oneshot::channel();
    tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.expect("it is dialled");
        drop(listener);
        let mut far = TcpStream::connect(("127.0.0.1", port)).await.expect("the node listens");
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
            _ = dies => std::future::pending().await,
        }
    });
    (address, die)
}

#[tokio::test]
async fn a_connection_on_which_no_stream_is_answered_gives_way_to_a_new_one() {
    // Pings alone would take minutes.
    let hurried = |config: &mut NetworkConfig| {
        config.listen = vec![listen(Transport::Tcp)];
        config.timing.stream = timing().session_patience;
    };
    let (mut a, mut b) = (Node::start_with(rand::random(), hurried).await, Node::start_with(rand::random(), hurried).await);
    let port = b.address.iter().find_map(|part| if let Protocol::Tcp(port) = part { Some(port) } else { None });
    let (road, die) = road_that_dies(port.expect("it listens on TCP")).await;
    a.handle.add_addresses(b.peer(), vec![road]).await.expect("runs");
    a.admit(&[&b]).await;
    b.admit(&[&a]).await;
    let (old, _) = (a.session_with(b.peer()).await, b.session_with(a.peer()).await);
    die.send(()).expect("it stands");
    // The road that is left. It alone moves nothing: there is a connection.
    a.knows(&b).await;
    a.handle.close_session(old, CloseReason::Restart).await.expect("runs");
    let on_a = a.session_with(b.peer()).await;
    let on_b = b.session_with(a.peer()).await;
    they_talk(&mut a, on_a, &mut b, on_b).await;
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
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = silent.local_addr().expect("bound").port();
    let dead: Multiaddr = format!("/ip4/127.0.0.1/tcp/{port}").parse().expect("an address");
    a.handle.add_addresses(b.peer(), vec![dead, b.address.clone()]).await.expect("runs");
    a.admit(&[&b]).await;
    let connected = a.wait("connection", |event| matches!(event, Event::Connected { .. }).then_some(()));
    timeout(timing().dial / 2, connected).await.expect("long before the dead one's time is over");
}

/// Addresses of every kind that hang, and one that lives: to a member, by an invitation, and where bytes cost money.
#[tokio::test]
async fn however_many_addresses_are_dead_the_living_one_is_reached_at_once() {
    let silent_udp = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
    let silent_tcp = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (udp, tcp) = (silent_udp.local_addr().expect("bound").port(), silent_tcp.local_addr().expect("bound").port());
    let dead = || {
        let nobody = jeli_node::network::PeerId::random();
        let hosts = (1..5).map(|host| format!("127.0.0.{host}"));
        let mut dead: Vec<Multiaddr> = vec![format!("/ip4/127.0.0.1/tcp/{tcp}/p2p/{nobody}/p2p-circuit").parse().expect("an address")];
        dead.extend(hosts.clone().map(|host| format!("/ip4/{host}/udp/{udp}/quic-v1").parse().expect("an address")));
        dead.extend(hosts.map(|host| format!("/ip4/{host}/tcp/{tcp}").parse().expect("an address")));
        dead
    };
    for cost in [LineCost::Free, LineCost::Metered] {
        let mut a = Node::start_with(rand::random(), |config| {
            config.listen = vec![listen(Transport::Tcp)];
            config.cost = cost;
        })
        .await;
        let (member, mut inviter) = (Node::start(Transport::Tcp).await, Node::start(Transport::Tcp).await);
        member.admit(&[&a]).await;
        a.handle.add_addresses(member.peer(), [dead(), vec![member.address.clone()]].concat()).await.expect("runs");
        a.admit(&[&member]).await;
        let connected = a.wait("connection", |event| matches!(event, Event::Connected { .. }).then_some(()));
        timeout(timing().dial / 6, connected).await.expect("the dead ones hold nothing up");

        let (peer, addresses, handle) = (inviter.peer(), [dead(), vec![inviter.address.clone()]].concat(), a.handle.clone());
        let asking = tokio::spawn(async move { handle.request_join(peer, addresses, vec![1]).await });
        let asked = inviter.wait("join request", |event| matches!(event, Event::JoinRequest { .. }).then_some(()));
        timeout(timing().dial / 6, asked).await.expect("nor here");
        asking.abort();
    }
}

/// On a metered line TCP goes first; where only QUIC lives, and TCP hangs instead of failing, nobody waits for the end of that.
#[tokio::test]
async fn a_cheap_address_that_hangs_holds_up_a_dear_one_that_lives_for_seconds_only() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let hanging: Multiaddr = format!("/ip4/127.0.0.1/tcp/{}", silent.local_addr().expect("bound").port()).parse().expect("an address");
    let mut metered = Node::start_with(rand::random(), |config| {
        config.listen = vec![listen(Transport::Tcp)];
        config.cost = LineCost::Metered;
    })
    .await;
    let (member, mut inviter) = (Node::start(Transport::Quic).await, Node::start(Transport::Quic).await);
    member.admit(&[&metered]).await;
    metered.handle.add_addresses(member.peer(), vec![hanging.clone(), member.address.clone()]).await.expect("runs");
    metered.admit(&[&member]).await;
    let (peer, addresses, handle) = (inviter.peer(), vec![hanging, inviter.address.clone()], metered.handle.clone());
    let asking = tokio::spawn(async move { handle.request_join(peer, addresses, vec![1]).await });
    let soon = limits::THRIFTY_HEAD_START * 2;
    let connected = metered.wait("connection", |event| matches!(event, Event::Connected { .. }).then_some(()));
    timeout(soon, connected).await.expect("long before the other's time is over");
    let asked = inviter.wait("join request", |event| matches!(event, Event::JoinRequest { .. }).then_some(()));
    timeout(soon, asked).await.expect("nor does an invitation wait");
    asking.abort();
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
