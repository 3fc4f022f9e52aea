//! Columns to rows and back: run-length encoded values, differences, booleans by run, values behind their metadata.

use std::collections::BTreeMap;

use super::limits::MAX_EXPANDED_CHANGE_BYTES;
use super::row::{ActorIndex, Key, OpId, Row};
use crate::scan::chunk::Chunk;
use crate::scan::leb::{Reader, write_signed, write_unsigned};
use crate::scan::operations::{VALUE_TYPE_BITS, spec};

/// Expands the columns of a chunk; `None` where they are not of the ordinary form or hold more than `max_rows`.
pub(super) fn read_rows(chunk: &Chunk<'_>, actors: &[ActorIndex], max_rows: usize) -> Option<Vec<Row>> {
    let actions = read_runs(chunk.column(spec::ACTION), max_rows, Reader::unsigned)?;
    let rows = actions.len();
    let object_actor = optional(chunk.column(spec::OBJECT_ACTOR), rows, Reader::unsigned)?;
    let object_counter = optional(chunk.column(spec::OBJECT_COUNTER), rows, Reader::unsigned)?;
    let key_actor = optional(chunk.column(spec::KEY_ACTOR), rows, Reader::unsigned)?;
    let key_counter = differences(optional(chunk.column(spec::KEY_COUNTER), rows, Reader::signed)?)?;
    let key_string = optional(chunk.column(spec::KEY_STRING), rows, Reader::prefixed)?;
    let insert = booleans(chunk.column(spec::INSERT), rows)?;
    let meta = optional(chunk.column(spec::VALUE_META), rows, Reader::unsigned)?;
    let expand = booleans(chunk.column(spec::EXPAND), rows)?;
    let mark_name = optional(chunk.column(spec::MARK_NAME), rows, Reader::prefixed)?;
    let mut predecessors = read_predecessors(chunk, actors, rows, max_rows)?.into_iter();
    let mut values = Reader::new(chunk.column(spec::VALUE));
    let id = |actor: Option<u64>, counter: u64| -> Option<OpId> { Some(OpId { actor: *actors.get(usize::try_from(actor?).ok()?)?, counter }) };

    let mut out: Vec<Row> = Vec::with_capacity(rows);
    let mut expanded = 0;
    for row in 0..rows {
        let object = match (object_actor[row], object_counter[row]) {
            (None, None) => None,
            (actor, Some(counter)) => Some(id(actor, counter)?),
            (Some(_), None) => return None,
        };
        let key = match (key_actor[row], key_counter[row], key_string[row]) {
            (None, None, Some(name)) => Key::Property(name.to_vec()),
            (None, Some(0), None) => Key::Head,
            (actor, Some(counter), None) => Key::Element(id(actor, u64::try_from(counter).ok()?)?),
            _ => return None,
        };
        let meta = meta[row]?;
        let read = Row {
            object,
            key,
            insert: insert[row],
            action: actions[row]?,
            value_type: (meta & ((1 << VALUE_TYPE_BITS) - 1)) as u8,
            value: values.take_u64(meta >> VALUE_TYPE_BITS)?.to_vec(),
            predecessors: predecessors.next()?,
            expand: expand[row],
            mark_name: mark_name[row].map(<[u8]>::to_vec),
        };
        expanded += read.cost();
        if expanded > MAX_EXPANDED_CHANGE_BYTES {
            return None;
        }
        out.push(read);
    }
    values.is_empty().then_some(out)
}

fn read_predecessors(chunk: &Chunk<'_>, actors: &[ActorIndex], rows: usize, max_rows: usize) -> Option<Vec<Vec<OpId>>> {
    let counts = optional(chunk.column(spec::PRED_COUNT), rows, Reader::unsigned)?;
    let mut total = 0u64;
    for count in &counts {
        total = total.checked_add((*count)?)?;
    }
    let total = usize::try_from(total).ok().filter(|&total| total <= max_rows)?;
    let mut actor = optional(chunk.column(spec::PRED_ACTOR), total, Reader::unsigned)?.into_iter();
    let mut counter = differences(optional(chunk.column(spec::PRED_COUNTER), total, Reader::signed)?)?.into_iter();
    let mut lists = Vec::with_capacity(rows);
    for count in counts {
        let mut list = Vec::new();
        for _ in 0..count? {
            let actor = *actors.get(usize::try_from(actor.next()??).ok()?)?;
            list.push(OpId { actor, counter: u64::try_from(counter.next()??).ok()? });
        }
        lists.push(list);
    }
    Some(lists)
}

