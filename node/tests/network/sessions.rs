//! What is said on a session, and who is let in.

use std::time::Duration;

use jeli_node::network::{Admission, CloseReason, Event, SendError, SessionEnd, SessionId, limits};
use tokio::time::timeout;

use crate::support::{Node, SOON, Transport, connected_pair, lawless, they_talk};

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

/// A bare session stream of such a peer.
async fn bare_session(node: &mut Node) -> (libp2p::Stream, SessionId) {
    let mut control = lawless(node).await;
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
