//! What is too much: whoever sends it answers for it, and nobody else suffers from it.

use automerge::transaction::Transactable;
use automerge::{ObjType, ReadDoc};

use crate::certificate::NodeCertificate;
use crate::entry::{Act, Chain, ChainId, ControlBody, Entry, NO_ENTRY, Role, SealedKey, WriteRule};
use crate::frame::{self, FrameEntry};
use crate::frontier::{Frontier, Tip};
use crate::ids::{DocumentId, EntryHash, NodeId, SpaceId};
use crate::keys::NodeKey;
use crate::limits::{FRAME_TARGET_MAX_BYTES, MAX_CHAINS, MAX_CONTROL_HEADS, MAX_UNKNOWN_CHAINS};
use crate::log::LogReader;
use crate::receipt::Receipt;
use crate::replica::{Acted, Ask, Base, Input, LocalAct, Message, PeerFault};
use crate::seal::Sealed;
use crate::wire::Writer;

use super::convergence::pair;
use super::wired::Wired;

/// Three schools that share a space with one document, each connected with each.
pub(super) fn three() -> (Wired, SpaceId, DocumentId) {
    let mut wired = Wired::new(3);
    let space = wired.space(0);
    for at in [1, 2] {
        let ticket = wired.invite(0, space, Role::Member);
        wired.join(at, 0, &ticket).expect("the ticket is good");
        wired.connect(0, at);
    }
    let document = wired.document(0, space, WriteRule::Everyone);
    wired.settle();
    wired.connect(1, 2);
    (wired, space, document)
}

/// A frontier with chains that nobody has, beside those of `base`.
pub(super) fn stuffed(base: &Frontier, numbers: std::ops::Range<u32>) -> Frontier {
    let mut frontier = base.clone();
    for number in numbers {
        let mut node = [0xee; 32];
        node[..4].copy_from_slice(&number.to_be_bytes());
        frontier.set(ChainId { node: NodeId(node), chain: Chain::Content }, Tip { seq: 1, hash: EntryHash([1; 32]) });
    }
    frontier
}

/// The message that tells a frontier as what follows another.
pub(super) fn told(frontier: &Frontier, base: Base, before: &Frontier) -> Vec<u8> {
    let mut writer = Writer::new();
    frontier.delta_from(before).write(before, &mut writer);
    Message::Frontier { space: 0, ask: Ask::No, base, delta: writer.finish() }.encode()
}

/// The message that brings a receipt, with its frontier told as what follows another.
fn receipt_from(receipt: &Receipt, of: Option<NodeId>, base: Base, before: &Frontier) -> Vec<u8> {
    let mut writer = Writer::new();
    receipt.write_word(before, &mut writer);
    Message::Receipt { space: 0, of, base, receipt: writer.finish() }.encode()
}

const MANY: u32 = MAX_CHAINS as u32 - 96;

#[test]
fn a_frontier_that_grows_beyond_its_bound_step_by_step_is_its_tellers_fault() {
    let (mut wired, space, _) = pair();
    let peer = wired.id(1);
    let (one, two) = (stuffed(&Frontier::default(), 0..MANY), stuffed(&Frontier::default(), 0..2 * MANY));
    wired.feed(0, Input::Message { peer, bytes: told(&one, Base::Nothing, &Frontier::default()) });
    assert_eq!(wired.stations[0].faults, [], "as many as a frontier may have are heard");
    let held = wired.stations[0].replica.peers[&peer].shared[&space].theirs.as_ref().map(Frontier::len);
    assert_eq!(held, Some(MANY as usize));
    wired.feed(0, Input::Message { peer, bytes: told(&two, Base::Last, &one) });
    assert_eq!(wired.stations[0].faults, [(peer, PeerFault::TooMuch)]);
    assert!(!wired.stations[0].replica.peers.contains_key(&peer), "and nothing of it is kept");
}

