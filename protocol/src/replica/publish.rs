//! The way out: from changes of this school's people to signed entries, announced to whoever is online.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::announce::Announcement;
use crate::entry::{Batch, Chain, ChainId, Entry, Run, commit};
use crate::frame::{self, FrameEntry};
use crate::frontier::{Frontier, Tip};
use crate::ids::{DocumentId, NodeId, SpaceId};
use crate::limits::{
    CHANGE_OVERHEAD_BYTES, MAX_BATCH_BYTES, MAX_BATCH_CHANGES, MAX_BATCH_OPS, MAX_BATCH_RUNS, MAX_INLINE_FRAME_BYTES, MAX_INLINE_FRAME_OPS,
    PUBLISHED_BATCH_BYTES,
};
use crate::log::{Commit, ContentEntry, LogReader, NewEntry, StoreError, Unpublished};

use super::Replica;
use super::effect::{Change, Effect, Outbox};
use super::input::Input;
use super::space::Space;

/// Effort of packing for announcements: they are small, and many.
pub(super) const ANNOUNCE_LEVEL: i32 = 3;

/// Raw bytes beyond which an entry is not even tried as an inline frame: it could not pack to [`MAX_INLINE_FRAME_BYTES`].
const INLINE_RAW_BYTES: usize = 128 * MAX_INLINE_FRAME_BYTES;

impl Replica {
    /// Sets when what awaits publication is published; never, while nobody who could hear of it is connected.
    pub(super) fn schedule_publication(&mut self, now: Duration, id: &SpaceId, document: &DocumentId) {
        let connected = self.peers.values().any(|peer| peer.shares(id));
        let Some(space) = self.spaces.get_mut(id).filter(|_| connected) else { return };
        let delay = if space.open_elsewhere(document, now) { self.timing.publish_open } else { self.timing.publish_connected };
        let at = now + delay;
        space.publish_at = Some(space.publish_at.map_or(at, |before| before.min(at)));
    }

    /// Publishes all that awaits it, in as few entries as the limits allow.
    pub(super) fn publish(&mut self, now: Duration, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        if let Some(space) = self.spaces.get_mut(id) {
            space.publish_at = None;
        }
        if self.spaces.get(id).is_none_or(|space| space.unpublished.is_empty()) {
            return Ok(());
        }
        if !self.knows_own_log(now, id) {
            // Also tried when a peer has told what it holds.
            self.publish_later(now, id);
            return Ok(());
        }
        self.publish_now(now, id, log, out)
    }

    /// The same for a file that leaves this node, when nobody may be there who could tell how far our log goes: a school that is alone has no
    /// other way out. A node that was put back from an old copy may so fork its log; it is told when it meets its own.
    pub(super) fn publish_for_bundle(&mut self, now: Duration, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let me = self.key.id();
        // Whoever is there tells. And who has been shown that it has said more than it holds waits for somebody to bring that.
        let is_there = self.peers.values().any(|peer| peer.shares(id));
        let lacks = |space: &Space| space.frontier.tip(&space.own_chain(me, Chain::Content)).seq < space.own_said;
        if is_there || self.is_brought_own_log(now, id) {
            self.publish(now, id, log, out)
        } else if self.spaces.get(id).is_some_and(lacks) {
            Ok(())
        } else {
            self.publish_now(now, id, log, out)
        }
    }

