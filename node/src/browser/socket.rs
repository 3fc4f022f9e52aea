//! One tab's connection, from `join` to the end.

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures::stream::SplitSink;
use futures::{SinkExt, StreamExt};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jeli_protocol::ids::DocumentId;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::sockets::{SocketPermit, Sockets};
use super::wire::{Bytes, FirstAsk, FromTab, PROTOCOL_VERSION, PeerMetadata, ToTab, Versions, WireError};
use crate::accounts::{Guest, Person};
use crate::documents::{CloseReason, Documents, Outgoing, Passing, Tab, next_tab_id};
use crate::limits::{EPHEMERAL_BURST, EPHEMERAL_PER_SECOND, JOIN_TIMEOUT, MAX_DOCUMENTS_PER_SOCKET, MAX_EPHEMERAL_BYTES, SOCKET_OUTBOX, SOCKET_PING};

/// Time for a closing tab to take the last words.
const CLOSE_GRACE: Duration = Duration::from_secs(2);
/// Close code for "the other side broke the protocol" and for "come again" (RFC 6455, 7.4.1).
const CLOSE_PROTOCOL_ERROR: u16 = 1002;
const CLOSE_TRY_AGAIN: u16 = 1012;
const CLOSE_POLICY: u16 = 1008;

/// Who has connected.
pub struct Visit {
    pub person: Person,
    /// Of a guest: the one document there is for them, and their school.
    pub seat: Option<Guest>,
}

