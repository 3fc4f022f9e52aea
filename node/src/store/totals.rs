//! How much news each chain holds, as running totals: "what does that school lack, and since when?" is asked of every document of a list and of
//! every node of a space, and must not read their logs.

use std::collections::BTreeMap;

use jeli_protocol::entry::{Batch, Chain, ChainId};
use jeli_protocol::frontier::Frontier;
use jeli_protocol::ids::{DocumentId, NodeId, SpaceId};
use jeli_protocol::log::Beyond;
use rusqlite::{Connection, OptionalExtension, Params, params};

use super::StoreFault;
use super::changes_list::{Named, decode};
use super::fault::damaged;
use super::ids::{self, signed, unsigned};

/// Changes, or entries of a control chain, and their bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weight {
    pub(super) news: u64,
    pub(super) bytes: u64,
}

impl Weight {
    pub(super) fn and(self, other: Self) -> Self {
        Self { news: self.news.saturating_add(other.news), bytes: self.bytes.saturating_add(other.bytes) }
    }

    fn less(self, other: Self) -> Self {
        Self { news: self.news.saturating_sub(other.news), bytes: self.bytes.saturating_sub(other.bytes) }
    }

    fn read(db: &Connection, sql: &str, params: impl Params) -> Result<Self, StoreFault> {
        let read = |row: &rusqlite::Row<'_>| Ok(Self { news: unsigned(row.get(0)?), bytes: unsigned(row.get(1)?) });
        Ok(db.prepare_cached(sql)?.query_row(params, read).optional()?.unwrap_or_default())
    }
}

