//! Files between two nodes on loopback, beside iroh-blobs' own transfer over its own endpoint in the same run; and what a node's memory grows by meanwhile.
//!
//! Rates are ratios within one run, the median of some transfers taken in turn: what the machine does beside this it does to both. For memory the nodes are
//! programs of their own, and the peak is the resident set that Linux reports while the file comes, at either side.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use iroh::endpoint::presets;
use iroh::protocol::Router;
use iroh::{Endpoint, RelayMode};
use iroh_blobs::store::fs::FsStore;
use iroh_blobs::{ALPN, BlobsProtocol, HashAndFormat};
use jeli_client::{Client, NewDocument, WriteRule};
use jeli_node::blobs::{State, Urgency};
use jeli_protocol::ids::BlobHash;
use jeli_tests::process::{Line, NodeProcess};
use jeli_tests::school::{PATIENCE, School, eventually};
use tokio::time::Instant;

use super::{BYTES, content};
use crate::report::{Bar, Report};

const TRANSFERS: usize = 5;
const LEAST_SHARE: f64 = 0.7;
const MOST_MEMORY_MB: f64 = 64.0;

/// Measures.
pub(super) async fn run(jeli: &Path, report: &mut Report) -> Result<()> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TRANSFERS {
        theirs.push(rate_of_iroh().await?);
        ours.push(rate_of_ours().await?);
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    report.line("200 MB between two nodes", ours, "MB/s", Bar::None);
    report.line("200 MB by iroh-blobs over its own endpoint", theirs, "MB/s", Bar::None);
    report.line("ours as a share of iroh's", ours / theirs, "", Bar::AtLeast(LEAST_SHARE));
    let Memory { sent_in, giver, taker } = memory(jeli).await?;
    report.line("memory grows at the school that 200 MB are sent in to", sent_in, "MB", Bar::AtMost(MOST_MEMORY_MB));
    report.line("memory grows at the school that gives 200 MB", giver, "MB", Bar::AtMost(MOST_MEMORY_MB));
    report.line("memory grows at the school that takes 200 MB", taker, "MB", Bar::AtMost(MOST_MEMORY_MB));
    Ok(())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

async fn rate_of_iroh() -> Result<f64> {
    let folders = (tempfile::tempdir()?, tempfile::tempdir()?);
    let (from, to) = (FsStore::load(folders.0.path()).await.map_err(said)?, FsStore::load(folders.1.path()).await.map_err(said)?);
    let file = folders.0.path().join("file");
    tokio::fs::write(&file, content(BYTES)).await?;
    let added = from.blobs().add_path(&file).await.map_err(said)?;
    let bind = || async {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        Endpoint::builder(presets::Empty).crypto_provider(provider).relay_mode(RelayMode::Disabled).bind().await.map_err(said)
    };
    let (giver, taker) = (bind().await?, bind().await?);
    let router = Router::builder(giver).accept(ALPN, BlobsProtocol::new(&from, None)).spawn();
    let address = router.endpoint().addr();
    let connection = taker.connect(address, ALPN).await.map_err(said)?;
    let begun = Instant::now();
    to.remote().fetch(connection, HashAndFormat::raw(added.hash)).complete().await.map_err(said)?;
    let took = begun.elapsed().as_secs_f64();
    router.shutdown().await.map_err(said)?;
    taker.close().await;
    Ok(BYTES as f64 / took / 1e6)
}

fn said(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

async fn rate_of_ours() -> Result<f64> {
    let (mut a, mut b) = (School::start("A").await?, School::start("B").await?);
    let space = a.client()?.create_space("network").await?;
    a.invites(&b, &space.id).await?;
    let plan = a.makes(&space.id, "plan", "Plan").await?;
    b.opens(&plan.id).await?;
    let file = a.folder().join("to-add");
    tokio::fs::write(&file, content(BYTES)).await?;
    let blobs = |school: &School| Ok::<_, anyhow::Error>(school.node().context("it runs")?.blobs().clone());
    let sent = a.client()?.send_file(&file).await?;
    tokio::fs::remove_file(&file).await?;
    let hash: BlobHash = sent.hash.clone().context("whole")?.parse()?;
    let mut session = a.opens(&plan.id).await?;
    session.name_file(&sent, "file", "", "", 0).await?;
    session.wait_acked(PATIENCE).await?;
    for school in [&a, &b] {
        let blobs = blobs(school)?;
        eventually("the file to be known", async || Ok(blobs.named(None).await?.iter().any(|file| file.hash == hash))).await?;
    }
    let taker = blobs(&b)?;
    let mut looks = tokio::time::interval(Duration::from_millis(5));
    let begun = Instant::now();
    taker.want(&hash, Urgency::Wanted).await?;
    while !matches!(taker.state(&hash).await?, State::Complete { .. }) {
        looks.tick().await;
        ensure!(begun.elapsed() < PATIENCE, "the file came in time");
    }
    let took = begun.elapsed().as_secs_f64();
    a.stop().await;
    b.stop().await;
    Ok(BYTES as f64 / took / 1e6)
}

/// By how many MB the memory of nodes grows: while a file is sent in from a program, and at giver and taker while it goes to another school.
struct Memory {
    sent_in: f64,
    giver: f64,
    taker: f64,
}

async fn memory(jeli: &Path) -> Result<Memory> {
    let place = tempfile::tempdir()?;
    let mut nodes = Vec::new();
    for name in ["a", "b"] {
        let mut node = NodeProcess::init(jeli, place.path(), name).await?;
        node.start(Line::Open).await?;
        nodes.push(node);
    }
    let (a, b) = (nodes[0].client()?, nodes[1].client()?);
    let space = a.create_space("network").await?;
    b.join(&a.invite(&space.id, "member").await?.ticket).await?;
    let new = NewDocument { space: &space.id, kind: "plan", title: "Plan", language: "kk", write_rule: WriteRule::Everyone, about: "" };
    let plan = a.create_document(&new).await?.id;
    let file = place.path().join("to-add");
    tokio::fs::write(&file, content(BYTES)).await?;
    let before = nodes[0].resident_mb()?;
    let (mut most, mut looks) = (before, tokio::time::interval(Duration::from_millis(10)));
    let mut sending = std::pin::pin!(a.send_file(&file));
    let sent = loop {
        tokio::select! {
            sent = &mut sending => break sent?,
            _ = looks.tick() => most = most.max(nodes[0].resident_mb()?),
        }
    };
    let sent_in = most - before;
    let hash = sent.hash.clone().context("whole")?;
    let mut session = a.open_session().await?.open_document(&plan, Some(&a.me().await?.actor)).await?;
    session.name_file(&sent, "file", "", "", 0).await?;
    session.wait_acked(PATIENCE).await?;
    let here = async |client: &Client, wanted: &str| {
        let files = client.files(&plan).await.unwrap_or_default();
        Ok::<_, anyhow::Error>(files.iter().any(|file| file.hash == hash && (wanted.is_empty() || file.state == wanted)))
    };
    eventually("the file to be known", async || here(&b, "").await).await?;
    let before = (nodes[0].resident_mb()?, nodes[1].resident_mb()?);
    let mut most = before;
    b.file_act(&plan, &hash, "want").await?;
    while !here(&b, "here").await? {
        most = (most.0.max(nodes[0].resident_mb()?), most.1.max(nodes[1].resident_mb()?));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    most = (most.0.max(nodes[0].resident_mb()?), most.1.max(nodes[1].resident_mb()?));
    for node in &mut nodes {
        node.stop().await?;
    }
    Ok(Memory { sent_in, giver: most.0 - before.0, taker: most.1 - before.1 })
}
