//! The operations of a change, looked through one at a time: do all columns agree, do ids point backwards, is each value what its
//! type says.

use super::ScanRefusal;
use super::chunk::Chunk;
use super::leb::Reader;
use super::limits::{MAX_CHANGE_OPS, MAX_CHANGE_PREDECESSORS};
use super::runs::{Booleans, ReadValue, Runs, Sums, survey, survey_booleans};

/// Column specifications of a change chunk: id in the upper bits, type in the lower four.
pub(crate) mod spec {
    pub(crate) const OBJECT_ACTOR: u64 = 0x01;
    pub(crate) const OBJECT_COUNTER: u64 = 0x02;
    pub(crate) const KEY_ACTOR: u64 = 0x11;
    pub(crate) const KEY_COUNTER: u64 = 0x13;
    pub(crate) const KEY_STRING: u64 = 0x15;
    pub(crate) const INSERT: u64 = 0x34;
    pub(crate) const ACTION: u64 = 0x42;
    pub(crate) const VALUE_META: u64 = 0x56;
    pub(crate) const VALUE: u64 = 0x57;
    pub(crate) const PRED_COUNT: u64 = 0x70;
    pub(crate) const PRED_ACTOR: u64 = 0x71;
    pub(crate) const PRED_COUNTER: u64 = 0x73;
    pub(crate) const EXPAND: u64 = 0x94;
    pub(crate) const MARK_NAME: u64 = 0xa5;

    /// In the order in which a chunk holds them.
    pub(crate) const ALL: [u64; 14] = [
        OBJECT_ACTOR,
        OBJECT_COUNTER,
        KEY_ACTOR,
        KEY_COUNTER,
        KEY_STRING,
        INSERT,
        ACTION,
        VALUE_META,
        VALUE,
        PRED_COUNT,
        PRED_ACTOR,
        PRED_COUNTER,
        EXPAND,
        MARK_NAME,
    ];
}

/// Lower bits of value metadata that name the type; the rest is the length.
pub(crate) const VALUE_TYPE_BITS: u32 = 4;

/// Actions, as Automerge numbers them.
pub(crate) mod action {
    pub(crate) const DELETE: u64 = 3;
    pub(crate) const INCREMENT: u64 = 5;
    pub(crate) const MARK: u64 = 7;

    /// Map, list, text, table.
    pub(crate) fn makes_object(action: u64) -> bool {
        matches!(action, 0 | 2 | 4 | 6)
    }
}

/// Counts the operations of a chunk and looks through them. `Err` names the rule that is broken.
pub(super) fn look_through(chunk: &Chunk<'_>) -> Result<u64, ScanRefusal> {
    known_columns(chunk)?;
    let ops = count(chunk)?;
    agree(chunk, ops)?;
    Rows::new(chunk).all(ops)?;
    Ok(ops)
}

/// How many operations the chunk claims, without looking at them.
pub(super) fn count(chunk: &Chunk<'_>) -> Result<u64, ScanRefusal> {
    let bytes = chunk.column(spec::ACTION);
    let ops = if bytes.is_empty() { 0 } else { survey(bytes, Reader::unsigned).ok_or(ScanRefusal::Column("action"))? };
    if ops > MAX_CHANGE_OPS { Err(ScanRefusal::TooManyOperations(ops)) } else { Ok(ops) }
}

/// Known columns only, each once, in order, none empty.
fn known_columns(chunk: &Chunk<'_>) -> Result<(), ScanRefusal> {
    let mut known = spec::ALL.iter();
    for column in &chunk.columns {
        if !known.any(|spec| *spec == column.spec) || column.bytes.is_empty() {
            return Err(ScanRefusal::Column("table"));
        }
    }
    Ok(())
}

/// Every column stands for as many rows as there are operations, or is left out where Automerge leaves it out.
fn agree(chunk: &Chunk<'_>, ops: u64) -> Result<(), ScanRefusal> {
    let numbers = |spec, rows, name| same_rows(chunk.column(spec), Reader::unsigned, rows, name);
    numbers(spec::OBJECT_ACTOR, ops, "object actor")?;
    numbers(spec::OBJECT_COUNTER, ops, "object counter")?;
    numbers(spec::KEY_ACTOR, ops, "key actor")?;
    same_rows(chunk.column(spec::KEY_COUNTER), Reader::signed, ops, "key counter")?;
    same_rows(chunk.column(spec::KEY_STRING), Reader::prefixed, ops, "key")?;
    numbers(spec::VALUE_META, ops, "value type")?;
    numbers(spec::PRED_COUNT, ops, "predecessor count")?;
    same_rows(chunk.column(spec::MARK_NAME), Reader::prefixed, ops, "mark name")?;
    match survey_booleans(chunk.column(spec::INSERT)) {
        Some((rows, _)) if rows == ops => {}
        _ => return Err(ScanRefusal::Column("insert")),
    }
    match survey_booleans(chunk.column(spec::EXPAND)) {
        Some((0, _)) if chunk.column(spec::EXPAND).is_empty() => {}
        Some((rows, true)) if rows == ops => {}
        _ => return Err(ScanRefusal::Column("expand")),
    }
    let predecessors = predecessors(chunk, ops)?;
    numbers(spec::PRED_ACTOR, predecessors, "predecessor actor")?;
    same_rows(chunk.column(spec::PRED_COUNTER), Reader::signed, predecessors, "predecessor counter")
}

