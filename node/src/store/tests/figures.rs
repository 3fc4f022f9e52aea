//! Figures, one JSON object a line: `cargo test -p jeli-node --release store::tests::figures -- --ignored --nocapture`.
#![allow(clippy::print_stdout, reason = "figures are what it is for")]

use std::time::Instant;

use jeli_protocol::frontier::Frontier;
use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, SpaceId};
use jeli_protocol::log::{Commit, LogReader, Standing};
use jeli_protocol::log_conformance::{Author, facts, kept};

use super::{Store, TestStore};

#[path = "../../../../bench/src/trace.rs"]
#[allow(dead_code, unreachable_pub, reason = "the benchmarks use the rest of it")]
mod trace;

const SPACE: SpaceId = SpaceId([1; 32]);

fn document(number: u64) -> DocumentId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    DocumentId(id)
}

fn hash(number: u64) -> ChangeHash {
    let mut hash = [3; 32];
    hash[..8].copy_from_slice(&number.wrapping_mul(0xbf58_476d_1ce4_e5b9).to_be_bytes());
    ChangeHash(hash)
}

/// `count` commits of one change of 110 bytes and its entry, over `documents` documents.
fn write(store: &mut Store, count: u64, documents: u64, together: usize) {
    let mut authors: Vec<Author> = (1..=8).map(|number| Author::new(SPACE, number)).collect();
    let mut staged = Vec::new();
    for number in 0..count {
        let author = &mut authors[(number / documents % 8) as usize];
        let (document, seq) = (document(number % documents), number / documents + 1);
        let actor = ActorId::of_node(&author.id(), (number % documents).to_be_bytes());
        let deps: Vec<ChangeHash> = number.checked_sub(documents).map(hash).into_iter().collect();
        let mut commit = Commit::new(SPACE);
        let mut change = kept(document, facts(hash(number), &actor, seq, &deps), Standing::Ready);
        change.chunk.resize(110, number as u8);
        commit.changes.push(change);
        commit.entries.push(author.new_content(&[(document, actor, seq, vec![hash(number)])]));
        staged.push(commit);
        if staged.len() == together {
            store.commit(&staged).unwrap();
            staged.clear();
        }
    }
    store.commit(&staged).unwrap();
}

