//! Sample documents of three schools of one network, in Kazakh, Russian and English: what the demo shows and what tests write.
//!
//! The words are in `client/samples/<language>`, in a shape for editing by hand: `plan.json` and `meeting.json` (see [`shape`]), what a
//! plan has besides in `cycle.json`, and documents of other kinds under their kind's name (see [`fill`]). Schools and people are invented.

mod fill;
mod shape;
mod write;

use automerge::AutoCommit;
use jeli_protocol::kinds::Kind;
use serde_json::{Map, Value};

pub use shape::{
    ActionSample, AgendaSample, AttendeeSample, BlockSample, DecisionSample, GoalSample, MeetingSample, PlanSample, PrioritySample, TaskSample,
};
pub use write::{SampleError, write_meeting, write_plan};

/// A language that there are samples in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

impl Language {
    /// All three, Kazakh first.
    pub const ALL: [Language; 3] = [Language::Kk, Language::Ru, Language::En];

    /// As in the documents' field `language`.
    pub const fn name(self) -> &'static str {
        match self {
            Language::Kk => "kk",
            Language::Ru => "ru",
            Language::En => "en",
        }
    }
}

/// The development plan of the school of this language.
pub fn plan(language: Language) -> Result<PlanSample, SampleError> {
    let text = match language {
        Language::Kk => include_str!("../../samples/kk/plan.json"),
        Language::Ru => include_str!("../../samples/ru/plan.json"),
        Language::En => include_str!("../../samples/en/plan.json"),
    };
    Ok(serde_json::from_str(text)?)
}

/// The network meeting that the school of this language leads.
pub fn meeting(language: Language) -> Result<MeetingSample, SampleError> {
    let text = match language {
        Language::Kk => include_str!("../../samples/kk/meeting.json"),
        Language::Ru => include_str!("../../samples/ru/meeting.json"),
        Language::En => include_str!("../../samples/en/meeting.json"),
    };
    Ok(serde_json::from_str(text)?)
}

/// A document of another kind, which the school of this language begins.
#[derive(Debug, Clone)]
pub struct Sample {
    /// What it is.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    fields: Map<String, Value>,
}

/// The documents of the school of this language besides its plan and its meeting.
pub fn others(language: Language) -> Result<Vec<Sample>, SampleError> {
    let files: &[(Kind, &str)] = match language {
        Language::Kk => &[
            (Kind::Year, include_str!("../../samples/kk/year.json")),
            (Kind::Notebook, include_str!("../../samples/kk/notebook.json")),
            (Kind::Portfolio, include_str!("../../samples/kk/portfolio.json")),
            (Kind::Library, include_str!("../../samples/kk/library.json")),
        ],
        Language::Ru => &[
            (Kind::Thread, include_str!("../../samples/ru/thread.json")),
            (Kind::Notebook, include_str!("../../samples/ru/notebook.json")),
            (Kind::Portfolio, include_str!("../../samples/ru/portfolio.json")),
        ],
        Language::En => &[
            (Kind::Feedback, include_str!("../../samples/en/feedback.json")),
            (Kind::Notebook, include_str!("../../samples/en/notebook.json")),
            (Kind::Portfolio, include_str!("../../samples/en/portfolio.json")),
        ],
    };
    let read = |(kind, text): &(Kind, &str)| -> Result<Sample, SampleError> {
        let fields: Map<String, Value> = serde_json::from_str(text)?;
        let title = fields.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Sample { kind: *kind, title, fields })
    };
    files.iter().map(read).collect()
}

/// The files of the library's first material, one in each language: what each is called, and its content.
pub const GUIDES: [(&str, &str); 3] = [
    ("Сабаққа қатысқаннан кейінгі үш сұрақ.txt", include_str!("../../samples/kk/visit.txt")),
    ("Три вопроса после посещения урока.txt", include_str!("../../samples/ru/visit.txt")),
    ("Three questions after a lesson visit.txt", include_str!("../../samples/en/visit.txt")),
];

/// Writes a sample into a new document of its kind; `ids` gives an item id at each call.
pub fn write(doc: &mut AutoCommit, sample: &Sample, ids: &mut impl FnMut() -> [u8; 16]) -> Result<(), SampleError> {
    fill::fill(doc, sample.kind, &sample.fields, &mut fill::Labels::new(), ids)
}

/// Writes what a plan says of its cycle into the document that [`write_plan`] wrote: self-evaluation, indicators, impact, report.
pub fn write_cycle(doc: &mut AutoCommit, language: Language, ids: &mut impl FnMut() -> [u8; 16]) -> Result<(), SampleError> {
    let text = match language {
        Language::Kk => include_str!("../../samples/kk/cycle.json"),
        Language::Ru => include_str!("../../samples/ru/cycle.json"),
        Language::En => include_str!("../../samples/en/cycle.json"),
    };
    let mut labels = fill::numbers_of_plan(doc);
    fill::fill(doc, Kind::Plan, &serde_json::from_str(text)?, &mut labels, ids)
}

#[cfg(test)]
mod tests;