fn same_rows<'a, T: Copy + PartialEq>(bytes: &'a [u8], read: ReadValue<'a, T>, rows: u64, name: &'static str) -> Result<(), ScanRefusal> {
    if bytes.is_empty() || survey(bytes, read) == Some(rows) { Ok(()) } else { Err(ScanRefusal::Column(name)) }
}

/// How many predecessors all operations name together.
fn predecessors(chunk: &Chunk<'_>, ops: u64) -> Result<u64, ScanRefusal> {
    let mut counts = Runs::new(chunk.column(spec::PRED_COUNT), Reader::unsigned);
    let mut total = 0u64;
    for _ in 0..ops {
        let count = counts.next().ok_or(ScanRefusal::Column("predecessor count"))?;
        total = total.saturating_add(count);
        if total > MAX_CHANGE_PREDECESSORS {
            return Err(ScanRefusal::TooManyPredecessors);
        }
    }
    Ok(total)
}

/// All columns side by side.
struct Rows<'a> {
    actors: u64,
    own: u64,
    object_actor: Runs<'a, u64>,
    object_counter: Runs<'a, u64>,
    key_actor: Runs<'a, u64>,
    key_counter: Sums<'a>,
    key_string: Runs<'a, &'a [u8]>,
    insert: Booleans<'a>,
    action: Runs<'a, u64>,
    meta: Runs<'a, u64>,
    values: Reader<'a>,
    pred_count: Runs<'a, u64>,
    pred_actor: Runs<'a, u64>,
    pred_counter: Sums<'a>,
    expand: Booleans<'a>,
    mark_name: Runs<'a, &'a [u8]>,
    /// Which of the other actors an operation has named.
    named: Vec<bool>,
    other_actors: &'a [&'a [u8]],
    author: &'a [u8],
}

enum Key {
    Property,
    Head,
    Element,
}

impl<'a> Rows<'a> {
    fn new(chunk: &'a Chunk<'a>) -> Self {
        let numbers = |spec| Runs::new(chunk.column(spec), Reader::unsigned);
        Self {
            actors: chunk.other_actors.len() as u64 + 1,
            own: chunk.start_op,
            object_actor: numbers(spec::OBJECT_ACTOR),
            object_counter: numbers(spec::OBJECT_COUNTER),
            key_actor: numbers(spec::KEY_ACTOR),
            key_counter: Sums::new(chunk.column(spec::KEY_COUNTER)),
            key_string: Runs::new(chunk.column(spec::KEY_STRING), Reader::prefixed),
            insert: Booleans::new(chunk.column(spec::INSERT)),
            action: numbers(spec::ACTION),
            meta: numbers(spec::VALUE_META),
            values: Reader::new(chunk.column(spec::VALUE)),
            pred_count: numbers(spec::PRED_COUNT),
            pred_actor: numbers(spec::PRED_ACTOR),
            pred_counter: Sums::new(chunk.column(spec::PRED_COUNTER)),
            expand: Booleans::new(chunk.column(spec::EXPAND)),
            mark_name: Runs::new(chunk.column(spec::MARK_NAME), Reader::prefixed),
            named: vec![false; chunk.other_actors.len()],
            other_actors: &chunk.other_actors,
            author: chunk.actor,
        }
    }

    fn all(mut self, ops: u64) -> Result<(), ScanRefusal> {
        for _ in 0..ops {
            self.row()?;
            self.own += 1;
        }
        if !self.values.is_empty() {
            return Err(ScanRefusal::Value("more bytes than values"));
        }
        // Automerge lists the actors that operations name, and no others.
        if self.named.contains(&false) { Err(ScanRefusal::Actors) } else { Ok(()) }
    }

