//! Guest seats: codes for a meeting, who sits there, and sitting down.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::num::NonZeroU32;

use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum_extra::extract::CookieJar;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use jeli_protocol::ids::{DocumentId, PersonId};
use jeli_protocol::kinds::Kind;

use super::App;
use super::accounts::{me_view, set_cookie};
use super::auth::{Caller, Visitor};
use super::body::JsonBody;
use super::documents::{document_id, find};
use super::error::{ApiResult, Code};
use super::shapes::{MeView, SeatAsk, SeatCodeView, SeatView};
use super::spaces::qr_svg;
use crate::accounts::{self, Language, NewGuest, SeatCode, SessionToken};
use crate::clock::now_ms;
use crate::limits::{ADDRESSES_REMEMBERED, SEAT_TRIES_PER_MINUTE, SEAT_TRIES_PER_MINUTE_PER_ADDRESS};

#[utoipa::path(post, path = "/api/v1/documents/{id}/seats", params(("id" = String, Path)), responses((status = 201, body = SeatCodeView)),
    tag = "seats")]
pub(super) async fn open(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> ApiResult<(StatusCode, Json<SeatCodeView>)> {
    let document = meeting(&app, &caller, &id).await?;
    let code = SeatCode::random();
    let opened = code.clone();
    let ends = app.replica.with_db(move |db| accounts::open_code(db, &opened, document, now_ms())).await??;
    let address = page_address(&headers, "/seat");
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
pub(super) struct SeatRate {
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    all: DefaultDirectRateLimiter,
}

impl Default for SeatRate {
    fn default() -> Self {
        Self {
            by_address: RateLimiter::keyed(per_minute(SEAT_TRIES_PER_MINUTE_PER_ADDRESS)),
            all: RateLimiter::direct(per_minute(SEAT_TRIES_PER_MINUTE)),
        }
    }
}

fn per_minute(times: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN))
}

impl SeatRate {
    fn allows(&self, address: IpAddr) -> bool {
        if self.by_address.len() > ADDRESSES_REMEMBERED {
            self.by_address.retain_recent();
        }
        // An address that has had its turns takes none of the others'.
        self.by_address.check_key(&address).is_ok() && self.all.check().is_ok()
    }
}

/// Where another device finds a page of ours: as this browser calls us, or, where it calls us `localhost`, under our address in the network.
pub(super) fn page_address(headers: &HeaderMap, path: &str) -> Option<String> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let scheme = if headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https:")) { "https" } else { "http" };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (name, format!(":{port}")),
        _ => (host, String::new()),
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let is_local = bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match own_address().filter(|_| is_local) {
        Some(IpAddr::V4(address)) => Some(format!("{scheme}://{address}{port}{path}")),
        Some(IpAddr::V6(address)) => Some(format!("{scheme}://[{address}]{port}{path}")),
        None => Some(format!("{scheme}://{host}{path}")),
    }
}

/// Our address on the way to others. Nothing is sent: the system only says which one it would take.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // An address that documentation keeps free (RFC 5737).
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_tried_a_few_times_a_minute_from_one_address_and_from_all() {
        let rate = SeatRate::default();
        let tries = |address: u8, times: u32| (0..times).filter(|_| rate.allows(IpAddr::from([10, 0, 0, address]))).count();
        assert_eq!(tries(1, 100), SEAT_TRIES_PER_MINUTE_PER_ADDRESS as usize);
        assert_eq!(tries(2, 1), 1, "another one still may");
        let all: usize = (3..100).map(|address| tries(address, 1)).sum();
        assert!(all < SEAT_TRIES_PER_MINUTE as usize, "and all together not without end: {all}");
    }

    #[test]
    fn a_phone_is_shown_an_address_that_it_can_reach() {
        let at = |host: &str, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, host.parse().unwrap());
            origin.map(|origin| headers.insert(ORIGIN, origin.parse().unwrap()));
            page_address(&headers, "/seat").unwrap()
        };
        assert_eq!(at("192.168.1.7:8080", None), "http://192.168.1.7:8080/seat");
        assert_eq!(at("school.local", Some("https://school.local")), "https://school.local/seat");
        let local = at("localhost:8080", None);
        assert!(local.ends_with(":8080/seat"), "{local}");
        assert_eq!(own_address().is_some(), !local.contains("localhost"), "{local}");
    }
}
