//! For whom the page is served, and the switch for it.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{Caller, Director};
use super::body::JsonBody;
use super::error::{ApiResult, Code};
use super::page_address::page_address;
use super::{App, Scheme};
use crate::accounts::AccountError;
use crate::page_doors::{self, Doors};

#[derive(Serialize, ToSchema)]
pub(super) struct DoorsView {
    /// `machine`, `network`, or `set`: as jeli.toml or the command line says, which the switch does not change.
    doors: &'static str,
    /// Where other devices find the page, as far as this node knows; null while it is for this machine alone.
    address: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub(super) struct DoorsAsk {
    open: bool,
}

#[utoipa::path(get, path = "/api/v1/doors", responses((status = 200, body = DoorsView)), tag = "node")]
pub(super) async fn show(State(app): State<App>, Extension(scheme): Extension<Scheme>, headers: HeaderMap, _caller: Caller) -> Json<DoorsView> {
    let (doors, open) = match app.doors {
        Doors::Machine => ("machine", false),
        Doors::Network => ("network", true),
        Doors::Set => ("set", true),
    };
    Json(DoorsView { doors, address: page_address(scheme, &headers, "/").filter(|_| open) })
}

/// The page goes for a moment: the node opens its place anew.
#[utoipa::path(put, path = "/api/v1/doors", request_body = DoorsAsk, responses((status = 204)), tag = "node")]
pub(super) async fn choose(State(app): State<App>, _director: Director, JsonBody(ask): JsonBody<DoorsAsk>) -> ApiResult<StatusCode> {
    if app.doors == Doors::Set {
        return Err(Code::DoorsSet.into());
    }
    app.replica.with_db(move |db| page_doors::choose(db, ask.open)).await?.map_err(AccountError::from)?;
    if ask.open != (app.doors == Doors::Network) {
        app.reopen.notify_one();
    }
    Ok(StatusCode::NO_CONTENT)
}
