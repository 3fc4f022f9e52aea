//! A document that lost changes while tabs show them.

use jeli_client::DocSession;
use jeli_node::events::Event;
use jeli_node::replica_handle::Applied;
use jeli_protocol::ids::DocumentId;

use crate::support::{SOON, TestNode};
use crate::sync::{mission, type_in};

/// Takes in what comes until the tab is told that it may not write.
async fn until_read_only(tab: &mut DocSession) {
    while !tab.read_only() {
        tab.take_next(SOON).await.expect("the tab is told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_that_shows_what_is_no_longer_part_turns_read_only_and_its_words_can_be_copied() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let document: DocumentId = id.parse().unwrap();
    let person = node.person("marat", "teacher").await;
    let link = person.open_session().await.unwrap();
    let mut tab = link.open_document(&id, Some(&person.me().await.unwrap().actor)).await.unwrap();
    type_in(&mut tab, "stays").await;
    tab.wait_acked(SOON).await.unwrap();
    type_in(&mut tab, ", goes").await;
    tab.wait_acked(SOON).await.unwrap();
    let mut events = node.app.events.listen();

    node.takes_back(document, 1).await;
    until_read_only(&mut tab).await;
    assert!(!tab.is_acked(), "what was taken back is not told to be kept any more");
    let reason = loop {
        if let Event::Access { peer: Some(_), reason, .. } = events.recv().await.unwrap() {
            break reason;
        }
    };
    assert_eq!(reason, Some("no_longer_part"));
    type_in(&mut tab, ", on top").await;
    assert_eq!(node.control().content(&id).await.unwrap().content["mission"], "stays");
    let pieces = person.set_aside(Some(&id)).await.unwrap();
    assert_eq!(pieces.iter().map(|piece| (piece.text.as_str(), piece.reason.as_str())).collect::<Vec<_>>(), [(", goes", "no_longer_part")]);
    let copy = person.copy_set_aside(pieces[0].id).await.expect("the copy is made");
    assert_eq!(person.content(&copy).await.unwrap().content["mission"], "stays, goes");

    // The page comes again with what it had: nothing comes back by that way.
    let again = person.open_session().await.unwrap();
    let mut returned = again.open_document(&id, None).await.unwrap();
    returned.merge(&mut tab.doc).await.unwrap();
    until_read_only(&mut returned).await;
    assert!(!returned.is_acked());
    assert_eq!(node.control().content(&id).await.unwrap().content["mission"], "stays");
    let pieces = person.set_aside(Some(&id)).await.unwrap();
    assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>(), [", goes, on top"], "with what was written on top of it");

    // Opened anew, the document is as it is now, and can be written.
    let fresh = person.open_session().await.unwrap();
    let mut fresh = fresh.open_document(&id, Some(&person.me().await.unwrap().actor)).await.unwrap();
    assert_eq!(mission(&fresh.doc), "stays");
    type_in(&mut fresh, " and grows").await;
    fresh.wait_acked(SOON).await.expect("a fresh opening writes");
    assert_eq!(node.control().content(&id).await.unwrap().content["mission"], "stays and grows");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_that_shows_nothing_beyond_the_rebuilt_document_starts_anew_as_a_writer() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let link = node.control().open_session().await.unwrap();
    let mut tab = link.open_document(&id, None).await.unwrap();
    type_in(&mut tab, "stays").await;
    tab.wait_acked(SOON).await.unwrap();
    node.applied.send(Applied::Rebuilt { document: id.parse().unwrap() }).unwrap();
    let ended = loop {
        if let Err(ended) = tab.take_next(SOON).await {
            break ended;
        }
    };
    assert!(ended.to_string().contains("start_anew"), "{ended}");
    let link = node.control().open_session().await.unwrap();
    let mut again = link.open_document(&id, None).await.unwrap();
    again.merge(&mut tab.doc).await.unwrap();
    type_in(&mut again, " and grows").await;
    again.wait_acked(SOON).await.expect("the tab writes on");
    assert!(node.control().set_aside(None).await.unwrap().is_empty(), "nothing was lost, nothing is set aside");
}
