//! Waiting for something to become true, with an end.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How often a condition is asked for.
const ASK: Duration = Duration::from_millis(100);

/// Asks until the condition holds; an error where it does not in time. An error of the condition itself ends the waiting.
pub(crate) async fn until(within: Duration, what: &str, mut condition: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + within;
    let mut ask = interval(ASK);
    ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ask.tick().await;
        if condition().await? {
            return Ok(());
        }
        if Instant::now() > end {
            bail!("waited {} s in vain until {what}", within.as_secs());
        }
    }
}
