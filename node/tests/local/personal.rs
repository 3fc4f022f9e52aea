//! A notebook in the school's own space: its person's alone, at every door.

use automerge::transaction::Transactable;
use automerge::{AutomergeError, ROOT, ReadDoc};
use jeli_client::{Client, ClientError, DocSession};
use jeli_node::documents::set_aside::{self, Piece};
use jeli_node::replica_handle::{Applied, CanWrite};
use jeli_protocol::ids::{DocumentId, PersonId};
use jeli_protocol::kinds::{self, Input, Kind};

use crate::support::{NETWORK, PRIVATE, SOON, TestNode, code_of};

async fn id_of(person: &Client) -> PersonId {
    person.me().await.unwrap().person.id.parse().unwrap()
}

/// What each door answers somebody who asks for a document.
async fn doors(client: &Client, id: &str) -> Vec<String> {
    let socket = client.open_session().await.unwrap();
    let opened = match socket.open_document(id, None).await {
        Ok(_) => "open".to_owned(),
        Err(ClientError::Unavailable(_)) => "unavailable".to_owned(),
        Err(other) => other.to_string(),
    };
    let said = [
        client.document(id).await.map(drop),
        client.content(id).await.map(drop),
        client.document_status(id).await.map(drop),
        client.presence(id).await.map(drop),
    ];
    let said = said.into_iter().map(|answer| answer.map_or_else(code_of, |()| "shown".to_owned()));
    let listed = client.documents(None).await.unwrap().iter().any(|document| document.id == id);
    said.chain([opened, if listed { "listed" } else { "not listed" }.to_owned()]).collect()
}

async fn give_to(tab: &mut DocSession, person: &str) {
    tab.change(|doc| -> Result<(), AutomergeError> { doc.put(ROOT, "person", person) }).await.unwrap();
    tab.wait_acked(SOON).await.expect("whoever gives a document away is told that it is kept");
}

