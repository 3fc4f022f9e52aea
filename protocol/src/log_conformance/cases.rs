//! The cases, each named for what it shows.
#![allow(missing_docs, reason = "the names of the cases are their sentences")]

use super::{Author, LogKeeper, facts, kept, restanding};
use crate::commit_flaw::CommitFlaw;
use crate::entry::{Chain, ChainId, Position, Role, SealedKey};
use crate::frontier::{Frontier, Tip};
use crate::ids::{ActorId, ChangeHash, DocumentId, EntryHash, NodeId, SpaceId};
use crate::invitation::InvitationId;
use crate::log::{Commit, Halt, IssuedInvitation, NewEntry, Standing, StoredSpace};
use crate::receipt::Receipt;
use crate::seal::Sealed;

const SPACE: SpaceId = SpaceId([1; 32]);
const OTHER_SPACE: SpaceId = SpaceId([2; 32]);
const DOCUMENT: DocumentId = DocumentId([3; 16]);
const OTHER_DOCUMENT: DocumentId = DocumentId([4; 16]);

fn actor(number: u8) -> ActorId {
    ActorId::from(&[number; 16][..])
}

fn hash(number: u8) -> ChangeHash {
    ChangeHash([number; 32])
}

fn commit(fill: impl FnOnce(&mut Commit)) -> Commit {
    let mut commit = Commit::new(SPACE);
    fill(&mut commit);
    commit
}

fn keep<K: LogKeeper>(log: &mut K, fill: impl FnOnce(&mut Commit)) {
    log.keep(&[commit(fill)]).unwrap();
}

fn hashes(entries: &[crate::log::ContentEntry]) -> Vec<EntryHash> {
    entries.iter().map(|entry| entry.entry.hash).collect()
}

pub fn an_empty_log_answers_that_there_is_nothing<K: LogKeeper>(log: K) {
    let chain = ChainId { node: NodeId([1; 32]), chain: Chain::Content };
    assert_eq!(log.spaces(), Ok(vec![]));
    assert_eq!(log.frontier(&SPACE), Ok(Frontier::default()));
    assert_eq!(log.entry_hash(&SPACE, &Position { chain, seq: 0 }), Ok(None));
    assert_eq!(log.control_entries(&SPACE), Ok(vec![]));
    assert_eq!(log.change(&DOCUMENT, &hash(1)), Ok(None));
    assert_eq!(log.receipts(&SPACE), Ok(vec![]));
    assert_eq!(log.invitation(&InvitationId([1; 16])), Ok(None));
}

pub fn entries_come_back_as_they_were_and_move_the_frontier<K: LogKeeper>(mut log: K) {
    let mut author = Author::new(SPACE, 1);
    let (first, second) = (author.control(b"one"), author.control(b"two"));
    let content: Vec<_> = (1..=3).map(|n| author.content(&[(DOCUMENT, actor(1), n, vec![hash(n as u8)])])).collect();
    keep(&mut log, |commit| commit.entries.push(first.clone()));
    keep(&mut log, |commit| {
        commit.changes.push(kept(DOCUMENT, facts(hash(1), &actor(1), 1, &[]), Standing::Ready));
        commit.entries.push(NewEntry::Content { entry: content[0].clone(), waits: false, void: false });
        commit.entries.push(second.clone());
        commit.entries.push(NewEntry::Content { entry: content[1].clone(), waits: false, void: false });
    });
    keep(&mut log, |commit| commit.entries.push(NewEntry::Content { entry: content[2].clone(), waits: false, void: false }));
    let log = log.reopened();
    assert_eq!(log.control_entries(&SPACE), Ok(vec![first.entry().clone(), second.entry().clone()]));
    assert_eq!(log.control_entries(&OTHER_SPACE), Ok(vec![]), "spaces are apart");
    assert_eq!(log.entries_of_document(&DOCUMENT), Ok(content.clone()), "with previous hashes, signatures and changes, known or not");
    let mut frontier = Frontier::default();
    for (chain, entry) in [(Chain::Control, second.entry()), (Chain::Content, &content[2].entry)] {
        frontier.set(ChainId { node: author.id(), chain }, Tip { seq: entry.position.seq, hash: entry.hash });
    }
    assert_eq!(log.frontier(&SPACE), Ok(frontier));
    assert_eq!(log.entry_hash(&SPACE, &content[1].entry.position), Ok(Some(content[1].entry.hash)));
    assert_eq!(log.entry_hash(&OTHER_SPACE, &content[1].entry.position), Ok(None));
    assert_eq!(log.entry_hash(&SPACE, &Position { seq: 4, ..content[1].entry.position }), Ok(None));
}