fn size(test: &mut TestStore) -> u64 {
    test.store.with_connection(|db| db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")).unwrap().unwrap();
    std::fs::metadata(test.folder.path().join("jeli.db")).unwrap().len()
}

#[test]
#[ignore = "measures; asserts nothing"]
fn figures() {
    for together in [1, 10] {
        let mut test = TestStore::new();
        let (begun, count) = (Instant::now(), 2_000);
        write(&mut test.store, count, 1, together);
        let per_second = count as f64 / begun.elapsed().as_secs_f64();
        println!(r#"{{"figure":"commits_per_second","together":{together},"value":{per_second:.0}}}"#);
    }
    let mut test = TestStore::new();
    let begun = Instant::now();
    write(&mut test.store, 100_000, 1_000, 1_000);
    println!(r#"{{"figure":"write_100000_changes_and_entries_s","value":{:.2}}}"#, begun.elapsed().as_secs_f64());
    println!(r#"{{"figure":"bytes_per_change_with_an_entry_each","value":{:.1}}}"#, size(&mut test) as f64 / 100_000.0);
    let frontier = test.store.frontier(&SPACE).unwrap();
    for limit in [200, 16_384] {
        let mut half = Frontier::default();
        for (chain, tip) in frontier.iter() {
            half.set(*chain, jeli_protocol::frontier::Tip { seq: tip.seq / 2, hash: tip.hash });
        }
        let begun = Instant::now();
        let found = test.store.content_entries(&SPACE, &half, &frontier, limit).unwrap().len();
        println!(r#"{{"figure":"content_entries_ms","found":{found},"value":{:.2}}}"#, begun.elapsed().as_secs_f64() * 1e3);
    }
    let begun = Instant::now();
    let tips = test.store.document_tips(&SPACE).unwrap().len();
    println!(r#"{{"figure":"document_tips_ms","tips":{tips},"value":{:.2}}}"#, begun.elapsed().as_secs_f64() * 1e3);

    // A school is away for half of the log: what does it lack of each document of the list?
    let mut half = Frontier::default();
    for (chain, tip) in frontier.iter() {
        half.set(*chain, jeli_protocol::frontier::Tip { seq: tip.seq / 2, hash: tip.hash });
    }
    let begun = Instant::now();
    let read: usize = (0..1_000).map(|number| test.store.entries_of_document(&document(number)).unwrap().len()).sum();
    println!(r#"{{"figure":"entries_of_1000_documents_ms","entries":{read},"value":{:.1}}}"#, begun.elapsed().as_secs_f64() * 1e3);
    let begun = Instant::now();
    let lacks: u64 = (0..1_000).map(|number| test.store.beyond_in(&document(number), &half).unwrap().changes).sum();
    println!(r#"{{"figure":"lacking_of_1000_documents_ms","changes":{lacks},"value":{:.1}}}"#, begun.elapsed().as_secs_f64() * 1e3);

    let mut test = TestStore::new();
    write(&mut test.store, 50_000, 1_000, 1_000);
    let path = test.folder.path().join("jeli.db");
    drop(test.store);
    let begun = Instant::now();
    let store = Store::open(&path).unwrap();
    let opened = begun.elapsed();
    let usable = (store.spaces().unwrap().len(), store.frontier(&SPACE).unwrap().len(), store.documents(None).unwrap().len());
    let tips = store.document_tips(&SPACE).unwrap().len();
    println!(
        r#"{{"figure":"open_1000_documents_of_50_changes_ms","open":{:.1},"with_frontier_documents_tips":{:.1},"read":"{usable:?} {tips}"}}"#,
        opened.as_secs_f64() * 1e3,
        begun.elapsed().as_secs_f64() * 1e3
    );
    let begun = Instant::now();
    let chunks = store.load_document(&document(500)).unwrap().map_or(0, |loaded| loaded.chunks.len());
    println!(r#"{{"figure":"load_document_ms","chunks":{chunks},"value":{:.2}}}"#, begun.elapsed().as_secs_f64() * 1e3);
}

/// Two people's keystrokes, one change each, published twenty at a time.
#[test]
#[ignore = "measures; asserts nothing"]
fn figures_of_a_trace() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/traces/friendsforever.json.gz");
    let replayed = trace::replay(&trace::load(&path).unwrap(), 1).unwrap();
    let mut test = TestStore::new();
    let mut author = Author::new(SPACE, 1);
    let begun = Instant::now();
    for chunks in replayed.changes.chunks(20) {
        let mut commit = Commit::new(SPACE);
        let mut runs = Vec::new();
        for chunk in chunks {
            let facts = jeli_protocol::scan::scan(chunk).unwrap();
            runs.push((document(1), facts.actor.clone(), facts.seq, vec![facts.hash]));
            let mut change = kept(document(1), facts, Standing::Ready);
            change.chunk.clone_from(chunk);
            commit.changes.push(change);
        }
        commit.entries.push(author.new_content(&runs));
        test.store.commit(&[commit]).unwrap();
    }
    let seconds = begun.elapsed().as_secs_f64();
    let (count, raw) = (replayed.changes.len() as f64, replayed.changes.iter().map(Vec::len).sum::<usize>() as f64);
    let bytes = size(&mut test) as f64;
    println!(
        r#"{{"figure":"friendsforever","changes":{count},"commit_s":{seconds:.2},"chunk_bytes":{:.1},"file_bytes_per_change":{:.1},"overhead":{:.1}}}"#,
        raw / count,
        bytes / count,
        (bytes - raw) / count
    );
    for table in ["change", "change_by_hash", "change_by_seq", "change_by_ready", "entry"] {
        let sql = "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = ?1";
        let size = test.store.with_connection(|db| db.query_row(sql, [table], |row| row.get::<_, i64>(0))).unwrap();
        println!(r#"{{"figure":"bytes_per_change_in","table":"{table}","value":{:.1}}}"#, size.unwrap_or(0) as f64 / count);
    }
    let begun = Instant::now();
    let loaded = test.store.load_document(&document(1)).unwrap().map_or(0, |loaded| loaded.chunks.len());
    println!(r#"{{"figure":"load_trace_ms","chunks":{loaded},"value":{:.1}}}"#, begun.elapsed().as_secs_f64() * 1e3);
    let begun = Instant::now();
    let records = test.store.changes_of_document(&document(1)).unwrap().len();
    println!(r#"{{"figure":"changes_of_trace_ms","records":{records},"value":{:.1}}}"#, begun.elapsed().as_secs_f64() * 1e3);
}
