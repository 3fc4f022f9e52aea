//! Several schools bring a file together: each on a slow line of its own, the taker on a fast one.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use jeli_line::{Access, Rate, Shape};
use tokio::time::Instant;

use super::content;
use super::schools::Schools;
use crate::report::{Bar, Report};

const BYTES: usize = 40_000_000;
const RATE_KBIT: u32 = 8_000;
const FAST_KBIT: u32 = 100_000;
/// A quarter of the round trip between two of them.
const DELAY: Duration = Duration::from_millis(10);
const QUEUE: Duration = Duration::from_millis(200);
const LEAST_GAIN: f64 = 2.5;
const PATIENCE: Duration = Duration::from_secs(300);

pub(super) async fn run(jeli: &Path, report: &mut Report) -> Result<()> {
    let one = rate(jeli, 1).await?;
    let three = rate(jeli, 3).await?;
    report.line("40 MB from one school on 8 Mbit/s", one, "MB/s", Bar::None);
    report.line("40 MB from three schools on 8 Mbit/s each", three, "MB/s", Bar::None);
    report.line("three as a multiple of one", three / one, "", Bar::AtLeast(LEAST_GAIN));
    Ok(())
}

fn access(kbit: u32) -> Access {
    Access::both(Shape { rate: Rate::kbit(kbit), delay: DELAY, queue: QUEUE, ..Shape::IDEAL })
}

/// MB a second that so many schools bring together.
async fn rate(jeli: &Path, providers: usize) -> Result<f64> {
    let schools = Schools::new(jeli, providers + 1, content(BYTES)).await?;
    for school in 1..providers {
        schools.wants(school).await?;
        schools.reaches(school, None, PATIENCE).await?;
    }
    for school in 0..providers {
        schools.net().node(school).reshape(&access(RATE_KBIT));
    }
    let taker = providers;
    schools.net().node(taker).reshape(&access(FAST_KBIT));
    let begun = Instant::now();
    schools.wants(taker).await?;
    schools.reaches(taker, None, PATIENCE).await?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(schools.is_whole(taker).await?, "the file is another");
    schools.stop().await?;
    Ok(BYTES as f64 / took / 1e6)
}
