//! Who has what, and for whom something waits: why, by what road it will go, and what a person can do.

use jeli_protocol::ids::SpaceId;
use jeli_protocol::replica::Part;

use super::{Publication, Road, SchoolInfo, SpaceReach};
use crate::store::Contacted;

/// What a school has of what we hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    HasLatest,
    /// One of its computers has said what it holds, and that is not all.
    Waiting,
    /// None of its computers has ever said what it holds.
    NeverHeard,
}

/// By which road news goes to a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Travel {
    /// A connection stands.
    Connected(Road),
    /// None does; it is tried again. No time while an attempt is under way.
    Trying { next_ms: Option<i64> },
    /// Only as a file that somebody brings.
    Parcel,
}

/// What keeps news from going to a school now. Only what this node knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocker {
    /// This computer takes no part in the space any more.
    OwnPart(Part),
    /// Nothing can be written to this computer's disk.
    DiskFull,
    /// Our school has cut its line.
    LineCut,
    /// Nothing goes over the line until somebody says when.
    ByHand,
    /// The month's limit of what may go over the line is reached.
    UsedUp,
    /// This computer is in no network.
    NoNetwork,
    /// The school has retired all its computers.
    NoComputers,
    /// Nobody has said where its computers are to be found.
    NoAddress,
    /// One of its computers said what no program should, and is given a rest.
    Resting { until_ms: i64 },
    /// It is tried and does not answer. Since when it was last there, if it ever was.
    Unreachable { since_ms: Option<i64> },
}

/// The one thing that helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Todo {
    /// Add this computer to its school anew, or ask for an invitation.
    SeeStanding,
    FreeDisk,
    OpenLine,
    /// Say "now".
    SendNow,
    /// Raise the month's limit, or say "now" all the same.
    RaiseLimit,
    /// Plug the cable in, or join the Wi-Fi.
    JoinNetwork,
    /// Nobody at all is reached: look at our own internet.
    CheckLine,
    /// Give it to somebody who goes there.
    Carry,
    /// Ask them whether their computer is on.
    Call,
    /// They have to add a computer of theirs.
    AddComputer,
    /// Nothing: it goes by itself.
    Wait,
}

/// How it stands with one other school.
#[derive(Debug, Clone)]
pub struct SchoolStatus {
    pub school: SchoolInfo,
    pub arrival: Arrival,
    /// How many changes wait for it, as far as its receipts say; 0 only where it has the latest.
    pub changes: u64,
    /// About how many bytes will travel for them.
    pub bytes: u64,
    /// Since when the oldest of them waits, by this node's clock.
    pub since_ms: Option<i64>,
    /// The last contact with any of its computers, over restarts.
    pub last_contact: Option<Contacted>,
    pub travel: Travel,
    /// The school whose computer passes it on, where a connection goes through one that is known.
    pub via: Option<SchoolInfo>,
    pub blocker: Option<Blocker>,
    /// Nothing where it has the latest or is getting it.
    pub todo: Option<Todo>,
}

impl SchoolStatus {
    /// Whether a connection stands now.
    pub fn is_connected(&self) -> bool {
        matches!(self.travel, Travel::Connected(_))
    }
}

/// How far all of a space has travelled.
#[derive(Debug, Clone)]
pub struct SpaceJourney {
    pub publication: Publication,
    /// The other schools of the space.
    pub schools: Vec<SchoolStatus>,
    /// How many schools have all that we have, ours among them, of how many.
    pub reached: u32,
    pub of: u32,
}

#[derive(Debug, Clone)]
pub struct DocumentStatus {
    pub journey: SpaceJourney,
    pub space: SpaceId,
    pub space_name: String,
    pub space_reach: SpaceReach,
}
