//! Writing a meeting: who was there, the agenda, decisions and tasks.

use automerge::transaction::Transactable;

use super::plan::text_of;
use super::rich::Block;
use super::write::{Input, Place, WriteError, add_item};
use super::{Date, ItemId};

/// Somebody who is invited.
#[derive(Debug, Clone, Copy, Default)]
pub struct Attendee<'a> {
    /// Name or pseudonym.
    pub name: &'a str,
    /// The school they speak for.
    pub school: &'a str,
    /// Whether they came.
    pub presence: Presence,
}

/// Whether somebody came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Presence {
    /// Did not come, or not yet.
    #[default]
    Absent,
    /// Came.
    Present,
}

/// What an agenda item is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// To let the others know.
    #[default]
    Inform,
    /// To think together.
    Discuss,
    /// To settle something.
    Decide,
}

impl Purpose {
    /// The value of the field `purpose`.
    pub const fn name(self) -> &'static str {
        match self {
            Purpose::Inform => "inform",
            Purpose::Discuss => "discuss",
            Purpose::Decide => "decide",
        }
    }

    /// The purpose with this name.
    pub fn from_name(name: &str) -> Option<Purpose> {
        [Purpose::Inform, Purpose::Discuss, Purpose::Decide].into_iter().find(|purpose| purpose.name() == name)
    }
}

/// An item of the agenda.
#[derive(Debug, Clone, Copy, Default)]
pub struct AgendaItem<'a> {
    /// What it is about.
    pub title: &'a str,
    /// Who presents it.
    pub presenter: &'a str,
    /// The presenter's school.
    pub school: &'a str,
    /// Minutes allotted.
    pub minutes: u16,
    /// What it is for.
    pub purpose: Purpose,
    /// What was said.
    pub notes: &'a [Block],
}

/// A decision.
#[derive(Debug, Clone, Copy, Default)]
pub struct Decision<'a> {
    /// In its full wording.
    pub text: &'a str,
    /// The agenda item it was taken under, if any.
    pub item: Option<ItemId>,
}

/// Whether a task is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Progress {
    /// Still to do.
    #[default]
    Open,
    /// Done.
    Done,
}

/// A task that came out of the meeting.
#[derive(Debug, Clone, Copy, Default)]
pub struct Task<'a> {
    /// What is to be done.
    pub what: &'a str,
    /// Who sees to it.
    pub responsible: &'a str,
    /// By when.
    pub due: Option<Date>,
    /// Whether it is done.
    pub progress: Progress,
    /// The action of a plan that it serves, as `<document id>/<action id>`; empty if none.
    pub plan_action: &'a str,
}

/// Adds a line to the attendance.
pub fn add_attendee(doc: &mut impl Transactable, id: ItemId, place: Place, attendee: &Attendee<'_>) -> Result<(), WriteError> {
    add_item(
        doc,
        "attendance",
        id,
        place,
        &[
            ("name", Input::Text(attendee.name)),
            ("school", Input::Text(attendee.school)),
            ("present", Input::Bool(attendee.presence == Presence::Present)),
        ],
    )
}

/// Adds an item to the agenda.
pub fn add_agenda_item(doc: &mut impl Transactable, id: ItemId, place: Place, item: &AgendaItem<'_>) -> Result<(), WriteError> {
    add_item(
        doc,
        "agenda",
        id,
        place,
        &[
            ("title", Input::Text(item.title)),
            ("presenter", Input::Text(item.presenter)),
            ("school", Input::Text(item.school)),
            ("minutes", Input::Int(item.minutes.into())),
            ("purpose", Input::Str(item.purpose.name())),
            ("notes", Input::Rich(item.notes)),
        ],
    )
}

/// Adds a decision.
pub fn add_decision(doc: &mut impl Transactable, id: ItemId, place: Place, decision: &Decision<'_>) -> Result<(), WriteError> {
    let item = text_of(decision.item);
    add_item(doc, "decisions", id, place, &[("text", Input::Text(decision.text)), ("item", Input::Str(&item))])
}

/// Adds a task.
pub fn add_task(doc: &mut impl Transactable, id: ItemId, place: Place, task: &Task<'_>) -> Result<(), WriteError> {
    let due = text_of(task.due);
    add_item(
        doc,
        "tasks",
        id,
        place,
        &[
            ("what", Input::Text(task.what)),
            ("responsible", Input::Text(task.responsible)),
            ("due", Input::Str(&due)),
            ("done", Input::Bool(task.progress == Progress::Done)),
            ("plan_action", Input::Str(task.plan_action)),
        ],
    )
}
