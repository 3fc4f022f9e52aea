//! A member that signs two control entries at one position, and shows one to some and the other to others: what honest schools say goes on.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::entry::{Act, Chain, ChainId, ControlBody, DocumentAct, Entry, NO_ENTRY, Position, Role, SealedKey, WriteRule, entry_hash};
use crate::frame::{self, FrameEntry};
use crate::ids::{DocumentId, EntryHash, SpaceId};
use crate::log::LogReader;
use crate::seal::Sealed;

use super::bounds::three;
use super::wired::Wired;

/// Three schools, of which the last has shown `ones` acts of its own to the first and `others`, other ones, to the second. Nobody is connected.
fn forked(ones: usize, others: usize) -> (Wired, SpaceId, DocumentId) {
    let (mut wired, space, document) = three();
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        wired.cut(a, b);
    }
    let before = wired.stations[2].log.clone();
    for _ in 0..ones {
        wired.document(2, space, WriteRule::Everyone);
    }
    wired.connect(2, 0);
    wired.cut(2, 0);
    wired.stations[2].log = before;
    wired.restart(2);
    for _ in 0..others {
        wired.document(2, space, WriteRule::Owner);
    }
    wired.connect(2, 1);
    wired.cut(2, 1);
    let chain = ChainId { node: wired.id(2), chain: Chain::Control };
    let tip = |wired: &Wired, at: usize| wired.stations[at].replica.frontier(&space).unwrap().tip(&chain);
    assert_ne!(tip(&wired, 0).hash, tip(&wired, 1).hash, "each holds a branch");
    (wired, space, document)
}

/// The first two hold each other's words, and each what the other made.
fn assert_one_mind(wired: &mut Wired, space: SpaceId, document: DocumentId) {
    let made = |wired: &mut Wired, at: usize| wired.document(at, space, WriteRule::Everyone);
    let (one, two) = (made(wired, 0), made(wired, 1));
    wired.settle();
    wired.write(0, two, "in the other's");
    wired.write(1, one, "in the other's");
    wired.settle();
    for document in [document, one, two] {
        assert_eq!(wired.stations[0].heads(document), wired.stations[1].heads(document));
    }
    assert!(wired.stations[0].has(one, "in the other's") && wired.stations[1].has(two, "in the other's"));
    let forker = wired.stations[2].certificate.school;
    let mut agreed = [0, 1].map(|at| {
        assert!(wired.stations[at].log.waiting_entries(&space).unwrap().is_empty(), "nothing of theirs waits");
        let membership = wired.stations[at].replica.space(&space).unwrap().membership.clone();
        let documents = membership.documents().filter(|(_, document)| document.act.owner != forker).map(|(id, _)| *id).collect::<Vec<_>>();
        let nodes = membership.nodes().map(|(id, node)| (*id, node.clone())).collect::<Vec<_>>();
        let schools = membership.schools().map(|(id, _)| (*id, membership.role(id))).collect::<Vec<_>>();
        (documents, nodes, schools)
    });
    let [one, two] = &mut agreed;
    assert_eq!(one, two, "they agree on all that the forker has not made");
    wired.assert_no_faults();
}

#[test]
fn what_was_written_under_either_branch_crosses_when_they_meet() {
    for (ones, others) in [(1, 1), (3, 1), (1, 3)] {
        for gossip in [true, false] {
            let (mut wired, space, document) = forked(ones, others);
            wired.gossip = gossip;
            wired.write(0, document, "by the first");
            wired.write(1, document, "by the second");
            wired.connect(0, 1);
            assert!(wired.stations[0].has(document, "by the second") && wired.stations[1].has(document, "by the first"));
            if gossip {
                assert_one_mind(&mut wired, space, document);
            }
        }
    }
}

#[test]
fn what_is_announced_under_a_branch_that_its_hearers_do_not_hold_is_nobodys_forgery() {
    let (mut wired, space, document) = three();
    wired.cut(0, 2);
    wired.cut(1, 2);
    let before = wired.stations[2].log.clone();
    wired.document(2, space, WriteRule::Everyone);
    // The first and the second are connected when each is shown its branch.
    wired.gossip = false;
    wired.connect(2, 0);
    wired.cut(2, 0);
    wired.cut(0, 1);
    wired.stations[2].log = before;
    wired.restart(2);
    wired.document(2, space, WriteRule::Owner);
    wired.open(0, 1);
    wired.settle();
    wired.connect(2, 1);
    wired.gossip = true;
    wired.write(0, document, "first word");
    wired.write(1, document, "second word");
    wired.settle();
    assert!(wired.stations[1].has(document, "first word") && wired.stations[0].has(document, "second word"));
    assert_one_mind(&mut wired, space, document);
    // By now both know: what is announced is read at once.
    wired.take_sent();
    wired.write(0, document, "third word");
    while !wired.stations[1].has(document, "third word") {
        assert!(wired.let_time_pass());
    }
    assert_eq!(wired.take_sent().0, 0, "no session is asked");
}