#[test]
fn a_receipt_over_too_many_chains_is_neither_kept_nor_passed_on() {
    let (mut wired, space, document) = three();
    wired.gossip = false;
    wired.cut(0, 1);
    wired.cut(1, 2);
    let hostile = wired.id(2);
    let (one, two) = (stuffed(&Frontier::default(), 0..MANY), stuffed(&Frontier::default(), 0..2 * MANY));
    let receipt = Receipt::sign(&space, &wired.stations[2].key, 1_000_000, two);
    wired.feed(0, Input::Message { peer: hostile, bytes: told(&one, Base::Nothing, &Frontier::default()) });
    wired.feed(0, Input::Message { peer: hostile, bytes: receipt_from(&receipt, None, Base::Last, &one) });
    assert_eq!(wired.stations[0].faults, [(hostile, PeerFault::TooMuch)]);
    let kept = &wired.stations[0].replica.spaces[&space].receipts[&hostile];
    assert!(kept.counter < 1_000_000, "what it said before still counts");
    wired.stations[0].faults.clear();
    wired.connect(0, 1);
    wired.write(0, document, "a");
    wired.settle();
    assert!(wired.stations[1].has(document, "a"), "honest schools go on");
    wired.assert_no_faults();
}

#[test]
fn whoever_passes_on_a_receipt_that_cannot_be_taken_is_not_blamed() {
    let (mut wired, space, document) = three();
    let (giver, carrier) = (wired.id(2), wired.id(1));
    let key = &wired.stations[2].key;
    let (one, two) = (stuffed(&Frontier::default(), 0..MANY), stuffed(&Frontier::default(), 0..2 * MANY));
    let stuffed_with = |numbers| stuffed(&Frontier::default(), numbers);
    let stuffed = Receipt::sign(&space, key, 1_000_000, two);
    let forged = Receipt::sign(&SpaceId([9; 32]), key, 1_000_001, Frontier::default());
    let of_nobody = Receipt::sign(&space, key, 1_000_002, one.clone());
    let few = stuffed_with(0..MAX_UNKNOWN_CHAINS as u32);
    let sound = Receipt::sign(&space, key, 1_000_003, few.clone());
    wired.feed(0, Input::Message { peer: carrier, bytes: told(&one, Base::Nothing, &Frontier::default()) });
    let counter = |wired: &Wired| wired.stations[0].replica.spaces[&space].receipts[&giver].counter;
    let before = counter(&wired);
    wired.feed(0, Input::Message { peer: carrier, bytes: receipt_from(&stuffed, Some(giver), Base::Last, &one) });
    wired.feed(0, Input::Message { peer: carrier, bytes: receipt_from(&forged, Some(giver), Base::Nothing, &Frontier::default()) });
    wired.assert_no_faults();
    assert_eq!(counter(&wired), before, "they are skipped");
    wired.feed(0, Input::Message { peer: carrier, bytes: receipt_from(&of_nobody, Some(giver), Base::Last, &one) });
    assert_eq!(counter(&wired), before, "one that speaks of thousands whom nobody has named is not kept either: names cost its giver nothing");
    wired.feed(0, Input::Message { peer: carrier, bytes: receipt_from(&sound, Some(giver), Base::Nothing, &Frontier::default()) });
    assert_eq!(counter(&wired), 1_000_003, "and one that is sound is taken");
    wired.write(1, document, "b");
    wired.settle();
    assert!(wired.stations[0].has(document, "b"), "the session with the carrier goes on");
    let own = Receipt::sign(&SpaceId([9; 32]), &wired.stations[1].key, 1_000_000, Frontier::default());
    wired.feed(0, Input::Message { peer: carrier, bytes: receipt_from(&own, None, Base::Nothing, &Frontier::default()) });
    assert_eq!(wired.stations[0].faults, [(carrier, PeerFault::BadReceipt)], "for its own word it answers");
}

#[test]
fn receipts_of_nodes_that_nobody_took_in_leave_nothing_behind() {
    let (mut wired, space, _) = pair();
    let peer = wired.id(1);
    let noted = |wired: &Wired| wired.stations[0].replica.peers[&peer].shared[&space].counters.len();
    let before = noted(&wired);
    for number in 0..20 {
        let key = NodeKey::from_secret(&[200 + number; 32]);
        let receipt = Receipt::sign(&space, &key, 7, Frontier::default());
        wired.feed(0, Input::Message { peer, bytes: receipt_from(&receipt, Some(key.id()), Base::Nothing, &Frontier::default()) });
    }
    assert_eq!(noted(&wired), before, "keys are made by the million");
    wired.assert_no_faults();
}

