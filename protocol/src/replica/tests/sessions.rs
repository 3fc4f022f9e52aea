//! What a session costs, and what becomes of one that is cut.

use crate::entry::{Role, WriteRule};
use crate::replica::{Ask, Input, Message};

use super::bounds::three;
use super::convergence::pair;
use super::wired::Wired;

fn kinds(wired: &Wired) -> Vec<(usize, String)> {
    let name = |bytes: &Vec<u8>| format!("{:?}", Message::decode(bytes)).split([' ', '{']).next().unwrap_or_default().to_owned();
    wired.sent.iter().map(|(from, _, bytes)| (*from, name(bytes))).collect()
}

#[test]
fn equal_stores_part_after_one_round_trip_and_a_hundred_bytes_a_space() {
    let (mut wired, space, _) = pair();
    wired.cut(0, 1);
    wired.take_sent();
    wired.open(0, 1);
    let halves = wired.deliver_all();
    let (messages, bytes) = wired.take_sent();
    assert!(halves <= 2, "one round trip, not {halves} halves");
    assert!(bytes < 2 * 100, "{bytes} bytes both ways");
    assert_eq!(messages, 2);
    wired.settle();
    assert_eq!(wired.take_sent(), (0, 0), "and all is silent");
    wired.assert_equal(0, 1, space);
}

#[test]
fn whoever_was_away_catches_up_in_two_round_trips() {
    let (mut wired, space, document) = pair();
    wired.cut(0, 1);
    for number in 0..30 {
        wired.write(0, document, &format!("k{number}"));
    }
    wired.take_sent();
    wired.open(0, 1);
    let mut halves = 0;
    while wired.stations[1].heads(document) != wired.stations[0].heads(document) {
        assert!(wired.half_trip() > 0, "something is under way");
        halves += 1;
    }
    assert!(halves <= 4, "two round trips, not {halves} halves");
    wired.deliver_all();
    let frames: usize =
        wired.sent.iter().filter(|(_, _, bytes)| matches!(Message::decode(bytes), Ok(Message::Frame { .. }))).map(|(_, _, bytes)| bytes.len()).sum();
    let kinds = kinds(&wired);
    let (messages, bytes) = wired.take_sent();
    println!("{{\"catchup\":\"one side away\",\"messages\":{messages},\"bytes\":{bytes},\"frame_bytes\":{frames},\"half_trips\":{halves}}}");
    assert!(bytes < frames + 500, "{bytes} bytes for {frames} of frames: {kinds:?}");
    wired.settle();
    wired.assert_equal(0, 1, space);
    wired.assert_no_faults();
}

#[test]
fn whoever_left_before_its_last_receipt_did_catches_up_in_two_round_trips() {
    for dials in [0, 1] {
        let (mut wired, space, document) = pair();
        // It has the latest, and is gone before it has said so; nobody can tell from its digest what it has.
        wired.write(0, document, "the last that it saw");
        while wired.stations[1].heads(document) != wired.stations[0].heads(document) {
            assert!(wired.half_trip() > 0 || wired.let_time_pass(), "it comes");
        }
        wired.cut(0, 1);
        for number in 0..30 {
            wired.write(0, document, &format!("k{number}"));
            wired.settle();
        }
        wired.take_sent();
        wired.dial(dials, 1 - dials);
        let mut halves = 1;
        while wired.stations[1].heads(document) != wired.stations[0].heads(document) {
            assert!(wired.half_trip() > 0, "something is under way");
            halves += 1;
        }
        assert!(halves <= 4, "two round trips, not {halves} halves: {:?}", kinds(&wired));
        wired.settle();
        let (messages, bytes) = wired.take_sent();
        println!("{{\"catchup\":\"left before its receipt\",\"messages\":{messages},\"bytes\":{bytes},\"half_trips\":{halves}}}");
        wired.assert_equal(0, 1, space);
        wired.assert_no_faults();
    }
}

