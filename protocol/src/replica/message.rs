//! The messages of a sync session. Each is one byte of kind and a body; the transport gives lengths.
//!
//! A space is named by its place in the *sender's* list of [`Message::Digests`]. A frontier is told as a difference from one that both
//! sides know ([`Base`]); since a session's messages arrive in order, none of these needs a name of its own.

use crate::announce::SpaceTag;
use crate::entry::Chain;
use crate::frontier::FrontierDigest;
use crate::ids::{EntryHash, NodeId};
use crate::keys::Signature;
use crate::limits::{MAX_CHAINS, MAX_SESSION_SPACES, WIRE_VERSION};
use crate::wire::{Reader, WireError, Writer};

/// What a digest list says of one space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpaceDigest {
    /// Proves that the sender knows the space, to this peer only.
    pub tag: SpaceTag,
    /// The sender's frontier.
    pub frontier: FrontierDigest,
    /// The (node, counter) pairs of the receipts that the sender holds.
    pub receipts: [u8; 4],
}

/// The frontier from which a difference is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// The empty one.
    Nothing,
    /// The one whose digest the receiver of the message gave when it listed the space.
    Opening,
    /// The one that the sender told last, by [`Message::Frontier`] or a receipt of its own.
    Last,
    /// The one of the sender's receipt with this counter, and how its digest begins: a node that was restored from a copy counts anew.
    Receipt(u64, [u8; 4]),
    /// The one of the receiver's receipt with this counter, and how its digest begins.
    Yours(u64, [u8; 4]),
}

/// What the sender of a message wants told in return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Nothing.
    No,
    /// The receiver's frontier.
    Tell,
    /// The receiver's frontier from nothing: the base of what it told last is not known here.
    TellAll,
}

/// An entry of the receiver's own, with all that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownEntry {
    /// On which of the receiver's chains.
    pub chain: Chain,
    /// Its place there.
    pub seq: u64,
    /// The hash of the entry before it.
    pub previous: EntryHash,
    /// The receiver's signature over its hash.
    pub signature: Signature,
    /// Its body.
    pub body: Vec<u8>,
}

/// A message of a session. `rest` bodies are read against state that the session holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Adds spaces to the sender's list. `ask`: answer with yours.
    Digests {
        /// The spaces.
        spaces: Vec<SpaceDigest>,
    },
    /// The sender's frontier of a listed space, again.
    Digest {
        /// Place in the sender's list.
        space: u64,
        /// Whether an answer is wanted.
        ask: bool,
        /// The sender's frontier.
        frontier: FrontierDigest,
    },
    /// The sender's frontier as a difference.
    Frontier {
        /// Place in the sender's list.
        space: u64,
        /// What is wanted in return.
        ask: Ask,
        /// From what.
        base: Base,
        /// A frontier delta against the base.
        delta: Vec<u8>,
    },
    /// Send what I lack.
    Want {
        /// Place in the sender's list.
        space: u64,
    },
    /// A frame.
    Frame {
        /// Place in the sender's list.
        space: u64,
        /// The frame.
        bytes: Vec<u8>,
    },
    /// All that was wanted has been sent.
    End {
        /// Place in the sender's list.
        space: u64,
    },
    /// The receipts that the sender holds, by node and counter. `ask`: answer with yours.
    Counters {
        /// Place in the sender's list.
        space: u64,
        /// Whether an answer is wanted.
        ask: bool,
        /// First 8 bytes of the node's id, and the counter.
        counters: Vec<([u8; 8], u64)>,
    },
    /// A receipt, of the sender or of another node.
    Receipt {
        /// Place in the sender's list.
        space: u64,
        /// Whose, if not the sender's own.
        of: Option<NodeId>,
        /// From what its frontier is told.
        base: Base,
        /// The rest of the receipt against the base.
        receipt: Vec<u8>,
    },
    /// An entry that the receiver has signed and seems not to know: it was restored from an old copy, or runs twice.
    OwnEntry {
        /// Place in the sender's list.
        space: u64,
        /// The entry.
        entry: ShownEntry,
    },
    /// What time it is at the sender, Unix seconds. Shown to people, never judged by; the replica has no clock and neither asks for it nor makes it.
    Clock {
        /// Unix seconds.
        unix_s: u64,
    },
    /// The digest of the receipts that the sender holds, again: they have changed.
    Receipts {
        /// Place in the sender's list.
        space: u64,
        /// As in [`SpaceDigest::receipts`].
        digest: [u8; 4],
    },
}

