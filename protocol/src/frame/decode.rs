//! From a frame's bytes to its structure. Nothing here is trusted yet: only [`super::verify`] makes it usable.

use std::collections::BTreeMap;

use crate::entry::{Chain, ChainId, Position};
use crate::ids::{DocumentId, EntryHash, NodeId};
use crate::keys::Signature;
use crate::limits::{
    MAX_BATCH_CHANGES, MAX_BATCH_RUNS, MAX_CHAINS, MAX_CONTROL_BODY_BYTES, MAX_CONTROL_HEADS, MAX_FRAME_BYTES, MAX_FRAME_ENTRIES, WIRE_VERSION,
};
use crate::packed::{self, UnpackError, UnpackLimits};
use crate::wire::{Reader, WireError};

use super::encode::{BRANCH_BYTES, GROUND_BYTES};

/// Why bytes are not a frame.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The structure does not hold.
    #[error("the frame cannot be read: {0}")]
    Wire(#[from] WireError),
    /// The packed content cannot be unpacked.
    #[error("the frame's content cannot be unpacked: {0}")]
    Unpack(#[from] UnpackError),
    /// Larger than any honest frame.
    #[error("a frame of {0} bytes is over the bound")]
    Oversize(usize),
    /// The runs take more or fewer changes than the frame holds.
    #[error("the frame's runs do not fit its changes")]
    RunsDoNotFit,
}

/// A run as a frame says it: the next `chunks` of its document.
#[derive(Debug)]
pub(super) struct DecodedRun {
    pub(super) document: DocumentId,
    pub(super) chunks: Vec<Vec<u8>>,
}

/// A control head as a frame names it.
#[derive(Debug, Clone, Copy)]
pub(super) enum DecodedHead {
    At(Position),
    InFull(EntryHash),
}

#[derive(Debug)]
pub(super) enum DecodedBody {
    Control(Vec<u8>),
    Content {
        /// `None`: the same heads as the entry before in this chain and frame.
        heads: Option<Vec<DecodedHead>>,
        runs: Vec<DecodedRun>,
    },
}

#[derive(Debug)]
pub(super) struct DecodedEntry {
    pub(super) position: Position,
    pub(super) body: DecodedBody,
}

/// A frame taken apart, not verified.
#[derive(Debug)]
pub struct DecodedFrame {
    pub(super) entries: Vec<DecodedEntry>,
    /// Of each range that does not begin its chain: the first bytes of the hash before it.
    pub(super) branches: BTreeMap<ChainId, [u8; BRANCH_BYTES]>,
    /// The digest of what it rests on.
    pub(super) ground: [u8; GROUND_BYTES],
    pub(super) signatures: Vec<Signature>,
}

impl DecodedFrame {
    /// Takes a frame apart within its bounds.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_FRAME_BYTES {
            return Err(DecodeError::Oversize(bytes.len()));
        }
        let mut reader = Reader::new(bytes);
        reader.version(WIRE_VERSION)?;
        let mut signatures = Vec::new();
        for _ in 0..reader.count(MAX_FRAME_ENTRIES)? {
            signatures.push(Signature(reader.array()?));
        }
        let unpacked = packed::unpack(reader.rest(), &UnpackLimits::default())?;
        let Sidecar { entries, branches, ground } = read_sidecar(&unpacked.sidecar, unpacked.documents)?;
        Ok(Self { entries, branches, ground, signatures })
    }

    /// The positions of the entries, in order.
    pub fn positions(&self) -> impl Iterator<Item = Position> + '_ {
        self.entries.iter().map(|entry| entry.position)
    }
}

struct Sidecar {
    entries: Vec<DecodedEntry>,
    branches: BTreeMap<ChainId, [u8; BRANCH_BYTES]>,
    ground: [u8; GROUND_BYTES],
}