#[test]
fn a_third_passes_on_what_names_a_branch_that_it_does_not_hold() {
    let (mut wired, space, document) = forked(1, 2);
    let third = wired.station(7, 7);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(third, 0, &ticket).unwrap();
    wired.connect(third, 0);
    wired.connect(third, 1);
    wired.write(0, document, "by the first");
    wired.write(1, document, "by the second");
    wired.settle();
    assert_one_mind(&mut wired, space, document);
    wired.assert_no_faults();
    // Who comes later gets all of it from either.
    for inviter in [0, 1] {
        let number = 10 + inviter as u8;
        let late = wired.station(number, number);
        let ticket = wired.invite(0, space, Role::Member);
        wired.settle();
        wired.join(late, 0, &ticket).unwrap();
        wired.connect(late, inviter);
        assert!(wired.stations[late].has(document, "by the first") && wired.stations[late].has(document, "by the second"));
    }
    wired.assert_no_faults();
}

#[test]
fn a_branch_survives_a_restart_and_a_school_that_is_taken_in_under_it_is_known() {
    let (mut wired, space, document) = forked(1, 1);
    let newcomer = wired.station(7, 7);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(newcomer, 0, &ticket).unwrap();
    wired.connect(0, newcomer);
    wired.write(newcomer, document, "by the newcomer");
    wired.settle();
    wired.restart(0);
    wired.restart(1);
    wired.connect(0, 1);
    assert!(wired.stations[1].has(document, "by the newcomer"));
    wired.connect(1, newcomer);
    wired.write(1, document, "to the newcomer");
    wired.settle();
    assert!(wired.stations[newcomer].has(document, "to the newcomer"));
    assert_one_mind(&mut wired, space, document);
}

#[test]
fn two_branches_whose_hashes_begin_alike_are_told_apart() {
    let (mut wired, space, document) = three();
    wired.cut(0, 2);
    wired.cut(1, 2);
    let position = Position { chain: ChainId { node: wired.id(2), chain: Chain::Control }, seq: 1 };
    let parents = wired.stations[0].replica.spaces[&space].graph.heads();
    let (key, owner) = (wired.stations[2].key.clone(), wired.stations[2].school.id());
    let body = |number: u64| {
        let nonce = number.to_le_bytes();
        let document = DocumentId::of(&space, &key.id(), &nonce);
        let act = Act::CreateDocument(DocumentAct { document, nonce, kind: 1, owner, write_rule: WriteRule::Everyone });
        ControlBody { parents: parents.clone(), act }.encode()
    };
    // Whoever signs both chooses both: four bytes alike take a moment.
    let mut seen = BTreeMap::new();
    let alike = (0u64..).find_map(|number| {
        let hash = entry_hash(&space, &position, &NO_ENTRY, &body(number));
        seen.insert([hash.0[0], hash.0[1], hash.0[2], hash.0[3]], number).map(|before| [before, number])
    });
    for (at, number) in alike.expect("there are two").into_iter().enumerate() {
        let entry = Entry::sign(&space, &key, Chain::Control, 1, NO_ENTRY, body(number));
        let frame = frame::encode(&[FrameEntry::Control(entry)], 3).unwrap();
        wired.take_frame(at, &space, &frame).unwrap();
    }
    wired.write(0, document, "by the first");
    wired.settle();
    assert!(wired.stations[1].has(document, "by the first"));
    assert_one_mind(&mut wired, space, document);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn however_they_meet_and_write_nobody_is_blamed_and_all_is_heard(
        ones in 1usize..4,
        others in 1usize..4,
        steps in proptest::collection::vec((0usize..2, 0u8..6), 1..30),
    ) {
        let (mut wired, space, document) = forked(ones, others);
        for (number, (who, what)) in steps.into_iter().enumerate() {
            match what {
                0 | 1 => wired.write(who, document, &format!("k{number}")),
                2 => {
                    wired.document(who, space, WriteRule::Everyone);
                }
                3 => wired.open(0, 1),
                4 => wired.cut(0, 1),
                _ => wired.settle(),
            }
        }
        wired.cut(0, 1);
        wired.connect(0, 1);
        assert_one_mind(&mut wired, space, document);
    }
}