/// The short name of a node in [`Message::Counters`].
pub(super) fn short_node(node: &NodeId) -> [u8; 8] {
    let mut short = [0; 8];
    short.copy_from_slice(&node.0[..8]);
    short
}

impl Base {
    fn write(self, writer: &mut Writer) {
        match self {
            Self::Nothing => writer.u8(0),
            Self::Opening => writer.u8(1),
            Self::Last => writer.u8(2),
            Self::Receipt(counter, digest) => writer.u8(3).number(counter).fixed(&digest),
            Self::Yours(counter, digest) => writer.u8(4).number(counter).fixed(&digest),
        };
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        match reader.u8()? {
            0 => Ok(Self::Nothing),
            1 => Ok(Self::Opening),
            2 => Ok(Self::Last),
            3 => Ok(Self::Receipt(reader.number()?, reader.array()?)),
            4 => Ok(Self::Yours(reader.number()?, reader.array()?)),
            _ => Err(WireError::NoSuchValue("a base")),
        }
    }
}

impl Ask {
    fn number(self) -> u8 {
        match self {
            Self::No => 0,
            Self::Tell => 1,
            Self::TellAll => 2,
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        match reader.u8()? {
            0 => Ok(Self::No),
            1 => Ok(Self::Tell),
            2 => Ok(Self::TellAll),
            _ => Err(WireError::NoSuchValue("a wish")),
        }
    }
}

fn flag(reader: &mut Reader<'_>) -> Result<bool, WireError> {
    match reader.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(WireError::NoSuchValue("a yes or no")),
    }
}

