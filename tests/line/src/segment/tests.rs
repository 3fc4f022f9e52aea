//! Sums are the proof: a packet that was rewritten must be as good as one that was sent so.

use super::*;
use crate::packet::checksum;

const HERE: End = End { address: Ipv4Addr::new(10, 77, 1, 1), port: 4_011 };
const OUTSIDE: End = End { address: Ipv4Addr::new(95, 77, 1, 1), port: 61_000 };
const THERE: End = End { address: Ipv4Addr::new(95, 77, 9, 1), port: 443 };

/// What both sums of a packet come to: nothing, when they hold.
fn sums(packet: &[u8]) -> (u16, u16) {
    let header = header_length(packet);
    let carried = &packet[header..];
    let mut covered = Vec::new();
    if packet[9] != ICMP {
        covered.extend(&packet[12..20]);
        covered.extend([0, packet[9]]);
        covered.extend(u16::try_from(carried.len()).unwrap().to_be_bytes());
    }
    covered.extend(carried);
    (checksum(&packet[..header]), checksum(&covered))
}

/// A packet with sums that hold.
pub(crate) fn packet(carried: Carried, from: End, to: End, payload: usize) -> Vec<u8> {
    let (protocol, own, sum_at) = match carried {
        Carried::Tcp => (TCP, 20, 16),
        Carried::Udp => (UDP, 8, 6),
        Carried::Ping => (ICMP, 8, 2),
    };
    let length = u16::try_from(IPV4_HEADER + own + payload).unwrap().to_be_bytes();
    let mut packet = vec![0x45, 0, length[0], length[1], 0, 0, 0, 0, 64, protocol, 0, 0];
    packet.extend(from.address.octets());
    packet.extend(to.address.octets());
    let sum = checksum(&packet).to_be_bytes();
    packet[10..12].copy_from_slice(&sum);
    packet.extend((0..own + payload).map(|at| (at * 7) as u8));
    if carried == Carried::Ping {
        packet[20] = ECHO;
        packet[24..26].copy_from_slice(&from.port.to_be_bytes());
    } else {
        packet[20..22].copy_from_slice(&from.port.to_be_bytes());
        packet[22..24].copy_from_slice(&to.port.to_be_bytes());
    }
    let at = IPV4_HEADER + sum_at;
    packet[at..at + 2].fill(0);
    let (_, sum) = sums(&packet);
    packet[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    packet
}

/// What says that a packet did not arrive, with as much of it as a sender quotes.
pub(crate) fn trouble(about: &[u8], by: Ipv4Addr) -> Vec<u8> {
    let quoted = &about[..28.min(about.len())];
    let mut packet = vec![0x45, 0, 0, u8::try_from(28 + quoted.len()).unwrap(), 0, 0, 0, 0, 64, ICMP, 0, 0];
    packet.extend(by.octets());
    packet.extend(&about[12..16]);
    let sum = checksum(&packet).to_be_bytes();
    packet[10..12].copy_from_slice(&sum);
    packet.extend([3, 3, 0, 0, 0, 0, 0, 0]);
    packet.extend(quoted);
    let sum = checksum(&packet[20..]).to_be_bytes();
    packet[22..24].copy_from_slice(&sum);
    packet
}

#[test]
fn a_rewritten_packet_is_as_good_as_one_that_was_sent_so() {
    for carried in [Carried::Tcp, Carried::Udp] {
        for payload in [0, 1, 700, 1_400] {
            let mut there = packet(carried, HERE, THERE, payload);
            assert_eq!(sums(&there), (0, 0), "the test's own packets hold");
            rewrite(&mut there, Side::From, OUTSIDE);
            assert_eq!(there, packet(carried, OUTSIDE, THERE, payload), "{carried:?} of {payload} bytes, outwards");
            let mut back = packet(carried, THERE, OUTSIDE, payload);
            rewrite(&mut back, Side::To, HERE);
            assert_eq!(back, packet(carried, THERE, HERE, payload), "{carried:?} of {payload} bytes, inwards");
        }
    }
}

#[test]
fn a_ping_keeps_its_sums_and_a_datagram_without_one_gets_none() {
    let mut ping = packet(Carried::Ping, HERE, THERE, 56);
    rewrite(&mut ping, Side::From, OUTSIDE);
    assert_eq!(sums(&ping), (0, 0));
    assert_eq!(read(&ping), Some(Segment::Of { carried: Carried::Ping, from: OUTSIDE, to: End { port: OUTSIDE.port, ..THERE } }));
    let mut bare = packet(Carried::Udp, HERE, THERE, 10);
    bare[26..28].fill(0);
    rewrite(&mut bare, Side::From, OUTSIDE);
    assert_eq!(&bare[26..28], &[0, 0], "zero says that there is no sum");
    assert_eq!(checksum(&bare[..20]), 0);
}

#[test]
fn trouble_names_the_packet_as_its_sender_knows_it() {
    let sent = packet(Carried::Udp, OUTSIDE, THERE, 30);
    let mut word = trouble(&sent, THERE.address);
    assert_eq!(read(&word), Some(Segment::About { carried: Carried::Udp, from: OUTSIDE, to: THERE }));
    rewrite(&mut word, Side::To, HERE);
    assert_eq!(sums(&word), (0, 0));
    assert_eq!(&word[16..20], &HERE.address.octets());
    assert_eq!(read(&word), Some(Segment::About { carried: Carried::Udp, from: HERE, to: THERE }));
}

#[test]
fn what_no_router_of_a_school_passes_on_is_not_read() {
    let whole = packet(Carried::Udp, HERE, THERE, 40);
    assert!(read(&whole).is_some());
    for cut in 0..24 {
        assert_eq!(read(&whole[..cut]), None, "{cut} bytes of it");
    }
    let mut fragment = whole.clone();
    fragment[7] = 1;
    let mut other = whole.clone();
    other[9] = 47;
    let mut header = whole;
    header[0] = 0x41;
    for packet in [fragment, other, header] {
        assert_eq!(read(&packet), None);
    }
}

proptest::proptest! {
    /// Anything may come from a node's device.
    #[test]
    fn nothing_that_comes_breaks_a_router(mut bytes in proptest::collection::vec(0_u8.., 0..120), first in 0x44_u8..0x48, protocol in proptest::sample::select(vec![ICMP, TCP, UDP])) {
        if bytes.len() > 9 {
            (bytes[0], bytes[9]) = (first, protocol);
        }
        is_ping_asked(&bytes);
        rewrite(&mut bytes, Side::From, OUTSIDE);
        rewrite(&mut bytes, Side::To, HERE);
    }
}
