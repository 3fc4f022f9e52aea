//! The JSON of the API, as docs/api.md says.

use jeli_protocol::replica::Part;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::{Language, Person, Role};
use crate::documents::set_aside::KeptPiece;
use crate::network::Traffic;
use crate::replica_handle as replica;
use crate::replica_handle::{Contact, JoinState, Line, Publication, Road, SpaceReach, SpaceRole};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Named {
    pub id: String,
    pub name: String,
}

impl From<&replica::SchoolInfo> for Named {
    fn from(school: &replica::SchoolInfo) -> Self {
        Self { id: school.id.to_string(), name: school.name.clone() }
    }
}

impl From<&replica::NodeInfo> for Named {
    fn from(node: &replica::NodeInfo) -> Self {
        Self { id: node.id.to_string(), name: node.name.clone() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NodeView {
    pub name: String,
    pub version: &'static str,
    pub school: Named,
    /// The node's id; also the storage id under which the sync protocol reports heads that are on disk.
    pub node: String,
    pub setup_needed: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct SetupAsk {
    pub code: String,
    pub name: String,
    pub login: String,
    pub password: String,
    pub language: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct SignInAsk {
    pub login: String,
    pub password: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PersonView {
    pub id: String,
    pub name: String,
    pub login: String,
    pub role: &'static str,
    pub language: &'static str,
}

impl From<&Person> for PersonView {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.to_string(),
            name: person.name.clone(),
            login: person.login.clone(),
            role: person.role.as_str(),
            language: person.language.as_str(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MeView {
    pub person: PersonView,
    pub school: Named,
    /// A fresh actor id, hexadecimal: write with it and no other.
    pub actor: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct MePatch {
    pub name: Option<String>,
    pub language: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct PersonAsk {
    pub name: String,
    pub login: String,
    pub password: String,
    pub role: String,
    pub language: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct PasswordAsk {
    pub password: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct OwnPasswordAsk {
    pub old: String,
    pub new: String,
}

impl PersonAsk {
    pub(super) fn role(&self) -> Result<Role, crate::accounts::AccountError> {
        self.role.parse()
    }
    pub(super) fn language(&self) -> Result<Language, crate::accounts::AccountError> {
        self.language.parse()
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemberView {
    pub school: Named,
    pub role: RoleName,
    pub nodes: Vec<Named>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    Convenor,
    Member,
    Reader,
}

impl From<SpaceRole> for RoleName {
    fn from(role: SpaceRole) -> Self {
        match role {
            SpaceRole::Convenor => Self::Convenor,
            SpaceRole::Member => Self::Member,
            SpaceRole::Reader => Self::Reader,
        }
    }
}

impl From<RoleName> for SpaceRole {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Convenor => Self::Convenor,
            RoleName::Member => Self::Member,
            RoleName::Reader => Self::Reader,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SpaceView {
    pub id: String,
    pub name: String,
    pub private: bool,
    /// `member`: this node takes part. Else its people only read: `stopped` (others hold more of its log than it does itself, as after an
    /// old copy of the disk was put back), `retired` (by its school), `out` (its taking in does not count any more).
    pub standing: &'static str,
    pub role: RoleName,
    pub members: Vec<MemberView>,
}

impl From<&replica::SpaceInfo> for SpaceView {
    fn from(space: &replica::SpaceInfo) -> Self {
        Self {
            id: space.id.to_string(),
            name: space.name.clone(),
            private: space.reach == SpaceReach::Private,
            standing: match space.part {
                Part::Member => "member",
                Part::Halted(_) => "stopped",
                Part::Retired => "retired",
                Part::Out => "out",
            },
            role: space.role.into(),
            members: space
                .members
                .iter()
                .map(|member| MemberView {
                    school: (&member.school).into(),
                    role: member.role.into(),
                    nodes: member.nodes.iter().map(Named::from).collect(),
                })
                .collect(),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct SpaceAsk {
    pub name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct InvitationAsk {
    pub role: RoleName,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct InvitationView {
    pub ticket: String,
    /// The ticket as a QR code; empty where it is too long for one.
    pub qr_svg: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct JoinAsk {
    pub ticket: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JoinView {
    pub space: String,
    pub state: &'static str,
}

impl From<&replica::Joined> for JoinView {
    fn from(joined: &replica::Joined) -> Self {
        let state = match joined.state {
            JoinState::Joined => "joined",
            JoinState::Waiting => "waiting",
        };
        Self { space: joined.space.to_string(), state }
    }
}

/// `owner`, `everyone`, or `{ "schools": [id] }`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WriteRuleView {
    Owner,
    Everyone,
    Schools(Vec<String>),
}

impl From<&replica::WriteRule> for WriteRuleView {
    fn from(rule: &replica::WriteRule) -> Self {
        match rule {
            replica::WriteRule::Owner => Self::Owner,
            replica::WriteRule::Everyone => Self::Everyone,
            replica::WriteRule::Schools(schools) => Self::Schools(schools.iter().map(ToString::to_string).collect()),
        }
    }
}

impl TryFrom<WriteRuleView> for replica::WriteRule {
    type Error = jeli_protocol::ids::IdError;
    fn try_from(rule: WriteRuleView) -> Result<Self, Self::Error> {
        Ok(match rule {
            WriteRuleView::Owner => Self::Owner,
            WriteRuleView::Everyone => Self::Everyone,
            WriteRuleView::Schools(schools) => Self::Schools(schools.iter().map(|school| school.parse()).collect::<Result<_, _>>()?),
        })
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct DocumentAsk {
    pub space: String,
    pub kind: String,
    pub title: String,
    pub language: String,
    pub write_rule: WriteRuleView,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentView {
    pub id: String,
    pub space: String,
    /// `here`, or `coming`: nothing of what it says has reached this school yet.
    pub state: &'static str,
    pub kind: String,
    pub title: String,
    pub owner: Named,
    pub write_rule: WriteRuleView,
    /// Whether this person may write it.
    pub can_write: bool,
    /// When it was last written in, as its changes say; at the latest when this node last kept something of it. Unix milliseconds.
    pub changed_at: Option<i64>,
    pub reached: u32,
    pub of: u32,
    pub waiting: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heads: Option<Vec<String>>,
}

impl DocumentView {
    pub(super) fn new(info: &replica::DocumentInfo, person: &Person) -> Self {
        Self {
            id: info.id.to_string(),
            space: info.space.to_string(),
            state: match info.state {
                replica::ContentState::Here => "here",
                replica::ContentState::Coming => "coming",
            },
            kind: info.kind.clone(),
            title: info.title.clone(),
            owner: (&info.owner).into(),
            write_rule: (&info.write_rule).into(),
            can_write: info.can_write.is_yes() && person.role.may_write(),
            changed_at: info.changed_at_ms,
            reached: info.reached,
            of: info.of,
            waiting: info.waiting,
            heads: None,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ContentView {
    pub heads: Vec<String>,
    pub content: serde_json::Value,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SchoolStatusView {
    pub id: String,
    pub name: String,
    pub has_latest: bool,
    pub waiting_changes: u64,
    pub last_contact: Option<i64>,
    pub connected: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReadersView {
    pub space: ReaderSpaceView,
    pub schools: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReaderSpaceView {
    pub id: String,
    pub name: String,
    pub private: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentStatusView {
    pub saved_here: bool,
    pub published: bool,
    pub schools: Vec<SchoolStatusView>,
    pub reached: u32,
    pub of: u32,
    pub readers: ReadersView,
}

impl From<&replica::DocumentStatus> for DocumentStatusView {
    fn from(status: &replica::DocumentStatus) -> Self {
        Self {
            // Every change that was acknowledged is on this node's disk: that is what acknowledged means here.
            saved_here: true,
            published: status.publication == Publication::Published,
            schools: status
                .schools
                .iter()
                .map(|school| SchoolStatusView {
                    id: school.school.id.to_string(),
                    name: school.school.name.clone(),
                    has_latest: school.lacks.is_none(),
                    waiting_changes: school.lacks.map_or(0, std::num::NonZeroU64::get),
                    last_contact: school.last_contact_ms,
                    connected: school.contact == Contact::Connected,
                })
                .collect(),
            reached: status.reached,
            of: status.of,
            readers: ReadersView {
                space: ReaderSpaceView {
                    id: status.space.to_string(),
                    name: status.space_name.clone(),
                    private: status.space_reach == SpaceReach::Private,
                },
                schools: status.of,
            },
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PresenceView {
    pub name: String,
    pub school: Named,
    /// At this school.
    pub here: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SetAsideView {
    pub id: i64,
    pub document: String,
    pub when: i64,
    pub person: String,
    pub reason: String,
    pub text: String,
}

impl From<&KeptPiece> for SetAsideView {
    fn from(piece: &KeptPiece) -> Self {
        Self {
            id: piece.id,
            document: piece.document.to_string(),
            when: piece.when_ms,
            person: piece.person.to_string(),
            reason: piece.reason.clone(),
            text: piece.words.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SetAsideAction {
    Copy,
    Drop,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct SetAsideAsk {
    pub action: SetAsideAction,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SetAsideDone {
    /// The document that holds the copy, where one was asked for.
    pub document: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PeerView {
    pub node: String,
    pub school: Named,
    pub name: String,
    pub road: Option<&'static str>,
    pub connected: bool,
    pub last_contact: Option<i64>,
    pub traffic: TrafficView,
}

/// What has moved on the sessions with a peer since the node's start.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TrafficView {
    pub sent_messages: u64,
    pub sent_bytes: u64,
    pub received_messages: u64,
    pub received_bytes: u64,
}

impl From<&Traffic> for TrafficView {
    fn from(Traffic { sent, received }: &Traffic) -> Self {
        Self { sent_messages: sent.messages, sent_bytes: sent.bytes, received_messages: received.messages, received_bytes: received.bytes }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SpaceStatusView {
    pub id: String,
    pub entries: u64,
    pub waiting: u64,
    pub void: u64,
    pub refused_frames: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatusView {
    pub node: Named,
    pub school: Named,
    pub line: &'static str,
    pub addresses: Vec<String>,
    pub peers: Vec<PeerView>,
    pub spaces: Vec<SpaceStatusView>,
}

impl StatusView {
    pub(super) fn new(identity: &replica::Identity, status: &replica::NodeStatus) -> Self {
        Self {
            node: (&identity.node).into(),
            school: (&identity.school).into(),
            line: match status.line {
                Line::Open => "open",
                Line::Cut => "cut",
            },
            addresses: status.addresses.clone(),
            peers: status
                .peers
                .iter()
                .map(|peer| PeerView {
                    node: peer.node.to_string(),
                    school: (&peer.school).into(),
                    name: peer.name.clone(),
                    road: peer.road.map(|road| match road {
                        Road::Lan => "lan",
                        Road::Direct => "direct",
                        Road::Relay => "relay",
                    }),
                    connected: peer.road.is_some(),
                    last_contact: peer.last_contact_ms,
                    traffic: (&peer.traffic).into(),
                })
                .collect(),
            spaces: status
                .spaces
                .iter()
                .map(|space| SpaceStatusView {
                    id: space.id.to_string(),
                    entries: space.entries,
                    waiting: space.waiting,
                    void: space.void,
                    refused_frames: space.refused_frames,
                })
                .collect(),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct LineAsk {
    pub cut: bool,
}
