//! For tests: several authors who write at random into one document, with everything Automerge can hold.

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, ObjId, ObjType, ROOT, ReadDoc, ScalarValue};
use proptest::prelude::*;

/// One thing that somebody does.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Type { at: u16, text: String },
    Delete { at: u16, count: u8 },
    Mark { at: u16, count: u8, strong: bool, expand: u8 },
    Block { at: u16 },
    Put { name: u8, value: Value },
    PutObject { name: u8, kind: u8 },
    Insert { at: u16, value: Value },
    Remove { name: u8 },
    Increment { by: i32 },
    Commit { message: Option<String>, time: i32 },
    Merge { from: u8 },
}

/// A scalar of any kind.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    Counter(i64),
    Timestamp(i64),
}

impl From<Value> for ScalarValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Boolean(value),
            Value::Int(value) => Self::Int(value),
            Value::Uint(value) => Self::Uint(value),
            Value::Float(value) => Self::F64(value),
            Value::Text(value) => Self::Str(value.into()),
            Value::Bytes(value) => Self::Bytes(value),
            Value::Counter(value) => Self::counter(value),
            Value::Timestamp(value) => Self::Timestamp(value),
        }
    }
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<u64>().prop_map(Value::Uint),
        any::<f64>().prop_map(Value::Float),
        any::<String>().prop_map(Value::Text),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        any::<i64>().prop_map(Value::Counter),
        any::<i64>().prop_map(Value::Timestamp),
    ]
}

fn step() -> impl Strategy<Value = (u8, Step)> {
    let step = prop_oneof![
        8 => (any::<u16>(), "[a-zа-яәғқ 😀]{1,12}").prop_map(|(at, text)| Step::Type { at, text }),
        3 => (any::<u16>(), 1u8..5).prop_map(|(at, count)| Step::Delete { at, count }),
        2 => (any::<u16>(), any::<u8>(), any::<bool>(), any::<u8>()).prop_map(|(at, count, strong, expand)| Step::Mark { at, count, strong, expand }),
        1 => any::<u16>().prop_map(|at| Step::Block { at }),
        3 => (0u8..6, value()).prop_map(|(name, value)| Step::Put { name, value }),
        2 => (0u8..6, 0u8..3).prop_map(|(name, kind)| Step::PutObject { name, kind }),
        2 => (any::<u16>(), value()).prop_map(|(at, value)| Step::Insert { at, value }),
        1 => (0u8..6).prop_map(|name| Step::Remove { name }),
        2 => any::<i32>().prop_map(|by| Step::Increment { by }),
        6 => (proptest::option::of(any::<String>()), any::<i32>()).prop_map(|(message, time)| Step::Commit { message, time }),
        3 => any::<u8>().prop_map(|from| Step::Merge { from }),
    ];
    (any::<u8>(), step)
}

/// What some authors do, one step after another.
pub(crate) fn steps() -> impl Strategy<Value = Vec<(u8, Step)>> {
    proptest::collection::vec(step(), 1..80)
}

struct Objects {
    text: ObjId,
    list: ObjId,
    map: ObjId,
}

/// Lets `authors` do `steps`; returns all changes, dependencies first.
pub(crate) fn write(authors: usize, steps: Vec<(u8, Step)>) -> Vec<Vec<u8>> {
    let mut first = AutoCommit::new().with_actor(ActorId::from([9; 16].as_slice()));
    let objects = Objects {
        text: first.put_object(ROOT, "text", ObjType::Text).unwrap(),
        list: first.put_object(ROOT, "list", ObjType::List).unwrap(),
        map: first.put_object(ROOT, "map", ObjType::Map).unwrap(),
    };
    first.put(ROOT, "counter", ScalarValue::counter(1)).unwrap();
    first.commit();
    let mut seats: Vec<AutoCommit> = Vec::new();
    for author in 0..authors {
        let mut actor = [7u8; 16];
        // Two authors of one node share the front of their ids; a third has a short id of its own.
        actor[15] = author as u8;
        let actor = if author == 2 { ActorId::from([3].as_slice()) } else { ActorId::from(actor.as_slice()) };
        seats.push(first.fork().with_actor(actor));
    }
    for (author, step) in steps {
        let author = usize::from(author) % authors;
        if let Step::Merge { from } = step {
            let from = usize::from(from) % authors;
            seats[from].commit();
            let mut other = seats[from].clone();
            seats[author].merge(&mut other).unwrap();
        } else {
            act(&mut seats[author], &objects, step);
        }
    }
    for mut seat in seats {
        first.merge(&mut seat).unwrap();
    }
    first.get_changes(&[]).iter().map(|change| change.raw_bytes().to_vec()).collect()
}

/// Does one step; what makes no sense just then is not done.
fn act(seat: &mut AutoCommit, objects: &Objects, step: Step) {
    let length = seat.length(&objects.text);
    let place = |at: u16| usize::from(at) * length / 65_536;
    match step {
        Step::Type { at, text } => drop(seat.splice_text(&objects.text, place(at), 0, &text)),
        Step::Delete { at, count } => {
            let at = place(at);
            let count = usize::from(count).min(length - at);
            drop(seat.splice_text(&objects.text, at, count as isize, ""));
        }
        Step::Mark { at, count, strong, expand } => {
            let (start, name) = (place(at), if strong { "strong" } else { "link" });
            let end = (start + 1 + usize::from(count)).min(length);
            let expand = [ExpandMark::Both, ExpandMark::None, ExpandMark::Before, ExpandMark::After][usize::from(expand) % 4];
            if start < end {
                drop(seat.mark(&objects.text, Mark::new(name.to_owned(), strong, start, end), expand));
            }
        }
        Step::Block { at } => drop(seat.split_block(&objects.text, place(at))),
        Step::Put { name, value } => drop(seat.put(&objects.map, format!("name {name}"), ScalarValue::from(value))),
        Step::PutObject { name, kind } => {
            let kind = [ObjType::Map, ObjType::List, ObjType::Text][usize::from(kind)];
            let object = seat.put_object(&objects.map, format!("name {name}"), kind).unwrap();
            if kind == ObjType::Map {
                seat.put(&object, "order", "a0").unwrap();
            }
        }
        Step::Insert { at, value } => {
            let at = usize::from(at) % (seat.length(&objects.list) + 1);
            drop(seat.insert(&objects.list, at, ScalarValue::from(value)));
        }
        Step::Remove { name } => drop(seat.delete(&objects.map, format!("name {name}"))),
        Step::Increment { by } => drop(seat.increment(ROOT, "counter", i64::from(by))),
        Step::Commit { message, time } => {
            let mut options = CommitOptions::default().with_time(i64::from(time));
            if let Some(message) = message {
                options.set_message(message);
            }
            let _ = seat.commit_with(options);
        }
        Step::Merge { .. } => {}
    }
}
