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

/// What is shown is what its bytes are. For tests.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn try_media(first: &[u8]) {
    let (kind, showing) = media_of(first);
    assert!(kind.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '), "{kind}");
    let starts = |signature: &[u8]| first.starts_with(signature);
    let within = |at: usize, signature: &[u8]| first.get(at..).is_some_and(|rest| rest.starts_with(signature));
    let known = match kind {
        "image/jpeg" => starts(&[0xFF, 0xD8, 0xFF]),
        "image/png" => starts(b"\x89PNG"),
        "image/gif" => starts(b"GIF"),
        "image/webp" => within(8, b"WEBP"),
        "image/avif" | "video/mp4" | "audio/m4a" => within(4, b"ftyp") || starts(b"M4A "),
        "video/webm" => starts(&[0x1A, 0x45, 0xDF, 0xA3]),
        "audio/mpeg" => starts(b"ID3") || starts(&[0xFF]),
        "audio/ogg" => starts(b"OggS"),
        "audio/x-wav" => within(8, b"WAVE"),
        _ => false,
    };
    match showing {
        Showing::Media => assert!(known, "{kind}: {first:?}"),
        Showing::Pdf => assert_eq!(kind, "application/pdf"),
        Showing::Text => assert_eq!(kind, "text/plain; charset=utf-8"),
        Showing::None => assert!(!kind.starts_with("text/") && !kind.contains("html") && !kind.contains("svg") && !kind.ends_with("xml"), "{kind}"),
    }
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

    #[test]
    fn a_hostile_file_is_shown_as_words_or_not_at_all() {
        let kept =
            |name: &str| std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/hostile/files").join(name)).expect(name);
        for words in [
            "page.jpg",
            "page-after-spaces.png",
            "page-after-mark.gif",
            "page-after-comment.jpg",
            "page-late.txt",
            "drawing.svg",
            "sheet.xml",
            "application.hta",
            "message.jpg",
            "letter-late.pdf",
        ] {
            assert_eq!(media_of(&kept(words)), ("text/plain; charset=utf-8", Showing::Text), "{words}");
        }
        for bytes in [
            "page-in-utf16.jpg",
            "page-after-zero.jpg",
            "program.jpg",
            "program.png",
            "archive.jpg",
            "bomb.zip",
            "bomb.docx",
            "nothing.jpg",
            "one-byte.jpg",
        ] {
            assert_eq!(media_of(&kept(bytes)).1, Showing::None, "{bytes}");
        }
        for letter in ["letter.pdf", "letter-that-is-a-page.pdf", "letter-that-starts-a-program.pdf"] {
            assert_eq!(
                media_of(&kept(letter)),
                ("application/pdf", Showing::Pdf),
                "{letter}: in the browser's own viewer, which runs nothing of it here"
            );
        }
    }
}
