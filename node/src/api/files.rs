//! Files of documents: which of them are here, the content of one, wanting, letting go, keeping whatever happens.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::pin::pin;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use jeli_protocol::ids::{BlobHash, DocumentId};
use serde::Deserialize;

use super::App;
use super::auth::{Caller, Visitor};
use super::body::JsonBody;
use super::documents::{document_id, find};
use super::error::{ApiError, ApiResult, Code};
use super::ranges::ranged;
use super::shapes::{FileAct, FileAsk, FileUseView, FileView, HolderView, PinAsk, Pinned};
use crate::blobs::media::{LOOK_BYTES, Showing, media_of};
use crate::blobs::{Obstacle, Pin, Pins, State as BlobState, Urgency};
use crate::limits::MAX_FILE_NAME_CHARS;
use crate::names;
use crate::replica_handle::{Request, SchoolInfo};
use crate::store::{FilePart, NamedFile, Naming};

/// What runs nowhere: a file that is shown, and whatever is in it, reaches nothing. It keeps out a browser's own viewer of PDF as well, which would run
/// what is in one: the page draws PDF itself.
const FILE_POLICY: &str = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

#[utoipa::path(get, path = "/api/v1/documents/{id}/files", params(("id" = String, Path)), responses((status = 200, body = Vec<FileView>)), tag = "files")]
pub(super) async fn list(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> ApiResult<Json<Vec<FileView>>> {
    let document = readable(&app, &visitor, &id).await?;
    let named = named_by(&app, document).await?;
    let wants: HashMap<BlobHash, bool> = app.blobs.wants().await?.into_iter().map(|want| (want.hash, want.paused)).collect();
    let schools = schools(&app).await?;
    let pins = app.blobs.pins().await?;
    let mut views = Vec::with_capacity(named.len());
    for file in named {
        views.push(view(&app, &file, &wants, &schools, &pins).await?);
    }
    Ok(Json(views))
}

async fn view(
    app: &App,
    file: &NamedFile,
    wants: &HashMap<BlobHash, bool>,
    schools: &HashMap<jeli_protocol::ids::NodeId, SchoolInfo>,
    pins: &Pins,
) -> ApiResult<FileView> {
    let hash = &file.hash;
    let progress = app.blobs.progress(hash);
    let (state, size, here) = match app.blobs.state(hash).await? {
        BlobState::Complete { size } => ("here", size, size),
        _ if progress.is_some() => ("coming", 0, 0),
        BlobState::Partial { size, here } => (waiting(wants.get(hash)), size, here),
        BlobState::Absent => (waiting(wants.get(hash)), 0, 0),
    };
    let mut holders = Vec::new();
    for holder in app.blobs.holders(hash).await? {
        if let Some(school) = schools.get(&holder.node) {
            holders.push((school.clone(), holder));
        }
    }
    let from: Vec<String> = progress.iter().flat_map(|progress| &progress.from).filter_map(|node| Some(schools.get(node)?.name.clone())).collect();
    let here = progress.as_ref().map_or(here, |progress| progress.here.max(here));
    let size = size.max(progress.as_ref().map_or(0, |progress| progress.size)).max(file.said.size);
    let rate = progress.as_ref().map_or(0.0, |progress| progress.rate);
    Ok(FileView {
        hash: hash.to_string(),
        part: if file.part == FilePart::Thumbnail { "thumbnail" } else { "content" },
        named: file.naming == Naming::Now,
        state,
        size,
        // It is counted while it comes, and told beside a size that may be only said.
        here: if size > 0 { here.min(size) } else { here },
        rate: rate as u64,
        seconds_left: (rate >= 1.0).then(|| (size.saturating_sub(here) as f64 / rate).ceil() as u64),
        from,
        held_up: app.blobs.obstacle(hash).map(|obstacle| match obstacle {
            Obstacle::NobodyHasIt => "nobody_has_it",
            Obstacle::NoRoom => "no_room",
            Obstacle::TooLarge => "too_large",
            Obstacle::Spared => "spared",
            Obstacle::Failed => "failed",
        }),
        holders: holders.iter().map(|(school, holder)| HolderView::new(school, holder)).collect(),
        pinned: pinned(pins, [file]),
    })
}

/// By what it is kept whatever happens.
pub(super) fn pinned<'a>(pins: &'a Pins, named: impl IntoIterator<Item = &'a NamedFile>) -> Vec<Pinned> {
    let by: BTreeSet<Pinned> = named.into_iter().flat_map(|file| pins.of(file)).map(Pinned::from).collect();
    by.into_iter().collect()
}

fn waiting(want: Option<&bool>) -> &'static str {
    match want {
        Some(true) => "paused",
        Some(false) => "wanted",
        None => "away",
    }
}

#[derive(Deserialize)]
pub(super) struct Saved {
    /// Under which name it is to be saved; without one it is shown.
    save: Option<String>,
}

#[utoipa::path(get, path = "/api/v1/documents/{id}/files/{hash}", params(("id" = String, Path), ("hash" = String, Path), ("save" = Option<String>, Query)),
    responses((status = 200), (status = 206)), tag = "files")]
