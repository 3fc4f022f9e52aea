//! The node, the first account, sessions, the people of the school.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::StatusCode;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use jeli_protocol::ids::PersonId;

use super::App;
use super::auth::{Caller, Director, Proof, SESSION_COOKIE, Visitor};
use super::body::JsonBody;
use super::error::{ApiResult, Code};
use super::shapes::{GuestView, MePatch, MeView, Named, NodeView, OwnPasswordAsk, PassView, PasswordAsk, PersonAsk, PersonView, SetupAsk, SignInAsk};
use crate::accounts::{self, Language, NewPerson, Person, Role, SessionToken};
use crate::audience::reference;
use crate::clock::now_ms;
use crate::documents::create::fresh_actor;
use crate::limits::SESSION_MAX;

#[utoipa::path(get, path = "/api/v1/node", responses((status = 200, body = NodeView)), tag = "node")]
pub(super) async fn node(State(app): State<App>) -> ApiResult<Json<NodeView>> {
    let people = app.replica.with_db(|db| accounts::count(db)).await??;
    let identity = app.replica.identity();
    Ok(Json(NodeView {
        name: identity.node.name.clone(),
        version: env!("CARGO_PKG_VERSION"),
        school: Named::from(&identity.school),
        node: identity.node.id.to_string(),
        setup_needed: people == 0,
    }))
}

#[utoipa::path(post, path = "/api/v1/setup", request_body = SetupAsk, responses((status = 201, body = MeView)), tag = "accounts")]
pub(super) async fn setup(
    State(app): State<App>,
    jar: CookieJar,
    JsonBody(ask): JsonBody<SetupAsk>,
) -> ApiResult<(StatusCode, CookieJar, Json<MeView>)> {
    if app.replica.with_db(|db| accounts::count(db)).await?? > 0 {
        return Err(Code::SetupDone.into());
    }
    app.setup_code.check(&ask.code)?;
    let language: Language = ask.language.parse()?;
    let new = NewAccount { name: ask.name, login: ask.login, password: ask.password, role: Role::Director, language, pass: ask.pass };
    let new = new.hashed(&app).await?;
    let person = app.replica.with_db(move |db| accounts::add_first(db, new, now_ms())).await??;
    let (jar, visitor) = begin_session(&app, jar, person).await?;
    Ok((StatusCode::CREATED, jar, Json(me_view(&app, &visitor))))
}

#[utoipa::path(post, path = "/api/v1/session", request_body = SignInAsk, responses((status = 201, body = MeView)), tag = "accounts")]
pub(super) async fn sign_in(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    jar: CookieJar,
    JsonBody(ask): JsonBody<SignInAsk>,
) -> ApiResult<(StatusCode, CookieJar, Json<MeView>)> {
    if !app.sign_in_rate.allows(&ask.login, address.ip()) {
        return Err(Code::TooManyAttempts.into());
    }
    let login = ask.login;
    let found = app.replica.with_db(move |db| accounts::find_login(db, &login)).await??;
    let (person, hash) = found.map_or((None, None), |(person, hash)| (Some(person), Some(hash)));
    let fits = app.passwords.fits(ask.password, hash).await?;
    let person = person.filter(|_| fits).ok_or(Code::WrongLogin)?;
    let (jar, visitor) = begin_session(&app, jar, person).await?;
    Ok((StatusCode::CREATED, jar, Json(me_view(&app, &visitor))))
}

#[utoipa::path(delete, path = "/api/v1/session", responses((status = 204)), tag = "accounts")]
pub(super) async fn sign_out(State(app): State<App>, jar: CookieJar, visitor: Visitor) -> ApiResult<(StatusCode, CookieJar)> {
    if let Proof::Cookie(token) = visitor.proof {
        let hash = token.hash();
        app.replica.with_db(move |db| accounts::end(db, hash)).await??;
        if let Some(seat) = visitor.seat {
            app.replica.with_db(move |db| accounts::end_seat(db, seat.document, seat.id, now_ms())).await??;
        }
        app.sockets.look_again();
    }
    Ok((StatusCode::NO_CONTENT, jar.remove(Cookie::build((SESSION_COOKIE, "")).path("/"))))
}

