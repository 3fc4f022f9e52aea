//! Documents: as the list shows them, what they say, who has them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::facts::FactsView;
use super::{Named, SchoolStatusView};
use crate::accounts::Person;
use crate::documents::Attendee;
use crate::replica_handle as replica;
use crate::replica_handle::{Publication, SpaceReach};

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
pub(in crate::api) struct DocumentAsk {
    pub space: String,
    pub kind: String,
    pub title: String,
    pub language: String,
    pub write_rule: WriteRuleView,
    /// Of a request for feedback, a thread or a companion: `<document>` or `<document>/<collection>/<item>`.
    pub about: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DocumentView {
    pub id: String,
    pub space: String,
    /// `here`, or `coming`: nothing of what it says has reached this school yet.
    pub state: &'static str,
    pub kind: String,
    pub title: String,
    pub facts: FactsView,
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
    pub(in crate::api) fn new(info: replica::DocumentInfo, person: &Person) -> Self {
        Self {
            id: info.id.to_string(),
            space: info.space.to_string(),
            state: match info.state {
                replica::ContentState::Here => "here",
                replica::ContentState::Coming => "coming",
            },
            kind: info.kind,
            title: info.title,
            facts: info.facts.into(),
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
pub(in crate::api) struct ContentView {
    pub heads: Vec<String>,
    pub content: serde_json::Value,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReadersView {
    pub space: ReaderSpaceView,
    pub schools: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReaderSpaceView {
    pub id: String,
    pub name: String,
    pub private: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DocumentStatusView {
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
            published: status.journey.publication == Publication::Published,
            schools: status.journey.schools.iter().map(SchoolStatusView::from).collect(),
            reached: status.journey.reached,
            of: status.journey.of,
            readers: ReadersView {
                space: ReaderSpaceView {
                    id: status.space.to_string(),
                    name: status.space_name.clone(),
                    private: status.space_reach == SpaceReach::Private,
                },
                schools: status.journey.of,
            },
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PresenceView {
    pub name: String,
    pub school: Named,
    /// At this school.
    pub here: bool,
    /// Of another school, at this one's computer: name and school are as they said, and the school has no id.
    pub guest: bool,
}

impl PresenceView {
    pub(in crate::api) fn here(attendee: Attendee, ours: &replica::SchoolInfo) -> Self {
        let guest = attendee.guest_of.is_some();
        let school = attendee.guest_of.map_or_else(|| Named::from(ours), |name| Named { id: String::new(), name });
        Self { name: attendee.name, school, here: true, guest }
    }

    pub(in crate::api) fn away(name: &str, school: &replica::SchoolInfo) -> Self {
        Self { name: name.to_owned(), school: school.into(), here: false, guest: false }
    }
}
