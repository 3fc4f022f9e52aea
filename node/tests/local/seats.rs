//! Guests: one meeting, and nothing else.

use automerge::transaction::Transactable;
use automerge::{AutomergeError, ROOT, ReadDoc};
use jeli_client::{Auth, Client, ClientError, DocSession};
use jeli_node::replica_handle::CanWrite;

use crate::support::{NETWORK, PASSWORD, PRIVATE, QUIET, SOON, TestNode, bare_http, code_of};

async fn guest_at(node: &TestNode, host: &Client, meeting: &str) -> Client {
    let code = host.open_seat(meeting).await.expect("the host may").code;
    node.nobody().sit_down(&code, "Олжас", "№5 мектеп", "ru").await.expect("the code is good")
}

async fn write_in(tab: &mut DocSession, words: &str) {
    let write = |doc: &mut automerge::AutoCommit| -> Result<(), AutomergeError> {
        let (_, place) = doc.get(ROOT, "place")?.expect("a meeting has a place");
        doc.splice_text(&place, 0, 0, words)
    };
    tab.change(write).await.expect("it goes out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_takes_part_in_the_meeting_under_name_and_school_of_their_own() {
    let node = TestNode::start().await;
    let host = node.person("asel", "director").await;
    let meeting = node.new_document(&host, NETWORK, "meeting").await;
    let opened = host.open_seat(&meeting).await.unwrap();
    assert!(opened.address.ends_with("/seat") && opened.qr_svg.contains("<svg"), "{}", opened.address);
    let guest = node.nobody().sit_down(&opened.code.replace(' ', ""), "Олжас", "№5 мектеп", "ru").await.expect("digits are digits");

    let me = guest.me().await.unwrap();
    let seat = me.guest.expect("a guest is told so");
    assert_eq!((seat.document.as_str(), seat.school.as_str(), seat.ends), (meeting.as_str(), "№5 мектеп", opened.ends));
    assert_eq!((me.person.role.as_str(), me.person.language.as_str(), me.reference.as_str()), ("guest", "ru", ""));
    assert_eq!(guest.change_me(None, Some("kk")).await.unwrap().person.language, "kk");
    assert_eq!(code_of(guest.change_me(Some("Басқа"), None).await.err().unwrap()), "not_allowed", "others know them by the name they gave");
    assert!(host.me().await.unwrap().guest.is_none());

    assert!(guest.document(&meeting).await.unwrap().can_write);
    guest.document_status(&meeting).await.expect("who has it");
    let (guest_link, host_link) = (guest.open_session().await.unwrap(), host.open_session().await.unwrap());
    let mut guests = guest_link.open_document(&meeting, Some(&me.actor)).await.unwrap();
    let mut hosts = host_link.open_document(&meeting, None).await.unwrap();
    write_in(&mut guests, "кітапхана").await;
    guests.wait_acked(SOON).await.expect("it is kept");
    let there = |doc: &mut automerge::AutoCommit| doc.get(ROOT, "place").unwrap().map(|(_, place)| doc.text(&place).unwrap());
    hosts.wait_for(SOON, |doc, _| there(doc).as_deref() == Some("кітапхана")).await.expect("the host sees it");
    assert_eq!(guest.content(&meeting).await.unwrap().content["place"], "кітапхана");

    let present = host.presence(&meeting).await.unwrap();
    let shown: Vec<_> = present.iter().map(|one| (one.name.as_str(), one.school.name.as_str(), one.guest, one.here)).collect();
    assert_eq!(shown, [("asel", "№12 мектеп", false, true), ("Олжас", "№5 мектеп", true, true)]);
    let mut open = node.open.clone();
    let told = tokio::time::timeout(SOON, open.wait_for(|open| open.iter().any(|(_, names)| names.len() == 2))).await.unwrap().unwrap().clone();
    assert_eq!(told[0].1, ["asel", "Олжас (№5 мектеп)"], "other schools hear of which school they said they are");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_but_the_meeting_is_closed_to_a_guest() {
    let node = TestNode::start().await;
    let host = node.person("asel", "director").await;
    let meeting = node.new_document(&host, NETWORK, "meeting").await;
    let other = node.new_document(&host, NETWORK, "meeting").await;
    let guest = guest_at(&node, &host, &meeting).await;
    let space = NETWORK.to_string();
    let new =
        jeli_client::NewDocument { space: &space, kind: "plan", title: "x", language: "kk", write_rule: jeli_client::WriteRule::Owner, about: "" };
    for (what, refused) in [
        ("list", guest.documents(None).await.map(drop)),
        ("create", guest.create_document(&new).await.map(drop)),
        ("another document", guest.document(&other).await.map(drop)),
        ("another's content", guest.content(&other).await.map(drop)),
        ("another's status", guest.document_status(&other).await.map(drop)),
        ("another's presence", guest.presence(&other).await.map(drop)),
        ("spaces", guest.spaces().await.map(drop)),
        ("people", guest.people().await.map(drop)),
        ("names", guest.people_names().await.map(drop)),
        ("node status", guest.status().await.map(drop)),
        ("join", guest.join("x").await.map(drop)),
        ("password", guest.change_password(PASSWORD, "another sentence").await.map(drop)),
        ("a seat for others", guest.open_seat(&meeting).await.map(drop)),
        ("who sits here", guest.seats(&meeting).await.map(drop)),
        ("a copy", guest.copy_set_aside(1).await.map(drop)),
    ] {
        assert_eq!(refused.map_err(code_of), Err("not_allowed".to_owned()), "{what}");
    }
    let link = guest.open_session().await.unwrap();
    assert!(matches!(link.open_document(&other, None).await, Err(ClientError::Unavailable(_))), "there is no other document");
    assert!(link.open_document(&meeting, None).await.is_ok(), "and the meeting goes on");
    guest.set_aside(None).await.expect("their own words they may look at");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_sees_who_sits_there_and_can_end_a_seat() {
    let node = TestNode::start().await;
    let (host, reader) = (node.person("asel", "teacher").await, node.person("oqyrman", "reader").await);
    let meeting = node.new_document(&host, NETWORK, "meeting").await;
    let (leaver, stayer) = (guest_at(&node, &host, &meeting).await, guest_at(&node, &host, &meeting).await);
    let mut tab = leaver.open_session().await.unwrap().open_document(&meeting, None).await.unwrap();
    let seats = host.seats(&meeting).await.unwrap();
    assert_eq!(seats.iter().map(|seat| (seat.name.as_str(), seat.school.as_str())).collect::<Vec<_>>(), [("Олжас", "№5 мектеп"); 2]);
    let id = leaver.me().await.unwrap().person.id;
    assert_eq!(code_of(reader.end_seat(&meeting, &id).await.err().unwrap()), "not_allowed", "who may not write the meeting decides nothing");
    host.end_seat(&meeting, &id).await.unwrap();
    assert_eq!(code_of(leaver.me().await.err().unwrap()), "signed_out");
    let ended = tab.wait_for(SOON, |_, _| false).await.expect_err("the tab is sent away");
    assert!(ended.to_string().contains("signed_out"), "{ended}");
    stayer.me().await.expect("the other guest stays");
    assert!(
        node.app.replica.with_db(|db| db.query_row("SELECT count(*) FROM seat_code", [], |row| row.get::<_, i64>(0))).await.unwrap().unwrap() == 0,
        "the code that they know is good no more"
    );
    assert_eq!(host.seats(&meeting).await.unwrap().len(), 1);
    assert_eq!(code_of(host.end_seat(&meeting, &id).await.err().unwrap()), "not_found");
    stayer.sign_out().await.unwrap();
    assert!(host.seats(&meeting).await.unwrap().is_empty(), "a guest may leave by themselves");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_ends_with_its_time() {
    let node = TestNode::start().await;
    let host = node.person("asel", "teacher").await;
    let meeting = node.new_document(&host, NETWORK, "meeting").await;
    let guest = guest_at(&node, &host, &meeting).await;
    let mut tab = guest.open_session().await.unwrap().open_document(&meeting, None).await.unwrap();
    node.app.replica.with_db(|db| db.execute_batch("UPDATE guest SET ends_ms = 1")).await.unwrap().unwrap();
    // What a clock that reaches a seat's end does at the latest after `SESSION_LOOK`.
    node.app.sockets.look_again();
    let ended = tab.wait_for(SOON, |_, _| false).await.expect_err("the tab is sent away");
    assert!(ended.to_string().contains("signed_out"), "{ended}");
    assert_eq!(code_of(guest.content(&meeting).await.err().unwrap()), "signed_out");
    assert!(guest.open_session().await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_given_at_meetings_by_those_who_may_write_them() {
    let node = TestNode::start().await;
    let (host, reader) = (node.person("asel", "teacher").await, node.person("oqyrman", "reader").await);
    let (meeting, plan) = (node.new_document(&host, NETWORK, "meeting").await, node.new_plan().await);
    assert_eq!(code_of(reader.open_seat(&meeting).await.err().unwrap()), "not_allowed");
    assert_eq!(code_of(host.open_seat(&plan).await.err().unwrap()), "not_a_meeting");
    let notebook = node.new_document(&host, PRIVATE, "notebook").await;
    assert_eq!(code_of(node.person("marat", "teacher").await.open_seat(&notebook).await.err().unwrap()), "unknown_document");
    node.stored.lock().await.get_mut(&meeting.parse().unwrap()).unwrap().can_write = CanWrite::No;
    assert_eq!(code_of(host.open_seat(&meeting).await.err().unwrap()), "not_allowed", "our school only reads it");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_code_is_slowed_down_and_a_wrong_one_is_named() {
    let node = TestNode::start().await;
    let mut codes = Vec::new();
    for number in 0..12 {
        codes.push(code_of(node.nobody().sit_down(&format!("0000 00{number:02}"), "A", "B", "kk").await.err().unwrap()));
    }
    assert_eq!(codes.first().map(String::as_str), Some("wrong_seat_code"));
    assert_eq!(codes.last().map(String::as_str), Some("too_many_attempts"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guests_words_that_may_not_be_kept_are_set_aside_for_them() {
    let node = TestNode::start().await;
    let host = node.person("asel", "teacher").await;
    let meeting = node.new_document(&host, NETWORK, "meeting").await;
    let guest = guest_at(&node, &host, &meeting).await;
    node.stored.lock().await.get_mut(&meeting.parse().unwrap()).unwrap().can_write = CanWrite::No;
    let mut tab = guest.open_session().await.unwrap().open_document(&meeting, None).await.unwrap();
    write_in(&mut tab, "менің сөзім").await;
    let piece = loop {
        if let Some(piece) = guest.set_aside(None).await.unwrap().pop() {
            break piece;
        }
        let _ = tab.take_next(QUIET).await;
    };
    assert_eq!((piece.text.as_str(), piece.reason.as_str()), ("менің сөзім", "school_may_not_write"));
    assert!(host.set_aside(None).await.unwrap().is_empty(), "they are shown to their author alone");
    guest.drop_set_aside(piece.id).await.expect("and theirs to let go of");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_hears_of_their_meeting_and_of_nothing_else() {
    let node = TestNode::start().await;
    let host = node.person("asel", "director").await;
    let (meeting, plan) = (node.new_document(&host, NETWORK, "meeting").await, node.new_plan().await);
    let guest = guest_at(&node, &host, &meeting).await;
    let Auth::Session(cookie) = guest.auth().clone() else { panic!("signed in") };
    let http = bare_http();
    let address = format!("{}/api/v1/events", node.base());
    let mut stream = http.get(address).header("cookie", format!("jeli_session={cookie}")).send().await.unwrap();
    let audience = jeli_node::audience::Audience::School;
    for document in [&plan, &meeting] {
        node.applied.send(jeli_node::replica_handle::Applied::Documents { space: PRIVATE }).unwrap();
        node.applied.send(jeli_node::replica_handle::Applied::Status { document: document.parse().unwrap(), audience }).unwrap();
    }
    let mut said = String::new();
    while !said.contains(&meeting) {
        let bytes = tokio::time::timeout(SOON, stream.chunk()).await.expect("in time").expect("whole").expect("goes on");
        said.push_str(&String::from_utf8_lossy(&bytes));
    }
    assert!(!said.contains(&plan) && !said.contains("event: documents"), "{said}");
}
