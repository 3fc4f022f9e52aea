//! What this machine may be called on its own network: its addresses now, and names that lead nowhere else.

use std::collections::BTreeSet;
use std::net::IpAddr;

/// A name or address of the machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Host(String),
    Address(IpAddr),
}

/// Endings of names that are nobody's on the internet (RFC 6762, RFC 8375, RFC 6761; `lan` is what home routers give).
pub(super) const LOCAL_ENDINGS: [&str; 4] = ["local", "lan", "home.arpa", "localhost"];

/// The addresses of this machine that belong to its own network, `localhost`, and those of `hosts` that cannot be the internet's.
pub(super) fn of_this_machine(hosts: &[String]) -> BTreeSet<Name> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let addresses = interfaces.iter().map(if_addrs::Interface::ip).filter(is_of_own_network).map(Name::Address);
    let named = hosts.iter().map(|host| host.trim_end_matches('.').to_ascii_lowercase()).filter(|host| is_local(host));
    addresses.chain(named.map(Name::Host)).chain([Name::Host("localhost".to_owned()), Name::Address(IpAddr::from([127, 0, 0, 1]))]).collect()
}

fn is_local(host: &str) -> bool {
    LOCAL_ENDINGS.iter().any(|ending| host == *ending || host.strip_suffix(ending).is_some_and(|rest| rest.ends_with('.')))
}

/// Addresses that nobody routes over the internet: the authority may speak for no others.
fn is_of_own_network(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || v4.is_loopback(),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_of_the_internet_are_left_out() {
        let named = of_this_machine(&["school.local".to_owned(), "school.kz".to_owned(), "notlocal".to_owned()]);
        assert!(named.contains(&Name::Host("school.local".to_owned())));
        assert!(!named.iter().any(|name| matches!(name, Name::Host(host) if host == "school.kz" || host == "notlocal")));
        for (address, is_own) in [("192.168.1.7", true), ("10.0.0.1", true), ("8.8.8.8", false), ("fe80::1", true), ("2001:db8::1", false)] {
            assert_eq!(is_of_own_network(&address.parse().unwrap()), is_own, "{address}");
        }
    }
}
