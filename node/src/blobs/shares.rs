//! Who is asked for which part of a content. Pure: time and chance are arguments.
//!
//! A share is what one provider is asked for in one go: as much as it brings in [`SHARE_TIME`], and less near the end, so that all end together. What few have
//! is asked for first. Where one is so slow that another would be done long before it, its share is given to the other.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bao_tree::{ChunkNum, ChunkRanges};
use jeli_protocol::ids::NodeId;

use super::channel::Have;
use super::keep::CHUNK_BYTES;
use super::limits::{MAX_SHARE_BYTES, MIN_SHARE_BYTES, SHARE_TIME};

/// A share is taken from a provider that would need so many times as long for it as another.
const SLOWER: f64 = 4.0;

/// What of a content is still to come, and who was asked for what.
pub(super) struct Shares {
    missing: ChunkRanges,
    /// Bytes in all, once what came has proved it. Before, the largest that a provider has said; one that goes takes its word along.
    proved: Option<u64>,
    providers: BTreeMap<NodeId, Provider>,
    /// Who may have it and has not answered yet: until all have, nobody is asked for everything.
    awaited: usize,
}

/// What the store lacks of a content.
#[derive(Debug, Clone)]
pub(super) struct Missing {
    pub(super) ranges: ChunkRanges,
    /// Bytes in all, where what is here proves it.
    pub(super) size: Option<u64>,
}

impl Missing {
    /// Bytes that are missing, where it is known how many there are.
    pub(super) fn bytes(&self) -> u64 {
        self.size.map_or(0, |size| bytes_of(&self.ranges, size))
    }
}

struct Provider {
    has: ChunkRanges,
    /// Bytes in all, as it says.
    says: u64,
    asked: Option<Asked>,
    /// Bytes a second, as measured; none before it has brought anything.
    rate: Option<f64>,
}

struct Asked {
    ranges: ChunkRanges,
    bytes: u64,
    brought: u64,
    since: Instant,
}

/// What a provider is to do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Bring these chunks.
    Bring(ChunkRanges),
    /// It has nothing that is not asked of others already; they may fail.
    Wait,
    /// Everything has come.
    Done,
    /// Wait, and this one, far slower, is to be left: its share is free then.
    Leave(NodeId),
    /// It has nothing of what is missing.
    Nothing,
    /// All that there is by what was said of the size has come, and it is not all: the word was wrong.
    SaidWrong,
}

impl Shares {
    /// What is missing, and how many are asked whether they have it.
    pub(super) fn new(missing: Missing, awaited: usize) -> Self {
        Self { missing: missing.ranges, proved: missing.size, providers: BTreeMap::new(), awaited }
    }

    /// One of those that were asked has said what it has, or will not.
    pub(super) fn answered(&mut self) {
        self.awaited = self.awaited.saturating_sub(1);
    }

    fn size(&self) -> u64 {
        self.proved.unwrap_or_else(|| self.providers.values().map(|provider| provider.says).max().unwrap_or(0))
    }

    /// A provider says what it has. Borders are in order, as the channel checked.
    pub(super) fn joined(&mut self, node: NodeId, have: &Have) {
        let mut has = ChunkRanges::empty();
        for pair in have.borders.chunks(2) {
            match *pair {
                [from, to] => has |= ChunkRanges::from(ChunkNum(from)..ChunkNum(to)),
                [from] => has |= ChunkRanges::from(ChunkNum(from)..),
                _ => {}
            }
        }
        self.providers.insert(node, Provider { has, says: have.size, asked: None, rate: None });
    }

    /// It is gone, with what it was asked for.
    pub(super) fn left(&mut self, node: &NodeId) {
        self.providers.remove(node);
    }

    /// Whether no second provider brings anything.
    pub(super) fn is_alone(&self) -> bool {
        self.providers.len() < 2
    }