fn read_sidecar(sidecar: &[u8], documents: Vec<Vec<Vec<u8>>>) -> Result<Sidecar, DecodeError> {
    let mut reader = Reader::new(sidecar);
    let mut nodes = Vec::new();
    for _ in 0..reader.count(MAX_CHAINS)? {
        nodes.push(NodeId(reader.array()?));
    }
    let node =
        |index: u64| usize::try_from(index).ok().and_then(|index| nodes.get(index)).copied().ok_or(WireError::NoSuchValue("the table of nodes"));
    let mut names = Vec::new();
    for _ in 0..reader.count(MAX_FRAME_ENTRIES)? {
        names.push(DocumentId(reader.array()?));
    }
    // Documents that no run names may not ride along.
    if documents.len() > names.len() {
        return Err(DecodeError::RunsDoNotFit);
    }
    let (mut chains, mut branches) = (Vec::new(), BTreeMap::new());
    for _ in 0..reader.count(MAX_CHAINS)? {
        let code = reader.number()?;
        let chain = ChainId { node: node(code / 2)?, chain: if code % 2 == 1 { Chain::Content } else { Chain::Control } };
        let first = reader.number()?;
        if first == 0 || first > u64::MAX - MAX_FRAME_ENTRIES as u64 || chains.iter().any(|(known, _)| *known == chain) {
            return Err(WireError::NotCanonical.into());
        }
        if first > 1 {
            branches.insert(chain, reader.array()?);
        }
        chains.push((chain, first));
    }

    let ground = reader.array()?;
    let count = reader.count(MAX_FRAME_ENTRIES)?;
    let mut positions = Vec::with_capacity(count.min(reader.left()));
    for _ in 0..count {
        let index = reader.count(chains.len().saturating_sub(1))?;
        let (chain, next) = chains.get_mut(index).ok_or(WireError::NoSuchValue("the table of chains"))?;
        positions.push(Position { chain: *chain, seq: *next });
        *next += 1;
    }
    let is_control = |position: &&Position| position.chain.chain == Chain::Control;
    let controls = positions.iter().take_while(is_control).count();
    if positions.iter().filter(is_control).count() != controls {
        return Err(WireError::NotCanonical.into());
    }
    let mut entries = Vec::with_capacity(positions.len());
    for position in &positions[..controls] {
        let body = reader.bytes(MAX_CONTROL_BODY_BYTES)?.to_vec();
        entries.push(DecodedEntry { position: *position, body: DecodedBody::Control(body) });
    }
    let contents = &positions[controls..];
    let mut heads = Vec::with_capacity(contents.len());
    for _ in contents {
        heads.push(match reader.count(MAX_CONTROL_HEADS + 1)? {
            0 => None,
            count => {
                let mut named = Vec::new();
                for _ in 1..count {
                    named.push(match reader.number()? {
                        0 => DecodedHead::InFull(EntryHash(reader.array()?)),
                        index => {
                            let chain = ChainId { node: node(index - 1)?, chain: Chain::Control };
                            DecodedHead::At(Position { chain, seq: reader.number()? })
                        }
                    });
                }
                Some(named)
            }
        });
    }
    let mut run_counts = Vec::with_capacity(contents.len());
    for _ in contents {
        run_counts.push(reader.count(MAX_BATCH_RUNS)?);
    }
    let runs: usize = run_counts.iter().sum();
    let mut run_documents = Vec::with_capacity(runs.min(reader.left()));
    for _ in 0..runs {
        run_documents.push(reader.count(names.len().saturating_sub(1))?);
    }
    let mut run_lengths = Vec::with_capacity(runs.min(reader.left()));
    for _ in 0..runs {
        run_lengths.push(reader.count(MAX_BATCH_CHANGES)?);
    }
    reader.end()?;

    let mut chunks: Vec<_> = documents.into_iter().map(Vec::into_iter).collect();
    let mut described = run_documents.into_iter().zip(run_lengths);
    for ((position, heads), run_count) in contents.iter().zip(heads).zip(run_counts) {
        let mut runs = Vec::with_capacity(run_count);
        for (document, length) in described.by_ref().take(run_count) {
            let taken: Vec<_> = chunks.get_mut(document).map(|chunks| chunks.by_ref().take(length).collect()).unwrap_or_default();
            if taken.len() != length || length == 0 {
                return Err(DecodeError::RunsDoNotFit);
            }
            let document = *names.get(document).ok_or(DecodeError::RunsDoNotFit)?;
            runs.push(DecodedRun { document, chunks: taken });
        }
        entries.push(DecodedEntry { position: *position, body: DecodedBody::Content { heads, runs } });
    }
    if chunks.iter_mut().any(|rest| rest.next().is_some()) {
        return Err(DecodeError::RunsDoNotFit);
    }
    Ok(Sidecar { entries, branches, ground })
}
