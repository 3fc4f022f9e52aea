//! Branches of forked control chains. Whoever signs two entries at one position, by malice or after a restore from a copy, splits its chain: of
//! the branches each node has the one in its log that it heard first. Honest acts and words rest on either. So a node asks for what they name and
//! it does not hold, and keeps beside its log the other branch, as one frame from the chain's start.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::entry::Entry;
use crate::frame::{self, DecodeError, EncodeError, FrameEntry, FrameRefusal};
use crate::ids::{EntryHash, NodeId, SpaceId};
use crate::limits::{MAX_BRANCHES, MAX_BRANCHES_OF_NODE, MAX_FRAME_BYTES, MAX_LACKING, MAX_LACKING_OF_NODE};
use crate::log::{Commit, ContentEntry, ForkEvidence, LogReader, StoreError};

use super::Replica;
use super::effect::{Change, Effect, Outbox, PeerFault};
use super::frames::SESSION_LEVEL;
use super::input::Input;
use super::message::Message;
use super::receive::to_be_judged;
use super::space::{Halt, Space};

/// A branch that is kept beside the log.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    node: NodeId,
    entries: BTreeSet<EntryHash>,
    frame: Vec<u8>,
}

impl Replica {
    /// Asks peers, each once in a session, for control entries that are named here and that no pull has brought.
    pub(super) fn ask_for_branches(&mut self, id: &SpaceId, out: &mut Outbox) {
        if self.spaces.get(id).is_none_or(|space| space.lacking().next().is_none()) {
            return;
        }
        for peer in self.peers.keys().copied().collect::<Vec<_>>() {
            self.ask_peer_for_branches(peer, id, out);
        }
    }

    fn ask_peer_for_branches(&mut self, of: NodeId, id: &SpaceId, out: &mut Outbox) {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&of)) else { return };
        let Some(shared) = peer.shared.get_mut(id).filter(|shared| shared.digest.is_some() && space.pull.is_none()) else { return };
        let Some(place) = shared.ours else { return };
        // What is not lacking any more need not be remembered.
        shared.asked_heads.retain(|head, _| !space.graph.holds(head));
        let mut by_namer: BTreeMap<NodeId, usize> = BTreeMap::new();
        for namer in shared.asked_heads.values() {
            *by_namer.entry(*namer).or_default() += 1;
        }
        let mut heads: Vec<EntryHash> = Vec::new();
        for (head, namer) in space.lacking().filter(|(head, _)| !shared.asked_heads.contains_key(head)) {
            // Whoever names what does not exist keeps nobody from asking for what others name.
            let of_namer = by_namer.entry(namer).or_default();
            if heads.len() < MAX_LACKING && *of_namer < MAX_LACKING_OF_NODE && !heads.contains(&head) {
                *of_namer += 1;
                heads.push(head);
            }
        }
        if heads.is_empty() {
            return;
        }
        shared.asked_heads.extend(space.lacking().filter(|(head, _)| heads.contains(head)));
        out.push(Effect::Send { peer: of, bytes: Message::Lacking { space: place, heads }.encode() });
    }

    /// A peer asks for control entries that it does not hold.
    pub(super) fn lacked(
        &mut self,
        from: NodeId,
        id: &SpaceId,
        heads: Vec<EntryHash>,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&from)) else { return Ok(()) };
        let Some(shared) = peer.shared.get_mut(id).filter(|_| space.graph.keeps_entries_of(&from)) else { return Ok(()) };
        let Some(place) = shared.ours else { return Ok(()) };
        let (held, not_held): (Vec<EntryHash>, Vec<EntryHash>) = heads.into_iter().partition(|head| space.graph.holds(head));
        shared.owed.extend(not_held.into_iter().take(MAX_LACKING.saturating_sub(shared.owed.len())));
        let mut frames: BTreeSet<Vec<u8>> = BTreeSet::new();
        for head in held {
            // As much as one frame may hold, however many are asked for.
            let frame = space.branch_with(&head, log)?;
            let sum = frames.iter().map(Vec::len).sum::<usize>();
            frames.extend(frame.filter(|frame| sum + frame.len() <= MAX_FRAME_BYTES));
        }
        out.effects.extend(frames.into_iter().map(|bytes| Effect::Send { peer: from, bytes: Message::Branch { space: place, bytes }.encode() }));
        Ok(())
    }

    /// Control entries have come: those peers that asked for them before get them, once the store holds them.
    pub(super) fn owe(&self, id: &SpaceId, out: &mut Outbox) {
        let Some(space) = self.spaces.get(id) else { return };
        let mut owed = self.peers.values().filter_map(|peer| peer.shared.get(id)).flat_map(|shared| &shared.owed);
        if owed.any(|head| space.graph.holds(head)) {
            out.next.push(Input::GiveBranches { space: *id });
        }
    }

    pub(super) fn give_what_is_owed(&mut self, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let Some(space) = self.spaces.get(id) else { return Ok(()) };
        let mut given: Vec<(NodeId, Vec<EntryHash>)> = Vec::new();
        for (peer, state) in &mut self.peers {
            let Some(shared) = state.shared.get_mut(id).filter(|shared| !shared.owed.is_empty()) else { continue };
            let (held, owed): (BTreeSet<EntryHash>, _) = shared.owed.iter().copied().partition(|head| space.graph.holds(head));
            shared.owed = owed;
            given.push((*peer, held.into_iter().collect()));
        }
        for (peer, heads) in given {
            self.lacked(peer, id, heads, log, out)?;
        }
        Ok(())
    }

    /// A peer sends the branch of a control chain. It is kept if somebody here names what it holds, and it is not the one in the log.
    pub(super) fn branch_came(
        &mut self,
        now: Duration,
        from: NodeId,
        id: &SpaceId,
        bytes: Vec<u8>,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let me = self.key.id();
        let Some(space) = self.spaces.get_mut(id) else { return Ok(()) };
        let entries = match frame::verify_chain(id, &bytes) {
            Ok(entries) => entries,
            Err(refusal) => {
                space.refused_frames += 1;
                let fault = match refusal {
                    FrameRefusal::Decode(DecodeError::Wire(error)) => PeerFault::unreadable(&error, PeerFault::BadFrame),
                    _ => PeerFault::BadFrame,
                };
                self.fault(now, from, fault, out);
                return Ok(());
            }
        };
        let lacked = entries.iter().find(|entry| space.lacks(&entry.hash));
        let Some(chain) = lacked.map(|entry| entry.position.chain).filter(|chain| space.graph.keeps_entries_of(&chain.node)) else { return Ok(()) };
        let Some(fork) = space.fork_proven_by(&entries) else {
            // It goes on from where our log ends.
            return self.receive(now, id, &bytes, log, out).map(|_| ());
        };
        let of_node = space.branches.iter().filter(|branch| branch.node == chain.node).count();
        if space.branches.len() >= MAX_BRANCHES || of_node >= MAX_BRANCHES_OF_NODE {
            return Ok(());
        }
        let mut kept = Commit::new(*id);
        kept.forks.push(fork);
        space.apart.insert(chain);
        if chain.node == me && space.halted.is_none() {
            space.halted = Some(Halt::OwnLogForked);
            out.push(Effect::Changed(Change::Halted(*id)));
        }
        // The verifier has decoded each of them already.
        let grown = space.graph.extend_beside(&entries).unwrap_or_default();
        to_be_judged(space, &grown, &mut kept);
        kept.branches.push(bytes.clone());
        space.branches.push(Branch { node: chain.node, entries: entries.iter().map(|entry| entry.hash).collect(), frame: bytes });
        let to_judge = !kept.waits.is_empty() || space.waiting_entries;
        out.commit(kept);
        if to_judge {
            self.judge_next(id, out);
        }
        self.control_changed(now, id, log, out)?;
        // It may name others that are not here.
        self.ask_for_branches(id, out);
        Ok(())
    }
}