    /// What the store says is missing: a share that broke off has brought something all the same.
    pub(super) fn settle(&mut self, node: &NodeId, missing: Missing, now: Instant) {
        self.missing = missing.ranges;
        self.proved = missing.size.or(self.proved);
        if let Some(provider) = self.providers.get_mut(node)
            && let Some(asked) = provider.asked.take()
        {
            let took = now.saturating_duration_since(asked.since).as_secs_f64().max(1e-6);
            let measured = asked.brought as f64 / took;
            provider.rate = Some(provider.rate.map_or(measured, |before| before.mul_add(0.5, measured * 0.5)));
        }
    }

    /// So many bytes of its share have come.
    pub(super) fn brought(&mut self, node: &NodeId, bytes: u64) {
        if let Some(asked) = self.providers.get_mut(node).and_then(|provider| provider.asked.as_mut()) {
            asked.brought = bytes;
        }
    }

    /// What this provider is to bring next. `roll`: evenly from 0 to 1.
    pub(super) fn next(&mut self, node: &NodeId, roll: f64, now: Instant) -> Next {
        let size = self.size();
        let end = ChunkNum::chunks(size.max(1));
        // Without a size only the very end is known to be wanted: the open range says so.
        let missing = if size == 0 { self.missing.clone() } else { &self.missing & &ChunkRanges::from(..end) };
        if self.missing.is_empty() || (missing.is_empty() && self.proved.is_some()) {
            return Next::Done;
        }
        if missing.is_empty() {
            return Next::SaidWrong;
        }
        if self.providers.get(node).is_some_and(|provider| (&missing & &provider.has).is_empty()) {
            return Next::Nothing;
        }
        let taken = self.providers.iter().filter(|(other, _)| *other != node).filter_map(|(_, provider)| provider.asked.as_ref());
        let free = taken.fold(missing, |free, asked| free - asked.ranges.clone());
        let Some(provider) = self.providers.get(node) else { return Next::Wait };
        let mine = &free & &provider.has;
        if mine.is_empty() {
            return self.slowest_but(node, now).map_or(Next::Wait, Next::Leave);
        }
        let others = self.providers.iter().filter(|(other, _)| *other != node);
        let alone = others.fold(mine.clone(), |alone, (_, provider)| alone - provider.has.clone());
        let from = if alone.is_empty() { &mine } else { &alone };
        let share = match self.providers.len() {
            1 if self.awaited == 0 => mine,
            count => cut(from, self.share_chunks(node, &mine, count), roll),
        };
        let bytes = bytes_of(&share, size);
        if let Some(provider) = self.providers.get_mut(node) {
            provider.asked = Some(Asked { ranges: share.clone(), bytes, brought: 0, since: now });
        }
        Next::Bring(share)
    }

    fn share_chunks(&self, node: &NodeId, free: &ChunkRanges, count: usize) -> u64 {
        let rate = self.providers.get(node).and_then(|provider| provider.rate);
        let by_rate = rate.map_or(MIN_SHARE_BYTES, |rate| (rate * SHARE_TIME.as_secs_f64()) as u64);
        let near_end = bytes_of(free, self.size()) / (2 * count as u64);
        by_rate.min(near_end).clamp(MIN_SHARE_BYTES, MAX_SHARE_BYTES) / CHUNK_BYTES
    }

