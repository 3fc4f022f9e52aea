//! The code for the first account: printed where the node was started, so that only somebody who stands there makes the director.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use subtle::ConstantTimeEq;

use crate::limits::MAX_SETUP_ATTEMPTS;

/// Eight digits, shown in two groups; new at every start.
pub struct SetupCode {
    digits: [u8; 8],
    attempts: AtomicU32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    #[error("the code is not the one that the program printed when it started")]
    WrongCode,
    #[error("too many wrong codes; start the program again for a new one")]
    Closed,
}

impl SetupCode {
    pub fn random() -> Self {
        let mut digits = [0; 8];
        digits.fill_with(|| rand::random_range(b'0'..=b'9'));
        Self { digits, attempts: AtomicU32::new(0) }
    }

    /// For programs that must know the code beforehand (the demo and tests): these digits.
    pub fn fixed(digits: [u8; 8]) -> Self {
        Self { digits, attempts: AtomicU32::new(0) }
    }

    /// Compares in constant time; spaces and dashes do not count. After [`MAX_SETUP_ATTEMPTS`] wrong ones no code fits any more.
    pub fn check(&self, given: &str) -> Result<(), SetupError> {
        if self.attempts.fetch_add(1, Ordering::AcqRel) >= MAX_SETUP_ATTEMPTS {
            // Stays closed however often it is tried.
            self.attempts.store(MAX_SETUP_ATTEMPTS, Ordering::Release);
            return Err(SetupError::Closed);
        }
        let given: Vec<u8> = given.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).take(self.digits.len() + 1).collect();
        if bool::from(given.as_slice().ct_eq(&self.digits)) {
            self.attempts.fetch_sub(1, Ordering::AcqRel);
            Ok(())
        } else {
            Err(SetupError::WrongCode)
        }
    }
}

impl fmt::Display for SetupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, digit) in self.digits.iter().enumerate() {
            if at == 4 {
                f.write_str(" ")?;
            }
            write!(f, "{}", char::from(*digit))?;
        }
        Ok(())
    }
}
