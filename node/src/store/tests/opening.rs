//! Files that are not for us, and files that are hurt.

use std::fs;
use std::path::Path;

use jeli_protocol::log::Commit;
use jeli_protocol::log_conformance::{LogKeeper, Scribe, same_answers};
use jeli_protocol::log_memory::MemoryLog;
use rusqlite::Connection;

use super::super::{OpenError, Store, StoreFault};
use super::{TestStore, WITHOUT_LATER};

fn set_version(path: &Path, version: i64) -> Connection {
    let db = Connection::open(path).unwrap();
    db.pragma_update(None, "user_version", version).unwrap();
    db
}

fn refused(path: &Path) -> OpenError {
    match Store::open(path) {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

#[test]
fn a_database_of_a_newer_program_is_refused_and_stays_byte_for_byte_the_same() {
    let TestStore { store, folder } = TestStore::new();
    drop(store);
    let path = folder.path().join("jeli.db");
    let newer = set_version(&path, 900);
    // The newer program was killed: its version stands in the write-ahead log only.
    let copy = folder.path().join("copy.db");
    fs::copy(&path, &copy).unwrap();
    fs::copy(folder.path().join("jeli.db-wal"), folder.path().join("copy.db-wal")).unwrap();
    drop(newer);
    for path in [&path, &copy] {
        let before = fs::read(path).unwrap();
        assert!(matches!(refused(path), OpenError::Newer { found: 900, .. }));
        assert_eq!(before, fs::read(path).unwrap(), "an older program must not touch it");
    }
    assert!(fs::metadata(folder.path().join("copy.db-wal")).unwrap().len() > 0, "nor what was not moved into it yet");
    drop(set_version(&path, super::super::migrations::VERSION.into()));
    Store::open(&path).expect("the same file with a version that we know is opened");
}

#[test]
fn a_file_from_before_there_were_totals_answers_the_same_after_its_migration() {
    let (mut scribe, mut model, mut store) = (Scribe::new(7), MemoryLog::new(), TestStore::new());
    for _ in 0..40 {
        // A file of that time held no halts.
        let commit = [Commit { halted: None, ..scribe.next_commit() }];
        store.keep(&commit).unwrap();
        model.keep(&commit).unwrap();
    }
    let earlier = format!(
        "{WITHOUT_LATER} DROP TABLE document_total; ALTER TABLE document DROP COLUMN written_ms; ALTER TABLE space DROP COLUMN halted; PRAGMA user_version = 3"
    );
    store.store.with_connection(|db| db.execute_batch(&earlier)).unwrap().unwrap();
    same_answers(&model, &store.reopened(), &scribe);
}

#[test]
fn what_is_no_database_or_another_programs_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    let text = "a text that is no database ".repeat(200);
    fs::write(&path, &text).unwrap();
    assert!(matches!(refused(&path), OpenError::NotADatabase));
    assert_eq!(fs::read(&path).unwrap(), text.as_bytes());

    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE recipe (name TEXT)").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(refused(&path), OpenError::NotOurs));
    assert_eq!(before, fs::read(&path).unwrap());

    fs::write(folder.path().join("empty.db"), b"").unwrap();
    Store::open(&folder.path().join("empty.db")).expect("an empty file becomes a database");
    assert!(matches!(refused(&folder.path().join("no/such/folder/jeli.db")), OpenError::Fault(_)));
}

#[test]
fn a_start_that_was_cut_off_before_the_schema_was_written_begins_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jeli.db");
    Connection::open(&path).unwrap().pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
    assert!(fs::metadata(&path).unwrap().len() > 0);
    Store::open(&path).unwrap();
    Store::open(&path).unwrap();
}

#[test]
fn damage_inside_the_file_is_found_when_asked_for() {
    let (mut scribe, mut store) = (Scribe::new(1), TestStore::new());
    for _ in 0..100 {
        store.keep(&[scribe.next_commit()]).unwrap();
    }
    store.store.check().expect("it is whole");
    let TestStore { store, folder } = store;
    drop(store);
    let path = folder.path().join("jeli.db");
    let mut bytes = fs::read(&path).unwrap();
    let pages = bytes.len() / 4096;
    for page in (pages / 2)..(pages / 2 + 4) {
        bytes[page * 4096..page * 4096 + 64].fill(0xa5);
    }
    fs::write(&path, &bytes).unwrap();
    match Store::open(&path) {
        Ok(store) => assert!(matches!(store.check(), Err(StoreFault::Damaged(_)))),
        Err(error) => assert!(matches!(error, OpenError::Fault(StoreFault::Damaged(_))), "{error}"),
    }
}
