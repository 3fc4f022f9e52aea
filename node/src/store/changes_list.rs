//! The changes of a content entry, small: those that are kept by their number as a difference from the one before (an author's keystrokes take
//! a byte each), others by their hash.

use jeli_protocol::ids::ChangeHash;
use jeli_protocol::limits::MAX_BATCH_CHANGES;
use jeli_protocol::wire::{Reader, WireError, Writer};

/// A change named in an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// It was kept when the entry came.
    Kept(i64),
    /// It was not.
    Hash(ChangeHash),
}

pub(super) fn encode(changes: &[Named]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.number(changes.len() as u64);
    let mut expected = 0i64;
    for change in changes {
        match change {
            Named::Kept(number) => {
                let difference = number.wrapping_sub(expected);
                writer.number(((difference << 1) ^ (difference >> 63)).cast_unsigned() + 1);
                expected = number.wrapping_add(1);
            }
            Named::Hash(hash) => _ = writer.number(0).fixed(&hash.0),
        }
    }
    writer.finish()
}

pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Named>, WireError> {
    let mut reader = Reader::new(bytes);
    let count = reader.count(MAX_BATCH_CHANGES)?;
    let mut changes = Vec::with_capacity(count);
    let mut expected = 0i64;
    for _ in 0..count {
        changes.push(match reader.number()?.checked_sub(1) {
            None => Named::Hash(ChangeHash(reader.array()?)),
            Some(zigzag) => {
                let number = expected.wrapping_add((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed());
                expected = number.wrapping_add(1);
                Named::Kept(number)
            }
        });
    }
    reader.end()?;
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reads_back_and_keystrokes_in_a_row_take_a_byte_each() {
        let list = [Named::Kept(1_000_000), Named::Kept(1_000_001), Named::Hash(ChangeHash([9; 32])), Named::Kept(3), Named::Kept(i64::MAX >> 2)];
        assert_eq!(decode(&encode(&list)), Ok(list.to_vec()));
        assert_eq!(decode(&encode(&[])), Ok(vec![]));
        let row: Vec<Named> = (5_000..5_100).map(Named::Kept).collect();
        assert!(encode(&row).len() <= 103);
        assert!(decode(&encode(&row)[..50]).is_err(), "a cut list is no list");
    }
}
