//! Files and nodes that keep none of our rules: providers that lie, stall, drip and flood.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use futures::{AsyncReadExt as _, AsyncWriteExt as _};
use jeli_client::ClientError;
use jeli_node::blobs::{Blobs, Obstacle, State, Urgency};
use jeli_node::network::BlobStream;
use jeli_protocol::ids::BlobHash;
use jeli_protocol::kinds::files::COLLECTION;
use jeli_protocol::kinds::write::add_item;
use jeli_protocol::kinds::{Input, ItemId, Place};
use jeli_tests::school::{PATIENCE, School, eventually};
use tokio::sync::mpsc;

/// Kinds of frames, as they are on the wire.
const DATA: u8 = 0;
const END: u8 = 2;
const CAME: u8 = 3;
const HAVE: u8 = 5;

/// Far more than a node takes of what it has no use for: what is on the way, and what waits in buffers of the system, of TCP, QUIC and the node.
const FLOOD_BYTES: u64 = 64 << 20;

/// What a bad provider does with a stream on which it was asked for a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bad {
    /// Answers nothing at all.
    Silent,
    /// Closes at once.
    Gone,
    /// Brings bytes that are not the content's.
    WrongBytes,
    /// Says more in its answer than there is.
    HeaderLies(u64),
    /// Says that there is so much, and brings nothing that proves it.
    SaysSize(u64),
    /// Says that there is only so much, and brings that.
    SaysLess,
    /// Says what it has and brings nothing.
    Stalls,
    /// Brings a byte a second.
    Drips,
    /// Breaks off in the middle.
    HalfWay,
    /// Frames without end, in the place of the first answer: of words on what has come.
    FloodOfWords,
    /// Frames without end: of data.
    FloodOfData,
    /// Frames without end and without a byte in them.
    FloodOfNothing,
    /// A frame of a kind that there is not.
    UnknownFrame,
    /// Borders that go backwards.
    BordersLie,
}

/// What a bad provider has seen.
#[derive(Default)]
struct Seen {
    asked: AtomicUsize,
    given: AtomicU64,
}

fn frame(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![kind];
    frame.extend_from_slice(&u16::try_from(bytes.len()).expect("short").to_le_bytes());
    frame.extend_from_slice(bytes);
    frame
}

fn number(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7F) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// All of a content that has so many bytes.
fn have(size: u64) -> Vec<u8> {
    frame(HAVE, &[number(size), number(1), number(0)].concat())
}

/// From now on this school's node gives files as badly as that.
async fn turns_bad(school: &School, bad: Bad, content: &[u8]) -> Result<Arc<Seen>> {
    let (streams, mut asked) = mpsc::channel(32);
    school.node().context("it runs")?.network().accept_blobs(streams).await?;
    let (seen, content) = (Arc::new(Seen::default()), content.to_vec());
    let told = seen.clone();
    tokio::spawn(async move {
        while let Some(BlobStream { stream, .. }) = asked.recv().await {
            told.asked.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(stream, bad, content.clone(), told.clone()));
        }
    });
    Ok(seen)
}

async fn read_frame(stream: &mut (impl futures::AsyncRead + Unpin)) -> Option<u8> {
    let mut header = [0; 3];
    stream.read_exact(&mut header).await.ok()?;
    let mut bytes = vec![0; usize::from(u16::from_le_bytes([header[1], header[2]]))];
    stream.read_exact(&mut bytes).await.ok()?;
    Some(header[0])
}

