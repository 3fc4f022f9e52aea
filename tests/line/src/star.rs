//! All lines together: each node has its own to the middle, where nothing takes time.
//!
//! As pure as the queue: packets and time come in, packets come out.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::counts::{Counts, Tally};
use crate::dice::Dice;
use crate::nat::{Home, Nat, Passed};
use crate::packet::{self, NodeId, Packet, Range};
use crate::queue::{Entered, Queue};
use crate::shape::{Access, Oversize};

/// The lines of a network and what is on them.
#[derive(Debug)]
pub(crate) struct Star {
    lines: Vec<Line>,
    parted: BTreeSet<(NodeId, NodeId)>,
    /// From each to each, row by row. What the network itself says to a node stands in the diagonal.
    counts: Vec<Counts>,
}

/// Where the streams of chance of routers begin, behind those of all lines.
const ROUTERS: u64 = 1 << 32;

#[derive(Debug)]
struct Line {
    up: Queue,
    down: Queue,
    state: State,
    home: Home,
    router: Option<Nat>,
    /// From the node to nobody here.
    strays: Tally,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Joined,
    Cut,
}

/// Where a packet is on its way.
#[derive(Debug, Clone, Copy)]
enum Leg {
    Up,
    Down,
}

impl Star {
    /// Joined lines without packets.
    pub(crate) fn new(places: &[(Access, Home)], seed: u64) -> Self {
        let line = |(node, (access, home)): (usize, &(Access, Home))| {
            let stream = node as u64;
            let router = match home {
                // Not the streams of the lines: a router in front must not change what is lost.
                Home::Behind(kind, ports) => Some(Nat::new(*kind, *ports, NodeId(node).public_address(), Dice::new(seed, ROUTERS + stream))),
                Home::Open | Home::Public => None,
            };
            Line {
                up: Queue::new(access.up, seed, stream * 2),
                down: Queue::new(access.down, seed, stream * 2 + 1),
                state: State::Joined,
                home: *home,
                router,
                strays: Tally::default(),
            }
        };
        let lines: Vec<Line> = places.iter().enumerate().map(line).collect();
        let counts = vec![Counts::default(); lines.len() * lines.len()];
        Self { lines, parted: BTreeSet::new(), counts }
    }

    /// A packet comes from a node.
    pub(crate) fn enter(&mut self, now: Duration, from: NodeId, bytes: &[u8]) {
        let to = self.receiver(from, bytes);
        let out = match &mut self.lines[from.0].router {
            Some(router) if to.is_some() => router.out(now, bytes),
            _ => Some(bytes.to_vec()),
        };
        match (to, out) {
            (Some(to), Some(bytes)) => {
                let packet = Packet { from, to, bytes };
                self.count(&packet).sent.count(packet.bytes.len());
                self.put(now, Leg::Up, packet);
            }
            _ => self.lines[from.0].strays.count(bytes.len()),
        }
    }

    /// Whom a packet reaches, by the address that it names.
    fn receiver(&self, from: NodeId, bytes: &[u8]) -> Option<NodeId> {
        let (to, range) = NodeId::receiver(bytes)?;
        let line = self.lines.get(to.0).filter(|_| to != from)?;
        let open = match line.home {
            Home::Open => Range::Private,
            Home::Public | Home::Behind(..) => Range::Public,
        };
        (range == open).then_some(to)
    }

    /// Takes out all packets that have arrived by now.
    pub(crate) fn leave(&mut self, now: Duration, arrived: &mut Vec<Packet>) {
        self.cross(now);
        for node in 0..self.lines.len() {
            while let Some((at, mut packet)) = self.lines[node].down.leave(now) {
                let passed = self.lines[node].router.as_mut().map_or(Passed::In, |router| router.inwards(at, &mut packet.bytes));
                let bytes = packet.bytes.len();
                match passed {
                    Passed::In => {
                        self.count(&packet).arrived.count(bytes);
                        arrived.push(packet);
                    }
                    Passed::Refused => self.count(&packet).refused.count(bytes),
                }
            }
        }
    }

