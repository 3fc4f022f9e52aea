//! Questions larger than a bit: flags, symbols, numbers, bytes of text. Each is asked the same way when writing and when reading;
//! the writer passes the answer, the reader passes anything.

use super::coder::Coder;
use super::limits::MAX_DECISIONS;
use super::model::{Model, mix};

/// Asks a coder through a model.
pub(super) struct Questions<C> {
    pub(super) coder: C,
    pub(super) model: Model,
}

impl<C: Coder> Questions<C> {
    /// Whether to stop: the bytes are at their end, or ask for too much.
    pub(super) fn spent(&self) -> bool {
        self.coder.exhausted() || self.model.decisions > MAX_DECISIONS
    }

    pub(super) fn flag(&mut self, site: Site, contexts: &[u32], value: bool) -> bool {
        self.model.bit(&mut self.coder, site as u32, 1, contexts, value)
    }

    /// One of `1 << bits` values, most significant bit first.
    pub(super) fn symbol(&mut self, site: Site, contexts: &[u32], bits: u32, value: u32) -> u32 {
        let mut node = 1u32;
        for bit in (0..bits).rev() {
            let set = self.model.bit(&mut self.coder, site as u32, node, contexts, value >> bit & 1 == 1);
            node = node << 1 | u32::from(set);
        }
        node - (1 << bits)
    }

    /// A number that is usually small: its length in bits, then its bits, of which the first few are learned.
    pub(super) fn number(&mut self, site: Site, contexts: &[u32], value: u64) -> u64 {
        let length = self.unary(site, contexts, 64 - value.leading_zeros());
        let mut read = u64::from(length > 0);
        for (place, bit) in (0..length.saturating_sub(1)).rev().enumerate() {
            let set = value >> bit & 1 == 1;
            let set = if place < 3 {
                self.model.bit(&mut self.coder, site as u32, 0x1_0000 | length << 8 | read as u32, &contexts[..1], set)
            } else {
                self.coder.code(1 << 15, set)
            };
            read = read << 1 | u64::from(set);
        }
        read
    }

    /// A small count, at most 64, one bit for each step.
    fn unary(&mut self, site: Site, contexts: &[u32], value: u32) -> u32 {
        let mut read = 0;
        while read < 64 && self.model.bit(&mut self.coder, site as u32, 0x100 + read, contexts, value > read) {
            read += 1;
        }
        read
    }

    pub(super) fn signed(&mut self, site: Site, contexts: &[u32], value: i64) -> i64 {
        let size = self.number(site, contexts, value.unsigned_abs());
        if size == 0 {
            return 0;
        }
        let negative = self.model.bit(&mut self.coder, site as u32, 0x2_0000, contexts, value < 0);
        if negative { (size as i64).wrapping_neg() } else { size as i64 }
    }

    /// Bytes that nothing can predict: hashes, new actors.
    pub(super) fn noise(&mut self, value: &mut [u8]) {
        for byte in value {
            for bit in (0..8).rev() {
                let set = self.coder.code(1 << 15, *byte >> bit & 1 == 1);
                *byte = *byte & !(1 << bit) | u8::from(set) << bit;
            }
        }
    }

    /// One byte of text after `history` (the bytes before it, the last one lowest).
    pub(super) fn letter(&mut self, site: Site, history: u64, value: u8) -> u8 {
        let mut contexts = [0; 6];
        for (context, order) in contexts.iter_mut().zip([0u32, 1, 2, 3, 4, 6]) {
            let kept = if order == 0 { 0 } else { history & u64::MAX >> (64 - 8 * order) };
            *context = mix(mix(order, kept as u32), (kept >> 32) as u32);
        }
        self.symbol(site, &contexts, 8, u32::from(value)) as u8
    }

    /// A string behind its length.
    pub(super) fn text(&mut self, site: Site, max_length: usize, value: &[u8]) -> Option<Vec<u8>> {
        let length = self.number(Site::TextLength, &[site as u32], value.len() as u64);
        let length = usize::try_from(length).ok().filter(|&length| length <= max_length)?;
        let mut read = Vec::with_capacity(length.min(1024));
        let mut history = 0u64;
        for place in 0..length {
            let letter = self.letter(site, history, value.get(place).copied().unwrap_or(0));
            history = history << 8 | u64::from(letter);
            read.push(letter);
            if self.spent() {
                return None;
            }
        }
        Some(read)
    }
}

/// What is being asked. The numbers are part of the format.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(super) enum Site {
    TextLength = 1,
    Sidecar,
    SidecarIsPlain,
    Documents,
    Changes,
    Escaped,
    Actor,
    ActorLength,
    ActorSharesPrefix,
    Sequence,
    SequenceIsNext,
    DependsOnOwn,
    OtherDependencies,
    DependencyIsOutside,
    DependencyAuthor,
    DependencyBack,
    OutsideDependency,
    DependencyOrder,
    StartIsExpected,
    Start,
    Time,
    HasMessage,
    Message,
    ExtraIsLast,
    Extra,
    Operations,
    Kind,
    ObjectIsLast,
    ObjectBack,
    ObjectNew,
    ObjectActor,
    KeyIsCursor,
    KeyActor,
    KeyCounter,
    NameIndex,
    Name,
    ValueType,
    ValueIsLetter,
    ValueLength,
    ValueBytes,
    Letter,
    PredecessorsExpected,
    PredecessorCount,
    PredecessorActor,
    PredecessorCounter,
    MarkIndex,
    BulkLength,
}