#[test]
fn whoever_comes_back_is_told_frontiers_that_it_can_read_though_receipts_were_given_meanwhile() {
    let (mut wired, space, document) = three();
    wired.write(0, document, "the last that it saw");
    while wired.stations[2].heads(document) != wired.stations[0].heads(document) {
        assert!(wired.half_trip() > 0 || wired.let_time_pass(), "it comes");
    }
    wired.cut(0, 2);
    wired.cut(1, 2);
    wired.settle();
    wired.write(0, document, "and more, of which those who stayed told each other");
    wired.settle();
    wired.take_sent();
    for at in [0, 1] {
        wired.open(at, 2);
    }
    wired.settle();
    let asked = wired.sent.iter().filter(|(.., bytes)| matches!(Message::decode(bytes), Ok(Message::Frontier { ask: Ask::TellAll, .. }))).count();
    assert_eq!(asked, 0, "{:?}", kinds(&wired));
    wired.assert_equal(0, 2, space);
}

#[test]
fn a_node_says_where_it_is_to_those_who_come_and_when_it_moves() {
    let (mut wired, _, _) = pair();
    let at = |port: u16| vec![format!("/ip4/10.0.0.1/tcp/{port}"), "x".repeat(crate::limits::MAX_ADDRESS_BYTES + 1)];
    wired.feed(0, Input::Whereabouts(at(1)));
    wired.settle();
    let id = wired.id(0);
    assert_eq!(wired.stations[1].whereabouts.get(&id).map(Vec::as_slice), Some(&at(1)[..1]), "what no address can be is left out");
    wired.cut(0, 1);
    wired.feed(0, Input::Whereabouts(at(2)));
    wired.settle();
    wired.connect(0, 1);
    assert_eq!(wired.stations[1].whereabouts.get(&id).map(Vec::as_slice), Some(&at(2)[..1]));

    // On a line that drops again and again it says so once an hour.
    wired.settle();
    wired.stations[1].whereabouts.clear();
    wired.cut(0, 1);
    wired.connect(0, 1);
    wired.settle();
    assert!(wired.stations[1].whereabouts.is_empty(), "known already");
    wired.cut(0, 1);
    wired.now += std::time::Duration::from_secs(3_600);
    wired.connect(0, 1);
    wired.settle();
    assert_eq!(wired.stations[1].whereabouts.get(&id).map(Vec::as_slice), Some(&at(2)[..1]), "gossip may have been lost");
}

#[test]
fn whoever_is_cut_off_sees_nobody_there_any_more() {
    let (mut wired, _, document) = pair();
    wired.feed(0, Input::OpenDocuments(vec![(document, vec!["Айгүл".to_owned()])]));
    wired.deliver_all();
    let seen = |wired: &Wired| wired.stations[1].replica.presence(&document, wired.now).len();
    assert_eq!(seen(&wired), 1);
    wired.cut(0, 1);
    assert_eq!(seen(&wired), 0, "at once");
    wired.open(0, 1);
    wired.deliver_all();
    assert_eq!(seen(&wired), 1);
}

#[test]
fn both_having_written_both_catch_up_in_two_round_trips() {
    let (mut wired, space, document) = pair();
    wired.cut(0, 1);
    for number in 0..10 {
        wired.write(0, document, &format!("a{number}"));
        wired.write(1, document, &format!("b{number}"));
    }
    wired.take_sent();
    wired.open(0, 1);
    let mut halves = 0;
    while wired.stations[1].heads(document) != wired.stations[0].heads(document) {
        assert!(wired.half_trip() > 0, "something is under way");
        halves += 1;
    }
    assert!(halves <= 4, "two round trips, not {halves} halves");
    wired.deliver_all();
    let (messages, bytes) = wired.take_sent();
    println!("{{\"catchup\":\"both wrote\",\"messages\":{messages},\"bytes\":{bytes},\"half_trips\":{halves}}}");
    wired.settle();
    wired.assert_equal(0, 1, space);
}

#[test]
fn a_session_cut_at_any_message_goes_on_with_the_next() {
    for cut_after in 0..60 {
        let (mut wired, space, document) = pair();
        wired.cut(0, 1);
        for number in 0..6 {
            wired.write(0, document, &format!("a{number}"));
            wired.write(1, document, &format!("b{number}"));
        }
        wired.open(0, 1);
        let mut delivered = 0;
        while delivered < cut_after && (wired.deliver_one(0, 1) || wired.deliver_one(1, 0)) {
            delivered += 1;
        }
        wired.cut(0, 1);
        wired.connect(0, 1);
        wired.assert_equal(0, 1, space);
        wired.assert_no_faults();
        if delivered < cut_after {
            return;
        }
    }
    panic!("a session of two has fewer messages than that");
}

