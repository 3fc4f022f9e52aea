//! Full disks, files in use, files that may not be written.

use jeli_protocol::log_conformance::{LogKeeper, Scribe, same_answers};
use jeli_protocol::log_memory::MemoryLog;
use rusqlite::Connection;

use super::{StoreFault, TestStore};

#[test]
fn a_full_disk_keeps_nothing_by_halves_and_works_again_when_there_is_room() {
    let (mut scribe, mut model, mut store) = (Scribe::new(3), MemoryLog::new(), TestStore::new());
    let limit = |store: &mut TestStore, pages: i64| {
        store.store.with_connection(|db| db.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))).unwrap().unwrap();
    };
    let pages: i64 = store.store.with_connection(|db| db.pragma_query_value(None, "page_count", |row| row.get(0))).unwrap().unwrap();
    limit(&mut store, pages + 3);
    let mut refused = 0;
    for _ in 0..60 {
        let mut commit = scribe.next_commit();
        for change in &mut commit.changes {
            change.chunk.resize(3_000, 1);
        }
        let commit = std::slice::from_ref(&commit);
        match store.store.commit(commit) {
            Ok(()) => {}
            Err(StoreFault::DiskFull) => {
                refused += 1;
                same_answers(&model, &store, &scribe);
                store.store.check().unwrap();
                limit(&mut store, 1_000_000);
                store.store.commit(commit).expect("with room again the very commit is kept");
                let pages: i64 = store.store.with_connection(|db| db.pragma_query_value(None, "page_count", |row| row.get(0))).unwrap().unwrap();
                limit(&mut store, pages + 3);
            }
            Err(other) => panic!("{other}"),
        }
        model.keep(commit).unwrap();
    }
    assert!(refused > 3, "the disk was full {refused} times");
    same_answers(&model, &store.reopened(), &scribe);
}

#[test]
fn a_file_in_use_by_another_program_is_busy_and_free_afterwards() {
    let (mut scribe, mut store) = (Scribe::new(4), TestStore::new());
    store.store.with_connection(|db| db.busy_timeout(std::time::Duration::ZERO)).unwrap().unwrap();
    let other = Connection::open(store.folder.path().join("jeli.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let commit = [scribe.next_commit()];
    assert!(matches!(store.store.commit(&commit), Err(StoreFault::Busy)));
    other.execute_batch("ROLLBACK").unwrap();
    store.store.commit(&commit).unwrap();
}

#[test]
fn a_file_that_may_not_be_written_is_said_to_be_so_and_can_still_be_read() {
    let (mut scribe, mut model, mut store) = (Scribe::new(5), MemoryLog::new(), TestStore::new());
    let commits = [scribe.next_commit(), scribe.next_commit()];
    store.keep(&commits[..1]).unwrap();
    model.keep(&commits[..1]).unwrap();
    store.store.with_connection(|db| db.pragma_update(None, "query_only", true)).unwrap().unwrap();
    assert!(matches!(store.store.commit(&commits[1..]), Err(StoreFault::ReadOnly)));
    same_answers(&model, &store, &scribe);
}

#[test]
fn what_was_staged_and_then_undone_by_another_fault_is_never_said_to_be_kept() {
    let (mut scribe, mut model, mut store) = (Scribe::new(6), MemoryLog::new(), TestStore::new());
    let commits = [scribe.next_commit(), scribe.next_commit(), scribe.next_commit()];
    store.keep(&commits[..1]).unwrap();
    model.keep(&commits[..1]).unwrap();
    // As a disk that fails under a small table does: SQLite ends the transaction by itself.
    let failing = "CREATE TEMP TRIGGER failing BEFORE INSERT ON setting BEGIN SELECT RAISE(ROLLBACK, 'the disk'); END";
    store.store.with_connection(|db| db.execute_batch(failing)).unwrap().unwrap();
    store.store.stage(&commits[1]).unwrap();
    assert!(store.store.set_setting("addresses", b"somewhere").is_err());
    assert!(matches!(store.store.flush(), Err(StoreFault::Undone)), "whoever waits for the commit must not be told that it is kept");
    same_answers(&model, &store, &scribe);
    // Staged again after a fault that nobody passed on: refused as well, not kept in part.
    store.store.stage(&commits[1]).unwrap();
    assert!(store.store.set_setting("addresses", b"somewhere").is_err());
    assert!(matches!(store.store.stage(&commits[2]), Err(StoreFault::Undone)));
    store.store.with_connection(|db| db.execute_batch("DROP TRIGGER failing")).unwrap().unwrap();
    store.keep(&commits[1..]).unwrap();
    model.keep(&commits[1..]).unwrap();
    same_answers(&model, &store.reopened(), &scribe);
}
