//! Each kind, by who gets in; and what all have in common.

use super::*;
use crate::segment::tests::{packet, trouble};

const S: Duration = Duration::from_secs(1);
const INSIDE: End = End { address: Ipv4Addr::new(10, 77, 1, 1), port: 4_011 };
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(95, 77, 1, 1);
const FRIEND: End = End { address: Ipv4Addr::new(95, 77, 9, 1), port: 4_011 };

fn nat(kind: NatKind, ports: Ports) -> Nat {
    Nat::new(kind, ports, OUTSIDE, Dice::new(1, 2))
}

/// Sends something out and says from where it seems to come.
fn send(nat: &mut Nat, now: Duration, carried: Carried, from: End, to: End) -> End {
    let out = nat.out(now, &packet(carried, from, to, 20)).expect("it goes out");
    match segment::read(&out) {
        Some(Segment::Of { from, to: still, .. }) => {
            assert!(still.address == to.address && (still.port == to.port || carried == Carried::Ping), "where it goes stays as it was");
            from
        }
        other => unreachable!("not a packet of a flow: {other:?}"),
    }
}

/// Where a packet from outside goes inside, if it is let in.
fn receive(nat: &mut Nat, now: Duration, carried: Carried, from: End, to: End) -> Option<End> {
    let mut packet = packet(carried, from, to, 20);
    match (nat.inwards(now, &mut packet), segment::read(&packet)) {
        (Passed::In, Some(Segment::Of { to, .. })) => Some(to),
        _ => None,
    }
}

#[test]
fn each_kind_lets_in_whom_it_should_and_nobody_else() {
    let same_address = End { port: 999, ..FRIEND };
    let stranger = End { address: Ipv4Addr::new(95, 77, 20, 1), port: 4_011 };
    for (kind, other_port_too, anybody) in [
        (NatKind::FullCone, true, true),
        (NatKind::AddressRestricted, true, false),
        (NatKind::PortRestricted, false, false),
        (NatKind::Symmetric, false, false),
    ] {
        for carried in [Carried::Udp, Carried::Tcp] {
            let mut nat = nat(kind, Ports::Kept);
            let seen = End { address: OUTSIDE, port: INSIDE.port };
            assert_eq!(receive(&mut nat, S, carried, FRIEND, seen), None, "{kind:?}: nothing was sent yet");
            let seen = send(&mut nat, S, carried, INSIDE, FRIEND);
            assert_eq!(seen.address, OUTSIDE);
            assert_eq!(receive(&mut nat, S, carried, FRIEND, seen), Some(INSIDE), "{kind:?}: the answer comes back");
            assert_eq!(receive(&mut nat, S, carried, same_address, seen).is_some(), other_port_too, "{kind:?}: another port of the same");
            assert_eq!(receive(&mut nat, S, carried, stranger, seen).is_some(), anybody, "{kind:?}: somebody else");
            let unasked = End { port: seen.port + 1, ..seen };
            assert_eq!(receive(&mut nat, S, carried, FRIEND, unasked), None, "{kind:?}: a port from which nothing was sent");
        }
    }
}

#[test]
fn all_but_the_symmetric_kind_show_everybody_the_same_port() {
    let other = End { address: Ipv4Addr::new(95, 77, 20, 1), port: 443 };
    for kind in NatKind::ALL {
        for ports in [Ports::Kept, Ports::Changed] {
            let mut nat = nat(kind, ports);
            let first = send(&mut nat, S, Carried::Udp, INSIDE, FRIEND);
            let second = send(&mut nat, S, Carried::Udp, INSIDE, other);
            assert_eq!(first == second, kind != NatKind::Symmetric, "{kind:?}");
            assert_eq!(send(&mut nat, S, Carried::Udp, INSIDE, FRIEND), first, "{kind:?}: it stays while it is used");
            let kept = kind != NatKind::Symmetric && ports == Ports::Kept;
            assert_eq!(first.port == INSIDE.port, kept, "{kind:?} {ports:?}");
        }
    }
}

#[test]
fn two_machines_with_the_same_port_get_two() {
    let mut nat = nat(NatKind::FullCone, Ports::Kept);
    let neighbour = End { address: Ipv4Addr::new(10, 77, 1, 2), ..INSIDE };
    let (one, other) = (send(&mut nat, S, Carried::Tcp, INSIDE, FRIEND), send(&mut nat, S, Carried::Tcp, neighbour, FRIEND));
    assert_ne!(one, other);
    assert_eq!(receive(&mut nat, S, Carried::Tcp, FRIEND, one), Some(INSIDE));
    assert_eq!(receive(&mut nat, S, Carried::Tcp, FRIEND, other), Some(neighbour));
}

