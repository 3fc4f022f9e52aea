//! Through which members this node is reached, where nobody gets in to it. Pure.

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use libp2p::{Multiaddr, PeerId, core::transport::ListenerId, multiaddr::Protocol};

use super::dial::{Roll, backoff};

/// After a first refusal; doubled from there. Whoever relays for nobody seldom changes its mind.
const ASK_AGAIN: Duration = Duration::from_secs(10 * 60);
const ASK_AGAIN_CAP: Duration = Duration::from_secs(6 * 3_600);

/// Whether this node has to be reached through others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Relays,
    /// Others get in by themselves, or all of them are near.
    Nothing,
}

/// A member to which this node has a way that others can go too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) relay: PeerId,
    /// Where it was dialled, and where else it listens at the same place. The first is the one that was dialled.
    pub(crate) at: Vec<Multiaddr>,
}

#[derive(Debug)]
pub(crate) struct Reserving {
    most: usize,
    asked: HashMap<ListenerId, Asked>,
    refusals: BTreeMap<PeerId, Refused>,
}

#[derive(Debug)]
struct Asked {
    relay: PeerId,
    /// Where this node is reached through it.
    told: Vec<Multiaddr>,
    standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Asked,
    Granted,
}

/// Why a place at a relay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The relay said no, or did not answer.
    Refused,
    /// Its connection is gone.
    Gone,
}

#[derive(Debug)]
struct Refused {
    times: u32,
    until: Instant,
}

impl Reserving {
    /// At this many relays at once.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, asked: HashMap::new(), refusals: BTreeMap::new() }
    }

    /// Whether another relay is wanted, if one is needed at all.
    pub(crate) fn has_room(&self) -> bool {
        self.asked.len() < self.most
    }

    /// Whom to ask now.
    pub(crate) fn wanted(&self, need: Need, candidates: Vec<Candidate>, now: Instant) -> Vec<Candidate> {
        let room = if need == Need::Relays { self.most.saturating_sub(self.asked.len()) } else { 0 };
        let may_be_asked = |candidate: &Candidate| {
            !self.asked.values().any(|asked| asked.relay == candidate.relay)
                && self.refusals.get(&candidate.relay).is_none_or(|refused| refused.until <= now)
        };
        candidates.into_iter().filter(may_be_asked).take(room).collect()
    }

    /// When somebody who refused may be asked again.
    pub(crate) fn next_due(&self, now: Instant) -> Option<Instant> {
        self.refusals.values().map(|refused| refused.until).filter(|until| *until > now).min()
    }

    /// A relay was asked.
    pub(crate) fn asked(&mut self, listener: ListenerId, candidate: Candidate) {
        let told = candidate.at.iter().map(|at| through(at, candidate.relay)).collect();
        self.asked.insert(listener, Asked { relay: candidate.relay, told, standing: Standing::Asked });
    }

    /// It has agreed. Says where this node is reached now; nothing where that is known.
    pub(crate) fn granted(&mut self, relay: &PeerId) -> Vec<Multiaddr> {
        self.refusals.remove(relay);
        let mut now_there = Vec::new();
        for asked in self.asked.values_mut().filter(|asked| asked.relay == *relay && asked.standing == Standing::Asked) {
            asked.standing = Standing::Granted;
            now_there.extend(asked.told.iter().cloned());
        }
        now_there
    }

    /// It is over, or was refused. Says where this node is reached no longer.
    pub(crate) fn ended(&mut self, listener: ListenerId, why: End, now: Instant, roll: Roll) -> Option<Vec<Multiaddr>> {
        let asked = self.asked.remove(&listener)?;
        if asked.standing == Standing::Granted {
            return Some(asked.told);
        }
        if why == End::Gone {
            return Some(Vec::new());
        }
        let times = self.refusals.get(&asked.relay).map_or(0, |refused| refused.times).saturating_add(1);
        self.refusals.insert(asked.relay, Refused { times, until: now + backoff(ASK_AGAIN, ASK_AGAIN_CAP, times, roll) });
        Some(Vec::new())
    }

    /// Of those who are no members any more nothing is remembered.
    pub(crate) fn keep_only(&mut self, is_member: impl Fn(&PeerId) -> bool) {
        self.refusals.retain(|peer, _| is_member(peer));
    }

    /// Whether a listener is for a relay.
    pub(crate) fn knows(&self, listener: ListenerId) -> bool {
        self.asked.contains_key(&listener)
    }

    /// Through whom this node is reached.
    pub(crate) fn relays(&self) -> Vec<PeerId> {
        let mut relays: Vec<PeerId> = self.asked.values().filter(|asked| asked.standing == Standing::Granted).map(|asked| asked.relay).collect();
        relays.sort();
        relays
    }
}