#[test]
fn what_two_peers_have_is_pulled_from_one() {
    let (mut wired, space, document) = pair();
    let ticket = wired.invite(0, space, Role::Member);
    let third = wired.station(7, 7);
    wired.join(third, 0, &ticket).expect("the ticket is good");
    wired.connect(0, third);
    wired.cut(0, third);
    for number in 0..40 {
        wired.write(0, document, &format!("k{number}"));
    }
    wired.settle();
    wired.assert_equal(0, 1, space);
    wired.take_sent();
    wired.open(0, third);
    wired.open(1, third);
    wired.settle();
    let frames: Vec<usize> =
        wired.sent.iter().filter(|(_, _, bytes)| matches!(Message::decode(bytes), Ok(Message::Frame { .. }))).map(|(from, ..)| *from).collect();
    assert_eq!(frames.len(), 1, "one frame from one peer: {frames:?}");
    wired.assert_equal(1, third, space);
    wired.assert_no_faults();
}

#[test]
fn with_gossip_off_sessions_alone_bring_everything() {
    let (mut wired, space, document) = pair();
    wired.gossip = false;
    for number in 0..5 {
        wired.write(0, document, &format!("a{number}"));
        wired.settle();
        wired.write(1, document, &format!("b{number}"));
        wired.settle();
        wired.assert_equal(0, 1, space);
    }
    let made = wired.document(1, space, WriteRule::Everyone);
    wired.settle();
    assert!(!wired.stations[0].heads(made).is_empty(), "a new document too");
    wired.assert_no_faults();
}

#[test]
fn what_is_written_between_two_equal_stores_that_just_connect_is_published() {
    let (mut wired, space, document) = pair();
    wired.cut(0, 1);
    wired.open(0, 1);
    // The session is open, and the other side has not spoken yet.
    wired.write(0, document, "early");
    wired.settle();
    assert!(wired.stations[1].has(document, "early"));
    wired.assert_equal(0, 1, space);
}

#[test]
fn a_receipt_that_the_peer_lacks_costs_a_turn_and_nothing_else() {
    let (mut wired, space, document) = pair();
    let ticket = wired.invite(0, space, Role::Member);
    let third = wired.station(7, 7);
    wired.join(third, 0, &ticket).expect("the ticket is good");
    wired.connect(0, third);
    wired.cut(0, third);
    // The third hears of what happens through the second only, whose newest receipt the first lacks.
    wired.cut(0, 1);
    wired.connect(1, third);
    wired.write(1, document, "b");
    wired.write(third, document, "c");
    wired.settle();
    wired.write(0, document, "a");
    wired.connect(0, third);
    wired.connect(0, 1);
    wired.assert_equal(0, 1, space);
    wired.assert_equal(0, third, space);
    wired.assert_no_faults();
}

#[test]
fn frames_are_cut_where_signatures_are_and_many_of_them_bring_everything() {
    let (mut wired, space, document) = pair();
    for number in 0..300 {
        wired.write(number % 2, document, &format!("k{number}"));
        if number % 3 == 0 {
            wired.settle();
        }
    }
    wired.settle();
    let ticket = wired.invite(0, space, Role::Member);
    let third = wired.station(7, 7);
    wired.join(third, 0, &ticket).expect("the ticket is good");
    wired.connect(1, third);
    wired.assert_equal(0, 1, space);
    wired.assert_equal(1, third, space);
    wired.assert_no_faults();
}

/// A school that was away for long: what it has to catch up with does not pack.
fn long_away() -> (Wired, crate::ids::SpaceId, crate::ids::DocumentId) {
    let (mut wired, space, document) = pair();
    wired.cut(0, 1);
    let mut noise = blake3::Hasher::new().finalize_xof();
    for _ in 0..2_400 {
        let mut key = [0; 64];
        noise.fill(&mut key);
        wired.write(0, document, &data_encoding::HEXLOWER.encode(&key));
    }
    wired.take_sent();
    (wired, space, document)
}

