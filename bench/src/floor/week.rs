//! A week of work: forty documents, each written further by a person, one change a keystroke.
//!
//! A long recorded session is cut into as many pieces, none of which is used twice. Each document begins with the text as it stood where its piece begins, as
//! far as the piece comes anywhere near it (that is the work of earlier weeks), and the piece is written there.

use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use automerge::transaction::Transactable as _;
use automerge::{ActorId, AutoCommit, Change, ROOT, ReadDoc as _};

use crate::trace::{self, Patch};

/// Documents of the week.
pub(super) const DOCUMENTS: usize = 40;
/// Keystrokes in each: so many that the changes of all come to some 200 KB when they are packed.
const KEYSTROKES: usize = 3_450;
/// Characters of the earlier text that are written in one change.
const PARAGRAPH: usize = 1_000;

/// What one document is to become.
pub(super) struct Piece {
    /// The text of earlier weeks.
    before: String,
    /// This week's keystrokes.
    patches: Vec<Patch>,
}

/// The pieces of a recorded session of one person.
pub(super) fn pieces(path: &Path) -> Result<Vec<Piece>> {
    let patches = trace::load_flat(path).map_err(anyhow::Error::from_boxed)?;
    ensure!(patches.len() >= DOCUMENTS * KEYSTROKES, "the session has {} keystrokes, and {DOCUMENTS} × {KEYSTROKES} are needed", patches.len());
    let distance = patches.len() / DOCUMENTS;
    let mut text: Vec<char> = Vec::new();
    let mut pieces = Vec::with_capacity(DOCUMENTS);
    for (number, patch) in patches.iter().enumerate() {
        if number % distance == 0 && pieces.len() < DOCUMENTS {
            let patches = patches.get(number..number + KEYSTROKES).context("each piece is shorter than the distance to the next")?.to_vec();
            pieces.push(Piece::within(&text, patches)?);
        }
        text.splice(deleted(patch, text.len())?, patch.inserted.chars());
    }
    Ok(pieces)
}

/// The characters that a keystroke deletes.
fn deleted(patch: &Patch, length: usize) -> Result<Range<usize>> {
    let deleted = patch.position..patch.position + patch.deleted.unsigned_abs();
    ensure!(deleted.end <= length, "a keystroke is beyond the end of the text");
    Ok(deleted)
}

impl Piece {
    /// The keystrokes, and of the text at their beginning what lies between the first and the last character that any of them touches.
    fn within(text: &[char], mut patches: Vec<Patch>) -> Result<Self> {
        // Where each character stood at the beginning; none for those that are written here.
        let mut origins: Vec<Option<usize>> = (0..text.len()).map(Some).collect();
        let (mut first, mut last) = (text.len(), 0);
        for patch in &patches {
            let deleted = deleted(patch, origins.len())?;
            if deleted.start == 0 {
                first = 0;
            }
            let touched = origins[deleted.start.saturating_sub(1)..deleted.end].iter().flatten();
            for origin in touched {
                (first, last) = (first.min(*origin), last.max(*origin + 1));
            }
            origins.splice(deleted, patch.inserted.chars().map(|_| None));
        }
        let first = first.min(last);
        for patch in &mut patches {
            patch.position -= first;
        }
        Ok(Self { before: text[first..last].iter().collect(), patches })
    }

    /// Writes the text of earlier weeks into a field, a paragraph a change.
    pub(super) fn earlier(&self, document: &AutoCommit, field: &str) -> Result<Vec<Change>> {
        let mut document = document.clone();
        let heads = document.get_heads();
        let (_, text) = document.get(ROOT, field)?.with_context(|| format!("a document has the field {field}"))?;
        let characters: Vec<char> = self.before.chars().collect();
        for paragraph in characters.chunks(PARAGRAPH) {
            let end = document.length(&text);
            document.splice_text(&text, end, 0, &paragraph.iter().collect::<String>())?;
            document.commit();
        }
        Ok(document.get_changes(&heads))
    }

    /// Writes the week, a keystroke a change, with an actor.
    pub(super) fn week(&self, document: &AutoCommit, field: &str, actor: ActorId) -> Result<Vec<Change>> {
        let mut document = document.clone().with_actor(actor);
        let heads = document.get_heads();
        let (_, text) = document.get(ROOT, field)?.with_context(|| format!("a document has the field {field}"))?;
        for patch in &self.patches {
            document.splice_text(&text, patch.position, patch.deleted, &patch.inserted)?;
            document.commit();
        }
        let changes = document.get_changes(&heads);
        ensure!(changes.len() == self.patches.len(), "each keystroke is a change");
        Ok(changes)
    }
}
