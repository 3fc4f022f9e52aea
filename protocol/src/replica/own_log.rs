//! A node that was put back from an old copy of its disk, or runs twice, goes on where it has gone on before: its log forks, and nobody could
//! follow both branches. Whoever holds what it has signed shows it that, and it stops publishing.

use std::time::Duration;

use crate::entry::{Chain, ChainId, Entry, Position, entry_hash, verify_entry};
use crate::frame::Known;
use crate::frontier::{Frontier, Tip};
use crate::ids::{NodeId, SpaceId};
use crate::log::{Commit, Halt, LogReader, StoreError};

use super::Replica;
use super::effect::{Change, Effect, Outbox, PeerFault};
use super::message::{Message, ShownEntry};
use super::space::{Space, SpaceKnown};

impl Space {
    /// Stops this node's publishing here, for good.
    pub(super) fn halt(&mut self, halt: Halt, kept: &mut Commit, out: &mut Outbox) {
        if self.halted.is_none() {
            self.halted = Some(halt);
            kept.halted = Some(halt);
            out.push(Effect::Changed(Change::Halted(self.id)));
        }
    }

    /// The last entry that we hold of a chain.
    pub(super) fn last_entry(&self, chain: &ChainId, log: &dyn LogReader) -> Result<Option<Entry>, StoreError> {
        let tip = self.frontier.tip(chain);
        if tip.seq == 0 {
            return Ok(None);
        }
        if chain.chain == Chain::Control {
            return Ok(log.control_entries(&self.id)?.into_iter().rfind(|entry| entry.position.chain == *chain));
        }
        let mut before = self.frontier.clone();
        before.set(*chain, Tip { seq: tip.seq - 1, hash: tip.hash });
        Ok(log.content_entries(&self.id, &before, &self.frontier, 1)?.pop().map(|content| content.entry))
    }

    /// Whether a peer's end of a chain is on another branch than ours.
    fn parted(&self, chain: &ChainId, theirs: &Frontier, log: &dyn LogReader) -> bool {
        let (ours, theirs) = (self.frontier.tip(chain), theirs.tip(chain));
        let known = SpaceKnown { space: self, log };
        theirs.seq > 0 && theirs.seq <= ours.seq && known.hash_at(&Position { chain: *chain, seq: theirs.seq }) != Some(theirs.hash)
    }
}

impl Replica {
    /// The peer has told its frontier: if its own log is another there than here, it is shown what it has signed.
    pub(super) fn compare_own_log(&mut self, to: NodeId, id: &SpaceId, log: &dyn LogReader, out: &mut Outbox) -> Result<(), StoreError> {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get(&to)) else { return Ok(()) };
        let Some(theirs) = peer.shared.get(id).and_then(|shared| shared.theirs.as_ref()) else { return Ok(()) };
        let chains = [Chain::Control, Chain::Content].map(|chain| ChainId { node: to, chain });
        let parted = chains.into_iter().find(|chain| space.parted(chain, theirs, log));
        parted.map_or(Ok(()), |chain| self.show_own_entry(to, id, &chain, log, out))
    }

    /// Shows a peer the last entry of its own chain that we hold, once in a session.
    pub(super) fn show_own_entry(
        &mut self,
        to: NodeId,
        id: &SpaceId,
        chain: &ChainId,
        log: &dyn LogReader,
        out: &mut Outbox,
    ) -> Result<(), StoreError> {
        let (Some(space), Some(peer)) = (self.spaces.get(id), self.peers.get_mut(&to)) else { return Ok(()) };
        let Some(shared) = peer.shared.get_mut(id).filter(|shared| !shared.shown_own_entry) else { return Ok(()) };
        let Some(place) = shared.ours else { return Ok(()) };
        let Some(entry) = space.last_entry(chain, log)? else { return Ok(()) };
        let Some(signature) = entry.signature else { return Ok(()) };
        shared.shown_own_entry = true;
        let Entry { position, previous, body, .. } = entry;
        let shown = ShownEntry { chain: position.chain.chain, seq: position.seq, previous, signature, body };
        out.push(Effect::Send { peer: to, bytes: Message::OwnEntry { space: place, entry: shown }.encode() });
        Ok(())
    }

    /// A peer shows an entry that we are to have signed. If we have, and our log does not hold it, we publish no more: whoever shows it cannot
    /// have made it.
    pub(super) fn own_entry_came(&mut self, now: Duration, from: NodeId, id: &SpaceId, shown: &ShownEntry, log: &dyn LogReader, out: &mut Outbox) {
        let me = self.key.id();
        let Some(space) = self.spaces.get_mut(id) else { return };
        let position = Position { chain: ChainId { node: me, chain: shown.chain }, seq: shown.seq };
        let hash = entry_hash(id, &position, &shown.previous, &shown.body);
        if verify_entry(&me, &hash, &shown.signature).is_err() {
            return self.fault(now, from, PeerFault::BadMessage, out);
        }
        if (SpaceKnown { space, log }).hash_at(&position) == Some(hash) {
            return;
        }
        let halt = if position.seq > space.frontier.tip(&position.chain).seq { Halt::OwnLogIsLonger } else { Halt::OwnLogForked };
        let mut kept = Commit::new(*id);
        space.halt(halt, &mut kept, out);
        out.commit(kept);
    }
}