pub(super) async fn content(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, hash)): Path<(String, String)>,
    Query(saved): Query<Saved>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let document = readable(&app, &visitor, &id).await?;
    let hash = named_here(&app, document, &hash).await?;
    let BlobState::Complete { size } = app.blobs.state(&hash).await? else { return Err(Code::FileNotHere.into()) };
    let etag = HeaderValue::from_str(&format!("\"{hash}\"")).map_err(|_| Code::Internal)?;
    if headers.get(IF_NONE_MATCH) == Some(&etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response());
    }
    let (media_type, showing) = media_of(&first_bytes(&app, &hash, size.min(LOOK_BYTES)).await?);
    let mut answer = HeaderMap::new();
    answer.insert(ETAG, etag);
    // It never changes; but who may see it does.
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    answer.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(FILE_POLICY));
    answer.insert(CONTENT_DISPOSITION, disposition(saved.save.as_deref(), showing)?);
    if let Err(error) = app.blobs.used(&hash).await {
        // A disk without room for that still gives what is on it.
        tracing::debug!(%hash, %error, "that a file was looked at was not noted");
    }
    let (status, range) = match ranged(&headers, size, &mut answer)? {
        Some(found) => found,
        None => return Ok((StatusCode::RANGE_NOT_SATISFIABLE, answer).into_response()),
    };
    let body = if range.is_empty() { Body::empty() } else { Body::from_stream(app.blobs.read(&hash, range)) };
    Ok((status, answer, body).into_response())
}

/// How a browser is to take it: what is not shown for sure is saved.
pub(super) fn disposition(save: Option<&str>, showing: Showing) -> ApiResult<HeaderValue> {
    let way = if save.is_some() || matches!(showing, Showing::None | Showing::Pdf) { "attachment" } else { "inline" };
    let name = names::file_name(save.unwrap_or_default(), MAX_FILE_NAME_CHARS);
    let mut quoted = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) {
            quoted.push(char::from(byte));
        } else {
            quoted.push_str(&format!("%{byte:02X}"));
        }
    }
    HeaderValue::from_str(&format!("{way}; filename*=UTF-8''{quoted}")).map_err(|_| Code::Internal.into())
}

/// The first bytes of a content that is here.
pub(super) async fn first_bytes(app: &App, hash: &BlobHash, count: u64) -> ApiResult<Vec<u8>> {
    let mut bytes = Vec::new();
    if count == 0 {
        return Ok(bytes);
    }
    let mut parts = pin!(app.blobs.read(hash, 0..count));
    while let Some(part) = parts.next().await {
        bytes.extend_from_slice(&part.map_err(|error| {
            tracing::error!(%hash, %error, "a file could not be read");
            Code::StoreFailed
        })?);
    }
    Ok(bytes)
}

#[utoipa::path(post, path = "/api/v1/documents/{id}/files/{hash}", params(("id" = String, Path), ("hash" = String, Path)), request_body = FileAsk,
    responses((status = 204)), tag = "files")]
