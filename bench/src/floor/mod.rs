//! Catch-up of a week of work on the worst line that a school has (`school-floor`), beside samod and automerge-repo on the same line.
//!
//! Ten schools write forty documents for five days, one change a keystroke, without a line by day, and hand on in the evening what they have written. A school is
//! away meanwhile that has everything of the weeks before. Then it comes back. Measured is
//! from the moment at which it looks for the others until all is on its disk, with dialling, encryption and all that its node says: once where it reaches one
//! school that has everything, and once where all ten are there. The bar is the line's own: the packed changes at the line's rate, and three round trips.
//!
//! The two peers hold the same documents with the same changes, are told of each other's address and of the documents' ids, and have no connection when their
//! time begins. They are given up where they have taken so long that the bar is kept to in any case; what is said of them then is the least that they take.

mod automerge_repo;
mod samod;
mod schools;
mod week;

pub use week::KEYSTROKES;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use automerge::{AutoCommit, Change};
use jeli_line::Profiles;

use crate::packed_size;
use crate::report::{Bar, Report};
use schools::{Reach, Schools};

/// What a time may be beside what the line alone would take.
const TIMES_THE_LINE: f64 = 1.35;
const ROUND_TRIPS: f64 = 3.0;
/// How much faster than the peers.
const TIMES_FASTER: f64 = 10.0;
/// Peers are given up after so many of our times: a bit more than the bar asks.
const GIVEN_UP: f64 = 10.5;
/// Documents that are packed together for the yardstick.
const DOCUMENTS_AT_A_TIME: usize = 10;
/// A line that gives up every six seconds, and is back a second later.
const UP: Duration = Duration::from_secs(6);
const DOWN: Duration = Duration::from_secs(1);

/// A document before the week and what the week brought.
struct Document {
    id: String,
    before: AutoCommit,
    week: Vec<Change>,
}

impl Document {
    /// With the week in it.
    fn after(&self) -> Result<AutoCommit> {
        let mut after = self.before.clone();
        after.apply_changes(self.week.clone())?;
        Ok(after)
    }
}

/// How long something took.
#[derive(Debug, Clone, Copy)]
enum Took {
    All(Duration),
    /// It was given up after this.
    MoreThan(Duration),
}

/// Measures all of it, with so many keystrokes in each document. `peer`: the program of automerge-repo's side, for Node.js.
pub async fn run(jeli: &Path, trace: &Path, keystrokes: usize, peer: Option<PathBuf>) -> Result<Report> {
    let profile = Profiles::ours()?.get("school-floor")?.clone();
    let pieces = week::pieces(trace, keystrokes)?;
    let mut schools = Schools::new(jeli, &profile).await?;
    let documents = schools.write_a_week(pieces).await?;
    let packed = packed(&documents)?;
    let line_s = packed as f64 * 8.0 / (f64::from(profile.rate_kbit.get()) * 1e3) + ROUND_TRIPS * f64::from(profile.rtt_ms) / 1e3;

    let mut report = Report::new("floor");
    report.line("documents", documents.len() as f64, "documents", Bar::None);
    report.line("changes", documents.iter().map(|document| document.week.len()).sum::<usize>() as f64, "changes", Bar::None);
    report.line("entries", schools.entries_of_the_week() as f64, "entries", Bar::None);
    report.line("packed alone", packed as f64, "B", Bar::None);
    report.line("what the line alone takes", line_s, "s", Bar::None);
    let mut one_s = f64::NAN;
    for (reach, name) in [(Reach::One, "one school there"), (Reach::All, "ten schools there"), (Reach::OneThatDrops, "the line drops every 6 s")] {
        let came = schools.come_back(reach, &documents).await.with_context(|| name.to_owned())?;
        let seconds = came.took.as_secs_f64();
        let bar = if reach == Reach::OneThatDrops { Bar::None } else { Bar::AtMost(TIMES_THE_LINE) };
        report.line(&format!("{name}: until all was there"), seconds, "s", Bar::None);
        report.line(&format!("{name}: beside what the line alone takes"), seconds / line_s, "times", bar);
        report.line(&format!("{name}: bytes that arrived, with all headers"), came.bytes as f64, "B", Bar::None);
        report.line(&format!("{name}: messages of the protocol, both ways"), came.moved as f64, "B", Bar::None);
        if reach == Reach::One {
            one_s = seconds;
        }
    }
    schools.stop().await?;

    let patience = Duration::from_secs_f64(one_s * GIVEN_UP);
    let access = profile.access();
    let (samod, repo) =
        tokio::try_join!(samod::run(&documents, access, patience), automerge_repo::run(peer.as_deref(), &documents, access, patience))?;
    for (name, took) in [("samod", Some(samod)), ("automerge-repo", repo)] {
        let Some(took) = took else { continue };
        let (seconds, how) = match took {
            Took::All(took) => (took.as_secs_f64(), "until all was there"),
            Took::MoreThan(took) => (took.as_secs_f64(), "given up after"),
        };
        report.line(&format!("{name}: {how}"), seconds, "s", Bar::None);
        report.line(&format!("{name}: beside ours, at least"), seconds / one_s, "times", Bar::AtLeast(TIMES_FASTER));
    }
    Ok(report)
}

/// All changes of the week, packed as many documents at a time as a frame may hold changes of.
fn packed(documents: &[Document]) -> Result<usize> {
    let chunks: Vec<Vec<Vec<u8>>> =
        documents.iter().map(|document| document.week.iter().map(|change| change.raw_bytes().to_vec()).collect()).collect();
    chunks.chunks(DOCUMENTS_AT_A_TIME).map(|chunks| Ok(packed_size::packed_together(chunks)?.len())).sum()
}
