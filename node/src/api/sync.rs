//! The door to the automerge-repo protocol.

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;

use super::App;
use super::auth::Visitor;
use super::error::{ApiResult, Code};
use crate::browser::{self, Visit};
use crate::limits::MAX_SOCKET_MESSAGE_BYTES;

#[utoipa::path(get, path = "/sync", responses((status = 101)), tag = "documents")]
pub(super) async fn sync(State(app): State<App>, visitor: Visitor, upgrade: WebSocketUpgrade) -> ApiResult<Response> {
    let permit = app.sockets.admit(visitor.person.id).map_err(|_| Code::TooManyTabs)?;
    let signed_out = visitor.signed_out(&app);
    let visit = Visit { person: visitor.person, seat: visitor.seat };
    let storage_id = app.replica.identity().node.id.to_string();
    Ok(upgrade
        .max_message_size(MAX_SOCKET_MESSAGE_BYTES)
        .max_frame_size(MAX_SOCKET_MESSAGE_BYTES)
        .on_upgrade(move |socket| browser::serve(socket, app.documents.clone(), app.sockets.clone(), visit, storage_id, signed_out, permit)))
}
