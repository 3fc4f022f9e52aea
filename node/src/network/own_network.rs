//! Whether an address is in a network that this machine stands in: there bytes cost nothing.
//!
//! A private address alone does not say so: carriers give such to phones and modems, and whoever is reached through them costs money like anybody.

use std::net::IpAddr;

use if_addrs::IfAddr;
use libp2p::{Multiaddr, multiaddr::Protocol};

/// The networks that this machine stands in.
pub(crate) struct OwnNetworks(Vec<IfAddr>);

impl OwnNetworks {
    /// As they are now. Where the system does not tell, only this machine itself is known to be near.
    pub(crate) fn now() -> Self {
        Self(if_addrs::get_if_addrs().map(|interfaces| interfaces.into_iter().map(|interface| interface.addr).collect()).unwrap_or_default())
    }

    /// Whether what is sent there goes over no line that anybody pays for.
    pub(crate) fn hold(&self, address: &Multiaddr) -> bool {
        if address.iter().any(|part| part == Protocol::P2pCircuit) {
            return false;
        }
        match address.iter().next() {
            Some(Protocol::Ip4(ip)) => ip.is_loopback() || ip.is_link_local() || ip.is_private() && self.have(ip.into()),
            Some(Protocol::Ip6(ip)) => ip.is_loopback() || ip.is_unicast_link_local() || ip.to_ipv4_mapped().is_none() && self.have(ip.into()),
            _ => false,
        }
    }

    fn have(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|own| match (own, ip) {
            (IfAddr::V4(own), IpAddr::V4(ip)) => {
                let mask = u32::from(own.netmask);
                mask != 0 && u32::from(own.ip) & mask == u32::from(ip) & mask
            }
            (IfAddr::V6(own), IpAddr::V6(ip)) => {
                let mask = u128::from(own.netmask);
                mask != 0 && u128::from(own.ip) & mask == u128::from(ip) & mask
            }
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn school() -> OwnNetworks {
        let office = if_addrs::Ifv4Addr { ip: [192, 168, 1, 7].into(), netmask: [255, 255, 255, 0].into(), prefixlen: 24, broadcast: None };
        OwnNetworks(vec![IfAddr::V4(office)])
    }

    #[test]
    fn near_is_what_this_machine_shares_a_network_with() {
        let holds = |address: &str| school().hold(&address.parse().expect("an address"));
        assert!(holds("/ip4/192.168.1.20/tcp/8786"));
        assert!(holds("/ip4/127.0.0.1/tcp/8786"));
        assert!(holds("/ip6/fe80::1/tcp/8786"));
        assert!(!holds("/ip4/192.168.2.20/tcp/8786"), "reached through a router");
        assert!(!holds("/ip4/10.9.8.7/tcp/8786"), "a carrier's own address");
        assert!(!holds("/ip4/77.73.10.5/tcp/8786"));
        assert!(!holds("/ip4/192.168.1.20/tcp/8786/p2p/12D3KooWKjYHkSZ9u7B4cCVJPkx8bzwYcHpKUXXfcLYG7yxGKG7N/p2p-circuit"), "through another node");
    }
}
