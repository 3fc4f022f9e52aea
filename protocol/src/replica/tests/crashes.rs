//! What a restart remembers.

use crate::entry::{Chain, ChainId, Cut, Position, Retirement, Role};
use crate::replica::{Input, LocalAct, Outbox, Token};

use super::convergence::pair;

#[test]
fn what_was_written_before_a_restart_is_published_after_it() {
    let (mut wired, space, document) = pair();
    wired.cut(0, 1);
    wired.write(0, document, "a");
    wired.restart(0);
    assert!(wired.stations[0].has(document, "a"));
    wired.connect(0, 1);
    wired.assert_equal(0, 1, space);
    assert!(wired.stations[1].has(document, "a"));
}

#[test]
fn a_receipt_that_a_stop_came_before_is_given_after_the_restart() {
    let (mut wired, space, document) = pair();
    wired.write(0, document, "a");
    // The entry is published, announced and kept at the other, which stops before its receipt is due.
    while wired.stations[1].replica.frontier(&space) != wired.stations[0].replica.frontier(&space) || !wired.stations[1].has(document, "a") {
        wired.let_time_pass();
    }
    wired.restart(1);
    wired.connect(0, 1);
    assert_eq!(wired.stations[0].replica.reached(&document), Some((1, 1)));
}

#[test]
fn a_crash_between_a_retirement_and_the_judgement_after_it_forgets_nothing() {
    let (mut wired, space, document) = pair();
    let laptop = wired.station(1, 9);
    let ticket = wired.invite(0, space, Role::Member);
    wired.join(laptop, 0, &ticket).unwrap();
    wired.connect(0, laptop);
    wired.write(laptop, document, "kept");
    wired.settle();
    let chain = ChainId { node: wired.id(laptop), chain: Chain::Content };
    let tip = wired.stations[0].replica.frontier(&space).unwrap().tip(&chain);
    wired.write(laptop, document, "cut");
    wired.settle();
    assert!(wired.stations[0].has(document, "cut"));
    let cut = Cut { position: Position { chain, seq: tip.seq }, hash: tip.hash };
    let retirement = Retirement::issue(&wired.stations[laptop].school, wired.id(laptop), vec![cut]);
    // Only the commit is done, then the machine stops.
    let mut out = Outbox::new();
    let (now, station) = (wired.now, &mut wired.stations[0]);
    station.replica.handle(now, Input::Act { token: Token(1), act: LocalAct::RetireNode { space, retirement } }, &station.log, &mut out).unwrap();
    let Some(crate::replica::Effect::Commit(commit)) = out.effects.into_iter().next() else { panic!("the act is kept first") };
    station.log.commit(&[commit]).unwrap();
    wired.restart(0);
    assert!(wired.stations[0].has(document, "kept") && !wired.stations[0].has(document, "cut"));
    wired.connect(0, 1);
    wired.assert_equal(0, 1, space);
    assert!(!wired.stations[1].has(document, "cut"));
}
