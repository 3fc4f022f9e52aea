//! How fast a content is sent: as fast as the line takes it without making others wait. Pure: time is an argument.
//!
//! The receiver says what has come; the time between sending and that word, above the least ever seen, is what waits on the line. The bytes on the way grow
//! while less waits than [`QUEUEING_TARGET`] and shrink above it (RFC 6817, with the multiplicative decrease of LEDBAT++). QUIC and TCP go on until the line
//! drops; we stay well before, so that a keystroke on the same line comes through at once.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::limits::{FIRST_WINDOW_BYTES, FRAME_BYTES, MAX_WINDOW_BYTES, MIN_WINDOW_BYTES, QUEUEING_TARGET};

/// Bytes by which the window grows in a round trip when nothing waits: one datagram.
const STEP_BYTES: f64 = 1_400.0;

/// Words in a row that the line is busy even with the smallest window: what waits is not ours, the road itself has become longer.
const BUSY_WORDS: u32 = 16;

/// What is on the way, and how much may be.
#[derive(Debug)]
pub(super) struct Pace {
    window: f64,
    /// Until the line first said that something waits, the window doubles in each round trip.
    starting: bool,
    sent: u64,
    arrived: u64,
    /// Where a word was asked for, and when.
    asked: VecDeque<(u64, Instant)>,
    /// Words that were asked for and have not come.
    awaited: u64,
    /// The least time that a word took.
    base: Option<Duration>,
    busy_words: u32,
    busy_least: Duration,
    /// Not before this much has arrived is the window cut again.
    cut_until: u64,
    unasked: u64,
}