/// A text of that many keystrokes, each a change of its own.
fn type_in(wired: &mut Wired, document: DocumentId, keystrokes: usize) {
    let actor = wired.stations[0].actor(0);
    let typed = wired.stations[0].documents.get_mut(&document).expect("the document is open here");
    typed.set_actor(actor);
    let text = match typed.get(automerge::ROOT, "text").expect("a key can be read") {
        Some((_, text)) => text,
        None => typed.put_object(automerge::ROOT, "text", ObjType::Text).expect("a text can be put"),
    };
    let mut changes = Vec::new();
    for _ in 0..keystrokes {
        typed.splice_text(&text, typed.length(&text), 0, "а").expect("a text can be written");
        typed.commit();
        changes.push(typed.get_last_local_change().expect("a change was made").raw_bytes().to_vec());
    }
    assert_eq!(wired.submit(0, document, changes), Ok(()));
}

/// Bytes that no packer makes smaller.
fn picture(wired: &mut Wired, document: DocumentId, number: u64) {
    let mut bytes = vec![0; 200_000];
    blake3::Hasher::new().update(&number.to_be_bytes()).finalize_xof().fill(&mut bytes);
    let drawn = wired.stations[0].documents.get_mut(&document).expect("the document is open here");
    drawn.put(automerge::ROOT, format!("picture{number}"), bytes).expect("a key can be put");
    drawn.commit();
    let change = drawn.get_last_local_change().expect("a change was made").raw_bytes().to_vec();
    assert_eq!(wired.submit(0, document, vec![change]), Ok(()));
}

#[test]
fn pictures_after_much_typing_come_in_frames_that_a_receiver_takes() {
    let (mut wired, space, document) = pair();
    wired.gossip = false;
    let peer = wired.id(1);
    for _ in 0..2 {
        type_in(&mut wired, document, 1_500);
        wired.settle();
    }
    assert!(wired.stations[0].replica.peers[&peer].ratio > 20, "keystrokes pack well");
    wired.take_sent();
    for number in 0..8 {
        picture(&mut wired, document, number);
    }
    wired.settle();
    let largest = wired.sent.iter().map(|(_, _, bytes)| bytes.len()).max().unwrap_or_default();
    assert!(largest < FRAME_TARGET_MAX_BYTES * 4, "a message of {largest} bytes, each picture for itself");
    wired.assert_no_faults();
    assert!(wired.stations[1].has(document, "picture7"));
    wired.assert_equal(0, 1, space);
    // And the other way round: frames grow again with what packs well.
    type_in(&mut wired, document, 1_000);
    wired.settle();
    wired.assert_equal(0, 1, space);
}

/// Lets the last school take in nodes of its own, each of which has written a control entry that knows of nothing but itself: as many heads.
fn scatter(wired: &mut Wired, space: SpaceId, nodes: u32) {
    let (school, key) = (wired.stations[2].school.clone(), wired.stations[2].key.clone());
    let replica = &wired.stations[2].replica;
    let mut tip = replica.frontier(&space).expect("the space is here").tip(&ChainId { node: key.id(), chain: Chain::Control });
    let known = replica.spaces[&space].graph.heads();
    let (mut taken_in, mut written) = (Vec::new(), Vec::new());
    for number in 0..nodes {
        let mut secret = [77; 32];
        secret[..4].copy_from_slice(&number.to_le_bytes());
        let node = NodeKey::from_secret(&secret);
        let certificate = NodeCertificate::issue(&school, "x", &node, "y");
        let sealed = SealedKey { node: node.id(), sealed: Sealed(vec![7; 80]) };
        let act = Act::AddNode { certificate, key: sealed };
        let parents = if number == 0 { known.clone() } else { vec![] };
        let adds = Entry::sign(&space, &key, Chain::Control, tip.seq + 1, tip.hash, ControlBody { parents, act: act.clone() }.encode());
        tip = Tip { seq: adds.position.seq, hash: adds.hash };
        written.push(Entry::sign(&space, &node, Chain::Control, 1, NO_ENTRY, ControlBody { parents: vec![adds.hash], act }.encode()));
        taken_in.push(adds);
    }
    let entries: Vec<FrameEntry> = taken_in.into_iter().chain(written).map(FrameEntry::Control).collect();
    let frame = frame::encode(&entries, 3).expect("the entries are a frame");
    for at in 0..3 {
        wired.take_frame(at, &space, &frame).expect("the frame is sound");
    }
}

