//! Announcements: what gossip carries. Sealed under the space's epoch key, since gossip hands messages to whoever connects; the topic's name is
//! a keyed hash, so that it names the space to its members only.
//!
//! **Invariant 3:** an announcement is a hint. Losing every one of them loses nothing.

use crate::bundle::BundleTag;
use crate::entry::{Chain, ChainId};
use crate::frontier::Tip;
use crate::ids::{BundleId, DocumentId, EntryHash, NodeId};
use crate::limits::{
    MAX_ADDRESS_BYTES, MAX_ANNOUNCEMENT_BYTES, MAX_CHAINS, MAX_EPHEMERAL_BYTES, MAX_INLINE_FRAME_BYTES, MAX_NAME_BYTES, MAX_PRESENCE_NAMES,
    MAX_WHEREABOUTS, WIRE_VERSION,
};
use crate::seal::{self, NotForUs};
use crate::wire::{Reader, WireError, Writer};

/// A gossip topic: BLAKE3 keyed by the space's epoch key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Topic(pub [u8; 32]);

/// The secret of a space while an epoch lasts: seals announcements, names the topic, proves membership to peers.
#[derive(Clone, PartialEq, Eq)]
pub struct EpochKey([u8; 32]);

/// Proves to one peer, and to no other, that the sender knows the space's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpaceTag(pub [u8; 16]);

impl EpochKey {
    /// The key of these 32 secret bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret bytes, to seal them for a new member.
    pub fn secret(&self) -> &[u8; 32] {
        &self.0
    }

    fn derived(&self, context: &str) -> [u8; 32] {
        blake3::derive_key(context, &self.0)
    }

    /// The topic on which members announce.
    pub fn topic(&self) -> Topic {
        Topic(self.derived("jeli 2026 gossip topic"))
    }

    /// The tag by which `sender` shows `receiver` that it knows the space. Both ids are those that the transport has authenticated.
    pub fn tag(&self, sender: &NodeId, receiver: &NodeId) -> SpaceTag {
        let mut hasher = blake3::Hasher::new_keyed(&self.derived("jeli 2026 space tag"));
        hasher.update(&sender.0).update(&receiver.0);
        let mut tag = [0; 16];
        hasher.finalize_xof().fill(&mut tag);
        SpaceTag(tag)
    }

    /// The tag by which a recipient knows a bundle of `maker` as one for itself; to everybody else it is noise, and another one on each bundle.
    pub fn bundle_tag(&self, maker: &NodeId, recipient: &NodeId, bundle: &BundleId) -> BundleTag {
        let mut hasher = blake3::Hasher::new_keyed(&self.derived("jeli 2026 bundle tag"));
        hasher.update(&maker.0).update(&recipient.0).update(&bundle.0);
        let mut tag = [0; 16];
        hasher.finalize_xof().fill(&mut tag);
        BundleTag(tag)
    }
}

impl std::fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EpochKey(…)")
    }
}

/// What a node announces to the members that are online.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// A small frame, whole.
    Frame(Vec<u8>),
    /// Where this node's chains end now; the content is to be pulled.
    Heads(Vec<(ChainId, Tip)>),
    /// Who has which document open at the announcing node. Replaces what it said before.
    Presence(Vec<(DocumentId, Vec<String>)>),
    /// A browser's passing message for the others who have the document open.
    Ephemeral {
        /// The document.
        document: DocumentId,
        /// As the browser sent it.
        bytes: Vec<u8>,
    },
    /// Where the announcing node may be found: addresses as the network writes them. Members that know it only through a third may reach it
    /// themselves, and go on when the third is away.
    Whereabouts(Vec<String>),
}

