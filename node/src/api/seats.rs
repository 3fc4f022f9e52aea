//! Guest seats: codes for a meeting, who sits there, and sitting down.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use axum_extra::extract::CookieJar;
use jeli_protocol::ids::{DocumentId, PersonId};
use jeli_protocol::kinds::Kind;

use super::App;
use super::accounts::{me_view, set_cookie};
use super::auth::{Caller, Visitor};
use super::body::JsonBody;
use super::documents::{document_id, find};
use super::error::{ApiResult, Code};
use super::page_address::{Scheme, page_address};
use super::rate::AddressRate;
use super::shapes::{MeView, SeatAsk, SeatCodeView, SeatView};
use super::spaces::qr_svg;
use crate::accounts::{self, Language, NewGuest, SeatCode, SessionToken};
use crate::clock::now_ms;
use crate::limits::{SEAT_TRIES_PER_MINUTE, SEAT_TRIES_PER_MINUTE_PER_ADDRESS};

#[utoipa::path(post, path = "/api/v1/documents/{id}/seats", params(("id" = String, Path)), responses((status = 201, body = SeatCodeView)),
    tag = "seats")]
pub(super) async fn open(
    State(app): State<App>,
    Extension(scheme): Extension<Scheme>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> ApiResult<(StatusCode, Json<SeatCodeView>)> {
    let document = meeting(&app, &caller, &id).await?;
    let code = SeatCode::random();
    let opened = code.clone();
    let ends = app.replica.with_db(move |db| accounts::open_code(db, &opened, document, now_ms())).await??;
    let address = page_address(scheme, &headers, "/seat");
    let qr_svg = address.as_deref().map(qr_svg).unwrap_or_default();
    Ok((StatusCode::CREATED, Json(SeatCodeView { code: code.to_string(), ends, address: address.unwrap_or_default(), qr_svg })))
}

#[utoipa::path(get, path = "/api/v1/documents/{id}/seats", params(("id" = String, Path)), responses((status = 200, body = Vec<SeatView>)),
    tag = "seats")]
pub(super) async fn list(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> ApiResult<Json<Vec<SeatView>>> {
    let document = meeting(&app, &caller, &id).await?;
    let seats = app.replica.with_db(move |db| accounts::seats(db, document, now_ms())).await??;
    Ok(Json(seats.into_iter().map(SeatView::from).collect()))
}

#[utoipa::path(delete, path = "/api/v1/documents/{id}/seats/{seat}", params(("id" = String, Path), ("seat" = String, Path)),
    responses((status = 204)), tag = "seats")]
pub(super) async fn end(State(app): State<App>, caller: Caller, Path((id, seat)): Path<(String, String)>) -> ApiResult<StatusCode> {
    let document = meeting(&app, &caller, &id).await?;
    let seat: PersonId = seat.parse().map_err(|_| Code::NotFound)?;
    let ended = app.replica.with_db(move |db| {
        accounts::close_codes(db, document)?;
        accounts::end_seat(db, document, seat, now_ms())
    });
    if ended.await?? == 0 {
        return Err(Code::NotFound.into());
    }
    app.sockets.look_again();
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(post, path = "/api/v1/seat", request_body = SeatAsk, responses((status = 201, body = MeView)), tag = "seats")]
pub(super) async fn sit_down(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    jar: CookieJar,
    JsonBody(ask): JsonBody<SeatAsk>,
) -> ApiResult<(StatusCode, CookieJar, Json<MeView>)> {
    if !app.seat_rate.allows(address.ip()) {
        return Err(Code::TooManyAttempts.into());
    }
    let language: Language = ask.language.parse()?;
    let code: SeatCode = ask.code.parse()?;
    let new = NewGuest { id: PersonId(rand::random()), name: ask.name, school: ask.school, language };
    let token = SessionToken::random();
    let hash = token.hash();
    let guest = app.replica.with_db(move |db| accounts::sit_down(db, &code, new, hash, now_ms())).await??;
    let seconds = guest.ends_ms.saturating_sub(guest.begun_ms).max(0) / 1000;
    let jar = set_cookie(jar, &token, seconds.unsigned_abs())?;
    let visitor = Visitor::guest(guest, token);
    Ok((StatusCode::CREATED, jar, Json(me_view(&app, &visitor))))
}

/// A meeting that this person may write: who may write it decides who sits at it.
async fn meeting(app: &App, caller: &Caller, id: &str) -> ApiResult<DocumentId> {
    let info = find(app, caller.person.id, document_id(id)?).await?;
    if !caller.person.role.may_write() || !info.can_write.is_yes() {
        return Err(Code::NotAllowed.into());
    }
    if info.kind != Kind::Meeting.name() {
        return Err(Code::NotAMeeting.into());
    }
    Ok(info.id)
}

/// How often somebody may try a code: from one address, and all together, so that many addresses do not guess faster than one. With all codes
/// open that there may be, whoever tries without a pause while they last finds one in about a thousand such times.
pub(super) fn seat_rate() -> AddressRate {
    AddressRate::per_minute(SEAT_TRIES_PER_MINUTE_PER_ADDRESS).in_all(SEAT_TRIES_PER_MINUTE)
}
