//! A meeting, of the network or of a group inside the school; and the year plan that meetings stand in.

use super::{FILE, Field, Holds, LANGUAGES, field, later};

/// Purposes of an agenda item.
pub const PURPOSES: &[&str] = &["inform", "discuss", "decide"];
/// What kind of coming together it is: an ordinary meeting, a group session, a visit to another school, a conference.
pub const FORMS: &[&str] = &["meeting", "session", "visit", "conference"];
/// Minutes that an agenda item can have: a whole day.
const MINUTES_MAX: i64 = super::super::limits::MINUTES;

const ATTENDANCE: &[Field] = &[
    field("order", Holds::Order),
    field("name", Holds::Text),
    field("school", Holds::Text),
    field("present", Holds::Bool),
    later(2, "person", Holds::Reference),
];

const AGENDA_ITEM: &[Field] = &[
    field("order", Holds::Order),
    field("title", Holds::Text),
    field("presenter", Holds::Text),
    field("school", Holds::Text),
    field("minutes", Holds::Int { at_most: MINUTES_MAX }),
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
    later(2, "person", Holds::Reference),
    later(2, "carried_from", Holds::Reference),
];

pub(super) const MEETING: &[Field] = &[
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
    later(2, "template", Holds::Bool),
    later(2, "form", Holds::OneOf(FORMS)),
    later(2, "group", Holds::Text),
    later(2, "previous", Holds::Reference),
    later(3, "files", Holds::Items(FILE)),
];

const PHASE: &[Field] =
    &[field("order", Holds::Order), field("title", Holds::Text), field("from", Holds::Date), field("to", Holds::Date), field("note", Holds::Text)];

const EVENT: &[Field] = &[
    field("order", Holds::Order),
    field("phase", Holds::ItemOf("phases")),
    field("form", Holds::OneOf(FORMS)),
    field("title", Holds::Text),
    field("date", Holds::Date),
    field("time", Holds::Time),
    field("place", Holds::Text),
    field("host", Holds::Text),
    field("meeting", Holds::Reference),
];

pub(super) const YEAR: &[Field] = &[
    field("kind", Holds::OneOf(&["year"])),
    field("schema", Holds::Schema),
    field("title", Holds::Text),
    field("language", Holds::OneOf(LANGUAGES)),
    field("template", Holds::Bool),
    field("from", Holds::Date),
    field("to", Holds::Date),
    field("aim", Holds::Rich),
    field("phases", Holds::Items(PHASE)),
    field("events", Holds::Items(EVENT)),
];
