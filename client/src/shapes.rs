//! The JSON of the API, as the client reads it. A field that this version does not know is left alone.

pub use jeli_protocol::kinds::Facts;
use serde::{Deserialize, Serialize};

/// Something with an id and a name: a school, a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// The id.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// `GET /api/v1/node`
#[derive(Debug, Clone, Deserialize)]
pub struct NodeInfo {
    /// The node's name.
    pub name: String,
    /// The program's version.
    pub version: String,
    /// Whose node it is.
    pub school: Named,
    /// The node's id.
    pub node: String,
    /// Whether the first account is still to be made.
    pub setup_needed: bool,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// The id.
    pub id: String,
    /// Shown to others.
    pub name: String,
    /// What is typed to sign in.
    pub login: String,
    /// `director`, `deputy`, `teacher` or `reader`.
    pub role: String,
    /// `kk`, `ru` or `en`.
    pub language: String,
}

/// Who is signed in.
#[derive(Debug, Clone, Deserialize)]
pub struct Me {
    /// The account.
    pub person: Person,
    /// Its school.
    pub school: Named,
    /// How documents name it: `<school>/<person>`.
    pub reference: String,
    /// A fresh actor id (hexadecimal) to write with.
    pub actor: String,
    /// Of a guest, who sees one document and nothing else.
    pub guest: Option<GuestSeat>,
}

/// What a guest is told of their seat.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct GuestSeat {
    /// The one document.
    pub document: String,
    /// Their school, as they said it.
    pub school: String,
    /// Unix milliseconds.
    pub ends: i64,
}

/// A code by which guests sit down at a meeting.
#[derive(Debug, Clone, Deserialize)]
pub struct OpenSeat {
    /// Eight digits in two groups.
    pub code: String,
    /// Unix milliseconds.
    pub ends: i64,
    /// Where it is typed.
    pub address: String,
    /// The address as a picture.
    pub qr_svg: String,
}

/// A guest at a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Seat {
    /// The number to end it by.
    pub id: String,
    /// As they said it.
    pub name: String,
    /// As they said it.
    pub school: String,
    /// Unix milliseconds.
    pub since: i64,
    /// Unix milliseconds.
    pub ends: i64,
}

/// A link to a questionnaire.
#[derive(Debug, Clone, Deserialize)]
pub struct QuestionnaireLink {
    /// `/q/<token>`
    pub path: String,
    /// The same for another device in the network.
    pub address: String,
    /// The address as a picture.
    pub qr_svg: String,
}

/// A questionnaire, as anybody with the link may see it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Questionnaire {
    /// Its title.
    pub title: String,
    /// `kk`, `ru`, `en`, or empty.
    pub language: String,
    /// `staff`, `parents` or `pupils`.
    pub audience: String,
    /// Whether answers are taken now.
    pub open: bool,
    /// The last day, or empty.
    pub until: String,
    /// What it asks.
    pub questions: Vec<Question>,
}

/// One question of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Question {
    /// To answer it by.
    pub id: String,
    /// What it asks.
    pub text: String,
}

/// An account to be made.
#[derive(Debug, Clone, Serialize)]
pub struct NewPerson<'a> {
    /// Shown to others.
    pub name: &'a str,
    /// What is typed to sign in.
    pub login: &'a str,
    /// At least eight characters.
    pub password: &'a str,
    /// `director`, `deputy`, `teacher` or `reader`.
    pub role: &'a str,
    /// `kk`, `ru` or `en`.
    pub language: &'a str,
    /// Of whoever has an account at another computer of the school.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass: Option<&'a str>,
}

/// A school in a space.
#[derive(Debug, Clone, Deserialize)]
pub struct Member {
    /// The school.
    pub school: Named,
    /// `convenor`, `member` or `reader`.
    pub role: String,
    /// Its nodes.
    pub nodes: Vec<Named>,
}

/// A space.
#[derive(Debug, Clone, Deserialize)]
pub struct Space {
    /// The id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Of this school alone.
    pub private: bool,
    /// `member`, or why this node only reads: `stopped`, `retired`, `out`.
    pub standing: String,
    /// Our school's role.
    pub role: String,
    /// All schools in it.
    pub members: Vec<Member>,
}

/// A way in for one school.
#[derive(Debug, Clone, Deserialize)]
pub struct Invitation {
    /// The text to hand over.
    pub ticket: String,
    /// The same as a picture.
    pub qr_svg: String,
}

/// What came of using an invitation.
#[derive(Debug, Clone, Deserialize)]
pub struct Joined {
    /// The space.
    pub space: String,
    /// `joined` or `waiting`.
    pub state: String,
}

/// Who may write a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteRule {
    /// The school that made it.
    Owner,
    /// Every convenor and member.
    Everyone,
    /// These schools and the owner.
    Schools(Vec<String>),
}

