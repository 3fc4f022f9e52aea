//! Which connections a peer has, and which one session on them. Pure: time and chance come as arguments, orders go out.
//!
//! - The node with the lower id opens the session, at once. The other waits its patience, and then opens it itself: the first may not know
//!   yet that this peer is a member.
//! - Where streams cross, the one opened by the lower id stays. The lower id yields only when its own is old or the stream came on a newer
//!   connection: then the other side has lost the old one (it restarted, and nothing told us yet).
//! - Who opened the session closes the other connections of that peer, after a grace, unless their road is better; and moves the session to
//!   a better road when one comes up.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use libp2p::{PeerId, swarm::ConnectionId};

use super::{
    config::Timing,
    dial::{Roll, backoff},
    event::{Admission, CloseReason, Road, SessionEnd, SessionId},
    faults::Faults,
    limits::STRANGER_SESSIONS,
    session::{QueuedFrames, Stop},
};

/// What the owner of the streams has to do.
#[derive(Debug)]
pub(crate) enum Order {
    Open {
        peer: PeerId,
        connection: ConnectionId,
    },
    Stop {
        session: SessionId,
        stop: Stop,
    },
    CloseConnection {
        connection: ConnectionId,
    },
    /// A fault of the peer's is forgotten: its standing is another.
    Judge {
        peer: PeerId,
    },
}

/// What a new or lost connection means for the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Connected(Road),
    Road(Road),
    Disconnected,
    Nothing,
}

/// What to do with a stream that came up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Run the session on it; whatever session the peer had before is to end first.
    Run {
        session: SessionId,
        admission: Admission,
    },
    Drop,
}

#[derive(Debug)]
pub(crate) struct Contacts {
    local: PeerId,
    patience: Duration,
    reopen: Duration,
    reopen_cap: Duration,
    steady: Duration,
    grace: Duration,
    members: BTreeSet<PeerId>,
    peers: BTreeMap<PeerId, Contact>,
    /// Also of peers that are away.
    faults: Faults,
    sessions: u64,
}

#[derive(Debug)]
struct Contact {
    connections: Vec<Connection>,
    session: Session,
    /// Sessions that ended early, in a row.
    failures: u32,
    open_at: Option<Instant>,
    trim_at: Option<Instant>,
    stance: Stance,
}

/// What the application said of sessions with this peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stance {
    Welcome,
    /// Accepted, but not opened from here.
    Done,
    Refused,
}

#[derive(Clone, Copy, Debug)]
struct Connection {
    id: ConnectionId,
    road: Road,
    since: Instant,
    /// Streams that could not be opened on it.
    failures: u32,
}

