//! Bundles: made for a stick or a messenger, and opened.

use std::collections::BTreeSet;
use std::io::{self, SeekFrom};
use std::path::Path as FilePath;
use std::str::FromStr;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use jeli_protocol::ids::{BundleId, IdError, SchoolId, SpaceId};
use jeli_protocol::replica::Since;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio_util::io::ReaderStream;

use super::App;
use super::auth::Caller;
use super::body::JsonBody;
use super::error::{ApiError, ApiResult, Code};
use super::files::disposition;
use super::ranges::ranged;
use super::shapes::{BundleAsk, BundleView, MadeView, OpenedSpace, OpenedView};
use crate::blobs::media::Showing;
use crate::bundles::limits::MAX_BUNDLE_BYTES;
use crate::bundles::{BundleError, OnShelf, Wanted, WithFiles};
use crate::clock::Day;
use crate::limits::MAX_FILE_NAME_CHARS;
use crate::names;
use crate::replica_handle::{BundleWanted, Request};

#[utoipa::path(get, path = "/api/v1/bundles", responses((status = 200, body = Vec<BundleView>)), tag = "bundles")]
pub(super) async fn list(State(app): State<App>, _caller: Caller) -> ApiResult<Json<Vec<BundleView>>> {
    Ok(Json(views(&app, &app.bundles.on_shelf()?).await?))
}

#[utoipa::path(post, path = "/api/v1/bundles", request_body = BundleAsk, responses((status = 201, body = Vec<MadeView>)), tag = "bundles")]
pub(super) async fn make(State(app): State<App>, caller: Caller, JsonBody(ask): JsonBody<BundleAsk>) -> ApiResult<(StatusCode, Json<Vec<MadeView>>)> {
    if !caller.person.role.may_write() {
        return Err(Code::NotAllowed.into());
    }
    let of = BundleWanted {
        schools: ids::<SchoolId>(ask.schools, "schools")?,
        spaces: ids::<SpaceId>(ask.spaces, "spaces")?,
        since: if ask.everything { Since::Beginning } else { Since::Receipt },
        files: ask.files,
    };
    let files = if ask.files { WithFiles::Yes } else { WithFiles::No };
    let made = app.bundles.make(&Wanted { of, files, max_bytes: ask.max_bytes }).await?;
    let mut answer = Vec::new();
    for one in &made {
        answer.push(MadeView::new(one, views(&app, &one.parts).await?));
    }
    Ok((StatusCode::CREATED, Json(answer)))
}

fn ids<T: FromStr<Err = IdError> + Ord>(said: Option<Vec<String>>, field: &str) -> ApiResult<Option<BTreeSet<T>>> {
    let read = said.map(|said| said.iter().map(|id| id.parse()).collect::<Result<BTreeSet<T>, IdError>>());
    read.transpose().map_err(|_| ApiError::field(field))
}

#[utoipa::path(post, path = "/api/v1/bundles/opened", request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = OpenedView)), tag = "bundles")]
pub(super) async fn open(State(app): State<App>, _caller: Caller, body: Body) -> ApiResult<Json<OpenedView>> {
    let half = app.bundles.place_to_write()?;
    write(&app, half.path(), body).await?;
    // Whoever sent it may go: what was begun is done to the end.
    let bundles = app.bundles.clone();
    let opened = tokio::spawn(async move { bundles.take_in(half).await }).await.map_err(|_| Code::Internal)??;
    let known = app.replica.ask(|reply| Request::Spaces { reply }).await??;
    let name = |id: &SpaceId| known.iter().find(|space| space.id == *id).map(|space| space.name.clone()).unwrap_or_default();
    let spaces = opened.new_entries.iter().map(|(id, new)| OpenedSpace { id: id.to_string(), name: name(id), new_entries: *new });
    Ok(Json(OpenedView::new(&opened, spaces.collect())))
}

