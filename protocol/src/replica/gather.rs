//! In which order pending entries go into frames: those about few documents together, and those about one document in the order in which they were committed.
//!
//! A frame is packed on its own. Where forty documents were written side by side, a frame in the order of commits holds a little of each, and every document costs
//! its beginning anew in each frame: more than twice the bytes, measured.

use std::collections::{BTreeSet, VecDeque};

use crate::ids::DocumentId;
use crate::log::ContentEntry;

/// Entries from which is chosen; in the order of commit.
pub(super) const WINDOW: usize = 2_048;

/// The documents of a frame, and the entries that are still to go.
#[derive(Default)]
pub(super) struct Gather {
    documents: BTreeSet<DocumentId>,
    left: VecDeque<Option<ContentEntry>>,
    /// None before this place is about a document of the frame.
    looked: usize,
}

impl Gather {
    /// More entries, committed after all that were given before.
    pub(super) fn refill(&mut self, entries: Vec<ContentEntry>) {
        self.left = entries.into_iter().map(Some).collect();
        self.looked = 0;
    }

    /// Takes the next one: the first that is about a document of this frame, or else the first of all; with what comes before it in its chain going before it.
    pub(super) fn next(&mut self) -> Option<ContentEntry> {
        while self.left.front().is_some_and(Option::is_none) {
            self.left.pop_front();
            self.looked = self.looked.saturating_sub(1);
        }
        let touches = |entry: &ContentEntry| entry.batch.runs.iter().any(|run| self.documents.contains(&run.document));
        let found = (self.looked..self.left.len()).find(|at| self.left[*at].as_ref().is_some_and(touches));
        self.looked = found.unwrap_or(self.left.len());
        let chain = self.left.get(found.unwrap_or(0))?.as_ref()?.entry.position.chain;
        let first = self.left.iter_mut().find(|entry| entry.as_ref().is_some_and(|entry| entry.entry.position.chain == chain))?;
        let entry = first.take()?;
        let before = self.documents.len();
        self.documents.extend(entry.batch.runs.iter().map(|run| run.document));
        if self.documents.len() > before {
            self.looked = 0;
        }
        Some(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Batch, Chain, ChainId, Entry, NO_ENTRY, Position, Run};
    use crate::ids::{ActorId, EntryHash, NodeId};

    /// An entry of a node about a document.
    fn entry(node: u8, seq: u64, document: u8) -> ContentEntry {
        let position = Position { chain: ChainId { node: NodeId([node; 32]), chain: Chain::Content }, seq };
        let run = Run { document: DocumentId([document; 16]), actor: ActorId::from(&[node][..]), first_seq: seq, count: 1, commitment: [0; 32] };
        let batch = Batch { control_heads: Vec::new(), runs: vec![run] };
        let entry = Entry { position, previous: NO_ENTRY, hash: EntryHash([node; 32]), body: Vec::new(), signature: None };
        ContentEntry { entry, batch, changes: Vec::new() }
    }

    fn order(entries: Vec<ContentEntry>) -> Vec<(u8, u64, u8)> {
        let mut gather = Gather::default();
        gather.refill(entries);
        let told = |entry: ContentEntry| (entry.entry.position.chain.node.0[0], entry.entry.position.seq, entry.batch.runs[0].document.0[0]);
        std::iter::from_fn(|| gather.next()).map(told).collect()
    }

    #[test]
    fn what_is_about_one_document_goes_together_and_in_the_order_of_commits() {
        // Two schools, each at a document of its own, and then both at a third.
        let entries = vec![entry(1, 1, 10), entry(2, 1, 20), entry(1, 2, 10), entry(2, 2, 20), entry(1, 3, 30), entry(2, 3, 30), entry(1, 4, 30)];
        assert_eq!(order(entries), [(1, 1, 10), (1, 2, 10), (2, 1, 20), (2, 2, 20), (1, 3, 30), (2, 3, 30), (1, 4, 30)]);
    }

    #[test]
    fn a_chain_stays_whole_where_its_later_entries_are_wanted_first() {
        let entries = vec![entry(1, 1, 10), entry(2, 1, 20), entry(2, 2, 10), entry(1, 2, 10)];
        assert_eq!(order(entries), [(1, 1, 10), (2, 1, 20), (2, 2, 10), (1, 2, 10)], "what the second wrote before comes along");
    }
}