#[derive(Clone, Copy, Debug)]
enum Session {
    None,
    Opening {
        connection: ConnectionId,
    },
    Live {
        number: u64,
        connection: ConnectionId,
        opener: Opener,
        since: Instant,
    },
    /// Told to stop; its end has not been reported yet.
    Ending {
        number: u64,
        since: Instant,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opener {
    Here,
    There,
}

impl Contacts {
    pub(crate) fn new(local: PeerId, timing: &Timing) -> Self {
        Self {
            local,
            patience: timing.session_patience,
            reopen: timing.session_reopen,
            reopen_cap: timing.redial_cap,
            steady: timing.redial_steady,
            // A peer that lost its session without our knowing opens one on its new connection after its patience. That connection must not
            // be taken for a duplicate before.
            grace: timing.duplicate_grace.max(timing.session_patience * 3),
            members: BTreeSet::new(),
            peers: BTreeMap::new(),
            faults: Faults::new(timing),
            sessions: 0,
        }
    }

    pub(crate) fn is_member(&self, peer: &PeerId) -> bool {
        self.members.contains(peer)
    }

    pub(crate) fn members(&self) -> &BTreeSet<PeerId> {
        &self.members
    }

    /// The faults that count against a peer now.
    pub(crate) fn faults_of(&self, peer: &PeerId) -> u32 {
        self.faults.count(peer)
    }

    /// For how long sessions with a peer are refused yet.
    pub(crate) fn refused_for(&self, peer: &PeerId, now: Instant) -> Option<Duration> {
        self.faults.refused_until(peer, now).map(|until| until.saturating_duration_since(now))
    }

    /// The peer broke the protocol, on whatever road. A session that goes on is not ended by this.
    pub(crate) fn blame(&mut self, peer: PeerId, now: Instant, roll: Roll) {
        self.faults.note(peer, now, roll);
    }

    /// The connection to use for a peer now: the session's, or else the best.
    pub(crate) fn best_connection(&self, peer: &PeerId) -> Option<ConnectionId> {
        let contact = self.peers.get(peer)?;
        match contact.session {
            Session::Live { connection, .. } if contact.connection(connection).is_some() => Some(connection),
            _ => contact.best().map(|connection| connection.id),
        }
    }

    /// The road of a connection.
    pub(crate) fn road(&self, peer: &PeerId, connection: ConnectionId) -> Option<Road> {
        self.peers.get(peer)?.connection(connection).map(|connection| connection.road)
    }

    /// The best road to a peer now.
    pub(crate) fn best_road(&self, peer: &PeerId) -> Option<Road> {
        self.peers.get(peer)?.best().map(|connection| connection.road)
    }

    pub(crate) fn connected(&mut self, peer: PeerId, id: ConnectionId, road: Road, now: Instant, orders: &mut Vec<Order>) -> Change {
        let (local, patience, grace, member) = (self.local, self.patience, self.grace, self.is_member(&peer));
        let contact = self.peers.entry(peer).or_insert_with(Contact::new);
        let before = contact.best().map(|connection| connection.road);
        contact.connections.push(Connection { id, road, since: now, failures: 0 });
        if before.is_none() {
            contact.stance = Stance::Welcome;
        }
        match contact.session {
            Session::None if member => contact.wish(now + if local < peer { Duration::ZERO } else { patience }),
            Session::Live { opener: Opener::Here, .. } => {
                contact.trim_at = Some(now + grace);
                contact.take_the_better_road(peer, now, orders);
            }
            _ => {}
        }
        match before {
            None => Change::Connected(road),
            Some(before) if road.is_better_than(before) => Change::Road(road),
            Some(_) => Change::Nothing,
        }
    }

    pub(crate) fn closed(&mut self, peer: PeerId, id: ConnectionId, now: Instant, orders: &mut Vec<Order>) -> Change {
        let Some(contact) = self.peers.get_mut(&peer) else { return Change::Nothing };
        let before = contact.best().map(|connection| connection.road);
        contact.connections.retain(|connection| connection.id != id);
        match contact.session {
            Session::Live { number, connection, since, .. } if connection == id => {
                contact.session = Session::Ending { number, since };
                orders.push(stop(peer, number, SessionEnd::Broken("the connection closed".into())));
            }
            Session::Opening { connection } if connection == id => {
                contact.session = Session::None;
                contact.wish(now);
            }
            _ => {}
        }
        let after = contact.best().map(|connection| connection.road);
        if after.is_none() {
            contact.open_at = None;
            contact.trim_at = None;
            if matches!(contact.session, Session::None) {
                self.peers.remove(&peer);
            }
        }
        match (before, after) {
            (Some(_), None) => Change::Disconnected,
            (Some(before), Some(after)) if before != after => Change::Road(after),
            _ => Change::Nothing,
        }
    }

    /// A stream that was ordered is up.
    pub(crate) fn opened(&mut self, peer: PeerId, id: ConnectionId, now: Instant) -> Verdict {
        match self.peers.get(&peer).map(|contact| contact.session) {
            Some(Session::Opening { connection }) if connection == id => self.run(peer, id, Opener::Here, now),
            // The other side's came first, or nobody wants it any more.
            _ => Verdict::Drop,
        }
    }

    /// A stream that was ordered did not come up.
    pub(crate) fn not_opened(&mut self, peer: PeerId, id: ConnectionId, now: Instant, roll: Roll) {
        let Some(contact) = self.peers.get_mut(&peer) else { return };
        if let Some(connection) = contact.connections.iter_mut().find(|connection| connection.id == id) {
            connection.failures += 1;
        }
        if matches!(contact.session, Session::Opening { connection } if connection == id) {
            contact.session = Session::None;
            self.wish_again(peer, now, roll);
        }
    }

    /// The peer opened a session stream.
    pub(crate) fn inbound(&mut self, peer: PeerId, id: ConnectionId, now: Instant) -> Verdict {
        let strangers = self.peers.iter().filter(|(peer, contact)| contact.has_session() && !self.members.contains(*peer)).count();
        let (patience, lower, member) = (self.patience, self.local < peer, self.is_member(&peer));
        let Some(contact) = self.peers.get(&peer) else { return Verdict::Drop };
        let Some(came_on) = contact.connection(id) else { return Verdict::Drop };
        if contact.stance == Stance::Refused || self.faults.refused_until(&peer, now).is_some() {
            return Verdict::Drop;
        }
        if !member && !contact.has_session() && strangers >= STRANGER_SESSIONS {
            return Verdict::Drop;
        }
        let ours_stays = lower
            && match contact.session {
                Session::Opening { .. } => true,
                Session::Live { opener: Opener::Here, since, .. } => now.duration_since(since) < patience && came_on.since <= since,
                Session::Live { opener: Opener::There, .. } | Session::Ending { .. } | Session::None => false,
            };
        if ours_stays { Verdict::Drop } else { self.run(peer, id, Opener::There, now) }
    }

    fn run(&mut self, peer: PeerId, connection: ConnectionId, opener: Opener, now: Instant) -> Verdict {
        let admission = if self.is_member(&peer) { Admission::Member } else { Admission::Stranger };
        let grace = self.grace;
        let Some(contact) = self.peers.get_mut(&peer) else { return Verdict::Drop };
        self.sessions += 1;
        let number = self.sessions;
        contact.session = Session::Live { number, connection, opener, since: now };
        contact.open_at = None;
        contact.trim_at = (opener == Opener::Here && contact.connections.len() > 1).then_some(now + grace);
        Verdict::Run { session: SessionId { peer, number }, admission }
    }

    /// A session ended, for whatever reason.
    pub(crate) fn ended(&mut self, session: SessionId, now: Instant, roll: Roll) {
        let steady = self.steady;
        let Some(contact) = self.peers.get_mut(&session.peer) else { return };
        let since = match contact.session {
            Session::Live { number, since, .. } | Session::Ending { number, since } if number == session.number => since,
            _ => return,
        };
        contact.session = Session::None;
        if contact.connections.is_empty() {
            self.peers.remove(&session.peer);
            return;
        }
        if now.duration_since(since) >= steady {
            contact.failures = 0;
        }
        // A wish that stands already (a better road, a restart) comes first.
        if contact.open_at.is_none() {
            self.wish_again(session.peer, now, roll);
        }
    }

    fn wish_again(&mut self, peer: PeerId, now: Instant, roll: Roll) {
        let (local, patience, reopen, cap) = (self.local, self.patience, self.reopen, self.reopen_cap);
        let member = self.is_member(&peer);
        let Some(contact) = self.peers.get_mut(&peer) else { return };
        contact.failures = contact.failures.saturating_add(1);
        if member && !contact.connections.is_empty() {
            let wait = backoff(reopen, cap, contact.failures, roll);
            contact.wish(now + wait + if local < peer { Duration::ZERO } else { patience });
        }
    }

    /// The application ends a session.
    pub(crate) fn close(&mut self, session: SessionId, reason: CloseReason, now: Instant, roll: Roll, orders: &mut Vec<Order>) {
        if reason == CloseReason::Violation {
            self.faults.note(session.peer, now, roll);
        }
        let member = self.is_member(&session.peer);
        let Some(contact) = self.peers.get_mut(&session.peer) else { return };
        let Session::Live { number, since, .. } = contact.session else { return };
        if number != session.number {
            return;
        }
        contact.session = Session::Ending { number, since };
        let queued = match reason {
            CloseReason::Done => {
                contact.stance = Stance::Done;
                QueuedFrames::Send
            }
            CloseReason::Restart => {
                contact.wish(now);
                QueuedFrames::Drop
            }
            CloseReason::Refused => {
                contact.stance = Stance::Refused;
                QueuedFrames::Drop
            }
            CloseReason::Violation => {
                // Not before its time: `tick` looks.
                if member {
                    contact.wish(now);
                }
                QueuedFrames::Drop
            }
        };
        orders.push(Order::Stop { session, stop: Stop { end: SessionEnd::ClosedHere(reason), queued } });
    }

    /// Replaces the members: the new ones are welcome, and who left loses its session.
    pub(crate) fn set_members(&mut self, members: BTreeSet<PeerId>, now: Instant, orders: &mut Vec<Order>) {
        let (local, patience) = (self.local, self.patience);
        for (&peer, contact) in &mut self.peers {
            match (self.members.contains(&peer), members.contains(&peer)) {
                (false, true) => {
                    contact.stance = Stance::Welcome;
                    contact.failures = 0;
                    if matches!(contact.session, Session::None) && !contact.connections.is_empty() {
                        contact.wish(now + if local < peer { Duration::ZERO } else { patience });
                    }
                }
                (true, false) => {
                    contact.open_at = None;
                    match contact.session {
                        Session::Live { number, since, .. } => {
                            contact.session = Session::Ending { number, since };
                            orders.push(stop(peer, number, SessionEnd::NotAdmitted));
                        }
                        Session::Opening { .. } => contact.session = Session::None,
                        Session::Ending { .. } | Session::None => {}
                    }
                }
                (true, true) | (false, false) => {}
            }
        }
        self.members = members;
    }

    /// All sessions end: the line is cut, or the service stops.
    pub(crate) fn end_all(&mut self, queued: QueuedFrames, orders: &mut Vec<Order>) {
        for (&peer, contact) in &mut self.peers {
            contact.open_at = None;
            if let Session::Live { number, since, .. } = contact.session {
                contact.session = Session::Ending { number, since };
                let stop = Stop { end: SessionEnd::LineCut, queued };
                orders.push(Order::Stop { session: SessionId { peer, number }, stop });
            }
        }
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, now: Instant, orders: &mut Vec<Order>) {
        orders.extend(self.faults.lessen(now).into_iter().map(|peer| Order::Judge { peer }));
        for (&peer, contact) in &mut self.peers {
            contact.take_the_better_road(peer, now, orders);
            if contact.open_at.is_some_and(|at| at <= now) && matches!(contact.session, Session::None) {
                contact.open_at = self.faults.refused_until(&peer, now);
                if contact.open_at.is_none()
                    && let Some(connection) = contact.best().map(|connection| connection.id)
                {
                    contact.session = Session::Opening { connection };
                    orders.push(Order::Open { peer, connection });
                }
            }
            if contact.trim_at.is_some_and(|at| at <= now) {
                contact.trim_at = None;
                contact.trim(orders);
            }
        }
    }

    /// When something is due next.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        let due = |contact: &Contact| {
            // While a session is ending, opening waits for its end and not for a time.
            let open_at = contact.open_at.filter(|_| matches!(contact.session, Session::None));
            [open_at, contact.trim_at].into_iter().flatten().min()
        };
        self.peers.values().filter_map(due).chain(self.faults.next_due()).min()
    }
}

