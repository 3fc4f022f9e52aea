//! What both sides remember of a document while they go through its changes, so that the next change can be said in terms of
//! the ones before it.

use std::collections::BTreeMap;

use super::row::{ActorIndex, Change, Key, OpId, Row};
use crate::ids::ChangeHash;
use crate::scan::operations::action;

/// Objects that an operation can name by how long ago they were last used.
const RECENT_OBJECTS: usize = 256;

/// One document as far as this packed run has told it.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) changes: Vec<KnownChange>,
    pub(super) by_hash: BTreeMap<ChangeHash, usize>,
    /// Dependencies outside the run, and changes inside it that travel as their own bytes, with a guess of their last operation.
    pub(super) outside: Vec<(ChangeHash, u64)>,
    pub(super) outside_by_hash: BTreeMap<ChangeHash, usize>,
    pub(super) authors: BTreeMap<ActorIndex, Author>,
    pub(super) last_author: ActorIndex,
    pub(super) last_time: i64,
    pub(super) max_op: u64,
    /// Objects by last use, the newest first; `None` is the root.
    objects: Vec<Option<OpId>>,
    /// Inserted elements: by author, in the order of their counters.
    elements: BTreeMap<ActorIndex, Vec<(u64, Element)>>,
    /// The operations that a next one on the same key would replace, where that is not simply the element itself.
    latest: BTreeMap<(Option<OpId>, Key), Vec<OpId>>,
}

/// A change told earlier.
#[derive(Debug)]
pub(super) struct KnownChange {
    pub(super) hash: ChangeHash,
    pub(super) author: ActorIndex,
    /// How many changes of this author came before it in the run.
    pub(super) place: usize,
    pub(super) max_op: u64,
}

/// What one author did last.
#[derive(Debug, Clone)]
pub(super) struct Author {
    /// The author's changes in this run, as indices of [`Memory::changes`].
    pub(super) changes: Vec<usize>,
    pub(super) seq: u64,
    pub(super) rows: usize,
    pub(super) deps: usize,
    pub(super) extra: Vec<u8>,
    /// Kinds of the last operations, the newest in the lowest byte.
    pub(super) kinds: u32,
    pub(super) object: Option<OpId>,
    /// Where this author stands in a sequence, and the text before.
    pub(super) cursor: Key,
    pub(super) history: u64,
    /// The element touched last and how far it was from the one before.
    pub(super) touched: Key,
    /// Which guesses of the place held lately, one bit each.
    pub(super) hits: u32,
    pub(super) name: usize,
}

impl Default for Author {
    fn default() -> Self {
        Self {
            changes: Vec::new(),
            seq: 0,
            rows: 1,
            deps: 0,
            extra: Vec::new(),
            kinds: 0,
            object: None,
            cursor: Key::Head,
            history: 0,
            touched: Key::Head,
            hits: 0,
            name: 0,
        }
    }
}

/// An inserted element: the text up to and including it, and what it stands behind.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) history: u64,
    pub(super) behind: Key,
}

impl Memory {
    /// Where `object` stands among those used lately.
    pub(super) fn object_place(&self, object: Option<OpId>) -> Option<usize> {
        self.objects.iter().position(|&known| known == object)
    }

    pub(super) fn object_at(&self, place: usize) -> Option<Option<OpId>> {
        self.objects.get(place).copied()
    }

    pub(super) fn objects(&self) -> usize {
        self.objects.len()
    }

    pub(super) fn use_object(&mut self, object: Option<OpId>) {
        match self.object_place(object) {
            Some(0) => {}
            Some(place) => self.objects[..=place].rotate_right(1),
            None => {
                self.objects.truncate(RECENT_OBJECTS - 1);
                self.objects.insert(0, object);
            }
        }
    }

    pub(super) fn element(&self, key: &Key) -> Option<&Element> {
        let Key::Element(id) = key else { return None };
        let elements = self.elements.get(&id.actor)?;
        let place = elements.binary_search_by_key(&id.counter, |(counter, _)| *counter).ok()?;
        elements.get(place).map(|(_, element)| element)
    }

