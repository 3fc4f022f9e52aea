//! One direction of a line: packets wait, are sent at the line's rate, and arrive after its delay, or never.
//!
//! Nothing here knows what time it is: time comes with each call, as the duration since some beginning, and never runs back.

use std::collections::VecDeque;
use std::time::Duration;

use crate::dice::Dice;
use crate::loss::{Fate, Losses};
use crate::packet::Packet;
use crate::shape::{Mtu, Shape};

/// One direction of a line, and what is on it.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    shape: Shape,
    losses: Losses,
    jitter: Dice,
    /// In the order in which they arrive. Who is lost is not here.
    on_line: VecDeque<OnLine>,
    /// When the last bit of all that was let in has been sent.
    free_at: Duration,
    /// When the last of all has arrived: nobody overtakes.
    last_out: Duration,
}

#[derive(Debug, Clone)]
struct OnLine {
    packet: Packet,
    sent_at: Duration,
    out_at: Duration,
}

/// What became of a packet at the beginning of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entered {
    /// It arrives later.
    Queued,
    /// It takes its time on the line and never arrives.
    Lost,
    /// It would have to wait too long.
    Full,
    /// It is larger than the line's largest.
    TooBig(Packet, Mtu),
}

impl Queue {
    /// An empty line. `stream` tells lines with the same seed apart.
    pub(crate) fn new(shape: Shape, seed: u64, stream: u64) -> Self {
        let dice = |of: u64| Dice::new(seed, stream * 2 + of);
        Self { shape, losses: Losses::new(dice(0)), jitter: dice(1), on_line: VecDeque::new(), free_at: Duration::ZERO, last_out: Duration::ZERO }
    }

    /// A packet comes to the beginning of the line.
    pub(crate) fn enter(&mut self, now: Duration, packet: Packet) -> Entered {
        if let Some(mtu) = self.shape.mtu
            && packet.bytes.len() > usize::from(mtu.bytes)
        {
            return Entered::TooBig(packet, mtu);
        }
        let starts = self.free_at.max(now);
        if starts - now > self.shape.queue {
            return Entered::Full;
        }
        // Both dice are thrown for each packet, so that its fate hangs on its number alone.
        let fate = self.losses.next(self.shape.loss);
        let jitter = self.jitter.below(self.shape.jitter);
        let sent_at = starts + self.time_for(&packet);
        self.free_at = sent_at;
        if fate == Fate::Lost {
            return Entered::Lost;
        }
        self.last_out = self.last_out.max(sent_at + self.shape.delay + jitter);
        self.on_line.push_back(OnLine { packet, sent_at, out_at: self.last_out });
        Entered::Queued
    }

    /// The next packet that has arrived by now, and when it did.
    pub(crate) fn leave(&mut self, now: Duration) -> Option<(Duration, Packet)> {
        let first = self.on_line.pop_front_if(|first| first.out_at <= now)?;
        Some((first.out_at, first.packet))
    }

    /// When the next packet arrives.
    pub(crate) fn next_out(&self) -> Option<Duration> {
        self.on_line.front().map(|first| first.out_at)
    }

    /// The line is another from now on. What is sent already arrives as it would have; what waits is sent at the new rate.
    pub(crate) fn reshape(&mut self, now: Duration, shape: Shape) {
        let before = std::mem::replace(&mut self.shape, shape);
        self.free_at = now;
        self.last_out = Duration::ZERO;
        for waiting in &mut self.on_line {
            if waiting.sent_at > now {
                let whole = before.rate.map_or(Duration::ZERO, |rate| rate.time_for(waiting.packet.bytes.len()));
                // The first may be under way: only the rest of it is sent anew.
                let rest = if whole.is_zero() { 1.0 } else { (waiting.sent_at - now).div_duration_f64(whole).min(1.0) };
                let whole = shape.rate.map_or(Duration::ZERO, |rate| rate.time_for(waiting.packet.bytes.len()));
                waiting.sent_at = self.free_at + whole.mul_f64(rest);
                waiting.out_at = waiting.sent_at + shape.delay;
                self.free_at = waiting.sent_at;
            }
            waiting.out_at = waiting.out_at.max(self.last_out);
            self.last_out = waiting.out_at;
        }
    }

    /// The line is cut: what is on it never arrives.
    pub(crate) fn clear(&mut self) -> impl Iterator<Item = Packet> {
        self.free_at = Duration::ZERO;
        self.last_out = Duration::ZERO;
        self.on_line.drain(..).map(|lost| lost.packet)
    }

    fn time_for(&self, packet: &Packet) -> Duration {
        self.shape.rate.map_or(Duration::ZERO, |rate| rate.time_for(packet.bytes.len()))
    }
}

#[cfg(test)]
mod tests;
