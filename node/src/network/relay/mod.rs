//! Carrying words for others: who may, how many, how much. Pure, but for the circuits themselves.
//!
//! - `wire`: the words of circuit relay v2. `serve`: one wish of a peer. `circuit`: the carrying. `budget`: what it may cost.
//!
//! Why not the library's relay: it carries for anybody, counts nothing and has one limit for all. Its other half, the client, is the library's.
//!
//! A relay works for the members of its own spaces, whom it knows: only they are reached through it. Whoever reaches them is a member too, or somebody with
//! an invitation, who cannot be one yet: such a circuit is short, small, and one of a few.

mod budget;
mod circuit;
mod serve;
mod wire;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use libp2p::{PeerId, swarm::ConnectionId};

pub(crate) use budget::{Budget, For};
pub(crate) use serve::{Ask, Serving, serve};
pub(crate) use wire::{Limit, Refusal};

use super::limits::{CIRCUITS, CIRCUITS_PER_PEER, MEMBER_CIRCUIT, RESERVATIONS, STRANGER_CIRCUIT, STRANGER_CIRCUITS};

/// Whether this node's people agree to relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayChoice {
    /// For the members of its spaces.
    Members,
    /// For nobody.
    Off,
}

/// What is known and counted here.
#[derive(Debug)]
pub(crate) struct Relaying {
    choice: RelayChoice,
    budget: Budget,
    /// Who is reached through this node, and on which connection: for as long as that stands. Nothing is renewed, so that a reservation costs an idle line
    /// nothing, and no two clocks need agree.
    reservations: BTreeMap<PeerId, ConnectionId>,
    circuits: BTreeMap<u64, Circuit>,
    next: u64,
}

#[derive(Clone, Debug)]
struct Circuit {
    from: PeerId,
    to: PeerId,
    terms: Terms,
}

/// What one circuit may, shared with who carries it: whoever is taken in meanwhile goes on as a member.
#[derive(Clone, Debug)]
pub(crate) struct Terms(Arc<AtomicBool>);

impl Terms {
    pub(crate) fn of(whose: For) -> Self {
        Self(Arc::new(AtomicBool::new(whose == For::Member)))
    }

    /// From now on.
    pub(crate) fn member(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(crate) fn whose(&self) -> For {
        if self.0.load(Ordering::Relaxed) { For::Member } else { For::Stranger }
    }

    pub(crate) fn limit(&self) -> Limit {
        match self.whose() {
            For::Member => MEMBER_CIRCUIT,
            For::Stranger => STRANGER_CIRCUIT,
        }
    }
}

/// A circuit that may be.
#[derive(Clone, Debug)]
pub(crate) struct Granted {
    /// For [`Relaying::ended`].
    pub(crate) number: u64,
    /// On which connection the other one is asked.
    pub(crate) connection: ConnectionId,
    pub(crate) terms: Terms,
}

/// Whether others can reach this node at all. One that stands behind a closed router has nothing to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Openness {
    Open,
    Closed,
}

impl Relaying {
    pub(crate) fn new(choice: RelayChoice, budget: Budget) -> Self {
        Self { choice, budget, reservations: BTreeMap::new(), circuits: BTreeMap::new(), next: 0 }
    }

