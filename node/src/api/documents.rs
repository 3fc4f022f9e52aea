//! Documents: the list, making one, and what is known of each.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use jeli_protocol::ids::{DocumentId, PersonId};
use jeli_protocol::kinds::{self, Kind};
use serde::Deserialize;

use super::App;
use super::auth::{Caller, Visitor};
use super::body::JsonBody;
use super::error::{ApiError, ApiResult, Code};
use super::shapes::{ContentView, DocumentAsk, DocumentStatusView, DocumentView, PresenceView, SchoolStatusView};
use super::spaces::space_id;
use crate::accounts::{Language, Person};
use crate::audience::{MACHINE, is_personal, reference};
use crate::clock;
use crate::documents::create::{Beginning, Opening, Owner, beginning, fresh_actor};
use crate::documents::{DocumentFault, Subject, led_to};
use crate::limits::MAX_TITLE_CHARS;
use crate::replica_handle::{Described, Description, DocumentInfo, Request, SpaceReach, WriteRule};

#[derive(Deserialize)]
pub(super) struct InSpace {
    space: Option<String>,
}

#[utoipa::path(get, path = "/api/v1/documents", params(("space" = Option<String>, Query)), responses((status = 200, body = Vec<DocumentView>)),
    tag = "documents")]
pub(super) async fn list(State(app): State<App>, caller: Caller, Query(filter): Query<InSpace>) -> ApiResult<Json<Vec<DocumentView>>> {
    let space = filter.space.as_deref().map(space_id).transpose()?;
    let listed = app.replica.ask(|reply| Request::Documents { space, reply }).await??;
    app.documents.describe_later(listed.iter().filter(|info| info.described == Described::Stale).map(|info| info.id));
    let shown = listed.into_iter().filter(|info| info.audience.admits(caller.person.id));
    Ok(Json(shown.map(|info| DocumentView::new(info, &caller.person)).collect()))
}

#[utoipa::path(post, path = "/api/v1/documents", request_body = DocumentAsk, responses((status = 201, body = DocumentView)), tag = "documents")]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    JsonBody(ask): JsonBody<DocumentAsk>,
) -> ApiResult<(StatusCode, Json<DocumentView>)> {
    if !caller.person.role.may_write() {
        return Err(Code::NotAllowed.into());
    }
    let space = space_id(&ask.space)?;
    let kind: Kind = ask.kind.parse().map_err(|_| Code::UnknownKind)?;
    let language: Language = ask.language.parse()?;
    let write_rule = WriteRule::try_from(ask.write_rule).map_err(|_| Code::UnknownSchool)?;
    let title = ask.title.trim().to_owned();
    if title.is_empty() || title.chars().count() > MAX_TITLE_CHARS {
        return Err(ApiError::field("title"));
    }
    let about = ask.about.unwrap_or_default();
    if !about.is_empty() && (!kind.is_talk() || about.chars().count() > MAX_TITLE_CHARS) {
        return Err(ApiError::field("about"));
    }
    may_speak_of(&app, caller.person.id, led_to(kind, &about, &title)).await?;
    let spaces = app.replica.ask(|reply| Request::Spaces { reply }).await??;
    let reach = spaces.iter().find(|known| known.id == space).map_or(SpaceReach::Shared, |space| space.reach);
    let owner = is_personal(kind.name(), reach).then(|| owner(&app, &caller.person));
    // Whoever holds the machine's token is no person: what they made for one alone nobody would ever see.
    if owner.is_some() && caller.person.id == MACHINE {
        return Err(Code::NotAllowed.into());
    }
    let actor = fresh_actor(&app.replica.identity().node.id);
    let opening = Opening { title: &title, language: language.as_str(), about: &about, owner: owner.as_ref() };
    let Beginning { changes, facts } = beginning(kind, &opening, &actor, clock::now_s()).map_err(|refusal| {
        tracing::error!(%refusal, "a new document could not be begun");
        Code::Internal
    })?;
    let author = Some(caller.person.id);
    let request = |reply| Request::CreateDocument { space, kind: kind.name().to_owned(), write_rule, initial_changes: changes, author, reply };
    let mut info = app.replica.ask(request).await??;
    let description = Box::new(Description { facts: facts.clone(), files: Vec::new() });
    app.replica.tell(Request::Describe { document: info.id, description }).await?;
    (info.title, info.facts) = (facts.title.clone(), facts);
    Ok((StatusCode::CREATED, Json(DocumentView::new(info, &caller.person))))
}

