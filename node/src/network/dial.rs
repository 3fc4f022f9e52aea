//! When to dial whom: for ever, at once when there is hope, ever more seldom while there is none. Pure: time and chance come as arguments.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use libp2p::{PeerId, swarm::ConnectionId};

use super::{config::Timing, event::Road, outlook::Attempt};

/// Attempts at one peer under way at once. A second is started when a new address turns up while an earlier attempt still hangs.
const ATTEMPTS_AT_ONCE: usize = 3;

/// Whether a peer has an address on a local network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distance {
    Near,
    Far,
}

/// A number in [0, 1) from the caller's source of chance.
pub(crate) type Roll = f64;

/// The schedule of all peers that are wanted.
#[derive(Debug)]
pub(crate) struct Redial {
    first: Duration,
    cap: Duration,
    cap_near: Duration,
    steady: Duration,
    relayed: Duration,
    cap_relayed: Duration,
    peers: BTreeMap<PeerId, Entry>,
}

#[derive(Debug)]
struct Entry {
    distance: Distance,
    failures: u32,
    /// Attempts since the peer was reached, or there was new hope.
    begun: u32,
    /// When another attempt is to be made beside one that hangs: it was not at all addresses.
    beside: Option<Instant>,
    state: State,
    attempts: Vec<ConnectionId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting {
        due: Instant,
    },
    Dialing,
    Connected {
        since: Instant,
    },
    /// Through a relay alone: its own addresses are dialled from time to time.
    Relayed {
        since: Instant,
        due: Option<Instant>,
        times: u32,
    },
}

/// By what a peer is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Itself,
    Relay,
}

impl From<Road> for Way {
    fn from(road: Road) -> Self {
        match road {
            Road::Lan | Road::Direct => Self::Itself,
            Road::Relay { .. } => Self::Relay,
        }
    }
}

impl Redial {
    pub(crate) fn new(timing: &Timing) -> Self {
        Self {
            first: timing.redial_first,
            cap: timing.redial_cap,
            cap_near: timing.redial_cap_lan,
            steady: timing.redial_steady,
            relayed: timing.redial_relayed,
            cap_relayed: timing.redial_relayed_cap,
            peers: BTreeMap::new(),
        }
    }

    /// Wants a peer. A new one is due at once.
    pub(crate) fn want(&mut self, peer: PeerId, distance: Distance, now: Instant) {
        self.peers.entry(peer).and_modify(|entry| entry.distance = distance).or_insert(Entry {
            distance,
            failures: 0,
            begun: 0,
            beside: None,
            state: State::Waiting { due: now },
            attempts: Vec::new(),
        });
    }

    /// No longer wants a peer.
    pub(crate) fn unwant(&mut self, peer: &PeerId) {
        self.peers.remove(peer);
    }

    /// There is new hope for a peer (an address was learnt): due at once, beside an attempt that still hangs.
    pub(crate) fn wake(&mut self, peer: &PeerId, now: Instant) {
        if let Some(entry) = self.peers.get_mut(peer) {
            entry.wake(now);
        }
    }

    /// There is new hope for all (the line was joined, an interface came up).
    pub(crate) fn wake_all(&mut self, now: Instant) {
        for entry in self.peers.values_mut() {
            entry.wake(now);
        }
    }

    /// Who is to be dialled now.
    pub(crate) fn due(&self, now: Instant) -> Vec<PeerId> {
        let is_due = |entry: &Entry| entry.due().is_some_and(|due| due <= now);
        self.peers.iter().filter(|(_, entry)| is_due(entry)).map(|(peer, _)| *peer).collect()
    }

