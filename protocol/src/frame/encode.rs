//! From entries and chunks to a frame's bytes.
//!
//! Layout: version; number of signatures; signatures; the packed container, which holds the changes by document and, beside them, the
//! *sidecar*: tables of nodes, documents and chains, then a column for each property of the entries. A range that does not begin its chain
//! names how the hash before it begins; control heads are named by their position, or in full where the receiver may hold another entry there. All
//! of that the receiver looks up in its own log: a digest says what the sender meant, so that a receiver on another branch of a forked chain
//! knows the frame from a forgery.

use std::collections::BTreeMap;

use crate::entry::{Batch, Chain, ChainId, Entry, Position, keeps_signature};
use crate::ids::{DocumentId, EntryHash, NodeId};
use crate::limits::WIRE_VERSION;
use crate::packed::{self, PackError};
use crate::wire::Writer;

/// An entry with its content, as a frame takes it.
#[derive(Debug, Clone)]
pub enum FrameEntry {
    /// Of a control chain.
    Control(Entry),
    /// Of a content chain: the entry, its batch, how its control heads are named, and the chunks of its runs in order.
    Content {
        /// The entry.
        entry: Entry,
        /// Its body.
        batch: Batch,
        /// Of each of the batch's control heads where it stands; `None`: it is named in full, since the reader may hold another entry there.
        heads: Vec<Option<Position>>,
        /// The chunks of all runs, in order.
        chunks: Vec<Vec<u8>>,
    },
}

/// Why entries cannot be made a frame.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// The entries of a chain do not follow each other.
    #[error("the entries of a chain do not follow each other")]
    Gap,
    /// A signature that must travel is not held.
    #[error("no signature is held where the range must end or keep one")]
    NoSignature,
    /// The changes cannot be packed.
    #[error("{0}")]
    Pack(#[from] PackError),
}

impl FrameEntry {
    /// The entry itself.
    pub fn entry(&self) -> &Entry {
        match self {
            Self::Control(entry) | Self::Content { entry, .. } => entry,
        }
    }

    /// Operations that its changes claim.
    pub fn ops(&self) -> u64 {
        match self {
            Self::Control(_) => 0,
            Self::Content { chunks, .. } => chunks.iter().map(|chunk| crate::scan::claimed_ops(chunk)).sum(),
        }
    }

    /// How many changes it publishes; none for control.
    pub fn changes(&self) -> usize {
        match self {
            Self::Control(_) => 0,
            Self::Content { chunks, .. } => chunks.len(),
        }
    }

    /// Raw bytes that count for [`keeps_signature`] and for the size of a frame before packing.
    pub fn raw_bytes(&self) -> usize {
        match self {
            Self::Control(entry) => entry.body.len(),
            Self::Content { chunks, .. } => chunks.iter().map(Vec::len).sum(),
        }
    }
}

/// Bytes of the hash before a range by which its branch is told.
pub(super) const BRANCH_BYTES: usize = 4;

/// Bytes of the digest of what a frame rests on. Whoever forks a chain chooses both entries: of fewer it could make two that look alike, and let
/// honest nodes blame each other.
pub(super) const GROUND_BYTES: usize = 16;

/// Digest of the entries that a frame rests on: those before its ranges, by chain, and the control heads of its content.
#[derive(Default)]
pub(super) struct Ground {
    before: BTreeMap<ChainId, EntryHash>,
    heads: Vec<EntryHash>,
}

impl Ground {
    pub(super) fn goes_on_from(&mut self, chain: ChainId, previous: EntryHash) {
        self.before.insert(chain, previous);
    }

    pub(super) fn names(&mut self, heads: &[EntryHash]) {
        self.heads.extend(heads);
    }

    pub(super) fn digest(&self) -> [u8; GROUND_BYTES] {
        let mut hasher = blake3::Hasher::new_derive_key("jeli 2026 ground of a frame");
        for hash in self.before.values().chain(&self.heads) {
            hasher.update(&hash.0);
        }
        let mut digest = [0; GROUND_BYTES];
        hasher.finalize_xof().fill(&mut digest);
        digest
    }
}

#[derive(Default)]
struct Tables {
    nodes: Vec<NodeId>,
    documents: Vec<DocumentId>,
    chains: Vec<Start>,
}

/// Where a range begins, and the hash of the entry before it.
struct Start {
    chain: ChainId,
    first: u64,
    previous: EntryHash,
}

fn index_of<T: PartialEq + Copy>(table: &mut Vec<T>, item: T) -> u64 {
    let at = table.iter().position(|known| *known == item).unwrap_or_else(|| {
        table.push(item);
        table.len() - 1
    });
    at as u64
}

