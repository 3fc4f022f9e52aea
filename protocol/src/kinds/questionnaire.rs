//! A short questionnaire of a plan, answered by link: what it asks, and counting an answer. Totals only; who answered is nowhere.

use automerge::transaction::Transactable;
use automerge::{ObjId, ROOT, ReadDoc, ScalarValue, Value};
use thiserror::Error;

use super::limits::{LINK_ANSWERS, SURVEY_QUESTIONS, TEXT_SHOWN_CHARS};
use super::read::{items, kind_of, object_at, string_at};
use super::schema::plan::RATING_MAX;
use super::write::{Input, Place, WriteError, add_item, set};
use super::{Date, ItemId, Kind};

/// What a questionnaire asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Questionnaire {
    /// Its title, at most [`TEXT_SHOWN_CHARS`] characters.
    pub title: String,
    /// The language of its plan.
    pub language: String,
    /// Whom it asks: see [`super::schema::plan::AUDIENCES`].
    pub audience: String,
    /// The last day on which answers are taken, or empty.
    pub until: String,
    /// Whether answers by link are taken.
    pub open: bool,
    /// In their order, at most [`SURVEY_QUESTIONS`].
    pub questions: Vec<Question>,
}

/// One of its questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its key in `survey_questions`.
    pub id: ItemId,
    /// What it asks, at most [`TEXT_SHOWN_CHARS`] characters.
    pub text: String,
}

/// An answer: from 1 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating(u8);

impl Rating {
    /// The answer, if it is one.
    pub fn new(number: i64) -> Option<Rating> {
        u8::try_from(number).ok().filter(|_| (1..=RATING_MAX).contains(&number)).map(Rating)
    }

    /// The field of a tally that counts it.
    fn field(self) -> &'static str {
        match self.0 {
            1 => "rated_1",
            2 => "rated_2",
            3 => "rated_3",
            _ => "rated_4",
        }
    }
}

/// Why answers were not counted. Nothing was written then.
#[derive(Debug, Error)]
pub enum CountError {
    /// There is no such questionnaire (any more).
    #[error("the plan has no such questionnaire")]
    Gone,
    /// It takes no answers, or its last day is over.
    #[error("the questionnaire takes no answers any more")]
    Closed,
    /// A question that it does not ask, or none.
    #[error("the answers are not to the questions that are asked")]
    OtherQuestions,
    /// [`LINK_ANSWERS`] have come.
    #[error("the questionnaire has more answers than a school has people")]
    Full,
    /// The plan does not take it.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Questionnaire {
    /// Reads one of a plan's questionnaires.
    pub fn read(doc: &impl ReadDoc, survey: ItemId) -> Option<Questionnaire> {
        kind_of(doc).ok().filter(|kind| *kind == Kind::Plan)?;
        let (_, surveys) = object_at(doc, &ROOT, "surveys")?;
        let name = survey.to_string();
        let (_, item) = object_at(doc, &surveys, &name)?;
        let of_this = |question: &super::read::Item| string_at(doc, &question.object, "survey").is_some_and(|survey| survey == name);
        let questions = items(doc, "survey_questions").into_iter().filter(of_this).take(SURVEY_QUESTIONS);
        Some(Questionnaire {
            title: words(doc, &item, "title"),
            language: words(doc, &ROOT, "language"),
            audience: words(doc, &item, "audience"),
            until: words(doc, &item, "until"),
            open: matches!(doc.get(&item, "open"), Ok(Some((Value::Scalar(open), _))) if matches!(open.as_ref(), ScalarValue::Boolean(true))),
            questions: questions.filter_map(|item| Some(Question { id: item.id.parse().ok()?, text: words(doc, &item.object, "text") })).collect(),
        })
    }

    /// Whether answers are taken on this day. A last day that is none closes nothing.
    pub fn takes_answers(&self, today: Date) -> bool {
        self.open && self.until.parse::<Date>().map_or(true, |last| today <= last)
    }
}

