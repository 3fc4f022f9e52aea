//! One session stream: a task that reads frames as fast as the application drops them, and writes what is queued.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, io::BufReader};
use libp2p::PeerId;
use tokio::{
    sync::{Semaphore, mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    event::{Admission, SessionBytes, SessionEnd, SessionId},
    framing::{FrameError, in_time, read_body, read_length, write_frame},
    limits::{SESSION_FRAME_BYTES, SESSION_FRAME_OVERHEAD_BYTES, SESSION_INBOUND_BYTES, STRANGER_SILENCE},
    outbound::{Next, Outbound, Outbounds},
    swarm::Report,
    traffic::Meter,
};

/// What a session task is given besides its stream.
pub(crate) struct SessionTask {
    pub(crate) id: SessionId,
    /// This node, for the log: where several run in one program, or their logs are laid side by side.
    pub(crate) local: PeerId,
    pub(crate) admission: Admission,
    /// The peer's session before this one: its last event comes before our first.
    pub(crate) after: Option<JoinHandle<()>>,
    pub(crate) stop: oneshot::Receiver<Stop>,
    pub(crate) reports: mpsc::Sender<Report>,
    pub(crate) outbounds: Outbounds,
    pub(crate) meter: Meter,
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
        if self.admission == Admission::Stranger {
            self.meter.forget(&self.id.peer);
        }
        // Without a receiver the service has stopped, and nobody asks.
        let _ = self.reports.send(Report::SessionClosed { session: self.id, end }).await;
    }

    async fn exchange(&mut self, stream: impl AsyncRead + AsyncWrite + Unpin, queue: &Outbound) -> SessionEnd {
        let (read, write) = stream.split();
        let line = Line { id: self.id, local: self.local, reports: &self.reports, meter: &self.meter, stall: self.stall, admission: self.admission };
        let mut reading = pin!(line.read(BufReader::new(read)));
        let mut writing = pin!(line.write(write, queue));
        let end = tokio::select! {
            end = &mut reading => end,
            end = &mut writing => end,
            stop = &mut self.stop => return match stop {
                Ok(Stop { end, queued: QueuedFrames::Drop }) => end,
                Ok(Stop { end, queued: QueuedFrames::Send }) => {
                    queue.finish();
                    let drained = async {
                        writing.await;
                        // The connection may close right after this, and with it goes what the other side has not read. It ends its part of
                        // the stream when it has read ours.
                        reading.await
                    };
                    // Time over: the rest is lost, as `SessionClosed` says.
                    let _ = tokio::time::timeout(self.drain, drained).await;
                    end
                }
                Err(_) => SessionEnd::LineCut,
            },
        };
        // Who stops a session may close its connection in the same breath; the reason given counts, not the broken stream.
        self.stop.try_recv().map_or(end, |stop| stop.end)
    }
}

/// What both directions share.
struct Line<'a> {
    id: SessionId,
    local: PeerId,
    reports: &'a mpsc::Sender<Report>,
    meter: &'a Meter,
    stall: Duration,
    admission: Admission,
}

