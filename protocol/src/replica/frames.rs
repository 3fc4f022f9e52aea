//! Which entries go into the next frame for a peer: control before content, content in the order that `gather` gives, about as many as the line takes in two
//! seconds, each chain cut where a signature is held.

use std::collections::{BTreeMap, BTreeSet};

use crate::entry::{Chain, ChainId};
use crate::frame::{self, EncodeError, FrameEntry};
use crate::frontier::{Frontier, Tip};
use crate::ids::EntryHash;
use crate::limits::{MAX_FRAME_BYTES, MAX_FRAME_CHANGES, MAX_FRAME_ENTRIES, MAX_FRAME_RAW_BYTES};
use crate::log::{LogReader, StoreError};

use super::gather::{Gather, WINDOW};
use super::publish::frame_entry;
use super::space::Space;

/// Effort of packing for sessions: a slow line pays for every byte.
pub(super) const SESSION_LEVEL: i32 = 19;

/// A frame that packed to less than half of its target is tried again with more in it, this many times.
const REPACKS: usize = 2;

/// Bytes of changes that pack to one.
pub(super) const USUAL_RATIO: usize = 20;

/// Raw bytes that go into one frame at most, however well they pack.
const RAW_BYTES: usize = MAX_FRAME_RAW_BYTES / 4;

/// The next frame beyond `cursor`, of about `target` bytes, with where it leads; `None` when there is no more. It is never larger than a
/// receiver takes: what packed well before may not go on to. Entries of the control chains in `apart` are named in full.
pub(super) fn next_frame(
    space: &Space,
    cursor: &Frontier,
    apart: &BTreeSet<ChainId>,
    target: usize,
    ratio: &mut usize,
    log: &dyn LogReader,
) -> Result<Option<(Vec<u8>, Frontier)>, StoreError> {
    // On a line that drops every few seconds a frame of twice the size would never arrive.
    let too_large = (target + target / 2).min(MAX_FRAME_BYTES);
    let mut raw_target = target.saturating_mul(*ratio).min(RAW_BYTES);
    let (mut result, mut repacks, mut shrunk) = (None, 0, false);
    loop {
        let picked = pick(space, cursor, apart, raw_target, log)?;
        if picked.entries.is_empty() {
            return Ok(None);
        }
        let raw = picked.entries.iter().map(weight).fold(0, usize::saturating_add);
        let frame = match frame::encode(&picked.entries, SESSION_LEVEL) {
            Ok(frame) => frame,
            // More than a frame may hold before it is packed.
            Err(EncodeError::Pack(_)) if result.is_none() && !picked.is_least => {
                (raw_target, shrunk) = (raw_target / 2, true);
                continue;
            }
            Err(EncodeError::Pack(_) | EncodeError::Gap | EncodeError::NoSignature) => return Ok(result),
        };
        *ratio = (raw / frame.len().max(1)).clamp(1, 200);
        let expected = target.saturating_mul(*ratio).min(RAW_BYTES);
        if frame.len() > too_large && !picked.is_least {
            if result.is_some() {
                return Ok(result);
            }
            // Halved each time at least, so that this ends, at the latest with one range between two kept signatures.
            raw_target = expected.min(raw_target / 2);
            shrunk = true;
            continue;
        }
        let full = picked.all || frame.len() * 2 >= target || raw >= RAW_BYTES;
        result = Some((frame, picked.cursor));
        if full || shrunk || repacks == REPACKS {
            return Ok(result);
        }
        repacks += 1;
        raw_target = expected;
    }
}

/// What an entry weighs in a frame, in bytes that pack as changes do: heads named in full do not pack at all. Operations weigh a byte each: they pack to
/// nothing where many are alike, and cost the receiver all the same.
fn weight(entry: &FrameEntry) -> usize {
    let in_full = match entry {
        FrameEntry::Content { heads, .. } => heads.iter().filter(|head| head.is_none()).count(),
        FrameEntry::Control(_) => 0,
    };
    let ops = usize::try_from(entry.ops()).unwrap_or(usize::MAX);
    (entry.raw_bytes() + in_full * size_of::<EntryHash>() * USUAL_RATIO).saturating_add(ops)
}