/// Serves one signed-in tab until it goes, breaks the protocol, is closed, or its session ends.
pub async fn serve(
    socket: WebSocket,
    documents: Documents,
    sockets: Sockets,
    visit: Visit,
    storage_id: String,
    signed_out: impl Future<Output = ()>,
    _permit: SocketPermit,
) {
    let mut signed_out = pin!(signed_out);
    let stopping = sockets.stopping();
    let (sink, mut stream) = socket.split();
    let mut writer = Writer { sink, our_name: format!("node-{}", storage_id.get(..16).unwrap_or("?")), storage_id };

    let first = tokio::select! {
        first = timeout(JOIN_TIMEOUT, next_binary(&mut stream)) => first,
        () = stopping.cancelled() => return,
    };
    let joined = match first {
        Ok(Some(Ok(bytes))) => FromTab::decode(&bytes),
        _ => return,
    };
    let peer = match joined {
        Ok(FromTab::Join { sender, versions: Versions::WithOurs | Versions::Unsaid }) => sender,
        Ok(FromTab::Join { sender, versions: Versions::Others }) => return writer.refuse(&sender, "unsupported protocol version").await,
        _ => return writer.refuse("", "the first message must be a join").await,
    };
    if writer.greet(&peer).await.is_err() {
        return;
    }

    let (outbox_sender, mut outbox) = mpsc::channel(SOCKET_OUTBOX);
    let Visit { person, seat } = visit;
    let (only, guest_of) = seat.map(|guest| (guest.document, guest.school)).unzip();
    let tab = Arc::new(Tab::new(next_tab_id(), peer, &person, guest_of, outbox_sender));
    let mut session = Session { documents, tab: tab.clone(), only, open: HashSet::new(), passing_rate: passing_rate(), heard: true };
    let mut ping = interval(SOCKET_PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    let end = loop {
        tokio::select! {
            biased;
            reason = tab.closed() => break Some(reason),
            () = stopping.cancelled() => break Some(CloseReason::Stopping),
            () = &mut signed_out => break Some(CloseReason::SignedOut),
            Some(message) = outbox.recv() => {
                if writer.send(&tab.peer, message).await.is_err() {
                    break None;
                }
            }
            message = stream.next() => match message {
                Some(Ok(message)) => match session.hear(message).await {
                    Heard::GoOn => {}
                    Heard::Gone => break None,
                    Heard::Unavailable(document) => tab.send(Outgoing::Unavailable { document }),
                    Heard::Wrong(fault) => break Some(CloseReason::BadMessage(fault)),
                },
                Some(Err(_)) | None => break None,
            },
            _ = ping.tick() => {
                if !std::mem::replace(&mut session.heard, false) || writer.ping().await.is_err() {
                    break None;
                }
            }
        }
    };
    session.leave_all().await;
    if end == Some(CloseReason::GivenAway) {
        let last = async {
            while let Ok(message) = outbox.try_recv() {
                writer.send(&tab.peer, message).await?;
            }
            Ok::<(), axum::Error>(())
        };
        let _ = timeout(CLOSE_GRACE, last).await;
    }
    if let Some(reason) = end {
        tracing::debug!(tab = tab.id.0, reason = reason.code(), "a tab is sent away");
        let _ = timeout(CLOSE_GRACE, writer.close(&tab.peer, &reason)).await;
    }
}

fn passing_rate() -> DefaultDirectRateLimiter {
    let per_second = NonZeroU32::new(EPHEMERAL_PER_SECOND).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(EPHEMERAL_BURST).unwrap_or(NonZeroU32::MIN);
    RateLimiter::direct(Quota::per_second(per_second).allow_burst(burst))
}

type Incoming = futures::stream::SplitStream<WebSocket>;

async fn next_binary(stream: &mut Incoming) -> Option<Result<Vec<u8>, axum::Error>> {
    loop {
        match stream.next().await? {
            Ok(Message::Binary(bytes)) => return Some(Ok(bytes.into())),
            Ok(Message::Ping(_) | Message::Pong(_)) => {}
            Ok(Message::Text(_) | Message::Close(_)) => return None,
            Err(error) => return Some(Err(error)),
        }
    }
}

/// What the tab said and has open.
struct Session {
    documents: Documents,
    tab: Arc<Tab>,
    /// The one document that there is for this tab, where it is a guest's.
    only: Option<DocumentId>,
    open: HashSet<DocumentId>,
    passing_rate: DefaultDirectRateLimiter,
    heard: bool,
}

enum Heard {
    GoOn,
    Gone,
    Unavailable(DocumentId),
    Wrong(String),
}

impl Session {
    async fn hear(&mut self, message: Message) -> Heard {
        self.heard = true;
        let bytes = match message {
            Message::Binary(bytes) => bytes,
            Message::Ping(_) | Message::Pong(_) => return Heard::GoOn,
            Message::Close(_) => return Heard::Gone,
            Message::Text(_) => return Heard::Wrong("text where CBOR belongs".to_owned()),
        };
        match FromTab::decode(&bytes) {
            Ok(message) => self.handle(message).await,
            Err(WireError::Missing(_) | WireError::NotCbor | WireError::TooLong(_)) if bytes.is_empty() => Heard::GoOn,
            Err(fault) => Heard::Wrong(fault.to_string()),
        }
    }

    async fn handle(&mut self, message: FromTab) -> Heard {
        match message {
            FromTab::Sync { first: FirstAsk::Request | FirstAsk::Sync, document, data } => {
                let Ok(document) = document.parse::<DocumentId>() else { return Heard::Wrong("no document id".to_owned()) };
                if self.only.is_some_and(|only| only != document) {
                    return Heard::Unavailable(document);
                }
                if !self.open.contains(&document) && self.open.len() >= MAX_DOCUMENTS_PER_SOCKET {
                    return Heard::Unavailable(document);
                }
                self.open.insert(document);
                self.documents.sync(document, self.tab.clone(), data).await;
                Heard::GoOn
            }
            FromTab::Ephemeral { document, session, count, data } => {
                let Ok(document) = document.parse::<DocumentId>() else { return Heard::Wrong("no document id".to_owned()) };
                // Too large or too many: dropped, the next one says more. Only for documents that this tab has open.
                if data.len() <= MAX_EPHEMERAL_BYTES && self.open.contains(&document) && self.passing_rate.check().is_ok() {
                    let passing = Passing { sender: self.tab.peer.clone(), session, count, data };
                    self.documents.pass(document, self.tab.clone(), passing).await;
                }
                Heard::GoOn
            }
            // "I do not have it": then there is nothing to exchange.
            FromTab::Unavailable { .. } | FromTab::RemoteHeads | FromTab::Unknown => Heard::GoOn,
            // Joined already: its answer is on the way, and a second one would be taken for another peer.
            FromTab::Join { .. } => Heard::GoOn,
            FromTab::Leave => Heard::Gone,
            FromTab::Error { message } => {
                tracing::debug!(tab = self.tab.id.0, chars = message.len(), "a tab reports an error and goes");
                Heard::Gone
            }
        }
    }

    async fn leave_all(&mut self) {
        for document in self.open.drain() {
            self.documents.leave(document, self.tab.id).await;
        }
    }
}

/// The sending half.
struct Writer {
    sink: SplitSink<WebSocket, Message>,
    our_name: String,
    storage_id: String,
}

impl Writer {
    async fn greet(&mut self, peer: &str) -> Result<(), axum::Error> {
        let greeting = ToTab::Peer {
            sender: &self.our_name,
            metadata: PeerMetadata { storage: &self.storage_id, is_ephemeral: false },
            version: PROTOCOL_VERSION,
            target: peer,
        };
        let bytes = greeting.encode();
        self.sink.send(Message::Binary(bytes.into())).await
    }

    async fn send(&mut self, target: &str, message: Outgoing) -> Result<(), axum::Error> {
        let sender = self.our_name.as_str();
        let bytes = match message {
            Outgoing::Sync { document, data } => ToTab::Sync { target, data: Bytes(data), document: document.to_string(), sender }.encode(),
            Outgoing::Unavailable { document } => ToTab::Unavailable { document: document.to_string(), target, sender }.encode(),
            Outgoing::Ephemeral { document, passing } => ToTab::Ephemeral {
                target,
                document: document.to_string(),
                data: Bytes(passing.data.clone()),
                count: passing.count,
                session: &passing.session,
                sender: &passing.sender,
            }
            .encode(),
        };
        self.sink.send(Message::Binary(bytes.into())).await
    }

    async fn ping(&mut self) -> Result<(), axum::Error> {
        self.sink.send(Message::Ping(Vec::new().into())).await
    }

    async fn refuse(mut self, target: &str, message: &str) {
        let bytes = ToTab::Error { sender: &self.our_name, message, target }.encode();
        let _ = self.sink.send(Message::Binary(bytes.into())).await;
        let _ = self.sink.send(Message::Close(Some(CloseFrame { code: CLOSE_PROTOCOL_ERROR, reason: "protocol".into() }))).await;
    }

    async fn close(&mut self, target: &str, reason: &CloseReason) {
        let code = match reason {
            CloseReason::BadMessage(fault) => {
                let bytes = ToTab::Error { sender: &self.our_name, message: fault, target }.encode();
                let _ = self.sink.send(Message::Binary(bytes.into())).await;
                CLOSE_PROTOCOL_ERROR
            }
            CloseReason::SignedOut => CLOSE_POLICY,
            CloseReason::TooSlow | CloseReason::StoreFault | CloseReason::StartAnew | CloseReason::GivenAway | CloseReason::Stopping => {
                CLOSE_TRY_AGAIN
            }
        };
        let _ = self.sink.send(Message::Close(Some(CloseFrame { code, reason: reason.code().into() }))).await;
    }
}
