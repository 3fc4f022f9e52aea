//! Writing a school development plan.

use automerge::transaction::Transactable;

use super::write::{Input, Place, WriteError, add_item};
use super::{Date, ItemId};

/// A strategic priority.
#[derive(Debug, Clone, Copy, Default)]
pub struct Priority<'a> {
    /// What it is called.
    pub title: &'a str,
    /// Why this one, pointing back to evidence.
    pub reason: &'a str,
}

/// One of the four leadership practices that a goal may be marked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Practice {
    /// Leading teaching and learning.
    Learning,
    /// Developing self and others.
    SelfAndOthers,
    /// Leading improvement, innovation and change.
    Improvement,
    /// Working with the community.
    Community,
}

impl Practice {
    /// All four, in the order of the schema.
    pub const ALL: [Practice; 4] = [Practice::Learning, Practice::SelfAndOthers, Practice::Improvement, Practice::Community];

    /// The key in the goal's map `practices`.
    pub const fn name(self) -> &'static str {
        match self {
            Practice::Learning => "learning",
            Practice::SelfAndOthers => "self_and_others",
            Practice::Improvement => "improvement",
            Practice::Community => "community",
        }
    }

    /// The practice with this key.
    pub fn from_name(name: &str) -> Option<Practice> {
        Practice::ALL.into_iter().find(|practice| practice.name() == name)
    }
}

/// A goal under a priority.
#[derive(Debug, Clone, Copy, Default)]
pub struct Goal<'a> {
    /// The priority it serves, if any.
    pub priority: Option<ItemId>,
    /// What shall be reached.
    pub title: &'a str,
    /// By what one will see that it is.
    pub success: &'a str,
    /// The leadership practices it is marked with.
    pub practices: &'a [Practice],
}

/// The state of an action.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Not begun.
    #[default]
    Planned,
    /// Begun.
    InProgress,
    /// Finished.
    Done,
}

impl Status {
    /// The value of the field `status`.
    pub const fn name(self) -> &'static str {
        match self {
            Status::Planned => "planned",
            Status::InProgress => "in_progress",
            Status::Done => "done",
        }
    }

    /// The status with this name.
    pub fn from_name(name: &str) -> Option<Status> {
        [Status::Planned, Status::InProgress, Status::Done].into_iter().find(|status| status.name() == name)
    }
}

/// An action under a goal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Action<'a> {
    /// The goal it serves, if any.
    pub goal: Option<ItemId>,
    /// What is done.
    pub what: &'a str,
    /// Who sees to it.
    pub responsible: &'a str,
    /// With whom.
    pub partners: &'a str,
    /// With what: people's time, things, money.
    pub resources: &'a str,
    /// First day.
    pub start: Option<Date>,
    /// Last day.
    pub due: Option<Date>,
    /// How far it is.
    pub status: Status,
}

/// Adds a priority.
pub fn add_priority(doc: &mut impl Transactable, id: ItemId, place: Place, priority: &Priority<'_>) -> Result<(), WriteError> {
    add_item(doc, "priorities", id, place, &[("title", Input::Text(priority.title)), ("reason", Input::Text(priority.reason))])
}

/// Adds a goal.
pub fn add_goal(doc: &mut impl Transactable, id: ItemId, place: Place, goal: &Goal<'_>) -> Result<(), WriteError> {
    let priority = text_of(goal.priority);
    let marked = |practice| Input::Bool(goal.practices.contains(&practice));
    add_item(
        doc,
        "goals",
        id,
        place,
        &[
            ("priority", Input::Str(&priority)),
            ("title", Input::Text(goal.title)),
            ("success", Input::Text(goal.success)),
            ("practices.learning", marked(Practice::Learning)),
            ("practices.self_and_others", marked(Practice::SelfAndOthers)),
            ("practices.improvement", marked(Practice::Improvement)),
            ("practices.community", marked(Practice::Community)),
        ],
    )
}

/// Adds an action.
pub fn add_action(doc: &mut impl Transactable, id: ItemId, place: Place, action: &Action<'_>) -> Result<(), WriteError> {
    let (goal, start, due) = (text_of(action.goal), text_of(action.start), text_of(action.due));
    add_item(
        doc,
        "actions",
        id,
        place,
        &[
            ("goal", Input::Str(&goal)),
            ("what", Input::Text(action.what)),
            ("responsible", Input::Text(action.responsible)),
            ("partners", Input::Text(action.partners)),
            ("resources", Input::Text(action.resources)),
            ("start", Input::Str(&start)),
            ("due", Input::Str(&due)),
            ("status", Input::Str(action.status.name())),
        ],
    )
}

/// An absent value is the empty string.
pub(super) fn text_of(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