    /// When somebody is due next.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.peers.values().filter_map(Entry::due).min()
    }

    /// When a peer is dialled next.
    pub(crate) fn attempt(&self, peer: &PeerId, now: Instant) -> Attempt {
        match self.peers.get(peer).map(|entry| entry.state) {
            Some(State::Waiting { due }) => Attempt::In(due.saturating_duration_since(now)),
            Some(State::Dialing) => Attempt::Now,
            Some(State::Connected { .. } | State::Relayed { .. }) | None => Attempt::None,
        }
    }

    /// Whether a peer is reached through a relay alone: then relays are not dialled again.
    pub(crate) fn is_relayed(&self, peer: &PeerId) -> bool {
        self.peers.get(peer).is_some_and(|entry| matches!(entry.state, State::Relayed { .. }))
    }

    /// How many attempts there were since there was new hope.
    pub(crate) fn begun(&self, peer: &PeerId) -> u32 {
        self.peers.get(peer).map_or(0, |entry| entry.begun)
    }

    /// An attempt was started. `beside`: when the next is due though this one should hang.
    pub(crate) fn started(&mut self, peer: &PeerId, attempt: ConnectionId, beside: Option<Instant>) {
        if let Some(entry) = self.peers.get_mut(peer) {
            entry.attempts.push(attempt);
            entry.begun = entry.begun.saturating_add(1);
            entry.beside = beside;
            match &mut entry.state {
                State::Relayed { due, .. } => *due = None,
                state => *state = State::Dialing,
            }
        }
    }

    /// An attempt failed. Attempts that this schedule did not start are no concern of it.
    pub(crate) fn failed(&mut self, peer: &PeerId, attempt: ConnectionId, now: Instant, roll: Roll) {
        let Some(entry) = self.peers.get_mut(peer) else { return };
        let before = entry.attempts.len();
        entry.attempts.retain(|other| *other != attempt);
        let under_way = matches!(entry.state, State::Dialing | State::Relayed { due: None, .. });
        if entry.attempts.len() < before && entry.attempts.is_empty() && under_way {
            self.put_off(peer, now, roll);
        }
    }

    /// Dialling was not even possible (no address, or refused at once): counts as a failed attempt.
    pub(crate) fn put_off(&mut self, peer: &PeerId, now: Instant, roll: Roll) {
        let (first, cap, cap_near) = (self.first, self.cap, self.cap_near);
        let (relayed, cap_relayed) = (self.relayed, self.cap_relayed);
        let Some(entry) = self.peers.get_mut(peer) else { return };
        if let State::Relayed { due, times, .. } = &mut entry.state {
            *times = times.saturating_add(1);
            *due = Some(now + backoff(relayed, cap_relayed, times.saturating_add(1), roll));
            return;
        }
        entry.failures = entry.failures.saturating_add(1);
        let cap = match entry.distance {
            Distance::Near => cap_near,
            Distance::Far => cap,
        };
        entry.state = State::Waiting { due: now + backoff(first, cap, entry.failures, roll) };
    }

    /// A connection is up, whoever dialled; or the best that is left is another one.
    pub(crate) fn connected(&mut self, peer: &PeerId, way: Way, now: Instant) {
        let relayed = self.relayed;
        let Some(entry) = self.peers.get_mut(peer) else { return };
        match (way, entry.state) {
            (Way::Itself, State::Connected { .. }) | (Way::Relay, State::Relayed { .. }) => {}
            (Way::Itself, _) => {
                entry.state = State::Connected { since: now };
                entry.attempts.clear();
                entry.begun = 0;
            }
            (Way::Relay, _) => {
                entry.state = State::Relayed { since: now, due: Some(now + relayed), times: 0 };
                entry.attempts.clear();
                entry.begun = 0;
            }
        }
    }

    /// The last connection is gone: due soon if it was a steady one, else as after another failure.
    pub(crate) fn disconnected(&mut self, peer: &PeerId, now: Instant, roll: Roll) {
        let (first, steady) = (self.first, self.steady);
        let Some(entry) = self.peers.get_mut(peer) else { return };
        let (State::Connected { since } | State::Relayed { since, .. }) = entry.state else { return };
        // Both sides notice at once; the roll keeps them from dialling at once.
        entry.state = State::Waiting { due: now + first.mul_f64(roll) };
        if now.duration_since(since) >= steady {
            entry.failures = 0;
        } else {
            self.put_off(peer, now, roll);
        }
    }
}

impl Entry {
    fn due(&self) -> Option<Instant> {
        match self.state {
            State::Waiting { due } => Some(due),
            State::Relayed { due, .. } => due,
            State::Dialing => self.beside.filter(|_| self.attempts.len() < ATTEMPTS_AT_ONCE),
            State::Connected { .. } => None,
        }
    }