#[test]
fn a_way_closes_when_nothing_goes_out_on_it_any_more() {
    for (carried, idle) in [(Carried::Udp, UDP_IDLE), (Carried::Tcp, TCP_IDLE)] {
        let mut nat = nat(NatKind::PortRestricted, Ports::Kept);
        let seen = send(&mut nat, S, carried, INSIDE, FRIEND);
        let before = S + idle - Duration::from_millis(1);
        assert!(receive(&mut nat, before, carried, FRIEND, seen).is_some(), "{carried:?}: not before its time");
        assert!(receive(&mut nat, S + idle, carried, FRIEND, seen).is_none(), "{carried:?}: what comes in keeps nothing open");
        let seen = send(&mut nat, 1_000 * S, carried, INSIDE, FRIEND);
        send(&mut nat, 1_000 * S + idle / 2, carried, INSIDE, FRIEND);
        assert!(receive(&mut nat, 1_000 * S + idle, carried, FRIEND, seen).is_some(), "{carried:?}: what goes out does");
    }
}

#[test]
fn whom_one_wrote_to_long_ago_is_let_in_no_longer_though_the_way_is_open() {
    let mut nat = nat(NatKind::PortRestricted, Ports::Kept);
    let old = End { address: Ipv4Addr::new(95, 77, 20, 1), port: 443 };
    let seen = send(&mut nat, S, Carried::Udp, INSIDE, old);
    send(&mut nat, S + UDP_IDLE / 2, Carried::Udp, INSIDE, FRIEND);
    assert_eq!(receive(&mut nat, S + UDP_IDLE, Carried::Udp, old, seen), None);
    assert_eq!(receive(&mut nat, S + UDP_IDLE, Carried::Udp, FRIEND, seen), Some(INSIDE));
}

#[test]
fn its_tables_do_not_grow_without_end_and_the_newest_stays() {
    for kind in NatKind::ALL {
        let mut nat = nat(kind, Ports::Kept);
        for port in 1..=u16::try_from(2 * MAX_WAYS).unwrap() {
            let now = S + Duration::from_millis(port.into());
            let seen = send(&mut nat, now, Carried::Udp, End { port, ..INSIDE }, FRIEND);
            assert!(receive(&mut nat, now, Carried::Udp, FRIEND, seen).is_some(), "{kind:?}");
        }
        assert_eq!(nat.ways.len(), MAX_WAYS, "{kind:?}");
    }
    let mut nat = nat(NatKind::PortRestricted, Ports::Kept);
    for port in 1..=u16::try_from(2 * MAX_OTHERS).unwrap() {
        send(&mut nat, S, Carried::Udp, INSIDE, End { port, ..FRIEND });
    }
    assert!(nat.ways.values().all(|way| way.others.len() == MAX_OTHERS));
}

#[test]
fn pings_come_back_and_none_comes_in_unasked() {
    let mut nat = nat(NatKind::FullCone, Ports::Kept);
    let seen = send(&mut nat, S, Carried::Ping, INSIDE, FRIEND);
    let mut asked = packet(Carried::Ping, End { port: seen.port, ..FRIEND }, seen, 20);
    assert_eq!(nat.inwards(S, &mut asked), Passed::Refused, "the number of one's own ping opens no way in");
    let mut answer = packet(Carried::Ping, End { port: seen.port, ..FRIEND }, seen, 20);
    answer[20] = 0;
    assert_eq!(nat.inwards(S, &mut answer), Passed::In);
}

#[test]
fn trouble_comes_in_about_what_was_sent_and_about_nothing_else() {
    let mut nat = nat(NatKind::FullCone, Ports::Changed);
    let sent = nat.out(S, &packet(Carried::Udp, INSIDE, FRIEND, 20)).expect("it goes out");
    let router = Ipv4Addr::new(95, 77, 0, 1);
    let mut word = trouble(&sent, router);
    assert_eq!(nat.inwards(S, &mut word), Passed::In);
    assert!(matches!(segment::read(&word), Some(Segment::About { from: INSIDE, to: FRIEND, .. })), "it names the packet as it was sent inside");
    let Some(Segment::Of { from: seen, .. }) = segment::read(&sent) else { unreachable!("it was sent") };
    let mut made_up = trouble(&packet(Carried::Udp, seen, End { port: 1, ..FRIEND }, 20), router);
    assert_eq!(nat.inwards(S, &mut made_up), Passed::Refused, "also where anybody is let in");
}

#[test]
fn trouble_goes_out_about_what_came_in() {
    let mut nat = nat(NatKind::PortRestricted, Ports::Changed);
    let seen = send(&mut nat, S, Carried::Udp, INSIDE, FRIEND);
    let came = packet(Carried::Udp, FRIEND, INSIDE, 20);
    let word = nat.out(S, &trouble(&came, INSIDE.address)).expect("it goes out");
    assert_eq!(segment::read(&word), Some(Segment::About { carried: Carried::Udp, from: FRIEND, to: seen }));
    let never_came = packet(Carried::Udp, End { port: 1, ..FRIEND }, INSIDE, 20);
    assert_eq!(nat.out(S, &trouble(&never_came, INSIDE.address)), None);
}
