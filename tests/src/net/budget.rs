//! The data budget of a school on a line that costs money: that it counts what the line carries, holds back what it says, and lets go on.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use automerge::transaction::Transactable as _;
use automerge::{ROOT, ReadDoc as _};
use jeli_client::{BudgetAsk, Client, ClientError, NewDocument, Tariff, WriteRule};
use jeli_line::{Net, Profile};
use jeli_tests::process::{Line, NodeProcess};
use jeli_tests::school::eventually_within;
use rand::RngExt as _;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(300);
/// How far what a node counts may be from what the line has carried.
const MOST_BESIDE_PERCENT: f64 = 15.0;
/// A file that somebody wants, and one that would come by itself on a free line.
const FILE_BYTES: usize = 150_000;
const SMALL_FILE_BYTES: usize = 30_000;
/// What a month has left, less than the file and more than it takes to meet again.
const LEFT_BYTES: u64 = 60_000;
/// What may still go until a node has seen that the limit is reached, and what was on its way.
const MOST_OVER_BYTES: u64 = 30_000;
/// For so long a line on which nothing may go is watched.
const WATCHED: Duration = Duration::from_secs(30);
/// What attempts of a school that knows nothing of it may take in that time.
const KNOCKS_BYTES: u64 = 6_000;

const HOST: usize = 0;
const THRIFTY: usize = 1;

/// What was seen. Fails where a budget does not hold.
pub(crate) async fn run(jeli: &Path, place: &Path, profile: &Profile, seed: u64) -> Result<Value> {
    let net = Net::new(seed, &[profile.access(); 2])?;
    let mut nodes = Vec::new();
    for (name, line) in ["host", "thrifty"].into_iter().zip(net.nodes()) {
        let mut node = NodeProcess::init_on(jeli, place, name, line, profile.metered).await?;
        node.start(Line::Open).await?;
        nodes.push(node);
    }
    let schools = Schools { host: nodes[HOST].client()?, thrifty: nodes[THRIFTY].client()?, document: String::new(), place };
    let space = schools.host.create_space("network").await?.id;
    schools.thrifty.join(&schools.host.invite(&space, "member").await?.ticket).await?;
    let new = NewDocument { space: &space, kind: "plan", title: "Plan", language: "kk", write_rule: WriteRule::Everyone, about: "" };
    let schools = Schools { document: schools.host.create_document(&new).await?.id, ..schools };
    let carried = || (net.counts(HOST, THRIFTY) + net.counts(THRIFTY, HOST)).sent.bytes;

    // Words and a file that somebody waits for: the node says what the line has carried.
    schools.says("first ").await?;
    schools.hears("first ").await?;
    let wanted = schools.names_a_file(FILE_BYTES).await?;
    schools.knows(&wanted).await?;
    schools.thrifty.file_act(&schools.document, &wanted, "want").await?;
    schools.file_is(&wanted, "here").await?;
    let (counted, carried_then) = (schools.thrifty.budget().await?, carried());
    let beside = (counted.used as f64 / carried_then as f64 - 1.0) * 100.0;
    ensure!(
        beside.abs() <= MOST_BESIDE_PERCENT,
        "the node counts {} bytes and the line has carried {carried_then}: {beside:.1} % beside",
        counted.used
    );
    let with_host = counted.schools.first().context("something was used")?;
    ensure!(with_host.school.as_ref().is_some_and(|school| school.name == "host"), "it says with whom: {:?}", counted.schools);
    ensure!(with_host.used.files > with_host.used.words, "most went for the file: {with_host:?}");
    ensure!(counted.now.mode == "careful" && counted.now.reason == "configured", "{:?}", counted.now);

    // What nobody waits for does not come.
    let small = schools.names_a_file(SMALL_FILE_BYTES).await?;
    schools.knows(&small).await?;
    eventually_within("a small file to be spared", PATIENCE, async || Ok(schools.held_up(&small).await?.as_deref() == Some("spared"))).await?;

    // By hand only: nothing goes, until somebody says so.
    let by_hand =
        BudgetAsk { mode: Some("by_hand".to_owned()), tariff: Some(Tariff { per_mb: 2.5, currency: "₸".to_owned() }), ..BudgetAsk::default() };
    schools.thrifty.choose_budget(&by_hand).await?;
    eventually_within("the line to be left", PATIENCE, async || Ok(connected(&schools.thrifty).await? == 0)).await?;
    schools.says("second ").await?;
    let before = carried();
    tokio::time::sleep(WATCHED).await;
    let knocks = carried() - before;
    ensure!(knocks <= KNOCKS_BYTES, "{knocks} bytes went over a line that is opened by hand only");
    ensure!(!schools.has("second ").await?, "nothing came by itself");
    let standing = schools.thrifty.budget().await?;
    ensure!(standing.now.held.as_deref() == Some("by_hand"), "{:?}", standing.now);
    let cost = standing.cost.context("a tariff is known")?;
    ensure!((cost - standing.used as f64 / 1_048_576.0 * 2.5).abs() < 1e-6, "{cost} for {} bytes", standing.used);
    schools.thrifty.open_budget(true).await?;
    schools.hears("second ").await?;
    ensure!(schools.thrifty.budget().await?.open_for.is_some_and(|left| left > 0), "it says for how long it is open");
    schools.thrifty.open_budget(false).await?;
    eventually_within("the line to be left again", PATIENCE, async || Ok(connected(&schools.thrifty).await? == 0)).await?;

    // A limit is reached in the middle; more is allowed, and all goes on.
    let used = schools.thrifty.budget().await?.used;
    let limited = BudgetAsk { mode: Some("careful".to_owned()), monthly_limit: Some(used + LEFT_BYTES), ..by_hand };
    schools.thrifty.choose_budget(&limited).await?;
    eventually_within("both to be connected", PATIENCE, async || Ok(connected(&schools.thrifty).await? == 1)).await?;
    let large = schools.names_a_file(FILE_BYTES + 1).await?;
    schools.knows(&large).await?;
    schools.thrifty.file_act(&schools.document, &large, "want").await?;
    eventually_within("the limit to be reached", PATIENCE, async || Ok(schools.thrifty.budget().await?.now.held.as_deref() == Some("used_up")))
        .await?;
    let over = schools.thrifty.budget().await?.used.saturating_sub(used + LEFT_BYTES);
    ensure!(over <= MOST_OVER_BYTES, "{over} bytes went beyond the limit");
    ensure!(
        schools.thrifty.files(&schools.document).await?.iter().any(|file| file.hash == large && file.state != "here"),
        "it stopped in the middle"
    );
    schools.thrifty.choose_budget(&BudgetAsk { monthly_limit: None, ..limited.clone() }).await?;
    schools.file_is(&large, "here").await?;

    // A free line: what was spared comes by itself. The node starts anew for it.
    schools.thrifty.choose_budget(&BudgetAsk { mode: Some("free".to_owned()), ..BudgetAsk::default() }).await?;
    eventually_within("the small file to come", PATIENCE, async || {
        // The node is away for a moment.
        Ok(schools.thrifty.files(&schools.document).await.is_ok_and(|files| files.iter().any(|file| file.hash == small && file.state == "here")))
    })
    .await?;
    for node in &mut nodes {
        node.stop().await?;
    }
    Ok(json!({ "counted_beside_percent": (beside * 10.0).round() / 10.0, "knocks_bytes": knocks, "over_the_limit_bytes": over }))
}

