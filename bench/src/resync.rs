//! What it takes to find that nothing is new: two schools with a thousand documents in one space, one of which was away while nothing
//! happened.
//!
//! Counted is every message on the session streams of the node that came back, in both directions, lengths included, from its start until
//! nothing has moved for longer than anything of the protocol waits.

use anyhow::Result;
use jeli_tests::school::{School, eventually};

use crate::report::{Bar, Report};
use crate::{hops, moved};

const DOCUMENTS: usize = 1_000;
const BYTES: f64 = 1_024.0;

/// Makes the documents, and measures.
pub async fn run() -> Result<Report> {
    let mut report = Report::new("resync");
    let (a, mut b) = (School::start("A").await?, School::start("B").await?);
    let space = a.client()?.create_space("Network").await?.id;
    a.invites(&b, &space).await?;
    for number in 0..DOCUMENTS {
        a.makes(&space, if number % 2 == 0 { "plan" } else { "meeting" }, &format!("Document {number}")).await?;
    }
    let agree = async || {
        let (here, there) = (moved::entries(&a.client()?, &space).await?, moved::entries(&b.client()?, &space).await?);
        Ok(here.is_some() && here == there)
    };
    eventually("both schools to hold the same", agree).await?;
    for school in [&a, &b] {
        moved::once_quiet(&school.client()?).await?;
    }
    let documents = b.client()?.documents(Some(&space)).await?.len();
    b.stop().await;
    hops::begin(b.peer_id()?);
    b.run().await?;
    let moved = moved::once_quiet(&b.client()?).await?;
    report.line("documents at the school that came back", documents as f64, "documents", Bar::AtLeast(DOCUMENTS as f64));
    report.line("nothing new, bytes both ways", moved.bytes as f64, "B", Bar::AtMost(BYTES));
    report.line("nothing new, messages both ways", moved.messages as f64, "messages", Bar::AtLeast(1.0));
    report.line("nothing new, round trips", hops::round_trips() as f64, "round trips", Bar::AtMost(1.0));
    Ok(report)
}
