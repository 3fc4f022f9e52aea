//! The `jeli` program as a person meets it: what it refuses, in which words, and that it leaves everything as it was.
#![allow(clippy::unwrap_used, clippy::panic)]

mod programs;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use jeli_client::{Auth, Client, NewPerson};
use serde_json::json;

use programs::{RUN, Running, answer, eventually, jeli};

fn refused(data: &Path, arguments: &[&str]) -> String {
    let output = jeli(data, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?} is refused with exit code 1");
    String::from_utf8(output.stderr).unwrap()
}

/// Every file of a folder, and of those in it, with its content.
fn contents(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { contents(&path) } else { vec![(path.clone(), std::fs::read(&path).unwrap())] })
        .collect();
    files.sort();
    files
}

#[test]
fn a_node_whose_database_is_gone_says_so_and_does_not_begin_empty() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("node");
    assert!(jeli(&folder, &["init", "--name", "a", "--school", "b"]).status.success());
    drop(Running::start(&folder));
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("jeli.db{ending}")));
    }
    let before = contents(&folder);
    let words = refused(&folder, &RUN);
    assert!(words.contains("jeli.db is gone") && words.contains("backup") && words.contains("database.made"), "{words}");
    assert_eq!(contents(&folder), before, "nothing was touched");
    std::fs::remove_file(folder.join("database.made")).unwrap();
    drop(Running::start(&folder));
    assert!(folder.join("jeli.db").exists(), "who says so begins anew");
}

#[test]
fn an_address_that_this_computer_does_not_have_and_a_mistake_in_the_settings_are_said_to_be() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("node");
    assert!(jeli(&folder, &["init", "--name", "a", "--school", "b"]).status.success());
    // 192.0.2.0/24 is nobody's (RFC 5737).
    let words = refused(&folder, &["run", "--listen", "192.0.2.7:8787"]);
    assert!(words.contains("no such address") && words.contains("--listen") && !words.contains("another program"), "{words}");
    assert_eq!(words.matches("no such address").count(), 1, "once: {words}");
    std::fs::write(folder.join("jeli.toml"), "mdns = true\nhosts = [\n").unwrap();
    let words = refused(&folder, &["run"]);
    assert!(words.contains("jeli.toml") && words.contains("line 2"), "{words}");
}

#[test]
fn a_second_process_on_the_folder_and_a_taken_port_are_refused_and_touch_nothing() {
    let place = tempfile::tempdir().unwrap();
    let (first, second) = (place.path().join("first"), place.path().join("second"));
    for folder in [&first, &second] {
        assert!(jeli(folder, &["init", "--name", "PC", "--school", "Мектеп"]).status.success());
    }
    let running = Running::start(&first);
    assert!(refused(&first, &RUN).contains("another jeli is running"));
    let before = contents(&second);
    let listen = running.address.trim_start_matches("http://");
    let words = refused(&second, &["run", "--listen", listen, "--peer-port", "0"]);
    assert!(words.contains(listen) && words.contains("--listen"), "names the port and a way out: {words}");
    assert_eq!(contents(&second), before, "nothing was touched");
    let status = jeli(&first, &["--json", "status"]);
    assert!(String::from_utf8(status.stdout).unwrap().contains("\"line\":\"open\""), "the first goes on");
}

#[test]
fn a_folder_that_cannot_be_written_and_one_without_a_node_are_said_to_be() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert!(refused(&file.join("node"), &["init", "--name", "a", "--school", "b"]).contains("--data"));
    let empty = place.path().join("empty");
    for arguments in [&["run"][..], &["status"], &["doc", "list"]] {
        assert!(refused(&empty, arguments).contains("jeli init"), "{arguments:?} says how to begin");
    }
    assert!(!empty.exists(), "asking makes no folder");
    assert!(jeli(&empty, &["init", "--name", "a", "--school", "b"]).status.success());
    assert!(refused(&empty, &["status"]).contains("jeli run"), "no node is running yet");
    assert!(refused(&empty, &["init", "--name", "a", "--school", "b"]).contains("already"));
}

