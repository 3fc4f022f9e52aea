//! The fields of each kind, as tables. `docs/documents.md` says the same in words; a test holds the two together.
//!
//! **Invariant:** a table grows only at its end and never changes a type: the order of the fields is the order of the operations in the
//! fixed changes and in every new item.

pub mod library;
pub mod meeting;
pub mod notebook;
pub mod plan;
pub mod talk;

use super::Kind;

/// One field of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its key in the map.
    pub name: &'static str,
    /// What the key holds.
    pub holds: Holds,
    /// The schema of the kind that brought it. At the root, the fixed change of that schema makes it; in items, those from before lack it.
    pub since: i64,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// An Automerge text object: concurrent typing merges.
    Text,
    /// A text object with marks and block markers (see [`super::rich`]).
    Rich,
    /// A scalar string out of a fixed set; the first value is what a new field holds.
    OneOf(&'static [&'static str]),
    /// A scalar string `YYYY-MM-DD`, or empty.
    Date,
    /// A scalar string `HH:MM`, or empty.
    Time,
    /// A scalar string: the key of an item of the named collection at the root, or empty.
    ItemOf(&'static str),
    /// A scalar string that names something outside this document, or empty.
    Reference,
    /// A scalar string: an order key (see [`super::order`]).
    Order,
    /// A whole number from 0 to the bound.
    Int {
        /// The largest value with a meaning.
        at_most: i64,
    },
    /// A scalar string: a number in decimal notation with a point, such as `-12.5` (see [`super::decimal`]), or empty.
    Decimal,
    /// A moment: whole milliseconds since 1970 by the clock of whoever wrote it, shown and never trusted; 0 is none.
    Moment,
    /// A map from the keys of items of the named collection at the root to `true`: a set that merges.
    Set(&'static str),
    /// The schema number: a whole number of at least 1.
    Schema,
    /// Yes or no.
    Bool,
    /// A map with these fields, there from the start.
    Map(&'static [Field]),
    /// A map from item id to an item with these fields.
    Items(&'static [Field]),
}

impl Holds {
    /// What the field holds, in the words of `docs/documents.md`.
    pub const fn name(self) -> &'static str {
        match self {
            Holds::Text => "text",
            Holds::Rich => "rich text",
            Holds::OneOf(_) | Holds::Reference => "str",
            Holds::Date => "date",
            Holds::Time => "time",
            Holds::ItemOf(_) => "item id",
            Holds::Order => "order key",
            Holds::Decimal => "decimal",
            Holds::Moment => "moment",
            Holds::Set(_) => "set of item ids",
            Holds::Int { .. } | Holds::Schema => "int",
            Holds::Bool => "bool",
            Holds::Map(_) => "map",
            Holds::Items(_) => "map of items",
        }
    }
}

const fn field(name: &'static str, holds: Holds) -> Field {
    later(1, name, holds)
}

const fn later(since: i64, name: &'static str, holds: Holds) -> Field {
    Field { name, holds, since }
}

/// Languages of the content; empty until somebody chose.
pub const LANGUAGES: &[&str] = &["", "kk", "ru", "en"];

/// A copy that was given to a wider circle: what of, where it is, since when, under what name, and who agreed to it.
const SHARED: &[Field] = &[
    field("order", Holds::Order),
    field("part", Holds::Reference),
    field("document", Holds::Reference),
    field("on", Holds::Date),
    field("signed", Holds::Text),
    field("consent", Holds::Text),
];

/// Largest file that a reference may say, in bytes: 1 TiB, far more than any node takes.
const FILE_SIZE_MAX: i64 = 1 << 40;
/// Largest width or height of a picture that a reference may say, in pixels.
const PICTURE_SIDE_MAX: i64 = 1 << 16;

/// Files that stand in a document: the collection [`super::files::FILES`] of each kind that may have some. What a file says is named by its hash and travels on
/// a road of its own.
const FILE: &[Field] = &[
    field("order", Holds::Order),
    field("at", Holds::Reference),
    field("name", Holds::Text),
    field("note", Holds::Text),
    field("hash", Holds::Reference),
    field("media_type", Holds::Reference),
    field("size", Holds::Int { at_most: FILE_SIZE_MAX }),
    field("thumbnail", Holds::Reference),
    field("width", Holds::Int { at_most: PICTURE_SIDE_MAX }),
    field("height", Holds::Int { at_most: PICTURE_SIDE_MAX }),
    field("by", Holds::Text),
    field("school", Holds::Text),
    field("person", Holds::Reference),
    field("at_ms", Holds::Moment),
];

/// The fields at the root of a document of this kind.
pub const fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Plan => plan::PLAN,
        Kind::Meeting => meeting::MEETING,
        Kind::Year => meeting::YEAR,
        Kind::Notebook => notebook::NOTEBOOK,
        Kind::Portfolio => notebook::PORTFOLIO,
        Kind::Feedback => talk::FEEDBACK,
        Kind::Thread => talk::THREAD,
        Kind::Companion => talk::COMPANION,
        Kind::Library => library::LIBRARY,
    }
}

