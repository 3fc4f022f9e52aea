//! A change as rows, one an operation: what the columns of a chunk say, without how they say it.
//!
//! Automerge writes columns in one canonical way, so rows are enough to write the same bytes again. Whether they are for a given
//! chunk is never assumed: the packer rebuilds it and compares (see [`super::pack`]).

use std::collections::{BTreeMap, BTreeSet};

use super::columns;
use crate::ids::ChangeHash;
use crate::scan::chunk::{Chunk, frame};
use crate::scan::leb::{write_signed, write_unsigned};
use crate::scan::operations::spec;

/// An actor by its index in some table: the chunk's own, or the frame's.
pub(crate) type ActorIndex = u32;

/// Names an operation. The order is only for tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OpId {
    pub(crate) actor: ActorIndex,
    pub(crate) counter: u64,
}

/// Where in its object an operation acts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Property(Vec<u8>),
    Head,
    Element(OpId),
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) object: Option<OpId>,
    pub(crate) key: Key,
    pub(crate) insert: bool,
    pub(crate) action: u64,
    /// Type of the value; its length is that of `value`.
    pub(crate) value_type: u8,
    pub(crate) value: Vec<u8>,
    pub(crate) predecessors: Vec<OpId>,
    pub(crate) expand: bool,
    pub(crate) mark_name: Option<Vec<u8>>,
}

impl Row {
    /// An upper bound of the bytes this row takes in a chunk and of the work it makes, by which expansion is bounded.
    pub(crate) fn cost(&self) -> usize {
        let key = if let Key::Property(name) = &self.key { name.len() } else { 0 };
        let mark = self.mark_name.as_ref().map_or(0, Vec::len);
        ROW_COST + key + mark + self.value.len() + PREDECESSOR_COST * self.predecessors.len()
    }
}

/// Bytes that a row takes beside its names and its value: at most four numbers of ten bytes and their runs, ordinarily under ten.
const ROW_COST: usize = 32;
/// Bytes that a predecessor takes: an actor and a counter.
const PREDECESSOR_COST: usize = 16;

/// A whole change. Actors are indices of the frame's table, the author included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) deps: Vec<ChangeHash>,
    pub(crate) author: ActorIndex,
    pub(crate) seq: u64,
    pub(crate) start_op: u64,
    pub(crate) time: i64,
    pub(crate) message: Vec<u8>,
    pub(crate) extra: Vec<u8>,
    pub(crate) rows: Vec<Row>,
}

impl Change {
    /// Reads a chunk into rows; `None` where it is not of the ordinary form. `intern` gives an actor its index in the frame's table.
    pub(crate) fn read(chunk: &Chunk<'_>, max_rows: usize, mut intern: impl FnMut(&[u8]) -> ActorIndex) -> Option<Self> {
        let mut actors = vec![intern(chunk.actor)];
        actors.extend(chunk.other_actors.iter().map(|actor| intern(actor)));
        Some(Self {
            deps: chunk.deps.clone(),
            author: actors[0],
            seq: chunk.seq,
            start_op: chunk.start_op,
            time: chunk.time,
            message: chunk.message.to_vec(),
            extra: chunk.extra.to_vec(),
            rows: columns::read_rows(chunk, &actors, max_rows)?,
        })
    }

    /// Writes the chunk. The other actors are those that rows name, in the order of their bytes.
    pub(crate) fn write(&self, actors: &[Vec<u8>]) -> (Vec<u8>, ChangeHash) {
        let local = self.local_actors(actors);
        let mut body = Vec::with_capacity(128);
        write_unsigned(&mut body, self.deps.len() as u64);
        for dep in &self.deps {
            body.extend_from_slice(&dep.0);
        }
        write_prefixed(&mut body, bytes_of(actors, self.author));
        write_unsigned(&mut body, self.seq);
        write_unsigned(&mut body, self.start_op);
        write_signed(&mut body, self.time);
        write_prefixed(&mut body, &self.message);
        write_unsigned(&mut body, local.len() as u64 - 1);
        for &other in &local[1..] {
            write_prefixed(&mut body, bytes_of(actors, other));
        }
        self.write_columns(&local, &mut body);
        body.extend_from_slice(&self.extra);
        frame(&body)
    }

    /// The actors as the chunk numbers them: the author, then those that rows name.
    fn local_actors(&self, actors: &[Vec<u8>]) -> Vec<ActorIndex> {
        let mut named = BTreeSet::new();
        for row in &self.rows {
            named.extend(row.object.map(|id| id.actor));
            if let Key::Element(id) = &row.key {
                named.insert(id.actor);
            }
            named.extend(row.predecessors.iter().map(|id| id.actor));
        }
        named.remove(&self.author);
        let mut local = vec![self.author];
        local.extend(named);
        local[1..].sort_by_key(|&actor| bytes_of(actors, actor));
        local
    }

    fn write_columns(&self, local: &[ActorIndex], body: &mut Vec<u8>) {
        let mut written = Vec::with_capacity(14);
        let numbers: BTreeMap<ActorIndex, u64> = local.iter().zip(0..).map(|(&actor, number)| (actor, number)).collect();
        for column in spec::ALL {
            let bytes = columns::write_column(column, &self.rows, &numbers);
            if !bytes.is_empty() {
                written.push((column, bytes));
            }
        }
        write_unsigned(body, written.len() as u64);
        for (column, bytes) in &written {
            write_unsigned(body, *column);
            write_unsigned(body, bytes.len() as u64);
        }
        for (_, bytes) in &written {
            body.extend_from_slice(bytes);
        }
    }
}

fn bytes_of(actors: &[Vec<u8>], index: ActorIndex) -> &[u8] {
    actors.get(index as usize).map_or(&[], Vec::as_slice)
}

fn write_prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    write_unsigned(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}
