//! Files of documents, and the room that they take.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    pub pinned: bool,
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
    /// Bytes that files take.
    pub used: u64,
    /// Bytes that they may take, as chosen.
    pub limit: u64,
    /// Bytes that may still come.
    pub left: u64,
    pub disk_free: u64,
    /// Bytes of the disk that files never take.
    pub reserve: u64,
    pub files: Vec<KeptFileView>,
    pub pins: Vec<PinView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct KeptFileView {
    pub hash: String,
    pub size: u64,
    /// Unix milliseconds.
    pub added_at: i64,
    pub used_at: i64,
    /// The documents that name it, of those that this person reads.
    pub documents: Vec<String>,
    /// Other schools that had all of it when they were last heard of.
    pub schools: usize,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct RoomAsk {
    /// Bytes that files may take.
    pub limit: Option<u64>,
    /// Bytes up to which a file comes by itself where the line costs nothing.
    pub small: Option<u64>,
}

/// What is kept at this school whatever happens: a file of a document (`blob` and `document`), all of a document, or all of a kind.
#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct PinAsk {
    pub blob: Option<String>,
    pub document: Option<String>,
    pub kind: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PinView {
    pub blob: Option<String>,
    pub document: Option<String>,
    pub kind: Option<String>,
}

impl From<&Pin> for PinView {
    fn from(pin: &Pin) -> Self {
        let mut view = Self { blob: None, document: None, kind: None };
        match pin {
            Pin::Blob(hash) => view.blob = Some(hash.to_string()),
            Pin::Document(document) => view.document = Some(document.to_string()),
            Pin::Kind(kind) => view.kind = Some(kind.clone()),
        }
        view
    }
}
