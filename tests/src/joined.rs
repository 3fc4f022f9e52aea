//! Schools of one network at the ends of emulated lines, joined by invitation: what benchmarks on lines begin with.

use std::path::Path;

use anyhow::{Context as _, Result};
use jeli_line::Net;

use crate::process::{Line, NodeProcess};

/// A running node at each line of the network, and the space that all of them were invited to. `metered`: whether bytes cost money at a school, by its place.
pub async fn joined(jeli: &Path, place: &Path, net: &Net, metered: impl Fn(usize) -> bool) -> Result<(Vec<NodeProcess>, String)> {
    let mut nodes = Vec::new();
    for (number, line) in net.nodes().iter().enumerate() {
        let mut node = NodeProcess::init_on(jeli, place, &format!("school{}", number + 1), line, metered(number)).await?;
        node.start(Line::Open).await?;
        nodes.push(node);
    }
    let (first, others) = nodes.split_first().context("a school")?;
    let first = first.client()?;
    let space = first.create_space("network").await?.id;
    for other in others {
        other.client()?.join(&first.invite(&space, "member").await?.ticket).await?;
    }
    Ok((nodes, space))
}