/// Counts one person's answers. `tally_of` says in which item whoever counts keeps the total of a question: nobody else writes in it, so that
/// two who count apart lose nothing to each other.
pub fn count_answers(
    doc: &mut impl Transactable,
    survey: ItemId,
    answers: &[(ItemId, Rating)],
    today: Date,
    tally_of: impl Fn(ItemId) -> ItemId,
) -> Result<(), CountError> {
    let asked = Questionnaire::read(doc, survey).ok_or(CountError::Gone)?;
    if !asked.takes_answers(today) {
        return Err(CountError::Closed);
    }
    let is_asked = |id: &ItemId| asked.questions.iter().any(|question| question.id == *id);
    let mut seen = std::collections::BTreeSet::new();
    if answers.is_empty() || !answers.iter().all(|(question, _)| is_asked(question) && seen.insert(*question)) {
        return Err(CountError::OtherQuestions);
    }
    let today = today.to_string();
    for (question, rating) in answers {
        count_one(doc, *question, *rating, &today, tally_of(*question))?;
    }
    Ok(())
}

fn count_one(doc: &mut impl Transactable, question: ItemId, rating: Rating, today: &str, tally: ItemId) -> Result<(), CountError> {
    let name = tally.to_string();
    let there = object_at(doc, &ROOT, "tallies").and_then(|(_, tallies)| object_at(doc, &tallies, &name));
    let Some((_, item)) = there else {
        let question = question.to_string();
        let first =
            [("question", Input::Str(&question)), ("source", Input::Str("link")), ("counted", Input::Str(today)), (rating.field(), Input::Int(1))];
        return Ok(add_item(doc, "tallies", tally, Place::Last, &first)?);
    };
    let total: i64 = (1..=RATING_MAX).filter_map(Rating::new).map(|rating| number(doc, &item, rating.field())).fold(0, i64::saturating_add);
    if total >= LINK_ANSWERS {
        return Err(CountError::Full);
    }
    let before = number(doc, &item, rating.field());
    set(doc, &["tallies", &name, rating.field()], Input::Int(before + 1))?;
    if words(doc, &item, "counted") != today {
        set(doc, &["tallies", &name, "counted"], Input::Str(today))?;
    }
    Ok(())
}

/// A total; what is none counts as nobody.
fn number(doc: &impl ReadDoc, item: &ObjId, key: &str) -> i64 {
    match doc.get(item, key) {
        Ok(Some((Value::Scalar(number), _))) => number.as_i64().unwrap_or_default().clamp(0, LINK_ANSWERS),
        _ => 0,
    }
}

