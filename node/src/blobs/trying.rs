//! What comes over a channel from a node that keeps none of our rules, on either side of it. For tests.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use bao_tree::ChunkRanges;
use futures::{AsyncRead, AsyncWrite, StreamExt};
use iroh_blobs::get;
use iroh_blobs::protocol::GetRequest;
use iroh_blobs::provider::StreamPair;
use iroh_blobs::provider::events::EventSender;
use iroh_blobs::store::mem::MemStore;
use jeli_protocol::ids::{BlobHash, NodeId};

use super::channel::{Channel, Have};
use super::keep::iroh;
use super::limits::{FRAME_BYTES, MAX_BLOB_BYTES, TOLD_BORDERS};
use super::shares::{Missing, Next, Shares};

/// Bytes that come, and a place where what is answered is lost.
struct Said {
    bytes: Vec<u8>,
    at: usize,
}

impl AsyncRead for Said {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, target: &mut [u8]) -> Poll<io::Result<usize>> {
        let count = target.len().min(self.bytes.len() - self.at);
        target[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
        self.at += count;
        Poll::Ready(Ok(count))
    }
}

impl AsyncWrite for Said {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn channel(bytes: &[u8]) -> Channel {
    Channel::new(Said { bytes: bytes.to_vec(), at: 0 })
}

/// Runs to an end, or is stuck: nothing waits for anybody here.
fn run(task: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(task);
}

/// An asker says these bytes.
pub(crate) fn try_asker(bytes: &[u8]) {
    run(async {
        let mut channel = channel(bytes);
        if channel.asked().await.is_err() {
            return;
        }
        while channel.request_begins().await {
            let (inlet, outlet) = channel.halves();
            if StreamPair::new(0, inlet, outlet, EventSender::DEFAULT).read_request().await.is_err() {
                return;
            }
        }
    });
}

/// The content that is asked for below.
fn content() -> Vec<u8> {
    (0..3_000_u16).map(|number| number as u8).collect()
}

/// A provider says these bytes: what it has, and an answer to the first request.
pub(crate) fn try_provider(bytes: &[u8]) {
    let whole = content();
    let hash = BlobHash(*blake3::hash(&whole).as_bytes());
    run(async {
        let mut channel = channel(bytes);
        let Ok(have) = channel.ask(&hash).await else { return };
        assert!(have.borders.len() <= TOLD_BORDERS && have.borders.is_sorted_by(|a, b| a < b), "{have:?}");
        assert!(have.borders.iter().all(|border| *border <= MAX_BLOB_BYTES), "{have:?}");
        share(&have);
        let store = MemStore::new();
        let (inlet, outlet) = channel.halves();
        inlet.expect_answer().await;
        let request = GetRequest::blob_ranges(iroh(&hash), ChunkRanges::all());
        let got = store.remote().execute_get(get::StreamPair::new(0, inlet, outlet), request);
        let mut items = std::pin::pin!(got.stream());
        while items.next().await.is_some() {}
        let field = store.blobs().observe(iroh(&hash)).await.expect("the store answers");
        if field.is_complete() && field.size() > 0 {
            let kept = store.blobs().get_bytes(iroh(&hash)).await.expect("it is whole");
            assert_eq!(kept, whole, "nothing is kept but what was asked for");
        }
    });
}

/// Whatever is said to be there, what is asked for is of it, and is missing.
fn share(have: &Have) {
    let mut shares = Shares::new(Missing { ranges: ChunkRanges::all(), size: None }, 0);
    let (liar, other) = (NodeId([1; 32]), NodeId([2; 32]));
    shares.joined(liar, have);
    shares.joined(other, &Have { size: 3_000, borders: vec![0] });
    for node in [liar, other, liar] {
        if let Next::Bring(ranges) = shares.next(&node, 0.5, Instant::now()) {
            assert!(!ranges.is_empty());
        }
    }
    shares.settle(&other, Missing { ranges: ChunkRanges::empty(), size: Some(3_000) }, Instant::now());
    assert_eq!(shares.next(&liar, 0.5, Instant::now()), Next::Done);
}

fn frame(kind: u8, bytes: &[u8]) -> Vec<u8> {
    let mut frame = vec![kind];
    frame.extend_from_slice(&(bytes.len() as u16).to_le_bytes());
    frame.extend_from_slice(bytes);
    frame
}

/// What an honest asker, and an honest provider, say.
pub(crate) fn said_in_honesty() -> [Vec<u8>; 2] {
    let whole = content();
    assert!(whole.len() < FRAME_BYTES, "one leaf, without hashes before it");
    let hash = blake3::hash(&whole);
    let hello = [&[1][..], hash.as_bytes()].concat();
    // Postcard: the first kind of request; the hash; one list of ranges, which is everything and then nothing.
    let request = [&[0][..], hash.as_bytes(), &[1, 0, 1, 0]].concat();
    let asker = [frame(4, &hello), frame(0, &request), frame(2, b""), frame(3, &8_u64.to_le_bytes())].concat();
    // Of 3,000 bytes; one border, at 0: all of it.
    let has = [0xB8, 0x17, 1, 0];
    let answer = [&(whole.len() as u64).to_le_bytes()[..], &whole].concat();
    let provider = [frame(5, &has), frame(1, &answer), frame(2, b"")].concat();
    [asker, provider]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_in_honesty_is_understood() {
        let [_, provider] = said_in_honesty();
        run(async {
            let whole = content();
            let hash = BlobHash(*blake3::hash(&whole).as_bytes());
            let mut channel = channel(&provider);
            assert_eq!(channel.ask(&hash).await.expect("told"), Have { size: 3_000, borders: vec![0] });
            let store = MemStore::new();
            let (inlet, outlet) = channel.halves();
            inlet.expect_answer().await;
            let request = GetRequest::blob_ranges(iroh(&hash), ChunkRanges::all());
            let got = store.remote().execute_get(get::StreamPair::new(0, inlet, outlet), request);
            let mut items = std::pin::pin!(got.stream());
            while items.next().await.is_some() {}
            assert_eq!(store.blobs().get_bytes(iroh(&hash)).await.expect("it is whole"), whole);
        });
    }
}
