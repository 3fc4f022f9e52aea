//! Bundles: what is asked for, what lies here, what came of opening one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Named;
use crate::bundles::{Fate, Made, OnShelf, Opened, Place};

#[derive(Debug, Deserialize, ToSchema)]
pub(in crate::api) struct BundleAsk {
    /// Ids of schools; without, all that share a space with this node.
    pub schools: Option<Vec<String>>,
    /// Ids of spaces; without, all.
    pub spaces: Option<Vec<String>>,
    /// Everything, and not only what the recipients have not confirmed.
    #[serde(default)]
    pub everything: bool,
    /// Whether files go along.
    #[serde(default)]
    pub files: bool,
    /// Bytes of one bundle at most.
    pub max_bytes: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct BundleView {
    pub id: String,
    /// The name under which it is saved.
    pub name: String,
    pub bytes: u64,
    pub part: u64,
    pub parts: u64,
    /// By the maker's clock, Unix milliseconds.
    pub made_at: u64,
    /// The school that made it.
    pub school: Named,
    /// Its computer.
    pub node: Named,
    /// `made` here, `carried` for others, `waiting` for another one to come first.
    pub place: &'static str,
}

impl BundleView {
    pub(in crate::api) fn new(bundle: &OnShelf, name: String) -> Self {
        let (said, maker) = (bundle.cover.said(), bundle.cover.maker());
        Self {
            id: bundle.id().to_string(),
            name,
            bytes: bundle.bytes,
            part: said.part.number,
            parts: said.part.of,
            made_at: said.made_ms,
            school: Named { id: maker.school.to_string(), name: maker.school_name.clone() },
            node: Named { id: maker.node.to_string(), name: maker.node_name.clone() },
            place: match bundle.place {
                Place::Made => "made",
                Place::Carried => "carried",
                Place::Waiting => "waiting",
            },
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct MadeView {
    /// For whom it is.
    pub schools: Vec<Named>,
    pub parts: Vec<BundleView>,
    /// Whether there is anything in it but confirmations of what has come.
    pub news: bool,
    pub files: usize,
    /// Files that are larger than the size that was set.
    pub files_left_out: usize,
}

impl MadeView {
    pub(in crate::api) fn new(made: &Made, parts: Vec<BundleView>) -> Self {
        Self {
            schools: made.schools.iter().map(Named::from).collect(),
            parts,
            news: made.frames > 0 || made.files > 0,
            files: made.files,
            files_left_out: made.files_left_out,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct OpenedView {
    /// `taken`, `before` (it was taken in before), `waits` (another one must come first), `carried` (it is for others), `old` (it is for others, and a
    /// newer one lies here), `too_large_to_carry`, `own` (it was made here).
    pub fate: &'static str,
    /// The school that made it, and its computer.
    pub school: Named,
    pub node: Named,
    /// By the maker's clock, Unix milliseconds.
    pub made_at: u64,
    pub part: u64,
    pub parts: u64,
    pub spaces: Vec<OpenedSpace>,
    pub files: usize,
    /// Files for which there was no room.
    pub files_left: usize,
    /// Some of it was not taken: a computer of the space has written two histories.
    pub forked: bool,
    /// Some of it is of a space in which this node has no part (yet).
    pub unknown: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct OpenedSpace {
    pub id: String,
    pub name: String,
    /// Entries that were new here.
    pub new_entries: u64,
}

impl OpenedView {
    pub(in crate::api) fn new(opened: &Opened, spaces: Vec<OpenedSpace>) -> Self {
        let (said, maker) = (opened.cover.said(), opened.cover.maker());
        Self {
            fate: match opened.fate {
                Fate::Taken => "taken",
                Fate::Before => "before",
                Fate::Waits => "waits",
                Fate::Carried => "carried",
                Fate::Old => "old",
                Fate::TooLargeToCarry => "too_large_to_carry",
                Fate::Own => "own",
            },
            school: Named { id: maker.school.to_string(), name: maker.school_name.clone() },
            node: Named { id: maker.node.to_string(), name: maker.node_name.clone() },
            made_at: said.made_ms,
            part: said.part.number,
            parts: said.part.of,
            spaces,
            files: opened.files,
            files_left: opened.files_left,
            forked: opened.forked,
            unknown: opened.unknown,
        }
    }
}
