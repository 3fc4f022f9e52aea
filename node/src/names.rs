//! Names that people give: to schools, computers, spaces and themselves.

use crate::limits::MAX_NAME_CHARS;

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

/// A name to save a file under, on whatever system: without separators of folders, control characters and marks that turn or hide, not too long, its ending
/// kept. `file` where nothing is left.
pub(crate) fn file_name(name: &str, max_chars: usize) -> String {
    let hidden = |letter: char| steers(letter) || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{061C}' | '\u{FEFF}');
    let clean: String =
        name.chars().filter(|letter| !hidden(*letter)).map(|letter| if "/\\:*?<>|".contains(letter) { '_' } else { letter }).collect();
    let clean = clean.trim_matches([' ', '.']);
    let (stem, ending) = match clean.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.chars().count() <= 10 => (stem, format!(".{ending}")),
        _ => (clean, String::new()),
    };
    let stem: String = stem.chars().take(max_chars.saturating_sub(ending.chars().count())).collect();
    if stem.is_empty() { format!("file{ending}") } else { format!("{stem}{ending}") }
}

/// Control characters, and those that turn the direction of what follows: a name is shown amid other words.
pub(crate) fn steers(character: char) -> bool {
    character.is_control() || turns(character)
}

fn turns(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
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
    fn a_name_is_a_line_that_leaves_its_neighbours_alone() {
        assert_eq!(clean("  «Бірлік» мектебі 🏫 "), Some("«Бірлік» мектебі 🏫".to_owned()));
        assert_eq!(clean("\u{202A}Асель\u{202C} "), Some("Асель".to_owned()), "as a telephone gives it");
        for wrong in ["", "\u{200B}\u{200B}", " \n ", "two\nlines", "\u{202E}", &"ә".repeat(MAX_NAME_CHARS + 1)] {
            assert_eq!(clean(wrong), None, "{wrong:?}");
        }
        assert!(clean(&"ә".repeat(MAX_NAME_CHARS)).is_some());
    }
}
