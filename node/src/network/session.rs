//! One session stream: a task that reads frames as fast as the application drops them, and writes what is queued.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, io::BufReader};
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    event::{Admission, SessionBytes, SessionEnd, SessionId},
    framing::{FrameError, in_time, read_body, read_length, write_frame},
    limits::{SESSION_FRAME_BYTES, SESSION_FRAME_OVERHEAD_BYTES, SESSION_INBOUND_BYTES},
    outbound::{Next, Outbound, Outbounds},
    swarm::Report,
};

/// What a session task is given besides its stream.
pub(crate) struct SessionTask {
    pub(crate) id: SessionId,
    pub(crate) admission: Admission,
    /// The peer's session before this one: its last event comes before our first.
    pub(crate) after: Option<JoinHandle<()>>,
    pub(crate) stop: oneshot::Receiver<Stop>,
    pub(crate) reports: mpsc::Sender<Report>,
    pub(crate) outbounds: Outbounds,
    pub(crate) stall: Duration,
    pub(crate) drain: Duration,
}

/// How to end a session.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) end: SessionEnd,
    pub(crate) queued: QueuedFrames,
}

/// What becomes of frames that still wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueuedFrames {
    Send,
    Drop,
}

impl SessionTask {
    /// Runs the session to its end and reports every step of it.
    pub(crate) async fn run(mut self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        if let Some(before) = self.after.take() {
            // An error means that it panicked; then it has nothing more to report either.
            let _ = before.await;
        }
        let queue = self.outbounds.open(self.id);
        let opened = Report::SessionOpened { session: self.id, admission: self.admission };
        let end = match self.reports.send(opened).await {
            Ok(()) => self.exchange(stream, &queue).await,
            Err(_) => SessionEnd::LineCut,
        };
        self.outbounds.close(self.id);
        // Without a receiver the service has stopped, and nobody asks.
        let _ = self.reports.send(Report::SessionClosed { session: self.id, end }).await;
    }

    async fn exchange(&mut self, stream: impl AsyncRead + AsyncWrite + Unpin, queue: &Outbound) -> SessionEnd {
        let (read, write) = stream.split();
        let line = Line { id: self.id, reports: &self.reports, stall: self.stall };
        let reading = line.read(BufReader::new(read));
        let mut writing = pin!(line.write(write, queue));
        tokio::select! {
            end = reading => end,
            end = &mut writing => end,
            stop = &mut self.stop => match stop {
                Ok(Stop { end, queued: QueuedFrames::Drop }) => end,
                Ok(Stop { end, queued: QueuedFrames::Send }) => {
                    queue.finish();
                    // Time over: the rest is lost, as `SessionClosed` says.
                    let _ = tokio::time::timeout(self.drain, writing).await;
                    end
                }
                Err(_) => SessionEnd::LineCut,
            },
        }
    }
}

/// What both directions share.
struct Line<'a> {
    id: SessionId,
    reports: &'a mpsc::Sender<Report>,
    stall: Duration,
}

impl Line<'_> {
    /// Reads until the stream ends. Each frame takes its bytes from the session's credit before its body is read, and gives them back when
    /// the application drops it: an application that lags holds the sender back, and memory stays where it is.
    async fn read(&self, mut reader: impl AsyncRead + Unpin) -> SessionEnd {
        let credit = Arc::new(Semaphore::new(SESSION_INBOUND_BYTES));
        loop {
            let len = match read_length(&mut reader, SESSION_FRAME_BYTES, self.stall).await {
                Ok(len) => len,
                Err(error) => return end_of(error),
            };
            let Ok(cost) = u32::try_from(len + SESSION_FRAME_OVERHEAD_BYTES) else { return SessionEnd::Malformed };
            let Ok(credit) = Arc::clone(&credit).acquire_many_owned(cost).await else { return SessionEnd::LineCut };
            let bytes = match read_body(&mut reader, len, self.stall).await {
                Ok(bytes) => bytes,
                Err(error) => return end_of(error),
            };
            let message = SessionBytes { bytes, credit };
            if self.reports.send(Report::SessionMessage { session: self.id, message }).await.is_err() {
                return SessionEnd::LineCut;
            }
        }
    }

    /// Writes what is queued, and says so each time nothing is left.
    async fn write(&self, mut writer: impl AsyncWrite + Unpin, queue: &Outbound) -> SessionEnd {
        let mut wrote = false;
        loop {
            match queue.next() {
                Next::Frame(frame) => {
                    if let Err(error) = write_frame(&mut writer, &frame, self.stall).await {
                        return end_of(error);
                    }
                    queue.written(&frame);
                    wrote = true;
                }
                Next::Empty if wrote => {
                    if let Err(error) = in_time(self.stall, writer.flush()).await {
                        return end_of(error);
                    }
                    wrote = false;
                    if queue.is_empty() && self.reports.send(Report::SessionDrained { session: self.id }).await.is_err() {
                        return SessionEnd::LineCut;
                    }
                }
                Next::Empty => queue.changed().await,
                Next::Finished => {
                    return match in_time(self.stall, writer.close()).await {
                        Ok(()) => SessionEnd::ClosedThere,
                        Err(error) => end_of(error),
                    };
                }
            }
        }
    }
}

/// What the end of a stream means for the session on it.
fn end_of(error: FrameError) -> SessionEnd {
    match error {
        FrameError::Ended => SessionEnd::ClosedThere,
        FrameError::Oversize { announced } => SessionEnd::Oversize { announced },
        FrameError::Malformed => SessionEnd::Malformed,
        FrameError::Stalled => SessionEnd::Stalled,
        FrameError::Io(error) => SessionEnd::Broken(error.to_string().into()),
    }
}
