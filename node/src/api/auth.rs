//! Who is calling: a person with a session cookie, or a program that can read the node's `control.token`.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use jeli_protocol::ids::DocumentId;
use rusqlite::Connection;
use subtle::ConstantTimeEq;
use tokio::time::timeout;

use super::App;
use super::error::{ApiError, Code};
use crate::accounts::{self, AccountError, Guest, Language, Person, Role, SessionToken};
use crate::audience::MACHINE;
use crate::clock::now_ms;
use crate::limits::SESSION_LOOK;

pub const SESSION_COOKIE: &str = "jeli_session";

/// The token in `control.token`: whoever can read the data folder may do what the director may.
#[derive(Clone)]
pub struct ControlToken([u8; 32]);

impl ControlToken {
    pub fn new(token: &str) -> Self {
        Self(digest(token))
    }

    /// Compares hashes, in constant time.
    fn fits(&self, given: &str) -> bool {
        digest(given).ct_eq(&self.0).into()
    }
}

fn digest(token: &str) -> [u8; 32] {
    *blake3::hash(token.trim().as_bytes()).as_bytes()
}

/// How a caller proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Proof {
    Cookie(SessionToken),
    Control,
}

/// Somebody who may see something: a person signed in, or a guest at one document.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub person: Person,
    pub proof: Proof,
    /// Of a guest: the seat, which is good for its document alone.
    pub seat: Option<Guest>,
}

/// Somebody signed in: what asks for a caller is not for guests.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub person: Person,
    pub proof: Proof,
}

/// Somebody signed in who may decide for the school.
pub(super) struct Director;

impl Visitor {
    pub(super) fn guest(seat: Guest, token: SessionToken) -> Self {
        Self { person: seat.person(), proof: Proof::Cookie(token), seat: Some(seat) }
    }

    /// Refuses a guest whose seat is at another document.
    pub(super) fn admit(&self, document: DocumentId) -> Result<(), ApiError> {
        if self.seat.as_ref().is_none_or(|seat| seat.document == document) { Ok(()) } else { Err(Code::NotAllowed.into()) }
    }

    /// Ends when the session does, however it ended: signed out, pushed out by newer ones, run out, its account removed or given another role,
    /// a seat taken back. Who has the token of the machine stays.
    pub(super) fn signed_out(&self, app: &App) -> impl Future<Output = ()> + use<> {
        let (replica, mut looks, role) = (app.replica.clone(), app.sockets.looks(), self.person.role);
        let hash = match &self.proof {
            Proof::Cookie(token) => Some(token.hash()),
            Proof::Control => None,
        };
        async move {
            let Some(hash) = hash else { return std::future::pending().await };
            loop {
                let _ = timeout(SESSION_LOOK, looks.changed()).await;
                let found = replica.with_db(move |db| whose(db, hash)).await;
                match found {
                    Ok(Ok(Some((person, _)))) if person.role == role => {}
                    Ok(Ok(_)) => return,
                    // The database could not say: nobody is sent away for that.
                    Ok(Err(error)) => tracing::warn!(%error, "a session could not be looked up"),
                    Err(_stopping) => return std::future::pending().await,
                }
            }
        }
    }
}

/// Whose session this is, and their seat if they are a guest.
fn whose(db: &Connection, token_hash: [u8; 32]) -> Result<Option<(Person, Option<Guest>)>, AccountError> {
    let now = now_ms();
    if let Some(person) = accounts::find_session(db, token_hash, now)? {
        return Ok(Some((person, None)));
    }
    Ok(accounts::find_guest(db, token_hash, now)?.map(|guest| (guest.person(), Some(guest))))
}

impl FromRequestParts<App> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        if let Some(given) = given_token(parts) {
            return if app.control_token.fits(&given) {
                Ok(Self { person: control_person(app), proof: Proof::Control, seat: None })
            } else {
                Err(Code::SignedOut.into())
            };
        }
        let jar = CookieJar::from_headers(&parts.headers);
        let token: SessionToken = jar.get(SESSION_COOKIE).and_then(|cookie| cookie.value().parse().ok()).ok_or(Code::SignedOut)?;
        let hash = token.hash();
        let (person, seat) = app.replica.with_db(move |db| whose(db, hash)).await??.ok_or(Code::SignedOut)?;
        Ok(Self { person, proof: Proof::Cookie(token), seat })
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match Visitor::from_request_parts(parts, app).await? {
            Visitor { person, proof, seat: None } => Ok(Self { person, proof }),
            Visitor { seat: Some(_), .. } => Err(Code::NotAllowed.into()),
        }
    }
}

impl FromRequestParts<App> for Director {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, app).await?;
        if caller.person.role == Role::Director { Ok(Self) } else { Err(Code::NotAllowed.into()) }
    }
}

/// Whether the request brings a token of its own; such a request needs no `Origin`, since no other site's page can make it.
pub(super) fn has_token(headers: &axum::http::HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION)
}

/// `Bearer <token>`, or `Basic` with the token as password, for clients that can be told nothing but an address.
fn given_token(parts: &Parts) -> Option<String> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = header.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.to_owned());
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = data_encoding::BASE64.decode(rest.trim().as_bytes()).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        return text.split_once(':').map(|(_, password)| password.to_owned());
    }
    // An unknown scheme is a token that fits nothing: the cookie must not count beside it.
    Some(String::new())
}

/// Under whose name the command line writes.
fn control_person(app: &App) -> Person {
    Person { id: MACHINE, name: app.replica.identity().node.name.clone(), login: String::new(), role: Role::Director, language: Language::English }
}