/// Notes the changes of a document in an entry that is the last of its chain now.
pub(super) fn keep(db: &Connection, document: i64, chain: i64, seq: i64, weight: Weight) -> Result<(), StoreFault> {
    let Weight { news, bytes } = of_document(db, document, chain, seq)?.and(weight);
    let mut statement = db.prepare_cached("INSERT INTO document_total (document, chain, seq, total, bytes) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    statement.execute([document, chain, seq, signed(news), signed(bytes)])?;
    Ok(())
}

/// Notes an entry that is the last of its chain now. `kept_ms`: since when what it says is known here.
pub(super) fn keep_entry(db: &Connection, chain: i64, seq: i64, weight: Weight, kept_ms: Option<i64>) -> Result<(), StoreFault> {
    let Weight { news, bytes } = of_chain(db, chain, seq)?.and(weight);
    let mut statement = db.prepare_cached("INSERT INTO entry_total (chain, seq, news, bytes, kept_ms) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    statement.execute(params![chain, seq, signed(news), signed(bytes), kept_ms])?;
    Ok(())
}

fn of_document(db: &Connection, document: i64, chain: i64, seq: i64) -> Result<Weight, StoreFault> {
    let sql = "SELECT total, bytes FROM document_total WHERE document = ?1 AND chain = ?2 AND seq <= ?3 ORDER BY seq DESC LIMIT 1";
    Weight::read(db, sql, [document, chain, seq])
}

fn of_chain(db: &Connection, chain: i64, seq: i64) -> Result<Weight, StoreFault> {
    Weight::read(db, "SELECT news, bytes FROM entry_total WHERE chain = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1", [chain, seq])
}

fn kept_ms(db: &Connection, sql: &str, params: impl Params) -> Result<Option<i64>, StoreFault> {
    Ok(db.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?.flatten())
}

/// What of a document stands in entries beyond a frontier.
pub(super) fn beyond_in(db: &Connection, document: &DocumentId, frontier: &Frontier) -> Result<Beyond, StoreFault> {
    let Some(document) = ids::document(db, document)? else { return Ok(Beyond::default()) };
    let mut statement = db.prepare_cached(
        "SELECT t.chain, n.id, t.seq FROM document_tip t JOIN chain c ON c.number = t.chain JOIN node n ON n.number = c.node WHERE t.document = ?1",
    )?;
    let mut rows = statement.query([document])?;
    let mut found = Beyond::default();
    while let Some(row) = rows.next()? {
        let (chain, node, tip) = (row.get(0)?, NodeId(row.get(1)?), row.get(2)?);
        let has = frontier.tip(&ChainId { node, chain: Chain::Content }).seq;
        if has < unsigned(tip) {
            let lacks = of_document(db, document, chain, tip)?.less(of_document(db, document, chain, signed(has))?);
            let sql = "SELECT e.kept_ms FROM document_total d JOIN entry_total e ON e.chain = d.chain AND e.seq = d.seq
                       WHERE d.document = ?1 AND d.chain = ?2 AND d.seq > ?3 ORDER BY d.seq LIMIT 1";
            let since_ms = kept_ms(db, sql, [document, chain, signed(has)])?;
            found = found.and(&Beyond { chains: 1, changes: lacks.news, plain_bytes: lacks.bytes, since_ms, ..Beyond::default() });
        }
    }
    Ok(found)
}

/// What of a space stands in entries beyond a frontier.
pub(super) fn beyond(db: &Connection, space: &SpaceId, frontier: &Frontier) -> Result<Beyond, StoreFault> {
    let Some(space) = ids::space(db, space)? else { return Ok(Beyond::default()) };
    let mut statement = db.prepare_cached("SELECT c.number, n.id, c.kind, c.seq FROM chain c JOIN node n ON n.number = c.node WHERE c.space = ?1")?;
    let mut rows = statement.query([space])?;
    let mut found = Beyond::default();
    while let Some(row) = rows.next()? {
        let (number, tip) = (row.get(0)?, row.get(3)?);
        let chain = Chain::from_number(row.get(2)?).ok_or_else(|| damaged("the kind of a chain"))?;
        let has = frontier.tip(&ChainId { node: NodeId(row.get(1)?), chain }).seq;
        if has < unsigned(tip) {
            let Weight { news, bytes } = of_chain(db, number, tip)?.less(of_chain(db, number, signed(has))?);
            let since_ms = kept_ms(db, "SELECT kept_ms FROM entry_total WHERE chain = ?1 AND seq > ?2 ORDER BY seq LIMIT 1", [number, signed(has)])?;
            let lacks = match chain {
                Chain::Control => Beyond { acts: news, act_bytes: bytes, ..Beyond::default() },
                Chain::Content => Beyond { changes: news, plain_bytes: bytes, ..Beyond::default() },
            };
            found = found.and(&Beyond { chains: 1, since_ms, ..lacks });
        }
    }
    Ok(found)
}

/// Since when the oldest change waits to be published, in a document or in all of a space.
pub(super) fn unpublished_since(db: &Connection, space: &SpaceId, document: Option<&DocumentId>) -> Result<Option<i64>, StoreFault> {
    let Some(space) = ids::space(db, space)? else { return Ok(None) };
    let Some(document) = document else { return waits_since(db, space) };
    let Some(document) = ids::document(db, document)? else { return Ok(None) };
    let sql = "SELECT min(u.kept_ms) FROM unpublished u JOIN change c ON c.number = u.change WHERE u.space = ?1 AND c.document = ?2";
    kept_ms(db, sql, [space, document])
}

/// The same by the number of the space.
pub(super) fn waits_since(db: &Connection, space: i64) -> Result<Option<i64>, StoreFault> {
    kept_ms(db, "SELECT min(kept_ms) FROM unpublished WHERE space = ?1", [space])
}

/// Writes the totals of all entries of a file from before there were any. An entry that cannot be read counts for nothing: that a number is
/// too small is no reason not to start.
pub(super) fn count_all(db: &Connection) -> Result<(), StoreFault> {
    for_each_entry(db, |chain, seq, body, _| {
        let Some(batch) = body.and_then(|body| Batch::decode(body).ok()) else { return Ok(()) };
        let mut counts: BTreeMap<DocumentId, u64> = BTreeMap::new();
        for run in &batch.runs {
            *counts.entry(run.document).or_default() += run.count;
        }
        for (document, count) in counts {
            if let Some(document) = ids::document(db, &document)? {
                // This step is from before bytes were counted.
                let sql = "SELECT total FROM document_total WHERE document = ?1 AND chain = ?2 AND seq <= ?3 ORDER BY seq DESC LIMIT 1";
                let before = ids::number_of(db, sql, [document, chain, seq])?.map_or(0, unsigned);
                let mut statement = db.prepare_cached("INSERT INTO document_total (document, chain, seq, total) VALUES (?1, ?2, ?3, ?4)")?;
                statement.execute([document, chain, seq, signed(before.saturating_add(count))])?;
            }
        }
        Ok(())
    })
}

/// The same for what was first counted later: bytes, and what each chain holds. Since when it is known nobody has kept.
pub(super) fn weigh_all(db: &Connection) -> Result<(), StoreFault> {
    for_each_entry(db, |chain, seq, body, changes| {
        let batch = body.and_then(|body| Batch::decode(body).ok());
        let named = changes.and_then(|changes| decode(changes).ok());
        let mut of_entry = Weight::default();
        let mut named = named.into_iter().flatten();
        let mut documents: BTreeMap<DocumentId, u64> = BTreeMap::new();
        for run in batch.iter().flat_map(|batch| &batch.runs) {
            let mut bytes = 0;
            for change in named.by_ref().take(usize::try_from(run.count).unwrap_or(usize::MAX)) {
                bytes += plain_bytes(db, change)?;
            }
            *documents.entry(run.document).or_default() += bytes;
            of_entry = of_entry.and(Weight { news: run.count, bytes });
        }
        for (document, bytes) in documents {
            if let Some(document) = ids::document(db, &document)? {
                let before = of_document(db, document, chain, seq - 1)?.bytes;
                let sql = "UPDATE document_total SET bytes = ?4 WHERE document = ?1 AND chain = ?2 AND seq = ?3";
                db.prepare_cached(sql)?.execute([document, chain, seq, signed(before.saturating_add(bytes))])?;
            }
        }
        keep_entry(db, chain, seq, of_entry, None)
    })?;
    let sql = "INSERT INTO entry_total (chain, seq, news, bytes)
               SELECT e.chain, e.seq, e.seq, sum(length(e.body)) OVER (PARTITION BY e.chain ORDER BY e.seq)
               FROM entry e JOIN chain c ON c.number = e.chain WHERE c.kind = ?1";
    db.execute(sql, [Chain::Control.number()])?;
    Ok(())
}

/// The bytes of a change as it is kept here; none of one that is not.
pub(super) fn plain_bytes(db: &Connection, change: Named) -> Result<u64, StoreFault> {
    let Named::Kept(number) = change else { return Ok(0) };
    Ok(ids::number_of(db, "SELECT length(chunk) FROM change WHERE number = ?1", [number])?.map_or(0, unsigned))
}

/// Goes along every content chain: (chain, seq, body, changes).
fn for_each_entry(db: &Connection, mut each: impl FnMut(i64, i64, Option<&[u8]>, Option<&[u8]>) -> Result<(), StoreFault>) -> Result<(), StoreFault> {
    let mut statement = db.prepare(
        "SELECT e.chain, e.seq, e.body, e.changes FROM entry e JOIN chain c ON c.number = e.chain WHERE c.kind = ?1 ORDER BY e.chain, e.seq",
    )?;
    let mut rows = statement.query(params![Chain::Content.number()])?;
    while let Some(row) = rows.next()? {
        let (body, changes) = (row.get_ref(2)?, row.get_ref(3)?);
        each(row.get(0)?, row.get(1)?, body.as_blob().ok(), changes.as_blob().ok())?;
    }
    Ok(())
}
