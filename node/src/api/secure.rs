//! Where the page is served over TLS, and what a phone has to trust for it. Open to everybody at the school: a phone asks before it signs in.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::App;
use super::error::{ApiError, Code};

/// `null` where the page is not served over TLS.
#[derive(Serialize, ToSchema)]
pub(super) struct SecureView {
    port: u16,
    /// SHA-256 of the authority's certificate, pairs of hex digits: what two people compare.
    fingerprint: String,
}

#[utoipa::path(get, path = "/api/v1/secure", responses((status = 200, body = Option<SecureView>)), tag = "node")]
pub(super) async fn secure(State(app): State<App>) -> Json<Option<SecureView>> {
    Json(app.secure.as_ref().map(|facts| SecureView { port: facts.port, fingerprint: facts.fingerprint.to_string() }))
}

/// The certificate of the node's authority, as phones take it in.
pub(super) async fn authority(State(app): State<App>) -> Response {
    match &app.secure {
        Some(facts) => {
            let head = [(CONTENT_TYPE, "application/x-x509-ca-cert"), (CONTENT_DISPOSITION, "attachment; filename=\"jeli.crt\"")];
            (head, facts.authority_pem.to_string()).into_response()
        }
        None => ApiError::from(Code::NotFound).into_response(),
    }
}