#[test]
fn a_taken_port_for_other_nodes_is_named_with_a_way_out_and_no_database_is_begun() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("node");
    assert!(jeli(&folder, &["init", "--name", "a", "--school", "b"]).status.success());
    let before = contents(&folder);
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let words = refused(&folder, &["run", "--listen", "127.0.0.1:0", "--peer-port", &port, "--peer-address", "127.0.0.1", "--no-mdns"]);
    assert!(words.contains(&port) && words.contains("--peer-port"), "names the port and a way out: {words}");
    assert_eq!(contents(&folder), before, "nothing was touched");
}

/// What a command of the running node answers, as JSON.
#[test]
fn an_invitation_that_is_malformed_spent_unknown_or_for_another_space_is_refused_in_a_sentence_that_says_which() {
    use jeli_protocol::invitation::Ticket;
    let place = tempfile::tempdir().unwrap();
    let folders = ["a", "b", "c"].map(|name| place.path().join(name));
    let [a, b, c] = &folders;
    let _running = folders.each_ref().map(|folder| {
        assert!(jeli(folder, &["init", "--name", "PC", "--school", &folder.display().to_string()]).status.success());
        Running::start(folder)
    });
    let text = |value: &serde_json::Value, name: &str| value[name].as_str().unwrap().to_owned();
    let space = text(&answer(a, &["space", "create", "one"]), "id");
    let other = text(&answer(a, &["space", "create", "two"]), "id");
    let ticket = text(&answer(a, &["invite", &space]), "ticket");
    let read = Ticket::from_text(&ticket).unwrap();
    let for_another = Ticket { space: other.parse().unwrap(), ..read.clone() }.to_text();
    let unknown = Ticket { secret: [7; 16], ..read }.to_text();

    for (what, given, said) in [
        ("no invitation", "hello", "is no invitation"),
        ("a part of one", &ticket[..ticket.len() / 2], "a part of it is missing"),
        ("another space's", &for_another, "for another space"),
        ("made up", &unknown, "does not know this invitation"),
    ] {
        let words = refused(b, &["join", given]);
        assert!(words.contains(said), "{what}: {words}");
    }
    assert_eq!(answer(b, &["space", "list"]).as_array().unwrap().len(), 1, "only its own space is there");
    assert_eq!(answer(b, &["join", &ticket])["state"], "joined", "the invitation itself was good all the time");
    assert!(refused(c, &["join", &ticket]).contains("used already"));
    assert!(refused(b, &["join", &ticket]).contains("already"));
}

#[test]
fn a_school_that_works_apart_does_so_until_it_joins_again_however_often_the_program_stops() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("node");
    assert!(jeli(&folder, &["init", "--name", "a", "--school", "b"]).status.success());
    let line = || answer(&folder, &["status"])["line"].as_str().unwrap().to_owned();
    let running = Running::start(&folder);
    assert_eq!(line(), "open", "a new node is on the line");
    answer(&folder, &["line", "cut"]);
    drop(running);
    for start in ["killed after the cut", "killed once more"] {
        let running = Running::start(&folder);
        assert_eq!(line(), "cut", "{start}");
        assert_eq!(answer(&folder, &["status"])["addresses"], json!([]), "{start}: it listens nowhere");
        drop(running);
    }
    let running = Running::start(&folder);
    answer(&folder, &["line", "join"]);
    drop(running);
    let _running = Running::start(&folder);
    assert_eq!(line(), "open", "joined again");
}

