//! Networks in virtual time.

use super::*;
use crate::packet::tests::packet;
use crate::shape::{Mtu, Rate, Shape};

const MS: Duration = Duration::from_millis(1);
const A: NodeId = NodeId(0);
const B: NodeId = NodeId(1);
const C: NodeId = NodeId(2);

/// 10, 20 and 30 ms from the middle.
fn three() -> Star {
    let access = |delay: u32| Access::both(Shape { delay: delay * MS, ..Shape::IDEAL });
    star(&[access(10), access(20), access(30)], 1)
}

fn star(accesses: &[Access], seed: u64) -> Star {
    Star::new(&accesses.iter().map(|access| (*access, Home::Open)).collect::<Vec<_>>(), seed)
}

/// Who has something from whom by now.
fn arrived(star: &mut Star, now: Duration) -> Vec<(NodeId, NodeId)> {
    let mut packets = Vec::new();
    star.leave(now, &mut packets);
    packets.iter().map(|packet| (packet.from, packet.to)).collect()
}

#[test]
fn the_delay_of_a_pair_is_the_sum_of_its_two_lines() {
    let mut star = three();
    star.enter(Duration::ZERO, A, &packet(A, C, 100));
    assert_eq!(star.next_due(), Some(10 * MS));
    assert_eq!(arrived(&mut star, 39 * MS), []);
    assert_eq!(star.next_due(), Some(40 * MS), "what is due next is told while it is past the middle");
    assert_eq!(arrived(&mut star, 40 * MS), [(A, C)]);
    assert_eq!(star.next_due(), None);
    assert_eq!(star.counts(A, C).arrived, Tally { packets: 1, bytes: 100 });
    assert_eq!(star.counts(C, A), Counts::default());
}

#[test]
fn who_looks_late_finds_the_same_times() {
    // 100 bytes a ms on each line, two crossings: looking once at the end must not make them one after the other from then on.
    let access = Access::both(Shape { rate: Rate::kbit(800), delay: 10 * MS, ..Shape::IDEAL });
    let mut star = star(&[access, access], 1);
    for _ in 0..10 {
        star.enter(Duration::ZERO, A, &packet(A, B, 100));
    }
    assert_eq!(arrived(&mut star, 31 * MS).len(), 10, "ten are sent in 10 ms, the last is sent on in one more, and 20 ms are travelled");
}

#[test]
fn a_receiver_shared_by_two_senders_gets_no_more_than_its_own_line_holds() {
    let mut star = three();
    star.reshape(Duration::ZERO, B, &Access::both(Shape { rate: Rate::kbit(800), ..Shape::IDEAL }));
    for _ in 0..10 {
        star.enter(Duration::ZERO, A, &packet(A, B, 100));
        star.enter(Duration::ZERO, C, &packet(C, B, 100));
    }
    assert_eq!(arrived(&mut star, 29 * MS).len(), 10);
    assert_eq!(arrived(&mut star, 40 * MS).len(), 10);
}

#[test]
fn a_cut_node_reaches_nobody_while_the_others_go_on_and_is_there_again_when_joined() {
    let mut star = three();
    star.enter(Duration::ZERO, A, &packet(A, B, 100));
    star.cut(5 * MS, A);
    star.enter(6 * MS, A, &packet(A, B, 100));
    star.enter(6 * MS, B, &packet(B, A, 100));
    star.enter(6 * MS, C, &packet(C, B, 100));
    assert_eq!(arrived(&mut star, 1_000 * MS), [(C, B)]);
    assert_eq!(star.counts(A, B).cut.packets, 2, "one was on the line, one came to it");
    assert_eq!(star.counts(B, A).cut.packets, 1);
    star.join(A);
    star.enter(1_001 * MS, A, &packet(A, B, 100));
    assert_eq!(arrived(&mut star, 1_031 * MS), [(A, B)]);
}

#[test]
fn what_has_left_a_line_before_its_cut_arrives() {
    let mut star = three();
    star.enter(Duration::ZERO, A, &packet(A, C, 100));
    star.cut(10 * MS, A);
    assert_eq!(arrived(&mut star, 40 * MS), [(A, C)]);
}

#[test]
fn two_parted_nodes_still_reach_a_third() {
    let mut star = three();
    star.part(Duration::ZERO, B, A);
    for (from, to) in [(A, B), (B, A), (A, C), (C, B)] {
        star.enter(Duration::ZERO, from, &packet(from, to, 100));
    }
    assert_eq!(arrived(&mut star, 100 * MS), [(C, B), (A, C)]);
    star.unite(A, B);
    star.enter(100 * MS, A, &packet(A, B, 100));
    assert_eq!(arrived(&mut star, 200 * MS), [(A, B)]);
}

