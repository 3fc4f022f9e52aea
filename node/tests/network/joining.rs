//! A stranger's one question and its one answer.

use jeli_node::network::{Event, JoinError, LineCost, limits};
use tokio::time::timeout;

use crate::support::{Node, SOON, Transport, listen};

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
async fn a_join_request_over_a_metered_line_tries_tcp_first_and_then_what_there_is() {
    let metered = Node::start_with(rand::random(), |config| {
        config.listen = vec![listen(Transport::Tcp)];
        config.cost = LineCost::Metered;
    })
    .await;
    let mut only_quic = Node::start(Transport::Quic).await;
    let (peer, handle) = (only_quic.peer(), metered.handle.clone());
    let nobody = "/ip4/127.0.0.1/tcp/1".parse().expect("an address");
    let addresses = vec![nobody, only_quic.address.clone()];
    let _asking = tokio::spawn(async move { handle.request_join(peer, addresses, vec![1]).await });
    only_quic.wait("join request", |event| matches!(event, Event::JoinRequest { .. }).then_some(())).await;
}
