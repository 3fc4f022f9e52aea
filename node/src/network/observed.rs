//! How this node looks from outside, as those say who are there: the addresses at which a router may let somebody in. Pure.
//!
//! Over QUIC a node dials from the port on which it listens, so that what the other end sees is where the router would let others in. Over TCP it dials from
//! other ports; there only the address is learnt, and the port guessed to be the one inside, as most routers keep it.

use std::{
    collections::{BTreeSet, VecDeque},
    net::IpAddr,
};

use libp2p::{Multiaddr, PeerId, multiaddr::Protocol};

use super::{
    addresses::road_of,
    event::Road,
    limits::{PUNCH_ADDRESSES, SIGHTINGS},
};

#[derive(Debug, Default)]
pub(crate) struct Observed {
    /// The newest last.
    sightings: VecDeque<Sighting>,
}

#[derive(Debug, PartialEq, Eq)]
struct Sighting {
    by: PeerId,
    address: Multiaddr,
    port: Port,
}

/// What the port of a sighting is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// That of the socket on which the node listens, as the router shows it.
    Listening,
    /// That of some other socket.
    Other,
}

impl Observed {
    /// A peer says from where it sees this node come. What is no address of the internet helps nobody.
    pub(crate) fn note(&mut self, by: PeerId, address: Multiaddr, port: Port) {
        if road_of(&address) != Road::Direct || ip_of(&address).is_none() {
            return;
        }
        self.sightings.retain(|known| known.by != by || is_quic(&known.address) != is_quic(&address));
        self.sightings.push_back(Sighting { by, address, port });
        if self.sightings.len() > SIGHTINGS {
            self.sightings.pop_front();
        }
    }

    /// The node is somewhere else now.
    pub(crate) fn forget(&mut self) {
        self.sightings.clear();
    }

    /// Where somebody who is let in may knock, the surest first. `listening`: where the node listens itself.
    pub(crate) fn candidates(&self, listening: &[Multiaddr]) -> Vec<Multiaddr> {
        let newest = || self.sightings.iter().rev();
        let exact = newest().filter(|sighting| sighting.port == Port::Listening).map(|sighting| sighting.address.clone());
        let ips: BTreeSet<IpAddr> = newest().filter_map(|sighting| ip_of(&sighting.address)).collect();
        let guessed = ips.into_iter().flat_map(|ip| listening.iter().filter_map(move |address| with_ip(address, ip)));
        let mut candidates: Vec<Multiaddr> = Vec::new();
        for address in exact.chain(guessed) {
            if !candidates.contains(&address) && candidates.len() < PUNCH_ADDRESSES {
                candidates.push(address);
            }
        }
        candidates
    }

    /// Addresses that two see alike. The router shows everybody the same, so that they are worth telling to those who were not there.
    pub(crate) fn agreed(&self) -> BTreeSet<Multiaddr> {
        let exact = || self.sightings.iter().filter(|sighting| sighting.port == Port::Listening);
        exact().filter(|one| exact().any(|other| other.by != one.by && other.address == one.address)).map(|one| one.address.clone()).collect()
    }
}

/// The address of the internet protocol that one begins with.
pub(crate) fn ip_of(address: &Multiaddr) -> Option<IpAddr> {
    match address.iter().next()? {
        Protocol::Ip4(ip) => Some(ip.into()),
        Protocol::Ip6(ip) => Some(ip.into()),
        _ => None,
    }
}

pub(crate) fn is_quic(address: &Multiaddr) -> bool {
    address.iter().any(|part| part == Protocol::QuicV1)
}

/// The same port of another address; none where that is of another kind, or this one leads through a relay.
fn with_ip(address: &Multiaddr, ip: IpAddr) -> Option<Multiaddr> {
    if ip_of(address)?.is_ipv4() != ip.is_ipv4() || super::addresses::is_relayed(address) {
        return None;
    }
    Some(Multiaddr::from(ip).iter().chain(address.iter().skip(1)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Multiaddr {
        text.parse().expect("an address")
    }

    fn listening() -> Vec<Multiaddr> {
        vec![address("/ip4/192.168.1.5/tcp/8786"), address("/ip4/192.168.1.5/udp/8786/quic-v1"), address("/ip6/fe80::1/tcp/8786")]
    }

    #[test]
    fn what_is_seen_of_the_listening_port_comes_first_and_the_rest_is_guessed() {
        let (mut observed, seen) = (Observed::default(), address("/ip4/95.56.1.1/udp/40001/quic-v1"));
        assert!(observed.candidates(&listening()).is_empty(), "nobody has said anything");
        observed.note(PeerId::random(), seen.clone(), Port::Listening);
        let candidates = observed.candidates(&listening());
        assert_eq!(candidates[0], seen);
        assert!(candidates.contains(&address("/ip4/95.56.1.1/tcp/8786")), "most routers keep the port: {candidates:?}");
        let mut observed = Observed::default();
        observed.note(PeerId::random(), address("/ip4/95.56.1.1/tcp/50002"), Port::Other);
        assert_eq!(observed.candidates(&listening()), [address("/ip4/95.56.1.1/tcp/8786"), address("/ip4/95.56.1.1/udp/8786/quic-v1")]);
    }

    #[test]
    fn only_what_two_see_alike_is_told_to_others() {
        let (mut observed, liar) = (Observed::default(), PeerId::random());
        let (seen, other) = (address("/ip4/95.56.1.1/udp/40001/quic-v1"), address("/ip4/95.56.1.1/udp/40002/quic-v1"));
        observed.note(liar, seen.clone(), Port::Listening);
        observed.note(liar, seen.clone(), Port::Listening);
        observed.note(PeerId::random(), other.clone(), Port::Listening);
        assert!(observed.agreed().is_empty(), "a symmetric router, or one that says it twice");
        observed.note(PeerId::random(), seen.clone(), Port::Other);
        assert!(observed.agreed().is_empty(), "another socket's port says nothing of ours");
        observed.note(PeerId::random(), seen.clone(), Port::Listening);
        assert_eq!(observed.agreed(), BTreeSet::from([seen]));
    }

    #[test]
    fn private_addresses_and_endless_ones_are_not_kept() {
        let mut observed = Observed::default();
        observed.note(PeerId::random(), address("/ip4/192.168.1.5/udp/1/quic-v1"), Port::Listening);
        assert!(observed.candidates(&listening()).is_empty());
        for port in 1..1_000 {
            observed.note(PeerId::random(), address(&format!("/ip4/95.56.1.1/udp/{port}/quic-v1")), Port::Listening);
        }
        assert_eq!(observed.candidates(&listening()).len(), PUNCH_ADDRESSES);
        assert_eq!(observed.candidates(&listening())[0], address("/ip4/95.56.1.1/udp/999/quic-v1"), "the newest");
    }
}
