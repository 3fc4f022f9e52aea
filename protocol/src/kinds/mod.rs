//! The kinds of documents and what is in them: `docs/documents.md` as code.
//!
//! A document is an Automerge document that starts from the fixed changes of its kind ([`fixed_changes`]). The tables in
//! [`schema`] say which fields a kind has; everything else here follows from them: writing ([`plan`], [`meeting`], [`set`]), plain
//! reading ([`to_json`], [`title`]) and judging a document that came from elsewhere ([`check`]).
//!
//! **Invariant:** nothing here has a clock or randomness: item ids, dates and actors are arguments, and the same calls give the same
//! operations in the same order.
//!
//! Reading never panics by itself and is bounded (see [`limits`]), but Automerge may on a document that was never checked: the node
//! isolates that (see ARCHITECTURE.md, "content that must not be believed").

pub mod check;
pub mod date;
pub mod decimal;
pub mod facts;
pub mod files;
pub mod fixed;
pub mod item;
pub mod json;
pub mod limits;
pub mod meeting;
pub mod order;
pub mod plan;
pub mod questionnaire;
pub mod read;
pub mod rich;
pub mod schema;
pub mod write;

pub use check::{Finding, Problem, check};
pub use date::{Date, TimeOfDay};
pub use decimal::Decimal;
pub use facts::{Facts, facts};
pub use files::{FileReference, files};
pub(crate) use fixed::fixed_hash_of_actor;
pub use fixed::{FixedChange, fixed_changes, well_known_actor};
pub use item::ItemId;
pub use json::to_json;
pub use read::{kind_of, title};
pub use write::{Input, Place, WriteError, move_item, remove_item, set, start};

use thiserror::Error;

/// What a document is for. The number travels in control acts, the name in the API and in the document itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// School development plan.
    Plan,
    /// A meeting with its agenda and minutes.
    Meeting,
    /// A network's year plan: phases, sessions, meetings, conference in one calendar.
    Year,
    /// Notebook of steps: a teacher's project, coaching, enquiry, a head's self-review.
    Notebook,
    /// A person's own collection under three criteria.
    Portfolio,
    /// A request for feedback with its answers.
    Feedback,
    /// A discussion, of a document or free-standing.
    Thread,
    /// What is said about one document: comments, suggestions, named versions.
    Companion,
    /// Guides and materials.
    Library,
}

/// A kind that this version of the program does not know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnknownKind {
    /// A number from the wire; a newer program made the document.
    #[error("document kind number {0} is not known to this version; a newer version may open it")]
    Number(u16),
    /// A name from the API or from inside a document.
    #[error(
        "document kind \"{0}\" is not known to this version; known are: plan, meeting, year, notebook, portfolio, feedback, thread, companion, library"
    )]
    Name(String),
}

impl Kind {
    /// All kinds, in order of their numbers.
    pub const ALL: [Kind; 9] =
        [Kind::Plan, Kind::Meeting, Kind::Year, Kind::Notebook, Kind::Portfolio, Kind::Feedback, Kind::Thread, Kind::Companion, Kind::Library];

    /// The number on the wire. Never reused, never changed.
    pub const fn number(self) -> u16 {
        match self {
            Kind::Plan => 1,
            Kind::Meeting => 2,
            Kind::Year => 3,
            Kind::Notebook => 4,
            Kind::Portfolio => 5,
            Kind::Feedback => 6,
            Kind::Thread => 7,
            Kind::Companion => 8,
            Kind::Library => 9,
        }
    }

    /// The kind with this number.
    pub const fn from_number(number: u16) -> Result<Kind, UnknownKind> {
        match number {
            1 => Ok(Kind::Plan),
            2 => Ok(Kind::Meeting),
            3 => Ok(Kind::Year),
            4 => Ok(Kind::Notebook),
            5 => Ok(Kind::Portfolio),
            6 => Ok(Kind::Feedback),
            7 => Ok(Kind::Thread),
            8 => Ok(Kind::Companion),
            9 => Ok(Kind::Library),
            other => Err(UnknownKind::Number(other)),
        }
    }

    /// The name in the API, in file names and in the document's field `kind`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Plan => "plan",
            Kind::Meeting => "meeting",
            Kind::Year => "year",
            Kind::Notebook => "notebook",
            Kind::Portfolio => "portfolio",
            Kind::Feedback => "feedback",
            Kind::Thread => "thread",
            Kind::Companion => "companion",
            Kind::Library => "library",
        }
    }

    /// The newest schema of this kind that this program writes.
    pub const fn schema(self) -> i64 {
        match self {
            Kind::Plan | Kind::Meeting => 3,
            Kind::Notebook | Kind::Portfolio | Kind::Feedback | Kind::Thread => 2,
            Kind::Year | Kind::Companion | Kind::Library => 1,
        }
    }

    /// Whether a document of this kind in the school's own space is read by the one person alone whom its field `person` names.
    pub const fn is_personal(self) -> bool {
        matches!(self, Kind::Notebook | Kind::Portfolio)
    }

    /// Whether a document of this kind is what people say about another one, which its field `about` names.
    pub const fn is_talk(self) -> bool {
        matches!(self, Kind::Feedback | Kind::Thread | Kind::Companion)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Kind, UnknownKind> {
        Kind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| UnknownKind::Name(name.chars().take(limits::SHOWN_VALUE_CHARS).collect()))
    }
}

impl TryFrom<u16> for Kind {
    type Error = UnknownKind;

    fn try_from(number: u16) -> Result<Kind, UnknownKind> {
        Kind::from_number(number)
    }
}

#[cfg(test)]
mod tests;
