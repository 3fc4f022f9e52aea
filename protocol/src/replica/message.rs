//! The messages of a sync session. Each is one byte of kind and a body; the transport gives lengths.
//!
//! A space is named by its place in the *sender's* list of [`Message::Digests`]. A frontier is told as a difference from one that both
//! sides know, named by four bytes of its digest.

use crate::announce::SpaceTag;
use crate::frontier::FrontierDigest;
use crate::ids::NodeId;
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
    /// One that the receiver of the message has named.
    Yours([u8; 4]),
    /// One that the sender has told in full.
    Mine([u8; 4]),
}

/// A message of a session. `rest` bodies are read against state that the session holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Adds spaces to the sender's list. `ask`: answer with yours.
    Digests {
        /// Whether an answer is wanted.
        ask: bool,
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
    /// The sender's frontier as a difference. `ask`: the sender does not know the receiver's and wants it told.
    Frontier {
        /// Place in the sender's list.
        space: u64,
        /// Whether an answer is wanted.
        ask: bool,
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
        /// From what its frontier is told.
        base: Base,
        /// A receipt against the base.
        receipt: Vec<u8>,
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
            Self::Yours(short) => writer.u8(1).fixed(&short),
            Self::Mine(short) => writer.u8(2).fixed(&short),
        };
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        match reader.u8()? {
            0 => Ok(Self::Nothing),
            1 => Ok(Self::Yours(reader.array()?)),
            2 => Ok(Self::Mine(reader.array()?)),
            _ => Err(WireError::NoSuchValue("a base")),
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
            Self::Digests { ask, spaces } => {
                writer.u8(0).u8(WIRE_VERSION).u8(u8::from(*ask)).number(spaces.len() as u64);
                for space in spaces {
                    writer.fixed(&space.tag.0).fixed(&space.frontier.0).fixed(&space.receipts);
                }
            }
            Self::Digest { space, ask, frontier } => {
                writer.u8(1).number(*space).u8(u8::from(*ask)).fixed(&frontier.0);
            }
            Self::Frontier { space, ask, base, delta } => {
                writer.u8(2).number(*space).u8(u8::from(*ask));
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
            Self::Receipt { space, base, receipt } => {
                writer.u8(7).number(*space);
                base.write(&mut writer);
                writer.fixed(receipt);
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
                let ask = flag(&mut reader)?;
                let mut spaces = Vec::new();
                for _ in 0..reader.count(MAX_SESSION_SPACES)? {
                    spaces.push(SpaceDigest {
                        tag: SpaceTag(reader.array()?),
                        frontier: FrontierDigest(reader.array()?),
                        receipts: reader.array()?,
                    });
                }
                Self::Digests { ask, spaces }
            }
            1 => Self::Digest { space: reader.number()?, ask: flag(&mut reader)?, frontier: FrontierDigest(reader.array()?) },
            2 => Self::Frontier {
                space: reader.number()?,
                ask: flag(&mut reader)?,
                base: Base::read(&mut reader)?,
                delta: reader.rest().to_vec(),
            },
            3 => Self::Want { space: reader.number()? },
            4 => Self::Frame { space: reader.number()?, bytes: reader.rest().to_vec() },
            5 => Self::End { space: reader.number()? },
            6 => {
                let (space, ask) = (reader.number()?, flag(&mut reader)?);
                let mut counters = Vec::new();
                for _ in 0..reader.count(MAX_CHAINS)? {
                    counters.push((reader.array()?, reader.number()?));
                }
                Self::Counters { space, ask, counters }
            }
            7 => Self::Receipt { space: reader.number()?, base: Base::read(&mut reader)?, receipt: reader.rest().to_vec() },
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
        let base = prop_oneof![Just(Base::Nothing), any::<[u8; 4]>().prop_map(Base::Yours), any::<[u8; 4]>().prop_map(Base::Mine)];
        let bytes = || proptest::collection::vec(any::<u8>(), 0..80);
        prop_oneof![
            (any::<bool>(), proptest::collection::vec((any::<[u8; 16]>(), any::<[u8; 32]>(), any::<[u8; 4]>()), 0..4)).prop_map(|(ask, spaces)| {
                let digest = |(tag, frontier, receipts)| SpaceDigest { tag: SpaceTag(tag), frontier: FrontierDigest(frontier), receipts };
                Message::Digests { ask, spaces: spaces.into_iter().map(digest).collect() }
            }),
            (any::<u64>(), any::<bool>(), any::<[u8; 32]>()).prop_map(|(space, ask, digest)| Message::Digest {
                space,
                ask,
                frontier: FrontierDigest(digest)
            }),
            (any::<u64>(), any::<bool>(), base.clone(), bytes())
                .prop_map(|(space, ask, base, delta)| Message::Frontier { space, ask, base, delta }),
            any::<u64>().prop_map(|space| Message::Want { space }),
            (any::<u64>(), bytes()).prop_map(|(space, bytes)| Message::Frame { space, bytes }),
            any::<u64>().prop_map(|space| Message::End { space }),
            (any::<u64>(), any::<bool>(), proptest::collection::vec(any::<([u8; 8], u64)>(), 0..4))
                .prop_map(|(space, ask, counters)| Message::Counters { space, ask, counters }),
            (any::<u64>(), base, bytes()).prop_map(|(space, base, receipt)| Message::Receipt { space, base, receipt }),
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
