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
hex_id!(
    /// Hash of a file's content: BLAKE3 of its bytes.
    BlobHash, 32);
hex_id!(
    /// A bundle: drawn at random by its maker.
    BundleId, 16);

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

/// Bytes of a document id that bind it to who made it, and as many that bind it to its space.
const DOCUMENT_HALF_BYTES: usize = 8;

impl DocumentId {
    /// The id of a document that `node` makes in `space`. The first half is bound to the maker, so that nobody else can make a document
    /// under its id; the second to the space, so that whoever holds an id sees of which space it is.
    pub fn of(space: &SpaceId, node: &NodeId, nonce: &[u8; 8]) -> Self {
        let mut maker = blake3::Hasher::new_derive_key("jeli 2026 document, its maker");
        maker.update(&space.0).update(&node.0).update(nonce);
        let mut id = [0; 2 * DOCUMENT_HALF_BYTES];
        let (first, second) = id.split_at_mut(DOCUMENT_HALF_BYTES);
        first.copy_from_slice(&maker.finalize().as_bytes()[..DOCUMENT_HALF_BYTES]);
        second.copy_from_slice(&mark_of_space(space, first));
        Self(id)
    }

    /// Whether this is the id of a document of `space`.
    pub fn is_of(&self, space: &SpaceId) -> bool {
        let (first, second) = self.0.split_at(DOCUMENT_HALF_BYTES);
        mark_of_space(space, first) == second
    }
}

fn mark_of_space(space: &SpaceId, first: &[u8]) -> [u8; DOCUMENT_HALF_BYTES] {
    let mut hasher = blake3::Hasher::new_derive_key("jeli 2026 document, its space");
    hasher.update(&space.0).update(first);
    let mut mark = [0; DOCUMENT_HALF_BYTES];
    mark.copy_from_slice(&hasher.finalize().as_bytes()[..DOCUMENT_HALF_BYTES]);
    mark
}

/// How many bytes of a node's actor name the node.
pub const ACTOR_PREFIX_BYTES: usize = 8;

/// How long a node's actors are. Automerge draws foreign ones with 16 bytes: none of those can be taken for a node's.
pub const NODE_ACTOR_BYTES: usize = 17;

/// An Automerge actor: 1 to [`crate::limits::MAX_ACTOR_BYTES`] bytes. A node's begin with 8 bytes of BLAKE3 of its key and are
/// [`NODE_ACTOR_BYTES`] long; all others are *foreign*.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActorId(pub Box<[u8]>);

impl ActorId {
    /// The actor that starts with `node`'s prefix and goes on with `rest`.
    pub fn of_node(node: &NodeId, rest: [u8; 8]) -> Self {
        let mut bytes = Vec::with_capacity(NODE_ACTOR_BYTES);
        bytes.extend_from_slice(&actor_prefix(node));
        bytes.extend_from_slice(&rest);
        bytes.push(0);
        Self(bytes.into())
    }

    /// Whether this actor is one of `node`'s.
    pub fn belongs_to(&self, node: &NodeId) -> bool {
        !self.is_foreign() && self.0.starts_with(&actor_prefix(node))
    }

    /// Whether this actor is no node's: a client chose it that does not take its actor from a node.
    pub fn is_foreign(&self) -> bool {
        self.0.len() != NODE_ACTOR_BYTES
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
        assert!(!actor.is_foreign());
        let drawn = ActorId::from(&actor.0[..16]);
        assert!(drawn.is_foreign() && !drawn.belongs_to(&node), "16 bytes, as Automerge draws them, are no node's even with its prefix");
    }

    #[test]
    fn a_document_id_is_of_one_space_and_one_maker() {
        let (space, node) = (SpaceId([1; 32]), NodeId([2; 32]));
        let id = DocumentId::of(&space, &node, &[3; 8]);
        assert!(id.is_of(&space));
        assert!(!id.is_of(&SpaceId([4; 32])));
        let others = [DocumentId::of(&space, &NodeId([5; 32]), &[3; 8]), DocumentId::of(&space, &node, &[6; 8])];
        assert!(others.iter().all(|other| other.is_of(&space) && *other != id));
    }
}
