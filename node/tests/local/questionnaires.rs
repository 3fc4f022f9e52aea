//! Questionnaires by link, answered without an account.

use std::collections::BTreeMap;

use automerge::{AutoCommit, Change};
use jeli_client::{Client, ClientError};
use jeli_node::clock::{Day, now_s};
use jeli_node::limits::{ANSWERS_PER_MINUTE_PER_ADDRESS, LOOKS_PER_MINUTE_PER_ADDRESS, WRONG_LINKS_PER_MINUTE_PER_ADDRESS};
use jeli_node::replica_handle::CanWrite;
use jeli_protocol::ids::DocumentId;
use jeli_protocol::kinds::write::add_item;
use jeli_protocol::kinds::{self, Input, ItemId, Place};

use crate::support::{Mood, NETWORK, TestNode, code_of};

const SURVEY: ItemId = ItemId::from_bytes([1; 16]);
const QUESTIONS: [ItemId; 2] = [ItemId::from_bytes([11; 16]), ItemId::from_bytes([12; 16])];

/// A plan with a questionnaire that is open.
async fn plan(node: &TestNode, by: &Client) -> (String, DocumentId) {
    let id = node.new_document(by, NETWORK, "plan").await;
    let document = id.parse().unwrap();
    node.bring(document, |doc| {
        let survey = [("title", Input::Text("Ата-аналарға")), ("audience", Input::Str("parents")), ("open", Input::Bool(true))];
        add_item(doc, "surveys", SURVEY, Place::Last, &survey).unwrap();
        for question in QUESTIONS {
            let survey = SURVEY.to_string();
            let fields = [("survey", Input::Str(&survey)), ("text", Input::Text("Мектеп сізді тыңдай ма?"))];
            add_item(doc, "survey_questions", question, Place::Last, &fields).unwrap();
        }
    })
    .await;
    (id, document)
}

async fn token_of(client: &Client, plan: &str) -> String {
    let link = client.questionnaire_link(plan, &SURVEY.to_string()).await.expect("who may write gives the link");
    assert!(link.address.ends_with(&link.path) && link.qr_svg.contains("<svg"));
    link.path.strip_prefix("/q/").expect("a page of its own").to_owned()
}

fn answers(given: &[(ItemId, i64)]) -> BTreeMap<String, i64> {
    given.iter().map(|(question, rating)| (question.to_string(), *rating)).collect()
}

