//! What must hold of a sync message before Automerge sees it.
//!
//! `automerge::sync::Message::decode` builds lists as long as the bytes say, and answering a message allocates as many probes as its
//! Bloom filter asks for (32 bits of them: 16 GB) and divides by the filter's length. So the message is walked here first, without
//! allocating, and only one that stays within the bounds is decoded.

use crate::limits::{MAX_BLOOM_PROBES, MAX_SYNC_CHANGES, MAX_SYNC_HASHES, MAX_SYNC_HAVES};

/// Why a sync message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    #[error("the sync message ends too early or is no sync message")]
    Malformed,
    #[error("the sync message has more {0} than a client sends")]
    TooMany(&'static str),
    #[error("the sync message has a Bloom filter that no client makes")]
    Bloom,
}

const HASH_BYTES: u64 = 32;
const SYNC_V1: u8 = 0x42;
const SYNC_V2: u8 = 0x43;

/// Walks one encoded sync message.
pub fn check(message: &[u8]) -> Result<(), GuardError> {
    let mut walk = Walk { rest: message };
    if !matches!(walk.byte()?, SYNC_V1 | SYNC_V2) {
        return Err(GuardError::Malformed);
    }
    walk.hashes("heads")?;
    walk.hashes("needed changes")?;
    let haves = walk.number()?;
    if haves > MAX_SYNC_HAVES as u64 {
        return Err(GuardError::TooMany("summaries"));
    }
    for _ in 0..haves {
        walk.hashes("shared heads")?;
        let length = walk.number()?;
        check_bloom(walk.take(length)?)?;
    }
    let changes = walk.number()?;
    if changes > MAX_SYNC_CHANGES as u64 {
        return Err(GuardError::TooMany("changes"));
    }
    for _ in 0..changes {
        let length = walk.number()?;
        walk.take(length)?;
    }
    // What follows are flags: a length and that many bytes, or nothing.
    if !walk.rest.is_empty() {
        let length = walk.number()?;
        walk.take(length)?;
    }
    Ok(())
}

fn check_bloom(bytes: &[u8]) -> Result<(), GuardError> {
    if bytes.is_empty() {
        return Ok(());
    }
    let mut walk = Walk { rest: bytes };
    let entries = walk.number()?;
    let bits_per_entry = walk.number()?;
    let probes = walk.number()?;
    // No larger filter than its own bytes, and, since answering divides by its length, none that is empty while it claims entries.
    let bits = entries.checked_mul(bits_per_entry).ok_or(GuardError::Bloom)?;
    if bits.div_ceil(8) != walk.rest.len() as u64 || (entries > 0 && bits == 0) {
        return Err(GuardError::Bloom);
    }
    // Positions are computed in 32 bits and added in pairs.
    if probes > MAX_BLOOM_PROBES || bits > u64::from(u32::MAX / 4) {
        return Err(GuardError::Bloom);
    }
    Ok(())
}

struct Walk<'a> {
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    fn byte(&mut self) -> Result<u8, GuardError> {
        let (&first, rest) = self.rest.split_first().ok_or(GuardError::Malformed)?;
        self.rest = rest;
        Ok(first)
    }

    /// An unsigned LEB128 number of at most 63 bits.
    fn number(&mut self) -> Result<u64, GuardError> {
        let mut value = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(GuardError::Malformed)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], GuardError> {
        let length = usize::try_from(length).map_err(|_| GuardError::Malformed)?;
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(GuardError::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    fn hashes(&mut self, what: &'static str) -> Result<(), GuardError> {
        let count = self.number()?;
        if count > MAX_SYNC_HASHES as u64 {
            return Err(GuardError::TooMany(what));
        }
        self.take(count * HASH_BYTES).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use automerge::sync::{Message, State, SyncDoc};
    use automerge::transaction::Transactable;
    use automerge::{AutoCommit, ROOT};

    use super::*;

    fn honest_messages() -> Vec<Vec<u8>> {
        let mut one = AutoCommit::new();
        let mut two = AutoCommit::new();
        for n in 0..300 {
            one.put(ROOT, format!("k{n}"), n).unwrap();
            one.commit();
        }
        let (mut state_one, mut state_two) = (State::new(), State::new());
        let mut all = Vec::new();
        for _ in 0..10 {
            let mut quiet = true;
            if let Some(message) = one.sync().generate_sync_message(&mut state_one) {
                all.push(message.clone().encode());
                two.sync().receive_sync_message(&mut state_two, message).unwrap();
                quiet = false;
            }
            if let Some(message) = two.sync().generate_sync_message(&mut state_two) {
                all.push(message.clone().encode());
                one.sync().receive_sync_message(&mut state_one, message).unwrap();
                quiet = false;
            }
            if quiet {
                break;
            }
        }
        all
    }

    #[test]
    fn every_message_of_an_honest_exchange_passes() {
        let all = honest_messages();
        assert!(all.len() >= 3, "the exchange had {} messages", all.len());
        for message in all {
            assert_eq!(check(&message), Ok(()), "a message of {} bytes", message.len());
        }
    }

    #[test]
    fn a_message_cut_anywhere_is_refused_or_decodes_the_same_prefix() {
        for message in honest_messages() {
            for end in 0..message.len() {
                if check(&message[..end]).is_ok() {
                    assert!(Message::decode(&message[..end]).is_ok(), "what passes the guard decodes, cut at {end}");
                }
            }
        }
    }

    fn message_with_bloom(bloom: &[u8]) -> Vec<u8> {
        let mut bytes = vec![SYNC_V1, 0, 0, 1, 0, bloom.len() as u8];
        bytes.extend_from_slice(bloom);
        bytes.push(0);
        bytes
    }

    #[test]
    fn a_bloom_filter_asking_for_four_thousand_million_probes_is_refused_and_an_ordinary_one_is_not() {
        assert_eq!(check(&message_with_bloom(&[1, 10, 7, 0xff, 0xff])), Ok(()));
        assert_eq!(check(&message_with_bloom(&[1, 10, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xff, 0xff])), Err(GuardError::Bloom));
    }

    #[test]
    fn a_bloom_filter_of_no_bits_is_refused() {
        assert_eq!(check(&message_with_bloom(&[5, 0, 7])), Err(GuardError::Bloom));
    }

    #[test]
    fn a_list_longer_than_a_client_sends_is_refused_before_anything_is_allocated() {
        let claim = [SYNC_V1, 0xff, 0xff, 0xff, 0xff, 0x0f];
        assert_eq!(check(&claim), Err(GuardError::TooMany("heads")));
        let haves = [SYNC_V1, 0, 0, 0xff, 0x01];
        assert_eq!(check(&haves), Err(GuardError::TooMany("summaries")));
    }
}
