//! Peers that broke the protocol: how often of late, and how long no session is had with them. Pure: time and chance come as arguments.
//!
//! What looks like malice may be another version, or a word that somebody else had twisted: so a session begins anew after a while, each
//! time after twice as long. Who goes on is refused nearly always, and to connect anew clears nothing.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use libp2p::PeerId;

use super::{
    config::Timing,
    dial::{Roll, backoff},
    limits::{FAULTS_COUNTED, FAULTY_PEERS},
};

#[derive(Debug)]
pub(crate) struct Faults {
    first: Duration,
    cap: Duration,
    lessen: Duration,
    peers: BTreeMap<PeerId, Record>,
}

#[derive(Debug)]
struct Record {
    count: u32,
    refused_until: Instant,
    lessens_at: Instant,
}

impl Faults {
    pub(crate) fn new(timing: &Timing) -> Self {
        Self { first: timing.fault_first, cap: timing.fault_cap, lessen: timing.fault_lessens, peers: BTreeMap::new() }
    }

    /// Notes a fault. What comes while the peer is refused counts as one with the fault before: a burst is no habit.
    pub(crate) fn note(&mut self, peer: PeerId, now: Instant, roll: Roll) {
        let before = self.peers.get(&peer);
        if before.is_some_and(|record| record.refused_until > now) {
            return;
        }
        let count = before.map_or(0, |record| record.count).saturating_add(1).min(FAULTS_COUNTED);
        if before.is_none() && self.peers.len() >= FAULTY_PEERS {
            let least = self.peers.iter().min_by_key(|(_, record)| (record.count, record.lessens_at)).map(|(peer, _)| *peer);
            least.map(|least| self.peers.remove(&least));
        }
        let refused_until = now + backoff(self.first, self.cap, count, roll);
        // To be refused is no good conduct yet.
        self.peers.insert(peer, Record { count, refused_until, lessens_at: refused_until + self.lessen });
    }

    /// Until when no session is had with a peer, where that is still to come.
    pub(crate) fn refused_until(&self, peer: &PeerId, now: Instant) -> Option<Instant> {
        self.peers.get(peer).map(|record| record.refused_until).filter(|until| *until > now)
    }

    /// How many faults count against a peer now.
    pub(crate) fn count(&self, peer: &PeerId) -> u32 {
        self.peers.get(peer).map_or(0, |record| record.count)
    }

    /// Takes a fault from everybody who has kept the rules for long enough, and says from whom.
    pub(crate) fn lessen(&mut self, now: Instant) -> Vec<PeerId> {
        let mut lessened = Vec::new();
        let lessen = self.lessen;
        self.peers.retain(|peer, record| {
            if record.lessens_at <= now {
                record.count -= 1;
                record.lessens_at = now + lessen;
                lessened.push(*peer);
            }
            record.count > 0
        });
        lessened
    }

    /// When somebody is due next to have a fault taken away.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.peers.values().map(|record| record.lessens_at).min()
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::LineCost;
    use super::*;

    const NO_JITTER: Roll = 0.0;

    #[test]
    fn each_fault_costs_twice_as_long_and_a_burst_is_one() {
        let (mut faults, peer, mut now) = (Faults::new(&Timing::of(LineCost::Free)), PeerId::random(), Instant::now());
        let mut waits = Vec::new();
        for _ in 0..12 {
            for _ in 0..5 {
                faults.note(peer, now, NO_JITTER);
            }
            let until = faults.refused_until(&peer, now).expect("refused for now");
            waits.push((until - now).as_secs());
            now = until;
            assert_eq!(faults.refused_until(&peer, now), None, "and not for ever");
        }
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
        assert_eq!(faults.refused_until(&PeerId::random(), now), None, "nobody else is");
    }

    #[test]
    fn faults_are_forgotten_one_by_one_by_those_who_keep_the_rules() {
        let (mut faults, peer, now) = (Faults::new(&Timing::of(LineCost::Free)), PeerId::random(), Instant::now());
        faults.note(peer, now, NO_JITTER);
        faults.note(peer, now + Duration::from_secs(60), NO_JITTER);
        for left in [1, 0] {
            let due = faults.next_due().expect("something is left to forget");
            assert!(faults.lessen(due - Duration::from_secs(1)).is_empty());
            assert_eq!(faults.lessen(due), [peer]);
            assert_eq!(faults.count(&peer), left);
        }
        assert_eq!(faults.next_due(), None);
    }

    #[test]
    fn many_strangers_faults_do_not_push_out_who_went_on() {
        let (mut faults, hostile, mut now) = (Faults::new(&Timing::of(LineCost::Free)), PeerId::random(), Instant::now());
        for _ in 0..3 {
            faults.note(hostile, now, NO_JITTER);
            now += Duration::from_secs(3_600);
        }
        (0..2 * FAULTY_PEERS).for_each(|_| faults.note(PeerId::random(), now, NO_JITTER));
        assert_eq!((faults.peers.len(), faults.count(&hostile)), (FAULTY_PEERS, 3));
    }
}
