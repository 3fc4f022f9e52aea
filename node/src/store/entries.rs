//! Keeping entries, and moving the frontier with them.

use std::collections::BTreeMap;

use jeli_protocol::commit_flaw::CommitFlaw;
use jeli_protocol::entry::{Chain, ChainId, Entry, NO_ENTRY};
use jeli_protocol::ids::EntryHash;
use jeli_protocol::log::{Commit, ContentEntry, NewEntry};
use rusqlite::{Connection, OptionalExtension, params};

use super::StoreFault;
use super::changes_list::{Named, encode};
use super::ids::{self, signed};
use super::totals::{self, Weight};
use crate::clock::now_ms;

pub(super) fn keep(db: &Connection, space: i64, commit: &Commit) -> Result<(), StoreFault> {
    // Our own words are known here since they were written, and are published all at once.
    let waited = if commit.published.is_empty() { None } else { totals::waits_since(db, space)? };
    let kept_ms = waited.unwrap_or_else(now_ms);
    for new in &commit.entries {
        let position = new.entry().position;
        match new {
            NewEntry::Control(entry) if position.chain.chain == Chain::Control => {
                let (_, chain) = append(db, space, entry, None)?;
                totals::keep_entry(db, chain, signed(position.seq), Weight { news: 1, bytes: entry.body.len() as u64 }, Some(kept_ms))?;
            }
            NewEntry::Content { entry, waits, void } if position.chain.chain == Chain::Content => {
                let number = keep_content(db, space, entry, *void, kept_ms)?;
                if *waits {
                    mark(db, "INSERT INTO waiting_entry (space, entry) VALUES (?1, ?2)", space, number)?;
                }
                if *void {
                    mark(db, "INSERT INTO void_entry (space, entry) VALUES (?1, ?2)", space, number)?;
                }
            }
            _ => return Err(CommitFlaw::WrongChain(position).into()),
        }
    }
    for (position, waits) in &commit.waits {
        let found = chain(db, space, &position.chain)?.filter(|_| position.chain.chain == Chain::Content);
        let entry = match found {
            Some((chain, ..)) => ids::number_of(db, "SELECT number FROM entry WHERE chain = ?1 AND seq = ?2", [chain, signed(position.seq)])?,
            None => None,
        };
        let entry = entry.ok_or(CommitFlaw::UnknownEntry(*position))?;
        if *waits {
            mark(db, "INSERT OR IGNORE INTO waiting_entry (space, entry) VALUES (?1, ?2)", space, entry)?;
        } else {
            mark(db, "DELETE FROM waiting_entry WHERE space = ?1 AND entry = ?2", space, entry)?;
        }
    }
    Ok(())
}

fn mark(db: &Connection, sql: &str, space: i64, entry: i64) -> Result<(), StoreFault> {
    db.prepare_cached(sql)?.execute([space, entry])?;
    Ok(())
}

/// Number and end of a chain.
fn chain(db: &Connection, space: i64, id: &ChainId) -> Result<Option<(i64, i64, EntryHash)>, StoreFault> {
    let Some(node) = ids::node(db, &id.node)? else { return Ok(None) };
    let mut statement = db.prepare_cached("SELECT number, seq, hash FROM chain WHERE space = ?1 AND node = ?2 AND kind = ?3")?;
    let row = statement.query_row([space, node, id.chain.number().into()], |row| Ok((row.get(0)?, row.get(1)?, EntryHash(row.get(2)?))));
    Ok(row.optional()?)
}

fn append(db: &Connection, space: i64, entry: &Entry, changes: Option<&[u8]>) -> Result<(i64, i64), StoreFault> {
    let position = entry.position;
    let (chain, seq, hash) = match chain(db, space, &position.chain)? {
        Some(found) => found,
        None => {
            let node = ids::make_node(db, &position.chain.node)?;
            let made = db.prepare_cached("INSERT INTO chain (space, node, kind, seq, hash) VALUES (?1, ?2, ?3, 0, ?4)")?.insert(params![
                space,
                node,
                position.chain.chain.number(),
                &NO_ENTRY.0
            ])?;
            (made, 0, NO_ENTRY)
        }
    };
    if position.seq != ids::unsigned(seq) + 1 || entry.previous != hash {
        return Err(CommitFlaw::NotNext(position).into());
    }
    let number =
        db.prepare_cached("INSERT INTO entry (chain, seq, hash, signature, body, changes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.insert(params![
            chain,
            signed(position.seq),
            &entry.hash.0,
            entry.signature.as_ref().map(|signature| &signature.0[..]),
            entry.body,
            changes
        ])?;
    db.prepare_cached("UPDATE chain SET seq = ?2, hash = ?3 WHERE number = ?1")?.execute(params![chain, signed(position.seq), &entry.hash.0])?;
    Ok((number, chain))
}

fn keep_content(db: &Connection, space: i64, content: &ContentEntry, void: bool, kept_ms: i64) -> Result<i64, StoreFault> {
    let position = content.entry.position;
    if content.batch.runs.iter().map(|run| run.count).sum::<u64>() != content.changes.len() as u64 {
        return Err(CommitFlaw::RunsDoNotFit(position).into());
    }
    let mut hashes = content.changes.iter();
    let mut named = Vec::with_capacity(content.changes.len());
    let mut documents: BTreeMap<i64, Weight> = BTreeMap::new();
    let mut of_entry = Weight::default();
    for run in &content.batch.runs {
        let document = ids::make_document(db, space, &run.document)?;
        let mut weight = Weight { news: run.count, bytes: 0 };
        for hash in hashes.by_ref().take(usize::try_from(run.count).unwrap_or(usize::MAX)) {
            let change = ids::change(db, document, hash)?.map_or(Named::Hash(*hash), Named::Kept);
            weight.bytes += totals::plain_bytes(db, change)?;
            named.push(change);
        }
        of_entry = of_entry.and(weight);
        let of_document = documents.entry(document).or_default();
        *of_document = of_document.and(weight);
        if !void && run.actor.is_foreign() {
            let (actor, node) = (ids::make_actor(db, &run.actor)?, ids::make_node(db, &position.chain.node)?);
            db.prepare_cached("INSERT OR IGNORE INTO claim (document, actor, node) VALUES (?1, ?2, ?3)")?.execute([document, actor, node])?;
        }
    }
    let (entry, chain) = append(db, space, &content.entry, Some(&encode(&named)))?;
    totals::keep_entry(db, chain, signed(position.seq), of_entry, Some(kept_ms))?;
    for (document, weight) in documents {
        db.prepare_cached("INSERT INTO document_entry (document, entry) VALUES (?1, ?2)")?.execute([document, entry])?;
        db.prepare_cached(
            "INSERT INTO document_tip (document, chain, seq) VALUES (?1, ?2, ?3) ON CONFLICT (document, chain) DO UPDATE SET seq = excluded.seq",
        )?
        .execute([document, chain, signed(position.seq)])?;
        totals::keep(db, document, chain, signed(position.seq), weight)?;
    }
    Ok(entry)
}
