//! What a person writes for themselves first: the notebook of steps and the portfolio.

use super::{FILE, Field, Holds, LANGUAGES, SHARED, field, later};

/// Patterns of a notebook: the teacher's development project, the coaching and mentoring plan, the enquiry cycle, the head's self-review, and
/// one of a person's own.
pub const PATTERNS: &[&str] = &["project", "coaching", "enquiry", "self_review", "own"];
/// Criteria of a portfolio: knows and understands the ideas; applies them in practice; reflects and draws consequences.
pub const CRITERIA: &[&str] = &["knows", "applies", "reflects"];

const STEP: &[Field] = &[
    field("order", Holds::Order),
    field("guide", Holds::Reference),
    field("title", Holds::Text),
    field("text", Holds::Rich),
    field("done", Holds::Bool),
];

const ENTRY: &[Field] =
    &[field("order", Holds::Order), field("step", Holds::ItemOf("steps")), field("date", Holds::Date), field("text", Holds::Rich)];

const EVIDENCE: &[Field] = &[
    field("order", Holds::Order),
    field("step", Holds::ItemOf("steps")),
    field("title", Holds::Text),
    field("note", Holds::Text),
    field("link", Holds::Reference),
];

const OBSERVATION: &[Field] = &[
    field("order", Holds::Order),
    field("step", Holds::ItemOf("steps")),
    field("date", Holds::Date),
    field("criterion", Holds::Text),
    field("seen", Holds::Text),
    field("question", Holds::Text),
];

pub(super) const NOTEBOOK: &[Field] = &[
    field("kind", Holds::OneOf(&["notebook"])),
    field("schema", Holds::Schema),
    field("title", Holds::Text),
    field("language", Holds::OneOf(LANGUAGES)),
    field("template", Holds::Bool),
    field("pattern", Holds::OneOf(PATTERNS)),
    field("person", Holds::Reference),
    field("author", Holds::Text),
    field("focus", Holds::Text),
    field("partners", Holds::Text),
    field("from", Holds::Date),
    field("to", Holds::Date),
    field("guidance_off", Holds::Bool),
    field("steps", Holds::Items(STEP)),
    field("entries", Holds::Items(ENTRY)),
    field("evidence", Holds::Items(EVIDENCE)),
    field("observations", Holds::Items(OBSERVATION)),
    field("closing", Holds::Rich),
    field("shared", Holds::Items(SHARED)),
    later(2, "files", Holds::Items(FILE)),
];

const PIECE: &[Field] = &[
    field("order", Holds::Order),
    field("criterion", Holds::OneOf(CRITERIA)),
    field("title", Holds::Text),
    field("date", Holds::Date),
    field("why", Holds::Rich),
    field("link", Holds::Reference),
];

pub(super) const PORTFOLIO: &[Field] = &[
    field("kind", Holds::OneOf(&["portfolio"])),
    field("schema", Holds::Schema),
    field("title", Holds::Text),
    field("language", Holds::OneOf(LANGUAGES)),
    field("template", Holds::Bool),
    field("person", Holds::Reference),
    field("author", Holds::Text),
    field("about", Holds::Rich),
    field("pieces", Holds::Items(PIECE)),
    later(2, "files", Holds::Items(FILE)),
];
