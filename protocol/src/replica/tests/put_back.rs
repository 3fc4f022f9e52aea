//! A school's node is put back from an old copy of its disk: it goes on, or it says that it has stopped; it never takes words that nobody gets.

use crate::entry::{Chain, ChainId, WriteRule};
use crate::ids::{DocumentId, SpaceId};
use crate::log::Halt;
use crate::replica::{Input, Message, Part, ShownEntry};

use super::bounds::three;
use super::wired::Wired;

fn part(wired: &Wired, at: usize, space: &SpaceId) -> Part {
    wired.stations[at].replica.space(space).expect("it has the space").part
}

fn there(wired: &Wired, at: usize, space: &SpaceId, document: &DocumentId) -> bool {
    wired.stations[at].replica.space(space).is_some_and(|space| space.membership.document(document).is_some())
}

/// Either its words are everywhere, or it takes none.
fn assert_heard_or_stopped(wired: &mut Wired, space: SpaceId, document: DocumentId, case: &str) {
    let change = wired.stations[1].edit(document, "afterwards");
    let taken = wired.submit(1, document, vec![change]);
    wired.settle();
    let heard = [0, 2].iter().all(|at| wired.stations[*at].has(document, "afterwards"));
    let part = part(wired, 1, &space);
    assert!(heard || (taken.is_err() && matches!(part, Part::Halted(_))), "{case}: taken {taken:?}, heard {heard}, {part:?}");
}

#[test]
fn a_node_put_back_whose_people_write_first_is_heard_or_stops() {
    for (lost, anew) in [(1, 1), (2, 1), (1, 2), (3, 1)] {
        for gossip in [false, true] {
            let (mut wired, space, document) = three();
            wired.gossip = gossip;
            let image = wired.stations[1].log.clone();
            for number in 0..lost {
                wired.write(1, document, &format!("lost{number}"));
                wired.settle();
            }
            wired.stations[1].log = image;
            wired.restart(1);
            for number in 0..anew {
                let change = wired.stations[1].edit(document, &format!("anew{number}"));
                let _ = wired.submit(1, document, vec![change]);
                wired.connect(1, 0);
                wired.cut(1, 0);
            }
            wired.connect(0, 1);
            wired.connect(1, 2);
            assert_heard_or_stopped(&mut wired, space, document, &format!("{lost} lost, {anew} anew, gossip {gossip}"));
        }
    }
}

#[test]
fn what_awaited_publication_in_the_copy_is_not_published_beside_what_was() {
    let (mut wired, space, document) = three();
    for (a, b) in [(0, 1), (1, 2), (0, 2)] {
        wired.cut(a, b);
    }
    wired.write(1, document, "in the copy");
    let image = wired.stations[1].log.clone();
    wired.write(1, document, "lost");
    wired.connect(0, 1);
    wired.cut(0, 1);
    wired.stations[1].log = image;
    wired.restart(1);
    wired.connect(0, 1);
    assert!(wired.stations[1].has(document, "lost"), "it gets back what it had said");
    assert_eq!(part(&wired, 1, &space), Part::Halted(Halt::OwnLogIsLonger));
    wired.connect(1, 2);
    wired.connect(0, 2);
    assert_heard_or_stopped(&mut wired, space, document, "put back");
    wired.assert_no_faults();
}

#[test]
fn a_node_put_back_that_acts_first_stops_when_it_is_shown_what_it_had_signed_and_stays_so() {
    let (mut wired, space, document) = three();
    let image = wired.stations[1].log.clone();
    wired.document(1, space, WriteRule::Everyone);
    wired.settle();
    wired.stations[1].log = image;
    wired.restart(1);
    wired.document(1, space, WriteRule::Everyone);
    wired.take_sent();
    wired.connect(0, 1);
    let shown = wired.sent.iter().filter(|(from, _, bytes)| *from == 0 && matches!(Message::decode(bytes), Ok(Message::OwnEntry { .. }))).count();
    assert_eq!(shown, 1, "once in a session");
    assert_eq!(part(&wired, 1, &space), Part::Halted(Halt::OwnLogForked));
    wired.restart(1);
    assert_eq!(part(&wired, 1, &space), Part::Halted(Halt::OwnLogForked), "a restart does not forget it");
    let change = wired.stations[1].edit(document, "afterwards");
    assert!(wired.submit(1, document, vec![change]).is_err());
    wired.connect(0, 1);
    wired.connect(1, 2);
    assert_eq!((wired.take_sent().0 < 200, part(&wired, 1, &space)), (true, Part::Halted(Halt::OwnLogForked)));
    wired.write(0, document, "from others");
    wired.settle();
    assert!(wired.stations[1].has(document, "from others"), "it still reads");
    let others = wired.document(0, space, WriteRule::Everyone);
    wired.settle();
    assert!(there(&wired, 1, &space, &others));
}

#[test]
fn receipts_of_a_node_put_back_count_at_once() {
    let (mut wired, space, document) = three();
    let image = wired.stations[1].log.clone();
    for number in 0..20 {
        wired.write(0, document, &format!("k{number}"));
        wired.settle();
    }
    wired.stations[1].log = image;
    wired.restart(1);
    wired.connect(0, 1);
    wired.connect(1, 2);
    assert_eq!(part(&wired, 1, &space), Part::Member, "it has lost nothing of its own");
    assert_eq!(wired.stations[0].replica.reached(&document), Some((2, 2)));
    wired.write(0, document, "more");
    wired.settle();
    assert_eq!(wired.stations[0].replica.reached(&document), Some((2, 2)));
    wired.assert_no_faults();
}

#[test]
fn nobody_stops_a_node_with_an_entry_that_it_has_not_signed() {
    let (mut wired, space, document) = three();
    wired.write(1, document, "own");
    wired.settle();
    // Its own words, shown by somebody who took an older frontier of it for another branch, change nothing.
    let chain = ChainId { node: wired.id(1), chain: Chain::Content };
    let entry = wired.stations[0].replica.spaces[&space].last_entry(&chain, &wired.stations[0].log).unwrap().expect("it is there");
    let shown = ShownEntry {
        chain: chain.chain,
        seq: entry.position.seq,
        previous: entry.previous,
        signature: entry.signature.expect("the last is signed"),
        body: entry.body,
    };
    let peer = wired.id(0);
    let message = |entry: &ShownEntry| Message::OwnEntry { space: 0, entry: entry.clone() }.encode();
    wired.feed(1, Input::Message { peer, bytes: message(&shown) });
    assert_eq!((part(&wired, 1, &space), wired.stations[1].faults.len()), (Part::Member, 0));
    let forged = ShownEntry { seq: shown.seq + 1, ..shown };
    wired.feed(1, Input::Message { peer, bytes: message(&forged) });
    assert_eq!((part(&wired, 1, &space), wired.stations[1].faults.len()), (Part::Member, 1), "and who forges answers for it");
}
