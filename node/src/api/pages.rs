//! The page itself: the web build, embedded; or, where the program was built without it, a plain page that says how to build it.

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::error::{ApiError, Code};

#[derive(RustEmbed)]
#[folder = "../client/web/dist"]
#[allow_missing = true]
struct Build;

const ENTRY: &str = "index.html";
/// Files whose name holds a hash of their content never change.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>jeli</title>\
<body style=\"font-family:sans-serif;max-width:40em;margin:4em auto\"><h1>jeli</h1>\
<p>The node is running. Its page was not built into this program.</p>\
<p>Build it and then the program again: <code>cd client/web &amp;&amp; npm ci &amp;&amp; npm run build</code>, then <code>cargo build -p jeli-node</code>.</p>\
<p>The API is at <a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>.</p>";

/// Whatever is no API address: a file of the build, or, for the page's own addresses, its entry.
pub(super) async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return ApiError::from(Code::NotFound).into_response();
    }
    let asked = if path.is_empty() { ENTRY } else { path };
    if let Some(response) = file(asked, &headers) {
        return response;
    }
    // A missing asset is missing; an address of the page is the page's to show.
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return StatusCode::NOT_FOUND.into_response();
    }
    file(ENTRY, &headers).unwrap_or_else(|| ([(CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT).into_response())
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = Build::get(path);
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let packed = [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(name, _)| accepts(accepted, name))
        .find_map(|(name, ending)| Build::get(&format!("{path}.{ending}")).map(|file| (name, file)));
    let (encoding, found) = match (packed, plain) {
        (Some((name, file)), _) => (Some(name), file),
        (None, Some(file)) => (None, file),
        (None, None) => return None,
    };
    Some(answer(path, encoding, found, headers))
}

fn answer(path: &str, encoding: Option<&'static str>, found: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}{}\"", data_encoding::HEXLOWER.encode(&found.metadata.sha256_hash()[..16]), encoding.unwrap_or_default());
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut response = Response::new(Body::from(found.data.into_owned()));
    let head = response.headers_mut();
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = if kind.type_() == mime_guess::mime::TEXT { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    insert(head, CONTENT_TYPE, &kind);
    insert(head, ETAG, &tag);
    insert(head, VARY, ACCEPT_ENCODING.as_str());
    insert(head, CACHE_CONTROL, if has_hashed_name(path) { FOR_EVER } else { ASK_AGAIN });
    if let Some(encoding) = encoding {
        insert(head, CONTENT_ENCODING, encoding);
    }
    response
}

fn insert(headers: &mut HeaderMap, name: axum::http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|part| {
        let mut pieces = part.trim().split(';');
        let refused = |weight: &str| weight.trim().strip_prefix("q=").is_some_and(|weight| weight.trim_matches(['0', '.']).is_empty());
        pieces.next().is_some_and(|name| name.trim().eq_ignore_ascii_case(encoding)) && !pieces.any(refused)
    })
}

/// The build tool puts hashed files under `assets/` as `name-HASH.ext`.
fn has_hashed_name(path: &str) -> bool {
    path.starts_with("assets/")
        && path
            .rsplit('/')
            .next()
            .and_then(|name| name.split_once('.'))
            .is_some_and(|(stem, _)| stem.rsplit_once('-').is_some_and(|(_, hash)| hash.len() >= 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_counts_only_where_the_browser_takes_it() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("br;q=0.5", "br"));
        assert!(!accepts("gzip", "br"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("br;q=0.0", "br"));
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(has_hashed_name("assets/index-BxY3k9_q.js"));
        assert!(!has_hashed_name("index.html"));
        assert!(!has_hashed_name("sw.js"));
    }
}
