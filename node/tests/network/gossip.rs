//! What is passed on from node to node.

use std::time::Duration;

use jeli_node::network::{GossipVerdict, PeerId};
use tokio::time::timeout;

use crate::support::{Node, SOON, TOPIC, Transport};

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
