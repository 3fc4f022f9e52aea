//! Documents of an older schema, opened with this program.

use automerge::{ActorId, AutoCommit, ROOT, ReadDoc};
use jeli_node::replica_handle::CanWrite;
use jeli_protocol::ids::DocumentId;
use jeli_protocol::kinds::{self, Input, Kind, fixed_changes};

use crate::support::{Mood, SOON, TestNode};
use crate::sync::type_in;

/// A plan that was made by a program of the first schema.
async fn old_plan(node: &TestNode) -> (String, DocumentId) {
    let id = node.new_plan().await;
    let document: DocumentId = id.parse().unwrap();
    let mut plan = AutoCommit::load(fixed_changes(Kind::Plan)[0].chunk).unwrap().with_actor(ActorId::from(&[7; 16][..]));
    kinds::set(&mut plan, &["title"], Input::Text("Ескі жоспар")).unwrap();
    plan.commit();
    let changes = plan.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect();
    node.stored.lock().await.get_mut(&document).unwrap().changes = changes;
    (id, document)
}

/// Fixed changes by which a plan of the first schema grows.
fn growth() -> usize {
    fixed_changes(Kind::Plan).len() - 1
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_plan_grows_once_when_somebody_who_may_write_it_opens_it() {
    let node = TestNode::start().await;
    let (id, document) = old_plan(&node).await;
    let (reader, teacher) = (node.person("oqyrman", "reader").await, node.person("marat", "teacher").await);
    let link = reader.open_session().await.unwrap();
    let mut readers = link.open_document(&id, None).await.unwrap();
    assert_eq!(node.stored_changes(document).await, 2, "a reader writes nothing, not even this");
    assert!(readers.doc.get(ROOT, "judgements").unwrap().is_none());

    let link = teacher.open_session().await.unwrap();
    let mut tab = link.open_document(&id, None).await.unwrap();
    assert!(tab.doc.get(ROOT, "judgements").unwrap().is_some(), "it comes with the first answer");
    assert_eq!(node.stored.lock().await.get(&document).unwrap().changes[2], fixed_changes(Kind::Plan)[1].chunk, "the fixed change, on disk");
    readers.wait_for(SOON, |doc, _| doc.get(ROOT, "judgements").unwrap().is_some()).await.expect("the tab that was open hears of it");
    assert_eq!(kinds::check(&tab.doc), [], "it follows the newest schema");
    type_in(&mut tab, "x").await;
    tab.wait_acked(SOON).await.unwrap();
    let _again = teacher.open_session().await.unwrap().open_document(&id, None).await.unwrap();
    assert_eq!(node.stored_changes(document).await, 2 + growth() + 1, "nothing is added twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_that_only_reads_a_document_does_not_grow_it() {
    let node = TestNode::start().await;
    let (id, document) = old_plan(&node).await;
    node.stored.lock().await.get_mut(&document).unwrap().can_write = CanWrite::No;
    let teacher = node.person("marat", "teacher").await;
    let _open = teacher.open_session().await.unwrap().open_document(&id, None).await.unwrap();
    assert_eq!((node.stored_changes(document).await, node.submissions.load(std::sync::atomic::Ordering::SeqCst)), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_growth_that_could_not_be_kept_is_shown_to_nobody_and_made_later() {
    let node = TestNode::start().await;
    let (id, document) = old_plan(&node).await;
    node.mood.send(Mood::Fail).unwrap();
    let teacher = node.person("marat", "teacher").await;
    let tab = teacher.open_session().await.unwrap().open_document(&id, None).await.unwrap();
    assert!(tab.doc.get(ROOT, "judgements").unwrap().is_none(), "the document opens as it is");
    node.mood.send(Mood::Keep).unwrap();
    let tab = teacher.open_session().await.unwrap().open_document(&id, None).await.unwrap();
    assert!(tab.doc.get(ROOT, "judgements").unwrap().is_some());
    assert_eq!(node.stored_changes(document).await, 2 + growth());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_does_not_begin_as_its_kind_does_is_left_as_it_is() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let document: DocumentId = id.parse().unwrap();
    let mut other = AutoCommit::new().with_actor(ActorId::from(&[7; 16][..]));
    automerge::transaction::Transactable::put(&mut other, ROOT, "title", "x").unwrap();
    other.commit();
    node.stored.lock().await.get_mut(&document).unwrap().changes = vec![other.get_last_local_change().unwrap().raw_bytes().to_vec()];
    node.rebuilt(document).await;
    let _tab = node.control().open_session().await.unwrap().open_document(&id, None).await.unwrap();
    assert_eq!(node.stored_changes(document).await, 1);
}
