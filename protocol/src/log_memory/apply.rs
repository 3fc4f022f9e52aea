//! Keeping a commit that fits.

use super::{DocumentLog, KeptEntry, MemoryLog};
use crate::ids::{ActorId, DocumentId, SpaceId};
use crate::log::{ChangeRecord, Commit, ContentEntry, NewEntry, Standing, StoredChange};

impl MemoryLog {
    pub(super) fn apply(&mut self, commit: &Commit) {
        if !self.spaces.contains_key(&commit.space) {
            self.space_order.push(commit.space);
        }
        self.spaces.entry(commit.space).or_default();
        for change in &commit.changes {
            self.documents.entry(change.document).or_default().keep(change);
        }
        for now in &commit.restanding {
            if let Some(document) = self.documents.get_mut(&now.document)
                && let Some(at) = document.by_hash.get(&now.hash).copied()
            {
                let record = &document.changes[at].record;
                document.restand(at, &ChangeRecord { admitted: now.admitted, owned: now.owned, standing: now.standing, ..record.clone() });
            }
        }
        for new in &commit.entries {
            self.keep_entry(&commit.space, new);
        }
        let Some(space) = self.spaces.get_mut(&commit.space) else { return };
        space.halted = commit.halted.or(space.halted);
        if let Some(key) = &commit.sealed_key {
            space.sealed_key = Some(key.clone());
        }
        for (position, waits) in &commit.waits {
            let at = space.chains.get(&position.chain).and_then(|chain| chain.get(usize::try_from(position.seq - 1).ok()?));
            match (at, waits) {
                (Some(at), true) => _ = space.waiting.insert(*at),
                (Some(at), false) => _ = space.waiting.remove(at),
                (None, _) => {}
            }
        }
        for change in &commit.unpublished {
            if !space.unpublished_at.contains_key(change) {
                space.unpublished_at.insert(*change, space.next_unpublished);
                space.unpublished.insert(space.next_unpublished, *change);
                space.next_unpublished += 1;
            }
        }
        for change in &commit.published {
            if let Some(at) = space.unpublished_at.remove(change) {
                space.unpublished.remove(&at);
            }
        }
        for receipt in &commit.receipts {
            if space.receipts.get(&receipt.node).is_none_or(|old| old.counter < receipt.counter) {
                space.receipts.insert(receipt.node, receipt.clone());
            }
        }
        for fork in &commit.forks {
            if !space.forks.contains(fork) {
                space.forks.push(fork.clone());
            }
        }
        for invitation in &commit.invitations {
            self.invitations.insert(invitation.id, invitation.clone());
        }
    }

    fn keep_entry(&mut self, space_id: &SpaceId, new: &NewEntry) {
        let at = self.entries.len();
        let Some(space) = self.spaces.get_mut(space_id) else { return };
        space.chains.entry(new.entry().position.chain).or_default().push(at);
        match new {
            NewEntry::Control(entry) => {
                space.control.push(at);
                self.entries.push(KeptEntry::Control(entry.clone()));
            }
            NewEntry::Content { entry, waits, void } => {
                if *waits {
                    space.waiting.insert(at);
                }
                if *void {
                    space.void.insert(at);
                }
                let position = entry.entry.position;
                for document in documents_of(entry) {
                    space.document_tips.insert((document, position.chain), position.seq);
                    self.documents.entry(document).or_default().entries.insert(at);
                }
                for (document, actor) in claims_of(entry).filter(|_| !*void) {
                    self.documents.entry(document).or_default().claims.entry(actor).or_default().insert(position.chain.node);
                }
                self.entries.push(KeptEntry::Content(entry.clone()));
            }
        }
    }
}

fn documents_of(entry: &ContentEntry) -> impl Iterator<Item = DocumentId> + '_ {
    entry.batch.runs.iter().map(|run| run.document)
}

/// What a node says by publishing changes of a foreign actor: that it speaks for that actor.
fn claims_of(entry: &ContentEntry) -> impl Iterator<Item = (DocumentId, ActorId)> + '_ {
    entry.batch.runs.iter().filter(|run| run.actor.is_foreign()).map(|run| (run.document, run.actor.clone()))
}

impl DocumentLog {
    /// A change that is here already only takes the new record's admission, soundness and standing.
    fn keep(&mut self, change: &StoredChange) {
        let record = &change.record;
        if let Some(at) = self.by_hash.get(&record.facts.hash).copied() {
            return self.restand(at, record);
        }
        let at = self.changes.len();
        self.by_hash.insert(record.facts.hash, at);
        self.by_seq.entry((record.facts.actor.clone(), record.facts.seq)).or_default().push(at);
        self.changes.push(change.clone());
        self.note_waiting(at);
    }

    fn restand(&mut self, at: usize, now: &ChangeRecord) {
        let record = &mut self.changes[at].record;
        (record.admitted, record.owned, record.sound, record.standing) = (now.admitted, now.owned, now.sound, now.standing);
        self.note_waiting(at);
    }

    fn note_waiting(&mut self, at: usize) {
        let record = &self.changes[at].record;
        for dep in &record.facts.deps {
            if record.standing == Standing::Waiting {
                self.waiting_for.entry(*dep).or_default().insert(at);
            } else if let Some(waiting) = self.waiting_for.get_mut(dep) {
                waiting.remove(&at);
                if waiting.is_empty() {
                    self.waiting_for.remove(dep);
                }
            }
        }
    }
}
