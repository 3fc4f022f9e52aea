//! Passwords: Argon2id, on blocking threads, a few at once.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::limits::{ARGON2_AT_ONCE, ARGON2_MEMORY_KIB, ARGON2_PASSES, MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("a password has at least {MIN_PASSWORD_CHARS} characters")]
    TooShort,
    #[error("a password has at most {MAX_PASSWORD_BYTES} bytes")]
    TooLong,
    #[error("the password could not be hashed")]
    Hashing,
}

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    at_once: Arc<Semaphore>,
    /// What a login that does not exist is checked against: answering takes as long as for one that does.
    decoy: Arc<str>,
}

impl Passwords {
    pub fn new() -> Result<Self, PasswordError> {
        let nobody: [u8; 16] = rand::random();
        let decoy = hash(&data_encoding::HEXLOWER.encode(&nobody))?;
        Ok(Self { at_once: Arc::new(Semaphore::new(ARGON2_AT_ONCE)), decoy: decoy.into() })
    }

    /// The hash of a new password, as a PHC string.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        if password.chars().count() < MIN_PASSWORD_CHARS {
            return Err(PasswordError::TooShort);
        }
        if password.len() > MAX_PASSWORD_BYTES {
            return Err(PasswordError::TooLong);
        }
        self.off_thread(move || hash(&password)).await?
    }

    /// Whether the password fits. None stands for a login that does not exist: never, and it takes as long.
    pub async fn fits(&self, password: String, stored: Option<String>) -> Result<bool, PasswordError> {
        if password.len() > MAX_PASSWORD_BYTES {
            return Ok(false);
        }
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.to_string());
        let fits = self.off_thread(move || verify(&password, &stored)).await?;
        Ok(known && fits)
    }

    async fn off_thread<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let _permit = self.at_once.acquire().await.map_err(|_| PasswordError::Hashing)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Hashing)
    }
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(ARGON2_MEMORY_KIB, ARGON2_PASSES, 1, None).map_err(|_| PasswordError::Hashing)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, PasswordError> {
    let salt: [u8; 16] = rand::random();
    let salt = SaltString::encode_b64(&salt).map_err(|_| PasswordError::Hashing)?;
    argon2()?.hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(|_| PasswordError::Hashing)
}

/// With the parameters that the stored hash names.
fn verify(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|stored| Argon2::default().verify_password(password.as_bytes(), &stored).is_ok())
}
