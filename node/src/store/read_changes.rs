//! Reading changes.

use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, NodeId};
use jeli_protocol::log::ChangeRecord;
use jeli_protocol::scan::ChangeFacts;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::StoreFault;
use super::changes::Marks;
use super::fault::damaged;
use super::ids::{self, signed, unsigned};

/// The hashes of a change's dependencies, one after another, whichever way they are kept.
const DEPS: &str = "CASE typeof(c.deps) WHEN 'integer' THEN (SELECT d.hash FROM change d WHERE d.number = c.number - c.deps) ELSE c.deps END";

fn hashes(bytes: &[u8]) -> Vec<ChangeHash> {
    bytes.chunks_exact(32).filter_map(|hash| ChangeHash::try_from(hash).ok()).collect()
}

pub(super) fn hash_of(db: &Connection, number: i64) -> Result<ChangeHash, StoreFault> {
    Ok(db.prepare_cached("SELECT hash FROM change WHERE number = ?1")?.query_row([number], |row| row.get(0).map(ChangeHash))?)
}

pub(super) fn deps_of(db: &Connection, number: i64) -> Result<Vec<ChangeHash>, StoreFault> {
    let mut statement = db.prepare_cached(&format!("SELECT {DEPS} FROM change c WHERE c.number = ?1"))?;
    Ok(hashes(&statement.query_row([number], |row| row.get::<_, Vec<u8>>(0))?))
}

/// What is known of a change besides its facts.
pub(super) fn marks_of(db: &Connection, number: i64) -> Result<Marks, StoreFault> {
    let marks = ids::number_of(db, "SELECT marks FROM change WHERE number = ?1", [number])?;
    marks.and_then(Marks::from_number).ok_or_else(|| damaged("a change's standing"))
}

fn record_columns() -> String {
    format!("c.hash, a.id, c.seq, c.start_op, c.op_count, c.max_beyond, c.time, c.marks, {DEPS}")
}

fn record(row: &Row<'_>) -> Result<ChangeRecord, StoreFault> {
    let number = |column| row.get(column).map(unsigned);
    let (start_op, op_count, beyond) = (number(3)?, number(4)?, number(5)?);
    let Marks { standing, admitted, owned, sound } = Marks::from_number(row.get(7)?).ok_or_else(|| damaged("a change's standing"))?;
    let facts = ChangeFacts {
        hash: ChangeHash(row.get(0)?),
        actor: ActorId::from(row.get_ref(1)?.as_blob().map_err(|_| damaged("an actor"))?),
        seq: number(2)?,
        start_op,
        op_count,
        max_op: beyond.wrapping_add(start_op.wrapping_add(op_count).wrapping_sub(1)),
        deps: hashes(row.get_ref(8)?.as_blob().map_err(|_| damaged("a change's dependencies"))?),
        time: row.get(6)?,
    };
    Ok(ChangeRecord { facts, admitted, owned, sound, standing })
}

pub(super) fn change(db: &Connection, document: &DocumentId, hash: &ChangeHash) -> Result<Option<ChangeRecord>, StoreFault> {
    let Some(document) = ids::document(db, document)? else { return Ok(None) };
    let Some(number) = ids::change(db, document, hash)? else { return Ok(None) };
    let sql = format!("SELECT {} FROM change c JOIN actor a ON a.number = c.actor WHERE c.number = ?1", record_columns());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([number])?;
    rows.next()?.map(record).transpose()
}

pub(super) fn of_document(db: &Connection, document: &DocumentId) -> Result<Vec<ChangeRecord>, StoreFault> {
    let Some(document) = ids::document(db, document)? else { return Ok(Vec::new()) };
    let sql = format!("SELECT {} FROM change c JOIN actor a ON a.number = c.actor WHERE c.document = ?1 ORDER BY c.number", record_columns());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([document])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(record(row)?);
    }
    Ok(records)
}

pub(super) fn chunk(db: &Connection, document: &DocumentId, hash: &ChangeHash) -> Result<Option<Vec<u8>>, StoreFault> {
    let Some(document) = ids::document(db, document)? else { return Ok(None) };
    let Some(number) = ids::change(db, document, hash)? else { return Ok(None) };
    Ok(db.prepare_cached("SELECT chunk FROM change WHERE number = ?1")?.query_row([number], |row| row.get(0)).optional()?)
}

pub(super) fn at(db: &Connection, document: &DocumentId, actor: &ActorId, seq: u64) -> Result<Vec<ChangeHash>, StoreFault> {
    let (Some(document), Some(actor)) = (ids::document(db, document)?, ids::actor(db, actor)?) else { return Ok(Vec::new()) };
    let mut statement = db.prepare_cached("SELECT hash FROM change WHERE document = ?1 AND actor = ?2 AND seq = ?3 ORDER BY number")?;
    let rows = statement.query_map(params![document, actor, signed(seq)], |row| row.get(0).map(ChangeHash))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn waiting_for(db: &Connection, document: &DocumentId, dependency: &ChangeHash) -> Result<Vec<ChangeHash>, StoreFault> {
    let Some(document) = ids::document(db, document)? else { return Ok(Vec::new()) };
    let mut statement = db.prepare_cached(
        "SELECT c.hash FROM waiting_change w JOIN change c ON c.number = w.change
         WHERE w.document = ?1 AND w.dependency = ?2 ORDER BY w.change",
    )?;
    let rows = statement.query_map(params![document, &dependency.0], |row| row.get(0).map(ChangeHash))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn claims(db: &Connection, document: &DocumentId, actor: &ActorId) -> Result<Vec<NodeId>, StoreFault> {
    let (Some(document), Some(actor)) = (ids::document(db, document)?, ids::actor(db, actor)?) else { return Ok(Vec::new()) };
    let mut statement =
        db.prepare_cached("SELECT n.id FROM claim c JOIN node n ON n.number = c.node WHERE c.document = ?1 AND c.actor = ?2 ORDER BY n.id")?;
    let rows = statement.query_map([document, actor], |row| row.get(0).map(NodeId))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
