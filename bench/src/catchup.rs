//! What it takes to catch up after an absence, beside Automerge's bundle of what was missed and Automerge's own sync.
//!
//! Two schools write the trace at two connected nodes, each author in the automerge-repo protocol over a WebSocket of its school's node and
//! with the actor that this node gives, no change before those that it builds on have come from the other school. The nodes publish at the
//! usual pace. Two more schools belong to the space and have it all until they go away: one for the last tenth of the changes, one for the
//! last hundredth. When all is written the first comes back, and then, with the first gone again, the second. So each of them finds the two
//! nodes at which the trace was written, and no other.
//!
//! Counted is every message on the session streams of the node that came back, in both directions and with both others, lengths included,
//! from its start until nothing has moved for longer than anything of the protocol waits. It must hold the text of the trace then.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use automerge::sync::{State, SyncDoc};
use automerge::{AutoCommit, Change, ChangeHash, ROOT, ReadDoc};
use jeli_client::DocSession;
use jeli_tests::school::{School, eventually};
use tokio::time::Instant;

use crate::hops;
use crate::moved::{self, Moved};
use crate::packed_size;
use crate::report::{Bar, Report};
use crate::trace::{self, Start, Trace};

/// Time from one keystroke of an author to the next. People are slower; with this the trace is written in five minutes and published in
/// well over [`ENTRIES`] entries.
const KEYSTROKE: Duration = Duration::from_millis(7);
/// What the trace must be published in at least.
const ENTRIES: f64 = 1_500.0;
/// How long an author waits for what the other has written.
const PATIENCE: Duration = Duration::from_secs(60);
/// Whose schools come back just now.
static RETURNS: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
/// A plain text of a plan, empty at first.
const FIELD: &str = "mission";
/// Bytes that a session may take on top of what was missed.
const SESSION_BYTES: f64 = 1_000.0;

/// One school's absence.
struct Absence {
    label: &'static str,
    /// The part of the changes that it misses: one in so many.
    divisor: usize,
    /// How many times more Automerge's sync takes, where there is a bar.
    times: Bar,
}

const ABSENCES: [Absence; 2] = [
    Absence { label: "away for the last 10 %", divisor: 10, times: Bar::AtLeast(60.0) },
    Absence { label: "away for the last 1 %", divisor: 100, times: Bar::None },
];

/// Writes the trace with one change a keystroke, and with ten keystrokes a change, and measures each.
pub async fn run(path: &Path) -> Result<Report> {
    let trace = trace::load(path).map_err(anyhow::Error::from_boxed)?;
    let mut report = Report::new("catchup");
    // Both spend their time waiting for keystrokes.
    let (each, tens) = tokio::try_join!(write(&trace, 1), write(&trace, 10))?;
    for (label, figures, times) in [("one change a keystroke", each, true), ("ten keystrokes a change", tens, false)] {
        tell(&mut report, label, &figures, times);
    }
    Ok(report)
}

/// What was measured.
struct Figures {
    changes: usize,
    entries: u64,
    took: Duration,
    returns: Vec<Return>,
}

struct Return {
    moved: Moved,
    round_trips: u64,
    took: Duration,
    missed: usize,
    packed: usize,
    bundle: usize,
    automerge: AutomergeSync,
}

struct AutomergeSync {
    bytes: usize,
    rounds: usize,
}

fn tell(report: &mut Report, label: &str, figures: &Figures, times: bool) {
    report.line(&format!("{label}: changes"), figures.changes as f64, "changes", Bar::None);
    report.line(&format!("{label}: published in"), figures.entries as f64, "entries", Bar::AtLeast(ENTRIES));
    report.line(&format!("{label}: written in"), figures.took.as_secs_f64(), "s", Bar::None);
    for (absence, back) in ABSENCES.iter().zip(&figures.returns) {
        let mut line = |what: &str, value: f64, unit: &str, bar| report.line(&format!("{label}, {}: {what}", absence.label), value, unit, bar);
        let bytes = back.moved.bytes as f64;
        line("changes missed", back.missed as f64, "changes", Bar::None);
        line("bytes both ways, everything counted", bytes, "B", Bar::AtMost(1.1 * back.bundle as f64 + SESSION_BYTES));
        line("messages both ways", back.moved.messages as f64, "messages", Bar::None);
        line("round trips until all was there", back.round_trips as f64, "round trips", Bar::AtMost(2.0));
        line("from its start until all was there", back.took.as_secs_f64() * 1e3, "ms", Bar::None);
        line("packed alone", back.packed as f64, "B", Bar::None);
        line("Automerge's bundle alone", back.bundle as f64, "B", Bar::None);
        line("Automerge's sync, both ways", back.automerge.bytes as f64, "B", Bar::None);
        line("Automerge's sync, rounds", back.automerge.rounds as f64, "rounds", Bar::None);
        line("Automerge's sync to ours", back.automerge.bytes as f64 / bytes, "times", if times { absence.times } else { Bar::None });
    }
}

