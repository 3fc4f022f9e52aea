//! Files in, by the tus protocol (<https://tus.io/protocols/resumable-upload>, version 1.0.0, core, creation and termination): a phone on weak Wi-Fi goes on where
//! it was cut off. What a whole upload has become is told by GET.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::App;
use super::auth::Visitor;
use super::error::{ApiError, ApiResult, Code};
use super::shapes::UploadView;
use crate::blobs::limits::MAX_BLOB_BYTES;
use crate::blobs::media::{LOOK_BYTES, media_of};
use crate::blobs::{Sender, Upload, UploadId};

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const PIECE: &str = "application/offset+octet-stream";

#[utoipa::path(post, path = "/api/v1/uploads", params(("upload-length" = u64, Header)), responses((status = 201)), tag = "files")]
pub(super) async fn begin(State(app): State<App>, visitor: Visitor, headers: HeaderMap) -> ApiResult<Response> {
    if !visitor.person.role.may_write() {
        return Err(Code::NotAllowed.into());
    }
    let length = number(&headers, &LENGTH)?;
    let sender = Sender { person: visitor.person.id, is_guest: visitor.seat.is_some() };
    let upload = app.uploads.begin(sender, length).await?;
    let location = HeaderValue::from_str(&format!("/api/v1/uploads/{}", upload.id)).map_err(|_| Code::Internal)?;
    let mut response = tus(StatusCode::CREATED, &upload);
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}

#[utoipa::path(get, path = "/api/v1/uploads/{id}", params(("id" = String, Path)), responses((status = 200, body = UploadView)), tag = "files")]
pub(super) async fn show(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> ApiResult<Json<UploadView>> {
    let upload = app.uploads.state(visitor.person.id, upload_id(&id)?).await?;
    let first = match &upload.hash {
        Some(hash) => super::files::first_bytes(&app, hash, upload.length.min(LOOK_BYTES)).await?,
        None => Vec::new(),
    };
    Ok(Json(UploadView {
        id: upload.id.to_string(),
        length: upload.length,
        offset: upload.offset,
        hash: upload.hash.map(|hash| hash.to_string()),
        media_type: upload.hash.map(|_| media_of(&first).0.to_owned()),
    }))
}

#[utoipa::path(head, path = "/api/v1/uploads/{id}", params(("id" = String, Path)), responses((status = 200)), tag = "files")]
pub(super) async fn head(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> ApiResult<Response> {
    let upload = app.uploads.state(visitor.person.id, upload_id(&id)?).await?;
    Ok(tus(StatusCode::OK, &upload))
}

#[utoipa::path(patch, path = "/api/v1/uploads/{id}", params(("id" = String, Path), ("upload-offset" = u64, Header)), responses((status = 204)), tag = "files")]
pub(super) async fn write(State(app): State<App>, visitor: Visitor, Path(id): Path<String>, headers: HeaderMap, body: Body) -> ApiResult<Response> {
    if headers.get(CONTENT_TYPE).is_none_or(|kind| kind != PIECE) {
        return Err(Code::BadRequest.into());
    }
    let offset = number(&headers, &OFFSET)?;
    let upload = app.uploads.write(visitor.person.id, upload_id(&id)?, offset, body.into_data_stream()).await?;
    Ok(tus(StatusCode::NO_CONTENT, &upload))
}

#[utoipa::path(delete, path = "/api/v1/uploads/{id}", params(("id" = String, Path)), responses((status = 204)), tag = "files")]
pub(super) async fn end(State(app): State<App>, visitor: Visitor, Path(id): Path<String>) -> ApiResult<Response> {
    app.uploads.end(visitor.person.id, upload_id(&id)?).await?;
    Ok((StatusCode::NO_CONTENT, [(RESUMABLE, VERSION)]).into_response())
}

/// What the node can do, as the protocol asks.
pub(super) async fn options() -> Response {
    let name = HeaderName::from_static;
    let headers = [
        (RESUMABLE, VERSION),
        (name("tus-version"), VERSION),
        (name("tus-extension"), HeaderValue::from_static("creation,termination")),
        (name("tus-max-size"), HeaderValue::from(MAX_BLOB_BYTES)),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

fn tus(status: StatusCode, upload: &Upload) -> Response {
    let headers = [(RESUMABLE, VERSION), (OFFSET, HeaderValue::from(upload.offset)), (LENGTH, HeaderValue::from(upload.length))];
    (status, headers).into_response()
}

fn number(headers: &HeaderMap, name: &HeaderName) -> ApiResult<u64> {
    let said = headers.get(name).and_then(|value| value.to_str().ok()).and_then(|value| value.parse().ok());
    said.ok_or_else(|| ApiError::field(name.as_str()))
}

fn upload_id(text: &str) -> ApiResult<UploadId> {
    Ok(text.parse::<UploadId>()?)
}
