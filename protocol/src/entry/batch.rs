//! A content entry's body: which changes of which documents a node published, and the control heads under which it did.

use crate::ids::{ActorId, ChangeHash, DocumentId, EntryHash};
use crate::limits::{MAX_ACTOR_BYTES, MAX_BATCH_CHANGES, MAX_BATCH_RUNS, MAX_CONTROL_HEADS};
use crate::wire::{Reader, WireError, Writer};

/// Consecutive changes of one actor in one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The document.
    pub document: DocumentId,
    /// The author of the changes, as Automerge knows it.
    pub actor: ActorId,
    /// Automerge's sequence number of the first change.
    pub first_seq: u64,
    /// How many changes.
    pub count: u64,
    /// BLAKE3 over all change hashes of the run, in order.
    pub commitment: [u8; 32],
}

/// The commitment of a run: BLAKE3 over its change hashes in order.
pub fn commit<'a>(hashes: impl IntoIterator<Item = &'a ChangeHash>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("jeli 2026 run of changes");
    for hash in hashes {
        hasher.update(&hash.0);
    }
    *hasher.finalize().as_bytes()
}

/// What a content entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Heads of the control graph as the author knew it, in order of hash. Rights are judged at these heads.
    pub control_heads: Vec<EntryHash>,
    /// The runs, in an order in which dependencies come first.
    pub runs: Vec<Run>,
}

impl Batch {
    /// Whether it holds no more than a batch may: any other is neither signed nor read.
    pub fn is_within_bounds(&self) -> bool {
        self.control_heads.len() <= MAX_CONTROL_HEADS
            && self.runs.len() <= MAX_BATCH_RUNS
            && self.runs.iter().map(|run| run.count).sum::<u64>() <= MAX_BATCH_CHANGES as u64
            && self.runs.iter().all(|run| run.actor.0.len() <= MAX_ACTOR_BYTES)
    }

    /// Canonical bytes: what the entry's hash is computed over.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(1).number(self.control_heads.len() as u64);
        for head in &self.control_heads {
            writer.fixed(&head.0);
        }
        writer.number(self.runs.len() as u64);
        for run in &self.runs {
            writer.fixed(&run.document.0).bytes(&run.actor.0).number(run.first_seq).number(run.count).fixed(&run.commitment);
        }
        writer.finish()
    }

    /// Reads canonical bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        reader.version(1)?;
        let mut control_heads = Vec::new();
        for _ in 0..reader.count(MAX_CONTROL_HEADS)? {
            control_heads.push(EntryHash(reader.array()?));
        }
        let mut runs = Vec::new();
        let mut changes = 0;
        for _ in 0..reader.count(MAX_BATCH_RUNS)? {
            let run = Run {
                document: DocumentId(reader.array()?),
                actor: ActorId::from(reader.bytes(MAX_ACTOR_BYTES)?),
                first_seq: reader.number()?,
                count: reader.count(MAX_BATCH_CHANGES)? as u64,
                commitment: reader.array()?,
            };
            changes += run.count;
            if changes > MAX_BATCH_CHANGES as u64 {
                return Err(WireError::TooLong { length: changes, bound: MAX_BATCH_CHANGES });
            }
            runs.push(run);
        }
        reader.end()?;
        Ok(Self { control_heads, runs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_reads_back_and_a_cut_one_is_refused() {
        let batch = Batch {
            control_heads: vec![EntryHash([1; 32]), EntryHash([2; 32])],
            runs: vec![Run {
                document: DocumentId([3; 16]),
                actor: ActorId::from(&[4; 16][..]),
                first_seq: 5,
                count: 6,
                commitment: commit(&[ChangeHash([7; 32])]),
            }],
        };
        let bytes = batch.encode();
        assert_eq!(Batch::decode(&bytes), Ok(batch));
        for end in 0..bytes.len() {
            assert!(Batch::decode(&bytes[..end]).is_err(), "{end} bytes of a batch must not be a batch");
        }
    }
}
