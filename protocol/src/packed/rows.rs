//! Asking for one operation: its kind, its object, its place, its value and what it replaces.

use super::coder::Coder;
use super::limits::{DECISIONS_PER_ROW, MAX_EXPANDED_CHANGE_BYTES};
use super::memory::Memory;
use super::model::mix;
use super::questions::{Questions, Site};
use super::row::{ActorIndex, Key, OpId, Row};
use super::tables::Tables;
use crate::scan::operations::VALUE_TYPE_BITS;

/// Actions that a kind can name; operations with others travel in chunks of their own bytes.
pub(super) const ACTIONS: u64 = 8;
const STRING: u8 = 6;

/// One operation at a time, of one change.
pub(super) struct Rows<'s, C> {
    pub(super) questions: &'s mut Questions<C>,
    pub(super) memory: &'s mut Memory,
    pub(super) tables: &'s mut Tables,
    pub(super) author: ActorIndex,
}

impl<C: Coder> Rows<'_, C> {
    /// Asks for the operation `id`, which is the `place`th of its change.
    pub(super) fn row(&mut self, id: OpId, place: usize, row: Option<&Row>) -> Option<Row> {
        self.questions.model.decisions += DECISIONS_PER_ROW;
        let author = self.memory.authors.entry(self.author).or_default().clone_brief();
        let first = u32::from(place == 0);
        let kind = self.kind(&author, first, row);
        let object = self.object(&author, kind, id, row)?;
        let key = if kind.is_property() { Key::Property(self.name(&author, kind, row)?) } else { self.place(&author, kind, first, row)? };
        let mark_name = if kind.has_mark() {
            Some(self.tables.name(self.questions, Site::MarkIndex, &[0], row.and_then(|row| row.mark_name.as_deref()))?.1)
        } else {
            None
        };
        let before = match self.memory.element(&key) {
            Some(element) => element.history,
            None if key == author.cursor => author.history,
            None => 0,
        };
        let (value_type, value, history) = self.value(kind, before, row)?;
        let predecessors = self.predecessors(kind, object, &key, id, row)?;
        let read =
            Row { object, key, insert: kind.inserts(), action: kind.action(), value_type, value, predecessors, expand: kind.expands(), mark_name };
        self.memory.learn_row(&read, id, history);
        let author = self.memory.authors.entry(self.author).or_default();
        author.kinds = author.kinds << 8 | u32::from(kind.0) | 0x80;
        Some(read)
    }

    fn kind(&mut self, author: &Brief, first: u32, row: Option<&Row>) -> Kind {
        let kinds = author.kinds;
        let contexts =
            [mix(kinds & 0xff, first), mix(kinds & 0xffff, first | author.hits << 1 & 6), mix(kinds & 0xff_ffff, first), mix(kinds, author.hits & 3)];
        Kind(self.questions.symbol(Site::Kind, &contexts, 7, row.map_or(0, |row| u32::from(Kind::of(row).0))) as u8)
    }

    fn object(&mut self, author: &Brief, kind: Kind, id: OpId, row: Option<&Row>) -> Option<Option<OpId>> {
        let wanted = row.map(|row| row.object);
        let kinds = author.kinds & 0xff;
        let same = wanted == Some(author.object);
        if self.questions.flag(Site::ObjectIsLast, &[mix(kinds, u32::from(kind.0)), u32::from(kind.0)], same) {
            return Some(author.object);
        }
        let known = self.memory.objects();
        let place = wanted.and_then(|object| self.memory.object_place(object)).unwrap_or(known);
        let place = self.questions.number(Site::ObjectBack, &[u32::from(kind.0), mix(kinds, u32::from(kind.0))], place as u64);
        let place = usize::try_from(place).ok().filter(|&place| place <= known)?;
        if let Some(object) = self.memory.object_at(place) {
            return Some(object);
        }
        let is_root = wanted == Some(None);
        if self.questions.flag(Site::ObjectNew, &[0], is_root) {
            return Some(None);
        }
        let wanted = wanted.flatten();
        let actor = self.tables.actor(self.questions, Site::ObjectActor, &[self.author], wanted.map(|object| object.actor))?;
        let back = self.questions.signed(Site::ObjectNew, &[1], wanted.map_or(0, |object| id.counter.wrapping_sub(object.counter) as i64));
        Some(Some(OpId { actor, counter: id.counter.wrapping_sub(back as u64) }))
    }

    fn name(&mut self, author: &Brief, kind: Kind, row: Option<&Row>) -> Option<Vec<u8>> {
        let wanted = row.and_then(|row| if let Key::Property(name) = &row.key { Some(name.as_slice()) } else { None });
        let contexts = [mix(author.name as u32, u32::from(kind.0)), author.name as u32, u32::from(kind.0)];
        let (index, name) = self.tables.name(self.questions, Site::NameIndex, &contexts, wanted)?;
        self.memory.authors.entry(self.author).or_default().name = index;
        Some(name)
    }

    /// Where in a sequence: at the author's cursor, one further than the last element touched, or anywhere.
    fn place(&mut self, author: &Brief, kind: Kind, first: u32, row: Option<&Row>) -> Option<Key> {
        let wanted = row.map(|row| &row.key);
        let situation = mix(u32::from(kind.0) | first << 8, author.kinds & 0xff);
        let contexts = [mix(situation, author.hits & 3), mix(situation, author.hits & 0xff), mix(situation, 0x100 | author.kinds & 0xffff)];
        let guesses = [author.cursor.clone(), next(&author.touched)];
        for (number, guess) in guesses.into_iter().enumerate() {
            let seed = [mix(contexts[0], number as u32), mix(contexts[1], number as u32), mix(contexts[2], number as u32)];
            if self.questions.flag(Site::KeyIsCursor, &seed, wanted == Some(&guess)) {
                self.memory.authors.entry(self.author).or_default().hits = author.hits << 2 | number as u32;
                return Some(guess);
            }
        }
        self.memory.authors.entry(self.author).or_default().hits = author.hits << 2 | 3;
        let cursor = if let Key::Element(cursor) = author.cursor { cursor } else { OpId { actor: self.author, counter: 0 } };
        let wanted = wanted.map(|key| match key {
            Key::Element(id) => *id,
            _ => OpId { actor: self.author, counter: 0 },
        });
        let actor = self.tables.actor(self.questions, Site::KeyActor, &[mix(cursor.actor, self.author), cursor.actor], wanted.map(|id| id.actor))?;
        let same = u32::from(actor == cursor.actor);
        let contexts = [mix(u32::from(kind.0), same), mix(situation, same)];
        let far = self.questions.signed(Site::KeyCounter, &contexts, wanted.map_or(0, |wanted| wanted.counter.wrapping_sub(cursor.counter) as i64));
        let counter = cursor.counter.wrapping_add(far as u64);
        // A counter of zero is the head of the sequence: no operation has it.
        Some(if counter == 0 { Key::Head } else { Key::Element(OpId { actor, counter }) })
    }

    /// Type and bytes of the value, and the text up to and including it.
    fn value(&mut self, kind: Kind, before: u64, row: Option<&Row>) -> Option<(u8, Vec<u8>, u64)> {
        let context = u32::from(kind.0);
        let value_type = self.questions.symbol(Site::ValueType, &[context], VALUE_TYPE_BITS, row.map_or(0, |row| u32::from(row.value_type))) as u8;
        let wanted = row.map_or(&[][..], |row| &row.value);
        let context = mix(context, u32::from(value_type));
        if value_type == STRING && self.questions.flag(Site::ValueIsLetter, &[context], is_letter(wanted)) {
            let (letter, history) = self.letter(before, wanted);
            return Some((value_type, letter, history));
        }
        let length = self.questions.number(Site::ValueLength, &[context], wanted.len() as u64);
        let length = usize::try_from(length).ok().filter(|&length| length <= MAX_EXPANDED_CHANGE_BYTES)?;
        let mut value = Vec::with_capacity(length.min(1024));
        let mut history = 0;
        let site = if value_type == STRING { Site::Letter } else { Site::ValueBytes };
        for place in 0..length {
            let letter = self.questions.letter(site, history, wanted.get(place).copied().unwrap_or(0));
            history = history << 8 | u64::from(letter);
            value.push(letter);
            if self.questions.spent() {
                return None;
            }
        }
        Some((value_type, value, before))
    }

    /// One character in UTF-8: its first byte tells how many follow.
    fn letter(&mut self, before: u64, wanted: &[u8]) -> (Vec<u8>, u64) {
        let mut history = before;
        let mut letter = Vec::with_capacity(2);
        let mut length = 1;
        while letter.len() < length {
            let byte = self.questions.letter(Site::Letter, history, wanted.get(letter.len()).copied().unwrap_or(0));
            history = history << 8 | u64::from(byte);
            if letter.is_empty() {
                length = letter_length(byte);
            }
            letter.push(byte);
        }
        (letter, history)
    }

    fn predecessors(&mut self, kind: Kind, object: Option<OpId>, key: &Key, id: OpId, row: Option<&Row>) -> Option<Vec<OpId>> {
        let expected = self.memory.replaced(object, key, kind.inserts());
        let wanted = row.map(|row| &row.predecessors);
        let context = [mix(u32::from(kind.0), expected.len() as u32)];
        if self.questions.flag(Site::PredecessorsExpected, &context, wanted == Some(&expected)) {
            return Some(expected);
        }
        let count = self.questions.number(Site::PredecessorCount, &context, wanted.map_or(0, |list| list.len() as u64));
        let mut read = Vec::new();
        for place in 0..count {
            let wanted = wanted.and_then(|list| list.get(place as usize));
            let actor = self.tables.actor(self.questions, Site::PredecessorActor, &[self.author], wanted.map(|id| id.actor))?;
            let back = wanted.map_or(0, |wanted| id.counter.wrapping_sub(wanted.counter) as i64);
            let back = self.questions.signed(Site::PredecessorCounter, &[u32::from(kind.0)], back);
            read.push(OpId { actor, counter: id.counter.wrapping_sub(back as u64) });
            if self.questions.spent() {
                return None;
            }
        }
        Some(read)
    }
}