/// What the field at this path holds. Inside a collection any key stands for an item.
pub fn holds_at(kind: Kind, path: &[&str]) -> Option<Holds> {
    let mut fields = fields(kind);
    let mut segments = path.iter();
    while let Some(name) = segments.next() {
        let holds = fields.iter().find(|field| field.name == *name)?.holds;
        if segments.as_slice().is_empty() {
            return Some(holds);
        }
        fields = match holds {
            Holds::Map(inner) => inner,
            Holds::Items(item) => {
                segments.next()?;
                item
            }
            Holds::Set(_) => return segments.next().filter(|_| segments.as_slice().is_empty()).map(|_| Holds::Bool),
            _ => return None,
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = include_str!("../../../../docs/documents.md");

    /// What is said of files stands once, for all kinds.
    const FILES: &str = crate::kinds::files::COLLECTION;

    fn names(fields: &[Field], into: &mut Vec<&'static str>) {
        for field in fields {
            into.push(field.name);
            if let Holds::Map(inner) | Holds::Items(inner) = field.holds
                && field.name != FILES
            {
                names(inner, into);
            }
        }
    }

    fn says_all(section: &str, fields: &[Field], of: &str) {
        let table = section.split("```").nth(1).expect("a table in the section");
        let mut all = Vec::new();
        names(fields, &mut all);
        for name in all {
            let said = table.contains(&format!("{name}:")) || table.contains(&format!("\"{name}\":"));
            assert!(said, "docs/documents.md does not say `{name}` of {of}");
        }
    }

    #[test]
    fn every_field_of_a_kind_stands_in_the_contract() {
        for kind in Kind::ALL {
            let heading = format!("{}`", kind.name());
            let section = CONTRACT.split("## `").find(|part| part.starts_with(&heading)).expect("a section for the kind");
            says_all(section, fields(kind), kind.name());
        }
        let section = CONTRACT.split("\n### ").find(|part| part.starts_with("Files")).expect("a section for files");
        says_all(section, FILE, FILES);
    }

    #[test]
    fn a_path_leads_to_what_its_field_holds() {
        assert_eq!(holds_at(Kind::Plan, &["title"]), Some(Holds::Text));
        assert_eq!(holds_at(Kind::Plan, &["period", "from"]), Some(Holds::Date));
        assert_eq!(holds_at(Kind::Plan, &["goals", "any", "practices", "learning"]), Some(Holds::Bool));
        assert_eq!(holds_at(Kind::Meeting, &["agenda", "any", "notes"]), Some(Holds::Rich));
        for wrong in [&["nothing"][..], &[], &["title", "x"], &["goals", "any", "nothing"], &["agenda"]] {
            assert_eq!(holds_at(Kind::Plan, wrong), None, "{wrong:?} is no field of a plan");
        }
        assert_eq!(holds_at(Kind::Plan, &["goals", "any"]), None, "an item is no field");
    }
}
