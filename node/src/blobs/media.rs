//! What a content is by its first bytes, and whether a browser may show it. Its name and what somebody said of it are not asked.

/// Bytes that are looked at.
pub const LOOK_BYTES: u64 = 8 * 1024;

/// What may be done with a content in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Showing {
    /// A picture, sound or film that browsers decode and never run.
    Media,
    /// A document that browsers show in a viewer of their own.
    Pdf,
    /// Words, shown as words.
    Text,
    /// Nothing: it is saved.
    None,
}

/// Media type and what may be shown of it. What is not known for sure is bytes.
pub fn media_of(first: &[u8]) -> (&'static str, Showing) {
    const SHOWN: [&str; 11] = [
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "image/avif",
        "video/mp4",
        "video/webm",
        "audio/mpeg",
        "audio/ogg",
        "audio/x-wav",
        "audio/m4a",
    ];
    match infer::get(first).map(|kind| kind.mime_type()) {
        Some("application/pdf") => ("application/pdf", Showing::Pdf),
        Some(kind) if SHOWN.contains(&kind) => (kind, Showing::Media),
        // What runs in a page is words here, and shown as such.
        Some("text/html" | "text/xml" | "application/xml") => ("text/plain; charset=utf-8", Showing::Text),
        Some(kind) if !kind.starts_with("text/") => (kind, Showing::None),
        _ if is_text(first) => ("text/plain; charset=utf-8", Showing::Text),
        _ => ("application/octet-stream", Showing::None),
    }
}

fn is_text(first: &[u8]) -> bool {
    let whole = match std::str::from_utf8(first) {
        Ok(text) => text,
        // The look may end within a letter.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&first[..error.valid_up_to()]).unwrap_or("\0"),
        Err(_) => return false,
    };
    !first.is_empty() && !whole.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t' | '\u{c}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_in_a_page_is_never_shown_as_what_it_is() {
        for words in [
            "<!DOCTYPE html><script>alert(1)</script>",
            "<html><body>",
            "<?xml version=\"1.0\"?><svg onload=\"x\"/>",
            "<svg xmlns=\"x\"/>",
            "const a = 1",
        ] {
            assert_eq!(media_of(words.as_bytes()), ("text/plain; charset=utf-8", Showing::Text), "{words}");
        }
    }

    #[test]
    fn pictures_are_known_by_their_bytes_and_bytes_are_bytes() {
        assert_eq!(media_of(&[0xFF, 0xD8, 0xFF, 0xE0]).1, Showing::Media);
        assert_eq!(media_of(b"\x89PNG\r\n\x1a\n").1, Showing::Media);
        assert_eq!(media_of(b"%PDF-1.7\n"), ("application/pdf", Showing::Pdf));
        assert_eq!(media_of(b"PK\x03\x04").1, Showing::None);
        assert_eq!(media_of(&[0, 1, 2, 3]), ("application/octet-stream", Showing::None));
        assert_eq!(media_of(b""), ("application/octet-stream", Showing::None));
        let letters = "Қазақша мәтін".as_bytes();
        assert_eq!(media_of(&letters[..letters.len() - 1]).1, Showing::Text, "the look ended within a letter");
    }
}
