//! Who reach each other only through a third, by that one's leave and at its cost.

use jeli_node::network::{Event, JoinError, Multiaddr, PeerId, RelayChoice, Road};
use tokio::time::timeout;

use crate::support::{Node, SOON, Transport, lawless, they_talk};

/// A node to which everybody gets in, as its people say.
async fn open_node(month_bytes: u64, choice: RelayChoice) -> Node {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let here: Multiaddr = format!("/ip4/127.0.0.1/tcp/{port}").parse().expect("an address");
    Node::start_with(rand::random(), |config| {
        config.listen = vec![here.clone()];
        config.outside = vec![here];
        config.relay = choice;
        config.relay_month_bytes = month_bytes;
    })
    .await
}

/// Waits until a node is reached through another one, and says where.
async fn reached_through(node: &mut Node, relay: PeerId) -> Multiaddr {
    let through = format!("/p2p/{relay}/p2p-circuit");
    node.wait("a place at the relay", |event| match event {
        Event::Listening(address) if address.to_string().ends_with(&through) => Some(address.clone()),
        _ => None,
    })
    .await
}

async fn road_to(node: &mut Node, peer: PeerId) -> Road {
    node.wait("a road", |event| match event {
        Event::Connected { peer: who, road } | Event::RoadChanged { peer: who, road } if *who == peer => Some(*road),
        _ => None,
    })
    .await
}

/// A relay, and two members of it that do not reach each other. The first has a place there.
async fn three(month_bytes: u64) -> (Node, Node, Node, Multiaddr) {
    let relay = open_node(month_bytes, RelayChoice::Members).await;
    let (mut a, b) = (Node::start(Transport::Tcp).await, Node::start(Transport::Tcp).await);
    relay.admit(&[&a, &b]).await;
    for node in [&a, &b] {
        node.knows(&relay).await;
    }
    a.admit(&[&relay, &b]).await;
    b.admit(&[&relay, &a]).await;
    let there = reached_through(&mut a, relay.peer()).await;
    (relay, a, b, there)
}

#[tokio::test]
async fn two_members_talk_through_a_third_who_counts_it_and_go_on_directly_as_soon_as_they_can() {
    let (relay, mut a, mut b, there) = three(1_000_000_000).await;
    b.handle.add_addresses(a.peer(), vec![there]).await.expect("runs");
    let via = Road::Relay { via: relay.peer() };
    assert_eq!((road_to(&mut b, a.peer()).await, road_to(&mut a, b.peer()).await), (via, via));
    let (on_a, on_b) = (a.session_with(b.peer()).await, b.session_with(a.peer()).await);
    they_talk(&mut a, on_a, &mut b, on_b).await;
    let before = relay.handle.relayed_this_month();
    assert!(before > 0, "a handshake has passed");
    const LARGE: usize = 500_000;
    a.handle.send(on_a, vec![7; LARGE]).expect("room");
    assert_eq!(b.message(on_b).await.len(), LARGE);
    // The relay counts what it has handed on; the last of it may still be in its hands.
    let passed = relay.handle.relayed_this_month() - before;
    assert!((LARGE as u64 * 95 / 100..LARGE as u64 * 105 / 100).contains(&passed), "{passed} bytes counted for {LARGE}");

    b.handle.add_addresses(a.peer(), vec![a.address.clone()]).await.expect("runs");
    assert_eq!(road_to(&mut b, a.peer()).await, Road::Lan);
    assert_eq!(road_to(&mut a, b.peer()).await, Road::Lan);
    a.closed(on_a).await;
    let (on_a, on_b) = (a.session_with(b.peer()).await, b.session_with(a.peer()).await);
    let before = relay.handle.relayed_this_month();
    a.handle.send(on_a, vec![7; LARGE]).expect("room");
    assert_eq!(b.message(on_b).await.len(), LARGE);
    assert!(relay.handle.relayed_this_month() - before < 10_000, "nothing of it goes through the relay any more");
}

#[tokio::test]
async fn a_stranger_with_an_invitation_reaches_its_inviter_through_a_relay_and_gets_no_place_there_itself() {
    let (relay, mut a, _b, there) = three(1_000_000_000).await;
    let mut stranger = Node::start(Transport::Tcp).await;
    let (inviter, handle) = (a.peer(), stranger.handle.clone());
    let asking = tokio::spawn(async move { handle.request_join(inviter, vec![there], b"let me in".to_vec()).await });
    let (from, reply) = loop {
        if let Event::JoinRequest { peer, bytes, reply } = timeout(SOON, a.events.recv()).await.expect("in time").expect("runs") {
            assert_eq!(bytes, b"let me in");
            break (peer, reply);
        }
    };
    assert_eq!(from, stranger.peer());
    reply.send(b"come".to_vec()).expect("still waited for");
    assert_eq!(asking.await.expect("no panic"), Ok(b"come".to_vec()));

    // It takes the relay for a member of its own; the relay does not.
    stranger.handle.set_admitted([relay.peer(), inviter]).await.expect("runs");
    stranger.knows(&relay).await;
    stranger.wait("refusal", |event| matches!(event, Event::Connected { peer, .. } if *peer == relay.peer()).then_some(())).await;
    let refused = through_without_place(&relay, &stranger).await;
    assert!(matches!(refused, Err(JoinError::Unreachable(_))), "{refused:?}");
}