/// The way to this node through a relay. Who it is for is added by whoever dials.
pub(crate) fn through(at: &Multiaddr, relay: PeerId) -> Multiaddr {
    at.clone().with(Protocol::P2p(relay)).with(Protocol::P2pCircuit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_JITTER: Roll = 0.0;

    fn candidates(count: usize) -> Vec<Candidate> {
        let at: Multiaddr = "/ip4/95.56.1.1/tcp/1".parse().expect("an address");
        (0..count).map(|_| Candidate { relay: PeerId::random(), at: vec![at.clone()] }).collect()
    }

    #[test]
    fn a_node_that_nobody_gets_in_to_asks_as_many_as_it_needs_and_another_none() {
        let (mut reserving, now, all) = (Reserving::new(2), Instant::now(), candidates(3));
        assert_eq!(reserving.wanted(Need::Nothing, all.clone(), now), []);
        assert_eq!(reserving.wanted(Need::Relays, all.clone(), now), all[..2]);
        let listener = ListenerId::next();
        reserving.asked(listener, all[0].clone());
        assert_eq!(reserving.wanted(Need::Relays, all.clone(), now), all[1..2], "nobody is asked twice");
        let told = reserving.granted(&all[0].relay);
        assert_eq!(told, [through(&all[0].at[0], all[0].relay)]);
        assert_eq!(reserving.granted(&all[0].relay), Vec::<Multiaddr>::new(), "what is known is not told again");
        assert_eq!(reserving.relays(), [all[0].relay]);
        assert_eq!(reserving.ended(listener, End::Gone, now, NO_JITTER), Some(told), "with its connection");
        assert_eq!(reserving.wanted(Need::Relays, all.clone(), now), all[..2], "and it is asked again as soon as there is one");
    }

    #[test]
    fn a_line_that_breaks_while_a_relay_is_asked_is_no_refusal() {
        let (mut reserving, now, all) = (Reserving::new(1), Instant::now(), candidates(1));
        let listener = ListenerId::next();
        reserving.asked(listener, all[0].clone());
        assert!(!reserving.has_room());
        assert_eq!(reserving.ended(listener, End::Gone, now, NO_JITTER), Some(Vec::new()));
        assert_eq!(reserving.wanted(Need::Relays, all.clone(), now), all);
    }

    #[test]
    fn who_refuses_is_asked_ever_more_seldom() {
        let (mut reserving, mut now, all) = (Reserving::new(1), Instant::now(), candidates(1));
        let mut waits = Vec::new();
        for _ in 0..8 {
            let listener = ListenerId::next();
            reserving.asked(listener, all[0].clone());
            assert_eq!(reserving.ended(listener, End::Refused, now, NO_JITTER), Some(Vec::new()));
            assert!(reserving.wanted(Need::Relays, all.clone(), now).is_empty());
            let due = reserving.next_due(now).expect("once more");
            waits.push((due - now).as_secs() / 60);
            now = due;
            assert_eq!(reserving.wanted(Need::Relays, all.clone(), now), all);
        }
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 360, 360]);
        reserving.keep_only(|_| false);
        assert_eq!(reserving.next_due(Instant::now()), None);
    }
}
