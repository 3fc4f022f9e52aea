//! Canonical bytes: one value has one encoding, and a reader refuses every other.
//!
//! Hashes and signatures are computed over these bytes, so a general serialisation library, which may accept several encodings of one value,
//! does not fit. Numbers are LEB128 in their shortest form; ids and signatures are fixed; lists and texts carry their length and have a bound.

/// Why bytes are not what they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The bytes end too early.
    #[error("the bytes end too early")]
    Truncated,
    /// Bytes are left over at the end.
    #[error("{0} bytes are left over")]
    LeftOver(usize),
    /// A number is not written in its shortest form or does not fit.
    #[error("a number is not in its shortest form")]
    NotCanonical,
    /// A list or text is longer than its bound.
    #[error("a length of {length} is over its bound of {bound}")]
    TooLong {
        /// The length that was claimed.
        length: u64,
        /// The bound that it breaks.
        bound: usize,
    },
    /// A version that this program does not know.
    #[error("version {0} is newer than this program")]
    UnknownVersion(u8),
    /// A value outside its set.
    #[error("{0} has no such value")]
    NoSuchValue(&'static str),
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    NotText,
}

/// Writes canonical bytes.
#[derive(Debug, Default, Clone)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes written so far.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// How many bytes are written.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing is written yet.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// One byte.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes.push(value);
        self
    }

    /// A number in LEB128, shortest form: 1 to 10 bytes.
    pub fn number(&mut self, mut value: u64) -> &mut Self {
        loop {
            let low = (value & 0x7f) as u8;
            value >>= 7;
            if value == 0 {
                self.bytes.push(low);
                return self;
            }
            self.bytes.push(low | 0x80);
        }
    }

    /// Bytes of a length both sides know.
    pub fn fixed(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// Bytes behind their length.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64).fixed(bytes)
    }

    /// A text behind its length in bytes.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }
}

/// Reads canonical bytes, with a bound on everything.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// How many bytes are left.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    /// Refuses bytes that are left over.
    pub fn end(self) -> Result<(), WireError> {
        if self.rest.is_empty() { Ok(()) } else { Err(WireError::LeftOver(self.rest.len())) }
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8, WireError> {
        let (&first, rest) = self.rest.split_first().ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(first)
    }

    /// A number in LEB128, shortest form only.
    pub fn number(&mut self) -> Result<u64, WireError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let low = u64::from(byte & 0x7f);
            if shift == 63 && low > 1 {
                return Err(WireError::NotCanonical);
            }
            value |= low << shift;
            if byte & 0x80 == 0 {
                return if byte == 0 && shift > 0 { Err(WireError::NotCanonical) } else { Ok(value) };
            }
        }
        Err(WireError::NotCanonical)
    }

    /// A number used as a count or length, at most `bound`.
    pub fn count(&mut self, bound: usize) -> Result<usize, WireError> {
        let length = self.number()?;
        match usize::try_from(length) {
            Ok(count) if count <= bound => Ok(count),
            _ => Err(WireError::TooLong { length, bound }),
        }
    }

    /// `length` bytes.
    pub fn fixed(&mut self, length: usize) -> Result<&'a [u8], WireError> {
        let (head, rest) = self.rest.split_at_checked(length).ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(head)
    }

    /// An array of bytes, for ids, keys and signatures.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(*head)
    }

    /// Bytes behind their length, at most `bound`.
    pub fn bytes(&mut self, bound: usize) -> Result<&'a [u8], WireError> {
        let length = self.count(bound)?;
        self.fixed(length)
    }

    /// A text behind its length in bytes, at most `bound` bytes.
    pub fn text(&mut self, bound: usize) -> Result<&'a str, WireError> {
        std::str::from_utf8(self.bytes(bound)?).map_err(|_| WireError::NotText)
    }

    /// The version byte; refuses one that is not `known`.
    pub fn version(&mut self, known: u8) -> Result<(), WireError> {
        match self.u8()? {
            version if version == known => Ok(()),
            version => Err(WireError::UnknownVersion(version)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_reads_back_and_in_no_other_form(value: u64) {
            let mut writer = Writer::new();
            writer.number(value);
            let mut bytes = writer.finish();
            let mut reader = Reader::new(&bytes);
            prop_assert_eq!(reader.number(), Ok(value));
            prop_assert_eq!(reader.end(), Ok(()));
            // The same number padded with a zero byte is refused.
            if let Some(last) = bytes.last_mut() { *last |= 0x80; }
            bytes.push(0);
            prop_assert!(Reader::new(&bytes).number().is_err());
        }

        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(bytes: Vec<u8>) {
            let mut reader = Reader::new(&bytes);
            let _ = (reader.number(), reader.text(16).map(str::len), reader.bytes(4).map(<[u8]>::len), reader.array::<3>());
        }
    }
}