/// A run-length encoded column of at most `max_rows`: a positive count and one value, a negative count and as many values, or zero
/// and a count of nulls.
fn read_runs<'a, T: Copy>(bytes: &'a [u8], max_rows: usize, value: fn(&mut Reader<'a>) -> Option<T>) -> Option<Vec<Option<T>>> {
    let mut reader = Reader::new(bytes);
    let mut out: Vec<Option<T>> = Vec::new();
    while !reader.is_empty() {
        let run = reader.signed()?;
        let nulls = if run == 0 { reader.unsigned()? } else { 0 };
        let count = usize::try_from(run.unsigned_abs().checked_add(nulls)?).ok()?;
        if count > max_rows - out.len() {
            return None;
        }
        match run {
            0 => out.resize(out.len() + count, None),
            1.. => out.resize(out.len() + count, Some(value(&mut reader)?)),
            _ => {
                for _ in 0..count {
                    out.push(Some(value(&mut reader)?));
                }
            }
        }
    }
    Some(out)
}

/// A column that is left out where all its rows are null.
fn optional<'a, T: Copy>(bytes: &'a [u8], rows: usize, value: fn(&mut Reader<'a>) -> Option<T>) -> Option<Vec<Option<T>>> {
    if bytes.is_empty() {
        return Some(vec![None; rows]);
    }
    read_runs(bytes, rows, value).filter(|column| column.len() == rows)
}

fn differences(column: Vec<Option<i64>>) -> Option<Vec<Option<i64>>> {
    let mut absolute = 0i64;
    let mut out = Vec::with_capacity(column.len());
    for difference in column {
        if let Some(difference) = difference {
            absolute = absolute.checked_add(difference)?;
        }
        out.push(difference.map(|_| absolute));
    }
    Some(out)
}

/// Lengths of runs, false first. A column that is left out is all false.
fn booleans(bytes: &[u8], rows: usize) -> Option<Vec<bool>> {
    if bytes.is_empty() {
        return Some(vec![false; rows]);
    }
    let mut reader = Reader::new(bytes);
    let mut out = Vec::with_capacity(rows);
    let mut value = false;
    while !reader.is_empty() {
        let run = usize::try_from(reader.unsigned()?).ok()?;
        if run > rows - out.len() {
            return None;
        }
        out.resize(out.len() + run, value);
        value = !value;
    }
    (out.len() == rows).then_some(out)
}

