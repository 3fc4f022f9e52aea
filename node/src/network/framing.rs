//! Length-prefixed frames on a byte stream: an unsigned LEB128 `u32`, then that many bytes.

use std::{io, time::Duration};

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use thiserror::Error;

use super::limits::{READ_CHUNK_BYTES, WRITE_CHUNK_BYTES};

/// Bytes of the longest length: 32 bits in groups of seven.
const LENGTH_BYTES: usize = 5;

#[derive(Debug, Error)]
pub(crate) enum FrameError {
    #[error("the stream ended")]
    Ended,
    #[error("a frame of {announced} bytes was announced, more than allowed")]
    Oversize { announced: u64 },
    #[error("a length that is no 32-bit number")]
    Malformed,
    #[error("no byte moved for too long")]
    Stalled,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The encoded length: how many of the five bytes count, and the bytes.
fn encode_length(len: u32) -> (usize, [u8; LENGTH_BYTES]) {
    let mut bytes = [0; LENGTH_BYTES];
    let mut rest = len;
    for (index, byte) in bytes.iter_mut().enumerate() {
        let low = (rest & 0x7f) as u8;
        rest >>= 7;
        if rest == 0 {
            *byte = low;
            return (index + 1, bytes);
        }
        *byte = low | 0x80;
    }
    (LENGTH_BYTES, bytes)
}

/// How many bytes the length of a frame takes.
pub(crate) fn length_bytes(len: usize) -> usize {
    u32::try_from(len).map_or(LENGTH_BYTES, |len| encode_length(len).0)
}

/// Waits for the next frame's length, for as long as it takes for the first byte, and refuses one above `limit`.
pub(crate) async fn read_length(reader: &mut (impl AsyncRead + Unpin), limit: usize, stall: Duration) -> Result<usize, FrameError> {
    let mut value: u64 = 0;
    for index in 0..LENGTH_BYTES {
        let mut byte = [0_u8; 1];
        let read = if index == 0 { reader.read(&mut byte).await? } else { in_time(stall, reader.read(&mut byte)).await? };
        match (read, index) {
            (0, 0) => return Err(FrameError::Ended),
            (0, _) => return Err(FrameError::Io(io::ErrorKind::UnexpectedEof.into())),
            _ => {}
        }
        value |= u64::from(byte[0] & 0x7f) << (7 * index);
        if byte[0] & 0x80 == 0 {
            // A padded length would give one frame several encodings.
            if index > 0 && byte[0] == 0 || value > u64::from(u32::MAX) {
                return Err(FrameError::Malformed);
            }
            let len = usize::try_from(value).map_err(|_| FrameError::Malformed)?;
            return if len > limit { Err(FrameError::Oversize { announced: value }) } else { Ok(len) };
        }
    }
    Err(FrameError::Malformed)
}

/// Reads a frame's bytes. Memory grows with what has come, not with what was announced.
pub(crate) async fn read_body(reader: &mut (impl AsyncRead + Unpin), len: usize, stall: Duration) -> Result<Vec<u8>, FrameError> {
    let mut body = Vec::with_capacity(len.min(READ_CHUNK_BYTES));
    while body.len() < len {
        let have = body.len();
        body.resize(len.min(have + READ_CHUNK_BYTES), 0);
        let read = in_time(stall, reader.read(&mut body[have..])).await?;
        if read == 0 {
            return Err(FrameError::Io(io::ErrorKind::UnexpectedEof.into()));
        }
        body.truncate(have + read);
    }
    Ok(body)
}

/// Writes one frame. `stall` bounds the time without progress, not the whole: a large frame may take minutes on a slow line.
pub(crate) async fn write_frame(writer: &mut (impl AsyncWrite + Unpin), frame: &[u8], stall: Duration) -> Result<(), FrameError> {
    let len = u32::try_from(frame.len()).map_err(|_| FrameError::Oversize { announced: frame.len() as u64 })?;
    let (count, length) = encode_length(len);
    in_time(stall, writer.write_all(&length[..count])).await?;
    for chunk in frame.chunks(WRITE_CHUNK_BYTES) {
        in_time(stall, writer.write_all(chunk)).await?;
    }
    Ok(())
}

/// An operation on a stream that must make progress within `stall`.
pub(crate) async fn in_time<T>(stall: Duration, io: impl Future<Output = io::Result<T>>) -> Result<T, FrameError> {
    match tokio::time::timeout(stall, io).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(FrameError::Stalled),
    }
}

#[cfg(test)]
mod tests {
    use futures::io::Cursor;
    use proptest::prelude::*;

    use super::*;

    const STALL: Duration = Duration::from_secs(5);

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime").block_on(future)
    }

    proptest! {
        #[test]
        fn frames_come_out_as_they_went_in(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..70_000), 0..4)) {
            run(async {
                let mut wire = Vec::new();
                for frame in &frames {
                    write_frame(&mut wire, frame, STALL).await.expect("memory takes every frame");
                }
                let mut reader = Cursor::new(wire);
                for frame in &frames {
                    let len = read_length(&mut reader, 70_000, STALL).await.expect("a length");
                    let body = read_body(&mut reader, len, STALL).await.expect("a body");
                    prop_assert_eq!(&body, frame);
                }
                prop_assert!(matches!(read_length(&mut reader, 70_000, STALL).await, Err(FrameError::Ended)));
                Ok(())
            })?;
        }

        #[test]
        fn any_bytes_give_a_length_within_the_limit_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..8)) {
            if let Ok(len) = run(read_length(&mut Cursor::new(bytes), 1_000, STALL)) {
                prop_assert!(len <= 1_000);
            }
        }
    }

    #[test]
    fn a_length_above_the_limit_is_refused_and_one_at_the_limit_is_not() {
        let (count, bytes) = encode_length(1_001);
        let refused = run(read_length(&mut Cursor::new(bytes[..count].to_vec()), 1_000, STALL));
        assert!(matches!(refused, Err(FrameError::Oversize { announced: 1_001 })), "{refused:?}");
        let (count, bytes) = encode_length(1_000);
        assert_eq!(run(read_length(&mut Cursor::new(bytes[..count].to_vec()), 1_000, STALL)).expect("allowed"), 1_000);
    }

    #[test]
    fn a_padded_or_overlong_length_is_malformed() {
        for bytes in [vec![0x80, 0x00], vec![0xff; 6], vec![0xff, 0xff, 0xff, 0xff, 0x1f]] {
            let refused = run(read_length(&mut Cursor::new(bytes), usize::MAX, STALL));
            assert!(matches!(refused, Err(FrameError::Malformed)), "{refused:?}");
        }
    }
}
