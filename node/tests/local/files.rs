//! Files over the local API: sent in pieces, read back under a policy that lets them reach nothing, shown to those who may read the document.

use std::time::Instant;

use jeli_client::{Auth, Client, ClientError, DocSession, SentFile};
use jeli_node::events::Event;
use jeli_node::limits::FILES_TOLD_EVERY;
use jeli_node::replica_handle::CanWrite;
use reqwest::{Method, Response, StatusCode};

use crate::support::{NETWORK, PRIVATE, SOON, TestNode, bare_http};

/// A call as a browser, or another client of the tus protocol, makes it.
pub(crate) async fn call(node: &TestNode, by: &Client, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
    let request = bare_http().request(method, format!("{}{path}", node.base())).body(body.to_vec());
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let request = match by.auth() {
        Auth::Token(token) => request.bearer_auth(token),
        Auth::Session(cookie) => request.header("cookie", format!("jeli_session={cookie}")).header("origin", node.base()),
        Auth::Nobody => request,
    };
    request.send().await.expect("an answer")
}

pub(crate) const PIECE: (&str, &str) = ("content-type", "application/offset+octet-stream");

pub(crate) async fn begin(node: &TestNode, by: &Client, length: &str) -> Response {
    call(node, by, Method::POST, "/api/v1/uploads", &[("upload-length", length)], b"").await
}

pub(crate) fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().expect("ASCII").to_owned()).unwrap_or_default()
}

async fn code(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let body: serde_json::Value = response.json().await.expect("JSON");
    (status, body["error"]["code"].as_str().unwrap_or_default().to_owned())
}

/// Sends a whole file and names it in a document.
pub(crate) async fn send(node: &TestNode, by: &Client, session: &mut DocSession, bytes: &[u8]) -> SentFile {
    let place = header(&begin(node, by, &bytes.len().to_string()).await, "location");
    let sent = call(node, by, Method::PATCH, &place, &[PIECE, ("upload-offset", "0")], bytes).await;
    assert_eq!(sent.status(), StatusCode::NO_CONTENT);
    let sent: SentFile = call(node, by, Method::GET, &place, &[], b"").await.json().await.expect("JSON");
    session.name_file(&sent, "file", "", "", 0).await.expect("named");
    session.wait_acked(SOON).await.expect("kept");
    sent
}

pub(crate) async fn open(by: &Client, document: &str) -> DocSession {
    let actor = by.me().await.expect("signed in").actor;
    by.open_session().await.expect("a session").open_document(document, Some(&actor)).await.expect("opened")
}

