//! `/jeli/join/1`: one request, one response, on a stream of its own.

use std::time::Duration;

use futures::{AsyncRead, AsyncWrite, AsyncWriteExt};
use libp2p::PeerId;
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc, oneshot},
    time::timeout,
};

use super::{
    command::JoinError,
    framing::{FrameError, read_body, read_length, write_frame},
    limits::JOIN_BYTES,
    swarm::Report,
};

/// Sends the request and waits for the response, all within `limit`.
pub(crate) async fn ask(stream: impl AsyncRead + AsyncWrite + Unpin, request: &[u8], limit: Duration) -> Result<Vec<u8>, JoinError> {
    timeout(limit, async {
        let mut stream = stream;
        write_frame(&mut stream, request, limit).await.map_err(failed)?;
        stream.flush().await.map_err(|error| failed(error.into()))?;
        let len = read_length(&mut stream, JOIN_BYTES, limit).await.map_err(failed)?;
        let response = read_body(&mut stream, len, limit).await.map_err(failed)?;
        // The answer is here; how the stream ends changes nothing.
        let _ = stream.close().await;
        Ok(response)
    })
    .await
    .unwrap_or(Err(JoinError::TimedOut))
}

/// Reads the request of a peer, hands it to the application, and sends what it answers. Holds its place among the inbound joins meanwhile.
pub(crate) async fn answer(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    peer: PeerId,
    reports: mpsc::Sender<Report>,
    limit: Duration,
    place: OwnedSemaphorePermit,
) {
    let exchange = async {
        let len = read_length(&mut stream, JOIN_BYTES, limit).await?;
        let bytes = read_body(&mut stream, len, limit).await?;
        let (reply, answered) = oneshot::channel();
        if reports.send(Report::JoinRequest { peer, bytes, reply }).await.is_err() {
            return Ok(());
        }
        let Ok(response) = answered.await else {
            tracing::debug!(%peer, "join request refused without an answer");
            return Ok(());
        };
        if response.len() > JOIN_BYTES {
            tracing::error!(%peer, len = response.len(), "join response larger than allowed; not sent");
            return Ok(());
        }
        write_frame(&mut stream, &response, limit).await?;
        stream.close().await?;
        Ok::<_, FrameError>(())
    };
    match timeout(limit, exchange).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%peer, %error, "join request failed"),
        Err(_) => tracing::debug!(%peer, "join request took too long"),
    }
    drop(place);
    let _ = reports.send(Report::JoinEnded { peer }).await;
}

fn failed(error: FrameError) -> JoinError {
    match error {
        FrameError::Oversize { announced } => JoinError::TooLarge { len: announced },
        FrameError::Stalled => JoinError::TimedOut,
        other @ (FrameError::Ended | FrameError::Malformed | FrameError::Io(_)) => JoinError::Closed(other.to_string()),
    }
}
