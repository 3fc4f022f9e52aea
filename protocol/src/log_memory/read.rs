//! The answers of the log in memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{KeptEntry, MemoryLog};
use crate::entry::{Chain, ChainId, Entry, Position};
use crate::frontier::{Frontier, Tip};
use crate::ids::{ActorId, ChangeHash, DocumentId, EntryHash, NodeId, SpaceId};
use crate::invitation::InvitationId;
use crate::log::{Beyond, ChangeRecord, ContentEntry, IssuedInvitation, LogReader, StoreError, StoredSpace, Unpublished};
use crate::receipt::Receipt;

impl MemoryLog {
    fn content(&self, at: usize) -> Option<ContentEntry> {
        match self.entries.get(at)? {
            KeptEntry::Content(content) => Some(content.clone()),
            KeptEntry::Control(_) => None,
        }
    }

    fn contents<'a>(&self, places: impl IntoIterator<Item = &'a usize>) -> Vec<ContentEntry> {
        places.into_iter().filter_map(|at| self.content(*at)).collect()
    }

    /// Adds what one entry holds, of one document or of all.
    fn add(&self, found: &mut Beyond, entry: &KeptEntry, of: Option<&DocumentId>) {
        match entry {
            KeptEntry::Control(entry) => {
                found.acts += 1;
                found.act_bytes += entry.body.len() as u64;
            }
            KeptEntry::Content(content) => {
                let documents = content.batch.runs.iter().flat_map(|run| std::iter::repeat_n(run.document, index(run.count)));
                for (document, hash) in documents.zip(&content.changes).filter(|(document, _)| of.is_none_or(|of| of == document)) {
                    found.changes += 1;
                    found.plain_bytes += self.found(&document, hash).map_or(0, |change| change.chunk.len() as u64);
                }
            }
        }
    }
}

fn index(seq: u64) -> usize {
    usize::try_from(seq).unwrap_or(usize::MAX)
}

impl LogReader for MemoryLog {
    fn spaces(&self) -> Result<Vec<StoredSpace>, StoreError> {
        let stored = |id: &SpaceId| {
            let space = self.spaces.get(id);
            StoredSpace { space: *id, sealed_key: space.and_then(|space| space.sealed_key.clone()), halted: space.and_then(|space| space.halted) }
        };
        Ok(self.space_order.iter().map(stored).collect())
    }

    fn invitation(&self, id: &InvitationId) -> Result<Option<IssuedInvitation>, StoreError> {
        Ok(self.invitations.get(id).cloned())
    }

    fn document_tips(&self, space: &SpaceId) -> Result<Vec<(DocumentId, ChainId, u64)>, StoreError> {
        let tips = self.spaces.get(space).map(|space| space.document_tips.iter().map(|((document, chain), seq)| (*document, *chain, *seq)).collect());
        Ok(tips.unwrap_or_default())
    }

    fn control_entries(&self, space: &SpaceId) -> Result<Vec<Entry>, StoreError> {
        let places = self.spaces.get(space).map(|space| space.control.as_slice()).unwrap_or_default();
        Ok(places.iter().filter_map(|at| self.entries.get(*at)).map(|kept| kept.entry().clone()).collect())
    }

    fn content_entries(&self, space: &SpaceId, after: &Frontier, upto: &Frontier, limit: usize) -> Result<Vec<ContentEntry>, StoreError> {
        let Some(space) = self.spaces.get(space) else { return Ok(Vec::new()) };
        // The chains' next entries, the one committed first on top.
        let mut next = BinaryHeap::new();
        for (chain, tip) in upto.iter().filter(|(chain, _)| chain.chain == Chain::Content) {
            let places = space.chains.get(chain).map(Vec::as_slice).unwrap_or_default();
            let wanted = places.get(index(after.tip(chain).seq)..places.len().min(index(tip.seq))).unwrap_or_default();
            next.extend(wanted.first().map(|first| Reverse((*first, wanted))));
        }
        let mut found = Vec::new();
        while let Some(Reverse((at, wanted))) = next.pop().filter(|_| found.len() < limit) {
            found.extend(self.content(at));
            let rest = wanted.get(1..).unwrap_or_default();
            next.extend(rest.first().map(|first| Reverse((*first, rest))));
        }
        Ok(found)
    }

    fn entries_of_document(&self, document: &DocumentId) -> Result<Vec<ContentEntry>, StoreError> {
        Ok(self.documents.get(document).map(|document| self.contents(&document.entries)).unwrap_or_default())
    }

