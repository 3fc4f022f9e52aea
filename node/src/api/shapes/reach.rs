//! Who has what, and why somebody has not.

use jeli_protocol::replica::Part;
use serde::Serialize;
use utoipa::ToSchema;

use super::Named;
use crate::replica_handle::{Arrival, Blocker, Publication, Road, SchoolStatus, SpaceJourney, Todo, Travel};
use crate::store::LastRoad;

/// How it stands with one other school. Times are Unix milliseconds of this node's clock.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SchoolStatusView {
    pub id: String,
    pub name: String,
    /// `has_latest`, `waiting`, or `never_heard` of a school that has never said what it holds.
    pub state: &'static str,
    pub has_latest: bool,
    /// Never fewer than it truly lacks.
    pub waiting_changes: u64,
    /// About how many bytes will travel for them.
    pub waiting_bytes: u64,
    pub waiting_since: Option<i64>,
    pub last_contact: Option<i64>,
    /// `lan`, `direct`, `relay`, or `parcel` where a bundle of theirs was brought.
    pub last_road: Option<&'static str>,
    pub connected: bool,
    /// By which road news will go; guests are not told.
    pub road: Option<TravelView>,
    pub blocker: Option<BlockerView>,
    /// The one thing that helps.
    pub todo: Option<&'static str>,
    /// By how many milliseconds its clock was ahead of ours when it last said its time, where that is much; behind where it is negative.
    pub clock_ahead: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct TravelView {
    /// `lan`, `direct`, `relay`: connected. `trying`: its addresses are tried. `parcel`: only as a file that somebody brings.
    pub kind: &'static str,
    /// When it is tried next; nothing while an attempt is under way.
    pub next_attempt: Option<i64>,
    /// Of `relay`: the school through whose computer it goes, if it is in this network.
    pub via: Option<Named>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct BlockerView {
    pub kind: &'static str,
    /// Of `unreachable`: when it was last there.
    pub since: Option<i64>,
    /// Of `resting`: until when.
    pub until: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct JourneyView {
    /// Whether all that our school wrote has gone into this node's log.
    pub published: bool,
    pub schools: Vec<SchoolStatusView>,
    pub reached: u32,
    pub of: u32,
}

impl SchoolStatusView {
    /// A guest hears who has the document, and nothing of lines and computers.
    pub(in crate::api) fn for_guest(self) -> Self {
        Self { last_road: None, road: None, blocker: None, todo: None, clock_ahead: None, ..self }
    }
}

impl From<&SchoolStatus> for SchoolStatusView {
    fn from(status: &SchoolStatus) -> Self {
        Self {
            id: status.school.id.to_string(),
            name: status.school.name.clone(),
            state: match status.arrival {
                Arrival::HasLatest => "has_latest",
                Arrival::Waiting => "waiting",
                Arrival::NeverHeard => "never_heard",
            },
            has_latest: status.arrival == Arrival::HasLatest,
            waiting_changes: status.changes,
            waiting_bytes: status.bytes,
            waiting_since: status.since_ms,
            last_contact: status.last_contact.map(|contact| contact.at_ms),
            last_road: status.last_contact.map(|contact| last_road_name(contact.road)),
            connected: status.is_connected(),
            road: Some(TravelView { via: status.via.as_ref().map(Named::from), ..status.travel.into() }),
            blocker: status.blocker.map(BlockerView::from),
            todo: status.todo.map(todo_name),
            clock_ahead: status.last_contact.and_then(|contact| contact.ahead_ms),
        }
    }
}

impl From<&SpaceJourney> for JourneyView {
    fn from(journey: &SpaceJourney) -> Self {
        Self {
            published: journey.publication == Publication::Published,
            schools: journey.schools.iter().map(SchoolStatusView::from).collect(),
            reached: journey.reached,
            of: journey.of,
        }
    }
}

impl From<Travel> for TravelView {
    fn from(travel: Travel) -> Self {
        match travel {
            Travel::Connected(road) => Self { kind: road_name(road), next_attempt: None, via: None },
            Travel::Trying { next_ms } => Self { kind: "trying", next_attempt: next_ms, via: None },
            Travel::Parcel => Self { kind: "parcel", next_attempt: None, via: None },
        }
    }
}

impl From<Blocker> for BlockerView {
    fn from(blocker: Blocker) -> Self {
        let plain = |kind| Self { kind, since: None, until: None };
        match blocker {
            Blocker::OwnPart(Part::Retired) => plain("own_retired"),
            Blocker::OwnPart(Part::Out) => plain("own_out"),
            Blocker::OwnPart(Part::Halted(_) | Part::Member) => plain("own_stopped"),
            Blocker::DiskFull => plain("disk_full"),
            Blocker::LineCut => plain("line_cut"),
            Blocker::ByHand => plain("by_hand"),
            Blocker::UsedUp => plain("used_up"),
            Blocker::NoNetwork => plain("no_network"),
            Blocker::NoComputers => plain("no_computers"),
            Blocker::NoAddress => plain("no_address"),
            Blocker::Resting { until_ms } => Self { until: Some(until_ms), ..plain("resting") },
            Blocker::Unreachable { since_ms } => Self { since: since_ms, ..plain("unreachable") },
        }
    }
}

fn todo_name(todo: Todo) -> &'static str {
    match todo {
        Todo::SeeStanding => "see_standing",
        Todo::FreeDisk => "free_disk",
        Todo::OpenLine => "open_line",
        Todo::SendNow => "send_now",
        Todo::RaiseLimit => "raise_limit",
        Todo::JoinNetwork => "join_network",
        Todo::CheckLine => "check_line",
        Todo::Carry => "carry",
        Todo::Call => "call",
        Todo::AddComputer => "add_computer",
        Todo::Wait => "wait",
    }
}

pub(in crate::api) fn road_name(road: Road) -> &'static str {
    match road {
        Road::Lan => "lan",
        Road::Direct => "direct",
        Road::Relay { .. } => "relay",
    }
}

pub(in crate::api) fn last_road_name(road: LastRoad) -> &'static str {
    match road {
        LastRoad::Lan => "lan",
        LastRoad::Direct => "direct",
        LastRoad::Relay => "relay",
        LastRoad::Parcel => "parcel",
    }
}
