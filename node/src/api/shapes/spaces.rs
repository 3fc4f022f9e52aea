//! Spaces, invitations, joining.

use jeli_protocol::replica::Part;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Named;
use crate::replica_handle as replica;
use crate::replica_handle::{JoinState, SpaceReach, SpaceRole};

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct MemberView {
    pub school: Named,
    pub role: RoleName,
    pub nodes: Vec<Named>,
    /// Computers that the school has retired: what they wrote is the school's still.
    pub former: Vec<Named>,
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
pub(in crate::api) struct SpaceView {
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
                    former: member.former.iter().map(Named::from).collect(),
                })
                .collect(),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct SpaceAsk {
    pub name: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct InvitationAsk {
    pub role: RoleName,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct InvitationView {
    pub ticket: String,
    /// The ticket as a QR code; empty where it is too long for one.
    pub qr_svg: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct JoinAsk {
    pub ticket: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct JoinView {
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