    fn beyond(&self, space: &SpaceId, frontier: &Frontier) -> Result<Beyond, StoreError> {
        let mut found = Beyond::default();
        for (chain, places) in self.spaces.get(space).into_iter().flat_map(|space| &space.chains) {
            let beyond = places.get(index(frontier.tip(chain).seq)..).unwrap_or_default();
            found.chains += u64::from(!beyond.is_empty());
            beyond.iter().filter_map(|at| self.entries.get(*at)).for_each(|entry| self.add(&mut found, entry, None));
        }
        Ok(found)
    }

    fn beyond_in(&self, document: &DocumentId, frontier: &Frontier) -> Result<Beyond, StoreError> {
        let (mut found, own) = (Beyond::default(), self.documents.get(document).map(|document| &document.entries));
        for (chain, places) in self.spaces.values().flat_map(|space| &space.chains) {
            let beyond = places.get(index(frontier.tip(chain).seq)..).unwrap_or_default();
            let of_document: Vec<&usize> = beyond.iter().filter(|at| own.is_some_and(|own| own.contains(*at))).collect();
            found.chains += u64::from(!of_document.is_empty());
            of_document.into_iter().filter_map(|at| self.entries.get(*at)).for_each(|entry| self.add(&mut found, entry, Some(document)));
        }
        Ok(found)
    }

    fn waiting_entries(&self, space: &SpaceId) -> Result<Vec<ContentEntry>, StoreError> {
        Ok(self.spaces.get(space).map(|space| self.contents(&space.waiting)).unwrap_or_default())
    }

    fn entry_hash(&self, space: &SpaceId, position: &Position) -> Result<Option<EntryHash>, StoreError> {
        let Some(before) = position.seq.checked_sub(1) else { return Ok(None) };
        let at = self.spaces.get(space).and_then(|space| space.chains.get(&position.chain)?.get(index(before)));
        Ok(at.and_then(|at| self.entries.get(*at)).map(|kept| kept.entry().hash))
    }

    fn frontier(&self, space: &SpaceId) -> Result<Frontier, StoreError> {
        let mut frontier = Frontier::default();
        for chain in self.spaces.get(space).into_iter().flat_map(|space| space.chains.keys()) {
            let tip: Tip = self.tip(space, chain);
            frontier.set(*chain, tip);
        }
        Ok(frontier)
    }

    fn chunk(&self, document: &DocumentId, hash: &ChangeHash) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.found(document, hash).map(|change| change.chunk.clone()))
    }

    fn change(&self, document: &DocumentId, hash: &ChangeHash) -> Result<Option<ChangeRecord>, StoreError> {
        Ok(self.found(document, hash).map(|change| change.record.clone()))
    }

    fn changes_at(&self, document: &DocumentId, actor: &ActorId, seq: u64) -> Result<Vec<ChangeHash>, StoreError> {
        let Some(document) = self.documents.get(document) else { return Ok(Vec::new()) };
        let places = document.by_seq.get(&(actor.clone(), seq)).map(Vec::as_slice).unwrap_or_default();
        Ok(places.iter().filter_map(|at| document.changes.get(*at)).map(|change| change.record.facts.hash).collect())
    }

    fn waiting_for(&self, document: &DocumentId, dependency: &ChangeHash) -> Result<Vec<ChangeHash>, StoreError> {
        let Some(document) = self.documents.get(document) else { return Ok(Vec::new()) };
        let places = document.waiting_for.get(dependency).into_iter().flatten();
        Ok(places.filter_map(|at| document.changes.get(*at)).map(|change| change.record.facts.hash).collect())
    }

    fn changes_of_document(&self, document: &DocumentId) -> Result<Vec<ChangeRecord>, StoreError> {
        Ok(self.documents.get(document).into_iter().flat_map(|document| &document.changes).map(|change| change.record.clone()).collect())
    }

    fn unpublished(&self, space: &SpaceId) -> Result<Vec<Unpublished>, StoreError> {
        let awaiting = self.spaces.get(space).into_iter().flat_map(|space| space.unpublished.values());
        let told = awaiting.filter_map(|(document, hash)| {
            let change = self.found(document, hash)?;
            let facts = &change.record.facts;
            Some(Unpublished {
                document: *document,
                hash: *hash,
                actor: facts.actor.clone(),
                seq: facts.seq,
                bytes: change.chunk.len(),
                ops: facts.op_count,
            })
        });
        Ok(told.collect())
    }

    fn receipts(&self, space: &SpaceId) -> Result<Vec<Receipt>, StoreError> {
        Ok(self.spaces.get(space).into_iter().flat_map(|space| space.receipts.values().cloned()).collect())
    }

    fn claims(&self, document: &DocumentId, actor: &ActorId) -> Result<Vec<NodeId>, StoreError> {
        let claims = self.documents.get(document).and_then(|document| document.claims.get(actor));
        Ok(claims.into_iter().flatten().copied().collect())
    }
}
