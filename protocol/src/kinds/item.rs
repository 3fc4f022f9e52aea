//! Ids of items: the keys of the maps that hold priorities, goals, actions, agenda items and so on.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The id of an item: 16 random bytes made by whoever adds it, written as 32 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId([u8; 16]);

/// A text that is no item id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an item id is 32 lower-case hex digits")]
pub struct NotAnItemId;

impl ItemId {
    /// Takes the bytes as they are; the caller brings the randomness.
    pub const fn from_bytes(bytes: [u8; 16]) -> ItemId {
        ItemId(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for ItemId {
    type Err = NotAnItemId;

    fn from_str(text: &str) -> Result<ItemId, NotAnItemId> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| NotAnItemId)?;
        bytes.try_into().map(ItemId).map_err(|_| NotAnItemId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_id_is_written_as_hex_and_read_back() {
        let id = ItemId::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(id.to_string(), "000102030405060708090a0b0c0d0eff");
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in ["", "00", "000102030405060708090A0B0C0D0EFF", "zz0102030405060708090a0b0c0d0eff"] {
            assert_eq!(wrong.parse::<ItemId>(), Err(NotAnItemId), "{wrong:?} is no id");
        }
    }
}
