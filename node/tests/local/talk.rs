//! Requests for feedback, threads and companions: of what they may speak.

use automerge::transaction::Transactable;
use automerge::{AutoCommit, AutomergeError, ObjType, ROOT};
use jeli_client::{Client, Document, NewDocument, SetAside, WriteRule};
use jeli_protocol::ids::{DocumentId, SpaceId};

use crate::support::{NETWORK, PRIVATE, SOON, TestNode, code_of};

const TALKS: [&str; 3] = ["feedback", "thread", "companion"];
/// What nobody but its person is to read.
const OWN_TITLE: &str = "Менің күмәндарым";

async fn make(by: &Client, space: SpaceId, kind: &str, title: &str, about: &str) -> Result<Document, String> {
    let space = space.to_string();
    by.create_document(&NewDocument { space: &space, kind, title, language: "kk", write_rule: WriteRule::Owner, about }).await.map_err(code_of)
}

/// Waits for the words that are set aside of a talk.
async fn set_aside(of: &Client, talk: &str) -> SetAside {
    let piece = async {
        loop {
            match of.set_aside(Some(talk)).await.unwrap().pop() {
                Some(piece) => break piece,
                None => tokio::task::yield_now().await,
            }
        }
    };
    tokio::time::timeout(SOON, piece).await.expect("the words are set aside")
}

/// Writes in a talk in an open tab; the words that the node has set aside, if it did not keep them.
async fn write(by: &Client, talk: &str, edit: impl FnOnce(&mut AutoCommit) -> Result<(), AutomergeError>) -> Result<(), SetAside> {
    let link = by.open_session().await.unwrap();
    let mut tab = link.open_document(talk, None).await.unwrap();
    tab.change(edit).await.unwrap();
    while !tab.is_acked() && !tab.read_only() {
        tab.take_next(SOON).await.expect("the node says what it thinks of it");
    }
    if tab.is_acked() { Ok(()) } else { Err(set_aside(by, talk).await) }
}

/// As [`write`], and says why the words were set aside.
async fn turn(by: &Client, talk: &str, edit: impl FnOnce(&mut AutoCommit) -> Result<(), AutomergeError>) -> Result<(), String> {
    let Err(piece) = write(by, talk, edit).await else { return Ok(()) };
    by.drop_set_aside(piece.id).await.unwrap();
    Err(piece.reason)
}

fn to(about: &str) -> impl FnOnce(&mut AutoCommit) -> Result<(), AutomergeError> {
    let about = about.to_owned();
    move |doc| doc.put(ROOT, "about", about)
}