pub fn content_entries_lie_between_two_frontiers_in_the_order_of_commit<K: LogKeeper>(mut log: K) {
    let mut authors = [Author::new(SPACE, 1), Author::new(SPACE, 2), Author::new(SPACE, 3)];
    let mut all = Vec::new();
    // The third begins late, and they take turns unevenly.
    for turn in [0, 0, 1, 0, 1, 2, 2, 0, 1, 1, 2] {
        let entry = authors[turn].content(&[(DOCUMENT, actor(turn as u8), all.len() as u64 + 1, vec![hash(all.len() as u8)])]);
        all.push((turn, entry.clone()));
        keep(&mut log, |commit| commit.entries.push(NewEntry::Content { entry, waits: false, void: false }));
    }
    let log = log.reopened();
    let at = |seqs: [u64; 3]| {
        let mut frontier = Frontier::default();
        for (author, seq) in authors.iter().zip(seqs) {
            frontier.set(ChainId { node: author.id(), chain: Chain::Content }, Tip { seq, hash: EntryHash([5; 32]) });
        }
        frontier
    };
    let wanted = |after: [u64; 3], upto: [u64; 3], limit: usize| {
        let between = |(turn, entry): &&(usize, _)| {
            let entry: &crate::log::ContentEntry = entry;
            entry.entry.position.seq > after[*turn] && entry.entry.position.seq <= upto[*turn]
        };
        all.iter().filter(between).take(limit).map(|(_, entry)| entry.entry.hash).collect::<Vec<_>>()
    };
    for (after, upto) in [([0, 0, 0], [4, 4, 3]), ([1, 2, 0], [3, 4, 3]), ([4, 0, 3], [4, 4, 3]), ([0, 0, 0], [9, 0, 1]), ([3, 3, 3], [1, 1, 1])] {
        for limit in 0..12 {
            let found = log.content_entries(&SPACE, &at(after), &at(upto), limit).unwrap();
            assert_eq!(hashes(&found), wanted(after, upto, limit), "after {after:?} up to {upto:?}, {limit} at most");
        }
    }
}

pub fn a_change_comes_back_with_all_that_is_known_of_it<K: LogKeeper>(mut log: K) {
    let chain: Vec<_> =
        (1..=4).map(|n| facts(hash(n), &actor(1), n.into(), if n == 1 { &[] } else { std::slice::from_ref(&CHAIN[n as usize - 2]) })).collect();
    let merge = facts(hash(5), &actor(2), 1, &[hash(4), hash(2), hash(77)]);
    let changes: Vec<_> =
        chain.into_iter().map(|facts| kept(DOCUMENT, facts, Standing::Ready)).chain([kept(DOCUMENT, merge, Standing::Waiting)]).collect();
    keep(&mut log, |commit| commit.changes = changes[..2].to_vec());
    keep(&mut log, |commit| commit.changes = changes[2..].to_vec());
    // The same change in another document is a change of its own.
    let elsewhere = kept(OTHER_DOCUMENT, facts(hash(1), &actor(1), 1, &[]), Standing::Void);
    keep(&mut log, |commit| commit.changes.push(elsewhere.clone()));
    let log = log.reopened();
    for change in &changes {
        assert_eq!(log.change(&DOCUMENT, &change.record.facts.hash), Ok(Some(change.record.clone())));
        assert_eq!(log.chunk(&DOCUMENT, &change.record.facts.hash), Ok(Some(change.chunk.clone())));
    }
    assert_eq!(log.changes_of_document(&DOCUMENT), Ok(changes.into_iter().map(|change| change.record).collect()));
    assert_eq!(log.changes_of_document(&OTHER_DOCUMENT), Ok(vec![elsewhere.record]));
    assert_eq!(log.chunk(&OTHER_DOCUMENT, &hash(2)), Ok(None));
}

