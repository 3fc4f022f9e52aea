//! Who has what: from receipts, never ahead of the truth.

use crate::entry::{Role, WriteRule};
use crate::replica::{Change, Input, Lacks, Message};

use super::bounds::three;
use super::convergence::pair;
use super::wired::Wired;

#[test]
fn a_school_has_the_latest_once_its_receipt_says_so_and_not_before() {
    let (mut wired, _, document) = pair();
    assert_eq!(wired.stations[0].replica.reached(&document), Some((1, 1)));
    wired.write(0, document, "a");
    assert_eq!(wired.stations[0].replica.reached(&document), Some((0, 1)), "it is not even published");
    let station = &wired.stations[0];
    let reach = station.replica.reach(&document, &station.log).unwrap().unwrap();
    assert!(!reach.published && reach.schools[0].lacks.news == 1);
    wired.settle();
    let station = &wired.stations[0];
    let reach = station.replica.reach(&document, &station.log).unwrap().unwrap();
    assert!(reach.published && reach.schools[0].has_latest && reach.schools[0].lacks == Lacks::default());
    assert_eq!(wired.stations[1].replica.reached(&document), Some((1, 1)), "and the other knows it of the author");
}

#[test]
fn people_are_told_that_others_lack_the_latest_also_while_nobody_is_there() {
    let (mut wired, space, document) = pair();
    wired.cut(0, 1);
    wired.settle();
    wired.stations[0].changed.clear();
    wired.write(0, document, "to nobody yet");
    assert_eq!(wired.stations[0].replica.reached(&document), Some((0, 1)));
    assert!(wired.stations[0].changed.contains(&Change::Receipts(space)), "or the page would go on saying what it said before");
}

#[test]
fn of_a_whole_space_what_a_school_lacks_is_counted_and_about_as_large_as_what_then_travels() {
    let (mut wired, space, document) = pair();
    let said = |wired: &Wired| {
        let station = &wired.stations[0];
        station.replica.space_reach(&space, &station.log).unwrap().unwrap()
    };
    wired.settle();
    let schools = said(&wired).schools;
    assert!(schools.len() == 1 && schools[0].has_latest && schools[0].lacks == Lacks::default(), "both hold the same: {schools:?}");
    wired.cut(0, 1);
    wired.settle();
    for number in 0..400 {
        wired.write(0, document, &format!("A sentence with the number {number}, as somebody might write it. "));
    }
    let other = wired.document(0, space, WriteRule::Everyone);
    let schools = said(&wired).schools;
    assert!(!schools[0].has_latest && schools[0].heard);
    assert_eq!(schools[0].lacks.news, 402, "each change, the new document, and its beginning");
    let station = &wired.stations[0];
    let of_document = |document| station.replica.reach(document, &station.log).unwrap().unwrap().schools[0].lacks;
    assert_eq!((of_document(&document).news, of_document(&other).news), (400, 1), "each document tells its own");
    let said_bytes = schools[0].lacks.bytes as usize;
    wired.take_sent();
    wired.connect(0, 1);
    let (_, travelled) = wired.take_sent();
    println!("{{\"lacks\":\"400 sentences\",\"said\":{said_bytes},\"travelled\":{travelled}}}");
    assert!(said_bytes / 3 <= travelled && travelled <= said_bytes * 3, "{said_bytes} were said to wait, and {travelled} travelled");
    assert!(said(&wired).schools[0].has_latest, "and when all has come that is said too");
}

#[test]
fn receipts_reach_those_that_are_not_connected_to_their_giver() {
    let mut wired = Wired::new(4);
    let space = wired.space(0);
    for at in 1..4 {
        let ticket = wired.invite(0, space, Role::Member);
        wired.join(at, 0, &ticket).expect("the ticket is good");
    }
    // A line of schools: 0 - 1 - 2 - 3.
    for at in 0..3 {
        wired.open(at, at + 1);
    }
    wired.settle();
    let document = wired.document(0, space, WriteRule::Everyone);
    wired.settle();
    for at in 0..4 {
        assert_eq!(wired.stations[at].replica.reached(&document), Some((3, 3)), "station {at}");
    }
    wired.write(3, document, "z");
    wired.settle();
    for at in 0..4 {
        assert_eq!(wired.stations[at].replica.reached(&document), Some((3, 3)), "station {at}");
    }
    wired.assert_no_faults();
}

