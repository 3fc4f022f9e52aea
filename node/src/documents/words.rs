//! What changes would have said: the words of those that could not be kept, for their author.

use std::collections::{BTreeSet, HashSet};

use automerge::patches::PatchAction;
use automerge::{Automerge, AutomergeError, ChangeHash, Value};

use super::chunks::CheckedChange;
use super::loaded::{Poisoned, guarded, refused};

/// Characters of the words of one refused piece.
const MAX_WORDS_CHARS: usize = 20_000;

/// The words that changes would have added to the document, one piece a line: what a person looks for when their words were refused.
pub(super) fn words_of(doc: &Automerge, changes: &[CheckedChange]) -> Result<String, Poisoned> {
    guarded(|| {
        let (with, before) = with_changes(doc, changes).map_err(refused)?;
        let mut words = String::new();
        for patch in with.diff(&before, &with.get_heads()) {
            match patch.action {
                PatchAction::SpliceText { value, .. } => push_line(&mut words, &value.make_string()),
                PatchAction::PutMap { value: (Value::Scalar(scalar), _), .. } | PatchAction::PutSeq { value: (Value::Scalar(scalar), _), .. } => {
                    if let Some(text) = scalar.as_str() {
                        push_line(&mut words, text);
                    }
                }
                _ => {}
            }
        }
        Ok(words.chars().take(MAX_WORDS_CHARS).collect())
    })
}

/// The document with these changes in it, and the heads it had before them. Where they do not fit to what it says now (another change bears
/// the same actor and seq), the document as their author saw it.
pub(super) fn with_changes(doc: &Automerge, changes: &[CheckedChange]) -> Result<(Automerge, Vec<ChangeHash>), AutomergeError> {
    let mut joined = Vec::new();
    changes.iter().for_each(|change| joined.extend_from_slice(&change.chunk));
    let mut with = doc.fork();
    let mut before = with.get_heads();
    if with.load_incremental(&joined).is_err() {
        let own: HashSet<_> = changes.iter().map(|change| change.hash).collect();
        let below = changes.iter().flat_map(|change| &change.deps).filter(|dep| !own.contains(*dep));
        before = below.map(|dep| ChangeHash(dep.0)).collect::<BTreeSet<_>>().into_iter().collect();
        with = doc.fork_at(&before)?;
        with.load_incremental(&joined)?;
    }
    Ok((with, before))
}

fn push_line(words: &mut String, line: &str) {
    if line.trim().is_empty() {
        return;
    }
    if !words.is_empty() {
        words.push('\n');
    }
    words.push_str(line);
}