const CHAIN: [ChangeHash; 4] = [ChangeHash([1; 32]), ChangeHash([2; 32]), ChangeHash([3; 32]), ChangeHash([4; 32])];

pub fn two_changes_with_one_seq_are_both_found<K: LogKeeper>(mut log: K) {
    for number in [9, 3] {
        keep(&mut log, |commit| commit.changes.push(kept(DOCUMENT, facts(hash(number), &actor(1), 5, &[]), Standing::Ready)));
    }
    // A change that comes again is no second one; it takes the new standing.
    keep(&mut log, |commit| commit.changes.push(kept(DOCUMENT, facts(hash(9), &actor(1), 5, &[]), Standing::Void)));
    let log = log.reopened();
    assert_eq!(log.changes_at(&DOCUMENT, &actor(1), 5), Ok(vec![hash(9), hash(3)]), "in order of commit");
    assert_eq!(log.changes_at(&DOCUMENT, &actor(2), 5), Ok(vec![]));
    assert_eq!(log.changes_at(&DOCUMENT, &actor(1), 4), Ok(vec![]));
    assert_eq!(log.changes_at(&OTHER_DOCUMENT, &actor(1), 5), Ok(vec![]));
    assert_eq!(log.change(&DOCUMENT, &hash(9)).unwrap().map(|record| record.standing), Some(Standing::Void));
}

pub fn changes_that_wait_are_found_by_what_they_wait_for_until_they_wait_no_more<K: LogKeeper>(mut log: K) {
    keep(&mut log, |commit| {
        commit.changes.push(kept(DOCUMENT, facts(hash(2), &actor(1), 2, &[hash(1), hash(8)]), Standing::Waiting));
        commit.changes.push(kept(DOCUMENT, facts(hash(3), &actor(2), 1, &[hash(1)]), Standing::Waiting));
        commit.changes.push(kept(DOCUMENT, facts(hash(4), &actor(3), 1, &[hash(1)]), Standing::Aside));
    });
    assert_eq!(log.waiting_for(&DOCUMENT, &hash(1)), Ok(vec![hash(2), hash(3)]));
    assert_eq!(log.waiting_for(&DOCUMENT, &hash(8)), Ok(vec![hash(2)]));
    keep(&mut log, |commit| {
        commit.changes.push(kept(DOCUMENT, facts(hash(1), &actor(1), 1, &[]), Standing::Ready));
        commit.restanding.push(restanding(DOCUMENT, hash(3), Standing::Ready));
        commit.restanding.push(restanding(DOCUMENT, hash(4), Standing::Waiting));
    });
    let log = log.reopened();
    assert_eq!(log.waiting_for(&DOCUMENT, &hash(1)), Ok(vec![hash(2), hash(4)]));
    assert_eq!(log.change(&DOCUMENT, &hash(3)).unwrap().map(|record| (record.admitted, record.standing)), Some((true, Standing::Ready)));
}

pub fn an_entry_waits_until_its_waiting_is_over<K: LogKeeper>(mut log: K) {
    let mut author = Author::new(SPACE, 1);
    let entries: Vec<_> = (1..=3).map(|n| author.content(&[(DOCUMENT, actor(1), n, vec![hash(n as u8)])])).collect();
    keep(&mut log, |commit| {
        commit.entries = entries.iter().map(|entry| NewEntry::Content { entry: entry.clone(), waits: true, void: false }).collect();
        commit.waits.push((entries[2].entry.position, false));
    });
    assert_eq!(log.waiting_entries(&SPACE), Ok(entries[..2].to_vec()));
    keep(&mut log, |commit| commit.waits = vec![(entries[0].entry.position, false), (entries[2].entry.position, true)]);
    let log = log.reopened();
    assert_eq!(log.waiting_entries(&SPACE), Ok(entries[1..].to_vec()));
    assert_eq!(log.waiting_entries(&OTHER_SPACE), Ok(vec![]));
}