#[test]
fn a_database_of_a_newer_program_is_left_as_it_is() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("node");
    assert!(jeli(&folder, &["init", "--name", "a", "--school", "b"]).status.success());
    drop(Running::start(&folder));
    let db = rusqlite::Connection::open(folder.join("jeli.db")).unwrap();
    db.pragma_update(None, "user_version", 9_999).unwrap();
    db.close().unwrap();
    let before = contents(&folder);
    let words = refused(&folder, &RUN);
    assert!(words.contains("newer") && words.contains("Update this program"), "{words}");
    assert_eq!(contents(&folder), before, "not a byte was changed, and nothing laid beside it");
}

#[test]
fn a_school_gets_a_second_computer_with_its_sheet_and_not_with_a_mistyped_one() {
    let place = tempfile::tempdir().unwrap();
    let made = jeli(&place.path().join("one"), &["--json", "init", "--name", "PC", "--school", "Мектеп"]);
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    let sheet: Vec<&str> = made["sheet"].as_array().unwrap().iter().map(|group| group.as_str().unwrap()).collect();
    let with_sheet = |folder: &str, digits: &str| {
        use std::io::Write;
        let mut child = Command::new(env!("CARGO_BIN_EXE_jeli"))
            .args(["--json", "--data"])
            .arg(place.path().join(folder))
            .args(["init", "--name", "laptop", "--school", "Мектеп", "--with-sheet"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(digits.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let second = with_sheet("two", &sheet.join(" "));
    let second: serde_json::Value = serde_json::from_slice(&second.stdout).unwrap();
    assert_eq!(second["school"], made["school"]);
    assert_ne!(second["node"], made["node"]);
    let mistyped = with_sheet("three", &sheet.join(" ").replacen(sheet[4], "000001", 1));
    assert_eq!(mistyped.status.code(), Some(1));
    assert!(String::from_utf8(mistyped.stderr).unwrap().contains("group 5"), "it says where to look");
}

/// Who may do what with the folder and each of its files.
#[cfg(unix)]
fn modes(folder: &Path) -> Vec<(String, u32)> {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut modes: Vec<_> = files.map(|entry| (entry.file_name().into_string().unwrap(), mode(&entry.path()))).collect();
    modes.push((".".to_owned(), mode(folder)));
    modes.sort();
    modes
}

#[cfg(unix)]
#[test]
fn the_folder_and_all_its_files_are_for_their_owner_alone_whatever_the_umask_says_and_open_ones_are_closed_at_the_start() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("node");
    let with_open_umask = |arguments: &[&str]| {
        let mut command = Command::new("sh");
        command.args(["-c", "umask 0; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_jeli"), "--json", "--data"]).arg(&folder).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let run = || {
        let mut child = with_open_umask(&RUN).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("address"), "{line}");
        child
    };
    let closed = |when: &str| {
        let modes = modes(&folder);
        for (name, mode) in &modes {
            assert_eq!(*mode, if [".", "files", "bundles"].contains(&name.as_str()) { 0o700 } else { 0o600 }, "{when}: {name}");
        }
        for name in ["jeli.db", "jeli.db-wal", "jeli.db-shm", "node.key", "lock", "address"] {
            assert!(modes.iter().any(|(known, _)| known == name), "{when}: {name} is there");
        }
    };
    assert!(with_open_umask(&["init", "--name", "a", "--school", "b"]).status().unwrap().success());
    let mut first = run();
    closed("made with an open umask");
    first.kill().unwrap();
    first.wait().unwrap();

    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let mode = if path.is_dir() { 0o755 } else { 0o666 };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut second = run();
    closed("opened by somebody, and started again");
    second.kill().unwrap();
    let said = String::from_utf8(second.wait_with_output().unwrap().stderr).unwrap();
    assert!(said.contains("others could read this") && said.contains("jeli.db"), "the log says so: {said}");
}

#[test]
fn the_status_of_a_space_says_how_much_of_it_was_refused() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("node");
    assert!(jeli(&folder, &["init", "--name", "a", "--school", "b"]).status.success());
    let _running = Running::start(&folder);
    let spaces = answer(&folder, &["status"])["spaces"].clone();
    assert_eq!((spaces[0]["void"].as_u64(), spaces[0]["refused_frames"].as_u64()), (Some(0), Some(0)), "{spaces}");
}

#[test]
fn whoever_stands_at_the_machine_gives_a_director_who_has_forgotten_the_password_a_new_one() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("node");
    assert!(jeli(&folder, &["init", "--name", "a", "--school", "b"]).status.success());
    let running = Running::start(&folder);
    let token = std::fs::read_to_string(folder.join("control.token")).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let machine = Client::new(&running.address, Auth::Token(token)).unwrap();
    let asel = NewPerson { name: "Әсел", login: "asel", password: "long forgotten", role: "director", language: "kk", pass: None };
    runtime.block_on(machine.add_person(&asel)).unwrap();
    let password = answer(&folder, &["password", "Asel"])["password"].as_str().unwrap().to_owned();
    let nobody = Client::new(&running.address, Auth::Nobody).unwrap();
    assert!(runtime.block_on(nobody.sign_in("asel", "long forgotten")).is_err(), "the old one is good no more");
    runtime.block_on(nobody.sign_in("asel", &password)).expect("the new one is");
    assert!(refused(&folder, &["password", "nobody"]).contains("\"nobody\""), "who is meant is named");
}

