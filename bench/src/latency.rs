//! From a keystroke in a page of one school to the change in a page of another: the WebSocket of the one's node, its disk, publication,
//! gossip, the other node's disk, its WebSocket. Both pages have the document open; the line is this machine's loopback, so that what is
//! measured is what the nodes add.
//!
//! The schools take turns at typing, and each keystroke comes at another moment of the nodes' timers.

use std::time::Duration;

use anyhow::{Context as _, Result};
use automerge::transaction::Transactable;
use automerge::{AutoCommit, ROOT, ReadDoc};
use jeli_client::{ClientError, DocSession};
use jeli_tests::school::{PATIENCE, School};
use tokio::time::Instant;

use crate::report::{Bar, Report};

const SAMPLES: usize = 200;
const FIELD: &str = "title";
/// Between what arrived and the next keystroke, at most: longer than any wait before publication.
const PAUSE: Duration = Duration::from_millis(400);

/// Types, and measures.
pub async fn run() -> Result<Report> {
    let mut report = Report::new("latency");
    let (a, b) = (School::start("A").await?, School::start("B").await?);
    let space = a.client()?.create_space("Network").await?.id;
    a.invites(&b, &space).await?;
    let document = a.makes(&space, "meeting", "Agenda ").await?.id;
    let (mut at_a, mut at_b) = (a.opens(&document).await?, b.opens(&document).await?);
    // The first keystrokes bring each other's presence along.
    for _ in 0..2 {
        keystroke(&mut at_a, &mut at_b).await?;
        keystroke(&mut at_b, &mut at_a).await?;
    }
    let mut took = Vec::with_capacity(SAMPLES);
    for sample in 0..SAMPLES {
        tokio::time::sleep(PAUSE.mul_f64(rand::random::<f64>())).await;
        let (from, to) = if sample % 2 == 0 { (&mut at_a, &mut at_b) } else { (&mut at_b, &mut at_a) };
        took.push(keystroke(from, to).await?.as_secs_f64() * 1e3);
    }
    took.sort_by(f64::total_cmp);
    report.line("samples", took.len() as f64, "keystrokes", Bar::AtLeast(SAMPLES as f64));
    report.line("p50", at(&took, 0.50), "ms", Bar::AtMost(350.0));
    report.line("p95", at(&took, 0.95), "ms", Bar::AtMost(600.0));
    report.line("max", at(&took, 1.0), "ms", Bar::None);
    Ok(report)
}

/// The figure that this part of them does not exceed; they are in order.
pub(crate) fn at(sorted: &[f64], part: f64) -> f64 {
    sorted.get(((sorted.len() as f64 * part).ceil() as usize).saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// Time from a keystroke of the one to the moment at which the other has it in its document.
pub(crate) async fn keystroke(from: &mut DocSession, to: &mut DocSession) -> Result<Duration> {
    from.settle().await?;
    to.settle().await?;
    let began = Instant::now();
    let hash = from.change(|doc| append(doc, "а")).await?.context("a keystroke is a change")?;
    // The node may have to ask for the change, so its writer goes on listening.
    let arrives = async {
        to.wait_for(PATIENCE, |doc, _| doc.get_missing_deps(&[hash]).is_empty()).await?;
        Ok(began.elapsed())
    };
    let (took, ()) = tokio::try_join!(arrives, from.wait_acked(PATIENCE))?;
    Ok(took)
}

fn append(doc: &mut AutoCommit, words: &str) -> Result<(), ClientError> {
    let Some((_, text)) = doc.get(ROOT, FIELD)? else { return Err(ClientError::BadAnswer("the document has no title".to_owned())) };
    let end = doc.length(&text);
    Ok(doc.splice_text(&text, end, 0, words)?)
}