/// Tries to reach a node at a relay where it has no place.
async fn through_without_place(relay: &Node, to: &Node) -> Result<Vec<u8>, JoinError> {
    let other = Node::start(Transport::Tcp).await;
    let there: Multiaddr = format!("{}/p2p/{}/p2p-circuit", relay.address, relay.peer()).parse().expect("an address");
    other.handle.request_join(to.peer(), vec![there], vec![1]).await
}

#[tokio::test]
async fn a_month_that_is_used_up_ends_what_goes_through_and_begins_nothing_new() {
    let (relay, mut a, mut b, there) = three(200_000).await;
    b.handle.add_addresses(a.peer(), vec![there]).await.expect("runs");
    let (on_a, on_b) = (a.session_with(b.peer()).await, b.session_with(a.peer()).await);
    they_talk(&mut a, on_a, &mut b, on_b).await;
    a.handle.send(on_a, vec![7; 500_000]).expect("room");
    b.closed(on_b).await;
    let carried = relay.handle.relayed_this_month();
    assert!((200_000..300_000).contains(&carried), "{carried} bytes");
    let refused = through_without_place(&relay, &a).await;
    assert!(matches!(refused, Err(JoinError::Unreachable(_))), "{refused:?}");
    relay.handle.begin_relay_month(0).await.expect("runs");
    let on_b = b.session_with(a.peer()).await;
    let on_a = a.session_with(b.peer()).await;
    they_talk(&mut a, on_a, &mut b, on_b).await;
}

#[tokio::test]
async fn who_does_not_agree_relays_for_nobody() {
    let mut relay = open_node(1_000_000_000, RelayChoice::Off).await;
    let mut a = Node::start(Transport::Tcp).await;
    let far = Node::start(Transport::Tcp).await;
    relay.admit(&[&a]).await;
    a.knows(&relay).await;
    a.admit(&[&relay, &far]).await;
    let (on_a, on_relay) = (a.session_with(relay.peer()).await, relay.session_with(a.peer()).await);
    they_talk(&mut a, on_a, &mut relay, on_relay).await;
    let refused = through_without_place(&relay, &a).await;
    assert!(matches!(refused, Err(JoinError::Unreachable(_))), "{refused:?}");
    assert_eq!(a.passed_over(|event| matches!(event, Event::Listening(address) if address.to_string().contains("p2p-circuit"))), 0);
}

/// Words that are none, one that is too long, one that never ends, and as many wishes as one can begin.
#[tokio::test]
async fn whoever_talks_nonsense_to_a_relay_hears_so_or_nothing_and_keeps_no_member_out() {
    use futures::{AsyncReadExt as _, AsyncWriteExt as _};
    let hop = || libp2p::StreamProtocol::new("/libp2p/circuit/relay/0.2.0/hop");
    let relay = open_node(1_000_000_000, RelayChoice::Members).await;
    let mut control = lawless(&relay).await;
    let nonsense: [&[u8]; 5] =
        [&[3, 0xff, 0xff, 0xff], &[0], &[0xff, 0xff, 0xff, 0xff, 0x0f], &[2, 0x08, 0x07], &[6, 0x08, 0x01, 0x12, 0x02, 0x0a, 0x00]];
    for words in nonsense {
        let mut stream = timeout(SOON, control.open_stream(relay.peer(), hop())).await.expect("in time").expect("a stream");
        stream.write_all(words).await.expect("open");
        stream.flush().await.expect("open");
        let mut answer = Vec::new();
        let ended = timeout(SOON, stream.read_to_end(&mut answer)).await.expect("in time");
        assert!(ended.is_err() || answer.len() < 20, "a refusal at the most: {answer:?}");
    }
    // Each holds its place until its time is over.
    let mut held = Vec::new();
    for _ in 0..20 {
        let mut stream = timeout(SOON, control.open_stream(relay.peer(), hop())).await.expect("in time").expect("a stream");
        let _ = stream.write_all(&[100, 0x08]).await;
        let _ = stream.flush().await;
        held.push(stream);
    }
    let mut member = Node::start(Transport::Tcp).await;
    let far = Node::start(Transport::Tcp).await;
    relay.admit(&[&member]).await;
    member.knows(&relay).await;
    member.admit(&[&relay, &far]).await;
    reached_through(&mut member, relay.peer()).await;
}