    fn row(&mut self) -> Result<(), ScanRefusal> {
        let in_root = self.object()?;
        let key = self.key()?;
        let insert = self.insert.next();
        let action = self.action.next().ok_or(ScanRefusal::Column("action"))?;
        let value_type = self.value()?;
        let predecessors = self.predecessors()?;
        let expand = self.expand.next();
        let mark_name = self.mark_name.next();
        if mark_name.is_some_and(|name| std::str::from_utf8(name).is_err()) {
            return Err(ScanRefusal::Operation("a mark's name is not text"));
        }
        let in_sequence = !matches!(key, Key::Property);
        let rules = [
            (action <= action::MARK, "an unknown action"),
            (!(in_root && in_sequence), "a place in a sequence, in the root"),
            (!insert || in_sequence, "an insertion under a name"),
            (insert || !matches!(key, Key::Head), "an element before the first one"),
            (!insert || predecessors == 0, "an insertion that replaces"),
            (!(action::makes_object(action) || action == action::DELETE) || value_type == 0, "an object or a deletion with a value"),
            (action != action::DELETE || !insert, "an inserted deletion"),
            (action != action::DELETE || predecessors > 0, "a deletion of nothing"),
            (
                action != action::INCREMENT || (!insert && predecessors > 0 && matches!(value_type, 3 | 4)),
                "an increment of nothing, or not by a number",
            ),
            (action == action::MARK || (mark_name.is_none() && !expand), "a mark's fields without a mark"),
            (action != action::MARK || insert, "a mark that is not inserted"),
        ];
        match rules.iter().find(|(holds, _)| !holds) {
            Some((_, rule)) => Err(ScanRefusal::Operation(rule)),
            None => Ok(()),
        }
    }

    /// Whether the operation is in the root.
    fn object(&mut self) -> Result<bool, ScanRefusal> {
        match (self.object_actor.next(), self.object_counter.next()) {
            (None, None) => Ok(true),
            (Some(actor), Some(counter)) => self.id(actor, counter).map(|()| false),
            _ => Err(ScanRefusal::Operation("half an object id")),
        }
    }

    fn key(&mut self) -> Result<Key, ScanRefusal> {
        let counter = self.key_counter.next().map_err(|()| ScanRefusal::Column("key counter"))?;
        match (self.key_actor.next(), counter, self.key_string.next()) {
            (None, None, Some(name)) if std::str::from_utf8(name).is_ok() => Ok(Key::Property),
            (None, Some(0), None) => Ok(Key::Head),
            (Some(actor), Some(counter), None) => self.id(actor, counter).map(|()| Key::Element),
            _ => Err(ScanRefusal::Operation("a key that is none, or two")),
        }
    }

    /// The type of the value, whose bytes are what it says.
    fn value(&mut self) -> Result<u8, ScanRefusal> {
        let meta = self.meta.next().ok_or(ScanRefusal::Column("value type"))?;
        let bytes = self.values.take_u64(meta >> VALUE_TYPE_BITS).ok_or(ScanRefusal::Value("fewer bytes than values"))?;
        let value_type = (meta & ((1 << VALUE_TYPE_BITS) - 1)) as u8;
        let mut reader = Reader::new(bytes);
        let sound = match value_type {
            0..=2 => bytes.is_empty(),
            3 => reader.unsigned().is_some() && reader.is_empty(),
            4 | 8 | 9 => reader.signed().is_some() && reader.is_empty(),
            5 => bytes.len() == 8,
            6 => std::str::from_utf8(bytes).is_ok(),
            _ => true,
        };
        if sound { Ok(value_type) } else { Err(ScanRefusal::Value("not of its type")) }
    }

    /// How many operations this one replaces: in order, each once.
    fn predecessors(&mut self) -> Result<u64, ScanRefusal> {
        let count = self.pred_count.next().ok_or(ScanRefusal::Column("predecessor count"))?;
        let mut last: Option<(u64, &[u8])> = None;
        for _ in 0..count {
            let actor = self.pred_actor.next().ok_or(ScanRefusal::Column("predecessor actor"))?;
            let counter = self.pred_counter.next().ok().flatten().ok_or(ScanRefusal::Column("predecessor counter"))?;
            self.id(actor, counter)?;
            let this = (counter, self.actor(actor));
            if last.is_some_and(|last| last >= this) {
                return Err(ScanRefusal::Operation("predecessors out of order"));
            }
            last = Some(this);
        }
        Ok(count)
    }

    fn actor(&self, index: u64) -> &'a [u8] {
        index.checked_sub(1).and_then(|index| self.other_actors.get(index as usize)).map_or(self.author, |actor| *actor)
    }

    /// An id names a listed actor and an operation before this one.
    fn id(&mut self, actor: u64, counter: u64) -> Result<(), ScanRefusal> {
        if actor >= self.actors {
            return Err(ScanRefusal::Actors);
        }
        if let Some(named) = actor.checked_sub(1).and_then(|index| self.named.get_mut(index as usize)) {
            *named = true;
        }
        if counter == 0 || counter >= self.own {
            return Err(ScanRefusal::Operation("an id of a later operation"));
        }
        Ok(())
    }
}