#[utoipa::path(get, path = "/api/v1/documents/{id}", params(("id" = String, Path)), responses((status = 200, body = DocumentView)), tag = "documents")]
pub(super) async fn show(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> ApiResult<Json<DocumentView>> {
    let info = find_for(&app, &visitor, &id).await?;
    let heads = match app.documents.read_as(visitor.person.id, info.id, |loaded| loaded.heads()).await {
        Err(DocumentFault::Coming) => Vec::new(),
        read => read?,
    };
    let mut view = DocumentView::new(info, &visitor.person);
    view.heads = Some(heads.iter().map(ToString::to_string).collect());
    Ok(Json(view))
}

#[utoipa::path(get, path = "/api/v1/documents/{id}/content", params(("id" = String, Path)), responses((status = 200, body = ContentView)),
    tag = "documents")]
pub(super) async fn content(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> ApiResult<Json<ContentView>> {
    let document = find_for(&app, &visitor, &id).await?.id;
    let (heads, content) = app.documents.read_as(visitor.person.id, document, |loaded| (loaded.heads(), kinds::to_json(&loaded.doc))).await?;
    let content = content.map_err(|refusal| {
        tracing::info!(%document, %refusal, "a document is not shown as plain JSON");
        Code::DocumentTooLarge
    })?;
    Ok(Json(ContentView { heads: heads.iter().map(ToString::to_string).collect(), content }))
}

#[utoipa::path(get, path = "/api/v1/documents/{id}/status", params(("id" = String, Path)), responses((status = 200, body = DocumentStatusView)),
    tag = "documents")]
pub(super) async fn status(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> ApiResult<Json<DocumentStatusView>> {
    let document = find_for(&app, &visitor, &id).await?.id;
    let status = app.replica.ask(|reply| Request::DocumentStatus { document, reply }).await??.ok_or(Code::UnknownDocument)?;
    let mut view = DocumentStatusView::from(&status);
    if visitor.seat.is_some() {
        view.schools = view.schools.into_iter().map(SchoolStatusView::for_guest).collect();
    }
    Ok(Json(view))
}

#[utoipa::path(get, path = "/api/v1/documents/{id}/presence", params(("id" = String, Path)), responses((status = 200, body = Vec<PresenceView>)),
    tag = "documents")]
pub(super) async fn presence(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> ApiResult<Json<Vec<PresenceView>>> {
    let document = find_for(&app, &visitor, &id).await?.id;
    let elsewhere = app.replica.ask(|reply| Request::Presence { document, reply }).await?;
    let school = &app.replica.identity().school;
    let here = app.documents.present_here(document).into_iter().map(|attendee| PresenceView::here(attendee, school));
    let away = elsewhere.iter().flat_map(|at| at.names.iter().map(|name| PresenceView::away(name, &at.school)));
    Ok(Json(here.chain(away).collect()))
}

/// A document, for this person. For whom it is not, there is none.
pub(super) async fn find(app: &App, reader: PersonId, document: DocumentId) -> ApiResult<DocumentInfo> {
    let found = app.replica.ask(|reply| Request::Document { document, reply }).await??;
    found.filter(|info| info.audience.admits(reader)).ok_or_else(|| Code::UnknownDocument.into())
}

/// Refuses to let this person speak of what one person alone reads. To everybody else there is no such document.
pub(super) async fn may_speak_of(app: &App, person: PersonId, about: &str) -> ApiResult<()> {
    match app.documents.subject(about).await? {
        Subject::Open => Ok(()),
        Subject::Personal(audience) if audience.admits(person) => Err(Code::PrivateSubject.into()),
        Subject::Personal(_) | Subject::Unknown => Err(Code::UnknownDocument.into()),
    }
}

/// As [`find`], for somebody who may be a guest.
async fn find_for(app: &App, visitor: &Visitor, id: &str) -> ApiResult<DocumentInfo> {
    let document = document_id(id)?;
    visitor.admit(document)?;
    find(app, visitor.person.id, document).await
}

/// How a document says that it is this person's.
pub(super) fn owner(app: &App, person: &Person) -> Owner {
    Owner { reference: reference(&app.replica.identity().school.id, &person.id), name: person.name.clone() }
}

pub(super) fn document_id(text: &str) -> ApiResult<DocumentId> {
    text.parse().map_err(|_| Code::UnknownDocument.into())
}
