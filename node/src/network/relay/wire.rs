//! The words of circuit relay v2 (`/libp2p/circuit/relay/0.2.0`), as far as the relay says and hears them. Each is a frame with its length before it.

use std::time::Duration;

use futures::{AsyncRead, AsyncWrite, AsyncWriteExt};
use libp2p::{Multiaddr, PeerId};
use prost::Message;

use crate::network::framing::{FrameError, read_body, read_length, write_frame};

/// Bytes of the largest word; the protocol's own bound.
const WORD_BYTES: usize = 4_096;

/// What a peer wants of the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// To be reached through it.
    Reserve,
    /// To reach this peer.
    Connect(PeerId),
}

/// Why a wish is not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// This node relays for nobody, or not for this peer.
    Denied,
    /// As many as there may be, or the budget is used up.
    Full,
    /// The other one has not reserved.
    NoReservation,
    /// The other one did not answer.
    Unanswered,
    /// Not understood.
    Malformed,
}

/// How long and how much a circuit may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) lasts: Duration,
    pub(crate) bytes: u64,
}

/// Reads what a peer wants; none where it is not understood.
pub(crate) async fn read_wish(stream: &mut (impl AsyncRead + Unpin), stall: Duration) -> Result<Option<Wish>, FrameError> {
    let word: Hop = read(stream, stall).await?;
    Ok(match word.kind {
        HOP_RESERVE => Some(Wish::Reserve),
        HOP_CONNECT => word.peer.and_then(|peer| PeerId::from_bytes(&peer.id).ok()).map(Wish::Connect),
        _ => None,
    })
}

/// Tells a peer that it is reached through this node, there, until then (seconds since 1970).
pub(crate) async fn write_reserved(
    stream: &mut (impl AsyncWrite + Unpin),
    until: u64,
    address: &Multiaddr,
    limit: Limit,
    stall: Duration,
) -> Result<(), FrameError> {
    let reservation = Reservation { expire: until, addrs: vec![address.to_vec()], voucher: None };
    let word = Hop { kind: HOP_STATUS, peer: None, reservation: Some(reservation), limit: Some(limit.into()), status: Some(OK) };
    write(stream, &word, stall).await
}

/// Tells a peer that the circuit stands: what follows on the stream is the other one's.
pub(crate) async fn write_connected(stream: &mut (impl AsyncWrite + Unpin), limit: Limit, stall: Duration) -> Result<(), FrameError> {
    write(stream, &Hop { kind: HOP_STATUS, peer: None, reservation: None, limit: Some(limit.into()), status: Some(OK) }, stall).await
}

/// Tells a peer why not.
pub(crate) async fn write_refused(stream: &mut (impl AsyncWrite + Unpin), why: Refusal, stall: Duration) -> Result<(), FrameError> {
    let status = match why {
        Refusal::Denied => PERMISSION_DENIED,
        Refusal::Full => RESOURCE_LIMIT,
        Refusal::NoReservation => NO_RESERVATION,
        Refusal::Unanswered => CONNECTION_FAILED,
        Refusal::Malformed => MALFORMED,
    };
    write(stream, &Hop { kind: HOP_STATUS, peer: None, reservation: None, limit: None, status: Some(status) }, stall).await
}

/// Offers a circuit to the one who reserved, and says whether it takes it.
pub(crate) async fn offer(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    from: &PeerId,
    limit: Limit,
    stall: Duration,
) -> Result<bool, FrameError> {
    let peer = Peer { id: from.to_bytes(), addrs: Vec::new() };
    write(stream, &Stop { kind: STOP_CONNECT, peer: Some(peer), limit: Some(limit.into()), status: None }, stall).await?;
    let answer: Stop = read(stream, stall).await?;
    Ok(answer.kind == STOP_STATUS && answer.status == Some(OK))
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), word: &impl Message, stall: Duration) -> Result<(), FrameError> {
    write_frame(stream, &word.encode_to_vec(), stall).await?;
    Ok(stream.flush().await?)
}

async fn read<M: Message + Default>(stream: &mut (impl AsyncRead + Unpin), stall: Duration) -> Result<M, FrameError> {
    let word = async {
        let len = read_length(stream, WORD_BYTES, stall).await?;
        read_body(stream, len, stall).await
    };
    let bytes = tokio::time::timeout(stall, word).await.map_err(|_| FrameError::Stalled)??;
    M::decode(bytes.as_slice()).map_err(|_| FrameError::Malformed)
}

impl From<Limit> for WireLimit {
    fn from(limit: Limit) -> Self {
        Self { duration: Some(u32::try_from(limit.lasts.as_secs()).unwrap_or(u32::MAX)), data: Some(limit.bytes) }
    }
}

const HOP_RESERVE: i32 = 0;
const HOP_CONNECT: i32 = 1;
const HOP_STATUS: i32 = 2;
const STOP_CONNECT: i32 = 0;
const STOP_STATUS: i32 = 1;
const OK: i32 = 100;
const RESOURCE_LIMIT: i32 = 201;
const PERMISSION_DENIED: i32 = 202;
const CONNECTION_FAILED: i32 = 203;
const NO_RESERVATION: i32 = 204;
const MALFORMED: i32 = 400;

#[derive(Clone, PartialEq, Message)]
struct Hop {
    #[prost(int32, required, tag = "1")]
    kind: i32,
    #[prost(message, optional, tag = "2")]
    peer: Option<Peer>,
    #[prost(message, optional, tag = "3")]
    reservation: Option<Reservation>,
    #[prost(message, optional, tag = "4")]
    limit: Option<WireLimit>,
    #[prost(int32, optional, tag = "5")]
    status: Option<i32>,
}

#[derive(Clone, PartialEq, Message)]
struct Stop {
    #[prost(int32, required, tag = "1")]
    kind: i32,
    #[prost(message, optional, tag = "2")]
    peer: Option<Peer>,
    #[prost(message, optional, tag = "3")]
    limit: Option<WireLimit>,
    #[prost(int32, optional, tag = "4")]
    status: Option<i32>,
}

#[derive(Clone, PartialEq, Message)]
struct Peer {
    #[prost(bytes = "vec", required, tag = "1")]
    id: Vec<u8>,
    #[prost(bytes = "vec", repeated, tag = "2")]
    addrs: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
struct Reservation {
    #[prost(uint64, required, tag = "1")]
    expire: u64,
    #[prost(bytes = "vec", repeated, tag = "2")]
    addrs: Vec<Vec<u8>>,
    #[prost(bytes = "vec", optional, tag = "3")]
    voucher: Option<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
struct WireLimit {
    #[prost(uint32, optional, tag = "1")]
    duration: Option<u32>,
    #[prost(uint64, optional, tag = "2")]
    data: Option<u64>,
}
