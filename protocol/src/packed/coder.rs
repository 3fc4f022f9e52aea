//! A binary arithmetic coder: each decision costs as little as its probability deserves. Carryless, 32 bits, integers only, so that
//! every machine makes the same bytes.

/// A probability in 65,536ths that the next bit is set; 1 to 65,535.
pub(super) type Probability = u16;

/// One side of the coder. The model asks both sides the same questions in the same order; the writing side knows the answers,
/// the reading side finds them in the bytes.
pub(super) trait Coder {
    /// Codes one bit. `bit` is what to write; a reader ignores it. Returns the bit that stands in the bytes.
    fn code(&mut self, probability: Probability, bit: bool) -> bool;
    /// Whether a reader has gone past the end of its bytes: all it returns from there on is noise.
    fn exhausted(&self) -> bool;
}

fn split(low: u32, high: u32, probability: Probability) -> u32 {
    let range = u64::from(high - low);
    low + ((range * u64::from(probability)) >> 16) as u32
}

/// Writes decisions.
pub(super) struct Writer {
    low: u32,
    high: u32,
    out: Vec<u8>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { low: 0, high: u32::MAX, out: Vec::new() }
    }

    /// The bytes: the shortest number within the last range, without its trailing zeros, which the reader supplies.
    pub(super) fn finish(mut self) -> Vec<u8> {
        for kept in 0..=4u32 {
            let below = u32::MAX.checked_shr(8 * kept).unwrap_or(0);
            if let Some(end) = self.low.checked_add(below).map(|end| end & !below)
                && end <= self.high
            {
                self.out.extend_from_slice(&end.to_be_bytes()[..kept as usize]);
                break;
            }
        }
        for _ in 0..ZEROS_LEFT_OUT {
            if self.out.last() == Some(&0) {
                self.out.pop();
            }
        }
        self.out
    }
}

impl Coder for Writer {
    fn code(&mut self, probability: Probability, bit: bool) -> bool {
        let middle = split(self.low, self.high, probability);
        if bit {
            self.high = middle;
        } else {
            self.low = middle + 1;
        }
        while (self.low ^ self.high) >> 24 == 0 {
            self.out.push((self.high >> 24) as u8);
            self.low <<= 8;
            self.high = self.high << 8 | 0xff;
        }
        bit
    }

    fn exhausted(&self) -> bool {
        false
    }
}

/// Reads decisions.
pub(super) struct Reader<'a> {
    low: u32,
    high: u32,
    code: u32,
    bytes: &'a [u8],
    /// Zeros supplied past the end.
    supplied: u32,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let mut reader = Self { low: 0, high: u32::MAX, code: 0, bytes, supplied: 0 };
        for _ in 0..4 {
            reader.shift();
        }
        reader
    }

    fn shift(&mut self) {
        let next = match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                *first
            }
            None => {
                self.supplied = self.supplied.saturating_add(1);
                0
            }
        };
        self.code = self.code << 8 | u32::from(next);
    }

    /// Whether every byte given has been used.
    pub(super) fn used_up(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl Coder for Reader<'_> {
    fn code(&mut self, probability: Probability, _bit: bool) -> bool {
        let middle = split(self.low, self.high, probability);
        let bit = self.code <= middle;
        if bit {
            self.high = middle;
        } else {
            self.low = middle + 1;
        }
        while (self.low ^ self.high) >> 24 == 0 {
            self.low <<= 8;
            self.high = self.high << 8 | 0xff;
            self.shift();
        }
        bit
    }

    fn exhausted(&self) -> bool {
        self.supplied > STATE_BYTES + ZEROS_LEFT_OUT
    }
}

/// A writer leaves out at most so many trailing zeros, a reader supplies no more.
const ZEROS_LEFT_OUT: u32 = 8;
/// Bytes that a reader holds ahead of what it has decided.
const STATE_BYTES: u32 = 4;
