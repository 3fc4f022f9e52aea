//! Who may write, and what becomes of words that may not be kept.

use automerge::transaction::Transactable;
use automerge::{ActorId, ROOT, ReadDoc};
use jeli_node::audience::Audience;
use jeli_node::replica_handle::{Applied, CanWrite};
use jeli_protocol::ids::{self, DocumentId, NodeId};

use crate::support::{Mood, SOON, TestNode};
use crate::sync::{mission, type_in};

#[tokio::test(flavor = "multi_thread")]
async fn a_readers_words_turn_the_tab_read_only_and_are_kept_aside_for_a_copy() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let (reader, writer) = (node.person("oqyrman", "reader").await, node.person("dosym", "teacher").await);
    let (reader_link, writer_link) = (reader.open_session().await.unwrap(), writer.open_session().await.unwrap());
    let mut readers = reader_link.open_document(&id, None).await.unwrap();
    let mut writers = writer_link.open_document(&id, None).await.unwrap();

    type_in(&mut readers, "менің ойым").await;
    readers.wait_for(SOON, |_, _| true).await.unwrap();
    while !readers.read_only() {
        readers
            .wait_for(SOON, {
                let mut first = true;
                move |_, _| !std::mem::replace(&mut first, false)
            })
            .await
            .expect("the tab is told");
    }
    type_in(&mut writers, "жоспар").await;
    writers.wait_acked(SOON).await.expect("the neighbour may write");
    readers.wait_for(SOON, |doc, _| mission(doc).contains("жоспар")).await.expect("a read-only tab still hears of others");
    assert_eq!(node.control().content(&id).await.unwrap().content["mission"], "жоспар", "the reader's words are not in the document");

    let pieces = reader.set_aside(Some(&id)).await.unwrap();
    assert_eq!(pieces.len(), 1);
    assert_eq!((pieces[0].text.as_str(), pieces[0].reason.as_str()), ("менің ойым", "reader"));
    assert!(writer.set_aside(None).await.unwrap().is_empty(), "they are shown to their author alone");
    let refused = reader.copy_set_aside(pieces[0].id).await.expect_err("a reader makes no documents");
    assert!(refused.to_string().contains("not_allowed"), "{refused}");
    reader.drop_set_aside(pieces[0].id).await.unwrap();
    assert!(reader.set_aside(None).await.unwrap().is_empty());
    assert!(reader.drop_set_aside(pieces[0].id).await.is_err(), "what is gone cannot be dropped again");
}

#[tokio::test(flavor = "multi_thread")]
async fn words_for_a_document_of_another_school_can_be_kept_as_a_copy() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let document: DocumentId = id.parse().unwrap();
    node.stored.lock().await.get_mut(&document).unwrap().can_write = CanWrite::No;
    let person = node.person("marat", "teacher").await;
    let link = person.open_session().await.unwrap();
    let mut tab = link.open_document(&id, None).await.unwrap();
    type_in(&mut tab, "a thought").await;
    let piece = loop {
        if let Some(piece) = person.set_aside(Some(&id)).await.unwrap().pop() {
            break piece;
        }
        tab.wait_for(SOON, {
            let mut first = true;
            move |_, _| !std::mem::replace(&mut first, false)
        })
        .await
        .unwrap();
    };
    assert_eq!(piece.reason, "school_may_not_write");
    let copy = person.copy_set_aside(piece.id).await.expect("the copy is made");
    let content = person.content(&copy).await.unwrap().content;
    assert_eq!((content["mission"].as_str(), content["title"].as_str()), (Some("a thought"), Some("Даму жоспары")));
    assert!(person.set_aside(None).await.unwrap().is_empty(), "a copied piece is resolved");
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_carried_from_another_node_wait_for_it_and_then_count() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let other = NodeId([7; 32]);
    node.mood.send(Mood::OtherNodesActor(ids::actor_prefix(&other).to_vec())).unwrap();
    let link = node.control().open_session().await.unwrap();
    let mut tab = link.open_document(&id, None).await.unwrap();
    let before = tab.doc.get_heads();
    let mut there = tab.doc.fork().with_actor(ActorId::from(&*ids::ActorId::of_node(&other, [1; 8]).0));
    let (_, text) = there.get(ROOT, "mission").unwrap().unwrap();
    there.splice_text(&text, 0, 0, "written there").unwrap();
    there.commit();
    tab.merge(&mut there).await.unwrap();
    while !tab.read_only() {
        tab.wait_for(SOON, {
            let mut first = true;
            move |_, _| !std::mem::replace(&mut first, false)
        })
        .await
        .expect("the tab is told");
    }
    assert_eq!(node.control().content(&id).await.unwrap().content["mission"], "", "not applied before that node's entry");
    let changes: Vec<_> = there.get_changes(&before).iter().map(|change| change.raw_bytes().to_vec()).collect();
    node.arrive(id.parse().unwrap(), changes).await;
    let ended = tab.wait_for(SOON, |_, _| false).await.expect_err("the tab starts anew, as a writer");
    assert!(ended.to_string().contains("start_anew"), "{ended}");
    let link = node.control().open_session().await.unwrap();
    let mut again = link.open_document(&id, None).await.unwrap();
    again.merge(&mut tab.doc).await.unwrap();
    type_in(&mut again, ", and here").await;
    again.wait_acked(SOON).await.expect("the tab may write again");
    assert_eq!(node.control().content(&id).await.unwrap().content["mission"], "written there, and here");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_that_may_write_again_gets_its_tabs_back_to_writing() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let document: DocumentId = id.parse().unwrap();
    let link = node.control().open_session().await.unwrap();
    let mut tab = link.open_document(&id, None).await.unwrap();
    node.applied.send(Applied::Access { document, audience: Audience::School, can_write: CanWrite::No }).unwrap();
    type_in(&mut tab, "refused").await;
    while !tab.read_only() {
        tab.wait_for(SOON, {
            let mut first = true;
            move |_, _| !std::mem::replace(&mut first, false)
        })
        .await
        .expect("the tab is told");
    }
    node.applied.send(Applied::Access { document, audience: Audience::School, can_write: CanWrite::Yes }).unwrap();
    let ended = tab.wait_for(SOON, |_, _| false).await.expect_err("the tab starts anew");
    assert!(ended.to_string().contains("start_anew"), "{ended}");
    let link = node.control().open_session().await.unwrap();
    let mut again = link.open_document(&id, None).await.unwrap();
    type_in(&mut again, "kept").await;
    again.wait_acked(SOON).await.unwrap();
}