#[utoipa::path(get, path = "/api/v1/me", responses((status = 200, body = MeView)), tag = "accounts")]
pub(super) async fn me(State(app): State<App>, visitor: Visitor) -> Json<MeView> {
    Json(me_view(&app, &visitor))
}

#[utoipa::path(patch, path = "/api/v1/me", request_body = MePatch, responses((status = 200, body = MeView)), tag = "accounts")]
pub(super) async fn change_me(State(app): State<App>, mut visitor: Visitor, JsonBody(patch): JsonBody<MePatch>) -> ApiResult<Json<MeView>> {
    let language = patch.language.as_deref().map(str::parse::<Language>).transpose()?;
    let id = visitor.person.id;
    if visitor.seat.is_some() {
        // Under the name that a guest gave others know them.
        if patch.name.is_some() {
            return Err(Code::NotAllowed.into());
        }
        if let Some(language) = language {
            app.replica.with_db(move |db| accounts::set_guest_language(db, id, language)).await??;
            visitor.person.language = language;
        }
    } else {
        let person = app.replica.with_db(move |db| accounts::update(db, id, patch.name.as_deref(), language)).await??;
        visitor.person = person.ok_or(Code::NotFound)?;
    }
    Ok(Json(me_view(&app, &visitor)))
}

#[utoipa::path(get, path = "/api/v1/people", responses((status = 200, body = Vec<PersonView>)), tag = "accounts")]
pub(super) async fn people(State(app): State<App>, _director: Director) -> ApiResult<Json<Vec<PersonView>>> {
    let people = app.replica.with_db(|db| accounts::list(db)).await??;
    Ok(Json(people.iter().map(PersonView::from).collect()))
}

#[utoipa::path(get, path = "/api/v1/people/names", responses((status = 200, body = Vec<Named>)), tag = "accounts")]
pub(super) async fn names(State(app): State<App>, _caller: Caller) -> ApiResult<Json<Vec<Named>>> {
    let school = app.replica.identity().school.id;
    let writers = app.replica.with_db(|db| accounts::writers(db)).await??;
    Ok(Json(writers.into_iter().map(|person| Named { id: reference(&school, &person.id), name: person.name }).collect()))
}

#[utoipa::path(post, path = "/api/v1/people", request_body = PersonAsk, responses((status = 201, body = PersonView)), tag = "accounts")]
pub(super) async fn add_person(
    State(app): State<App>,
    _director: Director,
    JsonBody(ask): JsonBody<PersonAsk>,
) -> ApiResult<(StatusCode, Json<PersonView>)> {
    let (role, language) = (ask.role()?, ask.language()?);
    let new = NewAccount { name: ask.name, login: ask.login, password: ask.password, role, language, pass: ask.pass };
    let new = new.hashed(&app).await?;
    let person = app.replica.with_db(move |db| accounts::add(db, new, now_ms())).await??;
    Ok((StatusCode::CREATED, Json(PersonView::from(&person))))
}

#[utoipa::path(put, path = "/api/v1/people/{id}/password", params(("id" = String, Path)), request_body = PasswordAsk, responses((status = 204)), tag = "accounts")]
pub(super) async fn give_password(
    State(app): State<App>,
    _director: Director,
    Path(id): Path<String>,
    JsonBody(ask): JsonBody<PasswordAsk>,
) -> ApiResult<StatusCode> {
    let id: PersonId = id.parse().map_err(|_| Code::NotFound)?;
    let hash = app.passwords.hash(ask.password).await?;
    app.replica.with_db(move |db| accounts::set_password(db, id, &hash, None)).await??.ok_or(Code::NotFound)?;
    app.sockets.look_again();
    Ok(StatusCode::NO_CONTENT)
}