/// Waits until it is so.
#[test]
fn a_director_opens_the_page_to_the_network_and_closes_it_and_the_program_keeps_the_choice() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("node");
    assert!(jeli(&folder, &["init", "--name", "a", "--school", "b"]).status.success());
    let running = Running::start(&folder);
    let port = running.address.rsplit_once(':').unwrap().1.to_owned();
    // Another address of this machine: reached only where the page is open to all.
    let elsewhere: std::net::SocketAddr = format!("127.0.0.2:{port}").parse().unwrap();
    let open = || std::net::TcpStream::connect(elsewhere).is_ok();
    assert!(!open());
    let token = std::fs::read_to_string(folder.join("control.token")).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = running.address.clone();
    let choose = |open: bool| {
        let machine = Client::new(&address, Auth::Token(token.clone())).unwrap();
        runtime.block_on(machine.choose_doors(open)).unwrap();
    };
    choose(true);
    eventually("others reach the page", open);
    eventually("the command line finds the node where it is now", || jeli(&folder, &["status"]).status.success());
    drop(running);
    let _again = Running::start_at(&folder, &format!("127.0.0.1:{port}"));
    assert!(open(), "the choice is kept");
    choose(false);
    eventually("the page is for this machine alone", || !open());
    eventually("the command line finds the node", || jeli(&folder, &["status"]).status.success());
}

#[test]
fn a_program_is_told_by_a_code_what_went_wrong() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("node");
    let error = |arguments: &[&str]| -> serde_json::Value {
        let words = refused(&folder, &[&["--json"], arguments].concat());
        serde_json::from_str::<serde_json::Value>(&words).unwrap()["error"].clone()
    };
    assert_eq!(error(&["status"])["code"], "no_node");
    assert_eq!(error(&["init", "--name", "", "--school", "b"])["code"], "bad_name");
    assert!(jeli(&folder, &["init", "--name", "a", "--school", "b"]).status.success());
    assert_eq!(error(&["status"])["code"], "node_not_running");
    let running = Running::start(&folder);
    assert_eq!(error(&RUN)["code"], "folder_in_use");
    assert_eq!(error(&["join", "hello"])["code"], "malformed_invitation");
    assert_eq!(error(&["password", "nobody"])["code"], "unknown_login");
    let other = place.path().join("other");
    assert!(jeli(&other, &["init", "--name", "a", "--school", "b"]).status.success());
    let refused_there = |arguments: &[&str]| -> serde_json::Value { serde_json::from_str(&refused(&other, arguments)).unwrap() };
    let taken = refused_there(&["--json", "run", "--listen", running.address.trim_start_matches("http://")]);
    assert_eq!(taken["error"]["code"], "page_not_served");
    assert!(taken["error"]["message"].as_str().unwrap().contains(other.to_str().unwrap()), "the way out is for this folder: {taken}");
    std::fs::write(other.join("jeli.toml"), "listen = nowhere").unwrap();
    assert_eq!(refused_there(&["--json", "run"])["error"]["code"], "bad_settings");
    let unnamed = error(&["space", "create", ""]);
    assert_eq!((&unnamed["code"], &unnamed["args"]["field"]), (&"bad_field".into(), &"name".into()));
    assert!(!unnamed["message"].as_str().unwrap().contains("bad_field"), "the sentence is for people: {unnamed}");
}

