//! Who has what, and for whom something waits: receipts and the log say what, the network says why.

use std::collections::BTreeMap;

use jeli_protocol::ids::{DocumentId, NodeId, SchoolId, SpaceId};
use jeli_protocol::log::StoreError;
use jeli_protocol::membership::Membership;
use jeli_protocol::replica::{Part, Reach, SchoolReach};

use crate::budget::Held;
use crate::clock::now_ms;
use crate::network::{self, Attempt, Outlook, PeerId, peer_id_of};
use crate::replica_handle::{Arrival, Blocker, DocumentStatus, Line, Publication, Road, SchoolStatus, SpaceJourney, StoreFault, Todo, Travel};
use crate::store::Contacted;

use super::Driver;
use super::answers::{count, reach, school};

/// Longer than from Friday evening to Monday morning: a computer that rests over the weekend needs no telephone call.
const SILENT_LONG_MS: i64 = 3 * 86_400_000;

/// What is known of the network at one moment, for all schools.
struct Now {
    outlooks: BTreeMap<PeerId, Outlook>,
    at_ms: i64,
    part: Part,
    /// Whether any other node is connected.
    hears_anybody: bool,
    /// Whether this computer has an address beside its own loopback.
    is_in_network: bool,
}

impl Driver {
    pub(super) async fn document_status(&self, document: &DocumentId) -> Result<Option<DocumentStatus>, StoreFault> {
        let Some(space) = self.replica.space_of(document) else { return Ok(None) };
        let Some(reached) = self.replica.reach(document, &self.store).map_err(failed)? else { return Ok(None) };
        let Some(journey) = self.journey(&space, Some(document), reached).await? else { return Ok(None) };
        let Some(membership) = self.replica.space(&space).map(|space| space.membership) else { return Ok(None) };
        Ok(Some(DocumentStatus { journey, space, space_name: membership.name().to_owned(), space_reach: reach(membership) }))
    }

    pub(super) async fn space_journey(&self, space: &SpaceId) -> Result<Option<SpaceJourney>, StoreFault> {
        let Some(reached) = self.replica.space_reach(space, &self.store).map_err(failed)? else { return Ok(None) };
        self.journey(space, None, reached).await
    }

    async fn journey(&self, space: &SpaceId, document: Option<&DocumentId>, reach: Reach) -> Result<Option<SpaceJourney>, StoreFault> {
        // Words that are not published yet wait for everybody.
        let unpublished_since = match reach.published {
            true => None,
            false => self.store.unpublished_since(space, document).map_err(|fault| super::requests::store_fault(&fault))?,
        };
        let outlooks = self.network.outlooks().await.unwrap_or_default();
        let Some(view) = self.replica.space(space) else { return Ok(None) };
        let now = Now { outlooks, at_ms: now_ms(), part: view.part, hears_anybody: !self.connections.is_empty(), is_in_network: has_network() };
        let status = |school: &SchoolReach| self.school_status(view.membership, school, unpublished_since, &now);
        let schools: Vec<SchoolStatus> = reach.schools.iter().map(status).collect();
        let reached = reach.schools.iter().filter(|school| school.has_latest).count();
        Ok(Some(SpaceJourney {
            publication: if reach.published { Publication::Published } else { Publication::Waiting },
            reached: count(reached + 1),
            of: count(schools.len() + 1),
            schools,
        }))
    }

