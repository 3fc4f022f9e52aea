//! A channel: one libp2p stream between two nodes, about one content.
//!
//! ```text
//! asker    ── Hello(version, hash) ─▶  provider
//! asker    ◀─ Have(size, ranges) ───   provider      (or the stream ends: refused, or not here; the two look the same)
//! asker    ── Data … End ───────────▶  provider      a request of iroh-blobs, for ranges
//! asker    ◀─ Data … End ───────────   provider      its answer, verified while it comes; then the next request
//! asker    ── Came(bytes) ──────────▶  provider      the word on what has come, where a Data frame asked for it
//! ```
//! iroh-blobs speaks over the two halves as if each were a stream that ends after a request; the frames let several follow each other on one libp2p stream, and
//! carry the words that [`Pace`] lives from.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use futures::io::BufReader;
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use iroh::endpoint::VarInt;
use iroh_blobs::util::{RecvStream, SendStream};
use jeli_protocol::ids::BlobHash;
use jeli_protocol::wire::{Reader, WireError, Writer};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::limits::{CONTROL_BYTES, FRAME_BYTES, INBOX_FRAMES, MAX_BLOB_BYTES, OUTBOX_FRAMES, READ_BYTES, STALL, TOLD_BORDERS};
use super::pace::{Pace, Word};

const VERSION: u8 = 1;
const HEADER_BYTES: usize = 3;

/// Kinds of frames, as numbers on the wire.
mod kind {
    pub(super) const DATA: u8 = 0;
    pub(super) const DATA_ASKING: u8 = 1;
    pub(super) const END: u8 = 2;
    pub(super) const CAME: u8 = 3;
    pub(super) const HELLO: u8 = 4;
    pub(super) const HAVE: u8 = 5;
    pub(super) const FAILED: u8 = 6;
}

/// What somebody has of a content: its size, and the borders of what is here in chunks of 1,024 bytes (begin, end, begin, …; an odd count: to the end).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Have {
    pub(super) size: u64,
    pub(super) borders: Vec<u64>,
}

impl Have {
    /// All of it, from its first chunk on.
    pub(super) fn is_whole(&self) -> bool {
        self.borders == [0]
    }
}

/// What comes on a channel, besides words on what has come.
#[derive(Debug)]
enum Incoming {
    Data(Bytes),
    End,
    Hello(BlobHash),
    Have(Have),
    Failed,
}

/// What goes out.
struct Outgoing {
    kind: u8,
    bytes: Bytes,
}

