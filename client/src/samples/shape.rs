//! The shape of the sample files: lists in their order, goals under their priority, actions under their goal, no ids.

use jeli_protocol::kinds::rich::{Block, BlockKind, Level};
use serde::Deserialize;

/// A school's development plan.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanSample {
    /// `kk`, `ru` or `en`.
    pub language: String,
    /// The school's name.
    pub school: String,
    /// The plan's title.
    pub title: String,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Mission.
    pub mission: String,
    /// Values.
    pub values: String,
    /// Vision.
    pub vision: Vec<BlockSample>,
    /// The story of the plan.
    pub narrative: Vec<BlockSample>,
    /// Strategic priorities.
    pub priorities: Vec<PrioritySample>,
}

/// A strategic priority.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrioritySample {
    /// What it is called.
    pub title: String,
    /// Why this one.
    pub reason: String,
    /// Its goals.
    pub goals: Vec<GoalSample>,
}

/// A goal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalSample {
    /// What shall be reached.
    pub title: String,
    /// Success criteria.
    pub success: String,
    /// Leadership practices, by the names of the document's fields.
    pub practices: Vec<String>,
    /// Its actions.
    pub actions: Vec<ActionSample>,
}

/// An action.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionSample {
    /// What is done.
    pub what: String,
    /// Who sees to it.
    pub responsible: String,
    /// With whom.
    pub partners: String,
    /// With what.
    pub resources: String,
    /// First day, `YYYY-MM-DD`.
    pub start: String,
    /// Last day.
    pub due: String,
    /// `planned`, `in_progress` or `done`.
    pub status: String,
}

/// A meeting of the network.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeetingSample {
    /// `kk`, `ru` or `en`.
    pub language: String,
    /// Title.
    pub title: String,
    /// Day.
    pub date: String,
    /// Time of day.
    pub time: String,
    /// Where.
    pub place: String,
    /// The school that hosts it.
    pub host: String,
    /// Who convenes.
    pub convenor: String,
    /// Who was invited and who came.
    pub attendance: Vec<AttendeeSample>,
    /// Agenda.
    pub agenda: Vec<AgendaSample>,
    /// Decisions.
    pub decisions: Vec<DecisionSample>,
    /// Tasks.
    pub tasks: Vec<TaskSample>,
    /// By next time.
    pub next_time: Vec<BlockSample>,
    /// Reflection of the group.
    pub reflection: Vec<BlockSample>,
}

/// A line of the attendance.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttendeeSample {
    /// Name.
    pub name: String,
    /// School.
    pub school: String,
    /// Whether they came.
    pub present: bool,
}

/// An agenda item.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgendaSample {
    /// What it is about.
    pub title: String,
    /// Who presents.
    pub presenter: String,
    /// The presenter's school.
    pub school: String,
    /// Minutes allotted.
    pub minutes: u16,
    /// `inform`, `discuss` or `decide`.
    pub purpose: String,
    /// What was said.
    pub notes: Vec<BlockSample>,
}

/// A decision.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionSample {
    /// Its wording.
    pub text: String,
    /// The number of the agenda item, counted from 1.
    pub item: usize,
}

/// A task.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskSample {
    /// What is to be done.
    pub what: String,
    /// Who sees to it.
    pub responsible: String,
    /// By when.
    pub due: String,
    /// Whether it is done.
    pub done: bool,
}

/// A piece of rich text: `{"p": "words with **strong** and *emphasis*"}`, `{"h2": ".."}`, `{"ul": ["..", ".."]}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockSample {
    /// A heading of the second level.
    H2(String),
    /// A heading of the third level.
    H3(String),
    /// A paragraph.
    P(String),
    /// A list with bullets.
    Ul(Vec<String>),
    /// A numbered list.
    Ol(Vec<String>),
    /// A quotation.
    Quote(String),
}

/// The blocks of a rich text, as the documents hold them.
pub(super) fn blocks(pieces: &[BlockSample]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for piece in pieces {
        match piece {
            BlockSample::H2(words) => blocks.push(Block::marked(BlockKind::Heading(Level::new(2)), words)),
            BlockSample::H3(words) => blocks.push(Block::marked(BlockKind::Heading(Level::new(3)), words)),
            BlockSample::P(words) => blocks.push(Block::marked(BlockKind::Paragraph, words)),
            BlockSample::Quote(words) => blocks.push(Block::marked(BlockKind::Quote, words)),
            BlockSample::Ul(items) => blocks.extend(items.iter().map(|words| Block::marked(BlockKind::Bullet, words))),
            BlockSample::Ol(items) => blocks.extend(items.iter().map(|words| Block::marked(BlockKind::Numbered, words))),
        }
    }
    blocks
}