struct Picked {
    entries: Vec<FrameEntry>,
    cursor: Frontier,
    /// Nothing is left beyond the cursor.
    all: bool,
    /// Fewer entries would be none: it ends at the first place where it may.
    is_least: bool,
}

fn pick(space: &Space, cursor: &Frontier, apart: &BTreeSet<ChainId>, raw_target: usize, log: &dyn LogReader) -> Result<Picked, StoreError> {
    let mut range = Range { start: cursor.clone(), reached: cursor.clone(), ..Range::default() };
    if space.frontier.behind_in(cursor, Chain::Control) {
        for entry in log.control_entries(&space.id)? {
            if entry.position.seq != range.reached.tip(&entry.position.chain).seq + 1 {
                continue;
            }
            if range.is_full(raw_target, 0) {
                // Content may name what is cut off here: it comes with the next frame.
                return Ok(range.cut());
            }
            range.push(FrameEntry::Control(entry), 0);
        }
    }
    let mut gather = Gather::default();
    loop {
        let read = log.content_entries(&space.id, &range.reached, &space.frontier, WINDOW)?;
        if read.is_empty() {
            let is_least = range.is_least();
            return Ok(Picked { entries: range.entries, cursor: range.reached, all: true, is_least });
        }
        gather.refill(read);
        while let Some(content) = gather.next() {
            let count = content.changes.len();
            if range.is_full(raw_target, count) {
                return Ok(range.cut());
            }
            let Some(entry) = frame_entry(space, &content, apart, log)? else { return Ok(range.cut()) };
            range.push(entry, count);
        }
    }
}

#[derive(Default)]
struct Range {
    start: Frontier,
    reached: Frontier,
    entries: Vec<FrameEntry>,
    raw: usize,
    changes: usize,
    /// Of each chain, where its last entry with a signature stands in `entries`.
    signed: BTreeMap<ChainId, usize>,
    /// How many entries there were when it first could end.
    least: Option<usize>,
}

impl Range {
    fn push(&mut self, entry: FrameEntry, changes: usize) {
        let position = entry.entry().position;
        self.reached.set(position.chain, Tip { seq: position.seq, hash: entry.entry().hash });
        if entry.entry().signature.is_some() {
            self.signed.insert(position.chain, self.entries.len());
            self.least.get_or_insert(self.entries.len() + 1);
        }
        self.raw = self.raw.saturating_add(weight(&entry));
        self.changes += changes;
        self.entries.push(entry);
    }

    /// Whether it can and should end before an entry of `changes` changes.
    fn is_full(&self, raw_target: usize, changes: usize) -> bool {
        let enough = self.raw >= raw_target || self.entries.len() >= MAX_FRAME_ENTRIES / 2 || self.changes + changes > MAX_FRAME_CHANGES / 2;
        enough && !self.signed.is_empty()
    }

    fn is_least(&self) -> bool {
        self.least.is_none_or(|least| self.entries.len() <= least)
    }

    /// Drops of each chain what comes after its last signature. The ends of chains in the store always hold one, so that this ends.
    fn cut(self) -> Picked {
        let is_least = self.is_least();
        let mut picked = Picked { entries: Vec::with_capacity(self.entries.len()), cursor: self.start, all: false, is_least };
        for (at, entry) in self.entries.into_iter().enumerate() {
            let position = entry.entry().position;
            if self.signed.get(&position.chain).is_some_and(|last| at <= *last) {
                picked.cursor.set(position.chain, Tip { seq: position.seq, hash: entry.entry().hash });
                picked.entries.push(entry);
            }
        }
        picked
    }
}
