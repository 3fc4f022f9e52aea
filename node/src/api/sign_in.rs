//! How often somebody may try to sign in: per login, so that one account cannot be guessed, and per address, so that all cannot.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::limits::{SIGN_INS_PER_MINUTE_PER_ADDRESS, SIGN_INS_PER_MINUTE_PER_LOGIN};

/// Logins and addresses remembered before old ones are swept.
const SWEEP_AT: usize = 10_000;

pub(super) struct SignInRate {
    by_login: DefaultKeyedRateLimiter<[u8; 16]>,
    by_address: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for SignInRate {
    fn default() -> Self {
        Self {
            by_login: RateLimiter::keyed(per_minute(SIGN_INS_PER_MINUTE_PER_LOGIN)),
            by_address: RateLimiter::keyed(per_minute(SIGN_INS_PER_MINUTE_PER_ADDRESS)),
        }
    }
}

fn per_minute(times: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(times).unwrap_or(NonZeroU32::MIN))
}

impl SignInRate {
    /// Counts an attempt; false: one too many.
    pub(super) fn allows(&self, login: &str, address: IpAddr) -> bool {
        if self.by_login.len() > SWEEP_AT {
            self.by_login.retain_recent();
        }
        if self.by_address.len() > SWEEP_AT {
            self.by_address.retain_recent();
        }
        let mut key = [0; 16];
        key.copy_from_slice(&blake3::hash(login.trim().to_lowercase().as_bytes()).as_bytes()[..16]);
        self.by_address.check_key(&address).is_ok() && self.by_login.check_key(&key).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_login_is_tried_a_few_times_a_minute_and_another_still_gets_in() {
        let rate = SignInRate::default();
        let address = IpAddr::from([10, 0, 0, 1]);
        let passed = (0..20).filter(|_| rate.allows("aigerim", address)).count();
        assert_eq!(passed, SIGN_INS_PER_MINUTE_PER_LOGIN as usize);
        assert!(!rate.allows(" AIGERIM ", address), "the same login written otherwise is the same");
        assert!(rate.allows("marat", address));
    }
}