/// Encodes entries as one frame. Control entries must come first; of each chain the entries must follow each other, and its last must hold a
/// signature. `level` is zstd's or the packer's effort.
pub fn encode(entries: &[FrameEntry], level: i32) -> Result<Vec<u8>, EncodeError> {
    let (mut tables, mut ground) = (Tables::default(), Ground::default());
    let mut columns: [Writer; 6] = Default::default();
    let [chain_column, control_column, heads_column, runs_column, document_column, count_column] = &mut columns;
    let mut last: BTreeMap<ChainId, (u64, usize)> = BTreeMap::new();
    let mut heads_before: BTreeMap<ChainId, Vec<EntryHash>> = BTreeMap::new();
    let mut changes: Vec<Vec<&[u8]>> = Vec::new();

    for (at, item) in entries.iter().enumerate() {
        let entry = item.entry();
        let chain = entry.position.chain;
        match last.insert(chain, (entry.position.seq, at)) {
            None => {
                tables.chains.push(Start { chain, first: entry.position.seq, previous: entry.previous });
                if entry.position.seq > 1 {
                    ground.goes_on_from(chain, entry.previous);
                }
            }
            Some((before, _)) if before + 1 == entry.position.seq => {}
            Some(_) => return Err(EncodeError::Gap),
        }
        let index = tables.chains.iter().position(|start| start.chain == chain).unwrap_or_default();
        chain_column.number(index as u64);
        match item {
            FrameEntry::Control(entry) => {
                control_column.bytes(&entry.body);
            }
            FrameEntry::Content { batch, heads, chunks, .. } => {
                if heads_before.get(&chain) == Some(&batch.control_heads) {
                    heads_column.number(0);
                } else {
                    heads_column.number(heads.len() as u64 + 1);
                    for (hash, position) in batch.control_heads.iter().zip(heads) {
                        match position {
                            Some(position) => {
                                let node = index_of(&mut tables.nodes, position.chain.node);
                                heads_column.number(node + 1).number(position.seq);
                            }
                            None => {
                                heads_column.number(0).fixed(&hash.0);
                            }
                        }
                    }
                    ground.names(&batch.control_heads);
                    heads_before.insert(chain, batch.control_heads.clone());
                }
                runs_column.number(batch.runs.len() as u64);
                let mut chunks = chunks.iter();
                for run in &batch.runs {
                    let document = index_of(&mut tables.documents, run.document);
                    document_column.number(document);
                    count_column.number(run.count);
                    let document = document as usize;
                    if changes.len() <= document {
                        changes.resize_with(document + 1, Vec::new);
                    }
                    changes[document].extend(chunks.by_ref().take(run.count as usize).map(Vec::as_slice));
                }
            }
        }
    }

    let mut signatures = Writer::new();
    let mut signed = 0u64;
    for (at, item) in entries.iter().enumerate() {
        let entry = item.entry();
        let is_last = last.get(&entry.position.chain).is_some_and(|(_, last)| *last == at);
        if is_last || keeps_signature(entry.position.seq, item.raw_bytes(), item.changes()) {
            signatures.fixed(&entry.signature.ok_or(EncodeError::NoSignature)?.0);
            signed += 1;
        }
    }

    let sidecar = sidecar(&mut tables, &ground, entries.len(), columns);
    let packed = packed::pack(&changes, &sidecar, level)?;
    let mut frame = Writer::new();
    frame.u8(WIRE_VERSION).number(signed).fixed(&signatures.finish()).fixed(&packed);
    Ok(frame.finish())
}

fn sidecar(tables: &mut Tables, ground: &Ground, entries: usize, columns: [Writer; 6]) -> Vec<u8> {
    let mut chains = Writer::new();
    chains.number(tables.chains.len() as u64);
    for Start { chain, first, previous } in &tables.chains {
        let node = index_of(&mut tables.nodes, chain.node);
        chains.number(node * 2 + u64::from(chain.chain == Chain::Content)).number(*first);
        if *first > 1 {
            chains.fixed(&previous.0[..BRANCH_BYTES]);
        }
    }
    let mut writer = Writer::new();
    writer.number(tables.nodes.len() as u64);
    for node in &tables.nodes {
        writer.fixed(&node.0);
    }
    writer.number(tables.documents.len() as u64);
    for document in &tables.documents {
        writer.fixed(&document.0);
    }
    writer.fixed(&chains.finish()).fixed(&ground.digest()).number(entries as u64);
    for column in columns {
        writer.fixed(&column.finish());
    }
    writer.finish()
}
