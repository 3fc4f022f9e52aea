//! Who gets a file, and what all others learn of it: nothing, neither by what is answered nor by when.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use futures::{AsyncReadExt as _, AsyncWriteExt as _};
use jeli_client::{ClientError, DocSession};
use jeli_node::blobs::{Blobs, State, Urgency};
use jeli_node::network::{self, LineCost, Mdns, NetworkConfig, NetworkHandle, PeerId};
use jeli_protocol::ids::BlobHash;
use jeli_protocol::kinds::files::COLLECTION;
use jeli_protocol::kinds::write::add_item;
use jeli_protocol::kinds::{Input, ItemId, Place};
use jeli_tests::school::{PATIENCE, School, eventually};

/// How often each asks for each.
const ROUNDS: usize = 21;
/// Refusals are given so long after the question, or at once to strangers.
const REFUSAL_AFTER: Duration = Duration::from_millis(100);
/// Between medians of times that are alike, on a busy machine. Whoever could tell a file by the time would see most of [`REFUSAL_AFTER`].
const NOISE: Duration = Duration::from_millis(40);

fn blobs(school: &School) -> Result<&Blobs> {
    Ok(school.node().context("it runs")?.blobs())
}

fn content(bytes: usize) -> Vec<u8> {
    use rand::RngExt as _;
    let mut content = vec![0; bytes];
    rand::rng().fill(&mut content[..]);
    content
}

async fn add(school: &School, bytes: usize) -> Result<(BlobHash, u64)> {
    let path = school.folder().join("to-add");
    tokio::fs::write(&path, content(bytes)).await?;
    Ok(blobs(school)?.add_file(&path).await?)
}

async fn name(session: &mut DocSession, (hash, size): (BlobHash, u64)) -> Result<()> {
    session
        .change(|doc| {
            let values = [("name", Input::Text("Сабақ.jpg")), ("hash", Input::Str(&hash.to_string())), ("size", Input::Int(size as i64))];
            add_item(doc, COLLECTION, ItemId::from_bytes(rand::random()), Place::Last, &values)
                .map_err(|error| ClientError::BadAnswer(error.to_string()))
        })
        .await?;
    Ok(session.wait_acked(PATIENCE).await?)
}

async fn knows(school: &School, hash: BlobHash) -> Result<()> {
    eventually("the name of the file to be known", async || Ok(blobs(school)?.named(None).await?.iter().any(|file| file.hash == hash))).await
}

/// A content of which a part is here, and no more comes.
async fn a_part(at: &School, from: &School, session: &mut DocSession) -> Result<BlobHash> {
    loop {
        let file = add(from, 24_000_000).await?;
        name(session, file).await?;
        knows(at, file.0).await?;
        blobs(at)?.want(&file.0, Urgency::Wanted).await?;
        let begun = async || Ok(blobs(at)?.state(&file.0).await? != State::Absent);
        eventually("something of it to be here", begun).await?;
        blobs(at)?.pause(&file.0).await?;
        eventually("its coming to end", async || Ok(blobs(at)?.progress(&file.0).is_none())).await?;
        // A machine that was fast enough to bring all of it tries another.
        if matches!(blobs(at)?.state(&file.0).await?, State::Partial { .. }) {
            return Ok(file.0);
        }
    }
}

/// What a question was answered with, and after how long.
struct Answer {
    bytes: Vec<u8>,
    took: Duration,
}

async fn ask(asker: &NetworkHandle, of: PeerId, hash: BlobHash) -> Result<Answer> {
    let begun = Instant::now();
    let mut stream = asker.open_blob(of).await?.stream;
    // A hello: its kind, its length, version 1, the hash.
    let hello = [&[4, 33, 0, 1][..], &hash.0].concat();
    let mut bytes = Vec::new();
    // A stranger's stream is closed under their hands, at whatever moment.
    if stream.write_all(&hello).await.is_ok() && stream.flush().await.is_ok() {
        let mut first = [0; 512];
        if let Ok(count) = stream.read(&mut first).await {
            bytes.extend_from_slice(&first[..count]);
        }
    }
    Ok(Answer { bytes, took: begun.elapsed() })
}