    fn wake(&mut self, now: Instant) {
        match &mut self.state {
            State::Connected { .. } => return,
            State::Relayed { due, times, .. } => {
                if self.attempts.len() < ATTEMPTS_AT_ONCE {
                    (*due, *times) = (Some(now), 0);
                }
                return;
            }
            State::Dialing if self.attempts.len() >= ATTEMPTS_AT_ONCE => return,
            State::Waiting { .. } | State::Dialing => {}
        }
        (self.failures, self.begun) = (0, 0);
        self.state = State::Waiting { due: now };
    }
}

/// `first` doubled for every failure after the first, at most `cap`, of which the roll takes up to half: nodes that lost each other at one
/// moment do not come back in step.
pub(crate) fn backoff(first: Duration, cap: Duration, failures: u32, roll: Roll) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    first.saturating_mul(1 << doublings).min(cap).mul_f64(1.0 - roll.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::super::config::LineCost;
    use super::*;

    const NO_JITTER: Roll = 0.0;

    fn redial() -> (Redial, PeerId, Instant) {
        (Redial::new(&Timing::of(LineCost::Free)), PeerId::random(), Instant::now())
    }

    /// Fails every attempt as soon as it is made, and gives the waits between them.
    fn waits(redial: &mut Redial, peer: PeerId, start: Instant, count: usize, roll: Roll) -> Vec<Duration> {
        let mut now = start;
        (0..count)
            .map(|index| {
                assert_eq!(redial.due(now), vec![peer], "due when it said");
                let attempt = ConnectionId::new_unchecked(index);
                redial.started(&peer, attempt, None);
                redial.failed(&peer, attempt, now, roll);
                let next = redial.next_due().expect("redialled for ever");
                let wait = next - now;
                now = next;
                wait
            })
            .collect()
    }

    #[test]
    fn a_peer_is_dialled_at_once_and_then_at_doubling_waits_up_to_the_cap() {
        let (mut redial, peer, now) = redial();
        redial.want(peer, Distance::Far, now);
        let seconds: Vec<u64> = waits(&mut redial, peer, now, 9, NO_JITTER).iter().map(Duration::as_secs).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn a_peer_on_the_lan_is_tried_more_often() {
        let (mut redial, peer, now) = redial();
        redial.want(peer, Distance::Near, now);
        let seconds: Vec<u64> = waits(&mut redial, peer, now, 6, NO_JITTER).iter().map(Duration::as_secs).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 15, 15]);
    }

    #[test]
    fn jitter_shortens_a_wait_by_at_most_half() {
        let (mut redial, peer, now) = redial();
        redial.want(peer, Distance::Far, now);
        let waits = waits(&mut redial, peer, now, 3, 0.999);
        for (wait, full) in waits.iter().zip([1, 2, 4].map(Duration::from_secs)) {
            assert!(*wait >= full / 2 && *wait < full, "{wait:?} of {full:?}");
        }
    }

    #[test]
    fn success_ends_the_doubling_only_if_it_lasts() {
        let (mut redial, peer, now) = redial();
        redial.want(peer, Distance::Far, now);
        waits(&mut redial, peer, now, 5, NO_JITTER);
        let up = now + Duration::from_secs(60);
        redial.connected(&peer, Way::Itself, up);
        assert_eq!(redial.next_due(), None, "connected: nothing to do");
        redial.disconnected(&peer, up + Duration::from_secs(1), NO_JITTER);
        assert_eq!(redial.next_due(), Some(up + Duration::from_secs(1 + 32)), "a flapping peer goes on backing off");
        redial.connected(&peer, Way::Itself, up);
        let down = up + Duration::from_secs(3_600);
        redial.disconnected(&peer, down, NO_JITTER);
        assert_eq!(redial.next_due(), Some(down), "a steady one is dialled at once");
    }

    #[test]
    fn a_peer_reached_through_a_relay_is_dialled_itself_ever_more_seldom_and_at_once_when_there_is_hope() {
        let (mut redial, peer, mut now) = redial();
        redial.want(peer, Distance::Far, now);
        redial.connected(&peer, Way::Relay, now);
        assert!(redial.is_relayed(&peer) && redial.due(now).is_empty(), "opening both routers comes first");
        let mut waits = Vec::new();
        for number in 0..12 {
            let due = redial.next_due().expect("for ever");
            waits.push((due - now).as_secs());
            now = due;
            redial.started(&peer, ConnectionId::new_unchecked(number), None);
            assert_eq!(redial.next_due(), None, "one attempt is enough");
            redial.failed(&peer, ConnectionId::new_unchecked(number), now, NO_JITTER);
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
        redial.wake(&peer, now);
        assert_eq!(redial.due(now), vec![peer], "it has told another address");
        redial.connected(&peer, Way::Itself, now);
        assert_eq!((redial.next_due(), redial.is_relayed(&peer)), (None, false));
        redial.connected(&peer, Way::Relay, now);
        assert!(redial.is_relayed(&peer), "and back, when only the relay is left");
        redial.disconnected(&peer, now + Duration::from_secs(3_600), NO_JITTER);
        assert!(!redial.is_relayed(&peer) && !redial.due(now + Duration::from_secs(3_601)).is_empty());
    }

    #[test]
    fn joining_the_line_makes_everybody_due_at_once() {
        let (mut redial, peer, now) = redial();
        redial.want(peer, Distance::Far, now);
        waits(&mut redial, peer, now, 8, NO_JITTER);
        assert!(redial.due(now).is_empty());
        redial.wake_all(now);
        assert_eq!(redial.due(now), vec![peer]);
        assert_eq!(redial.begun(&peer), 0);
    }

    #[test]
    fn a_new_address_is_tried_beside_an_attempt_that_hangs() {
        let (mut redial, peer, now) = redial();
        redial.want(peer, Distance::Far, now);
        let (hanging, fresh) = (ConnectionId::new_unchecked(1), ConnectionId::new_unchecked(2));
        redial.started(&peer, hanging, None);
        assert!(redial.due(now).is_empty(), "one attempt is enough");
        redial.wake(&peer, now);
        assert_eq!(redial.due(now), vec![peer], "until there is a new address");
        redial.started(&peer, fresh, None);
        redial.failed(&peer, hanging, now, NO_JITTER);
        assert_eq!(redial.next_due(), None, "the other still runs");
        redial.failed(&peer, fresh, now, NO_JITTER);
        assert_eq!(redial.next_due(), Some(now + Duration::from_secs(1)));
    }

    #[test]
    fn an_attempt_at_some_addresses_that_hangs_does_not_hold_up_the_others() {
        let (mut redial, peer, now) = redial();
        redial.want(peer, Distance::Far, now);
        let (head_start, some, all) = (Duration::from_secs(10), ConnectionId::new_unchecked(1), ConnectionId::new_unchecked(2));
        redial.started(&peer, some, Some(now + head_start));
        assert!(redial.due(now).is_empty());
        assert_eq!((redial.next_due(), redial.begun(&peer)), (Some(now + head_start), 1));
        redial.started(&peer, all, None);
        assert_eq!(redial.next_due(), None);
        redial.failed(&peer, all, now + head_start, NO_JITTER);
        assert_eq!(redial.next_due(), None, "the first still hangs");
        redial.failed(&peer, some, now + head_start, NO_JITTER);
        assert!(redial.next_due().is_some(), "both failed: once more");
    }

    #[test]
    fn hanging_attempts_at_one_peer_are_bounded() {
        let (mut redial, peer, now) = redial();
        redial.want(peer, Distance::Far, now);
        let started = (0..100)
            .take_while(|index| {
                let due = !redial.due(now).is_empty();
                redial.started(&peer, ConnectionId::new_unchecked(*index), None);
                redial.wake(&peer, now);
                due
            })
            .count();
        assert_eq!(started, ATTEMPTS_AT_ONCE);
    }

    #[test]
    fn one_dead_peer_does_not_move_the_time_of_another() {
        let (mut redial, dead, now) = redial();
        redial.want(dead, Distance::Far, now);
        waits(&mut redial, dead, now, 8, NO_JITTER);
        let alive = PeerId::random();
        redial.want(alive, Distance::Far, now);
        assert_eq!(redial.due(now), vec![alive]);
    }

    #[test]
    fn who_is_not_wanted_is_not_dialled() {
        let (mut redial, peer, now) = redial();
        redial.want(peer, Distance::Far, now);
        redial.unwant(&peer);
        assert!(redial.due(now).is_empty());
        redial.disconnected(&peer, now, NO_JITTER);
        redial.wake(&peer, now);
        assert_eq!(redial.next_due(), None);
    }
}
