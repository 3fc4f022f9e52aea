//! Bytes that no client sends.

use futures::{SinkExt, StreamExt};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::support::{SOON, TOKEN, TestNode};
use crate::sync::type_in;

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn socket(node: &TestNode) -> Socket {
    let mut request = format!("ws://{}/sync", node.address).into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {TOKEN}").parse().unwrap());
    connect_async(request).await.expect("connects").0
}

fn cbor(fields: &[(&str, ciborium::Value)]) -> Message {
    let map = ciborium::Value::Map(fields.iter().map(|(name, value)| (ciborium::Value::Text((*name).to_owned()), value.clone())).collect());
    let mut bytes = Vec::new();
    ciborium::into_writer(&map, &mut bytes).unwrap();
    Message::Binary(bytes.into())
}

fn text(words: &str) -> ciborium::Value {
    ciborium::Value::Text(words.to_owned())
}

async fn joined(node: &TestNode) -> Socket {
    let mut socket = socket(node).await;
    socket
        .send(cbor(&[("type", text("join")), ("senderId", text("tab")), ("supportedProtocolVersions", ciborium::Value::Array(vec![text("1")]))]))
        .await
        .unwrap();
    let greeting = tokio::time::timeout(SOON, socket.next()).await.unwrap().unwrap().unwrap();
    assert!(matches!(greeting, Message::Binary(_)), "a peer message");
    socket
}

/// Why the node closes the connection.
async fn end_of(mut socket: Socket) -> String {
    let mut reason = String::new();
    while let Ok(Some(Ok(message))) = tokio::time::timeout(SOON, socket.next()).await {
        if let Message::Close(frame) = message {
            reason = frame.map(|frame| frame.reason.to_string()).unwrap_or_default();
            break;
        }
    }
    reason
}

fn sync_of(document: &str, data: Vec<u8>) -> Message {
    cbor(&[
        ("type", text("sync")),
        ("senderId", text("tab")),
        ("targetId", text("node")),
        ("documentId", text(document)),
        ("data", ciborium::Value::Bytes(data)),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_message_ends_its_own_connection_and_no_other() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let link = node.control().open_session().await.unwrap();
    let mut honest = link.open_document(&id, None).await.unwrap();
    let deep = {
        // CBOR arrays in arrays, ten thousand deep.
        let mut bytes = vec![0x81; 10_000];
        bytes.push(0x00);
        Message::Binary(bytes.into())
    };
    let probes = vec![0x42, 0, 0, 1, 0, 9, 1, 10, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xff, 0xff, 0];
    let huge_claim = vec![0x42, 0xff, 0xff, 0xff, 0xff, 0x0f];
    let no_chunk = vec![0x42, 0, 0, 0, 1, 3, 1, 2, 3];
    let whole_document = {
        let mut doc = automerge::AutoCommit::new();
        automerge::transaction::Transactable::put(&mut doc, automerge::ROOT, "a", 1).unwrap();
        let saved = doc.save();
        let mut bytes = vec![0x42, 0, 0, 0, 1, u8::try_from(saved.len()).expect("a small document")];
        if saved.len() > 127 {
            *bytes.last_mut().unwrap() = (saved.len() & 0x7f) as u8 | 0x80;
            bytes.push((saved.len() >> 7) as u8);
        }
        bytes.extend_from_slice(&saved);
        bytes
    };
    for (what, message) in [
        ("deep", deep),
        ("not CBOR", Message::Binary(vec![0xff, 0x00, 0x13].into())),
        ("text", Message::Text("hello".into())),
        ("no such document id", sync_of("0OIl", vec![0x42, 0, 0, 0, 0])),
        ("a Bloom filter of 16 GB", sync_of(&id, probes)),
        ("a list of 34 thousand million hashes", sync_of(&id, huge_claim)),
        ("a chunk that is none", sync_of(&id, no_chunk)),
        ("a whole document", sync_of(&id, whole_document)),
        ("an empty sync message", sync_of(&id, vec![])),
    ] {
        let mut hostile = joined(&node).await;
        hostile.send(message).await.unwrap();
        assert_eq!(end_of(hostile).await, "bad_message", "{what}");
    }
    type_in(&mut honest, "still here").await;
    honest.wait_acked(SOON).await.expect("the honest tab goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_does_not_join_first_is_told_and_closed() {
    let node = TestNode::start().await;
    let mut early = socket(&node).await;
    early.send(sync_of("x", vec![])).await.unwrap();
    assert_eq!(end_of(early).await, "protocol");
    let mut later = socket(&node).await;
    let other = ciborium::Value::Array(vec![text("2")]);
    later.send(cbor(&[("type", text("join")), ("senderId", text("tab")), ("supportedProtocolVersions", other)])).await.unwrap();
    assert_eq!(end_of(later).await, "protocol");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_larger_than_the_bound_ends_the_connection() {
    let node = TestNode::start().await;
    let mut large = joined(&node).await;
    let sent = large.send(Message::Binary(vec![0; jeli_node::limits::MAX_SOCKET_MESSAGE_BYTES + 1].into())).await;
    assert!(sent.is_err() || end_of(large).await != "start_anew", "the connection is gone");
    assert!(node.control().open_session().await.is_ok(), "the next one is welcome");
}

#[tokio::test(flavor = "multi_thread")]
async fn tabs_beyond_a_persons_bound_are_refused() {
    let node = TestNode::start().await;
    let person = node.person("aigerim", "teacher").await;
    let mut open = Vec::new();
    for _ in 0..jeli_node::limits::MAX_SOCKETS_PER_PERSON {
        open.push(person.open_session().await.expect("within the bound"));
    }
    assert!(person.open_session().await.is_err(), "one too many");
    assert!(node.person("marat", "teacher").await.open_session().await.is_ok(), "another person gets in");
}