    /// What stands before an element: the element it was put behind, or, where that is not known, the one its author made before it.
    pub(super) fn before(&self, key: &Key) -> Key {
        match (self.element(key), key) {
            (Some(element), _) => element.behind.clone(),
            (None, Key::Element(id)) if id.counter > 1 => Key::Element(OpId { counter: id.counter - 1, ..*id }),
            _ => Key::Head,
        }
    }

    /// The operations that `row` most likely replaces.
    pub(super) fn replaced(&self, object: Option<OpId>, key: &Key, insert: bool) -> Vec<OpId> {
        if insert {
            return Vec::new();
        }
        match (self.latest.get(&(object, key.clone())), key) {
            (Some(latest), _) => latest.clone(),
            (None, Key::Element(id)) => vec![*id],
            (None, _) => Vec::new(),
        }
    }

    /// Takes in an operation whose id is `id`. `history` is the text up to and including what it wrote.
    pub(super) fn learn_row(&mut self, row: &Row, id: OpId, history: u64) {
        self.use_object(row.object);
        if row.insert {
            let elements = self.elements.entry(id.actor).or_default();
            if elements.last().is_none_or(|(counter, _)| *counter < id.counter) {
                elements.push((id.counter, Element { history, behind: row.key.clone() }));
            }
        } else {
            match row.action {
                action::DELETE => {
                    self.latest.remove(&(row.object, row.key.clone()));
                }
                action::INCREMENT => {}
                _ => {
                    self.latest.insert((row.object, row.key.clone()), vec![id]);
                }
            }
        }
        if action::makes_object(row.action) {
            self.use_object(Some(id));
            self.use_object(row.object);
        }
        let author = self.authors.entry(id.actor).or_default();
        author.object = row.object;
        author.history = history;
        if !matches!(row.key, Key::Property(_)) {
            author.touched = row.key.clone();
            author.cursor = if row.insert { Key::Element(id) } else { row.key.clone() };
            if row.action == action::DELETE {
                let before = self.before(&row.key);
                if let Some(author) = self.authors.get_mut(&id.actor) {
                    author.cursor = before;
                }
            }
        }
    }

    /// The last operation of all of `deps` that are known; of the whole document where none is.
    pub(super) fn max_op_of(&self, deps: &[ChangeHash]) -> u64 {
        let inside = deps.iter().filter_map(|dep| self.by_hash.get(dep)).filter_map(|&index| self.changes.get(index));
        let inside = inside.map(|change| change.max_op).max();
        let outside = deps.iter().filter_map(|dep| self.outside_by_hash.get(dep)).filter_map(|&index| self.outside.get(index));
        let outside = outside.map(|(_, guess)| *guess).max();
        inside.max(outside).unwrap_or(self.max_op)
    }

    /// Takes in a change that is not told here, or travels as its own bytes: others may depend on it.
    pub(super) fn learn_outside(&mut self, hash: ChangeHash) {
        self.outside_by_hash.insert(hash, self.outside.len());
        self.outside.push((hash, 0));
    }

    /// Takes in a whole change, after its rows.
    pub(super) fn learn_change(&mut self, change: &Change, hash: ChangeHash) {
        let max_op = (change.start_op.saturating_sub(1)).saturating_add(change.rows.len() as u64);
        for dep in &change.deps {
            if let Some((_, guess)) = self.outside_by_hash.get(dep).and_then(|&index| self.outside.get_mut(index))
                && *guess == 0
            {
                *guess = change.start_op.saturating_sub(1);
            }
        }
        let index = self.changes.len();
        self.by_hash.insert(hash, index);
        let author = self.authors.entry(change.author).or_default();
        self.changes.push(KnownChange { hash, author: change.author, place: author.changes.len(), max_op });
        author.changes.push(index);
        author.seq = change.seq;
        author.rows = change.rows.len();
        author.deps = change.deps.len();
        author.extra.clone_from(&change.extra);
        self.last_author = change.author;
        self.last_time = change.time;
        self.max_op = self.max_op.max(max_op);
    }
}
