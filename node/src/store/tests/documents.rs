//! Loading: the snapshot and what came after it are the document.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId as AutomergeActor, AutoCommit, ObjType, ROOT, ReadDoc};
use jeli_protocol::acceptance::Arrivals;
use jeli_protocol::ids::{BlobHash, ChangeHash, DocumentId, NodeId, SpaceId};
use jeli_protocol::kinds::Facts;
use jeli_protocol::kinds::facts::Duty;
use jeli_protocol::log::{Commit, LogReader, Restanding, Standing, StoredChange};
use jeli_protocol::log_conformance::restanding;
use jeli_protocol::scan::scan;
use proptest::prelude::*;

use super::super::{DescribeOutcome, SnapshotOutcome, Store};
use super::{TestStore, WITHOUT_LATER};
use crate::clock;
use crate::replica_handle::Described;

const SPACE: SpaceId = SpaceId([1; 32]);
const DOCUMENT: DocumentId = DocumentId([2; 16]);

/// Two people who write into one text, now and then hearing of each other.
fn history(length: usize) -> (AutoCommit, Vec<Vec<u8>>) {
    let mut one = AutoCommit::new().with_actor(AutomergeActor::from(vec![1; 16]));
    let text = one.put_object(ROOT, "text", ObjType::Text).unwrap();
    one.commit();
    let mut two = one.fork().with_actor(AutomergeActor::from(vec![2; 16]));
    for turn in 0..length {
        let (writer, reader) = if turn % 3 == 0 { (&mut two, &mut one) } else { (&mut one, &mut two) };
        let end = writer.length(&text);
        writer.splice_text(&text, end / 2, 0, &format!("{turn} ")).unwrap();
        writer.commit();
        if turn % 4 == 3 {
            reader.merge(writer).unwrap();
        }
    }
    one.merge(&mut two).unwrap();
    let chunks = one.get_changes(&[]).into_iter().map(|change| change.raw_bytes().to_vec()).collect();
    (one, chunks)
}

/// Chunks come in, as the machine takes them in; in the commit they stand in order of hash, as a careless caller would put them.
fn arrive(store: &mut Store, chunks: &[&Vec<u8>]) {
    let mut arrivals = Arrivals::new(store, DOCUMENT);
    let mut bytes = BTreeMap::new();
    for chunk in chunks {
        let facts = scan(chunk).unwrap();
        bytes.insert(facts.hash, (*chunk).clone());
        arrivals.take(facts, &NodeId([1; 32]), true, true).unwrap();
    }
    let arrived = arrivals.finish().unwrap();
    let mut commit = Commit::new(SPACE);
    for (hash, record) in arrived.records {
        match bytes.remove(&hash).filter(|_| store.change(&DOCUMENT, &hash).unwrap().is_none()) {
            Some(chunk) => commit.changes.push(StoredChange { document: DOCUMENT, record, chunk }),
            None => commit.restanding.push(Restanding {
                document: DOCUMENT,
                hash,
                admitted: record.admitted,
                owned: record.owned,
                standing: record.standing,
            }),
        }
    }
    store.commit(&[commit]).unwrap();
}

#[test]
fn what_changes_name_is_found_in_steps_each_of_which_reads_a_bounded_part() {
    let mut writer = AutoCommit::new().with_actor(AutomergeActor::from(vec![1; 16]));
    let hash = |number: u8| BlobHash([number; 32]);
    for number in 0..40 {
        // Long enough to be compressed where it travels.
        writer.put(ROOT, format!("name {number}"), format!("{}{}", "0".repeat(1_000), hash(number))).unwrap();
        writer.commit();
    }
    writer.delete(ROOT, "name 7").unwrap();
    writer.commit();
    let chunks: Vec<Vec<u8>> = writer.get_changes(&[]).into_iter().map(|change| change.raw_bytes().to_vec()).collect();
    let mut store = TestStore::new();
    arrive(&mut store.store, &chunks.iter().collect::<Vec<_>>());
    let asked: HashSet<BlobHash> = [7, 20, 39, 100].map(hash).into();
    let (mut found, mut next, mut steps) = (BTreeSet::new(), Some(0), 0);
    while let Some(after) = next {
        let named = store.store.history_names(&asked, after, 10_000).unwrap();
        assert!(named.next.is_none_or(|next| next > after), "it goes on");
        found.extend(named.hashes);
        next = named.next;
        steps += 1;
    }
    assert_eq!(found, [7, 20, 39].map(hash).into(), "of what the document names, and what it named once");
    assert!(steps > 3, "{steps} steps");
}

