//! What members who do harm can do, and what they cannot.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::announce::EpochKey;
use crate::entry::{Act, Batch, Chain, ChainId, ControlBody, DocumentAct, Entry, NO_ENTRY, Role, WriteRule};
use crate::frame::{self, FrameEntry};
use crate::frontier::{Frontier, Tip};
use crate::ids::{DocumentId, EntryHash, NodeId, SpaceId};
use crate::invitation::seal_epoch_key;
use crate::limits::MAX_CONTROL_HEADS;
use crate::replica::frames::next_frame;
use crate::replica::{Ask, Base, Input, Message, Part, SpaceDigest, SubmitRefusal, Timing};
use crate::wire::Writer;

use super::bounds::{stuffed, three, told};
use super::convergence::pair;
use super::wired::Wired;

#[test]
fn a_claim_that_our_log_is_longer_does_not_stop_us_without_proof() {
    let (mut wired, space, document) = pair();
    let (me, peer) = (wired.id(0), wired.id(1));
    let mut claimed = wired.stations[0].replica.frontier(&space).unwrap().clone();
    claimed.set(ChainId { node: me, chain: Chain::Content }, Tip { seq: 99, hash: EntryHash([1; 32]) });
    let mut writer = Writer::new();
    claimed.delta_from(&Frontier::default()).write(&Frontier::default(), &mut writer);
    let message = Message::Frontier { space: 0, ask: Ask::No, base: Base::Nothing, delta: writer.finish() };
    wired.feed(0, Input::Message { peer, bytes: message.encode() });
    wired.settle();
    assert_eq!(wired.stations[0].replica.space(&space).unwrap().part, Part::Member);
    wired.write(0, document, "a");
    wired.settle();
    assert!(wired.stations[1].has(document, "a"));
}

#[test]
fn a_node_that_lost_its_last_entries_stops_when_it_meets_them() {
    let (mut wired, space, document) = pair();
    let old = wired.stations[0].log.clone();
    wired.write(0, document, "lost");
    wired.settle();
    wired.stations[0].log = old;
    wired.restart(0);
    wired.connect(0, 1);
    assert!(matches!(wired.stations[0].replica.space(&space).unwrap().part, Part::Halted(_)), "it signed what it does not hold");
    assert!(wired.stations[0].has(document, "lost"), "and has it back");
    let change = wired.stations[0].edit(document, "to nobody");
    assert_eq!(wired.submit(0, document, vec![change]), Err(SubmitRefusal::NotAllowed), "what it would not publish it does not take");
}

#[test]
fn who_names_a_node_again_does_not_change_the_key_that_it_has() {
    let (mut wired, space, document) = pair();
    let hostile = wired.station(9, 9);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(hostile, 0, &ticket).unwrap();
    wired.connect(hostile, 0);
    let (founder, key) = (wired.stations[0].certificate.clone(), wired.stations[hostile].key.clone());
    let chain = ChainId { node: key.id(), chain: Chain::Control };
    let tip = wired.stations[hostile].replica.frontier(&space).unwrap().tip(&chain);
    let parents = wired.stations[hostile].replica.spaces.get(&space).unwrap().graph.heads();
    let false_key = EpochKey::new([66; 32]);
    let mut rng = <chacha20::ChaCha20Rng as rand_core::SeedableRng>::from_seed([5; 32]);
    let sealed = seal_epoch_key(&false_key, &space.0, founder.node, &founder.seal, &mut rng).unwrap();
    let body = ControlBody { parents, act: Act::AddNode { certificate: founder, key: sealed } };
    let entry = Entry::sign(&space, &key, Chain::Control, tip.seq + 1, tip.hash, body.encode());
    let frame = frame::encode(&[FrameEntry::Control(entry)], 3).unwrap();
    wired.take_frame(0, &space, &frame).unwrap();
    let id = wired.id(0);
    assert_eq!(wired.stations[0].replica.space(&space).unwrap().membership.keys_for(&id).count(), 1);
    wired.restart(0);
    assert_ne!(wired.stations[0].replica.spaces.get(&space).unwrap().epoch.as_ref().unwrap().secret(), false_key.secret());
    wired.connect(0, 1);
    wired.write(1, document, "honest");
    wired.settle();
    assert!(wired.stations[0].has(document, "honest"));
}

#[test]
fn garbage_is_blamed_on_its_sender_and_closes_the_session() {
    let (mut wired, _, _) = pair();
    let peer = wired.id(1);
    wired.feed(0, Input::Message { peer, bytes: vec![250, 1, 2] });
    assert_eq!(wired.stations[0].faults.len(), 1);
    wired.settle();
}

