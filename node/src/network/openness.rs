//! Whether others can reach this node where it stands, without its having written to them first. Pure.
//!
//! It can be shown in three ways: it has an address of the internet itself, a router has opened a port for it, or somebody came in from an address to which nothing
//! was sent for long. AutoNAT would ask a peer to dial back; but a router that lets in whoever was written to lets that peer in too, and nobody else.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::{Duration, Instant},
};

use libp2p::Multiaddr;

use super::{addresses::road_of, event::Road, limits::WRITTEN_TO, observed::ip_of, relay::Openness};

/// Routers keep a way open for minutes after the last word.
const WAYS_LAST: Duration = Duration::from_secs(15 * 60);

/// What somebody's coming has shown holds for so long; routers are changed.
const SHOWN_LASTS: Duration = Duration::from_secs(7 * 24 * 3_600);

#[derive(Debug, Default)]
pub(crate) struct Opening {
    /// Addresses of the internet at which this node listens, or its router does for it, or its people say that it does.
    own: BTreeSet<Multiaddr>,
    written_to: BTreeMap<IpAddr, Instant>,
    shown: Option<Instant>,
}

impl Opening {
    /// Somebody listens for this node there. An IPv6 address of the internet mostly stands behind a router that lets nobody in.
    pub(crate) fn listens(&mut self, address: &Multiaddr) {
        if road_of(address) == Road::Direct && ip_of(address).is_some_and(|ip| ip.is_ipv4()) {
            self.own.insert(address.clone());
        }
    }

    /// The same as its people say, or a router: whatever the address looks like.
    pub(crate) fn is_open_at(&mut self, address: Multiaddr) {
        self.own.insert(address);
    }

    /// No longer.
    pub(crate) fn listens_no_more(&mut self, address: &Multiaddr) {
        self.own.remove(address);
    }

    /// The node stands somewhere else now.
    pub(crate) fn moved(&mut self) {
        self.shown = None;
    }

    /// Something goes out to there, or did until now.
    pub(crate) fn wrote_to(&mut self, address: &Multiaddr, now: Instant) {
        let Some(ip) = ip_of(address) else { return };
        if self.written_to.len() >= WRITTEN_TO && !self.written_to.contains_key(&ip) {
            let oldest = self.written_to.iter().min_by_key(|(_, at)| **at).map(|(ip, _)| *ip);
            oldest.map(|oldest| self.written_to.remove(&oldest));
        }
        self.written_to.insert(ip, now);
    }

    /// Somebody was let in from there.
    pub(crate) fn came_in(&mut self, address: &Multiaddr, now: Instant) {
        let Some(ip) = ip_of(address).filter(|_| road_of(address) == Road::Direct) else { return };
        if self.written_to.get(&ip).is_none_or(|at| now >= *at + WAYS_LAST) {
            self.shown = Some(now);
        }
        self.wrote_to(address, now);
    }

    pub(crate) fn openness(&self, now: Instant) -> Openness {
        let shown = self.shown.is_some_and(|at| now < at + SHOWN_LASTS);
        if shown || !self.own.is_empty() { Openness::Open } else { Openness::Closed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Multiaddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_of_the_internet_is_open_and_one_at_home_is_not() {
        let (mut opening, now) = (Opening::default(), Instant::now());
        for closed in ["/ip4/192.168.1.5/tcp/1", "/ip4/127.0.0.1/tcp/1", "/ip6/2a00::1/tcp/1"] {
            opening.listens(&address(closed));
            assert_eq!(opening.openness(now), Openness::Closed, "{closed}");
        }
        let public = address("/ip4/95.56.1.1/tcp/1");
        opening.listens(&public);
        assert_eq!(opening.openness(now), Openness::Open);
        opening.listens_no_more(&public);
        assert_eq!(opening.openness(now), Openness::Closed);
        opening.is_open_at(address("/ip4/10.0.0.1/tcp/1"));
        assert_eq!(opening.openness(now), Openness::Open, "a router, or its people, say so");
    }

    #[test]
    fn who_comes_unasked_shows_that_the_node_is_open_and_who_was_written_to_does_not() {
        let (mut opening, now) = (Opening::default(), Instant::now());
        let there = address("/ip4/95.56.1.1/tcp/1");
        opening.wrote_to(&there, now);
        opening.came_in(&address("/ip4/95.56.1.1/tcp/999"), now + WAYS_LAST - Duration::from_secs(1));
        assert_eq!(opening.openness(now), Openness::Closed, "routers of one kind let in any port of an address that was written to");
        opening.came_in(&address("/ip4/192.168.1.7/tcp/1"), now);
        assert_eq!(opening.openness(now), Openness::Closed, "from the same network anybody comes");
        opening.came_in(&address("/ip4/95.56.1.2/tcp/1"), now);
        assert_eq!(opening.openness(now), Openness::Open);
        assert_eq!(opening.openness(now + SHOWN_LASTS), Openness::Closed, "not for ever");
        opening.moved();
        assert_eq!(opening.openness(now), Openness::Closed, "nor elsewhere");
        opening.came_in(&there, now + WAYS_LAST * 2);
        assert_eq!(opening.openness(now + WAYS_LAST * 2), Openness::Open, "a way that was open then is closed by now");
    }

    #[test]
    fn what_is_remembered_is_bounded_and_the_newest_stays() {
        let (mut opening, now) = (Opening::default(), Instant::now());
        for number in 0..2 * WRITTEN_TO as u64 {
            let there = address(&format!("/ip4/95.56.{}.{}/tcp/1", number / 250, number % 250 + 1));
            opening.wrote_to(&there, now + Duration::from_millis(number));
        }
        assert_eq!(opening.written_to.len(), WRITTEN_TO);
        opening.came_in(&address("/ip4/95.56.2.12/tcp/1"), now + Duration::from_secs(1));
        assert_eq!(opening.openness(now), Openness::Closed);
    }
}