impl Message {
    /// The bytes of the message.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        match self {
            Self::Digests { spaces } => {
                writer.u8(0).u8(WIRE_VERSION).number(spaces.len() as u64);
                for space in spaces {
                    writer.fixed(&space.tag.0).fixed(&space.frontier.0).fixed(&space.receipts);
                }
            }
            Self::Digest { space, ask, frontier } => {
                writer.u8(1).number(*space).u8(u8::from(*ask)).fixed(&frontier.0);
            }
            Self::Frontier { space, ask, base, delta } => {
                writer.u8(2).number(*space).u8(ask.number());
                base.write(&mut writer);
                writer.fixed(delta);
            }
            Self::Want { space } => {
                writer.u8(3).number(*space);
            }
            Self::Frame { space, bytes } => {
                writer.u8(4).number(*space).fixed(bytes);
            }
            Self::End { space } => {
                writer.u8(5).number(*space);
            }
            Self::Counters { space, ask, counters } => {
                writer.u8(6).number(*space).u8(u8::from(*ask)).number(counters.len() as u64);
                for (node, counter) in counters {
                    writer.fixed(node).number(*counter);
                }
            }
            Self::Receipt { space, of, base, receipt } => {
                writer.u8(7).number(*space).u8(u8::from(of.is_some()));
                if let Some(node) = of {
                    writer.fixed(&node.0);
                }
                base.write(&mut writer);
                writer.fixed(receipt);
            }
            Self::Receipts { space, digest } => {
                writer.u8(8).number(*space).fixed(digest);
            }
            Self::OwnEntry { space, entry: ShownEntry { chain, seq, previous, signature, body } } => {
                writer.u8(9).number(*space).u8(chain.number()).number(*seq).fixed(&previous.0).fixed(&signature.0).fixed(body);
            }
            Self::Clock { unix_s } => {
                writer.u8(10).number(*unix_s);
            }
        }
        writer.finish()
    }

    /// Reads a message.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let message = match reader.u8()? {
            0 => {
                reader.version(WIRE_VERSION)?;
                let mut spaces = Vec::new();
                for _ in 0..reader.count(MAX_SESSION_SPACES)? {
                    spaces.push(SpaceDigest { tag: SpaceTag(reader.array()?), frontier: FrontierDigest(reader.array()?), receipts: reader.array()? });
                }
                Self::Digests { spaces }
            }
            1 => Self::Digest { space: reader.number()?, ask: flag(&mut reader)?, frontier: FrontierDigest(reader.array()?) },
            2 => Self::Frontier {
                space: reader.number()?,
                ask: Ask::read(&mut reader)?,
                base: Base::read(&mut reader)?,
                delta: reader.rest().to_vec(),
            },
            3 => Self::Want { space: reader.number()? },
            4 => Self::Frame { space: reader.number()?, bytes: reader.rest().to_vec() },
            5 => Self::End { space: reader.number()? },
            9 => Self::OwnEntry {
                space: reader.number()?,
                entry: ShownEntry {
                    chain: Chain::from_number(reader.u8()?).ok_or(WireError::NoSuchValue("a chain"))?,
                    seq: reader.number()?,
                    previous: EntryHash(reader.array()?),
                    signature: Signature(reader.array()?),
                    body: reader.rest().to_vec(),
                },
            },
            6 => {
                let (space, ask) = (reader.number()?, flag(&mut reader)?);
                let mut counters = Vec::new();
                for _ in 0..reader.count(MAX_CHAINS)? {
                    counters.push((reader.array()?, reader.number()?));
                }
                Self::Counters { space, ask, counters }
            }
            7 => Self::Receipt {
                space: reader.number()?,
                of: if flag(&mut reader)? { Some(NodeId(reader.array()?)) } else { None },
                base: Base::read(&mut reader)?,
                receipt: reader.rest().to_vec(),
            },
            10 => Self::Clock { unix_s: reader.number()? },
            8 => Self::Receipts { space: reader.number()?, digest: reader.array()? },
            _ => return Err(WireError::NoSuchValue("a message")),
        };
        reader.end()?;
        Ok(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message() -> impl Strategy<Value = Message> {
        let base = prop_oneof![
            Just(Base::Nothing),
            Just(Base::Opening),
            Just(Base::Last),
            any::<(u64, [u8; 4])>().prop_map(|(counter, digest)| Base::Receipt(counter, digest)),
            any::<(u64, [u8; 4])>().prop_map(|(counter, digest)| Base::Yours(counter, digest))
        ];
        let ask = prop_oneof![Just(Ask::No), Just(Ask::Tell), Just(Ask::TellAll)];
        let bytes = || proptest::collection::vec(any::<u8>(), 0..80);
        prop_oneof![
            proptest::collection::vec((any::<[u8; 16]>(), any::<[u8; 32]>(), any::<[u8; 4]>()), 0..4).prop_map(|spaces| {
                let digest = |(tag, frontier, receipts)| SpaceDigest { tag: SpaceTag(tag), frontier: FrontierDigest(frontier), receipts };
                Message::Digests { spaces: spaces.into_iter().map(digest).collect() }
            }),
            (any::<u64>(), any::<bool>(), any::<[u8; 32]>()).prop_map(|(space, ask, digest)| Message::Digest {
                space,
                ask,
                frontier: FrontierDigest(digest)
            }),
            (any::<u64>(), ask, base.clone(), bytes()).prop_map(|(space, ask, base, delta)| Message::Frontier { space, ask, base, delta }),
            any::<u64>().prop_map(|space| Message::Want { space }),
            (any::<u64>(), bytes()).prop_map(|(space, bytes)| Message::Frame { space, bytes }),
            any::<u64>().prop_map(|space| Message::End { space }),
            (any::<u64>(), any::<bool>(), proptest::collection::vec(any::<([u8; 8], u64)>(), 0..4))
                .prop_map(|(space, ask, counters)| Message::Counters { space, ask, counters }),
            (any::<u64>(), any::<Option<[u8; 32]>>(), base, bytes()).prop_map(|(space, of, base, receipt)| Message::Receipt {
                space,
                of: of.map(NodeId),
                base,
                receipt
            }),
            any::<(u64, [u8; 4])>().prop_map(|(space, digest)| Message::Receipts { space, digest }),
            any::<u64>().prop_map(|unix_s| Message::Clock { unix_s }),
            (any::<(u64, bool, u64, [u8; 32])>(), any::<[u8; 64]>(), bytes()).prop_map(|((space, control, seq, previous), signature, body)| {
                let chain = if control { Chain::Control } else { Chain::Content };
                let (previous, signature) = (EntryHash(previous), Signature(signature));
                Message::OwnEntry { space, entry: ShownEntry { chain, seq, previous, signature, body } }
            }),
        ]
    }

    proptest! {
        #[test]
        fn a_message_reads_back(message in message()) {
            prop_assert_eq!(Message::decode(&message.encode()), Ok(message));
        }

        #[test]
        fn any_bytes_are_a_message_or_refused(bytes: Vec<u8>) {
            let _ = Message::decode(&bytes);
        }
    }
}
