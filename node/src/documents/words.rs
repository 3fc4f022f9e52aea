//! What changes would have said: the words of those that could not be kept, for their author.

use automerge::patches::PatchAction;
use automerge::{Automerge, Value};

use super::chunks::CheckedChange;
use super::loaded::{Poisoned, guarded, refused};

/// Characters of the words of one refused piece.
const MAX_WORDS_CHARS: usize = 20_000;

/// The words that changes would have added to the document, one piece a line: what a person looks for when their words were refused.
pub(super) fn words_of(doc: &Automerge, changes: &[CheckedChange]) -> Result<String, Poisoned> {
    guarded(|| {
        let mut with = doc.fork();
        let before = with.get_heads();
        let mut joined = Vec::new();
        changes.iter().for_each(|change| joined.extend_from_slice(&change.chunk));
        with.load_incremental(&joined).map_err(refused)?;
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

fn push_line(words: &mut String, line: &str) {
    if line.trim().is_empty() {
        return;
    }
    if !words.is_empty() {
        words.push('\n');
    }
    words.push_str(line);
}
