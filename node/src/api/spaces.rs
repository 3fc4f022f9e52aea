//! Spaces: who is in them, inviting, joining.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jeli_protocol::ids::SpaceId;
use qrcode::QrCode;
use qrcode::render::svg;

use super::App;
use super::auth::{Caller, Director};
use super::body::JsonBody;
use super::error::{ApiError, ApiResult, Code};
use super::shapes::{InvitationAsk, InvitationView, JoinAsk, JoinView, JourneyView, SpaceAsk, SpaceView};
use crate::names;
use crate::replica_handle::Request;

/// Pixels of one module of a QR code, and its border in modules, as scanners want it.
const QR_MODULE_PIXELS: u32 = 4;

#[utoipa::path(get, path = "/api/v1/spaces", responses((status = 200, body = Vec<SpaceView>)), tag = "spaces")]
pub(super) async fn spaces(State(app): State<App>, _caller: Caller) -> ApiResult<Json<Vec<SpaceView>>> {
    let spaces = app.replica.ask(|reply| Request::Spaces { reply }).await??;
    Ok(Json(spaces.iter().map(SpaceView::from).collect()))
}

#[utoipa::path(post, path = "/api/v1/spaces", request_body = SpaceAsk, responses((status = 201, body = SpaceView)), tag = "spaces")]
pub(super) async fn create(
    State(app): State<App>,
    _director: Director,
    JsonBody(ask): JsonBody<SpaceAsk>,
) -> ApiResult<(StatusCode, Json<SpaceView>)> {
    let name = names::clean(&ask.name).ok_or_else(|| ApiError::field("name"))?;
    let space = app.replica.ask(|reply| Request::CreateSpace { name, reply }).await??;
    Ok((StatusCode::CREATED, Json((&space).into())))
}

#[utoipa::path(get, path = "/api/v1/spaces/{id}/status", params(("id" = String, Path)), responses((status = 200, body = JourneyView)), tag = "spaces")]
pub(super) async fn journey(State(app): State<App>, _caller: Caller, Path(id): Path<String>) -> ApiResult<Json<JourneyView>> {
    let space = space_id(&id)?;
    let journey = app.replica.ask(|reply| Request::SpaceJourney { space, reply }).await??.ok_or(Code::UnknownSpace)?;
    Ok(Json((&journey).into()))
}

#[utoipa::path(post, path = "/api/v1/spaces/{id}/invitations", params(("id" = String, Path)), request_body = InvitationAsk,
    responses((status = 201, body = InvitationView)), tag = "spaces")]
pub(super) async fn invite(
    State(app): State<App>,
    _director: Director,
    Path(id): Path<String>,
    JsonBody(ask): JsonBody<InvitationAsk>,
) -> ApiResult<(StatusCode, Json<InvitationView>)> {
    let space = space_id(&id)?;
    let role = ask.role.into();
    let ticket = app.replica.ask(|reply| Request::Invite { space, role, reply }).await??;
    let qr_svg = qr_svg(&ticket);
    Ok((StatusCode::CREATED, Json(InvitationView { ticket, qr_svg })))
}

/// A text as a picture; empty where it is too long for one.
pub(super) fn qr_svg(text: &str) -> String {
    let picture = |code: QrCode| code.render::<svg::Color<'_>>().module_dimensions(QR_MODULE_PIXELS, QR_MODULE_PIXELS).build();
    QrCode::new(text).map(picture).unwrap_or_default()
}

#[utoipa::path(post, path = "/api/v1/join", request_body = JoinAsk, responses((status = 202, body = JoinView)), tag = "spaces")]
pub(super) async fn join(State(app): State<App>, _director: Director, JsonBody(ask): JsonBody<JoinAsk>) -> ApiResult<(StatusCode, Json<JoinView>)> {
    // Copied by hand or from a messenger: space within the ticket is nobody's intention.
    let ticket = ask.ticket.split_whitespace().collect::<String>();
    let held = app.budget.allowance().borrow().held.is_some();
    if held {
        // Somebody asks for it just now: that is the word for which such a line waits.
        app.budget.open().await;
    }
    let joined = app.replica.ask(|reply| Request::Join { ticket, reply }).await??;
    Ok((StatusCode::ACCEPTED, Json((&joined).into())))
}

pub(super) fn space_id(text: &str) -> ApiResult<SpaceId> {
    text.parse().map_err(|_| Code::UnknownSpace.into())
}