/// Waits until somebody's list has a document, or has it no more.
async fn until_listed(client: &Client, id: &str, wanted: bool) {
    let listed = async {
        while client.documents(None).await.unwrap().iter().any(|document| document.id == id) != wanted {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, listed).await.expect("the list follows");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notebook_is_shown_to_its_person_and_to_everybody_else_of_the_school_there_is_none() {
    let node = TestNode::start().await;
    let owner = node.person("aigerim", "teacher").await;
    let none = DocumentId([9; 16]).to_string();
    for kind in ["notebook", "portfolio"] {
        let id = node.new_document(&owner, PRIVATE, kind).await;
        let mine = ["shown", "shown", "shown", "shown", "open", "listed"];
        assert_eq!(doors(&owner, &id).await, mine, "{kind}");
        for (login, role) in [("bastyq", "director"), ("marat", "teacher"), ("oqyrman", "reader")] {
            let other = node.person(&format!("{login}-{kind}"), role).await;
            assert_eq!(doors(&other, &id).await, doors(&other, &none).await, "{kind} for a {role}");
        }
        assert_eq!(doors(&node.control(), &id).await, doors(&node.control(), &none).await, "{kind} for whoever has the machine's token");
        assert_eq!(doors(&owner, &id).await, mine, "{kind} is still there");
    }
    let plan = node.new_plan().await;
    let neighbour = node.person("aliya", "teacher").await;
    assert_eq!(doors(&neighbour, &plan).await, ["shown", "shown", "shown", "shown", "open", "listed"], "the plan beside them is everybody's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_notebook_says_whose_it_is_and_one_in_a_network_says_what_its_author_chooses() {
    let node = TestNode::start().await;
    let owner = node.person("aigerim", "teacher").await;
    let me = owner.me().await.unwrap();
    let own = node.new_document(&owner, PRIVATE, "notebook").await;
    let content = owner.content(&own).await.unwrap().content;
    let reference = format!("{}/{}", me.school.id, me.person.id);
    assert_eq!((content["person"].as_str(), content["author"].as_str()), (Some(reference.as_str()), Some("aigerim")));
    assert_eq!(owner.document(&own).await.unwrap().facts.person, reference);

    let published = node.new_document(&owner, NETWORK, "notebook").await;
    let content = owner.content(&published).await.unwrap().content;
    assert_eq!((content["person"].as_str(), content["author"].as_str()), (Some(""), Some("")), "a pseudonym is possible");
    let other = node.person("marat", "teacher").await;
    assert_eq!(doors(&other, &published).await, ["shown", "shown", "shown", "shown", "open", "listed"]);

    let space = PRIVATE.to_string();
    let write_rule = jeli_client::WriteRule::Owner;
    let nobodys = jeli_client::NewDocument { space: &space, kind: "notebook", title: "x", language: "kk", write_rule, about: "" };
    assert_eq!(code_of(node.control().create_document(&nobodys).await.err().unwrap()), "not_allowed", "the machine is no person");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_their_notebook_to_somebody_has_it_no_more() {
    let node = TestNode::start().await;
    let (giver, taker, other) =
        (node.person("aigerim", "teacher").await, node.person("marat", "teacher").await, node.person("asel", "director").await);
    let id = node.new_document(&giver, PRIVATE, "notebook").await;
    let link = giver.open_session().await.unwrap();
    let mut tab = link.open_document(&id, None).await.unwrap();
    let me = taker.me().await.unwrap();
    give_to(&mut tab, &format!("{}/{}", me.school.id, me.person.id)).await;
    let ended = tab.wait_for(SOON, |_, _| false).await.expect_err("the tab that showed it ends");
    assert!(ended.to_string().contains("start_anew"), "{ended}");
    until_listed(&taker, &id, true).await;
    assert_eq!(doors(&taker, &id).await, ["shown", "shown", "shown", "shown", "open", "listed"]);
    let none = DocumentId([9; 16]).to_string();
    for other in [&giver, &other] {
        assert_eq!(doors(other, &id).await, doors(other, &none).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_computer_of_the_school_brings_goes_to_its_person_and_not_to_a_tab_that_was_open() {
    let node = TestNode::start().await;
    let (owner, taker) = (node.person("aigerim", "teacher").await, node.person("marat", "teacher").await);
    let id = node.new_document(&owner, PRIVATE, "notebook").await;
    let document: DocumentId = id.parse().unwrap();
    let link = owner.open_session().await.unwrap();
    let mut tab = link.open_document(&id, None).await.unwrap();
    let me = taker.me().await.unwrap();
    // At the laptop it was given away and written in.
    let mut elsewhere = tab.doc.fork();
    let before = elsewhere.get_heads();
    elsewhere.put(ROOT, "person", format!("{}/{}", me.school.id, me.person.id)).unwrap();
    kinds::set(&mut elsewhere, &["focus"], Input::Text("only for the other")).unwrap();
    elsewhere.commit();
    let changes = elsewhere.get_changes(&before).iter().map(|change| change.raw_bytes().to_vec()).collect();
    node.arrive(document, changes).await;
    tab.wait_for(SOON, |_, _| false).await.expect_err("the tab ends");
    let (_, focus) = tab.doc.get(ROOT, "focus").unwrap().unwrap();
    assert_eq!(tab.doc.text(&focus).unwrap(), "", "and was not told what came");
    until_listed(&owner, &id, false).await;
    assert_eq!(taker.content(&id).await.unwrap().content["focus"], "only for the other");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_is_known_of_its_person_nobody_gets_it() {
    let node = TestNode::start().await;
    let owner = node.person("aigerim", "teacher").await;
    let id = node.new_document(&owner, PRIVATE, "notebook").await;
    let document: DocumentId = id.parse().unwrap();
    // Asked after it was described.
    owner.document(&id).await.expect("its person's");
    // The store takes requests in order: what it was told of the document before this one is with it now.
    owner.documents(None).await.unwrap();
    let content = {
        let mut all = node.stored.lock().await;
        let stored = all.get_mut(&document).unwrap();
        stored.facts = kinds::Facts::default();
        std::mem::take(&mut stored.changes)
    };
    node.rebuilt(document).await;
    let none = DocumentId([9; 16]).to_string();
    for anybody in [&owner, &node.control()] {
        assert_eq!(doors(anybody, &id).await, doors(anybody, &none).await, "coming, and nobody can say for whom");
    }
    node.arrive(document, content).await;
    until_listed(&owner, &id, true).await;
    assert_eq!(doors(&owner, &id).await, ["shown", "shown", "shown", "shown", "open", "listed"]);
    assert_eq!(doors(&node.control(), &id).await, doors(&node.control(), &none).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_set_aside_are_no_way_into_a_notebook_that_is_another_persons() {
    let node = TestNode::start().await;
    let (owner, other) = (node.person("aigerim", "teacher").await, node.person("marat", "teacher").await);
    let id = node.new_document(&owner, PRIVATE, "notebook").await;
    let document: DocumentId = id.parse().unwrap();
    for person in [id_of(&owner).await, id_of(&other).await] {
        let change = kinds::fixed_changes(Kind::Notebook)[0].chunk.to_vec();
        let piece = Piece { document, person, reason: "reader", words: "own words".to_owned(), changes: vec![change] };
        node.app.replica.with_db(|db| set_aside::put(db, piece)).await.unwrap().unwrap();
    }
    let piece = other.set_aside(None).await.unwrap().remove(0);
    assert_eq!(piece.text, "own words", "one's own words are one's own");
    assert_eq!(code_of(other.copy_set_aside(piece.id).await.err().unwrap()), "unknown_document", "a copy would hold the rest of it");
    let piece = owner.set_aside(None).await.unwrap().remove(0);
    let copy = owner.copy_set_aside(piece.id).await.expect("its person may");
    until_listed(&owner, &copy, true).await;
    assert!(other.documents(None).await.unwrap().is_empty(), "and the copy is that person's too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_words_for_a_published_notebook_is_its_makers() {
    let node = TestNode::start().await;
    let (reader, other) = (node.person("aigerim", "teacher").await, node.person("marat", "teacher").await);
    let id = node.new_document(&other, NETWORK, "notebook").await;
    node.stored.lock().await.get_mut(&id.parse().unwrap()).unwrap().can_write = CanWrite::No;
    let piece = Piece {
        document: id.parse().unwrap(),
        person: id_of(&reader).await,
        reason: "reader",
        words: "x".to_owned(),
        changes: vec![kinds::fixed_changes(Kind::Notebook)[0].chunk.to_vec()],
    };
    node.app.replica.with_db(|db| set_aside::put(db, piece)).await.unwrap().unwrap();
    let piece = reader.set_aside(None).await.unwrap().remove(0);
    let copy = reader.copy_set_aside(piece.id).await.unwrap();
    until_listed(&reader, &copy, true).await;
    assert!(other.documents(None).await.unwrap().iter().all(|document| document.id != copy));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_presence_of_a_notebook_go_to_its_person_only() {
    let node = TestNode::start().await;
    let (owner, other) = (node.person("aigerim", "teacher").await, node.person("asel", "director").await);
    let id = node.new_document(&owner, PRIVATE, "notebook").await;
    let plan = node.new_plan().await;
    let (document, audience) = (id.parse().unwrap(), jeli_node::audience::Audience::Person(id_of(&owner).await));
    let (own, others) = (node.events_of(&owner, "event: access").await, node.events_of(&other, "event: network").await);
    let link = owner.open_session().await.unwrap();
    let (_notebook, _plan) = (link.open_document(&id, None).await.unwrap(), link.open_document(&plan, None).await.unwrap());
    let mut open = node.open.clone();
    let told = tokio::time::timeout(SOON, open.wait_for(|open| open.len() == 2)).await.unwrap().unwrap().clone();
    for (told, names) in told {
        let expected: &[&str] = if told.to_string() == id { &[] } else { &["aigerim"] };
        assert_eq!(names, expected, "other nodes hear who is at the plan and not who is at the notebook");
    }
    node.applied.send(Applied::Status { document, audience }).unwrap();
    let of_all = jeli_node::audience::Audience::School;
    node.applied.send(Applied::Status { document: plan.parse().unwrap(), audience: of_all }).unwrap();
    node.applied.send(Applied::Presence { document, audience }).unwrap();
    node.applied.send(Applied::Access { document, audience, can_write: CanWrite::Yes }).unwrap();
    let own = own.await.unwrap();
    // Whatever was told of the notebook was told before this.
    node.applied.send(Applied::Network).unwrap();
    let others = others.await.unwrap();
    for event in ["event: status", "event: access", "event: presence"] {
        assert!(own.contains(event), "{event} to its person: {own}");
    }
    assert!(own.contains(&id) && !others.contains(&id), "nobody else hears of it: {others}");
    assert!(others.contains(&plan), "of the plan they do: {others}");
}