    /// Whose share would be done far sooner by this one.
    fn slowest_but(&self, node: &NodeId, now: Instant) -> Option<NodeId> {
        // Whoever has brought nothing yet is given a try where another's share lasts many times as long as one should.
        let own = self.providers.get(node)?.rate;
        let left = |provider: &Provider| {
            let asked = provider.asked.as_ref()?;
            let took = now.saturating_duration_since(asked.since);
            let left = asked.bytes.saturating_sub(asked.brought) as f64;
            // One that has brought nothing yet is given the time of a round trip on the slowest line.
            let rate = if asked.brought == 0 && took < Duration::from_secs(5) { return None } else { asked.brought as f64 / took.as_secs_f64() };
            Some((left / rate.max(1.0), own.map_or(SHARE_TIME.as_secs_f64(), |own| left / own.max(1.0))))
        };
        let others = self.providers.iter().filter(|(other, _)| *other != node);
        let slow = others.filter_map(|(other, provider)| Some((*other, left(provider)?)));
        let slow = slow.filter(|(_, (theirs, ours))| *theirs > SLOWER * ours && *theirs > SHARE_TIME.as_secs_f64() / 2.0);
        slow.max_by(|(_, (a, _)), (_, (b, _))| a.total_cmp(b)).map(|(other, _)| other)
    }
}

/// At most so many chunks of these, in one run, from a place that chance chooses: two schools that fetch the same then have something for each other.
fn cut(ranges: &ChunkRanges, chunks: u64, roll: f64) -> ChunkRanges {
    let borders = ranges.boundaries();
    let runs = borders.len().div_ceil(2);
    let chosen = ((roll * runs as f64) as usize).min(runs.saturating_sub(1));
    let from = borders[2 * chosen].0;
    match borders.get(2 * chosen + 1) {
        Some(to) => {
            // A place within the run, on a border of a share.
            let places = (to.0 - from) / chunks.max(1);
            let within = (roll * runs as f64).fract();
            let start = from + ((within * places as f64) as u64) * chunks;
            ChunkRanges::from(ChunkNum(start)..ChunkNum((start + chunks).min(to.0)))
        }
        None => ChunkRanges::from(ChunkNum(from)..),
    }
}

