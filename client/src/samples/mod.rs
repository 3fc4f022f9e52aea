//! Sample documents of three schools of one network, in Kazakh, Russian and English: what the demo shows and what tests write.
//!
//! The words are in `client/samples/<language>/{plan,meeting}.json`, in a shape for editing by hand (see [`shape`]); [`plan`] and
//! [`meeting`] read them, [`write_plan`] and [`write_meeting`] put them into a document. Schools and people are invented.

mod shape;
mod write;

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

#[cfg(test)]
mod tests;
