//! The names of things: every id is a type of its own, so that no two can be mixed up.

use std::fmt;
use std::str::FromStr;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not hexadecimal, or not of this id's length.
    #[error("expected {expected} hexadecimal digits")]
    NotHex {
        /// How many digits this id has.
        expected: usize,
    },
    /// Not a base58check document id.
    #[error("expected a document id (base58 with a checksum)")]
    NotDocumentId,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The bytes of the id.
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }
        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
        impl From<[u8; $len]> for $name {
            fn from(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }
        }
        impl TryFrom<&[u8]> for $name {
            type Error = std::array::TryFromSliceError;
            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                bytes.try_into().map(Self)
            }
        }
    };
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        id!($(#[$doc])* $name, $len);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({}…)", stringify!($name), data_encoding::HEXLOWER.encode(&self.0[..4]))
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                data_encoding::HEXLOWER
                    .decode(text.as_bytes())
                    .ok()
                    .and_then(|bytes| <[u8; $len]>::try_from(bytes).ok())
                    .map(Self)
                    .ok_or(IdError::NotHex { expected: $len * 2 })
            }
        }
    };
}

hex_id!(
    /// A school: its Ed25519 root public key.
    SchoolId, 32);
hex_id!(
    /// A node: its Ed25519 public key, which is also its libp2p peer id.
    NodeId, 32);
hex_id!(
    /// A space: hash of the act that created it.
    SpaceId, 32);
hex_id!(
    /// A person's account at a school; made by the school's node, means nothing elsewhere.
    PersonId, 16);
hex_id!(
    /// Hash of an entry: BLAKE3 over domain tag, space, node, chain, seq, previous hash and body.
    EntryHash, 32);
hex_id!(
    /// Hash of an Automerge change: SHA-256, as Automerge computes it.
    ChangeHash, 32);

id!(
    /// A document: 16 bytes, written as automerge-repo writes its document ids (base58check).
    DocumentId, 16);

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).with_check().into_string())
    }
}
impl fmt::Debug for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentId({self})")
    }
}
impl FromStr for DocumentId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        // The longest text of 16 bytes and a 4-byte checksum; decoding costs the square of the length.
        if text.len() > 30 {
            return Err(IdError::NotDocumentId);
        }
        bs58::decode(text).with_check(None).into_vec().ok().and_then(|bytes| <[u8; 16]>::try_from(bytes).ok()).map(Self).ok_or(IdError::NotDocumentId)
    }
}

/// How many bytes of an actor id name the node that speaks for it.
pub const ACTOR_PREFIX_BYTES: usize = 8;

/// An Automerge actor: 1 to [`crate::limits::MAX_ACTOR_BYTES`] bytes. Ours begin with 8 bytes of BLAKE3 of the node's key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActorId(pub Box<[u8]>);

impl ActorId {
    /// The actor that starts with `node`'s prefix and goes on with `rest`.
    pub fn of_node(node: &NodeId, rest: [u8; 8]) -> Self {
        let mut bytes = Vec::with_capacity(16);
        bytes.extend_from_slice(&actor_prefix(node));
        bytes.extend_from_slice(&rest);
        Self(bytes.into())
    }

    /// Whether this actor bears the prefix of `node`.
    pub fn belongs_to(&self, node: &NodeId) -> bool {
        self.0.starts_with(&actor_prefix(node))
    }

    /// The first bytes, where a node's prefix stands; none where the actor is shorter.
    pub fn prefix(&self) -> Option<[u8; ACTOR_PREFIX_BYTES]> {
        self.0.first_chunk().copied()
    }
}

impl fmt::Display for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}
impl fmt::Debug for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActorId({self})")
    }
}
impl From<&[u8]> for ActorId {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

/// The first bytes of every actor id that a node hands out.
pub fn actor_prefix(node: &NodeId) -> [u8; ACTOR_PREFIX_BYTES] {
    let hash = blake3::derive_key("jeli 2026 actor prefix", &node.0);
    let mut prefix = [0; ACTOR_PREFIX_BYTES];
    prefix.copy_from_slice(&hash[..ACTOR_PREFIX_BYTES]);
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_id_reads_back_and_a_mistyped_one_is_refused() {
        let id = DocumentId([7; 16]);
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        let mistyped = text.replace(text.chars().last().unwrap_or('1'), "x");
        assert_eq!(mistyped.parse::<DocumentId>(), Err(IdError::NotDocumentId));
        assert_eq!("1".repeat(10_000).parse::<DocumentId>(), Err(IdError::NotDocumentId));
    }

    #[test]
    fn an_actor_of_a_node_belongs_to_it_and_to_no_other() {
        let node = NodeId([1; 32]);
        let actor = ActorId::of_node(&node, [9; 8]);
        assert!(actor.belongs_to(&node));
        assert!(!actor.belongs_to(&NodeId([2; 32])));
    }
}
