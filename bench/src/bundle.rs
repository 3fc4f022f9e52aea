//! Bundles: how large one is beside what it holds packed, and how long it takes to make and to take in a large one.
//!
//! Size: five schools hold the first nine tenths of a recorded session and have said so. Then no line joins them, the rest is written at one,
//! one change a keystroke, and a bundle is made for the four others.
//!
//! Time: a school publishes ten thousand entries with nobody there, each of a few words in one of twenty documents. One export, onto a disk;
//! and one import, at a school that has nothing of it. Both end when the node has answered, so everything is on the disk.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use automerge::transaction::Transactable as _;
use automerge::{Change, ROOT, ReadDoc as _};
use jeli_client::{BundleAsk, DocSession};
use jeli_node::replica_handle::{BundleRequest, BundleWanted, Request};
use jeli_protocol::replica::Since;
use jeli_tests::school::{School, eventually};
use tokio::time::Instant;

use crate::moved;
use crate::packed_size;
use crate::report::{Bar, Report};
use crate::trace::{self, Start};

const RECIPIENTS: usize = 4;
/// The part of the session that is carried: one change in so many.
const DIVISOR: usize = 10;
const TIMES_PACKED: f64 = 1.3;
const OUTSIDE_BYTES: f64 = 2_048.0;
const ENTRIES: u64 = 10_000;
const DOCUMENTS: usize = 20;
const SECONDS: f64 = 5.0;
/// Changes that are handed to a node at a time.
const LOT: usize = 1_000;
const PATIENCE: Duration = Duration::from_secs(300);
/// A plain text of a plan.
const FIELD: &str = "mission";

/// Measures both.
pub async fn run(trace: &Path) -> Result<Report> {
    let mut report = Report::new("bundle");
    size(&mut report, trace).await?;
    time(&mut report).await?;
    Ok(report)
}

async fn size(report: &mut Report, path: &Path) -> Result<()> {
    let trace = trace::load(path).map_err(anyhow::Error::from_boxed)?;
    let author = School::start("Author").await?;
    let space = author.client()?.create_space("Network").await?.id;
    let mut others = Vec::new();
    for number in 1..=RECIPIENTS {
        let other = School::start(&format!("School {number}")).await?;
        author.invites(&other, &space).await?;
        others.push(other);
    }
    let document = author.makes(&space, "plan", "Plan").await?.id;
    let mut seat = author.opens(&document).await?;
    let base = seat.doc.clone();
    let (_, text) = base.get(ROOT, FIELD)?.context("a plan has this field")?;
    // Two people of one school, each at a page of their own.
    let second = hex(&author.client()?.me().await?.actor)?;
    let actors = vec![base.get_actor().clone(), automerge::ActorId::from(second)];
    let start = Start { document: base.clone(), text, actors };
    let replayed = trace::replay_onto(&trace, 1, start).map_err(anyhow::Error::from_boxed)?;
    let held = replayed.changes.len() - replayed.changes.len().div_ceil(DIVISOR);
    let (there, missed) = replayed.changes.split_at(held);
    write(&mut seat, there).await?;
    for school in others.iter().chain([&author]) {
        let client = school.client()?;
        let all = RECIPIENTS as u32 + 1;
        eventually("all to have confirmed the first part", async || {
            Ok(client.document_status(&document).await.is_ok_and(|status| status.reached == all))
        })
        .await?;
    }
    for school in others.iter().chain([&author]) {
        school.client()?.cut_line(true).await?;
    }
    write(&mut seat, missed).await?;
    let stick = tempfile::tempdir()?;
    let mut made = author.client()?.make_bundles(&BundleAsk::default()).await?;
    ensure!(made.len() == 1 && made[0].parts.len() == 1, "one bundle for all");
    let bundle = made.remove(0).parts.remove(0);
    let file = author.client()?.save_bundle(&bundle, stick.path()).await?;
    for other in &others {
        let opened = other.client()?.open_bundle(&file).await?;
        ensure!(opened.fate == "taken" && opened.new_entries() > 0, "the bundle is not taken: {opened:?}");
        let client = other.client()?;
        eventually("the words to be there", async || Ok(client.content(&document).await?.content[FIELD].as_str() == Some(trace.end_text.as_str())))
            .await?;
    }
    let packed = packed_size::packed(missed)?.len() as f64;
    report.line("10 % of the session: changes", missed.len() as f64, "changes", Bar::None);
    report.line("packed alone", packed, "B", Bar::None);
    report.line(&format!("the bundle, for {RECIPIENTS} recipients"), bundle.bytes as f64, "B", Bar::AtMost(TIMES_PACKED * packed + OUTSIDE_BYTES));
    Ok(())
}

