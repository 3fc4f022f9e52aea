//! Where peers may be found, and by which road an address leads there.

use std::{collections::BTreeMap, net::Ipv6Addr};

use libp2p::{Multiaddr, PeerId, core::ConnectedPoint, multiaddr::Protocol};

use super::{
    event::Road,
    limits::{ADDRESS_BYTES, ADDRESSES_PER_PEER, STRANGER_ADDRESS_BOOKS},
};

/// Who told of an address. At the bound, the later in this order make room for the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// The application: configuration, invitation, an earlier run.
    Given,
    /// Found on the LAN just now.
    Lan,
    /// The peer itself, by identify.
    Told,
}

/// Whether learning changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Learnt {
    New,
    Nothing,
}

#[derive(Debug, Default)]
pub(crate) struct AddressBook {
    peers: BTreeMap<PeerId, Vec<(Source, Multiaddr)>>,
}

impl AddressBook {
    /// Remembers an address. `is_member` tells whose books may make room for others.
    pub(crate) fn learn(&mut self, peer: PeerId, address: Multiaddr, source: Source, is_member: impl Fn(&PeerId) -> bool) -> Learnt {
        let Some(address) = bare(address, &peer) else { return Learnt::Nothing };
        if !self.peers.contains_key(&peer) && !is_member(&peer) {
            let strangers = self.peers.keys().filter(|peer| !is_member(peer)).count();
            if strangers >= STRANGER_ADDRESS_BOOKS {
                return Learnt::Nothing;
            }
        }
        let book = self.peers.entry(peer).or_default();
        if let Some(known) = book.iter_mut().find(|(_, known)| *known == address) {
            known.0 = known.0.min(source);
            return Learnt::Nothing;
        }
        book.push((source, address.clone()));
        book.sort_by_key(|(source, address)| (*source, rank_of(address)));
        book.truncate(ADDRESSES_PER_PEER);
        if book.iter().any(|(_, kept)| *kept == address) { Learnt::New } else { Learnt::Nothing }
    }

    /// What a peer tells of itself replaces what it told before: a laptop that moves does not drag its old addresses along.
    pub(crate) fn forget_told(&mut self, peer: &PeerId, but: &[Multiaddr]) {
        if let Some(book) = self.peers.get_mut(peer) {
            book.retain(|(source, address)| *source != Source::Told || but.contains(address));
        }
    }

    /// An address found on the LAN is no longer announced there.
    pub(crate) fn expired(&mut self, peer: &PeerId, address: Multiaddr) {
        let Some(address) = bare(address, peer) else { return };
        if let Some(book) = self.peers.get_mut(peer) {
            book.retain(|(source, known)| *source != Source::Lan || *known != address);
            if book.is_empty() {
                self.peers.remove(peer);
            }
        }
    }

    pub(crate) fn forget(&mut self, peer: &PeerId) {
        self.peers.remove(peer);
    }

    /// All addresses of a peer, best road first.
    pub(crate) fn of(&self, peer: &PeerId) -> Vec<Multiaddr> {
        let mut addresses: Vec<Multiaddr> = self.peers.get(peer).into_iter().flatten().map(|(_, address)| address.clone()).collect();
        addresses.sort_by_key(rank_of);
        addresses
    }
}

/// The address without the peer id at its end; `None` if it names another peer, is too long, or leads nowhere.
fn bare(mut address: Multiaddr, peer: &PeerId) -> Option<Multiaddr> {
    if let Some(Protocol::P2p(named)) = address.iter().last() {
        if named != *peer {
            return None;
        }
        address.pop();
    }
    // Where a relay stands has to be said with it.
    let begins_somewhere = !matches!(address.iter().next(), Some(Protocol::P2p(_)));
    let leads_somewhere = begins_somewhere
        && address.iter().all(|part| match part {
            Protocol::Ip4(ip) => !ip.is_unspecified() && !ip.is_multicast(),
            Protocol::Ip6(ip) => !ip.is_unspecified() && !ip.is_multicast(),
            Protocol::Tcp(port) | Protocol::Udp(port) => port != 0,
            _ => true,
        })
        && (!is_relayed(&address) || matches!(road_of(&address), Road::Relay { .. }));
    (leads_somewhere && address.len() <= ADDRESS_BYTES && !address.is_empty()).then_some(address)
}

/// By which road a connection goes. Where somebody was dialled through a relay, the local address alone names it.
pub(crate) fn road_of_connection(point: &ConnectedPoint) -> Road {
    match point {
        ConnectedPoint::Dialer { address, .. } => road_of(address),
        ConnectedPoint::Listener { local_addr, send_back_addr } => {
            if is_relayed(local_addr) {
                road_of(local_addr)
            } else {
                road_of(send_back_addr)
            }
        }
    }
}

/// Whether an address leads through a relay.
pub(crate) fn is_relayed(address: &Multiaddr) -> bool {
    address.iter().any(|part| part == Protocol::P2pCircuit)
}