    fn publish_now(&mut self, now: Duration, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let me = self.key.id();
        let Some(space) = self.spaces.get_mut(id) else { return Ok(()) };
        space.publish_at = None;
        let chain = space.own_chain(me, Chain::Content);
        let may = space.halted.is_none() && space.graph.membership().admits(&me) && space.has_room_for(&chain);
        if !may {
            return Ok(());
        }
        let mut kept = Commit::new(*id);
        let mut entries = Vec::new();
        let (mut inline_bytes, mut inline_ops) = (0usize, 0u64);
        let mut to_judge = false;
        while !space.unpublished.is_empty() {
            let taken = first_batch(&space.unpublished);
            let heads = space.graph.heads_for_changes(&me, taken.iter().map(|change| change.document));
            let (batch, changes) = batch_of(heads, taken);
            if !batch.is_within_bounds() {
                debug_assert!(false, "a batch is made within its bounds");
                break;
            }
            inline_bytes = inline_bytes.saturating_add(taken.iter().map(|change| change.bytes).sum());
            inline_ops = inline_ops.saturating_add(taken.iter().map(|change| change.ops).sum());
            let tip = space.frontier.tip(&chain);
            let entry = Entry::sign(id, &self.key, Chain::Content, tip.seq + 1, tip.hash, batch.encode());
            kept.published.extend(taken.iter().map(|change| (change.document, change.hash)));
            let count = taken.len();
            space.unpublished.drain(..count);
            space.advance(&entry, batch.runs.iter().map(|run| run.document));
            // Under an actor that others publish under too, others judge our entry, and so do we.
            let mut contested = false;
            for run in batch.runs.iter().filter(|run| !run.actor.belongs_to(&me)) {
                contested |= log.claims(&run.document, &run.actor)?.iter().any(|other| *other != me);
            }
            to_judge |= contested;
            let content = ContentEntry { entry, batch, changes };
            kept.entries.push(NewEntry::Content { entry: content.clone(), waits: contested, void: false });
            entries.push(content);
        }
        let is_small = inline_bytes <= INLINE_RAW_BYTES && inline_ops <= MAX_INLINE_FRAME_OPS;
        let frame = if is_small { inline_frame(space, &entries, log)? } else { None };
        if entries.is_empty() {
            return Ok(());
        }
        let heads = vec![(chain, space.frontier.tip(&chain))];
        out.commit(kept);
        if to_judge {
            space.waiting_entries = true;
            out.next.push(Input::Rejudge { space: *id });
        }
        let announcement = frame.map_or(Announcement::Heads(heads), Announcement::Frame);
        self.announce(id, &announcement, out);
        self.receipt_soon(now, id);
        out.push(Effect::Changed(Change::Receipts(*id)));
        Ok(())
    }

    /// Whether somebody who is there has told what it holds, and nobody who seems to hold more of our log than we is bringing that just now:
    /// a node that was put back from an old copy would fork its log by publishing first.
    fn knows_own_log(&self, now: Duration, id: &SpaceId) -> bool {
        !self.is_brought_own_log(now, id) && self.peers.keys().any(|peer| self.told_by(peer, id).is_some())
    }

    fn told_by(&self, node: &NodeId, id: &SpaceId) -> Option<&Frontier> {
        self.peers.get(node)?.shared.get(id)?.theirs.as_ref()
    }

    /// Whether somebody who seems to hold more of our log than we is bringing it.
    fn is_brought_own_log(&self, now: Duration, id: &SpaceId) -> bool {
        let Some(space) = self.spaces.get(id) else { return false };
        let chain = space.own_chain(self.key.id(), Chain::Content);
        let ours = space.frontier.tip(&chain).seq;
        // Whoever claimed it and then brought nothing has no proof: anybody may say so, and our people's words would wait for as long as it is there.
        let bringing = space.pull.as_ref().filter(|pull| !space.is_last(now, &pull.peer));
        bringing.and_then(|pull| self.told_by(&pull.peer, id)).is_some_and(|theirs| theirs.tip(&chain).seq > ours)
    }

    fn publish_later(&mut self, now: Duration, id: &SpaceId) {
        let at = now + self.timing.publish_connected;
        let connected = self.peers.values().any(|peer| peer.shares(id));
        if let Some(space) = self.spaces.get_mut(id).filter(|_| connected) {
            space.publish_at = Some(at);
        }
    }

    /// Announces one control entry of ours.
    pub(super) fn announce_control(&mut self, id: &SpaceId, entry: &Entry, out: &mut Outbox) {
        let heads = Announcement::Heads(vec![(entry.position.chain, Tip { seq: entry.position.seq, hash: entry.hash })]);
        let frame = frame::encode(&[FrameEntry::Control(entry.clone())], ANNOUNCE_LEVEL).ok();
        let announcement = frame.filter(|frame| frame.len() <= MAX_INLINE_FRAME_BYTES).map_or(heads, Announcement::Frame);
        self.announce(id, &announcement, out);
    }
}