/// What the questions about a row need of [`super::memory::Author`], copied so that the memory stays free.
pub(super) struct Brief {
    kinds: u32,
    object: Option<OpId>,
    cursor: Key,
    history: u64,
    touched: Key,
    hits: u32,
    name: usize,
}

impl super::memory::Author {
    fn clone_brief(&self) -> Brief {
        Brief {
            kinds: self.kinds,
            object: self.object,
            cursor: self.cursor.clone(),
            history: self.history,
            touched: self.touched.clone(),
            hits: self.hits,
            name: self.name,
        }
    }
}

/// What an operation is, apart from where and what: one number, since these go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind(u8);

impl Kind {
    fn of(row: &Row) -> Self {
        let property = matches!(row.key, Key::Property(_));
        Self(
            (row.action & 7) as u8
                | u8::from(row.insert) << 3
                | u8::from(property) << 4
                | u8::from(row.expand) << 5
                | u8::from(row.mark_name.is_some()) << 6,
        )
    }
    fn action(self) -> u64 {
        u64::from(self.0 & 7)
    }
    fn inserts(self) -> bool {
        self.0 & 8 != 0
    }
    fn is_property(self) -> bool {
        self.0 & 16 != 0
    }
    fn expands(self) -> bool {
        self.0 & 32 != 0
    }
    fn has_mark(self) -> bool {
        self.0 & 64 != 0
    }
}

fn next(key: &Key) -> Key {
    match key {
        Key::Element(id) => Key::Element(OpId { counter: id.counter.wrapping_add(1), ..*id }),
        other => other.clone(),
    }
}

/// Whether the bytes are what [`Rows::letter`] would read: one character by its first byte.
fn is_letter(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|&first| bytes.len() == letter_length(first))
}

fn letter_length(first: u8) -> usize {
    match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
        _ => 1,
    }
}

/// Whether an operation can be asked for at all.
pub(super) fn is_modelled(row: &Row) -> bool {
    row.action < ACTIONS && !matches!(row.key, Key::Element(OpId { counter: 0, .. }))
}