/// The bytes of one column as Automerge writes them; empty where it leaves the column out.
pub(super) fn write_column(column: u64, rows: &[Row], local: &BTreeMap<ActorIndex, u64>) -> Vec<u8> {
    let actor_of = |id: &OpId| local.get(&id.actor).copied().unwrap_or(0);
    let element = |row: &Row| if let Key::Element(id) = row.key { Some(id) } else { None };
    let predecessors = || rows.iter().flat_map(|row| row.predecessors.iter());
    match column {
        spec::OBJECT_ACTOR => runs(rows.iter().map(|row| row.object.as_ref().map(actor_of)), |out, actor| write_unsigned(out, *actor)),
        spec::OBJECT_COUNTER => runs(rows.iter().map(|row| row.object.map(|id| id.counter)), |out, counter| write_unsigned(out, *counter)),
        spec::KEY_ACTOR => runs(rows.iter().map(|row| element(row).as_ref().map(actor_of)), |out, actor| write_unsigned(out, *actor)),
        spec::KEY_COUNTER => delta_runs(rows.iter().map(|row| match row.key {
            Key::Property(_) => None,
            Key::Head => Some(0),
            Key::Element(id) => Some(id.counter),
        })),
        spec::KEY_STRING => {
            let names = rows.iter().map(|row| if let Key::Property(name) = &row.key { Some(name) } else { None });
            runs(names, |out, name| write_bytes(out, name))
        }
        spec::INSERT => boolean_runs(rows.iter().map(|row| row.insert)),
        spec::ACTION => runs(rows.iter().map(|row| Some(row.action)), |out, action| write_unsigned(out, *action)),
        spec::VALUE_META => {
            runs(rows.iter().map(|row| Some((row.value.len() as u64) << VALUE_TYPE_BITS | u64::from(row.value_type))), |out, meta| {
                write_unsigned(out, *meta);
            })
        }
        spec::VALUE => rows.iter().flat_map(|row| row.value.iter().copied()).collect(),
        spec::PRED_COUNT => runs(rows.iter().map(|row| Some(row.predecessors.len() as u64)), |out, count| write_unsigned(out, *count)),
        spec::PRED_ACTOR => runs(predecessors().map(|id| Some(actor_of(id))), |out, actor| write_unsigned(out, *actor)),
        spec::PRED_COUNTER => delta_runs(predecessors().map(|id| Some(id.counter))),
        spec::EXPAND if rows.iter().any(|row| row.expand) => boolean_runs(rows.iter().map(|row| row.expand)),
        spec::MARK_NAME => runs(rows.iter().map(|row| row.mark_name.as_ref()), |out, name| write_bytes(out, name)),
        _ => Vec::new(),
    }
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_unsigned(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Runs of equal values get a count, single values are gathered in literal runs; a column of nulls only is empty.
fn runs<T: PartialEq>(values: impl Iterator<Item = Option<T>>, write: impl Fn(&mut Vec<u8>, &T)) -> Vec<u8> {
    let mut out = Vec::new();
    let mut literals: Vec<T> = Vec::new();
    let mut run: Option<(Option<T>, u64)> = None;
    let mut only_nulls = true;
    let close = |out: &mut Vec<u8>, literals: &mut Vec<T>, value: Option<T>, count: u64| match value {
        Some(value) if count == 1 => literals.push(value),
        value => {
            flush(out, literals, &write);
            if let Some(value) = value {
                write_signed(out, count as i64);
                write(out, &value);
            } else {
                write_signed(out, 0);
                write_unsigned(out, count);
            }
        }
    };
    for value in values {
        only_nulls &= value.is_none();
        run = match run.take() {
            Some((last, count)) if last == value => Some((last, count + 1)),
            Some((last, count)) => {
                close(&mut out, &mut literals, last, count);
                Some((value, 1))
            }
            None => Some((value, 1)),
        };
    }
    if only_nulls {
        return Vec::new();
    }
    if let Some((last, count)) = run {
        close(&mut out, &mut literals, last, count);
    }
    flush(&mut out, &mut literals, &write);
    out
}

fn flush<T>(out: &mut Vec<u8>, literals: &mut Vec<T>, write: &impl Fn(&mut Vec<u8>, &T)) {
    if literals.is_empty() {
        return;
    }
    write_signed(out, -(literals.len() as i64));
    for value in literals.drain(..) {
        write(out, &value);
    }
}

fn delta_runs(values: impl Iterator<Item = Option<u64>>) -> Vec<u8> {
    let mut absolute = 0i64;
    let differences = values.map(|value| {
        value.map(|value| {
            let difference = (value as i64).wrapping_sub(absolute);
            absolute = value as i64;
            difference
        })
    });
    runs(differences, |out, difference| write_signed(out, *difference))
}

fn boolean_runs(values: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut last, mut count) = (false, 0u64);
    for value in values {
        if value == last {
            count += 1;
        } else {
            write_unsigned(&mut out, count);
            (last, count) = (value, 1);
        }
    }
    if count > 0 {
        write_unsigned(&mut out, count);
    }
    out
}
