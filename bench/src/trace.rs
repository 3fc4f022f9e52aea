//! Real editing traces, replayed into Automerge changes: what benchmarks and tests write with.
//!
//! A trace says for each keystroke which earlier keystrokes its author had seen. The replay keeps one document for each author and
//! merges exactly those, so the changes are as concurrent as the people were.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::Read;
use std::path::Path;

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ChangeHash, ObjId, ObjType, ROOT, ReadDoc};
use serde_json::Value;

/// The property of the root that holds the text.
pub const TEXT: &str = "text";

/// One keystroke of one author.
pub struct Keystroke {
    /// Earlier keystrokes that its author had seen, with all that those had seen.
    pub parents: Vec<usize>,
    /// Which author.
    pub author: usize,
    /// Position, characters deleted, characters inserted; applied in order.
    pub patches: Vec<(usize, isize, String)>,
}

/// A whole recorded editing session.
pub struct Trace {
    /// In an order in which parents come first.
    pub keystrokes: Vec<Keystroke>,
    /// How many authors.
    pub authors: usize,
    /// The text at the end.
    pub end_text: String,
}

/// A trace as changes.
pub struct Replayed {
    /// Plain change chunks, dependencies before dependents.
    pub changes: Vec<Vec<u8>>,
    /// The author of each change.
    pub authors: Vec<usize>,
    /// The text that all changes together make.
    pub end_text: String,
}

type Failure = Box<dyn Error + Send + Sync>;

/// Reads a gzipped trace of the `editing-traces` collection.
pub fn load(path: &Path) -> Result<Trace, Failure> {
    let mut json = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path)?).read_to_string(&mut json)?;
    let json: Value = serde_json::from_str(&json)?;
    let transactions = json["txns"].as_array().ok_or("a trace has `txns`")?;
    let mut keystrokes = Vec::with_capacity(transactions.len());
    for transaction in transactions {
        let number = |value: &Value| value.as_u64().map(|number| number as usize).ok_or("a trace's numbers are whole");
        let parents = transaction["parents"].as_array().ok_or("a transaction has `parents`")?;
        let mut patches = Vec::new();
        for patch in transaction["patches"].as_array().ok_or("a transaction has `patches`")? {
            patches.push((number(&patch[0])?, number(&patch[1])? as isize, patch[2].as_str().unwrap_or_default().to_owned()));
        }
        let parents = parents.iter().map(number).collect::<Result<_, _>>()?;
        keystrokes.push(Keystroke { parents, author: number(&transaction["agent"])?, patches });
    }
    let authors = json["numAgents"].as_u64().unwrap_or(1) as usize;
    Ok(Trace { keystrokes, authors, end_text: json["endContent"].as_str().unwrap_or_default().to_owned() })
}

/// Where the replay stands for one author.
struct Seat {
    document: AutoCommit,
    actor: ActorId,
    /// Changes of this author that were taken out of the document. Taking one costs a walk over the whole document, so they are
    /// taken in lots, when somebody needs one.
    taken: Vec<automerge::Change>,
    taken_up_to: Vec<ChangeHash>,
    /// How many changes this author has committed.
    committed: usize,
    /// How many changes of each author this one has.
    seen: Vec<usize>,
    /// Keystrokes since the last commit.
    open: usize,
}

impl Seat {
    fn take(&mut self) {
        let changes = self.document.get_changes(&self.taken_up_to);
        self.taken.extend(changes.into_iter().filter(|change| *change.actor_id() == self.actor));
        self.taken_up_to = self.document.get_heads();
    }

    fn close(&mut self, author: usize, order: &mut Vec<usize>) {
        self.open = 0;
        if self.document.commit().is_some() {
            self.committed += 1;
            self.seen[author] = self.committed;
            order.push(author);
        }
    }
}

/// Where a replay begins.
pub struct Start {
    /// What every author has.
    pub document: AutoCommit,
    /// The text in it that they write: an empty one.
    pub text: ObjId,
    /// With which actor each author writes; none has written before.
    pub actors: Vec<ActorId>,
}

