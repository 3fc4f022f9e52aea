//! Puts a sample into a document, as people would: a change for each part and each item, so that no change is unusually large.

use automerge::AutoCommit;
use jeli_protocol::kinds::meeting::{self, AgendaItem, Attendee, Decision, Presence, Progress, Purpose, Task};
use jeli_protocol::kinds::plan::{self, Action, Goal, Practice, Priority, Status};
use jeli_protocol::kinds::{Date, Input, ItemId, Place, WriteError, set};
use thiserror::Error;

use super::shape::{ActionSample, GoalSample, MeetingSample, PlanSample, blocks};

/// Why a sample is not written.
#[derive(Debug, Error)]
pub enum SampleError {
    /// The file is not of the shape.
    #[error("a sample file is not of the expected shape")]
    Shape(#[from] serde_json::Error),
    /// The document did not take it.
    #[error("the sample does not fit into the document")]
    Write(#[from] WriteError),
    /// A word that stands for nothing, such as a status that there is not.
    #[error("the sample says \"{0}\" where it should name a status, a purpose, a practice, a date or an agenda item")]
    Word(String),
}

/// Writes a plan into a new document of the kind `plan`; `ids` gives an item id at each call.
pub fn write_plan(doc: &mut AutoCommit, sample: &PlanSample, ids: &mut impl FnMut() -> [u8; 16]) -> Result<(), SampleError> {
    let (vision, narrative) = (blocks(&sample.vision), blocks(&sample.narrative));
    fill(
        doc,
        &[
            (&["title"], Input::Text(&sample.title)),
            (&["language"], Input::Str(&sample.language)),
            (&["period", "from"], Input::Str(&sample.from)),
            (&["period", "to"], Input::Str(&sample.to)),
            (&["mission"], Input::Text(&sample.mission)),
            (&["values"], Input::Text(&sample.values)),
            (&["vision"], Input::Rich(&vision)),
            (&["narrative"], Input::Rich(&narrative)),
        ],
    )?;
    for priority in &sample.priorities {
        let id = ItemId::from_bytes(ids());
        plan::add_priority(doc, id, Place::Last, &Priority { title: &priority.title, reason: &priority.reason })?;
        doc.commit();
        for goal in &priority.goals {
            write_goal(doc, id, goal, ids)?;
        }
    }
    Ok(())
}

fn write_goal(doc: &mut AutoCommit, priority: ItemId, sample: &GoalSample, ids: &mut impl FnMut() -> [u8; 16]) -> Result<(), SampleError> {
    let id = ItemId::from_bytes(ids());
    let named = |name: &String| Practice::from_name(name).ok_or_else(|| SampleError::Word(name.clone()));
    let practices = sample.practices.iter().map(named).collect::<Result<Vec<_>, _>>()?;
    let goal = Goal { priority: Some(priority), title: &sample.title, success: &sample.success, practices: &practices };
    plan::add_goal(doc, id, Place::Last, &goal)?;
    doc.commit();
    for action in &sample.actions {
        write_action(doc, id, action, ItemId::from_bytes(ids()))?;
    }
    Ok(())
}

fn write_action(doc: &mut AutoCommit, goal: ItemId, sample: &ActionSample, id: ItemId) -> Result<(), SampleError> {
    let action = Action {
        goal: Some(goal),
        what: &sample.what,
        responsible: &sample.responsible,
        partners: &sample.partners,
        resources: &sample.resources,
        start: Some(date(&sample.start)?),
        due: Some(date(&sample.due)?),
        status: Status::from_name(&sample.status).ok_or_else(|| SampleError::Word(sample.status.clone()))?,
    };
    plan::add_action(doc, id, Place::Last, &action)?;
    doc.commit();
    Ok(())
}

/// Writes a meeting into a new document of the kind `meeting`; `ids` gives an item id at each call.
pub fn write_meeting(doc: &mut AutoCommit, sample: &MeetingSample, ids: &mut impl FnMut() -> [u8; 16]) -> Result<(), SampleError> {
    let (next_time, reflection) = (blocks(&sample.next_time), blocks(&sample.reflection));
    fill(
        doc,
        &[
            (&["title"], Input::Text(&sample.title)),
            (&["language"], Input::Str(&sample.language)),
            (&["date"], Input::Str(&sample.date)),
            (&["time"], Input::Str(&sample.time)),
            (&["place"], Input::Text(&sample.place)),
            (&["host"], Input::Text(&sample.host)),
            (&["convenor"], Input::Text(&sample.convenor)),
            (&["next_time"], Input::Rich(&next_time)),
            (&["reflection"], Input::Rich(&reflection)),
        ],
    )?;
    for person in &sample.attendance {
        let presence = if person.present { Presence::Present } else { Presence::Absent };
        let attendee = Attendee { name: &person.name, school: &person.school, presence };
        meeting::add_attendee(doc, ItemId::from_bytes(ids()), Place::Last, &attendee)?;
        doc.commit();
    }
    let agenda = write_agenda(doc, sample, ids)?;
    for decision in &sample.decisions {
        let number = decision.item.checked_sub(1).and_then(|index| agenda.get(index).copied());
        let item = Some(number.ok_or_else(|| SampleError::Word(decision.item.to_string()))?);
        meeting::add_decision(doc, ItemId::from_bytes(ids()), Place::Last, &Decision { text: &decision.text, item })?;
        doc.commit();
    }
    for task in &sample.tasks {
        let progress = if task.done { Progress::Done } else { Progress::Open };
        let due = Some(date(&task.due)?);
        let task = Task { what: &task.what, responsible: &task.responsible, due, progress, plan_action: "" };
        meeting::add_task(doc, ItemId::from_bytes(ids()), Place::Last, &task)?;
        doc.commit();
    }
    Ok(())
}

/// Writes the agenda and gives the ids of its items in their order.
fn write_agenda(doc: &mut AutoCommit, sample: &MeetingSample, ids: &mut impl FnMut() -> [u8; 16]) -> Result<Vec<ItemId>, SampleError> {
    let mut written = Vec::with_capacity(sample.agenda.len());
    for item in &sample.agenda {
        let id = ItemId::from_bytes(ids());
        let notes = blocks(&item.notes);
        let agenda_item = AgendaItem {
            title: &item.title,
            presenter: &item.presenter,
            school: &item.school,
            minutes: item.minutes,
            purpose: Purpose::from_name(&item.purpose).ok_or_else(|| SampleError::Word(item.purpose.clone()))?,
            notes: &notes,
        };
        meeting::add_agenda_item(doc, id, Place::Last, &agenda_item)?;
        doc.commit();
        written.push(id);
    }
    Ok(written)
}

fn fill(doc: &mut AutoCommit, fields: &[(&[&str], Input<'_>)]) -> Result<(), SampleError> {
    for (path, input) in fields {
        set(doc, path, *input)?;
        doc.commit();
    }
    Ok(())
}

fn date(text: &str) -> Result<Date, SampleError> {
    text.parse().map_err(|_| SampleError::Word(text.to_owned()))
}