#[test]
fn a_retired_node_is_told_nothing_more() {
    let (mut wired, space, document) = pair();
    let laptop = wired.station(1, 9);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(laptop, 0, &ticket).unwrap();
    wired.connect(0, laptop);
    let retirement = crate::entry::Retirement::issue(&wired.stations[laptop].school, wired.id(laptop), vec![]);
    wired.try_act(0, crate::replica::LocalAct::RetireNode { space, retirement }).unwrap();
    assert_eq!(wired.stations[0].replica.space(&space).unwrap().part, Part::Member);
    wired.write(0, document, "secret");
    wired.gossip = false;
    wired.settle();
    assert!(!wired.stations[laptop].has(document, "secret"));
    assert_eq!(wired.stations[laptop].replica.space(&space).unwrap().part, Part::Retired, "the last it hears is why it hears no more");
    wired.cut(0, laptop);
    wired.take_sent();
    wired.connect(0, laptop);
    assert!(wired.sent.iter().all(|(from, ..)| *from == laptop), "the retired node asks, and nobody answers");
    assert!(
        wired.stations[1].has(document, "secret") || {
            wired.settle();
            wired.stations[1].has(document, "secret")
        }
    );
}

#[test]
fn a_member_of_one_space_learns_nothing_of_another() {
    let (mut wired, _, _) = pair();
    let hidden = wired.space(0);
    wired.document(0, hidden, WriteRule::Everyone);
    wired.cut(0, 1);
    wired.take_sent();
    wired.connect(0, 1);
    for (from, _, bytes) in &wired.sent {
        if let (0, Ok(Message::Digests { spaces })) = (*from, Message::decode(bytes)) {
            assert_eq!(spaces.len(), 1, "only of the common space is spoken");
        }
    }
    assert!(wired.stations[1].replica.space(&hidden).is_none());
}

/// Three schools, of which the last has claimed to the first to have what nobody has, so that the first pulls from it; it can send what the test
/// makes it send. The others are apart.
fn claimant() -> (Wired, SpaceId, DocumentId) {
    let (mut wired, space, document) = three();
    wired.gossip = false;
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        wired.cut(a, b);
    }
    let hostile = wired.id(2);
    let frontier = stuffed(wired.stations[0].replica.frontier(&space).expect("the space is here"), 0..1);
    claims(&mut wired, space, hostile, &frontier);
    assert_eq!(wired.stations[0].replica.spaces[&space].pull.as_ref().map(|pull| pull.peer), Some(hostile), "what it claims is asked for");
    (wired, space, document)
}

/// A peer that nothing reaches opens a session with the first and says what it holds.
fn claims(wired: &mut Wired, space: SpaceId, peer: NodeId, frontier: &Frontier) {
    let victim = wired.id(0);
    wired.feed(0, Input::SessionOpened { peer });
    let tag = wired.stations[0].replica.spaces[&space].epoch.as_ref().expect("a member holds the key").tag(&peer, &victim);
    let listed = Message::Digests { spaces: vec![SpaceDigest { tag, frontier: frontier.digest(), receipts: [0; 4] }] };
    wired.feed(0, Input::Message { peer, bytes: listed.encode() });
    wired.feed(0, Input::Message { peer, bytes: told(frontier, Base::Nothing, &Frontier::default()) });
}

#[test]
fn a_silent_peer_that_claims_more_of_our_log_holds_our_words_for_one_stalled_pull_at_most() {
    let (mut wired, space, document) = claimant();
    wired.open(0, 1);
    wired.deliver_all();
    let (me, hostile) = (wired.id(0), wired.id(2));
    let mut claimed = wired.stations[0].replica.frontier(&space).unwrap().clone();
    claimed.set(ChainId { node: me, chain: Chain::Content }, Tip { seq: 99, hash: EntryHash([1; 32]) });
    wired.feed(0, Input::Message { peer: hostile, bytes: told(&claimed, Base::Nothing, &Frontier::default()) });
    wired.write(0, document, "a");
    let begun = wired.now;
    while !wired.stations[1].has(document, "a") {
        wired.deliver_all();
        assert!(wired.let_time_pass(), "somebody wants to be woken");
        assert!(wired.now - begun < Timing::default().stall * 2, "it is told by now, whatever the silent one claims");
    }
    wired.write(0, document, "b");
    let begun = wired.now;
    while !wired.stations[1].has(document, "b") {
        wired.deliver_all();
        assert!(wired.let_time_pass(), "somebody wants to be woken");
        assert!(wired.now - begun < Timing::default().stall / 2, "and the next word at once");
    }
}

