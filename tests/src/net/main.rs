//! Three schools over lines of each kind that `links.json` knows: they join by invitation, write at once, and catch up after one was cut off.
//!
//! Real programs, each in a network namespace of its own. What is checked is that all happens at all, that nothing acknowledged is lost and that all are
//! equal and told so; how long it took and what it cost is told beside it.

mod budget;
mod journey;
mod nat;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jeli_line::{Access, NatKind, Net, Ports, Profile, Profiles};
use nat::{Over, Pair};
use serde_json::{Value, json};

/// Leads three schools over bad lines
#[derive(Parser)]
struct Arguments {
    /// The `jeli` program
    #[arg(long)]
    jeli: PathBuf,
    /// The kinds of lines, by their names in links.json; all of them without it
    #[arg(long)]
    profile: Vec<String>,
    /// Another file of profiles
    #[arg(long)]
    links: Option<PathBuf>,
    /// How often each
    #[arg(long, default_value_t = 1)]
    runs: u64,
    /// Which packets are lost, and where people write
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// For how many seconds one of them is cut off: longer than connections outlive
    #[arg(long, default_value_t = 90)]
    apart: u32,
    /// Journeys side by side. Each has lines of its own, and all share the computer
    #[arg(long, default_value_t = NonZeroUsize::MIN)]
    jobs: NonZeroUsize,
    /// Instead of journeys: what the data budget counts and holds back, beside what the line has carried
    #[arg(long)]
    budget: bool,
    /// Instead: schools behind routers of the usual four kinds, each with each, and a third that relays for them; on good lines without a profile
    #[arg(long)]
    nat: bool,
    /// Of these pairs one that comes to speak directly and one that cannot
    #[arg(long, requires = "nat")]
    short: bool,
    /// For how many minutes nobody says anything in the end, while what the lines carry is counted
    #[arg(long, requires = "nat", default_value_t = 0)]
    idle: u32,
    /// Only pairs with this in their name
    #[arg(long, requires = "nat", default_value = "")]
    only: String,
    /// Where this machine lends no network namespaces, says so and is content
    #[arg(long)]
    where_possible: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    if is_forbidden(arguments) {
        return Ok(());
    }
    let profiles = arguments.links.as_deref().map_or_else(Profiles::ours, Profiles::read)?;
    let chosen: Vec<&Profile> = match arguments.profile.as_slice() {
        [] => profiles.all().iter().collect(),
        names => names.iter().map(|name| profiles.get(name)).collect::<Result<_, _>>()?,
    };
    if arguments.nat {
        let line = if arguments.profile.is_empty() { None } else { chosen.first().map(|profile| profile.access()) };
        return nat_table(arguments, line).await;
    }
    if arguments.budget {
        let place = tempfile::tempdir().context("no folder could be made")?;
        let figures = budget::run(&arguments.jeli, place.path(), profiles.get("school-edge")?, arguments.seed).await?;
        println!("{}", json!({ "check": "budget", "holds": true, "figures": figures }));
        return Ok(());
    }
    let seeds = arguments.seed..arguments.seed.saturating_add(arguments.runs);
    let journeys = chosen.into_iter().flat_map(|profile| seeds.clone().map(move |seed| (profile, seed)));
    let mut ends = stream::iter(journeys.enumerate())
        .map(async |(turn, (profile, seed))| Ok::<_, anyhow::Error>((turn, lead(arguments, profile, seed).await?)))
        .buffer_unordered(arguments.jobs.get());
    // Whoever is done early waits with their figures, and not with the next journey.
    let (mut failed, mut early, mut turn) = (0, BTreeMap::new(), 0);
    while let Some((at, figures)) = ends.try_next().await? {
        failed += usize::from(figures["holds"] == false);
        early.insert(at, figures);
        while let Some(figures) = early.remove(&turn) {
            println!("{figures}");
            turn += 1;
        }
    }
    ensure!(failed == 0, "{failed} journeys failed");
    Ok(())
}

/// Whether the machine lends no networks, and that is as it may be.
fn is_forbidden(arguments: &Arguments) -> bool {
    match Net::new(1, &[Access::IDEAL; 2]) {
        Err(error) if error.is_forbidden() && arguments.where_possible => {
            println!("{}", json!({ "check": "net", "skipped": error.to_string() }));
            true
        }
        _ => false,
    }
}

/// A line of JSON for each pair of routers.
async fn nat_table(arguments: &Arguments, access: Option<Access>) -> Result<()> {
    // Where routers change ports, some pairs are enough to see what is otherwise; the symmetric kind always does.
    let equals = |ports, over| Pair::all(ports, over).filter(|pair| pair.inviter == pair.joiner && pair.inviter != NatKind::Symmetric);
    let over = |over| Pair::all(Ports::Kept, over).chain(equals(Ports::Changed, over));
    let all = || over(Over::Both).chain(over(Over::TcpAlone)).collect();
    let pairs: Vec<Pair> = if arguments.short { Pair::short().into() } else { all() };
    let pairs: Vec<Pair> = pairs.into_iter().filter(|pair| pair.name().contains(&arguments.only)).collect();
    let mut ends = stream::iter(pairs)
        .map(async |pair| {
            let place = tempfile::tempdir().context("no folder could be made")?;
            let went = nat::run(&arguments.jeli, place.path(), pair, arguments.seed, Duration::from_secs(60) * arguments.idle, access).await;
            let mut line = json!({ "check": "nat", "pair": pair.name(), "holds": went.is_ok() });
            match went {
                Ok(figures) => line["figures"] = figures,
                Err(error) => {
                    line["error"] = format!("{error:#}").into();
                    eprintln!("{}: {error:#}; the nodes' folders and logs are in {}", pair.name(), place.keep().display());
                }
            }
            Ok::<_, anyhow::Error>(line)
        })
        .buffered(arguments.jobs.get());
    let mut failed = 0;
    while let Some(line) = ends.try_next().await? {
        failed += usize::from(line["holds"] == false);
        println!("{line}");
    }
    ensure!(failed == 0, "{failed} pairs failed");
    Ok(())
}

/// One journey, and what is told of it. Where it fails, its folders stay.
async fn lead(arguments: &Arguments, profile: &Profile, seed: u64) -> Result<Value> {
    let place = tempfile::tempdir().context("no folder could be made")?;
    let start = Instant::now();
    let went = journey::run(&arguments.jeli, place.path(), profile, seed, Duration::from_secs(arguments.apart.into())).await;
    let seconds = start.elapsed().as_secs_f64();
    let mut line = json!({ "check": "net", "profile": profile.name, "seed": seed, "holds": went.is_ok(), "seconds": seconds.round() });
    match went {
        Ok(figures) => line["figures"] = figures,
        Err(error) => {
            line["error"] = format!("{error:#}").into();
            eprintln!("{} with seed {seed}: {error:#}; the nodes' folders and logs are in {}", profile.name, place.keep().display());
        }
    }
    Ok(line)
}