/// One end of a channel. Dropping it ends it.
pub(super) struct Channel {
    inlet: Inlet,
    outlet: Outlet,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Channel {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Channel {
    /// Takes a fresh stream.
    pub(super) fn new(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        let (read, write) = stream.split();
        let (frames_in, frames) = mpsc::channel(INBOX_FRAMES);
        let (out, outbox) = mpsc::channel(OUTBOX_FRAMES);
        let window = Arc::new(Window { pace: Mutex::new(Pace::new()), moved: Notify::new() });
        let reader = tokio::spawn(read_frames(read, frames_in, out.clone(), window.clone()));
        let writer = tokio::spawn(write_frames(write, outbox));
        let inlet = Inlet(Arc::new(tokio::sync::Mutex::new(Inbox { frames, left: Bytes::new(), ended: false })));
        let outlet = Outlet { out, window, waiting: BytesMut::new() };
        Self { inlet, outlet, tasks: [reader, writer] }
    }

    /// The asker's first words, and what the provider has.
    pub(super) async fn ask(&mut self, hash: &BlobHash) -> io::Result<Have> {
        let mut hello = Writer::new();
        hello.u8(VERSION).fixed(&hash.0);
        self.outlet.control(kind::HELLO, hello.finish()).await?;
        match self.inlet.next().await? {
            Incoming::Have(have) => Ok(have),
            _ => Err(broken("another frame in the place of the answer")),
        }
    }

    /// The provider's side of [`Channel::ask`]: which content is asked for.
    pub(super) async fn asked(&mut self) -> io::Result<BlobHash> {
        match self.inlet.next().await? {
            Incoming::Hello(hash) => Ok(hash),
            _ => Err(broken("another frame in the place of the question")),
        }
    }

    /// Tells what is here.
    pub(super) async fn tell(&mut self, have: &Have) -> io::Result<()> {
        let mut writer = Writer::new();
        let borders = &have.borders[..have.borders.len().min(TOLD_BORDERS)];
        writer.number(have.size).number(borders.len() as u64);
        let mut last = 0;
        for border in borders {
            writer.number(border - last);
            last = *border;
        }
        self.outlet.control(kind::HAVE, writer.finish()).await
    }

    /// What was asked for is not given after all.
    pub(super) async fn fail(&mut self) -> io::Result<()> {
        self.outlet.control(kind::FAILED, Vec::new()).await
    }

    /// Waits until a request begins; false when the other side has gone.
    pub(super) async fn request_begins(&mut self) -> bool {
        self.inlet.begin().await
    }

    /// The two halves for one exchange.
    pub(super) fn halves(&mut self) -> (Inlet, Outlet) {
        let outlet = Outlet { out: self.outlet.out.clone(), window: self.outlet.window.clone(), waiting: BytesMut::new() };
        (Inlet(self.inlet.0.clone()), outlet)
    }
}

/// Lets a sender wait for its turn.
struct Window {
    pace: Mutex<Pace>,
    moved: Notify,
}

impl Window {
    fn pace(&self) -> MutexGuard<'_, Pace> {
        // Each critical section is a few sums: a panic within leaves it whole.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read_frames(stream: impl AsyncRead + Unpin, frames: mpsc::Sender<Incoming>, out: mpsc::Sender<Outgoing>, window: Arc<Window>) {
    // A stream costs a lock and often a wake-up each time it is read: several frames at once.
    let mut stream = BufReader::with_capacity(READ_BYTES, stream);
    let mut came: u64 = 0;
    let mut empty = false;
    // The stream's end, or a frame that is none, is told by the closing of the inbox.
    while let Ok((kind, bytes)) = read_frame(&mut stream).await {
        let frame = match kind {
            kind::DATA | kind::DATA_ASKING => {
                // A frame without bytes only asks, once in a while: else somebody could keep us busy with nothing.
                if bytes.is_empty() && (kind == kind::DATA || empty) {
                    break;
                }
                empty = bytes.is_empty();
                came += bytes.len() as u64;
                if kind == kind::DATA_ASKING {
                    let word = Outgoing { kind: kind::CAME, bytes: Bytes::copy_from_slice(&came.to_le_bytes()) };
                    if out.send(word).await.is_err() {
                        break;
                    }
                }
                if empty {
                    continue;
                }
                Incoming::Data(bytes)
            }
            kind::END => Incoming::End,
            kind::FAILED => Incoming::Failed,
            kind::CAME => {
                let Ok(upto) = <[u8; 8]>::try_from(&bytes[..]) else { break };
                if !window.pace().arrived(u64::from_le_bytes(upto), Instant::now()) {
                    break;
                }
                window.moved.notify_one();
                continue;
            }
            kind::HELLO => match hello(&bytes) {
                Ok(hash) => Incoming::Hello(hash),
                Err(_) => break,
            },
            kind::HAVE => match have(&bytes) {
                Ok(have) => Incoming::Have(have),
                Err(_) => break,
            },
            _ => break,
        };
        if frames.send(frame).await.is_err() {
            break;
        }
    }
}

async fn read_frame(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<(u8, Bytes)> {
    let mut header = [0; HEADER_BYTES];
    stream.read_exact(&mut header).await?;
    let [kind, low, high] = header;
    let len = usize::from(u16::from_le_bytes([low, high]));
    let most = if matches!(kind, kind::DATA | kind::DATA_ASKING) { FRAME_BYTES } else { CONTROL_BYTES };
    if len > most {
        return Err(broken("a frame that is too long"));
    }
    let mut bytes = vec![0; len];
    stream.read_exact(&mut bytes).await?;
    Ok((kind, bytes.into()))
}

fn hello(bytes: &[u8]) -> Result<BlobHash, WireError> {
    let mut reader = Reader::new(bytes);
    reader.version(VERSION)?;
    let hash = BlobHash(reader.array()?);
    reader.end()?;
    Ok(hash)
}

fn have(bytes: &[u8]) -> Result<Have, WireError> {
    let mut reader = Reader::new(bytes);
    let size = reader.number()?;
    let count = reader.count(TOLD_BORDERS)?;
    let mut borders = Vec::with_capacity(count);
    let mut last: u64 = 0;
    for index in 0..count {
        let step = reader.number()?;
        // In order, and none beyond what a content may be long.
        last = last.saturating_add(step);
        if (step == 0 && index > 0) || last > MAX_BLOB_BYTES {
            return Err(WireError::NotCanonical);
        }
        borders.push(last);
    }
    reader.end()?;
    Ok(Have { size, borders })
}

async fn write_frames(mut stream: impl AsyncWrite + Unpin, mut outbox: mpsc::Receiver<Outgoing>) {
    let mut frame = BytesMut::with_capacity(HEADER_BYTES + FRAME_BYTES);
    while let Some(Outgoing { kind, bytes }) = outbox.recv().await {
        let Ok(len) = u16::try_from(bytes.len()) else { break };
        frame.clear();
        frame.extend_from_slice(&[kind]);
        frame.extend_from_slice(&len.to_le_bytes());
        frame.extend_from_slice(&bytes);
        if stream.write_all(&frame).await.is_err() || (outbox.is_empty() && stream.flush().await.is_err()) {
            break;
        }
    }
    let _ = stream.close().await;
}

/// What comes, as iroh-blobs reads it: to the end of the exchange.
pub(super) struct Inlet(Arc<tokio::sync::Mutex<Inbox>>);

struct Inbox {
    frames: mpsc::Receiver<Incoming>,
    left: Bytes,
    ended: bool,
}

impl Inlet {
    async fn next(&self) -> io::Result<Incoming> {
        let mut inbox = self.0.lock().await;
        match timeout(STALL, inbox.frames.recv()).await {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) => Err(io::ErrorKind::UnexpectedEof.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// Waits for the first bytes of an exchange, for as long as it takes.
    async fn begin(&self) -> bool {
        let mut inbox = self.0.lock().await;
        (inbox.left, inbox.ended) = (Bytes::new(), false);
        match inbox.frames.recv().await {
            Some(Incoming::Data(bytes)) => {
                inbox.left = bytes;
                true
            }
            _ => false,
        }
    }

    /// For the asker: what the last exchange left is over.
    pub(super) async fn expect_answer(&self) {
        let mut inbox = self.0.lock().await;
        (inbox.left, inbox.ended) = (Bytes::new(), false);
    }
}

impl Inbox {
    /// Some bytes; none at the exchange's end.
    async fn some(&mut self, most: usize) -> io::Result<Bytes> {
        while self.left.is_empty() {
            if self.ended {
                return Ok(Bytes::new());
            }
            match timeout(STALL, self.frames.recv()).await {
                Ok(Some(Incoming::Data(bytes))) => self.left = bytes,
                Ok(Some(Incoming::End)) => self.ended = true,
                Ok(Some(Incoming::Failed)) => return Err(broken("the other side could not go on")),
                Ok(Some(_)) => return Err(broken("a frame out of place")),
                Ok(None) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(_) => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
        Ok(self.left.split_to(most.min(self.left.len())))
    }

    async fn fill(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < target.len() {
            let bytes = self.some(target.len() - filled).await?;
            if bytes.is_empty() {
                break;
            }
            target[filled..filled + bytes.len()].copy_from_slice(&bytes);
            filled += bytes.len();
        }
        Ok(filled)
    }
}

impl RecvStream for Inlet {
    async fn recv_bytes(&mut self, len: usize) -> io::Result<Bytes> {
        let mut inbox = self.0.lock().await;
        let mut bytes = vec![0; len];
        let filled = inbox.fill(&mut bytes).await?;
        bytes.truncate(filled);
        Ok(bytes.into())
    }

    async fn recv_bytes_exact(&mut self, len: usize) -> io::Result<Bytes> {
        let mut bytes = vec![0; len];
        self.recv_exact(&mut bytes).await?;
        Ok(bytes.into())
    }

    async fn recv_exact(&mut self, target: &mut [u8]) -> io::Result<()> {
        let mut inbox = self.0.lock().await;
        let filled = inbox.fill(target).await?;
        if filled == target.len() { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn stop(&mut self, _code: VarInt) -> io::Result<()> {
        Ok(())
    }

    fn id(&self) -> u64 {
        0
    }
}

/// What goes out, as iroh-blobs writes it.
pub(super) struct Outlet {
    out: mpsc::Sender<Outgoing>,
    window: Arc<Window>,
    /// Not a whole frame yet.
    waiting: BytesMut,
}

impl Outlet {
    async fn control(&self, kind: u8, bytes: Vec<u8>) -> io::Result<()> {
        self.put(Outgoing { kind, bytes: bytes.into() }).await
    }

    async fn put(&self, frame: Outgoing) -> io::Result<()> {
        match timeout(STALL, self.out.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// Sends whole frames of what waits; `all`: also what is less than one.
    async fn drain(&mut self, rest: Rest) -> io::Result<()> {
        while !self.waiting.is_empty() {
            let room = self.room().await?;
            if self.waiting.len() < room && rest == Rest::Keep {
                return Ok(());
            }
            let bytes = self.waiting.split_to(room.min(self.waiting.len())).freeze();
            let last = rest == Rest::Send && self.waiting.is_empty();
            let word = {
                let mut pace = self.window.pace();
                let word = pace.sent(bytes.len(), Instant::now());
                if last && pace.must_ask() { pace.ask_now(Instant::now()) } else { word }
            };
            let kind = if word == Word::Asked { kind::DATA_ASKING } else { kind::DATA };
            self.put(Outgoing { kind, bytes }).await?;
        }
        Ok(())
    }

    async fn room(&self) -> io::Result<usize> {
        loop {
            let moved = self.window.moved.notified();
            let ask = {
                let mut pace = self.window.pace();
                if let Some(room) = pace.room() {
                    return Ok(room);
                }
                pace.is_stuck().then(|| pace.ask_now(Instant::now()))
            };
            if ask.is_some() {
                self.put(Outgoing { kind: kind::DATA_ASKING, bytes: Bytes::new() }).await?;
            }
            if timeout(STALL, moved).await.is_err() {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
    }
}

/// What becomes of less than a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Keep,
    Send,
}

impl SendStream for Outlet {
    async fn send_bytes(&mut self, bytes: Bytes) -> io::Result<()> {
        self.waiting.extend_from_slice(&bytes);
        self.drain(Rest::Keep).await
    }

    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.waiting.extend_from_slice(bytes);
        self.drain(Rest::Keep).await
    }

    /// The end of the exchange: iroh-blobs waits for it before it answers.
    async fn sync(&mut self) -> io::Result<()> {
        self.drain(Rest::Send).await?;
        self.control(kind::END, Vec::new()).await
    }

    fn reset(&mut self, _code: VarInt) -> io::Result<()> {
        Ok(())
    }

    async fn stopped(&mut self) -> io::Result<Option<VarInt>> {
        self.out.closed().await;
        Ok(None)
    }

    fn id(&self) -> u64 {
        0
    }
}

fn broken(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
