//! The way in: verify, store, apply. Streams, announcements and files all come through here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::acceptance::Arrivals;
use crate::announce::{Announcement, AnnouncementError, Topic};
use crate::entry::{Act, Chain, ControlBody, Entry, Run};
use crate::frame::{self, FrameRefusal, Verified, VerifiedFrame};
use crate::ids::{ActorId, ChangeHash, DocumentId, NodeId, SpaceId};
use crate::log::{Commit, ContentEntry, LogReader, NewEntry, StoreError, StoredChange};
use crate::membership::{ControlGraph, Inserted, Verdict};

use super::Replica;
use super::effect::{Change, Effect, GossipVerdict, Outbox, PeerFault};
use super::input::{Input, RejudgeScope, Token};
use super::space::{Halt, Space, SpaceKnown};

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
        if verdict == GossipVerdict::Reject {
            out.push(Effect::Fault { peer: from, fault: PeerFault::BadAnnouncement });
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
            Err(AnnouncementError::Wire(crate::wire::WireError::UnknownVersion(_))) => return Ok(GossipVerdict::Ignore),
            Err(AnnouncementError::Wire(_)) => return Ok(GossipVerdict::Reject),
        };
        if !space.graph.membership().admits(&author) {
            return Ok(GossipVerdict::Ignore);
        }
        match announcement {
            Announcement::Frame(frame) => match self.receive(now, id, &frame, log, out)? {
                Ok(_) => Ok(GossipVerdict::Accept),
                Err(FrameRefusal::Gap(_) | FrameRefusal::ControlMissing | FrameRefusal::Stranger(_)) => {
                    self.ask(id, &[author, from], out);
                    Ok(GossipVerdict::Accept)
                }
                Err(FrameRefusal::Fork(_)) => Ok(GossipVerdict::Accept),
                Err(_) => Ok(GossipVerdict::Reject),
            },
            Announcement::Heads(heads) => {
                if heads.iter().any(|(chain, tip)| tip.seq > space.frontier.tip(chain).seq) {
                    self.ask(id, &[author, from], out);
                }
                Ok(GossipVerdict::Accept)
            }
            Announcement::Presence(open) => {
                self.presence_heard(now, id, author, open, out);
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
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<Result<usize, FrameRefusal>, StoreError> {
        let me = self.key.id();
        let Some(space) = self.spaces.get_mut(id) else { return Ok(Ok(0)) };
        let known = SpaceKnown { space, log };
        let verified = match frame::verify(id, bytes, &known, |control| joined(&space.graph, control)) {
            Ok(verified) => verified,
            Err(FrameRefusal::Fork(evidence)) => {
                space.refused_frames += 1;
                if evidence.position.chain.node == me {
                    space.halted = Some(Halt::OwnLogForked);
                    out.push(Effect::Changed(Change::Halted(*id)));
                }
                let mut kept = Commit::new(*id);
                kept.forks.push((*evidence).clone());
                out.commit(kept);
                return Ok(Err(FrameRefusal::Fork(evidence)));
            }
            Err(refusal) => {
                space.refused_frames += 1;
                return Ok(Err(refusal));
            }
        };
        let new = verified.get().control.len() + verified.get().content.len();
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
        if control.iter().map(|entry| entry.position.chain.node).chain(content.iter().map(|content| content.entry.entry.position.chain.node)).any(|node| node == me) {
            // Entries of ours that our own store lacks: it is older than what we have said.
            space.halted = Some(Halt::OwnLogIsLonger);
            out.push(Effect::Changed(Change::Halted(*id)));
        }
        let mut kept = Commit::new(*id);
        let has_control = !control.is_empty();
        let narrows = take_control(space, control, &mut kept);

        let mut documents: BTreeMap<DocumentId, Arrivals<'_>> = BTreeMap::new();
        let mut chunks: BTreeMap<(DocumentId, ChangeHash), Vec<u8>> = BTreeMap::new();
        let mut claims = Claims::default();
        for arrived in content {
            let verdicts = space.graph.judge(&arrived.entry.entry, &arrived.entry.batch);
            let waits = verdicts.contains(&Verdict::Waits);
            space.waiting_entries |= waits;
            space.void_entries += u64::from(!arrived.sound);
            let author = arrived.entry.entry.position.chain.node;
            let mut changes = arrived.changes.into_iter();
            for (run, verdict) in arrived.entry.batch.runs.iter().zip(verdicts) {
                let admitted = arrived.sound && verdict == Verdict::Admitted && claims.admit(space, run, author, log)?;
                let document = documents.entry(run.document).or_insert_with(|| Arrivals::new(log, run.document));
                for (facts, chunk) in changes.by_ref().take(usize::try_from(run.count).unwrap_or(0)) {
                    let sound = crate::scan::scan(&chunk).is_ok();
                    chunks.entry((run.document, facts.hash)).or_insert(chunk);
                    document.take(facts, admitted, sound)?;
                }
            }
            space.advance(&arrived.entry.entry, arrived.entry.batch.runs.iter().map(|run| run.document));
            kept.entries.push(NewEntry::Content { entry: arrived.entry, waits, void: !arrived.sound });
        }
        let mut applied = Vec::new();
        for (document, arrivals) in documents {
            settle(document, arrivals, &mut chunks, log, &mut kept, &mut applied)?;
        }
        for document in kept.entries.iter().filter_map(|entry| made_document(space, entry.entry())) {
            self.by_document.insert(document, *id);
        }
        out.commit(kept);
        out.effects.extend(applied);
        let space_waits = space.waiting_entries;
        out.next.extend(claims.contested.into_iter().map(|document| Input::Rejudge { space: *id, scope: RejudgeScope::Document(document) }));
        if has_control {
            self.control_changed(id, narrows, space_waits, out);
        }
        self.receipt_soon(now, id);
        out.push(Effect::Changed(Change::Receipts(*id)));
        Ok(())
    }

    /// After control entries came: keys, topics, connections, and what was judged before.
    pub(super) fn control_changed(&mut self, id: &SpaceId, narrows: bool, waits: bool, out: &mut Outbox) {
        if let Some(space) = self.spaces.get_mut(id) {
            space.learn_epoch(&self.key);
            if space.graph.membership().admits(&self.key.id()) {
                space.inviter = None;
            }
            self.by_document.extend(space.graph.membership().documents().map(|(document, _)| (*document, *id)));
        }
        self.listen(id, out);
        self.admit(out);
        if narrows {
            out.next.push(Input::Rejudge { space: *id, scope: RejudgeScope::Everything });
        } else if waits {
            out.next.push(Input::Rejudge { space: *id, scope: RejudgeScope::Waiting });
        }
        out.push(Effect::Changed(Change::Space(*id)));
    }

    pub(super) fn rejudge(&mut self, id: SpaceId, scope: RejudgeScope, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let Some(space) = self.spaces.get_mut(&id) else { return Ok(()) };
        let mut kept = Commit::new(id);
        let mut applied = Vec::new();
        let mut touched: BTreeSet<DocumentId> = match scope {
            RejudgeScope::Document(document) => BTreeSet::from([document]),
            RejudgeScope::Everything => space.document_tips.keys().copied().collect(),
            RejudgeScope::Waiting => BTreeSet::new(),
        };
        let mut still_waiting = false;
        for content in log.waiting_entries(&id)? {
            if space.graph.judge(&content.entry, &content.batch).contains(&Verdict::Waits) {
                still_waiting = true;
                continue;
            }
            kept.waits.push((content.entry.position, false));
            touched.extend(content.batch.runs.iter().map(|run| run.document));
        }
        space.waiting_entries = still_waiting;
        for document in touched {
            let admitted = admitted_changes(space, &document, log)?;
            let mut arrivals = Arrivals::new(log, document);
            arrivals.readmit(&admitted)?;
            settle(document, arrivals, &mut BTreeMap::new(), log, &mut kept, &mut applied)?;
        }
        out.commit(kept);
        out.effects.extend(applied);
        Ok(())
    }
}

/// The nodes that control entries of a frame take in, judged on a copy of the graph.
fn joined(graph: &ControlGraph, control: &[Entry]) -> Result<Vec<NodeId>, crate::entry::Position> {
    if control.is_empty() {
        return Ok(Vec::new());
    }
    let mut graph = graph.clone();
    for entry in control {
        graph.insert(entry).map_err(|_| entry.position)?;
    }
    // While an act is not understood nobody can say who joined after it: what waits in the graph belongs to somebody we may learn of.
    let unknown = graph.membership().unknown_act().is_some() || graph.waiting() > 0;
    let authors = control.iter().map(|entry| entry.position.chain.node).filter(|_| unknown);
    Ok(graph.membership().nodes().map(|(node, _)| *node).chain(authors).collect())
}

/// Puts verified control entries into the graph. Says whether a right was narrowed.
fn take_control(space: &mut Space, control: Vec<Entry>, kept: &mut Commit) -> bool {
    let mut narrows = false;
    for entry in control {
        if space.graph.insert(&entry) == Ok(Inserted::Folded) {
            narrows |= ControlBody::decode(&entry.body).is_ok_and(|body| matches!(body.act, Act::RetireNode(_)));
        }
        space.advance(&entry, []);
        kept.entries.push(NewEntry::Control(entry));
    }
    narrows
}

fn made_document(space: &Space, entry: &Entry) -> Option<DocumentId> {
    if entry.position.chain.chain != Chain::Control {
        return None;
    }
    match ControlBody::decode(&entry.body).ok()?.act {
        Act::CreateDocument(act) => space.graph.membership().document(&act.document).map(|_| act.document),
        _ => None,
    }
}

/// Turns what became of a document into what is kept and what is shown.
fn settle(
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
            None => kept.restanding.push((document, hash, record.admitted, record.standing)),
        }
    }
    if arrived.rebuild {
        effects.push(Effect::Rebuilt { document });
    } else if !shown.is_empty() {
        effects.push(Effect::Applied { document, changes: shown });
    }
    Ok(())
}