/// A document to be made.
#[derive(Debug, Clone, Serialize)]
pub struct NewDocument<'a> {
    /// In which space.
    pub space: &'a str,
    /// `plan` or `meeting`.
    pub kind: &'a str,
    /// Its title.
    pub title: &'a str,
    /// `kk`, `ru` or `en`.
    pub language: &'a str,
    /// Who may write it.
    pub write_rule: WriteRule,
    /// Of a request for feedback, a thread or a companion: `<document>` or `<document>/<collection>/<item>`; or empty.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub about: &'a str,
}

/// A document in the list.
#[derive(Debug, Clone, Deserialize)]
pub struct Document {
    /// As automerge-repo writes document ids.
    pub id: String,
    /// In which space.
    pub space: String,
    /// `here`, or `coming`: a school has made it, and nothing of what it says has come yet.
    pub state: String,
    /// `plan` or `meeting`.
    pub kind: String,
    /// Its title as last read.
    pub title: String,
    /// What else lists say of it, as last read.
    pub facts: Facts,
    /// The school that made it.
    pub owner: Named,
    /// Who may write it.
    pub write_rule: WriteRule,
    /// Whether we may.
    pub can_write: bool,
    /// Unix milliseconds, by the node's clock.
    pub changed_at: Option<i64>,
    /// How many schools have all of it.
    pub reached: u32,
    /// Of how many.
    pub of: u32,
    /// Changes not yet at every school.
    pub waiting: u64,
    /// The document's heads (hexadecimal), where one document was asked for.
    pub heads: Option<Vec<String>>,
}

/// What a document says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Content {
    /// The heads it was read at.
    pub heads: Vec<String>,
    /// Plain JSON, text as strings.
    pub content: serde_json::Value,
}

/// Somebody who has a document open.
#[derive(Debug, Clone, Deserialize)]
pub struct Present {
    /// Their name.
    pub name: String,
    /// Their school.
    pub school: Named,
    /// At this school.
    pub here: bool,
    /// A guest there: name and school as they said.
    pub guest: bool,
}

/// Words that could not be kept in their document.
#[derive(Debug, Clone, Deserialize)]
pub struct SetAside {
    /// The number to resolve it by.
    pub id: i64,
    /// Where they were meant to go.
    pub document: String,
    /// Unix milliseconds.
    pub when: i64,
    /// Whose they are.
    pub person: String,
    /// Why they were not kept.
    pub reason: String,
    /// The words.
    pub text: String,
}

/// A file on its way to the node, or what it has become.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SentFile {
    /// Bytes in all.
    pub length: u64,
    /// Bytes that are there.
    pub offset: u64,
    /// BLAKE3 of a whole one, in hex: by this documents name it.
    pub hash: Option<String>,
    /// What a whole one is by its first bytes.
    pub media_type: Option<String>,
}

/// A file that a document names.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct NamedFile {
    /// BLAKE3 of its content, in hex.
    pub hash: String,
    /// `content`, or `thumbnail` of one.
    pub part: String,
    /// Whether the document names it now; else a version in its history does.
    pub named: bool,
    /// `here`, `coming`, `wanted`, `paused`, `away`.
    pub state: String,
    /// Bytes in all, as far as that is known.
    pub size: u64,
    /// Bytes that are here.
    pub here: u64,
    /// Bytes a second, while it comes.
    pub rate: u64,
    /// Seconds, while it comes.
    pub seconds_left: Option<u64>,
    /// The schools that bring it.
    pub from: Vec<String>,
    /// What held up the last attempt.
    pub held_up: Option<String>,
    /// Schools that had it when they were last heard of.
    pub holders: Vec<FileHolder>,
    /// By what it is kept at this school whatever happens: `file`, `document`, `kind`; by nothing, if empty.
    pub pinned: Vec<String>,
}

/// Where else a file of a document stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FileUse {
    /// BLAKE3 of its content, in hex.
    pub hash: String,
    /// Other documents that name it.
    pub documents: Vec<String>,
}

/// A school that had a file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FileHolder {
    /// Its name.
    pub school: String,
    /// All of it, or a part.
    pub whole: bool,
    /// When that was known. Unix milliseconds.
    pub at: i64,
}

/// The room that files take at a node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Room {
    /// Bytes that they take.
    pub used: u64,
    /// Bytes that they may take.
    pub limit: u64,
    /// Bytes that may still come.
    pub left: u64,
    /// Bytes that the files of one other school may take before nothing of it comes by itself.
    pub portion: u64,
    /// What the files of each school take.
    pub schools: Vec<SchoolRoom>,
    /// What is kept.
    pub files: Vec<KeptFile>,
}

/// What the files of one school take at a node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SchoolRoom {
    /// None: whoever named them is of no school that the node knows.
    pub school: Option<Named>,
    /// Bytes.
    pub used: u64,
}

/// A file that is kept at a node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeptFile {
    /// BLAKE3 of its content, in hex.
    pub hash: String,
    /// Bytes.
    pub size: u64,
    /// The documents that name it.
    pub documents: Vec<KeptFor>,
    /// Other schools that had all of it when they were last heard of.
    pub schools: usize,
    /// No other computer is known to have all of it.
    pub last: bool,
}

/// A document that names a file which is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeptFor {
    /// The document.
    pub id: String,
    /// What it calls the file; empty for a small picture.
    pub name: String,
}
