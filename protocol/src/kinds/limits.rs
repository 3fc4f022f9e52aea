//! Bounds on what this module reads and writes. A document may be larger than they allow; then reading says so instead of going on.

/// Nested objects, counted from the root. The deepest field of a schema (an attribute of a block in an agenda item's notes) is at 6.
pub const DEPTH: usize = 16;

/// Values (scalars, objects and text objects) rendered by `to_json`. A school's plan has about 1,000; a hundred times that is no plan.
pub const VALUES: usize = 100_000;

/// Bytes of UTF-8 in all strings that `to_json` renders. The longest sample plan has about 45 kB; the API answers with less than 10 MB.
pub const RENDERED_BYTES: usize = 8 << 20;

/// Items of one collection (goals, agenda items, ...) that `check` looks into. The largest real plan has some hundreds of actions.
pub const ITEMS: usize = 5_000;

/// Findings that `check` reports before it stops; more help nobody.
pub const FINDINGS: usize = 200;

/// Bytes of one scalar string (dates, ids, enumerations, order keys). The longest in use, an order key, stays under 100.
pub const SCALAR_BYTES: usize = 1_024;

/// Bytes of an order key. Inserting always at the same place adds one byte for about five insertions, so 255 is a thousand of them.
pub const ORDER_KEY_BYTES: usize = 255;

/// Bytes of text that one call may write into a text object: far beyond a narrative, far below what the change scanner refuses.
pub const TEXT_BYTES: usize = 1 << 20;

/// Blocks (paragraphs, headings, list items) that one call may write into a rich text, and that are read from one.
pub const BLOCKS: usize = 10_000;

/// Minutes that an agenda item can have: a whole day.
pub const MINUTES: i64 = 24 * 60;

/// The latest moment that a document may name, milliseconds since 1970: the end of the year 9999, the last that dates here can say.
pub const MOMENT_MS: i64 = 253_402_300_799_999;

/// Characters of a title in lists of documents.
pub const TITLE_CHARS: usize = 200;

/// Duties, and days of a year plan, that lists know of one document: no one school's plan has more that are open at once.
pub const FACTS_DUTIES: usize = 1_000;

/// People asked for feedback, or who gave it, that lists know of one request.
pub const FACTS_NAMES: usize = 100;

/// Files that one document names for the local side and for whoever asks what it may fetch: a year's photos of a large school are some hundreds.
pub const FILES: usize = 2_000;

/// Questions of one questionnaire that are asked by link: a short one has five.
pub const SURVEY_QUESTIONS: usize = 100;

/// Characters of a title or a question as a questionnaire by link shows it.
pub const TEXT_SHOWN_CHARS: usize = 1_000;

/// Answers to one question that one node counts by link. No school has so many parents; whoever goes on counts to nobody.
pub const LINK_ANSWERS: i64 = 20_000;

/// Characters of a foreign value that is quoted in a message.
pub const SHOWN_VALUE_CHARS: usize = 40;

const _: () = assert!(FILES <= ITEMS, "all files that count are looked at");
const _: () = assert!(ORDER_KEY_BYTES <= SCALAR_BYTES, "an order key is a scalar string");
const _: () = assert!(TEXT_BYTES <= RENDERED_BYTES, "what one call writes can be shown");
