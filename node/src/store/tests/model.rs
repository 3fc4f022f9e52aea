//! The store and the log in memory, given the same commits, answer the same.

use jeli_protocol::log_conformance::{LogKeeper, Scribe, restanding, same_answers};
use jeli_protocol::log_memory::MemoryLog;
use proptest::prelude::*;

use super::TestStore;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn after_any_commits_it_answers_as_the_log_in_memory(seed in any::<u64>(), sizes in proptest::collection::vec(1usize..4, 1..12)) {
        let (mut scribe, mut model, mut store) = (Scribe::new(seed), MemoryLog::new(), TestStore::new());
        for size in sizes {
            let commits: Vec<_> = (0..size).map(|_| scribe.next_commit()).collect();
            model.keep(&commits).unwrap();
            store.keep(&commits).unwrap();
        }
        same_answers(&model, &store, &scribe);
        for space in scribe.spaces() {
            let forks = store.store.forks(&space).unwrap();
            prop_assert_eq!(model.forks(&space), forks.as_slice());
            prop_assert_eq!(model.void_entries(&space) as u64, store.store.entry_counts(&space).unwrap().void);
        }
        for document in scribe.documents() {
            let mut ready = model.ready_chunks(&document);
            let mut loaded = store.store.load_document(&document).unwrap().map(|loaded| loaded.chunks).unwrap_or_default();
            ready.sort();
            loaded.sort();
            prop_assert_eq!(ready, loaded, "what is loaded is what is ready");
        }
        store.store.check().unwrap();
        same_answers(&model, &store.reopened(), &scribe);
    }
}

#[test]
fn staged_commits_are_seen_at_once_and_undone_together() {
    let (mut scribe, mut model, mut store) = (Scribe::new(7), MemoryLog::new(), TestStore::new());
    let commits: Vec<_> = (0..20).map(|_| scribe.next_commit()).collect();
    for commit in &commits[..15] {
        store.store.stage(commit).unwrap();
        model.keep(std::slice::from_ref(commit)).unwrap();
        same_answers(&model, &store, &scribe);
    }
    store.store.flush().unwrap();
    for commit in &commits[15..] {
        store.store.stage(commit).unwrap();
    }
    let mut flawed = commits[0].clone();
    flawed.restanding.push(restanding(
        jeli_protocol::ids::DocumentId([200; 16]),
        jeli_protocol::ids::ChangeHash([0; 32]),
        jeli_protocol::log::Standing::Ready,
    ));
    store.store.stage(&flawed).unwrap_err();
    same_answers(&model, &store, &scribe);
    store.store.flush().unwrap();
    same_answers(&model, &store.reopened(), &scribe);
}
