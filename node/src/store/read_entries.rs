//! Reading entries.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use jeli_protocol::entry::{Batch, Chain, ChainId, Entry, NO_ENTRY, Position};
use jeli_protocol::frontier::{Frontier, Tip};
use jeli_protocol::ids::{DocumentId, EntryHash, NodeId, SpaceId};
use jeli_protocol::keys::Signature;
use jeli_protocol::log::ContentEntry;
use rusqlite::{Connection, Row, params};

use super::StoreFault;
use super::changes_list::{Named, decode};
use super::fault::damaged;
use super::ids::{self, signed, unsigned};
use super::limits::CHAIN_PAGE;
use super::read_changes::hash_of;

/// Entries with all they need; the hash of the one before is that of the row before in the chain.
const ENTRIES: &str = "SELECT c.kind, n.id, e.seq, e.hash, e.signature, e.body, e.changes,
    (SELECT p.hash FROM entry p WHERE p.chain = e.chain AND p.seq = e.seq - 1)
    FROM entry e JOIN chain c ON c.number = e.chain JOIN node n ON n.number = c.node";

fn chain_kind(row: &Row<'_>, column: usize) -> Result<Chain, StoreFault> {
    Chain::from_number(row.get(column)?).ok_or_else(|| damaged("the kind of a chain"))
}

fn entry(row: &Row<'_>) -> Result<Entry, StoreFault> {
    let chain = ChainId { node: NodeId(row.get(1)?), chain: chain_kind(row, 0)? };
    Ok(Entry {
        position: Position { chain, seq: unsigned(row.get(2)?) },
        previous: row.get::<_, Option<[u8; 32]>>(7)?.map_or(NO_ENTRY, EntryHash),
        hash: EntryHash(row.get(3)?),
        body: row.get(5)?,
        signature: row.get::<_, Option<[u8; 64]>>(4)?.map(Signature),
    })
}

fn content(db: &Connection, row: &Row<'_>) -> Result<ContentEntry, StoreFault> {
    let entry = entry(row)?;
    let batch = Batch::decode(&entry.body).map_err(|_| damaged("an entry"))?;
    let list = row.get_ref(6)?.as_blob().map_err(|_| damaged("the changes of an entry"))?;
    let mut changes = Vec::new();
    for named in decode(list).map_err(|_| damaged("the changes of an entry"))? {
        changes.push(match named {
            Named::Kept(number) => hash_of(db, number)?,
            Named::Hash(hash) => hash,
        });
    }
    Ok(ContentEntry { entry, batch, changes })
}

fn contents(db: &Connection, sql: &str, number: i64) -> Result<Vec<ContentEntry>, StoreFault> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([number])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(content(db, row)?);
    }
    Ok(found)
}

pub(super) fn control(db: &Connection, space: &SpaceId) -> Result<Vec<Entry>, StoreFault> {
    let Some(space) = ids::space(db, space)? else { return Ok(Vec::new()) };
    let mut statement = db.prepare_cached(&format!("{ENTRIES} WHERE c.space = ?1 AND c.kind = 0 ORDER BY e.number"))?;
    let mut rows = statement.query([space])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(entry(row)?);
    }
    Ok(found)
}

pub(super) fn of_document(db: &Connection, document: &DocumentId) -> Result<Vec<ContentEntry>, StoreFault> {
    let Some(document) = ids::document(db, document)? else { return Ok(Vec::new()) };
    let sql = format!("{ENTRIES} JOIN document_entry d ON d.entry = e.number WHERE d.document = ?1 ORDER BY d.entry");
    contents(db, &sql, document)
}

pub(super) fn waiting(db: &Connection, space: &SpaceId) -> Result<Vec<ContentEntry>, StoreFault> {
    let Some(space) = ids::space(db, space)? else { return Ok(Vec::new()) };
    contents(db, &format!("{ENTRIES} JOIN waiting_entry w ON w.entry = e.number WHERE w.space = ?1 ORDER BY w.entry"), space)
}

pub(super) fn hash_at(db: &Connection, space: &SpaceId, position: &Position) -> Result<Option<EntryHash>, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT e.hash FROM space s JOIN chain c ON c.space = s.number JOIN node n ON n.number = c.node JOIN entry e ON e.chain = c.number
         WHERE s.id = ?1 AND n.id = ?2 AND c.kind = ?3 AND e.seq = ?4",
    )?;
    let kind = position.chain.chain.number();
    let mut rows = statement.query(params![&space.0, &position.chain.node.0, kind, signed(position.seq)])?;
    Ok(rows.next()?.map(|row| row.get(0).map(EntryHash)).transpose()?)
}