async fn serve(mut stream: impl futures::AsyncRead + futures::AsyncWrite + Unpin, bad: Bad, content: Vec<u8>, seen: Arc<Seen>) {
    let size = content.len() as u64;
    if read_frame(&mut stream).await.is_none() || bad == Bad::Gone {
        return;
    }
    let first = match bad {
        Bad::Silent => Vec::new(),
        Bad::SaysSize(size) => have(size),
        Bad::SaysLess => have(1_024),
        Bad::UnknownFrame => frame(99, b"?"),
        Bad::BordersLie => frame(HAVE, &[number(size), number(2), number(5), number(0)].concat()),
        Bad::FloodOfWords => return flood(stream, frame(CAME, &u64::MAX.to_le_bytes()), &seen).await,
        _ => have(size),
    };
    if stream.write_all(&first).await.is_err() || stream.flush().await.is_err() {
        return;
    }
    // The request, to its end.
    loop {
        match read_frame(&mut stream).await {
            Some(END) => break,
            Some(_) => {}
            None => return,
        }
    }
    let (real, noise) = (size.to_le_bytes(), vec![7; 16_000]);
    let answer = match bad {
        Bad::WrongBytes => [frame(DATA, &real), frame(DATA, &noise), frame(DATA, &noise), frame(END, b"")].concat(),
        Bad::HeaderLies(size) => [frame(DATA, &size.to_le_bytes()), frame(DATA, &noise), frame(END, b"")].concat(),
        Bad::SaysLess => [frame(DATA, &real), frame(DATA, &content[..content.len().min(1_024)]), frame(END, b"")].concat(),
        Bad::HalfWay => frame(DATA, &real),
        Bad::FloodOfData => return flood(stream, frame(DATA, &noise), &seen).await,
        Bad::FloodOfNothing => return flood(stream, frame(DATA, b""), &seen).await,
        Bad::Drips => {
            let mut pace = tokio::time::interval(Duration::from_secs(1));
            for byte in real.iter().chain(&content) {
                pace.tick().await;
                if stream.write_all(&frame(DATA, &[*byte])).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
            return;
        }
        _ => Vec::new(),
    };
    let sent = stream.write_all(&answer).await.is_ok() && stream.flush().await.is_ok();
    if sent && bad != Bad::HalfWay {
        // Until the other side has had enough.
        while read_frame(&mut stream).await.is_some() {}
    }
}

/// Sends the same for ever, until nobody takes it any more.
async fn flood(mut stream: impl futures::AsyncWrite + Unpin, frame: Vec<u8>, seen: &Seen) {
    let many = frame.repeat((32_000 / frame.len()).max(1));
    while stream.write_all(&many).await.is_ok() {
        if seen.given.fetch_add(many.len() as u64, Ordering::SeqCst) > 4 * FLOOD_BYTES {
            return;
        }
    }
}

fn blobs(school: &School) -> Result<&Blobs> {
    Ok(school.node().context("it runs")?.blobs())
}

/// Bytes that nothing makes smaller.
fn content(bytes: usize) -> Vec<u8> {
    use rand::RngExt as _;
    let mut content = vec![0; bytes];
    rand::rng().fill(&mut content[..]);
    content
}

/// An honest school that has files, one whose node turns bad, and one that wants them.
struct Three {
    honest: School,
    bad: School,
    wants: School,
    plan: String,
}

/// A file of the honest school that all know of.
struct Known {
    hash: BlobHash,
    bytes: Vec<u8>,
}

impl Three {
    async fn begin() -> Result<Self> {
        let (honest, bad, wants) = (School::start("A").await?, School::start("B").await?, School::start("C").await?);
        let space = honest.client()?.create_space("network").await?;
        honest.invites(&bad, &space.id).await?;
        honest.invites(&wants, &space.id).await?;
        let plan = honest.makes(&space.id, "plan", "Plan").await?.id;
        let three = Self { honest, bad, wants, plan };
        three.connected(2).await?;
        Ok(three)
    }

    async fn file(&self) -> Result<Known> {
        let bytes = content(1_500_000);
        let path = self.honest.folder().join("to-add");
        tokio::fs::write(&path, &bytes).await?;
        let (hash, size) = blobs(&self.honest)?.add_file(&path).await?;
        let mut session = self.honest.opens(&self.plan).await?;
        session
            .change(|doc| {
                let values = [("name", Input::Text("Сабақ.jpg")), ("hash", Input::Str(&hash.to_string())), ("size", Input::Int(size as i64))];
                add_item(doc, COLLECTION, ItemId::from_bytes(rand::random()), Place::Last, &values)
                    .map_err(|error| ClientError::BadAnswer(error.to_string()))
            })
            .await?;
        session.wait_acked(PATIENCE).await?;
        for school in [&self.honest, &self.bad, &self.wants] {
            let named = async || Ok(blobs(school)?.named(None).await?.iter().any(|file| file.hash == hash));
            eventually("the name of the file to be known", named).await?;
        }
        Ok(Known { hash, bytes })
    }

    async fn connected(&self, count: usize) -> Result<()> {
        let client = self.wants.client()?;
        eventually("the schools to be connected", async || Ok(client.status().await?.peers.iter().filter(|peer| peer.connected).count() == count))
            .await
    }

    async fn want(&self, file: &Known) -> Result<()> {
        Ok(blobs(&self.wants)?.want(&file.hash, Urgency::Wanted).await?)
    }

    async fn comes_whole(&self, file: &Known) -> Result<()> {
        let whole = async || Ok(matches!(blobs(&self.wants)?.state(&file.hash).await?, State::Complete { .. }));
        eventually("the file to be here", whole).await?;
        let path = self.wants.folder().join("exported");
        blobs(&self.wants)?.export(&file.hash, path.clone()).await?;
        anyhow::ensure!(tokio::fs::read(&path).await? == file.bytes, "other bytes than were asked for");
        Ok(tokio::fs::remove_file(&path).await?)
    }

    /// While the honest school is away, a bad one is found out and nothing of what it gave is kept. When the honest one is back, the file comes from there.
    async fn finds_out(&self, bad: Bad) -> Result<()> {
        let file = self.file().await?;
        let seen = turns_bad(&self.bad, bad, &file.bytes).await?;
        self.honest.client()?.cut_line(true).await?;
        self.connected(1).await?;
        let begun = Instant::now();
        self.want(&file).await?;
        let wants = blobs(&self.wants)?;
        let held_up = async || Ok(wants.obstacle(&file.hash) == Some(Obstacle::NobodyHasIt) && wants.progress(&file.hash).is_none());
        eventually("it to be said", held_up).await?;
        // For whoever looks at how long each takes: `--no-capture`.
        println!("{bad:?}: found out after {:?}", begun.elapsed());
        anyhow::ensure!(seen.asked.load(Ordering::SeqCst) > 0, "it was not asked");
        let given = seen.given.load(Ordering::SeqCst);
        anyhow::ensure!(given < FLOOD_BYTES, "so much of what is no use was taken: {given}");
        let state = wants.state(&file.hash).await?;
        anyhow::ensure!(state == State::Absent, "nothing of it is the content's: {state:?}");
        self.honest.client()?.cut_line(false).await?;
        self.comes_whole(&file).await
    }

    /// The honest school is there beside the bad one, which answers first or last.
    async fn passes_over(&self, bad: Bad) -> Result<()> {
        let file = self.file().await?;
        let seen = turns_bad(&self.bad, bad, &file.bytes).await?;
        self.want(&file).await?;
        self.comes_whole(&file).await?;
        let given = seen.given.load(Ordering::SeqCst);
        anyhow::ensure!(given < FLOOD_BYTES, "so much of what is no use was taken: {given}");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_provider_that_is_alone_is_found_out_and_nothing_of_it_is_kept() -> Result<()> {
    let three = Three::begin().await?;
    for bad in [
        Bad::Gone,
        Bad::WrongBytes,
        Bad::HeaderLies(1 << 50),
        Bad::HalfWay,
        Bad::FloodOfWords,
        Bad::FloodOfData,
        Bad::FloodOfNothing,
        Bad::UnknownFrame,
        Bad::BordersLie,
    ] {
        three.finds_out(bad).await.with_context(|| format!("{bad:?}"))?;
        three.connected(2).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_stands_still_is_left_and_whoever_comes_meanwhile_is_asked() -> Result<()> {
    Three::begin().await?.finds_out(Bad::Stalls).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_brings_a_byte_a_second_is_left() -> Result<()> {
    Three::begin().await?.finds_out(Bad::Drips).await
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_an_honest_provider_no_bad_one_keeps_anybody_waiting() -> Result<()> {
    let three = Three::begin().await?;
    for bad in [
        Bad::Silent,
        Bad::Gone,
        Bad::WrongBytes,
        Bad::HeaderLies(1 << 50),
        Bad::SaysSize(7 << 30),
        Bad::SaysSize(u64::MAX),
        Bad::SaysSize(0),
        Bad::SaysLess,
        Bad::Stalls,
        Bad::Drips,
        Bad::HalfWay,
        Bad::FloodOfWords,
        Bad::FloodOfData,
        Bad::FloodOfNothing,
        Bad::UnknownFrame,
        Bad::BordersLie,
    ] {
        three.passes_over(bad).await.with_context(|| format!("{bad:?}"))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_while_another_says_nothing_is_asked_at_once_or_soon() -> Result<()> {
    let three = Three::begin().await?;
    let file = three.file().await?;
    let seen = turns_bad(&three.bad, Bad::Silent, &file.bytes).await?;
    three.honest.client()?.cut_line(true).await?;
    three.connected(1).await?;
    three.want(&file).await?;
    eventually("the silent one to be asked", async || Ok(seen.asked.load(Ordering::SeqCst) > 0)).await?;
    three.honest.client()?.cut_line(false).await?;
    let begun = Instant::now();
    three.comes_whole(&file).await?;
    // The silent one would have been given up after a minute.
    assert!(begun.elapsed() < Duration::from_secs(45), "{:?}", begun.elapsed());
    Ok(())
}