/// As a client does that makes a text of every string.
fn to_by_text(about: &str) -> impl FnOnce(&mut AutoCommit) -> Result<(), AutomergeError> {
    let about = about.to_owned();
    move |doc| {
        let text = doc.put_object(ROOT, "about", ObjType::Text)?;
        doc.splice_text(&text, 0, 0, &about)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_begun_beside_a_notebook_and_a_copy_of_it_may_be_spoken_of() {
    let node = TestNode::start().await;
    let (owner, director) = (node.person("aigerim", "teacher").await, node.person("asel", "director").await);
    let none = DocumentId([9; 16]).to_string();
    for personal in ["notebook", "portfolio"] {
        let own = node.new_document(&owner, PRIVATE, personal).await;
        let before = node.stored.lock().await.len();
        for kind in TALKS {
            for space in [PRIVATE, NETWORK] {
                for about in [own.clone(), format!("{own}/steps/1")] {
                    let refused = make(&owner, space, kind, "x", &about).await.err();
                    assert_eq!(refused.as_deref(), Some("private_subject"), "{kind} about a {personal}");
                    for other in [&director, &node.control()] {
                        let (known, unknown) = (make(other, space, kind, "x", &about).await.err(), make(other, space, kind, "x", &none).await.err());
                        assert_eq!(known, unknown, "to others it is as if there were none");
                        assert_eq!(unknown.as_deref(), Some("unknown_document"));
                    }
                }
            }
        }
        let by_title = make(&owner, PRIVATE, "companion", &own, "").await.err();
        assert_eq!(by_title.as_deref(), Some("private_subject"), "a companion says by its title, too, what it is about");
        assert_eq!(node.stored.lock().await.len(), before, "nothing was made");
    }
    let (copy, plan) = (node.new_document(&owner, NETWORK, "notebook").await, node.new_plan().await);
    for about in [copy, format!("{plan}/actions/1")] {
        for kind in TALKS {
            let made = make(&director, NETWORK, kind, "x", &about).await.expect("everybody reads it");
            assert_eq!(made.facts.about, about);
            assert_eq!(director.content(&made.id).await.unwrap().content["about"], about);
        }
    }
    assert_eq!(make(&owner, PRIVATE, "plan", "x", &plan).await.err().as_deref(), Some("bad_field"), "a plan is about no other document");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_is_not_turned_to_a_notebook_later() {
    let node = TestNode::start().await;
    let (owner, other) = (node.person("aigerim", "teacher").await, node.person("marat", "teacher").await);
    let (own, plan) = (node.new_document(&owner, PRIVATE, "notebook").await, node.new_plan().await);
    let none = DocumentId([9; 16]).to_string();
    for kind in TALKS {
        let talk = make(&owner, NETWORK, kind, "x", "").await.unwrap().id;
        let document = talk.parse().unwrap();
        turn(&owner, &talk, to(&plan)).await.expect("the plan is everybody's");
        let before = node.stored_changes(document).await;
        for person in [&owner, &other] {
            for about in [own.clone(), format!("{own}/steps/1"), none.clone()] {
                assert_eq!(turn(person, &talk, to(&about)).await, Err("private_subject".to_owned()), "{kind}");
                assert_eq!(turn(person, &talk, to_by_text(&about)).await, Err("private_subject".to_owned()), "{kind}, as a text");
            }
        }
        assert_eq!(node.stored_changes(document).await, before, "nothing of it was kept");
        assert_eq!(other.content(&talk).await.unwrap().content["about"], plan);
        turn(&owner, &talk, to("")).await.expect("it may be about nothing");
    }
    let companion = make(&owner, NETWORK, "companion", "x", "").await.unwrap().id;
    let renamed = turn(&owner, &companion, |doc| doc.put(ROOT, "title", own.as_str()));
    assert_eq!(renamed.await, Err("private_subject".to_owned()), "nor a companion by its title");
}

/// Turns a talk elsewhere, and waits until that has come.
async fn lead(node: &TestNode, reader: &Client, talk: &str, about: &str) {
    node.bring(talk.parse().unwrap(), |doc| doc.put(ROOT, "about", about).unwrap()).await;
    let come = async {
        while reader.content(talk).await.unwrap().content["about"] != about {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, come).await.expect("it comes");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_program_has_begun_beside_a_notebook_takes_no_words_here() {
    let node = TestNode::start().await;
    let owner = node.person("aigerim", "teacher").await;
    let own = node.new_document(&owner, PRIVATE, "notebook").await;
    let talk = make(&owner, PRIVATE, "thread", "x", "").await.unwrap().id;
    let closed = |closed: bool| move |doc: &mut AutoCommit| doc.put(ROOT, "closed", closed);
    turn(&owner, &talk, closed(true)).await.expect("a thread about nothing takes them");
    lead(&node, &owner, &talk, &own).await;
    assert_eq!(turn(&owner, &talk, closed(false)).await, Err("private_subject".to_owned()));
    lead(&node, &owner, &talk, &DocumentId([9; 16]).to_string()).await;
    turn(&owner, &talk, closed(false)).await.expect("of what is not known here others may know");
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_words_are_no_way_to_begin_something_beside_a_notebook() {
    let node = TestNode::start().await;
    let owner = node.person("aigerim", "teacher").await;
    let own = node.new_document(&owner, PRIVATE, "notebook").await;
    let talk = make(&owner, NETWORK, "thread", "x", "").await.unwrap().id;
    let piece = write(&owner, &talk, to(&own)).await.expect_err("refused");
    let before = node.stored.lock().await.len();
    assert_eq!(code_of(owner.copy_set_aside(piece.id).await.err().unwrap()), "private_subject");
    assert_eq!(node.stored.lock().await.len(), before, "nothing was made");
    owner.drop_set_aside(piece.id).await.expect("and they are still their author's");
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_feedback_tells_nobody_the_title_of_a_notebook() {
    let node = TestNode::start().await;
    let (owner, other) = (node.person("aigerim", "teacher").await, node.person("marat", "teacher").await);
    let own = make(&owner, PRIVATE, "notebook", OWN_TITLE, "").await.unwrap().id;
    let (asked, about_plan) = (format!("Пікір сұрау: {OWN_TITLE}"), node.new_plan().await);
    for space in [PRIVATE, NETWORK] {
        make(&owner, space, "feedback", &asked, &own).await.expect_err("refused before anything is made");
    }
    make(&owner, PRIVATE, "feedback", "Жоспар туралы", &about_plan).await.expect("the neighbour is made");
    let listed = other.documents(None).await.unwrap();
    assert!(listed.iter().any(|document| document.facts.about == about_plan && document.title == "Жоспар туралы"));
    for document in &listed {
        let content = other.content(&document.id).await.unwrap().content;
        assert!(!format!("{document:?}{content}").contains(OWN_TITLE), "{document:?}");
    }
    assert!(owner.documents(None).await.unwrap().iter().any(|document| document.title == OWN_TITLE), "its person reads it");
}
