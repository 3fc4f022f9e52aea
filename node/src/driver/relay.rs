//! What this node carries for others: counted by the month, and kept over restarts.

use std::time::{Duration, Instant};

use time::OffsetDateTime;

use crate::clock::now_ms;
use crate::network::{RelayState, RelayStatus, node_id_of};
use crate::replica_handle::{Applied, RelayView};
use jeli_protocol::ids::NodeId;

use super::Driver;

/// The setting: "2026-11 12345", month and bytes.
const SETTING: &str = "relayed";

/// Between two looks at the count: so much is forgotten at most when the power fails.
const KEPT_EVERY: Duration = Duration::from_secs(300);

/// The count of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relayed {
    month: String,
    /// As it stands in the store.
    kept: u64,
    look_at: Instant,
    status: Option<RelayStatus>,
}

impl Relayed {
    pub(super) fn new() -> Self {
        Self { month: String::new(), kept: 0, look_at: Instant::now(), status: None }
    }

    /// When to look next; a node that carries for nobody need not.
    pub(super) fn due(&self) -> Option<Instant> {
        let carries = self.status.as_ref().is_some_and(|status| matches!(status.state, RelayState::Ready | RelayState::UsedUp));
        carries.then_some(self.look_at)
    }
}

impl Driver {
    pub(super) fn relay_changed(&mut self, status: RelayStatus) {
        self.relayed.status = Some(status);
        self.say(Applied::Network);
    }

    /// The count goes on where it stopped, if it is the same month still.
    pub(super) async fn begin_relaying(&mut self) {
        let kept = self.store.setting(SETTING).ok().flatten().unwrap_or_default();
        let kept = String::from_utf8_lossy(&kept).into_owned();
        let month = month_of(now_ms());
        let used = kept.split_once(' ').filter(|(of, _)| *of == month).and_then(|(_, bytes)| bytes.parse().ok()).unwrap_or(0);
        (self.relayed.month, self.relayed.kept) = (month, used);
        let _ = self.network.begin_relay_month(used).await;
    }

    /// Keeps the count, and begins a new one with a new month.
    pub(super) async fn keep_relayed(&mut self, now: Instant) {
        if self.relayed.due().is_none_or(|at| at > now) {
            return;
        }
        self.relayed.look_at = now + KEPT_EVERY;
        self.keep_relayed_now().await;
        if self.relayed.month != month_of(now_ms()) {
            self.begin_relaying().await;
        }
    }

    pub(super) async fn keep_relayed_now(&mut self) {
        let carried = self.network.relayed_this_month();
        if carried == self.relayed.kept {
            return;
        }
        // A fault here must not undo what people's words wait for.
        self.settle().await;
        match self.store.set_setting(SETTING, format!("{} {carried}", self.relayed.month).as_bytes()) {
            Ok(()) => self.relayed.kept = carried,
            Err(error) => tracing::debug!(%error, "what was carried for others was not kept"),
        }
    }

    pub(super) fn relay_view(&self) -> RelayView {
        let status = self.relayed.status.as_ref();
        let month_bytes = status.map_or(0, |status| status.month_bytes);
        let carried = self.network.relayed_this_month();
        // The network tells of a change; that the month is used up it need not have noticed yet.
        let state = match status.map_or(RelayState::Off, |status| status.state) {
            RelayState::Ready if carried >= month_bytes => RelayState::UsedUp,
            state => state,
        };
        RelayView {
            state,
            month_carried_bytes: carried,
            month_bytes,
            reservations: status.map_or(0, |status| status.reservations),
            circuits: status.map_or(0, |status| status.circuits),
            reached_through: status.into_iter().flat_map(|status| &status.reached_through).filter_map(node_id_of).map(NodeId).collect(),
        }
    }
}

/// "2026-11", by Greenwich: a month need not begin at midnight.
fn month_of(now_ms: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp(now_ms / 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!("{:04}-{:02}", at.year(), u8::from(at.month()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_told_apart() {
        assert_eq!(month_of(1_795_903_200_000), "2026-11");
        assert_eq!(month_of(1_796_083_200_000), "2026-12");
        assert_eq!(month_of(i64::MAX), "1970-01", "a clock that is broken is one month");
    }
}
