//! What members who do harm can do, and what they cannot.

use crate::announce::EpochKey;
use crate::entry::{Act, Chain, ChainId, ControlBody, Entry, Role, WriteRule};
use crate::frame::{self, FrameEntry};
use crate::frontier::{Frontier, Tip};
use crate::ids::EntryHash;
use crate::invitation::seal_epoch_key;
use crate::replica::{Ask, Base, Input, Message, Part};
use crate::wire::Writer;

use super::convergence::pair;

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
