//! IP packets, as far as the network in the middle reads them.

use std::net::Ipv4Addr;

/// Nodes that a network can have: one for each address range `10.77.<n>.0/24` but the first and the last.
pub(crate) const MAX_NODES: usize = 254;
/// Where the network itself answers from.
pub(crate) const MIDDLE: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);

pub(crate) const IPV4_HEADER: usize = 20;
const ICMP_HEADER: usize = 8;
/// Of the packet that an ICMP message is about, the payload that it quotes.
const QUOTED_PAYLOAD: usize = 8;

const PRIVATE: [u8; 2] = [10, 77];
/// What programs take for addresses of the internet. Nothing of it leaves this machine.
const PUBLIC: [u8; 2] = [95, 77];

/// Which of the two addresses that a node may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    Private,
    Public,
}

/// A node by its place in the list of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) usize);

/// A packet between two nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    pub(crate) bytes: Vec<u8>,
}

impl NodeId {
    /// The node's address. Its network begins with 10.77.1.0: 10.77.0.0 is the middle.
    pub(crate) fn address(self) -> Ipv4Addr {
        Ipv4Addr::new(PRIVATE[0], PRIVATE[1], u8::try_from(self.0 + 1).unwrap_or(u8::MAX), 1)
    }

    /// Its address in the internet, where it has one: its own, or that of the router before it.
    pub(crate) fn public_address(self) -> Ipv4Addr {
        let [.., node, one] = self.address().octets();
        Ipv4Addr::new(PUBLIC[0], PUBLIC[1], node, one)
    }

    /// The node that an IP packet goes to, by which of its two ranges; none where it goes anywhere else: to a group, to another protocol's address, to the
    /// internet.
    pub(crate) fn receiver(packet: &[u8]) -> Option<(Self, Range)> {
        let to = destination(packet)?.octets();
        let range = match [to[0], to[1]] {
            PRIVATE => Range::Private,
            PUBLIC => Range::Public,
            _ => return None,
        };
        usize::from(to[2]).checked_sub(1).map(|node| (Self(node), range))
    }
}

fn destination(packet: &[u8]) -> Option<Ipv4Addr> {
    let header: &[u8; IPV4_HEADER] = packet.first_chunk()?;
    (header[0] >> 4 == 4).then(|| Ipv4Addr::new(header[16], header[17], header[18], header[19]))
}

/// What tells the sender of a packet that it must send smaller ones (RFC 792, RFC 1191); none where the packet is none to answer.
pub(crate) fn too_big(packet: &[u8], mtu: u16) -> Option<Vec<u8>> {
    const ICMP: u8 = 1;
    const TTL: u8 = 64;
    const UNREACHABLE: u8 = 3;
    const FRAGMENTATION_NEEDED: u8 = 4;
    let header: &[u8; IPV4_HEADER] = packet.first_chunk()?;
    // Nobody answers an ICMP message of trouble with another.
    if header[0] >> 4 != 4 || header[9] == ICMP && !matches!(packet.get(header_length(header)), Some(0 | 8)) {
        return None;
    }
    let quoted = packet.get(..header_length(header) + QUOTED_PAYLOAD)?;

    let mut message = vec![UNREACHABLE, FRAGMENTATION_NEEDED, 0, 0, 0, 0];
    message.extend(mtu.to_be_bytes());
    message.extend(quoted);
    let sum = checksum(&message).to_be_bytes();
    message[2..4].copy_from_slice(&sum);

    let length = u16::try_from(IPV4_HEADER + message.len()).ok()?.to_be_bytes();
    let mut answer = vec![0x45, 0, length[0], length[1], 0, 0, 0, 0, TTL, ICMP, 0, 0];
    answer.extend(MIDDLE.octets());
    answer.extend(&header[12..16]);
    let sum = checksum(&answer).to_be_bytes();
    answer[10..12].copy_from_slice(&sum);
    answer.extend(message);
    debug_assert_eq!(answer.len(), IPV4_HEADER + ICMP_HEADER + quoted.len());
    Some(answer)
}

fn header_length(header: &[u8; IPV4_HEADER]) -> usize {
    usize::from(header[0] & 0x0f) * 4
}

/// The checksum of the internet protocols (RFC 1071).
pub(crate) fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | pair.get(1).map_or(0, |low| u32::from(*low)));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A UDP packet of this many bytes, headers and all.
    pub(crate) fn packet(from: NodeId, to: NodeId, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length.max(IPV4_HEADER + ICMP_HEADER)];
        bytes[0] = 0x45;
        bytes[9] = 17;
        bytes[12..16].copy_from_slice(&from.address().octets());
        bytes[16..20].copy_from_slice(&to.address().octets());
        bytes
    }

    #[test]
    fn a_packet_goes_to_the_node_whose_range_it_names_and_to_nobody_else() {
        let to = |address: [u8; 4]| {
            let mut bytes = packet(NodeId(0), NodeId(1), 100);
            bytes[16..20].copy_from_slice(&address);
            NodeId::receiver(&bytes)
        };
        assert_eq!(to(NodeId(3).address().octets()), Some((NodeId(3), Range::Private)));
        assert_eq!(to(NodeId(3).public_address().octets()), Some((NodeId(3), Range::Public)));
        assert_eq!(to([10, 77, 4, 9]), Some((NodeId(3), Range::Private)), "any address of the node's range");
        assert_eq!(to([10, 77, 0, 1]), None, "the middle is no node");
        assert_eq!(to([224, 0, 0, 251]), None, "groups end at the school's door");
        assert_eq!(NodeId::receiver(&[0x60; 40]), None, "IPv6");
        assert_eq!(NodeId::receiver(&[0x45; 3]), None, "a broken packet");
    }

    #[test]
    fn who_sends_too_much_hears_how_much_would_do() {
        let large = packet(NodeId(0), NodeId(1), 1_500);
        let answer = too_big(&large, 1_280).unwrap();
        assert_eq!(NodeId::receiver(&answer), Some((NodeId(0), Range::Private)));
        assert_eq!((checksum(&answer[..20]), checksum(&answer[20..])), (0, 0), "both sums hold");
        assert_eq!(&answer[20..22], &[3, 4]);
        assert_eq!(&answer[26..28], &1_280u16.to_be_bytes());
        assert_eq!(&answer[28..], &large[..28], "the answer quotes the header and eight bytes");
    }

    #[test]
    fn trouble_is_not_answered_with_trouble_but_a_ping_is() {
        let mut icmp = packet(NodeId(0), NodeId(1), 1_500);
        icmp[9] = 1;
        icmp[20] = 3;
        assert_eq!(too_big(&icmp, 1_280), None);
        icmp[20] = 8;
        assert!(too_big(&icmp, 1_280).is_some());
    }
}