async fn write(app: &App, half: &FilePath, body: Body) -> ApiResult<()> {
    let failed = |error: io::Error| ApiError::from(BundleError::Io(error));
    let mut file = tokio::fs::File::create_new(half).await.map_err(failed)?;
    let mut pieces = body.into_data_stream();
    let mut length = 0_u64;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Code::BundleBrokeOff)?;
        length += piece.len() as u64;
        if length > MAX_BUNDLE_BYTES {
            return Err(BundleError::TooLarge.into());
        }
        // Words keep their reserve, however large it turns out to be.
        app.bundles.check_room()?;
        file.write_all(&piece).await.map_err(failed)?;
    }
    file.sync_all().await.map_err(failed)
}

#[utoipa::path(get, path = "/api/v1/bundles/{id}", params(("id" = String, Path)), responses((status = 200), (status = 206)), tag = "bundles")]
pub(super) async fn fetch(State(app): State<App>, _caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> ApiResult<Response> {
    let bundle = app.bundles.find(&bundle_id(&id)?)?;
    let etag = HeaderValue::from_str(&format!("\"{id}\"")).map_err(|_| Code::Internal)?;
    if headers.get(IF_NONE_MATCH) == Some(&etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response());
    }
    let mut answer = HeaderMap::new();
    answer.insert(ETAG, etag);
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    answer.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    answer.insert(CONTENT_DISPOSITION, disposition(Some(&name_of(&app, &bundle).await?), Showing::None)?);
    let size = bundle.bytes;
    let Some((status, range)) = ranged(&headers, size, &mut answer)? else {
        return Ok((StatusCode::RANGE_NOT_SATISFIABLE, answer).into_response());
    };
    let failed = |error: io::Error| ApiError::from(BundleError::Io(error));
    let mut file = match tokio::fs::File::open(&bundle.path).await {
        Ok(file) => file,
        // Taken away a moment ago.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Code::UnknownBundle.into()),
        Err(error) => return Err(failed(error)),
    };
    file.seek(SeekFrom::Start(range.start)).await.map_err(failed)?;
    let body = Body::from_stream(ReaderStream::new(file.take(range.end - range.start)));
    Ok((status, answer, body).into_response())
}

#[utoipa::path(delete, path = "/api/v1/bundles/{id}", params(("id" = String, Path)), responses((status = 204)), tag = "bundles")]
pub(super) async fn remove(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> ApiResult<StatusCode> {
    if !caller.person.role.may_write() {
        return Err(Code::NotAllowed.into());
    }
    app.bundles.remove(&bundle_id(&id)?)?;
    Ok(StatusCode::NO_CONTENT)
}

fn bundle_id(text: &str) -> ApiResult<BundleId> {
    text.parse().map_err(|_| Code::UnknownBundle.into())
}

async fn views(app: &App, bundles: &[OnShelf]) -> ApiResult<Vec<BundleView>> {
    let mut views = Vec::with_capacity(bundles.len());
    for bundle in bundles {
        views.push(BundleView::new(bundle, name_of(app, bundle).await?));
    }
    Ok(views)
}

/// Under which name a bundle is saved: its school and day, and what tells it from others of that day.
async fn name_of(app: &App, bundle: &OnShelf) -> ApiResult<String> {
    let (said, maker) = (bundle.cover.said(), bundle.cover.maker());
    let made_s = i64::try_from(said.made_ms / 1_000).unwrap_or(0);
    let day = app.replica.with_db(move |db| Day::of(db, made_s)).await?;
    let date = day.map(|day| day.date.to_string()).unwrap_or_default();
    let part = if said.part.of > 1 { format!(" {}-{}", said.part.number, said.part.of) } else { String::new() };
    let mark: String = bundle.id().to_string().chars().take(8).collect();
    Ok(names::file_name(&format!("{} {date} {mark}{part}.jeli", maker.school_name), MAX_FILE_NAME_CHARS))
}