struct Schools<'a> {
    host: Client,
    thrifty: Client,
    document: String,
    place: &'a Path,
}

impl Schools<'_> {
    /// Somebody at the host writes.
    async fn says(&self, words: &str) -> Result<()> {
        let mut session = self.host.open_session().await?.open_document(&self.document, Some(&self.host.me().await?.actor)).await?;
        session
            .change(|doc| {
                let Some((_, title)) = doc.get(ROOT, "title")? else { return Err(ClientError::BadAnswer("the plan has no title".to_owned())) };
                Ok(doc.splice_text(&title, 0, 0, words)?)
            })
            .await?;
        Ok(session.wait_acked(PATIENCE).await?)
    }

    async fn has(&self, words: &str) -> Result<bool> {
        let Ok(content) = self.thrifty.content(&self.document).await else { return Ok(false) };
        Ok(content.content["title"].as_str().is_some_and(|title| title.contains(words)))
    }

    async fn hears(&self, words: &str) -> Result<()> {
        eventually_within("the words to come", PATIENCE, async || self.has(words).await).await
    }

    /// The host adds a file. Its hash.
    async fn names_a_file(&self, bytes: usize) -> Result<String> {
        let mut content = vec![0; bytes];
        rand::rng().fill(&mut content[..]);
        let path = self.place.join("to-add");
        tokio::fs::write(&path, content).await?;
        let sent = self.host.send_file(&path).await?;
        let mut session = self.host.open_session().await?.open_document(&self.document, Some(&self.host.me().await?.actor)).await?;
        session.name_file(&sent, "file", "", "", 0).await?;
        session.wait_acked(PATIENCE).await?;
        sent.hash.context("whole")
    }

    async fn knows(&self, hash: &str) -> Result<()> {
        eventually_within("the file to be known", PATIENCE, async || {
            Ok(self.thrifty.files(&self.document).await.is_ok_and(|files| files.iter().any(|file| file.hash == hash)))
        })
        .await
    }

    async fn file_is(&self, hash: &str, state: &str) -> Result<()> {
        eventually_within(&format!("the file to be {state}"), PATIENCE, async || {
            Ok(self.thrifty.files(&self.document).await?.iter().any(|file| file.hash == hash && file.state == state))
        })
        .await
    }

    async fn held_up(&self, hash: &str) -> Result<Option<String>> {
        Ok(self.thrifty.files(&self.document).await?.into_iter().find(|file| file.hash == hash).and_then(|file| file.held_up))
    }
}

async fn connected(client: &Client) -> Result<usize> {
    Ok(client.status().await?.peers.iter().filter(|peer| peer.connected).count())
}