    pub(crate) fn choice(&self) -> RelayChoice {
        self.choice
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// How many are reached through this node, and how many speak through it now.
    pub(crate) fn busy(&self) -> (usize, usize) {
        (self.reservations.len(), self.circuits.len())
    }

    /// A peer wants to be reached through this node.
    pub(crate) fn reserve(&mut self, peer: PeerId, whose: For, connection: ConnectionId, open: Openness) -> Result<(), Refusal> {
        if self.choice == RelayChoice::Off || open == Openness::Closed || whose == For::Stranger {
            return Err(Refusal::Denied);
        }
        let full = self.reservations.len() >= RESERVATIONS && !self.reservations.contains_key(&peer);
        if full || !self.budget.has_room(whose) {
            return Err(Refusal::Full);
        }
        self.reservations.insert(peer, connection);
        Ok(())
    }

    /// A peer wants to reach another one.
    pub(crate) fn connect(&mut self, from: PeerId, to: PeerId, whose: For) -> Result<Granted, Refusal> {
        if self.choice == RelayChoice::Off {
            return Err(Refusal::Denied);
        }
        let connection = *self.reservations.get(&to).filter(|_| from != to).ok_or(Refusal::NoReservation)?;
        let of = |counts: fn(&Circuit, &PeerId) -> bool, peer: &PeerId| self.circuits.values().filter(|circuit| counts(circuit, peer)).count();
        let of_strangers = self.circuits.values().filter(|circuit| circuit.terms.whose() == For::Stranger).count();
        if self.circuits.len() >= CIRCUITS
            || of(|circuit, peer| circuit.from == *peer, &from) >= CIRCUITS_PER_PEER
            || whose == For::Stranger && of_strangers >= STRANGER_CIRCUITS
            || !self.budget.has_room(whose)
        {
            return Err(Refusal::Full);
        }
        let number = self.next;
        self.next += 1;
        let terms = Terms::of(whose);
        self.circuits.insert(number, Circuit { from, to, terms: terms.clone() });
        Ok(Granted { number, connection, terms })
    }

    /// A circuit has ended, or did not come to be.
    pub(crate) fn ended(&mut self, number: u64) {
        if let Some(Circuit { from, to, .. }) = self.circuits.remove(&number) {
            tracing::debug!(%from, %to, "a circuit has ended");
        }
    }

    /// Whoever was reached over this connection is so no longer.
    pub(crate) fn connection_closed(&mut self, connection: ConnectionId) {
        self.reservations.retain(|_, on| *on != connection);
    }

    /// Who leaves the members is no longer reached through this node; what stands already ends with its limits. Who is new goes on as a member.
    pub(crate) fn keep_only(&mut self, is_member: impl Fn(&PeerId) -> bool) {
        self.reservations.retain(|peer, _| is_member(peer));
        self.circuits.values().filter(|circuit| is_member(&circuit.from)).for_each(|circuit| circuit.terms.member());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relaying(choice: RelayChoice) -> Relaying {
        Relaying::new(choice, Budget::new(1_000_000))
    }

    fn refusal(answer: Result<Granted, Refusal>) -> Option<Refusal> {
        answer.err()
    }

    fn line(number: usize) -> ConnectionId {
        ConnectionId::new_unchecked(number)
    }

    #[test]
    fn members_are_reached_through_an_open_node_that_agrees_and_nobody_else_is() {
        let member = PeerId::random();
        for (choice, whose, open, expected) in [
            (RelayChoice::Members, For::Member, Openness::Open, true),
            (RelayChoice::Members, For::Stranger, Openness::Open, false),
            (RelayChoice::Members, For::Member, Openness::Closed, false),
            (RelayChoice::Off, For::Member, Openness::Open, false),
        ] {
            let mut relaying = relaying(choice);
            assert_eq!(relaying.reserve(member, whose, line(1), open).is_ok(), expected, "{choice:?} {whose:?} {open:?}");
            assert_eq!(relaying.connect(PeerId::random(), member, For::Member).is_ok(), expected);
        }
    }

    #[test]
    fn who_has_not_reserved_is_not_reached_and_a_reservation_ends_with_its_connection_or_its_membership() {
        let mut relaying = relaying(RelayChoice::Members);
        let (one, other) = (PeerId::random(), PeerId::random());
        assert_eq!(refusal(relaying.connect(one, other, For::Member)), Some(Refusal::NoReservation));
        relaying.reserve(other, For::Member, line(1), Openness::Open).expect("a place");
        assert_eq!(relaying.connect(one, other, For::Member).ok().map(|granted| granted.connection), Some(line(1)));
        assert_eq!(refusal(relaying.connect(other, other, For::Member)), Some(Refusal::NoReservation), "nobody needs a relay to reach oneself");
        relaying.connection_closed(line(2));
        assert!(relaying.connect(one, other, For::Member).is_ok(), "another connection's end changes nothing");
        relaying.connection_closed(line(1));
        assert_eq!(refusal(relaying.connect(one, other, For::Member)), Some(Refusal::NoReservation));
        relaying.reserve(other, For::Member, line(3), Openness::Open).expect("a place");
        relaying.keep_only(|peer| *peer != other);
        assert_eq!(refusal(relaying.connect(one, other, For::Member)), Some(Refusal::NoReservation));
    }

    #[test]
    fn strangers_have_few_small_circuits_and_leave_room_for_members() {
        let mut relaying = relaying(RelayChoice::Members);
        let member = PeerId::random();
        relaying.reserve(member, For::Member, line(1), Openness::Open).expect("a place");
        let strangers: Vec<_> = (0..100).map_while(|_| relaying.connect(PeerId::random(), member, For::Stranger).ok()).collect();
        assert_eq!(strangers.len(), STRANGER_CIRCUITS);
        assert!(strangers.iter().all(|circuit| circuit.terms.limit() == STRANGER_CIRCUIT));
        let granted = relaying.connect(PeerId::random(), member, For::Member).expect("a member's");
        assert_eq!(granted.terms.limit(), MEMBER_CIRCUIT);
        relaying.ended(strangers[0].number);
        assert!(relaying.connect(PeerId::random(), member, For::Stranger).is_ok(), "one that ended makes room");
    }

    #[test]
    fn circuits_and_reservations_are_bounded_for_each_and_for_all() {
        let mut relaying = relaying(RelayChoice::Members);
        let peers: Vec<PeerId> = (0..2 * RESERVATIONS).map(|_| PeerId::random()).collect();
        let reserved = peers.iter().filter(|peer| relaying.reserve(**peer, For::Member, line(1), Openness::Open).is_ok()).count();
        assert_eq!(reserved, RESERVATIONS);
        assert!(relaying.reserve(peers[0], For::Member, line(2), Openness::Open).is_ok(), "to renew takes no new place");
        let greedy = (0..100).filter(|_| relaying.connect(peers[1], peers[0], For::Member).is_ok()).count();
        assert_eq!(greedy, CIRCUITS_PER_PEER);
        let all = (0..200).filter(|_| relaying.connect(PeerId::random(), peers[0], For::Member).is_ok()).count();
        assert_eq!(greedy + all, CIRCUITS);
    }

    #[test]
    fn a_month_that_is_used_up_takes_nobody_in() {
        let mut relaying = relaying(RelayChoice::Members);
        let member = PeerId::random();
        relaying.reserve(member, For::Member, line(1), Openness::Open).expect("a place");
        relaying.budget().carry(For::Member, 1_000_000);
        assert_eq!(refusal(relaying.connect(PeerId::random(), member, For::Member)), Some(Refusal::Full));
        assert_eq!(relaying.reserve(PeerId::random(), For::Member, line(2), Openness::Open), Err(Refusal::Full));
        relaying.budget().begin_month(0);
        assert!(relaying.connect(PeerId::random(), member, For::Member).is_ok());
    }
}
