//! The way in: verify, store, apply. Streams, announcements and files all come through here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::acceptance::Arrivals;
use crate::announce::{Announcement, AnnouncementError, Topic};
use crate::entry::{Chain, ChainId, Entry, Position, Run};
use crate::frame::{self, DecodeError, FrameRefusal, Kept, Verified, VerifiedFrame};
use crate::ids::{ActorId, ChangeHash, DocumentId, NodeId, SpaceId};
use crate::limits::MAX_INLINE_FRAME_OPS;
use crate::log::{Commit, Halt, LogReader, NewEntry, Restanding, StoreError, StoredChange};
use crate::membership::{ControlGraph, Grown, Verdict};
use crate::wire::WireError;

use super::Replica;
use super::effect::{Change, Effect, GossipVerdict, Outbox, PeerFault};
use super::input::{Input, Token};
use super::space::{Space, SpaceKnown};

impl Replica {
    #[expect(clippy::too_many_arguments, reason = "the fields of one input, and what every handler gets")]
    pub(super) fn gossip(
        &mut self,
        now: Duration,
        topic: Topic,
        from: NodeId,
        author: NodeId,
        bytes: &[u8],
        token: Token,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let verdict = match self.by_topic.get(&topic).copied() {
            None => GossipVerdict::Ignore,
            Some(id) => self.announced(now, &id, from, author, bytes, log, out)?,
        };
        // Gossip has authenticated the author. Whoever handed it on can see as well as we that it cannot be read.
        if verdict == GossipVerdict::Reject {
            out.push(Effect::Fault { peer: author, fault: PeerFault::BadAnnouncement });
            if from != author {
                out.push(Effect::Fault { peer: from, fault: PeerFault::BadAnnouncement });
            }
        }
        out.push(Effect::GossipVerdict { token, verdict });
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one input, and what every handler gets")]
    fn announced(
        &mut self,
        now: Duration,
        id: &SpaceId,
        from: NodeId,
        author: NodeId,
        bytes: &[u8],
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<GossipVerdict, StoreError> {
        let Some(space) = self.spaces.get(id) else { return Ok(GossipVerdict::Ignore) };
        let Some(key) = &space.epoch else { return Ok(GossipVerdict::Ignore) };
        let announcement = match Announcement::open(key, bytes) {
            Ok(announcement) => announcement,
            // It may be sealed under an epoch that has not reached us.
            Err(AnnouncementError::NotForUs(_)) => return Ok(GossipVerdict::Ignore),
            Err(AnnouncementError::Wire(WireError::UnknownVersion(_))) => return Ok(GossipVerdict::Ignore),
            Err(AnnouncementError::Wire(_)) => return Ok(GossipVerdict::Reject),
        };
        if !space.graph.membership().admits(&author) {
            return Ok(GossipVerdict::Ignore);
        }
        match announcement {
            Announcement::Frame(frame) => match self.receive(now, id, &frame, MAX_INLINE_FRAME_OPS, log, out)? {
                Ok(_) => Ok(GossipVerdict::Accept),
                Err(refusal) if refusal.wants_comparing() => {
                    self.ask(now, id, &[author, from], out);
                    Ok(GossipVerdict::Accept)
                }
                Err(FrameRefusal::Fork(_) | FrameRefusal::OtherBranch(_)) => Ok(GossipVerdict::Accept),
                Err(FrameRefusal::TooManyChains) => Ok(GossipVerdict::Ignore),
                // A newer program's word, which its like can read.
                Err(FrameRefusal::Decode(DecodeError::Wire(WireError::UnknownVersion(_)))) => Ok(GossipVerdict::Ignore),
                // What cannot be read nobody should have handed on.
                Err(FrameRefusal::Decode(_)) => Ok(GossipVerdict::Reject),
                // Whether the rest is wrong shows only to those that hold what comes before: whoever handed it on may be honest.
                Err(_) => {
                    out.push(Effect::Fault { peer: author, fault: PeerFault::BadFrame });
                    Ok(GossipVerdict::Ignore)
                }
            },
            Announcement::Heads(heads) => {
                if heads.iter().any(|(chain, tip)| tip.seq > space.frontier.tip(chain).seq) {
                    self.ask(now, id, &[author, from], out);
                }
                Ok(GossipVerdict::Accept)
            }
            Announcement::Presence(open) => {
                self.presence_heard(now, id, author, open, out);
                Ok(GossipVerdict::Accept)
            }
            Announcement::Whereabouts(addresses) => {
                out.push(Effect::Whereabouts { node: author, addresses });
                Ok(GossipVerdict::Accept)
            }
            Announcement::Ephemeral { document, bytes } => {
                if space.graph.membership().document(&document).is_some() {
                    out.push(Effect::Ephemeral { document, from: author, bytes });
                }
                Ok(GossipVerdict::Accept)
            }
        }
    }

    /// Takes a frame in. Says how many entries were new.
    pub(super) fn receive(
        &mut self,
        now: Duration,
        id: &SpaceId,
        bytes: &[u8],
        max_ops: u64,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<Result<usize, FrameRefusal>, StoreError> {
        let me = self.key.id();
        let Some(space) = self.spaces.get_mut(id) else { return Ok(Ok(0)) };
        let known = SpaceKnown { space, log };
        let verified = match frame::verify(id, bytes, max_ops, &known, |control| named_with(&space.graph, control)) {
            Ok(verified) => verified,
            Err(refusal) => {
                space.refused_frames += 1;
                space.apart.extend(refusal.other_branch().filter(|chain| chain.chain == Chain::Control));
                let FrameRefusal::Fork(evidence) = refusal else { return Ok(Err(refusal)) };
                let mut kept = Commit::new(*id);
                if evidence.position.chain.node == me {
                    space.halt(Halt::OwnLogForked, &mut kept, out);
                }
                kept.forks.push((*evidence).clone());
                out.commit(kept);
                return Ok(Err(FrameRefusal::Fork(evidence)));
            }
        };
        let new = verified.get().control.len() + verified.get().content.len();
        let chunks = verified.get().content.iter().flat_map(|content| &content.changes).map(|change| change.chunk.len());
        space.packing.learn(chunks.sum(), bytes.len());
        if new > 0 {
            self.store(now, id, verified, log, out)?;
        }
        Ok(Ok(new))
    }

    fn store(
        &mut self,
        now: Duration,
        id: &SpaceId,
        verified: Verified<VerifiedFrame>,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let me = self.key.id();
        let VerifiedFrame { control, content } = verified.into_inner();
        let Some(space) = self.spaces.get_mut(id) else { return Ok(()) };
        let authors = control.iter().chain(content.iter().map(|content| &content.entry.entry)).map(|entry| entry.position.chain.node);
        let mut kept = Commit::new(*id);
        if authors.into_iter().any(|author| author == me) {
            // Entries that we signed and our own store lacks: it is older than what we have said.
            space.halt(Halt::OwnLogIsLonger, &mut kept, out);
        }
        let has_control = !control.is_empty();
        let grown = take_control(space, control, &mut kept);
        to_be_judged(space, &grown, &mut kept);

        let mut documents: BTreeMap<DocumentId, Arrivals<'_>> = BTreeMap::new();
        let mut chunks: BTreeMap<(DocumentId, ChangeHash), Vec<u8>> = BTreeMap::new();
        let mut claims = Claims::default();
        let mut to_judge = !kept.waits.is_empty();
        for arrived in content {
            let verdicts = space.graph.judge(&arrived.entry.entry, &arrived.entry.batch);
            let is_sound = arrived.is_sound();
            let author = arrived.entry.entry.position.chain.node;
            let lacks_control = verdicts.contains(&Verdict::Waits);
            let mut contested = false;
            let mut changes = arrived.changes.into_iter();
            for (run, verdict) in arrived.entry.batch.runs.iter().zip(verdicts) {
                let has_right = is_sound && verdict == Verdict::Admitted;
                let is_alone = !has_right || claims.is_alone(space, me, run, author, log)?;
                contested |= !is_alone;
                let document = documents.entry(run.document).or_insert_with(|| Arrivals::new(log, run.document));
                for change in changes.by_ref().take(usize::try_from(run.count).unwrap_or(0)) {
                    chunks.entry((run.document, change.facts.hash)).or_insert(change.chunk);
                    document.take(change.facts, &author, has_right && is_alone, change.sound)?;
                }
            }
            // Kept as to be judged, so that a crash before the judgement forgets nothing.
            let waits = lacks_control || contested;
            if lacks_control {
                space.graph.await_heads(&arrived.entry.batch.control_heads);
            }
            to_judge |= contested;
            space.waiting_entries |= waits;
            space.void_entries += u64::from(!is_sound);
            space.advance(&arrived.entry.entry, arrived.entry.batch.runs.iter().map(|run| run.document));
            kept.entries.push(NewEntry::Content { entry: arrived.entry, waits, void: !is_sound });
        }
        let mut applied = Vec::new();
        for (document, arrivals) in documents {
            settle(document, arrivals, &mut chunks, log, &mut kept, &mut applied)?;
        }
        out.commit(kept);
        out.effects.extend(applied);
        if to_judge || (grown.answers && space.waiting_entries) {
            space.waiting_entries = true;
            out.next.push(Input::Rejudge { space: *id });
        }
        if has_control {
            self.control_changed(now, id, log, out)?;
        }
        self.receipt_soon(now, id);
        out.push(Effect::Changed(Change::Receipts(*id)));
        Ok(())
    }

    /// After control entries came: keys, topics, connections, sessions.
    pub(super) fn control_changed(&mut self, now: Duration, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        if let Some(space) = self.spaces.get_mut(id) {
            space.learn_epoch(&self.key);
            if space.graph.membership().admits(&self.key.id()) {
                space.inviter = None;
            }
            self.by_document.extend(space.graph.membership().documents().map(|(document, _)| (*document, *id)));
        }
        self.listen(id, out);
        self.admit(out);
        self.relist(now, id, log, out)?;
        self.ask_for_receipts_of_unknown(id, out);
        out.push(Effect::Changed(Change::Space(*id)));
        Ok(())
    }
}

/// Whom control entries of a frame name, seen on a copy of the graph.
fn named_with(graph: &ControlGraph, control: &[Entry]) -> Result<Kept, Position> {
    if control.is_empty() {
        return Ok(Kept::Also(BTreeSet::new()));
    }
    let mut graph = graph.clone();
    graph.extend(control).map_err(|(position, _)| position)?;
    Ok(graph.named_nodes().map_or(Kept::Anybody, |nodes| Kept::Also(nodes.clone())))
}

/// Puts verified control entries into the graph.
fn take_control(space: &mut Space, control: Vec<Entry>, kept: &mut Commit) -> Grown {
    // The verifier has decoded each of them already.
    let grown = space.graph.extend(&control).unwrap_or_default();
    for entry in control {
        space.advance(&entry, []);
        kept.entries.push(NewEntry::Control(entry));
    }
    grown
}

/// Marks what was judged before and may be judged otherwise now. In the same commit as the cause, so that a crash forgets nothing.
pub(super) fn to_be_judged(space: &Space, grown: &Grown, kept: &mut Commit) {
    if grown.unsettled {
        // One entry of each document stands for all of it.
        let stands_for = |(chain, seq): (&ChainId, &u64)| Position { chain: *chain, seq: *seq };
        let one_each = space.document_tips.values().filter_map(|tips| tips.iter().next().map(stands_for));
        kept.waits.extend(one_each.map(|position| (position, true)));
    }
}

/// Turns what became of a document into what is kept and what is shown.
pub(super) fn settle(
    document: DocumentId,
    arrivals: Arrivals<'_>,
    chunks: &mut BTreeMap<(DocumentId, ChangeHash), Vec<u8>>,
    log: &dyn LogReader,
    kept: &mut Commit,
    effects: &mut Vec<Effect>,
) -> Result<(), StoreError> {
    let arrived = arrivals.finish()?;
    let mut shown = Vec::new();
    for hash in &arrived.made_ready {
        match chunks.get(&(document, *hash)) {
            Some(chunk) => shown.push(chunk.clone()),
            None => shown.extend(log.chunk(&document, hash)?),
        }
    }
    // Ready changes first and in order, so that the store's order of commit is an order in which they apply.
    let mut records = arrived.records;
    let order: Vec<ChangeHash> = arrived.made_ready.iter().copied().chain(records.keys().copied()).collect();
    for hash in order {
        let Some(record) = records.remove(&hash) else { continue };
        let is_new = log.change(&document, &hash)?.is_none();
        match chunks.remove(&(document, hash)).filter(|_| is_new) {
            Some(chunk) => kept.changes.push(StoredChange { document, record, chunk }),
            None => kept.restanding.push(Restanding { document, hash, admitted: record.admitted, owned: record.owned, standing: record.standing }),
        }
    }
    if arrived.rebuild {
        effects.push(Effect::Rebuilt { document });
    } else if !shown.is_empty() {
        effects.push(Effect::Applied { document, changes: shown });
    }
    Ok(())
}

/// Who publishes under foreign actors: one node alone may at once, of several it is to be judged.
#[derive(Default)]
struct Claims {
    new: BTreeMap<(DocumentId, ActorId), BTreeSet<NodeId>>,
}

impl Claims {
    fn is_alone(&mut self, space: &Space, me: NodeId, run: &Run, author: NodeId, log: &dyn LogReader) -> Result<bool, StoreError> {
        if run.actor.belongs_to(&author) {
            return Ok(true);
        }
        // What our own people wrote under it and nobody has seen yet is a claim too.
        if author != me && space.unpublished.iter().any(|own| own.document == run.document && own.actor == run.actor) {
            return Ok(false);
        }
        let new = self.new.entry((run.document, run.actor.clone())).or_default();
        new.insert(author);
        Ok(new.len() == 1 && log.claims(&run.document, &run.actor)?.iter().all(|other| *other == author))
    }
}