#[test]
fn in_a_full_mesh_a_publication_costs_few_receipts() {
    let mut wired = Wired::new(6);
    let space = wired.space(0);
    for at in 1..6 {
        let ticket = wired.invite(0, space, Role::Member);
        wired.join(at, 0, &ticket).expect("the ticket is good");
    }
    for a in 0..6 {
        for b in a + 1..6 {
            wired.open(a, b);
        }
    }
    wired.settle();
    let document = wired.document(0, space, WriteRule::Everyone);
    wired.settle();
    wired.take_sent();
    wired.write(0, document, "a");
    wired.settle();
    let (messages, bytes) = wired.take_sent();
    println!("{{\"receipts\":\"one publication among six\",\"messages\":{messages},\"bytes\":{bytes}}}");
    // Each of 6 tells 5 others its own; each pair compares what it holds once.
    assert!(messages <= 6 * 5 * 2, "{messages} messages, {bytes} bytes");
    for at in 0..6 {
        assert_eq!(wired.stations[at].replica.reached(&document), Some((5, 5)));
    }
}

#[test]
fn who_stops_in_order_says_before_what_was_written_last_and_how_far_it_has_got() {
    let (mut wired, space, document) = pair();
    wired.write(1, document, "from the one who stays");
    while !wired.stations[0].has(document, "from the one who stays") {
        wired.deliver_all();
        assert!(wired.let_time_pass(), "it comes");
    }
    wired.write(0, document, "written last");
    wired.feed(0, Input::Stopping);
    wired.deliver_all();
    assert!(wired.stations[1].has(document, "written last"));
    let station = &wired.stations[1];
    let reach = station.replica.reach(&document, &station.log).unwrap().unwrap();
    assert!(reach.schools[0].has_latest, "known without a moment's waiting");
    wired.restart(0);
    wired.take_sent();
    wired.connect(0, 1);
    let needless = |bytes: &[u8]| matches!(Message::decode(bytes), Ok(Message::Frontier { .. } | Message::Want { .. } | Message::Counters { .. }));
    assert!(!wired.sent.iter().any(|(.., bytes)| needless(bytes)), "and found again by it: nothing is asked");
    wired.assert_equal(0, 1, space);
}

#[test]
fn a_school_that_comes_back_to_several_is_told_each_receipt_once() {
    let (mut wired, space, document) = three();
    for at in [0, 1] {
        wired.cut(at, 2);
    }
    for (key, at) in [("a", 0), ("b", 1), ("c", 0), ("d", 1)] {
        wired.write(at, document, key);
        wired.settle();
    }
    wired.take_sent();
    for at in [0, 1] {
        wired.open(at, 2);
    }
    wired.settle();
    let (mut asked, mut told) = (0, 0);
    for (_, to, bytes) in std::mem::take(&mut wired.sent).into_iter().filter(|(from, to, _)| [*from, *to].contains(&2)) {
        match Message::decode(&bytes).expect("a node's message") {
            Message::Counters { ask: true, .. } => asked += 1,
            Message::Receipt { .. } if to == 2 => told += 1,
            _ => {}
        }
    }
    assert_eq!((asked, told), (1, 2), "it asks one of them, and is told both receipts that are new to it");
    for at in 0..3 {
        assert_eq!(wired.stations[at].replica.reached(&document), Some((2, 2)));
    }
    wired.assert_equal(0, 2, space);
}

#[test]
fn what_stands_on_a_branch_that_a_school_does_not_hold_is_not_said_to_be_there() {
    let (mut wired, _, document) = three();
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        wired.cut(a, b);
    }
    // The last school forks its content chain: its node was put back and goes on with others.
    let image = wired.stations[2].log.clone();
    for (at, key) in [(0, "told to the first"), (1, "told to the second")] {
        wired.stations[2].log = image.clone();
        wired.restart(2);
        wired.write(2, document, key);
        wired.connect(2, at);
        wired.cut(2, at);
    }
    wired.write(0, document, "on top");
    wired.connect(0, 1);
    assert!(!wired.stations[1].has(document, "told to the first"));
    let school = wired.stations[1].certificate.school;
    let has_latest = |wired: &Wired| {
        let station = &wired.stations[0];
        let reach = station.replica.reach(&document, &station.log).unwrap().expect("it is there");
        (reach.schools.iter().find(|reach| reach.school == school).expect("a member").has_latest, station.replica.reached(&document))
    };
    assert_eq!(has_latest(&wired), (false, Some((0, 2))));
    wired.restart(0);
    assert_eq!(has_latest(&wired), (false, Some((0, 2))), "nor after a restart");
}