/// Bytes of content in these chunks.
fn bytes_of(ranges: &ChunkRanges, size: u64) -> u64 {
    let borders = ranges.boundaries();
    let ends = borders.chunks(2).map(|pair| {
        let from = pair[0].0.saturating_mul(CHUNK_BYTES).min(size);
        let to = pair.get(1).map_or(size, |to| to.0.saturating_mul(CHUNK_BYTES).min(size));
        to - from
    });
    ends.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1 << 20;

    fn all(size: u64) -> Have {
        Have { size, borders: vec![0] }
    }

    fn missing_all() -> Missing {
        Missing { ranges: ChunkRanges::all(), size: None }
    }

    fn proved(ranges: &ChunkRanges, size: u64) -> Missing {
        Missing { ranges: ranges.clone(), size: Some(size) }
    }

    fn node(number: u8) -> NodeId {
        NodeId([number; 32])
    }

    /// Runs providers of these rates (bytes a second) until all is here; gives the seconds it took and the bytes that were brought.
    fn run(size: u64, rates: &[f64], have: impl Fn(u8) -> Have) -> (f64, u64) {
        let start = Instant::now();
        let mut shares = Shares::new(missing_all(), 0);
        let mut missing = ChunkRanges::from(..ChunkNum::chunks(size));
        // Per provider: what it brings, from when, when done.
        let mut busy: BTreeMap<NodeId, (ChunkRanges, f64, f64)> = BTreeMap::new();
        let mut brought = 0;
        let rate = |node: &NodeId| rates[usize::from(node.0[0])];
        for number in 0..rates.len() as u8 {
            shares.joined(node(number), &have(number));
        }
        let (mut now, mut roll) = (0.0, 0.1_f64);
        loop {
            let at = |seconds: f64| start + Duration::from_secs_f64(seconds);
            for (other, (_, since, _)) in &busy {
                shares.brought(other, ((now - since) * rate(other)) as u64);
            }
            let mut left = Vec::new();
            for number in 0..rates.len() as u8 {
                let node = node(number);
                if busy.contains_key(&node) {
                    continue;
                }
                roll = (roll * 7.31 + 0.17).fract();
                match shares.next(&node, roll, at(now)) {
                    Next::Bring(ranges) => {
                        let bytes = bytes_of(&ranges, size);
                        busy.insert(node, (ranges, now, now + bytes as f64 / rate(&node)));
                    }
                    Next::Done => return (now, brought),
                    Next::Leave(slow) => left.push(slow),
                    Next::Wait => {}
                    other => panic!("{other:?}"),
                }
            }
            for slow in left {
                if let Some((ranges, since, _)) = busy.remove(&slow) {
                    let done = ((now - since) * rate(&slow)) as u64;
                    let from = ranges.boundaries()[0];
                    let part = ChunkRanges::from(from..ChunkNum(from.0 + done / CHUNK_BYTES));
                    brought += done;
                    missing -= part;
                    shares.left(&slow);
                    shares.settle(&slow, proved(&missing, size), at(now));
                }
            }
            let Some((first, until)) = busy.iter().map(|(node, (_, _, until))| (*node, *until)).min_by(|a, b| a.1.total_cmp(&b.1)) else { continue };
            // Waiting providers look again each second.
            now = until.min(now + 1.0);
            if now < until {
                continue;
            }
            if let Some((ranges, since, _)) = busy.remove(&first) {
                let bytes = bytes_of(&ranges, size);
                brought += bytes;
                shares.brought(&first, bytes);
                missing -= ranges;
                shares.settle(&first, proved(&missing, size), at(now.max(since)));
            }
        }
    }

    #[test]
    fn three_providers_are_nearly_three_times_as_fast_as_one() {
        let (one, _) = run(30 * MB, &[1e6], |_| all(30 * MB));
        let (three, brought) = run(30 * MB, &[1e6, 1e6, 1e6], |_| all(30 * MB));
        assert!(one / three > 2.7, "{one} s with one, {three} s with three");
        assert_eq!(brought, 30 * MB, "nothing is brought twice");
    }

    #[test]
    fn one_that_stands_still_holds_nobody_up() {
        let (two, brought) = run(20 * MB, &[1e6, 10.0], |_| all(20 * MB));
        assert!(two < 40.0, "{two} s");
        assert!(brought < 20 * MB + 4_096);
    }

    #[test]
    fn what_one_alone_has_is_asked_for_first() {
        let mut shares = Shares::new(missing_all(), 0);
        let half = 5 * MB / CHUNK_BYTES;
        shares.joined(node(0), &all(10 * MB));
        shares.joined(node(1), &Have { size: 10 * MB, borders: vec![half] });
        for roll in [0.0, 0.3, 0.7, 0.99] {
            let Next::Bring(ranges) = shares.next(&node(0), roll, Instant::now()) else { panic!("it has all") };
            assert!(ranges.is_subset(&ChunkRanges::from(..ChunkNum(half))), "{ranges:?}");
        }
        let Next::Bring(ranges) = shares.next(&node(1), 0.5, Instant::now()) else { panic!("it has half") };
        assert!(ranges.is_subset(&ChunkRanges::from(ChunkNum(half)..)), "{ranges:?}");
    }

    #[test]
    fn whoever_answers_first_is_not_asked_for_all_while_others_may_still_answer() {
        let mut shares = Shares::new(missing_all(), 2);
        shares.answered();
        shares.joined(node(0), &all(10 * MB));
        let Next::Bring(ranges) = shares.next(&node(0), 0.5, Instant::now()) else { panic!("it has all") };
        assert!(bytes_of(&ranges, 10 * MB) <= MIN_SHARE_BYTES, "{ranges:?}");
        shares.answered();
        shares.joined(node(1), &all(10 * MB));
        assert!(matches!(shares.next(&node(1), 0.5, Instant::now()), Next::Bring(_)), "something is left for the second");
        // And once the other has said that it has nothing, the first is asked for all at once.
        let mut shares = Shares::new(missing_all(), 2);
        shares.answered();
        shares.joined(node(0), &all(10 * MB));
        shares.answered();
        let Next::Bring(ranges) = shares.next(&node(0), 0.5, Instant::now()) else { panic!("it has all") };
        assert_eq!(bytes_of(&ranges, 10 * MB), 10 * MB);
    }

    #[test]
    fn whoever_has_nothing_that_is_missing_leaves_and_whoever_has_what_others_were_asked_for_waits() {
        let mut shares = Shares::new(Missing { ranges: ChunkRanges::from(ChunkNum(100)..), size: None }, 0);
        shares.joined(node(0), &Have { size: MB, borders: vec![0, 100] });
        assert_eq!(shares.next(&node(0), 0.5, Instant::now()), Next::Nothing);
        shares.joined(node(1), &Have { size: MB, borders: vec![0, 110] });
        shares.joined(node(2), &Have { size: MB, borders: vec![0, 110] });
        assert!(matches!(shares.next(&node(1), 0.5, Instant::now()), Next::Bring(_)));
        assert_eq!(shares.next(&node(2), 0.5, Instant::now()), Next::Wait);
    }

    #[test]
    fn a_size_that_is_said_too_large_is_believed_until_what_came_proves_another() {
        let mut shares = Shares::new(missing_all(), 0);
        shares.joined(node(0), &all(1 << 40));
        shares.joined(node(1), &all(MB));
        let chunks = ChunkRanges::from(..ChunkNum::chunks(MB));
        let missing = chunks.clone() - ChunkRanges::from(ChunkNum::chunks(MB - 1)..);
        shares.settle(&node(1), proved(&missing, MB), Instant::now());
        for roll in [0.0, 0.5, 0.99] {
            let Next::Bring(ranges) = shares.next(&node(1), roll, Instant::now()) else { panic!("there is more") };
            assert!(ranges.is_subset(&chunks), "beyond its end there is nothing: {ranges:?}");
        }
        // One that goes takes its word along.
        let mut shares = Shares::new(missing_all(), 0);
        shares.joined(node(0), &all(1 << 40));
        shares.joined(node(1), &all(MB));
        shares.left(&node(0));
        let Next::Bring(ranges) = shares.next(&node(1), 0.5, Instant::now()) else { panic!("it has all") };
        assert!(ranges.is_subset(&chunks), "{ranges:?}");
    }

    #[test]
    fn whoever_comes_later_takes_over_from_one_that_stands_still_or_crawls() {
        for brought in [0, 40_000] {
            let (mut shares, start) = (Shares::new(missing_all(), 0), Instant::now());
            shares.joined(node(0), &all(10 * MB));
            let Next::Bring(ranges) = shares.next(&node(0), 0.5, start) else { panic!("it has all") };
            assert_eq!(bytes_of(&ranges, 10 * MB), 10 * MB, "it is alone");
            shares.joined(node(1), &all(10 * MB));
            assert_eq!(shares.next(&node(1), 0.5, start + Duration::from_secs(1)), Next::Wait, "it has only just begun");
            shares.brought(&node(0), brought);
            assert_eq!(shares.next(&node(1), 0.5, start + Duration::from_secs(6)), Next::Leave(node(0)));
            // One that is soon done keeps its share.
            shares.brought(&node(0), 5 * MB);
            assert_eq!(shares.next(&node(1), 0.5, start + Duration::from_secs(6)), Next::Wait);
        }
    }

    #[test]
    fn a_size_that_is_said_too_small_does_not_make_a_content_whole() {
        let mut shares = Shares::new(missing_all(), 0);
        shares.joined(node(0), &all(1_024));
        let rest = Missing { ranges: ChunkRanges::from(ChunkNum(1)..), size: None };
        shares.settle(&node(0), rest, Instant::now());
        assert_eq!(shares.next(&node(0), 0.5, Instant::now()), Next::SaidWrong);
        shares.joined(node(1), &all(MB));
        assert!(matches!(shares.next(&node(1), 0.5, Instant::now()), Next::Bring(_)), "another one has the rest");
    }
}
