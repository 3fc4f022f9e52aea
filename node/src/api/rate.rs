//! How often something may be tried in a minute, from one address or under one name. Nobody's address or name is kept for it.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::limits::RATE_PLACES;

/// How often under one name. A name has one of [`RATE_PLACES`] places, by its hash under a key of this run: however many names are tried, nothing
/// grows, and nobody can choose whose place they share.
pub(super) struct Rate {
    key: [u8; 32],
    places: DefaultKeyedRateLimiter<u16>,
}

impl Rate {
    pub(super) fn per_minute(times: u32) -> Self {
        Self::under(rand::random(), times)
    }

    pub(super) fn under(key: [u8; 32], times: u32) -> Self {
        Self { key, places: RateLimiter::keyed(quota(times)) }
    }

    /// Counts a try; false: one too many.
    pub(super) fn allows(&self, name: &[u8]) -> bool {
        let [low, high, ..] = *blake3::keyed_hash(&self.key, name).as_bytes();
        self.places.check_key(&(u16::from_le_bytes([low, high]) % RATE_PLACES)).is_ok()
    }
}

/// How often from one address, and from all of them together where that is bounded too.
pub(super) struct AddressRate {
    by_address: Rate,
    in_all: Option<DefaultDirectRateLimiter>,
}

impl AddressRate {
    pub(super) fn per_minute(times: u32) -> Self {
        Self { by_address: Rate::per_minute(times), in_all: None }
    }

    /// At most so often from all addresses together.
    pub(super) fn in_all(self, times: u32) -> Self {
        Self { in_all: Some(RateLimiter::direct(quota(times))), ..self }
    }

    /// Counts a try; false: one too many. An address that has had its turns takes none of the others'.
    pub(super) fn allows(&self, address: IpAddr) -> bool {
        self.by_address.allows(&network_of(address)) && self.in_all.as_ref().is_none_or(|all| all.check().is_ok())
    }
}

/// What counts as one address: of IPv6 the /64, in which a single machine takes as many as it likes (RFC 8981).
fn network_of(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    }
}

fn quota(times: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(times: u32) -> AddressRate {
        AddressRate { by_address: Rate::under([7; 32], times), in_all: None }
    }

    fn allowed(rate: &AddressRate, address: &str, tries: usize) -> usize {
        let address = address.parse().expect("an address");
        (0..tries).filter(|_| rate.allows(address)).count()
    }

    #[test]
    fn one_address_has_its_turns_and_the_next_one_has_its_own() {
        let rate = rate(5);
        assert_eq!(allowed(&rate, "10.0.0.1", 20), 5);
        assert_eq!(allowed(&rate, "10.0.0.2", 20), 5);
    }

    #[test]
    fn all_addresses_of_one_machine_count_as_one() {
        let rate = rate(5);
        let one_network = (0..20).filter(|host| allowed(&rate, &format!("2001:db8:0:1::{host:x}"), 1) == 1).count();
        assert_eq!(one_network, 5, "a /64 is one machine's");
        assert_eq!(allowed(&rate, "2001:db8:0:2::1", 20), 5, "the /64 beside it is another's");
        assert_eq!(allowed(&rate, "10.0.0.1", 3) + allowed(&rate, "::ffff:10.0.0.1", 20), 5, "IPv4 seen through an IPv6 socket is the same");
    }

    #[test]
    fn all_together_have_an_end_and_who_is_over_takes_nothing_of_it() {
        let rate = rate(5).in_all(12);
        assert_eq!(allowed(&rate, "10.0.0.1", 100), 5);
        let others: usize = (2..100).map(|host| allowed(&rate, &format!("10.0.0.{host}"), 1)).sum();
        assert_eq!(others, 7);
    }

    #[test]
    fn however_many_come_what_is_remembered_is_bounded() {
        let rate = rate(5);
        for number in 0..4 * u32::from(RATE_PLACES) {
            rate.allows(IpAddr::from(number.to_be_bytes()));
        }
        assert!(rate.by_address.places.len() <= usize::from(RATE_PLACES));
    }
}
