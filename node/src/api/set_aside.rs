//! Words that could not be kept in their document.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;

use super::App;
use super::auth::Visitor;
use super::body::JsonBody;
use super::documents::document_id;
use super::error::{ApiResult, Code};
use super::shapes::{SetAsideAction, SetAsideAsk, SetAsideDone, SetAsideView};
use crate::documents::set_aside;

#[derive(Deserialize)]
pub(super) struct OfDocument {
    document: Option<String>,
}

#[utoipa::path(get, path = "/api/v1/set-aside", params(("document" = Option<String>, Query)), responses((status = 200, body = Vec<SetAsideView>)),
    tag = "set aside")]
pub(super) async fn list(State(app): State<App>, visitor: Visitor, Query(filter): Query<OfDocument>) -> ApiResult<Json<Vec<SetAsideView>>> {
    let document = filter.document.as_deref().map(document_id).transpose()?;
    let person = visitor.person.id;
    let pieces = app.replica.with_db(move |db| set_aside::list(db, person, document)).await??;
    Ok(Json(pieces.iter().map(SetAsideView::from).collect()))
}

#[utoipa::path(post, path = "/api/v1/set-aside/{id}", params(("id" = i64, Path)), request_body = SetAsideAsk,
    responses((status = 200, body = SetAsideDone)), tag = "set aside")]
pub(super) async fn resolve(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<i64>,
    JsonBody(ask): JsonBody<SetAsideAsk>,
) -> ApiResult<Json<SetAsideDone>> {
    let person = visitor.person.id;
    let document = match ask.action {
        SetAsideAction::Drop => None,
        // A copy is a document of the school's own space, in which a guest has no part.
        SetAsideAction::Copy if visitor.seat.is_some() => return Err(Code::NotAllowed.into()),
        SetAsideAction::Copy => Some(super::copy::keep_as_copy(&app, &visitor.person, id).await?),
    };
    // Let go of only when the copy is safe.
    if app.replica.with_db(move |db| set_aside::remove(db, person, id)).await?? == 0 {
        return Err(Code::UnknownSetAside.into());
    }
    Ok(Json(SetAsideDone { document: document.map(|document| document.to_string()) }))
}
