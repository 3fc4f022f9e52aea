//! The shapes in which the replica answers.

use jeli_protocol::ids::{ChangeHash, DocumentId, NodeId, SchoolId, SpaceId};
use jeli_protocol::kinds::{Facts, FileReference};
use jeli_protocol::replica::Part;

use crate::audience::Audience;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolInfo {
    pub id: SchoolId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeInfo {
    pub id: NodeId,
    pub name: String,
}

/// What a document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// For lists.
    pub facts: Facts,
    /// The files that it names.
    pub files: Vec<FileReference>,
}

/// Whether this school may write a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanWrite {
    Yes,
    No,
}

impl CanWrite {
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }
}

/// The changes of one submission are on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Submitted {
    /// How many of them the store did not have before.
    pub new: usize,
}

/// Why changes were not kept. None of the submission is kept then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmitRefusal {
    #[error("this node has no such document")]
    UnknownDocument,
    #[error("this school may read the document but not write it")]
    NotAWriter,
    /// These changes bear the prefix of another node that the space knows, and have not come from it yet. They may be honest (a laptop
    /// that wrote at another school): they wait for that node's entry.
    #[error("an actor in the changes belongs to another node")]
    ActorOfAnotherNode { changes: Vec<ChangeHash> },
    /// Somebody else of our school writes with the actor of these changes.
    #[error("an actor in the changes is another person's")]
    ActorOfAnotherPerson,
    /// They hold changes that were part of the document once, or never were, and that the store keeps aside. Building on them would bring
    /// them back behind everybody's back.
    #[error("a change is no longer part of the document")]
    NoLongerPart,
    #[error("a change builds on one that is not here")]
    MissingDependency,
    #[error("the changes break a rule of the protocol: {0}")]
    Untrusted(String),
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// The store could not do its work. What it acknowledged before stays safe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    #[error("the disk is full: free some space, the node goes on by itself")]
    DiskFull,
    #[error("the store could not be read or written: {0}")]
    Failed(String),
}

/// What there is of a document that somebody wants to open.
#[derive(Debug, Clone)]
pub enum LoadedAnswer {
    Here(StoredDocument),
    /// A school has made it; nothing of what it says has come here yet.
    Coming,
    /// There is none, or it is for one person and says nothing yet of whom.
    Unknown,
}

/// Whether a document's content is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentState {
    Here,
    /// A school has made it; nothing of what it says has come here yet.
    Coming,
}

/// A document as the store holds it: load the snapshot, then apply the changes in order.
#[derive(Debug, Clone)]
pub struct StoredDocument {
    pub kind: String,
    pub space: SpaceId,
    pub reach: SpaceReach,
    pub snapshot: Option<Vec<u8>>,
    pub changes: Vec<Vec<u8>>,
    /// Whether our school may write it.
    pub can_write: CanWrite,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpaceRole {
    Convenor,
    Member,
    Reader,
}

#[derive(Debug, Clone)]
pub struct SpaceMember {
    pub school: SchoolInfo,
    pub role: SpaceRole,
    pub nodes: Vec<NodeInfo>,
    /// Those that the school has retired: what they wrote is the school's still.
    pub former: Vec<NodeInfo>,
}

/// A space is private to one school, or shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpaceReach {
    Private,
    Shared,
}

#[derive(Debug, Clone)]
pub struct SpaceInfo {
    pub id: SpaceId,
    pub name: String,
    pub reach: SpaceReach,
    /// Whether this node takes part; where it does not, its people read.
    pub part: Part,
    /// The role of our school; that of a reader where it has none any more.
    pub role: SpaceRole,
    pub members: Vec<SpaceMember>,
}