/// Who may publish under foreign actors: of the nodes that do, the earliest in the order of joining.
#[derive(Default)]
struct Claims {
    new: BTreeMap<(DocumentId, ActorId), BTreeSet<NodeId>>,
    contested: BTreeSet<DocumentId>,
}

impl Claims {
    fn admit(&mut self, space: &Space, run: &Run, author: NodeId, log: &dyn LogReader) -> Result<bool, StoreError> {
        if run.actor.belongs_to(&author) {
            return Ok(true);
        }
        let known = log.claims(&run.document, &run.actor)?;
        let new = self.new.entry((run.document, run.actor.clone())).or_default();
        let is_new = !known.contains(&author) && new.insert(author);
        let others: Vec<NodeId> = known.into_iter().chain(new.iter().copied()).filter(|node| *node != author).collect();
        if is_new && !others.is_empty() {
            self.contested.insert(run.document);
        }
        Ok(others.iter().all(|other| order_of_joining(space, &author) < order_of_joining(space, other)))
    }
}

fn order_of_joining(space: &Space, node: &NodeId) -> (usize, NodeId) {
    (space.graph.membership().node(node).map_or(usize::MAX, |node| node.place), *node)
}

/// All changes of a document that some entry, or our own people, had the right to.
fn admitted_changes(space: &Space, document: &DocumentId, log: &dyn LogReader) -> Result<BTreeSet<ChangeHash>, StoreError> {
    let own = space.unpublished.iter().filter(|change| change.document == *document).map(|change| change.hash);
    let mut admitted: BTreeSet<ChangeHash> = own.collect();
    let entries = log.entries_of_document(document)?;
    let mut claimants: BTreeMap<ActorId, BTreeSet<NodeId>> = BTreeMap::new();
    for content in &entries {
        let author = content.entry.position.chain.node;
        for run in content.batch.runs.iter().filter(|run| run.document == *document && !run.actor.belongs_to(&author)) {
            claimants.entry(run.actor.clone()).or_default().insert(author);
        }
    }
    for content in &entries {
        if !is_sound(content, log)? {
            continue;
        }
        let author = content.entry.position.chain.node;
        let mut hashes = content.changes.iter();
        for (run, verdict) in content.batch.runs.iter().zip(space.graph.judge(&content.entry, &content.batch)) {
            let of_run: Vec<ChangeHash> = hashes.by_ref().take(usize::try_from(run.count).unwrap_or(0)).copied().collect();
            let owner = claimants.get(&run.actor).and_then(|nodes| nodes.iter().min_by_key(|node| order_of_joining(space, node)));
            let owns = run.actor.belongs_to(&author) || owner == Some(&author);
            if run.document == *document && verdict == Verdict::Admitted && owns {
                admitted.extend(of_run);
            }
        }
    }
    Ok(admitted)
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
