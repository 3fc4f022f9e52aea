//! Whether a commit fits what is kept.

use std::collections::{BTreeMap, BTreeSet};

use super::{KeptEntry, MemoryLog};
use crate::commit_flaw::CommitFlaw;
use crate::entry::{Chain, ChainId};
use crate::frontier::Tip;
use crate::ids::{ChangeHash, DocumentId, SpaceId};
use crate::log::{Commit, NewEntry};

impl KeptEntry {
    pub(super) fn entry(&self) -> &crate::entry::Entry {
        match self {
            Self::Control(entry) => entry,
            Self::Content(content) => &content.entry,
        }
    }
}

impl MemoryLog {
    pub(super) fn tip(&self, space: &SpaceId, chain: &ChainId) -> Tip {
        let last = self.spaces.get(space).and_then(|space| space.chains.get(chain)).and_then(|chain| chain.last());
        last.and_then(|at| self.entries.get(*at)).map_or(Tip::START, |kept| Tip { seq: kept.entry().position.seq, hash: kept.entry().hash })
    }

    pub(super) fn check(&self, commit: &Commit) -> Result<(), CommitFlaw> {
        let new: BTreeSet<(DocumentId, ChangeHash)> = commit.changes.iter().map(|change| (change.document, change.record.facts.hash)).collect();
        let mut named = commit.restanding.iter().map(|now| (now.document, now.hash)).chain(commit.unpublished.iter().copied());
        if let Some((document, hash)) = named.find(|named| !new.contains(named) && self.found(&named.0, &named.1).is_none()) {
            return Err(CommitFlaw::UnknownChange(document, hash));
        }
        let mut tips: BTreeMap<ChainId, Tip> = BTreeMap::new();
        for new in &commit.entries {
            let entry = new.entry();
            let position = entry.position;
            match new {
                NewEntry::Control(_) if position.chain.chain != Chain::Control => return Err(CommitFlaw::WrongChain(position)),
                NewEntry::Content { .. } if position.chain.chain != Chain::Content => return Err(CommitFlaw::WrongChain(position)),
                NewEntry::Content { entry, .. } if entry.batch.runs.iter().map(|run| run.count).sum::<u64>() != entry.changes.len() as u64 => {
                    return Err(CommitFlaw::RunsDoNotFit(position));
                }
                _ => {}
            }
            let tip = tips.entry(position.chain).or_insert_with(|| self.tip(&commit.space, &position.chain));
            if position.seq != tip.seq + 1 || entry.previous != tip.hash {
                return Err(CommitFlaw::NotNext(position));
            }
            *tip = Tip { seq: position.seq, hash: entry.hash };
        }
        for (position, _) in &commit.waits {
            let end = tips.get(&position.chain).copied().unwrap_or_else(|| self.tip(&commit.space, &position.chain));
            if position.chain.chain != Chain::Content || position.seq == 0 || position.seq > end.seq {
                return Err(CommitFlaw::UnknownEntry(*position));
            }
        }
        Ok(())
    }
}
