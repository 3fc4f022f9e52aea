//! What moves between a node and the others, as the node counts it on its session streams.

use std::time::Duration;

use anyhow::{Result, ensure};
use jeli_client::{Client, Status};
use tokio::time::Instant;

/// Silence after which an exchange is over: more than the ten seconds after which nodes tell of each other's receipts.
const QUIET: Duration = Duration::from_secs(12);
/// No exchange of a benchmark goes on for longer.
const AT_MOST: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(200);

/// What has moved between a node and all others since its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Moved {
    /// Bytes of messages, both ways.
    pub(crate) bytes: u64,
    /// Messages, both ways.
    pub(crate) messages: u64,
}

impl Moved {
    /// Reads it from a node's status.
    pub(crate) fn of(status: &Status) -> Self {
        let mut moved = Self::default();
        for traffic in status.peers.iter().map(|peer| &peer.traffic) {
            moved.bytes += traffic.sent_bytes + traffic.received_bytes;
            moved.messages += traffic.sent_messages + traffic.received_messages;
        }
        moved
    }
}

/// Waits until nothing has moved for a while, and returns all that has.
pub(crate) async fn once_quiet(client: &Client) -> Result<Moved> {
    let end = Instant::now() + AT_MOST;
    let mut pace = tokio::time::interval(LOOK);
    let (mut last, mut since) = (Moved::default(), Instant::now());
    loop {
        pace.tick().await;
        let now = Moved::of(&client.status().await?);
        if now != last {
            (last, since) = (now, Instant::now());
        }
        if since.elapsed() >= QUIET {
            return Ok(now);
        }
        ensure!(Instant::now() < end, "messages still move after {AT_MOST:?}: {now:?}");
    }
}

/// Entries of a space at a node; none while some of them wait.
pub(crate) async fn entries(client: &Client, space: &str) -> Result<Option<u64>> {
    let status = client.status().await?;
    Ok(status.spaces.iter().find(|known| known.id == space && known.waiting == 0).map(|known| known.entries))
}
