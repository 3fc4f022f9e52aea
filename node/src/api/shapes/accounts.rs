//! The node, accounts and sessions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{GuestView, Named};
use crate::accounts::{Language, Person, Role};

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct NodeView {
    pub name: String,
    pub version: &'static str,
    pub school: Named,
    /// The node's id; also the storage id under which the sync protocol reports heads that are on disk.
    pub node: String,
    pub setup_needed: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct SetupAsk {
    pub code: String,
    pub name: String,
    pub login: String,
    pub password: String,
    pub language: String,
    /// Of whoever has an account at another computer of the school.
    pub pass: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct SignInAsk {
    pub login: String,
    pub password: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PersonView {
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
pub(in crate::api) struct MeView {
    pub person: PersonView,
    pub school: Named,
    /// How documents name this person: `<school>/<person>`.
    pub reference: String,
    /// A fresh actor id, hexadecimal: write with it and no other.
    pub actor: String,
    /// Of a guest, who sees one document and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest: Option<GuestView>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct MePatch {
    pub name: Option<String>,
    pub language: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct PersonAsk {
    pub name: String,
    pub login: String,
    pub password: String,
    pub role: String,
    pub language: String,
    /// Of whoever has an account at another computer of the school.
    pub pass: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct PasswordAsk {
    pub password: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct OwnPasswordAsk {
    pub old: String,
    pub new: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PassView {
    pub pass: String,
    /// Unix ms.
    pub until: i64,
}

impl PersonAsk {
    pub(in crate::api) fn role(&self) -> Result<Role, crate::accounts::AccountError> {
        self.role.parse()
    }
    pub(in crate::api) fn language(&self) -> Result<Language, crate::accounts::AccountError> {
        self.language.parse()
    }
}
