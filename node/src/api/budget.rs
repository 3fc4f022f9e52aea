//! The data budget: what was chosen, what may go now, and what the month was used for.

use std::collections::{BTreeMap, HashMap};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jeli_protocol::ids::{NodeId, SchoolId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::App;
use super::auth::{Caller, Director};
use super::body::JsonBody;
use super::error::{ApiError, ApiResult};
use super::files::schools;
use super::shapes::Named;
use crate::budget::{Allowance, BadSettings, FreeHours, Held, MEGABYTE, Mode, Reason, Restart, Settings, Standing, Tariff, Unasked, Used};
use crate::events::Event;
use crate::network::carried::Purpose;
use crate::replica_handle::SchoolInfo;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct FreeHoursView {
    /// 0 to 23, by the node's clock.
    from: u8,
    /// 0 to 23; where it is smaller than `from` they go over midnight.
    until: u8,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct TariffView {
    /// Of 1,048,576 bytes.
    per_mb: f64,
    /// Such as "₸".
    currency: String,
}

/// What may be chosen; what is left out is taken back.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct BudgetAsk {
    /// `free`, `careful` or `by_hand`; null: as the system and jeli.toml say.
    mode: Option<String>,
    /// Bytes a month.
    monthly_limit: Option<u64>,
    free_hours: Option<FreeHoursView>,
    tariff: Option<TariffView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChosenView {
    /// The node starts anew for it.
    restarts: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct OpenAsk {
    /// True: for a quarter of an hour. False: no longer.
    open: bool,
}

/// Bytes by purpose, both ways.
#[derive(Debug, Default, Clone, Copy, Serialize, ToSchema)]
pub(super) struct UsedView {
    /// What people write.
    words: u64,
    /// Contents of files.
    files: u64,
    /// Finding and keeping each other.
    contact: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DayView {
    /// `2026-11-28`, by the node's clock.
    day: String,
    #[serde(flatten)]
    used: UsedView,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SchoolUsedView {
    /// Null: computers of no school that is known here.
    school: Option<Named>,
    #[serde(flatten)]
    used: UsedView,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AllowanceView {
    /// `free`, `careful` or `by_hand`.
    mode: Mode,
    /// `chosen`, `system`, `configured` or `free_hours`.
    reason: &'static str,
    /// `by_hand`, `used_up`, or null where words go.
    held: Option<&'static str>,
    /// `comes` or `waits`: files that nobody waits for.
    files: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BudgetView {
    /// As it was chosen; null where nothing was.
    mode: Option<Mode>,
    monthly_limit: Option<u64>,
    free_hours: Option<FreeHoursView>,
    tariff: Option<TariffView>,
    now: AllowanceView,
    /// For how many more seconds the line is open because somebody said so.
    open_for: Option<u64>,
    today: String,
    /// Bytes of this month.
    used: u64,
    /// The same in money, where a tariff is known.
    cost: Option<f64>,
    days: Vec<DayView>,
    /// Most first.
    schools: Vec<SchoolUsedView>,
}

#[utoipa::path(get, path = "/api/v1/budget", responses((status = 200, body = BudgetView)), tag = "budget")]
pub(super) async fn show(State(app): State<App>, _caller: Caller) -> ApiResult<Json<BudgetView>> {
    let standing = app.budget.standing().await?;
    Ok(Json(view(standing, &schools(&app).await?)))
}

/// Where the line counts as another one afterwards, the page goes for a moment: the node starts anew.
#[utoipa::path(put, path = "/api/v1/budget", request_body = BudgetAsk, responses((status = 200, body = ChosenView)), tag = "budget")]
pub(super) async fn choose(State(app): State<App>, _director: Director, JsonBody(ask): JsonBody<BudgetAsk>) -> ApiResult<Json<ChosenView>> {
    let mode = match ask.mode.as_deref() {
        None => None,
        Some("free") => Some(Mode::Free),
        Some("careful") => Some(Mode::Careful),
        Some("by_hand") => Some(Mode::ByHand),
        Some(_) => return Err(ApiError::field("mode")),
    };
    let settings = Settings {
        mode,
        monthly_limit: ask.monthly_limit,
        free_hours: ask.free_hours.map(|hours| FreeHours { from: hours.from, until: hours.until }),
        tariff: ask.tariff.map(|tariff| Tariff { per_mb: tariff.per_mb, currency: tariff.currency.trim().to_owned() }),
    };
    let restart = app.budget.choose(settings).await?;
    app.events.tell(Event::Network);
    if restart == Restart::Needed {
        app.reopen.notify_one();
    }
    Ok(Json(ChosenView { restarts: restart == Restart::Needed }))
}

#[utoipa::path(post, path = "/api/v1/budget/open", request_body = OpenAsk, responses((status = 204)), tag = "budget")]
pub(super) async fn open(State(app): State<App>, _director: Director, JsonBody(ask): JsonBody<OpenAsk>) -> ApiResult<StatusCode> {
    if ask.open {
        app.budget.open().await;
    } else {
        app.budget.close().await;
    }
    app.events.tell(Event::Network);
    Ok(StatusCode::NO_CONTENT)
}

impl From<BadSettings> for ApiError {
    fn from(bad: BadSettings) -> Self {
        Self::field(match bad {
            BadSettings::Hours => "free_hours",
            BadSettings::Tariff => "tariff",
            BadSettings::Limit => "monthly_limit",
        })
    }
}

impl UsedView {
    fn add(&mut self, used: &Used) {
        let bytes = used.bytes.sent + used.bytes.received;
        match used.purpose {
            Purpose::Words => self.words += bytes,
            Purpose::Files => self.files += bytes,
            Purpose::Contact => self.contact += bytes,
        }
    }

    fn sum(&self) -> u64 {
        self.words + self.files + self.contact
    }
}

impl From<Allowance> for AllowanceView {
    fn from(allowance: Allowance) -> Self {
        Self {
            mode: allowance.mode,
            reason: match allowance.reason {
                Reason::Chosen => "chosen",
                Reason::System => "system",
                Reason::Configured => "configured",
                Reason::FreeHours => "free_hours",
            },
            held: allowance.held.map(|held| match held {
                Held::ByHand => "by_hand",
                Held::UsedUp => "used_up",
            }),
            files: match allowance.unasked {
                Unasked::Comes => "comes",
                Unasked::Waits => "waits",
            },
        }
    }
}

fn view(standing: Standing, known: &HashMap<NodeId, SchoolInfo>) -> BudgetView {
    let mut days: BTreeMap<&str, UsedView> = BTreeMap::new();
    let mut by_school: BTreeMap<Option<SchoolId>, UsedView> = BTreeMap::new();
    for used in &standing.month {
        days.entry(&used.day).or_default().add(used);
        let school = used.node.and_then(|node| known.get(&node)).map(|school| school.id);
        by_school.entry(school).or_default().add(used);
    }
    let names: HashMap<SchoolId, &SchoolInfo> = known.values().map(|school| (school.id, school)).collect();
    let named = |school: Option<SchoolId>| school.and_then(|id| names.get(&id)).map(|school| Named::from(*school));
    let mut schools: Vec<SchoolUsedView> = by_school.into_iter().map(|(school, used)| SchoolUsedView { school: named(school), used }).collect();
    schools.sort_by_key(|school| std::cmp::Reverse(school.used.sum()));
    let days = days.into_iter().map(|(day, used)| DayView { day: day.to_owned(), used }).collect();
    let Settings { mode, monthly_limit, free_hours, tariff } = standing.settings;
    BudgetView {
        mode,
        monthly_limit,
        free_hours: free_hours.map(|hours| FreeHoursView { from: hours.from, until: hours.until }),
        cost: tariff.as_ref().map(|tariff| standing.used as f64 / MEGABYTE * tariff.per_mb),
        tariff: tariff.map(|tariff| TariffView { per_mb: tariff.per_mb, currency: tariff.currency }),
        now: standing.allowance.into(),
        open_for: standing.opened_for.map(|left| left.as_secs()),
        today: standing.today,
        used: standing.used,
        days,
        schools,
    }
}
