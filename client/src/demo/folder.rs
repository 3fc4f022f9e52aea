//! The demo's folder: a folder for each node, its log, and what is needed to go on with an earlier demo.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::school::{Ports, SCHOOLS};

/// Written when everything is in place; a folder without it was left half made.
const NOTE: &str = "demo.json";

/// What an earlier demo left.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) ports: [Ports; SCHOOLS.len()],
}

pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What an earlier demo left, where it was made to its end.
    pub(crate) fn note(&self) -> Option<Note> {
        serde_json::from_slice(&fs::read(self.path.join(NOTE)).ok()?).ok()
    }

    pub(crate) fn write_note(&self, note: &Note) -> Result<()> {
        fs::write(self.path.join(NOTE), serde_json::to_vec(note)?).with_context(|| format!("cannot write into {}", self.path.display()))
    }

    /// Removes what is there and makes the folder anew. Takes away only what a demo has made.
    pub(crate) fn start_anew(&self) -> Result<()> {
        self.remove()?;
        fs::create_dir_all(&self.path).with_context(|| format!("cannot make the folder {}", self.path.display()))
    }

    pub(crate) fn remove(&self) -> Result<()> {
        let ours: Vec<String> =
            SCHOOLS.iter().flat_map(|school| [school.folder.to_owned(), log_name(school.folder)]).chain([NOTE.to_owned()]).collect();
        let Ok(entries) = fs::read_dir(&self.path) else { return Ok(()) };
        for entry in entries {
            let name = entry?.file_name().to_string_lossy().into_owned();
            ensure!(ours.contains(&name), "{} holds {name}, which no demo has made; nothing was removed", self.path.display());
        }
        fs::remove_dir_all(&self.path).with_context(|| format!("cannot remove {}", self.path.display()))
    }

    pub(crate) fn data(&self, school: &str) -> PathBuf {
        self.path.join(school)
    }

    pub(crate) fn log(&self, school: &str) -> PathBuf {
        self.path.join(log_name(school))
    }
}

fn log_name(school: &str) -> String {
    format!("{school}.log")
}
