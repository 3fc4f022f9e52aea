//! Sign-in sessions. The token is 32 random bytes that only the browser holds; the database holds its hash, so that a copy of the
//! database signs nobody in.

use std::fmt;
use std::str::FromStr;

use jeli_protocol::ids::PersonId;
use rusqlite::{Connection, OptionalExtension, params};

use super::people::{AccountError, Person, read_person};
use crate::limits::{MAX_SESSIONS_PER_PERSON, SESSION_IDLE, SESSION_MAX, SESSION_TOUCH};

/// The secret of a session, as hexadecimal digits in the cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; 32]);

impl SessionToken {
    pub fn random() -> Self {
        Self(rand::random())
    }

    pub fn hash(&self) -> [u8; 32] {
        blake3::derive_key("jeli 2026 session token", &self.0)
    }

    /// The cookie's value.
    pub fn reveal(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.0)
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// The text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a session token")]
pub struct NotAToken;

impl FromStr for SessionToken {
    type Err = NotAToken;
    fn from_str(text: &str) -> Result<Self, NotAToken> {
        if text.len() != 64 {
            return Err(NotAToken);
        }
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| NotAToken)?;
        bytes.try_into().map(Self).map_err(|_| NotAToken)
    }
}

/// Begins a session; the person's oldest ends where there are too many, and sessions that ran out are swept.
pub fn begin(db: &mut Connection, person: PersonId, token_hash: [u8; 32], now_ms: i64) -> Result<(), AccountError> {
    let transaction = db.transaction()?;
    transaction.execute("DELETE FROM session WHERE used_ms < ?1 OR begun_ms < ?2", params![idle_limit(now_ms), age_limit(now_ms)])?;
    transaction.execute(
        "DELETE FROM session WHERE person = ?1 AND token_hash NOT IN
         (SELECT token_hash FROM session WHERE person = ?1 ORDER BY begun_ms DESC LIMIT ?2)",
        params![person.0, MAX_SESSIONS_PER_PERSON as i64 - 1],
    )?;
    transaction
        .execute("INSERT INTO session (token_hash, person, begun_ms, used_ms) VALUES (?1, ?2, ?3, ?3)", params![token_hash, person.0, now_ms])?;
    transaction.commit()?;
    Ok(())
}

/// Whose session this is, if it is one that has not run out; writes down that it was used.
pub fn find(db: &Connection, token_hash: [u8; 32], now_ms: i64) -> Result<Option<Person>, AccountError> {
    let found = db
        .prepare_cached(
            "SELECT person.id, name, login, role, language, used_ms FROM session JOIN person ON person.id = session.person
             WHERE token_hash = ?1 AND used_ms >= ?2 AND begun_ms >= ?3",
        )?
        .query_row(params![token_hash, idle_limit(now_ms), age_limit(now_ms)], |row| Ok((read_person(row)?, row.get::<_, i64>(5)?)))
        .optional()?;
    let Some((person, used_ms)) = found else { return Ok(None) };
    if now_ms.saturating_sub(used_ms) > millis(SESSION_TOUCH) {
        db.execute("UPDATE session SET used_ms = ?2 WHERE token_hash = ?1", params![token_hash, now_ms])?;
    }
    Ok(Some(person))
}

pub fn end(db: &Connection, token_hash: [u8; 32]) -> Result<(), AccountError> {
    db.execute("DELETE FROM session WHERE token_hash = ?1", params![token_hash])?;
    Ok(())
}

fn idle_limit(now_ms: i64) -> i64 {
    now_ms.saturating_sub(millis(SESSION_IDLE))
}

fn age_limit(now_ms: i64) -> i64 {
    now_ms.saturating_sub(millis(SESSION_MAX))
}

pub(super) fn millis(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
