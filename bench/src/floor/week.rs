//! A week of work: forty documents, each written further by two people at once, one change a keystroke, and then filled with rows, as plans are with actions.
//!
//! Each document takes a piece of a recorded session, from a moment at which both authors had seen everything. The text as it stood then is the work of earlier
//! weeks, and the piece is written there. No recorded session of two is long enough for forty pieces of their own: they begin at forty different places and
//! overlap, which the yardstick (the same changes, packed) gains from as much as anything that is sent.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use automerge::transaction::Transactable as _;
use automerge::{ActorId, AutoCommit, Change, ObjId, ROOT, ReadDoc as _};
use jeli_protocol::kinds::write::add_item;
use jeli_protocol::kinds::{Input, ItemId, Place};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::trace::{self, Keystroke, Start, Trace};

/// Documents of the week.
pub(super) const DOCUMENTS: usize = 40;
/// Keystrokes in each with which the changes of all, rows included, come to some 200 KB when they are packed.
pub const KEYSTROKES: usize = 3_900;
/// A row for so many keystrokes: most of what it takes is the random name of a new item.
const KEYSTROKES_A_ROW: usize = 55;
/// Characters in a row's text.
const ROW_CHARS: usize = 60;
/// Characters of the earlier text that are written in one change.
const PARAGRAPH: usize = 1_000;

/// What one document is to become.
pub(super) struct Piece {
    /// The text of earlier weeks.
    before: String,
    /// This week.
    week: Trace,
}

/// The pieces of a recorded session of two, with so many keystrokes each.
pub(super) fn pieces(path: &Path, keystrokes: usize) -> Result<Vec<Piece>> {
    let trace = trace::load(path).map_err(anyhow::Error::from_boxed)?;
    let meetings = meetings(&trace.keystrokes);
    let last = trace.keystrokes.len().checked_sub(keystrokes).context("the session is long enough for a piece")?;
    let replayed = trace::replay(&trace, 1).map_err(anyhow::Error::from_boxed)?;
    let mut document = AutoCommit::new();
    let mut applied = 0;
    let mut pieces = Vec::with_capacity(DOCUMENTS);
    for number in 0..DOCUMENTS {
        let wanted = last * number / (DOCUMENTS - 1);
        let at = *meetings.iter().rev().find(|meeting| **meeting <= wanted).context("both have seen everything at the beginning")?;
        // The first change makes the text, and one follows for each keystroke.
        let new = replayed.changes.get(applied..=at).unwrap_or_default();
        document.apply_changes(new.iter().map(|chunk| Change::from_bytes(chunk.clone())).collect::<Result<Vec<_>, _>>()?)?;
        applied = applied.max(at + 1);
        let before = document.text(text_of(&document, trace::TEXT)?)?;
        pieces.push(Piece { before, week: cut(&trace, at, keystrokes)? });
    }
    Ok(pieces)
}

/// Keystrokes from which on nobody builds on anything but the one before, or what came after it.
fn meetings(keystrokes: &[Keystroke]) -> Vec<usize> {
    let (mut oldest, mut meetings) = (usize::MAX, Vec::new());
    for (at, key) in keystrokes.iter().enumerate().rev() {
        oldest = oldest.min(key.parents.iter().copied().min().unwrap_or(0));
        if at == 0 || oldest + 1 >= at {
            meetings.push(at);
        }
    }
    meetings.reverse();
    meetings
}

/// The keystrokes from a meeting on, as a session of their own.
fn cut(trace: &Trace, from: usize, keystrokes: usize) -> Result<Trace> {
    let keystrokes = trace.keystrokes.get(from..from + keystrokes).context("the session goes on for a piece")?;
    let keystrokes = keystrokes.iter().map(|key| Keystroke {
        parents: key.parents.iter().filter_map(|parent| parent.checked_sub(from)).collect(),
        author: key.author,
        patches: key.patches.clone(),
    });
    Ok(Trace { keystrokes: keystrokes.collect(), authors: trace.authors, end_text: String::new() })
}

fn text_of(document: &AutoCommit, field: &str) -> Result<ObjId> {
    Ok(document.get(ROOT, field)?.with_context(|| format!("a document has the field {field}"))?.1)
}

impl Piece {
    /// Writes the text of earlier weeks into a field, a paragraph a change.
    pub(super) fn earlier(&self, document: &AutoCommit, field: &str) -> Result<Vec<Change>> {
        let mut document = document.clone();
        let heads = document.get_heads();
        let text = text_of(&document, field)?;
        let characters: Vec<char> = self.before.chars().collect();
        for paragraph in characters.chunks(PARAGRAPH) {
            let end = document.length(&text);
            document.splice_text(&text, end, 0, &paragraph.iter().collect::<String>())?;
            document.commit();
        }
        Ok(document.get_changes(&heads))
    }

    /// Writes the week, with these actors.
    pub(super) fn week(&self, document: &AutoCommit, field: &str, actors: [ActorId; 2]) -> Result<Vec<Change>> {
        let start = Start { document: document.clone(), text: text_of(document, field)?, actors: actors.to_vec() };
        let replayed = trace::replay_onto(&self.week, 1, start).map_err(anyhow::Error::from_boxed)?;
        ensure!(replayed.changes.len() == self.week.keystrokes.len(), "each keystroke is a change");
        let mut changes = replayed.changes.into_iter().map(Change::from_bytes).collect::<Result<Vec<_>, _>>()?;
        let mut document = document.clone();
        document.apply_changes(changes.clone())?;
        changes.extend(rows(document, &replayed.end_text, self.week.keystrokes.len() / KEYSTROKES_A_ROW)?);
        Ok(changes)
    }
}

/// New actions of a plan, in the words of its text.
fn rows(mut document: AutoCommit, words: &str, count: usize) -> Result<Vec<Change>> {
    let heads = document.get_heads();
    let words: Vec<char> = words.chars().collect();
    let mut chance = StdRng::seed_from_u64(words.len() as u64);
    for _ in 0..count {
        let from = chance.random_range(0..words.len().saturating_sub(ROW_CHARS).max(1));
        let what: String = words.iter().skip(from).take(ROW_CHARS).collect();
        let due = format!("2026-{:02}-{:02}", chance.random_range(1..=12), chance.random_range(1..=28));
        let values = [("what", Input::Text(&what)), ("due", Input::Str(&due))];
        add_item(&mut document, "actions", ItemId::from_bytes(chance.random()), Place::Last, &values)?;
        document.commit();
    }
    Ok(document.get_changes(&heads))
}