/// One's own account is not taken away so: whoever did it by mistake could not come back.
#[utoipa::path(delete, path = "/api/v1/people/{id}", params(("id" = String, Path)), responses((status = 204)), tag = "accounts")]
pub(super) async fn remove_person(State(app): State<App>, _director: Director, caller: Caller, Path(id): Path<String>) -> ApiResult<StatusCode> {
    let id: PersonId = id.parse().map_err(|_| Code::NotFound)?;
    if id == caller.person.id {
        return Err(Code::NotAllowed.into());
    }
    if !app.replica.with_db(move |db| accounts::remove(db, id)).await?? {
        return Err(Code::NotFound.into());
    }
    app.sockets.look_again();
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(put, path = "/api/v1/me/password", request_body = OwnPasswordAsk, responses((status = 204)), tag = "accounts")]
pub(super) async fn change_password(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    caller: Caller,
    JsonBody(ask): JsonBody<OwnPasswordAsk>,
) -> ApiResult<StatusCode> {
    let Proof::Cookie(token) = caller.proof else { return Err(Code::NotAllowed.into()) };
    let id = caller.person.id;
    check_password(&app, caller.person.login, ask.old, address).await?;
    let (hash, kept) = (app.passwords.hash(ask.new).await?, token.hash());
    app.replica.with_db(move |db| accounts::set_password(db, id, &hash, Some(kept))).await??.ok_or(Code::NotFound)?;
    app.sockets.look_again();
    Ok(StatusCode::NO_CONTENT)
}

/// What the person who is signed in takes to another computer of the school, to be the same person there.
#[utoipa::path(post, path = "/api/v1/me/pass", request_body = PasswordAsk, responses((status = 200, body = PassView)), tag = "accounts")]
pub(super) async fn pass(
    State(app): State<App>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    caller: Caller,
    JsonBody(ask): JsonBody<PasswordAsk>,
) -> ApiResult<Json<PassView>> {
    let Proof::Cookie(_) = caller.proof else { return Err(Code::NotAllowed.into()) };
    check_password(&app, caller.person.login, ask.password, address).await?;
    let (pass, until) = app.passes.issue(caller.person.id, now_ms());
    Ok(Json(PassView { pass, until }))
}

/// Of somebody who is signed in: a tab that was left open is no way to guess it either.
async fn check_password(app: &App, login: String, password: String, address: SocketAddr) -> ApiResult<()> {
    if !app.sign_in_rate.allows(&login, address.ip()) {
        return Err(Code::TooManyAttempts.into());
    }
    let stored = app.replica.with_db(move |db| accounts::find_login(db, &login)).await??.map(|(_, hash)| hash);
    if app.passwords.fits(password, stored).await? { Ok(()) } else { Err(Code::WrongPassword.into()) }
}

/// An account as it was asked for.
struct NewAccount {
    name: String,
    login: String,
    password: String,
    role: Role,
    language: Language,
    pass: Option<String>,
}

impl NewAccount {
    /// Of the person whose pass it is, or of a new one.
    async fn hashed(self, app: &App) -> ApiResult<NewPerson> {
        let id = match &self.pass {
            Some(pass) => app.passes.read(pass, now_ms())?,
            None => PersonId(rand::random()),
        };
        let password_hash = app.passwords.hash(self.password).await?;
        Ok(NewPerson { id, name: self.name, login: self.login, role: self.role, language: self.language, password_hash })
    }
}

async fn begin_session(app: &App, jar: CookieJar, person: Person) -> ApiResult<(CookieJar, Visitor)> {
    let token = SessionToken::random();
    let (hash, id) = (token.hash(), person.id);
    app.replica.with_db(move |db| accounts::begin(db, id, hash, now_ms())).await??;
    // The person's oldest session may have ended for it.
    app.sockets.look_again();
    let jar = set_cookie(jar, &token, SESSION_MAX.as_secs())?;
    Ok((jar, Visitor { person, proof: Proof::Cookie(token), seat: None }))
}

/// Written out, so that every attribute is in sight. Not `Secure`: on the school's Wi-Fi the node may be reached without TLS.
pub(super) fn set_cookie(jar: CookieJar, token: &SessionToken, max_age_s: u64) -> ApiResult<CookieJar> {
    let text = format!("{SESSION_COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}", token.reveal());
    Ok(jar.add(Cookie::parse(text).map_err(|_| Code::Internal)?))
}

pub(super) fn me_view(app: &App, visitor: &Visitor) -> MeView {
    let identity = app.replica.identity();
    let person = &visitor.person;
    // A guest is nobody of our school.
    let reference = if visitor.seat.is_some() { String::new() } else { reference(&identity.school.id, &person.id) };
    MeView {
        person: person.into(),
        school: (&identity.school).into(),
        reference,
        actor: fresh_actor(&identity.node.id).to_string(),
        guest: visitor.seat.clone().map(GuestView::from),
    }
}
