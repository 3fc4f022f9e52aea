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
    fn a_name_is_a_line_that_leaves_its_neighbours_alone() {
        assert_eq!(clean("  «Бірлік» мектебі 🏫 "), Some("«Бірлік» мектебі 🏫".to_owned()));
        assert_eq!(clean("\u{202A}Асель\u{202C} "), Some("Асель".to_owned()), "as a telephone gives it");
        for wrong in ["", "\u{200B}\u{200B}", " \n ", "two\nlines", "\u{202E}", &"ә".repeat(MAX_NAME_CHARS + 1)] {
            assert_eq!(clean(wrong), None, "{wrong:?}");
        }
        assert!(clean(&"ә".repeat(MAX_NAME_CHARS)).is_some());
    }
}