pub fn what_is_not_published_stays_in_order_until_an_entry_publishes_it<K: LogKeeper>(mut log: K) {
    let named = |number: u8| (DOCUMENT, hash(number));
    keep(&mut log, |commit| {
        commit.changes = (1..=3).map(|n| kept(DOCUMENT, facts(hash(n), &actor(1), n.into(), &[]), Standing::Ready)).collect();
        commit.unpublished = vec![named(3), named(1)];
    });
    keep(&mut log, |commit| commit.unpublished = vec![named(2), named(3)]);
    let order = |log: &K| log.unpublished(&SPACE).unwrap().iter().map(|change| change.hash.0[0]).collect::<Vec<_>>();
    assert_eq!(order(&log), [3, 1, 2], "in order of commit, each once");
    keep(&mut log, |commit| commit.published = vec![named(1), (OTHER_DOCUMENT, hash(2)), named(99)]);
    let mut log = log.reopened();
    assert_eq!(order(&log), [3, 2]);
    let first = log.unpublished(&SPACE).unwrap().remove(0);
    assert_eq!((first.document, first.actor, first.seq, first.bytes), (DOCUMENT, actor(1), 3, 38));
    keep(&mut log, |commit| commit.published = vec![named(2), named(3)]);
    assert_eq!(order(&log), [0; 0]);
}

pub fn only_a_newer_receipt_replaces_an_older_one<K: LogKeeper>(mut log: K) {
    let (one, two) = (Author::new(SPACE, 1), Author::new(SPACE, 2));
    let mut frontier = Frontier::default();
    frontier.set(ChainId { node: one.id(), chain: Chain::Control }, Tip { seq: 3, hash: EntryHash([9; 32]) });
    let receipt = |author: &Author, counter| Receipt::sign(&SPACE, &author.key, counter, frontier.clone());
    keep(&mut log, |commit| commit.receipts = vec![receipt(&one, 5), receipt(&two, 1)]);
    keep(&mut log, |commit| commit.receipts = vec![receipt(&one, 4), receipt(&two, 7)]);
    let log = log.reopened();
    let mut wanted = vec![receipt(&one, 5), receipt(&two, 7)];
    wanted.sort_by_key(|receipt| receipt.node);
    let found = log.receipts(&SPACE).unwrap();
    assert_eq!(found, wanted, "in order of node");
    assert!(found.into_iter().all(|receipt| receipt.verify(&SPACE).is_ok()), "a kept receipt can be relayed");
    assert_eq!(log.receipts(&OTHER_SPACE), Ok(vec![]));
}

pub fn a_node_claims_a_foreign_actor_by_publishing_it<K: LogKeeper>(mut log: K) {
    let mut authors = [Author::new(SPACE, 1), Author::new(SPACE, 2), Author::new(SPACE, 3)];
    let own = ActorId::of_node(&authors[0].id(), [1; 8]);
    for author in authors.iter_mut().take(2) {
        let runs = [(DOCUMENT, own.clone(), 1, vec![hash(1)]), (DOCUMENT, actor(8), 1, vec![hash(2)])];
        let entry = author.new_content(&runs);
        keep(&mut log, |commit| commit.entries.push(entry));
    }
    let entry = authors[2].content(&[(DOCUMENT, actor(8), 2, vec![hash(3)])]);
    keep(&mut log, |commit| commit.entries.push(NewEntry::Content { entry, waits: false, void: true }));
    let log = log.reopened();
    let mut both = vec![authors[0].id(), authors[1].id()];
    both.sort();
    assert_eq!(log.claims(&DOCUMENT, &actor(8)), Ok(both), "a void entry claims nothing");
    assert_eq!(log.claims(&DOCUMENT, &own), Ok(vec![]), "nobody claims a node's actor: its owner need not, others cannot");
    assert_eq!(log.claims(&OTHER_DOCUMENT, &actor(8)), Ok(vec![]));
}