/// Whether the receiver is to say when this has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Asked,
    NotAsked,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            window: FIRST_WINDOW_BYTES as f64,
            starting: true,
            sent: 0,
            arrived: 0,
            asked: VecDeque::new(),
            awaited: 0,
            base: None,
            busy_words: 0,
            busy_least: Duration::MAX,
            cut_until: 0,
            unasked: 0,
        }
    }

    /// Bytes that the next frame may have; none: wait for a word.
    pub(super) fn room(&self) -> Option<usize> {
        let window = self.window as u64;
        let on_the_way = self.sent - self.arrived;
        // Small frames on slow lines: nothing else gets between the bytes of one, and the time that one takes by itself would be taken for waiting.
        let frame = (window / 16).clamp(1_024, FRAME_BYTES as u64);
        (on_the_way + frame <= window || on_the_way == 0).then_some(frame as usize)
    }

    /// Notes that so many bytes go out.
    pub(super) fn sent(&mut self, bytes: usize, now: Instant) -> Word {
        self.sent += bytes as u64;
        self.unasked += bytes as u64;
        if self.unasked * 8 < self.window as u64 {
            return Word::NotAsked;
        }
        self.ask_now(now)
    }

    /// Whether some bytes are on the way and no word about the last of them was asked for: it would never come.
    pub(super) fn must_ask(&self) -> bool {
        self.asked.back().is_none_or(|(upto, _)| *upto < self.sent) && self.sent > self.arrived
    }

    /// Whether nothing more may go out and no word is awaited: the window has shrunk below what went out unasked.
    pub(super) fn is_stuck(&self) -> bool {
        self.room().is_none() && self.asked.is_empty()
    }

    /// Asks for the word on all that was sent.
    pub(super) fn ask_now(&mut self, now: Instant) -> Word {
        self.unasked = 0;
        self.awaited += 1;
        self.asked.push_back((self.sent, now));
        Word::Asked
    }

    /// The receiver has so many bytes in all. What it cannot have is not believed. False where nobody asked: whoever goes on so would keep us reading for ever.
    pub(super) fn arrived(&mut self, upto: u64, now: Instant) -> bool {
        let Some(awaited) = self.awaited.checked_sub(1) else { return false };
        self.awaited = awaited;
        if upto <= self.sent && upto > self.arrived {
            self.note_arrived(upto, now);
        }
        true
    }

    fn note_arrived(&mut self, upto: u64, now: Instant) {
        let fresh = upto - self.arrived;
        self.arrived = upto;
        let mut took = None;
        while let Some((_, at)) = self.asked.front().copied().filter(|(end, _)| *end <= upto) {
            took = Some(now.saturating_duration_since(at));
            self.asked.pop_front();
        }
        if let Some(took) = took {
            self.adapt(took, fresh as f64);
        }
    }

    fn adapt(&mut self, took: Duration, fresh: f64) {
        let base = self.base.map_or(took, |base| base.min(took));
        self.base = Some(base);
        let waits = (took - base).as_secs_f64() / QUEUEING_TARGET.as_secs_f64();
        self.note_busy(took, waits);
        // After a pause or a longer road the window has shrunk to nothing: it opens as at the start.
        self.starting |= waits <= 0.5 && self.window <= MIN_WINDOW_BYTES as f64;
        if waits <= 0.5 && self.starting {
            self.window += fresh;
        } else if waits <= 1.0 {
            self.starting = false;
            self.window += STEP_BYTES * (1.0 - waits) * fresh / self.window;
        } else if self.arrived >= self.cut_until {
            self.starting = false;
            self.window *= 1.0 - 0.5 * (waits - 1.0).min(1.0);
            // Words on the way tell of the window as it was.
            self.cut_until = self.sent;
        }
        self.window = self.window.clamp(MIN_WINDOW_BYTES as f64, MAX_WINDOW_BYTES as f64);
    }

    /// Where even the smallest window finds the line busy, the least time is an old one.
    fn note_busy(&mut self, took: Duration, waits: f64) {
        if waits <= 1.0 || self.window > MIN_WINDOW_BYTES as f64 {
            (self.busy_words, self.busy_least) = (0, Duration::MAX);
            return;
        }
        self.busy_words += 1;
        self.busy_least = self.busy_least.min(took);
        if self.busy_words >= BUSY_WORDS {
            self.base = Some(self.busy_least);
            (self.busy_words, self.busy_least) = (0, Duration::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of so many bytes a second and so long a way, with a queue before it, and whoever else sends on it.
    struct Line {
        rate: f64,
        way: Duration,
        /// When the line is done with all that it was given.
        free_at: Instant,
        on_the_way: VecDeque<(u64, Instant)>,
    }

    impl Line {
        fn new(rate: f64, way: Duration, now: Instant) -> Self {
            Self { rate, way, free_at: now, on_the_way: VecDeque::new() }
        }

        fn give(&mut self, bytes: usize, now: Instant) -> Instant {
            self.free_at = self.free_at.max(now) + Duration::from_secs_f64(bytes as f64 / self.rate);
            self.free_at + self.way
        }

        fn waiting(&self, now: Instant) -> Duration {
            self.free_at.saturating_duration_since(now)
        }
    }

    /// Sends for a while; gives bytes that arrived and the longest wait on the line after the first seconds.
    fn send(pace: &mut Pace, line: &mut Line, start: Instant, lasts: Duration) -> (u64, Duration) {
        let (mut now, mut longest, mut sent, before) = (start, Duration::ZERO, pace.sent, pace.arrived);
        while now < start + lasts {
            while let Some(frame) = pace.room() {
                let there = line.give(frame, now);
                sent += frame as u64;
                if pace.sent(frame, now) == Word::Asked {
                    line.on_the_way.push_back((sent, there + line.way));
                }
            }
            if pace.is_stuck() {
                pace.ask_now(now);
                let there = line.give(1, now) + line.way;
                line.on_the_way.push_back((sent, there));
            }
            let (upto, at) = line.on_the_way.pop_front().expect("a word is awaited");
            now = now.max(at);
            pace.arrived(upto, now);
            if now > start + lasts / 3 {
                longest = longest.max(line.waiting(now));
            }
        }
        (pace.arrived - before, longest)
    }

    #[test]
    fn a_slow_line_is_filled_and_nobody_waits_long_behind_it() {
        for (rate, way_ms) in [(8_000.0, 300), (32_000.0, 150), (128_000.0, 250), (1_000_000.0, 45), (12_500_000.0, 20)] {
            let (mut pace, now, way) = (Pace::new(), Instant::now(), Duration::from_millis(way_ms));
            let mut line = Line::new(rate, way, now);
            let lasts = Duration::from_secs(90);
            let (arrived, longest) = send(&mut pace, &mut line, now, lasts);
            let share = arrived as f64 / (rate * lasts.as_secs_f64());
            let least = MIN_WINDOW_BYTES as f64 / (rate * 2.0 * way.as_secs_f64() + MIN_WINDOW_BYTES as f64);
            assert!(share > 0.75 || share > least * 0.9, "{rate} B/s, {way_ms} ms: {share:.2} of the line is used");
            let frame = Duration::from_secs_f64(2.0 * MIN_WINDOW_BYTES as f64 / rate);
            assert!(longest <= (QUEUEING_TARGET * 2).max(frame), "{rate} B/s, {way_ms} ms: others wait {longest:?}");
        }
    }

    #[test]
    fn on_one_machine_the_window_opens_wide() {
        let (mut pace, now) = (Pace::new(), Instant::now());
        let mut line = Line::new(400e6, Duration::from_micros(200), now);
        let (arrived, _) = send(&mut pace, &mut line, now, Duration::from_secs(2));
        assert!(arrived as f64 > 0.85 * 800e6, "{arrived} bytes in two seconds");
    }

    #[test]
    fn where_the_road_becomes_longer_it_goes_on() {
        let (mut pace, now) = (Pace::new(), Instant::now());
        let mut line = Line::new(64_000.0, Duration::from_millis(20), now);
        send(&mut pace, &mut line, now, Duration::from_secs(20));
        line.way = Duration::from_millis(300);
        let later = now + Duration::from_secs(21);
        send(&mut pace, &mut line, later, Duration::from_secs(60));
        let (arrived, _) = send(&mut pace, &mut line, later + Duration::from_secs(61), Duration::from_secs(60));
        assert!(arrived as f64 > 0.7 * 64_000.0 * 60.0, "{arrived} bytes in a minute of 64,000 a second");
    }

    #[test]
    fn a_word_about_bytes_that_were_never_sent_is_not_believed() {
        let (mut pace, now) = (Pace::new(), Instant::now());
        pace.sent(1_000, now);
        for _ in 0..2 {
            pace.ask_now(now);
        }
        for upto in [u64::MAX, 1_001] {
            assert!(pace.arrived(upto, now), "a word was asked for");
            assert_eq!(pace.arrived, 0);
        }
        pace.ask_now(now);
        pace.arrived(1_000, now);
        assert_eq!(pace.arrived, 1_000);
    }

    #[test]
    fn a_word_that_nobody_asked_for_is_none() {
        let (mut pace, now) = (Pace::new(), Instant::now());
        assert!(!pace.arrived(0, now));
        pace.sent(10, now);
        pace.ask_now(now);
        while pace.awaited > 0 {
            assert!(pace.arrived(10, now));
        }
        assert!(!pace.arrived(10, now));
    }
}