/// The schools, and the document that they write.
struct Network {
    authors: [School; 2],
    absent: [School; 2],
    space: String,
    document: String,
}

impl Network {
    async fn found() -> Result<Self> {
        let (a, b) = (School::start("A").await?, School::start("B").await?);
        let absent = [School::start("C").await?, School::start("D").await?];
        let space = a.client()?.create_space("Network").await?.id;
        for school in [&b].into_iter().chain(&absent) {
            a.invites(school, &space).await?;
        }
        let document = a.makes(&space, "plan", "Plan").await?.id;
        let network = Self { authors: [a, b], absent, space, document };
        network.agrees(&[0, 1]).await?;
        Ok(network)
    }

    /// Waits until the authors' schools and these absent ones hold the same, all of it published.
    async fn agrees(&self, present: &[usize]) -> Result<()> {
        eventually("the schools to hold the same", async || {
            for author in &self.authors {
                if !author.client()?.document_status(&self.document).await.is_ok_and(|status| status.published) {
                    return Ok(false);
                }
            }
            let all = moved::entries(&self.authors[0].client()?, &self.space).await?;
            for school in self.authors.iter().chain(present.iter().filter_map(|place| self.absent.get(*place))) {
                let held = moved::entries(&school.client()?, &self.space).await?;
                if held.is_none() || held != all {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await
    }

    async fn entries(&self) -> Result<u64> {
        moved::entries(&self.authors[0].client()?, &self.space).await?.context("nothing waits at the first school")
    }
}

/// A change, its author, and its hash.
struct Written {
    change: Change,
    author: usize,
}

async fn write(trace: &Trace, keystrokes: usize) -> Result<Figures> {
    ensure!(trace.authors == 2, "the trace has two authors");
    let mut network = Network::found().await?;
    let mut seats = Vec::new();
    for school in &network.authors {
        seats.push(school.opens(&network.document).await?);
    }
    let base = seats[0].doc.clone();
    ensure!(seats[1].doc.get_heads() == seats[0].doc.get_heads(), "the authors begin with the same document");
    let (_, text) = base.get(ROOT, FIELD)?.context("a plan has this field")?;
    let actors = seats.iter().map(|seat| seat.doc.get_actor().clone()).collect();
    let start = Start { document: base.clone(), text, actors };
    let replayed = trace::replay_onto(trace, keystrokes, start).map_err(anyhow::Error::from_boxed)?;
    ensure!(replayed.end_text == trace.end_text, "the replay does not end with the trace's text");
    let changes = replayed.changes.iter().map(|chunk| Change::from_bytes(chunk.clone()));
    let changes =
        changes.zip(&replayed.authors).map(|(change, author)| Ok(Written { change: change?, author: *author })).collect::<Result<Vec<_>>>()?;

    let (before, began) = (network.entries().await?, Instant::now());
    let left: Vec<usize> = ABSENCES.iter().map(|absence| changes.len() - changes.len().div_ceil(absence.divisor)).collect();
    let mut from = 0;
    for (gone, until) in left.iter().copied().chain([changes.len()]).enumerate() {
        let lot = changes.get(from..until).unwrap_or_default();
        write_lot(&mut seats, lot, KEYSTROKE * keystrokes as u32).await?;
        // Who goes away now, and who goes later, has everything so far.
        network.agrees(&(gone..network.absent.len()).collect::<Vec<_>>()).await?;
        if let Some(school) = network.absent.get_mut(gone) {
            school.stop().await;
        }
        from = until;
    }
    let (took, entries) = (began.elapsed(), network.entries().await? - before);
    drop(seats);
    for author in &network.authors {
        moved::once_quiet(&author.client()?).await?;
    }

    // One return at a time is counted.
    let _alone = RETURNS.lock().await;
    let mut returns = Vec::new();
    for (place, held) in left.into_iter().enumerate() {
        let came = come_back(&mut network, place, &trace.end_text).await?;
        returns.push(compare(came, &base, &replayed.changes, held)?);
    }
    Ok(Figures { changes: changes.len(), entries, took, returns })
}

/// Both authors write their parts of these changes, at the same time.
async fn write_lot(seats: &mut [DocSession], lot: &[Written], pace: Duration) -> Result<()> {
    let all: Vec<ChangeHash> = lot.iter().map(|written| written.change.hash()).collect();
    let write = seats.iter_mut().enumerate().map(async |(author, seat)| {
        let mut next = Instant::now();
        for written in lot.iter().filter(|written| written.author == author) {
            tokio::time::sleep_until(next).await;
            seat.settle().await?;
            let deps = written.change.deps();
            seat.wait_for(PATIENCE, |doc, _| doc.get_missing_deps(deps).is_empty()).await.context("what the other author wrote does not come")?;
            next = Instant::now() + pace;
            seat.apply([written.change.clone()]).await?;
        }
        seat.wait_for(PATIENCE, |doc, _| doc.get_missing_deps(&all).is_empty()).await.context("the end of what the other wrote does not come")?;
        seat.wait_acked(PATIENCE).await.context("the last change is not acknowledged")?;
        anyhow::Ok(())
    });
    futures::future::try_join_all(write).await?;
    Ok(())
}

/// A school comes back, catches up, and goes again.
async fn come_back(network: &mut Network, place: usize, end_text: &str) -> Result<(Moved, u64, Duration)> {
    let all = network.entries().await?;
    let (space, document) = (network.space.clone(), network.document.clone());
    let school = network.absent.get_mut(place).context("there is such a school")?;
    let began = Instant::now();
    hops::begin(school.peer_id()?);
    school.run().await?;
    let client = school.client()?;
    eventually("the school to catch up", async || {
        let status = client.status().await?;
        Ok(status.spaces.iter().any(|known| known.id == space && known.waiting == 0 && known.entries == all))
    })
    .await?;
    let took = began.elapsed();
    let round_trips = hops::round_trips();
    let moved = moved::once_quiet(&client).await?;
    let content = client.content(&document).await?.content;
    ensure!(content[FIELD].as_str() == Some(end_text), "the school that came back does not hold the text of the trace");
    school.stop().await;
    Ok((moved, round_trips, took))
}

/// Puts beside it what Automerge takes for the same: `held` of the changes were there.
fn compare(came: (Moved, u64, Duration), base: &AutoCommit, changes: &[Vec<u8>], held: usize) -> Result<Return> {
    let (moved, round_trips, took) = came;
    let (there, missed) = changes.split_at(held);
    let mut behind = base.clone();
    behind.apply_changes(there.iter().map(|chunk| Change::from_bytes(chunk.clone())).collect::<Result<Vec<_>, _>>()?)?;
    let mut ahead = behind.clone();
    let missed_changes = missed.iter().map(|chunk| Change::from_bytes(chunk.clone())).collect::<Result<Vec<_>, _>>()?;
    let hashes: Vec<ChangeHash> = missed_changes.iter().map(Change::hash).collect();
    ahead.apply_changes(missed_changes)?;
    let bundle = ahead.bundle(hashes)?.bytes().len();
    let automerge = sync(&mut behind, &mut ahead)?;
    ensure!(behind.get_heads() == ahead.get_heads(), "Automerge's sync came to its end");
    Ok(Return { moved, round_trips, took, missed: missed.len(), packed: packed_size::packed(missed)?.len(), bundle, automerge })
}

/// Automerge's sync protocol, both sides beginning without memory of each other, as after a restart.
fn sync(one: &mut AutoCommit, other: &mut AutoCommit) -> Result<AutomergeSync> {
    let (mut at_one, mut at_other) = (State::new(), State::new());
    let mut took = AutomergeSync { bytes: 0, rounds: 0 };
    loop {
        let ask = one.sync().generate_sync_message(&mut at_one);
        let answer = other.sync().generate_sync_message(&mut at_other);
        if ask.is_none() && answer.is_none() {
            return Ok(took);
        }
        took.rounds += 1;
        for (message, to, state) in [(ask, &mut *other, &mut at_other), (answer, &mut *one, &mut at_one)] {
            if let Some(message) = message {
                let bytes = message.encode();
                took.bytes += bytes.len();
                to.sync().receive_sync_message(state, automerge::sync::Message::decode(&bytes)?)?;
            }
        }
    }
}