#[test]
fn of_peers_that_have_more_the_one_that_was_never_asked_comes_first() {
    let (mut wired, space, _) = claimant();
    let (one, two) = (wired.id(1), wired.id(2));
    let frontier = stuffed(wired.stations[0].replica.frontier(&space).unwrap(), 0..3);
    for peer in [one, two] {
        claims(&mut wired, space, peer, &frontier);
    }
    // Whichever has the smaller id: two that stall in turn would else keep a third away for ever.
    for (asked, never) in [(one, two), (two, one)] {
        let replica = &mut wired.stations[0].replica;
        let kept = replica.spaces.get_mut(&space).unwrap();
        kept.pull = None;
        kept.stalled.clear();
        kept.asked = [(asked, Duration::from_secs(1))].into();
        replica.pull_from_any(wired.now, &space, None, &mut crate::replica::Outbox::new());
        assert_eq!(wired.stations[0].replica.spaces[&space].pull.as_ref().map(|pull| pull.peer), Some(never));
    }
}

/// The second, with a word that the first lacks, has just connected with it.
fn claimed() -> (Wired, SpaceId, DocumentId) {
    let (mut wired, space, document) = claimant();
    wired.write(1, document, "honest");
    wired.open(0, 1);
    wired.deliver_all();
    assert!(!wired.stations[0].has(document, "honest"), "one peer is asked at a time");
    (wired, space, document)
}

/// Lets most of the stall time pass, twice, and each time the last school sends a frame to the first.
fn drag_on(wired: &mut Wired, mut frame: impl FnMut(&mut Wired) -> Vec<u8>) {
    for _ in 0..2 {
        wired.now += Timing::default().stall - Duration::from_secs(1);
        let (hostile, bytes) = (wired.id(2), frame(wired));
        wired.feed(0, Input::Message { peer: hostile, bytes: Message::Frame { space: 0, bytes }.encode() });
        wired.feed(1, Input::Tick);
        wired.deliver_all();
    }
}

#[test]
fn a_peer_that_sends_what_we_have_keeps_nobody_else_from_being_asked() {
    let (mut wired, space, document) = claimed();
    let old = wired.frames(0, &space, 1_000_000).remove(0);
    drag_on(&mut wired, |_| old.clone());
    assert!(wired.stations[0].has(document, "honest"), "its pull has stalled");
    // It claims more, at once and again: it is asked, and gives way as soon as somebody else has something.
    let (hostile, more) = (wired.id(2), stuffed(wired.stations[0].replica.frontier(&space).unwrap(), 0..9));
    wired.feed(0, Input::Message { peer: hostile, bytes: told(&more, Base::Nothing, &Frontier::default()) });
    assert_eq!(wired.stations[0].replica.spaces[&space].pull.as_ref().map(|pull| pull.peer), Some(hostile));
    wired.write(1, document, "next");
    let before = wired.now;
    loop {
        wired.deliver_all();
        if wired.stations[0].has(document, "next") {
            break;
        }
        assert!(wired.let_time_pass(), "somebody wants to be woken");
    }
    assert!(wired.now - before < Duration::from_secs(5), "after {:?}", wired.now - before);
    wired.assert_no_faults();
}

#[test]
fn a_new_entry_now_and_then_does_not_hold_a_pull() {
    let (mut wired, space, document) = claimed();
    drag_on(&mut wired, |wired| {
        wired.document(2, space, WriteRule::Everyone);
        let reached = wired.stations[0].replica.frontier(&space).unwrap().clone();
        let (frame, _) = next_frame(&wired.stations[2].replica.spaces[&space], &reached, &BTreeSet::new(), 1_000, &mut 1, &wired.stations[2].log)
            .unwrap()
            .unwrap();
        frame
    });
    assert!(wired.stations[0].has(document, "honest"), "its pull has stalled");
    wired.assert_no_faults();
}

