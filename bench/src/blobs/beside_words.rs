//! A keystroke beside a file on one slow line: from the one school's page to the other's, while 200 MB are on their way.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use jeli_line::{Access, Rate, Shape};
use tokio::time::Instant;

use super::schools::Schools;
use super::{BYTES, content};
use crate::latency::{at, keystroke};
use crate::report::{Bar, Report};

const SAMPLES: usize = 100;
const RATE_KBIT: u32 = 256;
/// A quarter of the round trip of 300 ms.
const DELAY: Duration = Duration::from_millis(75);
/// What the routers of such lines hold.
const QUEUE: Duration = Duration::from_secs(1);
/// Until the transfer has filled the line.
const FILLED_BYTES: u64 = 500_000;
const PATIENCE: Duration = Duration::from_secs(120);
const MOST_P95_MS: f64 = 1_500.0;
/// Between what arrived and the next keystroke, at most.
const PAUSE: Duration = Duration::from_millis(1_000);

pub(super) async fn run(jeli: &Path, report: &mut Report) -> Result<()> {
    let schools = Schools::new(jeli, 2, content(BYTES)).await?;
    let (mut at_giver, mut at_taker) = (schools.opens(0).await?, schools.opens(1).await?);
    let access = Access::both(Shape { rate: Rate::kbit(RATE_KBIT), delay: DELAY, queue: QUEUE, ..Shape::IDEAL });
    for school in [0, 1] {
        schools.net().node(school).reshape(&access);
    }
    for _ in 0..2 {
        keystroke(&mut at_giver, &mut at_taker).await?;
        keystroke(&mut at_taker, &mut at_giver).await?;
    }
    schools.wants(1).await?;
    let before = schools.reaches(1, Some(FILLED_BYTES), PATIENCE).await?;
    let begun = Instant::now();
    let (mut along, mut against) = (Vec::new(), Vec::new());
    for sample in 0..SAMPLES {
        tokio::time::sleep(PAUSE.mul_f64(rand::random::<f64>())).await;
        let (from, to, took) = match sample % 2 {
            0 => (&mut at_giver, &mut at_taker, &mut along),
            _ => (&mut at_taker, &mut at_giver, &mut against),
        };
        took.push(keystroke(from, to).await?.as_secs_f64() * 1e3);
    }
    let file = schools.file(1).await?;
    ensure!(file.state == "coming", "the file is {} beside the keystrokes", file.state);
    let share = (file.here - before) as f64 * 8.0 / 1e3 / begun.elapsed().as_secs_f64() / f64::from(RATE_KBIT);
    let mut all: Vec<f64> = along.iter().chain(&against).copied().collect();
    for (took, case) in [(&mut along, "the file's way"), (&mut against, "against the file")] {
        took.sort_by(f64::total_cmp);
        report.line(&format!("keystroke {case}, 256 kbit/s, 300 ms, p95"), at(took, 0.95), "ms", Bar::None);
    }
    all.sort_by(f64::total_cmp);
    report.line("keystroke beside 200 MB, p50", at(&all, 0.5), "ms", Bar::None);
    report.line("keystroke beside 200 MB, p95", at(&all, 0.95), "ms", Bar::AtMost(MOST_P95_MS));
    report.line("share of the line that the file has meanwhile", share, "", Bar::None);
    schools.stop().await
}
