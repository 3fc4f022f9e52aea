//! The data budget of a node.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::api::Client;
use crate::error::ClientError;

/// What may be chosen; what is `None` is taken back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BudgetAsk {
    /// `free`, `careful` or `by_hand`; none: as the system and jeli.toml say.
    pub mode: Option<String>,
    /// Bytes a month.
    pub monthly_limit: Option<u64>,
    /// When the line costs nothing.
    pub free_hours: Option<FreeHours>,
    /// What it costs.
    pub tariff: Option<Tariff>,
}

/// Hours of the day by the node's clock, 0 to 23.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeHours {
    /// The first.
    pub from: u8,
    /// The first that costs again.
    pub until: u8,
}

/// What a line costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tariff {
    /// Of 1,048,576 bytes.
    pub per_mb: f64,
    /// Such as "₸".
    pub currency: String,
}

/// How the budget stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// What was chosen.
    #[serde(flatten)]
    pub chosen: BudgetAsk,
    /// What may go now.
    pub now: Allowance,
    /// For how many more seconds the line is open because somebody said so.
    pub open_for: Option<u64>,
    /// Bytes of this month.
    pub used: u64,
    /// The same in money, where a tariff is known.
    pub cost: Option<f64>,
    /// By day.
    pub days: Vec<DayUsed>,
    /// By school, most first.
    pub schools: Vec<SchoolUsed>,
}

/// What may go now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// `free`, `careful` or `by_hand`.
    pub mode: String,
    /// `chosen`, `system`, `configured` or `free_hours`.
    pub reason: String,
    /// `by_hand`, `used_up`, or none where words go.
    pub held: Option<String>,
    /// `comes` or `waits`: files that nobody waits for.
    pub files: String,
}

/// Bytes by purpose, both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// What people write.
    pub words: u64,
    /// Contents of files.
    pub files: u64,
    /// Finding and keeping each other.
    pub contact: u64,
}

/// Of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayUsed {
    /// `2026-11-28`, by the node's clock.
    pub day: String,
    /// How much.
    #[serde(flatten)]
    pub used: Used,
}

/// With one school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchoolUsed {
    /// None: computers of no school that is known here.
    pub school: Option<crate::shapes::Named>,
    /// How much.
    #[serde(flatten)]
    pub used: Used,
}

impl Client {
    /// What may go over a line that costs money, and what did.
    pub async fn budget(&self) -> Result<Budget, ClientError> {
        self.get("/api/v1/budget").await
    }

    /// Chooses. Where the line counts as another one afterwards, the node is away for a moment.
    pub async fn choose_budget(&self, ask: &BudgetAsk) -> Result<(), ClientError> {
        self.call(Method::PUT, "/api/v1/budget", Some(ask)).await.map(drop)
    }

    /// Opens the line for a quarter of an hour whatever the budget says, or takes that back.
    pub async fn open_budget(&self, open: bool) -> Result<(), ClientError> {
        self.call(Method::POST, "/api/v1/budget/open", Some(&json!({ "open": open }))).await.map(drop)
    }
}