/// Why an act (new space, invitation, new document) was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActRefusal {
    #[error("this node knows no such space")]
    UnknownSpace,
    #[error("a school in the write rule is no member of the space")]
    UnknownSchool,
    #[error("our school's role in this space does not allow it")]
    NotAllowed,
    #[error("there are too many already: {what} at most {limit}")]
    TooMany { what: &'static str, limit: usize },
    #[error("the content of the new document was refused: {0}")]
    Content(SubmitRefusal),
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Where a school stands after it used an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinState {
    /// The convenor's node has answered; documents are coming.
    Joined,
    /// The convenor's node could not be reached yet; we go on asking.
    Waiting,
}

#[derive(Debug, Clone)]
pub struct Joined {
    pub space: SpaceId,
    pub state: JoinState,
}

/// Why an invitation did not let us in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinRefusal {
    #[error("the text is no invitation of this program, or a part of it is missing")]
    Malformed,
    #[error("this invitation has been used already; ask for a new one")]
    Spent,
    #[error("the node that answered does not know this invitation; ask for a new one")]
    Unknown,
    #[error("the school that invited may not take schools in any more; ask a convenor for a new invitation")]
    InviterNotAllowed,
    #[error("the invitation is for another space than the node that answered keeps")]
    OtherSpace,
    #[error("the invitation is for another computer of the school that wrote it; that space is its own")]
    OtherSchool,
    #[error("the invitation was written by a newer program; update this one")]
    Newer,
    #[error("our school is in this space already")]
    AlreadyMember,
    #[error(transparent)]
    Store(#[from] StoreFault),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteRule {
    /// The school that made the document.
    Owner,
    /// Every convenor and member of the space.
    Everyone,
    /// These schools and the owner.
    Schools(Vec<SchoolId>),
}

/// Whether what [`super::Request::Describe`] last said is still about the newest content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Described {
    Fresh,
    /// Content came since; title and facts may be old ones. This side loads the document in the background and describes it again.
    Stale,
}

#[derive(Debug, Clone)]
pub struct DocumentInfo {
    pub id: DocumentId,
    pub space: SpaceId,
    pub state: ContentState,
    pub kind: String,
    /// As last described; empty before.
    pub title: String,
    /// As last described; empty before.
    pub facts: Facts,
    /// For whom it is, as last described.
    pub audience: Audience,
    pub described: Described,
    pub owner: SchoolInfo,
    pub write_rule: WriteRule,
    pub can_write: CanWrite,
    /// When it was last written in, as its changes say, and at the latest when this node last kept one of them, by its own clock (Unix
    /// milliseconds). Shown, never trusted.
    pub changed_at_ms: Option<i64>,
    /// How many schools have all that we have, ours among them, of how many.
    pub reached: u32,
    pub of: u32,
    /// How many changes here are not yet at every school.
    pub waiting: u64,
}

/// Whether everything we wrote has gone into this node's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publication {
    Published,
    Waiting,
}

/// People at one other school who have a document open.
#[derive(Debug, Clone)]
pub struct SchoolPresence {
    pub school: SchoolInfo,
    pub names: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    Open,
    Cut,
}

/// How a node is reached now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Road {
    /// On the same local network.
    Lan,
    /// Over the internet, from one to the other.
    Direct,
    /// Through another node; none where that is no node of ours.
    Relay { via: Option<NodeId> },
}

#[derive(Debug, Clone)]
pub struct PeerStatus {
    pub node: NodeId,
    pub school: SchoolInfo,
    pub name: String,
    /// None while not connected.
    pub road: Option<Road>,
    /// Over restarts.
    pub last_contact: Option<crate::store::Contacted>,
    /// What has moved with it since the node's start.
    pub traffic: crate::network::Traffic,
}

#[derive(Debug, Clone)]
pub struct SpaceStatus {
    pub id: SpaceId,
    pub entries: u64,
    /// Entries whose application waits for something that is not here.
    pub waiting: u64,
    /// Entries that break the rules: stored, counted, never applied.
    pub void: u64,
    /// Frames that were refused since this node started: not stored.
    pub refused_frames: u64,
}

/// What this node carries for others, and through whom it is reached itself.
#[derive(Debug, Clone)]
pub struct RelayView {
    pub state: crate::network::RelayState,
    /// Carried this month, bytes as they pass: the line sees each twice.
    pub month_carried_bytes: u64,
    pub month_bytes: u64,
    /// Members that are reached through this node.
    pub reservations: usize,
    /// Conversations that go through it now.
    pub circuits: usize,
    pub reached_through: Vec<NodeId>,
}

#[derive(Debug, Clone)]
pub struct NodeStatus {
    pub line: Line,
    pub addresses: Vec<String>,
    pub peers: Vec<PeerStatus>,
    pub relay: RelayView,
    pub spaces: Vec<SpaceStatus>,
}