impl Space {
    /// Control entries that acts or waiting content name and that are not here, with who names them. One may come twice.
    pub(super) fn lacking(&self) -> impl Iterator<Item = (EntryHash, NodeId)> + '_ {
        let named = self.graph.wanted().iter().chain(&self.unknown_heads);
        named.flat_map(|(namer, heads)| heads.iter().map(|head| (*head, *namer))).filter(|(head, _)| !self.graph.holds(head))
    }

    /// How many there are at most.
    pub(super) fn lacking_count(&self) -> usize {
        self.graph.missing().len() + self.unknown_heads.values().map(BTreeSet::len).sum::<usize>()
    }

    fn lacks(&self, head: &EntryHash) -> bool {
        !self.graph.holds(head) && (self.graph.missing().contains_key(head) || self.unknown_heads.values().any(|heads| heads.contains(head)))
    }

    /// Notes what content names that waits.
    pub(super) fn note_unknown_heads(&mut self, content: &ContentEntry) {
        let unknown = content.batch.control_heads.iter().filter(|head| !self.graph.holds(head));
        let of_namer = self.unknown_heads.entry(content.entry.position.chain.node).or_default();
        for head in unknown {
            if of_namer.len() < MAX_LACKING {
                of_namer.insert(*head);
            }
        }
    }

    /// Takes up the branches that the store holds.
    pub(super) fn restore_branches(&mut self, log: &dyn LogReader) -> Result<(), StoreError> {
        for frame in log.branches(&self.id)? {
            // What cannot be read any more is asked for again: no reason not to start.
            let Ok(entries) = frame::verify_chain(&self.id, &frame) else { continue };
            let Some(node) = entries.first().map(|entry| entry.position.chain.node) else { continue };
            let _ = self.graph.extend_beside(&entries);
            self.branches.push(Branch { node, entries: entries.iter().map(|entry| entry.hash).collect(), frame });
        }
        Ok(())
    }

    /// The frame of the control chain with an entry that is here, from its start to the first signature at or behind the entry.
    fn branch_with(&self, head: &EntryHash, log: &dyn LogReader) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(position) = self.graph.position(head) else {
            return Ok(self.branches.iter().find(|branch| branch.entries.contains(head)).map(|branch| branch.frame.clone()));
        };
        let mut entries = Vec::new();
        for entry in log.control_entries(&self.id)?.into_iter().filter(|entry| entry.position.chain == position.chain) {
            let ends = entry.position.seq >= position.seq && entry.signature.is_some();
            entries.push(FrameEntry::Control(entry));
            if ends {
                break;
            }
        }
        match frame::encode(&entries, SESSION_LEVEL) {
            Ok(frame) => Ok(Some(frame)),
            Err(EncodeError::Pack(_) | EncodeError::Gap | EncodeError::NoSignature) => Ok(None),
        }
    }

    /// The proof that a chain has forked, if these entries of it are not those in the log.
    fn fork_proven_by(&self, entries: &[Entry]) -> Option<ForkEvidence> {
        let end = entries.last()?;
        let ours = |entry: &Entry| self.graph.hash_at(&entry.position.chain.node, entry.position.seq);
        let (entry, ours) = entries.iter().find_map(|entry| Some((entry, ours(entry).filter(|ours| *ours != entry.hash)?)))?;
        Some(ForkEvidence { position: entry.position, ours, theirs: entry.hash, end: (end.position.seq, end.hash, end.signature?) })
    }
}
