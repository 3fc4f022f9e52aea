//! Accounts, sessions, and what guards the API.

use jeli_client::{Auth, Client, NewPerson};

use crate::support::{PASSWORD, SETUP_CODE, SOON, TestNode, bare_http, code_of};
use crate::sync::type_in;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_account_needs_the_printed_code_and_can_be_made_once() {
    let node = TestNode::start().await;
    let nobody = node.nobody();
    assert!(nobody.node().await.unwrap().setup_needed);
    let wrong = nobody.set_up("0000 0000", "Әсел", "asel", PASSWORD, "kk").await.err().expect("refused");
    assert_eq!(code_of(wrong), "wrong_setup_code");
    let director = nobody.set_up(SETUP_CODE, "Әсел", "Asel", PASSWORD, "kk").await.expect("made");
    let me = director.me().await.unwrap();
    assert_eq!((me.person.role.as_str(), me.person.login.as_str()), ("director", "asel"));
    assert!(!nobody.node().await.unwrap().setup_needed);
    let again = nobody.set_up(SETUP_CODE, "Біреу", "bireu", PASSWORD, "kk").await.err().expect("refused");
    assert_eq!(code_of(again), "setup_done");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ten_wrong_codes_even_the_right_one_is_refused() {
    let node = TestNode::start().await;
    for _ in 0..jeli_node::limits::MAX_SETUP_ATTEMPTS {
        assert_eq!(code_of(node.nobody().set_up("0000 0000", "A", "a", PASSWORD, "kk").await.err().unwrap()), "wrong_setup_code");
    }
    assert_eq!(code_of(node.nobody().set_up(SETUP_CODE, "A", "a", PASSWORD, "kk").await.err().unwrap()), "setup_closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_its_person_signs_out_and_other_sessions_go_on() {
    let node = TestNode::start().await;
    let one = node.person("marat", "teacher").await;
    let two = node.nobody().sign_in("MARAT", PASSWORD).await.expect("a login in capitals is the same");
    one.sign_out().await.unwrap();
    assert_eq!(code_of(one.me().await.err().unwrap()), "signed_out");
    assert_eq!(two.me().await.unwrap().person.login, "marat");
    let forged = Client::new(&node.base(), Auth::Session("0".repeat(64))).unwrap();
    assert_eq!(code_of(forged.me().await.err().unwrap()), "signed_out");
}

/// Waits for the end of a connection and says how it ended.
async fn end_of(mut tab: jeli_client::DocSession) -> String {
    loop {
        if let Err(end) = tab.take_next(SOON).await {
            break end.to_string();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn open_tabs_and_event_streams_end_with_their_session_and_with_no_other() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    let leaver = node.person("marat", "teacher").await;
    let stayer = node.nobody().sign_in("marat", PASSWORD).await.unwrap();
    let (leaving, staying) = (leaver.open_session().await.unwrap(), stayer.open_session().await.unwrap());
    let leaving = leaving.open_document(&id, None).await.unwrap();
    let mut staying = staying.open_document(&id, None).await.unwrap();
    let Auth::Session(cookie) = leaver.auth().clone() else { panic!("signed in") };
    let http = bare_http();
    let address = format!("{}/api/v1/events", node.base());
    let stream = http.get(address).header("cookie", format!("jeli_session={cookie}")).send().await.unwrap();
    assert_eq!(stream.status(), 200);

    leaver.sign_out().await.unwrap();
    assert!(end_of(leaving).await.contains("signed_out"), "the tab is told why");
    tokio::time::timeout(SOON, stream.bytes()).await.expect("the event stream ends too").ok();
    assert!(leaver.open_session().await.is_err(), "and does not come back");
    type_in(&mut staying, "goes on").await;
    staying.wait_acked(SOON).await.expect("the person's other session goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_ends_when_its_session_runs_out_or_its_account_is_gone_or_has_another_role() {
    let node = TestNode::start().await;
    let id = node.new_plan().await;
    for (login, end) in [
        ("ran-out", "UPDATE session SET begun_ms = 0 WHERE person = (SELECT id FROM person WHERE login = 'ran-out')"),
        ("removed", "DELETE FROM person WHERE login = 'removed'"),
        ("demoted", "UPDATE person SET role = 'reader' WHERE login = 'demoted'"),
    ] {
        let tab = node.person(login, "teacher").await.open_session().await.unwrap().open_document(&id, None).await.unwrap();
        node.app.replica.with_db(move |db| db.execute_batch(end)).await.unwrap().unwrap();
        // What a clock that reaches a session's end does at the latest after `SESSION_LOOK`.
        node.app.sockets.look_again();
        assert!(end_of(tab).await.contains("signed_out"), "{login}");
    }
    let machine = node.control().open_session().await.unwrap();
    let mut machine = machine.open_document(&id, None).await.unwrap();
    node.app.sockets.look_again();
    type_in(&mut machine, "goes on").await;
    machine.wait_acked(SOON).await.expect("the machine's own token has no session to end");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_password_is_slowed_down_after_a_few_tries() {
    let node = TestNode::start().await;
    node.person("marat", "teacher").await;
    let mut codes = Vec::new();
    for _ in 0..10 {
        codes.push(code_of(node.nobody().sign_in("marat", "guess").await.err().unwrap()));
    }
    assert_eq!(codes.first().map(String::as_str), Some("wrong_login"));
    assert_eq!(codes.last().map(String::as_str), Some("too_many_attempts"));
    assert_eq!(code_of(node.nobody().sign_in("nobody here", "guess").await.err().unwrap()), "wrong_login", "an unknown login sounds the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_director_makes_accounts_and_a_taken_login_is_named() {
    let node = TestNode::start().await;
    let (teacher, director) = (node.person("marat", "teacher").await, node.person("asel", "director").await);
    let person = NewPerson { name: "Жаңа", login: "jana", password: PASSWORD, role: "reader", language: "ru", pass: None };
    assert_eq!(code_of(teacher.add_person(&person).await.err().unwrap()), "not_allowed");
    assert_eq!(code_of(teacher.people().await.err().unwrap()), "not_allowed");
    director.add_person(&person).await.expect("made");
    assert_eq!(code_of(director.add_person(&person).await.err().unwrap()), "login_taken");
    let short = NewPerson { login: "basqa", password: "short", ..person.clone() };
    assert_eq!(code_of(director.add_person(&short).await.err().unwrap()), "password_too_short");
    let role = NewPerson { login: "basqa", role: "king", ..person };
    assert_eq!(code_of(director.add_person(&role).await.err().unwrap()), "bad_field");
    let changed = teacher.change_me(Some("Марат Қ."), Some("ru")).await.unwrap();
    assert_eq!((changed.person.name.as_str(), changed.person.language.as_str()), ("Марат Қ.", "ru"));
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_signed_in_hears_who_may_be_made_responsible_and_under_which_name_documents_know_them() {
    let node = TestNode::start().await;
    let (teacher, reader) = (node.person("marat", "teacher").await, node.person("oqyrman", "reader").await);
    let me = teacher.me().await.unwrap();
    assert_eq!(me.reference, format!("{}/{}", me.school.id, me.person.id));
    let names = reader.people_names().await.expect("a reader may see them");
    assert_eq!(names.iter().map(|name| (name.id.as_str(), name.name.as_str())).collect::<Vec<_>>(), [(me.reference.as_str(), "marat")]);
    assert_eq!(code_of(node.nobody().people_names().await.err().unwrap()), "signed_out");
    assert_eq!(code_of(reader.people().await.err().unwrap()), "not_allowed", "logins and roles are for directors");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_a_director_and_whoever_knew_the_old_one_is_out() {
    const NEW: &str = "another sentence";
    let node = TestNode::start().await;
    let (teacher, director) = (node.person("marat", "teacher").await, node.person("asel", "director").await);
    let id = teacher.me().await.unwrap().person.id;
    assert_eq!(code_of(teacher.give_password(&id, NEW).await.err().unwrap()), "not_allowed");
    assert_eq!(code_of(director.give_password(&id, "short").await.err().unwrap()), "password_too_short");
    for nobody in ["0".repeat(32), "nobody".to_owned()] {
        assert_eq!(code_of(director.give_password(&nobody, NEW).await.err().unwrap()), "not_found", "{nobody}");
    }
    teacher.me().await.expect("nothing has changed so far");
    director.give_password(&id, NEW).await.expect("given");
    assert_eq!(code_of(teacher.me().await.err().unwrap()), "signed_out");
    assert_eq!(code_of(node.nobody().sign_in("marat", PASSWORD).await.err().unwrap()), "wrong_login");
    node.nobody().sign_in("marat", NEW).await.expect("the new one is good");
    director.me().await.expect("others stay signed in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_director_takes_an_account_away_and_what_its_person_wrote_stays() {
    let node = TestNode::start().await;
    let (teacher, director) = (node.person("marat", "teacher").await, node.person("asel", "director").await);
    let (id, own) = (teacher.me().await.unwrap().person.id, director.me().await.unwrap().person.id);
    let plan = node.new_plan().await;
    let mut tab = teacher.open_session().await.unwrap().open_document(&plan, None).await.unwrap();
    type_in(&mut tab, "written by Marat").await;
    tab.wait_acked(SOON).await.unwrap();
    assert_eq!(code_of(teacher.remove_person(&own).await.err().unwrap()), "not_allowed");
    assert_eq!(code_of(director.remove_person(&own).await.err().unwrap()), "not_allowed", "nobody locks themselves out");
    for nobody in ["0".repeat(32), "nobody".to_owned()] {
        assert_eq!(code_of(director.remove_person(&nobody).await.err().unwrap()), "not_found", "{nobody}");
    }
    director.remove_person(&id).await.expect("taken away");
    assert!(end_of(tab).await.contains("signed_out"));
    assert_eq!(code_of(teacher.me().await.err().unwrap()), "signed_out");
    assert_eq!(code_of(node.nobody().sign_in("marat", PASSWORD).await.err().unwrap()), "wrong_login");
    assert_eq!(director.people().await.unwrap().iter().map(|person| person.login.as_str()).collect::<Vec<_>>(), ["asel"]);
    assert!(director.content(&plan).await.unwrap().content.to_string().contains("written by Marat"));
    let again = node.person("marat", "teacher").await.me().await.unwrap();
    assert_ne!(again.person.id, id, "the same login is another person");
    assert_eq!(code_of(node.control().remove_person(&own).await.err().unwrap()), "last_director");
    director.me().await.expect("the last director is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_password_is_changed_with_the_old_one_and_this_session_stays() {
    const NEW: &str = "another sentence";
    let node = TestNode::start().await;
    let here = node.person("marat", "teacher").await;
    let elsewhere = node.nobody().sign_in("marat", PASSWORD).await.unwrap();
    assert_eq!(code_of(here.change_password("a guess", NEW).await.err().unwrap()), "wrong_password");
    assert_eq!(code_of(here.change_password(PASSWORD, "short").await.err().unwrap()), "password_too_short");
    here.change_password(PASSWORD, NEW).await.expect("changed");
    here.me().await.expect("whoever changed it stays");
    assert_eq!(code_of(elsewhere.me().await.err().unwrap()), "signed_out");
    node.nobody().sign_in("marat", NEW).await.expect("the new one is good");
    assert_eq!(code_of(node.control().change_password(PASSWORD, NEW).await.err().unwrap()), "not_allowed", "the machine has none");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_other_sites_and_under_other_names_are_refused() {
    let node = TestNode::start().await;
    let http = bare_http();
    let ask = |host: &'static str, origin: Option<&'static str>| {
        let mut request =
            http.post(format!("{}/api/v1/session", node.base())).header("host", host).json(&serde_json::json!({"login": "x", "password": "y"}));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        async move { request.send().await.unwrap().json::<serde_json::Value>().await.unwrap()["error"]["code"].as_str().unwrap_or_default().to_owned() }
    };
    assert_eq!(ask("school.example", Some("http://school.example")).await, "foreign_host");
    assert_eq!(ask("localhost", Some("http://evil.example")).await, "foreign_origin");
    assert_eq!(ask("localhost", None).await, "foreign_origin");
    assert_eq!(ask("localhost", Some("http://localhost")).await, "wrong_login", "our own page gets through to the question itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_carry_their_guards_and_unknown_addresses_are_said_to_be() {
    let node = TestNode::start().await;
    let http = bare_http();
    let answer = http.get(format!("{}/api/v1/node", node.base())).send().await.unwrap();
    let headers = answer.headers();
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
    let unknown = http.get(format!("{}/api/v1/nothing", node.base())).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert_eq!(unknown.json::<serde_json::Value>().await.unwrap()["error"]["code"], "not_found");
    let page = http.get(format!("{}/documents/anything", node.base())).send().await.unwrap();
    assert_eq!(page.status(), 200, "an address of the page shows the page");
    assert_eq!(http.get(format!("{}/assets/none.js", node.base())).send().await.unwrap().status(), 404);
    let large = http
        .post(format!("{}/api/v1/session", node.base()))
        .header("origin", node.base())
        .header("content-type", "application/json")
        .body(vec![b' '; jeli_node::limits::MAX_BODY_BYTES + 1])
        .send()
        .await
        .unwrap();
    assert_eq!(large.status(), 413);
    let description = node.nobody().openapi().await.unwrap();
    for path in ["/api/v1/documents/{id}/status", "/api/v1/set-aside/{id}", "/api/v1/join", "/sync"] {
        assert!(description["paths"][path].is_object(), "{path} is described");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_comes_with_a_picture_and_a_spent_one_is_named() {
    let node = TestNode::start().await;
    let space = node.control().spaces().await.unwrap().remove(0);
    let invitation = node.control().invite(&space.id, "member").await.unwrap();
    assert!(invitation.qr_svg.contains("<svg"));
    assert_eq!(code_of(node.control().join("jeli1abc").await.err().unwrap()), "spent_invitation");
    assert_eq!(code_of(node.control().create_space("Желі").await.err().unwrap()), "disk_full");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_pass_somebody_is_the_same_person_at_another_computer_of_the_school() {
    let (school, laptop) = (TestNode::start().await, TestNode::start().await);
    let marat = school.person("marat", "teacher").await;
    assert_eq!(code_of(marat.pass("not the password").await.err().unwrap()), "wrong_password");
    assert_eq!(code_of(school.control().pass(PASSWORD).await.err().unwrap()), "not_allowed");
    let pass = marat.pass(PASSWORD).await.expect("given");

    let there = NewPerson { name: "Марат", login: "marat", password: "another password", role: "teacher", language: "ru", pass: Some(&pass) };
    laptop.control().add_person(&there).await.expect("made");
    let here = laptop.nobody().sign_in("marat", "another password").await.unwrap().me().await.unwrap();
    let me = marat.me().await.unwrap();
    assert_eq!((here.person.id, here.reference), (me.person.id, me.reference), "documents that name one name the other");

    let again = NewPerson { login: "marat2", ..there.clone() };
    assert_eq!(code_of(laptop.control().add_person(&again).await.err().unwrap()), "person_here");
    let changed = pass.replacen('A', "B", 1);
    let forged = NewPerson { login: "marat3", pass: Some(&changed), ..there };
    assert_eq!(code_of(laptop.control().add_person(&forged).await.err().unwrap()), "bad_pass");
}