/// Asks for each of these in turn, again and again; nothing may come back, and the times must be alike.
async fn learns_nothing(who: &str, asker: &NetworkHandle, of: PeerId, hashes: &[(&'static str, Option<BlobHash>)], least: Duration) -> Result<()> {
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for _ in 0..ROUNDS {
        for (what, hash) in hashes {
            let answer = ask(asker, of, hash.unwrap_or_else(|| BlobHash(rand::random()))).await?;
            assert!(answer.bytes.is_empty(), "{who} was told something of {what}");
            assert!(answer.took >= least, "{who} was refused {what} after {:?}", answer.took);
            times.entry(what).or_default().push(answer.took);
        }
    }
    let medians: BTreeMap<&str, Duration> = times
        .into_iter()
        .map(|(what, mut times)| {
            times.sort_unstable();
            (what, times[times.len() / 2])
        })
        .collect();
    println!("{who}: {medians:?}");
    let (least, most) = (medians.values().min().context("asked")?, medians.values().max().context("asked")?);
    assert!(*most - *least < NOISE, "{who} can tell by the time: {medians:?}");
    Ok(())
}

fn network_of(school: &School) -> Result<NetworkHandle> {
    Ok(school.node().context("it runs")?.network())
}

/// A node that nobody has taken in, connected to this school's.
async fn stranger(school: &School) -> Result<NetworkHandle> {
    let config = NetworkConfig { mdns: Mdns::Off, ..jeli_tests::school::network()? };
    let config = NetworkConfig { listen: Vec::new(), cost: LineCost::Free, ..config };
    let (handle, mut events) = network::start(rand::random(), config)?;
    tokio::spawn(async move { while events.recv().await.is_some() {} });
    let peer: PeerId = school.peer_id()?.parse()?;
    let addresses = school.client()?.status().await?.addresses.iter().filter_map(|address| address.parse().ok()).collect();
    // It takes the school for a member of its own spaces; the school does not.
    handle.set_admitted([peer]).await?;
    handle.add_addresses(peer, addresses).await?;
    eventually("the stranger to be connected", async || Ok(handle.open_blob(peer).await.is_ok())).await?;
    Ok(handle)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_space_that_names_a_file_gets_it_and_nobody_else_learns_whether_it_is_here() -> Result<()> {
    let (a, member, elsewhere, reader) = (School::start("A").await?, School::start("B").await?, School::start("C").await?, School::start("D").await?);
    let space = a.client()?.create_space("network").await?;
    a.invites(&member, &space.id).await?;
    let (second, third) = (a.client()?.create_space("second").await?, a.client()?.create_space("third").await?);
    a.invites(&elsewhere, &second.id).await?;
    let ticket = a.client()?.invite(&third.id, "reader").await?.ticket;
    reader.client()?.join(&ticket).await?;
    let plan = a.makes(&space.id, "plan", "Plan").await?;
    let mut at_a = a.opens(&plan.id).await?;
    let whole = add(&a, 300_000).await?;
    name(&mut at_a, whole).await?;
    let mut at_member = member.opens(&plan.id).await?;
    let part = a_part(&a, &member, &mut at_member).await?;
    knows(&a, whole.0).await?;

    let of: PeerId = a.peer_id()?.parse()?;
    for school in [&member, &elsewhere, &reader] {
        let client = school.client()?;
        eventually("the school to be connected", async || Ok(client.status().await?.peers.iter().any(|peer| peer.connected))).await?;
    }
    // Whoever may is told, of the whole one and of the part.
    let may = network_of(&member)?;
    for hash in [whole.0, part] {
        assert_eq!(ask(&may, of, hash).await?.bytes.first(), Some(&5), "a member is told what is here");
    }

    let hashes = [("what is here", Some(whole.0)), ("what is here in part", Some(part)), ("nothing", None), ("nothing again", None)];
    let (elsewhere, reader, stranger) = (network_of(&elsewhere)?, network_of(&reader)?, stranger(&a).await?);
    tokio::try_join!(
        learns_nothing("a member of another space", &elsewhere, of, &hashes, REFUSAL_AFTER),
        learns_nothing("a reader of another space", &reader, of, &hashes, REFUSAL_AFTER),
        learns_nothing("a stranger", &stranger, of, &hashes, Duration::ZERO),
        // And a member, of what is not here.
        learns_nothing("a member", &may, of, &hashes[2..], REFUSAL_AFTER),
    )?;
    assert!(matches!(blobs(&a)?.state(&part).await?, State::Partial { .. }), "it was a part all the time");
    Ok(())
}