    fn school_status(&self, membership: &Membership, reach: &SchoolReach, unpublished_since: Option<i64>, now: &Now) -> SchoolStatus {
        let nodes = nodes_of(membership, &reach.school);
        let arrival = match (reach.has_latest, reach.heard) {
            (true, _) => Arrival::HasLatest,
            (false, true) => Arrival::Waiting,
            (false, false) => Arrival::NeverHeard,
        };
        let travel = self.travel(&nodes, now);
        let last_contact = self.last_contact(&nodes);
        let mut status = SchoolStatus {
            school: school(membership, &reach.school),
            arrival,
            changes: reach.lacks.news,
            bytes: reach.lacks.bytes,
            // A clock that was set back since would have them wait from tomorrow on.
            since_ms: reach.lacks.since_ms.into_iter().chain(unpublished_since).min().filter(|_| !reach.has_latest).map(|since| since.min(now.at_ms)),
            last_contact,
            via: match travel {
                Travel::Connected(Road::Relay { via: Some(via) }) => membership.school_of(&via).map(|via| school(membership, &via)),
                _ => None,
            },
            travel,
            blocker: None,
            todo: None,
        };
        if !reach.has_latest {
            status.blocker = self.blocker(&nodes, &status, now);
            status.todo = status.blocker.and_then(|blocker| todo(blocker, &status, now));
        }
        status
    }

    /// The last contact with any of these, whoever of them it was.
    fn last_contact(&self, nodes: &[NodeId]) -> Option<Contacted> {
        nodes.iter().filter_map(|node| self.contacts.of(node)).max_by_key(|contact| contact.at_ms)
    }

    fn travel(&self, nodes: &[NodeId], now: &Now) -> Travel {
        let road = nodes.iter().filter_map(|node| self.connections.get(node)).map(|connection| connection.road).min_by_key(|road| road.rank());
        if let Some(road) = road {
            return Travel::Connected(told_road(road));
        }
        let outlooks = nodes.iter().filter_map(|node| now.outlooks.get(&peer_id_of(&node.0)));
        let attempts: Vec<Attempt> = outlooks.filter(|outlook| outlook.addresses > 0).map(|outlook| outlook.attempt).collect();
        if self.line == Line::Cut || attempts.is_empty() {
            return Travel::Parcel;
        }
        let waits = attempts.iter().filter_map(|attempt| match attempt {
            Attempt::In(wait) => Some(now.at_ms.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))),
            Attempt::Now | Attempt::None => None,
        });
        Travel::Trying { next_ms: if attempts.contains(&Attempt::Now) { None } else { waits.min() } }
    }

    /// What keeps news from going, the nearest first: what is wrong here comes before what may be wrong there.
    fn blocker(&self, nodes: &[NodeId], status: &SchoolStatus, now: &Now) -> Option<Blocker> {
        if now.part != Part::Member {
            return Some(Blocker::OwnPart(now.part));
        }
        if self.disk_is_full {
            return Some(Blocker::DiskFull);
        }
        if nodes.is_empty() {
            return Some(Blocker::NoComputers);
        }
        if status.is_connected() {
            return None;
        }
        if self.line == Line::Cut {
            return Some(Blocker::LineCut);
        }
        if let Some(held) = self.line_held {
            return Some(match held {
                Held::ByHand => Blocker::ByHand,
                Held::UsedUp => Blocker::UsedUp,
            });
        }
        let outlooks: Vec<&Outlook> = nodes.iter().filter_map(|node| now.outlooks.get(&peer_id_of(&node.0))).collect();
        let is_on_this_machine = outlooks.iter().any(|outlook| outlook.is_on_this_machine);
        if !now.is_in_network && !now.hears_anybody && !is_on_this_machine {
            return Some(Blocker::NoNetwork);
        }
        let resting = outlooks.iter().map(|outlook| outlook.refused_for).min().flatten();
        if let Some(wait) = resting {
            return Some(Blocker::Resting { until_ms: now.at_ms.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)) });
        }
        if outlooks.iter().all(|outlook| outlook.addresses == 0) {
            return Some(Blocker::NoAddress);
        }
        Some(Blocker::Unreachable { since_ms: status.last_contact.map(|contact| contact.at_ms) })
    }
}

