//! Files between schools: how fast beside iroh-blobs' own transfer, what several schools bring together, what is fetched twice where the line or a node
//! breaks off, and how long a keystroke takes beside a file.

mod beside_words;
mod interrupted;
mod loopback;
mod providers;
mod schools;

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;
use rand::RngExt as _;

use crate::report::Report;

const BYTES: usize = 200_000_000;

/// What of it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Rate and memory on this machine's loopback
    Loopback,
    /// Three schools on slow lines beside one
    Providers,
    /// A line cut, and nodes killed, again and again
    Interrupted,
    /// Keystrokes beside a file on a slow line
    BesideWords,
}

/// Measures all of it, or one part. All but the first need network namespaces of their own.
pub async fn run(jeli: &Path, part: Option<Part>) -> Result<Report> {
    let mut report = Report::new("blobs");
    for each in Part::value_variants().iter().filter(|each| part.is_none_or(|part| part == **each)) {
        match each {
            Part::Loopback => loopback::run(jeli, &mut report).await?,
            Part::Providers => providers::run(jeli, &mut report).await?,
            Part::Interrupted => interrupted::run(jeli, &mut report).await?,
            Part::BesideWords => beside_words::run(jeli, &mut report).await?,
        }
    }
    Ok(report)
}

/// Bytes that nothing makes smaller.
fn content(bytes: usize) -> Vec<u8> {
    let mut content = vec![0; bytes];
    rand::rng().fill(&mut content[..]);
    content
}
