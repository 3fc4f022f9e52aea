//! What every request must pass before it is looked at: a host name that is ours, no other site's page behind it; and the headers that
//! every answer carries.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::App;
use super::auth;
use super::error::{ApiError, Code};

/// Nothing from outside the node, ever. Automerge is WebAssembly; ProseMirror sets inline styles.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
media-src 'self' blob:; \
connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The names by which browsers reach this node. An address in digits always counts: a page of another site that rebinds its name to our
/// address still sends its own name as `Host`.
#[derive(Debug, Clone, Default)]
pub struct KnownHosts(Arc<[String]>);

impl KnownHosts {
    /// These names and `localhost`.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().map(|name| name.trim_end_matches('.').to_ascii_lowercase()).collect())
    }

    fn knows(&self, host: &str) -> bool {
        let name = without_port(host).trim_end_matches('.').to_ascii_lowercase();
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
        address.parse::<IpAddr>().is_ok() || name == "localhost" || self.0.contains(&name)
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && (!name.contains(':') || name.ends_with(']')) => name,
        _ => host,
    }
}

/// Checks `Host` and `Origin`, then lets the request through and dresses the answer.
pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/") || request.uri().path() == "/sync";
    let mut response = match admit(&app.hosts, request.method(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    let headers = response.headers_mut();
    // Files have a stricter one of their own.
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    if is_api {
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

fn admit(hosts: &KnownHosts, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
    // HTTP/2 puts the host into the address.
    let host = match headers.get(HOST) {
        Some(host) => host.to_str().map_err(|_| Code::ForeignHost)?,
        None => uri.authority().map(|authority| authority.as_str()).ok_or(Code::ForeignHost)?,
    };
    if !hosts.knows(host) {
        return Err(Code::ForeignHost.into());
    }
    let safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    // A WebSocket begins with GET, and browsers let any page open one to anywhere: it counts as unsafe.
    if safe && uri.path() != "/sync" {
        return Ok(());
    }
    match headers.get(ORIGIN) {
        Some(origin) if same_origin(origin, host) => Ok(()),
        None if auth::has_token(headers) => Ok(()),
        _ => Err(Code::ForeignOrigin.into()),
    }
}

fn same_origin(origin: &HeaderValue, host: &str) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let Some(of) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) else { return false };
    of.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (axum::http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn judge(method: Method, path: &str, pairs: &[(&'static str, &str)]) -> Result<(), Code> {
        let hosts = KnownHosts::new(["school.local".to_owned()]);
        admit(&hosts, &method, &path.parse().unwrap(), &headers(pairs)).map_err(|error| error.code)
    }

    #[test]
    fn a_rebound_name_is_refused_and_our_names_and_addresses_are_not() {
        for ours in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "192.168.1.7", "school.local", "SCHOOL.local.:80"] {
            assert_eq!(judge(Method::GET, "/api/v1/node", &[("host", ours)]), Ok(()), "{ours}");
        }
        for foreign in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8080", ""] {
            assert_eq!(judge(Method::GET, "/api/v1/node", &[("host", foreign)]), Err(Code::ForeignHost), "{foreign}");
        }
        assert_eq!(judge(Method::GET, "/api/v1/node", &[]), Err(Code::ForeignHost), "no host at all");
    }

    #[test]
    fn another_sites_page_can_neither_post_nor_open_the_socket() {
        let ours = [("host", "localhost:8080"), ("origin", "http://localhost:8080")];
        assert_eq!(judge(Method::POST, "/api/v1/session", &ours), Ok(()));
        assert_eq!(judge(Method::GET, "/sync", &ours), Ok(()));
        for origin in ["http://evil.example", "http://localhost:9090", "null", "https://localhost"] {
            let theirs = [("host", "localhost:8080"), ("origin", origin)];
            assert_eq!(judge(Method::POST, "/api/v1/session", &theirs), Err(Code::ForeignOrigin), "{origin}");
            assert_eq!(judge(Method::GET, "/sync", &theirs), Err(Code::ForeignOrigin), "{origin}");
        }
    }

    #[test]
    fn a_program_with_a_token_needs_no_origin_and_one_without_is_refused() {
        assert_eq!(judge(Method::POST, "/api/v1/spaces", &[("host", "localhost"), ("authorization", "Bearer x")]), Ok(()));
        assert_eq!(judge(Method::POST, "/api/v1/spaces", &[("host", "localhost")]), Err(Code::ForeignOrigin));
    }
}