#[test]
fn a_slow_line_that_brings_news_all_the_time_is_no_stalled_pull() {
    let (mut wired, space, document) = pair();
    wired.gossip = false;
    wired.cut(0, 1);
    for number in 0..400 {
        wired.write(1, document, &format!("k{number}"));
        if number % 10 == 0 {
            // Published, each stretch for itself.
            wired.connect(0, 1);
            wired.cut(0, 1);
        }
    }
    let third = wired.station(7, 7);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(third, 0, &ticket).expect("the ticket is good");
    wired.connect(0, 1);
    wired.cut(0, 1);
    wired.open(1, third);
    let mut steps = 0;
    while wired.stations[third].heads(document) != wired.stations[1].heads(document) {
        wired.now += Timing::default().stall / 3;
        wired.feed(third, Input::Tick);
        wired.half_trip();
        steps += 1;
        assert!(steps < 1_000, "it ends");
    }
    assert!(wired.stations[third].replica.spaces[&space].stalled.is_empty(), "nobody is asked last");
    wired.assert_no_faults();
}

#[test]
fn a_thin_stream_of_new_entries_does_not_keep_others_away_for_ever() {
    let (mut wired, space, document) = claimed();
    let hostile = wired.id(2);
    wired.deliver_all();
    assert!(!wired.stations[0].has(document, "honest"), "it is its turn only after the other's");
    let (begun, key, owner) = (wired.now, wired.stations[2].key.clone(), wired.stations[2].school.id());
    let parents = wired.stations[0].replica.spaces[&space].graph.heads();
    let (mut before, mut number) = ((0, NO_ENTRY), 0u64);
    while !wired.stations[0].has(document, "honest") {
        assert!(wired.now - begun < Timing::default().stall * 30, "somebody else's turn has come by now");
        wired.now += Duration::from_secs(10);
        let mut entries = Vec::new();
        for _ in 0..50 {
            number += 1;
            let nonce = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
            let document = DocumentId::of(&space, &hostile, &nonce);
            let act = Act::CreateDocument(DocumentAct { document, nonce, kind: 1, owner, write_rule: WriteRule::Everyone });
            let body = ControlBody { parents: parents.clone(), act };
            let entry = Entry::sign(&space, &key, Chain::Control, before.0 + 1, before.1, body.encode());
            before = (entry.position.seq, entry.hash);
            entries.push(FrameEntry::Control(entry));
        }
        let frame = frame::encode(&entries, 3).unwrap();
        wired.feed(0, Input::Message { peer: hostile, bytes: Message::Frame { space: 0, bytes: frame }.encode() });
        for at in [0, 1] {
            wired.feed(at, Input::Tick);
        }
        wired.deliver_all();
    }
}

#[test]
fn chains_that_a_peer_only_claims_are_not_remembered() {
    let (mut wired, space, _) = claimant();
    let hostile = wired.id(2);
    let base = wired.stations[0].replica.frontier(&space).unwrap().clone();
    for round in 0..3 {
        let mut claimed = base.clone();
        for number in 0..4_000u32 {
            let mut node = [0xee; 32];
            node[..4].copy_from_slice(&(round * 4_000 + number).to_be_bytes());
            claimed.set(ChainId { node: NodeId(node), chain: Chain::Control }, Tip { seq: 1, hash: EntryHash([1; 32]) });
        }
        wired.feed(0, Input::Message { peer: hostile, bytes: told(&claimed, Base::Nothing, &Frontier::default()) });
        wired.feed(0, Input::Message { peer: hostile, bytes: Message::End { space: 0 }.encode() });
    }
    assert!(wired.stations[0].replica.spaces[&space].apart.len() <= base.len());
}

#[test]
fn entries_that_name_much_and_hold_nothing_do_not_stop_a_node_from_serving() {
    let (mut wired, space, document) = claimant();
    let key = wired.stations[2].key.clone();
    let mut before = (0u64, NO_ENTRY);
    wired.write(0, document, "before");
    for _ in 0..22 {
        let mut entries = Vec::new();
        for _ in 0..50 {
            let head = |number: u64| EntryHash(*blake3::hash(&[before.0.to_le_bytes(), number.to_le_bytes()].concat()).as_bytes());
            let mut control_heads: Vec<EntryHash> = (0..MAX_CONTROL_HEADS as u64).map(head).collect();
            control_heads.sort_unstable();
            let batch = Batch { control_heads, runs: vec![] };
            let entry = Entry::sign(&space, &key, Chain::Content, before.0 + 1, before.1, batch.encode());
            before = (entry.position.seq, entry.hash);
            entries.push(FrameEntry::Content { heads: vec![None; MAX_CONTROL_HEADS], entry, batch, chunks: vec![] });
        }
        wired.take_frame(0, &space, &frame::encode(&entries, 1).unwrap()).expect("it is taken");
    }
    wired.write(0, document, "after");
    wired.connect(0, 1);
    assert!(wired.stations[1].has(document, "before") && wired.stations[1].has(document, "after"));
}