/// Applies what the store gives, each change alone and in order: one that came before its dependencies would be missing.
fn loaded(store: &Store) -> (AutoCommit, usize) {
    let loaded = store.load_document(&DOCUMENT).unwrap().unwrap();
    let mut document = loaded.snapshot.as_deref().map_or_else(AutoCommit::new, |bytes| AutoCommit::load(bytes).unwrap());
    for chunk in &loaded.chunks {
        let change = automerge::Change::from_bytes(chunk.clone()).unwrap();
        assert!(change.deps().iter().all(|dep| document.get_change_by_hash(dep).is_some()), "dependencies come first");
        document.apply_changes([change]).unwrap();
    }
    (document, loaded.chunks.len())
}

fn heads(document: &mut AutoCommit) -> Vec<ChangeHash> {
    document.get_heads().iter().map(|head| ChangeHash(head.0)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn in_whatever_order_changes_arrive_and_whenever_it_is_saved_the_same_document_is_loaded(
        order in Just((0..40usize).collect::<Vec<_>>()).prop_shuffle(),
        batch in 1usize..9,
        save_every in 1usize..5,
    ) {
        let mut test = TestStore::new();
        let (mut whole, chunks) = history(39);
        prop_assert_eq!(chunks.len(), 40);
        for (turn, places) in order.chunks(batch).enumerate() {
            arrive(&mut test.store, &places.iter().map(|at| &chunks[*at]).collect::<Vec<_>>());
            let (mut document, _) = loaded(&test.store);
            if turn % save_every == 0 && !document.get_heads().is_empty() {
                let heads = heads(&mut document);
                let bytes = document.save();
                prop_assert_eq!(test.store.save_snapshot(&DOCUMENT, &heads, &bytes).unwrap(), SnapshotOutcome::Saved);
                let (mut again, after) = loaded(&test.store);
                prop_assert_eq!(after, 0, "the snapshot holds everything");
                prop_assert_eq!(again.get_heads(), document.get_heads());
            }
        }
        let (mut document, _) = loaded(&test.store);
        prop_assert_eq!(document.get_heads(), whole.get_heads());
        prop_assert_eq!(test.store.heads(&DOCUMENT).unwrap().into_iter().collect::<Vec<_>>(), heads(&mut whole));
    }
}

#[test]
fn a_snapshot_of_an_older_or_a_larger_document_is_not_kept() {
    let mut test = TestStore::new();
    let (mut whole, chunks) = history(10);
    arrive(&mut test.store, &chunks[..6].iter().collect::<Vec<_>>());
    let (mut older, _) = loaded(&test.store);
    let larger = (heads(&mut whole), whole.save());
    assert_eq!(test.store.save_snapshot(&DOCUMENT, &larger.0, &larger.1).unwrap(), SnapshotOutcome::NotTheDocument);
    assert_eq!(test.store.save_snapshot(&DOCUMENT, &[], &AutoCommit::new().save()).unwrap(), SnapshotOutcome::NotTheDocument);
    arrive(&mut test.store, &chunks[6..].iter().collect::<Vec<_>>());
    let old = (heads(&mut older), older.save());
    assert_eq!(test.store.save_snapshot(&DOCUMENT, &old.0, &old.1).unwrap(), SnapshotOutcome::NotTheDocument);
    assert_eq!(loaded(&test.store).1, chunks.len());
    assert_eq!(test.store.save_snapshot(&DOCUMENT, &larger.0, &larger.1).unwrap(), SnapshotOutcome::Saved);
    assert_eq!(test.store.save_snapshot(&DocumentId([9; 16]), &larger.0, &larger.1).unwrap(), SnapshotOutcome::NotTheDocument);
}

#[test]
fn a_document_that_shrinks_forgets_its_snapshot_and_grows_again() {
    let mut test = TestStore::new();
    let (mut whole, chunks) = history(8);
    arrive(&mut test.store, &chunks.iter().collect::<Vec<_>>());
    test.store.save_snapshot(&DOCUMENT, &heads(&mut whole), &whole.save()).unwrap();
    test.store.describe(&DOCUMENT, &titled("A plan")).unwrap();
    assert_eq!(test.store.document(&DOCUMENT).unwrap().unwrap().described, Described::Fresh);
    let last = scan(&chunks[chunks.len() - 1]).unwrap().hash;
    for (standing, count) in [(Standing::Aside, chunks.len() - 1), (Standing::Ready, chunks.len())] {
        let mut commit = Commit::new(SPACE);
        commit.restanding.push(restanding(DOCUMENT, last, standing));
        test.store.commit(&[commit]).unwrap();
        let (_, after) = loaded(&test.store);
        assert_eq!(after, count, "without a snapshot, every change that is part of it");
        assert_eq!(test.store.document(&DOCUMENT).unwrap().unwrap().described, Described::Stale);
    }
    assert_eq!(loaded(&test.store).0.get_heads(), whole.get_heads());
}

fn titled(title: &str) -> Facts {
    Facts { title: title.to_owned(), ..Facts::default() }
}

/// A store to which changes have come, each by itself, that say these times.
fn written_at(times: &[i64]) -> TestStore {
    let mut test = TestStore::new();
    let mut document = AutoCommit::new().with_actor(AutomergeActor::from(vec![1; 16]));
    for (number, time) in times.iter().enumerate() {
        document.put(ROOT, "number", number as u64).unwrap();
        document.commit_with(CommitOptions::default().with_time(*time));
        let chunk = document.get_last_local_change().unwrap().raw_bytes().to_vec();
        arrive(&mut test.store, &[&chunk]);
    }
    test
}

fn changed_at(test: &TestStore) -> i64 {
    test.store.document(&DOCUMENT).unwrap().unwrap().changed_at_ms.unwrap()
}

#[test]
fn a_document_was_changed_when_its_newest_change_says_but_not_after_it_came_nor_before_2020() {
    let start = clock::now_ms();
    let (last_week, yesterday, next_year) = (start / 1000 - 7 * 86_400, start / 1000 - 86_400, start / 1000 + 365 * 86_400);
    let told: [&[i64]; 4] = [&[yesterday], &[last_week, yesterday], &[yesterday, last_week], &[0, yesterday, 1_000]];
    for times in told {
        assert_eq!(changed_at(&written_at(times)), yesterday * 1000, "{times:?}");
    }
    let untold: [&[i64]; 4] = [&[0], &[1_577_836_799], &[next_year], &[last_week, next_year]];
    for times in untold {
        let changed_at = changed_at(&written_at(times));
        assert!((start..=clock::now_ms()).contains(&changed_at), "{times:?} counts by its coming");
    }
    assert_eq!(changed_at(&written_at(&[1_577_836_800])), 1_577_836_800_000);
}

#[test]
fn a_file_from_before_times_of_writing_were_noted_tells_them_after_its_migration() {
    let yesterday = clock::now_s() - 86_400;
    let times: [(&[i64], bool); 3] = [(&[0, yesterday], true), (&[0], false), (&[i64::MAX], false)];
    for (times, told) in times {
        let mut test = written_at(times);
        let before = changed_at(&test);
        let earlier =
            format!("{WITHOUT_LATER} ALTER TABLE document DROP COLUMN written_ms; ALTER TABLE space DROP COLUMN halted; PRAGMA user_version = 4");
        test.store.with_connection(|db| db.execute_batch(&earlier)).unwrap().unwrap();
        let test = jeli_protocol::log_conformance::LogKeeper::reopened(test);
        assert_eq!(changed_at(&test) == yesterday * 1000, told, "{times:?}");
        assert!((before - 1000..=before).contains(&changed_at(&test)), "{times:?} is as it was, to the second");
    }
}

#[test]
fn what_is_said_of_a_document_is_kept_and_a_file_from_before_is_to_be_described_anew() {
    let mut test = TestStore::new();
    let (_, chunks) = history(3);
    arrive(&mut test.store, &chunks.iter().collect::<Vec<_>>());
    let facts = Facts {
        person: "мектеп/адам".to_owned(), duties: vec![Duty { what: "Хат".to_owned(), ..Duty::default() }], ..titled("План")
    };
    assert_eq!(test.store.describe(&DOCUMENT, &facts).unwrap(), DescribeOutcome::News);
    assert_eq!(test.store.describe(&DOCUMENT, &facts).unwrap(), DescribeOutcome::Known, "lists show the same");
    let mut test = jeli_protocol::log_conformance::LogKeeper::reopened(test);
    assert_eq!(test.store.document(&DOCUMENT).unwrap().unwrap().facts, facts);

    let earlier = format!("{WITHOUT_LATER} PRAGMA user_version = 6");
    test.store.with_connection(|db| db.execute_batch(&earlier)).unwrap().unwrap();
    let mut test = jeli_protocol::log_conformance::LogKeeper::reopened(test);
    let before = test.store.document(&DOCUMENT).unwrap().unwrap();
    assert_eq!((before.title.as_str(), before.facts, before.described), ("План", Facts::default(), Described::Stale));
    test.store.describe(&DOCUMENT, &facts).unwrap();
    let after = test.store.document(&DOCUMENT).unwrap().unwrap();
    assert_eq!((after.facts, after.described), (facts, Described::Fresh));
}

#[test]
fn small_things_are_there_after_a_restart() {
    let mut test = TestStore::new();
    let join = super::super::PendingJoin { space: SPACE, ticket: b"ticket".to_vec() };
    test.store.begin_join(&join).unwrap();
    test.store.set_setting("line", b"cut").unwrap();
    assert_eq!((1..=3).map(|_| test.store.next_receipt_counter(&SPACE).unwrap()).collect::<Vec<_>>(), [1, 2, 3]);
    let (_, chunks) = history(3);
    arrive(&mut test.store, &chunks.iter().collect::<Vec<_>>());
    test.store.describe(&DOCUMENT, &titled("План")).unwrap();
    let mut test = jeli_protocol::log_conformance::LogKeeper::reopened(test);
    assert_eq!(test.store.pending_joins().unwrap(), [join]);
    test.store.end_join(&SPACE).unwrap();
    assert_eq!(test.store.pending_joins().unwrap(), []);
    assert_eq!(test.store.setting("line").unwrap().as_deref(), Some(&b"cut"[..]));
    assert_eq!(test.store.setting("none").unwrap(), None);
    assert_eq!(test.store.next_receipt_counter(&SPACE).unwrap(), 4);
    let listed = test.store.documents(Some(&SPACE)).unwrap();
    assert_eq!((listed.len(), listed[0].title.as_str(), listed[0].described), (1, "План", Described::Fresh));
    assert!(listed[0].changed_at_ms.is_some_and(|ms| ms > 1_700_000_000_000));
    assert_eq!(test.store.documents(None).unwrap(), listed);
    assert_eq!(test.store.documents(Some(&SpaceId([9; 32]))).unwrap(), []);
}