    /// When something is to be done next.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.lines.iter().flat_map(|line| [line.up.next_out(), line.down.next_out()]).flatten().min()
    }

    /// Cuts a node off: what is on its line is gone, and nothing comes through until it is joined.
    pub(crate) fn cut(&mut self, now: Duration, node: NodeId) {
        self.cross(now);
        let line = &mut self.lines[node.0];
        line.state = State::Cut;
        let gone: Vec<Packet> = line.up.clear().chain(line.down.clear()).collect();
        for packet in gone {
            self.count(&packet).cut.count(packet.bytes.len());
        }
    }

    /// The end of a cut. The line is idle then.
    pub(crate) fn join(&mut self, node: NodeId) {
        self.lines[node.0].state = State::Joined;
    }

    /// Nothing passes between two nodes any more, whatever else they reach. What is past the middle still arrives.
    pub(crate) fn part(&mut self, now: Duration, one: NodeId, other: NodeId) {
        self.cross(now);
        self.parted.insert(pair(one, other));
    }

    /// The end of a parting.
    pub(crate) fn unite(&mut self, one: NodeId, other: NodeId) {
        self.parted.remove(&pair(one, other));
    }

    /// A node's line is another from now on.
    pub(crate) fn reshape(&mut self, now: Duration, node: NodeId, access: &Access) {
        self.cross(now);
        let line = &mut self.lines[node.0];
        line.up.reshape(now, access.up);
        line.down.reshape(now, access.down);
    }

    /// What went from one node to another so far.
    pub(crate) fn counts(&self, from: NodeId, to: NodeId) -> Counts {
        self.counts[from.0 * self.lines.len() + to.0]
    }

    /// What a node sent to nobody here: to groups, to the internet.
    pub(crate) fn strays(&self, node: NodeId) -> Tally {
        self.lines[node.0].strays
    }

    /// Brings what has come to the middle by now to its receiver's line, in the order of its coming.
    fn cross(&mut self, now: Duration) {
        while let Some((_, node)) = self.first_at_middle(now) {
            if let Some((at, packet)) = self.lines[node].up.leave(now) {
                self.put(at, Leg::Down, packet);
            }
        }
    }

    fn first_at_middle(&self, now: Duration) -> Option<(Duration, usize)> {
        let heads = self.lines.iter().enumerate().filter_map(|(node, line)| Some((line.up.next_out()?, node)));
        heads.filter(|(at, _)| *at <= now).min()
    }

    fn put(&mut self, at: Duration, leg: Leg, packet: Packet) {
        let node = match leg {
            Leg::Up => packet.from,
            Leg::Down => packet.to,
        };
        let (bytes, from, to) = (packet.bytes.len(), packet.from, packet.to);
        let line = &mut self.lines[node.0];
        let is_parted = matches!(leg, Leg::Down) && self.parted.contains(&pair(from, to));
        if line.state == State::Cut || is_parted {
            return self.count(&packet).cut.count(bytes);
        }
        let entered = match leg {
            Leg::Up => line.up.enter(at, packet),
            Leg::Down => line.down.enter(at, packet),
        };
        let width = self.lines.len();
        let counts = &mut self.counts[from.0 * width + to.0];
        match entered {
            Entered::Queued => {}
            Entered::Lost => counts.lost.count(bytes),
            Entered::Full => counts.dropped.count(bytes),
            Entered::TooBig(packet, mtu) => {
                counts.too_big.count(bytes);
                if mtu.oversize == Oversize::Told
                    && from != to
                    && let Some(answer) = packet::too_big(&packet.bytes, mtu.bytes)
                {
                    self.put(at, Leg::Down, Packet { from, to: from, bytes: answer });
                }
            }
        }
    }

    fn count(&mut self, packet: &Packet) -> &mut Counts {
        let width = self.lines.len();
        &mut self.counts[packet.from.0 * width + packet.to.0]
    }
}

fn pair(one: NodeId, other: NodeId) -> (NodeId, NodeId) {
    (one.min(other), one.max(other))
}

#[cfg(test)]
mod tests;
