//! Receipts: a node's signed word of how far its store reaches. Only the newest per node is kept and relayed.

use crate::frontier::{Frontier, FrontierDigest};
use crate::ids::{NodeId, SpaceId};
use crate::keys::{BadSignature, NodeKey, Purpose, Signature};
use crate::wire::{Reader, WireError, Writer};

/// A node's signed (counter, frontier) in a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Who received.
    pub node: NodeId,
    /// Larger is newer.
    pub counter: u64,
    /// How far.
    pub frontier: Frontier,
    signature: Signature,
}

/// A receipt whose signature fits, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt(Receipt);

impl VerifiedReceipt {
    /// The receipt.
    pub fn receipt(&self) -> &Receipt {
        &self.0
    }

    /// Gives the receipt away.
    pub fn into_receipt(self) -> Receipt {
        self.0
    }
}

fn signed_bytes(space: &SpaceId, counter: u64, digest: &FrontierDigest) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.fixed(&space.0).number(counter).fixed(&digest.0);
    writer.finish()
}

impl Receipt {
    /// Signs this node's receipt.
    pub fn sign(space: &SpaceId, key: &NodeKey, counter: u64, frontier: Frontier) -> Self {
        let signature = key.sign(Purpose::Receipt, &signed_bytes(space, counter, &frontier.digest()));
        Self { node: key.id(), counter, frontier, signature }
    }

    /// Canonical bytes against a frontier that the reader knows; a receipt for that very frontier costs node, counter, one byte and signature.
    pub fn write(&self, base: &Frontier, writer: &mut Writer) {
        writer.fixed(&self.node.0);
        self.write_word(base, writer);
    }

    /// The same without the node, for a reader that knows whose it is.
    pub fn write_word(&self, base: &Frontier, writer: &mut Writer) {
        writer.number(self.counter);
        self.frontier.delta_from(base).write(base, writer);
        writer.fixed(&self.signature.0);
    }

    /// Reads canonical bytes against the same frontier. The signature is not checked yet.
    pub fn read(base: &Frontier, reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let node = NodeId(reader.array()?);
        Self::read_word(node, base, reader)
    }

    /// Reads what [`Self::write_word`] wrote. The signature is not checked yet.
    pub fn read_word(node: NodeId, base: &Frontier, reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let counter = reader.number()?;
        let frontier = base.read_from(reader)?;
        Ok(Self { node, counter, frontier, signature: Signature(reader.array()?) })
    }

    /// Checks the signature.
    pub fn verify(self, space: &SpaceId) -> Result<VerifiedReceipt, BadSignature> {
        self.node.verify(Purpose::Receipt, &signed_bytes(space, self.counter, &self.frontier.digest()), &self.signature)?;
        Ok(VerifiedReceipt(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Chain, ChainId};
    use crate::frontier::Tip;
    use crate::ids::EntryHash;

    #[test]
    fn a_receipt_for_a_known_frontier_is_small_and_binds_space_counter_and_frontier() {
        let (key, space) = (NodeKey::from_secret(&[1; 32]), SpaceId([2; 32]));
        let mut frontier = Frontier::default();
        frontier.set(ChainId { node: key.id(), chain: Chain::Content }, Tip { seq: 9, hash: EntryHash([3; 32]) });
        let receipt = Receipt::sign(&space, &key, 7, frontier.clone());
        let mut writer = Writer::new();
        receipt.write(&frontier, &mut writer);
        let bytes = writer.finish();
        assert_eq!(bytes.len(), 32 + 1 + 1 + 64);
        let read = Receipt::read(&frontier, &mut Reader::new(&bytes)).unwrap();
        assert!(read.clone().verify(&space).is_ok());
        assert!(read.clone().verify(&SpaceId([9; 32])).is_err(), "a receipt counts in its space only");
        let mut later = read.clone();
        later.counter += 1;
        assert!(later.verify(&space).is_err());
        let other = Receipt::read(&Frontier::default(), &mut Reader::new(&bytes));
        assert!(other.is_err() || other.unwrap().verify(&space).is_err(), "against another base it must not verify");
    }
}