/// Why an announcement is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnnouncementError {
    /// Not sealed under this epoch's key.
    #[error("{0}")]
    NotForUs(#[from] NotForUs),
    /// Sealed by a member, but not an announcement.
    #[error("the announcement cannot be read: {0}")]
    Wire(#[from] WireError),
}

impl Announcement {
    /// Encodes and seals. `nonce` must be 24 fresh random bytes.
    pub fn seal(&self, key: &EpochKey, nonce: [u8; 24]) -> Result<Vec<u8>, NotForUs> {
        let mut writer = Writer::new();
        writer.u8(WIRE_VERSION);
        match self {
            Self::Frame(frame) => {
                writer.u8(0).fixed(frame);
            }
            Self::Heads(heads) => {
                writer.u8(1).number(heads.len() as u64);
                for (chain, tip) in heads {
                    writer.fixed(&chain.node.0).u8(chain.chain.number()).number(tip.seq).fixed(&tip.hash.0);
                }
            }
            Self::Presence(open) => {
                writer.u8(2).number(open.len() as u64);
                for (document, names) in open {
                    writer.fixed(&document.0).number(names.len() as u64);
                    for name in names {
                        writer.text(name);
                    }
                }
            }
            Self::Ephemeral { document, bytes } => {
                writer.u8(3).fixed(&document.0).bytes(bytes);
            }
            Self::Whereabouts(addresses) => {
                writer.u8(4).number(addresses.len() as u64);
                for address in addresses {
                    writer.text(address);
                }
            }
        }
        seal::seal_for_space(&key.derived("jeli 2026 announcement"), nonce, &key.topic().0, &writer.finish())
    }

    /// Opens and decodes.
    pub fn open(key: &EpochKey, sealed: &[u8]) -> Result<Self, AnnouncementError> {
        if sealed.len() > MAX_ANNOUNCEMENT_BYTES {
            return Err(WireError::TooLong { length: sealed.len() as u64, bound: MAX_ANNOUNCEMENT_BYTES }.into());
        }
        let plain = seal::open_for_space(&key.derived("jeli 2026 announcement"), &key.topic().0, sealed)?;
        let mut reader = Reader::new(&plain);
        reader.version(WIRE_VERSION)?;
        let announcement = match reader.u8()? {
            0 if reader.left() > MAX_INLINE_FRAME_BYTES => {
                return Err(WireError::TooLong { length: reader.left() as u64, bound: MAX_INLINE_FRAME_BYTES }.into());
            }
            0 => Self::Frame(reader.rest().to_vec()),
            1 => {
                let mut heads = Vec::new();
                for _ in 0..reader.count(MAX_CHAINS)? {
                    let node = NodeId(reader.array()?);
                    let chain = Chain::from_number(reader.u8()?).ok_or(WireError::NoSuchValue("a chain"))?;
                    heads.push((ChainId { node, chain }, Tip { seq: reader.number()?, hash: EntryHash(reader.array()?) }));
                }
                Self::Heads(heads)
            }
            2 => {
                let mut open = Vec::new();
                for _ in 0..reader.count(MAX_PRESENCE_NAMES)? {
                    let document = DocumentId(reader.array()?);
                    let mut names = Vec::new();
                    for _ in 0..reader.count(MAX_PRESENCE_NAMES)? {
                        names.push(reader.text(MAX_NAME_BYTES)?.to_owned());
                    }
                    open.push((document, names));
                }
                Self::Presence(open)
            }
            3 => Self::Ephemeral { document: DocumentId(reader.array()?), bytes: reader.bytes(MAX_EPHEMERAL_BYTES)?.to_vec() },
            4 => {
                let mut addresses = Vec::new();
                for _ in 0..reader.count(MAX_WHEREABOUTS)? {
                    addresses.push(reader.text(MAX_ADDRESS_BYTES)?.to_owned());
                }
                Self::Whereabouts(addresses)
            }
            _ => return Err(WireError::NoSuchValue("an announcement").into()),
        };
        reader.end()?;
        Ok(announcement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn announcement() -> impl Strategy<Value = Announcement> {
        prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200).prop_map(Announcement::Frame),
            proptest::collection::vec((any::<[u8; 32]>(), any::<bool>(), 1u64.., any::<[u8; 32]>()), 0..5).prop_map(|heads| Announcement::Heads(
                heads
                    .into_iter()
                    .map(|(node, control, seq, hash)| {
                        let chain = if control { Chain::Control } else { Chain::Content };
                        (ChainId { node: NodeId(node), chain }, Tip { seq, hash: EntryHash(hash) })
                    })
                    .collect()
            )),
            proptest::collection::vec((any::<[u8; 16]>(), proptest::collection::vec("[а-я]{1,9}", 0..3)), 0..4)
                .prop_map(|open| Announcement::Presence(open.into_iter().map(|(document, names)| (DocumentId(document), names)).collect())),
            proptest::collection::vec("/ip4/[0-9.]{1,9}/tcp/[0-9]{1,5}", 0..4).prop_map(Announcement::Whereabouts),
            (any::<[u8; 16]>(), proptest::collection::vec(any::<u8>(), 0..99))
                .prop_map(|(document, bytes)| Announcement::Ephemeral { document: DocumentId(document), bytes }),
        ]
    }

    proptest! {
        #[test]
        fn an_announcement_opens_for_members_of_its_epoch_only(announcement in announcement(), nonce: [u8; 24]) {
            let key = EpochKey::new([1; 32]);
            let sealed = announcement.seal(&key, nonce).unwrap();
            prop_assert_eq!(Announcement::open(&key, &sealed), Ok(announcement));
            prop_assert_eq!(Announcement::open(&EpochKey::new([2; 32]), &sealed), Err(AnnouncementError::NotForUs(NotForUs)));
        }
    }

    #[test]
    fn a_tag_shown_to_one_peer_means_nothing_to_another() {
        let key = EpochKey::new([1; 32]);
        let (a, b, c) = (NodeId([1; 32]), NodeId([2; 32]), NodeId([3; 32]));
        assert_ne!(key.tag(&a, &b), key.tag(&a, &c));
        assert_ne!(key.tag(&a, &b), key.tag(&b, &a), "a tag cannot be reflected");
    }
}
