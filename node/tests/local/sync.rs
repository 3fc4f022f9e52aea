//! Documents over the WebSocket, between honest tabs.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, AutomergeError, ROOT, ReadDoc};
use jeli_client::{Client, DocSession};
use jeli_protocol::ids::DocumentId;
use jeli_protocol::kinds::{Kind, fixed_changes};

use crate::support::{SOON, TestNode};

pub(crate) async fn type_in(doc: &mut DocSession, words: &str) {
    doc.change(|doc| -> Result<(), AutomergeError> {
        let (_, title) = doc.get(ROOT, "mission")?.expect("a plan has a mission");
        let end = doc.length(&title);
        doc.splice_text(&title, end, 0, words)
    })
    .await
    .expect("the change goes out");
}

pub(crate) fn mission(doc: &AutoCommit) -> String {
    let (_, id) = doc.get(ROOT, "mission").unwrap().expect("a plan has a mission");
    doc.text(&id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_tab_types_another_tab_sees_and_the_api_shows() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let (one, two) = (node.person("aigerim", "teacher").await, node.person("marat", "deputy").await);
    let (one_link, two_link) = (one.open_session().await.unwrap(), two.open_session().await.unwrap());
    let mut first = one_link.open_document(&id, Some(&one.me().await.unwrap().actor)).await.unwrap();
    let mut second = two_link.open_document(&id, Some(&two.me().await.unwrap().actor)).await.unwrap();
    for word in ["бірге ", "жазамыз"] {
        type_in(&mut first, word).await;
    }
    first.wait_acked(SOON).await.unwrap();
    second.wait_for(SOON, |doc, _| mission(doc) == "бірге жазамыз").await.expect("the second tab sees it");
    type_in(&mut second, "!").await;
    second.wait_acked(SOON).await.unwrap();
    first.wait_for(SOON, |doc, _| mission(doc) == "бірге жазамыз!").await.expect("the first tab sees the answer");
    let content = one.content(&id).await.unwrap();
    assert_eq!(content.content["mission"], "бірге жазамыз!");
    assert_eq!(content.content["title"], "Даму жоспары");
    assert_eq!(one.documents(None).await.unwrap()[0].title, "Даму жоспары");
    let present = one.presence(&id).await.unwrap();
    assert_eq!(present.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["aigerim", "marat"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_changes_made_away_from_the_school_arrive_and_merge() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let link = node.control().open_session().await.unwrap();
    let mut session = link.open_document(&id, None).await.unwrap();
    let mut away = session.doc.fork();
    for n in 0..1_000 {
        away.put(ROOT, format!("n{n}"), n).unwrap();
        away.commit();
    }
    type_in(&mut session, "meanwhile").await;
    session.merge(&mut away).await.unwrap();
    session.wait_acked(SOON).await.expect("all of it is acknowledged");
    let content = node.control().content(&id).await.unwrap().content;
    assert_eq!((content["n999"].as_i64(), content["mission"].as_str()), (Some(999), Some("meanwhile")));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_hidden_changes_survive_the_gaps_of_the_bloom_filter() {
    // Two clients that know of each other's changes only through the node, both with long concurrent histories: about one change in a
    // hundred is left out at first, and what builds on it must wait and then arrive.
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let link = node.control().open_session().await.unwrap();
    let mut start = link.open_document(&id, None).await.unwrap().doc.fork();
    let mut offline: Vec<AutoCommit> = (0..4).map(|_| start.fork()).collect();
    for (who, doc) in offline.iter_mut().enumerate() {
        for n in 0..600 {
            doc.put(ROOT, format!("w{who}n{n}"), n).unwrap();
            doc.commit();
        }
    }
    let mut sessions = Vec::new();
    for doc in &mut offline {
        let link = node.control().open_session().await.unwrap();
        let mut session = link.open_document(&id, None).await.unwrap();
        session.merge(doc).await.unwrap();
        sessions.push(session);
    }
    // All at once: what one of them waits for, another may still be asked for.
    for acked in futures::future::join_all(sessions.iter_mut().map(|session| session.wait_acked(SOON))).await {
        acked.expect("all of it is acknowledged");
    }
    for session in &mut sessions {
        session.wait_for(SOON, |doc, _| (0..4).all(|who| doc.get(ROOT, format!("w{who}n599")).unwrap().is_some())).await.expect("everything arrives");
    }
    let document: DocumentId = id.parse().unwrap();
    let beginning = fixed_changes(Kind::Plan).len() + 1;
    assert_eq!(node.stored_changes(document).await, beginning + 4 * 600, "each change is kept once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_from_another_school_appears_in_open_tabs() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let link = node.control().open_session().await.unwrap();
    let mut tab = link.open_document(&id, None).await.unwrap();
    let mut elsewhere = tab.doc.fork();
    let before = elsewhere.get_heads();
    let (_, mission_id) = elsewhere.get(ROOT, "mission").unwrap().unwrap();
    elsewhere.splice_text(&mission_id, 0, 0, "another school").unwrap();
    elsewhere.commit();
    let changes = elsewhere.get_changes(&before).iter().map(|change| change.raw_bytes().to_vec()).collect();
    node.arrive(id.parse().unwrap(), changes).await;
    tab.wait_for(SOON, |doc, _| mission(doc) == "another school").await.expect("the tab sees it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_the_node_does_not_have_is_unavailable() {
    let node = TestNode::start().await;
    let link = node.control().open_session().await.unwrap();
    let unknown = DocumentId([9; 16]).to_string();
    let refused = link.open_document(&unknown, None).await.err().expect("there is none");
    assert!(matches!(refused, jeli_client::ClientError::Unavailable(_)), "{refused}");
    let known = node.new_plan().await;
    assert!(link.open_document(&known, None).await.is_ok(), "and the connection goes on for documents that are there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_whose_content_is_coming_is_listed_as_such_and_served_to_a_waiting_tab_when_it_comes() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let document: DocumentId = id.parse().unwrap();
    let content = std::mem::take(&mut node.stored.lock().await.get_mut(&document).unwrap().changes);
    let control = node.control();
    // Forget what was loaded when it was made.
    node.rebuilt(document).await;
    let state = async |client: &Client| client.documents(None).await.unwrap()[0].state.clone();
    assert_eq!(state(&control).await, "coming");
    assert_eq!(control.document(&id).await.unwrap().heads, Some(Vec::new()));
    let refused = control.content(&id).await.expect_err("there is nothing to show yet").to_string();
    assert!(refused.contains("document_coming") && refused.contains("by itself"), "{refused}");

    let link = control.open_session().await.unwrap();
    let (mut opening, known) = (Box::pin(link.open_document(&id, None)), node.new_plan().await);
    let other = node.control().open_session().await.unwrap();
    tokio::select! {
        _ = &mut opening => panic!("there is nothing to open yet"),
        other = other.open_document(&known, None) => assert!(other.is_ok(), "documents that are here open meanwhile"),
    }
    node.arrive(document, content).await;
    let mut tab = opening.await.expect("it opens, on the connection that asked");
    type_in(&mut tab, "here").await;
    tab.wait_acked(SOON).await.unwrap();
    assert_eq!(control.content(&id).await.unwrap().content["mission"], "here");
    assert!(control.documents(None).await.unwrap().iter().all(|document| document.state == "here"));
}
