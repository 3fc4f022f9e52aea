//! Several real nodes in one process: invited, written to through their local APIs, cut off, stopped and started again.

use std::time::Duration;

use anyhow::Result;
use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjType, ROOT, ReadDoc};
use jeli_client::{ClientError, DocSession, NewDocument, NewPerson, WriteRule};
use jeli_tests::school::{PATIENCE, School, eventually};

fn title(doc: &AutoCommit) -> String {
    match doc.get(ROOT, "title") {
        Ok(Some((automerge::Value::Object(ObjType::Text), text))) => doc.text(text).unwrap_or_default(),
        _ => String::new(),
    }
}

async fn write(session: &mut DocSession, words: &str) -> Result<()> {
    session
        .change(|doc| {
            let (_, text) = doc.get(ROOT, "title").map_err(|error| ClientError::BadAnswer(error.to_string()))?.expect("every kind has a title");
            let end = doc.length(&text);
            doc.splice_text(&text, end, 0, words).map_err(|error| ClientError::BadAnswer(error.to_string()))
        })
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_schools_write_one_plan_and_agree() -> Result<()> {
    let a = School::start("«Бірлік» мектебі").await?;
    let b = School::start("Школа № 12").await?;
    let space = a.client()?.create_space("Алты мектеп желісі").await?;
    a.invites(&b, &space.id).await?;
    let plan = a.makes(&space.id, "plan", "Жоспар").await?;

    let (mut at_a, mut at_b) = (a.opens(&plan.id).await?, b.opens(&plan.id).await?);
    write(&mut at_a, " бір").await?;
    write(&mut at_b, " два").await?;
    at_a.wait_acked(PATIENCE).await?;
    at_b.wait_acked(PATIENCE).await?;
    let both = |doc: &mut AutoCommit| title(doc).contains("бір") && title(doc).contains("два");
    at_a.wait_for(PATIENCE, |doc, _| both(doc)).await?;
    at_b.wait_for(PATIENCE, |doc, _| both(doc)).await?;
    assert_eq!(title(&at_a.doc), title(&at_b.doc), "both schools show the same words");

    // Who has the latest is known from receipts.
    eventually("both schools to have the latest", async || {
        let status = a.client()?.document_status(&plan.id).await?;
        Ok(status.published && status.reached == 2 && status.of == 2)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_on_both_sides_of_a_cut_line_meets_when_it_is_joined() -> Result<()> {
    let a = School::start("A").await?;
    let b = School::start("B").await?;
    let space = a.client()?.create_space("network").await?;
    a.invites(&b, &space.id).await?;
    let plan = a.makes(&space.id, "meeting", "Agenda").await?;
    let (mut at_a, mut at_b) = (a.opens(&plan.id).await?, b.opens(&plan.id).await?);

    b.client()?.cut_line(true).await?;
    write(&mut at_a, " written at A").await?;
    write(&mut at_b, " written at B").await?;
    at_a.wait_acked(Duration::from_secs(10)).await?;
    at_b.wait_acked(Duration::from_secs(10)).await?;
    assert!(!title(&at_b.doc).contains("written at A"), "the line is cut");
    let status = b.client()?.document_status(&plan.id).await?;
    assert!(!status.published && status.reached == 1, "a node that is alone claims nothing for others");

    b.client()?.cut_line(false).await?;
    let both = |doc: &mut AutoCommit| title(doc).contains("written at A") && title(doc).contains("written at B");
    at_a.wait_for(PATIENCE, |doc, _| both(doc)).await?;
    at_b.wait_for(PATIENCE, |doc, _| both(doc)).await?;
    assert_eq!(title(&at_a.doc), title(&at_b.doc));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_schools_that_met_through_a_third_go_on_without_it() -> Result<()> {
    let a = School::start("A").await?;
    let b = School::start("B").await?;
    let c = School::start("C").await?;
    let space = a.client()?.create_space("network").await?;
    a.invites(&b, &space.id).await?;
    a.invites(&c, &space.id).await?;
    let plan = b.makes(&space.id, "plan", "Plan").await?;
    eventually("B and C to be connected", async || {
        let name_of_c = c.client()?.status().await?.node.id;
        Ok(b.client()?.status().await?.peers.iter().any(|peer| peer.node == name_of_c && peer.connected))
    })
    .await?;
    let mut at_c = c.opens(&plan.id).await?;
    a.client()?.cut_line(true).await?;
    let mut at_b = b.opens(&plan.id).await?;
    write(&mut at_b, " without A").await?;
    at_b.wait_acked(PATIENCE).await?;
    at_c.wait_for(PATIENCE, |doc, _| title(doc).contains("without A")).await?;
    Ok(())
}

/// Writes where it may not, and returns what was set aside for it, with the reason.
async fn refused(school: &School, document: &str, actor: Option<&str>, words: &str) -> Result<(String, String)> {
    let client = school.client()?;
    let mut session = client.open_session().await?.open_document(document, actor).await?;
    write(&mut session, words).await?;
    while !session.read_only() {
        session.take_next(PATIENCE).await?;
    }
    assert!(!session.is_acked(), "what was refused is not acknowledged");
    eventually("the words to be set aside", async || Ok(!client.set_aside(Some(document)).await?.is_empty())).await?;
    let pieces = client.set_aside(Some(document)).await?;
    assert_eq!(pieces.len(), 1);
    client.copy_set_aside(pieces[0].id).await?;
    Ok((pieces[0].text.clone(), pieces[0].reason.clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn words_without_the_right_or_in_another_nodes_name_are_kept_aside_and_reach_no_school() -> Result<()> {
    let a = School::start("A").await?;
    let b = School::start("B").await?;
    let space = a.client()?.create_space("network").await?;
    a.invites(&b, &space.id).await?;
    let new = NewDocument { space: &space.id, kind: "plan", title: "Ours", language: "en", write_rule: WriteRule::Owner, about: "" };
    let owned = a.client()?.create_document(&new).await?;
    let shared = a.makes(&space.id, "plan", "Shared").await?;
    drop((b.opens(&owned.id).await?, b.opens(&shared.id).await?));

    let of_reader = refused(&b, &owned.id, Some(&b.client()?.me().await?.actor), " by B").await?;
    assert_eq!(of_reader, (" by B".to_owned(), "school_may_not_write".to_owned()));
    let in_as_name = refused(&b, &shared.id, Some(&a.client()?.me().await?.actor), " in A's name").await?;
    assert_eq!(in_as_name, (" in A's name".to_owned(), "waits_for_another_node".to_owned()));

    // The neighbour that may write does, and everybody has that alone.
    let mut own = b.opens(&shared.id).await?;
    write(&mut own, " by B").await?;
    own.wait_acked(PATIENCE).await?;
    let mut at_a = a.opens(&shared.id).await?;
    at_a.wait_for(PATIENCE, |doc, _| title(doc) == "Shared by B").await?;
    assert_eq!(title(&a.opens(&owned.id).await?.doc), "Ours");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_in_the_name_of_somebody_else_at_their_school() -> Result<()> {
    let a = School::start("A").await?;
    let space = a.client()?.spaces().await?.remove(0).id;
    let plan = a.makes(&space, "plan", "Plan").await?.id;
    let mut people = Vec::new();
    for login in ["aigul", "bolat"] {
        let person = NewPerson { name: login, login, password: "correct horse", role: "deputy", language: "kk", pass: None };
        a.client()?.add_person(&person).await?;
        people.push(a.client()?.sign_in(login, "correct horse").await?);
    }
    let actor = people[0].me().await?.actor;
    let mut aiguls = people[0].open_session().await?.open_document(&plan, Some(&actor)).await?;
    write(&mut aiguls, " by Aigul").await?;
    aiguls.wait_acked(PATIENCE).await?;

    // Bolat's own client goes on where hers stopped.
    let mut bolats = people[1].open_session().await?.open_document(&plan, Some(&actor)).await?;
    write(&mut bolats, " by Bolat").await?;
    while !bolats.read_only() {
        bolats.take_next(PATIENCE).await?;
    }
    eventually("his words to be set aside", async || Ok(!people[1].set_aside(Some(&plan)).await?.is_empty())).await?;
    let pieces = people[1].set_aside(Some(&plan)).await?;
    assert_eq!(pieces.iter().map(|piece| (piece.text.as_str(), piece.reason.as_str())).collect::<Vec<_>>(), [(" by Bolat", "another_person")]);

    // With an actor of his own he writes, and hers goes on.
    let own = people[1].me().await?.actor;
    let mut bolats = people[1].open_session().await?.open_document(&plan, Some(&own)).await?;
    write(&mut bolats, " by Bolat").await?;
    bolats.wait_acked(PATIENCE).await?;
    write(&mut aiguls, " again").await?;
    aiguls.wait_acked(PATIENCE).await?;
    aiguls.wait_for(PATIENCE, |doc, _| title(doc).contains("by Bolat") && title(doc).contains("again")).await?;
    Ok(())
}

/// An Automerge client that makes its own actor ids, and made the same one at two schools.
const SAME_ACTOR: &str = "00112233445566778899aabbccddeeff";

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_whose_words_turn_out_to_be_no_part_of_the_document_is_told_and_they_do_not_come_back() -> Result<()> {
    let a = School::start("A").await?;
    let b = School::start("B").await?;
    let space = a.client()?.create_space("network").await?;
    a.invites(&b, &space.id).await?;
    let plan = a.makes(&space.id, "plan", "Plan").await?;
    drop(b.opens(&plan.id).await?);
    b.client()?.cut_line(true).await?;
    let at_b = b.client()?.open_session().await?;
    let mut at_b = at_b.open_document(&plan.id, Some(SAME_ACTOR)).await?;
    write(&mut at_b, " of B").await?;
    at_b.wait_acked(PATIENCE).await?;
    let at_a = a.client()?.open_session().await?;
    let mut at_a = at_a.open_document(&plan.id, Some(SAME_ACTOR)).await?;
    write(&mut at_a, " of A").await?;
    at_a.wait_acked(PATIENCE).await?;

    // Two changes under one name: where the schools meet, the one of the school that was there first counts.
    b.client()?.cut_line(false).await?;
    while !at_b.read_only() {
        at_b.take_next(PATIENCE).await?;
    }
    assert!(!at_b.is_acked(), "B's words are no part of the document");
    let pieces = b.client()?.set_aside(Some(&plan.id)).await?;
    assert_eq!(pieces.iter().map(|piece| (piece.text.as_str(), piece.reason.as_str())).collect::<Vec<_>>(), [(" of B", "no_longer_part")]);
    let copy = b.client()?.copy_set_aside(pieces[0].id).await?;
    assert_eq!(b.client()?.content(&copy).await?.content["title"], "Plan of B", "the copy has B's words in their place");
    let mut fresh = b.opens(&plan.id).await?;
    assert_eq!(title(&fresh.doc), "Plan of A");
    write(&mut fresh, ", and B").await?;
    fresh.wait_acked(PATIENCE).await?;
    at_a.wait_for(PATIENCE, |doc, _| title(doc) == "Plan of A, and B").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_stopped_catches_up_when_it_starts_again() -> Result<()> {
    let a = School::start("A").await?;
    let mut b = School::start("B").await?;
    let space = a.client()?.create_space("network").await?;
    a.invites(&b, &space.id).await?;
    let plan = a.makes(&space.id, "plan", "Plan").await?;
    drop(b.opens(&plan.id).await?);
    b.stop().await;

    let mut at_a = a.opens(&plan.id).await?;
    write(&mut at_a, " while B was away").await?;
    at_a.wait_acked(PATIENCE).await?;
    b.run().await?;
    let mut at_b = b.opens(&plan.id).await?;
    at_b.wait_for(PATIENCE, |doc, _| title(doc).contains("while B was away")).await?;
    Ok(())
}
