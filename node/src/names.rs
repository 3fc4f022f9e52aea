//! Names that people give: to schools, computers, spaces and themselves.

use crate::limits::{MAX_FILE_NAME_BYTES, MAX_NAME_CHARS};

/// The name without surrounding space and without marks that turn the direction of what follows: nobody sees them, and telephones put them
/// around a name. None where it has no letter or digit, is longer than [`MAX_NAME_CHARS`], or is more than a line.
pub(crate) fn clean(name: &str) -> Option<String> {
    clean_within(name, MAX_NAME_CHARS)
}

/// As [`clean`], with another bound.
pub(crate) fn clean_within(name: &str, max_chars: usize) -> Option<String> {
    let name: String = name.chars().filter(|character| !turns(*character)).collect();
    let name = name.trim();
    let fits = name.chars().any(char::is_alphanumeric) && name.chars().count() <= max_chars && !name.chars().any(char::is_control);
    fits.then(|| name.to_owned())
}

/// A name to save a file under, on whatever system: without separators of folders, control characters and marks that turn or hide, not too long, no device of
/// Windows, its ending kept. `file` where nothing is left.
pub(crate) fn file_name(name: &str, max_chars: usize) -> String {
    let clean: String = name.chars().filter(|letter| !hides(*letter)).map(usable).collect();
    let clean = clean.trim_matches([' ', '.']);
    // What has no ending is cut before it is looked at: what is last then may look like one.
    let clean = if split(clean).1.is_empty() { cut(clean, max_chars, MAX_FILE_NAME_BYTES) } else { clean };
    let (stem, ending) = split(clean);
    let kept = cut(stem, max_chars.saturating_sub(ending.chars().count()), MAX_FILE_NAME_BYTES.saturating_sub(ending.len()));
    let whole = if kept.is_empty() { format!("file{ending}") } else { format!("{kept}{ending}") };
    if is_device(&whole) { format!("_{whole}") } else { whole }
}

/// What stands before the ending, and the ending with its dot; none where it would be long.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name[dot + 1..].chars().count() <= 10 => name.split_at(dot),
        _ => (name, ""),
    }
}

/// At most so many letters and bytes. Windows drops dots and spaces at an end, and finds another file.
fn cut(text: &str, letters: usize, bytes: usize) -> &str {
    let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let end = ends.take(letters).take_while(|end| *end <= bytes).last().unwrap_or(0);
    text[..end].trim_end_matches([' ', '.'])
}

fn usable(letter: char) -> char {
    match letter {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        space if space.is_whitespace() => ' ',
        other => other,
    }
}

/// Marks without width, and those that steer.
fn hides(letter: char) -> bool {
    steers(letter)
        || matches!(letter, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Devices on Windows, with whatever ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end_matches(' ').to_lowercase();
    let numbered = |port: &str| {
        stem.strip_prefix(port).is_some_and(|rest| rest.chars().count() == 1 && rest.chars().all(|digit| "0123456789¹²³".contains(digit)))
    };
    ["con", "prn", "aux", "nul", "conin$", "conout$"].contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

/// Control characters, and those that turn the direction of what follows: a name is shown amid other words.
pub(crate) fn steers(character: char) -> bool {
    character.is_control() || turns(character)
}

fn turns(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whatever somebody calls a file, what comes of it is a name in a folder. For tests.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn try_file_name(bytes: &[u8]) {
    const MAX: usize = 120;
    let name = file_name(&String::from_utf8_lossy(bytes), MAX);
    assert!(!name.is_empty() && name.chars().count() <= MAX + 1 && name.len() <= MAX_FILE_NAME_BYTES + 1, "{name:?}");
    assert!(!name.chars().any(|letter| letter.is_control() || turns(letter) || "/\\:*?\"<>|".contains(letter)), "{name:?}");
    assert!(!name.starts_with([' ', '.']) && !name.ends_with([' ', '.']) && !is_device(&name), "{name:?}");
    assert_eq!(file_name(&name, MAX + 1), name, "safe is safe");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_saved_under_a_name_of_its_folder() {
        assert_eq!(file_name("../../etc/passwd", 60), "_.._etc_passwd");
        assert_eq!(file_name("Сабақ \u{202E}gpj.exe", 60), "Сабақ gpj.exe");
        assert_eq!(file_name("a\0b\r\nc.jpg", 60), "abc.jpg");
        assert_eq!(file_name("", 60), "file");
        assert_eq!(file_name(" .. ", 60), "file");
        assert_eq!(file_name(&format!("{}.jpg", "ә".repeat(500)), 60).chars().count(), 60);
        assert!(file_name(&format!("{}.jpg", "ә".repeat(500)), 60).ends_with(".jpg"));
    }

    #[test]
    fn a_hostile_name_is_a_name_in_a_folder_on_any_system() {
        let names: Vec<String> = serde_json::from_str(include_str!("../../tests/hostile/names.json")).expect("a list of names");
        assert!(names.len() > 80);
        for name in names {
            try_file_name(name.as_bytes());
        }
        for (name, safe) in [
            ("CON.jpg", "_CON.jpg"),
            ("lpt1 .txt", "_lpt1.txt"),
            ("console.txt", "console.txt"),
            // Cut, it has an ending.
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..bbbbbbbbbbbb", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbb"),
            ("a\"b.txt", "a_b.txt"),
            ("photo\u{A0}\u{3000}.jpg", "photo.jpg"),
            ("Сабақ жоспары (7-сынып).docx", "Сабақ жоспары (7-сынып).docx"),
        ] {
            assert_eq!(file_name(name, 60), safe);
        }
        assert!(file_name(&format!("{}.docx", "語".repeat(300)), 120).len() <= MAX_FILE_NAME_BYTES);
    }

    #[test]
    fn a_name_is_a_line_that_leaves_its_neighbours_alone() {
        assert_eq!(clean("  «Бірлік» мектебі 🏫 "), Some("«Бірлік» мектебі 🏫".to_owned()));
        assert_eq!(clean("\u{202A}Асель\u{202C} "), Some("Асель".to_owned()), "as a telephone gives it");
        for wrong in ["", "\u{200B}\u{200B}", " \n ", "two\nlines", "\u{202E}", &"ә".repeat(MAX_NAME_CHARS + 1)] {
            assert_eq!(clean(wrong), None, "{wrong:?}");
        }
        assert!(clean(&"ә".repeat(MAX_NAME_CHARS)).is_some());
    }
}
