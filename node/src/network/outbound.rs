//! Frames waiting to be sent, per session, bounded in bytes.
//!
//! The policy is oldest wins: a frame that was taken is sent in its turn or lost with the session; at the limit the newest is refused and
//! its sender told. Dropping an older one would break the order that a session promises.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use libp2p::PeerId;
use tokio::sync::Notify;

use super::{
    command::{Queued, SendError},
    event::SessionId,
    limits::{SESSION_FRAME_BYTES, SESSION_FRAME_OVERHEAD_BYTES, SESSION_OUTBOUND_BYTES},
};

/// The number of a peer's session, and its queue.
type Queues = HashMap<PeerId, (u64, Arc<Outbound>)>;

/// The queues of all sessions that are up, shared between handles and session tasks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outbounds {
    queues: Arc<Mutex<Queues>>,
}

impl Outbounds {
    pub(crate) fn send(&self, session: SessionId, frame: Vec<u8>) -> Result<Queued, SendError> {
        if frame.len() > SESSION_FRAME_BYTES {
            return Err(SendError::TooLarge { len: frame.len() });
        }
        let queue = match lock(&self.queues).get(&session.peer) {
            Some((number, queue)) if *number == session.number => Arc::clone(queue),
            _ => return Err(SendError::NoSession),
        };
        queue.push(frame)
    }

    pub(crate) fn open(&self, session: SessionId) -> Arc<Outbound> {
        let queue = Arc::new(Outbound::default());
        lock(&self.queues).insert(session.peer, (session.number, Arc::clone(&queue)));
        queue
    }

    pub(crate) fn close(&self, session: SessionId) {
        let mut queues = lock(&self.queues);
        if queues.get(&session.peer).is_some_and(|(number, _)| *number == session.number) {
            queues.remove(&session.peer);
        }
    }
}

/// One session's queue.
#[derive(Debug, Default)]
pub(crate) struct Outbound {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Vec<u8>>,
    waiting_bytes: usize,
    closed: bool,
}

/// What the writer does next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Frame(Vec<u8>),
    /// Nothing waits; more may come.
    Empty,
    /// Nothing waits, and nothing more will come.
    Finished,
}

impl Outbound {
    fn push(&self, frame: Vec<u8>) -> Result<Queued, SendError> {
        let mut state = lock(&self.state);
        if state.closed {
            return Err(SendError::NoSession);
        }
        let cost = cost_of(&frame);
        if state.waiting_bytes + cost > SESSION_OUTBOUND_BYTES {
            return Err(SendError::QueueFull { waiting_bytes: state.waiting_bytes });
        }
        state.waiting_bytes += cost;
        state.frames.push_back(frame);
        let waiting_bytes = state.waiting_bytes;
        drop(state);
        self.changed.notify_one();
        Ok(Queued { waiting_bytes })
    }

    /// Takes no more; what waits still goes out.
    pub(crate) fn finish(&self) {
        lock(&self.state).closed = true;
        self.changed.notify_one();
    }

    pub(crate) fn next(&self) -> Next {
        let mut state = lock(&self.state);
        match state.frames.pop_front() {
            Some(frame) => Next::Frame(frame),
            None if state.closed => Next::Finished,
            None => Next::Empty,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.state).frames.is_empty()
    }

    /// A frame from [`Outbound::next`] was written: its bytes no longer count.
    pub(crate) fn written(&self, frame: &[u8]) {
        let mut state = lock(&self.state);
        state.waiting_bytes = state.waiting_bytes.saturating_sub(cost_of(frame));
    }

    /// Waits until there may be something new.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// Empty frames cost memory too.
fn cost_of(frame: &[u8]) -> usize {
    frame.len() + SESSION_FRAME_OVERHEAD_BYTES
}

/// A panic elsewhere leaves these maps whole: every change to them is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(number: u64) -> SessionId {
        SessionId { peer: PeerId::random(), number }
    }

    #[test]
    fn a_full_queue_refuses_the_newest_and_keeps_the_order_of_the_rest() {
        let outbounds = Outbounds::default();
        let id = session(1);
        let queue = outbounds.open(id);
        let mut taken = 0_u8;
        while outbounds.send(id, vec![taken; SESSION_FRAME_BYTES]).is_ok() {
            taken += 1;
        }
        assert!(taken > 0, "an empty queue takes a full frame");
        assert!(matches!(outbounds.send(id, vec![9; SESSION_FRAME_BYTES]), Err(SendError::QueueFull { .. })));
        for expected in 0..taken {
            let Next::Frame(frame) = queue.next() else { unreachable!("{expected} was taken") };
            assert_eq!(frame[0], expected, "first in, first out");
            queue.written(&frame);
        }
        assert_eq!(queue.next(), Next::Empty);
        assert!(outbounds.send(id, vec![9; SESSION_FRAME_BYTES]).is_ok(), "what was written makes room");
    }

    #[test]
    fn a_reply_to_the_last_session_does_not_go_into_the_next() {
        let outbounds = Outbounds::default();
        let old = session(1);
        outbounds.open(old);
        let new = SessionId { number: 2, ..old };
        outbounds.open(new);
        assert_eq!(outbounds.send(old, vec![1]), Err(SendError::NoSession));
        assert!(outbounds.send(new, vec![1]).is_ok());
        outbounds.close(old);
        assert!(outbounds.send(new, vec![1]).is_ok(), "the end of the old leaves the new alone");
    }

    #[test]
    fn a_finished_queue_gives_what_it_holds_and_takes_no_more() {
        let outbounds = Outbounds::default();
        let id = session(1);
        let queue = outbounds.open(id);
        assert!(outbounds.send(id, vec![1]).is_ok());
        queue.finish();
        assert_eq!(outbounds.send(id, vec![2]), Err(SendError::NoSession));
        assert_eq!(queue.next(), Next::Frame(vec![1]));
        assert_eq!(queue.next(), Next::Finished);
    }
}
