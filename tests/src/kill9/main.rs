//! Three schools write one plan, with clients that keep nothing, while their nodes are killed again and again.
//!
//! Each round one node gets SIGKILL in the middle of its client's writing and starts again. Every second time it starts alone, so that what
//! it shows can come from its own disk only. No piece that was acknowledged may be missing, then or in the end; in the end all nodes have
//! the same document; and once more when all have stopped and started one by one, the first with nobody to find.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use jeli_tests::process::{Line, NodeProcess};
use jeli_tests::writing::{NAMES, Schools, Sign, Strangers};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use tokio::sync::oneshot;

/// Kills nodes under editing and looks for what they lost
#[derive(Parser)]
struct Arguments {
    /// The `jeli` program
    #[arg(long)]
    jeli: PathBuf,
    /// How many kills
    #[arg(long, default_value_t = 50)]
    times: usize,
    /// What the choice of nodes and moments comes from
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Pieces that the client of the doomed node has sent, at the most, when the node is killed.
const MAX_PIECES: usize = 60;
/// Pieces that the others write meanwhile, at the most.
const MAX_PIECES_ELSEWHERE: usize = 20;
/// A kill at any time comes up to this long after the last of those pieces: somewhere between its arrival, its commit and its answer.
const MAX_AFTER: Duration = Duration::from_millis(20);

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let place = match tempfile::tempdir() {
        Ok(place) => place,
        Err(error) => {
            eprintln!("no folder could be made: {error}");
            return ExitCode::FAILURE;
        }
    };
    match run(&arguments, place.path()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("with seed {}: {error:#}\nThe nodes' folders and logs are in {}", arguments.seed, place.keep().display());
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments, place: &std::path::Path) -> Result<()> {
    let start = Instant::now();
    let mut dice = StdRng::seed_from_u64(arguments.seed);
    let mut nodes = Vec::new();
    for name in NAMES {
        nodes.push(NodeProcess::init(&arguments.jeli, place, name).await?);
    }
    let strangers = Strangers::start(nodes).await?;
    let space = strangers.join().await?;
    let mut schools = strangers.share(&space, arguments.seed).await?;
    for round in 1..=arguments.times {
        one_kill(&mut schools, &mut dice, round).await.with_context(|| format!("kill {round}"))?;
        if round % 10 == 0 {
            eprintln!("{round} kills, {} pieces acknowledged, none lost, {:.0} s", schools.acknowledged(), start.elapsed().as_secs_f64());
        }
    }
    schools.agree().await.context("after the kills")?;
    schools.start_one_by_one().await?;
    let text = schools.agree().await.context("after the nodes started one by one")?;
    let (unanswered, of_them_kept) = schools.unanswered(&text);
    let acknowledged = schools.acknowledged();
    ensure!(acknowledged >= arguments.times, "so little was written that nothing was checked");
    schools.stop().await?;
    let line = json!({
        "check": "kill9", "seed": arguments.seed, "kills": arguments.times, "acknowledged": acknowledged, "acknowledged_lost": 0,
        "unanswered": unanswered, "unanswered_kept": of_them_kept, "nodes_equal": true, "seconds": start.elapsed().as_secs_f64().round(),
    });
    println!("{line}");
    Ok(())
}

async fn one_kill(schools: &mut Schools, dice: &mut StdRng, round: usize) -> Result<()> {
    let doomed = dice.random_range(0..schools.nodes.len());
    let pieces = dice.random_range(1..=MAX_PIECES);
    let (sign, after) = match dice.random_bool(0.5) {
        true => (Sign::AnyTime, dice.random_range(Duration::ZERO..=MAX_AFTER)),
        false => (Sign::AtAnAnswer, Duration::ZERO),
    };
    let (sent, was_sent) = oneshot::channel();
    let mut others = Vec::new();
    let mut doomed_writer = None;
    for (at, writer) in schools.writers.iter_mut().enumerate() {
        if at == doomed {
            doomed_writer = Some(writer);
        } else {
            let pieces = dice.random_range(0..=MAX_PIECES_ELSEWHERE);
            others.push(writer.write(pieces));
        }
    }
    let node = &mut schools.nodes[doomed];
    let kill = async {
        was_sent.await.context("nothing was written")?;
        if !after.is_zero() {
            tokio::time::sleep(after).await;
        }
        node.kill().await
    };
    let writing = doomed_writer.context("no such school")?.write_until_gone(pieces, sign, sent);
    tokio::try_join!(kill, writing, futures::future::try_join_all(others))?;
    let line = if round.is_multiple_of(2) { Line::Cut } else { Line::Open };
    node.start(line).await?;
    let text = schools.text_at(doomed).await?;
    schools.writers[doomed].written.check(&text).context("after the restart, at the school itself")?;
    if line == Line::Cut {
        schools.writers[doomed].client.cut_line(false).await?;
    }
    schools.writers[doomed].sit_down().await
}
