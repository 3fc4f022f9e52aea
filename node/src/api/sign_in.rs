//! How often somebody may try to sign in: per login, so that one account cannot be guessed, and per address, so that all cannot.

use std::net::IpAddr;

use super::rate::{AddressRate, Rate};
use crate::limits::{SIGN_INS_PER_MINUTE_PER_ADDRESS, SIGN_INS_PER_MINUTE_PER_LOGIN};

pub(super) struct SignInRate {
    by_login: Rate,
    by_address: AddressRate,
}

impl Default for SignInRate {
    fn default() -> Self {
        Self { by_login: Rate::per_minute(SIGN_INS_PER_MINUTE_PER_LOGIN), by_address: AddressRate::per_minute(SIGN_INS_PER_MINUTE_PER_ADDRESS) }
    }
}

impl SignInRate {
    /// Counts an attempt; false: one too many.
    pub(super) fn allows(&self, login: &str, address: IpAddr) -> bool {
        self.by_address.allows(address) && self.by_login.allows(login.trim().to_lowercase().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_login_is_tried_a_few_times_a_minute_and_another_still_gets_in() {
        let rate = SignInRate { by_login: Rate::under([7; 32], SIGN_INS_PER_MINUTE_PER_LOGIN), ..SignInRate::default() };
        let address = IpAddr::from([10, 0, 0, 1]);
        let passed = (0..20).filter(|_| rate.allows("aigerim", address)).count();
        assert_eq!(passed, SIGN_INS_PER_MINUTE_PER_LOGIN as usize);
        assert!(!rate.allows(" AIGERIM ", address), "the same login written otherwise is the same");
        assert!(rate.allows("marat", address));
    }
}