fn todo(blocker: Blocker, status: &SchoolStatus, now: &Now) -> Option<Todo> {
    Some(match blocker {
        Blocker::OwnPart(_) => Todo::SeeStanding,
        Blocker::DiskFull => Todo::FreeDisk,
        Blocker::LineCut => Todo::OpenLine,
        Blocker::ByHand => Todo::SendNow,
        Blocker::UsedUp => Todo::RaiseLimit,
        Blocker::NoNetwork => Todo::JoinNetwork,
        Blocker::NoComputers => Todo::AddComputer,
        Blocker::NoAddress => Todo::Carry,
        Blocker::Resting { .. } => Todo::Wait,
        Blocker::Unreachable { since_ms } => {
            // Where its last news came by hand, that is the road that works.
            let was_brought = status.last_contact.is_some_and(|contact| contact.road == crate::store::LastRoad::Parcel);
            let is_long = since_ms.is_none_or(|since| now.at_ms.saturating_sub(since) > SILENT_LONG_MS);
            match (was_brought, is_long) {
                (true, _) => Todo::Carry,
                (false, true) if !now.hears_anybody => Todo::CheckLine,
                (false, true) => Todo::Call,
                (false, false) => Todo::Wait,
            }
        }
    })
}

/// Whether this computer has an address beside its own loopback. Where the system does not say, nobody is told that it has none.
fn has_network() -> bool {
    if_addrs::get_if_addrs().map_or(true, |all| all.iter().any(|interface| !interface.is_loopback()))
}

/// The computers of a school that it has not retired.
fn nodes_of(membership: &Membership, school: &SchoolId) -> Vec<NodeId> {
    membership.nodes().filter(|(_, node)| node.certificate.school == *school && !node.retired).map(|(id, _)| *id).collect()
}

pub(super) fn told_road(road: network::Road) -> Road {
    match road {
        network::Road::Lan => Road::Lan,
        network::Road::Direct => Road::Direct,
        network::Road::Relay { via } => Road::Relay { via: network::node_id_of(&via).map(NodeId) },
    }
}

fn failed(error: StoreError) -> StoreFault {
    StoreFault::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica_handle::SchoolInfo;
    use crate::store::LastRoad;

    const DAY_MS: i64 = 86_400_000;
    const AT_MS: i64 = 1_800_000_000_000;

    fn away(last: Option<(i64, LastRoad)>) -> SchoolStatus {
        SchoolStatus {
            school: SchoolInfo { id: SchoolId([1; 32]), name: "№12".to_owned() },
            arrival: Arrival::Waiting,
            changes: 1,
            bytes: 100,
            since_ms: None,
            last_contact: last.map(|(days, road)| Contacted { at_ms: AT_MS - days * DAY_MS, road, ahead_ms: None }),
            via: None,
            travel: Travel::Trying { next_ms: None },
            blocker: None,
            todo: None,
        }
    }

    fn advised(last: Option<(i64, LastRoad)>, hears_anybody: bool) -> Option<Todo> {
        let now = Now { outlooks: BTreeMap::new(), at_ms: AT_MS, part: Part::Member, hears_anybody, is_in_network: true };
        let status = away(last);
        todo(Blocker::Unreachable { since_ms: status.last_contact.map(|contact| contact.at_ms) }, &status, &now)
    }

    #[test]
    fn a_call_is_advised_after_some_days_and_not_where_the_reason_may_be_ours() {
        assert_eq!(advised(Some((2, LastRoad::Direct)), true), Some(Todo::Wait), "over a weekend nobody is called");
        assert_eq!(advised(Some((4, LastRoad::Direct)), true), Some(Todo::Call));
        assert_eq!(advised(None, true), Some(Todo::Call), "nor was it ever there");
        assert_eq!(advised(Some((4, LastRoad::Direct)), false), Some(Todo::CheckLine), "who hears nobody looks at their own line first");
        assert_eq!(advised(Some((1, LastRoad::Parcel)), true), Some(Todo::Carry), "where news last came by hand, it goes back by hand");
    }
}