/// Delivers until so many bytes have crossed, both ways together. Says how many really have: the last message may have come in part.
fn deliver_bytes(wired: &mut Wired, most: usize) -> usize {
    let mut crossed = 0;
    loop {
        let next = [(0, 1), (1, 0)].into_iter().find_map(|(from, to)| Some((from, to, wired.next_on(from, to)?)));
        let Some((from, to, bytes)) = next else { return crossed };
        if crossed + bytes > most {
            return most;
        }
        crossed += bytes;
        wired.deliver_one(from, to);
    }
}

#[test]
fn one_cut_anywhere_costs_a_frame_and_a_little_at_most() {
    let (mut wired, space, _) = long_away();
    // 64 kbit/s: frames are as long as such a line takes in two seconds.
    wired.rate = Some(8_000);
    let images = [0, 1].map(|at| wired.stations[at].log.clone());
    let again = |wired: &mut Wired| {
        for (at, image) in images.iter().enumerate() {
            wired.stations[at].log = image.clone();
            wired.restart(at);
        }
        wired.take_sent();
        wired.open(0, 1);
    };
    again(&mut wired);
    wired.settle();
    let (_, uncut) = wired.take_sent();
    assert!(uncut > 128 * 1024, "{uncut} bytes are worth cutting");
    let (mut worst, mut at_worst, mut longest) = (0, 0, 0);
    for cut_at in (0..uncut).step_by(4_096) {
        again(&mut wired);
        let crossed = deliver_bytes(&mut wired, cut_at);
        wired.cut(0, 1);
        let frame = |wired: &Wired| {
            let frames = wired.sent.iter().filter(|(_, _, bytes)| matches!(Message::decode(bytes), Ok(Message::Frame { .. })));
            frames.map(|(_, _, bytes)| bytes.len()).max().unwrap_or(0)
        };
        longest = longest.max(frame(&wired));
        wired.take_sent();
        wired.open(0, 1);
        wired.settle();
        wired.assert_equal(0, 1, space);
        longest = longest.max(frame(&wired));
        let (_, after) = wired.take_sent();
        let (total, allowed) = (crossed + after, uncut * 115 / 100 + longest);
        assert!(total <= allowed, "cut after {cut_at} of {uncut} bytes: {total} bytes in all, {allowed} allowed");
        if total > worst {
            (worst, at_worst) = (total, cut_at);
        }
        wired.assert_no_faults();
    }
    assert!(longest < 24 * 1024 + 1_024, "{longest} bytes of one frame are too many to lose on such a line");
    println!("{{\"cut\":\"one, anywhere\",\"uncut\":{uncut},\"worst\":{worst},\"at\":{at_worst},\"longest_frame\":{longest}}}");
}

#[test]
fn a_line_that_drops_every_six_seconds_gets_everything_through() {
    let (mut wired, space, _) = long_away();
    wired.rate = Some(8_000);
    let mut sessions = 0;
    // Two of the six seconds go to connecting.
    while sessions == 0 || wired.stations[0].replica.frontier(&space) != wired.stations[1].replica.frontier(&space) {
        assert!(sessions < 40, "a line that carries 32 kB at a time must bring 170 kB in some sessions");
        sessions += 1;
        wired.open(0, 1);
        deliver_bytes(&mut wired, 4 * 8_000);
        wired.cut(0, 1);
    }
    let (_, bytes) = wired.take_sent();
    println!("{{\"cut\":\"every 6 s at 64 kbit/s\",\"sessions\":{sessions},\"bytes\":{bytes}}}");
    wired.assert_no_faults();
}

#[test]
fn what_time_it_is_at_a_peer_is_handed_on_and_changes_nothing() {
    let (mut wired, space, document) = pair();
    let peer = wired.id(1);
    let before = wired.stations[0].commits;
    for unix_s in [0, 1_796_929_200, u64::MAX] {
        wired.feed(0, Input::Message { peer, bytes: Message::Clock { unix_s }.encode() });
    }
    assert_eq!(wired.stations[0].clocks, [(peer, 0), (peer, 1_796_929_200), (peer, u64::MAX)], "as it was said, however wrong");
    assert_eq!(wired.stations[0].commits, before, "nothing is kept of it");
    wired.write(1, document, "after");
    wired.settle();
    wired.assert_equal(0, 1, space);
    wired.assert_no_faults();
}
