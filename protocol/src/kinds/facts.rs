//! What lists and the first page say of a document without opening it: dates, what is to be done by whom, what waits for an answer.

use automerge::{ObjId, ROOT, ReadDoc, ScalarValue, Value};
use serde::{Deserialize, Serialize};

use super::limits::{FACTS_DUTIES, FACTS_NAMES, TITLE_CHARS};
use super::read::{items, object_at, string_at};
use super::rich::BLOCK_CHAR;
use super::schema::plan::COPY;
use super::{Kind, kind_of, title};

/// The facts of one document. Everything is as people wrote it, shortened; absent is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// On one line, at most [`TITLE_CHARS`] characters.
    pub title: String,
    /// Whether it is a pattern for new documents and no document of anybody's work.
    pub template: bool,
    /// `<school>/<person>` whose it is; in a notebook or a portfolio in the school's own space the only one who reads it.
    pub person: String,
    /// The document that this one is about.
    pub about: String,
    /// The document before it in its row: the last meeting, the last plan.
    pub previous: String,
    /// Of a meeting: its day. Of a plan, a year plan or a notebook: its first.
    pub date: String,
    /// Of a meeting: when it begins. `HH:MM`.
    pub time: String,
    /// Of a meeting: where.
    pub place: String,
    /// Of a plan, a year plan or a notebook: its last day. Of a request for feedback: by when.
    pub until: String,
    /// Of a plan: the step of its cycle. Of a notebook: its pattern.
    pub stage: String,
    /// What is still to be done, in the order of the document. At most [`FACTS_DUTIES`].
    pub duties: Vec<Duty>,
    /// `<document>/<task>` of the action items that a meeting has carried over from earlier ones, done or not. At most [`FACTS_DUTIES`].
    pub carried: Vec<String>,
    /// The days of a year plan. At most [`FACTS_DUTIES`].
    pub days: Vec<Day>,
    /// Of a request for feedback.
    pub asking: Option<Asking>,
}

/// An action of a plan or an action item of a meeting that is not done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Duty {
    /// The collection: `actions` or `tasks`.
    pub place: String,
    /// Its key there.
    pub id: String,
    /// What is to be done.
    pub what: String,
    /// Who, as written.
    pub who: String,
    /// `<school>/<person>`, if somebody was chosen.
    pub person: String,
    /// By when.
    pub due: String,
    /// What the responsible person said: see [`super::schema::plan::ANSWERS`].
    pub answer: String,
    /// The other day that they offered.
    pub offered_due: String,
}

/// A day in a year plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Day {
    /// Its key in `events`.
    pub id: String,
    /// What is on.
    pub title: String,
    /// The day.
    pub date: String,
    /// `HH:MM`.
    pub time: String,
    /// See [`super::schema::meeting::FORMS`].
    pub form: String,
    /// The meeting's document, if there is one.
    pub meeting: String,
}

/// What somebody asks of others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asking {
    /// Who asks.
    pub asker: String,
    /// Since when, milliseconds since 1970 by their clock.
    pub asked_ms: i64,
    /// Whether no more answers are wanted.
    pub closed: bool,
    /// How many answers there are.
    pub answers: usize,
    /// `<school>/<person>` or `<school>` of those asked. At most [`FACTS_NAMES`].
    pub asked: Vec<String>,
    /// `<school>/<person>` of those who have answered. At most [`FACTS_NAMES`].
    pub answered: Vec<String>,
}

/// Reads the facts of a document. Of one that follows no schema, its title.
pub fn facts(doc: &impl ReadDoc) -> Facts {
    let mut facts = Facts { title: title(doc), ..Facts::default() };
    let Ok(kind) = kind_of(doc) else { return facts };
    let root = |key: &str| line(doc, &ROOT, key);
    facts.template = yes(doc, &ROOT, "template");
    (facts.person, facts.about, facts.previous) = (root("person"), root("about"), root("previous"));
    match kind {
        Kind::Plan => {
            if let Some((_, period)) = object_at(doc, &ROOT, "period") {
                (facts.date, facts.until) = (line(doc, &period, "from"), line(doc, &period, "to"));
            }
            facts.stage = root("step");
            // What a copy says is to be done is done by the school's own plan.
            let copied = items(doc, "shared").iter().any(|given| line(doc, &given.object, "part") == COPY);
            if !copied {
                facts.duties = duties(doc, "actions", |item| line(doc, item, "status") == "done");
            }
        }
        Kind::Meeting => {
            (facts.date, facts.time, facts.place) = (root("date"), root("time"), root("place"));
            facts.stage = root("form");
            facts.duties = duties(doc, "tasks", |item| yes(doc, item, "done"));
            let carried = items(doc, "tasks").into_iter().map(|item| line(doc, &item.object, "carried_from"));
            facts.carried = carried.filter(|from| !from.is_empty()).take(FACTS_DUTIES).collect();
        }
        Kind::Year => {
            (facts.date, facts.until) = (root("from"), root("to"));
            facts.days = days(doc);
        }
        Kind::Notebook => {
            (facts.date, facts.until, facts.stage) = (root("from"), root("to"), root("pattern"));
        }
        Kind::Feedback => {
            facts.until = root("by");
            facts.asking = Some(asking(doc));
        }
        Kind::Portfolio | Kind::Thread | Kind::Companion | Kind::Library => {}
    }
    facts
}

fn duties(doc: &impl ReadDoc, place: &str, is_done: impl Fn(&ObjId) -> bool) -> Vec<Duty> {
    let open = items(doc, place).into_iter().filter(|item| !is_done(&item.object));
    open.take(FACTS_DUTIES)
        .map(|item| Duty {
            place: place.to_owned(),
            what: line(doc, &item.object, "what"),
            who: line(doc, &item.object, "responsible"),
            person: line(doc, &item.object, "person"),
            due: line(doc, &item.object, "due"),
            answer: line(doc, &item.object, "answer"),
            offered_due: line(doc, &item.object, "offered_due"),
            id: item.id,
        })
        .collect()
}

