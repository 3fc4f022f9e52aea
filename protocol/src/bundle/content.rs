//! The inside of a bundle: records one after the other, read as they come.

use std::io::{self, Read, Write};

use crate::frontier::Frontier;
use crate::ids::{BlobHash, SpaceId};
use crate::limits::WIRE_VERSION;
use crate::receipt::Receipt;
use crate::wire::{Reader, WireError, Writer};

use super::limits::{MAX_RECEIPT_BYTES, MAX_RECORD_BYTES, MAX_SPACES};

/// One thing in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// What follows is of this space.
    Space(SpaceId),
    /// A receipt of the space: the maker's first, from nothing; each further one is told from it.
    Receipt(Receipt),
    /// A frame of the space.
    Frame(Vec<u8>),
    /// A file's content: its bytes follow, and are to be read before the next record.
    File {
        /// Its hash.
        hash: BlobHash,
        /// Its length, bytes.
        bytes: u64,
    },
    /// Nothing follows.
    End,
}

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The bytes could not be had: the seal does not hold, or the file cannot be read.
    #[error("the bundle cannot be read: {0}")]
    Io(#[from] io::Error),
    /// They are not records.
    #[error("the inside of the bundle is not as it should be: {0}")]
    Wire(#[from] WireError),
    /// Made by a newer program.
    #[error("the bundle was made by a newer version of jeli")]
    Newer,
}

const SPACE: u8 = 1;
const RECEIPT: u8 = 2;
const FRAME: u8 = 3;
const FILE: u8 = 4;
const END: u8 = 0;

/// Writes a record. `maker` is the frontier of the first receipt of the space; a file's bytes are the caller's to write after it.
pub fn write_record(record: &Record, maker: &Frontier, out: &mut impl Write) -> io::Result<()> {
    let mut writer = Writer::new();
    match record {
        Record::Space(space) => {
            writer.u8(SPACE).fixed(&space.0);
        }
        Record::Receipt(receipt) => {
            let mut body = Writer::new();
            receipt.write(maker, &mut body);
            writer.u8(RECEIPT).bytes(&body.finish());
        }
        Record::Frame(frame) => {
            writer.u8(FRAME).bytes(frame);
        }
        Record::File { hash, bytes } => {
            writer.u8(FILE).fixed(&hash.0).number(*bytes);
        }
        Record::End => {
            writer.u8(END);
        }
    }
    out.write_all(&writer.finish())
}

/// Reads records from an opened body.
#[derive(Debug)]
pub struct Records<R> {
    from: R,
    maker: Option<Frontier>,
    spaces: usize,
    in_space: bool,
    begun: bool,
    ended: bool,
}

impl<R: Read> Records<R> {
    /// From the first byte inside the seal.
    pub fn new(from: R) -> Self {
        Self { from, maker: None, spaces: 0, in_space: false, begun: false, ended: false }
    }

    /// Writes what stands before the first record.
    pub fn begin(out: &mut impl Write) -> io::Result<()> {
        out.write_all(&[WIRE_VERSION])
    }

    /// The next record; `None` after [`Record::End`], behind which nothing may stand.
    pub fn next_record(&mut self) -> Result<Option<Record>, RecordError> {
        if self.ended {
            return Ok(None);
        }
        if !self.begun {
            if self.byte()? != WIRE_VERSION {
                return Err(RecordError::Newer);
            }
            self.begun = true;
        }
        let record = match self.byte()? {
            SPACE => {
                self.spaces += 1;
                if self.spaces > MAX_SPACES {
                    return Err(WireError::TooLong { length: self.spaces as u64, bound: MAX_SPACES }.into());
                }
                (self.maker, self.in_space) = (None, true);
                Record::Space(SpaceId(self.array()?))
            }
            RECEIPT if self.in_space => {
                let bytes = self.counted(MAX_RECEIPT_BYTES)?;
                let mut reader = Reader::new(&bytes);
                let nothing = Frontier::default();
                let receipt = Receipt::read(self.maker.as_ref().unwrap_or(&nothing), &mut reader)?;
                reader.end()?;
                self.maker.get_or_insert_with(|| receipt.frontier.clone());
                Record::Receipt(receipt)
            }
            FRAME if self.in_space => Record::Frame(self.counted(MAX_RECORD_BYTES)?),
            FILE if self.in_space => Record::File { hash: BlobHash(self.array()?), bytes: self.number()? },
            END => {
                self.ended = true;
                if self.from.read(&mut [0])? > 0 {
                    return Err(WireError::LeftOver(1).into());
                }
                Record::End
            }
            // Whoever adds a kind of record makes a new version.
            _ => return Err(WireError::NoSuchValue("a record of a bundle").into()),
        };
        Ok(Some(record))
    }

    /// The bytes of the file whose record has just been read: as many as that says.
    pub fn file(&mut self, bytes: u64) -> io::Take<&mut R> {
        self.from.by_ref().take(bytes)
    }

    fn byte(&mut self) -> Result<u8, RecordError> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], RecordError> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes).map_err(ended)?;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u64, RecordError> {
        let mut bytes = Vec::with_capacity(10);
        loop {
            let byte = self.byte()?;
            bytes.push(byte);
            if byte & 0x80 == 0 || bytes.len() == 10 {
                return Ok(Reader::new(&bytes).number()?);
            }
        }
    }

    fn counted(&mut self, bound: usize) -> Result<Vec<u8>, RecordError> {
        let length = self.number()?;
        let count = usize::try_from(length).ok().filter(|count| *count <= bound).ok_or(WireError::TooLong { length, bound })?;
        // As much memory as there are bytes, not as is said.
        let mut bytes = Vec::new();
        self.from.by_ref().take(length).read_to_end(&mut bytes)?;
        if bytes.len() == count { Ok(bytes) } else { Err(WireError::Truncated.into()) }
    }
}

fn ended(error: io::Error) -> RecordError {
    if error.kind() == io::ErrorKind::UnexpectedEof { WireError::Truncated.into() } else { error.into() }
}
