//! A router with one address for the outside, of each of the usual four kinds (RFC 3489; in the words of RFC 4787: the first three map independently of
//! the other end, the last one for each other end anew; they filter by nothing, by the other's address, or by address and port).
//!
//! As pure as the lines: packets and time come in, packets come out. It is silent about what it does not let in, as most are.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::time::Duration;

use crate::dice::Dice;
use crate::segment::{self, Carried, End, Segment, Side};

/// How a router keeps and opens its ways in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NatKind {
    /// Who has sent something from a port is reached there by anybody.
    FullCone,
    /// By those addresses alone to which something was sent from there.
    AddressRestricted,
    /// By those ports of those addresses alone.
    PortRestricted,
    /// Each other end sees another port, and reaches only that.
    Symmetric,
}

impl NatKind {
    /// All of them, the most open first.
    pub const ALL: [Self; 4] = [Self::FullCone, Self::AddressRestricted, Self::PortRestricted, Self::Symmetric];

    /// Its name, for tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::FullCone => "full-cone",
            Self::AddressRestricted => "address-restricted",
            Self::PortRestricted => "port-restricted",
            Self::Symmetric => "symmetric",
        }
    }
}

/// Which port a router takes outside for one inside. One of the symmetric kind always takes another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// The same, where it is free, as most do.
    Kept,
    /// Any.
    Changed,
}

/// What a node's network is to the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// It has an address such as 10.77.3.1, which all others reach.
    Open,
    /// It has an address of the internet, such as 95.77.3.1, which all others reach.
    Public,
    /// It stands behind a router that has such an address; its own is one such as 10.77.3.1.
    Behind(NatKind, Ports),
}

/// A way without a packet from inside is closed after this. Many routers take 30 s for UDP: who keeps one open must say something more often.
pub(crate) const UDP_IDLE: Duration = Duration::from_secs(30);
/// The same for TCP: fewer than the two hours that RFC 5382 asks for, as cheap routers do.
pub(crate) const TCP_IDLE: Duration = Duration::from_secs(300);
/// Ways open at once; one more closes the oldest. A home router has some thousands.
pub(crate) const MAX_WAYS: usize = 1_024;
/// Other ends that may use one way; one more forgets the oldest.
pub(crate) const MAX_OTHERS: usize = 256;
/// Ports for those that cannot or may not be kept.
const FREE_PORTS: std::ops::Range<u16> = 32_768..61_000;

/// What became of a packet from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passed {
    In,
    /// Nobody inside has asked for it.
    Refused,
}

#[derive(Debug)]
pub(crate) struct Nat {
    kind: NatKind,
    ports: Ports,
    outside: Ipv4Addr,
    /// By the port outside.
    ways: BTreeMap<(Carried, u16), Way>,
    dice: Dice,
}

#[derive(Debug)]
struct Way {
    inside: End,
    /// The one other end that it is for, where each has its own.
    only: Option<End>,
    /// To whom something was sent on it, and when last.
    others: BTreeMap<End, Duration>,
    last: Duration,
}

impl Nat {
    /// `outside`: its address there.
    pub(crate) fn new(kind: NatKind, ports: Ports, outside: Ipv4Addr, dice: Dice) -> Self {
        Self { kind, ports, outside, ways: BTreeMap::new(), dice }
    }

    /// Rewrites a packet on its way out; none for what it does not pass on.
    pub(crate) fn out(&mut self, now: Duration, packet: &[u8]) -> Option<Vec<u8>> {
        let mut rewritten = packet.to_vec();
        match segment::read(packet)? {
            Segment::Of { carried, from, to } => {
                let port = self.way_out(now, carried, from, to)?;
                segment::rewrite(&mut rewritten, Side::From, End { address: self.outside, port });
            }
            // About a packet that came in: it names the one inside as its receiver.
            Segment::About { carried, from, to } => {
                let (&(_, port), _) = self.ways.iter().find(|((of, _), way)| *of == carried && way.inside == to && way.lets_in(self.kind, from))?;
                segment::rewrite(&mut rewritten, Side::From, End { address: self.outside, port });
            }
        }
        Some(rewritten)
    }