fn hex(actor: &str) -> Result<Vec<u8>> {
    (0..actor.len() / 2).map(|at| Ok(u8::from_str_radix(actor.get(2 * at..2 * at + 2).context("hexadecimal")?, 16)?)).collect()
}

async fn write(seat: &mut DocSession, changes: &[Vec<u8>]) -> Result<()> {
    for lot in changes.chunks(LOT) {
        let lot = lot.iter().map(|chunk| Change::from_bytes(chunk.clone())).collect::<Result<Vec<_>, _>>()?;
        seat.apply(lot).await?;
        seat.wait_acked(PATIENCE).await?;
    }
    Ok(())
}

async fn time(report: &mut Report) -> Result<()> {
    let (author, other) = (School::start("Author").await?, School::start("Other").await?);
    let client = author.client()?;
    let space = client.create_space("Network").await?.id;
    author.invites(&other, &space).await?;
    eventually("both to have met", async || Ok(moved::entries(&other.client()?, &space).await?.is_some())).await?;
    for school in [&author, &other] {
        school.client()?.cut_line(true).await?;
    }
    let mut seats = Vec::new();
    for number in 0..DOCUMENTS {
        let id = author.makes(&space, "plan", &format!("Plan {number}")).await?.id;
        seats.push(author.opens(&id).await?);
    }
    let before = entries(&author, &space).await?;
    for number in 0..ENTRIES {
        let seat = &mut seats[number as usize % DOCUMENTS];
        let (_, text) = seat.doc.get(ROOT, FIELD)?.context("a plan has this field")?;
        let mut doc = seat.doc.clone();
        let heads = doc.get_heads();
        let end = doc.length(&text);
        doc.splice_text(&text, end, 0, &format!("{number} сөз "))?;
        doc.commit();
        seat.apply(doc.get_changes(&heads)).await?;
        seat.wait_acked(PATIENCE).await?;
        publish(&author).await?;
    }
    ensure!(entries(&author, &space).await? >= before + ENTRIES, "each was published on its own");
    let stick = tempfile::tempdir()?;
    let began = Instant::now();
    let mut made = client.make_bundles(&BundleAsk::default()).await?;
    let export = began.elapsed();
    let bundle = made.remove(0).parts.remove(0);
    let file = client.save_bundle(&bundle, stick.path()).await?;
    let began = Instant::now();
    let opened = other.client()?.open_bundle(&file).await?;
    let import = began.elapsed();
    ensure!(opened.fate == "taken" && opened.new_entries() >= ENTRIES, "the bundle is not taken: {opened:?}");
    ensure!(entries(&author, &space).await? == entries(&other, &space).await?, "the other school holds the same");
    report.line("entries", opened.new_entries() as f64, "entries", Bar::AtLeast(ENTRIES as f64));
    report.line("their bundle", bundle.bytes as f64, "B", Bar::None);
    report.line("export", export.as_secs_f64(), "s", Bar::AtMost(SECONDS));
    report.line("import", import.as_secs_f64(), "s", Bar::AtMost(SECONDS));
    Ok(())
}

async fn entries(school: &School, space: &str) -> Result<u64> {
    let status = school.client()?.status().await?;
    Ok(status.spaces.iter().find(|known| known.id == space).context("it has the space")?.entries)
}

/// What is written is published, as for a bundle; none is made.
async fn publish(school: &School) -> Result<()> {
    let wanted = BundleWanted { schools: None, spaces: None, since: Since::Receipt, files: false };
    let replica = school.node().context("it runs")?.replica();
    replica.ask(|reply| Request::Bundle(BundleRequest::Plan { wanted, reply })).await??;
    Ok(())
}
