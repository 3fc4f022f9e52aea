//! Asking for one change: who, when, after what, and then its operations.

use super::coder::Coder;
use super::limits::{MAX_EXPANDED_CHANGE_BYTES, MAX_MODELLED_OPS};
use super::memory::Memory;
use super::model::mix;
use super::questions::{Questions, Site};
use super::row::{ActorIndex, Change, OpId};
use super::rows::Rows;
use super::tables::Tables;
use crate::ids::ChangeHash;
use crate::limits::MAX_CHANGE_BYTES;

/// One change at a time, of one document.
pub(super) struct Changes<'s, C> {
    pub(super) questions: &'s mut Questions<C>,
    pub(super) memory: &'s mut Memory,
    pub(super) tables: &'s mut Tables,
}

impl<C: Coder> Changes<'_, C> {
    /// Asks for the next change; `None` where the bytes do not hold one.
    pub(super) fn change(&mut self, change: Option<&Change>) -> Option<Change> {
        let last = self.memory.last_author;
        let author = self.tables.actor(self.questions, Site::Actor, &[last], change.map(|change| change.author))?;
        let known = self.memory.authors.entry(author).or_default();
        let (own, seq, last_deps, last_rows) = (known.changes.last().copied(), known.seq, known.deps, known.rows);
        let last_extra = known.extra.clone();
        let fresh = u32::from(own.is_none());

        let next = seq.wrapping_add(1);
        let seq = if self.questions.flag(Site::SequenceIsNext, &[fresh], change.is_none_or(|change| change.seq == next)) {
            next
        } else {
            self.questions.number(Site::Sequence, &[fresh], change.map_or(0, |change| change.seq))
        };
        let deps = self.dependencies(author, own, last_deps, change)?;
        let start_op = self.start(&deps, change);
        let time = change.map_or(0, |change| change.time.wrapping_sub(self.memory.last_time));
        let time = self.memory.last_time.wrapping_add(self.questions.signed(Site::Time, &[fresh], time));
        let message = change.map_or(&[][..], |change| &change.message);
        let message = if self.questions.flag(Site::HasMessage, &[0], !message.is_empty()) {
            self.questions.text(Site::Message, MAX_CHANGE_BYTES, message)?
        } else {
            Vec::new()
        };
        let extra = if self.questions.flag(Site::ExtraIsLast, &[fresh], change.is_none_or(|change| change.extra == last_extra)) {
            last_extra
        } else {
            self.questions.text(Site::Extra, MAX_CHANGE_BYTES, change.map_or(&[], |change| &change.extra))?
        };
        let rows = change.map_or(0, |change| change.rows.len() as u64);
        let count = self.questions.number(Site::Operations, &[last_rows.min(32) as u32], rows);
        let count = usize::try_from(count).ok().filter(|&count| count <= MAX_MODELLED_OPS)?;
        let mut read = Change { deps, author, seq, start_op, time, message, extra, rows: Vec::with_capacity(count.min(1024)) };
        let mut cost = 0;
        for place in 0..count {
            let id = OpId { actor: author, counter: start_op.wrapping_add(place as u64) };
            let mut rows = Rows { questions: self.questions, memory: self.memory, tables: self.tables, author };
            let row = rows.row(id, place, change.and_then(|change| change.rows.get(place)))?;
            cost += row.cost();
            if cost > MAX_EXPANDED_CHANGE_BYTES || self.questions.spent() {
                return None;
            }
            read.rows.push(row);
        }
        (!self.questions.spent()).then_some(read)
    }

    /// The dependencies: the author's own last change first, then those of others by how far back, then those outside the run.
    fn dependencies(&mut self, author: ActorIndex, own: Option<usize>, last: usize, change: Option<&Change>) -> Option<Vec<ChangeHash>> {
        let wanted = change.map(|change| Wanted::of(change, self.memory, own));
        let mut deps = Vec::new();
        let mut own_hash = None;
        if let Some(known) = own.and_then(|own| self.memory.changes.get(own))
            && self.questions.flag(Site::DependsOnOwn, &[0], wanted.as_ref().is_none_or(|wanted| wanted.own))
        {
            own_hash = Some(known.hash);
            deps.push(known.hash);
        }
        let context = u32::from(own_hash.is_some()) | (last.min(7) as u32) << 1;
        let turn = u32::from(self.memory.last_author != author);
        let contexts = [context, mix(context, turn)];
        let others = wanted.as_ref().map_or(0, |wanted| wanted.others.len() as u64);
        let others = self.questions.number(Site::OtherDependencies, &contexts, others);
        for place in 0..others {
            let wanted = wanted.as_ref().and_then(|wanted| wanted.others.get(place as usize));
            deps.push(self.dependency(author, wanted)?);
            if self.questions.spent() {
                return None;
            }
        }
        self.order(&mut deps, change)?;
        Some(deps)
    }

    /// Automerge lists dependencies by their bytes, or so with the author's own last change behind them.
    fn order(&mut self, deps: &mut [ChangeHash], change: Option<&Change>) -> Option<()> {
        let sorted = change.is_none_or(|change| change.deps.is_sorted());
        let told_last = change.and_then(|change| change.deps.last()).and_then(|last| deps.iter().position(|dep| dep == last));
        if deps.len() < 2 || !self.questions.flag(Site::DependencyOrder, &[0], !sorted) {
            deps.sort_unstable();
            return Some(());
        }
        let last = self.questions.number(Site::DependencyOrder, &[1], told_last.unwrap_or(0) as u64);
        let last = usize::try_from(last).ok().filter(|&last| last < deps.len())?;
        deps.swap(0, last);
        deps.get_mut(1..)?.sort_unstable();
        deps.rotate_left(1);
        Some(())
    }

    fn dependency(&mut self, author: ActorIndex, wanted: Option<&Reference>) -> Option<ChangeHash> {
        let inside = !self.memory.changes.is_empty();
        let is_outside = matches!(wanted, Some(Reference::Outside(_)));
        if inside && !self.questions.flag(Site::DependencyIsOutside, &[0], is_outside) {
            let (of, back) = match wanted {
                Some(Reference::Inside { author, back }) => (*author, *back),
                _ => (0, 0),
            };
            let of = self.tables.actor(self.questions, Site::DependencyAuthor, &[author], Some(of))?;
            let back = usize::try_from(self.questions.number(Site::DependencyBack, &[0], back as u64)).ok()?;
            let changes = &self.memory.authors.get(&of)?.changes;
            let place = changes.len().checked_sub(1)?.checked_sub(back)?;
            return Some(self.memory.changes.get(*changes.get(place)?)?.hash);
        }
        let known = self.memory.outside.len();
        let hash = if let Some(Reference::Outside(hash)) = wanted { *hash } else { ChangeHash([0; 32]) };
        let back = self.memory.outside_by_hash.get(&hash).map_or(known, |index| known - 1 - index);
        let back = if known == 0 { 0 } else { self.questions.number(Site::OutsideDependency, &[0], back as u64) };
        let back = usize::try_from(back).ok().filter(|&back| back <= known)?;
        if let Some((hash, _)) = (known - back).checked_sub(1).and_then(|index| self.memory.outside.get(index)) {
            return Some(*hash);
        }
        let mut hash = hash.0;
        self.questions.noise(&mut hash);
        self.memory.learn_outside(ChangeHash(hash));
        Some(ChangeHash(hash))
    }

    /// The first operation follows the last one of all dependencies.
    fn start(&mut self, deps: &[ChangeHash], change: Option<&Change>) -> u64 {
        let expected = self.memory.max_op_of(deps).wrapping_add(1);
        let far = change.map_or(0, |change| change.start_op.wrapping_sub(expected) as i64);
        if self.questions.flag(Site::StartIsExpected, &[0], far == 0) {
            return expected;
        }
        expected.wrapping_add(self.questions.signed(Site::Start, &[0], far) as u64)
    }
}