pub fn spaces_keys_and_invitations_are_kept<K: LogKeeper>(mut log: K) {
    let key = |number: u8| SealedKey { node: NodeId([number; 32]), sealed: Sealed(vec![number; 80]) };
    let mut first = Commit::new(OTHER_SPACE);
    first.sealed_key = Some(key(1));
    let mut second = Commit::new(SPACE);
    second.entries.push(Author::new(SPACE, 1).control(b"act"));
    log.keep(&[first.clone()]).unwrap();
    log.keep(&[second]).unwrap();
    first.sealed_key = Some(key(2));
    let invitation = IssuedInvitation { space: OTHER_SPACE, id: InvitationId([6; 16]), secret: [7; 16], role: Role::Member, spent_by: None };
    first.invitations.push(invitation.clone());
    log.keep(&[first]).unwrap();
    let mut log = log.reopened();
    let stored = |space, sealed_key| StoredSpace { space, sealed_key, halted: None };
    assert_eq!(log.spaces(), Ok(vec![stored(OTHER_SPACE, Some(key(2))), stored(SPACE, None)]), "in the order in which they came");
    assert_eq!(log.invitation(&invitation.id), Ok(Some(invitation.clone())));
    assert_eq!(log.invitation(&InvitationId([0; 16])), Ok(None));
    let spent = IssuedInvitation { spent_by: Some(NodeId([8; 32])), ..invitation };
    let mut third = Commit::new(OTHER_SPACE);
    third.invitations.push(spent.clone());
    log.keep(&[third]).unwrap();
    assert_eq!(log.invitation(&spent.id), Ok(Some(spent)));
    assert_eq!(log.spaces().unwrap()[0].sealed_key, Some(key(2)), "a commit without a key leaves the key as it is");
    let mut halting = Commit::new(SPACE);
    halting.halted = Some(Halt::OwnLogForked);
    log.keep(&[halting, Commit::new(SPACE)]).unwrap();
    let halted: Vec<_> = log.reopened().spaces().unwrap().into_iter().map(|space| space.halted).collect();
    assert_eq!(halted, [None, Some(Halt::OwnLogForked)], "for good, and in that space alone");
}

pub fn the_last_entry_of_each_chain_is_known_for_a_document<K: LogKeeper>(mut log: K) {
    let mut authors = [Author::new(SPACE, 1), Author::new(SPACE, 2)];
    for (author, document) in [(0, DOCUMENT), (0, OTHER_DOCUMENT), (1, DOCUMENT), (0, DOCUMENT), (1, OTHER_DOCUMENT)] {
        let entry = authors[author].new_content(&[(document, actor(1), 1, vec![hash(1)])]);
        keep(&mut log, |commit| commit.entries.push(entry));
    }
    let chain = |author: usize| ChainId { node: authors[author].id(), chain: Chain::Content };
    let mut wanted = vec![(DOCUMENT, chain(0), 3), (DOCUMENT, chain(1), 1), (OTHER_DOCUMENT, chain(0), 2), (OTHER_DOCUMENT, chain(1), 2)];
    wanted.sort();
    let log = log.reopened();
    assert_eq!(log.document_tips(&SPACE), Ok(wanted), "in order of document and chain");
    assert_eq!(log.document_tips(&OTHER_SPACE), Ok(vec![]));
}

