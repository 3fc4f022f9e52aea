//! Files between real nodes in one process: named in documents, fetched, cut off, refused.

use anyhow::{Context as _, Result, ensure};
use jeli_client::{ClientError, DocSession};
use jeli_node::blobs::{Blobs, Choice, Obstacle, Pin, State, Urgency};
use jeli_node::events::Event;
use jeli_node::store::Naming;
use jeli_protocol::ids::BlobHash;
use jeli_protocol::kinds::files::COLLECTION;
use jeli_protocol::kinds::write::add_item;
use jeli_protocol::kinds::{Input, ItemId, Place};
use jeli_tests::school::{PATIENCE, School, eventually};
use rand::RngExt as _;
use tokio::time::timeout;

/// Bytes that nothing makes smaller, the same for the same seed.
fn content(bytes: usize) -> Vec<u8> {
    let mut content = vec![0; bytes];
    rand::rng().fill(&mut content[..]);
    content
}

/// Adds a file at a school, in no document yet.
async fn add(school: &School, bytes: &[u8]) -> Result<(BlobHash, u64)> {
    let path = school.folder().join("to-add");
    tokio::fs::write(&path, bytes).await?;
    let added = blobs(school)?.add_file(&path).await?;
    tokio::fs::remove_file(&path).await?;
    Ok(added)
}

fn blobs(school: &School) -> Result<&Blobs> {
    Ok(school.node().context("it runs")?.blobs())
}

/// Names a file in a document.
async fn name(session: &mut DocSession, hash: BlobHash, size: u64, thumbnail: Option<BlobHash>) -> Result<()> {
    let thumbnail = thumbnail.map(|hash| hash.to_string()).unwrap_or_default();
    session
        .change(|doc| {
            let values = [
                ("name", Input::Text("Сабақ.jpg")),
                ("hash", Input::Str(&hash.to_string())),
                ("thumbnail", Input::Str(&thumbnail)),
                ("size", Input::Int(size as i64)),
            ];
            add_item(doc, COLLECTION, ItemId::from_bytes(rand::random()), Place::Last, &values)
                .map_err(|error| ClientError::BadAnswer(error.to_string()))
        })
        .await?;
    session.wait_acked(PATIENCE).await?;
    Ok(())
}

async fn whole(school: &School, hash: BlobHash) -> Result<()> {
    eventually("the file to be here", async || Ok(matches!(blobs(school)?.state(&hash).await?, State::Complete { .. }))).await
}

async fn bytes_of(school: &School, hash: BlobHash) -> Result<Vec<u8>> {
    let path = school.folder().join("exported");
    blobs(school)?.export(&hash, path.clone()).await?;
    let bytes = tokio::fs::read(&path).await?;
    tokio::fs::remove_file(&path).await?;
    Ok(bytes)
}