/// The dependencies of a change, as they are told.
struct Wanted {
    own: bool,
    others: Vec<Reference>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reference {
    Inside { author: ActorIndex, back: usize },
    Outside(ChangeHash),
}

impl Wanted {
    fn of(change: &Change, memory: &Memory, own: Option<usize>) -> Self {
        let own = own.and_then(|own| memory.changes.get(own)).map(|known| known.hash);
        let mut others: Vec<Reference> = change.deps.iter().filter(|&&dep| Some(dep) != own).map(|&dep| memory.reference(dep)).collect();
        others.sort_unstable();
        Self { own: own.is_some_and(|own| change.deps.contains(&own)), others }
    }
}

impl Memory {
    fn reference(&self, dep: ChangeHash) -> Reference {
        let Some(known) = self.by_hash.get(&dep).and_then(|&index| self.changes.get(index)) else { return Reference::Outside(dep) };
        let of_author = self.authors.get(&known.author).map_or(0, |author| author.changes.len());
        Reference::Inside { author: known.author, back: of_author - 1 - known.place }
    }
}

/// Whether a change can be asked for: its dependencies stand in an order that has a name, each once.
pub(super) fn is_modelled(change: &Change) -> bool {
    let rest = change.deps.split_last().map_or(&[][..], |(_, rest)| rest);
    let mut sorted = change.deps.clone();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| pair[0] < pair[1]) && (change.deps.is_sorted() || rest.is_sorted())
}
