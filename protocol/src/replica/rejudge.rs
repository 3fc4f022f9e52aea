//! Judging anew: entries that waited for control entries, and documents in which rights have changed.
//!
//! What is to be judged is marked in the store by the commit that makes it so; the mark goes with the judgement's own commit. So a crash
//! between the two forgets nothing: the marks are found at the next start.

use std::collections::{BTreeMap, BTreeSet};

use crate::acceptance::Arrivals;
use crate::ids::{ActorId, ChangeHash, DocumentId, NodeId, SpaceId};
use crate::log::{Commit, ContentEntry, LogReader, StoreError};
use crate::membership::Verdict;

use super::Replica;
use super::effect::{Change, Effect, Outbox};
use super::input::Input;
use super::receive::settle;
use super::space::Space;

impl Replica {
    /// Asks the driver for the judgement of what a commit of this outbox marks.
    pub(super) fn judge_next(&mut self, id: &SpaceId, out: &mut Outbox) {
        if let Some(space) = self.spaces.get_mut(id) {
            space.waiting_entries = true;
            out.next.push(Input::Rejudge { space: *id });
        }
    }

    pub(super) fn rejudge(&mut self, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let Some(space) = self.spaces.get_mut(id) else { return Ok(()) };
        let mut kept = Commit::new(*id);
        let mut touched: BTreeSet<DocumentId> = BTreeSet::new();
        let mut still_waiting = false;
        for content in log.waiting_entries(id)? {
            touched.extend(content.batch.runs.iter().map(|run| run.document));
            if space.graph.judge(&content.entry, &content.batch).contains(&Verdict::Waits) {
                still_waiting = true;
                space.graph.await_heads(&content.batch.control_heads);
            } else {
                kept.waits.push((content.entry.position, false));
            }
        }
        space.waiting_entries = still_waiting;
        let mut applied = Vec::new();
        for document in touched {
            let admitted = admitted_changes(space, self.key.id(), &document, log)?;
            let mut arrivals = Arrivals::new(log, document);
            arrivals.readmit(&admitted)?;
            settle(document, arrivals, &mut BTreeMap::new(), log, &mut kept, &mut applied)?;
        }
        out.commit(kept);
        if !applied.is_empty() {
            out.push(Effect::Changed(Change::Space(*id)));
        }
        out.effects.extend(applied);
        Ok(())
    }
}

/// A run that had the right to be published, as far as its entry goes.
struct Claim {
    author: NodeId,
    actor: ActorId,
    hashes: Vec<ChangeHash>,
}

/// All changes of a document that some entry, or our own people, had the right to.
fn admitted_changes(space: &Space, me: NodeId, document: &DocumentId, log: &dyn LogReader) -> Result<BTreeSet<ChangeHash>, StoreError> {
    let own = space.unpublished.iter().filter(|change| change.document == *document);
    let mut claims: Vec<Claim> = own.map(|change| Claim { author: me, actor: change.actor.clone(), hashes: vec![change.hash] }).collect();
    for content in log.entries_of_document(document)? {
        if !is_sound(&content, log)? {
            continue;
        }
        let author = content.entry.position.chain.node;
        let mut hashes = content.changes.iter();
        for (run, verdict) in content.batch.runs.iter().zip(space.graph.judge(&content.entry, &content.batch)) {
            let hashes: Vec<ChangeHash> = hashes.by_ref().take(usize::try_from(run.count).unwrap_or(0)).copied().collect();
            if run.document == *document && verdict == Verdict::Admitted {
                claims.push(Claim { author, actor: run.actor.clone(), hashes });
            }
        }
    }
    // Of several nodes that publish under a foreign actor, the earliest in the order of joining speaks for it.
    let mut speaks: BTreeMap<&ActorId, NodeId> = BTreeMap::new();
    for claim in claims.iter().filter(|claim| !claim.actor.belongs_to(&claim.author)) {
        let before = speaks.entry(&claim.actor).or_insert(claim.author);
        if space.order_of_joining(&claim.author) < space.order_of_joining(before) {
            *before = claim.author;
        }
    }
    let counts = |claim: &&Claim| claim.actor.belongs_to(&claim.author) || speaks.get(&claim.actor) == Some(&claim.author);
    Ok(claims.iter().filter(counts).flat_map(|claim| claim.hashes.iter().copied()).collect())
}

/// Whether the scanner passed every change of an entry.
fn is_sound(content: &ContentEntry, log: &dyn LogReader) -> Result<bool, StoreError> {
    let documents = content.batch.runs.iter().flat_map(|run| std::iter::repeat_n(run.document, usize::try_from(run.count).unwrap_or(0)));
    for (document, hash) in documents.zip(&content.changes) {
        if !log.change(&document, hash)?.is_some_and(|record| record.sound) {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Space {
    pub(super) fn order_of_joining(&self, node: &NodeId) -> (usize, NodeId) {
        (self.graph.membership().node(node).map_or(usize::MAX, |node| node.place), *node)
    }
}