impl Contact {
    fn new() -> Self {
        Self { connections: Vec::new(), session: Session::None, failures: 0, open_at: None, trim_at: None, stance: Stance::Welcome }
    }

    fn connection(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.id == id)
    }

    /// The best road; on it, the connection that failed least; of those, the newest: an older one may be dead without our knowing.
    fn best(&self) -> Option<&Connection> {
        self.connections.iter().rev().min_by_key(|connection| (connection.road.rank(), connection.failures))
    }

    /// A better road that came up while the session was being opened: nothing else would move it any more.
    fn take_the_better_road(&mut self, peer: PeerId, now: Instant, orders: &mut Vec<Order>) {
        let Session::Live { number, connection, opener: Opener::Here, since } = self.session else { return };
        let (Some(current), Some(best)) = (self.connection(connection), self.best()) else { return };
        if best.road.is_better_than(current.road) {
            self.session = Session::Ending { number, since };
            self.wish(now);
            orders.push(stop(peer, number, SessionEnd::Replaced));
        }
    }

    fn has_session(&self) -> bool {
        matches!(self.session, Session::Live { .. } | Session::Ending { .. })
    }

    fn wish(&mut self, at: Instant) {
        if self.stance == Stance::Welcome {
            self.open_at = Some(self.open_at.map_or(at, |earlier| earlier.min(at)));
        }
    }

    fn trim(&self, orders: &mut Vec<Order>) {
        let Session::Live { connection, opener: Opener::Here, .. } = self.session else { return };
        let Some(kept) = self.connection(connection) else { return };
        let surplus = self.connections.iter().filter(|other| other.id != connection && !other.road.is_better_than(kept.road));
        orders.extend(surplus.map(|other| Order::CloseConnection { connection: other.id }));
    }
}

fn stop(peer: PeerId, number: u64, end: SessionEnd) -> Order {
    Order::Stop { session: SessionId { peer, number }, stop: Stop { end, queued: QueuedFrames::Drop } }
}

#[cfg(test)]
#[path = "contacts_tests.rs"]
mod tests;