fn days(doc: &impl ReadDoc) -> Vec<Day> {
    let events = items(doc, "events").into_iter().take(FACTS_DUTIES);
    events
        .map(|item| Day {
            title: line(doc, &item.object, "title"),
            date: line(doc, &item.object, "date"),
            time: line(doc, &item.object, "time"),
            form: line(doc, &item.object, "form"),
            meeting: line(doc, &item.object, "meeting"),
            id: item.id,
        })
        .collect()
}

fn asking(doc: &impl ReadDoc) -> Asking {
    let answers = items(doc, "answers");
    let named = |item: &super::read::Item| match (line(doc, &item.object, "school"), line(doc, &item.object, "person")) {
        (school, person) if person.is_empty() => school,
        (_, person) => person,
    };
    Asking {
        asker: line(doc, &ROOT, "asker"),
        asked_ms: moment(doc, &ROOT, "asked_ms"),
        closed: yes(doc, &ROOT, "closed"),
        answered: answers.iter().map(|item| line(doc, &item.object, "person")).filter(|person| !person.is_empty()).take(FACTS_NAMES).collect(),
        answers: answers.len(),
        asked: items(doc, "asked").iter().map(named).filter(|name| !name.is_empty()).take(FACTS_NAMES).collect(),
    }
}

/// The words at a key on one line, shortened.
fn line(doc: &impl ReadDoc, object: &ObjId, key: &str) -> String {
    let text = string_at(doc, object, key).unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control() && *c != BLOCK_CHAR).take(TITLE_CHARS).collect()
}

fn yes(doc: &impl ReadDoc, object: &ObjId, key: &str) -> bool {
    matches!(doc.get(object, key), Ok(Some((Value::Scalar(scalar), _))) if matches!(scalar.as_ref(), ScalarValue::Boolean(true)))
}

fn moment(doc: &impl ReadDoc, object: &ObjId, key: &str) -> i64 {
    match doc.get(object, key) {
        Ok(Some((Value::Scalar(scalar), _))) => scalar.as_i64().unwrap_or_default(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::meeting::{Task, add_task};
    use crate::kinds::plan::{Action, add_action};
    use crate::kinds::{Input, ItemId, Place, set, start};
    use automerge::ActorId;

    #[test]
    fn the_facts_of_a_meeting_name_its_day_and_what_is_still_to_be_done() {
        let mut doc = start(Kind::Meeting, ActorId::from(&[1; 16][..])).expect("a new meeting");
        let id = |number| ItemId::from_bytes([number; 16]);
        set(&mut doc, &["title"], Input::Text("Желі жиналысы")).expect("a title");
        set(&mut doc, &["date"], Input::Str("2026-12-04")).expect("a day");
        add_task(&mut doc, id(1), Place::Last, &Task { what: "Хат  жазу\nбүгін", responsible: "Айгүл", ..Task::default() }).expect("a task");
        add_task(&mut doc, id(2), Place::Last, &Task { what: "Бітті", ..Task::default() }).expect("a task");
        set(&mut doc, &["tasks", &id(2).to_string(), "done"], Input::Bool(true)).expect("it is done");
        set(&mut doc, &["tasks", &id(2).to_string(), "carried_from"], Input::Str("earlier/task")).expect("it came from an earlier meeting");

        let read = facts(&doc);
        assert_eq!((read.title.as_str(), read.date.as_str(), read.template), ("Желі жиналысы", "2026-12-04", false));
        assert_eq!(read.duties.len(), 1, "what is done is no duty");
        assert_eq!(read.carried, ["earlier/task"], "and is still known to stand here, so that it is no duty there");
        assert_eq!((read.duties[0].what.as_str(), read.duties[0].who.as_str()), ("Хат жазу бүгін", "Айгүл"));
        let again: Facts = serde_json::from_str(&serde_json::to_string(&read).expect("JSON")).expect("read back");
        assert_eq!(again, read);
    }

    #[test]
    fn what_the_copy_of_a_plan_says_is_to_be_done_is_nobodys_duty() {
        let mut doc = start(Kind::Plan, ActorId::from(&[1; 16][..])).expect("a new plan");
        let (action, given) = (ItemId::from_bytes([1; 16]), ItemId::from_bytes([2; 16]));
        add_action(&mut doc, action, Place::Last, &Action { what: "Ашық сабақ", ..Action::default() }).expect("an action");
        assert_eq!(facts(&doc).duties.len(), 1);
        for (part, duties) in [("", 1), (COPY, 0)] {
            let place = given_in(&doc);
            let shared = automerge::transaction::Transactable::put_object(&mut doc, place, given.to_string(), automerge::ObjType::Map);
            automerge::transaction::Transactable::put(&mut doc, shared.expect("an item"), "part", part).expect("its part");
            assert_eq!(facts(&doc).duties.len(), duties, "{part:?}");
        }
    }

    fn given_in(doc: &automerge::AutoCommit) -> ObjId {
        object_at(doc, &ROOT, "shared").expect("a plan has the collection").1
    }

    #[test]
    fn the_facts_of_a_document_of_no_kind_are_its_title() {
        let mut doc = automerge::AutoCommit::new();
        automerge::transaction::Transactable::put(&mut doc, ROOT, "title", "x").expect("a title");
        assert_eq!(facts(&doc), Facts { title: "x".to_owned(), ..Facts::default() });
    }
}
