//! Words that could not be kept.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::documents::set_aside::KeptPiece;

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SetAsideView {
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
pub(in crate::api) enum SetAsideAction {
    Copy,
    Drop,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct SetAsideAsk {
    pub action: SetAsideAction,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SetAsideDone {
    /// The document that holds the copy, where one was asked for.
    pub document: Option<String>,
}
