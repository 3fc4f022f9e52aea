//! A member that signs two control entries at one position, and shows one to some and the other to others: what honest schools say goes on.

use proptest::prelude::*;

use crate::entry::{Chain, ChainId, Role, WriteRule};
use crate::ids::{DocumentId, SpaceId};
use crate::log::LogReader;
use crate::replica::{Input, Message, Part, PeerFault};

use super::bounds::three;
use super::wired::Wired;

/// Four schools, of which the third has shown `ones` acts of its own to the first and `others`, other ones, to the second. Nobody is connected.
fn forked(ones: usize, others: usize) -> (Wired, SpaceId, DocumentId) {
    let (mut wired, space, document) = three();
    let fourth = wired.station(3, 3);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(fourth, 0, &ticket).unwrap();
    wired.connect(fourth, 0);
    wired.cut(fourth, 0);
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
    for at in [0, 1] {
        assert!(wired.stations[at].log.waiting_entries(&space).unwrap().is_empty(), "nothing of theirs waits");
    }
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

/// Lets the first and the second meet; the branch that the first has sent.
fn branch_sent(wired: &mut Wired, document: DocumentId) -> Vec<u8> {
    wired.write(0, document, "by the first");
    wired.take_sent();
    wired.connect(0, 1);
    let mut branches = wired.sent.iter().filter_map(|(from, _, bytes)| match Message::decode(bytes) {
        Ok(Message::Branch { bytes, .. }) if *from == 0 => Some(bytes),
        _ => None,
    });
    branches.next_back().expect("the second asks for the branch of the first")
}

#[test]
fn a_branch_is_kept_once_and_only_where_somebody_names_it() {
    let (mut wired, space, document) = forked(1, 1);
    let branch = branch_sent(&mut wired, document);
    let (first, kept) = (wired.id(0), |wired: &Wired, at: usize| wired.stations[at].log.branches(&space).unwrap().len());
    assert_eq!(kept(&wired, 1), 1);
    assert_eq!(wired.stations[1].log.forks(&space).len(), 1, "with the proof of the fork");
    wired.feed(1, Input::Message { peer: first, bytes: Message::Branch { space: 0, bytes: branch.clone() }.encode() });
    assert_eq!(kept(&wired, 1), 1, "nothing of it is lacking any more");
    wired.restart(1);
    let graph = &wired.stations[1].replica.spaces[&space].graph;
    assert_eq!((graph.missing().len(), wired.stations[1].replica.spaces[&space].branches.len()), (0, 1), "it is there after a restart");
    wired.assert_no_faults();
}

#[test]
fn what_is_no_branch_is_its_senders_fault() {
    let (mut wired, space, document) = forked(1, 1);
    let branch = branch_sent(&mut wired, document);
    let first = wired.id(0);
    let content = wired.frames(0, &space, 1_000_000).remove(0);
    let mut forged = branch.clone();
    *forged.get_mut(9).unwrap() ^= 1;
    for bytes in [forged, content, branch[..branch.len() / 2].to_vec(), vec![]] {
        wired.connect(0, 1);
        wired.stations[1].faults.clear();
        wired.feed(1, Input::Message { peer: first, bytes: Message::Branch { space: 0, bytes: bytes.clone() }.encode() });
        assert_eq!(wired.stations[1].faults, [(first, PeerFault::BadFrame)], "{bytes:?}");
    }
    assert_eq!(wired.stations[1].log.branches(&space).unwrap().len(), 1);
}

#[test]
fn a_node_that_forked_its_own_chain_stops_when_it_meets_the_other_branch() {
    let (mut wired, space, document) = forked(1, 1);
    wired.write(0, document, "under the branch that it has forgotten");
    wired.connect(0, 2);
    assert!(matches!(wired.stations[2].replica.space(&space).unwrap().part, Part::Halted(_)));
    assert!(wired.stations[2].has(document, "under the branch that it has forgotten"));
    wired.assert_no_faults();
}

#[test]
fn what_a_peer_does_not_hold_it_gives_when_it_comes_and_is_not_asked_again() {
    let (mut wired, space, document) = forked(1, 1);
    let fourth = 3;
    wired.gossip = false;
    wired.write(0, document, "by the first");
    wired.open(0, 1);
    let content = ChainId { node: wired.id(0), chain: Chain::Content };
    while wired.stations[1].replica.frontier(&space).unwrap().tip(&content).seq < 2 {
        assert!(wired.half_trip() > 0);
    }
    wired.cut(0, 1);
    assert!(!wired.stations[1].has(document, "by the first"), "what its right rests on has not come");
    // The fourth holds the branch of the second, and hears of the first's words by it.
    wired.connect(1, fourth);
    wired.take_sent();
    wired.settle();
    assert_eq!(wired.take_sent().0, 0, "nobody asks for ever");
    wired.connect(0, 1);
    assert!(wired.stations[1].has(document, "by the first"));
    assert!(wired.stations[fourth].has(document, "by the first"), "and passes it on to who had asked");
    wired.assert_no_faults();
}