/// Replays a trace in a document of its own, whose first change makes the text. See [`replay_onto`].
pub fn replay(trace: &Trace, keystrokes_per_change: usize) -> Result<Replayed, Failure> {
    let mut document = AutoCommit::new().with_actor(actor(0));
    let text = document.put_object(ROOT, TEXT, ObjType::Text)?;
    document.commit();
    let first = document.get_changes(&[]).first().map(|change| change.raw_bytes().to_vec()).ok_or("the text is made by a change")?;
    let actors = (0..trace.authors).map(actor).collect();
    let mut replayed = replay_onto(trace, keystrokes_per_change, Start { document, text, actors })?;
    replayed.changes.insert(0, first);
    replayed.authors.insert(0, 0);
    Ok(replayed)
}

/// Replays a trace with at most `keystrokes_per_change`: a change ends earlier where its author sees something new or somebody saw it.
/// Returned are the changes that the document did not have at the start.
pub fn replay_onto(trace: &Trace, keystrokes_per_change: usize, start: Start) -> Result<Replayed, Failure> {
    if start.actors.len() != trace.authors {
        return Err("every author needs an actor".into());
    }
    let seen_by_others: BTreeSet<usize> = trace
        .keystrokes
        .iter()
        .flat_map(|key| key.parents.iter().filter(|&&parent| trace.keystrokes[parent].author != key.author))
        .copied()
        .collect();
    let text = start.text.clone();
    let mut seats = seats(start);
    let mut order = Vec::new();
    // For each keystroke, how many changes of its author hold it and all before it.
    let mut changes_at: Vec<usize> = Vec::with_capacity(trace.keystrokes.len());
    for (index, key) in trace.keystrokes.iter().enumerate() {
        let mut needed = vec![0; trace.authors];
        for &parent in &key.parents {
            let author = trace.keystrokes[parent].author;
            needed[author] = changes_at[parent].max(needed[author]);
        }
        for author in (0..trace.authors).filter(|&author| author != key.author) {
            if needed[author] > seats[key.author].seen[author] {
                seats[key.author].close(key.author, &mut order);
                see(&mut seats, key.author, author, needed[author])?;
            }
        }
        let seat = &mut seats[key.author];
        for (position, deleted, inserted) in &key.patches {
            seat.document.splice_text(&text, *position, *deleted, inserted)?;
        }
        seat.open += 1;
        changes_at.push(seat.committed + 1);
        let followed = trace.keystrokes.get(index + 1).is_some_and(|next| next.author == key.author);
        if seat.open >= keystrokes_per_change || seen_by_others.contains(&index) || !followed {
            seat.close(key.author, &mut order);
        }
    }
    finish(seats, &text, order)
}

/// One document an author, all the same at the start.
fn seats(start: Start) -> Vec<Seat> {
    let Start { mut document, actors, .. } = start;
    let (heads, authors) = (document.get_heads(), actors.len());
    let seat = |actor: ActorId| Seat {
        document: document.clone().with_actor(actor.clone()),
        actor,
        taken: Vec::new(),
        taken_up_to: heads.clone(),
        committed: 0,
        seen: vec![0; authors],
        open: 0,
    };
    actors.into_iter().map(seat).collect()
}

/// Gives an author the changes of another, up to `count`. What those build on is either among them or was seen before.
fn see(seats: &mut [Seat], reader: usize, author: usize, count: usize) -> Result<(), Failure> {
    if seats[author].taken.len() < count {
        seats[author].take();
    }
    let changes = seats[author].taken[seats[reader].seen[author]..count].to_vec();
    seats[reader].document.apply_changes(changes)?;
    seats[reader].seen[author] = count;
    Ok(())
}

fn finish(mut seats: Vec<Seat>, text: &ObjId, order: Vec<usize>) -> Result<Replayed, Failure> {
    for author in 1..seats.len() {
        let count = seats[author].committed;
        see(&mut seats, 0, author, count)?;
    }
    let end_text = seats[0].document.text(text)?;
    seats[0].take();
    let mut left: Vec<_> = seats.into_iter().map(|seat| seat.taken.into_iter()).collect();
    let changes = order.iter().filter_map(|&author| left[author].next()).map(|change| change.raw_bytes().to_vec()).collect();
    Ok(Replayed { changes, authors: order, end_text })
}

/// Sixteen bytes, as Automerge makes them; the same in every replay.
fn actor(author: usize) -> ActorId {
    let mut bytes = [0u8; 16];
    let mut state = 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(author as u64 + 1);
    for byte in &mut bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        *byte = (state >> 32) as u8;
    }
    ActorId::from(&bytes[..])
}
