//! How many changes of a document each chain holds, as running totals: "what does that school lack?" is asked of every document of a list, and
//! must not read their logs.

use std::collections::BTreeMap;

use jeli_protocol::entry::{Batch, Chain, ChainId};
use jeli_protocol::frontier::Frontier;
use jeli_protocol::ids::{DocumentId, NodeId};
use rusqlite::{Connection, params};

use super::StoreFault;
use super::ids::{self, signed, unsigned};

/// Notes the changes of an entry that is the last of its chain now.
pub(super) fn keep(db: &Connection, document: i64, chain: i64, seq: i64, count: u64) -> Result<(), StoreFault> {
    let before = upto(db, document, chain, seq)?;
    let mut statement = db.prepare_cached("INSERT INTO document_total (document, chain, seq, total) VALUES (?1, ?2, ?3, ?4)")?;
    statement.execute([document, chain, seq, signed(before.saturating_add(count))])?;
    Ok(())
}

fn upto(db: &Connection, document: i64, chain: i64, seq: i64) -> Result<u64, StoreFault> {
    let sql = "SELECT total FROM document_total WHERE document = ?1 AND chain = ?2 AND seq <= ?3 ORDER BY seq DESC LIMIT 1";
    Ok(ids::number_of(db, sql, [document, chain, seq])?.map_or(0, unsigned))
}

/// The changes of a document in entries beyond a frontier.
pub(super) fn beyond(db: &Connection, document: &DocumentId, frontier: &Frontier) -> Result<u64, StoreFault> {
    let Some(document) = ids::document(db, document)? else { return Ok(0) };
    let mut statement = db.prepare_cached(
        "SELECT t.chain, n.id, t.seq FROM document_tip t JOIN chain c ON c.number = t.chain JOIN node n ON n.number = c.node WHERE t.document = ?1",
    )?;
    let mut rows = statement.query([document])?;
    let mut changes = 0u64;
    while let Some(row) = rows.next()? {
        let (chain, node, tip) = (row.get(0)?, NodeId(row.get(1)?), row.get(2)?);
        let has = frontier.tip(&ChainId { node, chain: Chain::Content }).seq;
        if has < unsigned(tip) {
            changes += upto(db, document, chain, tip)?.saturating_sub(upto(db, document, chain, signed(has))?);
        }
    }
    Ok(changes)
}

/// Writes the totals of all entries of a file from before there were any. An entry that cannot be read counts for nothing: that a number is
/// too small is no reason not to start.
pub(super) fn count_all(db: &Connection) -> Result<(), StoreFault> {
    let mut statement =
        db.prepare("SELECT e.chain, e.seq, e.body FROM entry e JOIN chain c ON c.number = e.chain WHERE c.kind = ?1 ORDER BY e.chain, e.seq")?;
    let mut rows = statement.query(params![Chain::Content.number()])?;
    while let Some(row) = rows.next()? {
        let (chain, seq) = (row.get(0)?, row.get(1)?);
        let Some(batch) = row.get_ref(2)?.as_blob().ok().and_then(|body| Batch::decode(body).ok()) else { continue };
        let mut counts: BTreeMap<DocumentId, u64> = BTreeMap::new();
        for run in &batch.runs {
            *counts.entry(run.document).or_default() += run.count;
        }
        for (document, count) in counts {
            if let Some(document) = ids::document(db, &document)? {
                keep(db, document, chain, seq, count)?;
            }
        }
    }
    Ok(())
}
