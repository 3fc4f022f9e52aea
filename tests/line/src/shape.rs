//! What a line is like: the numbers, without the packets.

use std::num::NonZeroU64;
use std::time::Duration;

use crate::loss::Loss;

/// Bits a second, counted over whole IP packets with their headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(NonZeroU64);

impl Rate {
    /// This many bits a second.
    pub const fn bits(per_second: NonZeroU64) -> Self {
        Self(per_second)
    }

    /// This many thousand bits a second; none for 0.
    pub fn kbit(per_second: u32) -> Option<Self> {
        NonZeroU64::new(u64::from(per_second) * 1_000).map(Self)
    }

    /// Bits a second.
    pub fn per_second(self) -> u64 {
        self.0.get()
    }

    /// How long a packet of this many bytes is on its way into the line.
    pub fn time_for(self, bytes: usize) -> Duration {
        const NANOS: u128 = 1_000_000_000;
        let nanos = bytes as u128 * 8 * NANOS / u128::from(self.0.get());
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// The largest packet of a line, smaller than that of the node's own device (1500 bytes): what a tunnel or an old modem on the way makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mtu {
    /// Bytes of a whole IP packet.
    pub bytes: u16,
    /// What comes of a larger one.
    pub oversize: Oversize,
}

/// What a line does with a packet that is too large for it. It never cuts one into fragments, whether or not the sender allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oversize {
    /// The sender hears of it (ICMP "fragmentation needed").
    Told,
    /// It is gone, as behind a firewall that swallows ICMP.
    Swallowed,
}

/// One direction of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Without one, a packet takes no time to be sent.
    pub rate: Option<Rate>,
    /// From a packet's last bit sent until it has arrived.
    pub delay: Duration,
    /// Further delay, evenly from nothing to this, anew for each packet. Packets never overtake one another: who comes late holds up those behind.
    pub jitter: Duration,
    /// A lost packet takes its time on the line as any other; it is the receiver who does not get it.
    pub loss: Loss,
    /// The longest that a packet may have to wait until its first bit is sent; one that would wait longer is dropped. An idle line takes any packet.
    pub queue: Duration,
    /// The largest packet; without one, whatever the nodes send.
    pub mtu: Option<Mtu>,
}

impl Shape {
    /// No limit, no delay, no loss.
    pub const IDEAL: Self =
        Self { rate: None, delay: Duration::ZERO, jitter: Duration::ZERO, loss: Loss::NONE, queue: Duration::from_secs(1), mtu: None };
}

/// The line of one node to the middle, where all lines meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Access {
    /// From the node.
    pub up: Shape,
    /// To the node.
    pub down: Shape,
}

impl Access {
    /// No limit, no delay, no loss: for a node that stands in the middle of the network.
    pub const IDEAL: Self = Self::both(Shape::IDEAL);

    /// The same in both directions.
    pub const fn both(shape: Shape) -> Self {
        Self { up: shape, down: shape }
    }

    /// With a change in both directions.
    pub fn with(mut self, change: impl Fn(&mut Shape)) -> Self {
        change(&mut self.up);
        change(&mut self.down);
        self
    }

    /// With this much jitter in each direction.
    pub fn jitter(self, jitter: Duration) -> Self {
        self.with(|shape| shape.jitter = jitter)
    }

    /// With the same loss as before, in bursts of this many packets on average.
    pub fn bursts(self, mean_packets: f64) -> Self {
        self.with(|shape| {
            let (Loss::Independent(share) | Loss::Bursts { share, .. }) = shape.loss;
            shape.loss = Loss::Bursts { share, mean_packets };
        })
    }

    /// With room for this much waiting in each direction.
    pub fn queue(self, queue: Duration) -> Self {
        self.with(|shape| shape.queue = queue)
    }

    /// With a largest packet in each direction.
    pub fn mtu(self, mtu: Mtu) -> Self {
        self.with(|shape| shape.mtu = Some(mtu))
    }
}