fn words(doc: &impl ReadDoc, object: &ObjId, key: &str) -> String {
    string_at(doc, object, key).unwrap_or_default().chars().take(TEXT_SHOWN_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use automerge::{ActorId, AutoCommit};

    use super::*;
    use crate::kinds::{check, start, to_json};

    fn id(number: u8) -> ItemId {
        ItemId::from_bytes([number; 16])
    }

    fn rating(number: i64) -> Rating {
        Rating::new(number).expect("from 1 to 4")
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    /// Each who counts keeps an item of its own.
    fn tally_of(node: u8) -> impl Fn(ItemId) -> ItemId {
        move |question| ItemId::from_bytes([question.as_bytes()[0] ^ node; 16])
    }

    /// A plan with a questionnaire of two questions, and a question of another one.
    fn plan() -> AutoCommit {
        let mut doc = start(Kind::Plan, ActorId::from(&[1; 16][..])).expect("a new plan");
        set(&mut doc, &["language"], Input::Str("kk")).expect("a language");
        let survey = [("title", Input::Text("Ата-аналар")), ("until", Input::Str("2026-12-10")), ("open", Input::Bool(true))];
        add_item(&mut doc, "surveys", id(1), Place::Last, &survey).expect("a questionnaire");
        add_item(&mut doc, "surveys", id(2), Place::Last, &[("open", Input::Bool(true))]).expect("another one");
        for (question, of) in [(11, id(1)), (12, id(1)), (13, id(2))] {
            let fields = [("survey", Input::Str(&of.to_string())), ("text", Input::Text("Мектеп ашық па?"))];
            add_item(&mut doc, "survey_questions", id(question), Place::Last, &fields).expect("a question");
        }
        doc
    }

    #[test]
    fn a_questionnaire_is_read_with_its_own_questions_in_their_order() {
        let doc = plan();
        let read = Questionnaire::read(&doc, id(1)).expect("it is there");
        assert_eq!((read.title.as_str(), read.language.as_str(), read.until.as_str(), read.open), ("Ата-аналар", "kk", "2026-12-10", true));
        assert_eq!(read.questions.iter().map(|question| question.id).collect::<Vec<_>>(), [id(11), id(12)]);
        assert_eq!(Questionnaire::read(&doc, id(9)), None);
    }

    #[test]
    fn answers_become_totals_in_one_item_a_question_and_of_two_who_count_apart_none_is_lost() {
        let mut doc = plan();
        let today = day("2026-12-01");
        for answers in [[(id(11), rating(4)), (id(12), rating(1))], [(id(11), rating(4)), (id(12), rating(2))]] {
            count_answers(&mut doc, id(1), &answers, today, tally_of(0x40)).expect("they are counted");
        }
        let mut elsewhere = doc.fork().with_actor(ActorId::from(&[2; 16][..]));
        count_answers(&mut elsewhere, id(1), &[(id(11), rating(3))], today, tally_of(0x80)).expect("another school computer counts");
        count_answers(&mut doc, id(1), &[(id(11), rating(4))], day("2026-12-02"), tally_of(0x40)).expect("at the same time");
        doc.merge(&mut elsewhere).expect("they merge");
        let tallies = to_json(&doc).expect("it is small")["tallies"].as_object().expect("a map").clone();
        assert_eq!(tallies.len(), 3, "one for each question and counter: {tallies:?}");
        let first = &tallies[&tally_of(0x40)(id(11)).to_string()];
        assert_eq!((first["rated_4"].as_i64(), first["source"].as_str(), first["counted"].as_str()), (Some(3), Some("link"), Some("2026-12-02")));
        assert_eq!(tallies[&tally_of(0x80)(id(11)).to_string()]["rated_3"].as_i64(), Some(1));
        assert_eq!(check(&doc), [], "it follows the schema");
    }

    #[test]
    fn what_is_closed_over_or_not_asked_is_not_counted_and_writes_nothing() {
        let mut doc = plan();
        let before = doc.get_heads();
        let ask = |doc: &mut AutoCommit, survey: u8, answers: &[(ItemId, Rating)], today: &str| {
            count_answers(doc, id(survey), answers, day(today), tally_of(0)).err().map(|error| error.to_string())
        };
        let one = [(id(11), rating(1))];
        assert!(ask(&mut doc, 1, &one, "2026-12-11").is_some_and(|error| error.contains("no answers any more")), "its last day is over");
        for answers in [&[][..], &[(id(13), rating(1))], &[(id(11), rating(1)), (id(11), rating(2))]] {
            assert!(ask(&mut doc, 1, answers, "2026-12-10").is_some_and(|error| error.contains("not to the questions")), "{answers:?}");
        }
        assert!(ask(&mut doc, 9, &one, "2026-12-10").is_some_and(|error| error.contains("no such")));
        assert_eq!(doc.get_heads(), before);
        assert_eq!(ask(&mut doc, 1, &one, "2026-12-10"), None, "its last day counts");
        assert_eq!(ask(&mut doc, 2, &[(id(13), rating(1))], "2099-01-01"), None, "one without a last day does not end by itself");
        set(&mut doc, &["surveys", &id(1).to_string(), "open"], Input::Bool(false)).expect("closed");
        assert!(ask(&mut doc, 1, &one, "2026-12-01").is_some_and(|error| error.contains("no answers any more")));
        assert_eq!((Rating::new(0), Rating::new(5), Rating::new(-1)), (None, None, None));
    }

    #[test]
    fn a_questionnaire_that_somebody_floods_is_full_one_day() {
        let mut doc = plan();
        let today = day("2026-12-01");
        count_answers(&mut doc, id(1), &[(id(11), rating(1))], today, tally_of(1)).expect("the first");
        let item = tally_of(1)(id(11)).to_string();
        set(&mut doc, &["tallies", &item, "rated_2"], Input::Int(LINK_ANSWERS - 2)).expect("a total");
        count_answers(&mut doc, id(1), &[(id(11), rating(1))], today, tally_of(1)).expect("the last one");
        assert!(matches!(count_answers(&mut doc, id(1), &[(id(11), rating(1))], today, tally_of(1)), Err(CountError::Full)));
    }
}