/// The totals of one question by link.
async fn totals(client: &Client, plan: &str, question: ItemId) -> Vec<[i64; 4]> {
    let content = client.content(plan).await.unwrap().content;
    let tallies = content["tallies"].as_object().unwrap().values().filter(|tally| tally["question"] == question.to_string());
    tallies.map(|tally| [1, 2, 3, 4].map(|rating| tally[format!("rated_{rating}")].as_i64().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_link_answers_without_an_account_and_only_totals_remain() {
    let node = TestNode::start().await;
    let teacher = node.person("marat", "teacher").await;
    let (id, document) = plan(&node, &teacher).await;
    let token = token_of(&teacher, &id).await;
    assert_eq!(token_of(&teacher, &id).await, token, "the link is the same every time");
    let parent = node.nobody();
    let asked = parent.questionnaire(&token).await.expect("anybody may see it");
    assert_eq!((asked.title.as_str(), asked.audience.as_str(), asked.language.as_str(), asked.open), ("Ата-аналарға", "parents", "kk", true));
    assert_eq!(asked.questions.iter().map(|question| question.id.clone()).collect::<Vec<_>>(), QUESTIONS.map(|id| id.to_string()));

    let before = node.stored_changes(document).await;
    // All at once: none may take another's place.
    let many = (0..10).map(|_| {
        let (parent, token) = (parent.clone(), token.clone());
        async move { parent.answer(&token, &answers(&[(QUESTIONS[0], 4), (QUESTIONS[1], 1)])).await }
    });
    for answered in futures::future::join_all(many).await {
        answered.expect("counted");
    }
    parent.answer(&token, &answers(&[(QUESTIONS[0], 2)])).await.expect("one question may be left out");
    assert_eq!(totals(&teacher, &id, QUESTIONS[0]).await, [[0, 1, 0, 10]], "one item for each question, however many answer");
    assert_eq!(totals(&teacher, &id, QUESTIONS[1]).await, [[10, 0, 0, 0]]);
    assert_eq!(node.stored_changes(document).await, before + 11, "each is on disk by itself before it is acknowledged");
    let day = node.app.replica.with_db(|db| Day::of(db, now_s())).await.unwrap().unwrap();
    for chunk in &node.stored.lock().await.get(&document).unwrap().changes[before..] {
        assert_eq!(Change::from_bytes(chunk.clone()).unwrap().timestamp(), day.began_s, "the change says the day and no time");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tally_is_found_again_after_the_document_was_unloaded() {
    let node = TestNode::start().await;
    let teacher = node.person("marat", "teacher").await;
    let (id, document) = plan(&node, &teacher).await;
    let token = token_of(&teacher, &id).await;
    for _ in 0..2 {
        node.nobody().answer(&token, &answers(&[(QUESTIONS[0], 3)])).await.unwrap();
        node.rebuilt(document).await;
    }
    assert_eq!(totals(&teacher, &id, QUESTIONS[0]).await, [[0, 0, 2, 0]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_over_changed_or_forged_is_refused_in_plain_words() {
    let node = TestNode::start().await;
    let (teacher, reader) = (node.person("marat", "teacher").await, node.person("oqyrman", "reader").await);
    let (id, document) = plan(&node, &teacher).await;
    let token = token_of(&teacher, &id).await;
    let parent = node.nobody();
    let ask = async |given: &[(ItemId, i64)]| parent.answer(&token, &answers(given)).await.map_err(code_of);
    assert_eq!(ask(&[(QUESTIONS[0], 5)]).await, Err("bad_request".to_owned()), "there is no such rating");
    assert_eq!(ask(&[(SURVEY, 1)]).await, Err("other_questions".to_owned()));
    assert_eq!(ask(&[]).await, Err("other_questions".to_owned()));
    assert_eq!(code_of(reader.questionnaire_link(&id, &SURVEY.to_string()).await.err().unwrap()), "not_allowed");
    for survey in ["nothing".to_owned(), QUESTIONS[0].to_string()] {
        assert_eq!(code_of(teacher.questionnaire_link(&id, &survey).await.err().unwrap()), "unknown_questionnaire");
    }
    let forged = format!("{}A", &token[..token.len() - 1]);
    for wrong in ["x", if forged == token { "y" } else { &forged }] {
        assert_eq!(code_of(parent.questionnaire(wrong).await.err().unwrap()), "unknown_questionnaire");
    }

    ask(&[(QUESTIONS[0], 1)]).await.expect("the neighbour of all these is counted");
    let path = ["surveys", &SURVEY.to_string(), "until"].map(str::to_owned);
    let until = |day: &'static str| {
        let path = path.clone();
        move |doc: &mut AutoCommit| kinds::set(doc, &path.each_ref().map(String::as_str), Input::Str(day)).unwrap()
    };
    node.bring(document, until("2020-01-01")).await;
    assert_eq!(ask(&[(QUESTIONS[0], 1)]).await, Err("questionnaire_closed".to_owned()), "its last day is over");
    assert!(!parent.questionnaire(&token).await.unwrap().open);
    node.bring(document, until("9999-12-31")).await;
    ask(&[(QUESTIONS[0], 1)]).await.expect("not yet over");
    node.stored.lock().await.get_mut(&document).unwrap().can_write = CanWrite::No;
    node.rebuilt(document).await;
    assert_eq!(ask(&[(QUESTIONS[0], 1)]).await, Err("questionnaire_closed".to_owned()), "our school may not write the plan any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_could_not_be_kept_is_not_acknowledged_and_the_next_one_counts() {
    let node = TestNode::start().await;
    let teacher = node.person("marat", "teacher").await;
    let (id, _) = plan(&node, &teacher).await;
    let token = token_of(&teacher, &id).await;
    node.mood.send(Mood::Fail).unwrap();
    assert_eq!(code_of(node.nobody().answer(&token, &answers(&[(QUESTIONS[0], 1)])).await.err().unwrap()), "disk_full");
    assert_eq!(totals(&teacher, &id, QUESTIONS[0]).await, Vec::<[i64; 4]>::new(), "nobody is shown what is not on disk");
    node.mood.send(Mood::Keep).unwrap();
    node.nobody().answer(&token, &answers(&[(QUESTIONS[0], 2)])).await.unwrap();
    assert_eq!(totals(&teacher, &id, QUESTIONS[0]).await, [[0, 1, 0, 0]]);
}

/// Does it until it is refused for its often, and says how often that went well.
async fn times_until_refused(most: u32, mut again: impl AsyncFnMut() -> Result<(), ClientError>) -> u32 {
    for times in 0..=2 * most {
        match again().await.map_err(code_of) {
            Err(code) if code == "too_many_attempts" => return times,
            Err(code) => assert_eq!(code, "unknown_questionnaire"),
            Ok(()) => {}
        }
    }
    panic!("never refused")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_answers_and_looks_so_often_and_wrong_links_use_up_neither() {
    let node = TestNode::start().await;
    let teacher = node.person("marat", "teacher").await;
    let (id, _) = plan(&node, &teacher).await;
    let token = token_of(&teacher, &id).await;
    let nobody = node.nobody();
    let answer = async |token: &str| nobody.answer(token, &answers(&[(QUESTIONS[0], 1)])).await;
    let wrong = times_until_refused(WRONG_LINKS_PER_MINUTE_PER_ADDRESS, async || answer("x").await).await;
    assert!(wrong >= WRONG_LINKS_PER_MINUTE_PER_ADDRESS, "whoever mistyped a link may try again: {wrong}");
    assert_eq!(code_of(nobody.questionnaire("x").await.err().unwrap()), "too_many_attempts", "looking and answering with a wrong link are one");

    let answered = times_until_refused(ANSWERS_PER_MINUTE_PER_ADDRESS, async || answer(&token).await).await;
    assert!(answered >= ANSWERS_PER_MINUTE_PER_ADDRESS, "honest answers have turns of their own: {answered}");
    let looked = times_until_refused(LOOKS_PER_MINUTE_PER_ADDRESS, async || nobody.questionnaire(&token).await.map(drop)).await;
    assert!(looked >= LOOKS_PER_MINUTE_PER_ADDRESS, "and so have looks: {looked}");
}
