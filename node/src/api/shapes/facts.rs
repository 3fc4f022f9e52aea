//! What lists and the first page say of a document without opening it: [`jeli_protocol::kinds::Facts`], field by field.

use jeli_protocol::kinds::Facts;
use jeli_protocol::kinds::facts::{Asking, Day, Duty};
use serde::Serialize;
use utoipa::ToSchema;

/// As people wrote it, shortened; absent is empty, and all of it is while the document is coming or was not read yet.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(in crate::api) struct FactsView {
    title: String,
    /// Whether it is a pattern for new documents.
    template: bool,
    /// `<school>/<person>` whose it is.
    person: String,
    about: String,
    previous: String,
    /// `YYYY-MM-DD`. Of a meeting its day; of a plan, a year plan or a notebook its first.
    date: String,
    time: String,
    place: String,
    /// `YYYY-MM-DD`. The last day; of a request for feedback by when.
    until: String,
    /// Of a plan the step of its cycle, of a meeting its form, of a notebook its pattern.
    stage: String,
    duties: Vec<DutyView>,
    /// `<document>/<task>` of action items that were carried over into this meeting, done or not.
    carried: Vec<String>,
    days: Vec<DayView>,
    asking: Option<AskingView>,
}

/// An action of a plan or an action item of a meeting that is not done.
#[derive(Debug, Serialize, ToSchema)]
struct DutyView {
    /// `actions` or `tasks`.
    place: String,
    id: String,
    what: String,
    who: String,
    person: String,
    due: String,
    answer: String,
    offered_due: String,
}

/// A day in a year plan.
#[derive(Debug, Serialize, ToSchema)]
struct DayView {
    id: String,
    title: String,
    date: String,
    time: String,
    form: String,
    meeting: String,
}

/// What somebody asks of others.
#[derive(Debug, Serialize, ToSchema)]
struct AskingView {
    asker: String,
    asked_ms: i64,
    closed: bool,
    answers: usize,
    /// `<school>/<person>` or `<school>`.
    asked: Vec<String>,
    answered: Vec<String>,
}

impl From<Facts> for FactsView {
    fn from(facts: Facts) -> Self {
        let Facts { title, template, person, about, previous, date, time, place, until, stage, duties, carried, days, asking } = facts;
        Self {
            title,
            template,
            person,
            about,
            previous,
            date,
            time,
            place,
            until,
            stage,
            duties: duties.into_iter().map(DutyView::from).collect(),
            carried,
            days: days.into_iter().map(DayView::from).collect(),
            asking: asking.map(AskingView::from),
        }
    }
}

impl From<Duty> for DutyView {
    fn from(duty: Duty) -> Self {
        let Duty { place, id, what, who, person, due, answer, offered_due } = duty;
        Self { place, id, what, who, person, due, answer, offered_due }
    }
}

impl From<Day> for DayView {
    fn from(day: Day) -> Self {
        let Day { id, title, date, time, form, meeting } = day;
        Self { id, title, date, time, form, meeting }
    }
}

impl From<Asking> for AskingView {
    fn from(asking: Asking) -> Self {
        let Asking { asker, asked_ms, closed, answers, asked, answered } = asking;
        Self { asker, asked_ms, closed, answers, asked, answered }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_says_facts_as_the_protocol_reads_them() {
        let facts = Facts {
            title: "Жоспар".to_owned(),
            duties: vec![Duty { what: "Сабақ".to_owned(), ..Duty::default() }],
            days: vec![Day::default()],
            asking: Some(Asking { answers: 2, ..Asking::default() }),
            ..Facts::default()
        };
        let said = serde_json::to_value(FactsView::from(facts.clone())).expect("JSON");
        assert_eq!(said, serde_json::to_value(facts).expect("JSON"));
    }
}
