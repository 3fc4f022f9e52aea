//! Files of documents, and the room that they take.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Named;
use crate::blobs::{Holder, Pin};
use crate::replica_handle::SchoolInfo;

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct UploadView {
    pub id: String,
    /// Bytes in all.
    pub length: u64,
    /// Bytes that are here.
    pub offset: u64,
    /// Of a whole one: the hash by which a document names it.
    pub hash: Option<String>,
    /// Of a whole one: what it is by its first bytes.
    pub media_type: Option<String>,
}

/// A file that a document names.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct FileView {
    pub hash: String,
    /// `content`, or `thumbnail` of one.
    pub part: &'static str,
    /// Whether the document names it now; else a version in its history does.
    pub named: bool,
    /// `here`, `coming` (being fetched), `wanted` (waits for somebody who has it, or for its turn), `paused`, `away`.
    pub state: &'static str,
    /// Bytes in all, as far as that is known.
    pub size: u64,
    /// Bytes that are here.
    pub here: u64,
    /// Bytes a second, while it is being fetched.
    pub rate: u64,
    pub seconds_left: Option<u64>,
    /// The schools that bring it now.
    pub from: Vec<String>,
    /// What held up the last attempt: `nobody_has_it`, `no_room`, `too_large`, `failed`.
    pub held_up: Option<&'static str>,
    /// Schools that had it when they were last heard of, the latest first.
    pub holders: Vec<HolderView>,
    pub pinned: Vec<Pinned>,
}

/// By what something is kept at this school whatever happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum Pinned {
    File,
    Document,
    Kind,
}

impl From<&Pin> for Pinned {
    fn from(pin: &Pin) -> Self {
        match pin {
            Pin::Blob(_) => Self::File,
            Pin::Document(_) => Self::Document,
            Pin::Kind(_) => Self::Kind,
        }
    }
}

/// Where else a file of a document stands.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct FileUseView {
    pub hash: String,
    /// Other documents that name it now, of those that this person reads.
    pub documents: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct HolderView {
    pub school: String,
    /// All of it, or a part.
    pub whole: bool,
    /// When that was known last. Unix milliseconds.
    pub at: i64,
}

impl HolderView {
    pub(in crate::api) fn new(school: &SchoolInfo, holder: &Holder) -> Self {
        Self { school: school.name.clone(), whole: holder.whole, at: holder.at_ms }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct FileAsk {
    pub action: FileAct,
    /// With `let_go`: also where no other school is known to have it.
    #[serde(default)]
    pub even_the_last: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum FileAct {
    Want,
    Pause,
    Cancel,
    LetGo,
}

/// The room for files, and what is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RoomView {
    /// Bytes that files take; of that, what is not whole: on its way to here, or being sent in.
    pub used: u64,
    pub unfinished: u64,
    /// Bytes that they may take, as chosen.
    pub limit: u64,
    /// Bytes that may still come.
    pub left: u64,
    pub disk_free: u64,
    /// Bytes of the disk that files never take.
    pub reserve: u64,
    /// Bytes up to which a file comes by itself where the line costs nothing.
    pub small: u64,
    /// Percent of the room that the files of one other school may take before nothing of it comes by itself; and the same in bytes, as the disk is now.
    pub portion_percent: u64,
    pub portion: u64,
    /// What the files of each school take.
    pub schools: Vec<SchoolRoomView>,
    pub files: Vec<KeptFileView>,
    pub pins: Vec<PinView>,
}

/// What the files take that one school's computers named in documents.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SchoolRoomView {
    /// None: those who named them are of no school that this node knows.
    pub school: Option<Named>,
    pub used: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct KeptFileView {
    /// `#` and a number where it stands in nothing that this person reads.
    pub hash: String,
    pub size: u64,
    /// Unix milliseconds.
    pub added_at: i64,
    pub used_at: i64,
    /// The documents that name it, of those that this person reads.
    pub documents: Vec<KeptForView>,
    /// Other schools that had all of it when they were last heard of.
    pub schools: usize,
    /// All whose computers had all of it, our own school's others too; none where it stands in nothing that this person reads.
    pub holders: Vec<HolderView>,
    /// No other computer is known to have all of it.
    pub last: bool,
    pub pinned: Vec<Pinned>,
}

/// A document that names a file, and what it calls it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct KeptForView {
    pub id: String,
    pub title: String,
    pub kind: String,
    /// `content`, or `thumbnail` of one.
    pub part: &'static str,
    /// Whether it names it now; else a version in its history does.
    pub named: bool,
    pub name: String,
    /// As whoever added it says.
    pub media_type: String,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct RoomAsk {
    /// Bytes that files may take.
    pub limit: Option<u64>,
    /// Bytes up to which a file comes by itself where the line costs nothing.
    pub small: Option<u64>,
    /// Percent of the room that the files of one other school may take before nothing of it comes by itself; at most 100.
    pub portion_percent: Option<u64>,
}

/// What is kept at this school whatever happens: a file of a document (`blob` and `document`), all of a document, or all of a kind.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct PinAsk {
    pub blob: Option<String>,
    pub document: Option<String>,
    pub kind: Option<String>,
}

/// As [`PinAsk`], of what this person reads.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(in crate::api) struct PinView {
    pub blob: Option<String>,
    pub document: Option<String>,
    pub kind: Option<String>,
    /// The file's or the document's, as people call it; empty for a kind.
    pub name: String,
}
