//! Questionnaires by link.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct QuestionnaireLinkView {
    /// `/q/<token>`
    pub path: String,
    /// The same for another device in the network.
    pub address: String,
    /// The address as a QR code.
    pub qr_svg: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct QuestionnaireView {
    pub title: String,
    /// The plan's; may be empty.
    pub language: String,
    /// `staff`, `parents` or `pupils`.
    pub audience: String,
    /// Whether answers are taken now.
    pub open: bool,
    /// The last day, `YYYY-MM-DD`, or empty.
    pub until: String,
    pub questions: Vec<QuestionView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct QuestionView {
    pub id: String,
    pub text: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct AnswersAsk {
    /// From 1 to 4, by question.
    pub answers: BTreeMap<String, i64>,
}