async fn is_listed(by: &Client, document: &str, hash: &str) -> bool {
    by.files(document).await.expect("files").iter().any(|file| file.hash == hash)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_cut_off_on_its_way_in_goes_on_where_it_was() {
    let node = TestNode::start().await;
    let (teacher, other) = (node.person("aigul", "teacher").await, node.person("bolat", "teacher").await);
    let begun = begin(&node, &teacher, "11").await;
    assert_eq!(
        (begun.status(), header(&begun, "tus-resumable").as_str(), header(&begun, "upload-offset").as_str()),
        (StatusCode::CREATED, "1.0.0", "0")
    );
    let place = header(&begun, "location");
    let piece = async |offset: &str, bytes: &[u8]| call(&node, &teacher, Method::PATCH, &place, &[PIECE, ("upload-offset", offset)], bytes).await;
    assert_eq!(header(&piece("0", b"hello ").await, "upload-offset"), "6");
    assert_eq!(code(piece("5", b"world").await).await, (StatusCode::CONFLICT, "upload_elsewhere".to_owned()));
    assert_eq!(code(piece("6", b"world and more").await).await, (StatusCode::BAD_REQUEST, "upload_too_much".to_owned()));
    let head = call(&node, &teacher, Method::HEAD, &place, &[], b"").await;
    assert_eq!((header(&head, "upload-offset").as_str(), header(&head, "upload-length").as_str()), ("6", "11"), "what came stands, and no more");
    assert_eq!(code(call(&node, &other, Method::GET, &place, &[], b"").await).await.1, "unknown_upload", "it is its sender's alone");
    assert_eq!(header(&piece("6", b"world").await, "upload-offset"), "11");
    let sent: SentFile = call(&node, &teacher, Method::GET, &place, &[], b"").await.json().await.expect("JSON");
    let hash = blake3::hash(b"hello world").to_string();
    assert_eq!((sent.hash.as_deref(), sent.media_type.as_deref()), (Some(hash.as_str()), Some("text/plain; charset=utf-8")));
    assert_eq!(header(&piece("11", b"").await, "upload-offset"), "11", "asked again, it is whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_kept_waits_for_no_second_sender_and_is_kept_once() {
    let node = TestNode::start().await;
    let teacher = node.person("aigul", "teacher").await;
    let bytes = vec![7; 4 << 20];
    let length = bytes.len().to_string();
    let place = header(&begin(&node, &teacher, &length).await, "location");
    // Each tries until it is told that all is kept; the other one is in its way meanwhile.
    let sender = async |offset: &str, piece: &[u8]| {
        loop {
            let answer = call(&node, &teacher, Method::PATCH, &place, &[PIECE, ("upload-offset", offset)], piece).await;
            if answer.status() == StatusCode::NO_CONTENT {
                break;
            }
            let (_, code) = code(answer).await;
            match code.as_str() {
                "upload_busy" => {}
                // The other one's turn: this one has nothing to add to what came.
                "upload_elsewhere" if offset == "0" => break,
                "upload_elsewhere" => {}
                other => panic!("{other}"),
            }
        }
    };
    tokio::time::timeout(SOON, async { tokio::join!(sender("0", &bytes), sender(&length, b"")) }).await.expect("both are answered");
    let sent: SentFile = call(&node, &teacher, Method::GET, &place, &[], b"").await.json().await.expect("JSON");
    assert_eq!(sent.hash, Some(blake3::hash(&bytes).to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_read_sends_nothing_and_what_is_too_large_is_refused_before_it_comes() {
    let node = TestNode::start().await;
    let (reader, teacher) = (node.person("oqyrman", "reader").await, node.person("aigul", "teacher").await);
    assert_eq!(code(begin(&node, &reader, "5").await).await, (StatusCode::FORBIDDEN, "not_allowed".to_owned()));
    assert_eq!(code(begin(&node, &teacher, "99999999999999").await).await, (StatusCode::PAYLOAD_TOO_LARGE, "file_too_large".to_owned()));
    assert_eq!(code(begin(&node, &teacher, "many").await).await.1, "bad_field");
    for _ in 0..16 {
        assert_eq!(begin(&node, &teacher, "5").await.status(), StatusCode::CREATED);
    }
    assert_eq!(code(begin(&node, &teacher, "5").await).await.1, "too_many", "one person has so many in hand");
    let foreign = call(&node, &node.nobody(), Method::POST, "/api/v1/uploads", &[("upload-length", "5"), ("origin", "http://elsewhere")], b"").await;
    assert_eq!(code(foreign).await.1, "foreign_origin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_what_its_bytes_say_and_reaches_nothing() {
    let node = TestNode::start().await;
    let teacher = node.person("aigul", "teacher").await;
    let plan = node.new_plan().await;
    let mut session = open(&teacher, &plan).await;
    let page = b"<!DOCTYPE html><script>fetch('/api/v1/me')</script>".to_vec();
    let sent = send(&node, &teacher, &mut session, &page).await;
    let hash = sent.hash.expect("whole");
    assert!(is_listed(&teacher, &plan, &hash).await);
    let path = format!("/api/v1/documents/{plan}/files/{hash}");
    let shown = call(&node, &teacher, Method::GET, &path, &[], b"").await;
    assert_eq!(header(&shown, "content-type"), "text/plain; charset=utf-8", "words are shown as words");
    let policy = header(&shown, "content-security-policy");
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
    assert_eq!(header(&shown, "x-content-type-options"), "nosniff");
    assert_eq!(shown.bytes().await.expect("bytes").to_vec(), page);
    let saved = call(&node, &teacher, Method::GET, &format!("{path}?save=..%2F..%2Fa%22%0D%0Ab.html"), &[], b"").await;
    let disposition = header(&saved, "content-disposition");
    assert!(disposition.starts_with("attachment; filename*=UTF-8''") && !disposition.contains('/') && !disposition.contains('"'), "{disposition}");
    let part = call(&node, &teacher, Method::GET, &path, &[("range", "bytes=2-8")], b"").await;
    assert_eq!((part.status(), header(&part, "content-range")), (StatusCode::PARTIAL_CONTENT, format!("bytes 2-8/{}", page.len())));
    assert_eq!(part.bytes().await.expect("bytes").to_vec(), page[2..9]);
    let again = call(&node, &teacher, Method::GET, &path, &[("if-none-match", &format!("\"{hash}\""))], b"").await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    let unnamed = format!("/api/v1/documents/{plan}/files/{}", blake3::hash(b"other"));
    assert_eq!(code(call(&node, &teacher, Method::GET, &unnamed, &[], b"").await).await.1, "unknown_file");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_just_named_is_listed_however_short_a_while_after_the_one_before() {
    let node = TestNode::start().await;
    let teacher = node.person("aigul", "teacher").await;
    let plan = node.new_plan().await;
    let mut session = open(&teacher, &plan).await;
    for bytes in [b"one", b"two", b"ten"] {
        let hash = send(&node, &teacher, &mut session, bytes).await.hash.expect("whole");
        assert!(is_listed(&teacher, &plan, &hash).await, "whoever named it asks where it is");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn to_cancel_what_is_here_is_no_way_to_let_go_of_the_last_copy() {
    let node = TestNode::start().await;
    let (teacher, director) = (node.person("aigul", "teacher").await, node.person("olga", "director").await);
    let plan = node.new_plan().await;
    let mut session = open(&teacher, &plan).await;
    let hash = send(&node, &teacher, &mut session, b"the only copy").await.hash.expect("whole");
    teacher.file_act(&plan, &hash, "cancel").await.expect("nothing to cancel");
    assert!(teacher.file_act(&plan, &hash, "let_go").await.is_err() && director.file_act(&plan, &hash, "let_go").await.is_err());
    // Long after it was added.
    node.app.replica.with_db(|db| db.execute("UPDATE blob SET added_ms = 0", []).expect("aged")).await.expect("done");
    node.app.blobs.sweep().await.expect("swept");
    let path = format!("/api/v1/documents/{plan}/files/{hash}");
    assert_eq!(call(&node, &teacher, Method::GET, &path, &[], b"").await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_somebodys_own_notebook_is_theirs_alone() {
    let node = TestNode::start().await;
    let (owner, director) = (node.person("aigul", "teacher").await, node.person("olga", "director").await);
    let notebook = node.new_document(&owner, PRIVATE, "notebook").await;
    let mut session = open(&owner, &notebook).await;
    let hash = send(&node, &owner, &mut session, b"my own photo").await.hash.expect("whole");
    assert!(is_listed(&owner, &notebook, &hash).await);
    let path = format!("/api/v1/documents/{notebook}/files/{hash}");
    assert_eq!(call(&node, &owner, Method::GET, &path, &[], b"").await.status(), StatusCode::OK);
    for by in [&director, &node.control()] {
        assert_eq!(code(call(&node, by, Method::GET, &path, &[], b"").await).await.1, "unknown_document");
        assert_eq!(by.room().await.expect("the room").files.iter().map(|file| file.documents.len()).sum::<usize>(), 0, "its place is not told");
    }
    // The hash, known, opens it by way of no other document.
    let network = node.new_document(&director, NETWORK, "plan").await;
    let other = format!("/api/v1/documents/{network}/files/{hash}");
    assert_eq!(code(call(&node, &director, Method::GET, &other, &[], b"").await).await.1, "unknown_file");
}

/// All that an answer says, but for the moment at which it says so.
async fn all_said(response: Response) -> (StatusCode, Vec<(String, Vec<u8>)>, Vec<u8>) {
    let headers = response.headers().iter().filter(|(name, _)| !["date", "x-jeli-time"].contains(&name.as_str()));
    let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    headers.sort();
    (response.status(), headers, response.bytes().await.expect("a body").to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn to_ask_for_a_file_of_another_document_is_to_ask_for_none() {
    let node = TestNode::start().await;
    let (owner, other) = (node.person("aigul", "teacher").await, node.person("bolat", "teacher").await);
    let (notebook, plan) = (node.new_document(&owner, PRIVATE, "notebook").await, node.new_plan().await);
    let meeting = node.new_document(&other, NETWORK, "meeting").await;
    let hash = send(&node, &owner, &mut open(&owner, &notebook).await, b"my own photo").await.hash.expect("whole");
    let own = send(&node, &other, &mut open(&other, &plan).await, b"a photo of the plan").await.hash.expect("whole");
    let code = other.open_seat(&meeting).await.expect("the host may").code;
    let guest = node.nobody().sit_down(&code, "Олжас", "№5 мектеп", "kk").await.expect("the code is good");
    let nothing = blake3::hash(b"nothing").to_string();
    let asked = async |by: &Client, document: &str, hash: &str, method: Method, body: &[u8]| {
        let headers = [("content-type", "application/json"), ("range", "bytes=0-3")];
        let answer = call(&node, by, method, &format!("/api/v1/documents/{document}/files/{hash}"), &headers, body).await;
        all_said(answer).await
    };
    let paths = [(&other, &plan), (&other, &notebook), (&guest, &meeting), (&guest, &plan), (&guest, &notebook)];
    for (number, (by, document)) in paths.into_iter().enumerate() {
        // What the asker of the plan may read stands there; everything else is elsewhere.
        for hidden in [&hash, &own].into_iter().filter(|hash| !(number == 0 && **hash == own)) {
            for (method, body) in
                [(Method::GET, ""), (Method::POST, r#"{"action":"want"}"#), (Method::POST, r#"{"action":"let_go","even_the_last":true}"#)]
            {
                let there = asked(by, document, hidden, method.clone(), body.as_bytes()).await;
                let none = asked(by, document, &nothing, method.clone(), body.as_bytes()).await;
                assert!(there.0.is_client_error(), "{number} {method}: {there:?}");
                assert_eq!(there, none, "{number} {method} {body}");
            }
        }
    }
    let shown = asked(&other, &plan, &own, Method::GET, b"").await;
    assert_eq!((shown.0, shown.2.as_slice()), (StatusCode::PARTIAL_CONTENT, &b"a ph"[..]), "what the document names is shown");
}

async fn refusal(done: Result<(), ClientError>) -> String {
    match done.expect_err("refused") {
        ClientError::Refused(refusal) => refusal.code,
        other => panic!("not a refusal: {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_over_the_schools_line_a_guest_who_only_looks_on_does_not_decide() {
    let node = TestNode::start().await;
    let host = node.person("asel", "director").await;
    let meeting = node.new_document(&host, NETWORK, "meeting").await;
    let mut session = open(&host, &meeting).await;
    let hash = send(&node, &host, &mut session, b"minutes").await.hash.expect("whole");
    let guest = node.nobody().sit_down(&host.open_seat(&meeting).await.expect("a seat").code, "Олжас", "№5 мектеп", "ru").await.expect("sits");
    for action in ["want", "pause", "cancel"] {
        guest.file_act(&meeting, &hash, action).await.expect("whoever writes here with us says what comes");
    }
    assert_eq!(refusal(guest.file_act(&meeting, &hash, "let_go").await).await, "not_allowed");
    assert_eq!(refusal(guest.pin(&meeting, None, true).await).await, "not_allowed");

    let reader = node.person("oqyrman", "reader").await;
    node.stored.lock().await.get_mut(&meeting.parse().expect("an id")).expect("it is there").can_write = CanWrite::No;
    assert!(is_listed(&guest, &meeting, &hash).await, "they see them still");
    for action in ["want", "pause", "cancel"] {
        assert_eq!(refusal(guest.file_act(&meeting, &hash, action).await).await, "not_allowed", "{action}");
        reader.file_act(&meeting, &hash, action).await.expect("a person of the school");
    }
    assert_eq!(refusal(reader.pin(&meeting, None, true).await).await, "not_allowed", "whoever may only read keeps nothing for the school");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_says_what_is_kept_under_which_name_for_which_document_and_by_what() {
    let node = TestNode::start().await;
    let (director, owner) = (node.person("olga", "director").await, node.person("aigul", "teacher").await);
    let plan = node.new_plan().await;
    let mut session = open(&director, &plan).await;
    let hash = send(&node, &director, &mut session, b"a survey").await.hash.expect("whole");
    assert!(is_listed(&director, &plan, &hash).await);
    let room = async |by: &Client| -> serde_json::Value { call(&node, by, Method::GET, "/api/v1/files", &[], b"").await.json().await.expect("JSON") };
    let said = room(&director).await;
    let file = &said["files"][0];
    assert_eq!((file["hash"].as_str(), file["size"].as_u64(), file["last"].as_bool()), (Some(hash.as_str()), Some(8), Some(true)));
    assert_eq!((file["documents"][0]["id"].as_str(), file["documents"][0]["name"].as_str()), (Some(plan.as_str()), Some("file")));
    assert_eq!((file["documents"][0]["kind"].as_str(), file["pinned"].as_array().map(Vec::len)), (Some("plan"), Some(0)));

    // By all three ways; and what is kept so is not let go of, nor is its coming given up.
    let pins =
        [serde_json::json!({ "blob": hash, "document": plan }), serde_json::json!({ "document": plan }), serde_json::json!({ "kind": "plan" })];
    let pin = async |by: &Client, method: Method, what: &serde_json::Value| {
        call(&node, by, method, "/api/v1/pins", &[("content-type", "application/json")], what.to_string().as_bytes()).await
    };
    for what in &pins {
        assert_eq!(pin(&owner, Method::PUT, what).await.status(), StatusCode::NO_CONTENT);
    }
    let said = room(&director).await;
    assert_eq!(said["files"][0]["pinned"], serde_json::json!(["file", "document", "kind"]));
    assert_eq!(said["pins"].as_array().expect("pins").len(), 3);
    for what in &pins {
        assert_eq!(refusal(director.file_act(&plan, &hash, "let_go").await).await, "file_pinned");
        assert_eq!(refusal(director.file_act(&plan, &hash, "cancel").await).await, "file_pinned");
        assert_eq!(pin(&owner, Method::DELETE, what).await.status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(refusal(director.file_act(&plan, &hash, "let_go").await).await, "last_copy");

    // What is one person's own keeps its name, and that it is kept, to itself.
    let notebook = node.new_document(&owner, PRIVATE, "notebook").await;
    let photo = send(&node, &owner, &mut open(&owner, &notebook).await, b"my own photo").await.hash.expect("whole");
    assert!(is_listed(&owner, &notebook, &photo).await);
    assert_eq!(pin(&owner, Method::PUT, &serde_json::json!({ "document": notebook })).await.status(), StatusCode::NO_CONTENT);
    let (owners, directors) = (room(&owner).await, room(&director).await);
    assert_eq!((owners["pins"].as_array().map(Vec::len), directors["pins"].as_array().map(Vec::len)), (Some(1), Some(0)));
    let own = |said: &serde_json::Value| {
        said["files"].as_array().expect("files").iter().find(|file| file["size"] == 12).cloned().expect("its size is told")
    };
    assert_eq!(own(&owners)["hash"], photo.as_str());
    let told = directors.to_string();
    assert!(!told.contains(&photo), "whoever knows a hash can name it, and have the content: {told}");
    assert_eq!(own(&owners)["pinned"], serde_json::json!(["document"]));
    assert_eq!((&own(&directors)["documents"], &own(&directors)["pinned"]), (&serde_json::json!([]), &serde_json::json!([])));

    // A portion is a part.
    let choose = async |percent: u64| {
        let chosen = serde_json::json!({ "portion_percent": percent }).to_string();
        call(&node, &director, Method::PUT, "/api/v1/files", &[("content-type", "application/json")], chosen.as_bytes()).await
    };
    assert_eq!(code(choose(101).await).await.1, "bad_field");
    assert_eq!(choose(10).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(room(&director).await["portion_percent"], 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_else_a_file_stands_is_told_of_documents_that_one_reads() {
    let node = TestNode::start().await;
    let (owner, director) = (node.person("aigul", "teacher").await, node.person("olga", "director").await);
    let library = node.new_document(&director, NETWORK, "library").await;
    let plan = node.new_document(&director, NETWORK, "plan").await;
    let notebook = node.new_document(&owner, PRIVATE, "notebook").await;
    let mut session = open(&director, &library).await;
    let hash = send(&node, &director, &mut session, b"a guide").await.hash.expect("whole");
    send(&node, &director, &mut session, b"in the library alone").await;
    assert!(director.file_uses(&library).await.expect("uses").is_empty(), "nobody else has taken it");
    send(&node, &director, &mut open(&director, &plan).await, b"a guide").await;
    send(&node, &owner, &mut open(&owner, &notebook).await, b"a guide").await;
    // The node describes a document a moment after it has been written in.
    for document in [(&director, &plan), (&owner, &notebook)] {
        assert!(is_listed(document.0, document.1, &hash).await);
    }
    let told = async |by: &Client| {
        let mut uses = by.file_uses(&library).await.expect("uses");
        uses.iter_mut().for_each(|each| each.documents.sort());
        uses.into_iter().map(|each| (each.hash, each.documents)).collect::<Vec<_>>()
    };
    assert_eq!(told(&director).await, [(hash.clone(), vec![plan.clone()])], "another person's notebook is none of theirs");
    let mut both = vec![plan, notebook.clone()];
    both.sort();
    assert_eq!(told(&owner).await, [(hash, both)]);
    let foreign = format!("/api/v1/documents/{notebook}/uses");
    assert_eq!(code(call(&node, &director, Method::GET, &foreign, &[], b"").await).await.1, "unknown_document");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_is_saved_and_opens_in_no_viewer_that_would_run_what_is_in_it() {
    let node = TestNode::start().await;
    let teacher = node.person("aigul", "teacher").await;
    let plan = node.new_plan().await;
    let mut session = open(&teacher, &plan).await;
    let hash = send(&node, &teacher, &mut session, b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj").await.hash.expect("whole");
    let answer = call(&node, &teacher, Method::GET, &format!("/api/v1/documents/{plan}/files/{hash}"), &[], b"").await;
    assert_eq!(header(&answer, "content-type"), "application/pdf");
    assert!(header(&answer, "content-disposition").starts_with("attachment"));
    assert!(header(&answer, "content-security-policy").contains("sandbox"));
}

#[tokio::test(flavor = "multi_thread")]
async fn that_files_have_moved_hears_whoever_may_read_the_document_and_nobody_else() {
    let node = TestNode::start().await;
    let (owner, director) = (node.person("aigul", "teacher").await, node.person("olga", "director").await);
    let (notebook, plan) = (node.new_document(&owner, PRIVATE, "notebook").await, node.new_plan().await);
    let of = |document: &str| format!("event: files\ndata: {{\"document\":\"{document}\"}}");
    let (own, others) = (node.events_of(&owner, &of(&notebook)).await, node.events_of(&director, &of(&plan)).await);
    let hash = send(&node, &owner, &mut open(&owner, &notebook).await, b"my own photo").await.hash.expect("whole");
    owner.file_act(&notebook, &hash, "want").await.expect("wanted");
    own.await.expect("heard of the notebook");
    // Whatever was told of the notebook was told before this.
    let hash = send(&node, &owner, &mut open(&owner, &plan).await, b"a photo for all").await.hash.expect("whole");
    owner.file_act(&plan, &hash, "want").await.expect("wanted");
    let others = others.await.expect("heard of the plan");
    assert!(!others.contains(&notebook), "{others}");
}

#[tokio::test(flavor = "multi_thread")]
async fn however_fast_files_move_they_are_told_of_twice_a_second_and_the_last_is_told() {
    let node = TestNode::start().await;
    let teacher = node.person("aigul", "teacher").await;
    let plan = node.new_plan().await;
    let hash = send(&node, &teacher, &mut open(&teacher, &plan).await, b"a photo").await.hash.expect("whole");
    let mut events = node.app.events.listen();
    let begun = Instant::now();
    for action in ["want", "pause"].repeat(20) {
        teacher.file_act(&plan, &hash, action).await.expect("done");
    }
    let mut told = 0;
    while let Ok(event) = tokio::time::timeout(FILES_TOLD_EVERY * 3, events.recv()).await {
        told += u32::from(matches!(event.expect("goes on"), Event::Files { .. }));
    }
    let turns = (begun.elapsed().as_millis() / FILES_TOLD_EVERY.as_millis()) as u32;
    assert!(told >= 1, "the last one is told");
    assert!(told <= turns + 1, "{told} in {turns} turns");
}
