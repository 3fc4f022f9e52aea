//! What is fetched twice where a transfer breaks off: all bytes that arrive at the taker, counted on the line from the IP header on, beside those of a
//! transfer that nothing breaks. What was on its way to a node that is killed is in them.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jeli_line::{Access, Rate, Shape};
use jeli_tests::process::Line;
use rand::RngExt as _;
use tokio::time::Instant;

use super::schools::Schools;
use super::{BYTES, content};
use crate::report::{Bar, Report};

const TIMES: usize = 10;
const RATE_KBIT: u32 = 20_000;
/// A quarter of the round trip.
const DELAY: Duration = Duration::from_millis(10);
const QUEUE: Duration = Duration::from_millis(200);
const MOST_TWICE_PERCENT: f64 = 2.0;
/// A short cut is over before anybody notices; a long one ends the connection.
const SHORT_CUT: Duration = Duration::from_secs(2);
const LONG_CUT: Duration = Duration::from_secs(40);
const PATIENCE: Duration = Duration::from_secs(600);

const GIVER: usize = 0;
const TAKER: usize = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    Nothing,
    Cut,
    KillGiver,
    KillTaker,
}

/// What a transfer came to.
struct Came {
    /// At the taker, with all headers.
    bytes: u64,
    /// From being wanted to being here, seconds.
    took: f64,
    /// Files of the taker's store that bear no content, named from its folder.
    beside: BTreeSet<String>,
}

pub(super) async fn run(jeli: &Path, report: &mut Report) -> Result<()> {
    let bytes = content(BYTES);
    let whole = transfer(jeli, Break::Nothing, &bytes).await?;
    report.line("bytes on the line for 200 MB, unbroken", whole.bytes as f64, "B", Bar::None);
    for (how, case) in
        [(Break::Cut, "line cut ten times"), (Break::KillGiver, "giver killed ten times"), (Break::KillTaker, "taker killed ten times")]
    {
        let broken = transfer(jeli, how, &bytes).await?;
        let more = (broken.bytes as f64 / whole.bytes as f64 - 1.0) * 100.0;
        report.line(&format!("fetched twice, {case}"), more, "%", Bar::AtMost(MOST_TWICE_PERCENT));
        report.line(&format!("lost by each break, {case}"), (broken.took - whole.took) / TIMES as f64, "s", Bar::None);
        let left = broken.beside.difference(&whole.beside).count();
        report.line(&format!("files left behind, {case}"), left as f64, "files", Bar::AtMost(0.0));
    }
    Ok(())
}

async fn transfer(jeli: &Path, how: Break, bytes: &[u8]) -> Result<Came> {
    let mut schools = Schools::new(jeli, 2, bytes.to_vec()).await?;
    let access = Access::both(Shape { rate: Rate::kbit(RATE_KBIT), delay: DELAY, queue: QUEUE, ..Shape::IDEAL });
    for school in [GIVER, TAKER] {
        schools.net().node(school).reshape(&access);
    }
    let before = schools.net().counts(GIVER, TAKER).arrived.bytes;
    let begun = Instant::now();
    schools.wants(TAKER).await?;
    if how != Break::Nothing {
        // At random points, each at least a little after the one before.
        let mut points: Vec<u64> = (0..TIMES).map(|_| rand::rng().random_range(0..BYTES as u64)).collect();
        points.sort_unstable();
        let mut here = 0;
        for (number, point) in points.into_iter().enumerate() {
            let point = point.max(here + 1);
            here = schools.reaches(TAKER, Some(point), PATIENCE).await?;
            broken(&mut schools, how, number).await?;
        }
    }
    schools.reaches(TAKER, None, PATIENCE).await?;
    let took = begun.elapsed().as_secs_f64();
    let bytes = schools.net().counts(GIVER, TAKER).arrived.bytes - before;
    ensure!(schools.is_whole(TAKER).await?, "the file is another");
    let beside = beside(&schools.node(TAKER).folder().join("files"))?;
    schools.stop().await?;
    Ok(Came { bytes, took, beside })
}

async fn broken(schools: &mut Schools, how: Break, number: usize) -> Result<()> {
    match how {
        Break::Nothing => {}
        Break::Cut => {
            let node = schools.net().node(TAKER);
            node.cut();
            tokio::time::sleep(if number % 5 == 4 { LONG_CUT } else { SHORT_CUT }).await;
            node.join();
        }
        Break::KillGiver | Break::KillTaker => {
            let node = schools.node(if how == Break::KillGiver { GIVER } else { TAKER });
            node.kill().await?;
            node.start(Line::Open).await?;
        }
    }
    Ok(())
}

/// What lies in a folder, from there on.
fn beside(folder: &Path) -> Result<BTreeSet<String>> {
    let (mut names, mut folders) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).with_context(|| format!("{}", next.display()))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                names.insert(entry.path().strip_prefix(folder)?.display().to_string());
            }
        }
    }
    Ok(names)
}