/// What one entry may hold, from the front.
fn first_batch(unpublished: &[Unpublished]) -> &[Unpublished] {
    let (mut bytes, mut runs, mut ops) = (0, 0, 0_u64);
    let mut count = 0;
    for change in unpublished.iter().take(MAX_BATCH_CHANGES) {
        // At worst every change is a run of its own.
        let continues = count > 0
            && unpublished
                .get(count - 1)
                .is_some_and(|before| before.actor == change.actor && before.document == change.document && before.seq + 1 == change.seq);
        runs += usize::from(!continues);
        let said = (bytes + change.bytes).saturating_sub((count + 1) * CHANGE_OVERHEAD_BYTES);
        let is_full = said > PUBLISHED_BATCH_BYTES || bytes + change.bytes > MAX_BATCH_BYTES;
        if count > 0 && (is_full || runs > MAX_BATCH_RUNS || ops.saturating_add(change.ops) > MAX_BATCH_OPS) {
            break;
        }
        bytes += change.bytes;
        ops = ops.saturating_add(change.ops);
        count += 1;
    }
    &unpublished[..count]
}

/// The batch of these changes: by document, and within one by stretches of one author, in order of commit, so that dependencies come first.
fn batch_of(control_heads: Vec<crate::ids::EntryHash>, taken: &[Unpublished]) -> (Batch, Vec<crate::ids::ChangeHash>) {
    let mut order: Vec<DocumentId> = Vec::new();
    let mut by_document: BTreeMap<DocumentId, Vec<&Unpublished>> = BTreeMap::new();
    for change in taken {
        let changes = by_document.entry(change.document).or_default();
        if changes.is_empty() {
            order.push(change.document);
        }
        changes.push(change);
    }
    let mut batch = Batch { control_heads, runs: Vec::new() };
    let mut hashes = Vec::new();
    for document in order {
        let changes = by_document.remove(&document).unwrap_or_default();
        let stretches = changes.chunk_by(|before, after| before.actor == after.actor && before.seq + 1 == after.seq);
        for stretch in stretches {
            let Some(first) = stretch.first() else { continue };
            batch.runs.push(Run {
                document,
                actor: first.actor.clone(),
                first_seq: first.seq,
                count: stretch.len() as u64,
                commitment: commit(stretch.iter().map(|change| &change.hash)),
            });
            hashes.extend(stretch.iter().map(|change| change.hash));
        }
    }
    (batch, hashes)
}

/// The entries as one frame, if it is small enough to be announced whole.
fn inline_frame(space: &Space, entries: &[ContentEntry], log: &dyn LogReader) -> Result<Option<Vec<u8>>, StoreError> {
    let mut frame_entries = Vec::with_capacity(entries.len());
    for content in entries {
        let Some(entry) = frame_entry(space, content, &space.apart, log)? else { return Ok(None) };
        frame_entries.push(entry);
    }
    Ok(frame::encode(&frame_entries, ANNOUNCE_LEVEL).ok().filter(|frame| frame.len() <= MAX_INLINE_FRAME_BYTES))
}

/// A stored content entry with all that a frame needs of it; `None` where the store lacks something. Heads of the chains in `apart`, and those
/// that are not here, are named in full.
pub(super) fn frame_entry(
    space: &Space,
    content: &ContentEntry,
    apart: &BTreeSet<ChainId>,
    log: &dyn LogReader,
) -> Result<Option<FrameEntry>, StoreError> {
    let position = |head| space.graph.position(head).filter(|position| !apart.contains(&position.chain));
    let heads = content.batch.control_heads.iter().map(position).collect();
    let mut chunks = Vec::with_capacity(content.changes.len());
    let documents = content.batch.runs.iter().flat_map(|run| std::iter::repeat_n(run.document, usize::try_from(run.count).unwrap_or(0)));
    for (document, hash) in documents.zip(&content.changes) {
        let Some(chunk) = log.chunk(&document, hash)? else { return Ok(None) };
        chunks.push(chunk);
    }
    Ok(Some(FrameEntry::Content { entry: content.entry.clone(), batch: content.batch.clone(), heads, chunks }))
}
