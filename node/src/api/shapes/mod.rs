//! The JSON of the API, as docs/api.md says, by rooms.

mod accounts;
mod bundles;
mod documents;
mod facts;
mod files;
mod questionnaires;
mod reach;
mod seats;
mod set_aside;
mod spaces;
mod status;

pub(super) use accounts::*;
pub(super) use bundles::*;
pub(super) use documents::*;
pub(super) use files::*;
pub(super) use questionnaires::*;
pub(super) use reach::*;
pub(super) use seats::*;
pub(super) use set_aside::*;
pub(super) use spaces::*;
pub(super) use status::*;

use serde::Serialize;
use utoipa::ToSchema;

use crate::replica_handle as replica;

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Named {
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
