//! Changes of this school's people: kept all or none, and shown to be kept only when they are.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::acceptance::Arrivals;
use crate::entry::Chain;
use crate::entry::Position;
use crate::ids::{ActorId, ChangeHash, DocumentId, NodeId, SpaceId};
use crate::kinds::fixed_hash_of_actor;
use crate::log::{Commit, LogReader, Standing, StoreError, Unpublished};
use crate::scan::{self, ChangeFacts};

use super::Replica;
use super::effect::{Change, Effect, Outbox, SubmitRefusal};
use super::input::Token;
use super::receive::settle;
use super::space::Space;

/// Changes that may be kept: what the store is to keep, what awaits publication then, and what else becomes part of the document.
pub(super) struct Keeping {
    pub(super) commit: Commit,
    unpublished: Vec<Unpublished>,
    effects: Vec<Effect>,
}

impl Replica {
    pub(super) fn submit(
        &mut self,
        now: Duration,
        token: Token,
        document: DocumentId,
        changes: Vec<Vec<u8>>,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let me = self.key.id();
        let result = match self.by_document.get(&document).and_then(|id| self.spaces.get(id)) {
            None => Err(SubmitRefusal::UnknownDocument),
            // What nobody else will ever get must not be acknowledged.
            Some(space) if space.halted.is_some() || !space.graph.may_write(&me, &document) => Err(SubmitRefusal::NotAllowed),
            Some(space) if !space.has_room_for(&space.own_chain(me, Chain::Content)) => Err(SubmitRefusal::NotAllowed),
            Some(space) => keeping(space, me, document, changes, log)?.map(|keeping| (space.id, keeping)),
        };
        let result = result.map(|(id, mut keeping)| {
            if !keeping.commit.waits.is_empty() {
                self.judge_next(&id, out);
            }
            out.commit(std::mem::replace(&mut keeping.commit, Commit::new(id)));
            self.kept(now, &id, &document, keeping, out);
        });
        out.push(Effect::Submitted { token, result });
        Ok(())
    }

    /// Once the commit is in the outbox: what was kept awaits publication.
    pub(super) fn kept(&mut self, now: Duration, id: &SpaceId, document: &DocumentId, keeping: Keeping, out: &mut Outbox) {
        out.effects.extend(keeping.effects);
        let Some(space) = self.spaces.get_mut(id).filter(|_| !keeping.unpublished.is_empty()) else { return };
        // From now on nobody else has the latest, also while nobody is there to whom it could be published.
        if !space.unpublished.iter().any(|waiting| waiting.document == *document) {
            out.push(Effect::Changed(Change::Receipts(*id)));
        }
        space.unpublished.extend(keeping.unpublished);
        self.schedule_publication(now, id, document);
    }
}

/// Judges changes of this school's people: all of them may be kept, or none. Those that are here already need not be kept again.
pub(super) fn keeping(
    space: &Space,
    me: NodeId,
    document: DocumentId,
    chunks: Vec<Vec<u8>>,
    log: &dyn LogReader,
) -> Result<Result<Keeping, SubmitRefusal>, StoreError> {
    let mut arrivals = Arrivals::new(log, document);
    let mut new: Vec<ChangeFacts> = Vec::new();
    let mut bytes: BTreeMap<(DocumentId, ChangeHash), Vec<u8>> = BTreeMap::new();
    for chunk in chunks {
        let Ok(facts) = scan::scan(&chunk) else { return Ok(Err(SubmitRefusal::Unsound)) };
        if arrivals.record(&facts.hash)?.is_some() {
            continue;
        }
        if speaks_for_another(space, &document, &facts.actor, me, log)? {
            return Ok(Err(SubmitRefusal::ActorOfAnotherNode));
        }
        for dep in &facts.deps {
            if arrivals.record(dep)?.is_none() {
                return Ok(Err(SubmitRefusal::MissingDependency));
            }
        }
        bytes.insert((document, facts.hash), chunk);
        new.push(facts.clone());
        arrivals.take(facts, &me, true, true)?;
    }
    let mut keeping = Keeping { commit: Commit::new(space.id), unpublished: Vec::new(), effects: Vec::new() };
    if new.is_empty() {
        return Ok(Ok(keeping));
    }
    for facts in &new {
        let chunk = bytes.get(&(document, facts.hash)).map_or(0, Vec::len);
        keeping.unpublished.push(Unpublished {
            document,
            hash: facts.hash,
            actor: facts.actor.clone(),
            seq: facts.seq,
            bytes: chunk,
            ops: facts.op_count,
        });
        keeping.commit.unpublished.push((document, facts.hash));
    }
    settle(document, arrivals, &mut bytes, log, &mut keeping.commit, &mut keeping.effects)?;
    if is_contested(&document, &new, me, log)? {
        // Another node published under this actor before and we speak for it: its changes are judged anew.
        let tip = space.document_tips.get(&document).and_then(|tips| tips.iter().next());
        keeping.commit.waits.extend(tip.map(|(chain, seq)| (Position { chain: *chain, seq: *seq }, true)));
    }
    let standing_of =
        |facts: &ChangeFacts| keeping.commit.changes.iter().find(|kept| kept.record.facts.hash == facts.hash).map(|kept| kept.record.standing);
    for facts in &new {
        match standing_of(facts) {
            Some(Standing::Ready) => {}
            // What it builds on is here, but not all that this builds on.
            Some(Standing::Waiting) => return Ok(Err(SubmitRefusal::MissingDependency)),
            _ => return Ok(Err(SubmitRefusal::Unsound)),
        }
    }
    keeping.effects = keeping.effects.into_iter().filter_map(|effect| without(effect, &new)).collect();
    Ok(Ok(keeping))
}

/// Whoever submits changes has them already; what became part of the document along with them is new to it.
fn without(effect: Effect, submitted: &[ChangeFacts]) -> Option<Effect> {
    let Effect::Applied { document, mut changes } = effect else { return Some(effect) };
    changes.retain(|chunk| scan::framed_facts(chunk).is_none_or(|facts| submitted.iter().all(|known| known.hash != facts.hash)));
    (!changes.is_empty()).then_some(Effect::Applied { document, changes })
}

/// Whether another node publishes under one of the actors of these changes.
fn is_contested(document: &DocumentId, new: &[ChangeFacts], me: NodeId, log: &dyn LogReader) -> Result<bool, StoreError> {
    let mut foreign: Vec<&ActorId> = new.iter().map(|facts| &facts.actor).filter(|actor| actor.is_foreign()).collect();
    foreign.dedup();
    for actor in foreign {
        if log.claims(document, actor)?.iter().any(|other| *other != me) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an actor is another node's, or a foreign one under which a node earlier in the order of joining publishes.
fn speaks_for_another(space: &Space, document: &DocumentId, actor: &ActorId, me: NodeId, log: &dyn LogReader) -> Result<bool, StoreError> {
    if actor.belongs_to(&me) {
        return Ok(false);
    }
    if !actor.is_foreign() {
        return Ok(true);
    }
    // A fixed change is the same whoever adds it: nobody else can say anything under its actor.
    if fixed_hash_of_actor(&actor.0).is_some() {
        return Ok(false);
    }
    Ok(log.claims(document, actor)?.iter().any(|other| space.order_of_joining(other) < space.order_of_joining(&me)))
}
