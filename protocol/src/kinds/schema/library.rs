//! A library: guides and materials that a school or a network keeps for all its people.

use super::{FILE, Field, Holds, LANGUAGES, field};

/// What a material is for: how to do something, a form to fill in, for lessons, about schools and learning, rules that bind, anything else.
pub const CATEGORIES: &[&str] = &["guide", "form", "lesson", "research", "rules", "other"];

/// Each has its words in the three languages, since schools of a network read different ones; whichever is empty is shown in another.
const MATERIAL: &[Field] = &[
    field("order", Holds::Order),
    field("category", Holds::OneOf(CATEGORIES)),
    field("title_kk", Holds::Text),
    field("title_ru", Holds::Text),
    field("title_en", Holds::Text),
    field("about_kk", Holds::Text),
    field("about_ru", Holds::Text),
    field("about_en", Holds::Text),
    field("source", Holds::Text),
    field("link", Holds::Reference),
];

pub(super) const LIBRARY: &[Field] = &[
    field("kind", Holds::OneOf(&["library"])),
    field("schema", Holds::Schema),
    field("title", Holds::Text),
    field("language", Holds::OneOf(LANGUAGES)),
    field("about", Holds::Rich),
    field("materials", Holds::Items(MATERIAL)),
    field("files", Holds::Items(FILE)),
];