/// Control entries as somebody hands them on.
fn show(wired: &mut Wired, at: usize, space: &SpaceId, entries: &[&Entry]) {
    let entries: Vec<FrameEntry> = entries.iter().map(|entry| FrameEntry::Control((*entry).clone())).collect();
    wired.take_frame(at, space, &frame::encode(&entries, 3).unwrap()).expect("it is taken");
}

/// An act that names a node, with a key that opens nothing, and that stands before `then` in any order by hash.
fn names_before(wired: &Wired, space: &SpaceId, by: usize, node: usize, parents: &[EntryHash], then: &EntryHash) -> Entry {
    let (key, certificate) = (&wired.stations[by].key, &wired.stations[node].certificate);
    let named = |salt: u8| {
        let act = Act::AddNode { key: SealedKey { node: certificate.node, sealed: Sealed(vec![salt; 80]) }, certificate: certificate.clone() };
        Entry::sign(space, key, Chain::Control, 1, NO_ENTRY, ControlBody { parents: parents.to_vec(), act }.encode())
    };
    (0..=255).map(named).find(|named| named.hash < *then).expect("one of so many")
}

#[test]
fn whoever_asks_again_after_a_lost_answer_is_let_in_though_another_has_named_it_with_a_key_of_its_own() {
    let (mut wired, space, document) = three();
    let laptop = wired.station(1, 9);
    let heads = |wired: &Wired| wired.stations[0].replica.spaces[&space].graph.heads();
    let before = heads(&wired);
    let ticket = wired.invite(0, space, Role::Member);
    let _lost = wired.ask_to_join(laptop, 0, &ticket);
    let named = names_before(&wired, &space, 2, laptop, &before, &heads(&wired)[0]);
    show(&mut wired, 0, &space, &[&named]);
    wired.join(laptop, 0, &ticket).expect("the ticket is good");
    wired.connect(0, laptop);
    assert!(wired.stations[laptop].has(document, "title"));
}

#[test]
fn a_forker_that_names_an_honest_node_again_hides_neither_its_words_nor_what_it_makes() {
    let (mut wired, space, document) = three();
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        wired.cut(a, b);
    }
    // The laptop of school 1 is taken in by node 0. The forker names it again, in an act that comes before that in any order by hash.
    let laptop = wired.station(1, 9);
    let heads = |wired: &Wired| wired.stations[0].replica.spaces[&space].graph.heads();
    let before = heads(&wired);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(laptop, 0, &ticket).unwrap();
    let took_in = heads(&wired);
    let key = wired.stations[2].key.clone();
    let owner = wired.stations[2].school.id();
    let sign = |after: Option<&Entry>, parents: &[EntryHash], act| {
        let (seq, previous) = after.map_or((1, NO_ENTRY), |entry| (entry.position.seq + 1, entry.hash));
        Entry::sign(&space, &key, Chain::Control, seq, previous, ControlBody { parents: parents.to_vec(), act }.encode())
    };
    let makes = |number: u64| {
        let nonce = number.to_le_bytes();
        let document = DocumentId::of(&space, &key.id(), &nonce);
        Act::CreateDocument(DocumentAct { document, nonce, kind: 1, owner, write_rule: WriteRule::Everyone })
    };
    let named = names_before(&wired, &space, 2, laptop, &before, &took_in[0]);
    let more = sign(Some(&named), &took_in, makes(1));
    show(&mut wired, 0, &space, &[&named, &more]);
    show(&mut wired, 1, &space, &[&sign(None, &before, makes(2))]);
    wired.connect(0, laptop);
    wired.write(laptop, document, "by the laptop");
    let made = wired.document(laptop, space, WriteRule::Everyone);
    wired.connect(0, 1);
    wired.connect(laptop, 1);
    wired.write(0, made, "by the first");
    wired.settle();
    assert!(wired.stations[1].has(document, "by the laptop"));
    assert!(wired.stations[1].has(made, "by the first"), "the document is there, and so is what others write in it");
    wired.assert_no_faults();
}
