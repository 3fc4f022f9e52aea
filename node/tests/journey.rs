//! What `jeli status` says of other schools: who has what, since when not, why, and what helps.
#![allow(clippy::unwrap_used, clippy::panic)]

mod programs;

use std::path::Path;

use jeli_client::{Auth, Client, NewDocument, WriteRule};
use serde_json::Value;

use programs::{Running, answer, eventually, jeli};

/// What the first node says of the other school of their network.
fn said(folder: &Path) -> Value {
    let spaces = answer(folder, &["status"])["spaces"].clone();
    spaces.as_array().unwrap().iter().find_map(|space| space["schools"].as_array().unwrap().first().cloned()).expect("there is another school")
}

fn words(folder: &Path) -> String {
    String::from_utf8(jeli(folder, &["status"]).stdout).unwrap()
}

fn make_document(folder: &Path, address: &str, space: &str) {
    let token = std::fs::read_to_string(folder.join("control.token")).unwrap();
    let client = Client::new(address, Auth::Token(token.trim().to_owned())).unwrap();
    let document = NewDocument { space, kind: "meeting", title: "Roads", language: "en", write_rule: WriteRule::Everyone, about: "" };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(client.create_document(&document)).unwrap();
}

#[test]
fn the_status_explains_itself_while_a_school_is_away_and_over_a_restart() {
    let place = tempfile::tempdir().unwrap();
    let (a, b) = (place.path().join("a"), place.path().join("b"));
    assert!(jeli(&a, &["init", "--name", "PC", "--school", "Birlik"]).status.success());
    assert!(jeli(&b, &["init", "--name", "PC", "--school", "Rodnik"]).status.success());
    let (first, second) = (Running::start(&a), Running::start(&b));
    let space = answer(&a, &["space", "create", "The valley"])["id"].as_str().unwrap().to_owned();
    let ticket = answer(&a, &["invite", &space])["ticket"].as_str().unwrap().to_owned();
    assert_eq!(answer(&b, &["join", &ticket])["state"], "joined");
    eventually("the other school has all of it, and says so", || said(&a)["state"] == "has_latest");
    assert!(words(&a).contains("The valley: every school has the latest\n  Rodnik: has the latest; connected in the local network"), "{}", words(&a));

    // Cut in order: of a computer that loses its power others hear only when its line has been silent for a while.
    answer(&b, &["line", "cut"]);
    eventually("it is known that the other is gone", || said(&a)["road"] != "lan");
    make_document(&a, &first.address, &space);
    let away = said(&a);
    assert_eq!((away["state"].as_str(), away["last_road"].as_str()), (Some("waiting"), Some("lan")), "{away}");
    let (changes, bytes) = (away["waiting_changes"].as_u64().unwrap(), away["waiting_bytes"].as_u64().unwrap());
    assert!(changes >= 2 && bytes > 0, "its making and its beginning: {away}");
    let text = words(&a);
    assert!(text.contains("all but Rodnik have the latest") && text.contains(&format!("Rodnik: {changes} changes wait, about ")), "{text}");
    assert!(text.contains("; last met a moment ago, in the local network. "), "and why, and what helps: {text}");

    drop(first);
    let first = Running::start(&a);
    let again = said(&a);
    for field in ["state", "waiting_changes", "waiting_since", "last_road"] {
        assert_eq!(again[field], away[field], "{field} outlives a restart");
    }
    let (before, after) = (away["last_contact"].as_i64().unwrap(), again["last_contact"].as_i64().unwrap());
    assert!(before.abs_diff(after) <= 60_000, "the last contact is known to a minute also after a kill: {before}, {after}");
    drop((first, second));
}
