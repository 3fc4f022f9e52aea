//! One journey of three schools.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use jeli_line::{Net, Profile};
use jeli_tests::process::NodeProcess;
use jeli_tests::writing::{NAMES, Schools, Strangers};
use serde_json::{Value, json};

/// Far more than anything here takes on the worst line that we know; whoever needs it all has failed.
const PATIENCE: Duration = Duration::from_secs(600);
/// Pieces that each writes at a time.
const PIECES: usize = 6;
/// How often each writes while one is cut off, beside the first time.
const TURNS: u32 = 5;

/// What happened, in seconds and in bytes at the IP level. `apart`: how long one of them is cut off.
pub(crate) async fn run(jeli: &Path, place: &Path, profile: &Profile, seed: u64, apart: Duration) -> Result<Value> {
    let net = Net::new(seed, &[profile.access(); NAMES.len()])?;
    let mut nodes = Vec::new();
    for (name, line) in NAMES.into_iter().zip(net.nodes()) {
        nodes.push(NodeProcess::init_on(jeli, place, name, line, profile.metered).await?);
    }
    let strangers = Strangers::start(nodes).await?.waiting(PATIENCE);
    let mut watch = Watch::new(&net, format!("{} {seed}", profile.name));
    let space = strangers.join().await.context("while they join")?;
    let joined = watch.lap("joined");

    let mut schools = strangers.share(&space, seed).await?;
    write(&mut schools, &[0, 1, 2]).await?;
    schools.agree().await.context("after all have written at once")?;
    let agreed = watch.lap("agreed");

    // One is alone for a while, and all go on.
    net.node(2).cut();
    let mut turns = tokio::time::interval(apart / TURNS);
    for _ in 0..=TURNS {
        turns.tick().await;
        write(&mut schools, &[0, 1, 2]).await?;
    }
    schools.agree_among(&[0, 1]).await.context("while one is cut off")?;
    watch.lap("apart");
    net.node(2).join();
    schools.agree().await.context("after the line was joined again")?;
    let caught_up = watch.lap("caught_up");

    // Two do not reach each other, and both reach the third.
    net.part(0, 1);
    write(&mut schools, &[0, 1]).await?;
    schools.agree().await.context("while two do not reach each other")?;
    let around = watch.lap("around");
    net.unite(0, 1);

    let pieces = schools.acknowledged();
    schools.stop().await?;
    Ok(json!({ "joined": joined, "agreed": agreed, "caught_up": caught_up, "around": around, "pieces": pieces }))
}

async fn write(schools: &mut Schools, who: &[usize]) -> Result<()> {
    let at = schools.writers.iter_mut().enumerate().filter(|(school, _)| who.contains(school));
    futures::future::try_join_all(at.map(|(_, writer)| writer.write(PIECES))).await.map(drop)
}

/// Takes the time and counts the bytes.
struct Watch<'a> {
    net: &'a Net,
    /// Which journey it is: several may be under way.
    journey: String,
    since: Instant,
    before: u64,
}

impl<'a> Watch<'a> {
    fn new(net: &'a Net, journey: String) -> Self {
        Self { net, journey, since: Instant::now(), before: bytes(net) }
    }

    /// Since the last lap.
    fn lap(&mut self, what: &str) -> Value {
        let (now, bytes) = (Instant::now(), bytes(self.net));
        let lap = json!({ "seconds": (now - self.since).as_secs_f64(), "bytes": bytes - self.before });
        (self.since, self.before) = (now, bytes);
        eprintln!("{} {what}: {lap}", self.journey);
        lap
    }
}

/// All that the nodes have sent to each other.
fn bytes(net: &Net) -> u64 {
    (0..net.nodes().len()).map(|node| net.counts_from(node).sent.bytes).sum()
}