pub(super) async fn act(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, hash)): Path<(String, String)>,
    JsonBody(ask): JsonBody<FileAsk>,
) -> ApiResult<StatusCode> {
    let document = readable(&app, &visitor, &id).await?;
    // What comes over the school's line and onto its disk is for its own people to say, and for guests who write with them here: not for whoever may look on.
    if visitor.seat.is_some() && !find(&app, visitor.person.id, document).await?.can_write.is_yes() {
        return Err(Code::NotAllowed.into());
    }
    let hash = named_here(&app, document, &hash).await?;
    match ask.action {
        FileAct::Want => app.blobs.want(&hash, Urgency::Wanted).await?,
        FileAct::Pause => app.blobs.pause(&hash).await?,
        FileAct::Cancel if is_pinned(&app, &hash).await? => return Err(Code::FilePinned.into()),
        FileAct::Cancel => app.blobs.cancel(&hash).await?,
        FileAct::LetGo => {
            // Others of the school may need it: who speaks for the school says so.
            if visitor.person.role != crate::accounts::Role::Director {
                return Err(Code::NotAllowed.into());
            }
            if is_pinned(&app, &hash).await? {
                return Err(Code::FilePinned.into());
            }
            if !ask.even_the_last && app.blobs.is_last_copy(&hash).await? {
                return Err(Code::LastCopy.into());
            }
            app.blobs.let_go(&hash).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whether it is kept in any case, wherever it stands.
async fn is_pinned(app: &App, hash: &BlobHash) -> ApiResult<bool> {
    let pins = app.blobs.pins().await?;
    Ok(app.blobs.named(None).await?.iter().any(|file| file.hash == *hash && pins.keep(file)))
}

#[utoipa::path(get, path = "/api/v1/documents/{id}/uses", params(("id" = String, Path)), responses((status = 200, body = Vec<FileUseView>)), tag = "files")]
pub(super) async fn uses(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> ApiResult<Json<Vec<FileUseView>>> {
    let document = find(&app, caller.person.id, document_id(&id)?).await?.id;
    let is_content = |file: &&NamedFile| file.part == FilePart::Content && file.naming == Naming::Now;
    let own: Vec<BlobHash> = named_by(&app, document).await?.iter().filter(is_content).map(|file| file.hash).collect();
    let readable = readable_documents(&app, &caller).await?;
    let mut standing: HashMap<BlobHash, Vec<String>> = HashMap::new();
    for file in app.blobs.named(None).await?.iter().filter(is_content) {
        if file.document != document && readable.contains(&file.document) {
            standing.entry(file.hash).or_default().push(file.document.to_string());
        }
    }
    let views = own.into_iter().filter_map(|hash| Some(FileUseView { hash: hash.to_string(), documents: standing.remove(&hash)? }));
    Ok(Json(views.collect()))
}

/// The documents that this person reads.
async fn readable_documents(app: &App, caller: &Caller) -> ApiResult<HashSet<DocumentId>> {
    let listed = app.replica.ask(|reply| Request::Documents { space: None, reply }).await??;
    Ok(listed.iter().filter(|info| info.audience.admits(caller.person.id)).map(|info| info.id).collect())
}

#[utoipa::path(put, path = "/api/v1/pins", request_body = PinAsk, responses((status = 204)), tag = "files")]
pub(super) async fn pin(State(app): State<App>, caller: Caller, JsonBody(ask): JsonBody<PinAsk>) -> ApiResult<StatusCode> {
    app.blobs.pin(&wanted_pin(&app, &caller, ask).await?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(delete, path = "/api/v1/pins", request_body = PinAsk, responses((status = 204)), tag = "files")]
pub(super) async fn unpin(State(app): State<App>, caller: Caller, JsonBody(ask): JsonBody<PinAsk>) -> ApiResult<StatusCode> {
    app.blobs.unpin(&wanted_pin(&app, &caller, ask).await?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn wanted_pin(app: &App, caller: &Caller, ask: PinAsk) -> ApiResult<Pin> {
    if !caller.person.role.may_write() {
        return Err(Code::NotAllowed.into());
    }
    match (ask.blob, ask.document, ask.kind) {
        (Some(hash), Some(document), None) => {
            let document = find(app, caller.person.id, document_id(&document)?).await?.id;
            Ok(Pin::Blob(named_here(app, document, &hash).await?))
        }
        (None, Some(document), None) => Ok(Pin::Document(find(app, caller.person.id, document_id(&document)?).await?.id)),
        (None, None, Some(kind)) => {
            let kind: jeli_protocol::kinds::Kind = kind.parse().map_err(|_| Code::UnknownKind)?;
            Ok(Pin::Kind(kind.name().to_owned()))
        }
        _ => Err(ApiError::field("blob")),
    }
}

/// A document that this visitor may read.
async fn readable(app: &App, visitor: &Visitor, id: &str) -> ApiResult<DocumentId> {
    let document = document_id(id)?;
    visitor.admit(document)?;
    Ok(find(app, visitor.person.id, document).await?.id)
}

/// What the document names as it stands now, and in its history.
async fn named_by(app: &App, document: DocumentId) -> ApiResult<Vec<NamedFile>> {
    app.documents.tell_now(document).await;
    Ok(app.blobs.named(Some(document)).await?)
}

/// A content that the document names, now or in its history. To ask for another is to ask for none.
async fn named_here(app: &App, document: DocumentId, hash: &str) -> ApiResult<BlobHash> {
    let hash: BlobHash = hash.parse().map_err(|_| Code::UnknownFile)?;
    let named = named_by(app, document).await?;
    named.iter().find(|file| file.hash == hash).map(|file| file.hash).ok_or_else(|| Code::UnknownFile.into())
}

/// Of which school each computer is that this node knows.
pub(super) async fn schools(app: &App) -> ApiResult<HashMap<jeli_protocol::ids::NodeId, SchoolInfo>> {
    let spaces = app.replica.ask(|reply| Request::Spaces { reply }).await??;
    let members = spaces.into_iter().flat_map(|space| space.members);
    Ok(members.flat_map(|member| member.nodes.into_iter().map(move |node| (node.id, member.school.clone()))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_to_save_under_cannot_break_out_of_its_header() {
        let said = |name| disposition(Some(name), Showing::Media).expect("a header").to_str().expect("ASCII").to_owned();
        assert_eq!(said("a\"; filename=b.exe\r\nx: y"), "attachment; filename*=UTF-8''a_%3B%20filename%3Db.exex_%20y");
        assert_eq!(said("../../Сабақ.jpg").matches('/').count(), 0);
        assert_eq!(disposition(None, Showing::Media).expect("a header").to_str().expect("ASCII").split(';').next(), Some("inline"));
        for saved in [Showing::None, Showing::Pdf] {
            assert_eq!(disposition(None, saved).expect("a header").to_str().expect("ASCII").split(';').next(), Some("attachment"));
        }
    }
}
