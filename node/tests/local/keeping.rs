//! Files that are sent in, and what of them stays, whoever leaves, comes back, or clears away meanwhile.

use std::collections::BTreeSet;

use jeli_client::ClientError;
use jeli_node::blobs::limits::{GUESTS_PERCENT, UPLOADS, UPLOADS_OF_GUESTS, UPLOADS_TOLD};
use jeli_node::blobs::{BlobError, Choice, Pin, Sender, State, UploadError, Urgency};
use jeli_node::replica_handle::Applied;
use jeli_protocol::ids::{BlobHash, PersonId};
use reqwest::Method;

use crate::files::{PIECE, begin, call, header, open, send};
use crate::support::{History, NETWORK, SOON, TestNode};

fn sender(person: PersonId) -> Sender {
    Sender { person, is_guest: false }
}

/// A piece that comes at once.
fn piece(bytes: Vec<u8>) -> impl futures::Stream<Item = Result<bytes::Bytes, std::io::Error>> {
    futures::stream::iter([Ok(bytes.into())])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_who_left_amid_a_write_spoils_nothing_of_what_is_sent_after() {
    use futures::StreamExt as _;
    let node = TestNode::start().await;
    let uploads = node.app.blobs.uploads();
    let person = PersonId([5; 16]);
    let bytes: Vec<u8> = (0..4_000_000_u32).map(|number| (number % 251) as u8).collect();
    for _ in 0..12 {
        let begun = uploads.begin(sender(person), bytes.len() as u64).await.expect("there is room");
        let first = futures::stream::iter([Ok::<_, std::io::Error>(bytes[..2_000_000].to_vec().into())]).chain(futures::stream::pending());
        let some_is_there = async {
            while uploads.state(person, begun.id).await.expect("known").offset == 0 {
                tokio::task::yield_now().await;
            }
        };
        // The sender is gone as soon as the first of its bytes are on the disk, and the others are on their way there.
        tokio::select! {
            _ = uploads.write(person, begun.id, 0, first) => unreachable!("it goes on for ever"),
            () = some_is_there => {}
        }
        let mut from = uploads.state(person, begun.id).await.expect("known").offset;
        // What was on its way may have come meanwhile: a sender hears how far it is, and goes on from there.
        let sent = loop {
            let rest = futures::stream::iter([Ok::<_, std::io::Error>(bytes[from as usize..].to_vec().into())]);
            match uploads.write(person, begun.id, from, rest).await {
                Ok(sent) => break sent,
                Err(UploadError::Elsewhere(upto)) if upto > from => from = upto,
                Err(error) => panic!("it goes on: {error}"),
            }
        };
        assert_eq!(sent.hash.map(|hash| hash.to_string()), Some(blake3::hash(&bytes).to_string()));
        uploads.end(person, begun.id).await.expect("known");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_later_goes_on_with_an_upload_whose_line_is_dead() {
    use futures::StreamExt as _;
    let node = TestNode::start().await;
    let uploads = node.app.blobs.uploads();
    let person = PersonId([5; 16]);
    let id = uploads.begin(sender(person), 100_000).await.expect("room").id;
    // A phone that has left the Wi-Fi: nobody ever hears that.
    let dead = uploads.write(person, id, 0, piece(vec![7; 10_000]).chain(futures::stream::pending()));
    let goes_on = async {
        loop {
            let here = uploads.state(person, id).await.expect("known").offset;
            match uploads.write(person, id, here, piece(vec![7; 100_000 - here as usize])).await {
                Err(UploadError::Elsewhere(_)) => {}
                other => break other,
            }
        }
    };
    let (dead, sent) = tokio::time::timeout(SOON, async { tokio::join!(dead, goes_on) }).await.expect("neither waits for the other");
    assert!(matches!(dead, Err(UploadError::BrokeOff)), "{dead:?}");
    assert_eq!(sent.expect("kept").hash.expect("whole").to_string(), blake3::hash(&[7; 100_000]).to_string());

    // Nor does one who takes it back.
    let id = uploads.begin(sender(person), 100_000).await.expect("room").id;
    let dead = uploads.write(person, id, 0, piece(vec![7; 10_000]).chain(futures::stream::pending()));
    let end = async {
        while uploads.state(person, id).await.expect("known").offset == 0 {
            tokio::task::yield_now().await;
        }
        uploads.end(person, id).await
    };
    let (dead, ended) = tokio::time::timeout(SOON, async { tokio::join!(dead, end) }).await.expect("neither waits for the other");
    assert!(dead.is_err() && ended.is_ok(), "{dead:?} {ended:?}");
    assert_eq!(std::fs::read_dir(node.files_folder().join("uploads")).expect("a folder").count(), 1, "the first one's sheet is all that is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_guests_send_files_the_schools_own_people_have_places() {
    let node = TestNode::start().await;
    let uploads = node.app.blobs.uploads();
    let guest = |number: usize| Sender { person: PersonId([100 + u8::try_from(number).expect("few"); 16]), is_guest: true };
    let mut begun = Vec::new();
    for number in 0..UPLOADS_OF_GUESTS {
        begun.push(uploads.begin(guest(number), 9).await.expect("a place").id);
    }
    assert!(matches!(uploads.begin(guest(99), 9).await, Err(UploadError::TooMany)));
    uploads.begin(sender(PersonId([1; 16])), 9).await.expect("a teacher has a place");
    // One of them went home long ago.
    let gone = begun[7];
    let file = std::fs::File::options().write(true).open(node.files_folder().join("uploads").join(gone.to_string())).expect("it is there");
    file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(3_600)).expect("set");
    uploads.begin(guest(99), 9).await.expect("the place of the one who went home");
    assert!(matches!(uploads.state(guest(7).person, gone).await, Err(UploadError::Unknown)));
    assert!(uploads.state(guest(8).person, begun[8]).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_sent_has_its_room_and_what_nobody_goes_on_with_has_none() {
    let node = TestNode::start().await;
    let uploads = node.app.blobs.uploads();
    node.app.blobs.choose(Choice { room: Some(1_000_000), ..Choice::default() }).await.expect("chosen");
    let person = |number: u8| sender(PersonId([number; 16]));
    let first = uploads.begin(person(1), 700_000).await.expect("room").id;
    // None of it has come yet.
    let refused = uploads.begin(person(2), 400_000).await;
    assert!(matches!(refused, Err(UploadError::Blob(BlobError::NoRoom { left, .. })) if left <= 300_000), "{refused:?}");
    uploads.begin(person(2), 200_000).await.expect("there is room for so many");
    let file = std::fs::File::options().write(true).open(node.files_folder().join("uploads").join(first.to_string())).expect("it is there");
    file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(3_600)).expect("set");
    uploads.begin(person(3), 400_000).await.expect("nobody goes on with the first one");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_guests_say_that_they_will_send_takes_no_room_of_the_schools_own_people_and_is_bounded() {
    let node = TestNode::start().await;
    let uploads = node.app.blobs.uploads();
    node.app.blobs.choose(Choice { room: Some(1_000_000), ..Choice::default() }).await.expect("chosen");
    let guest = |number: u8| Sender { person: PersonId([number; 16]), is_guest: true };
    let most = 1_000_000 / 100 * GUESTS_PERCENT;
    let first = uploads.begin(guest(1), most - 10_000).await.expect("room for guests").id;
    let refused = uploads.begin(guest(2), 20_000).await;
    assert!(matches!(refused, Err(UploadError::Blob(BlobError::NoRoom { left: 10_000, .. }))), "{refused:?}");
    // Who announced it and went home takes no room of other guests.
    let growing = node.files_folder().join("uploads").join(first.to_string());
    let file = std::fs::File::options().write(true).open(growing).expect("it is there");
    file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(3_600)).expect("set");
    let second = uploads.begin(guest(2), 20_000).await.expect("room for guests").id;
    uploads.end(guest(2).person, second).await.expect("ended");
    let own = sender(PersonId([9; 16]));
    let teachers = uploads.begin(own, 980_000).await.expect("guests have sent nothing of theirs").id;
    uploads.end(own.person, teachers).await.expect("ended");
    // Sent to the end it counts all the same.
    uploads.end(guest(1).person, first).await.expect("ended");
    let bytes = vec![7; 100_000];
    let id = uploads.begin(guest(1), 100_000).await.expect("room").id;
    uploads.write(guest(1).person, id, 0, piece(bytes)).await.expect("whole");
    assert_eq!(node.app.blobs.room().await.expect("room").unfinished, 0, "what is written beside a file is no file on its way");
    uploads.end(guest(1).person, id).await.expect("heard of");
    let refused = uploads.begin(guest(2), most - 90_000).await;
    assert!(matches!(refused, Err(UploadError::Blob(BlobError::NoRoom { left: 150_000, .. }))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_while_an_upload_begins_takes_no_place_and_what_is_told_of_is_bounded() {
    let node = TestNode::start().await;
    let uploads = node.app.blobs.uploads();
    let (own, guest) = (sender(PersonId([1; 16])), Sender { person: PersonId([2; 16]), is_guest: true });
    uploads.begin(own, 9).await.expect("a place");
    let folder = node.files_folder().join("uploads");
    let id = |number: usize| format!("{number:032x}");
    for number in 0..2 * UPLOADS {
        std::fs::write(folder.join(id(number)), [7]).expect("written");
    }
    uploads.begin(own, 9).await.expect("what has no sheet is nobody's");
    for number in 0..2 * UPLOADS {
        std::fs::remove_file(folder.join(id(number))).expect("removed");
    }
    let sheet = |is_guest: bool| format!(r#"{{"length":0,"person":"x","is_guest":{is_guest},"hash":"{}"}}"#, BlobHash([0; 32]));
    for number in 0..UPLOADS_TOLD {
        std::fs::write(folder.join(format!("{}.json", id(number))), sheet(true)).expect("written");
    }
    std::fs::write(folder.join(format!("{}.json", id(7))), sheet(true).replace("\"length\":0", "\"length\":9")).expect("written");
    let kept = || folder.join(format!("{}.json", id(7))).exists();
    uploads.begin(guest, 9).await.expect("one of nothing is told of no more");
    assert!(kept(), "what counts stays counted");
    for number in 0..UPLOADS_TOLD {
        std::fs::write(folder.join(format!("{}.json", id(number))), sheet(false)).expect("written");
    }
    let told =
        || std::fs::read_dir(&folder).expect("a folder").filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some())).count();
    let before = told();
    uploads.begin(own, 9).await.expect("the oldest is told of no more");
    assert_eq!(told(), before, "one came and one went");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_from_the_future_of_a_clock_that_was_set_back_keeps_no_room_and_ages_from_then_on() {
    let node = TestNode::start().await;
    let uploads = node.app.blobs.uploads();
    node.app.blobs.choose(Choice { room: Some(1_000_000), ..Choice::default() }).await.expect("chosen");
    let own = sender(PersonId([1; 16]));
    let id = uploads.begin(own, 900_000).await.expect("room").id;
    let path = node.files_folder().join("uploads").join(id.to_string());
    let written = || std::fs::metadata(&path).expect("there").modified().expect("a time");
    let year = std::time::Duration::from_secs(365 * 86_400);
    let file = std::fs::File::options().write(true).open(&path).expect("it is there");
    file.set_modified(std::time::SystemTime::now() + year).expect("set");
    uploads.begin(own, 900_000).await.expect("nobody goes on with the first one");
    uploads.sweep().await;
    assert!(written() <= std::time::SystemTime::now(), "it would have stayed for a year");
    assert!(uploads.state(own.person, id).await.is_ok(), "and it has not gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_to_be_here_is_not_forgotten_while_a_damaged_store_is_taken_in() {
    let node = TestNode::start().await;
    let hash = BlobHash([5; 32]);
    node.app.replica.with_db(move |db| db.execute("INSERT INTO blob VALUES (?1, 9, 0, 0, 1)", [&hash.0[..]])).await.expect("asked").expect("noted");
    let is_known = async || node.app.blobs.kept().await.expect("kept").iter().any(|blob| blob.hash == hash);
    let aside = node.files_folder().join("damaged");
    std::fs::create_dir(&aside).expect("made");
    node.app.blobs.sweep().await.expect("swept");
    assert!(is_known().await, "it may still lie there");
    std::fs::remove_dir(&aside).expect("removed");
    node.app.blobs.sweep().await.expect("swept");
    assert!(!is_known().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_again_soon_makes_words_wait_for_no_disk() {
    let node = TestNode::start().await;
    let hash = BlobHash([5; 32]);
    node.app.replica.with_db(move |db| db.execute("INSERT INTO blob VALUES (?1, 9, 0, 0, 1)", [&hash.0[..]])).await.expect("asked").expect("noted");
    let changes = async || node.app.replica.with_db(|db| db.total_changes()).await.expect("asked");
    node.app.blobs.used(&hash).await.expect("noted");
    let once = changes().await;
    assert!(node.app.blobs.kept().await.expect("kept").iter().any(|blob| blob.used_ms > 0));
    node.app.blobs.used(&hash).await.expect("noted");
    assert_eq!(changes().await, once);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_in_and_named_while_nobody_needs_is_looked_for_stays() {
    let node = TestNode::start().await;
    let teacher = node.person("aigul", "teacher").await;
    let plan = node.new_plan().await;
    let mut session = open(&teacher, &plan).await;
    // Something old that no document names: histories are looked through for it.
    let place = header(&begin(&node, &teacher, "5").await, "location");
    call(&node, &teacher, Method::PATCH, &place, &[PIECE, ("upload-offset", "0")], b"older").await;
    node.app.replica.with_db(|db| db.execute("UPDATE blob SET added_ms = 0", []).expect("aged")).await.expect("done");
    node.history.send_replace(History::Waits);
    let blobs = node.app.blobs.clone();
    let sweep = tokio::spawn(async move { blobs.sweep().await });
    node.history.subscribe().wait_for(|history| *history == History::IsAsked).await.expect("it lives");
    // Its tag is let go of, and only what the tables say keeps it; that was read before.
    let sent = send(&node, &teacher, &mut session, &[9; 50_000]).await;
    let hash: BlobHash = sent.hash.expect("kept").parse().expect("a hash");
    node.history.send_replace(History::Answers);
    sweep.await.expect("it ends").expect("swept");
    assert_eq!(node.app.blobs.state(&hash).await.expect("a state"), State::Complete { size: 50_000 });
    assert_eq!(node.app.blobs.kept().await.expect("kept").iter().map(|blob| blob.hash).collect::<Vec<_>>(), [hash], "and the old one is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_sent_in_while_it_is_swept_again_and_again_stays() {
    let node = TestNode::start().await;
    let uploads = node.app.blobs.uploads();
    let person = PersonId([5; 16]);
    let blobs = node.app.blobs.clone();
    let sweeps = tokio::spawn(async move {
        loop {
            blobs.sweep().await.expect("swept");
        }
    });
    let mut hashes = Vec::new();
    for number in 0..150_u32 {
        let bytes = [vec![7; 20_000], number.to_le_bytes().to_vec()].concat();
        let id = uploads.begin(sender(person), bytes.len() as u64).await.expect("room").id;
        hashes.push(uploads.write(person, id, 0, piece(bytes)).await.expect("kept").hash.expect("whole"));
    }
    sweeps.abort();
    let kept: BTreeSet<BlobHash> = node.app.blobs.kept().await.expect("kept").into_iter().map(|blob| blob.hash).collect();
    for hash in &hashes {
        assert!(kept.contains(hash), "{hash} is forgotten");
        assert!(matches!(node.app.blobs.state(hash).await.expect("a state"), State::Complete { .. }), "{hash} is lost");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_let_go_of_once_comes_where_everything_of_a_kind_is_kept() {
    let node = TestNode::start().await;
    let director = node.person("asel", "director").await;
    let plan = node.new_plan().await;
    let mut session = open(&director, &plan).await;
    let sent = send(&node, &director, &mut session, b"a guide").await;
    let hash: BlobHash = sent.hash.clone().expect("kept").parse().expect("a hash");
    node.app.blobs.let_go(&hash).await.expect("gone");
    node.app.blobs.pin(&Pin::Kind("library".to_owned())).await.expect("pinned");
    let library = node.new_document(&director, NETWORK, "library").await;
    let mut at = open(&director, &library).await;
    at.name_file(&sent, "guide", "", "", 0).await.expect("named");
    at.wait_acked(SOON).await.expect("kept");
    // As the replica tells when a document was described anew.
    let named = async || node.app.blobs.named(None).await.expect("names").iter().any(|file| file.document.to_string() == library);
    let wants = async || node.app.blobs.wants().await.expect("wants").iter().any(|want| want.hash == hash && want.urgency == Urgency::Pinned);
    tokio::time::timeout(SOON, async {
        while !named().await {
            tokio::task::yield_now().await;
        }
        node.applied.send(Applied::Files { document: library.parse().expect("an id") }).expect("it listens");
        while !wants().await {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("it is to come");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_whole_is_kept_whether_or_not_its_sender_waits() {
    let node = TestNode::start().await;
    let uploads = node.app.blobs.uploads();
    let person = PersonId([5; 16]);
    let bytes: Vec<u8> = (0..40_000_000_u32).map(|number| (number % 241) as u8).collect();
    let begun = uploads.begin(sender(person), bytes.len() as u64).await.expect("there is room");
    let piece = futures::stream::iter([Ok::<_, std::io::Error>(bytes.clone().into())]);
    let copies = || std::fs::read_dir(node.files_folder().join("temp")).map_or(0, |entries| entries.count());
    let is_being_kept = async {
        while copies() == 0 {
            tokio::task::yield_now().await;
        }
    };
    // The sender is gone while the second copy is made.
    tokio::select! {
        _ = uploads.write(person, begun.id, 0, piece) => {}
        () = is_being_kept => {}
    }
    let hash = loop {
        let nothing = futures::stream::iter(Vec::<Result<bytes::Bytes, std::io::Error>>::new());
        match uploads.write(person, begun.id, bytes.len() as u64, nothing).await {
            Ok(upload) => break upload.hash.expect("whole"),
            Err(UploadError::Busy) => tokio::task::yield_now().await,
            Err(error) => panic!("it is kept: {error}"),
        }
    };
    assert_eq!(hash.to_string(), blake3::hash(&bytes).to_string());
    assert_eq!(copies(), 0, "no half of a copy");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_when_nobody_has_written_of_it_for_days() {
    let node = TestNode::start().await;
    let uploads = node.app.blobs.uploads();
    let person = PersonId([5; 16]);
    let day = std::time::Duration::from_secs(24 * 3600);
    let write = async |id, offset: u64| {
        let piece = futures::stream::iter([Ok::<_, std::io::Error>(vec![7_u8; 1_000].into())]);
        uploads.write(person, id, offset, piece).await
    };
    let age = |name: String, days: u32| {
        let file = std::fs::File::options().write(true).open(node.files_folder().join("uploads").join(name)).expect("it is there");
        file.set_modified(std::time::SystemTime::now() - day * days).expect("set");
    };
    let (old, long) = (uploads.begin(sender(person), 9_000).await.expect("room").id, uploads.begin(sender(person), 9_000).await.expect("room").id);
    for id in [old, long] {
        write(id, 0).await.expect("it goes on");
        age(format!("{id}.json"), 4);
    }
    age(old.to_string(), 4);
    let unfinished = async || node.app.blobs.room().await.expect("a room").unfinished;
    let before = unfinished().await;
    assert!(before >= 2_000, "what is being sent in takes room: {before}");
    uploads.sweep().await;
    assert!(unfinished().await < before);
    assert!(matches!(uploads.state(person, old).await, Err(UploadError::Unknown)), "nobody went on with it");
    assert!(!node.files_folder().join("uploads").join(old.to_string()).exists());
    assert_eq!(write(long, 1_000).await.expect("it was written in today").offset, 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_while_it_is_read_is_not_sent_and_leaves_nothing() {
    use std::io::Write as _;
    let node = TestNode::start().await;
    let teacher = node.person("aigul", "teacher").await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("protocol.odt");
    std::fs::write(&path, vec![7; 9_000_000]).expect("written");
    let mut file = std::fs::File::options().append(true).open(&path).expect("it is there");
    let writing = async {
        loop {
            file.write_all(b"one more line\n").expect("written");
            tokio::task::yield_now().await;
        }
    };
    let sent = tokio::select! {
        sent = teacher.send_file(&path) => sent,
        () = writing => unreachable!("it goes on for ever"),
    };
    assert!(matches!(sent, Err(ClientError::FileChanged(_))), "{sent:?}");
    let left = std::fs::read_dir(node.files_folder().join("uploads")).map_or(0, |entries| entries.count());
    assert_eq!(left, 0, "nothing half sent stays");
}