impl Line<'_> {
    /// Reads until the stream ends. Each frame takes its bytes from the session's credit before its body is read, and gives them back when
    /// the application drops it: an application that lags holds the sender back, and memory stays where it is.
    async fn read(&self, mut reader: impl AsyncRead + Unpin) -> SessionEnd {
        let credit = Arc::new(Semaphore::new(SESSION_INBOUND_BYTES));
        loop {
            let len = match self.next_length(&mut reader).await {
                Ok(len) => len,
                Err(error) => return end_of(error),
            };
            let Ok(cost) = u32::try_from(len + SESSION_FRAME_OVERHEAD_BYTES) else { return SessionEnd::Malformed };
            let Ok(credit) = Arc::clone(&credit).acquire_many_owned(cost).await else { return SessionEnd::LineCut };
            let bytes = match read_body(&mut reader, len, self.stall).await {
                Ok(bytes) => bytes,
                Err(error) => return end_of(error),
            };
            self.meter.received(self.id.peer, len);
            tracing::trace!(node = %self.local, session = %self.id, bytes = len, kind = bytes.first(), "came");
            let message = SessionBytes { bytes, credit };
            if self.reports.send(Report::SessionMessage { session: self.id, message }).await.is_err() {
                return SessionEnd::LineCut;
            }
        }
    }

    /// A stranger that says nothing keeps a place from others who want in; a member may be silent for hours.
    async fn next_length(&self, reader: &mut (impl AsyncRead + Unpin)) -> Result<usize, FrameError> {
        let next = read_length(reader, SESSION_FRAME_BYTES, self.stall);
        match self.admission {
            Admission::Member => next.await,
            Admission::Stranger => tokio::time::timeout(STRANGER_SILENCE, next).await.unwrap_or(Err(FrameError::Stalled)),
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
                    self.meter.sent(self.id.peer, frame.len());
                    tracing::trace!(node = %self.local, session = %self.id, bytes = frame.len(), kind = frame.first(), "sent");
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
    use tokio_util::compat::TokioAsyncReadCompatExt;

    use super::*;

    struct Far {
        stream: DuplexStream,
        reports: mpsc::Receiver<Report>,
        stop: oneshot::Sender<Stop>,
        outbounds: Outbounds,
        id: SessionId,
    }

    /// A session over a pipe of 64 KiB; `Far` is the other side and the service.
    async fn session() -> Far {
        let (near, stream) = tokio::io::duplex(65_536);
        let (reports_in, mut reports) = mpsc::channel(4);
        let (stop, stopped) = oneshot::channel();
        let (id, outbounds) = (SessionId { peer: PeerId::random(), number: 1 }, Outbounds::default());
        let task = SessionTask {
            id,
            local: PeerId::random(),
            admission: Admission::Member,
            after: None,
            stop: stopped,
            reports: reports_in,
            outbounds: outbounds.clone(),
            meter: Meter::default(),
            stall: Duration::from_secs(120),
            drain: Duration::from_secs(3),
        };
        tokio::spawn(task.run(near.compat()));
        assert!(matches!(reports.recv().await, Some(Report::SessionOpened { .. })));
        Far { stream, reports, stop, outbounds, id }
    }

    async fn end(far: &mut Far) -> SessionEnd {
        match far.reports.recv().await {
            Some(Report::SessionClosed { end, .. }) => end,
            other => unreachable!("not the end: {other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_oversize_frame_ends_the_session_before_a_byte_of_it_is_read() {
        let mut far = session().await;
        far.stream.write_all(&[0xff, 0xff, 0xff, 0xff, 0x0f]).await.expect("the pipe has room");
        assert_eq!(end(&mut far).await, SessionEnd::Oversize { announced: u64::from(u32::MAX) });
        assert_eq!(far.outbounds.send(far.id, vec![1]), Err(super::super::command::SendError::NoSession));
    }

    #[tokio::test(start_paused = true)]
    async fn a_frame_that_never_comes_whole_ends_the_session() {
        let mut far = session().await;
        far.stream.write_all(&[100, 1, 2, 3]).await.expect("the pipe has room");
        assert_eq!(end(&mut far).await, SessionEnd::Stalled);
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_session_stays() {
        let mut far = session().await;
        tokio::time::advance(Duration::from_secs(100_000)).await;
        far.stream.write_all(&[1, 42]).await.expect("the pipe has room");
        assert!(matches!(far.reports.recv().await, Some(Report::SessionMessage { message, .. }) if *message == [42]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_side_that_reads_nothing_is_given_up_and_one_that_reads_slowly_is_not() {
        let mut far = session().await;
        far.outbounds.send(far.id, vec![7; 200_000]).expect("room");
        // 1 KiB a minute: slow, but it moves. The length takes three bytes.
        let mut got = vec![0; 1_024];
        for _ in 0..20 {
            tokio::time::advance(Duration::from_secs(60)).await;
            far.stream.read_exact(&mut got).await.expect("the session lives");
        }
        assert_eq!(end(&mut far).await, SessionEnd::Stalled, "nobody reads any more");
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_closed_in_peace_lasts_until_the_other_side_has_read_it_all() {
        for reads in [true, false] {
            let mut far = session().await;
            far.outbounds.send(far.id, vec![7; 60_000]).expect("room");
            let stop = Stop { end: SessionEnd::LineCut, queued: QueuedFrames::Send };
            far.stop.send(stop).expect("it runs");
            // The frame fits into the pipe; that it has left this side does not mean that it has come.
            let early = tokio::time::timeout(Duration::from_secs(2), far.reports.recv()).await;
            assert!(early.is_err() || matches!(early, Ok(Some(Report::SessionDrained { .. }))), "{early:?}");
            if reads {
                let mut got = Vec::new();
                far.stream.read_to_end(&mut got).await.expect("it ends in order");
                assert_eq!(got.len(), 60_003);
            }
            let closed = tokio::time::Instant::now();
            let stays = if reads {
                drop(far.stream);
                None
            } else {
                Some(far.stream)
            };
            while !matches!(far.reports.recv().await, Some(Report::SessionClosed { end: SessionEnd::LineCut, .. })) {}
            assert_eq!(closed.elapsed().is_zero(), reads, "at once when the other side closes, else when its time is over");
            drop(stays);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn frames_that_the_application_holds_keep_the_next_ones_out() {
        let mut far = session().await;
        let full = SESSION_INBOUND_BYTES / 2;
        let mut frame = vec![0x80 | (full & 0x7f) as u8, 0x80 | (full >> 7 & 0x7f) as u8, (full >> 14) as u8];
        frame.resize(3 + full, 9);
        let (mut near, mut held) = (Vec::new(), Vec::new());
        std::mem::swap(&mut near, &mut frame);
        let (mut reader, mut writer) = tokio::io::split(far.stream);
        let sending = tokio::spawn(async move {
            for _ in 0..2 {
                writer.write_all(&near).await.expect("the session lives");
            }
            writer
        });
        let Some(Report::SessionMessage { message, .. }) = far.reports.recv().await else { unreachable!("the first fits") };
        held.push(message);
        // Time passes, and the second does not come while the first is held.
        let second = tokio::time::timeout(Duration::from_secs(60), far.reports.recv()).await;
        assert!(second.is_err(), "{second:?}");
        held.clear();
        assert!(matches!(far.reports.recv().await, Some(Report::SessionMessage { .. })), "it comes once there is room");
        drop((sending.await.expect("sent"), far.stop));
        let mut rest = Vec::new();
        let _ = reader.read_to_end(&mut rest).await;
        assert!(rest.is_empty(), "nothing was sent from here");
    }
}