#[test]
fn a_packet_too_large_for_the_receivers_line_is_told_to_the_sender_or_swallowed() {
    let mtu = |oversize| Access::IDEAL.mtu(Mtu { bytes: 1_280, oversize });
    let mut star = star(&[Access::IDEAL, mtu(Oversize::Told), mtu(Oversize::Swallowed)], 1);
    star.enter(Duration::ZERO, A, &packet(A, C, 1_281));
    assert_eq!(arrived(&mut star, MS), []);
    star.enter(MS, A, &packet(A, B, 1_281));
    assert_eq!(arrived(&mut star, MS), [(A, A)], "the network's own word");
    star.enter(MS, A, &packet(A, B, 1_280));
    assert_eq!(arrived(&mut star, MS), [(A, B)]);
    assert_eq!((star.counts(A, B).too_big.packets, star.counts(A, C).too_big.packets), (1, 1));
}

#[test]
fn what_goes_to_nobody_here_is_counted_and_gone() {
    let mut star = three();
    let mut group = packet(A, B, 100);
    group[16..20].copy_from_slice(&[224, 0, 0, 251]);
    star.enter(Duration::ZERO, A, &group);
    star.enter(Duration::ZERO, A, &packet(A, NodeId(9), 100));
    assert_eq!(star.strays(A), Tally { packets: 2, bytes: 200 });
    assert_eq!(star.next_due(), None);
}

#[test]
fn every_packet_is_counted_once_at_its_end() {
    let loss = crate::loss::Loss::Independent(crate::loss::Percent::new(20.0).unwrap());
    let access = Access::both(Shape { rate: Rate::kbit(64), loss, queue: 200 * MS, ..Shape::IDEAL });
    let mut star = star(&[access; 3], 5);
    for step in 0..400u32 {
        let (from, to) = [(A, B), (B, C), (C, A), (A, C)][step as usize % 4];
        star.enter(step * 3 * MS, from, &packet(from, to, 300));
    }
    star.cut(1_200 * MS, B);
    arrived(&mut star, Duration::MAX);
    let nodes = [A, B, C];
    let all: Counts = nodes.iter().flat_map(|from| nodes.iter().map(|to| star.counts(*from, *to))).sum();
    assert_eq!(all.sent.packets, 400);
    let ends = [all.arrived, all.lost, all.dropped, all.cut];
    assert_eq!(ends.iter().map(|end| end.packets).sum::<u64>(), 400);
    assert!(ends.iter().all(|end| end.packets > 0), "each end was met: {all:?}");
}

#[test]
fn a_router_stands_at_its_end_of_the_line_and_what_it_refuses_is_counted() {
    let far = Access::both(Shape { delay: 10 * MS, ..Shape::IDEAL });
    let behind = Home::Behind(crate::nat::NatKind::PortRestricted, crate::nat::Ports::Kept);
    let mut star = Star::new(&[(far, behind), (far, Home::Public), (far, Home::Open)], 1);
    let udp = |from: std::net::Ipv4Addr, to: std::net::Ipv4Addr| {
        let end = |address| crate::segment::End { address, port: 4_011 };
        crate::segment::tests::packet(crate::segment::Carried::Udp, end(from), end(to), 20)
    };
    let (inside, outside, public) = (A.address(), A.public_address(), B.public_address());
    star.enter(Duration::ZERO, B, &udp(public, outside));
    assert_eq!(arrived(&mut star, 20 * MS), [], "nobody inside has asked");
    assert_eq!(star.counts(B, A).refused.packets, 1);
    star.enter(20 * MS, A, &udp(inside, public));
    let mut packets = Vec::new();
    star.leave(40 * MS, &mut packets);
    assert_eq!(packets.len(), 1);
    assert_eq!(packets[0].bytes, udp(outside, public), "it comes from the router");
    star.enter(40 * MS, B, &udp(public, outside));
    star.leave(60 * MS, &mut packets);
    assert_eq!(packets[1].bytes, udp(public, inside), "the answer finds the one who asked");
    for (from, to) in [(B, inside), (A, outside), (B, C.public_address()), (A, B.address())] {
        star.enter(60 * MS, from, &udp(public, to));
    }
    assert_eq!(
        arrived(&mut star, 1_000 * MS),
        [],
        "private addresses lead nowhere from outside, one's own router back to nobody, and who has none has none"
    );
    assert_eq!((star.strays(A).packets, star.strays(B).packets), (2, 2));
}
