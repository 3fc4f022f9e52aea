//! What a router reads and rewrites in a packet: the two ends of a TCP or UDP flow, of a ping, and of the packet that an ICMP message is about.

use std::net::Ipv4Addr;

use crate::packet::{IPV4_HEADER, checksum};

/// What a flow is made of. A ping's number stands where the others have a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Carried {
    Tcp,
    Udp,
    Ping,
}

/// An address with a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct End {
    pub(crate) address: Ipv4Addr,
    pub(crate) port: u16,
}

/// What a packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Segment {
    /// One of a flow.
    Of { carried: Carried, from: End, to: End },
    /// A word of trouble about one that went the other way: its two ends as it was sent.
    About { carried: Carried, from: End, to: End },
}

/// Which end of a packet is rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    From,
    To,
}

const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ECHO_REPLY: u8 = 0;
const ECHO: u8 = 8;
/// Before what an ICMP message quotes.
const ICMP_HEADER: usize = 8;

/// Reads a packet; none for what no router of a school passes on: fragments, other protocols, what is cut short.
pub(crate) fn read(packet: &[u8]) -> Option<Segment> {
    let (header, carried) = split(packet)?;
    if is_later_fragment(packet) {
        return None;
    }
    match packet[9] {
        TCP | UDP => flow(packet).map(|(carried, from, to)| Segment::Of { carried, from, to }),
        ICMP => match *carried.first()? {
            ECHO | ECHO_REPLY => flow(packet).map(|(carried, from, to)| Segment::Of { carried, from, to }),
            _ => {
                let (carried, from, to) = flow(packet.get(header + ICMP_HEADER..)?)?;
                Some(Segment::About { carried, from, to })
            }
        },
        _ => None,
    }
}

/// Whether it is a question of a ping, and not its answer.
pub(crate) fn is_ping_asked(packet: &[u8]) -> bool {
    split(packet).is_some_and(|(_, carried)| packet[9] == ICMP && carried.first() == Some(&ECHO))
}

/// Rewrites an end of a packet, and in one of trouble the same end as the packet that it quotes has it: there it stands on the other side.
pub(crate) fn rewrite(packet: &mut [u8], side: Side, end: End) {
    let Some(segment) = read(packet) else { return };
    match segment {
        Segment::Of { .. } => rewrite_flow(packet, side, end),
        Segment::About { .. } => {
            let header = header_length(packet);
            rewrite_address(packet, side, end.address);
            let Some(message) = packet.get_mut(header..) else { return };
            let quoted_side = if side == Side::From { Side::To } else { Side::From };
            rewrite_flow(&mut message[ICMP_HEADER..], quoted_side, end);
            message[2..4].fill(0);
            let sum = checksum(message).to_be_bytes();
            message[2..4].copy_from_slice(&sum);
        }
    }
}

fn header_length(packet: &[u8]) -> usize {
    usize::from(packet[0] & 0x0f) * 4
}

/// How long the header is, and what follows it.
fn split(packet: &[u8]) -> Option<(usize, &[u8])> {
    if packet.len() < IPV4_HEADER || packet[0] >> 4 != 4 {
        return None;
    }
    let header = header_length(packet);
    packet.get(header..).filter(|_| header >= IPV4_HEADER).map(|carried| (header, carried))
}

fn is_later_fragment(packet: &[u8]) -> bool {
    u16::from_be_bytes([packet[6], packet[7]]) & 0x1fff != 0
}

/// The two ends of a packet of a flow, also of one of which only the beginning is quoted.
fn flow(packet: &[u8]) -> Option<(Carried, End, End)> {
    let (_, carried) = split(packet)?;
    let word = |at: usize| Some(u16::from_be_bytes([*carried.get(at)?, *carried.get(at + 1)?]));
    let address = |at: usize| Ipv4Addr::new(packet[at], packet[at + 1], packet[at + 2], packet[at + 3]);
    let (kind, from, to) = match packet[9] {
        TCP => (Carried::Tcp, word(0)?, word(2)?),
        UDP => (Carried::Udp, word(0)?, word(2)?),
        ICMP if matches!(carried.first()?, &ECHO | &ECHO_REPLY) => (Carried::Ping, word(4)?, word(4)?),
        _ => return None,
    };
    Some((kind, End { address: address(12), port: from }, End { address: address(16), port: to }))
}

/// A sum with one of its words changed (RFC 1624).
fn changed(sum: u16, before: u16, after: u16) -> u16 {
    let mut sum = u32::from(!sum) + u32::from(!before) + u32::from(after);
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// Where the sum over address and ports stands behind the header; none where there is none to keep.
fn sum_at(packet: &[u8], header: usize) -> Option<usize> {
    let at = match packet[9] {
        TCP => header + 16,
        UDP => header + 6,
        _ => return None,
    };
    // A quoted packet may be cut before it, and a sum of zero says that a UDP packet has none.
    packet.get(at..at + 2).filter(|sum| packet[9] == TCP || *sum != [0, 0]).map(|_| at)
}

fn set_word(packet: &mut [u8], at: usize, word: u16, sums: &[usize]) {
    let before = u16::from_be_bytes([packet[at], packet[at + 1]]);
    packet[at..at + 2].copy_from_slice(&word.to_be_bytes());
    for &sum in sums {
        let new = changed(u16::from_be_bytes([packet[sum], packet[sum + 1]]), before, word);
        packet[sum..sum + 2].copy_from_slice(&new.to_be_bytes());
    }
}

fn rewrite_address(packet: &mut [u8], side: Side, address: Ipv4Addr) {
    let sums: Vec<usize> = [Some(10), sum_at(packet, header_length(packet))].into_iter().flatten().collect();
    let at = if side == Side::From { 12 } else { 16 };
    let [a, b, c, d] = address.octets();
    set_word(packet, at, u16::from_be_bytes([a, b]), &sums);
    set_word(packet, at + 2, u16::from_be_bytes([c, d]), &sums);
}

fn rewrite_flow(packet: &mut [u8], side: Side, end: End) {
    let header = header_length(packet);
    rewrite_address(packet, side, end.address);
    match packet[9] {
        TCP | UDP => {
            let sums: Vec<usize> = sum_at(packet, header).into_iter().collect();
            let at = if side == Side::From { header } else { header + 2 };
            set_word(packet, at, end.port, &sums);
        }
        // A ping has one number for both sides.
        _ => set_word(packet, header + 4, end.port, &[header + 2]),
    }
}

#[cfg(test)]
#[path = "segment/tests.rs"]
pub(crate) mod tests;
