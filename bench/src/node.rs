//! A node with a thousand documents on its disk: how soon it is there, and what it takes of an old computer's memory when nobody does
//! anything.
//!
//! The folder is that of a school which wrote the documents, fifty changes each, through the WebSocket of its node, with another school
//! connected that received them. The program is `jeli run` itself, its times the median of some starts: to the first answer of its HTTP port.
//! Memory is the resident set that Linux reports, once it has stayed the same for some seconds.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use automerge::transaction::Transactable;
use automerge::{Change, ROOT, ReadDoc};
use jeli_client::{Auth, Client};
use jeli_tests::school::{PATIENCE, School, eventually};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

use crate::moved;
use crate::report::{Bar, Report};

const DOCUMENTS: usize = 1_000;
const CHANGES: usize = 50;
const STARTS: usize = 7;
/// Documents opened on one connection; a tab may have 128.
const ON_ONE_CONNECTION: usize = 100;
const START_TIME: Duration = Duration::from_secs(60);
/// The memory is settled when it stays within this of what it was so long before.
const SETTLED_MB: f64 = 0.5;
const SETTLED: Duration = Duration::from_secs(5);
const READY_SECONDS: f64 = 1.5;
const IDLE_MB: f64 = 120.0;

/// Writes the documents, starts the program `jeli` some times, and measures.
pub async fn run(jeli: &Path) -> Result<Report> {
    let mut report = Report::new("node");
    let (mut a, mut b) = (School::start("A").await?, School::start("B").await?);
    let changes = fill(&a, &b).await?;
    a.stop().await;
    b.stop().await;
    let (mut ready, mut idle, mut listing) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let began = Instant::now();
        let program = Program::start(jeli, a.folder()).await?;
        ready.push(began.elapsed().as_secs_f64());
        idle.push(program.settled().await?);
        let began = Instant::now();
        let documents = program.client.documents(None).await?.len();
        listing.push(began.elapsed().as_secs_f64() * 1e3);
        ensure!(documents == DOCUMENTS, "the node lists {documents} documents");
        program.stop().await?;
    }
    report.line("documents on disk", DOCUMENTS as f64, "documents", Bar::None);
    report.line("changes on disk", changes as f64, "changes", Bar::None);
    report.line("database", std::fs::metadata(a.folder().join("jeli.db"))?.len() as f64 / 1e6, "MB", Bar::None);
    report.line(&format!("start to ready, median of {STARTS}"), median(&mut ready), "s", Bar::AtMost(READY_SECONDS));
    report.line("start to ready, slowest", ready.last().copied().unwrap_or(f64::NAN), "s", Bar::None);
    report.line(&format!("idle memory, median of {STARTS}"), median(&mut idle), "MB", Bar::AtMost(IDLE_MB));
    report.line("idle memory, most", idle.last().copied().unwrap_or(f64::NAN), "MB", Bar::None);
    report.line("list of documents, median", median(&mut listing), "ms", Bar::None);
    Ok(report)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Writes the documents at one school, and waits until the other has them.
async fn fill(a: &School, b: &School) -> Result<usize> {
    let (client, other) = (a.client()?, b.client()?);
    let space = client.create_space("Network").await?.id;
    a.invites(b, &space).await?;
    let mut written = 0;
    let mut session = client.open_session().await?;
    for number in 0..DOCUMENTS {
        if number % ON_ONE_CONNECTION == 0 {
            session = client.open_session().await?;
        }
        let id = a.makes(&space, if number % 2 == 0 { "plan" } else { "meeting" }, &format!("Document {number} ")).await?.id;
        let actor = client.me().await?.actor;
        let mut document = session.open_document(&id, Some(&actor)).await?;
        let changes = sentences(&document.doc)?;
        written += changes.len();
        document.apply(changes).await?;
        document.wait_acked(PATIENCE).await?;
    }
    eventually("the other school to have it all", async || {
        let (here, there) = (moved::entries(&client, &space).await?, moved::entries(&other, &space).await?);
        Ok(here.is_some() && here == there)
    })
    .await?;
    moved::once_quiet(&client).await?;
    Ok(written)
}

/// A sentence in fifty changes, a few letters each.
fn sentences(doc: &automerge::AutoCommit) -> Result<Vec<Change>> {
    let mut doc = doc.clone();
    let before = doc.get_heads();
    let (_, text) = doc.get(ROOT, "title")?.context("every kind has a title")?;
    for number in 0..CHANGES {
        let end = doc.length(&text);
        doc.splice_text(&text, end, 0, &format!("сөз {number} "))?;
        doc.commit();
    }
    Ok(doc.get_changes(&before))
}

/// `jeli run` on a folder.
struct Program {
    child: Child,
    client: Client,
}

impl Program {
    async fn start(jeli: &Path, folder: &Path) -> Result<Self> {
        let mut child = Command::new(jeli)
            .arg("--json")
            .arg("--data")
            .arg(folder)
            .args(["run", "--listen", "127.0.0.1:0", "--peer-port", "0", "--peer-address", "127.0.0.1", "--no-mdns"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", jeli.display()))?;
        let mut lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        let line = timeout(START_TIME, lines.next_line()).await.context("jeli does not say that it runs")??.context("jeli ended at its start")?;
        let said: Value = serde_json::from_str(&line)?;
        let address = said["address"].as_str().context("jeli says where it is")?;
        let token = std::fs::read_to_string(folder.join("control.token"))?;
        let client = Client::new(address, Auth::Token(token.trim().to_owned()))?;
        client.node().await?;
        Ok(Self { child, client })
    }

    /// Memory in MB, once it no longer changes.
    async fn settled(&self) -> Result<f64> {
        let end = Instant::now() + START_TIME;
        let (mut was, mut since) = (self.memory()?, Instant::now());
        let mut pace = tokio::time::interval(Duration::from_millis(250));
        while since.elapsed() < SETTLED {
            pace.tick().await;
            let now = self.memory()?;
            if (now - was).abs() > SETTLED_MB {
                (was, since) = (now, Instant::now());
            }
            ensure!(Instant::now() < end, "the memory of an idle node still changes: {now} MB");
        }
        self.memory()
    }

    fn memory(&self) -> Result<f64> {
        let pid = self.child.id().context("jeli ended by itself")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("memory is read as Linux tells it")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("Linux tells the resident set")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024.0 / 1e6)
    }

    /// Ends it as a service manager does, so that the next start is an ordinary one.
    async fn stop(mut self) -> Result<()> {
        let pid = self.child.id().context("jeli ended by itself")?;
        let asked = Command::new("kill").arg("-TERM").arg(pid.to_string()).status().await?;
        ensure!(asked.success(), "jeli could not be asked to stop");
        let ended = timeout(START_TIME, self.child.wait()).await.context("jeli does not stop")??;
        ensure!(ended.success(), "jeli stopped with {ended}");
        Ok(())
    }
}
