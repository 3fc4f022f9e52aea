//! Parts of what is fetched: a browser goes on with what was cut off, and looks into a film before all of it is there.

use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use super::error::{ApiResult, Code};

/// What of `size` bytes a request asks for, with what the answer says of that. None: it asks beyond the end.
pub(super) fn ranged(asked: &HeaderMap, size: u64, answer: &mut HeaderMap) -> ApiResult<Option<(StatusCode, std::ops::Range<u64>)>> {
    let said = |text: String| HeaderValue::from_str(&text).map_err(|_| Code::Internal);
    answer.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    let (status, range) = match asked.get(RANGE).and_then(|range| range.to_str().ok()).map(|range| part(range, size)) {
        Some(Part::Of(range)) => {
            answer.insert(CONTENT_RANGE, said(format!("bytes {}-{}/{size}", range.start, range.end - 1))?);
            (StatusCode::PARTIAL_CONTENT, range)
        }
        Some(Part::Beyond) => {
            answer.insert(CONTENT_RANGE, said(format!("bytes */{size}"))?);
            return Ok(None);
        }
        Some(Part::NotUnderstood) | None => (StatusCode::OK, 0..size),
    };
    answer.insert(CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    Ok(Some((status, range)))
}

/// What of a content a request asks for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Of(std::ops::Range<u64>),
    Beyond,
    /// Several parts, or other units: all of it is the answer, as the standard allows.
    NotUnderstood,
}

fn part(range: &str, size: u64) -> Part {
    let Some((from, to)) = range.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else { return Part::NotUnderstood };
    let number = |text: &str| text.parse::<u64>().ok();
    let (from, to) = match (from, to) {
        ("", last) => match number(last) {
            Some(0) => return Part::Beyond,
            Some(last) => (size.saturating_sub(last), size),
            None => return Part::NotUnderstood,
        },
        (from, "") => match number(from) {
            Some(from) => (from, size),
            None => return Part::NotUnderstood,
        },
        (from, to) => match (number(from), number(to)) {
            (Some(from), Some(to)) if from <= to => (from, to.saturating_add(1).min(size)),
            _ => return Part::NotUnderstood,
        },
    };
    if from < to { Part::Of(from..to) } else { Part::Beyond }
}

/// Whatever a header says, the part lies within the content. For tests.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn try_part(bytes: &[u8]) {
    let (size, said) = bytes.split_at(bytes.len().min(8));
    let size = size.iter().fold(0, |size: u64, byte| size << 8 | u64::from(*byte));
    for size in [size, size % 1_000, u64::MAX] {
        if let Part::Of(range) = part(&String::from_utf8_lossy(said), size) {
            assert!(range.start < range.end && range.end <= size, "{range:?} of {size}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_file_is_what_was_asked_for_or_all_of_it() {
        assert_eq!(part("bytes=0-99", 1_000), Part::Of(0..100));
        assert_eq!(part("bytes=900-", 1_000), Part::Of(900..1_000));
        assert_eq!(part("bytes=-100", 1_000), Part::Of(900..1_000));
        assert_eq!(part("bytes=900-5000", 1_000), Part::Of(900..1_000));
        assert_eq!(part("bytes=-5000", 1_000), Part::Of(0..1_000));
        for beyond in ["bytes=1000-", "bytes=-0", "bytes=5000-6000"] {
            assert_eq!(part(beyond, 1_000), Part::Beyond, "{beyond}");
        }
        for other in ["bytes=0-1,5-6", "lines=1-2", "bytes=9-3", "bytes=a-b", "bytes", ""] {
            assert_eq!(part(other, 1_000), Part::NotUnderstood, "{other}");
        }
    }
}
