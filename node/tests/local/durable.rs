//! Invariant 1: nothing is acknowledged, or shown to anybody, before it is durable.

use std::sync::atomic::Ordering;

use crate::support::{Mood, QUIET, SOON, TestNode};
use crate::sync::{mission, type_in};
use jeli_client::ClientError;

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledgement_leaves_while_the_commit_is_under_way() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let (one, two) = (node.control().open_session().await.unwrap(), node.control().open_session().await.unwrap());
    let mut writer = one.open_document(&id, None).await.unwrap();
    let mut reader = two.open_document(&id, None).await.unwrap();
    node.mood.send(Mood::Wait).unwrap();
    type_in(&mut writer, "not yet").await;
    assert!(matches!(writer.wait_acked(QUIET).await, Err(ClientError::TimedOut(_))), "the writer hears nothing before the commit");
    assert!(
        matches!(reader.wait_for(QUIET, |doc, _| !mission(doc).is_empty()).await, Err(ClientError::TimedOut(_))),
        "another tab sees nothing before the commit"
    );
    assert_eq!(node.submissions.load(Ordering::SeqCst), 1, "though the change did reach the store");
    node.mood.send(Mood::Keep).unwrap();
    writer.wait_acked(SOON).await.expect("the acknowledgement follows the commit");
    reader.wait_for(SOON, |doc, _| mission(doc) == "not yet").await.expect("so does the other tab");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_commit_is_never_acknowledged_and_the_words_arrive_when_the_tab_comes_again() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let link = node.control().open_session().await.unwrap();
    let mut writer = link.open_document(&id, None).await.unwrap();
    node.mood.send(Mood::Fail).unwrap();
    type_in(&mut writer, "kept in the tab").await;
    let ended = writer.wait_acked(SOON).await.expect_err("the disk is full");
    assert!(ended.to_string().contains("store_fault"), "{ended}");
    assert_eq!(node.control().content(&id).await.unwrap().content["mission"], "", "nobody sees words that are not on disk");
    node.mood.send(Mood::Keep).unwrap();
    let link = node.control().open_session().await.unwrap();
    let mut again = link.open_document(&id, None).await.unwrap();
    again.merge(&mut writer.doc).await.unwrap();
    again.wait_acked(SOON).await.expect("the disk has room again");
    assert_eq!(node.control().content(&id).await.unwrap().content["mission"], "kept in the tab");
}

#[tokio::test(flavor = "multi_thread")]
async fn keystrokes_that_come_during_a_commit_are_kept_together_by_the_next() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let (one, two) = (node.control().open_session().await.unwrap(), node.control().open_session().await.unwrap());
    let mut first = one.open_document(&id, None).await.unwrap();
    let mut second = two.open_document(&id, None).await.unwrap();
    node.mood.send(Mood::Wait).unwrap();
    type_in(&mut first, "a").await;
    type_in(&mut second, "b").await;
    node.mood.send(Mood::Keep).unwrap();
    first.wait_acked(SOON).await.unwrap();
    second.wait_acked(SOON).await.unwrap();
    first.wait_for(SOON, |doc, _| mission(doc).chars().count() == 2).await.expect("both letters are in both tabs");
}
