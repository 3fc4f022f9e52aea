//! Since when news waits, and what is remembered of contacts.

use jeli_protocol::entry::Chain;
use jeli_protocol::frontier::{Frontier, Tip};
use jeli_protocol::ids::{ActorId, ChangeHash, DocumentId, NodeId, SpaceId};
use jeli_protocol::log::{Beyond, Commit, LogReader, Standing};
use jeli_protocol::log_conformance::{Author, facts, kept};

use super::super::{Contacted, LastRoad, Store};
use super::TestStore;
use crate::clock::now_ms;

const SPACE: SpaceId = SpaceId([1; 32]);
const DOCUMENT: DocumentId = DocumentId([2; 16]);

/// A change as our people write it; it awaits publication.
fn write(store: &mut Store, author: &Author, number: u8) -> ChangeHash {
    let hash = ChangeHash([number; 32]);
    let mut commit = Commit::new(SPACE);
    let mut change = kept(DOCUMENT, facts(hash, &ActorId::of_node(&author.id(), [0; 8]), number.into(), &[]), Standing::Ready);
    change.chunk.resize(100, number);
    commit.changes.push(change);
    commit.unpublished.push((DOCUMENT, hash));
    store.commit(&[commit]).unwrap();
    hash
}

fn publish(store: &mut Store, author: &mut Author, hashes: &[ChangeHash], first_seq: u64) {
    let mut commit = Commit::new(SPACE);
    commit.entries.push(author.new_content(&[(DOCUMENT, ActorId::of_node(&author.id(), [0; 8]), first_seq, hashes.to_vec())]));
    commit.published.extend(hashes.iter().map(|hash| (DOCUMENT, *hash)));
    store.commit(&[commit]).unwrap();
}

/// As if what awaits publication had been written so long ago.
fn age(store: &mut Store, ms: i64) {
    store.with_connection(|db| db.execute("UPDATE unpublished SET kept_ms = kept_ms - ?1", [ms])).unwrap().unwrap();
}

#[test]
fn words_wait_since_they_were_written_and_not_since_they_were_published() {
    let (mut test, mut author) = (TestStore::new(), Author::new(SPACE, 1));
    let (day, begun) = (86_400_000, now_ms());
    let first = write(&mut test.store, &author, 1);
    age(&mut test.store, 3 * day);
    let second = write(&mut test.store, &author, 2);
    for document in [None, Some(&DOCUMENT)] {
        let since = test.store.unpublished_since(&SPACE, document).unwrap().expect("words wait");
        assert!((begun - 3 * day - 60_000..=now_ms() - 3 * day).contains(&since), "the oldest counts, three days ago: {since}");
    }
    publish(&mut test.store, &mut author, &[first, second], 1);
    assert_eq!(test.store.unpublished_since(&SPACE, None).unwrap(), None, "nothing awaits publication any more");
    let third = write(&mut test.store, &author, 3);
    publish(&mut test.store, &mut author, &[third], 3);
    let beyond = |seq: u64| {
        let mut frontier = Frontier::default();
        let chain = jeli_protocol::entry::ChainId { node: author.id(), chain: Chain::Content };
        frontier.set(chain, Tip { seq, hash: jeli_protocol::ids::EntryHash([9; 32]) });
        (test.store.beyond(&SPACE, &frontier).unwrap(), test.store.beyond_in(&DOCUMENT, &frontier).unwrap())
    };
    let (all, of_document) = beyond(0);
    assert_eq!(all, of_document, "there is one document");
    assert_eq!((all.changes, all.plain_bytes), (3, 300));
    assert!(all.since_ms.is_some_and(|since| since < begun - 2 * day), "whoever has nothing waits since three days");
    let (later, _) = beyond(1);
    assert_eq!((later.changes, later.plain_bytes), (1, 100));
    assert!(later.since_ms.is_some_and(|since| since >= begun), "whoever has the first entry waits since just now");
    assert_eq!(beyond(2), (Beyond::default(), Beyond::default()), "whoever has both lacks nothing");
}

#[test]
fn the_last_contact_is_there_after_a_restart_with_its_road() {
    let mut test = TestStore::new();
    let (one, two) = (NodeId([1; 32]), NodeId([2; 32]));
    let met = |at_ms, road, ahead_ms| Contacted { at_ms, road, ahead_ms };
    test.store.keep_contact(&one, &met(5, LastRoad::Lan, None)).unwrap();
    test.store.keep_contact(&two, &met(6, LastRoad::Relay, Some(-40))).unwrap();
    test.store.keep_contact(&one, &met(7, LastRoad::Parcel, None)).unwrap();
    let test = jeli_protocol::log_conformance::LogKeeper::reopened(test);
    let contacts = test.store.contacts().unwrap();
    assert_eq!(contacts.get(&one), Some(&met(7, LastRoad::Parcel, None)), "the newest alone is kept");
    assert_eq!(contacts.get(&two), Some(&met(6, LastRoad::Relay, Some(-40))));
    assert_eq!(contacts.len(), 2);
}
