//! The school development plan and the five steps of its cycle.

use super::{FILE, Field, Holds, LANGUAGES, SHARED, field, later};

/// The steps of a plan's cycle, in their order.
pub const STEPS: &[&str] = &["self_evaluation", "priorities", "plan", "process", "report"];
/// Lenses through which a school looks at itself: the ten factors of school change, the nine questions on the organisation, the engagement of
/// families, staff and community, and questions of its own.
pub const LENSES: &[&str] = &["factors", "organisation", "engagement", "own"];
/// Whom a short questionnaire asks.
pub const AUDIENCES: &[&str] = &["staff", "parents", "pupils"];
/// How the answers to a questionnaire came in.
pub const TALLY_SOURCES: &[&str] = &["paper", "link"];
/// States of an action.
pub const STATUSES: &[&str] = &["planned", "in_progress", "done"];
/// What the responsible person says to an action.
pub const ANSWERS: &[&str] = &["", "accepted", "other_date"];
/// Kinds of impact: practice changed, understanding changed, skills grew.
pub const IMPACTS: &[&str] = &["instrumental", "conceptual", "capacity"];

/// `part` of what a plan says of itself where it is the copy that a school gave to a network.
pub const COPY: &str = "copy";

/// The best rating of a judgement, and the best answer of a questionnaire; 0 is "not rated".
pub const RATING_MAX: i64 = 4;
/// People who gave one answer: more than any school has pupils, parents and staff.
const COUNTED_MAX: i64 = 100_000;

const PERIOD: &[Field] = &[field("from", Holds::Date), field("to", Holds::Date)];

const PRIORITY: &[Field] =
    &[field("order", Holds::Order), field("title", Holds::Text), field("reason", Holds::Text), later(2, "rests_on", Holds::Set("judgements"))];

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
    later(2, "person", Holds::Reference),
    later(2, "money", Holds::Text),
    later(2, "time_budget", Holds::Text),
    later(2, "answer", Holds::OneOf(ANSWERS)),
    later(2, "offered_due", Holds::Date),
    later(2, "answer_note", Holds::Text),
];

const JUDGEMENT: &[Field] = &[
    field("order", Holds::Order),
    field("lens", Holds::OneOf(LENSES)),
    field("question", Holds::Reference),
    field("asked", Holds::Text),
    field("rating", Holds::Int { at_most: RATING_MAX }),
    field("strengths", Holds::Text),
    field("gaps", Holds::Text),
    field("evidence", Holds::Text),
    field("focus", Holds::Bool),
];

const SURVEY: &[Field] = &[
    field("order", Holds::Order),
    field("title", Holds::Text),
    field("audience", Holds::OneOf(AUDIENCES)),
    field("until", Holds::Date),
    field("open", Holds::Bool),
];

const SURVEY_QUESTION: &[Field] = &[field("order", Holds::Order), field("survey", Holds::ItemOf("surveys")), field("text", Holds::Text)];

const TALLY: &[Field] = &[
    field("order", Holds::Order),
    field("question", Holds::ItemOf("survey_questions")),
    field("source", Holds::OneOf(TALLY_SOURCES)),
    field("counted", Holds::Date),
    field("rated_1", Holds::Int { at_most: COUNTED_MAX }),
    field("rated_2", Holds::Int { at_most: COUNTED_MAX }),
    field("rated_3", Holds::Int { at_most: COUNTED_MAX }),
    field("rated_4", Holds::Int { at_most: COUNTED_MAX }),
];

const INDICATOR: &[Field] = &[
    field("order", Holds::Order),
    field("goal", Holds::ItemOf("goals")),
    field("what", Holds::Text),
    field("unit", Holds::Text),
    field("baseline", Holds::Decimal),
    field("target", Holds::Decimal),
    field("method", Holds::Text),
    field("source", Holds::Text),
    field("measured_by", Holds::Text),
    field("when", Holds::Text),
    field("due", Holds::Date),
];

const MEASURE: &[Field] = &[
    field("order", Holds::Order),
    field("indicator", Holds::ItemOf("indicators")),
    field("date", Holds::Date),
    field("value", Holds::Decimal),
    field("note", Holds::Text),
];

const IMPACT: &[Field] = &[
    field("order", Holds::Order),
    field("impact", Holds::OneOf(IMPACTS)),
    field("goal", Holds::ItemOf("goals")),
    field("what", Holds::Text),
    field("evidence", Holds::Text),
    field("look_again", Holds::Date),
    field("seen", Holds::Text),
];

const FINDING: &[Field] =
    &[field("order", Holds::Order), field("goal", Holds::ItemOf("goals")), field("text", Holds::Text), field("carry", Holds::Bool)];

const SIGNATURE: &[Field] = &[field("by", Holds::Text), field("on", Holds::Date), field("protocol", Holds::Text)];

pub(super) const PLAN: &[Field] = &[
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
    later(2, "template", Holds::Bool),
    later(2, "step", Holds::OneOf(STEPS)),
    later(2, "previous", Holds::Reference),
    later(2, "judgements", Holds::Items(JUDGEMENT)),
    later(2, "surveys", Holds::Items(SURVEY)),
    later(2, "survey_questions", Holds::Items(SURVEY_QUESTION)),
    later(2, "tallies", Holds::Items(TALLY)),
    later(2, "indicators", Holds::Items(INDICATOR)),
    later(2, "measures", Holds::Items(MEASURE)),
    later(2, "worked", Holds::Rich),
    later(2, "not_worked", Holds::Rich),
    later(2, "impacts", Holds::Items(IMPACT)),
    later(2, "report", Holds::Rich),
    later(2, "findings", Holds::Items(FINDING)),
    later(2, "agreed", Holds::Map(SIGNATURE)),
    later(2, "approved", Holds::Map(SIGNATURE)),
    later(2, "summary", Holds::Rich),
    later(2, "shared", Holds::Items(SHARED)),
    later(3, "files", Holds::Items(FILE)),
];
