//! How many round trips of the line an exchange takes, exactly.
//!
//! All nodes of these benchmarks run in one program, and each tells in its log what goes out of a session and what comes. Counted is what one
//! node says and hears; what others say to each other meanwhile is not. A message that
//! goes out has one hop more than the deepest that its sender had got on this line by then. Two hops are a round trip, however fast the line
//! is: messages that cross each other cost nothing, questions that wait for an answer do.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Where the nodes tell of their sessions' messages.
const SESSIONS: &str = "jeli_node::network::session";

/// What a message that carries entries begins with (`jeli_protocol::replica::Message::Frame`).
const FRAME: u64 = 4;

static HOPS: Mutex<Hops> = Mutex::new(Hops::new());

struct Hops {
    /// The node, as the network names it.
    of: String,
    /// By node and peer: the deepest message that the node has got from the peer.
    got: BTreeMap<(String, String), u64>,
    /// By sender and receiver: hops of the messages under way.
    under_way: BTreeMap<(String, String), VecDeque<u64>>,
    deepest: u64,
    deepest_frame: u64,
}

impl Hops {
    const fn new() -> Self {
        Self { of: String::new(), got: BTreeMap::new(), under_way: BTreeMap::new(), deepest: 0, deepest_frame: 0 }
    }

    fn sent(&mut self, from: String, to: String) {
        if from != self.of && to != self.of {
            return;
        }
        let hops = 1 + self.got.get(&(from.clone(), to.clone())).copied().unwrap_or(0);
        self.under_way.entry((from, to)).or_default().push_back(hops);
    }

    fn came(&mut self, from: String, to: String, kind: Option<u64>) {
        // What went out before counting began is not counted.
        let Some(hops) = self.under_way.get_mut(&(from.clone(), to.clone())).and_then(VecDeque::pop_front) else { return };
        let got = self.got.entry((to, from)).or_default();
        *got = (*got).max(hops);
        self.deepest = self.deepest.max(hops);
        if kind == Some(FRAME) {
            self.deepest_frame = self.deepest_frame.max(hops);
        }
    }
}

fn hops() -> MutexGuard<'static, Hops> {
    HOPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Listens to what the nodes of this program tell.
pub fn listen() {
    let only_sessions = Targets::new().with_target(SESSIONS, LevelFilter::TRACE);
    tracing_subscriber::registry().with(Listener.with_filter(only_sessions)).init();
}

/// Counting begins here; nothing may be under way at this node.
pub(crate) fn begin(of: String) {
    *hops() = Hops { of, ..Hops::new() };
}

/// Round trips until the last entries had come, or, where none came, until all had been said.
pub(crate) fn round_trips() -> u64 {
    let hops = hops();
    let last = if hops.deepest_frame > 0 { hops.deepest_frame } else { hops.deepest };
    last.div_ceil(2)
}

struct Listener;

impl<S: tracing::Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut told = Told::default();
        event.record(&mut told);
        let peer = told.session.split('#').next().unwrap_or_default().to_owned();
        match told.message.as_str() {
            "sent" => hops().sent(told.node, peer),
            "came" => hops().came(peer, told.node, told.kind),
            _ => {}
        }
    }
}

/// The fields of an event.
#[derive(Default)]
struct Told {
    node: String,
    session: String,
    message: String,
    kind: Option<u64>,
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let value = format!("{value:?}");
        match field.name() {
            "node" => self.node = value,
            "session" => self.session = value,
            "message" => self.message = value,
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "kind" {
            self.kind = Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossing_words_cost_half_a_round_trip_and_answers_one_each() {
        let (a, b) = (|| "a".to_owned(), || "b".to_owned());
        let mut hops = Hops { of: a(), ..Hops::new() };
        hops.sent(b(), "c".to_owned());
        hops.came(b(), "c".to_owned(), Some(FRAME));
        assert_eq!(hops.deepest, 0, "nobody else's");
        hops.sent(a(), b());
        hops.sent(b(), a());
        hops.came(a(), b(), Some(0));
        hops.came(b(), a(), Some(0));
        assert_eq!(hops.deepest, 1, "they crossed");
        hops.sent(b(), a());
        hops.came(b(), a(), Some(1));
        hops.sent(a(), b());
        hops.came(a(), b(), Some(FRAME));
        assert_eq!((hops.deepest, hops.deepest_frame), (3, 3), "an answer to an answer");
    }
}