/// Two schools in one network with a plan that both write.
async fn two() -> Result<(School, School, String)> {
    let (a, b) = (School::start("A").await?, School::start("B").await?);
    let space = a.client()?.create_space("network").await?;
    a.invites(&b, &space.id).await?;
    let plan = a.makes(&space.id, "plan", "Plan").await?;
    b.opens(&plan.id).await?;
    Ok((a, b, plan.id))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_file_comes_by_itself_and_a_large_one_when_it_is_wanted() -> Result<()> {
    let (a, b, plan) = two().await?;
    let (small, large) = (content(40_000), content(5_000_000));
    let ((small_hash, small_size), (large_hash, large_size)) = (add(&a, &small).await?, add(&a, &large).await?);
    let mut at_a = a.opens(&plan).await?;
    name(&mut at_a, large_hash, large_size, Some(small_hash)).await?;
    whole(&b, small_hash).await?;
    assert_eq!(bytes_of(&b, small_hash).await?, small);
    assert_eq!(small_size, 40_000);
    assert_eq!(blobs(&b)?.state(&large_hash).await?, State::Absent, "nobody asked for it");

    blobs(&b)?.want(&large_hash, Urgency::Wanted).await?;
    whole(&b, large_hash).await?;
    assert_eq!(bytes_of(&b, large_hash).await?, large);
    eventually("nothing to be wanted any more", async || Ok(blobs(&b)?.wants().await?.is_empty())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_hears_how_a_file_comes_and_that_it_is_here() -> Result<()> {
    let (a, b, plan) = two().await?;
    let (hash, size) = add(&a, &content(5_000_000)).await?;
    name(&mut a.opens(&plan).await?, hash, size, None).await?;
    eventually("B to know of it", async || Ok(!blobs(&b)?.named(Some(plan.parse()?)).await?.is_empty())).await?;
    let mut events = b.node().context("it runs")?.app().events.listen();
    blobs(&b)?.want(&hash, Urgency::Wanted).await?;
    // Asks when it hears, and at no other time.
    timeout(PATIENCE, async {
        loop {
            let heard = events.recv().await?;
            if matches!(heard, Event::Files { document, .. } if document == plan.parse()?)
                && matches!(blobs(&b)?.state(&hash).await?, State::Complete { .. })
            {
                return anyhow::Ok(());
            }
        }
    })
    .await
    .context("told that it is here")?
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_larger_than_its_document_says_does_not_come_by_itself() -> Result<()> {
    let (a, b, plan) = two().await?;
    let ((film, size), (poster, _)) = (add(&a, &content(5_000_000)).await?, add(&a, &content(3_000_000)).await?);
    let mut at_a = a.opens(&plan).await?;
    name(&mut at_a, film, 1_000, Some(poster)).await?;
    for hash in [film, poster] {
        eventually("it to be held up", async || Ok(blobs(&b)?.obstacle(&hash) == Some(Obstacle::TooLarge))).await?;
        assert_eq!(blobs(&b)?.state(&hash).await?, State::Absent, "not a byte of it came");
    }

    for hash in [film, poster] {
        blobs(&b)?.want(&hash, Urgency::Wanted).await?;
    }
    // No document takes back what somebody chose.
    name(&mut at_a, BlobHash(rand::random()), 1_000, Some(film)).await?;
    for hash in [film, poster] {
        whole(&b, hash).await?;
    }
    assert_eq!(bytes_of(&b, film).await?.len() as u64, size);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_members_of_a_space_that_names_a_file_gets_it_nor_learns_by_the_time_whether_it_is_here() -> Result<()> {
    let (a, b, plan) = two().await?;
    let c = School::start("C").await?;
    // C shares a space with A, and only there: the file stands in the other one.
    let other = a.client()?.create_space("other").await?;
    a.invites(&c, &other.id).await?;
    let bytes = content(2_000_000);
    let (hash, size) = add(&a, &bytes).await?;
    let mut at_a = a.opens(&plan).await?;
    name(&mut at_a, hash, size, None).await?;
    blobs(&b)?.want(&hash, Urgency::Wanted).await?;
    whole(&b, hash).await?;

    // C knows the hash, and names it in a document of its own space with A's school alone: that gives A nothing to give, but C's own want.
    let c_client = c.client()?;
    eventually("C to be connected", async || Ok(c_client.status().await?.peers.iter().any(|peer| peer.connected))).await?;
    let asked = |hash: BlobHash| {
        let c = &c;
        async move {
            let network = c.node().context("it runs")?.network();
            let peer = jeli_node::network::peer_id_of(&a_node(c, "A").await?);
            let begin = tokio::time::Instant::now();
            let stream = network.open_blob(peer).await?.stream;
            let answer = ask_for(stream, hash).await;
            anyhow::Ok((answer, begin.elapsed()))
        }
    };
    let (mut here, mut nowhere) = (Vec::new(), Vec::new());
    for _ in 0..10 {
        let (answer, took) = asked(hash).await?;
        assert_eq!(answer, 0, "not a byte");
        here.push(took);
        let (answer, took) = asked(BlobHash(rand::random())).await?;
        assert_eq!(answer, 0);
        nowhere.push(took);
    }
    here.sort();
    nowhere.sort();
    let (here, nowhere) = (here[5], nowhere[5]);
    assert!(here.abs_diff(nowhere) < std::time::Duration::from_millis(20), "{here:?} and {nowhere:?}");
    Ok(())
}

/// The node of another school as this one knows it.
async fn a_node(at: &School, school: &str) -> Result<[u8; 32]> {
    let status = at.client()?.status().await?;
    let peer = status.peers.iter().find(|peer| peer.school.name == school).context("known")?;
    let node: jeli_protocol::ids::NodeId = peer.node.parse()?;
    Ok(node.0)
}

/// Asks for a content as a program that keeps to the protocol does; how many bytes come back.
async fn ask_for(mut stream: impl futures::AsyncRead + futures::AsyncWrite + Unpin, hash: BlobHash) -> usize {
    use futures::{AsyncReadExt as _, AsyncWriteExt as _};
    // A hello: its kind, its length, version 1, the hash.
    let mut hello = vec![4, 33, 0, 1];
    hello.extend_from_slice(&hash.0);
    if stream.write_all(&hello).await.is_err() || stream.flush().await.is_err() {
        return 0;
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    answer.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_cut_off_on_its_way_goes_on_where_it_was() -> Result<()> {
    let (a, mut b, plan) = two().await?;
    let bytes = content(40_000_000);
    let (hash, size) = add(&a, &bytes).await?;
    let mut at_a = a.opens(&plan).await?;
    name(&mut at_a, hash, size, None).await?;
    blobs(&b)?.want(&hash, Urgency::Wanted).await?;
    let here = async |school: &School| {
        Ok::<u64, anyhow::Error>(match blobs(school)?.state(&hash).await? {
            State::Partial { here, .. } => here,
            State::Complete { size } => size,
            State::Absent => 0,
        })
    };
    let mut before = 0;
    for part in 1..=3_u64 {
        eventually("a part to be here", async || Ok(here(&b).await? >= size.min(part * size / 5).max(before))).await?;
        match part {
            1 => {
                b.client()?.cut_line(true).await?;
                before = here(&b).await?;
                b.client()?.cut_line(false).await?;
            }
            _ => {
                b.stop().await;
                b.run().await?;
            }
        }
        assert!(here(&b).await? >= before, "what came stays");
        before = here(&b).await?;
    }
    whole(&b, hash).await?;
    assert_eq!(bytes_of(&b, hash).await?, bytes);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_is_said_and_what_a_version_in_history_names_is_kept() -> Result<()> {
    let (a, b, plan) = two().await?;
    let (hash, size) = add(&a, &content(300_000)).await?;
    let mut at_a = a.opens(&plan).await?;
    name(&mut at_a, hash, size, None).await?;
    whole(&b, hash).await?;
    // Taken out of the document: its history names it still.
    at_a.change(|doc| {
        let (_, files) = automerge::ReadDoc::get(doc, automerge::ROOT, COLLECTION).ok().flatten().expect("there");
        let ids: Vec<String> = automerge::ReadDoc::keys(doc, &files).collect();
        for id in ids {
            automerge::transaction::Transactable::delete(doc, &files, id).map_err(|error| ClientError::BadAnswer(error.to_string()))?;
        }
        Ok::<(), ClientError>(())
    })
    .await?;
    at_a.wait_acked(PATIENCE).await?;
    eventually("the document to name it no more", async || Ok(blobs(&a)?.named(None).await?.iter().all(|file| file.naming == Naming::Once))).await?;
    blobs(&a)?.sweep().await?;
    assert!(matches!(blobs(&a)?.state(&hash).await?, State::Complete { .. }), "a version in history names it");

    // And what is named and nobody has is said to be so.
    let nowhere = BlobHash(rand::random());
    name(&mut at_a, nowhere, 5_000_000, None).await?;
    blobs(&a)?.want(&nowhere, Urgency::Wanted).await?;
    eventually("it to be said", async || Ok(blobs(&a)?.obstacle(&nowhere) == Some(Obstacle::NobodyHasIt))).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_files_cannot_be_opened_serves_words_and_says_so() -> Result<()> {
    let (mut a, _b, plan) = two().await?;
    let (hash, size) = add(&a, &content(300_000)).await?;
    name(&mut a.opens(&plan).await?, hash, size, None).await?;
    a.stop().await;
    let (store, aside) = (a.folder().join("files/blobs.db"), a.folder().join("aside"));
    tokio::fs::rename(&store, &aside).await?;
    tokio::fs::create_dir(&store).await?;
    a.run().await?;
    let mut session = a.opens(&plan).await?;
    session
        .change(|doc| {
            jeli_protocol::kinds::write::set(doc, &["title"], Input::Text("Words go on")).map_err(|error| ClientError::BadAnswer(error.to_string()))
        })
        .await?;
    session.wait_acked(PATIENCE).await?;
    assert!(matches!(a.client()?.files(&plan).await, Err(ClientError::Refused(refusal)) if refusal.code == "files_closed"));
    let file = a.folder().join("to-add");
    tokio::fs::write(&file, b"a file").await?;
    assert!(matches!(a.client()?.send_file(&file).await, Err(ClientError::Refused(refusal)) if refusal.code == "files_closed"));
    a.stop().await;
    tokio::fs::remove_dir(&store).await?;
    tokio::fs::rename(&aside, &store).await?;
    a.run().await?;
    assert_eq!(blobs(&a)?.state(&hash).await?, State::Complete { size });
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_damaged_store_held_is_taken_in_anew_and_what_is_lost_comes_again() -> Result<()> {
    let (a, mut b, plan) = two().await?;
    // A large content lies in a file of its own, a small one in the store's database.
    let (large, small) = (content(300_000), content(3_000));
    let mut named = Vec::new();
    for bytes in [&large, &small] {
        let (hash, size) = add(&a, bytes).await?;
        name(&mut a.opens(&plan).await?, hash, size, None).await?;
        whole(&b, hash).await?;
        named.push(hash);
    }
    b.stop().await;
    tokio::fs::write(b.folder().join("files/blobs.db"), vec![7; 100_000]).await?;
    b.run().await?;
    for hash in &named {
        whole(&b, *hash).await?;
    }
    assert_eq!(bytes_of(&b, named[0]).await?, large);
    assert_eq!(bytes_of(&b, named[1]).await?, small);
    assert!(!b.folder().join("files/damaged").exists(), "nothing waits any more");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_of_a_damaged_store_that_cannot_be_read_costs_the_others_nothing() -> Result<()> {
    let (a, mut b, plan) = two().await?;
    let (large, small) = (content(300_000), content(3_000));
    let mut named = Vec::new();
    for bytes in [&large, &small] {
        let (hash, size) = add(&a, bytes).await?;
        name(&mut a.opens(&plan).await?, hash, size, None).await?;
        whole(&b, hash).await?;
        named.push(hash);
    }
    b.stop().await;
    tokio::fs::write(b.folder().join("files/blobs.db"), vec![7; 100_000]).await?;
    // As on a bad sector, whoever runs this.
    let bad = b.folder().join(format!("files/damaged/{}.data", BlobHash([3; 32])));
    tokio::fs::create_dir_all(&bad).await?;
    b.run().await?;
    for hash in &named {
        whole(&b, *hash).await?;
    }
    assert_eq!(bytes_of(&b, named[0]).await?, large);
    assert!(bad.exists(), "it lies where it lay");
    blobs(&b)?.sweep().await?;
    whole(&b, named[0]).await
}

/// How many contents are here, once nothing is to come any more.
async fn settled(school: &School, count: usize) -> Result<()> {
    eventually(&format!("{count} files to be here, and none to come"), async || {
        Ok(blobs(school)?.kept().await?.len() == count && blobs(school)?.wants().await?.is_empty())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_at_once_takes_no_more_than_the_room_that_was_chosen() -> Result<()> {
    const ROOM: u64 = 1_000_000;
    let (a, b, plan) = two().await?;
    blobs(&b)?.choose(Choice { room: Some(ROOM), small: Some(0), portion_percent: None }).await?;
    let mut hashes = Vec::new();
    let mut at_a = a.opens(&plan).await?;
    for _ in 0..4 {
        let (hash, size) = add(&a, &content(400_000)).await?;
        name(&mut at_a, hash, size, None).await?;
        hashes.push(hash);
    }
    eventually("the other school to know of all", async || Ok(blobs(&b)?.named(None).await?.len() == 4)).await?;
    for hash in &hashes {
        blobs(&b)?.want(hash, Urgency::Wanted).await?;
    }
    eventually("two of them to be here, and the others to have no room", async || {
        let mut refused = 0;
        for hash in &hashes {
            refused += usize::from(blobs(&b)?.obstacle(hash) == Some(Obstacle::NoRoom));
        }
        Ok(blobs(&b)?.kept().await?.len() == 2 && refused == 2)
    })
    .await?;
    let room = blobs(&b)?.room().await?;
    ensure!(room.used <= ROOM, "{room:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_schools_files_take_no_more_of_anothers_room_than_their_portion_unless_somebody_asks() -> Result<()> {
    let (a, b, plan) = two().await?;
    blobs(&b)?.choose(Choice { room: Some(1_000_000), small: None, portion_percent: Some(25) }).await?;
    let mut files = Vec::new();
    for _ in 0..5 {
        files.push(add(&a, &content(100_000)).await?);
    }
    let mut at_a = a.opens(&plan).await?;
    for (hash, size) in &files {
        name(&mut at_a, *hash, *size, None).await?;
    }
    eventually("the other school to know of all", async || Ok(blobs(&b)?.named(None).await?.len() == 5)).await?;
    settled(&b, 2).await?;
    let (of_a, taken) = *blobs(&b)?.by_school().await?.first().context("a school")?;
    assert_eq!((of_a.is_some(), taken), (true, 200_000), "whose they are is known");

    // What somebody asks for comes, and our own files have no portion.
    let mut more = Vec::new();
    for (hash, _) in &files {
        if blobs(&b)?.state(hash).await? == State::Absent {
            more.push(*hash);
        }
    }
    blobs(&b)?.want(more.first().context("one that did not come")?, Urgency::Wanted).await?;
    settled(&b, 3).await?;
    let (own, own_size) = add(&b, &content(400_000)).await?;
    let mut at_b = b.opens(&plan).await?;
    name(&mut at_b, own, own_size, None).await?;
    settled(&b, 4).await?;

    blobs(&b)?.choose(Choice { portion_percent: Some(100), ..Choice::default() }).await?;
    settled(&b, 6).await
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_kind_that_is_kept_comes_whatever_its_size_also_what_is_made_later() -> Result<()> {
    let (a, b, plan) = two().await?;
    let space = a.client()?.document(&plan).await?.space;
    let meeting = a.makes(&space, "meeting", "Friday").await?;
    let mut at = (a.opens(&plan).await?, a.opens(&meeting.id).await?);
    let ((first, first_size), (other, other_size)) = (add(&a, &content(3_000_000)).await?, add(&a, &content(3_000_000)).await?);
    name(&mut at.0, first, first_size, None).await?;
    name(&mut at.1, other, other_size, None).await?;
    eventually("the other school to know of both", async || Ok(blobs(&b)?.named(None).await?.len() == 2)).await?;

    let plans = Pin::Kind("plan".to_owned());
    blobs(&b)?.pin(&plans).await?;
    whole(&b, first).await?;
    let later = a.makes(&space, "plan", "Next year").await?;
    let (second, second_size) = add(&a, &content(3_000_000)).await?;
    name(&mut a.opens(&later.id).await?, second, second_size, None).await?;
    whole(&b, second).await?;
    assert_eq!(blobs(&b)?.state(&other).await?, State::Absent, "meetings are no plans");

    // What was let go of comes again when it is to be kept, and nothing comes for the sake of what is kept no longer.
    assert!(blobs(&b)?.unpin(&plans).await?, "it was pinned");
    blobs(&b)?.let_go(&first).await?;
    assert_eq!(blobs(&b)?.state(&first).await?, State::Absent);
    let nowhere = BlobHash(rand::random());
    name(&mut at.0, nowhere, 3_000_000, None).await?;
    eventually("the other school to know of it", async || Ok(blobs(&b)?.named(None).await?.len() == 4)).await?;
    assert_eq!(blobs(&b)?.wants().await?, []);
    blobs(&b)?.pin(&Pin::Document(plan.parse()?)).await?;
    whole(&b, first).await?;
    eventually("only what nobody has to be still to come", async || {
        Ok(blobs(&b)?.wants().await?.iter().map(|want| want.hash).collect::<Vec<_>>() == [nowhere])
    })
    .await?;
    blobs(&b)?.unpin(&Pin::Document(plan.parse()?)).await?;
    assert_eq!(blobs(&b)?.wants().await?, [], "nobody asked for it");
    assert!(matches!(blobs(&b)?.state(&first).await?, State::Complete { .. }), "what is here stays");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_knows_who_took_a_file_from_it_and_asks_before_it_lets_go_of_the_last_copy() -> Result<()> {
    let (a, b, plan) = two().await?;
    let (hash, size) = add(&a, &content(3_000_000)).await?;
    name(&mut a.opens(&plan).await?, hash, size, None).await?;
    eventually("the other school to know of it", async || Ok(!blobs(&b)?.named(None).await?.is_empty())).await?;
    assert!(blobs(&a)?.is_last_copy(&hash).await?, "the other school only knows of it");
    blobs(&b)?.want(&hash, Urgency::Wanted).await?;
    whole(&b, hash).await?;
    eventually("it to be known that the other school has it", async || Ok(blobs(&a)?.holders(&hash).await?.iter().any(|holder| holder.whole)))
        .await?;
    assert!(!blobs(&a)?.is_last_copy(&hash).await?);

    // Nobody tells that it is let go of: whoever would rely on that copy asks.
    blobs(&b)?.let_go(&hash).await?;
    assert!(blobs(&a)?.holders(&hash).await?.iter().any(|holder| holder.whole), "as it was last heard");
    assert!(blobs(&a)?.is_last_copy(&hash).await?);

    // And what one that cannot be asked had once is nothing to rely on: its people may be letting go of it, too.
    blobs(&b)?.want(&hash, Urgency::Wanted).await?;
    whole(&b, hash).await?;
    assert!(!blobs(&a)?.is_last_copy(&hash).await?);
    b.client()?.cut_line(true).await?;
    eventually("the line to be cut", async || Ok(a.client()?.status().await?.peers.iter().all(|peer| !peer.connected))).await?;
    assert!(blobs(&a)?.holders(&hash).await?.iter().any(|holder| holder.whole), "as it was last heard");
    assert!(blobs(&a)?.is_last_copy(&hash).await?);
    Ok(())
}