fn rank_of(address: &Multiaddr) -> u8 {
    road_of(address).rank()
}

/// By which road an address leads. One through a relay that is not named leads nowhere, and is never kept.
#[must_use]
pub fn road_of(address: &Multiaddr) -> Road {
    let relay = || {
        address.iter().take_while(|part| *part != Protocol::P2pCircuit).find_map(|part| if let Protocol::P2p(via) = part { Some(via) } else { None })
    };
    if is_relayed(address)
        && let Some(via) = relay()
    {
        return Road::Relay { via };
    }
    let local = match address.iter().next() {
        Some(Protocol::Ip4(ip)) => ip.is_private() || ip.is_link_local() || ip.is_loopback(),
        Some(Protocol::Ip6(ip)) => ip.is_loopback() || is_local_v6(ip),
        _ => false,
    };
    if local { Road::Lan } else { Road::Direct }
}

/// Unique local (fc00::/7) and link-local (fe80::/10) addresses, and private IPv4 in IPv6 clothes.
fn is_local_v6(ip: Ipv6Addr) -> bool {
    ip.is_unique_local() || ip.is_unicast_link_local() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_private() || ip.is_loopback())
}

/// Whether the address is one of this machine's own loopback.
/// Addresses in the order in which they help somebody who comes from elsewhere: an invitation has room for a few. First one of each interface, those of other
/// machines' networks before those that virtual ones on this machine mostly have (172.16.0.0/12), then the other protocol, this machine's own loopback last.
pub(crate) fn in_order_of_use<'a>(addresses: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let mut ranked: Vec<(u8, String)> = addresses.into_iter().map(|address| (rank(address), address.clone())).collect();
    ranked.sort();
    ranked.into_iter().map(|(_, address)| address).collect()
}

fn rank(address: &str) -> u8 {
    let Ok(address) = address.parse::<Multiaddr>() else { return u8::MAX };
    let virtual_one = match address.iter().next() {
        Some(Protocol::Ip4(ip)) => ip.octets()[0] == 172 && ip.octets()[1] & 0xF0 == 16 || ip.is_link_local(),
        Some(Protocol::Ip6(ip)) => ip.is_unicast_link_local(),
        _ => false,
    };
    let over_tcp = address.iter().any(|part| matches!(part, Protocol::Tcp(_)));
    // A node is reached through others only where nobody gets in to it: for who comes from outside there is nothing else.
    let from_outside = matches!(road_of(&address), Road::Direct | Road::Relay { .. });
    4 + 4 * u8::from(is_loopback(&address)) + 2 * u8::from(over_tcp) + u8::from(virtual_one) - if from_outside { 4 } else { 0 }
}

pub(crate) fn is_loopback(address: &Multiaddr) -> bool {
    match address.iter().next() {
        Some(Protocol::Ip4(ip)) => ip.is_loopback(),
        Some(Protocol::Ip6(ip)) => ip.is_loopback(),
        _ => false,
    }
}