pub fn a_commit_that_does_not_fit_leaves_nothing_behind<K: LogKeeper>(mut log: K) {
    let mut author = Author::new(SPACE, 1);
    let first = author.content(&[(DOCUMENT, actor(1), 1, vec![hash(1)])]);
    let second = author.content(&[(DOCUMENT, actor(1), 2, vec![hash(2)])]);
    let content = |entry: &crate::log::ContentEntry| NewEntry::Content { entry: entry.clone(), waits: false, void: false };
    let change = kept(DOCUMENT, facts(hash(1), &actor(1), 1, &[]), Standing::Ready);
    let place = first.entry.position;
    let mut other_branch = second.clone();
    other_branch.entry.previous = EntryHash([8; 32]);
    let mut short = first.clone();
    short.changes.clear();
    let flawed: Vec<(CommitFlaw, Commit)> = vec![
        (CommitFlaw::NotNext(second.entry.position), commit(|commit| commit.entries = vec![content(&second)])),
        (CommitFlaw::NotNext(place), commit(|commit| commit.entries = vec![content(&first), content(&first)])),
        (CommitFlaw::NotNext(second.entry.position), commit(|commit| commit.entries = vec![content(&first), content(&other_branch)])),
        (CommitFlaw::RunsDoNotFit(place), commit(|commit| commit.entries = vec![content(&short)])),
        (CommitFlaw::WrongChain(place), commit(|commit| commit.entries = vec![NewEntry::Control(first.entry.clone())])),
        (CommitFlaw::UnknownChange(DOCUMENT, hash(2)), commit(|commit| commit.restanding = vec![restanding(DOCUMENT, hash(2), Standing::Ready)])),
        (CommitFlaw::UnknownChange(OTHER_DOCUMENT, hash(1)), commit(|commit| commit.unpublished = vec![(OTHER_DOCUMENT, hash(1))])),
        (CommitFlaw::UnknownEntry(place), commit(|commit| commit.waits = vec![(place, true)])),
    ];
    for (flaw, mut commit) in flawed {
        commit.changes.push(change.clone());
        assert_eq!(log.keep(&[commit]), Err(flaw.clone()));
        assert_eq!(log.change(&DOCUMENT, &hash(1)), Ok(None), "nothing of it is kept: {flaw}");
        assert_eq!(log.frontier(&SPACE), Ok(Frontier::default()), "{flaw}");
    }
    keep(&mut log, |commit| {
        commit.changes.push(change.clone());
        commit.entries = vec![content(&first), content(&second)];
    });
    assert_eq!(log.frontier(&SPACE).unwrap().len(), 1, "what fits is kept afterwards");
}

pub fn several_commits_are_kept_together_or_not_at_all<K: LogKeeper>(mut log: K) {
    let mut author = Author::new(SPACE, 1);
    let entries: Vec<_> = (1..=3).map(|n| author.new_content(&[(DOCUMENT, actor(1), n, vec![hash(n as u8)])])).collect();
    let of = |entry: &NewEntry| commit(|commit| commit.entries.push(entry.clone()));
    let gap = log.keep(&[of(&entries[0]), of(&entries[2])]);
    assert_eq!(gap, Err(CommitFlaw::NotNext(entries[2].entry().position)));
    assert_eq!(log.frontier(&SPACE), Ok(Frontier::default()), "the one that fits is not kept without the other");
    log.keep(&[of(&entries[0]), of(&entries[1]), of(&entries[2])]).unwrap();
    let log = log.reopened();
    assert_eq!(log.entries_of_document(&DOCUMENT).unwrap().len(), 3);
}

pub fn numbers_at_their_ends_come_back_unchanged<K: LogKeeper>(mut log: K) {
    let mut wild = facts(hash(1), &actor(1), u64::MAX, &[]);
    (wild.start_op, wild.op_count, wild.max_op, wild.time) = (u64::MAX, u64::MAX - 1, 3, i64::MIN);
    let mut empty = facts(hash(2), &ActorId::from(&[][..]), 0, &[hash(2)]);
    (empty.start_op, empty.op_count, empty.max_op, empty.time) = (0, 0, 0, i64::MAX);
    let mut changes = [kept(DOCUMENT, wild, Standing::Void), kept(DOCUMENT, empty, Standing::Void)];
    changes[1].chunk.clear();
    keep(&mut log, |commit| commit.changes = changes.to_vec());
    let log = log.reopened();
    for change in changes {
        assert_eq!(log.change(&DOCUMENT, &change.record.facts.hash), Ok(Some(change.record.clone())));
        assert_eq!(log.chunk(&DOCUMENT, &change.record.facts.hash), Ok(Some(change.chunk)));
    }
    assert_eq!(log.changes_at(&DOCUMENT, &actor(1), u64::MAX), Ok(vec![hash(1)]));
}