#[test]
fn a_space_goes_on_with_more_heads_than_an_entry_may_name() {
    let (mut wired, space, document) = three();
    let others = wired.document(1, space, WriteRule::Everyone);
    wired.settle();
    scatter(&mut wired, space, 1_100);
    let heads = |wired: &Wired, at: usize| wired.stations[at].replica.spaces[&space].graph.heads().len();
    assert!(heads(&wired, 0) > 2 * MAX_CONTROL_HEADS);
    for at in 0..2 {
        wired.write(at, document, &format!("a{at}"));
        wired.write(at, others, &format!("b{at}"));
    }
    wired.settle();
    let all_has = |wired: &Wired, document: DocumentId, key: &str| (0..3).all(|at| wired.stations[at].has(document, key));
    for by in 0..2 {
        assert!(all_has(&wired, document, &format!("a{by}")) && all_has(&wired, others, &format!("b{by}")), "words of {by} cross");
    }
    wired.assert_no_faults();
    // What is kept can be read again: no entry names too many.
    let frontier = wired.stations[0].replica.frontier(&space).unwrap().clone();
    for content in wired.stations[0].log.content_entries(&space, &Frontier::default(), &frontier, 10_000).unwrap() {
        assert_eq!(crate::entry::Batch::decode(&content.entry.body).as_ref(), Ok(&content.batch));
    }
    // Acts succeed, and each leaves fewer heads.
    let made = wired.document(1, space, WriteRule::Everyone);
    let ticket = wired.invite(0, space, Role::Member);
    wired.settle();
    let newcomer = wired.station(7, 7);
    assert!(matches!(wired.join(newcomer, 0, &ticket), Ok(Acted::Joined(_))));
    wired.connect(0, newcomer);
    for _ in 0..2 {
        wired.document(0, space, WriteRule::Everyone);
        wired.settle();
    }
    assert!(heads(&wired, 0) < MAX_CONTROL_HEADS, "{} heads are left", heads(&wired, 0));
    wired.write(newcomer, made, "c");
    wired.write(0, made, "d");
    wired.settle();
    assert!(all_has(&wired, made, "c") && all_has(&wired, made, "d"));
    wired.assert_equal(0, 1, space);
    wired.assert_equal(0, newcomer, space);
    wired.assert_no_faults();
}

#[test]
fn an_act_that_leaves_little_room_names_fewer_heads() {
    let (mut wired, space, _) = three();
    let laptop = wired.station(0, 9);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(laptop, 0, &ticket).expect("the ticket is good");
    scatter(&mut wired, space, 600);
    let cut = |number: u32| {
        let mut node = [0; 32];
        node[..4].copy_from_slice(&number.to_be_bytes());
        let position = crate::entry::Position { chain: ChainId { node: NodeId(node), chain: Chain::Content }, seq: 1 };
        crate::entry::Cut { position, hash: EntryHash([1; 32]) }
    };
    let retire =
        |cuts: u32| crate::entry::Retirement::issue(&wired.stations[laptop].school, wired.stations[laptop].key.id(), (0..cuts).map(cut).collect());
    let (long, short) = (retire(600), retire(400));
    let answer = wired.try_act(0, LocalAct::RetireNode { space, retirement: long });
    assert!(answer.is_err(), "longer than an act may be, whatever it names: {answer:?}");
    let answer = wired.try_act(0, LocalAct::RetireNode { space, retirement: short });
    assert!(answer.is_ok(), "{answer:?}");
}