/// On a metered line TCP goes before QUIC, whose keep-alives cost bytes all day; every second attempt takes what there is, for the network
/// that lets only UDP through.
pub(crate) fn thrifty(addresses: Vec<Multiaddr>, failures: u32) -> Vec<Multiaddr> {
    let is_tcp = |address: &Multiaddr| address.iter().any(|part| matches!(part, Protocol::Tcp(_)));
    if failures.is_multiple_of(2) && addresses.iter().any(is_tcp) { addresses.into_iter().filter(is_tcp).collect() } else { addresses }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Multiaddr {
        text.parse().expect("an address")
    }

    #[test]
    fn roads_are_told_apart() {
        for lan in ["/ip4/192.168.1.7/tcp/1", "/ip4/10.0.0.1/udp/1/quic-v1", "/ip6/fe80::1/tcp/1", "/ip6/fd00::1/tcp/1", "/ip4/127.0.0.1/tcp/1"] {
            assert_eq!(road_of(&address(lan)), Road::Lan, "{lan}");
        }
        for direct in ["/ip4/95.56.1.1/tcp/1", "/ip6/2a00::1/udp/1/quic-v1", "/dns/school.kz/tcp/1", "/ip4/100.64.0.1/tcp/1"] {
            assert_eq!(road_of(&address(direct)), Road::Direct, "{direct}");
        }
        let via = PeerId::random();
        let relay = format!("/ip4/192.168.1.7/tcp/1/p2p/{via}/p2p-circuit");
        assert_eq!(road_of(&address(&relay)), Road::Relay { via });
        let dialled_there = ConnectedPoint::Listener { local_addr: address(&relay), send_back_addr: address(&format!("/p2p/{}", PeerId::random())) };
        assert_eq!(road_of_connection(&dialled_there), Road::Relay { via }, "who is dialled through a relay sees it in its own address alone");
    }

    #[test]
    fn an_address_is_kept_once_and_without_its_peer_id() {
        let (mut book, peer) = (AddressBook::default(), PeerId::random());
        let plain = address("/ip4/10.0.0.1/tcp/1");
        assert_eq!(book.learn(peer, plain.clone().with(Protocol::P2p(peer)), Source::Given, |_| true), Learnt::New);
        assert_eq!(book.learn(peer, plain.clone(), Source::Told, |_| true), Learnt::Nothing);
        assert_eq!(book.of(&peer), vec![plain.clone()]);
        assert_eq!(book.learn(PeerId::random(), plain.with(Protocol::P2p(peer)), Source::Given, |_| true), Learnt::Nothing, "another's");
    }

    #[test]
    fn addresses_that_lead_nowhere_are_not_kept() {
        let (mut book, peer) = (AddressBook::default(), PeerId::random());
        for nowhere in [
            "/ip4/0.0.0.0/tcp/1",
            "/ip4/10.0.0.1/tcp/0",
            "/ip4/224.0.0.251/udp/5353/quic-v1",
            "/ip4/10.0.0.1/tcp/1/p2p-circuit",
            "/p2p/12D3KooWEmuFQ89qoqrYZpXGhYGSR5Rw9LXapqRYbWRDVuBJWo5u/p2p-circuit",
        ] {
            assert_eq!(book.learn(peer, address(nowhere), Source::Told, |_| true), Learnt::Nothing, "{nowhere}");
        }
    }

    #[test]
    fn what_a_peer_tells_does_not_push_out_what_was_given() {
        let (mut book, peer) = (AddressBook::default(), PeerId::random());
        for port in 1..=1_000_u16 {
            book.learn(peer, address(&format!("/ip4/10.0.0.1/tcp/{port}")), Source::Told, |_| true);
        }
        assert_eq!(book.of(&peer).len(), ADDRESSES_PER_PEER);
        let given = address("/ip4/95.56.1.1/tcp/7");
        assert_eq!(book.learn(peer, given.clone(), Source::Given, |_| true), Learnt::New);
        assert!(book.of(&peer).contains(&given));
        assert_eq!(book.of(&peer).len(), ADDRESSES_PER_PEER);
    }

    #[test]
    fn strangers_fill_their_share_of_the_book_and_no_more() {
        let mut book = AddressBook::default();
        for _ in 0..2 * STRANGER_ADDRESS_BOOKS {
            book.learn(PeerId::random(), address("/ip4/10.0.0.1/tcp/1"), Source::Lan, |_| false);
        }
        assert_eq!(book.peers.len(), STRANGER_ADDRESS_BOOKS);
        let member = PeerId::random();
        assert_eq!(book.learn(member, address("/ip4/10.0.0.1/tcp/1"), Source::Lan, |peer| *peer == member), Learnt::New);
    }

    #[test]
    fn an_invitation_names_first_what_others_reach() {
        let all: Vec<String> = ["127.0.0.1", "172.17.0.1", "172.18.0.1", "172.19.0.1", "192.168.1.5"]
            .iter()
            .flat_map(|ip| [format!("/ip4/{ip}/tcp/8786"), format!("/ip4/{ip}/udp/8786/quic-v1")])
            .collect();
        let ordered = in_order_of_use(&all);
        assert_eq!(ordered[0], "/ip4/192.168.1.5/udp/8786/quic-v1");
        assert!(ordered.iter().position(|address| address == "/ip4/192.168.1.5/tcp/8786").is_some_and(|place| place < 5), "{ordered:?}");
        assert!(ordered[8..].iter().all(|address| address.contains("127.0.0.1")), "{ordered:?}");
    }

    #[test]
    fn an_invitation_names_what_leads_there_from_outside_before_all_else() {
        let relay = format!("/p2p/{}/p2p-circuit", PeerId::random());
        let through = [format!("/ip4/95.56.1.1/udp/1/quic-v1{relay}"), format!("/ip4/95.56.1.1/tcp/1{relay}")];
        let near = (1..=8).flat_map(|net| [format!("/ip4/10.0.{net}.1/tcp/1"), format!("/ip4/10.0.{net}.1/udp/1/quic-v1")]);
        let all: Vec<String> = near.chain(through.clone()).collect();
        assert_eq!(in_order_of_use(&all)[..2], through);
    }

    #[test]
    fn a_metered_line_tries_tcp_first_and_everything_next() {
        let both = vec![address("/ip4/10.0.0.1/udp/1/quic-v1"), address("/ip4/10.0.0.1/tcp/1")];
        assert_eq!(thrifty(both.clone(), 0), vec![both[1].clone()]);
        assert_eq!(thrifty(both.clone(), 1), both);
        assert_eq!(thrifty(both[..1].to_vec(), 0), both[..1].to_vec(), "QUIC alone is better than nothing");
    }
}
