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
    /// Plain change chunks, dependencies before dependents. The first one makes the text object.
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

/// Replays a trace with at most `keystrokes_per_change`: a change ends earlier where its author sees something new or somebody saw it.
pub fn replay(trace: &Trace, keystrokes_per_change: usize) -> Result<Replayed, Failure> {
    let seen_by_others: BTreeSet<usize> = trace
        .keystrokes
        .iter()
        .flat_map(|key| key.parents.iter().filter(|&&parent| trace.keystrokes[parent].author != key.author))
        .copied()
        .collect();
    let (mut seats, text) = seats(trace.authors)?;
    let mut order = vec![0];
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

/// One document an author, all starting from the change that makes the text.
fn seats(authors: usize) -> Result<(Vec<Seat>, ObjId), Failure> {
    let mut first = AutoCommit::new().with_actor(actor(0));
    let text = first.put_object(ROOT, TEXT, ObjType::Text)?;
    first.commit();
    let mut seats = Vec::new();
    for author in 0..authors {
        let mut document = first.clone();
        document.set_actor(actor(author));
        let mut seen = vec![0; authors];
        seen[0] = 1;
        let committed = usize::from(author == 0);
        let taken_up_to = if author == 0 { Vec::new() } else { document.get_heads() };
        seats.push(Seat { document, actor: actor(author), taken: Vec::new(), taken_up_to, committed, seen, open: 0 });
    }
    Ok((seats, text))
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
