//! The node's state, its line, and the events that say "ask again".

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use futures::{Stream, StreamExt};
use serde_json::json;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;

use super::App;
use super::auth::{Caller, Director, Visitor};
use super::body::JsonBody;
use super::error::{ApiResult, Code};
use super::shapes::{LineAsk, StatusView};
use crate::events::Event;
use crate::limits::EVENT_KEEPALIVE;
use crate::replica_handle::{Line, Request};

#[utoipa::path(get, path = "/api/v1/status", responses((status = 200, body = StatusView)), tag = "node")]
pub(super) async fn status(State(app): State<App>, _caller: Caller) -> ApiResult<Json<StatusView>> {
    let status = app.replica.ask(|reply| Request::NodeStatus { reply }).await??;
    Ok(Json(StatusView::new(app.replica.identity(), &status)))
}

#[utoipa::path(post, path = "/api/v1/line", request_body = LineAsk, responses((status = 204)), tag = "node")]
pub(super) async fn line(State(app): State<App>, _director: Director, JsonBody(ask): JsonBody<LineAsk>) -> ApiResult<StatusCode> {
    let line = if ask.cut { Line::Cut } else { Line::Open };
    app.replica.ask(|reply| Request::SetLine { line, reply }).await??;
    app.events.tell(Event::Network);
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(get, path = "/api/v1/events", responses((status = 200, content_type = "text/event-stream")), tag = "node")]
pub(super) async fn events(State(app): State<App>, visitor: Visitor) -> ApiResult<Sse<impl Stream<Item = Result<SseEvent, Infallible>>>> {
    let permit = Arc::clone(&app.event_streams).try_acquire_owned().map_err(|_| Code::TooManyTabs)?;
    let (stopping, signed_out) = (app.stopping.clone(), visitor.signed_out(&app));
    let stream = BroadcastStream::new(app.events.listen())
        .filter_map(move |event| {
            // The permit lives as long as the stream.
            let _held = &permit;
            std::future::ready(spoken(event, &visitor).map(Ok))
        })
        .take_until(stopping.run_until_cancelled_owned(signed_out));
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(EVENT_KEEPALIVE)))
}

/// The event as this visitor hears it; None where it is not for them. A guest hears of their document and nothing else.
fn spoken(event: Result<Event, BroadcastStreamRecvError>, visitor: &Visitor) -> Option<SseEvent> {
    let (name, data) = match event {
        // A stream that fell behind asks for everything again.
        Err(BroadcastStreamRecvError::Lagged(_)) => ("all", json!({})),
        Ok(event) if !event.audience().admits(visitor.person.id) => return None,
        Ok(event) if visitor.seat.as_ref().is_some_and(|seat| event.document() != Some(seat.document)) => return None,
        Ok(Event::Documents { space }) => ("documents", json!({ "space": space.to_string() })),
        Ok(Event::Status { document, .. }) => ("status", json!({ "document": document.to_string() })),
        Ok(Event::Presence { document, .. }) => ("presence", json!({ "document": document.to_string() })),
        Ok(Event::Access { document, can_write, audience: _, peer, reason }) => {
            ("access", json!({ "document": document.to_string(), "can_write": can_write.is_yes(), "peer": peer, "reason": reason }))
        }
        Ok(Event::Files { document, .. }) => ("files", json!({ "document": document.to_string() })),
        Ok(Event::Network) => ("network", json!({})),
    };
    Some(SseEvent::default().event(name).data(data.to_string()))
}
