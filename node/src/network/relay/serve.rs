//! One wish of a peer, from its first word to the end of the circuit that came of it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use libp2p::{Multiaddr, PeerId, Stream, swarm::ConnectionId};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::{
    Granted,
    budget::Budget,
    circuit::carry,
    wire::{Refusal, Wish, offer, read_wish, write_connected, write_refused, write_reserved},
};
use crate::network::{
    framing::FrameError,
    limits::{MEMBER_CIRCUIT, RESERVATION_SAID},
    swarm::Report,
};

/// What the event loop is asked.
#[derive(Debug)]
pub(crate) enum Ask {
    /// Whether a peer may be reached through this node, and where this node is.
    Reserve { peer: PeerId, connection: ConnectionId, reply: oneshot::Sender<Result<Multiaddr, Refusal>> },
    /// For a stream to the one whom a peer wants to reach.
    Connect { from: PeerId, to: PeerId, reply: oneshot::Sender<Result<(Granted, Stream), Refusal>> },
    /// A circuit has ended, or did not come to be.
    Ended { number: u64 },
}

/// What serving a wish needs besides its stream.
pub(crate) struct Serving {
    pub(crate) peer: PeerId,
    pub(crate) connection: ConnectionId,
    pub(crate) reports: mpsc::Sender<Report>,
    pub(crate) budget: Budget,
    /// For each word to come or go.
    pub(crate) stall: Duration,
    /// Held until the wish is granted or refused; circuits are counted elsewhere.
    pub(crate) place: OwnedSemaphorePermit,
}

/// Does what the peer wants, where it may.
pub(crate) async fn serve(stream: Stream, serving: Serving) {
    let peer = serving.peer;
    if let Err(error) = serving.answer(stream).await {
        tracing::debug!(%peer, %error, "a wish for the relay came to nothing");
    }
}

impl Serving {
    async fn answer(self, mut stream: Stream) -> Result<(), FrameError> {
        let refusal = match read_wish(&mut stream, self.stall).await? {
            None => Refusal::Malformed,
            Some(Wish::Reserve) => {
                let (peer, connection) = (self.peer, self.connection);
                match self.ask(|reply| Ask::Reserve { peer, connection, reply }).await {
                    Ok(here) => return write_reserved(&mut stream, valid_until(), &here, MEMBER_CIRCUIT, self.stall).await,
                    Err(refusal) => refusal,
                }
            }
            Some(Wish::Connect(to)) => {
                let from = self.peer;
                match self.ask(|reply| Ask::Connect { from, to, reply }).await {
                    Ok((granted, there)) => return self.lead(stream, there, granted, to).await,
                    Err(refusal) => refusal,
                }
            }
        };
        tracing::debug!(peer = %self.peer, ?refusal, "not relayed");
        write_refused(&mut stream, refusal, self.stall).await
    }

    async fn ask<T>(&self, ask: impl FnOnce(oneshot::Sender<Result<T, Refusal>>) -> Ask) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        // Without a service nothing is relayed any more.
        self.reports.send(Report::Relay(ask(reply))).await.map_err(|_| Refusal::Denied)?;
        answer.await.unwrap_or(Err(Refusal::Denied))
    }

    async fn lead(self, mut here: Stream, mut there: Stream, granted: Granted, to: PeerId) -> Result<(), FrameError> {
        let Self { peer, reports, budget, stall, place, .. } = self;
        let led = async {
            if !offer(&mut there, &peer, granted.terms.limit(), stall).await.unwrap_or(false) {
                return write_refused(&mut here, Refusal::Unanswered, stall).await;
            }
            write_connected(&mut here, granted.terms.limit(), stall).await?;
            drop(place);
            tracing::debug!(from = %peer, %to, "a circuit begins");
            let end = carry(here, there, &granted.terms, &budget).await;
            tracing::debug!(from = %peer, %to, ?end, "a circuit has ended");
            Ok(())
        };
        let led = led.await;
        let _ = reports.send(Report::Relay(Ask::Ended { number: granted.number })).await;
        led
    }
}

fn valid_until() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (now + RESERVATION_SAID).as_secs()
}