#[test]
fn a_file_is_added_fetched_kept_and_cleared_away_by_the_command_line() {
    let place = tempfile::tempdir().unwrap();
    let folders = ["a", "b"].map(|name| place.path().join(name));
    let [a, b] = &folders;
    let running = folders.each_ref().map(|folder| {
        assert!(jeli(folder, &["init", "--name", "PC", "--school", &folder.display().to_string()]).status.success());
        Running::start(folder)
    });
    let text = |value: &serde_json::Value, name: &str| value[name].as_str().unwrap().to_owned();
    let space = text(&answer(a, &["space", "create", "one"]), "id");
    let ticket = text(&answer(a, &["invite", &space]), "ticket");
    answer(b, &["join", &ticket]);
    let token = std::fs::read_to_string(a.join("control.token")).unwrap();
    let client = Client::new(&running[0].address, Auth::Token(token)).unwrap();
    let new =
        jeli_client::NewDocument { space: &space, kind: "plan", title: "x", language: "kk", write_rule: jeli_client::WriteRule::Everyone, about: "" };
    let document = tokio::runtime::Runtime::new().unwrap().block_on(client.create_document(&new)).unwrap().id;

    let content: Vec<u8> = (0..5_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let (file, saved) = (place.path().join("Сабақ жоспары.bin"), place.path().join("saved"));
    std::fs::write(&file, &content).unwrap();
    let added = answer(a, &["blob", "add", file.to_str().unwrap(), "--document", &document]);
    assert_eq!((added["name"].as_str(), added["size"].as_u64()), (Some("Сабақ жоспары.bin"), Some(5_000_000)));
    let hash = text(&added, "hash");
    let begun = std::time::Instant::now();
    // The document comes first; until then there is no such file.
    while !jeli(b, &["blob", "list", "--document", &document]).stdout.windows(64).any(|part| part == hash.as_bytes()) {
        assert!(begun.elapsed().as_secs() < 60, "the document comes");
    }
    let got = answer(b, &["blob", "get", &hash, "--document", &document, "--to", saved.to_str().unwrap(), "--timeout", "60"]);
    assert_eq!(got["size"].as_u64(), Some(5_000_000));
    assert!(std::fs::read(&saved).unwrap() == content, "byte for byte");
    let words = refused(b, &["blob", "get", &hash, "--document", &document, "--to", saved.to_str().unwrap()]);
    assert!(words.contains("there already") && words.contains("--to"), "{words}");
    let listed = answer(b, &["blob", "list", "--document", &document]);
    assert_eq!((listed[0]["state"].as_str(), listed[0]["hash"].as_str()), (Some("here"), Some(hash.as_str())));
    answer(b, &["blob", "pin", &document]);
    assert_eq!(answer(b, &["blob", "list", "--document", &document])[0]["pinned"].as_bool(), Some(true));
    answer(b, &["blob", "unpin", &document]);
    assert_eq!(answer(b, &["blob", "pin", "--kind", "plan"])["kind"].as_str(), Some("plan"));
    assert_eq!(answer(b, &["blob", "list", "--document", &document])[0]["pinned"].as_bool(), Some(true));
    answer(b, &["blob", "unpin", "--kind", "plan"]);
    assert_eq!(answer(b, &["blob", "list", "--document", &document])[0]["pinned"].as_bool(), Some(false));
    assert_eq!(jeli(b, &["blob", "pin"]).status.code(), Some(2), "something is to be named");
    assert_eq!(answer(b, &["blob", "gc"])["freed"].as_u64(), Some(0), "what a document names stays");
    assert_eq!(answer(b, &["blob", "list"])["used"].as_u64(), Some(5_000_000));
    let gone = place.path().join("gone");
    assert!(refused(a, &["blob", "add", gone.to_str().unwrap(), "--document", &document]).contains("could not be read"));
}

#[test]
fn a_stick_goes_between_two_schools_by_commands_and_says_what_it_brought() {
    use jeli_client::{NewDocument, WriteRule};
    let place = tempfile::tempdir().unwrap();
    let [a, b, stick] = ["a", "b", "stick"].map(|name| place.path().join(name));
    std::fs::create_dir(&stick).unwrap();
    let running = [&a, &b].map(|folder| {
        assert!(jeli(folder, &["init", "--name", "PC", "--school", folder.file_name().unwrap().to_str().unwrap()]).status.success());
        Running::start(folder)
    });
    let alone = answer(&a, &["stick", stick.to_str().unwrap()]);
    assert_eq!(alone["saved"], json!([]), "nobody to give anything to, and no error");
    let space = answer(&a, &["space", "create", "one"])["id"].as_str().unwrap().to_owned();
    let ticket = answer(&a, &["invite", &space])["ticket"].as_str().unwrap().to_owned();
    assert_eq!(answer(&b, &["join", &ticket])["state"], "joined");
    for folder in [&a, &b] {
        answer(folder, &["line", "cut"]);
    }
    let token = std::fs::read_to_string(a.join("control.token")).unwrap();
    let client = Client::new(&running[0].address, Auth::Token(token)).unwrap();
    let new = NewDocument {
        space: &space, kind: "plan", title: "Флешкадағы жоспар", language: "kk", write_rule: WriteRule::Everyone, about: ""
    };
    tokio::runtime::Runtime::new().unwrap().block_on(client.create_document(&new)).unwrap();

    let stick = stick.to_str().unwrap();
    let first = answer(&a, &["stick", stick]);
    assert_eq!(first["saved"].as_array().unwrap().len(), 1, "{first}");
    let there = jeli(&b, &["stick", stick]);
    let words = String::from_utf8(there.stdout).unwrap();
    assert!(words.contains("from a: taken in") && words.contains("The stick takes along what is new for a. You can pull it out now."), "{words}");
    let documents = answer(&b, &["doc", "list", "--space", &space]);
    assert_eq!(documents[0]["title"], "Флешкадағы жоспар");
    let back = answer(&a, &["stick", stick]);
    let fates: Vec<_> = back["opened"].as_array().unwrap().iter().map(|opened| opened["fate"].as_str().unwrap().to_owned()).collect();
    assert!(fates.contains(&"own".to_owned()) && fates.contains(&"taken".to_owned()), "{back}");
    assert_eq!(answer(&a, &["doc", "list", "--space", &space])[0]["reached"], 2, "and the receipt came back with it");
    let status = answer(&a, &["status"]);
    let school = status["spaces"].as_array().unwrap().iter().find_map(|one| one["schools"].get(0)).unwrap();
    assert_eq!((&school["state"], &school["last_road"], &school["road"]), (&json!("has_latest"), &json!("parcel"), &json!("parcel")), "{status}");

    std::fs::write(Path::new(stick).join("letter.jeli"), "not a bundle").unwrap();
    let words = refused(&b, &["bundle", "open", Path::new(stick).join("letter.jeli").to_str().unwrap()]);
    assert!(words.contains("not a bundle"), "{words}");
}