    /// Rewrites a packet on its way in, where it is let in.
    pub(crate) fn inwards(&mut self, now: Duration, packet: &mut [u8]) -> Passed {
        self.forget(now);
        let (carried, port, other) = match segment::read(packet) {
            Some(Segment::Of { carried, from, to }) if to.address == self.outside && !segment::is_ping_asked(packet) => (carried, to.port, from),
            Some(Segment::About { carried, from, to }) if from.address == self.outside => (carried, from.port, to),
            _ => return Passed::Refused,
        };
        let Some(way) = self.ways.get(&(carried, port)) else { return Passed::Refused };
        // Trouble comes from anybody on the way, about what was really sent.
        let about = matches!(segment::read(packet), Some(Segment::About { .. }));
        if !(if about { way.others.contains_key(&other) } else { way.lets_in(self.kind, other) }) {
            return Passed::Refused;
        }
        let inside = way.inside;
        segment::rewrite(packet, Side::To, inside);
        Passed::In
    }

    fn way_out(&mut self, now: Duration, carried: Carried, inside: End, other: End) -> Option<u16> {
        self.forget(now);
        let only = (self.kind == NatKind::Symmetric).then_some(other);
        let known = self.ways.iter().find(|((of, _), way)| *of == carried && way.inside == inside && way.only == only).map(|(&(_, port), _)| port);
        let port = match known {
            Some(port) => port,
            None => self.open(now, carried, inside, only)?,
        };
        let way = self.ways.get_mut(&(carried, port))?;
        way.last = now;
        way.others.insert(other, now);
        if way.others.len() > MAX_OTHERS {
            let oldest = way.others.iter().min_by_key(|(_, last)| **last).map(|(other, _)| *other);
            oldest.map(|oldest| way.others.remove(&oldest));
        }
        Some(port)
    }

    fn open(&mut self, now: Duration, carried: Carried, inside: End, only: Option<End>) -> Option<u16> {
        if self.ways.len() >= MAX_WAYS {
            let oldest = self.ways.iter().min_by_key(|(_, way)| way.last).map(|(key, _)| *key);
            oldest.map(|oldest| self.ways.remove(&oldest));
        }
        let taken: BTreeSet<u16> = self.ways.keys().filter(|(of, _)| *of == carried).map(|(_, port)| *port).collect();
        let kept = only.is_none() && self.ports == Ports::Kept && !taken.contains(&inside.port);
        let port = if kept { inside.port } else { self.free_port(&taken, inside.port)? };
        self.ways.insert((carried, port), Way { inside, only, others: BTreeMap::new(), last: now });
        Some(port)
    }

    /// Any that nobody has and that is not the one inside: else a guess would help whoever has only that.
    fn free_port(&mut self, taken: &BTreeSet<u16>, inside: u16) -> Option<u16> {
        let count = FREE_PORTS.end - FREE_PORTS.start;
        let first = (f64::from(count) * self.dice.share()) as u16;
        let mut ports = (0..count).map(|step| FREE_PORTS.start + (first + step) % count);
        ports.find(|port| *port != inside && !taken.contains(port))
    }

    fn forget(&mut self, now: Duration) {
        let idle = |carried: Carried| if carried == Carried::Tcp { TCP_IDLE } else { UDP_IDLE };
        self.ways.retain(|(carried, _), way| {
            way.others.retain(|_, last| now < *last + idle(*carried));
            now < way.last + idle(*carried)
        });
    }
}

impl Way {
    fn lets_in(&self, kind: NatKind, other: End) -> bool {
        match kind {
            NatKind::FullCone => true,
            NatKind::AddressRestricted => self.others.keys().any(|known| known.address == other.address),
            NatKind::PortRestricted | NatKind::Symmetric => self.others.contains_key(&other),
        }
    }
}

#[cfg(test)]
mod tests;