pub(super) fn frontier(db: &Connection, space: &SpaceId) -> Result<Frontier, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT n.id, c.kind, c.seq, c.hash FROM space s JOIN chain c ON c.space = s.number JOIN node n ON n.number = c.node WHERE s.id = ?1",
    )?;
    let mut rows = statement.query([&space.0])?;
    let mut frontier = Frontier::default();
    while let Some(row) = rows.next()? {
        let chain = ChainId { node: NodeId(row.get(0)?), chain: chain_kind(row, 1)? };
        frontier.set(chain, Tip { seq: unsigned(row.get(2)?), hash: EntryHash(row.get(3)?) });
    }
    Ok(frontier)
}

pub(super) fn document_tips(db: &Connection, space: &SpaceId) -> Result<Vec<(DocumentId, ChainId, u64)>, StoreFault> {
    let Some(space) = ids::space(db, space)? else { return Ok(Vec::new()) };
    let mut statement = db.prepare_cached(
        "SELECT d.id, n.id, c.kind, t.seq FROM document_tip t JOIN document d ON d.number = t.document
         JOIN chain c ON c.number = t.chain JOIN node n ON n.number = c.node WHERE c.space = ?1 ORDER BY d.id, n.id, c.kind",
    )?;
    let mut rows = statement.query([space])?;
    let mut tips = Vec::new();
    while let Some(row) = rows.next()? {
        let chain = ChainId { node: NodeId(row.get(1)?), chain: chain_kind(row, 2)? };
        tips.push((DocumentId(row.get(0)?), chain, unsigned(row.get(3)?)));
    }
    Ok(tips)
}

/// The numbers of one chain's entries between two seqs, looked up a page at a time. Along a chain they grow.
struct Walk {
    chain: i64,
    next_seq: u64,
    upto: u64,
    page: VecDeque<i64>,
}

impl Walk {
    fn next(&mut self, db: &Connection, page: usize) -> Result<Option<i64>, StoreFault> {
        if self.page.is_empty() && self.next_seq <= self.upto {
            let mut statement = db.prepare_cached("SELECT number FROM entry WHERE chain = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq LIMIT ?4")?;
            let upto = i64::try_from(self.upto).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![self.chain, signed(self.next_seq), upto, page as i64], |row| row.get(0))?;
            self.page = rows.collect::<Result<_, _>>()?;
            // A short page was the last one.
            self.next_seq = if self.page.len() < page { u64::MAX } else { self.next_seq.saturating_add(page as u64) };
        }
        Ok(self.page.pop_front())
    }
}

/// Merges the chains that `upto` has beyond `after`, so that the work is about `limit` and the number of chains, however long the log is.
pub(super) fn between(db: &Connection, space: &SpaceId, after: &Frontier, upto: &Frontier, limit: usize) -> Result<Vec<ContentEntry>, StoreFault> {
    let mut statement = db.prepare_cached(
        "SELECT n.id, c.number FROM space s JOIN chain c ON c.space = s.number JOIN node n ON n.number = c.node WHERE s.id = ?1 AND c.kind = 1",
    )?;
    let mut rows = statement.query([&space.0])?;
    let mut walks = Vec::new();
    while let Some(row) = rows.next()? {
        let id = ChainId { node: NodeId(row.get(0)?), chain: Chain::Content };
        let (after, upto) = (after.tip(&id).seq, upto.tip(&id).seq);
        if upto > after {
            walks.push(Walk { chain: row.get(1)?, next_seq: after + 1, upto, page: VecDeque::new() });
        }
    }
    let page = (limit / walks.len().max(1)).max(CHAIN_PAGE);
    let mut next = BinaryHeap::new();
    for (at, walk) in walks.iter_mut().enumerate() {
        next.extend(walk.next(db, page)?.map(|number| Reverse((number, at))));
    }
    let mut numbers = Vec::new();
    while let Some(Reverse((number, at))) = next.pop().filter(|_| numbers.len() < limit) {
        numbers.push(number);
        if let Some(walk) = walks.get_mut(at) {
            next.extend(walk.next(db, page)?.map(|number| Reverse((number, at))));
        }
    }
    let sql = format!("{ENTRIES} WHERE e.number = ?1");
    let mut found = Vec::with_capacity(numbers.len());
    for number in numbers {
        found.append(&mut contents(db, &sql, number)?);
    }
    Ok(found)
}
