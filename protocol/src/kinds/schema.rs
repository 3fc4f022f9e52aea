//! The fields of each kind, as tables. `docs/documents.md` says the same in words; a test holds the two together.
//!
//! **Invariant:** a table grows only at its end and never changes a type: the order of the fields is the order of the operations in the
//! fixed first change and in every new item.

use super::Kind;

/// One field of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its key in the map.
    pub name: &'static str,
    /// What the key holds.
    pub holds: Holds,
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
            Holds::Int { .. } | Holds::Schema => "int",
            Holds::Bool => "bool",
            Holds::Map(_) => "map",
            Holds::Items(_) => "map of items",
        }
    }
}

const fn field(name: &'static str, holds: Holds) -> Field {
    Field { name, holds }
}

/// Languages of the content; empty until somebody chose.
pub const LANGUAGES: &[&str] = &["", "kk", "ru", "en"];
/// States of an action of a plan.
pub const STATUSES: &[&str] = &["planned", "in_progress", "done"];
/// Purposes of an agenda item.
pub const PURPOSES: &[&str] = &["inform", "discuss", "decide"];

const PERIOD: &[Field] = &[field("from", Holds::Date), field("to", Holds::Date)];

const PRIORITY: &[Field] = &[field("order", Holds::Order), field("title", Holds::Text), field("reason", Holds::Text)];

const PRACTICES: &[Field] =
    &[field("learning", Holds::Bool), field("self_and_others", Holds::Bool), field("improvement", Holds::Bool), field("community", Holds::Bool)];

const GOAL: &[Field] = &[
    field("order", Holds::Order),
    field("priority", Holds::ItemOf("priorities")),
    field("title", Holds::Text),
    field("success", Holds::Text),
    field("practices", Holds::Map(PRACTICES)),
];

const ACTION: &[Field] = &[
    field("order", Holds::Order),
    field("goal", Holds::ItemOf("goals")),
    field("what", Holds::Text),
    field("responsible", Holds::Text),
    field("partners", Holds::Text),
    field("resources", Holds::Text),
    field("start", Holds::Date),
    field("due", Holds::Date),
    field("status", Holds::OneOf(STATUSES)),
];

const PLAN: &[Field] = &[
    field("kind", Holds::OneOf(&["plan"])),
    field("schema", Holds::Schema),
    field("title", Holds::Text),
    field("language", Holds::OneOf(LANGUAGES)),
    field("period", Holds::Map(PERIOD)),
    field("mission", Holds::Text),
    field("values", Holds::Text),
    field("vision", Holds::Rich),
    field("narrative", Holds::Rich),
    field("priorities", Holds::Items(PRIORITY)),
    field("goals", Holds::Items(GOAL)),
    field("actions", Holds::Items(ACTION)),
];

const ATTENDANCE: &[Field] = &[field("order", Holds::Order), field("name", Holds::Text), field("school", Holds::Text), field("present", Holds::Bool)];

const AGENDA_ITEM: &[Field] = &[
    field("order", Holds::Order),
    field("title", Holds::Text),
    field("presenter", Holds::Text),
    field("school", Holds::Text),
    field("minutes", Holds::Int { at_most: super::limits::MINUTES }),
    field("purpose", Holds::OneOf(PURPOSES)),
    field("notes", Holds::Rich),
];

const DECISION: &[Field] = &[field("order", Holds::Order), field("text", Holds::Text), field("item", Holds::ItemOf("agenda"))];

const TASK: &[Field] = &[
    field("order", Holds::Order),
    field("what", Holds::Text),
    field("responsible", Holds::Text),
    field("due", Holds::Date),
    field("done", Holds::Bool),
    field("plan_action", Holds::Reference),
];

const MEETING: &[Field] = &[
    field("kind", Holds::OneOf(&["meeting"])),
    field("schema", Holds::Schema),
    field("title", Holds::Text),
    field("language", Holds::OneOf(LANGUAGES)),
    field("date", Holds::Date),
    field("time", Holds::Time),
    field("place", Holds::Text),
    field("host", Holds::Text),
    field("convenor", Holds::Text),
    field("attendance", Holds::Items(ATTENDANCE)),
    field("agenda", Holds::Items(AGENDA_ITEM)),
    field("decisions", Holds::Items(DECISION)),
    field("tasks", Holds::Items(TASK)),
    field("next_time", Holds::Rich),
    field("reflection", Holds::Rich),
];

/// The fields at the root of a document of this kind.
pub const fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Plan => PLAN,
        Kind::Meeting => MEETING,
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
            _ => return None,
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = include_str!("../../../docs/documents.md");

    fn names(fields: &[Field], into: &mut Vec<&'static str>) {
        for field in fields {
            into.push(field.name);
            if let Holds::Map(inner) | Holds::Items(inner) = field.holds {
                names(inner, into);
            }
        }
    }

    #[test]
    fn every_field_of_a_kind_stands_in_the_contract() {
        for kind in Kind::ALL {
            let section = CONTRACT.split("## `").find(|part| part.starts_with(kind.name())).expect("a section for the kind");
            let table = section.split("```").nth(1).expect("a table in the section");
            let mut all = Vec::new();
            names(fields(kind), &mut all);
            for name in all {
                let said = table.contains(&format!("{name}:")) || table.contains(&format!("\"{name}\":"));
                assert!(said, "docs/documents.md does not say `{name}` of {kind}");
            }
        }
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
