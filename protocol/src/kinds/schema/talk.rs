//! What people say to each other: requests for feedback, threads, and the companion of a document with its comments, suggestions and named
//! versions.

use super::{FILE, Field, Holds, LANGUAGES, field, later};

/// What became of a suggestion.
pub const SETTLED: &[&str] = &["open", "accepted", "declined"];

const ASKED: &[Field] =
    &[field("order", Holds::Order), field("name", Holds::Text), field("school", Holds::Reference), field("person", Holds::Reference)];

const QUESTION: &[Field] = &[field("order", Holds::Order), field("text", Holds::Text)];

const ANSWER: &[Field] = &[
    field("order", Holds::Order),
    field("question", Holds::ItemOf("questions")),
    field("name", Holds::Text),
    field("school", Holds::Text),
    field("person", Holds::Reference),
    field("at_ms", Holds::Moment),
    field("text", Holds::Rich),
];

pub(super) const FEEDBACK: &[Field] = &[
    field("kind", Holds::OneOf(&["feedback"])),
    field("schema", Holds::Schema),
    field("title", Holds::Text),
    field("language", Holds::OneOf(LANGUAGES)),
    field("template", Holds::Bool),
    field("about", Holds::Reference),
    field("asker", Holds::Text),
    field("school", Holds::Text),
    field("person", Holds::Reference),
    field("asked_ms", Holds::Moment),
    field("by", Holds::Date),
    field("closed", Holds::Bool),
    field("words", Holds::Rich),
    field("asked", Holds::Items(ASKED)),
    field("questions", Holds::Items(QUESTION)),
    field("answers", Holds::Items(ANSWER)),
    later(2, "files", Holds::Items(FILE)),
];

const POST: &[Field] = &[
    field("order", Holds::Order),
    field("answers", Holds::ItemOf("posts")),
    field("name", Holds::Text),
    field("school", Holds::Text),
    field("person", Holds::Reference),
    field("at_ms", Holds::Moment),
    field("text", Holds::Rich),
];

pub(super) const THREAD: &[Field] = &[
    field("kind", Holds::OneOf(&["thread"])),
    field("schema", Holds::Schema),
    field("title", Holds::Text),
    field("language", Holds::OneOf(LANGUAGES)),
    field("about", Holds::Reference),
    field("closed", Holds::Bool),
    field("posts", Holds::Items(POST)),
    later(2, "files", Holds::Items(FILE)),
];

const REMARK: &[Field] = &[
    field("order", Holds::Order),
    field("field", Holds::Reference),
    field("from", Holds::Reference),
    field("to", Holds::Reference),
    field("quote", Holds::Text),
    field("answers", Holds::ItemOf("remarks")),
    field("name", Holds::Text),
    field("school", Holds::Text),
    field("person", Holds::Reference),
    field("at_ms", Holds::Moment),
    field("text", Holds::Text),
    field("resolved", Holds::Bool),
];

const SUGGESTION: &[Field] = &[
    field("order", Holds::Order),
    field("field", Holds::Reference),
    field("from", Holds::Reference),
    field("to", Holds::Reference),
    field("quote", Holds::Text),
    field("instead", Holds::Text),
    field("why", Holds::Text),
    field("name", Holds::Text),
    field("school", Holds::Text),
    field("person", Holds::Reference),
    field("at_ms", Holds::Moment),
    field("settled", Holds::OneOf(SETTLED)),
    field("settled_by", Holds::Text),
];

const VERSION: &[Field] = &[
    field("order", Holds::Order),
    field("title", Holds::Text),
    field("heads", Holds::Reference),
    field("name", Holds::Text),
    field("school", Holds::Text),
    field("at_ms", Holds::Moment),
    field("approved", Holds::Bool),
    field("protocol", Holds::Text),
];

pub(super) const COMPANION: &[Field] = &[
    field("kind", Holds::OneOf(&["companion"])),
    field("schema", Holds::Schema),
    field("title", Holds::Text),
    field("language", Holds::OneOf(LANGUAGES)),
    field("about", Holds::Reference),
    field("remarks", Holds::Items(REMARK)),
    field("suggestions", Holds::Items(SUGGESTION)),
    field("versions", Holds::Items(VERSION)),
];
