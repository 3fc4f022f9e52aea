//! When this node last had to do with each other one: kept, so that a restart does not forget it, and seldom, since each time is a write to the disk.

use std::collections::BTreeMap;

use jeli_protocol::ids::NodeId;

use crate::clock::now_ms;
use crate::network::Road;
use crate::store::{Contacted, LastRoad, Store};

use super::Driver;

/// How old what is kept may be while a peer goes on talking.
const KEPT_EVERY_MS: i64 = 5 * 60_000;

/// The same when it comes or goes: a line that drops every few seconds would have the disk work all day.
const KEPT_EVERY_CHANGE_MS: i64 = 60_000;

/// The last contact with each member.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    last: BTreeMap<NodeId, Contacted>,
    kept: BTreeMap<NodeId, Contacted>,
}

/// What happened with a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    /// It came, or went.
    Change,
    /// It said something.
    Word,
}

impl Contacts {
    /// What is kept from earlier runs. Without it people are told less; that is no reason not to start.
    pub(super) fn load(store: &Store) -> Self {
        let kept = store.contacts().inspect_err(|error| tracing::warn!(%error, "earlier contacts were not read")).unwrap_or_default();
        Self { last: kept.clone(), kept }
    }

    pub(super) fn of(&self, node: &NodeId) -> Option<Contacted> {
        self.last.get(node).copied()
    }

    /// Whether what is kept is older than it may be.
    fn is_due(&self, node: &NodeId, meeting: Meeting) -> bool {
        let (Some(last), kept) = (self.last.get(node), self.kept.get(node)) else { return false };
        let may_be_old = match meeting {
            Meeting::Change => KEPT_EVERY_CHANGE_MS,
            Meeting::Word => KEPT_EVERY_MS,
        };
        // By how far they lie apart: a clock that was set back would keep nothing for a year.
        kept.is_none_or(|kept| {
            kept.road != last.road || kept.ahead_ms != last.ahead_ms || last.at_ms.abs_diff(kept.at_ms) >= may_be_old.unsigned_abs()
        })
    }
}

impl Driver {
    /// A member was met on a line.
    pub(super) async fn met(&mut self, node: NodeId, meeting: Meeting) {
        let Some(connection) = self.connections.get(&node) else { return };
        let road = match connection.road {
            Road::Lan => LastRoad::Lan,
            Road::Direct => LastRoad::Direct,
            Road::Relay { .. } => LastRoad::Relay,
        };
        self.note_contact(node, road, meeting).await;
    }

    /// A bundle of a member's making was opened here.
    pub(super) async fn brought(&mut self, node: NodeId) {
        self.note_contact(node, LastRoad::Parcel, Meeting::Change).await;
    }

    /// A member has said what time it is. Kept with its next word.
    pub(super) fn said_time(&mut self, node: NodeId, unix_s: u64) {
        let unix_ms = i64::try_from(unix_s).unwrap_or(i64::MAX).saturating_mul(1_000);
        if let Some(last) = self.contacts.last.get_mut(&node) {
            let ahead_ms = unix_ms.saturating_sub(now_ms());
            // What the line takes, and what clocks differ by anyway, is not worth a word or a write.
            last.ahead_ms = (ahead_ms.unsigned_abs() > super::limits::CLOCK_SKEW_TOLD_MS).then_some(ahead_ms);
        }
    }

    async fn note_contact(&mut self, node: NodeId, road: LastRoad, meeting: Meeting) {
        // Of strangers nothing stays: anybody makes as many keys as they like.
        if !self.contacts.last.contains_key(&node) && !self.replica.spaces().any(|space| space.membership.node(&node).is_some()) {
            return;
        }
        let ahead_ms = self.contacts.of(&node).and_then(|before| before.ahead_ms);
        self.contacts.last.insert(node, Contacted { at_ms: now_ms(), road, ahead_ms });
        self.keep_contact(node, meeting).await;
    }

    async fn keep_contact(&mut self, node: NodeId, meeting: Meeting) {
        if self.contacts.is_due(&node, meeting) {
            self.write_contact(node).await;
        }
    }

    /// The program stops: what was heard last is kept.
    pub(super) async fn keep_contacts(&mut self) {
        let differs = |node: &&NodeId| self.contacts.last.get(*node) != self.contacts.kept.get(*node);
        let unkept: Vec<NodeId> = self.contacts.last.keys().filter(differs).copied().collect();
        for node in unkept {
            self.write_contact(node).await;
        }
    }

    async fn write_contact(&mut self, node: NodeId) {
        let Some(contact) = self.contacts.of(&node) else { return };
        // A fault here must not undo what people's words wait for.
        self.settle().await;
        match self.store.keep_contact(&node, &contact) {
            Ok(()) => _ = self.contacts.kept.insert(node, contact),
            Err(error) => tracing::debug!(%error, "a contact was not kept"),
        }
    }
}
